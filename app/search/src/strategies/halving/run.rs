//! A run of successive halving: the pilot, what it says of the looks, and the waves.

use retake_core::{Order, Scorecard, Selector, Stop, Studio, decimals, number, said};

use super::plan::{Room, Wave};
use super::{Halving, LEAST_PILOT};
use crate::strategies::budget::{calls_left, edits, pace, step_to, steps_in_time};
use crate::strategies::foresight::Foresight;
use crate::strategies::group::{finals, looks, overall, ranked, spearman, unlike};

/// What a look is taken to tell before anything is known, as a rank correlation with the end: between the early and the
/// late look of the methods this is built from. It counts like as many pilots as its weight.
const PRIOR: (f64, f64) = (0.7, 3.0);

/// What is known of one candidate: its looks and its end.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    index: u64,
    /// overall at each look, in the group it was looked at in
    looks: Vec<Option<f32>>,
}

/// A run of it.
pub(super) struct Halved<'a> {
    pub(super) how: &'a Halving,
    pub(super) selector: &'a dyn Selector,
    /// steps of a whole candidate
    pub(super) total: usize,
    /// steps after which is looked
    pub(super) points: Vec<usize>,
    /// how far each look is to be trusted: a rank correlation
    pub(super) trust: Vec<f64>,
    /// seconds that a step takes
    pub(super) pace: f64,
    /// all that were finished
    pub(super) finished: Vec<Seen>,
    /// whom slow judges need not be asked about
    pub(super) foresight: Foresight,
}

impl Halved<'_> {
    /// Looks at these at every point and finishes all of them; whether there was anything to see.
    pub(super) fn pilot(&mut self, studio: &mut dyn Studio, pilot: &[u64]) -> Result<bool, Stop> {
        let before = studio.spent();
        let mut open = pilot.to_vec();
        let mut seen: Vec<Seen> = Vec::new();
        for (place, &point) in self.points.clone().iter().enumerate() {
            open = step_to(studio, &open, point)?;
            let cards = looks(studio, &open)?;
            if cards.iter().all(Option::is_none) {
                break;
            }
            self.note(&mut seen, place, &open, &cards);
        }
        let looked = !seen.is_empty();
        self.end(studio, &open, seen)?;
        self.pace = pace(studio, before);
        Ok(looked)
    }

    /// Writes down what was seen at a look.
    fn note(
        &self,
        seen: &mut Vec<Seen>,
        place: usize,
        open: &[u64],
        cards: &[Option<Scorecard>],
    ) -> Vec<Option<f32>> {
        let values = overall(self.selector, cards);
        for (&index, value) in open.iter().zip(&values) {
            if !seen.iter().any(|one| one.index == index) {
                seen.push(Seen {
                    index,
                    looks: vec![None; self.points.len()],
                });
            }
            if let Some(one) = seen.iter_mut().find(|one| one.index == index) {
                one.looks[place] = *value;
            }
        }
        values
    }

    /// Finishes and scores these.
    fn end(
        &mut self,
        studio: &mut dyn Studio,
        open: &[u64],
        seen: Vec<Seen>,
    ) -> Result<Vec<u64>, Stop> {
        let (mut scored, mut waiting) = (Vec::new(), Vec::new());
        for part in open.chunks(studio.brief().at_a_time.max(1)) {
            let made = studio.finish(part)?;
            if self.foresight.sees(studio, &made)? {
                waiting.extend(made);
                continue;
            }
            scored.extend(studio.score(&made)?);
            studio.done_with(&made);
        }
        if !waiting.is_empty() {
            let before = self.finished.iter().map(|one| one.index);
            let before: Vec<u64> = before.chain(scored.iter().copied()).collect();
            let judged = self
                .foresight
                .judge(studio, self.selector, &before, &waiting)?;
            scored.extend(judged);
            studio.done_with(&waiting);
        }
        let there = |one: &Seen| scored.contains(&one.index);
        self.finished.extend(seen.into_iter().filter(there));
        Ok(scored)
    }

    /// Rank correlation of a look with the end, over all that were finished; and over how many.
    fn correlation(&self, studio: &dyn Studio, place: usize) -> Option<(f64, usize)> {
        let indices: Vec<u64> = self.finished.iter().map(|one| one.index).collect();
        let ends = finals(studio, self.selector, &indices);
        let pairs: Vec<(f32, f32)> = ends
            .iter()
            .filter_map(|&(index, end)| {
                let one = self.finished.iter().find(|one| one.index == index)?;
                Some((one.looks[place]?, end))
            })
            .collect();
        Some((spearman(&pairs)?, pairs.len()))
    }

    /// Keeps the looks that tell, and says so.
    pub(super) fn judge_looks(&mut self, studio: &mut dyn Studio) {
        let measured: Vec<Option<(f64, usize)>> = (0..self.points.len())
            .map(|place| self.correlation(studio, place))
            .collect();
        self.trust = measured.iter().map(|&rho| trusted(rho)).collect();
        // what is nearer the end tells no less
        for place in 1..self.trust.len() {
            self.trust[place] = self.trust[place].max(self.trust[place - 1]);
        }
        let tells = |place: &usize| self.trust[*place] >= self.how.rho;
        let kept: Vec<usize> = (0..self.points.len()).filter(tells).collect();
        let last = self.points.len() - 1;
        let rho = measured[last].or(measured[0]);
        let (rho, count) = rho.map_or((None, self.finished.len()), |(rho, count)| {
            (Some(decimals(rho, 2)), count)
        });
        let count = number(count);
        studio.remark(match (kept.first(), rho) {
            (_, None) => said!(
                "Looks on the way and the end cannot be compared here (of {count} that were finished, all look or end alike), so every candidate is finished.",
                count
            ),
            (Some(&first), Some(rho)) => said!(
                "Looks on the way agree with the end (rank correlation {rho} over {count} that were finished), so the worst are dropped from step {step} of {steps} on.",
                rho,
                count,
                step = number(self.points[first]),
                steps = number(self.total)
            ),
            (None, Some(rho)) => said!(
                "Looks on the way say too little about the end here (rank correlation {rho} over {count} that were finished), so every candidate is finished.",
                rho,
                count
            ),
        });
        // the looks of those that are finished stay at their places
        for one in &mut self.finished {
            one.looks = kept.iter().map(|&place| one.looks[place]).collect();
        }
        self.points = kept.iter().map(|&place| self.points[place]).collect();
        self.trust = kept.iter().map(|&place| self.trust[place]).collect();
    }

    /// Begins as many as what is left pays for and halves them; whether that brought any.
    pub(super) fn wave(&mut self, studio: &mut dyn Studio) -> Result<bool, Stop> {
        let room = Room {
            steps: steps_in_time(studio, self.pace),
            calls: calls_left(studio),
            edits: edits(studio),
        };
        let Some(wave) = Wave::largest(&self.points, self.how.keep, self.total, room) else {
            return Ok(false);
        };
        let mut open = studio.begin(vec![Order::default(); wave.counts[0]]);
        let mut seen: Vec<Seen> = Vec::new();
        for (place, &point) in self.points.clone().iter().enumerate() {
            open = step_to(studio, &open, point)?;
            let cards = looks(studio, &open)?;
            self.note(&mut seen, place, &open, &cards);
            open = self.kept(studio, &seen, &open, place, wave.counts[place + 1]);
        }
        Ok(!self.end(studio, &open, seen)?.is_empty())
    }

    /// Drops all but the best few.
    fn kept(
        &self,
        studio: &mut dyn Studio,
        seen: &[Seen],
        open: &[u64],
        place: usize,
        count: usize,
    ) -> Vec<u64> {
        let values: Vec<Option<f32>> = open
            .iter()
            .map(|index| {
                let one = seen.iter().find(|one| one.index == *index)?;
                self.promise(&one.looks[..=place])
            })
            .collect();
        let order: Vec<u64> = ranked(&values).into_iter().map(|i| open[i]).collect();
        let (kept, twins) = unlike(studio, &order, count, self.how.alike);
        let step = self.points[place];
        for index in order {
            if kept.contains(&index) {
                continue;
            }
            let twin = twins.iter().find(|(one, _)| *one == index);
            let why = match twin {
                Some(_) => said!(
                    "nearly the same as another at step {step}",
                    step = number(step)
                ),
                None => said!(
                    "looked worse than others at step {step}",
                    step = number(step)
                ),
            };
            studio.let_go(index, why);
        }
        kept
    }

    /// The looks of one so far, each with the weight of its correlation: ρ²/(1 − ρ²) is the precision that a look of
    /// this correlation has, in units of the spread of what is looked at.
    fn promise(&self, looks: &[Option<f32>]) -> Option<f32> {
        let (mut sum, mut weight) = (0.0, 0.0);
        for (look, &rho) in looks.iter().zip(&self.trust) {
            if let Some(look) = look {
                let precision = rho.powi(2) / (1.0 - rho.powi(2)).max(1e-3);
                sum += precision * f64::from(*look);
                weight += precision;
            }
        }
        (weight > 0.0).then(|| (sum / weight) as f32)
    }

    /// Says in the end what the looks were worth.
    pub(super) fn tell(&self, studio: &mut dyn Studio) {
        if let Some((rho, count)) = self.correlation(studio, self.points.len() - 1) {
            studio.remark(said!(
                "Of all {count} that were finished, the last look agrees with the end at a rank correlation of {rho}.",
                count = number(count),
                rho = decimals(rho, 2)
            ));
        }
    }
}

/// What a measured correlation is taken to be: Fisher's z, whose weight is three less than how many it was measured on,
/// together with what was known before. What was not measured is not trusted at all: looks that are all alike, or too few
/// that were finished.
pub(super) fn trusted(measured: Option<(f64, usize)>) -> f64 {
    let (prior, weight) = PRIOR;
    let z = |rho: f64| rho.clamp(-0.99, 0.99).atanh();
    let Some((rho, count)) = measured.filter(|(_, count)| *count >= LEAST_PILOT) else {
        return -1.0;
    };
    let own = count as f64 - 3.0;
    ((weight * z(prior) + own * z(rho)) / (weight + own)).tanh()
}
