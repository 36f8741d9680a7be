//! How much noise there is at each training step, from `scheduler_config.json`.

use serde::Deserialize;

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

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Betas {
    Linear,
    ScaledLinear,
    #[serde(rename = "squaredcos_cap_v2")]
    SquaredCosine,
}

#[derive(Deserialize)]
struct Written {
    #[serde(rename = "_class_name")]
    class_name: String,
    num_train_timesteps: usize,
    beta_start: f64,
    beta_end: f64,
    beta_schedule: Betas,
    trained_betas: Option<Vec<f64>>,
    #[serde(default)]
    prediction_type: Prediction,
    timestep_spacing: Option<Spacing>,
    #[serde(default)]
    steps_offset: usize,
    #[serde(default = "yes")]
    set_alpha_to_one: bool,
}

fn yes() -> bool {
    true
}

/// Settings that would change the arithmetic. Clipping belongs to networks over pixels, not over latents.
const REFUSED: &[&str] = &["thresholding", "clip_sample", "rescale_betas_zero_snr"];

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
    own: &'static str,
}

impl Schedule {
    /// Reads it.
    pub(crate) fn open(checkpoint: &Checkpoint) -> Result<Self, ModelError> {
        let path = checkpoint.folder().join("scheduler/scheduler_config.json");
        Self::of(&Settings::read(&path)?)
    }

    pub(crate) fn of(settings: &Settings) -> Result<Self, ModelError> {
        if let Some(key) = REFUSED.iter().find(|key| settings.is_on(key)) {
            return Err(settings.unsupported(format!(
                "the sampler asks for {key}, which Retake does not know how to compute"
            )));
        }
        let written: Written = settings.typed()?;
        let betas = written.betas();
        if betas.len() < 2 || !betas.iter().all(|beta| (0.0..1.0).contains(beta)) {
            return Err(settings.unsupported("the noise schedule is no schedule".to_owned()));
        }
        let kept: Vec<f64> = betas
            .iter()
            .scan(1.0, |kept, beta| {
                *kept *= 1.0 - beta;
                Some(*kept)
            })
            .collect();
        let own = SAMPLERS
            .iter()
            .find(|sampler| sampler.classes.contains(&written.class_name.as_str()))
            .unwrap_or(&SAMPLERS[0]);
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
            own: own.id,
        })
    }

    /// The sampler that the checkpoint names, or Euler ancestral.
    pub fn own_sampler(&self) -> &'static Sampler {
        Sampler::named(self.own).unwrap_or(&SAMPLERS[0])
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
            let kept = self.kept[step.min(self.kept.len() - 1)];
            ((1.0 - kept) / kept).sqrt()
        };
        let step = time.max(0.0).floor();
        let (low, high) = (at(step as usize), at(step as usize + 1));
        low + (high - low) * (time - step)
    }
}

impl Written {
    fn betas(&self) -> Vec<f64> {
        if let Some(trained) = &self.trained_betas {
            return trained.clone();
        }
        let steps = self.num_train_timesteps;
        let along =
            |i: usize, from: f64, to: f64| from + (to - from) * i as f64 / (steps - 1) as f64;
        (0..steps)
            .map(|i| match self.beta_schedule {
                Betas::Linear => along(i, self.beta_start, self.beta_end),
                Betas::ScaledLinear => {
                    along(i, self.beta_start.sqrt(), self.beta_end.sqrt()).powi(2)
                }
                // Nichol & Dhariwal 2021, equation 17
                Betas::SquaredCosine => {
                    let kept = |t: f64| {
                        let angle = (t + 0.008) / 1.008 * std::f64::consts::FRAC_PI_2;
                        angle.cos().powi(2)
                    };
                    let time = |i: usize| i as f64 / steps as f64;
                    (1.0 - kept(time(i + 1)) / kept(time(i))).min(0.999)
                }
            })
            .collect()
    }
}
