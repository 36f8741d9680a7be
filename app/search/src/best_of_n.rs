//! Best-of-N: make them all, score them as one group. The baseline every other strategy is measured against
//! (EditScore, arXiv 2509.23909, reports most of the gain at N = 8 with one scoring pass).

use retake_core::{Budget, Candidate, Scorecard, Spent, Stop, Strategy, Studio};

/// Spends the whole budget on independent candidates.
pub struct BestOfN;

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
        let candidates = studio.make(&indices)?;
        let cards = studio.score(&candidates.iter().collect::<Vec<_>>())?;
        let spent = Spent {
            edits: candidates.len(),
            scores: cards.len(),
        };
        Ok((candidates.into_iter().zip(cards).collect(), spent))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use retake_core::{Provenance, Raster, Score};

    struct Numbered;

    impl Studio for Numbered {
        fn make(&mut self, indices: &[u64]) -> Result<Vec<Candidate>, Stop> {
            let of = |&seed: &u64| Candidate {
                picture: Raster::new(1, 1),
                provenance: Provenance {
                    editor: "test".into(),
                    version: "1".into(),
                    seed,
                    recipe: serde_json::Value::Null,
                    label: String::new(),
                },
            };
            Ok(indices.iter().map(of).collect())
        }
        fn score(&mut self, group: &[&Candidate]) -> Result<Vec<Scorecard>, Stop> {
            let of = |candidate: &&Candidate| {
                let value = candidate.provenance.seed as f32 / 10.0;
                let score = Score {
                    value,
                    spread: 0.0,
                    reasons: Vec::new(),
                    evidence: None,
                };
                Scorecard {
                    scores: [("x".into(), score)].into(),
                }
            };
            Ok(group.iter().map(of).collect())
        }
    }

    #[test]
    fn the_whole_budget_is_spent_and_accounted_for() {
        let (made, spent) = BestOfN
            .run(&mut Numbered, Budget { edits: 5 })
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
    fn every_candidate_keeps_its_own_scorecard() {
        let (made, _) = BestOfN
            .run(&mut Numbered, Budget { edits: 4 })
            .expect("nothing stops it");
        assert!(
            made.iter()
                .all(|(c, card)| card.value("x") == Some(c.provenance.seed as f32 / 10.0))
        );
    }
}
