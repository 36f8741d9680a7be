//! A picture in CIELAB as it is displayed in sRGB: what every measure and reward looks at.

use rayon::prelude::*;
use retake_core::Raster;

use crate::color;
use crate::display::{Space, into_gamut};
use crate::matrix::{LUMA, Matrix, REC2020_FROM_SRGB, apply};
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

/// How near each displayed pixel comes to the ends of the sRGB range.
#[derive(Clone, Debug)]
pub struct Ends {
    /// the largest displayed linear sRGB channel, in [0, 1]
    pub largest: Vec<f32>,
    /// the smallest one
    pub smallest: Vec<f32>,
}

/// Linear sRGB as it is shown, of linear Rec.2020.
#[inline(always)]
fn shown(from_rec2020: &Matrix, rgb: [f32; 3]) -> [f32; 3] {
    let y = LUMA[0] * rgb[0] + LUMA[1] * rgb[1] + LUMA[2] * rgb[2];
    into_gamut(apply(from_rec2020, rgb), y)
}

vectorised! {
    fn lab_span(from_rec2020: &Matrix, r: &mut [f32], g: &mut [f32], b: &mut [f32]) {
        let m = *from_rec2020;
        for ((r, g), b) in r.iter_mut().zip(g.iter_mut()).zip(b.iter_mut()) {
            let rgb = shown(&m, [*r, *g, *b]);
            [*r, *g, *b] = color::lab(apply(&REC2020_FROM_SRGB, rgb));
        }
    }
}

vectorised! {
    fn lab_and_ends_span(
        from_rec2020: &Matrix,
        r: &mut [f32],
        g: &mut [f32],
        b: &mut [f32],
        largest: &mut [f32],
        smallest: &mut [f32],
    ) {
        let m = *from_rec2020;
        let ends = largest.iter_mut().zip(smallest.iter_mut());
        for (((r, g), b), (largest, smallest)) in r.iter_mut().zip(g.iter_mut()).zip(b.iter_mut()).zip(ends) {
            let rgb = shown(&m, [*r, *g, *b]);
            *largest = rgb[0].max(rgb[1]).max(rgb[2]);
            *smallest = rgb[0].min(rgb[1]).min(rgb[2]);
            [*r, *g, *b] = color::lab(apply(&REC2020_FROM_SRGB, rgb));
        }
    }
}

vectorised! {
    fn lightness_span(from_rec2020: &Matrix, r: &mut [f32], g: &[f32], b: &[f32]) {
        let m = *from_rec2020;
        for ((r, g), b) in r.iter_mut().zip(g).zip(b) {
            let rgb = apply(&REC2020_FROM_SRGB, shown(&m, [*r, *g, *b]));
            *r = color::lstar(color::luminance(rgb));
        }
    }
}

/// Pixels that a thread takes at a time: a quarter of a picture of 512 × 512.
const CHUNK: usize = 64 * 1024;

/// L* of the picture as sRGB shows it, for those who need no colour.
pub fn lightness(raster: &Raster) -> Vec<f32> {
    let [r, g, b] = &raster.planes;
    let from_rec2020 = Space::Srgb.from_rec2020();
    let mut out = r.clone();
    out.par_chunks_mut(CHUNK)
        .zip(g.par_chunks(CHUNK))
        .zip(b.par_chunks(CHUNK))
        .for_each(|((r, g), b)| lightness_span(&from_rec2020, r, g, b));
    out
}

impl Lab {
    /// The picture as sRGB shows it.
    pub fn of(raster: &Raster) -> Self {
        let mut planes = raster.planes.clone();
        let from_rec2020 = Space::Srgb.from_rec2020();
        let [r, g, b] = &mut planes;
        r.par_chunks_mut(CHUNK)
            .zip(g.par_chunks_mut(CHUNK))
            .zip(b.par_chunks_mut(CHUNK))
            .for_each(|((r, g), b)| lab_span(&from_rec2020, r, g, b));
        Self::from_planes(raster, planes)
    }

    /// The same, and how near each pixel comes to the ends of the range, in one go.
    pub fn with_ends(raster: &Raster) -> (Self, Ends) {
        let mut planes = raster.planes.clone();
        let [mut largest, mut smallest] = [0.0f32; 2].map(|zero| vec![zero; raster.len()]);
        let from_rec2020 = Space::Srgb.from_rec2020();
        let [r, g, b] = &mut planes;
        let ends = largest
            .par_chunks_mut(CHUNK)
            .zip(smallest.par_chunks_mut(CHUNK));
        r.par_chunks_mut(CHUNK)
            .zip(g.par_chunks_mut(CHUNK))
            .zip(b.par_chunks_mut(CHUNK))
            .zip(ends)
            .for_each(|(((r, g), b), (largest, smallest))| {
                lab_and_ends_span(&from_rec2020, r, g, b, largest, smallest);
            });
        (
            Self::from_planes(raster, planes),
            Ends { largest, smallest },
        )
    }

    fn from_planes(raster: &Raster, [l, a, b]: [Vec<f32>; 3]) -> Self {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lightness_and_ends_are_those_of_the_whole() {
        let raster = Raster::from_fn(37, 5, |x, y| {
            let (x, y) = (x as f32 / 20.0, y as f32 / 4.0);
            [x * y, 1.3 - x, 0.4 * y - 0.1]
        });
        let lab = Lab::of(&raster);
        let (same, ends) = Lab::with_ends(&raster);
        assert_eq!((&lab.l, &lab.a, &lab.b), (&same.l, &same.a, &same.b));
        let apart = lab.l.iter().zip(lightness(&raster));
        assert!(apart.clone().all(|(a, b)| (a - b).abs() < 1e-3));
        let white = (0..raster.len())
            .filter(|&i| ends.smallest[i] >= 1.0)
            .count();
        let meant = lab.l.iter().filter(|l| **l >= 99.99).count();
        assert_eq!(white, meant);
        assert!(ends.largest.iter().zip(&ends.smallest).all(|(a, b)| a >= b));
    }
}
