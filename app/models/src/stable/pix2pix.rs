//! InstructPix2Pix as a model of the diffusion editors: the photo's latents stand beside the noisy ones in every call,
//! and text and photo are followed as strongly as is wished.

use candle_core::{Device, Result, Tensor};

use super::Networks;
use crate::diffusion::{
    Conditioned, Guidance, Heeded, Kind, Model, Precision, Settings, Sizes, Texts, Way, open_as,
};
use crate::residency::House;
use crate::sampler::{Plan, Sampler};
use crate::{Checkpoint, ModelError};

/// Its row in the table of editors.
pub static KIND: Kind = Kind {
    id: "instruct_pix2pix",
    version: "2",
    name: "InstructPix2Pix",
    about: "New content after a sentence, by a diffusion model with your own weights (InstructPix2Pix).",
    pipelines: &["StableDiffusionInstructPix2PixPipeline"],
    tiny: "madebyollin/taesd",
    precisions: Precision::ALL,
    references: false,
    mark: None,
    way: |_| {
        Ok(Way {
            steps: STEPS,
            guided: 3,
            together: 3,
        })
    },
    open: open_as::<Pix2Pix>,
};

/// Steps where nothing is asked.
const STEPS: usize = 20;

/// A checkpoint that edits after a sentence.
pub struct Pix2Pix(pub Networks);

/// Photo and texts as the denoiser reads them.
pub struct Conditions {
    /// the photo's latents, (1, channels, height, width), not scaled: so it was trained
    picture: Tensor,
    /// (3, tokens, width): what is wanted, and twice what is not
    text: Tensor,
}

impl Pix2Pix {
    /// The guided answer of the denoiser: one call with text and picture, with the picture alone, and with neither.
    /// `text` is (3, tokens, width): what is wanted, and twice what is not.
    pub fn guided(
        &self,
        latents: &Tensor,
        picture: &Tensor,
        time: f32,
        text: &Tensor,
        guidance: Guidance,
    ) -> Result<Tensor> {
        let apart = guided_by_both(latents, picture, guidance, |beside| {
            self.0.denoise(beside, time, text)
        });
        Ok(apart?.0)
    }
}

/// Calls of a denoiser that is told of text and photo, of the photo alone, and of neither.
pub(super) const BOTH: u64 = 3;

/// The guided answer of a denoiser that sees latents beside a photo's: with text and photo, with the photo alone, and
/// with neither; and how far the first lies from the second.
pub(super) fn guided_by_both(
    latents: &Tensor,
    picture: &Tensor,
    guidance: Guidance,
    denoise: impl FnOnce(&Tensor) -> Result<Tensor>,
) -> Result<(Tensor, Tensor)> {
    let latents = Tensor::cat(&[latents, latents, latents], 0)?;
    let pictures = Tensor::cat(&[picture, picture, &picture.zeros_like()?], 0)?;
    let answers = denoise(&Tensor::cat(&[latents, pictures], 1)?)?.chunk(3, 0)?;
    let (both, picture, neither) = (&answers[0], &answers[1], &answers[2]);
    let text = (both - picture)?;
    let by_text = (&text * guidance.text)?;
    let by_picture = ((picture - neither)? * guidance.image)?;
    Ok((((neither + by_text)? + by_picture)?, text))
}

impl Model for Pix2Pix {
    type Conditions = Conditions;

    const KIND: &'static Kind = &KIND;

    fn open(checkpoint: &Checkpoint, device: &Device) -> std::result::Result<Self, ModelError> {
        Networks::of(checkpoint, device, 2).map(Self)
    }

    /// 7.5 and 1.5 are those of the paper.
    fn defaults(&self) -> Settings {
        Settings {
            instead_of: self.0.schedule().replaced().map(str::to_owned),
            sampler: self.0.schedule().own_sampler().id.to_owned(),
            steps: STEPS,
            guidance: Guidance {
                text: 7.5,
                image: 1.5,
            },
            strength: 1.0,
            unwanted: String::new(),
            precision: None,
        }
    }

    fn heeds(&self) -> Heeded {
        &[
            "steps",
            "guidance",
            "image-guidance",
            "strength",
            "unwanted",
        ]
    }

    fn sizes(&self) -> Sizes {
        self.0.sizes()
    }

    fn device(&self) -> &Device {
        self.0.device()
    }

    fn house(&self) -> &House {
        self.0.house()
    }

    fn weights(&self) -> &str {
        self.0.weights()
    }

    fn conditions(
        &self,
        picture: &Tensor,
        _: &[Tensor],
        texts: Texts<'_>,
    ) -> std::result::Result<Conditioned<Conditions>, ModelError> {
        let tokens = self.0.tokens(texts.wanted)?;
        let wanted = self.0.text_states(&tokens)?;
        let unwanted = self.0.text_states(&self.0.tokens(texts.unwanted)?)?;
        let picture = self.0.encode(picture)?;
        Ok(Conditioned {
            source: self.0.scaled(&picture)?,
            conditions: Conditions {
                picture,
                text: Tensor::cat(&[&wanted, &unwanted, &unwanted], 0)?,
            },
            tokens_cut: tokens.cut,
        })
    }

    fn plan(&self, sampler: &str, steps: usize, _: (usize, usize)) -> Option<Plan> {
        Some(Sampler::named(sampler)?.plan(self.0.schedule(), steps))
    }

    fn answer(
        &self,
        conditions: &Conditions,
        latents: &Tensor,
        time: f32,
        guidance: Guidance,
    ) -> Result<Tensor> {
        let Conditions { picture, text } = conditions;
        self.guided(latents, picture, time, text, guidance)
    }

    fn answer_apart(
        &self,
        conditions: &Conditions,
        latents: &Tensor,
        time: f32,
        guidance: Guidance,
    ) -> Result<(Tensor, Option<Tensor>)> {
        let Conditions { picture, text } = conditions;
        let denoise = |beside: &Tensor| self.0.denoise(beside, time, text);
        let (guided, text) = guided_by_both(latents, picture, guidance, denoise)?;
        Ok((guided, Some(text)))
    }

    fn evaluations(&self, _: Guidance) -> u64 {
        BOTH
    }

    fn decode(&self, latents: &Tensor) -> Result<Tensor> {
        self.0.decode(latents)
    }
}
