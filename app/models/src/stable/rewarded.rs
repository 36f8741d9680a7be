//! InstructPix2Pix that is told how well its edit shall be judged ("Multi-Reward as Condition for Instruction-based Image
//! Editing", Gu et al. 2024, arXiv 2411.04713). It was trained on edits of all qualities together with the judgement of
//! each, so that the best is to be had by asking for the best.

use candle_core::{Device, Result, Tensor};

use super::pix2pix::{BOTH, guided_by_both};
use super::{Networks, Wish};
use crate::diffusion::{
    Conditioned, Guidance, Heeded, Kind, Model, Precision, Settings, Sizes, Texts, Way, open_as,
};
use crate::residency::House;
use crate::sampler::{Plan, Sampler};
use crate::unet::{REWARDS_MARK, SCORES};
use crate::{Checkpoint, ModelError};

/// Its row in the table of editors.
pub static KIND: Kind = Kind {
    id: "rewarded_pix2pix",
    version: "2",
    name: "Multi-Reward InstructPix2Pix",
    about: "New content after a sentence, by an InstructPix2Pix that was trained on judged edits and is asked for the best (Multi-Reward).",
    pipelines: &["StableDiffusionInstructPix2PixPipeline"],
    tiny: "madebyollin/taesd",
    precisions: Precision::ALL,
    references: false,
    mark: Some(("unet", REWARDS_MARK)),
    way: |_| {
        Ok(Way {
            steps: STEPS,
            guided: 3,
            together: 3,
        })
    },
    open: open_as::<Rewarded>,
};

/// The highest scores of instruction following, detail preserving and quality (the repository's eval.py).
pub const BEST: [f32; SCORES] = [5.0; SCORES];

/// What the judges of an edit found to be amiss, one after the other: nothing (the repository's eval.py).
pub const NOTHING_AMISS: &str = "None; None; None";

/// Steps where nothing is asked.
const STEPS: usize = 30;

/// A checkpoint that edits after a sentence and a judgement.
pub struct Rewarded {
    networks: Networks,
    /// the best judgement, which is the same for every picture and sentence
    best: Wish,
}

/// Photo and texts as the denoiser reads them.
pub struct Conditions {
    /// the photo's latents, (1, channels, height, width), not scaled: so it was trained
    picture: Tensor,
    /// (3, tokens, width): what is wanted, and twice what is not
    text: Tensor,
}

impl Rewarded {
    /// Its networks.
    pub fn networks(&self) -> &Networks {
        &self.networks
    }

    /// The guided answer of the denoiser when it is asked for the best. `text` is (3, tokens, width): what is wanted, and
    /// twice what is not.
    pub fn guided(
        &self,
        latents: &Tensor,
        picture: &Tensor,
        time: f32,
        text: &Tensor,
        guidance: Guidance,
    ) -> Result<Tensor> {
        let apart = guided_by_both(latents, picture, guidance, |beside| {
            self.networks
                .denoise_towards(beside, time, text, &self.best)
        });
        Ok(apart?.0)
    }
}

impl Model for Rewarded {
    type Conditions = Conditions;

    const KIND: &'static Kind = &KIND;

    fn open(checkpoint: &Checkpoint, device: &Device) -> std::result::Result<Self, ModelError> {
        let networks = Networks::of(checkpoint, device, 2)?;
        if !networks.wants_rewards()? {
            return Err(ModelError::Unsupported {
                what:
                    "the denoiser of this checkpoint takes no scores: it is a plain InstructPix2Pix"
                        .to_owned(),
                path: checkpoint.folder().to_owned(),
            });
        }
        let words = networks.pooled(&networks.tokens(NOTHING_AMISS)?)?;
        let best = networks.wish(BEST, &words)?;
        Ok(Self { networks, best })
    }

    /// Those of the repository's eval.py.
    fn defaults(&self) -> Settings {
        Settings {
            instead_of: None,
            sampler: "euler_ancestral".to_owned(),
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
        self.networks.sizes()
    }

    fn device(&self) -> &Device {
        self.networks.device()
    }

    fn house(&self) -> &House {
        self.networks.house()
    }

    fn weights(&self) -> &str {
        self.networks.weights()
    }

    fn conditions(
        &self,
        picture: &Tensor,
        _: &[Tensor],
        texts: Texts<'_>,
    ) -> std::result::Result<Conditioned<Conditions>, ModelError> {
        let networks = &self.networks;
        let tokens = networks.tokens(texts.wanted)?;
        let wanted = networks.text_states(&tokens)?;
        let unwanted = networks.text_states(&networks.tokens(texts.unwanted)?)?;
        let picture = networks.encode(picture)?;
        Ok(Conditioned {
            source: networks.scaled(&picture)?,
            conditions: Conditions {
                picture,
                text: Tensor::cat(&[&wanted, &unwanted, &unwanted], 0)?,
            },
            tokens_cut: tokens.cut,
        })
    }

    fn plan(&self, sampler: &str, steps: usize, _: (usize, usize)) -> Option<Plan> {
        Some(Sampler::named(sampler)?.plan(self.networks.schedule(), steps))
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
        let (guided, text) = guided_by_both(latents, picture, guidance, |beside| {
            self.networks
                .denoise_towards(beside, time, text, &self.best)
        })?;
        Ok((guided, Some(text)))
    }

    fn evaluations(&self, _: Guidance) -> u64 {
        BOTH
    }

    fn decode(&self, latents: &Tensor) -> Result<Tensor> {
        self.networks.decode(latents)
    }
}
