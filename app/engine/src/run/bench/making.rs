//! Candidates are started, stepped and finished, side by side where their editor can.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use rayon::prelude::*;
use retake_core::{
    Candidate, EditError, EditRequest, Editor, Order, Origin, Provenance, Raster, Stop, Studio,
    Trajectory, Watch, said,
};

use super::{Bench, Clocked, Failure, GIVE_UP, Unmade};
use crate::Hear;
use crate::run::slot::Fate;

/// Goes one trajectory's steps, showing what it looks like on the way.
struct Walk<'a> {
    hear: &'a dyn Hear,
    watch: &'a Clocked<'a>,
    /// under this name
    name: u64,
    /// steps in all
    total: usize,
}

impl Walk<'_> {
    /// Up to so many steps, never the last one; how many there were.
    fn steps(&self, trajectory: &mut dyn Trajectory, most: usize) -> Result<u64, Stop> {
        let mut taken = 0;
        while trajectory.steps_left() > 1 && taken < most {
            if self.watch.stopped() {
                return Err(Stop::Cancelled);
            }
            trajectory.step(self.watch)?;
            self.watch.stepped(trajectory.evaluations());
            taken += 1;
            let done = self.total.saturating_sub(trajectory.steps_left());
            self.hear.stepped(self.name, done, self.total);
            if let Some(picture) = trajectory.preview() {
                self.hear.previewed(self.name, &picture);
            }
        }
        match self.watch.stopped() {
            true => Err(Stop::Cancelled),
            false => Ok(taken as u64),
        }
    }
}

/// What one trajectory came to, with the steps it took.
type Went<T> = (u64, T, u64);

impl Bench<'_> {
    /// Those of the indices that can still be stepped or finished, each once.
    pub(super) fn open(&self, indices: &[u64]) -> Vec<u64> {
        let mut open: Vec<u64> = Vec::with_capacity(indices.len());
        for &index in indices {
            if self.slot(index).is_some_and(|slot| slot.open()) && !open.contains(&index) {
                open.push(index);
            }
        }
        open
    }

    /// Starts what has not been started; what cannot is lost. One after the other: an editor may look at the photo under a
    /// lock when it starts.
    pub(super) fn start(&mut self, indices: &[u64]) -> Result<Vec<u64>, Stop> {
        let mut started = Vec::with_capacity(indices.len());
        for &index in indices {
            if self.in_a_row >= GIVE_UP {
                break;
            }
            let Some(slot) = self.slot(index) else {
                continue;
            };
            let at_once = matches!(slot.order.origin, Origin::Exactly(_) | Origin::Without(_));
            if slot.trajectory.is_some() || at_once {
                self.ledger.learn(1, 0);
                started.push(index);
                continue;
            }
            let order = slot.order.clone();
            let other_words = order.instruction.is_some();
            match self.tools.editor.start(&self.request(index, &order)) {
                Ok(trajectory) => {
                    let steps = trajectory.steps_left();
                    self.ledger.learn(steps as u64, trajectory.evaluations());
                    if let Some(slot) = self.slot_mut(index) {
                        slot.node.steps = (0, steps);
                        slot.trajectory = Some(trajectory);
                    }
                    started.push(index);
                }
                Err(error) => match Unmade::from(error) {
                    Unmade::Failed(why) => self.fail(index, why),
                    // words that the strategy chose are not the person's: only this one is lost
                    Unmade::Refused(error) if other_words => {
                        self.fail(index, Failure::Way(error.said()));
                    }
                    Unmade::Refused(error) => {
                        let stop = Stop::Failed(error.said());
                        self.refused = Some(error);
                        return Err(stop);
                    }
                    Unmade::Stopped => return Err(Stop::Cancelled),
                },
            }
        }
        Ok(started)
    }

    fn side_by_side(&self, most: usize) -> usize {
        let threads = rayon::current_num_threads();
        // where time is short, what is finished must be there before the rest is begun
        let most = if self.ledger.until().is_some() {
            threads
        } else {
            most
        };
        self.tools.editor.info().at_once.unwrap_or(most).max(1)
    }

    pub(super) fn steps_of(&mut self, indices: &[u64], steps: usize) -> Result<Vec<u64>, Stop> {
        let start = Instant::now();
        let open = self.open(indices);
        let mut alive = Vec::with_capacity(open.len());
        let mut rest = &open[..];
        while !rest.is_empty() {
            let side = self.side_by_side(open.len()).min(rest.len());
            // a way, and what it looks like after each step
            let fit = self.room_for(&rest[..side], |bench, index| bench.to_finish(index));
            if fit == 0 {
                break;
            }
            let (few, others) = rest.split_at(fit);
            rest = others;
            let mut ready = self.start(few)?;
            // what all the steps of these would cost, before the first is done
            let mut left = self.ledger.left(0.0).steps;
            ready.retain(|&index| {
                let (done, total) = self.slots[index as usize].node.steps;
                let wanted = steps.min(total.saturating_sub(done + 1)) as u64;
                let fits = wanted <= left;
                left = left.saturating_sub(if fits { wanted } else { 0 });
                fits
            });
            let went = self.walked(&ready, steps);
            for (index, result, taken) in went {
                self.count(index, taken);
                match result {
                    Ok(()) => alive.push(index),
                    Err(Unmade::Failed(why)) => self.fail(index, why),
                    Err(_) => return Err(Stop::Cancelled),
                }
            }
        }
        self.stages.add("edit", start.elapsed().as_secs_f64());
        Ok(alive)
    }

    /// Steps these side by side.
    fn walked(&mut self, indices: &[u64], steps: usize) -> Vec<Went<Result<(), Unmade>>> {
        let mut taken_out = Vec::with_capacity(indices.len());
        for &index in indices {
            let name = self.name(index);
            if let Some(slot) = self.slot_mut(index)
                && let Some(trajectory) = slot.trajectory.take()
            {
                taken_out.push((index, name, slot.node.steps.1, trajectory));
            }
        }
        let (hear, clock) = (self.hear, self.clocked());
        let went: Vec<_> = taken_out
            .into_par_iter()
            .map(|(index, name, total, mut trajectory)| {
                let walk = Walk {
                    hear,
                    watch: &clock,
                    name,
                    total,
                };
                let before = trajectory.steps_left();
                let result = walk.steps(trajectory.as_mut(), steps).map(|_| ());
                let taken = before.saturating_sub(trajectory.steps_left()) as u64;
                (index, result.map_err(Unmade::from), taken, trajectory)
            })
            .collect();
        let mut results = Vec::with_capacity(went.len());
        for (index, result, taken, trajectory) in went {
            if let Some(slot) = self.slot_mut(index) {
                slot.trajectory = Some(trajectory);
            }
            results.push((index, result, taken));
        }
        results
    }

    /// Puts steps that were taken on the account.
    fn count(&mut self, index: u64, taken: u64) {
        let Some(slot) = self.slot_mut(index) else {
            return;
        };
        slot.node.steps.0 += taken as usize;
        let each = slot.trajectory.as_ref().map_or(0, |way| way.evaluations());
        self.ledger.took_steps(taken, taken * each);
    }

    pub(super) fn finish_all(&mut self, indices: &[u64]) -> Result<Vec<u64>, Stop> {
        let open = self.open(indices);
        let done = AtomicUsize::new(0);
        let mut finished = Vec::with_capacity(open.len());
        let mut rest = &open[..];
        while !rest.is_empty() {
            let side = self.side_by_side(open.len()).min(rest.len());
            let fit = self.room_for(&rest[..side], |bench, index| bench.to_finish(index));
            let (few, others) = rest.split_at(fit);
            rest = others;
            let room = usize::try_from(self.ledger.left(0.0).edits).unwrap_or(usize::MAX);
            let few = &few[..few.len().min(room)];
            if few.is_empty() || self.in_a_row >= GIVE_UP || !self.ledger.fits(false) {
                break;
            }
            let start = Instant::now();
            let mut ready = self.start(few)?;
            let mut left = self.ledger.left(0.0).steps;
            ready.retain(|&index| {
                let (done, total) = self.slots[index as usize].node.steps;
                let wanted = total.saturating_sub(done) as u64;
                let fits = wanted <= left;
                left = left.saturating_sub(if fits { wanted } else { 0 });
                fits
            });
            let went = self.ended(&ready, &done, open.len());
            let mut stopped = false;
            let mut there = 0;
            for (index, result, taken) in went {
                match result {
                    Ok((candidate, evaluations)) => {
                        self.ledger.took_steps(taken, evaluations);
                        self.in_a_row = 0;
                        there += 1;
                        let untouched = self.is_untouched(&candidate.picture);
                        if let Some(slot) = self.slot_mut(index) {
                            slot.untouched = untouched;
                            slot.node.steps.0 = slot.node.steps.1.max(1);
                            slot.node.steps.1 = slot.node.steps.1.max(1);
                            slot.node.fate = Fate::Finished;
                            slot.made = Some(candidate);
                        }
                        finished.push(index);
                    }
                    Err(Unmade::Stopped) => stopped = true,
                    Err(Unmade::Refused(error)) => {
                        self.fail(index, Failure::Way(error.said()));
                    }
                    Err(Unmade::Failed(why)) => {
                        self.ledger.took_steps(taken, 0);
                        self.fail(index, why);
                    }
                }
            }
            self.ledger.finished(there, start.elapsed());
            self.hear.spent(&self.spent());
            self.hear.settled();
            if stopped {
                return Err(Stop::Cancelled);
            }
        }
        Ok(finished)
    }

    /// Whether a picture shows what was edited as it was, although something was asked.
    pub(super) fn is_untouched(&self, picture: &Raster) -> bool {
        !self.job.instruction.text.trim().is_empty() && self.seen.is_shown_by(picture)
    }

    /// Goes these to their ends side by side; each with the evaluations it took.
    fn ended(
        &mut self,
        indices: &[u64],
        done: &AtomicUsize,
        total: usize,
    ) -> Vec<Went<Result<(Candidate, u64), Unmade>>> {
        let mut ways = Vec::with_capacity(indices.len());
        for &index in indices {
            let (name, Some(slot)) = (self.job.first + index, self.slot_mut(index)) else {
                continue;
            };
            let steps = slot.node.steps.1;
            let (way, order) = (slot.trajectory.take(), slot.order.clone());
            let parent = order.parent.and_then(|parent| self.slot(parent));
            let request = self.request(index, &order);
            let again = self.tether.as_ref().map(|_| request.clone());
            let set = Set {
                request,
                parent: parent.and_then(|parent| parent.made.clone()),
                order,
            };
            let way = match way {
                Some(way) => Way::Walked(way, Box::new(set)),
                None => Way::Set(Box::new(set)),
            };
            ways.push((index, name, steps, way, again));
        }
        let (hear, clock) = (self.hear, self.clocked());
        let editor = self.tools.editor.as_ref();
        let (tether, source, base) = (&self.tether, &self.source, self.job.base.as_ref());
        ways.into_par_iter()
            .map(|(index, name, steps, way, again)| {
                let walk = Walk {
                    hear,
                    watch: &clock,
                    name,
                    total: steps,
                };
                let left = match &way {
                    Way::Walked(way, _) => way.steps_left().max(1) as u64,
                    Way::Set(..) => 1,
                };
                let made = match way {
                    Way::Walked(way, set) => whole(&walk, way, left)
                        .and_then(|(made, cost)| Ok((set.laid_over(editor, made)?, cost))),
                    Way::Set(set) => set.made(editor, &clock),
                };
                let made = made.and_then(|(made, cost)| match (tether, &again) {
                    (Some(tether), Some(again)) => {
                        let held = tether.held(editor, (again, base), source, made);
                        Ok((held.map_err(Unmade::from)?, cost))
                    }
                    _ => Ok((made, cost)),
                });
                if let Ok((candidate, _)) = &made {
                    hear.made(name, candidate);
                    clock.finished();
                }
                let count = done.fetch_add(1, Ordering::Relaxed) + 1;
                hear.progress("editing", count, total);
                (index, made, left)
            })
            .collect()
    }
}

/// How a candidate comes to its end.
enum Way {
    /// by its steps, and what then is to be done with it
    Walked(Box<dyn Trajectory>, Box<Set>),
    /// by a recipe that the strategy has set
    Set(Box<Set>),
}

/// An edit whose recipe the strategy has set: its numbers, or places where what was edited is brought back.
struct Set {
    request: EditRequest,
    order: Order,
    /// whose child it is, as it was made
    parent: Option<Candidate>,
}

impl Set {
    fn made(&self, editor: &dyn Editor, watch: &dyn Watch) -> Result<(Candidate, u64), Unmade> {
        if watch.stopped() {
            return Err(Unmade::Stopped);
        }
        let failed = |why| Unmade::Failed(Failure::Way(why));
        let made = match &self.order.origin {
            Origin::Exactly(recipe) => self.exactly(editor, recipe),
            Origin::Without(spots) => match &self.parent {
                Some(parent) => editor.without(&self.request, parent, spots),
                None => Ok(None),
            },
            Origin::Run | Origin::Like(_) | Origin::On(_) | Origin::Within { .. } => Ok(None),
        };
        let made = made.map_err(|error| failed(error.said()))?;
        let Some(mut candidate) = made else {
            return Err(failed(match &self.order.origin {
                Origin::Without(_) => {
                    said!("the photo cannot be brought back in a part of this edit")
                }
                _ => said!("the candidate lost its way; please report it"),
            }));
        };
        candidate.provenance.seed = self.request.seed;
        candidate.provenance.label = self.order.why.clone();
        Ok((candidate, 0))
    }

    /// What was made, over its parent at the places that the order names; where it names none, as it was made.
    fn laid_over(&self, editor: &dyn Editor, made: Candidate) -> Result<Candidate, Unmade> {
        let Origin::Within { spots, .. } = &self.order.origin else {
            return Ok(made);
        };
        let failed = |why| Unmade::Failed(Failure::Way(why));
        let both = match &self.parent {
            Some(parent) => editor.within(&self.request, parent, &made, spots),
            None => Ok(None),
        };
        let mut both = both
            .map_err(|error| failed(error.said()))?
            .ok_or_else(|| failed(said!("this edit cannot be made anew in a part of it")))?;
        both.provenance.seed = self.request.seed;
        both.provenance.label = self.order.why.clone();
        Ok(both)
    }

    fn exactly(
        &self,
        editor: &dyn Editor,
        recipe: &serde_json::Value,
    ) -> Result<Option<Candidate>, EditError> {
        let info = editor.info();
        Ok(Some(Candidate {
            picture: editor.redo(&self.request, recipe)?,
            provenance: Provenance {
                editor: info.id.to_owned(),
                version: info.version.to_owned(),
                seed: self.request.seed,
                recipe: recipe.clone(),
                label: self.order.why.clone(),
            },
        }))
    }
}

/// Goes one way to its end.
fn whole(
    walk: &Walk<'_>,
    mut way: Box<dyn Trajectory>,
    left: u64,
) -> Result<(Candidate, u64), Unmade> {
    walk.steps(way.as_mut(), usize::MAX)?;
    let evaluations = way.evaluations() * left;
    Ok((way.finish(walk.watch)?, evaluations))
}
