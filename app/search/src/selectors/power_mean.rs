//! The weighted power mean family: published ways to make one number of several scores. Inside following-and-preserving
//! and inside quality a mean or the minimum, between the two a weighted geometric mean. In their published form they
//! reckon with absolute scores; here dimensions are shares of the group's best first, which a product does not notice and
//! a minimum does. `published-scale = 1` leaves that out, for published numbers.

use std::collections::BTreeMap;

use retake_core::{Group, Selection};

use super::SelectorEntry;
use super::counted::{Counted, FOLLOWING, PRESERVING, QUALITY, Row};
use super::settings::{Dial, Dials};
use super::verdict::{Limits, pointwise, put, verdict};

const PUBLISHED_SCALE: Dial = Dial {
    id: "published-scale",
    from: 0.0,
    to: 1.0,
    own: 0.0,
    about: "1 reckons with the scores as they are and not with shares of the group's best.",
};

const fn alpha(own: f64) -> Dial {
    Dial {
        id: "alpha",
        from: 0.0,
        to: 1.0,
        own,
        about: "Exponent of following and preserving; quality has one minus it.",
    }
}

static HALF: [Dial; 2] = [alpha(0.5), PUBLISHED_SCALE];
static MOST: [Dial; 2] = [alpha(0.8), PUBLISHED_SCALE];
static ALONE: [Dial; 1] = [PUBLISHED_SCALE];

/// min(following, preserving)^α · min(quality)^(1 − α), the base of all selectors that need one number of a scorecard.
pub(super) fn minima(row: &Row<'_>, alpha: f64) -> f64 {
    let [following, preserving] = row.semantic();
    following.min(preserving).powf(alpha) * row.least_quality().powf(1.0 - alpha)
}

/// The same with the α of [`POWER`].
pub(super) fn base(row: &Row<'_>) -> f64 {
    minima(row, 0.8)
}

/// α 0.8 is SpatialReward's exponent, the minima are VIEScore's.
pub(super) const POWER: SelectorEntry = SelectorEntry {
    id: "power-0.8",
    title: "Weakest part, success first",
    about: "The weaker of what was asked and what is kept counts most, quality a little.",
    dials: &MOST,
    weighs: false,
    rule: |group, dials| {
        let alpha = dials.of(&MOST[0]);
        by(group, dials, &|row| minima(row, alpha))
    },
};

/// sqrt(min(SC) · min(PQ)): VIEScore (arXiv 2312.14867).
pub(super) const VIESCORE: SelectorEntry = SelectorEntry {
    id: "viescore",
    title: "VIEScore",
    about: "The weakest part of the edit and the weakest part of the picture count alike.",
    dials: &HALF,
    weighs: false,
    rule: |group, dials| {
        let alpha = dials.of(&HALF[0]);
        by(group, dials, &|row| minima(row, alpha))
    },
};

/// The number that EditScore (arXiv 2509.23909) gave, a mean of its passes' sqrt(min · min), where it scored all of them.
pub(super) const EDITSCORE: SelectorEntry = SelectorEntry {
    id: "editscore",
    title: "EditScore",
    about: "As EditScore orders: by its own number where it was the judge, otherwise by its formula.",
    dials: &HALF,
    weighs: false,
    rule: |group, dials| match published(group, "editscore.overall") {
        Some(numbers) => by_numbers(group, dials, &numbers),
        None => {
            let alpha = dials.of(&HALF[0]);
            by(group, dials, &|row| minima(row, alpha))
        }
    },
};

/// (0.6 · following + 0.4 · preserving)^0.8 · (mean of quality)^0.2: SpatialReward (arXiv 2602.07458).
pub(super) const SPATIAL_REWARD: SelectorEntry = SelectorEntry {
    id: "spatial_reward",
    title: "SpatialReward",
    about: "A mean of what was asked and what is kept counts most, so that two candidates seldom tie.",
    dials: &MOST,
    weighs: false,
    rule: |group, dials| {
        let alpha = dials.of(&MOST[0]);
        by(group, dials, &|row| {
            let [following, preserving] = row.semantic();
            let [natural, clean] = row.quality();
            (0.6 * following + 0.4 * preserving).powf(alpha)
                * (0.5 * natural + 0.5 * clean).powf(1.0 - alpha)
        })
    },
};

/// E · (0.6 + 0.4 · C): the consistency-modulated execution of FIRM (arXiv 2603.12247).
pub(super) const FIRM: SelectorEntry = SelectorEntry {
    id: "firm",
    title: "FIRM",
    about: "What is kept is only a bonus on what was done; quality does not count.",
    dials: &ALONE,
    weighs: false,
    rule: |group, dials| {
        by(group, dials, &|row| {
            let [following, preserving] = row.semantic();
            following * (0.6 + 0.4 * preserving)
        })
    },
};

/// How much dimensions count where nobody said: the id of the setting, the dimension, the weight, and a sentence.
pub(crate) const OWN_WEIGHTS: &[(&str, &str, f64, &str)] = &[
    (
        "weights.instruction_following",
        FOLLOWING,
        0.6,
        "How much instruction following counts.",
    ),
    (
        "weights.detail_preserving",
        PRESERVING,
        0.2,
        "How much detail preserving counts.",
    ),
    (
        "weights.generation_quality",
        QUALITY,
        0.2,
        "How much generation quality counts.",
    ),
];

static EXPONENT: [Dial; 2] = [
    Dial {
        id: "p",
        from: -20.0,
        to: 20.0,
        own: 0.0,
        about: "Exponent of the mean: 1 arithmetic, 0 geometric, -1 harmonic, -20 nearly the minimum.",
    },
    PUBLISHED_SCALE,
];

/// (Σ w x^p / Σ w)^(1/p) over dimensions of one's own choice.
pub(super) const POWER_MEAN: SelectorEntry = SelectorEntry {
    id: "power_mean",
    title: "Mean of your own weights",
    about: "A mean of any kind over the dimensions that you weigh.",
    dials: &EXPONENT,
    weighs: true,
    rule: |group, dials| {
        let mut weights = dials.weights().clone();
        if weights.values().all(|weight| *weight <= 0.0) {
            let own = OWN_WEIGHTS.iter();
            weights = own
                .map(|(_, name, weight, _)| ((*name).to_owned(), *weight))
                .collect();
        }
        weights.retain(|_, weight| *weight > 0.0);
        let names: Vec<&str> = weights.keys().map(String::as_str).collect();
        let counted = Counted::of(group, &names);
        let p = dials.of(&EXPONENT[0]);
        finish(group, dials, counted, &|row| mean(row, &weights, p))
    },
};

/// Over the dimensions that somebody scored. Where quality was scored in two parts, the smaller one is quality.
fn mean(row: &Row<'_>, weights: &BTreeMap<String, f64>, p: f64) -> f64 {
    let known = weights.iter().map(|(name, weight)| match name.as_str() {
        QUALITY => (row.least_quality(), *weight),
        name => (row.of(name), *weight),
    });
    let sum: f64 = known.clone().map(|(_, weight)| weight).sum();
    if sum <= 0.0 {
        return 1.0;
    }
    if p.abs() < 1e-6 {
        let logarithms = known.map(|(value, weight)| weight * value.ln());
        return (logarithms.sum::<f64>() / sum).exp();
    }
    let powers = known.map(|(value, weight)| weight * value.powf(p));
    (powers.sum::<f64>() / sum).powf(1.0 / p)
}

/// By a formula over the canonical dimensions.
pub(super) fn by(group: &Group<'_>, dials: &Dials, formula: &dyn Fn(&Row<'_>) -> f64) -> Selection {
    finish(group, dials, Counted::canonical(group), formula)
}

fn finish(
    group: &Group<'_>,
    dials: &Dials,
    mut counted: Counted,
    formula: &dyn Fn(&Row<'_>) -> f64,
) -> Selection {
    if dials.of(&PUBLISHED_SCALE) >= 0.5 {
        counted = counted.unscaled();
    }
    let own = counted.own;
    let formula = |row: &Row<'_>| match own {
        true => row.of(FOLLOWING),
        false => formula(row),
    };
    let standing = pointwise(&counted, &formula);
    verdict(group, counted, standing, &formula, Limits::from(dials))
}

/// A number that a judge published for every candidate.
fn published(group: &Group<'_>, name: &str) -> Option<Vec<f64>> {
    let of = |card: &retake_core::Scorecard| {
        let mut raws = card.raw.iter();
        let number = raws.find_map(|raw| raw.measures.get(name).copied());
        number.filter(|number| number.is_finite())
    };
    group.cards.iter().map(of).collect()
}

fn by_numbers(group: &Group<'_>, dials: &Dials, numbers: &[f64]) -> Selection {
    let counted = Counted::canonical(group);
    let mut standing = pointwise(&counted, &base);
    let most = numbers.iter().copied().fold(0.0, f64::max);
    for (place, number) in numbers.iter().enumerate() {
        let share = if most > 0.0 {
            number.max(0.0) / most
        } else {
            1.0
        };
        standing.value[place] = share;
        put(&mut standing.terms[place], "published", *number);
        put(&mut standing.terms[place], "relative", share);
    }
    verdict(group, counted, standing, &base, Limits::from(dials))
}
