//! A picture as strips of code values, made on all cores: each strip is rendered, colour-managed and handed to
//! an encoder on the same thread, so that a 24-megapixel export never holds more than a few strips of floats.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;
use retake_core::{Picture, Stop, Watch};
use retake_pixels::codes::Coder;
use retake_pixels::display::{self, Space};

use crate::FileError;

/// What the samples of a strip are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coding {
    /// one byte
    Eight,
    /// two bytes, most significant first
    SixteenBig,
    /// two bytes, least significant first
    SixteenLittle,
}

impl Coding {
    pub(super) fn bytes(self) -> usize {
        match self {
            Self::Eight => 1,
            Self::SixteenBig | Self::SixteenLittle => 2,
        }
    }
}

/// Somewhere rows of interleaved code values come from.
pub(super) trait Rows: Sync {
    /// (width, height), px; neither is 0.
    fn size(&self) -> (usize, usize);
    /// 1 for grey, 3 for RGB.
    fn channels(&self) -> usize;
    /// Bytes a sample.
    fn coding(&self) -> Coding;
    /// How many rows at a time are cheap.
    fn cheap_rows(&self) -> usize;
    /// The bytes of these rows.
    fn read(&self, y: Range<usize>) -> Result<Cow<'_, [u8]>, FileError>;
}

/// An edit, rendered and converted as it is read.
pub(super) struct Rendered<'a> {
    pub(super) picture: &'a dyn Picture,
    pub(super) space: Space,
    pub(super) coding: Coding,
    /// of the same space; used for 8 bits
    pub(super) coder: Coder,
}

impl Rows for Rendered<'_> {
    fn size(&self) -> (usize, usize) {
        self.picture.size()
    }
    fn channels(&self) -> usize {
        3
    }
    fn coding(&self) -> Coding {
        self.coding
    }
    fn cheap_rows(&self) -> usize {
        self.picture.strip_rows()
    }
    fn read(&self, y: Range<usize>) -> Result<Cow<'_, [u8]>, FileError> {
        let mut raster = self.picture.rows(y)?;
        let width = raster.width;
        let matrix = self.space.from_rec2020();
        let mut out = vec![0; raster.len() * 3 * self.coding.bytes()];
        let mut wide = vec![
            0u16;
            if self.coding == Coding::Eight {
                0
            } else {
                width * 3
            }
        ];
        let [r, g, b] = &mut raster.planes;
        let planes = r
            .chunks_exact_mut(width)
            .zip(g.chunks_exact_mut(width))
            .zip(b.chunks_exact_mut(width));
        // Row by row, so that every pass over a row finds it in the cache.
        for (((r, g), b), out) in planes.zip(out.chunks_exact_mut(width * 3 * self.coding.bytes()))
        {
            display::to_linear(&matrix, r, g, b);
            if self.coding == Coding::Eight {
                self.coder.interleave(r, g, b, out);
                continue;
            }
            for plane in [&mut *r, &mut *g, &mut *b] {
                self.space.encode(plane);
            }
            display::quantise16(r, g, b, &mut wide);
            match self.coding {
                Coding::SixteenLittle => put(out, &wide, u16::to_le_bytes),
                _ => put(out, &wide, u16::to_be_bytes),
            }
        }
        Ok(Cow::Owned(out))
    }
}

fn put(out: &mut [u8], values: &[u16], bytes: fn(u16) -> [u8; 2]) {
    for (out, &value) in out.chunks_exact_mut(2).zip(values) {
        out.copy_from_slice(&bytes(value));
    }
}

/// Code values that are there already: a contact sheet, an evidence map. 8 bits a sample.
pub(super) struct Ready<'a> {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) channels: usize,
    pub(super) samples: &'a [u8],
}

impl Rows for Ready<'_> {
    fn size(&self) -> (usize, usize) {
        (self.width, self.height)
    }
    fn channels(&self) -> usize {
        self.channels
    }
    fn coding(&self) -> Coding {
        Coding::Eight
    }
    fn cheap_rows(&self) -> usize {
        64
    }
    fn read(&self, y: Range<usize>) -> Result<Cow<'_, [u8]>, FileError> {
        let row = self.width * self.channels;
        Ok(Cow::Borrowed(&self.samples[y.start * row..y.end * row]))
    }
}

/// Hands every strip of `rows_a_strip` rows (the last may be lower) to `encode` and collects the results in order.
/// Stops early when the watch says so.
pub(super) fn each<T: Send>(
    rows: &dyn Rows,
    rows_a_strip: usize,
    watch: &dyn Watch,
    encode: impl Fn(Range<usize>, &[u8]) -> Result<T, FileError> + Sync,
) -> Result<Vec<T>, FileError> {
    let height = rows.size().1;
    let count = height.div_ceil(rows_a_strip);
    let done = AtomicUsize::new(0);
    (0..count)
        .into_par_iter()
        .map(|index| {
            if watch.stopped() {
                return Err(Stop::Cancelled.into());
            }
            let y = index * rows_a_strip..((index + 1) * rows_a_strip).min(height);
            let strip = encode(y.clone(), &rows.read(y)?)?;
            watch.progress("export", done.fetch_add(1, Ordering::Relaxed) + 1, count);
            Ok(strip)
        })
        .collect()
}
