//! Samplers: the way from noise to a picture in a few calls of the network. Every step of every sampler here is a sum
//! of four things with numbers that are known beforehand: the latents as they are, the clean latents that the network
//! sees in them, the clean latents of the step before, and fresh noise. So a sampler is a function that plans the steps.

mod flow;
mod plans;
mod ramp;
mod schedule;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod wander_tests;
mod written;

use candle_core::{Result, Tensor};

pub use flow::Flow;
pub use schedule::Schedule;
use schedule::{Prediction, Spacing};

/// A row of the table of samplers.
pub struct Sampler {
    /// short name for records and settings
    pub id: &'static str,
    /// for people
    pub name: &'static str,
    /// what `scheduler_config.json` calls it
    classes: &'static [&'static str],
    /// how times are spread where the settings do not say
    spacing: Spacing,
    plan: fn(&Schedule, Spacing, usize) -> Plan,
}

/// All of them. What takes the place of those that are not here is in `written.rs`.
pub const SAMPLERS: &[Sampler] = &[
    Sampler {
        id: "euler_ancestral",
        name: "Euler ancestral",
        classes: &["EulerAncestralDiscreteScheduler"],
        spacing: Spacing::Linspace,
        plan: plans::euler_ancestral,
    },
    Sampler {
        id: "euler",
        name: "Euler",
        classes: &["EulerDiscreteScheduler"],
        spacing: Spacing::Linspace,
        plan: plans::euler,
    },
    Sampler {
        id: "ddim",
        name: "DDIM",
        classes: &["DDIMScheduler"],
        spacing: Spacing::Leading,
        plan: plans::ddim,
    },
    Sampler {
        id: "dpm_solver_2m",
        name: "DPM-Solver++ 2M",
        classes: &["DPMSolverMultistepScheduler"],
        spacing: Spacing::Linspace,
        plan: plans::dpm_solver_2m,
    },
];

/// What people call the sampler of this short name.
pub fn name_of(id: &str) -> Option<&'static str> {
    match id {
        Flow::ID => Some(Flow::NAME),
        _ => Sampler::named(id).map(|sampler| sampler.name),
    }
}

impl Sampler {
    /// By its short name.
    pub fn named(id: &str) -> Option<&'static Self> {
        SAMPLERS.iter().find(|sampler| sampler.id == id)
    }

    /// The steps from noise to picture; `steps` is at least 1 and at most the training steps.
    pub fn plan(&self, schedule: &Schedule, steps: usize) -> Plan {
        let spacing = schedule.spacing.unwrap_or(self.spacing);
        let steps = steps.clamp(1, schedule.training_steps());
        (self.plan)(schedule, spacing, steps)
    }
}

/// One step. Latents are `signal · clean + spread · noise`, with noise of variance 1.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Step {
    /// what the network is told, in training steps
    time: f64,
    signal: f64,
    spread: f64,
    /// shares of the next latents: of these latents,
    from_now: f64,
    /// of the clean latents seen in them,
    from_clean: f64,
    /// of the clean latents of the step before,
    from_last: f64,
    /// of fresh noise
    from_noise: f64,
}

/// All steps of a run.
#[derive(Clone, Debug)]
pub struct Plan {
    steps: Vec<Step>,
    /// what the first noise is multiplied by
    first: f64,
    prediction: Prediction,
}

impl Plan {
    /// How many steps.
    pub fn len(&self) -> usize {
        self.steps.len()
    }

    /// Whether there are none; never so.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// What the network is told at a step, in training steps.
    pub fn time(&self, step: usize) -> f32 {
        self.steps[step].time as f32
    }

    /// Latents to begin with, from noise of variance 1.
    pub fn begin(&self, noise: &Tensor) -> Result<Tensor> {
        noise * self.first
    }

    /// The end of this plan, for a run that begins from a picture under so much noise: 1 is all of it (Meng et al. 2022;
    /// counted as diffusers does). At least one step is left.
    #[must_use]
    pub fn of_strength(mut self, strength: f64) -> Self {
        let all = self.steps.len();
        let kept = ((all as f64 * strength) as usize).clamp(1, all);
        self.steps.drain(..all - kept);
        // what the first step would take from the one before it comes from its own clean latents
        let first = &mut self.steps[0];
        first.from_clean += std::mem::take(&mut first.from_last);
        self
    }

    /// Latents to begin with, from a picture's and noise of variance 1 laid over them.
    pub fn begin_over(&self, picture: &Tensor, noise: &Tensor) -> Result<Tensor> {
        let Step { signal, spread, .. } = self.steps[0];
        (picture * signal)? + (noise * spread)?
    }

    /// What the network gets to see: latents of variance about 1, or for a flow the latents as they are.
    pub fn seen(&self, step: usize, latents: &Tensor) -> Result<Tensor> {
        if self.prediction == Prediction::Flow {
            return Ok(latents.clone());
        }
        let Step { signal, spread, .. } = self.steps[step];
        latents / signal.hypot(spread)
    }

    /// The clean latents that an answer of the network amounts to.
    pub fn clean(&self, step: usize, latents: &Tensor, answer: &Tensor) -> Result<Tensor> {
        let Step { signal, spread, .. } = self.steps[step];
        match self.prediction {
            Prediction::Epsilon => (latents - (answer * spread)?)? / signal,
            // Salimans & Ho 2022, appendix D, for latents brought to variance 1
            Prediction::Velocity => {
                let length = signal.hypot(spread);
                (latents * (signal / (length * length)))? - (answer * (spread / length))?
            }
            Prediction::Sample => Ok(answer.clone()),
            // signal + spread = 1, so latents = clean + spread · (noise − clean)
            Prediction::Flow => latents - (answer * spread)?,
        }
    }

    /// Whether a step wants fresh noise.
    pub fn wants_noise(&self, step: usize) -> bool {
        self.steps[step].from_noise != 0.0
    }

    /// The latents after a step. `last` is the clean latents of the step before, `noise` is of variance 1.
    pub fn next(
        &self,
        step: usize,
        latents: &Tensor,
        clean: &Tensor,
        last: Option<&Tensor>,
        noise: Option<&Tensor>,
    ) -> Result<Tensor> {
        let shares = self.steps[step];
        let mut next = ((latents * shares.from_now)? + (clean * shares.from_clean)?)?;
        for (part, share) in [(last, shares.from_last), (noise, shares.from_noise)] {
            if share != 0.0 {
                let Some(part) = part else {
                    candle_core::bail!("step {step} of the sampler lacks what it is made of");
                };
                next = (next + (part * share)?)?;
            }
        }
        Ok(next)
    }

    /// How the clean latents change with the latents where the network answers the same.
    pub fn clean_by_latents(&self, step: usize) -> f64 {
        let Step { signal, spread, .. } = self.steps[step];
        match self.prediction {
            Prediction::Epsilon => 1.0 / signal,
            Prediction::Velocity => signal / (signal * signal + spread * spread),
            Prediction::Sample => 0.0,
            Prediction::Flow => 1.0,
        }
    }

    /// Clean latents led up the gradient of something by the latents. For a flow this is v' = v − w t/(1 − t) ∇ (Liu et al.
    /// 2025, Flow-NRG, arXiv 2501.13918), and for every kind of latents what adding w ∇ to the score amounts
    /// to (Dhariwal & Nichol 2021, section 4.2): clean + w spread²/signal ∇. Where that would move them by more than `most`
    /// (root mean square), as it would from pure noise, they are moved by so much.
    pub fn led(
        &self,
        step: usize,
        clean: &Tensor,
        gradient: &Tensor,
        weight: f64,
        most: f64,
    ) -> Result<Tensor> {
        let Step { signal, spread, .. } = self.steps[step];
        let length = f64::from(gradient.sqr()?.mean_all()?.to_scalar::<f32>()?).sqrt();
        let wanted = weight * spread * spread / signal.max(f64::MIN_POSITIVE);
        let scale = wanted.min(most / length.max(f64::MIN_POSITIVE));
        if !scale.is_finite() || length == 0.0 || scale == 0.0 {
            return Ok(clean.clone());
        }
        clean + (gradient * scale)?
    }

    /// Whether steps after the one at `step` can draw fresh noise along the way ([`Self::wander`]): those of a flow, while
    /// there is noise left after them.
    pub fn wanders(&self, step: usize) -> bool {
        self.prediction == Prediction::Flow && step + 1 < self.steps.len()
    }

    /// The latents after a step that also draws fresh noise: for flows, whose steps otherwise draw none. See
    /// `shares` of flow.rs; with `eta` 0, and for samplers that are no flow, it is [`Self::next`] bit for bit.
    pub fn wander(
        &self,
        step: usize,
        eta: f64,
        latents: &Tensor,
        clean: &Tensor,
        last: Option<&Tensor>,
        noise: &Tensor,
    ) -> Result<Tensor> {
        let shares = &self.steps[step];
        if self.prediction != Prediction::Flow || eta == 0.0 || shares.from_now == 0.0 {
            return self.next(step, latents, clean, last, Some(noise));
        }
        let [now, seen, fresh] = flow::shares(shares.spread, shares.from_now * shares.spread, eta);
        ((latents * now)? + (clean * seen)?)? + (noise * fresh)?
    }

    /// Latents of the same clean picture whose noise is turned by `angle` towards other noise of variance 1: a
    /// neighbour that the network finds as likely.
    pub fn turned(
        &self,
        step: usize,
        latents: &Tensor,
        clean: Option<&Tensor>,
        noise: &Tensor,
        angle: f64,
    ) -> Result<Tensor> {
        // after `step − 1` the latents have the signal and spread of `step`
        let Step { signal, spread, .. } = self.steps[step];
        let Some(clean) = clean else {
            let fresh = self.begin(noise)?;
            return (latents * angle.cos())? + (fresh * angle.sin())?;
        };
        let picture = (clean * signal)?;
        let old = (latents - &picture)?;
        picture + ((old * angle.cos())? + (noise * (spread * angle.sin()))?)?
    }
}
