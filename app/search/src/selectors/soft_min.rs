//! The soft minimum of PURE (arXiv 2504.15275): Σ softmax(−r/T) · r over what a candidate is made of, its dimensions and,
//! in a chain of edits, its turns. One broken part outweighs many good ones; with T → 0 it is the minimum.

use super::SelectorEntry;
use super::chains::renormed;
use super::counted::{Counted, FOLLOWING, Row};
use super::settings::Dial;
use super::verdict::{Limits, pointwise, put, verdict};

static DIALS: [Dial; 1] = [Dial {
    id: "temperature",
    from: 0.001,
    to: 1.0,
    own: 0.1,
    about: "How far beyond the worst part the others count; near 0 the worst part is all.",
}];

pub(super) const ENTRY: SelectorEntry = SelectorEntry {
    id: "soft_min",
    title: "Soft minimum",
    about: "The worst part of an edit counts most, over all its turns.",
    dials: &DIALS,
    weighs: false,
    rule: |group, dials| {
        let counted = Counted::canonical(group);
        let own = counted.own;
        let temperature = dials.of(&DIALS[0]);
        let of = |row: &Row<'_>| match own {
            true => row.of(FOLLOWING),
            false => soft_min(&row.at, temperature),
        };
        let mut standing = pointwise(&counted, &of);
        if group.has_chains() {
            for place in 0..counted.len() {
                let turns: Vec<f64> = group
                    .chain(place)
                    .map(|card| of(&counted.row_of_card(card)))
                    .collect();
                for (turn, value) in turns.iter().enumerate() {
                    put(&mut standing.terms[place], format!("turn.{turn}"), *value);
                }
                standing.value[place] = renormed(soft_min(&turns, temperature), &turns);
                let value = standing.value[place];
                put(&mut standing.terms[place], "relative", value);
            }
        }
        verdict(group, counted, standing, &of, Limits::from(dials))
    },
};

/// Σ softmax(−r/T) · r; 1 of nothing. PURE's form falls again when a value is more than T above it, so such a value
/// counts as T above: then a better part never makes the whole worse.
pub(super) fn soft_min(values: &[f64], temperature: f64) -> f64 {
    let Some(least) = values.iter().copied().reduce(f64::min) else {
        return 1.0;
    };
    let pure = |most: f64| {
        let parts = values.iter().map(|value| value.min(most));
        let weighed = parts.map(|value| (((least - value) / temperature).exp(), value));
        let (sum, total) = weighed.fold((0.0, 0.0), |(sum, total), (weight, value)| {
            (sum + weight, total + weight * value)
        });
        total / sum
    };
    let (mut low, mut high) = (least, values.iter().copied().fold(least, f64::max));
    if high - pure(high) <= temperature {
        return pure(high);
    }
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if middle - pure(middle) > temperature {
            high = middle;
        } else {
            low = middle;
        }
    }
    pure(low)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_parts_are_weighed_as_pure_weighs_them() {
        // Σ softmax(−r/T)·r in double precision, worked out apart
        for (values, temperature, wanted) in [
            (&[0.5, 0.55, 0.6][..], 0.1, 0.533_992_166_609),
            (&[0.9, 0.95], 0.1, 0.918_877_033_440),
            (&[0.3, 0.4, 0.5, 0.6], 1.0, 0.437_535_281_790),
        ] {
            assert!(
                (soft_min(values, temperature) - wanted).abs() < 1e-9,
                "{values:?}"
            );
        }
    }

    #[test]
    fn without_temperature_it_is_the_minimum() {
        assert!((soft_min(&[0.2, 0.9, 0.21], 1e-4) - 0.2).abs() < 1e-4);
    }

    #[test]
    fn a_chain_with_one_broken_step_is_below_a_chain_that_is_fair_throughout() {
        assert!(soft_min(&[0.95, 0.95, 0.2, 0.95], 0.1) < soft_min(&[0.6; 4], 0.1));
    }

    #[test]
    fn a_part_that_is_far_better_does_not_lower_it() {
        let so_far = soft_min(&[0.5, 0.6], 0.1);
        for better in [0.7, 0.8, 1.0, 5.0] {
            assert!(soft_min(&[0.5, better], 0.1) >= so_far - 1e-9, "{better}");
        }
    }
}
