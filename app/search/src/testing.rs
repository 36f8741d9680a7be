//! Somewhere to have candidates made and scored, for the tests of strategies.

use retake_core::{Candidate, Dimension, Provenance, Raster, Said, Score, Scorecard, Stop, Studio};

/// Candidate `i` has seed `i` and follows as well as entry `i` says.
pub(crate) struct Listed(pub(crate) &'static [f32]);

impl Studio for Listed {
    fn make(&mut self, indices: &[u64]) -> Result<Vec<Candidate>, Stop> {
        let of = |&seed: &u64| Candidate {
            picture: Raster::new(1, 1),
            provenance: Provenance {
                editor: "test".into(),
                version: "1".into(),
                seed,
                recipe: serde_json::Value::Null,
                label: Said::default(),
            },
        };
        Ok(indices.iter().map(of).collect())
    }
    fn score(&mut self, group: &[&Candidate]) -> Result<Vec<Scorecard>, Stop> {
        let of = |candidate: &&Candidate| {
            let score = Score {
                value: self.0[usize::try_from(candidate.provenance.seed).expect("small")],
                spread: 0.0,
                reasons: Vec::new(),
                evidence: None,
            };
            let following = Dimension::from(Dimension::INSTRUCTION_FOLLOWING);
            std::collections::BTreeMap::from([(following, score)]).into()
        };
        Ok(group.iter().map(of).collect())
    }
}
