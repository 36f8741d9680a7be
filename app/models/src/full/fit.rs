//! What was measured when a network's picture was laid on its photo: part of a candidate's record.

use serde::{Deserialize, Serialize};

/// How the edit is brought to full resolution, and the measurements behind it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fit {
    /// the way that was chosen
    pub way: Way,
    /// how the network's picture lay off its source; undone
    pub drift: Drift,
    /// how its colours had drifted where nothing else changed; undone where only a region is composited
    pub cast: Cast,
    /// root mean square of what is left between source and edit where nothing changed, or between the edit and the
    /// colour table, in code values of [0, 1]
    pub residual: f32,
    /// share of the picture that is changed, 0–1
    pub changed: f32,
    /// share of the picture beyond the painted mask that the network had changed too, 0–1; discarded
    pub changed_outside_mask: Option<f32>,
}

/// Ways to full resolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// nothing changed: the photo itself
    Untouched,
    /// only colours changed, everywhere alike: a table of colours over the photo's own pixels
    Global,
    /// a region changed: composited into the photo's own pixels
    Region,
    /// everything changed: the enlarged picture with the photo's fine detail
    Whole,
}

/// Where the network put things: a point `p` of the source, measured from the picture's centre, is at
/// `scale · p + shift` in its picture.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Drift {
    /// to the right and down, px of the network's picture
    pub shift_px: (f32, f32),
    /// 1 is true to size
    pub scale: f32,
}

impl Drift {
    /// Nothing moved.
    pub const NONE: Self = Self {
        shift_px: (0.0, 0.0),
        scale: 1.0,
    };

    /// The longest way that a pixel of a picture of this size has moved, px.
    pub(super) fn reach(&self, width: usize, height: usize) -> f32 {
        let grown = (self.scale - 1.0).abs();
        let x = self.shift_px.0.abs() + grown * width as f32 / 2.0;
        let y = self.shift_px.1.abs() + grown * height as f32 / 2.0;
        x.hypot(y)
    }
}

/// A colour cast: code value `v` of sRGB became `gain · v + offset`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cast {
    /// red, green, blue
    pub gain: [f32; 3],
    /// in code values of [0, 1]
    pub offset: [f32; 3],
}

impl Cast {
    /// Colours as they were.
    pub const NONE: Self = Self {
        gain: [1.0; 3],
        offset: [0.0; 3],
    };

    /// What became of a value.
    pub(super) fn of(&self, channel: usize, value: f32) -> f32 {
        self.gain[channel] * value + self.offset[channel]
    }

    /// What a value was before.
    pub(super) fn undone(&self, channel: usize, value: f32) -> f32 {
        (value - self.offset[channel]) / self.gain[channel]
    }
}
