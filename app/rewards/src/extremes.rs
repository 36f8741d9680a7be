//! How near each displayed pixel comes to the ends of the sRGB range: its largest and smallest linear channel.

use rayon::prelude::*;
use retake_core::Raster;
use retake_pixels::display::{Space, to_linear};
use retake_pixels::vectorised;

/// From this linear value on a channel shows as white's 255 (code value 254 of 255 and above).
pub(crate) const CLIPPED_HIGH: f32 = 0.991;
/// Up to this linear value a channel shows as black (code value 1 of 255 and below).
pub(crate) const CLIPPED_LOW: f32 = 0.000_36;

/// Planes of the largest and the smallest displayed linear sRGB channel, each in [0, 1].
#[derive(Clone, Debug)]
pub(crate) struct Extremes {
    pub(crate) largest: Vec<f32>,
    pub(crate) smallest: Vec<f32>,
}

vectorised! {
    fn extremes_span(r: &mut [f32], g: &mut [f32], b: &[f32]) {
        for ((r, g), b) in r.iter_mut().zip(g.iter_mut()).zip(b) {
            let largest = r.max(*g).max(*b);
            let smallest = r.min(*g).min(*b);
            *r = largest;
            *g = smallest;
        }
    }
}

impl Extremes {
    /// Of the picture as sRGB shows it.
    pub(crate) fn of(raster: &Raster) -> Self {
        let mut largest = raster.planes[0].clone();
        let mut smallest = raster.planes[1].clone();
        let from_rec2020 = Space::Srgb.from_rec2020();
        let chunk = 16 * 1024;
        largest
            .par_chunks_mut(chunk)
            .zip(smallest.par_chunks_mut(chunk))
            .zip(raster.planes[2].par_chunks(chunk))
            .for_each(|((r, g), b)| {
                let mut b = b.to_vec();
                to_linear(&from_rec2020, r, g, &mut b);
                extremes_span(r, g, &b);
            });
        Self { largest, smallest }
    }
    /// Every channel at its upper end: no tone is left.
    #[inline]
    pub(crate) fn is_white(&self, i: usize) -> bool {
        self.smallest[i] >= CLIPPED_HIGH
    }
    /// Every channel at its lower end.
    #[inline]
    pub(crate) fn is_black(&self, i: usize) -> bool {
        self.largest[i] <= CLIPPED_LOW
    }
    /// At least one channel at an end: part of the colour is left.
    #[inline]
    pub(crate) fn touches(&self, i: usize) -> bool {
        self.largest[i] >= CLIPPED_HIGH || self.smallest[i] <= CLIPPED_LOW
    }
}
