//! How much noise there is at each training step, from `scheduler_config.json`.

use serde::Deserialize;

use super::ramp::Ramp;
use super::written::Written;
use super::{SAMPLERS, Sampler};
use crate::ModelError;
use crate::checkpoint::Checkpoint;
use crate::checkpoint::config::Settings;

/// What the network answers with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Prediction {
    /// the noise
    #[default]
    Epsilon,
    /// signal · noise − spread · clean
    #[serde(rename = "v_prediction")]
    Velocity,
    /// the clean latents
    Sample,
    /// noise − clean; a [`super::Flow`] has it, never a setting
    #[serde(skip)]
    Flow,
}

/// Which training steps a run visits (Lin et al. 2023, table 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Spacing {
    /// evenly, both ends included
    Linspace,
    /// every n-th from the first
    Leading,
    /// every n-th back from the last
    Trailing,
}

/// ᾱ where a schedule leaves nothing and noise levels must stay finite (diffusers).
const ALMOST_NOTHING: f64 = 1.0 / (1 << 24) as f64;

/// Pipelines that correct old settings of the sampler (diffusers, `StableDiffusionPipeline.__init__`).
const CORRECTED: &[&str] = &["StableDiffusionPipeline", "StableDiffusionImg2ImgPipeline"];

/// How much of the picture is left at each training step.
#[derive(Clone, Debug)]
pub struct Schedule {
    /// share of the signal's power, ᾱ, for each training step
    pub(super) kept: Vec<f64>,
    /// … before the first, for DDIM's last step
    pub(super) kept_at_end: f64,
    pub(super) prediction: Prediction,
    pub(super) spacing: Option<Spacing>,
    pub(super) offset: usize,
    pub(super) ramp: Ramp,
    own: &'static str,
    replaced: Option<String>,
}

impl Schedule {
    /// Reads it.
    pub(crate) fn open(checkpoint: &Checkpoint) -> Result<Self, ModelError> {
        let path = checkpoint.folder().join("scheduler/scheduler_config.json");
        let settings = Settings::read(&path)?;
        if CORRECTED.contains(&checkpoint.pipeline()) {
            let corrected = settings.without(&["clip_sample", "steps_offset"]);
            return Self::of(&corrected.or(&serde_json::json!({ "steps_offset": 1 })));
        }
        Self::of(&settings)
    }

    pub(crate) fn of(settings: &Settings) -> Result<Self, ModelError> {
        let (written, own) = Written::of(settings)?;
        let Some(kept) = written.kept() else {
            return Err(settings.unsupported("the noise schedule is no schedule".to_owned()));
        };
        if written.rescale_betas_zero_snr && written.prediction_type == Prediction::Epsilon {
            return Err(settings.unsupported(
                "the sampler is set to rescale_betas_zero_snr and to the prediction_type epsilon, and where nothing of the picture is left the noise says nothing of it"
                    .to_owned(),
            ));
        }
        Ok(Self {
            kept_at_end: if written.set_alpha_to_one {
                1.0
            } else {
                kept[0]
            },
            kept,
            prediction: written.prediction_type,
            spacing: written.timestep_spacing,
            offset: written.steps_offset,
            ramp: written.ramp(),
            own,
            replaced: written.replaced(),
        })
    }

    /// The sampler that the checkpoint names, or the one that takes its place.
    pub fn own_sampler(&self) -> &'static Sampler {
        Sampler::named(self.own).unwrap_or(&SAMPLERS[0])
    }

    /// What the checkpoint calls its sampler, where [`Self::own_sampler`] takes the place of it.
    pub fn replaced(&self) -> Option<&str> {
        self.replaced.as_deref()
    }

    /// Whether the model was distilled to need few steps and no guidance. Settings do not say so; those that were have
    /// their times counted from the end (Sauer et al. 2023).
    pub fn is_distilled(&self) -> bool {
        self.spacing == Some(Spacing::Trailing)
    }

    /// Steps of the training.
    pub fn training_steps(&self) -> usize {
        self.kept.len()
    }

    /// Noise to signal, σ, at a training step or between two.
    pub(super) fn sigma(&self, time: f64) -> f64 {
        let at = |step: usize| {
            let kept = match self.kept[step.min(self.kept.len() - 1)] {
                0.0 => ALMOST_NOTHING,
                kept => kept,
            };
            ((1.0 - kept) / kept).sqrt()
        };
        let step = time.max(0.0).floor();
        let (low, high) = (at(step as usize), at(step as usize + 1));
        low + (high - low) * (time - step)
    }
}
