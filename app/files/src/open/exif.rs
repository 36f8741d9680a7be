//! The few EXIF tags that change how the pixels are read: the orientation, and a colour space named without a profile.

/// What the block says about the pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Exif {
    /// 1 to 8 (EXIF 2.32, tag 0x0112); `None` when absent or out of range
    pub orientation: Option<u8>,
    /// the camera wrote Adobe RGB: ColorSpace 2, or InteroperabilityIndex "R03" (DCF 2.0)
    pub adobe_rgb: bool,
}

/// Reads a block without the `Exif\0\0` prefix. A broken block says nothing.
pub(super) fn read(block: &[u8]) -> Exif {
    let Some(tiff) = Tiff::new(block) else {
        return Exif::default();
    };
    let main = tiff.u32(4).unwrap_or(0) as usize;
    let orientation = tiff
        .short(main, 0x0112)
        .and_then(|value| u8::try_from(value).ok())
        .filter(|value| (1..=8).contains(value));
    let details = tiff.long(main, 0x8769).unwrap_or(0) as usize;
    let colour_space = tiff.short(details, 0xA001);
    let interop = tiff.long(details, 0xA005).unwrap_or(0) as usize;
    let index = tiff.entry(interop, 0x0001).map(|entry| entry + 8);
    let r03 = index.is_some_and(|at| block.get(at..at + 3) == Some(b"R03"));
    Exif {
        orientation,
        adobe_rgb: colour_space == Some(2) || (colour_space != Some(1) && r03),
    }
}

/// The block without what some writers leave before it.
pub(super) fn without_prefix(block: &[u8]) -> &[u8] {
    block.strip_prefix(b"Exif\0\0").unwrap_or(block)
}

/// Camera raw files are TIFFs too, with a thumbnail where the picture would be.
/// Says which kind this one is; `None` for an ordinary TIFF.
pub(super) fn raw_kind(file: &[u8]) -> Option<&'static str> {
    const DNG_VERSION: u16 = 0xC612;
    const NEW_SUBFILE_TYPE: u16 = 0x00FE;
    const SUB_IFDS: u16 = 0x014A;
    const PHOTOMETRIC: u16 = 0x0106;
    const COLOUR_FILTER_ARRAY: u16 = 32803;
    if file.get(8..10) == Some(b"CR") {
        return Some("a Canon raw file (CR2)");
    }
    let tiff = Tiff::new(file)?;
    let main = tiff.u32(4)? as usize;
    if tiff.entry(main, DNG_VERSION).is_some() {
        return Some("a DNG raw file");
    }
    let thumbnail_first = tiff.long(main, NEW_SUBFILE_TYPE) == Some(1);
    let sensor_data = tiff.short(main, PHOTOMETRIC) == Some(COLOUR_FILTER_ARRAY);
    if sensor_data || (thumbnail_first && tiff.entry(main, SUB_IFDS).is_some()) {
        return Some("a camera raw file");
    }
    None
}

struct Tiff<'a> {
    bytes: &'a [u8],
    big_endian: bool,
}

impl<'a> Tiff<'a> {
    fn new(bytes: &'a [u8]) -> Option<Self> {
        let big_endian = match bytes.get(..4)? {
            b"II*\0" => false,
            b"MM\0*" => true,
            _ => return None,
        };
        Some(Self { bytes, big_endian })
    }
    fn u16(&self, at: usize) -> Option<u16> {
        let pair = self.bytes.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if self.big_endian {
            u16::from_be_bytes(pair)
        } else {
            u16::from_le_bytes(pair)
        })
    }
    fn u32(&self, at: usize) -> Option<u32> {
        let four = self.bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
        Some(if self.big_endian {
            u32::from_be_bytes(four)
        } else {
            u32::from_le_bytes(four)
        })
    }
    /// Where the 12-byte entry of a tag begins; a directory at 0 is none.
    fn entry(&self, directory: usize, tag: u16) -> Option<usize> {
        if directory == 0 {
            return None;
        }
        let count = usize::from(self.u16(directory)?);
        (0..count)
            .map(|i| directory + 2 + 12 * i)
            .find(|&at| self.u16(at) == Some(tag))
    }
    /// A SHORT value; a LONG is accepted when it fits, as some writers use it.
    fn short(&self, directory: usize, tag: u16) -> Option<u16> {
        let at = self.entry(directory, tag)?;
        match self.u16(at + 2)? {
            3 => self.u16(at + 8),
            4 => u16::try_from(self.u32(at + 8)?).ok(),
            _ => None,
        }
    }
    fn long(&self, directory: usize, tag: u16) -> Option<u32> {
        let at = self.entry(directory, tag)?;
        match self.u16(at + 2)? {
            3 => self.u16(at + 8).map(u32::from),
            _ => self.u32(at + 8),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// IFD0 with an orientation, an Exif IFD with ColorSpace 0xFFFF and an Interop IFD with "R03".
    fn adobe_rgb_camera(big_endian: bool) -> Vec<u8> {
        let mut block = Vec::new();
        let short = |value: u16| {
            if big_endian {
                value.to_be_bytes()
            } else {
                value.to_le_bytes()
            }
        };
        let long = |value: u32| {
            if big_endian {
                value.to_be_bytes()
            } else {
                value.to_le_bytes()
            }
        };
        block.extend(if big_endian { b"MM\0*" } else { b"II*\0" });
        block.extend(long(8));
        block.extend(short(2));
        for (tag, kind, value) in [(0x0112, 3, 6u32), (0x8769, 4, 38)] {
            block.extend(short(tag));
            block.extend(short(kind));
            block.extend(long(1));
            if kind == 3 {
                block.extend(short(value as u16));
                block.extend([0, 0]);
            } else {
                block.extend(long(value));
            }
        }
        block.extend(long(0));
        assert_eq!(block.len(), 38);
        block.extend(short(2));
        block.extend(short(0xA001));
        block.extend(short(3));
        block.extend(long(1));
        block.extend(short(0xFFFF));
        block.extend([0, 0]);
        block.extend(short(0xA005));
        block.extend(short(4));
        block.extend(long(1));
        block.extend(long(68));
        block.extend(long(0));
        assert_eq!(block.len(), 68);
        block.extend(short(1));
        block.extend(short(1));
        block.extend(short(2));
        block.extend(long(4));
        block.extend(b"R03\0");
        block.extend(long(0));
        block
    }

    #[test]
    fn orientation_and_adobe_rgb_are_read_in_both_byte_orders() {
        for big_endian in [false, true] {
            let exif = read(&adobe_rgb_camera(big_endian));
            assert_eq!(exif.orientation, Some(6));
            assert!(exif.adobe_rgb);
        }
    }

    proptest! {
        #[test]
        fn no_block_makes_it_fall(mut block in prop::collection::vec(any::<u8>(), 0..200), order in any::<bool>()) {
            if block.len() > 4 {
                block[..4].copy_from_slice(if order { b"II*\0" } else { b"MM\0*" });
            }
            read(&block);
            raw_kind(&block);
        }
    }
}
