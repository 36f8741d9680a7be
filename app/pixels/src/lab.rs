//! A picture in CIELAB as it is displayed in sRGB: what every measure and reward looks at.

use rayon::prelude::*;
use retake_core::Raster;

use crate::color;
use crate::display::{self, Space};
use crate::matrix::{REC2020_FROM_SRGB, apply};
use crate::vectorised;

/// Planes of L* (0–100), a* and b*, row by row.
#[derive(Clone, Debug)]
pub struct Lab {
    /// px
    pub width: usize,
    /// px
    pub height: usize,
    /// L*
    pub l: Vec<f32>,
    /// a*
    pub a: Vec<f32>,
    /// b*
    pub b: Vec<f32>,
}

vectorised! {
    fn lab_span(r: &mut [f32], g: &mut [f32], b: &mut [f32]) {
        for ((r, g), b) in r.iter_mut().zip(g.iter_mut()).zip(b.iter_mut()) {
            [*r, *g, *b] = color::lab(apply(&REC2020_FROM_SRGB, [*r, *g, *b]));
        }
    }
}

impl Lab {
    /// The picture as sRGB shows it.
    pub fn of(raster: &Raster) -> Self {
        let mut out = raster.clone();
        let from_rec2020 = Space::Srgb.from_rec2020();
        let [r, g, b] = &mut out.planes;
        let chunk = 16 * 1024;
        r.par_chunks_mut(chunk)
            .zip(g.par_chunks_mut(chunk))
            .zip(b.par_chunks_mut(chunk))
            .for_each(|((r, g), b)| {
                display::to_linear(&from_rec2020, r, g, b);
                lab_span(r, g, b);
            });
        let [l, a, b] = out.planes;
        Self {
            width: raster.width,
            height: raster.height,
            l,
            a,
            b,
        }
    }
    /// Number of pixels.
    pub fn len(&self) -> usize {
        self.l.len()
    }
    /// True when there is no pixel.
    pub fn is_empty(&self) -> bool {
        self.l.is_empty()
    }
    /// Chroma C*ab of pixel `i`.
    #[inline]
    pub fn chroma(&self, i: usize) -> f32 {
        self.a[i].hypot(self.b[i])
    }
}
