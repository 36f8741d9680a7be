//! PNG: every bit depth, palettes and transparency, with all four ways in which a PNG states its colours.

use std::io::{Cursor, ErrorKind};

use png::{BitDepth, ColorType, DecodingError, Info, Transformations};
use retake_core::said;

use super::decoded::{Channels, Decoded, Values, cut_short, garbled};
use super::encoding::{Curve, Encoding};
use super::exif::without_prefix;
use super::limits::Limits;
use crate::FileError;

const NAME: &str = "PNG";
/// The keyword of an XMP packet (XMP specification, part 3, table 9).
const XMP_KEYWORD: &str = "XML:com.adobe.xmp";

/// Decodes without regard to colour space and orientation; of an animation its still picture.
pub(super) fn decode(bytes: &[u8], limits: &Limits) -> Result<Decoded, FileError> {
    let memory = png::Limits {
        bytes: usize::try_from(limits.max_bytes).unwrap_or(usize::MAX),
    };
    let mut decoder = png::Decoder::new_with_limits(Cursor::new(bytes), memory);
    decoder.set_transformations(Transformations::EXPAND);
    let header = decoder.read_header_info().map_err(sentence)?;
    let (width, height) = (header.width, header.height);
    limits.check(u64::from(width), u64::from(height), 1)?;
    let mut reader = decoder.read_info().map_err(sentence)?;
    let (colour, depth) = reader.output_color_type();
    let channels = match colour {
        ColorType::Grayscale => Channels::Grey,
        ColorType::GrayscaleAlpha => Channels::GreyAlpha,
        ColorType::Rgb | ColorType::Indexed => Channels::Rgb,
        ColorType::Rgba => Channels::Rgba,
    };
    let sixteen = depth == BitDepth::Sixteen;
    let sample_bytes = if sixteen { 2 } else { 1 };
    limits.check(
        u64::from(width),
        u64::from(height),
        channels.count() as u64 * sample_bytes,
    )?;
    let (width, height) = (width as usize, height as usize);
    let count = width * height * channels.count();
    let values = if sixteen {
        let mut values = vec![0u16; count];
        reader
            .next_frame(bytemuck::cast_slice_mut(&mut values))
            .map_err(sentence)?;
        for value in &mut values {
            *value = u16::from_be(*value);
        }
        Values::Sixteen(values)
    } else {
        let mut values = vec![0u8; count];
        reader.next_frame(&mut values).map_err(sentence)?;
        Values::Eight(values)
    };
    let mut decoded = Decoded::new(width, height, channels, values);
    if reader.info().animation_control.is_some() {
        decoded.note(said!("Only the first picture of the animation was read."));
    }
    // EXIF and text may come after the picture
    if reader.finish().is_err() {
        decoded.note(said!(
            "The end of the file is missing; the picture itself is complete."
        ));
    }
    let info = reader.info();
    decoded.carried.bits = info.bit_depth as u8;
    decoded.carried.icc = info.icc_profile.as_ref().map(|icc| icc.to_vec());
    decoded.carried.exif = info
        .exif_metadata
        .as_ref()
        .map(|exif| without_prefix(exif).to_vec());
    decoded.carried.xmp = info
        .utf8_text
        .iter()
        .find(|text| text.keyword == XMP_KEYWORD)
        .and_then(|text| text.get_text().ok())
        .map(String::into_bytes);
    decoded.stated = stated(info);
    Ok(decoded)
}

/// PNG 3rd edition, 4.3: cICP before iCCP before sRGB before gAMA and cHRM.
fn stated(info: &Info<'_>) -> Option<Encoding> {
    if let Some(cicp) = info.coding_independent_code_points
        && let Some(encoding) = Encoding::from_cicp(cicp.color_primaries, cicp.transfer_function)
    {
        return Some(encoding);
    }
    if info.icc_profile.is_some() || info.srgb.is_some() {
        return None;
    }
    let mut encoding = Encoding::srgb();
    if let Some(gamma) = info.gama_chunk {
        let exponent = f64::from(gamma.into_value());
        // 1/2.2 is how sRGB pictures are marked; anything else is meant
        if exponent > 0.0 && (exponent - 0.45455).abs() > 1e-3 {
            encoding.curve = Curve::Gamma(1.0 / exponent);
        }
    }
    if let Some(chromaticities) = info.chrm_chunk {
        let xy = |(x, y): (png::ScaledFloat, png::ScaledFloat)| {
            [f64::from(x.into_value()), f64::from(y.into_value())]
        };
        encoding.primaries = [
            xy(chromaticities.red),
            xy(chromaticities.green),
            xy(chromaticities.blue),
        ];
        encoding.white = xy(chromaticities.white);
    }
    (encoding != Encoding::srgb()).then_some(encoding)
}

fn sentence(error: DecodingError) -> FileError {
    match error {
        DecodingError::IoError(error) if error.kind() == ErrorKind::UnexpectedEof => {
            cut_short(NAME)
        }
        DecodingError::LimitsExceeded => FileError::TooLarge {
            detail: said!(
                "reading this PNG would take more memory than is allowed; scale it down first"
            ),
            place: Default::default(),
        },
        other => garbled(NAME, other),
    }
}
