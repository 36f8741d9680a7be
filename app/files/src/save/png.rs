//! PNG, compressed on all cores: each strip of rows is filtered and deflated on its own up to a byte boundary
//! (RFC 1951's empty stored block), so that the strips in order are one zlib stream.

use std::borrow::Cow;

use flate2::{Compress, Compression, FlushCompress, Status};
use png::text_metadata::ITXtChunk;
use png::{BitDepth, ColorType, Info, ScaledFloat, SourceChromaticities, chunk};
use retake_core::{Stop, Watch, said};
use retake_pixels::display::Space;

use super::blocks::Blocks;
use super::strips::{self, Coding, Rows};
use super::{icc, pngfilter};
use crate::FileError;

/// Deflate's level: within 2 % of level 6 in size for photos, a third faster.
const LEVEL: u32 = 4;
/// What XMP's specification calls the text chunk that holds a packet.
pub(super) const XMP_KEYWORD: &str = "XML:com.adobe.xmp";
/// The text chunk that holds the provenance as JSON.
pub(super) const PROVENANCE_KEYWORD: &str = "Retake";

/// The whole file.
pub(super) fn encode(
    rows: &dyn Rows,
    space: Space,
    blocks: &Blocks,
    watch: &dyn Watch,
) -> Result<Vec<u8>, FileError> {
    let (width, height) = rows.size();
    let row_bytes = width * rows.channels() * rows.coding().bytes();
    let step = rows.channels() * rows.coding().bytes();
    // At least 256 KB a strip, so that starting afresh costs next to nothing in size.
    let rows_a_strip = rows.cheap_rows().max((1 << 18) / row_bytes).clamp(1, 4096);
    let strips = strips::each(rows, rows_a_strip, watch, |_, samples| {
        let filtered = pngfilter::filter(samples, row_bytes, step);
        Ok((deflate(&filtered)?, Adler::of(&filtered)))
    })?;

    let mut info = Info::with_size(width as u32, height as u32);
    info.bit_depth = match rows.coding() {
        Coding::Eight => BitDepth::Eight,
        _ => BitDepth::Sixteen,
    };
    info.color_type = match rows.channels() {
        1 => ColorType::Grayscale,
        _ => ColorType::Rgb,
    };
    if rows.channels() == 3 {
        info.icc_profile = Some(Cow::Borrowed(&blocks.icc));
        // For readers without colour management; the profile comes before them (PNG 3, 4.3).
        info.source_gamma = Some(ScaledFloat::from_scaled(match space {
            Space::Rec2020 => 45_000,
            _ => 45_455,
        }));
        let pair = |(x, y): (f64, f64)| (x as f32, y as f32);
        let primaries = icc::primaries(space);
        let [red, green, blue] = primaries.rgb.map(pair);
        info.source_chromaticities = Some(SourceChromaticities::new(
            pair(primaries.white),
            red,
            green,
            blue,
        ));
    }
    info.exif_metadata = blocks.exif.as_deref().map(Cow::Borrowed);
    for (keyword, text) in [
        (XMP_KEYWORD, blocks.xmp.as_ref()),
        (PROVENANCE_KEYWORD, blocks.provenance.as_ref()),
    ] {
        if let Some(text) = text {
            info.utf8_text.push(ITXtChunk::new(keyword, text.as_str()));
        }
    }

    let size: usize = strips.iter().map(|(data, _)| data.len() + 12).sum();
    let mut out = Vec::with_capacity(size + 65_536 + blocks.bytes());
    let mut writer = png::Encoder::with_info(&mut out, info)
        .and_then(png::Encoder::write_header)
        .map_err(bug)?;
    // zlib's header: Deflate with a 32 KB window, "fast" (RFC 1950, 2.2).
    let mut adler = Adler::default();
    let last = strips.len() - 1;
    for (index, (mut data, own)) in strips.into_iter().enumerate() {
        adler = adler.then(own);
        if index == 0 {
            data.splice(0..0, [0x78, 0x5E]);
        }
        if index == last {
            data.extend([0x03, 0x00]); // an empty last block
            data.extend(adler.value().to_be_bytes());
        }
        writer.write_chunk(chunk::IDAT, &data).map_err(bug)?;
    }
    writer.finish().map_err(bug)?;
    Ok(out)
}

/// Raw Deflate up to a byte boundary, without a last block.
fn deflate(data: &[u8]) -> Result<Vec<u8>, FileError> {
    let mut state = Compress::new(Compression::new(LEVEL), false);
    let mut out = Vec::with_capacity(data.len() / 2 + 1024);
    loop {
        let read = state.total_in() as usize;
        let status = state
            .compress_vec(&data[read..], &mut out, FlushCompress::Sync)
            .map_err(bug)?;
        // Room left over means that the flush is complete.
        if state.total_in() as usize == data.len() && out.len() < out.capacity() {
            return Ok(out);
        }
        if status == Status::StreamEnd {
            return Err(bug("the stream ended early"));
        }
        out.reserve(out.capacity() / 2 + 1024);
    }
}

/// RFC 1950's check value of a run of bytes, and how long the run is.
#[derive(Clone, Copy)]
struct Adler {
    a: u64,
    b: u64,
    length: u64,
}

const ADLER_MODULUS: u64 = 65_521;

impl Default for Adler {
    fn default() -> Self {
        Self {
            a: 1,
            b: 0,
            length: 0,
        }
    }
}

impl Adler {
    fn of(bytes: &[u8]) -> Self {
        let value = simd_adler32::adler32(&bytes);
        Self {
            a: u64::from(value & 0xFFFF),
            b: u64::from(value >> 16),
            length: bytes.len() as u64,
        }
    }
    /// The value of this run followed by the next: each of its bytes counts in `b` once more per byte that follows.
    fn then(self, next: Self) -> Self {
        let m = ADLER_MODULUS;
        Self {
            a: (self.a + next.a + m - 1) % m,
            b: (self.b + next.b + (next.length % m) * ((self.a + m - 1) % m)) % m,
            length: self.length + next.length,
        }
    }
    fn value(self) -> u32 {
        (self.b << 16 | self.a) as u32
    }
}

/// A mistake of the encoder, not of the person: never seen in a test.
fn bug(detail: impl std::fmt::Display) -> FileError {
    Stop::Failed(said!(
        "the PNG encoder failed ({error})",
        error = detail.to_string()
    ))
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn check_values_of_parts_join_to_that_of_the_whole(bytes: Vec<u8>, at: prop::sample::Index) {
            let (head, tail) = bytes.split_at(at.index(bytes.len() + 1));
            let joined = Adler::default().then(Adler::of(head)).then(Adler::of(tail));
            prop_assert_eq!(joined.value(), simd_adler32::adler32(&bytes.as_slice()));
        }
    }
}
