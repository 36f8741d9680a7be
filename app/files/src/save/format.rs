//! The file formats Retake writes, in the order the person sees them.

/// A file format for export.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Format {
    /// baseline JPEG; 4:2:0 chroma below quality 90, 4:4:4 from there on
    #[default]
    Jpeg,
    /// PNG with 8 bits a channel
    Png,
    /// PNG with 16 bits a channel
    Png16,
    /// TIFF with Deflate, 16 bits a channel unless 8 are asked for
    Tiff,
    /// lossless WebP: no permissive pure-Rust encoder of the lossy kind is mature, so quality does not apply
    Webp,
}

/// What a format is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FormatInfo {
    /// which
    pub format: Format,
    /// the word for the command line
    pub id: &'static str,
    /// the file name's extension, without the dot
    pub extension: &'static str,
    /// for menus
    pub name: &'static str,
    /// bits a channel it can hold; the first is what it holds unless told otherwise
    pub depths: &'static [u8],
    /// the longest side it can hold, px
    pub longest_side: u32,
}

/// Every format.
pub const FORMATS: [FormatInfo; 5] = [
    FormatInfo {
        format: Format::Jpeg,
        id: "jpg",
        extension: "jpg",
        name: "JPEG",
        depths: &[8],
        longest_side: 65_535,
    },
    FormatInfo {
        format: Format::Png,
        id: "png",
        extension: "png",
        name: "PNG",
        depths: &[8],
        longest_side: 2_147_483_647,
    },
    FormatInfo {
        format: Format::Png16,
        id: "png16",
        extension: "png",
        name: "PNG, 16 bits",
        depths: &[16],
        longest_side: 2_147_483_647,
    },
    FormatInfo {
        format: Format::Tiff,
        id: "tiff",
        extension: "tif",
        name: "TIFF",
        depths: &[16, 8],
        longest_side: 2_147_483_647,
    },
    FormatInfo {
        format: Format::Webp,
        id: "webp",
        extension: "webp",
        name: "WebP, lossless",
        depths: &[8],
        longest_side: 16_384,
    },
];

impl Format {
    /// Its row of the table.
    pub fn info(self) -> &'static FormatInfo {
        &FORMATS[self as usize]
    }
    /// The format of this word: an id, or an extension that people use for it ("jpeg", "tif"); case does not matter.
    pub fn from_id(word: &str) -> Option<Self> {
        let word = word.to_ascii_lowercase();
        let word = match word.as_str() {
            "jpeg" => "jpg",
            "tif" => "tiff",
            other => other,
        };
        FORMATS
            .iter()
            .find(|info| info.id == word)
            .map(|info| info.format)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_enum_and_every_id_leads_back() {
        for (index, info) in FORMATS.iter().enumerate() {
            assert_eq!(info.format as usize, index);
            assert_eq!(Format::from_id(info.id), Some(info.format));
            assert!(Format::from_id(&info.extension.to_uppercase()).is_some());
        }
        assert_eq!(Format::from_id("bmp"), None);
    }
}
