//! How a diffusion editor works on every request: what the user wishes, and what is decided.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{Guidance, Precision, Reference};
use crate::ModelError;

/// What a user may set; what is not set is the model's own.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Wishes {
    /// short name from the table of samplers
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sampler: Option<String>,
    /// calls of the network, 1–1000
    #[serde(skip_serializing_if = "Option::is_none")]
    pub steps: Option<usize>,
    /// how strongly the text is followed, 0–100
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guidance: Option<f64>,
    /// how strongly the photo is kept, 0–100; for InstructPix2Pix
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_guidance: Option<f64>,
    /// how far from the photo the way begins: 1 is pure noise, 0 the photo itself; more than 0
    #[serde(skip_serializing_if = "Option::is_none")]
    pub strength: Option<f64>,
    /// what is not wanted
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unwanted: Option<String>,
    /// adapters (LoRA) that are merged into the weights: a file, or a folder as PEFT writes it, and how strongly; 1 as
    /// it was trained
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub loras: Vec<(PathBuf, f64)>,
    /// what the weights are held in, and on a graphics card computed in
    #[serde(skip_serializing_if = "Option::is_none")]
    pub precision: Option<Precision>,
    /// pictures that the instruction speaks of besides the photo; a record names their files elsewhere
    #[serde(skip)]
    pub references: Vec<Reference>,
}

/// All of it decided.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// short name from the table of samplers
    pub sampler: String,
    /// what the checkpoint calls its own sampler, where Retake does not have it and `sampler` takes its place
    pub instead_of: Option<String>,
    /// calls of the network
    pub steps: usize,
    /// how strongly text and photo are followed
    pub guidance: Guidance,
    /// how far from the photo the way begins, (0, 1]
    pub strength: f64,
    /// what is not wanted
    pub unwanted: String,
    /// what the weights are held in, where that was asked
    pub precision: Option<Precision>,
}

/// Steps: from, to.
const STEPS: (usize, usize) = (1, 1000);
/// Guidance: from, to.
const GUIDANCE: (f64, f64) = (0.0, 100.0);

impl Wishes {
    /// Whether each number is one that a run can have; the sentence names the first that is not.
    pub fn check(&self) -> Result<(), ModelError> {
        let refused = |what: String| Err(ModelError::Machine(what));
        if let Some(steps) = self.steps
            && !(STEPS.0..=STEPS.1).contains(&steps)
        {
            return refused(format!("steps must be from {} to {}", STEPS.0, STEPS.1));
        }
        for (name, value) in [
            ("guidance", self.guidance),
            ("image guidance", self.image_guidance),
        ] {
            if value.is_some_and(|value| !(GUIDANCE.0..=GUIDANCE.1).contains(&value)) {
                return refused(format!(
                    "{name} must be from {} to {}",
                    GUIDANCE.0, GUIDANCE.1
                ));
            }
        }
        if self
            .strength
            .is_some_and(|value| !(value > 0.0 && value <= 1.0))
        {
            return refused("strength must be more than 0 and at most 1".to_owned());
        }
        Ok(())
    }

    /// These wishes over a model's own settings.
    pub(super) fn over(&self, own: Settings) -> Settings {
        Settings {
            instead_of: own.instead_of.filter(|_| self.sampler.is_none()),
            sampler: self.sampler.clone().unwrap_or(own.sampler),
            steps: self.steps.unwrap_or(own.steps),
            guidance: Guidance {
                text: self.guidance.unwrap_or(own.guidance.text),
                image: self.image_guidance.unwrap_or(own.guidance.image),
            },
            strength: self.strength.unwrap_or(own.strength),
            unwanted: self.unwanted.clone().unwrap_or(own.unwanted),
            precision: self.precision.or(own.precision),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_no_run_can_have_is_named() {
        let wishes = [
            (
                Wishes {
                    steps: Some(0),
                    ..Wishes::default()
                },
                "steps",
            ),
            (
                Wishes {
                    guidance: Some(f64::NAN),
                    ..Wishes::default()
                },
                "guidance",
            ),
            (
                Wishes {
                    strength: Some(0.0),
                    ..Wishes::default()
                },
                "strength",
            ),
        ];
        for (wishes, name) in wishes {
            let said = wishes.check().expect_err("a refusal").to_string();
            assert!(said.starts_with(name), "{said}");
        }
        assert!(Wishes::default().check().is_ok());
    }
}
