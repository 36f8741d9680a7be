//! The default selector: following^0.8 · min(preserving, quality)^0.2. The form and the exponent are SpatialReward's
//! (arXiv 2602.07458). `power-0.8` has preserving beside following; what each recovers of people's choices on ImagenHub's
//! ratings stands in `tests/benches/README.md`.

use retake_core::{Group, Selection, Selector};

use super::SelectorEntry;
use super::counted::{Counted, FOLLOWING, PRESERVING, Row};
use super::settings::{BEARABLE, Dial, Dials, GOOD_ENOUGH, SURE};
use super::verdict::{Limits, pointwise, verdict};

const DIALS: [Dial; 3] = [
    Dial {
        id: "following",
        from: 0.0,
        to: 1.0,
        own: 0.8,
        about: "Exponent of instruction following; the quality terms have one minus it.",
    },
    Dial {
        id: "preserving",
        from: 0.0,
        to: 1.0,
        own: 1.0,
        about: "How much detail preserving counts among the quality terms.",
    },
    Dial {
        id: "quality",
        from: 0.0,
        to: 1.0,
        own: 1.0,
        about: "How much generation quality counts among the quality terms.",
    },
];

pub(super) const ENTRY: SelectorEntry = SelectorEntry {
    id: "power_product",
    title: "Success first",
    about: "What was asked counts most, and the weaker of what is kept and quality counts a little.",
    dials: &DIALS,
    weighs: false,
    rule: |group, dials| PowerProduct::from(dials).choose(group),
};

/// A weighted geometric mean, so that no amount of beauty makes up for not doing what was asked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PowerProduct {
    /// exponent of instruction following in [0, 1]; the quality terms have one minus it
    pub following: f32,
    /// how much detail preserving counts among the quality terms, in [0, 1]; the larger of both counts in full
    pub preserving: f32,
    /// how much generation quality counts among them, in [0, 1]
    pub quality: f32,
    /// a best overall score below this is "none good enough"
    pub good_enough: f32,
    /// a best candidate with a dimension below this is none good enough either, whatever its overall score
    pub bearable: f32,
    /// confidence from which the winner is called sure
    pub sure: f32,
}

impl Default for PowerProduct {
    fn default() -> Self {
        Self {
            following: 0.8,
            preserving: 1.0,
            quality: 1.0,
            good_enough: 0.5,
            bearable: 0.2,
            sure: 0.75,
        }
    }
}

impl From<&Dials> for PowerProduct {
    fn from(dials: &Dials) -> Self {
        let [following, preserving, quality] = DIALS.each_ref().map(|dial| dials.of(dial) as f32);
        Self {
            following,
            preserving,
            quality,
            good_enough: dials.of(&GOOD_ENOUGH) as f32,
            bearable: dials.of(&BEARABLE) as f32,
            sure: dials.of(&SURE) as f32,
        }
    }
}

impl PowerProduct {
    fn formula(&self, row: &Row<'_>) -> f64 {
        let (following, preserving) = (f64::from(self.following), row.of(PRESERVING));
        let (much, little) = (f64::from(self.preserving), f64::from(self.quality));
        let most = much.max(little);
        // a term that counts less than the other one is softened: to the power of its share
        let softened = |value: f64, own: f64| {
            if own >= most {
                value
            } else {
                value.powf(own / most)
            }
        };
        let worse = softened(preserving, much).min(softened(row.least_quality(), little));
        row.of(FOLLOWING).powf(following) * worse.powf(1.0 - following)
    }
    fn limits(&self) -> Limits {
        Limits {
            good_enough: self.good_enough,
            bearable: self.bearable,
            sure: self.sure,
        }
    }
}

impl Selector for PowerProduct {
    fn id(&self) -> &'static str {
        "power_product"
    }

    fn settings(&self) -> serde_json::Value {
        serde_json::json!({ "following": self.following, "preserving": self.preserving, "quality": self.quality,
            "good_enough": self.good_enough, "bearable": self.bearable, "sure": self.sure })
    }

    fn choose(&self, group: &Group<'_>) -> Selection {
        let counted = Counted::canonical(group);
        let own = counted.own;
        let formula = |row: &Row<'_>| match own {
            true => row.of(FOLLOWING),
            false => self.formula(row),
        };
        let standing = pointwise(&counted, &formula);
        verdict(group, counted, standing, &formula, self.limits())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use retake_core::{Dimension, Score, Scorecard};

    fn card(values: [f32; 3], spread: f32) -> Scorecard {
        let score = |value| Score {
            value,
            spread,
            reasons: Vec::new(),
            evidence: None,
        };
        let scores = Dimension::CANONICAL.iter().zip(values);
        let scores: std::collections::BTreeMap<_, _> =
            scores.map(|(&d, v)| (d.into(), score(v))).collect();
        Scorecard::from(scores)
    }

    /// The same without knowing how well it follows.
    fn unasked(values: [f32; 3]) -> Scorecard {
        let mut card = card(values, 0.02);
        card.merge(Scorecard {
            unknown: [(
                Dimension::INSTRUCTION_FOLLOWING.into(),
                retake_core::said!("The server did not answer."),
            )]
            .into(),
            ..Scorecard::default()
        });
        card
    }

    #[test]
    fn nobody_wins_by_a_question_that_failed_and_it_is_said() {
        let group = [
            card([0.6, 0.9, 0.9], 0.02),
            unasked([0.0, 1.0, 1.0]),
            card([0.3, 0.9, 0.9], 0.02),
        ];
        let selection = PowerProduct::default().select(&group);
        assert_eq!(selection.order[0], 0);
        let [left] = &selection.left_out[..] else {
            panic!("{:?}", selection.left_out);
        };
        assert_eq!(left.candidate, 1);
        assert!(left.why == "The server did not answer.");
        assert!(!selection.confident);
    }

    #[test]
    fn what_is_unknown_of_all_is_left_out_of_all() {
        let group = [unasked([0.0, 0.5, 0.9]), unasked([0.0, 0.9, 0.9])];
        let selection = PowerProduct::default().select(&group);
        assert_eq!((selection.order[0], selection.left_out.len()), (1, 2));
    }

    #[test]
    fn a_formula_of_ones_own_decides_the_order() {
        let with = |values, own: f32| {
            let mut card = card(values, 0.02);
            let mut score = card.scores[&Dimension::from(Dimension::GENERATION_QUALITY)].clone();
            score.value = own;
            card.scores.insert(Dimension::OWN.into(), score);
            card
        };
        let group = [with([0.9, 0.9, 0.9], 0.2), with([0.4, 0.4, 0.4], 0.7)];
        assert_eq!(PowerProduct::default().select(&group).order, [1, 0]);
    }

    #[test]
    fn a_perfect_copy_loses_to_a_flawed_edit_that_does_what_was_asked() {
        let selection = PowerProduct::default()
            .select(&[card([0.03, 1.0, 1.0], 0.02), card([0.9, 0.5, 0.5], 0.02)]);
        assert_eq!(selection.order, [1, 0]);
    }

    #[test]
    fn equals_are_not_called_sure() {
        let selection = PowerProduct::default()
            .select(&[card([0.9, 0.9, 0.9], 0.05), card([0.9, 0.9, 0.89], 0.05)]);
        assert!(!selection.confident && selection.confidence < 0.6);
    }

    #[test]
    fn a_group_of_failures_is_not_good_enough() {
        assert!(
            !PowerProduct::default()
                .select(&[card([0.1, 0.9, 0.9], 0.02)])
                .good_enough
        );
    }

    #[test]
    fn a_quality_term_without_weight_does_not_count() {
        let selector = PowerProduct {
            quality: 0.0,
            ..PowerProduct::default()
        };
        let group = [card([0.9, 0.8, 0.1], 0.02), card([0.9, 0.7, 1.0], 0.02)];
        assert_eq!(selector.select(&group).order, [0, 1]);
    }

    #[test]
    fn a_ruin_that_does_what_was_asked_is_not_good_enough() {
        let chosen = |card| PowerProduct::default().select(&[card]).good_enough;
        assert!(!chosen(card([1.0, 0.1, 0.9], 0.02)) && chosen(card([1.0, 0.5, 0.9], 0.02)));
    }

    proptest! {
        #[test]
        fn raising_any_dimension_never_lowers_the_overall(
            a in 0.0f32..1.0, b in 0.0f32..1.0, c in 0.0f32..1.0, which in 0usize..3, more in 0.0f32..0.5,
        ) {
            let mut better = [a, b, c];
            better[which] = (better[which] + more).min(1.0);
            let overall = PowerProduct::default().select(&[card([a, b, c], 0.0), card(better, 0.0)]).overall;
            prop_assert!(overall[1] >= overall[0] - 1e-6);
        }

        #[test]
        fn the_order_is_a_permutation_from_best_to_worst(values in prop::collection::vec(0.0f32..1.0, 1..12)) {
            let cards: Vec<_> = values.iter().map(|&v| card([v, 0.8, 0.9], 0.1)).collect();
            let selection = PowerProduct::default().select(&cards);
            let mut seen = selection.order.clone();
            seen.sort_unstable();
            prop_assert_eq!(seen, (0..values.len()).collect::<Vec<_>>());
            prop_assert!(selection.order.windows(2).all(|w| selection.overall[w[0]] >= selection.overall[w[1]]));
        }
    }
}
