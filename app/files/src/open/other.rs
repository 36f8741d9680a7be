//! The formats that need nothing but a decoder: WebP, BMP, GIF, PNM, QOI, Radiance HDR, OpenEXR and Targa.

use std::error::Error;
use std::io::{self, Cursor};

use image::codecs::gif::GifDecoder;
use image::error::{ImageError, LimitErrorKind};
use image::{AnimationDecoder, ColorType, ImageDecoder, ImageFormat, ImageReader};
use retake_core::said;

use super::decoded::{Channels, Decoded, Values, cut_short, damaged, garbled, unsupported};
use super::encoding::{Curve, Encoding};
use super::exif::without_prefix;
use super::limits::Limits;
use super::sniff::Format;
use crate::FileError;

/// Decodes without regard to colour space and orientation; of an animation the first picture.
pub(super) fn decode(bytes: &[u8], format: Format, limits: &Limits) -> Result<Decoded, FileError> {
    let known = match format {
        Format::WebP => ImageFormat::WebP,
        Format::Bmp => ImageFormat::Bmp,
        Format::Gif => ImageFormat::Gif,
        Format::Pnm => ImageFormat::Pnm,
        Format::Qoi => ImageFormat::Qoi,
        Format::Hdr => ImageFormat::Hdr,
        Format::Exr => ImageFormat::OpenExr,
        Format::Tga => ImageFormat::Tga,
        Format::Jpeg => ImageFormat::Jpeg,
        Format::Png => ImageFormat::Png,
        Format::Tiff => ImageFormat::Tiff,
    };
    let name = format.name();
    if ends_early(bytes, format) {
        return Err(cut_short(name));
    }
    // their decoders call a picture that is too large damaged
    let stated = match format {
        Format::Qoi => qoi_size(bytes),
        Format::Bmp => bmp_size(bytes),
        _ => None,
    };
    if let Some([width, height]) = stated {
        limits.check(width, height, 1)?;
    }
    let sentence = |error: ImageError| sentence(error, name);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), known);
    let mut allowed = image::Limits::default();
    allowed.max_alloc = Some(limits.max_bytes);
    reader.limits(allowed);
    let mut decoder = reader.into_decoder().map_err(sentence)?;
    let (width, height) = decoder.dimensions();
    let colour = decoder.color_type();
    limits.check(
        u64::from(width),
        u64::from(height),
        u64::from(colour.bytes_per_pixel()),
    )?;
    if width == 0 || height == 0 {
        return Err(damaged(name, said!("it has no pixels")));
    }
    let icc = decoder.icc_profile().ok().flatten();
    let exif = decoder.exif_metadata().ok().flatten();
    let xmp = decoder.xmp_metadata().ok().flatten();
    let (channels, bits) = match colour {
        ColorType::L8 => (Channels::Grey, 8),
        ColorType::La8 => (Channels::GreyAlpha, 8),
        ColorType::Rgb8 => (Channels::Rgb, 8),
        ColorType::Rgba8 => (Channels::Rgba, 8),
        ColorType::L16 => (Channels::Grey, 16),
        ColorType::La16 => (Channels::GreyAlpha, 16),
        ColorType::Rgb16 => (Channels::Rgb, 16),
        ColorType::Rgba16 => (Channels::Rgba, 16),
        ColorType::Rgb32F => (Channels::Rgb, 32),
        ColorType::Rgba32F => (Channels::Rgba, 32),
        _ => return Err(unsupported(said!("{name} with unusual channels", name))),
    };
    let count = width as usize * height as usize * channels.count();
    let values = match bits {
        8 => {
            let mut values = vec![0u8; count];
            decoder.read_image(&mut values).map_err(sentence)?;
            Values::Eight(values)
        }
        16 => {
            let mut values = vec![0u16; count];
            decoder
                .read_image(bytemuck::cast_slice_mut(&mut values))
                .map_err(sentence)?;
            Values::Sixteen(values)
        }
        _ => {
            let mut values = vec![0f32; count];
            decoder
                .read_image(bytemuck::cast_slice_mut(&mut values))
                .map_err(sentence)?;
            Values::Float(values)
        }
    };
    let mut decoded = Decoded::new(width as usize, height as usize, channels, values);
    decoded.carried.icc = icc;
    decoded.carried.exif = exif.map(|exif| without_prefix(&exif).to_vec());
    decoded.carried.xmp = xmp;
    decoded.premultiplied = format == Format::Exr;
    decoded.stated = match format {
        Format::Exr => exr_chromaticities(bytes),
        Format::Hdr => hdr_primaries(bytes),
        _ => None,
    };
    if is_animation(bytes, format) {
        decoded.note(said!("Only the first picture of the animation was read."));
    }
    Ok(decoded)
}

fn is_animation(bytes: &[u8], format: Format) -> bool {
    match format {
        // RIFF container, VP8X chunk, animation flag
        Format::WebP => {
            bytes.get(12..16) == Some(b"VP8X") && bytes.get(20).is_some_and(|flags| flags & 2 != 0)
        }
        Format::Gif => GifDecoder::new(Cursor::new(bytes))
            .ok()
            .and_then(|decoder| decoder.into_frames().nth(1))
            .is_some_and(|second| second.is_ok()),
        _ => false,
    }
}

/// Formats that say how long they are, or how they end, before a decoder makes up the rest.
fn ends_early(bytes: &[u8], format: Format) -> bool {
    let stated = |at: usize| {
        bytes
            .get(at..)
            .and_then(|rest| rest.first_chunk::<4>())
            .map(|four| u64::from(u32::from_le_bytes(*four)))
    };
    let length = bytes.len() as u64;
    match format {
        Format::WebP => stated(4).is_none_or(|rest| length < rest + 8),
        Format::Bmp => stated(10).is_none_or(|pixels| length <= pixels),
        Format::Qoi => !bytes.ends_with(&[0, 0, 0, 0, 0, 0, 0, 1]),
        Format::Gif => !bytes.trim_ascii_end().ends_with(b";") && bytes.last() != Some(&0),
        _ => false,
    }
}

/// Width and height in a QOI header (qoiformat.org, specification 1.0).
fn qoi_size(bytes: &[u8]) -> Option<[u64; 2]> {
    let sides = bytes.get(4..12)?.as_chunks::<4>().0;
    Some([sides[0], sides[1]].map(|side| u64::from(u32::from_be_bytes(side))))
}

/// Width and height in a BMP header of the kind that has 32-bit sides; a negative height is one from the top down.
fn bmp_size(bytes: &[u8]) -> Option<[u64; 2]> {
    let number = |at: usize| {
        let four = bytes.get(at..)?.first_chunk::<4>()?;
        Some(i32::from_le_bytes(*four))
    };
    let sides = [number(18)?, number(22)?].map(|side| u64::from(side.unsigned_abs()));
    (number(14)? >= 40).then_some(sides)
}

fn sentence(error: ImageError, name: &'static str) -> FileError {
    if is_end_of_file(&error) {
        return cut_short(name);
    }
    match error {
        ImageError::Unsupported(error) => unsupported(said!(
            "{name} of an unusual kind ({error})",
            name,
            error = error.to_string()
        )),
        ImageError::Limits(error) => {
            let detail = match error.kind() {
                LimitErrorKind::DimensionError => {
                    said!("its sides are too long; scale it down first")
                }
                _ => {
                    said!("reading it would take more memory than is allowed; scale it down first")
                }
            };
            FileError::TooLarge {
                detail,
                place: Default::default(),
            }
        }
        other => garbled(name, other),
    }
}

fn is_end_of_file(error: &ImageError) -> bool {
    // this kind passes over itself when asked for its cause
    if let ImageError::IoError(io) = error {
        return io.kind() == io::ErrorKind::UnexpectedEof;
    }
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = cause {
        let io = error.downcast_ref::<io::Error>();
        if io.is_some_and(|io| io.kind() == io::ErrorKind::UnexpectedEof) {
            return true;
        }
        cause = error.source();
    }
    false
}

/// The `chromaticities` attribute of an OpenEXR header: eight floats (OpenEXR file layout, "predefined attribute types").
fn exr_chromaticities(bytes: &[u8]) -> Option<Encoding> {
    const NAME_AND_TYPE: &[u8] = b"chromaticities\0chromaticities\0\x20\0\0\0";
    let header = &bytes[..bytes.len().min(1 << 16)];
    let at = memchr::memmem::find(header, NAME_AND_TYPE)? + NAME_AND_TYPE.len();
    let floats: Vec<f64> = header
        .get(at..at + 32)?
        .as_chunks::<4>()
        .0
        .iter()
        .map(|four| f64::from(f32::from_le_bytes(*four)))
        .collect();
    linear_with(&floats)
}

/// The PRIMARIES line of a Radiance header: red, green, blue and white, x and y each.
fn hdr_primaries(bytes: &[u8]) -> Option<Encoding> {
    let header = &bytes[..bytes.len().min(1 << 14)];
    let header = &header[..memchr::memmem::find(header, b"\n\n")?];
    let line = std::str::from_utf8(header)
        .ok()?
        .lines()
        .find_map(|line| line.strip_prefix("PRIMARIES="))?;
    let numbers: Vec<f64> = line
        .split_whitespace()
        .map_while(|number| number.parse().ok())
        .collect();
    linear_with(&numbers)
}

fn linear_with(numbers: &[f64]) -> Option<Encoding> {
    let &[rx, ry, gx, gy, bx, by, wx, wy] = numbers else {
        return None;
    };
    Some(Encoding {
        primaries: [[rx, ry], [gx, gy], [bx, by]],
        white: [wx, wy],
        curve: Curve::Linear,
    })
}
