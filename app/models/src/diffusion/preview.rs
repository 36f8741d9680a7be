//! A glimpse of latents without the autoencoder: by a tiny autoencoder where one lies beside the model or is
//! installed under its published name, or by a linear map from a latent pixel to a colour, fitted to the photo at hand, whose latents and colours are both known.

use std::sync::Arc;

use candle_core::{Device, Result, Tensor};
use serde::{Deserialize, Serialize};

use crate::vae::TinyVae;

/// How latents are glimpsed at.
pub(super) enum Glimpse {
    /// by a tiny autoencoder
    Tiny {
        tiny: Arc<TinyVae>,
        /// whether it reads latents as fine as they can be had
        fine: bool,
        /// how far it is off on the photo
        error: f64,
    },
    /// by a linear map
    Linear(Map),
}

/// What a record says of glimpses.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Glimpsed {
    /// "tiny autoencoder" or "linear map"
    pub(super) by: String,
    /// root mean square error on the photo, in code values of [0, 1]; a map's at the size of its latents
    pub(super) error: f64,
}

impl Glimpse {
    /// For a picture (1, 3, height, width) and its latents: on the denoiser's scale, and as fine as they can be had.
    pub(super) fn of(
        picture: &Tensor,
        latents: &Tensor,
        finest: &Tensor,
        tiny: Option<&Arc<TinyVae>>,
    ) -> Result<Self> {
        if let Some(tiny) = tiny {
            let fits = |x: &Tensor| x.dim(1).ok() == Some(tiny.latent_channels());
            // those of FLUX.2 read what its autoencoder reads, four times as fine as what its denoiser has
            let fine = !fits(latents) && fits(finest);
            if fine || fits(latents) {
                let seen = tiny.decode(if fine { finest } else { latents })?;
                if seen.dims() == picture.dims() {
                    let half = ((seen - picture)? * 0.5)?;
                    let error = half.sqr()?.mean_all()?.to_scalar::<f32>()?;
                    let error = f64::from(error).sqrt();
                    let tiny = tiny.clone();
                    return Ok(Self::Tiny { tiny, fine, error });
                }
            }
        }
        Map::fit(picture, finest).map(Self::Linear)
    }

    /// (1, 3, height, width) in about [-1, 1] of latents on the denoiser's scale; `finest` are the same as fine as they can
    /// be had.
    pub(super) fn picture(
        &self,
        latents: &Tensor,
        finest: impl FnOnce() -> Result<Tensor>,
    ) -> Result<Tensor> {
        match self {
            Self::Tiny { tiny, fine, .. } => match fine {
                true => tiny.decode(&finest()?),
                false => tiny.decode(latents),
            },
            Self::Linear(map) => map.picture(&finest()?),
        }
    }

    /// For the record.
    pub(super) fn glimpsed(&self) -> Glimpsed {
        let (by, error) = match self {
            Self::Tiny { error, .. } => ("tiny autoencoder", *error),
            Self::Linear(map) => ("linear map", map.error),
        };
        Glimpsed {
            by: by.to_owned(),
            error,
        }
    }
}

/// Weights of a latent pixel's channels, and a constant last, for each of three colours; sRGB in [-1, 1].
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Map {
    rows: [Vec<f64>; 3],
    /// root mean square error on the photo that it was fitted to, in code values of [0, 1]
    pub(super) error: f64,
}

/// How much a weight costs against the squared error of one pixel: enough that a grey photo has a solution.
const RIDGE: f64 = 1e-3;

impl Map {
    /// Fits the map by least squares. `picture` is (1, 3, height, width), `latents` (1, channels, height/f, width/f).
    pub(super) fn fit(picture: &Tensor, latents: &Tensor) -> Result<Self> {
        let (_, channels, height, width) = latents.dims4()?;
        let small = picture.dim(2)? / height;
        let colours = picture.to_device(&Device::Cpu)?.avg_pool2d(small)?;
        let colours: Vec<Vec<f32>> = colours.flatten_from(2)?.squeeze(0)?.to_vec2()?;
        let latents: Vec<Vec<f32>> = latents
            .to_device(&Device::Cpu)?
            .flatten_from(2)?
            .squeeze(0)?
            .to_vec2()?;
        let feature = |c: usize, i: usize| {
            if c < channels {
                f64::from(latents[c][i])
            } else {
                1.0
            }
        };
        let pixels = height * width;
        let count = channels + 1;
        let mut normal = vec![vec![0.0; count]; count];
        for (a, row) in normal.iter_mut().enumerate() {
            for (b, value) in row.iter_mut().enumerate() {
                *value = (0..pixels).map(|i| feature(a, i) * feature(b, i)).sum();
            }
            row[a] += RIDGE * pixels as f64;
        }
        let mut squares = 0.0;
        let rows = std::array::from_fn(|colour| {
            let wanted = &colours[colour];
            let right = (0..count)
                .map(|a| {
                    (0..pixels)
                        .map(|i| feature(a, i) * f64::from(wanted[i]))
                        .sum()
                })
                .collect();
            let weights = solved(normal.clone(), right);
            for (i, &wanted) in wanted.iter().enumerate() {
                let seen: f64 = (0..count).map(|a| weights[a] * feature(a, i)).sum();
                squares += ((seen - f64::from(wanted)) / 2.0).powi(2);
            }
            weights
        });
        Ok(Self {
            rows,
            error: (squares / (3 * pixels) as f64).sqrt(),
        })
    }

    /// (1, 3, height, width) in about [-1, 1] of latents (1, channels, height, width).
    pub(super) fn picture(&self, latents: &Tensor) -> Result<Tensor> {
        let (_, channels, height, width) = latents.dims4()?;
        let latents: Vec<Vec<f32>> = latents
            .to_device(&Device::Cpu)?
            .flatten_from(2)?
            .squeeze(0)?
            .to_vec2()?;
        let mut values = Vec::with_capacity(3 * height * width);
        for weights in &self.rows {
            values.extend((0..height * width).map(|i| {
                let sum: f64 = (0..channels)
                    .map(|c| weights[c] * f64::from(latents[c][i]))
                    .sum();
                (sum + weights[channels]) as f32
            }));
        }
        Tensor::from_vec(values, (1, 3, height, width), &Device::Cpu)
    }
}

/// The solution of a symmetric positive definite system, by elimination; the ridge keeps its pivots positive.
fn solved(mut matrix: Vec<Vec<f64>>, mut right: Vec<f64>) -> Vec<f64> {
    let count = right.len();
    for i in 0..count {
        for j in i + 1..count {
            let factor = matrix[j][i] / matrix[i][i];
            let (above, below) = matrix.split_at_mut(j);
            for (below, above) in below[0].iter_mut().zip(&above[i]).skip(i) {
                *below -= factor * above;
            }
            right[j] -= factor * right[i];
        }
    }
    for i in (0..count).rev() {
        let known: f64 = (i + 1..count).map(|j| matrix[i][j] * right[j]).sum();
        right[i] = (right[i] - known) / matrix[i][i];
    }
    right
}

#[cfg(test)]
mod tests {
    use super::*;
    use retake_core::Rng;

    #[test]
    fn a_linear_autoencoder_is_seen_exactly() {
        let mut rng = Rng::new(3);
        let latents: Vec<f32> = (0..4 * 12).map(|_| rng.normal()).collect();
        let latents = Tensor::from_vec(latents, (1, 4, 3, 4), &Device::Cpu).expect("latents");
        let truth = Map {
            rows: [
                vec![0.3, 0.1, -0.2, 0.4, 0.1],
                vec![0.2, 0.3, 0.2, 0.0, -0.1],
                vec![0.1, -0.4, 0.3, 0.2, 0.0],
            ],
            error: 0.0,
        };
        let colours = truth.picture(&latents).expect("colours");
        let large = colours.upsample_nearest2d(6, 8).expect("a picture");
        let fitted = Map::fit(&large, &latents).expect("a map");
        assert!(fitted.error < 2e-3, "{}", fitted.error);
        for (fitted, truth) in fitted
            .rows
            .iter()
            .flatten()
            .zip(truth.rows.iter().flatten())
        {
            assert!((fitted - truth).abs() < 5e-3, "{fitted} {truth}");
        }
    }

    #[test]
    fn a_grey_photo_has_a_map_too() {
        let latents =
            Tensor::zeros((1, 4, 2, 2), candle_core::DType::F32, &Device::Cpu).expect("latents");
        let grey = Tensor::full(0.5f32, (1, 3, 4, 4), &Device::Cpu).expect("a picture");
        let fitted = Map::fit(&grey, &latents).expect("a map");
        assert!(fitted.error < 1e-2 && fitted.rows[0].iter().all(|weight| weight.is_finite()));
    }
}
