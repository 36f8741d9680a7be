//! Preference as reward (PAR, arXiv 2502.18770): σ(r − r of a reference), so that a score is the probability of being
//! better than what one had, bounded, and to be compared between photos. Here r is the logarithm of the overall score,
//! which makes it o / (o + o of the reference), the chance in Bradley and Terry's model. The reference is the untouched
//! source or a plain first sample; where there is none, each is held against everybody of the group.

use retake_core::said;

use super::SelectorEntry;
use super::counted::{Counted, FOLLOWING, Row};
use super::power_mean::base;
use super::settings::Dial;
use super::verdict::{Limits, pointwise, put, verdict};

static DIALS: [Dial; 1] = [Dial {
    id: "sharpness",
    from: 0.1,
    to: 20.0,
    own: 2.0,
    about: "How soon a better score becomes a sure one.",
}];

/// The least overall score that is told from none.
const LEAST: f64 = 1e-6;

pub(super) const ENTRY: SelectorEntry = SelectorEntry {
    id: "par",
    title: "Better than before",
    about: "The probability that a candidate is better than what you had.",
    dials: &DIALS,
    weighs: false,
    rule: |group, dials| {
        let counted = Counted::canonical(group);
        let own = counted.own;
        let formula = |row: &Row<'_>| match own {
            true => row.of(FOLLOWING),
            false => base(row),
        };
        let mut standing = pointwise(&counted, &formula);
        let sharpness = dials.of(&DIALS[0]);
        let references: Vec<f64> = match group.reference() {
            Some(card) => vec![formula(&counted.row_of_card(card))],
            None => {
                let alone = said!(
                    "There is nothing to hold them against, so each is held against the others."
                );
                standing.notes.push(alone);
                let mut values = standing.value.clone();
                // summed in one order, whoever comes first
                values.sort_by(f64::total_cmp);
                values
            }
        };
        let level = standing.level;
        for place in 0..counted.len() {
            let value = standing.value[place];
            let chances = references.iter();
            let chances = chances.map(|reference| better(value, *reference, sharpness));
            let chance = chances.sum::<f64>() / references.len().max(1) as f64;
            let steep = sharpness * chance * (1.0 - chance) / value.max(0.05);
            standing.by_itself.push(value * level);
            standing.spread[place] *= steep;
            standing.then.push(value);
            standing.value[place] = chance;
            let terms = &mut standing.terms[place];
            put(terms, "better_than_the_reference", chance);
            put(terms, "by_itself", value * level);
        }
        standing.level = 1.0;
        verdict(group, counted, standing, &formula, Limits::from(dials))
    },
};

/// σ(sharpness · (ln value − ln reference)).
fn better(value: f64, reference: f64, sharpness: f64) -> f64 {
    let apart = value.max(LEAST).ln() - reference.max(LEAST).ln();
    1.0 / (1.0 + (-sharpness * apart).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reference_itself_is_at_a_half_and_nothing_leaves_the_bounds() {
        assert_eq!(better(0.4, 0.4, 2.0), 0.5);
        for value in [0.0, 1e-9, 0.5, 1.0, 1e9] {
            let chance = better(value, 0.3, 20.0);
            assert!((0.0..=1.0).contains(&chance));
        }
    }

    #[test]
    fn it_is_the_chance_that_bradley_and_terry_give() {
        assert!((better(0.6, 0.2, 1.0) - 0.75).abs() < 1e-12);
        // 0.8² / (0.8² + 0.4²)
        assert!((better(0.8, 0.4, 2.0) - 0.8).abs() < 1e-12);
    }
}
