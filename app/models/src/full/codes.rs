//! Pictures in sRGB code values, in which the network sees and differences look alike in shadow and light.

use retake_core::Raster;
use retake_pixels::blur;
use retake_pixels::color::{srgb_decode, srgb_encode};
use retake_pixels::display::{self, Space};
use retake_pixels::matrix::{REC2020_FROM_SRGB, SRGB_FROM_REC2020, apply};

/// Three planes of sRGB code values.
#[derive(Clone, Debug)]
pub(super) struct Codes {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) planes: [Vec<f32>; 3],
}

impl Codes {
    /// As the network sees it: in gamut, every value in [0, 1].
    pub(super) fn seen(raster: &Raster) -> Self {
        let mut coded = raster.clone();
        display::encode(&mut coded, Space::Srgb);
        Self {
            width: coded.width,
            height: coded.height,
            planes: coded.planes,
        }
    }

    /// Back to linear Rec.2020.
    pub(super) fn raster(&self) -> Raster {
        Raster::from_fn(self.width, self.height, |x, y| {
            let i = y * self.width + x;
            linear(self.at(i))
        })
    }

    pub(super) fn len(&self) -> usize {
        self.width * self.height
    }

    pub(super) fn at(&self, i: usize) -> [f32; 3] {
        [self.planes[0][i], self.planes[1][i], self.planes[2][i]]
    }

    /// Each value through a function of its channel.
    pub(super) fn mapped(&self, value: impl Fn(usize, f32) -> f32) -> Self {
        let planes = std::array::from_fn(|c| self.planes[c].iter().map(|&v| value(c, v)).collect());
        Self {
            planes,
            ..Self::empty(self)
        }
    }

    /// Each colour through a function.
    pub(super) fn recoloured(&self, colour: impl Fn([f32; 3]) -> [f32; 3]) -> Self {
        let mut out = self.clone();
        for i in 0..self.len() {
            for (plane, value) in out.planes.iter_mut().zip(colour(self.at(i))) {
                plane[i] = value;
            }
        }
        out
    }

    /// Blurred by a Gaussian.
    pub(super) fn blurred(&self, sigma_px: f32) -> Self {
        let planes = std::array::from_fn(|c| {
            blur::gaussian(&self.planes[c], self.width, self.height, sigma_px)
        });
        Self {
            planes,
            ..Self::empty(self)
        }
    }

    /// One plane of brightness: the mean of the code values, in which no channel is lost.
    pub(super) fn brightness(&self) -> Vec<f32> {
        (0..self.len())
            .map(|i| self.at(i).iter().sum::<f32>() / 3.0)
            .collect()
    }

    fn empty(like: &Self) -> Self {
        Self {
            width: like.width,
            height: like.height,
            planes: Default::default(),
        }
    }
}

/// sRGB code values of linear Rec.2020, continued beyond [0, 1].
#[inline(always)]
pub(super) fn coded(linear: [f32; 3]) -> [f32; 3] {
    apply(&SRGB_FROM_REC2020, linear).map(srgb_encode)
}

/// Linear Rec.2020 of sRGB code values.
#[inline(always)]
pub(super) fn linear(coded: [f32; 3]) -> [f32; 3] {
    apply(&REC2020_FROM_SRGB, coded.map(srgb_decode))
}

/// The value that this share of the values lie below; they come back in another order.
pub(super) fn quantile(values: &mut [f32], share: f32) -> f32 {
    if values.is_empty() {
        return 0.0;
    }
    let place = ((values.len() - 1) as f32 * share).round() as usize;
    *values.select_nth_unstable_by(place, f32::total_cmp).1
}
