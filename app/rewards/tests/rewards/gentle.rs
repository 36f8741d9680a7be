//! Penalties are bounded and gentle: when any one of them counts twice, hardly a pair of edits of which one is known to be
//! worse is turned round, and nothing that was worth something is worth less than nothing.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use retake_core::{Dimension, Raster, Score, Scorecard};

use crate::asking::{cards, instruction, of};
use crate::degrade::{blocks, blur, noise, posterise, sharpen};
use crate::pictures::picture;

/// A fault, and levels of it from weak to strong.
type Fault = (fn(&Raster, f32) -> Raster, [f32; 3]);

const FAULTS: [Fault; 5] = [
    (blur, [0.7, 1.6, 4.0]),
    (noise, [2.0, 6.0, 14.0]),
    (
        |source, amount| sharpen(source, amount, 1.2),
        [0.8, 2.2, 5.0],
    ),
    (posterise, [40.0, 20.0, 8.0]),
    (blocks, [0.2, 0.5, 0.9]),
];
/// Of all pairs so many may turn round.
const FEW: f64 = 0.05;

/// The scorecards of each fault from weak to strong.
static LADDERS: LazyLock<Vec<Vec<Scorecard>>> = LazyLock::new(|| {
    let source = picture("mountain path");
    let ladder = |(fault, levels): Fault| {
        let edits: Vec<Raster> = levels.iter().map(|&level| fault(source, level)).collect();
        cards(source, &edits, &instruction(&[]))
    };
    FAULTS.into_iter().map(ladder).collect()
});

/// A score where a penalty takes away twice as much, by the product of what each leaves.
fn doubled(score: &Score, id: &str) -> f32 {
    let cost = score.reasons.iter().find(|reason| reason.id == id);
    let cost = cost.map_or(0.0, |reason| reason.cost);
    let left = |cost: f32| 1.0 - cost.clamp(0.0, 1.0);
    match left(cost) > 0.0 {
        true => score.value * left(2.0 * cost) / left(cost),
        false => 0.0,
    }
}

/// Kept and good, as one number.
fn overall(card: &Scorecard, id: &str) -> f32 {
    let [kept, good] = [Dimension::DETAIL_PRESERVING, Dimension::GENERATION_QUALITY]
        .map(|dimension| doubled(&of(card, dimension), id));
    kept.powf(0.8) * good.powf(0.2)
}

#[test]
fn a_penalty_that_counts_twice_turns_hardly_a_known_pair_round() {
    let scores = LADDERS
        .iter()
        .flatten()
        .flat_map(|card| card.scores.values());
    let ids: BTreeSet<&str> = scores
        .flat_map(|score| &score.reasons)
        .filter(|reason| reason.cost > 0.0)
        .map(|reason| reason.id.as_str())
        .collect();
    assert!(ids.len() >= 5, "{ids:?}");
    for id in ids {
        let (mut pairs, mut turned) = (0, Vec::new());
        for (place, ladder) in LADDERS.iter().enumerate() {
            for (level, pair) in ladder.windows(2).enumerate() {
                let [better, worse] = [&pair[0], &pair[1]];
                if overall(better, "") <= overall(worse, "") {
                    continue;
                }
                pairs += 1;
                let (better, worse) = (overall(better, id), overall(worse, id));
                assert!(better >= 0.0 && worse >= 0.0, "{id}: {better} {worse}");
                if better < worse {
                    turned.push((place, level));
                }
            }
        }
        assert!(pairs >= 9, "{pairs} of 10 are known");
        let share = turned.len() as f64 / f64::from(pairs);
        assert!(share <= FEW, "{id}: {turned:?} of {pairs}");
    }
}

#[test]
fn no_penalty_that_counts_twice_leaves_a_group_worth_nothing() {
    for ladder in LADDERS.iter() {
        let ids = ladder.iter().flat_map(|card| card.scores.values());
        let ids: BTreeSet<&str> = ids
            .flat_map(|score| &score.reasons)
            .map(|reason| reason.id.as_str())
            .collect();
        for id in ids {
            let best = ladder.iter().map(|card| overall(card, id));
            assert!(best.fold(0.0, f32::max) > 0.0, "{id}");
        }
    }
}
