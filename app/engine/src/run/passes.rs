//! Several passes over one candidate become one scorecard.

use std::collections::BTreeMap;

use retake_core::{Dimension, Score, Scorecard};

/// Adds pass number `pass` (counted from 1; `so_far` holds the mean of as many): values are averaged, and the spread
/// becomes that of the mean, from what the passes say of themselves and from how far they lie apart. A dimension that only
/// one of the two knows keeps what is known. Reasons and maps are those of the last pass.
pub(super) fn joined(so_far: &Scorecard, next: Scorecard, pass: usize) -> Scorecard {
    let before = pass.max(1) as f32;
    let mut scores: BTreeMap<Dimension, Score> = so_far.scores.clone();
    for (dimension, new) in next.scores {
        let joined = match so_far.scores.get(&dimension) {
            Some(old) => Score {
                value: (old.value * before + new.value) / (before + 1.0),
                spread: spread(old, &new, before),
                ..new
            },
            None => new,
        };
        scores.insert(dimension, joined);
    }
    let mut unknown = next.unknown;
    unknown.retain(|dimension, _| !scores.contains_key(dimension));
    for (dimension, why) in &so_far.unknown {
        if !scores.contains_key(dimension) {
            unknown.entry(dimension.clone()).or_insert(why.clone());
        }
    }
    let mut raw = so_far.raw.clone();
    raw.extend(next.raw);
    Scorecard {
        scores,
        unknown,
        raw,
    }
}

/// One standard deviation of the mean of `before + 1` passes. The variance of one pass is what they say of themselves
/// or, if that is more, what their distance tells; the mean of n independent ones has an nth of it.
fn spread(old: &Score, new: &Score, before: f32) -> f32 {
    let count = before + 1.0;
    let of_one = old.spread * before.sqrt();
    let stated = (of_one.powi(2) * before + new.spread.powi(2)) / count;
    // Welford (1962): the distance of a new value from the mean of the others has variance σ²(1 + 1/n)
    let apart = (new.value - old.value).powi(2) / (1.0 + 1.0 / before);
    let seen = (stated * before + apart) / count;
    (stated.max(seen) / count).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use retake_core::{Rng, said};

    fn card(value: f32, spread: f32) -> Scorecard {
        let score = Score {
            value,
            spread,
            reasons: Vec::new(),
            evidence: None,
        };
        BTreeMap::from([(Dimension::from("light"), score)]).into()
    }

    fn light(card: &Scorecard) -> &Score {
        &card.scores[&Dimension::from("light")]
    }

    #[test]
    fn the_value_is_the_mean_of_all_passes() {
        let two = joined(&card(0.2, 0.1), card(0.4, 0.1), 1);
        let three = joined(&two, card(0.9, 0.1), 2);
        assert!((light(&three).value - 0.5).abs() < 1e-6);
    }

    #[test]
    fn the_spread_falls_with_the_root_of_the_passes() {
        let mut rng = Rng::new(3);
        let mut all = card(0.5 + 0.1 * rng.normal(), 0.1);
        for pass in 1..100 {
            all = joined(&all, card(0.5 + 0.1 * rng.normal(), 0.1), pass);
        }
        let spread = light(&all).spread;
        assert!((0.008..0.014).contains(&spread), "{spread}");
    }

    #[test]
    fn passes_that_lie_apart_are_not_believed_when_they_call_themselves_sure() {
        let two = joined(&card(0.1, 0.0), card(0.9, 0.0), 1);
        assert!(light(&two).spread > 0.2, "{}", light(&two).spread);
    }

    #[test]
    fn a_pass_that_failed_takes_nothing_away() {
        let failed = Scorecard {
            unknown: [(
                Dimension::from("light"),
                said!("The server did not answer."),
            )]
            .into(),
            ..Scorecard::default()
        };
        let both = joined(&card(0.3, 0.1), failed, 1);
        assert_eq!((light(&both).value, both.unknown.len()), (0.3, 0));
    }
}
