//! Plain Stable Diffusion 1.5, 2.1 or turbo as an editor (SDEdit, Meng et al. 2022): noise is laid over the photo and
//! taken away again after the text, which says what the picture shall show.

use candle_core::{Device, Result, Tensor};

use super::Networks;
use crate::diffusion::{
    Conditioned, Guidance, Heeded, Kind, Model, Precision, Settings, Sizes, Texts, Way, open_as,
};
use crate::residency::House;
use crate::sampler::{Plan, Sampler, Schedule};
use crate::{Checkpoint, ModelError};

/// Its row in the table of editors.
pub static KIND: Kind = Kind {
    id: "img2img",
    version: "2",
    name: "Stable Diffusion img2img",
    about: "The photo painted over after a description of what it shall show, by any Stable Diffusion checkpoint (SDEdit).",
    pipelines: &["StableDiffusionPipeline", "StableDiffusionImg2ImgPipeline"],
    tiny: "madebyollin/taesd",
    precisions: Precision::ALL,
    references: false,
    mark: None,
    way: |checkpoint| {
        let distilled = Schedule::open(checkpoint)?.is_distilled();
        let pictures = if distilled { 1 } else { 2 };
        Ok(Way {
            // the strength spares the part of them that lies before the photo
            steps: ((steps(distilled) as f64 * STRENGTH) as usize).max(1),
            guided: pictures,
            together: pictures,
        })
    },
    open: open_as::<Img2Img>,
};

/// How far from the photo the way begins where nothing is asked.
const STRENGTH: f64 = 0.6;

/// Steps where nothing is asked.
fn steps(distilled: bool) -> usize {
    if distilled { 4 } else { 30 }
}

/// A checkpoint that paints after a text alone.
pub struct Img2Img(pub Networks);

/// (2, tokens, width): what is wanted, and what is not.
pub struct Conditions(Tensor);

impl Img2Img {
    /// The answer to both texts, and from it the one that is led from the second to the first (Ho & Salimans 2022,
    /// equation 6). A guidance of at most 1 needs the first alone: so turbo checkpoints were distilled.
    /// Beside it, how far the two lie apart.
    fn guided(
        &self,
        latents: &Tensor,
        time: f32,
        texts: &Tensor,
        guidance: f64,
    ) -> Result<(Tensor, Option<Tensor>)> {
        if guidance <= 1.0 {
            let answer = self.0.denoise(latents, time, &texts.narrow(0, 0, 1)?)?;
            return Ok((answer, None));
        }
        let both = Tensor::cat(&[latents, latents], 0)?;
        let answers = self.0.denoise(&both, time, texts)?.chunk(2, 0)?;
        let (wanted, unwanted) = (&answers[0], &answers[1]);
        let text = (wanted - unwanted)?;
        Ok(((unwanted + (&text * guidance)?)?, Some(text)))
    }
}

impl Model for Img2Img {
    type Conditions = Conditions;

    const KIND: &'static Kind = &KIND;

    fn open(checkpoint: &Checkpoint, device: &Device) -> std::result::Result<Self, ModelError> {
        Networks::of(checkpoint, device, 1).map(Self)
    }

    /// A distilled checkpoint, which has its times from the end and knows no guidance, is told by its schedule.
    fn defaults(&self) -> Settings {
        let distilled = self.0.schedule().is_distilled();
        Settings {
            instead_of: self.0.schedule().replaced().map(str::to_owned),
            sampler: self.0.schedule().own_sampler().id.to_owned(),
            steps: steps(distilled),
            guidance: Guidance {
                text: if distilled { 1.0 } else { 7.5 },
                image: 1.0,
            },
            strength: STRENGTH,
            unwanted: String::new(),
            precision: None,
        }
    }

    fn heeds(&self) -> Heeded {
        &["steps", "guidance", "strength", "unwanted"]
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
        Ok(Conditioned {
            source: self.0.scaled(&self.0.encode(picture)?)?,
            conditions: Conditions(Tensor::cat(&[&wanted, &unwanted], 0)?),
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
        Ok(self.answer_apart(conditions, latents, time, guidance)?.0)
    }

    fn answer_apart(
        &self,
        conditions: &Conditions,
        latents: &Tensor,
        time: f32,
        guidance: Guidance,
    ) -> Result<(Tensor, Option<Tensor>)> {
        self.guided(latents, time, &conditions.0, guidance.text)
    }

    fn evaluations(&self, guidance: Guidance) -> u64 {
        if guidance.text <= 1.0 { 1 } else { 2 }
    }

    fn decode(&self, latents: &Tensor) -> Result<Tensor> {
        self.0.decode(latents)
    }
}
