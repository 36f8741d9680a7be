//! FLUX.2 klein as a model of the diffusion editors: the photo's tokens stand beside the noisy ones in every call, or are
//! remembered from one, where the network was trained so.

use candle_core::{Device, Result, Tensor};

use super::networks::PIPELINES;
use super::{Networks, References};
use crate::diffusion::{
    Conditioned, Guidance, Heeded, Kind, Model, Precision, Settings, Sizes, Texts, Way, open_as,
};
use crate::residency::House;
use crate::sampler::{Flow, Plan};
use crate::{Checkpoint, ModelError};

/// Its row in the table of editors.
pub static KIND: Kind = Kind {
    id: "flux2_klein",
    version: "2",
    name: "FLUX.2 klein",
    about: "New content after a sentence, in few steps, by a diffusion model with your own weights (FLUX.2 klein).",
    pipelines: &[PIPELINES[0].0, PIPELINES[1].0],
    tiny: "madebyollin/taef2",
    precisions: &[Precision::F32, Precision::Bf16],
    references: true,
    mark: None,
    way: |checkpoint| {
        let distilled = Networks::is_distilled(checkpoint)?;
        Ok(Way {
            steps: steps(distilled),
            guided: if distilled { 1 } else { 2 },
            together: 1,
        })
    },
    open: open_as::<Klein>,
};

/// Steps where nothing is asked.
fn steps(distilled: bool) -> usize {
    if distilled { 4 } else { 50 }
}

/// A checkpoint that edits after a sentence.
pub struct Klein(pub Networks);

/// Photo and texts as the denoiser reads them.
pub struct Conditions {
    /// the photo first, and what the text speaks of besides
    pictures: References,
    wanted: Tensor,
    /// the same as what is wanted where the network has its guidance built in
    unwanted: Tensor,
}

impl Model for Klein {
    type Conditions = Conditions;

    const KIND: &'static Kind = &KIND;

    fn open(checkpoint: &Checkpoint, device: &Device) -> std::result::Result<Self, ModelError> {
        Networks::of(checkpoint, device).map(Self)
    }

    /// Those that Black Forest Labs publish with the models.
    fn defaults(&self) -> Settings {
        let distilled = self.0.distilled();
        Settings {
            instead_of: None,
            sampler: Flow::ID.to_owned(),
            steps: steps(distilled),
            guidance: Guidance {
                text: if distilled { 1.0 } else { 4.0 },
                image: 1.0,
            },
            strength: 1.0,
            unwanted: String::new(),
            precision: None,
        }
    }

    /// A distilled checkpoint has its guidance built in.
    fn heeds(&self) -> Heeded {
        match self.0.distilled() {
            true => &["steps", "strength"],
            false => &["steps", "guidance", "strength", "unwanted"],
        }
    }

    fn sizes(&self) -> Sizes {
        self.0.sizes()
    }

    /// A photo may have any shape as long as it has no more px than the squares of the training.
    fn room(&self, width: usize, height: usize) -> (usize, usize) {
        let Sizes { multiple, side, .. } = self.0.sizes();
        room(width, height, side, multiple)
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
        references: &[Tensor],
        texts: Texts<'_>,
    ) -> std::result::Result<Conditioned<Conditions>, ModelError> {
        let prompt = self.0.prompt(texts.wanted, Networks::PLACES)?;
        let wanted = self.0.text_states(&prompt)?;
        let unwanted = if self.0.distilled() {
            wanted.clone()
        } else {
            let prompt = self.0.prompt(texts.unwanted, Networks::PLACES)?;
            self.0.text_states(&prompt)?
        };
        let source = self.0.encode(picture)?;
        let mut latents = vec![source.clone()];
        for reference in references {
            latents.push(self.0.encode(reference)?);
        }
        let pictures = self.0.references(&latents)?;
        Ok(Conditioned {
            source,
            conditions: Conditions {
                pictures,
                wanted,
                unwanted,
            },
            tokens_cut: prompt.cut,
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
        let Conditions {
            pictures,
            wanted,
            unwanted,
        } = conditions;
        self.0
            .guided(latents, pictures, time, (wanted, unwanted), guidance.text)
    }

    fn answer_apart(
        &self,
        conditions: &Conditions,
        latents: &Tensor,
        time: f32,
        guidance: Guidance,
    ) -> Result<(Tensor, Option<Tensor>)> {
        let texts = (&conditions.wanted, &conditions.unwanted);
        self.0
            .guided_apart(latents, &conditions.pictures, time, texts, guidance.text)
    }

    fn evaluations(&self, guidance: Guidance) -> u64 {
        self.0.evaluations(guidance.text)
    }

    fn decode(&self, latents: &Tensor) -> Result<Tensor> {
        self.0.decode(latents)
    }

    fn finest(&self, latents: &Tensor) -> Result<Tensor> {
        self.0.pixels(latents)
    }
}

/// The largest room of a picture's shape with at most `side`² px and sides that are multiples of `multiple`.
fn room(width: usize, height: usize, side: usize, multiple: usize) -> (usize, usize) {
    let scale = side as f64 / ((width * height) as f64).sqrt();
    let fitted = |length: usize| {
        let within = (length as f64 * scale) as usize / multiple * multiple;
        within.max(multiple)
    };
    (fitted(width), fitted(height))
}

#[cfg(test)]
mod tests {
    use super::room;

    #[test]
    fn a_photo_of_any_shape_has_at_most_a_megapixel() {
        for (width, height) in [
            (6000, 4000),
            (4000, 6000),
            (1000, 1000),
            (20_000, 500),
            (3, 2),
        ] {
            let (w, h) = room(width, height, 1024, 16);
            assert!(
                w * h <= 1024 * 1024 && w % 16 == 0 && h % 16 == 0,
                "{w} × {h}"
            );
            assert!(w * h > 900 * 1024, "{w} × {h} for {width} × {height}");
        }
    }
}
