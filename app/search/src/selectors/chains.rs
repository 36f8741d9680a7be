//! Chains of edits, turn by turn, after Gao et al. (arXiv 2410.15115), so that a longer chain is not better for being
//! longer. Clip: r' = min(r − η, 0), only bad turns count, and their sum is never above zero. Delta: a turn is worth what
//! it added to the turn before, so the sum is what the last picture is worth; a turn that adds nothing costs a little.
//! Clip is monotone in a turn only as far as the group's best goes: r is a share of that best, so that a better last turn of
//! the best edit lowers the shares, and so the values, of all others, and what a turn has above η is worth nothing more;
//! equal ones stand by their last turn.
//! Each turn's r is `min(following, preserving)^0.8 · quality^0.2`, in shares of the group's best.

use retake_core::{Group, Selection, decimals, said};

use super::SelectorEntry;
use super::counted::{Counted, FOLLOWING, Row};
use super::power_mean::base;
use super::settings::{Dial, Dials};
use super::verdict::{Limits, Standing, pointwise, put, verdict};

static ETA: [Dial; 1] = [Dial {
    id: "eta",
    from: 0.0,
    to: 1.0,
    own: 0.5,
    about: "A turn that is worth less than this, as a share of the group's best, counts against the chain.",
}];

pub(super) const CLIP: SelectorEntry = SelectorEntry {
    id: "clip",
    title: "No bad turn",
    about: "Of edits made in several turns the one with the fewest and smallest bad turns.",
    dials: &ETA,
    weighs: false,
    rule: |group, dials| {
        let eta = dials.of(&ETA[0]);
        over(group, dials, |turns, standing, place| {
            let bad: f64 = turns.iter().map(|value| (value - eta).min(0.0)).sum();
            let worst = turns.iter().enumerate().filter(|(_, value)| **value < eta);
            let worst = worst.min_by(|a, b| a.1.total_cmp(b.1));
            put(&mut standing.terms[place], "bad_turns", bad);
            if turns.len() > 1
                && let Some((turn, value)) = worst
            {
                standing.why[place] = said!(
                    "Its turn {turn} is bad: {percent} % of the best.",
                    turn = turn + 1,
                    percent = decimals(value * 100.0, 0)
                );
            }
            bad.exp()
        })
    },
};

static EPSILON: [Dial; 1] = [Dial {
    id: "epsilon",
    from: 0.0,
    to: 0.5,
    own: 0.01,
    about: "A turn that adds less than this counts as having added nothing, and costs as much.",
}];

pub(super) const DELTA: SelectorEntry = SelectorEntry {
    id: "delta",
    title: "What each turn added",
    about: "Of edits made in several turns the one that came furthest, without turns that added nothing.",
    dials: &EPSILON,
    weighs: false,
    rule: |group, dials| {
        let epsilon = dials.of(&EPSILON[0]);
        over(group, dials, |turns, standing, place| {
            let terms = &mut standing.terms[place];
            let mut idle = 0;
            for (turn, pair) in turns.windows(2).enumerate() {
                let gain = pair[1] - pair[0];
                put(terms, format!("gain.{}", turn + 1), gain);
                idle += usize::from(gain < epsilon);
            }
            put(terms, "turns_that_added_nothing", idle as f64);
            if turns.len() > 1 && idle > 0 {
                standing.why[place] = said!(
                    "{idle} of its {count} turns added nothing.",
                    idle = idle,
                    count = turns.len()
                );
            }
            let last = turns.last().copied().unwrap_or(0.0);
            (last - epsilon * idle as f64).max(0.0)
        })
    },
};

/// What the turns on the way are worth together, or nothing where the last of them, the outcome, is worth nothing: good
/// turns never make up for a failed end (ReNorm of PPR, whose process reward counts only beside the outcome's).
pub(super) fn renormed(process: f64, turns: &[f64]) -> f64 {
    match turns.last() {
        Some(&outcome) if outcome <= 0.0 => process.min(0.0),
        _ => process,
    }
}

fn over(
    group: &Group<'_>,
    dials: &Dials,
    together: impl Fn(&[f64], &mut Standing, usize) -> f64,
) -> Selection {
    let counted = Counted::canonical(group);
    let own = counted.own;
    let formula = |row: &Row<'_>| match own {
        true => row.of(FOLLOWING),
        false => base(row),
    };
    let mut standing = pointwise(&counted, &formula);
    standing.why = vec![retake_core::Said::default(); counted.len()];
    let last = standing.value.clone();
    for (place, value) in last.iter().enumerate() {
        let before = group.chain(place).count().saturating_sub(1);
        let turns: Vec<f64> = group
            .chain(place)
            .take(before)
            .map(|card| formula(&counted.row_of_card(card)))
            .chain([*value])
            .collect();
        for (turn, value) in turns.iter().enumerate() {
            let terms = &mut standing.terms[place];
            put(terms, format!("turn.{}", turn + 1), *value);
        }
        standing.by_itself.push(value * standing.level);
        let value = renormed(together(&turns, &mut standing, place), &turns);
        put(&mut standing.terms[place], "relative", value);
        standing.value[place] = value;
    }
    standing.then = last;
    verdict(group, counted, standing, &formula, Limits::from(dials))
}

#[cfg(test)]
mod tests {
    use retake_core::{Dimension, Score, Scorecard};
    use serde_json::Value;

    use super::*;
    use crate::selectors::selector;

    fn card(following: f32) -> Scorecard {
        let score = Score {
            value: following,
            spread: 0.01,
            reasons: Vec::new(),
            evidence: None,
        };
        let dimension = Dimension::from(Dimension::INSTRUCTION_FOLLOWING);
        std::collections::BTreeMap::from([(dimension, score)]).into()
    }

    fn choose(id: &str, last: &[f32], before: &[&[f32]]) -> Selection {
        let cards: Vec<Scorecard> = last.iter().map(|value| card(*value)).collect();
        let chains: Vec<Vec<Scorecard>> = before
            .iter()
            .map(|chain| chain.iter().map(|value| card(*value)).collect())
            .collect();
        let selector = selector(id).and_then(|entry| entry.make(&Value::Null).ok());
        selector
            .expect("it is in the table")
            .choose(&Group::of(&cards).after(&chains))
    }

    #[test]
    fn repeating_a_neutral_turn_never_raises_a_chain() {
        for id in ["clip", "delta", "soft_min"] {
            let mut chain = vec![0.7f32];
            let mut so_far = f32::INFINITY;
            for _ in 0..6 {
                let chosen = choose(id, &[0.7, 0.9], &[&chain, &[0.9]]);
                assert!(chosen.overall[0] <= so_far + 1e-6, "{id}");
                so_far = chosen.overall[0];
                chain.push(0.7);
            }
        }
    }

    #[test]
    fn a_bad_turn_on_the_way_loses_to_a_way_without() {
        for id in ["clip", "soft_min"] {
            let chosen = choose(id, &[0.9, 0.85], &[&[0.2], &[0.8]]);
            assert_eq!(chosen.order, [1, 0], "{id}");
            assert!(!chosen.why[0].is_empty() && chosen.why[1].is_empty());
        }
    }

    #[test]
    fn good_turns_never_make_up_for_a_failed_end() {
        for id in ["clip", "delta", "soft_min"] {
            for before in [&[0.9f32][..], &[0.9, 1.0, 0.8], &[]] {
                let chosen = choose(id, &[0.0, 0.1], &[before, &[0.1]]);
                assert_eq!(chosen.overall[0], 0.0, "{id} {before:?}");
                assert_eq!(chosen.order, [1, 0], "{id} {before:?}");
            }
        }
    }

    #[test]
    fn what_each_turn_added_is_among_the_terms() {
        let chosen = choose("delta", &[1.0, 0.5], &[&[0.25, 0.5], &[]]);
        let gain = |turn: &str| f64::from(chosen.terms[0][turn]);
        // shares to the power of 0.8
        assert!((gain("gain.1") - (0.5f64.powf(0.8) - 0.25f64.powf(0.8))).abs() < 1e-6);
        assert!((gain("gain.2") - (1.0 - 0.5f64.powf(0.8))).abs() < 1e-6);
        assert_eq!(chosen.terms[0]["turns_that_added_nothing"], 0.0);
    }
}
