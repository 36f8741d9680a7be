//! JPEG: baseline and progressive; grey, YCbCr, RGB, CMYK and YCCK.
//! A file whose end or middle is missing is refused, because grey bars are not the person's photo.

use retake_core::{Said, said};
use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;
use zune_jpeg::errors::DecodeErrors;

use super::decoded::{
    Channels, Decoded, Values, cut_short, damaged, garbled, rgb_from_ycc, unsupported,
};
use super::limits::Limits;
use crate::FileError;

const NAME: &str = "JPEG";

/// Decodes without regard to colour space and orientation.
pub(super) fn decode(bytes: &[u8], limits: &Limits) -> Result<Decoded, FileError> {
    let survey = survey(bytes);
    if !survey.complete {
        return Err(cut_short(NAME));
    }
    if let Some(what) = survey.unusual {
        return Err(unsupported(Said::name(what)));
    }
    let options = DecoderOptions::new_fast()
        .set_max_width(usize::from(u16::MAX))
        .set_max_height(usize::from(u16::MAX))
        .set_strict_mode(false)
        .jpeg_set_out_colorspace(ColorSpace::RGB);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers().map_err(sentence)?;
    let (width, height) = decoder
        .dimensions()
        .ok_or_else(|| damaged(NAME, said!("it does not say how large it is")))?;
    let (out, channels) = match decoder.input_colorspace() {
        Some(ColorSpace::Luma) => (ColorSpace::Luma, Channels::Grey),
        Some(ColorSpace::YCbCr | ColorSpace::RGB) => (ColorSpace::RGB, Channels::Rgb),
        Some(inks @ (ColorSpace::CMYK | ColorSpace::YCCK)) => (inks, Channels::Cmyk),
        other => {
            return Err(unsupported(said!(
                "a JPEG with unusual channels ({channels})",
                channels = format!("{other:?}")
            )));
        }
    };
    let coefficients = if survey.progressive { 2 } else { 0 };
    limits.check(
        width as u64,
        height as u64,
        channels.count() as u64 * (1 + coefficients),
    )?;
    // headers may be odd, as in every viewer, but no part of the picture may be made up
    decoder.set_options(options.set_strict_mode(true).jpeg_set_out_colorspace(out));
    let mut values = vec![0; width * height * channels.count()];
    decoder.decode_into(&mut values).map_err(sentence)?;
    if channels == Channels::Cmyk {
        let stored_as_ycc = out == ColorSpace::YCCK;
        share_of_ink(&mut values, stored_as_ycc, survey.adobe);
    }
    let exif = decoder.exif().cloned();
    let xmp = decoder.xmp().cloned();
    let icc = decoder.icc_profile();
    let mut decoded = Decoded::new(width, height, channels, Values::Eight(values));
    decoded.carried.exif = exif;
    decoded.carried.xmp = xmp;
    decoded.carried.icc = icc;
    Ok(decoded)
}

fn sentence(error: DecodeErrors) -> FileError {
    match error {
        DecodeErrors::Unsupported(_) => unsupported(said!("a JPEG of an unusual kind")),
        other => garbled(NAME, other),
    }
}

/// From stored samples to ink. Adobe writes inks inverted, and YCCK as YCbCr of the inverted inks' RGB (Adobe TN 5116).
fn share_of_ink(values: &mut [u8], stored_as_ycc: bool, inverted: bool) {
    for pixel in values.as_chunks_mut::<4>().0 {
        if stored_as_ycc {
            let [y, cb, cr, black] = *pixel;
            let [r, g, b] = rgb_from_ycc([y, cb, cr]);
            *pixel = [255 - r, 255 - g, 255 - b, black];
        }
        if inverted {
            *pixel = pixel.map(|stored| 255 - stored);
        }
    }
}

/// What the markers tell before anything is decoded.
#[derive(Debug, Default, PartialEq, Eq)]
struct Survey {
    /// the end marker of the picture is there
    complete: bool,
    progressive: bool,
    /// an Adobe marker says how colours are stored
    adobe: bool,
    /// of the kinds that no camera writes, in words
    unusual: Option<&'static str>,
}

/// What a start-of-frame marker and the bits a sample say of the coding (ITU-T T.81, table B.1); `None` for what is read.
fn unusual(marker: u8, bits: Option<u8>) -> Option<&'static str> {
    Some(match marker {
        0xC3 => "a JPEG with lossless coding",
        0xC5..=0xC7 => "a hierarchical JPEG",
        0xC9..=0xCB | 0xCD..=0xCF => "a JPEG with arithmetic coding",
        _ if bits.is_some_and(|bits| bits != 8) => "a JPEG of more than 8 bits a channel",
        _ => return None,
    })
}

/// Walks the markers (ITU-T T.81, annex B) to the picture's own end; a thumbnail's end is inside a segment.
fn survey(bytes: &[u8]) -> Survey {
    let mut survey = Survey::default();
    let mut in_scan = false;
    let mut at = 2;
    while let Some(found) = bytes.get(at..).and_then(|rest| memchr::memchr(0xFF, rest)) {
        at += found + 1;
        let Some(&marker) = bytes.get(at) else { break };
        let is_segment = match marker {
            0xD9 => {
                survey.complete = true;
                break;
            }
            // stuffing, fill, TEM, restarts, a stray start
            0x00 | 0x01 | 0xFF | 0xD0..=0xD8 => false,
            0xC4 | 0xDA..=0xDD | 0xE0..=0xEF | 0xFE => true,
            // in damaged scans anything may follow an FF
            _ => !in_scan,
        };
        if marker == 0xFF {
            continue;
        }
        at += 1;
        if !is_segment {
            continue;
        }
        let Some(&[high, low]) = bytes.get(at..).and_then(|rest| rest.first_chunk::<2>()) else {
            break;
        };
        match marker {
            0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF => {
                survey.progressive |= marker == 0xC2;
                let found = unusual(marker, bytes.get(at + 2).copied());
                survey.unusual = survey.unusual.or(found);
            }
            0xDA => in_scan = true,
            0xEE => survey.adobe |= bytes.get(at + 2..at + 7) == Some(b"Adobe"),
            _ => {}
        }
        at += usize::from(u16::from_be_bytes([high, low])).max(2);
    }
    survey
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_thumbnail_is_not_the_end_of_the_picture() {
        let mut file = vec![0xFF, 0xD8, 0xFF, 0xE1, 0, 6, 0xFF, 0xD9, 1, 2];
        file.extend([0xFF, 0xDA, 0, 2, 7, 0xFF, 0x00, 9, 0xFF, 0xD0, 3]);
        assert!(!survey(&file).complete);
        file.extend([0xFF, 0xFF, 0xD9]);
        assert!(survey(&file).complete);
    }

    #[test]
    fn what_follows_the_end_does_not_matter() {
        let file = [
            0xFF, 0xD8, 0xFF, 0xDA, 0, 2, 1, 0xFF, 0xD9, 0xFF, 0xC2, 0, 9,
        ];
        let found = survey(&file);
        assert!(found.complete && !found.progressive);
    }

    #[test]
    fn adobe_inks_are_inverted_and_others_are_not() {
        let mut stored = [255, 255, 255, 0];
        share_of_ink(&mut stored, false, true);
        assert_eq!(stored, [0, 0, 0, 255]);
        share_of_ink(&mut stored, false, false);
        assert_eq!(stored, [0, 0, 0, 255]);
        let mut white = [0, 128, 128, 255];
        share_of_ink(&mut white, true, true);
        assert_eq!(white, [0, 0, 0, 0], "YCCK of no ink at all");
    }
}
