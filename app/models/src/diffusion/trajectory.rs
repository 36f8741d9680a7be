//! One candidate on its way from noise to picture. The network is called once a step, for text, picture and neither
//! together, and between calls it can be stopped.

mod led;

use std::sync::Arc;

use candle_core::{DType, Result, Tensor};
use retake_core::{
    Candidate, Mask, Provenance, Pull, Raster, Rng, Said, SlopeAt, Stop, Trajectory, Unrest, Watch,
    number, said,
};
use retake_pixels::resize;

use super::Model;
use super::ground::Ground;
use super::kept::{Half, Kept};
use super::picture::confined;
use super::reach::Reach;
use super::recipe::{Fork, Recipe};
use crate::full::Fitted;
use crate::residency::frugally;
use crate::sampler::{self, Plan};
use retake_tensors::plain;

/// How far a neighbour's noise is turned, radians: 30°.
const ANGLE: f64 = std::f64::consts::FRAC_PI_6;

/// How much noise a fork of a flow draws on its way: η of Flow-GRPO, whose authors take 0.7 (arXiv 2505.05470, section 5).
const ETA: f64 = 0.7;

/// A run of the denoiser.
pub(super) struct Denoising<M: Model> {
    model: Arc<M>,
    ground: Arc<Ground<M::Conditions>>,
    plan: Arc<Plan>,
    kept: Arc<Kept>,
    mask: Option<Mask>,
    recipe: Recipe,
    /// forks of the recipe that have been taken
    forked: usize,
    rng: Rng,
    /// of the last fork
    eta: f64,
    step: usize,
    latents: Tensor,
    /// the clean latents that the last step saw
    clean: Option<Tensor>,
    /// where the text works
    reach: Option<Reach>,
    /// whether rewards have led it
    led: bool,
}

impl<M: Model> Clone for Denoising<M> {
    fn clone(&self) -> Self {
        Self {
            model: self.model.clone(),
            ground: self.ground.clone(),
            plan: self.plan.clone(),
            kept: self.kept.clone(),
            mask: self.mask.clone(),
            recipe: self.recipe.clone(),
            forked: self.forked,
            rng: self.rng.clone(),
            eta: self.eta,
            step: self.step,
            latents: self.latents.clone(),
            clean: self.clean.clone(),
            reach: self.reach.clone(),
            led: self.led,
        }
    }
}

impl<M: Model> Denoising<M> {
    /// At the beginning: the noise of the recipe's seed, over as much of the photo as its strength leaves.
    pub(super) fn new(
        model: Arc<M>,
        ground: Arc<Ground<M::Conditions>>,
        plan: Arc<Plan>,
        kept: Arc<Kept>,
        mask: Option<Mask>,
        recipe: Recipe,
    ) -> Result<Self> {
        let mut rng = Rng::new(recipe.seed);
        let noise = noise(&mut rng, &ground.latents)?;
        // an edit that was led is there already, but for its decoding
        let (latents, step) = match &recipe.led {
            Some(latents) => (latents.tensor(ground.latents.device())?, plan.len()),
            None => (begun(&plan, &recipe, &ground.latents, &noise)?, 0),
        };
        let mut way = Self {
            model,
            ground,
            plan,
            kept,
            mask,
            recipe,
            forked: 0,
            rng,
            eta: 0.0,
            step,
            latents,
            clean: None,
            reach: None,
            led: false,
        };
        way.skip_what_was_walked();
        Ok(way)
    }

    /// The step at which neighbours leave the way of their like.
    pub(super) fn half_of(steps: usize) -> usize {
        steps / 2
    }

    /// Begins half-way, where it leaves another's way there and that was walked before.
    fn skip_what_was_walked(&mut self) {
        let half = Self::half_of(self.plan.len());
        let leaves = self
            .recipe
            .forks
            .last()
            .is_some_and(|fork| fork.step == half);
        if !leaves || half == 0 || self.recipe.led.is_some() {
            return;
        }
        let key = Kept::way(&self.recipe, &self.ground, half);
        let Some(kept) = self.kept.half(&key) else {
            return;
        };
        let before = self.recipe.forks.iter().filter(|fork| fork.step < half);
        self.forked = before.count();
        self.step = half;
        (self.latents, self.clean, self.reach) = (kept.latents, kept.clean, kept.reach);
        (self.rng, self.eta) = (kept.rng, kept.eta);
    }

    /// Keeps where it stands half-way, for neighbours to come.
    fn keep_half(&self) {
        if self.led || self.step == 0 || self.step != Self::half_of(self.plan.len()) {
            return;
        }
        let half = Half {
            latents: self.latents.clone(),
            clean: self.clean.clone(),
            reach: self.reach.clone(),
            rng: self.rng.clone(),
            eta: self.eta,
        };
        let key = Kept::way(&self.recipe, &self.ground, self.step);
        self.kept.put_half(key, half);
    }

    /// Takes the forks that stand before the next step.
    fn fork_where_due(&mut self) -> Result<()> {
        while let Some(fork) = self.recipe.forks.get(self.forked).copied()
            && fork.step == self.step
        {
            self.rng = Rng::new(fork.seed);
            self.eta = fork.eta;
            self.forked += 1;
            if fork.eta > 0.0 {
                continue;
            }
            let other = noise(&mut self.rng, &self.latents)?;
            // what is under the noise: before the first step the photo, if the way began from it
            let begun = (self.recipe.strength < 1.0).then_some(&self.ground.latents);
            let clean = self.clean.as_ref().or(begun);
            self.latents = self
                .plan
                .turned(self.step, &self.latents, clean, &other, ANGLE)?;
        }
        Ok(())
    }

    fn advance(&mut self) -> Result<()> {
        self.fork_where_due()?;
        let (clean, text) = self.clean_of(self.step, &self.latents)?;
        self.go_on(clean, text)
    }

    /// The clean latents that the network sees in latents, and what tells where the text works.
    fn clean_of(&self, step: usize, latents: &Tensor) -> Result<(Tensor, Option<Tensor>)> {
        let seen = self.plan.seen(step, latents)?;
        let (answer, text) = frugally(self.model.house(), || {
            self.model.answer_apart(
                &self.ground.conditions,
                &seen,
                self.plan.time(step),
                self.recipe.guided(),
            )
        })?;
        Ok((self.plan.clean(step, latents, &answer)?, text))
    }

    /// Goes a step on with these clean latents.
    fn go_on(&mut self, clean: Tensor, text: Option<Tensor>) -> Result<()> {
        if let Some(text) = text {
            self.reach = Some(Reach::with(self.reach.take(), &text)?);
        }
        let (plan, step) = (&self.plan, self.step);
        // drawn whether wanted or not, so that a seed means the same noise for every sampler
        let fresh = noise(&mut self.rng, &self.latents)?;
        self.latents = plan.wander(
            step,
            self.eta,
            &self.latents,
            &clean,
            self.clean.as_ref(),
            &fresh,
        )?;
        self.clean = Some(clean);
        self.step += 1;
        Ok(())
    }

    /// After a step: whether its numbers can be gone on with.
    fn checked(&self, watch: &dyn Watch) -> std::result::Result<(), Stop> {
        if !finite(&self.latents).map_err(failed)? {
            return Err(Stop::Failed(said!(
                "the model's numbers became infinite at step {step} of {steps}; less guidance may help",
                step = number(self.step),
                steps = number(self.plan.len())
            )));
        }
        watch.progress("denoising", self.step, self.plan.len());
        Ok(())
    }

    /// The network's own picture, no larger than the source.
    fn decoded(&self) -> Result<Raster> {
        let picture = frugally(self.model.house(), || self.model.decode(&self.latents))?;
        let own = self.ground.frame.cut_from(&picture)?;
        let source = &self.ground.source;
        // of a source that was enlarged, nothing finer is wanted than it has itself
        Ok(match own.width > source.width {
            true => resize::raster(&own, source.width, source.height),
            false => own,
        })
    }

    /// Does what is left and gives the edit, mask and all.
    pub(super) fn fitted(&mut self, watch: &dyn Watch) -> std::result::Result<Arc<Fitted>, Stop> {
        if self.led {
            while self.steps_left() > 0 {
                self.step(watch)?;
            }
            self.settled().map_err(failed)?;
        }
        // what was brought back is no matter of the network
        let made = Recipe {
            spared: Vec::new(),
            patches: Vec::new(),
            ..self.recipe.clone()
        };
        let key = Kept::key(&made, &self.ground);
        let whole = match self.kept.get(&key) {
            Some(whole) => whole,
            None => {
                while self.steps_left() > 0 {
                    self.step(watch)?;
                }
                if watch.stopped() {
                    return Err(Stop::Cancelled);
                }
                let whole = Arc::new(self.decoded().map_err(failed)?);
                self.kept.put(key, whole.clone());
                whole
            }
        };
        let (source, mask) = (&self.ground.source, self.mask.as_ref());
        Ok(Arc::new(Fitted::of(source, &whole, mask)))
    }

    /// What is edited, at working size.
    pub(super) fn source(&self) -> &Arc<Raster> {
        &self.ground.source
    }
}

/// Latents to begin with, from this noise: over as much of the photo as the recipe's strength leaves.
fn begun(plan: &Plan, recipe: &Recipe, photo: &Tensor, noise: &Tensor) -> Result<Tensor> {
    match recipe.strength < 1.0 {
        true => plan.begin_over(photo, noise),
        false => plan.begin(noise),
    }
}

/// Noise of variance 1 of the size of `like`, drawn on the processor whatever computes.
fn noise(rng: &mut Rng, like: &Tensor) -> Result<Tensor> {
    let values: Vec<f32> = (0..like.elem_count()).map(|_| rng.normal()).collect();
    Tensor::from_vec(values, like.shape(), like.device())
}

/// Whether all numbers are finite.
fn finite(latents: &Tensor) -> Result<bool> {
    // a sum is finite only if its terms are: NaN and infinity survive addition
    let sum = latents
        .to_dtype(DType::F32)?
        .abs()?
        .mean_all()?
        .to_scalar::<f32>()?;
    Ok(sum.is_finite())
}

pub(super) fn failed(error: candle_core::Error) -> Stop {
    Stop::Failed(Said::words(plain(&error)))
}

impl<M: Model> Trajectory for Denoising<M> {
    fn steps_left(&self) -> usize {
        self.plan.len() - self.step
    }

    fn step(&mut self, watch: &dyn Watch) -> std::result::Result<(), Stop> {
        if watch.stopped() {
            return Err(Stop::Cancelled);
        }
        if self.steps_left() == 0 {
            return Ok(());
        }
        self.advance().map_err(failed)?;
        self.checked(watch)?;
        self.keep_half();
        Ok(())
    }

    fn step_led(
        &mut self,
        pull: &Pull,
        slope: &mut SlopeAt<'_>,
        watch: &dyn Watch,
    ) -> std::result::Result<bool, Stop> {
        self.go_led(pull, slope, watch)
    }

    fn better_noise(
        &mut self,
        rounds: usize,
        pull: &Pull,
        slope: &mut SlopeAt<'_>,
        watch: &dyn Watch,
    ) -> std::result::Result<bool, Stop> {
        self.begin_better(rounds, pull, slope, watch)
    }

    fn evaluations(&self) -> u64 {
        self.model.evaluations(self.recipe.guided())
    }

    /// A model without guidance says nothing of where the instruction works, so it has no answer.
    fn unrest(&self) -> Option<Unrest> {
        let (reach, clean) = (self.reach.as_ref()?, self.clean.as_ref()?);
        reach.unrest(clean, &self.ground.latents).ok()
    }

    fn preview(&self) -> Option<Raster> {
        let clean = self.clean.as_ref()?;
        let finest = || self.model.finest(clean);
        let picture = self.ground.glimpse.picture(clean, finest).ok()?;
        let whole = self.ground.frame.out_of_network(&picture).ok()?;
        Some(confined(whole, &self.ground.source, self.mask.as_ref()))
    }

    fn fork(&self, seed: u64) -> Option<Box<dyn Trajectory>> {
        if self.steps_left() == 0 {
            return None;
        }
        let mut other = self.clone();
        // forks that lie ahead belong to the way that is left here
        other.recipe.forks.truncate(self.forked);
        other.recipe.forks.push(Fork {
            step: self.step,
            seed,
            eta: if self.plan.wanders(self.step) {
                ETA
            } else {
                0.0
            },
        });
        Some(Box::new(other))
    }

    fn finish(mut self: Box<Self>, watch: &dyn Watch) -> std::result::Result<Candidate, Stop> {
        let fitted = self.fitted(watch)?;
        let picture = fitted.picture(&self.ground.source)?;
        self.recipe.fit = Some(*fitted.fit());
        self.recipe.glimpsed = Some(self.ground.glimpse.glimpsed());
        let sampler = sampler::name_of(&self.recipe.sampler);
        Ok(Candidate {
            picture,
            provenance: Provenance {
                editor: M::KIND.id.to_owned(),
                version: M::KIND.version.to_owned(),
                seed: self.recipe.own_seed(),
                recipe: self.recipe.value(),
                label: said!(
                    "{count} steps of {sampler}",
                    count = number(self.plan.len()),
                    sampler = sampler.unwrap_or("?").to_owned()
                ),
            },
        })
    }
}
