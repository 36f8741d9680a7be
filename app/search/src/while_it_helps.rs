//! Best-of-N in rounds that stops when another round is no use: the best is good enough and the last round brought
//! nothing better than chance would. Most of what best-of-N gains comes early (EditScore, arXiv 2509.23909, reports most
//! of it by N = 8), so an easy instruction ends after two rounds and a hard one spends the whole budget.

use retake_core::{Budget, Candidate, Scorecard, Selector, Spent, Stop, Strategy, Studio};

/// Candidates of a round where nobody says otherwise.
const ROUND: usize = 4;
/// A best that is better by less than this, of an overall score in [0, 1], is not better: people do not see it.
const BETTER: f32 = 0.01;

/// See the module.
pub struct WhileItHelps {
    /// candidates made and scored at a time, at least one
    pub round: usize,
    /// says which is best and whether it is good enough
    pub selector: Box<dyn Selector>,
}

impl WhileItHelps {
    /// With rounds of `round` candidates, four where it is `None`.
    pub fn new(round: Option<usize>, selector: Box<dyn Selector>) -> Self {
        let round = round.unwrap_or(ROUND).max(1);
        Self { round, selector }
    }
}

impl Strategy for WhileItHelps {
    fn id(&self) -> &'static str {
        "while_it_helps"
    }

    fn run(
        &self,
        studio: &mut dyn Studio,
        budget: Budget,
    ) -> Result<(Vec<(Candidate, Scorecard)>, Spent), Stop> {
        let indices: Vec<u64> = (0..budget.edits as u64).collect();
        let mut made = Vec::with_capacity(indices.len());
        let mut cards: Vec<Scorecard> = Vec::with_capacity(indices.len());
        let mut best: Option<f32> = None;
        for round in indices.chunks(self.round.max(1)) {
            let mut candidates = studio.make(round)?;
            cards.extend(studio.score(&candidates.iter().collect::<Vec<_>>())?);
            for candidate in &mut candidates {
                studio.done_with(candidate);
            }
            made.extend(candidates);
            let selection = self.selector.select(&cards);
            let now = selection.order.first().map(|&i| selection.overall[i]);
            let level = matches!((best, now), (Some(best), Some(now)) if now < best + BETTER);
            if level && selection.good_enough {
                break;
            }
            best = now;
        }
        let spent = Spent {
            edits: made.len(),
            scores: cards.len(),
        };
        Ok((made.into_iter().zip(cards).collect(), spent))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PowerProduct;
    use crate::testing::Listed;

    fn made(values: &'static [f32]) -> Vec<u64> {
        let strategy = WhileItHelps::new(Some(2), Box::new(PowerProduct::default()));
        let budget = Budget {
            edits: values.len(),
        };
        let (made, spent) = strategy
            .run(&mut Listed(values), budget)
            .expect("nothing stops it");
        assert_eq!((made.len(), made.len()), (spent.edits, spent.scores));
        made.iter().map(|(c, _)| c.provenance.seed).collect()
    }

    #[test]
    fn it_ends_with_the_round_that_brought_nothing_better() {
        let better_at_first = &[0.6, 0.7, 0.8, 0.7, 0.79, 0.6, 0.9, 0.9];
        assert_eq!(made(better_at_first), [0, 1, 2, 3, 4, 5]);
    }

    #[test]
    fn while_none_is_good_enough_it_goes_on() {
        assert_eq!(made(&[0.1, 0.1, 0.1, 0.1, 0.1, 0.9]).len(), 6);
    }

    #[test]
    fn it_never_spends_more_than_the_budget() {
        assert_eq!(made(&[0.1, 0.2, 0.3]).len(), 3);
    }

    #[test]
    fn what_it_makes_is_the_beginning_of_what_best_of_n_makes() {
        let all = made(&[0.6, 0.6, 0.6, 0.6, 0.9]);
        assert_eq!(all, (0..all.len() as u64).collect::<Vec<_>>());
    }
}
