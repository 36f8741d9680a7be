//! What a file is, by its first bytes and never by its name.

use std::path::Path;

use retake_core::{Said, said};

/// The formats that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Jpeg,
    Png,
    Tiff,
    WebP,
    Bmp,
    Gif,
    Pnm,
    Qoi,
    Hdr,
    Exr,
    Tga,
}

/// Each format with its usual name and the endings files of it have.
const FORMATS: [(Format, &str, &[&str]); 11] = [
    (Format::Jpeg, "JPEG", &["jpg", "jpeg", "jpe", "jfif"]),
    (Format::Png, "PNG", &["png", "apng"]),
    (Format::Tiff, "TIFF", &["tif", "tiff"]),
    (Format::WebP, "WebP", &["webp"]),
    (Format::Bmp, "BMP", &["bmp", "dib"]),
    (Format::Gif, "GIF", &["gif"]),
    (Format::Pnm, "PNM", &["pnm", "pbm", "pgm", "ppm", "pam"]),
    (Format::Qoi, "QOI", &["qoi"]),
    (Format::Hdr, "Radiance HDR", &["hdr", "rgbe"]),
    (Format::Exr, "OpenEXR", &["exr"]),
    (Format::Tga, "Targa", &["tga", "vda", "icb", "vst"]),
];

impl Format {
    /// Its usual name.
    pub(super) fn name(self) -> &'static str {
        FORMATS
            .iter()
            .find(|(format, ..)| *format == self)
            .map_or("", |(_, name, _)| name)
    }
    /// A sentence when the file's name claims to be another format.
    pub(super) fn note_about(self, path: &Path) -> Option<Said> {
        let ending = path.extension()?.to_str()?.to_ascii_lowercase();
        let (claimed, ..) = FORMATS
            .iter()
            .find(|(_, _, endings)| endings.contains(&ending.as_str()))?;
        let name = self.name();
        (*claimed != self).then(|| {
            said!(
                "The name ends in .{ending} but the file is {format}; it was read as {format}.",
                ending,
                format = name
            )
        })
    }
}

/// Other things people try to open: where their mark is, the mark, and what they are.
pub const KINDS_NOT_READ: [(usize, &[u8], &str); 31] = [
    (8, b"AVI ", "an AVI film"),
    (8, b"WAVE", "a sound file (WAV)"),
    (4, b"ftypavif", "an AVIF picture"),
    (4, b"ftypavis", "an AVIF picture"),
    (4, b"ftyphe", "a HEIC photo"),
    (4, b"ftypmif1", "a HEIC photo"),
    (4, b"ftypmsf1", "a HEIC photo"),
    (4, b"ftypcrx ", "a Canon raw file (CR3)"),
    (4, b"ftypqt", "a QuickTime film"),
    (4, b"ftyp", "an MP4 film"),
    (0, b"FUJIFILMCCD-RAW", "a Fujifilm raw file (RAF)"),
    (0, b"IIRO", "an Olympus raw file (ORF)"),
    (0, b"IIRS", "an Olympus raw file (ORF)"),
    (0, b"MMOR", "an Olympus raw file (ORF)"),
    (0, b"IIU\0", "a Panasonic raw file (RW2)"),
    (0, b"FOVb", "a Sigma raw file (X3F)"),
    (0, b"\0MRM", "a Minolta raw file (MRW)"),
    (0, b"8BPS", "a Photoshop document"),
    (0, b"gimp xcf", "a GIMP document"),
    (0, b"\xFF\x0A", "a JPEG XL picture"),
    (0, b"\0\0\0\x0CJXL ", "a JPEG XL picture"),
    (0, b"\0\0\0\x0CjP  ", "a JPEG 2000 picture"),
    (0, b"II\xBC\x01", "a JPEG XR picture"),
    (0, b"%PDF", "a PDF document"),
    (0, b"%!PS", "a PostScript document"),
    (0, b"PK\x03\x04", "a zip archive or an office document"),
    (0, b"\x1F\x8B", "a gzip archive"),
    (0, b"\0\0\x01\0", "an icon (ICO)"),
    (0, b"DDS ", "a game texture (DDS)"),
    (0, b"\x1A\x45\xDF\xA3", "a Matroska or WebM film"),
    (0, b"ID3", "a sound file (MP3)"),
];

/// The format, or in a few words what it is instead.
pub(super) fn sniff(bytes: &[u8]) -> Result<Format, Said> {
    let starts = |mark: &[u8]| bytes.starts_with(mark);
    let pnm = |first: &u8, second: &u8| *first == b'P' && (b'1'..=b'7').contains(second);
    let found = if starts(b"\xFF\xD8\xFF") {
        Format::Jpeg
    } else if starts(b"\x89PNG\r\n\x1A\n") {
        Format::Png
    } else if [&b"II*\0"[..], b"MM\0*", b"II+\0", b"MM\0+"]
        .iter()
        .any(|mark| starts(mark))
    {
        match super::exif::raw_kind(bytes) {
            Some(raw) => return Err(Said::name(raw)),
            None => Format::Tiff,
        }
    } else if starts(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        Format::WebP
    } else if starts(b"BM") && bytes.get(6..10) == Some(&[0; 4]) {
        Format::Bmp
    } else if starts(b"GIF87a") || starts(b"GIF89a") {
        Format::Gif
    } else if matches!(bytes, [first, second, third, ..] if pnm(first, second) && third.is_ascii_whitespace())
    {
        Format::Pnm
    } else if starts(b"qoif") {
        Format::Qoi
    } else if starts(b"#?RADIANCE") || starts(b"#?RGBE") {
        Format::Hdr
    } else if starts(b"\x76\x2F\x31\x01") {
        Format::Exr
    } else if let Some(what) = other(bytes) {
        return Err(Said::name(what));
    } else if is_targa(bytes) {
        Format::Tga
    } else {
        return Err(said!("a file of an unknown kind"));
    };
    Ok(found)
}

fn other(bytes: &[u8]) -> Option<&'static str> {
    let marked = KINDS_NOT_READ
        .iter()
        .find(|(at, mark, _)| bytes.get(*at..).is_some_and(|rest| rest.starts_with(mark)));
    if let Some((_, _, what)) = marked {
        return Some(what);
    }
    let head = &bytes[..bytes.len().min(512)];
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        // the cut may go through a letter
        Err(error) if head.len() - error.valid_up_to() < 4 && head.len() == 512 => {
            std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or("")
        }
        Err(_) => return None,
    };
    let printable = |c: char| !c.is_control() || c.is_ascii_whitespace();
    if text.is_empty() || !text.chars().all(printable) {
        return None;
    }
    let lower = text
        .trim_start_matches('\u{FEFF}')
        .trim_start()
        .to_ascii_lowercase();
    Some(if lower.contains("<svg") {
        "an SVG drawing"
    } else if lower.starts_with("<!doctype html") || lower.starts_with("<html") {
        "a web page"
    } else {
        "a text file"
    })
}

/// Targa has no mark at its beginning; newer files have one at their end, older ones only a header without nonsense.
fn is_targa(bytes: &[u8]) -> bool {
    if bytes.len() > 44 && bytes.ends_with(b"TRUEVISION-XFILE.\0") {
        return true;
    }
    let Some(header) = bytes.first_chunk::<18>() else {
        return false;
    };
    let (map, kind, depth) = (header[1], header[2], header[16]);
    let sized = header[12..14] != [0, 0] && header[14..16] != [0, 0];
    let kind_fits = match kind {
        1 | 9 => map == 1 && depth == 8,
        2 | 10 => map == 0 && matches!(depth, 15 | 16 | 24 | 32),
        3 | 11 => map == 0 && matches!(depth, 8 | 16),
        _ => false,
    };
    // bits 6 and 7 of the last byte must be unset, and so are the origins in practice
    sized && kind_fits && header[17] & 0xC0 == 0 && header[8..10] == [0, 0]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read_is_named() {
        for (bytes, what) in [
            (&b"\0\0\0\x18ftypheic\0\0\0\0"[..], "a HEIC photo"),
            (b"\0\0\0\x18ftypisom\0\0\0\0", "an MP4 film"),
            (b"%PDF-1.7\n", "a PDF document"),
            (b"Dear diary,\nno photo today.\n", "a text file"),
            (b"<?xml version=\"1.0\"?><svg width='1'/>", "an SVG drawing"),
            (b"II*\0\x10\0\0\0CR\x02\0", "a Canon raw file (CR2)"),
            (b"\x07\x01\x02\x03\x04", "a file of an unknown kind"),
        ] {
            assert_eq!(sniff(bytes), Err(Said::name(what)));
        }
    }

    #[test]
    fn a_wrong_name_is_noticed_and_a_right_one_is_not() {
        let note = Format::Jpeg.note_about(Path::new("a/cat.PNG"));
        assert_eq!(
            note.map(|note| note.to_string()).as_deref(),
            Some("The name ends in .png but the file is JPEG; it was read as JPEG.")
        );
        assert_eq!(Format::Jpeg.note_about(Path::new("cat.jpeg")), None);
        assert_eq!(Format::Jpeg.note_about(Path::new("cat")), None);
        assert_eq!(Format::Jpeg.note_about(Path::new("cat.download")), None);
    }
}
