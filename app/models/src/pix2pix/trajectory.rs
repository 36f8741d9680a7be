//! One candidate on its way from noise to picture. The network is called once a step, for text, picture and neither
//! together, and between calls it can be stopped.

use std::sync::Arc;

use candle_core::{Result, Tensor};
use retake_core::{
    Candidate, Mask, Provenance, Raster, Rng, Said, Stop, Trajectory, Watch, number, said,
};

use super::ground::Ground;
use super::kept::Kept;
use super::picture::confined;
use super::recipe::{Fork, Recipe};
use super::{Guidance, Networks};
use crate::error::plain;
use crate::sampler::Plan;

/// How far a neighbour's noise is turned, radians: 30°.
const ANGLE: f64 = std::f64::consts::FRAC_PI_6;

/// A run of the denoiser.
#[derive(Clone)]
pub(super) struct Denoising {
    networks: Arc<Networks>,
    ground: Arc<Ground>,
    plan: Arc<Plan>,
    kept: Arc<Kept>,
    mask: Option<Mask>,
    recipe: Recipe,
    /// forks of the recipe that have been taken
    forked: usize,
    rng: Rng,
    step: usize,
    latents: Tensor,
    /// the clean latents that the last step saw
    clean: Option<Tensor>,
}

impl Denoising {
    /// At the beginning: the noise of the recipe's seed.
    pub(super) fn new(
        networks: Arc<Networks>,
        ground: Arc<Ground>,
        plan: Arc<Plan>,
        kept: Arc<Kept>,
        mask: Option<Mask>,
        recipe: Recipe,
    ) -> Result<Self> {
        let mut rng = Rng::new(recipe.seed);
        let latents = plan.begin(&noise(&mut rng, &ground.latents)?)?;
        Ok(Self {
            networks,
            ground,
            plan,
            kept,
            mask,
            recipe,
            forked: 0,
            rng,
            step: 0,
            latents,
            clean: None,
        })
    }

    /// Takes the forks that stand before the next step.
    fn fork_where_due(&mut self) -> Result<()> {
        while let Some(fork) = self.recipe.forks.get(self.forked).copied()
            && fork.step == self.step
        {
            self.rng = Rng::new(fork.seed);
            let other = noise(&mut self.rng, &self.latents)?;
            self.latents =
                self.plan
                    .turned(self.step, &self.latents, self.clean.as_ref(), &other, ANGLE)?;
            self.forked += 1;
        }
        Ok(())
    }

    fn advance(&mut self) -> Result<()> {
        self.fork_where_due()?;
        let (plan, step) = (&self.plan, self.step);
        let guidance = Guidance {
            text: self.recipe.text_guidance,
            image: self.recipe.image_guidance,
        };
        let answer = self.networks.guided(
            &plan.seen(step, &self.latents)?,
            &self.ground.latents,
            plan.time(step),
            &self.ground.text,
            guidance,
        )?;
        let clean = plan.clean(step, &self.latents, &answer)?;
        // drawn whether wanted or not, so that a seed means the same noise for every sampler
        let fresh = noise(&mut self.rng, &self.latents)?;
        self.latents = plan.next(
            step,
            &self.latents,
            &clean,
            self.clean.as_ref(),
            Some(&fresh),
        )?;
        self.clean = Some(clean);
        self.step += 1;
        Ok(())
    }

    /// The picture at working size, before the mask.
    fn developed(&self) -> Result<Raster> {
        let picture = self.networks.decode(&self.latents)?;
        self.ground.frame.out_of_network(&picture)
    }

    /// Does what is left and gives the picture, mask and all.
    pub(super) fn picture(&mut self, watch: &dyn Watch) -> std::result::Result<Raster, Stop> {
        let key = Kept::key(&self.recipe, &self.ground);
        let whole = match self.kept.get(&key) {
            Some(whole) => whole,
            None => {
                while self.steps_left() > 0 {
                    self.step(watch)?;
                }
                if watch.stopped() {
                    return Err(Stop::Cancelled);
                }
                let whole = Arc::new(self.developed().map_err(failed)?);
                self.kept.put(key, whole.clone());
                whole
            }
        };
        let source = &self.ground.source;
        Ok(confined((*whole).clone(), source, self.mask.as_ref()))
    }
}

/// Noise of variance 1 of the size of `like`, drawn on the processor whatever computes.
fn noise(rng: &mut Rng, like: &Tensor) -> Result<Tensor> {
    let values: Vec<f32> = (0..like.elem_count()).map(|_| rng.normal()).collect();
    Tensor::from_vec(values, like.shape(), like.device())
}

fn failed(error: candle_core::Error) -> Stop {
    Stop::Failed(Said::words(plain(&error)))
}

impl Trajectory for Denoising {
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
        if !Networks::finite(&self.latents).map_err(failed)? {
            return Err(Stop::Failed(said!(
                "the model's numbers became infinite at step {step} of {steps}; less guidance may help",
                step = number(self.step),
                steps = number(self.plan.len())
            )));
        }
        watch.progress("denoising", self.step, self.plan.len());
        Ok(())
    }

    fn preview(&self) -> Option<Raster> {
        let clean = self.networks.unscaled(self.clean.as_ref()?).ok()?;
        let picture = self.ground.glimpse.picture(&clean).ok()?;
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
        });
        Some(Box::new(other))
    }

    fn finish(mut self: Box<Self>, watch: &dyn Watch) -> std::result::Result<Candidate, Stop> {
        let picture = self.picture(watch)?;
        let sampler = crate::sampler::Sampler::named(&self.recipe.sampler);
        Ok(Candidate {
            picture,
            provenance: Provenance {
                editor: super::ID.to_owned(),
                version: super::VERSION.to_owned(),
                seed: self.recipe.own_seed(),
                recipe: self.recipe.value(),
                label: said!(
                    "{count} steps of {sampler}",
                    count = number(self.plan.len()),
                    sampler = sampler.map_or("?", |sampler| sampler.name).to_owned()
                ),
            },
        })
    }
}
