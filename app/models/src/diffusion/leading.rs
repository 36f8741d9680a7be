//! Gradients of a reward by latents: the reward says how its value changes with pixels, and candle carries that back through
//! the decoder and, where it is asked, through the denoiser. What is computed is a product of the gradient with the Jacobian,
//! as the gradient of Σ picture · gradient.

use candle_core::{DType, Result, Tensor, Var};
use retake_core::{Mask, Raster, Said, SlopeAt, Stop, decimals, number, said};
use retake_pixels::resize;

use super::Model;
use super::ground::Ground;
use super::picture::confined;
use super::trajectory::failed;
use crate::residency::frugally;
use crate::store::free_bytes;

/// A reward's value, and its gradient by what was asked.
pub(super) struct Climb {
    pub(super) value: f32,
    pub(super) gradient: Tensor,
}

/// Bytes that the layers of a decoder keep for the way back, for each px of the picture: of 128 channels at the picture's
/// side five tensors a residual block and three of these blocks, and half as much again below.
const KEPT_BY_DECODER: u64 = 16 << 10;
/// Bytes that a denoiser keeps for the way back, for each latent px and byte of its weights. Ours, from the layers of Stable
/// Diffusion's U-Net; transformers keep less.
const KEPT_BY_DENOISER: f64 = 1e-3;

/// Whether a picture of (width, height) px and latents of so many px can be gone back through; a sentence where not.
pub(super) fn fits(
    (width, height): (usize, usize),
    latents: usize,
    through_network: bool,
    largest: u64,
    free: Option<u64>,
) -> std::result::Result<(), Said> {
    let decoder = (width * height) as u64 * KEPT_BY_DECODER;
    let denoiser = match through_network {
        true => (latents as f64 * largest as f64 * KEPT_BY_DENOISER) as u64,
        false => 0,
    };
    let wanted = decoder + denoiser;
    match free {
        Some(free) if wanted > free => {
            let gigabytes = |bytes: u64| decimals(bytes as f64 / 1e9, 1);
            Err(said!(
                "gradients of a picture of {width} × {height} px need about {wanted} GB of memory, and {free} GB are free; a smaller photo needs less",
                width = number(width),
                height = number(height),
                wanted = gigabytes(wanted),
                free = gigabytes(free)
            ))
        }
        _ => Ok(()),
    }
}

/// What a picture is made into before a reward sees it.
pub(super) struct Scene<'a, M: Model> {
    pub(super) model: &'a M,
    pub(super) ground: &'a Ground<M::Conditions>,
    pub(super) mask: Option<&'a Mask>,
}

impl<M: Model> Scene<'_, M> {
    /// Whether there is memory for the way back.
    pub(super) fn fits(&self, through_network: bool) -> std::result::Result<(), Stop> {
        let latents = self.ground.latents.dims();
        let latents = latents[2..].iter().product();
        let (house, device) = (self.model.house(), self.model.device());
        let outer = self.ground.frame.outer;
        let free = free_bytes(device);
        fits(outer, latents, through_network, house.largest(), free).map_err(Stop::Failed)
    }

    /// The gradient by `start` of the reward of the picture that `clean` is decoded to; `clean` was made from `start`. The
    /// reward sees the network's own picture, the padding cut off. `None` where it knows no slope, or none that is a number.
    pub(super) fn climb(
        &self,
        start: &Var,
        clean: &Tensor,
        slope: &mut SlopeAt<'_>,
    ) -> std::result::Result<Option<Climb>, Stop> {
        let picture = frugally(self.model.house(), || self.model.decode(clean))
            .and_then(|picture| picture.to_dtype(DType::F32))
            .map_err(failed)?;
        let seen = self.seen(&picture.detach()).map_err(failed)?;
        let Some(slope) = slope(&seen)? else {
            return Ok(None);
        };
        let found = self.back(start, &picture, slope.by_pixel);
        let gradient = found.map_err(failed)?;
        Ok(gradient.map(|gradient| Climb {
            value: slope.value,
            gradient,
        }))
    }

    /// What the reward sees of a decoded picture.
    fn seen(&self, picture: &Tensor) -> Result<Raster> {
        let own = self.ground.frame.cut_from(picture)?;
        if self.mask.is_none() {
            return Ok(own);
        }
        let source = resize::raster(&self.ground.source, own.width, own.height);
        Ok(confined(own, &source, self.mask))
    }

    fn back(&self, start: &Var, picture: &Tensor, mut slope: Raster) -> Result<Option<Tensor>> {
        if let Some(mask) = self.mask {
            let mask = resize::mask(mask, slope.width, slope.height);
            for plane in &mut slope.planes {
                for (slope, &share) in plane.iter_mut().zip(&mask.values) {
                    *slope *= share.max(0.0);
                }
            }
        }
        let by_picture = self.ground.frame.back(&slope, &picture.detach())?;
        let gradients = (picture * by_picture)?.sum_all()?.backward()?;
        let Some(gradient) = gradients.get(start) else {
            return Ok(None);
        };
        let gradient = gradient.to_dtype(DType::F32)?;
        let size = gradient.sqr()?.sum_all()?.to_scalar::<f32>()?;
        Ok(size.is_finite().then_some(gradient))
    }
}
