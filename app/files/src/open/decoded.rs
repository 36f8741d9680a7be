//! What every decoder hands on: the file's own samples, and what the file says about them.

use retake_core::{Carried, Said};

use super::encoding::Encoding;
use crate::FileError;

/// The channels of one pixel, interleaved in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Channels {
    Grey,
    GreyAlpha,
    Rgb,
    Rgba,
    /// the share of ink: 0 is bare paper
    Cmyk,
}

impl Channels {
    pub(super) fn count(self) -> usize {
        match self {
            Self::Grey => 1,
            Self::GreyAlpha => 2,
            Self::Rgb => 3,
            Self::Rgba | Self::Cmyk => 4,
        }
    }
    /// How many of them are colour.
    pub(super) fn colours(self) -> usize {
        self.count() - usize::from(self.has_alpha())
    }
    pub(super) fn has_alpha(self) -> bool {
        matches!(self, Self::GreyAlpha | Self::Rgba)
    }
}

/// Interleaved code values; full scale is 255, 65 535 or 1.0.
#[derive(Clone, Debug)]
pub(super) enum Values {
    Eight(Vec<u8>),
    Sixteen(Vec<u16>),
    Float(Vec<f32>),
}

impl Values {
    /// One value with full scale 1.
    #[inline]
    pub(super) fn share(&self, i: usize) -> f32 {
        match self {
            Self::Eight(values) => f32::from(values[i]) / 255.0,
            Self::Sixteen(values) => f32::from(values[i]) / 65535.0,
            Self::Float(values) => values[i],
        }
    }
}

/// A decoded file, not yet turned upright and not yet brought to the working space.
#[derive(Debug)]
pub(super) struct Decoded {
    pub width: usize,
    pub height: usize,
    pub channels: Channels,
    pub values: Values,
    /// the colours were multiplied by the alpha when the file was written
    pub premultiplied: bool,
    /// a colour space the file states outside an ICC profile; it wins over the profile
    pub stated: Option<Encoding>,
    /// EXIF numbering; `None` leaves it to the EXIF block
    pub orientation: Option<u8>,
    pub carried: Carried,
}

impl Decoded {
    /// A picture of which nothing but the samples is known.
    pub(super) fn new(width: usize, height: usize, channels: Channels, values: Values) -> Self {
        let bits = match &values {
            Values::Eight(_) => 8,
            Values::Sixteen(_) => 16,
            Values::Float(_) => 32,
        };
        Self {
            width,
            height,
            channels,
            values,
            premultiplied: false,
            stated: None,
            orientation: None,
            carried: Carried {
                bits,
                ..Carried::default()
            },
        }
    }
    pub(super) fn note(&mut self, sentence: Said) {
        self.carried.notes.push(sentence);
    }
}

/// RGB of full-range YCbCr with Rec.601 weights, as JPEG has it (ITU-T T.871, section 7).
pub(super) fn rgb_from_ycc([y, cb, cr]: [u8; 3]) -> [u8; 3] {
    let [y, cb, cr] = [f32::from(y), f32::from(cb) - 128.0, f32::from(cr) - 128.0];
    [
        y + 1.402 * cr,
        y - 0.344_136 * cb - 0.714_136 * cr,
        y + 1.772 * cb,
    ]
    .map(|v| v.round().clamp(0.0, 255.0) as u8)
}

/// A sentence for bytes that contradict themselves; the decoder's own words in one line.
pub(super) fn garbled(format: &'static str, why: impl std::fmt::Display) -> FileError {
    let words: Vec<String> = why
        .to_string()
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    let mut detail = words.join(" ");
    detail.truncate(detail.floor_char_boundary(160));
    damaged(format, Said::words(detail.trim_end_matches('.')))
}

/// A sentence for bytes that contradict themselves.
pub(super) fn damaged(format: &'static str, detail: Said) -> FileError {
    FileError::Damaged {
        format,
        detail,
        place: Default::default(),
    }
}

/// A sentence for a file whose end is missing.
pub(super) fn cut_short(format: &'static str) -> FileError {
    FileError::CutShort {
        format,
        place: Default::default(),
    }
}

/// A sentence for what cannot be read.
pub(super) fn unsupported(what: Said) -> FileError {
    FileError::Unsupported {
        what,
        place: Default::default(),
    }
}
