//! Rollover budget forcing (Kim et al. 2025, arXiv 2503.19385, algorithm 1): every stretch between two looks has so many
//! tries; as soon as one improves on the best so far it is taken, and the tries that were not needed go to the next
//! stretch. What a whole climb did not need begins another one.

use retake_core::{Order, Selector, Stop, Studio, number, said};

use super::{Particles, cannot_branch};
use crate::strategies::budget::{calls_left, edits, make_all, step_to, steps_left};
use crate::strategies::group::{looks, overall};

/// A run of it.
pub(super) struct Climb<'a> {
    selector: &'a dyn Selector,
    tries: usize,
    /// steps after which is looked
    points: Vec<usize>,
}

/// How a climb ended.
enum Climbed {
    /// with this one at the last look
    Open(u64),
    /// nothing to see, or no branches: with these still open
    Cannot(Vec<u64>),
    /// nobody was left
    Lost,
}

impl<'a> Climb<'a> {
    pub(super) fn new(how: &Particles, selector: &'a dyn Selector, points: Vec<usize>) -> Self {
        Self {
            selector,
            tries: how.tries as usize,
            points,
        }
    }

    /// Climbs until the budget is spent; `first` is begun already.
    pub(super) fn all(&self, studio: &mut dyn Studio, first: Vec<u64>) -> Result<(), Stop> {
        let mut begun = first;
        loop {
            let spent = studio.spent();
            match self.climb(studio, begun)? {
                Climbed::Open(index) => {
                    let made = studio.finish(&[index])?;
                    studio.score(&made)?;
                    studio.done_with(&made);
                }
                Climbed::Cannot(open) => return make_all(studio, open),
                Climbed::Lost => {}
            }
            if edits(studio) == 0 || studio.spent().steps == spent.steps {
                return Ok(());
            }
            begun = Vec::new();
        }
    }

    /// Whether another try of a stretch leaves enough to finish one: steps to its end, and its score.
    fn affordable(&self, studio: &dyn Studio, index: u64, point: usize) -> bool {
        let (done, total) = studio.steps(index);
        let stretch = point.saturating_sub(done);
        let rest = total.saturating_sub(point);
        // the one that the try is measured against could still have to be finished instead
        let kept = total.saturating_sub(done);
        calls_left(studio) > 1 && steps_left(studio) >= stretch + rest.max(kept)
    }

    fn climb(&self, studio: &mut dyn Studio, begun: Vec<u64>) -> Result<Climbed, Stop> {
        let Some((&first, later)) = self.points.split_first() else {
            return Ok(Climbed::Cannot(begun));
        };
        // the first stretch begins from nothing: fresh candidates instead of branches; but of the very first climb only
        // one, as long as nobody knows whether it can branch
        let mut base: Option<(u64, f32)> = None;
        let tries = if begun.is_empty() { self.tries } else { 1 };
        let mut begun = begun.into_iter();
        for _ in 0..tries {
            let next = begun.next();
            let index = match next {
                Some(index) => index,
                None => studio.begin(vec![Order::default()])[0],
            };
            if base.is_some() && !self.affordable(studio, index, first) {
                studio.let_go(index, said!("the budget is spent"));
                break;
            }
            match self.tried(studio, index, first)? {
                Tried::Lost => {}
                Tried::Unseen => {
                    let open = base.map(|(index, _)| index).into_iter();
                    return Ok(Climbed::Cannot(open.chain([index]).collect()));
                }
                Tried::Seen(value) => base = Some(better(studio, base, (index, value), first)),
            }
        }
        let Some((mut index, mut best)) = base else {
            return Ok(Climbed::Lost);
        };
        let mut rolled = self.tries - tries;
        for &point in later {
            let allowed = self.tries + rolled;
            let mut found: Option<(u64, f32)> = None;
            let mut used = 0;
            while used < allowed && (found.is_none() || self.affordable(studio, index, point)) {
                // the last try is the one that goes on as it is
                let child = match used + 1 == allowed || !self.affordable(studio, index, point) {
                    true => index,
                    false => {
                        let why = said!(
                            "a try from step {step}",
                            step = number(studio.steps(index).0)
                        );
                        match studio.fork(index, why) {
                            Some(child) => child,
                            None => {
                                cannot_branch(studio);
                                let open = found.map(|(index, _)| index).into_iter();
                                return Ok(Climbed::Cannot(open.chain([index]).collect()));
                            }
                        }
                    }
                };
                used += 1;
                match self.tried(studio, child, point)? {
                    Tried::Lost | Tried::Unseen => {}
                    Tried::Seen(value) => {
                        found = Some(better(studio, found, (child, value), point));
                        if value > best {
                            break;
                        }
                    }
                }
                if child == index {
                    break;
                }
            }
            rolled = allowed - used;
            match found {
                Some((next, value)) => {
                    if next != index {
                        studio.let_go(index, said!("a branch of it goes on"));
                    }
                    (index, best) = (next, best.max(value));
                }
                // nothing was to be seen any more: as it is
                None => return Ok(Climbed::Open(index)),
            }
        }
        Ok(Climbed::Open(index))
    }

    fn tried(&self, studio: &mut dyn Studio, index: u64, point: usize) -> Result<Tried, Stop> {
        let alive = step_to(studio, &[index], point)?;
        if alive.is_empty() {
            return Ok(Tried::Lost);
        }
        let cards = looks(studio, &alive)?;
        let value = overall(self.selector, &cards).pop().flatten();
        Ok(value.map_or(Tried::Unseen, Tried::Seen))
    }
}

enum Tried {
    Lost,
    Unseen,
    Seen(f32),
}

/// The better of two; the other is let go.
fn better(
    studio: &mut dyn Studio,
    one: Option<(u64, f32)>,
    other: (u64, f32),
    point: usize,
) -> (u64, f32) {
    let Some(one) = one else {
        return other;
    };
    let (kept, dropped) = match other.1 > one.1 {
        true => (other, one),
        false => (one, other),
    };
    let why = said!(
        "looked worse than others at step {step}",
        step = number(point)
    );
    studio.let_go(dropped.0, why);
    kept
}
