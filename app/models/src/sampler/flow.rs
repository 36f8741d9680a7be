//! Flow matching (Lipman et al. 2023; Esser et al. 2024): latents are a straight line between the clean ones and noise,
//! (1 − σ) clean + σ noise, the network answers with its direction, noise − clean, and Euler steps follow it.

use serde::Deserialize;

use super::schedule::Prediction;
use super::{Plan, Step};
use crate::ModelError;
use crate::checkpoint::Checkpoint;
use crate::checkpoint::config::Settings;

/// Which noise levels a run visits, from `scheduler_config.json`.
#[derive(Clone, Debug)]
pub struct Flow {
    training_steps: usize,
    bend: Bend,
    /// the last noise level of a run, where the settings give one
    terminal: Option<f64>,
    /// from tokens to the shift, a straight line through two points: (tokens, shift)
    line: [(f64, f64); 2],
}

/// How evenly spread noise levels are bent towards the noisy end.
#[derive(Clone, Copy, Debug)]
enum Bend {
    /// by a fixed factor (Esser et al. 2024, equation 23)
    Fixed(f64),
    /// by e^μ, where μ comes from the size of the picture
    Exponential,
    /// by μ itself
    Linear,
}

/// As the file has it; where it is silent, diffusers' own.
#[derive(Deserialize)]
#[serde(default)]
struct Written {
    #[serde(rename = "_class_name")]
    class_name: String,
    num_train_timesteps: usize,
    shift: f64,
    use_dynamic_shifting: bool,
    base_shift: Option<f64>,
    max_shift: Option<f64>,
    base_image_seq_len: Option<f64>,
    max_image_seq_len: Option<f64>,
    shift_terminal: Option<f64>,
    time_shift_type: Shape,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Shape {
    Exponential,
    Linear,
}

impl Default for Written {
    fn default() -> Self {
        Self {
            class_name: String::new(),
            num_train_timesteps: 1000,
            shift: 1.0,
            use_dynamic_shifting: false,
            base_shift: None,
            max_shift: None,
            base_image_seq_len: None,
            max_image_seq_len: None,
            shift_terminal: None,
            time_shift_type: Shape::Exponential,
        }
    }
}

const KNOWN: &[&str] = &[
    "num_train_timesteps",
    "shift",
    "use_dynamic_shifting",
    "base_shift",
    "max_shift",
    "base_image_seq_len",
    "max_image_seq_len",
    "shift_terminal",
    "time_shift_type",
];

impl Flow {
    /// Short name for records.
    pub const ID: &'static str = "flow_euler";
    /// For people.
    pub const NAME: &'static str = "Euler along the flow";
    /// What `scheduler_config.json` calls it.
    const CLASS: &'static str = "FlowMatchEulerDiscreteScheduler";

    /// Reads it.
    pub fn open(checkpoint: &Checkpoint) -> Result<Self, ModelError> {
        let path = checkpoint.folder().join("scheduler/scheduler_config.json");
        Self::of(&Settings::read(&path)?)
    }

    pub(crate) fn of(settings: &Settings) -> Result<Self, ModelError> {
        // other ways of spreading the noise levels, noise added on the way, and running backwards are off or refused
        settings.refuse_unknown(KNOWN, &[])?;
        let written: Written = settings.typed()?;
        if written.class_name != Self::CLASS {
            return Err(settings.unsupported(format!(
                "the model was trained for the sampler {}, where Retake knows {} for it",
                written.class_name,
                Self::CLASS
            )));
        }
        let line = [
            (
                written.base_image_seq_len.unwrap_or(256.0),
                written.base_shift.unwrap_or(0.5),
            ),
            (
                written.max_image_seq_len.unwrap_or(4096.0),
                written.max_shift.unwrap_or(1.15),
            ),
        ];
        let terminal = written.shift_terminal.filter(|&last| last != 0.0);
        let sound = written.num_train_timesteps > 0
            && written.shift > 0.0
            && written.shift.is_finite()
            && line[0].0 != line[1].0
            && terminal.is_none_or(|last| (0.0..1.0).contains(&last));
        if !sound {
            return Err(settings.unsupported("the noise levels are no schedule".to_owned()));
        }
        Ok(Self {
            training_steps: written.num_train_timesteps,
            bend: match (written.use_dynamic_shifting, written.time_shift_type) {
                (false, _) => Bend::Fixed(written.shift),
                (true, Shape::Exponential) => Bend::Exponential,
                (true, Shape::Linear) => Bend::Linear,
            },
            terminal,
            line,
        })
    }

    /// The shift μ of a picture of so many tokens, on the straight line of the settings (as FLUX.1 has it).
    pub fn shift(&self, tokens: usize) -> f64 {
        let [(few, low), (many, high)] = self.line;
        low + (high - low) / (many - few) * (tokens as f64 - few)
    }

    /// The steps from noise to picture; `steps` is at least 1. `shift` is μ, which only some settings ask for.
    pub fn plan(&self, steps: usize, shift: f64) -> Plan {
        let steps = steps.max(1);
        let sigmas = self.sigmas(steps, shift);
        Plan {
            steps: sigmas
                .windows(2)
                .map(|sigma| {
                    let (now, next) = (sigma[0], sigma[1]);
                    Step {
                        time: now * self.training_steps as f64,
                        signal: 1.0 - now,
                        spread: now,
                        from_now: next / now,
                        from_clean: 1.0 - next / now,
                        from_last: 0.0,
                        from_noise: 0.0,
                    }
                })
                .collect(),
            first: sigmas[0],
            prediction: Prediction::Flow,
        }
    }

    /// Noise levels of a run, 1 to 1/steps evenly and then bent, and 0 after them.
    fn sigmas(&self, steps: usize, shift: f64) -> Vec<f64> {
        let factor = match self.bend {
            Bend::Fixed(factor) => factor,
            Bend::Exponential => shift.exp(),
            Bend::Linear => shift,
        };
        let mut sigmas: Vec<f64> = (0..steps)
            .map(|i| 1.0 - i as f64 / steps as f64)
            .map(|even| factor * even / (1.0 + (factor - 1.0) * even))
            .collect();
        if let Some(terminal) = self.terminal {
            let last = 1.0 - sigmas[steps - 1];
            // a single step begins at 1 and has no end to stretch to
            let stretch = if last > 0.0 {
                (1.0 - terminal) / last
            } else {
                1.0
            };
            for sigma in &mut sigmas {
                *sigma = 1.0 - (1.0 - *sigma) * stretch;
            }
        }
        sigmas.push(0.0);
        sigmas
    }
}

/// A step of the stochastic equation that has the same marginals as the flow (Liu et al. 2025, Flow-GRPO, arXiv
/// 2505.05470, equation 9), dx = [v + σ²/(2t) (x + (1 − t) v)] dt + σ √dt ε with σ = η √(t / (1 − t)), from noise level
/// `now` down to `next`: shares of the latents, of the clean latents seen in them, and of fresh noise.
///
/// It is solved exactly while the clean latents c are held. With the noise n = (x − (1 − t) c) / t, the equation says
/// dn = −σ²/(2t²) n |dt| + (σ/t) dw, which keeps the variance of n at 1 and after the step leaves a share ρ of it:
/// ρ = exp(−∫ σ²/(2t²) dt) = (next/(1 − next) · (1 − now)/now)^(η²/2). So what is left after few large steps is not
/// noisier than the network expects, as it is after Euler steps of the same equation; from pure noise (t = 1) ρ is 0.
pub(super) fn shares(now: f64, next: f64, eta: f64) -> [f64; 3] {
    let odds = |level: f64| level / (1.0 - level);
    let kept = match now < 1.0 {
        true => (odds(next) / odds(now)).powf(0.5 * eta * eta),
        false => 0.0,
    };
    let old = next * kept;
    [
        old / now,
        1.0 - next - old * (1.0 - now) / now,
        next * (1.0 - kept * kept).max(0.0).sqrt(),
    ]
}
