//! FLUX.1 Kontext as a model of the diffusion editors: the photo's tokens stand beside the noisy ones in every call, and
//! the network was distilled to be told how strongly to follow the text.

use candle_core::{Device, Result, Tensor};

use super::sizes::nearest;
use super::{Networks, Text};
use crate::diffusion::{
    Conditioned, Guidance, Heeded, Kind, Model, Precision, Settings, Sizes, Texts, Way, open_as,
};
use crate::residency::House;
use crate::sampler::{Flow, Plan};
use crate::{Checkpoint, ModelError};

/// Its row in the table of editors.
pub static KIND: Kind = Kind {
    id: "flux_kontext",
    version: "2",
    name: "FLUX.1 Kontext",
    about: "New content after a sentence, by a large diffusion model with your own weights (FLUX.1 Kontext).",
    pipelines: &["FluxKontextPipeline"],
    tiny: "madebyollin/taef1",
    precisions: Precision::ALL,
    references: false,
    mark: None,
    way: |_| {
        Ok(Way {
            steps: STEPS,
            guided: 1,
            together: 1,
        })
    },
    open: open_as::<Kontext>,
};

/// Steps where nothing is asked.
const STEPS: usize = 28;

/// A checkpoint that edits after a sentence.
pub struct Kontext(pub Networks);

/// Photo and text as the transformer reads them.
pub struct Conditions {
    /// the photo's latents, (1, channels, height, width)
    picture: Tensor,
    text: Text,
}

impl Model for Kontext {
    type Conditions = Conditions;

    const KIND: &'static Kind = &KIND;

    fn open(checkpoint: &Checkpoint, device: &Device) -> std::result::Result<Self, ModelError> {
        Networks::of(checkpoint, device).map(Self)
    }

    /// Those that Black Forest Labs publish with the model.
    fn defaults(&self) -> Settings {
        Settings {
            instead_of: None,
            sampler: Flow::ID.to_owned(),
            steps: STEPS,
            guidance: Guidance {
                text: 2.5,
                image: 1.0,
            },
            strength: 1.0,
            unwanted: String::new(),
            precision: None,
        }
    }

    fn heeds(&self) -> Heeded {
        &["steps", "guidance", "strength"]
    }

    fn sizes(&self) -> Sizes {
        self.0.sizes()
    }

    fn room(&self, width: usize, height: usize) -> (usize, usize) {
        let Sizes { multiple, side, .. } = self.0.sizes();
        let (columns, rows) = nearest(width, height, side / multiple);
        (columns * multiple, rows * multiple)
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

    /// There is no text to be led away from: `unwanted` is not read.
    fn conditions(
        &self,
        picture: &Tensor,
        _: &[Tensor],
        texts: Texts<'_>,
    ) -> std::result::Result<Conditioned<Conditions>, ModelError> {
        let words = self.0.tokens(texts.wanted)?;
        let text = self.0.text(&words)?;
        let picture = self.0.encode(picture)?;
        Ok(Conditioned {
            source: picture.clone(),
            conditions: Conditions { picture, text },
            tokens_cut: words.t5.cut,
        })
    }

    fn plan(&self, sampler: &str, steps: usize, latents: (usize, usize)) -> Option<Plan> {
        (sampler == Flow::ID).then(|| self.0.plan(steps, latents))
    }

    fn answer(
        &self,
        conditions: &Conditions,
        latents: &Tensor,
        time: f32,
        guidance: Guidance,
    ) -> Result<Tensor> {
        let Conditions { picture, text } = conditions;
        self.0
            .denoise(latents, picture, time, text, guidance.text as f32)
    }

    fn decode(&self, latents: &Tensor) -> Result<Tensor> {
        self.0.decode(latents)
    }
}
