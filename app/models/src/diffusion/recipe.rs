//! What an edit by a diffusion model is made from: enough to make it again. It travels in a candidate's provenance.

use serde::{Deserialize, Serialize};

use retake_core::{EditError, Spot, said};

use super::latents::Latents;
use super::preview::Glimpsed;
use super::{Guidance, Kind, Precision, Settings};
use crate::full::Fit;

/// The form of what versions before gradients and stochastic forks understand too.
const FIRST_FORM: u32 = 1;
/// The form of what versions before edits of several pieces understand too.
const SECOND_FORM: u32 = 2;
/// The newest form that is understood.
const FORM: u32 = 3;

/// A diffusion edit as it is recorded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Recipe {
    /// the form of this record
    pub(super) form: u32,
    /// id of the kind of model, which tells it from a darkroom's recipe
    pub(super) editor: String,
    /// SHA-256 of the weights
    pub(super) weights: String,
    pub(super) instruction: String,
    /// tokens of the instruction that found no place in the model
    pub(super) tokens_cut: usize,
    pub(super) unwanted: String,
    pub(super) sampler: String,
    /// what the checkpoint calls its own sampler, where another takes its place
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) instead_of: Option<String>,
    pub(super) steps: usize,
    /// what the weights were held in, where that was asked
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) precision: Option<Precision>,
    pub(super) guidance: f64,
    pub(super) image_guidance: f64,
    /// how far from the photo the way begins
    pub(super) strength: f64,
    pub(super) seed: u64,
    /// where it left the way of its seed
    pub(super) forks: Vec<Fork>,
    /// SHA-256 of the files of pictures that the instruction speaks of besides the photo
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) references: Vec<String>,
    /// whether it was confined to a painted place
    pub(super) masked: bool,
    /// width and height of the photo as it was edited, px
    pub(super) source: (usize, usize),
    /// whether a photo that is smaller than the network's pictures was enlarged for it
    #[serde(default)]
    pub(super) enlarged: bool,
    /// places where what was edited was brought back
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) spared: Vec<Spot>,
    /// places where another edit was laid over it since, in their order
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) patches: Vec<Patch>,
    /// what was measured of it when it was made
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) fit: Option<Fit>,
    /// what its glimpses were made by, and how well that does on the photo
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) glimpsed: Option<Glimpsed>,
    /// the denoised latents of an edit that rewards have led
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) led: Option<Latents>,
    /// the edit that this one goes on from
    pub(super) base: Option<Box<Recipe>>,
}

/// Places of an edit where another one is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Patch {
    /// where
    pub(super) spots: Vec<Spot>,
    /// the other one; none where what was edited is brought back
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) edit: Option<Box<Recipe>>,
}

/// A parting from the way so far, before step `step` (0 is the first): towards other noise.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Fork {
    pub(super) step: usize,
    pub(super) seed: u64,
    /// η of the stochastic steps that it takes from there on; 0 turns the noise once and goes on as before
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(super) eta: f64,
}

fn is_zero(eta: &f64) -> bool {
    *eta == 0.0
}

impl Recipe {
    /// A recipe with everything but the seed and the way.
    pub(super) fn new(
        kind: &Kind,
        weights: &str,
        instruction: &str,
        tokens_cut: usize,
        settings: &Settings,
    ) -> Self {
        Self {
            form: FIRST_FORM,
            editor: kind.id.to_owned(),
            weights: weights.to_owned(),
            instruction: instruction.to_owned(),
            tokens_cut,
            unwanted: settings.unwanted.clone(),
            sampler: settings.sampler.clone(),
            instead_of: settings.instead_of.clone(),
            steps: settings.steps,
            precision: settings.precision,
            guidance: settings.guidance.text,
            image_guidance: settings.guidance.image,
            strength: settings.strength,
            seed: 0,
            forks: Vec::new(),
            references: Vec::new(),
            masked: false,
            source: (0, 0),
            enlarged: false,
            spared: Vec::new(),
            patches: Vec::new(),
            fit: None,
            glimpsed: None,
            led: None,
            base: None,
        }
    }

    /// Reads one of this kind's; `weights` are those at hand.
    pub(super) fn read(
        value: &serde_json::Value,
        kind: &Kind,
        weights: &str,
    ) -> Result<Self, EditError> {
        if value.get("editor").and_then(|id| id.as_str()) != Some(kind.id) {
            return Err(EditError::NeedsAnother(said!(
                "this edit was made by another editor, and {editor} can only go on from its own; begin again from the photo",
                editor = kind.name.to_owned()
            )));
        }
        let mut recipe: Self = serde_json::from_value(value.clone()).map_err(|error| {
            EditError::Instruction(said!(
                "the record of this edit cannot be understood ({error})",
                error = error.to_string()
            ))
        })?;
        if recipe.form > FORM {
            return Err(EditError::Instruction(said!(
                "this edit was recorded by a newer version of Retake"
            )));
        }
        if recipe.weights != weights {
            return Err(EditError::Machine(said!(
                "this edit was made with other weights than the checkpoint at hand has"
            )));
        }
        // measured anew when it is made again
        recipe.fit = None;
        recipe.glimpsed = None;
        Ok(recipe)
    }

    /// How strongly text and photo are followed.
    pub(super) fn guided(&self) -> Guidance {
        Guidance {
            text: self.guidance,
            image: self.image_guidance,
        }
    }

    /// The seed that makes it differ from all others: of its last fork, or its own.
    pub(super) fn own_seed(&self) -> u64 {
        self.forks.last().map_or(self.seed, |fork| fork.seed)
    }

    /// As it is recorded.
    pub(super) fn value(&self) -> serde_json::Value {
        let newer = self.led.is_some() || self.forks.iter().any(|fork| fork.eta != 0.0);
        let form = match (self.patches.is_empty(), newer) {
            (false, _) => FORM,
            (true, true) => SECOND_FORM,
            (true, false) => FIRST_FORM,
        };
        serde_json::to_value(Self {
            form,
            ..self.clone()
        })
        .unwrap_or_default()
    }
}
