//! What differs between kinds of models.

use candle_core::{Device, Result, Tensor};

use super::{Heeded, Kind, Settings};
use crate::residency::House;
use crate::sampler::Plan;
use crate::{Checkpoint, ModelError};

/// One kind of diffusion model with its weights. Pictures are (1, 3, height, width) in [-1, 1], sRGB; latents are
/// (1, channels, height, width) on the denoiser's scale, where their variance is about 1.
pub trait Model: Send + Sync + Sized + 'static {
    /// What the denoiser is told of one picture and one text, besides latents and time.
    type Conditions: Send + Sync;

    /// Its row of the table.
    const KIND: &'static Kind;

    /// Loads it; each network is held to its settings and to the others.
    fn open(checkpoint: &Checkpoint, device: &Device) -> std::result::Result<Self, ModelError>;

    /// What is best for this checkpoint where the user says nothing.
    fn defaults(&self) -> Settings;

    /// Which settings make a difference to it.
    fn heeds(&self) -> Heeded;

    /// Numbers that the pictures depend on.
    fn sizes(&self) -> Sizes;

    /// Width and height, px, that a picture of this size is brought within before the network sees it.
    fn room(&self, _width: usize, _height: usize) -> (usize, usize) {
        let side = self.sizes().side;
        (side, side)
    }

    /// Where it computes.
    fn device(&self) -> &Device;

    /// The memory that its networks share.
    fn house(&self) -> &House;

    /// SHA-256 of all weights, in hexadecimal digits.
    fn weights(&self) -> &str;

    /// What all candidates of one picture and one text share. `references` are pictures that the text speaks of
    /// besides; none where its row of the table says that it takes none.
    fn conditions(
        &self,
        picture: &Tensor,
        references: &[Tensor],
        texts: Texts<'_>,
    ) -> std::result::Result<Conditioned<Self::Conditions>, ModelError>;

    /// The steps from noise to picture, for latents of this height and width. `None` if it has no sampler of this name.
    fn plan(&self, sampler: &str, steps: usize, latents: (usize, usize)) -> Option<Plan>;

    /// The guided answer of the denoiser to latents as the plan lets it see them.
    fn answer(
        &self,
        conditions: &Self::Conditions,
        latents: &Tensor,
        time: f32,
        guidance: Guidance,
    ) -> Result<Tensor>;

    /// The same with what guidance tells of where the text works: how far the answer with the text lies from the one
    /// without it, before it is exaggerated. `None` for a model, or a guidance, that asks only once.
    fn answer_apart(
        &self,
        conditions: &Self::Conditions,
        latents: &Tensor,
        time: f32,
        guidance: Guidance,
    ) -> Result<(Tensor, Option<Tensor>)> {
        Ok((self.answer(conditions, latents, time, guidance)?, None))
    }

    /// Evaluations of the denoiser in one answer: one for each of the things that it is told, also where they share a
    /// call.
    fn evaluations(&self, _guidance: Guidance) -> u64 {
        1
    }

    /// The picture of denoised latents, about [-1, 1].
    fn decode(&self, latents: &Tensor) -> Result<Tensor>;

    /// Latents as a glimpse is best made from: one latent pixel for as small a part of the picture as there is.
    fn finest(&self, latents: &Tensor) -> Result<Tensor> {
        Ok(latents.clone())
    }
}

/// What is wanted, and what is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Texts<'a> {
    /// the instruction
    pub wanted: &'a str,
    /// what the picture is led away from
    pub unwanted: &'a str,
}

/// A picture and texts as a model sees them.
pub struct Conditioned<C> {
    /// the picture's latents, on the denoiser's scale
    pub source: Tensor,
    /// what the denoiser is told
    pub conditions: C,
    /// tokens of the instruction that found no place
    pub tokens_cut: usize,
}

/// Numbers that the pictures depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// channels of the latents
    pub latent_channels: usize,
    /// picture px to one latent px
    pub factor: usize,
    /// the sides of a picture are multiples of this, px
    pub multiple: usize,
    /// the side of the squares that the network was trained on, px
    pub side: usize,
}

/// How strongly text and picture are followed (Brooks et al. 2023, equation 3). A model that knows only one of them,
/// or was distilled to know none, takes no notice of the rest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Guidance {
    /// 1 follows the text as the network would by itself, more exaggerates it
    pub text: f64,
    /// the same for the picture
    pub image: f64,
}
