//! Steps that rewards lead, and noise that they better.

use candle_core::{Result, Tensor, Var};
use retake_core::{Pull, Rng, SlopeAt, Stop, Trajectory, Watch};

use super::{Denoising, begun, failed, noise};
use crate::diffusion::Model;
use crate::diffusion::latents::Latents;
use crate::diffusion::leading::{Climb, Scene};

/// ReNO (Eyring et al. 2024, arXiv 2406.04312, section 4): steps of gradient ascent on the noise, how long a gradient may
/// be, and how much it counts that the noise is as long as noise is.
const NOISE_RATE: f64 = 5.0;
const NOISE_CLIP: f64 = 0.1;
const NOISE_LENGTH: f64 = 0.01;

impl<M: Model> Denoising<M> {
    pub(super) fn go_led(
        &mut self,
        pull: &Pull,
        slope: &mut SlopeAt<'_>,
        watch: &dyn Watch,
    ) -> std::result::Result<bool, Stop> {
        if watch.stopped() {
            return Err(Stop::Cancelled);
        }
        if self.steps_left() == 0 {
            return Ok(true);
        }
        self.scene().fits(pull.through_network)?;
        self.fork_where_due().map_err(failed)?;
        let (clean, text, climb) = self.climbed(pull, slope)?;
        let led = match &climb {
            Some(Climb { gradient, .. }) => {
                self.led = true;
                let Pull { weight, most, .. } = *pull;
                self.plan.led(self.step, &clean, gradient, weight, most)
            }
            None => Ok(clean),
        };
        led.and_then(|clean| self.go_on(clean, text))
            .map_err(failed)?;
        self.checked(watch)?;
        Ok(true)
    }

    pub(super) fn begin_better(
        &mut self,
        rounds: usize,
        pull: &Pull,
        slope: &mut SlopeAt<'_>,
        watch: &dyn Watch,
    ) -> std::result::Result<bool, Stop> {
        // what begins elsewhere than at the noise of its seed has no noise to better
        if self.step > 0 || !self.recipe.forks.is_empty() {
            return Ok(false);
        }
        self.scene().fits(true)?;
        let mut now = noise(&mut Rng::new(self.recipe.seed), &self.latents).map_err(failed)?;
        let mut best: Option<(f32, Tensor)> = None;
        for round in 0..rounds {
            if watch.stopped() {
                return Err(Stop::Cancelled);
            }
            let Some(climb) = self.climb_from_noise(&now, slope)? else {
                break;
            };
            if best.as_ref().is_none_or(|(value, _)| climb.value > *value) {
                best = Some((climb.value, now.clone()));
            }
            now = better(&now, &climb.gradient, pull.weight).map_err(failed)?;
            watch.progress("bettering the noise", round + 1, rounds);
        }
        if let Some((_, noise)) = best {
            let latents = begun(&self.plan, &self.recipe, &self.ground.latents, &noise);
            self.latents = latents.map_err(failed)?;
            self.led = true;
        }
        Ok(true)
    }

    /// The latents that a record holds of an edit that was led: what was led cannot be led again without the rewards.
    pub(super) fn settled(&mut self) -> Result<()> {
        if self.led {
            let latents = Latents::of(&self.latents)?;
            self.latents = latents.tensor(self.latents.device())?;
            self.recipe.led = Some(latents);
        }
        Ok(())
    }

    fn scene(&self) -> Scene<'_, M> {
        Scene {
            model: &self.model,
            ground: &self.ground,
            mask: self.mask.as_ref(),
        }
    }

    /// The clean latents that this step sees, where something is led; what tells where the text works; and the gradient by
    /// the latents.
    fn climbed(
        &self,
        pull: &Pull,
        slope: &mut SlopeAt<'_>,
    ) -> std::result::Result<(Tensor, Option<Tensor>, Option<Climb>), Stop> {
        if pull.through_network {
            let start = Var::from_tensor(&self.latents).map_err(failed)?;
            let seen = self.clean_of(self.step, start.as_tensor());
            let (clean, text) = seen.map_err(failed)?;
            let climb = self.scene().climb(&start, &clean, slope)?;
            return Ok((clean.detach(), text.map(|text| text.detach()), climb));
        }
        let (clean, text) = self.clean_of(self.step, &self.latents).map_err(failed)?;
        let start = Var::from_tensor(&clean).map_err(failed)?;
        let by_clean = self.scene().climb(&start, start.as_tensor(), slope)?;
        let climb = match by_clean {
            Some(climb) => Some(Climb {
                gradient: (climb.gradient * self.plan.clean_by_latents(self.step))
                    .map_err(failed)?,
                ..climb
            }),
            None => None,
        };
        Ok((clean, text, climb))
    }

    /// The reward of the picture that one step makes of this noise, and its gradient by the noise.
    fn climb_from_noise(
        &self,
        noise: &Tensor,
        slope: &mut SlopeAt<'_>,
    ) -> std::result::Result<Option<Climb>, Stop> {
        let start = Var::from_tensor(noise).map_err(failed)?;
        let clean = begun(
            &self.plan,
            &self.recipe,
            &self.ground.latents,
            start.as_tensor(),
        )
        .and_then(|latents| self.clean_of(0, &latents));
        let (clean, _) = clean.map_err(failed)?;
        self.scene().climb(&start, &clean, slope)
    }
}

/// Noise one step of ReNO further up: by a gradient of the weighted reward and of how likely its length is, −‖ε‖²/2 +
/// (d − 1) log ‖ε‖ (Samuel et al. 2023).
fn better(noise: &Tensor, gradient: &Tensor, weight: f64) -> Result<Tensor> {
    let count = noise.elem_count() as f64;
    let squares = f64::from(noise.sqr()?.sum_all()?.to_scalar::<f32>()?);
    let by_length = NOISE_LENGTH * ((count - 1.0) / squares.max(f64::MIN_POSITIVE) - 1.0);
    let wanted = ((gradient * weight)? + (noise * by_length)?)?;
    let length = f64::from(wanted.sqr()?.sum_all()?.to_scalar::<f32>()?).sqrt();
    let scale = NOISE_RATE * (NOISE_CLIP / length.max(f64::MIN_POSITIVE)).min(1.0);
    noise + (wanted * scale)?
}
