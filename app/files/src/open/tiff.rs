//! TIFF: grey, RGB, CMYK and YCbCr of 1 to 64 bits, whole or float, strips or tiles, chunky or planar; the first page.

use std::io::{Cursor, ErrorKind};

use retake_core::said;
use tiff::decoder::{ChunkType, Decoder, DecodingResult};
use tiff::tags::Tag;
use tiff::{ColorType, TiffError};

use super::decoded::{
    Channels, Decoded, Values, cut_short, damaged, garbled, rgb_from_ycc, unsupported,
};
use super::encoding::Encoding;
use super::limits::Limits;
use super::tiffexif;
use crate::FileError;

const NAME: &str = "TIFF";
const XMP: Tag = Tag::Unknown(700);

/// Decodes without regard to colour space and orientation.
pub(super) fn decode(bytes: &[u8], limits: &Limits) -> Result<Decoded, FileError> {
    match bits_turned(bytes).map_err(sentence)? {
        Some(turned) => decode_plain(&turned, limits),
        None => decode_plain(bytes, limits),
    }
}

/// The file with the bits of its compressed data in the usual order, when it has them in the other (FillOrder 2, which
/// scanners and fax machines write). JPEG data is never turned, as in libtiff.
fn bits_turned(bytes: &[u8]) -> Result<Option<Vec<u8>>, TiffError> {
    let mut decoder = Decoder::new(Cursor::new(bytes))?;
    let number = |decoder: &mut Decoder<_>, tag| {
        let found = decoder.find_tag_unsigned::<u16>(tag);
        found.ok().flatten().unwrap_or(1)
    };
    let is_jpeg = matches!(number(&mut decoder, Tag::Compression), 6 | 7);
    if number(&mut decoder, Tag::FillOrder) != 2 || is_jpeg {
        return Ok(None);
    }
    let mut turned = bytes.to_vec();
    for (offsets, lengths) in [
        (Tag::StripOffsets, Tag::StripByteCounts),
        (Tag::TileOffsets, Tag::TileByteCounts),
    ] {
        let mut numbers = |tag| decoder.find_tag_unsigned_vec::<u64>(tag);
        if let (Some(offsets), Some(lengths)) = (numbers(offsets)?, numbers(lengths)?) {
            for (at, length) in offsets.into_iter().zip(lengths) {
                let end = at.saturating_add(length).min(turned.len() as u64);
                let part = at.min(end) as usize..end as usize;
                for byte in &mut turned[part] {
                    *byte = byte.reverse_bits();
                }
            }
        }
    }
    Ok(Some(turned))
}

fn decode_plain(bytes: &[u8], limits: &Limits) -> Result<Decoded, FileError> {
    let memory = usize::try_from(limits.max_bytes).unwrap_or(usize::MAX);
    let mut allowed = tiff::decoder::Limits::default();
    allowed.decoding_buffer_size = memory;
    allowed.intermediate_buffer_size = memory;
    allowed.ifd_value_size = 64 << 20;
    let mut decoder = Decoder::new(Cursor::new(bytes))
        .map_err(sentence)?
        .with_limits(allowed);
    let (width, height) = decoder.dimensions().map_err(sentence)?;
    limits.check(u64::from(width), u64::from(height), 1)?;
    if width == 0 || height == 0 {
        return Err(damaged(NAME, said!("it has no pixels")));
    }
    let kind = decoder.colortype().map_err(sentence)?;
    let bits = kind.bit_depth();
    let samples_a_pixel = decoder
        .find_tag_unsigned::<u16>(Tag::SamplesPerPixel)
        .ok()
        .flatten()
        .unwrap_or(1);
    limits.check(
        u64::from(width),
        u64::from(height),
        u64::from(samples_a_pixel) * u64::from(bits).div_ceil(8),
    )?;
    let extra = decoder
        .find_tag_unsigned_vec::<u16>(Tag::ExtraSamples)
        .ok()
        .flatten()
        .and_then(|kinds| kinds.first().copied());
    // 1: multiplied into the colours, 2: not; 0 and others are no transparency
    let has_alpha = matches!(extra, Some(1 | 2));
    let channels = match kind {
        ColorType::Gray(_) => Channels::Grey,
        ColorType::GrayA(_) => Channels::GreyAlpha,
        ColorType::Multiband { .. } if has_alpha => Channels::GreyAlpha,
        ColorType::Multiband { .. } => Channels::Grey,
        ColorType::RGBA(_) if has_alpha => Channels::Rgba,
        ColorType::RGB(_) | ColorType::RGBA(_) | ColorType::YCbCr(8) => Channels::Rgb,
        ColorType::CMYK(_) | ColorType::CMYKA(_) => Channels::Cmyk,
        ColorType::Lab(_) => return Err(unsupported(said!("a TIFF in Lab colour"))),
        _ => {
            return Err(unsupported(said!(
                "a TIFF with a palette or unusual channels"
            )));
        }
    };
    let planes_apart = decoder
        .find_tag_unsigned::<u16>(Tag::PlanarConfiguration)
        .is_ok_and(|planes| planes == Some(2));
    if planes_apart && samples_a_pixel > 1 && decoder.get_chunk_type() == ChunkType::Tile {
        return Err(unsupported(said!(
            "a TIFF whose tiles hold one colour each"
        )));
    }
    let mut result = DecodingResult::U8(Vec::new());
    let layout = decoder
        .read_image_to_buffer(&mut result)
        .map_err(sentence)?;
    let shape = Shape {
        width: width as usize,
        height: height as usize,
        bits,
        planes: layout.planes.max(1),
        kept: channels.count(),
    };
    let mut values = match result {
        DecodingResult::U8(v) if bits < 8 => Values::Eight(shape.unpacked(&v)?),
        DecodingResult::U8(v) => Values::Eight(shape.chunky(v)?),
        DecodingResult::U16(v) if bits < 16 => {
            let scale =
                |code: u16| (f32::from(code) * 65535.0 / f32::from((1u16 << bits) - 1)) as u16;
            Values::Sixteen(shape.chunky(v)?.into_iter().map(scale).collect())
        }
        DecodingResult::U16(v) => Values::Sixteen(shape.chunky(v)?),
        DecodingResult::U32(v) => {
            shape.floats(v, |v| (f64::from(v) / f64::from(u32::MAX)) as f32)?
        }
        DecodingResult::U64(v) => shape.floats(v, |v| (v as f64 / u64::MAX as f64) as f32)?,
        DecodingResult::F16(v) => shape.floats(v, |v| v.to_f32())?,
        DecodingResult::F32(v) => Values::Float(shape.chunky(v)?),
        DecodingResult::F64(v) => shape.floats(v, |v| v as f32)?,
        _ => return Err(unsupported(said!("a TIFF of signed whole numbers"))),
    };
    if let (ColorType::YCbCr(_), Values::Eight(values)) = (kind, &mut values) {
        for pixel in values.as_chunks_mut::<3>().0 {
            *pixel = rgb_from_ycc(*pixel);
        }
    }
    let whole_numbers = !matches!(layout.sample_format, tiff::tags::SampleFormat::IEEEFP);
    let mut decoded = Decoded::new(shape.width, shape.height, channels, values);
    decoded.carried.bits = bits;
    decoded.premultiplied = extra == Some(1);
    decoded.orientation = decoder
        .find_tag_unsigned::<u8>(Tag::Orientation)
        .ok()
        .flatten();
    decoded.carried.icc = decoder.get_tag_u8_vec(Tag::IccProfile).ok();
    decoded.carried.xmp = decoder.get_tag_u8_vec(XMP).ok();
    decoded.carried.exif = tiffexif::gathered(&mut decoder);
    if whole_numbers && matches!(decoded.values, Values::Float(_)) && decoded.carried.icc.is_none()
    {
        // 32-bit whole numbers are code values like any others; only true floats are linear when nothing is said
        decoded.stated = Some(Encoding::srgb());
    }
    if decoder.more_images() {
        decoded.note(said!("Only the first page was read."));
    }
    Ok(decoded)
}

/// How the samples lie in the decoder's buffer.
struct Shape {
    width: usize,
    height: usize,
    bits: u8,
    planes: usize,
    kept: usize,
}

impl Shape {
    /// Interleaved samples of the channels that are kept; without a copy when that is how they came.
    fn chunky<T: Copy>(&self, samples: Vec<T>) -> Result<Vec<T>, FileError> {
        let pixels = self.width * self.height;
        let found = samples.len() / pixels;
        if found < self.kept || !samples.len().is_multiple_of(pixels) {
            return Err(damaged(NAME, said!("it has fewer samples than it says")));
        }
        if self.planes > 1 {
            let at = |i: usize| samples[i % self.kept * pixels + i / self.kept];
            return Ok((0..pixels * self.kept).map(at).collect());
        }
        if found == self.kept {
            return Ok(samples);
        }
        Ok(samples
            .chunks_exact(found)
            .flat_map(|pixel| &pixel[..self.kept])
            .copied()
            .collect())
    }

    fn floats<T: Copy>(&self, samples: Vec<T>, to: impl Fn(T) -> f32) -> Result<Values, FileError> {
        Ok(Values::Float(
            self.chunky(samples)?.into_iter().map(to).collect(),
        ))
    }

    /// Samples of less than a byte, high bits first, rows padded to whole bytes (TIFF 6.0, FillOrder 1).
    fn unpacked(&self, packed: &[u8]) -> Result<Vec<u8>, FileError> {
        let bits = usize::from(self.bits);
        if self.kept != 1 || self.planes != 1 || !matches!(bits, 1 | 2 | 4) {
            return Err(unsupported(said!("a TIFF with an unusual number of bits")));
        }
        let row_bytes = (self.width * bits).div_ceil(8);
        if packed.len() < row_bytes * self.height {
            return Err(damaged(NAME, said!("it has fewer samples than it says")));
        }
        let full = (1u16 << bits) - 1;
        let mut out = Vec::with_capacity(self.width * self.height);
        for row in packed.chunks_exact(row_bytes).take(self.height) {
            out.extend((0..self.width).map(|x| {
                let shift = 8 - bits - x * bits % 8;
                let code = u16::from(row[x * bits / 8]) >> shift & full;
                (code * 255 / full) as u8
            }));
        }
        Ok(out)
    }
}

fn sentence(error: TiffError) -> FileError {
    match error {
        TiffError::IoError(error) if error.kind() == ErrorKind::UnexpectedEof => cut_short(NAME),
        TiffError::UnsupportedError(kind) => unsupported(said!(
            "a TIFF of an unusual kind ({kind})",
            kind = kind.to_string()
        )),
        TiffError::LimitsExceeded => FileError::TooLarge {
            detail: said!(
                "reading this TIFF would take more memory than is allowed; scale it down first"
            ),
            place: Default::default(),
        },
        other => garbled(NAME, other),
    }
}
