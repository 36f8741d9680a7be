//! How large a picture may be. Everything is checked against the header before memory is taken.

use retake_core::said;

use crate::FileError;

/// The most a picture may be; what exceeds it is refused before memory is taken for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// width × height, px
    pub max_pixels: u64,
    /// memory for decoded samples, including those still in the file's own form, bytes
    pub max_bytes: u64,
    /// size of the file, bytes
    pub max_file_bytes: u64,
}

impl Default for Limits {
    /// 200 megapixels, 2 GiB of samples, files of 1 GiB.
    fn default() -> Self {
        Self {
            max_pixels: 200_000_000,
            max_bytes: 2 << 30,
            max_file_bytes: 1 << 30,
        }
    }
}

impl Limits {
    /// The longest side, px: a picture of one row may not have two hundred million columns.
    pub const MAX_SIDE: u64 = 100_000;

    /// Refuses a picture of this size, of which each pixel takes `bytes_a_pixel` while it is read.
    pub(super) fn check(
        &self,
        width: u64,
        height: u64,
        bytes_a_pixel: u64,
    ) -> Result<(), FileError> {
        let pixels = width.saturating_mul(height);
        let megapixels = |pixels: u64| pixels.div_ceil(1_000_000);
        let detail = if width >= Self::MAX_SIDE || height >= Self::MAX_SIDE {
            said!(
                "{width} × {height} px, and a side may have at most {most} px; scale it down first",
                width,
                height,
                most = Self::MAX_SIDE - 1
            )
        } else if pixels > self.max_pixels {
            said!(
                "{width} × {height} px are {megapixels} megapixels, and at most {most} are read; scale it down first",
                width,
                height,
                megapixels = megapixels(pixels),
                most = megapixels(self.max_pixels)
            )
        } else if pixels.saturating_mul(bytes_a_pixel) > self.max_bytes {
            said!(
                "{width} × {height} px would take {memory} MiB of memory, and at most {most} are used; scale it down first",
                width,
                height,
                memory = pixels.saturating_mul(bytes_a_pixel) >> 20,
                most = self.max_bytes >> 20
            )
        } else {
            return Ok(());
        };
        Err(FileError::TooLarge {
            detail,
            place: Default::default(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_limit_has_its_own_sentence() {
        let limits = Limits::default();
        let sentence = |width, height, bytes| {
            limits
                .check(width, height, bytes)
                .expect_err("too large")
                .to_string()
        };
        assert_eq!(
            sentence(100_000, 100_000, 3),
            "the picture is too large: 100000 × 100000 px, and a side may have at most 99999 px; scale it down first"
        );
        assert_eq!(
            sentence(20_000, 20_000, 3),
            "the picture is too large: 20000 × 20000 px are 400 megapixels, and at most 200 are read; scale it down first"
        );
        assert_eq!(
            sentence(14_000, 14_000, 12),
            "the picture is too large: 14000 × 14000 px would take 2243 MiB of memory, and at most 2048 are used; scale it down first"
        );
        assert!(limits.check(14_000, 14_000, 3).is_ok());
    }
}
