//! A picture at the small size at which a trained eye looks at it: as L*, a* and b*, as code values, and its detail.

use retake_core::Raster;
use retake_pixels::color::rgb_from_lab;
use retake_pixels::lab::Lab;
use retake_pixels::{resize, vectorised};

use crate::faint::Detail;
use crate::grade::{Planes, codes};

/// A small source, with what is asked of it for each edit.
pub(crate) struct Small {
    /// px
    pub(crate) width: usize,
    /// px
    pub(crate) height: usize,
    /// L*, a* and b*
    pub(crate) lab: Planes,
    /// code values of sRGB
    pub(crate) codes: Planes,
    /// nothing where it is too small to have any
    pub(crate) detail: Option<Detail>,
}

impl Small {
    /// With this long edge.
    pub(crate) fn of(lab: &Lab, edge: usize) -> Self {
        let (width, height) = resize::size_within(lab.width, lab.height, edge);
        let lab = planes(lab, edge);
        Self {
            width,
            height,
            codes: codes(&lab),
            detail: Detail::of(&lab, width, height),
            lab,
        }
    }

    /// The picture.
    pub(crate) fn raster(&self) -> Raster {
        raster(self.lab.clone(), self.width, self.height)
    }

    /// The picture with this added in L*, a* and b*.
    pub(crate) fn with(&self, mut more: Planes) -> Raster {
        for (more, own) in more.iter_mut().zip(&self.lab) {
            for (more, own) in more.iter_mut().zip(own) {
                *more += own;
            }
        }
        raster(more, self.width, self.height)
    }
}

/// L*, a* and b* of a picture with this long edge.
pub(crate) fn planes(lab: &Lab, edge: usize) -> Planes {
    let (width, height) = resize::size_within(lab.width, lab.height, edge);
    [&lab.l, &lab.a, &lab.b].map(|plane| resize::plane(plane, lab.width, lab.height, width, height))
}

fn raster(mut planes: Planes, width: usize, height: usize) -> Raster {
    let [r, g, b] = &mut planes;
    to_linear(r, g, b);
    Raster {
        width,
        height,
        planes,
    }
}

vectorised! {
    /// L*, a* and b* to linear Rec.2020, in place.
    fn to_linear(r: &mut [f32], g: &mut [f32], b: &mut [f32]) {
        for ((r, g), b) in r.iter_mut().zip(g.iter_mut()).zip(b.iter_mut()) {
            [*r, *g, *b] = rgb_from_lab([*r, *g, *b]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_picture_shows_what_the_large_one_does() {
        let large = Raster::from_fn(60, 40, |x, _| [0.3, 0.25 + 0.002 * x as f32, 0.3]);
        let small = Small::of(&Lab::of(&large), 30);
        let shown = small.raster();
        assert_eq!((shown.width, shown.height), (30, 20));
        for x in 0..30 {
            let meant =
                [0, 1, 2].map(|c| (large.at(2 * x, 0)[c] + large.at(2 * x + 1, 0)[c]) / 2.0);
            for (shown, meant) in shown.at(x, 7).into_iter().zip(meant) {
                assert!((shown - meant).abs() < 2e-3, "{x}: {shown} {meant}");
            }
        }
    }

    #[test]
    fn with_nothing_more_it_is_the_picture() {
        let large = Raster::from_fn(20, 20, |x, y| {
            [0.3, 0.2 + 0.01 * x as f32, 0.3 + 0.002 * y as f32]
        });
        let small = Small::of(&Lab::of(&large), 20);
        let none: Planes = std::array::from_fn(|_| vec![0.0; 400]);
        assert_eq!(small.with(none), small.raster());
    }
}
