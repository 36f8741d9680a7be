//! Best-of-N: make them all, score them. The baseline every other strategy is measured against
//! (EditScore, arXiv 2509.23909, reports most of the gain at N = 8 with one scoring pass).

use retake_core::{Budget, Candidate, Scorecard, Spent, Stop, Strategy, Studio};

/// Spends the whole budget on independent candidates.
#[derive(Clone, Copy, Debug, Default)]
pub struct BestOfN {
    /// scores so many at a time, for somebody who watches; `None`, the default, scores all as one group, which shares more
    /// work. The candidates and their scores are the same.
    pub round: Option<usize>,
}

impl Strategy for BestOfN {
    fn id(&self) -> &'static str {
        "best_of_n"
    }

    fn run(
        &self,
        studio: &mut dyn Studio,
        budget: Budget,
    ) -> Result<(Vec<(Candidate, Scorecard)>, Spent), Stop> {
        let indices: Vec<u64> = (0..budget.edits as u64).collect();
        let mut made = Vec::with_capacity(indices.len());
        for round in indices.chunks(self.round.unwrap_or(indices.len()).max(1)) {
            let mut candidates = studio.make(round)?;
            let cards = studio.score(&candidates.iter().collect::<Vec<_>>())?;
            for candidate in &mut candidates {
                studio.done_with(candidate);
            }
            made.extend(candidates.into_iter().zip(cards));
        }
        let spent = Spent {
            edits: made.len(),
            scores: made.len(),
        };
        Ok((made, spent))
    }
}

#[cfg(test)]
mod tests {
    use retake_core::Dimension;

    use super::*;
    use crate::testing::Listed;

    const FOLLOWING: &str = Dimension::INSTRUCTION_FOLLOWING;
    /// Candidate `i` is worth `i` tenths.
    fn tenths() -> Listed {
        Listed(&[0.0, 0.1, 0.2, 0.3, 0.4])
    }

    #[test]
    fn the_whole_budget_is_spent_and_accounted_for() {
        let (made, spent) = BestOfN::default()
            .run(&mut tenths(), Budget { edits: 5 })
            .expect("nothing stops it");
        assert_eq!(
            (made.len(), spent),
            (
                5,
                Spent {
                    edits: 5,
                    scores: 5
                }
            )
        );
    }

    #[test]
    fn rounds_make_and_score_the_same_candidates() {
        let run = |round| {
            let strategy = BestOfN { round };
            strategy.run(&mut tenths(), Budget { edits: 5 })
        };
        let seeds = |round| -> Vec<(u64, Option<f32>)> {
            let (made, _) = run(round).expect("nothing stops it");
            made.iter()
                .map(|(c, card)| (c.provenance.seed, card.value(FOLLOWING)))
                .collect()
        };
        assert_eq!(seeds(Some(2)), seeds(None));
    }

    #[test]
    fn every_candidate_keeps_its_own_scorecard() {
        let (made, _) = BestOfN::default()
            .run(&mut tenths(), Budget { edits: 4 })
            .expect("nothing stops it");
        assert!(
            made.iter()
                .all(|(c, card)| card.value(FOLLOWING) == Some(c.provenance.seed as f32 / 10.0))
        );
    }
}
