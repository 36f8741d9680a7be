//! Candidates under way are led by gradients: the rewards say how their values change with pixels, the editor carries that
//! back to what it works on.

use std::time::Instant;

use retake_core::{Instruction, Led, Pull, Raster, Reward, Slope, Stop, Trajectory, Watch, said};
use retake_pixels::resize;

use super::Bench;

/// What is led.
#[derive(Clone, Copy)]
pub(super) enum Way {
    /// so many steps
    Steps(usize),
    /// the noise it begins with, in so many rounds
    Noise(usize),
}

/// How one candidate was led.
enum Went {
    Along,
    Cannot,
}

impl Bench<'_> {
    /// Leads them one after the other. What it takes is on the account before the next begins.
    pub(super) fn led(&mut self, indices: &[u64], way: Way, pull: &Pull) -> Result<Led, Stop> {
        let start = Instant::now();
        let slopes = Slopes {
            rewards: &self.tools.rewards,
            source: &self.source.clone(),
            instruction: &self.job.instruction,
        };
        if slopes.at(slopes.source)?.is_none() {
            return Ok(Led::Cannot(said!(
                "No judge of this run knows how its score changes with the pixels, so nothing is led by gradients."
            )));
        }
        let open = self.open(indices);
        let mut along = Vec::with_capacity(open.len());
        for index in self.start(&open)? {
            let Some(mut trajectory) = self.slot_mut(index).and_then(|slot| slot.trajectory.take())
            else {
                continue;
            };
            let went = self.lead_one(index, trajectory.as_mut(), way, pull, &slopes);
            if let Some(slot) = self.slot_mut(index) {
                slot.trajectory = Some(trajectory);
            }
            match went {
                Ok(Went::Along) => along.push(index),
                Ok(Went::Cannot) => {
                    return Ok(Led::Cannot(said!(
                        "This editor cannot be led by gradients, so candidates go their own way."
                    )));
                }
                Err(Stop::Cancelled) => return Err(Stop::Cancelled),
                // it is as it was before the step that could not be led
                Err(Stop::Failed(why)) => {
                    return Ok(Led::Cannot(said!(
                        "Leading by gradients did not work ({why}), so candidates go their own way.",
                        why = why
                    )));
                }
            }
        }
        self.stages.add("edit", start.elapsed().as_secs_f64());
        Ok(Led::Along(along))
    }

    fn lead_one(
        &mut self,
        index: u64,
        trajectory: &mut dyn Trajectory,
        way: Way,
        pull: &Pull,
        slopes: &Slopes<'_>,
    ) -> Result<Went, Stop> {
        let clock = self.clocked();
        let (name, each) = (self.name(index), trajectory.evaluations());
        let mut slope = |picture: &Raster| slopes.at(picture);
        match way {
            Way::Noise(rounds) => {
                let affordable = self.ledger.left(0.0).steps / Pull::ROUND;
                let rounds = rounds.min(usize::try_from(affordable).unwrap_or(usize::MAX));
                if !trajectory.better_noise(rounds, pull, &mut slope, &clock)? {
                    return Ok(Went::Cannot);
                }
                let steps = rounds as u64 * Pull::ROUND;
                self.ledger.took_steps(steps, steps * each);
            }
            Way::Steps(steps) => {
                for _ in 0..steps {
                    let affordable = self.ledger.left(0.0).steps >= pull.steps();
                    if trajectory.steps_left() <= 1 || !affordable {
                        break;
                    }
                    if clock.stopped() {
                        return Err(Stop::Cancelled);
                    }
                    if !trajectory.step_led(pull, &mut slope, &clock)? {
                        return Ok(Went::Cannot);
                    }
                    self.ledger.took_steps(pull.steps(), pull.steps() * each);
                    let Some(slot) = self.slot_mut(index) else {
                        continue;
                    };
                    slot.node.steps.0 += 1;
                    let (done, total) = slot.node.steps;
                    self.hear.stepped(name, done, total);
                    if let Some(picture) = trajectory.preview() {
                        self.hear.previewed(name, &picture);
                    }
                }
            }
        }
        Ok(Went::Along)
    }
}

/// The rewards of a run, as far as they know slopes.
struct Slopes<'a> {
    rewards: &'a [Box<dyn Reward>],
    source: &'a Raster,
    instruction: &'a Instruction,
}

impl Slopes<'_> {
    /// The mean of those that know one at this picture; what is no number is left out. `None` where nobody knows.
    fn at(&self, picture: &Raster) -> Result<Option<Slope>, Stop> {
        let (width, height) = (picture.width, picture.height);
        let other_size = (self.source.width, self.source.height) != (width, height);
        let sized = other_size.then(|| resize::raster(self.source, width, height));
        let source = sized.as_ref().unwrap_or(self.source);
        let mut slopes = Vec::with_capacity(self.rewards.len());
        for reward in self.rewards {
            slopes.extend(reward.slope(source, picture, self.instruction)?);
        }
        Ok(Slope::mean(slopes, (width, height)))
    }
}
