//! Finds the history of an edit in a file that Retake wrote, so that it can be taken up again.

use super::{jpeg, png, tiff, xmp};

/// A text chunk larger than this is not ours.
const LARGEST: usize = 64 << 20;

/// The provenance (JSON) in the bytes of a JPEG, PNG, TIFF or WebP; `None` when there is none, or no such file.
/// It comes from a file: check it before using it.
pub fn read_provenance(bytes: &[u8]) -> Option<String> {
    if bytes.starts_with(&[0xFF, 0xD8]) {
        jpeg::xmp_of(bytes).and_then(xmp::provenance)
    } else if let Some(chunks) = bytes.strip_prefix(b"\x89PNG\r\n\x1a\n") {
        in_png(chunks)
    } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        in_webp(&bytes[12..])
    } else {
        tiff::xmp_of(bytes).and_then(xmp::provenance)
    }
}

fn in_png(mut rest: &[u8]) -> Option<String> {
    let mut packet = None;
    while let Some((length, tail)) = rest.split_first_chunk::<4>() {
        let length = u32::from_be_bytes(*length) as usize;
        let (Some(kind), Some(data)) = (tail.get(..4), tail.get(4..4 + length)) else {
            break;
        };
        if kind == b"iTXt" && length <= LARGEST {
            if let Some(text) = plain_text(data, png::PROVENANCE_KEYWORD) {
                return String::from_utf8(text.to_vec()).ok();
            }
            packet = packet.or_else(|| plain_text(data, png::XMP_KEYWORD));
        }
        rest = tail.get(8 + length..)?;
    }
    packet.and_then(xmp::provenance)
}

/// The text of an uncompressed iTXt chunk with this keyword (PNG 3, 11.3.3.4).
fn plain_text<'a>(data: &'a [u8], keyword: &str) -> Option<&'a [u8]> {
    let rest = data
        .strip_prefix(keyword.as_bytes())?
        .strip_prefix(&[0, 0, 0])?;
    let language = rest.iter().position(|&byte| byte == 0)?;
    let translated = rest[language + 1..].iter().position(|&byte| byte == 0)?;
    Some(&rest[language + 1 + translated + 1..])
}

fn in_webp(mut rest: &[u8]) -> Option<String> {
    loop {
        let (kind, tail) = rest.split_first_chunk::<4>()?;
        let (length, tail) = tail.split_first_chunk::<4>()?;
        let length = u32::from_le_bytes(*length) as usize;
        if kind == b"XMP " {
            return tail.get(..length).and_then(xmp::provenance);
        }
        rest = tail.get(length.checked_next_multiple_of(2)?..)?;
    }
}
