//! The five figures of a whole picture that everybody sees, as `QUANTITIES` defines them, in one go.

use retake_pixels::lab::Lab;
use retake_pixels::sums::{dot, total};

/// Means of L*, a*, b* and C*, and the standard deviation of L*.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Looks {
    pub(crate) l: f32,
    pub(crate) a: f32,
    pub(crate) b: f32,
    pub(crate) chroma: f32,
    pub(crate) deviation: f32,
}

impl Looks {
    /// Of a picture and its C*ab.
    pub(crate) fn of(lab: &Lab, chroma: &[f32]) -> Self {
        let mut sums = [0.0f64; 5];
        for y in 0..lab.height {
            let span = y * lab.width..(y + 1) * lab.width;
            let [l, a, b, c] =
                [&lab.l[..], &lab.a, &lab.b, chroma].map(|plane| &plane[span.clone()]);
            let row = [total(l), total(a), total(b), total(c), dot(l, l)];
            for (sum, value) in sums.iter_mut().zip(row) {
                *sum += f64::from(value);
            }
        }
        let [l, a, b, chroma, squares] = sums.map(|sum| sum / lab.len().max(1) as f64);
        let deviation = (squares - l * l).max(0.0).sqrt();
        let [l, a, b, chroma, deviation] = [l, a, b, chroma, deviation].map(|value| value as f32);
        Self {
            l,
            a,
            b,
            chroma,
            deviation,
        }
    }
}
