//! `scheduler_config.json` of a diffusion model as it is written: which sampler it names, which of its settings are
//! heeded, and which are refused.

use serde::Deserialize;

use super::SAMPLERS;
use super::ramp::Ramp;
use super::schedule::{Prediction, Spacing};
use crate::ModelError;
use crate::checkpoint::config::{Neutral, Settings};

/// Samplers of diffusers that are not here, and ours that takes the place of each: its noise schedule is the same, as
/// diffusers itself has it (`KarrasDiffusionSchedulers`), and it draws fresh noise on the way if the other does.
/// Anything else is refused, as what was distilled for a sampler of its own (LCM, TCD) is nothing without it.
const REPLACED: &[(&str, &str)] = &[
    ("PNDMScheduler", "dpm_solver_2m"),
    ("LMSDiscreteScheduler", "dpm_solver_2m"),
    ("HeunDiscreteScheduler", "dpm_solver_2m"),
    ("DPMSolverSinglestepScheduler", "dpm_solver_2m"),
    ("KDPM2DiscreteScheduler", "dpm_solver_2m"),
    ("DEISMultistepScheduler", "dpm_solver_2m"),
    ("UniPCMultistepScheduler", "dpm_solver_2m"),
    ("DDPMScheduler", "euler_ancestral"),
    ("KDPM2AncestralDiscreteScheduler", "euler_ancestral"),
    ("DPMSolverSDEScheduler", "euler_ancestral"),
];

/// Settings that are heeded, and those that say something only to what is switched off.
const KNOWN: &[&str] = &[
    "num_train_timesteps",
    "beta_start",
    "beta_end",
    "beta_schedule",
    "trained_betas",
    "prediction_type",
    "timestep_spacing",
    "steps_offset",
    "set_alpha_to_one",
    "use_karras_sigmas",
    "use_exponential_sigmas",
    "rescale_betas_zero_snr",
    // of clipping and thresholding
    "clip_sample_range",
    "dynamic_thresholding_ratio",
    "sample_max_value",
    // of flows
    "flow_shift",
    "time_shift_type",
    // of the last step, which is of the first order in any case
    "lower_order_final",
    "euler_at_final",
];

/// Settings of the samplers that are here, which they may have at this value alone.
const NEUTRAL: Neutral = &[
    ("interpolation_type", "\"linear\""),
    ("timestep_type", "\"discrete\""),
    ("final_sigmas_type", "\"zero\""),
    ("algorithm_type", "\"dpmsolver++\""),
    ("solver_type", "\"midpoint\""),
    ("solver_order", "2"),
    ("lambda_min_clipped", "\"-Infinity\""),
];

/// Settings of a method, which are of no consequence where another method takes its place.
const OF_THE_METHOD: &[&str] = &[
    "skip_prk_steps",
    "solver_order",
    "solver_type",
    "algorithm_type",
    "solver_p",
    "predict_x0",
    "disable_corrector",
    "variance_type",
    "noise_sampler_seed",
];

/// How much noise a training step adds.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Betas {
    Linear,
    ScaledLinear,
    #[serde(rename = "squaredcos_cap_v2")]
    SquaredCosine,
}

/// The settings.
#[derive(Deserialize)]
pub(super) struct Written {
    #[serde(rename = "_class_name")]
    pub(super) class_name: String,
    num_train_timesteps: usize,
    beta_start: f64,
    beta_end: f64,
    beta_schedule: Betas,
    trained_betas: Option<Vec<f64>>,
    #[serde(default)]
    pub(super) prediction_type: Prediction,
    pub(super) timestep_spacing: Option<Spacing>,
    #[serde(default)]
    pub(super) steps_offset: usize,
    #[serde(default = "yes")]
    pub(super) set_alpha_to_one: bool,
    #[serde(default)]
    pub(super) rescale_betas_zero_snr: bool,
    #[serde(default)]
    use_karras_sigmas: bool,
    #[serde(default)]
    use_exponential_sigmas: bool,
}

fn yes() -> bool {
    true
}

impl Written {
    /// Reads them; one that would change the arithmetic in a way that is not written here is refused by name.
    pub(super) fn of(settings: &Settings) -> Result<(Self, &'static str), ModelError> {
        let written: Self = settings.typed()?;
        let (ours, replaced) = written.sampler().ok_or_else(|| {
            settings.unsupported(format!(
                "the model was made for the sampler {}, which Retake does not have and cannot replace",
                written.class_name
            ))
        })?;
        let settings = match replaced {
            true => settings.without(OF_THE_METHOD),
            false => settings.without(&[]),
        };
        settings.refuse_unknown(KNOWN, NEUTRAL)?;
        if let (Ramp::Even, _) | (_, "euler" | "dpm_solver_2m") = (written.ramp(), ours) {
            Ok((written, ours))
        } else {
            Err(settings.unsupported(format!(
                "the sampler {} is set to spread its noise levels in a way that it does not have",
                written.class_name
            )))
        }
    }

    /// The short name of ours that it means, and whether that takes the place of another.
    fn sampler(&self) -> Option<(&'static str, bool)> {
        let class = self.class_name.as_str();
        let own = SAMPLERS
            .iter()
            .find(|sampler| sampler.classes.contains(&class));
        let other = REPLACED.iter().find(|(theirs, _)| *theirs == class);
        own.map(|sampler| (sampler.id, false))
            .or(other.map(|(_, ours)| (*ours, true)))
    }

    /// The class that it names, if none of ours is that one.
    pub(super) fn replaced(&self) -> Option<String> {
        let (_, replaced) = self.sampler()?;
        replaced.then(|| self.class_name.clone())
    }

    /// How noise levels are spread.
    pub(super) fn ramp(&self) -> Ramp {
        match (self.use_karras_sigmas, self.use_exponential_sigmas) {
            (true, _) => Ramp::Karras,
            (_, true) => Ramp::Exponential,
            _ => Ramp::Even,
        }
    }

    /// The share of the signal's power, ᾱ, that is left after each training step; `None` if it is no schedule.
    pub(super) fn kept(&self) -> Option<Vec<f64>> {
        let betas = self.betas();
        if betas.len() < 2 || !betas.iter().all(|beta| (0.0..1.0).contains(beta)) {
            return None;
        }
        let kept = betas.iter().scan(1.0, |kept, beta| {
            *kept *= 1.0 - beta;
            Some(*kept)
        });
        let mut kept: Vec<f64> = kept.collect();
        if self.rescale_betas_zero_snr {
            // Lin et al. 2023, algorithm 1: nothing is left after the last step
            let (first, last) = (kept[0].sqrt(), kept[kept.len() - 1].sqrt());
            for kept in &mut kept {
                *kept = ((kept.sqrt() - last) * first / (first - last)).powi(2);
            }
        }
        Some(kept)
    }

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
