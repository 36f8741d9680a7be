//! A reward of one's own: a formula over named measures (Text2Reward). It can't loop, can't reach anything but its
//! measures, and what is not a number makes the dimension unknown with the column that did it.

mod language;
mod measures;
mod refine;
mod words;
mod writing;

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use retake_core::{
    Dimension, Reason, Reward, RewardInfo, Said, Score, ScoreRequest, Scorecard, Stop, Watch,
    decimals, said,
};
use serde_json::{Value, json};

pub use language::{Formula, Mistake};
pub use measures::{is_known as is_measure, nearest_first};
pub use refine::{Refined, Side, difference, refine};
pub use words::{Turn, Wish};

use measures::Measured;

/// See the module. It goes behind the rewards whose scores it reckons with.
pub struct OwnReward {
    text: String,
    formula: Formula,
    /// what the faults and checks of the candidates so far were called; nothing before there were any
    found: Mutex<Option<BTreeSet<String>>>,
}

impl OwnReward {
    /// From a formula such as `min(instruction_following, 1 - cost.noise)`.
    pub fn read(text: &str) -> Result<Self, Mistake> {
        let formula = Formula::read(text)?;
        for (name, column) in formula.names() {
            if !measures::is_known(name) {
                return Err(Mistake {
                    column,
                    why: said!(
                        "there is no measure {name}; perhaps {near}",
                        name = name,
                        near = measures::nearest(name)
                    ),
                });
            }
        }
        Ok(Self {
            text: text.to_owned(),
            formula,
            found: Mutex::default(),
        })
    }

    /// Keeps what the faults and checks of these candidates are called.
    fn remember(&self, cards: &[Scorecard]) {
        // nothing was scored before it: nothing could be found
        if cards.iter().all(|card| card.scores.is_empty()) {
            return;
        }
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        let found = found.get_or_insert_default();
        let scores = cards.iter().flat_map(|card| card.scores.values());
        for reason in scores.flat_map(|score| &score.reasons) {
            if !found.contains(&reason.id) {
                found.insert(reason.id.clone());
            }
        }
    }
}

impl Reward for OwnReward {
    fn info(&self) -> RewardInfo {
        RewardInfo {
            id: "own",
            version: "1",
            dimensions: &[Dimension::OWN],
            about: "Reckons a score by a formula of one's own.",
        }
    }

    fn settings(&self) -> Value {
        json!({ "formula": self.text })
    }

    fn score(&self, group: &ScoreRequest<'_>, watch: &dyn Watch) -> Result<Vec<Scorecard>, Stop> {
        let nothing = vec![Scorecard::default(); group.edited.len()];
        self.score_with(group, &nothing, watch)
    }

    fn score_with(
        &self,
        group: &ScoreRequest<'_>,
        so_far: &[Scorecard],
        watch: &dyn Watch,
    ) -> Result<Vec<Scorecard>, Stop> {
        self.remember(so_far);
        let before = measures::Before::of(group.source);
        let cards = so_far.iter().zip(group.edited).map(|(card, edited)| {
            if watch.stopped() {
                return Err(Stop::Cancelled);
            }
            let measured = Measured::new(&before, edited, card);
            Ok(match self.formula.value(&|name| measured.value(name)) {
                Ok(value) => scored(value, self.doubt(&measured)),
                Err(mistake) => Scorecard {
                    unknown: [(Dimension::from(Dimension::OWN), mistake.said())].into(),
                    ..Scorecard::default()
                },
            })
        });
        cards.collect()
    }

    /// What no candidate had, and is a slip away from a known fault, is perhaps misspelt.
    fn notices(&self) -> Vec<Said> {
        let found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(found) = found.as_ref() else {
            return Vec::new();
        };
        let named: BTreeSet<&str> = self.formula.names().map(|(name, _)| name).collect();
        let faults = named
            .into_iter()
            .filter_map(|name| name.strip_prefix("cost."));
        let unheard = faults.filter(|fault| !found.contains(*fault));
        unheard
            .filter_map(|fault| {
                Some(said!(
                    "Nothing was found that is called {fault}, so that cost.{fault} counted as nothing; perhaps cost.{near} is meant.",
                    fault = fault,
                    near = words::meant(fault)?
                ))
            })
            .collect()
    }
}

impl OwnReward {
    /// How much the value may be off: each scored measure moved by its own spread, the changes added up in squares.
    fn doubt(&self, measured: &Measured<'_>) -> f64 {
        let value = |moved: Option<(&str, f64)>| {
            let of = |name: &str| {
                let plain = measured.value(name)?;
                Some(match moved {
                    Some((which, by)) if which == name => plain + by,
                    _ => plain,
                })
            };
            self.formula.value(&of).ok()
        };
        let Some(plain) = value(None) else {
            return 0.0;
        };
        let mut names: Vec<&str> = self.formula.names().map(|(name, _)| name).collect();
        names.sort_unstable();
        names.dedup();
        let squares: f64 = names
            .iter()
            .filter_map(|name| {
                let spread = measured.spread(name)?;
                Some((value(Some((name, spread)))? - plain).powi(2))
            })
            .sum();
        squares.sqrt()
    }
}

fn scored(value: f64, spread: f64) -> Scorecard {
    let inside = value.clamp(0.0, 1.0);
    let text: Said = if inside == value {
        said!("Your formula gives {value}.", value = decimals(value, 3))
    } else {
        said!(
            "Your formula gives {value}, which lies outside 0 to 1 and counts as {inside}.",
            value = decimals(value, 3),
            inside = decimals(inside, 0)
        )
    };
    let score = Score {
        value: inside as f32,
        spread: spread.clamp(0.0, 0.5) as f32,
        reasons: vec![Reason {
            id: "own".to_owned(),
            text,
            passed: None,
            cost: 0.0,
            check: None,
            evidence: None,
        }],
        evidence: None,
    };
    Scorecard::from(std::collections::BTreeMap::from([(
        Dimension::from(Dimension::OWN),
        score,
    )]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use retake_core::{Instruction, Quiet, Raster};

    fn card(following: f32, quality: f32) -> Scorecard {
        let score = |value| Score {
            value,
            spread: 0.1,
            reasons: Vec::new(),
            evidence: None,
        };
        Scorecard::from(std::collections::BTreeMap::from([
            (
                Dimension::from(Dimension::INSTRUCTION_FOLLOWING),
                score(following),
            ),
            (
                Dimension::from(Dimension::GENERATION_QUALITY),
                score(quality),
            ),
        ]))
    }

    fn scored_by(formula: &str, cards: &[Scorecard]) -> Vec<Scorecard> {
        let source = Raster::from_fn(16, 16, |x, _| [x as f32 / 16.0, 0.3, 0.2]);
        let brighter = Raster::from_fn(16, 16, |x, _| [0.1 + x as f32 / 10.0, 0.5, 0.4]);
        let instruction = Instruction::default();
        let edited = vec![&brighter; cards.len()];
        let group = ScoreRequest {
            source: &source,
            edited: &edited,
            instruction: &instruction,
        };
        let own =
            OwnReward::read(formula).unwrap_or_else(|mistake| panic!("{formula}: {mistake:?}"));
        own.score_with(&group, cards, &Quiet).expect("scored")
    }

    #[test]
    fn a_formula_reckons_with_what_was_scored_before_it() {
        let cards = scored_by(
            "0.5 * instruction_following + 0.5 * generation_quality",
            &[card(0.8, 0.4)],
        );
        assert!((cards[0].value(Dimension::OWN).expect("known") - 0.6).abs() < 1e-6);
        // 0.5 · 0.1 twice, in squares
        let spread = cards[0].scores[&Dimension::OWN.into()].spread;
        assert!((spread - 0.5f32.sqrt() * 0.1).abs() < 1e-5, "{spread}");
    }

    #[test]
    fn a_formula_measures_the_pictures() {
        let cards = scored_by(
            "if(after.exposure > before.exposure, 1, 0) * if(change.exposure > 0, 1, 0)",
            &[card(0.0, 0.0)],
        );
        assert_eq!(cards[0].value(Dimension::OWN), Some(1.0));
    }

    #[test]
    fn what_is_no_number_makes_that_candidate_unknown_and_leaves_the_others() {
        let cards = scored_by(
            "instruction_following / generation_quality",
            &[card(0.5, 0.0), card(0.5, 1.0)],
        );
        let why = cards[0].unknown[&Dimension::OWN.into()].to_string();
        assert!(why.contains("column 23") && why.contains("zero"), "{why}");
        assert_eq!(cards[1].value(Dimension::OWN), Some(0.5));
    }

    #[test]
    fn a_measure_that_a_candidate_lacks_makes_it_unknown() {
        let cards = scored_by("detail_preserving", &[card(0.5, 0.5)]);
        let why = cards[0].unknown[&Dimension::OWN.into()].to_string();
        assert!(why.contains("detail_preserving is not known"), "{why}");
    }

    #[test]
    fn a_name_nobody_knows_is_refused_with_the_nearest_one() {
        let mistake = OwnReward::read("1 - instruction_folowing")
            .map(|_| ())
            .expect_err("a slip");
        assert_eq!(mistake.column, 5);
        assert!(
            mistake
                .said()
                .to_string()
                .contains("perhaps instruction_following"),
            "{mistake:?}"
        );
    }

    /// What it has to say after it scored this candidate.
    fn heard(formula: &str, card: Scorecard) -> Vec<String> {
        let own = OwnReward::read(formula).unwrap_or_else(|mistake| panic!("{mistake:?}"));
        let picture = Raster::from_fn(4, 4, |_, _| [0.2; 3]);
        let group = ScoreRequest {
            source: &picture,
            edited: &[&picture],
            instruction: &Instruction::default(),
        };
        own.score_with(&group, &[card], &Quiet)
            .expect("nobody stops it");
        own.notices().iter().map(Said::to_string).collect()
    }

    #[test]
    fn a_fault_that_nobody_knows_is_told_with_the_nearest_one() {
        let [notice] = &heard("1 - cost.nois", card(0.5, 0.5))[..] else {
            panic!("one notice");
        };
        assert!(notice.contains("cost.noise is meant"), "{notice}");
    }

    #[test]
    fn a_name_unlike_any_known_fault_is_not_guessed_at() {
        assert!(heard("1 - cost.the_roof_is_red", card(0.5, 0.5)).is_empty());
    }

    #[test]
    fn nothing_is_said_where_nothing_was_scored() {
        assert!(heard("1 - cost.nois", Scorecard::default()).is_empty());
    }

    #[test]
    fn a_known_fault_that_nothing_has_is_not_told() {
        assert!(heard("1 - cost.banding", card(0.5, 0.5)).is_empty());
    }

    #[test]
    fn a_check_that_was_found_is_not_told() {
        let mut card = card(0.5, 0.5);
        let score = card.scores.values_mut().next().expect("a score");
        score.reasons.push(Reason {
            id: "noises".to_owned(),
            text: Said::words("It hums."),
            passed: Some(true),
            cost: 0.0,
            check: None,
            evidence: None,
        });
        assert!(heard("1 - cost.noises", card).is_empty());
    }

    #[test]
    fn a_value_beyond_the_scale_is_brought_back_and_said() {
        let cards = scored_by("3 * instruction_following", &[card(0.9, 0.5)]);
        assert_eq!(cards[0].value(Dimension::OWN), Some(1.0));
        let reason = &cards[0].scores[&Dimension::OWN.into()].reasons[0];
        assert!(reason.text.to_string().contains("2.700"), "{}", reason.text);
    }
}
