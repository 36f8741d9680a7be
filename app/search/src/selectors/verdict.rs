//! From numbers to a verdict: the order, how sure it is, whether the best is good enough, and why the others lost. Every
//! selector ends here, so that an untouched copy loses and nothing that is no number decides under any of them.

use std::collections::BTreeMap;

use retake_core::{Group, Said, Selection, decimals, said};

use super::counted::{Class, Counted, Row, spoken};
use super::settings::{BEARABLE, Dials, GOOD_ENOUGH, SURE};

/// Two values nearer than this are equal: scores are 32-bit floats, and do not tell finer.
const GRAIN: f64 = 1e-6;

/// A formula over a candidate's shares; of somebody who is the best in everything it is 1.
pub(crate) type Formula<'a> = &'a dyn Fn(&Row<'_>) -> f64;

/// From where on a best candidate is good enough, and a winner sure.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) good_enough: f32,
    pub(crate) bearable: f32,
    pub(crate) sure: f32,
}

impl From<&Dials> for Limits {
    fn from(dials: &Dials) -> Self {
        Self {
            good_enough: dials.of(&GOOD_ENOUGH) as f32,
            bearable: dials.of(&BEARABLE) as f32,
            sure: dials.of(&SURE) as f32,
        }
    }
}

/// How the candidates stand to each other.
#[derive(Clone, Debug, Default)]
pub(crate) struct Standing {
    /// larger is better, 0 to 1
    pub(crate) value: Vec<f64>,
    /// goes before the value, larger first; may be empty
    pub(crate) first_by: Vec<[f64; 2]>,
    /// orders those of equal value, larger first; may be empty
    pub(crate) then: Vec<f64>,
    /// one standard deviation of the value
    pub(crate) spread: Vec<f64>,
    /// value times this is the overall score
    pub(crate) level: f64,
    /// what the value comes from
    pub(crate) terms: Vec<Terms>,
    /// why each is where it is, where the selector knows better than its formula; may be empty
    pub(crate) why: Vec<Said>,
    /// about the whole group
    pub(crate) notes: Vec<Said>,
    /// whether the first ones stand beside each other and no rule puts one before the other
    pub(crate) beside: bool,
    /// whether there is nothing left to choose
    pub(crate) settled: bool,
    /// how good each is by itself in [0, 1], where the overall score says only how it stands to others; may be empty
    pub(crate) by_itself: Vec<f64>,
}

/// Numbers by name.
pub(crate) type Terms = BTreeMap<String, f32>;

/// Adds a term, if it is a number.
pub(crate) fn put(terms: &mut Terms, name: impl Into<String>, value: f64) {
    if value.is_finite() {
        terms.insert(name.into(), value as f32);
    }
}

/// Each candidate by a formula of its own shares. The spread is what the formula moves by when a dimension moves by its
/// own (the dimensions' errors are taken as independent).
pub(crate) fn pointwise(counted: &Counted, formula: Formula<'_>) -> Standing {
    let mut standing = Standing {
        level: formula(&counted.best()),
        ..Standing::default()
    };
    for candidate in 0..counted.len() {
        let row = counted.row(candidate);
        let value = formula(&row);
        let moved = counted.columns.iter().enumerate().map(|(place, column)| {
            let (share, spread) = (row.at[place], column.spreads[candidate]);
            let up = formula(&row.with(place, share + spread));
            let down = formula(&row.with(place, (share - spread).max(0.0)));
            ((up - down) / 2.0).powi(2)
        });
        let spread = moved.sum::<f64>().sqrt();
        let mut terms = shares(counted, candidate);
        put(&mut terms, "relative", value);
        put(&mut terms, "spread", spread);
        standing.value.push(value);
        standing.spread.push(spread);
        standing.terms.push(terms);
    }
    standing
}

/// A candidate's share of each dimension, as terms.
pub(crate) fn shares(counted: &Counted, candidate: usize) -> Terms {
    let mut terms = Terms::new();
    for column in &counted.columns {
        put(&mut terms, column.name.clone(), column.shares[candidate]);
    }
    terms
}

/// The verdict. `formula` says which dimension a candidate loses most by.
pub(crate) fn verdict(
    group: &Group<'_>,
    counted: Counted,
    standing: Standing,
    formula: Formula<'_>,
    limits: Limits,
) -> Selection {
    let count = counted.len();
    let grain = |value: f64| {
        let value = if value.is_finite() { value } else { 0.0 };
        (value / GRAIN).round()
    };
    let first_by = |candidate: usize| {
        let keys = standing.first_by.get(candidate).copied();
        keys.unwrap_or_default().map(grain)
    };
    let then = |candidate: usize| standing.then.get(candidate).copied().unwrap_or(0.0);
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by(|&a, &b| {
        let class = counted.classes[a].cmp(&counted.classes[b]);
        let keys = |place: usize| {
            let [first, second] = first_by(place);
            [
                first,
                second,
                grain(standing.value[place]),
                grain(then(place)),
            ]
        };
        let keys = keys(b).into_iter().zip(keys(a));
        keys.fold(class, |so_far, (b, a)| so_far.then(b.total_cmp(&a)))
    });
    let overall = overall(&counted, &standing, &order);
    let Some(&first) = order.first() else {
        return Selection::default();
    };
    let doubted = |place: &usize| {
        let mut left_out = counted.left_out.iter();
        left_out.any(|left| left.candidate == *place)
    };
    let doubted = order.iter().take(2).any(doubted);
    let (margin, confidence) = match order[..] {
        [first, second, ..] => {
            let scored: Vec<(f32, f32)> = order
                .iter()
                .map(|&place| (standing.value[place] as f32, standing.spread[place] as f32))
                .collect();
            let margin = overall[first] - overall[second];
            let sure = counted.classes[first] < counted.classes[second];
            let confidence = if sure { 1.0 } else { confidence(&scored, 0, 1) };
            (margin, confidence)
        }
        _ => (0.0, 1.0),
    };
    let by_itself = standing.by_itself.get(first);
    let by_itself = by_itself.map_or(overall[first], |value| *value as f32);
    let scores = group.cards[first].scores.values().map(|score| score.value);
    let worst = scores.fold(1.0, f32::min);
    let edit = counted.classes[first] == Class::Edit;
    let why = why(&counted, &standing, &order, &overall, formula);
    let mut terms = standing.terms;
    for (terms, overall) in terms.iter_mut().zip(&overall) {
        put(terms, "overall", f64::from(*overall));
    }
    Selection {
        margin,
        confidence,
        confident: confidence >= limits.sure && !doubted && !standing.beside,
        good_enough: edit && by_itself >= limits.good_enough && worst >= limits.bearable,
        settled: standing.settled,
        left_out: counted.left_out,
        notes: counted.notes.into_iter().chain(standing.notes).collect(),
        terms,
        why,
        overall,
        order,
    }
}

/// In [0, 1] and never above somebody who is before it in the order.
fn overall(counted: &Counted, standing: &Standing, order: &[usize]) -> Vec<f32> {
    let mut overall = vec![0.0; counted.len()];
    let mut most = 1.0f32;
    for &place in order {
        let value = standing.value[place] * standing.level;
        let value = if value.is_finite() { value as f32 } else { 0.0 };
        most = match counted.classes[place] {
            Class::Unscored => 0.0,
            _ => value.clamp(0.0, most),
        };
        overall[place] = most;
    }
    overall
}

fn why(
    counted: &Counted,
    standing: &Standing,
    order: &[usize],
    overall: &[f32],
    formula: Formula<'_>,
) -> Vec<Said> {
    let first = order[0];
    let of = |place: usize| match counted.classes[place] {
        _ if place == first => Said::default(),
        Class::Untouched => said!("It shows the photo as it was."),
        Class::Unscored => said!("Nothing is known of how good it is."),
        Class::Edit => match standing.why.get(place).filter(|why| !why.is_empty()) {
            Some(why) => why.clone(),
            None => shortfall(counted, first, place, formula).unwrap_or_else(|| {
                match overall[first] - overall[place] {
                    behind if behind > 1e-6 => said!(
                        "It is behind by {margin} of 10 in all.",
                        margin = decimals(behind * 10.0, 2)
                    ),
                    _ => said!("It is as good as the first."),
                }
            }),
        },
    };
    (0..counted.len()).map(of).collect()
}

/// The dimension that a candidate would gain most by if it had the first one's share of it.
fn shortfall(counted: &Counted, first: usize, place: usize, formula: Formula<'_>) -> Option<Said> {
    let row = counted.row(place);
    let now = formula(&row);
    let gain = |column: usize| {
        let better = counted.columns[column].shares[first];
        (formula(&row.with(column, better)) - now, column)
    };
    let most = (0..counted.columns.len())
        .map(gain)
        .max_by(|a, b| a.0.total_cmp(&b.0));
    let (_, column) = most.filter(|(gain, _)| *gain > 1e-6)?;
    Some(said!(
        "It falls short most in {dimension}: {its} of 10, the first has {best}.",
        dimension = spoken(&counted.columns[column].name),
        its = decimals(counted.value(column, place) * 10.0, 1),
        best = decimals(counted.value(column, first) * 10.0, 1)
    ))
}

/// The probability that the first is truly better than the second, given that they are the two best of a group: normal
/// errors of the stated spreads about true scores that are themselves normally distributed, with the mean and variance
/// that the group shows (empirical Bayes: Efron & Morris 1975, "Data analysis using Stein's estimator", §2). Without it
/// the best of many equals always looks better than it is.
pub(crate) fn confidence(scored: &[(f32, f32)], first: usize, second: usize) -> f32 {
    let count = scored.len() as f32;
    let mean = scored.iter().map(|s| s.0).sum::<f32>() / count;
    let seen = scored.iter().map(|s| (s.0 - mean).powi(2)).sum::<f32>() / (count - 1.0).max(1.0);
    let noise = scored.iter().map(|s| s.1 * s.1).sum::<f32>() / count;
    let true_variance = (seen - noise).max(1e-8);
    let weight = |s: (f32, f32)| 1.0 / (s.1 * s.1 + true_variance);
    let centre = scored.iter().map(|&s| weight(s) * s.0).sum::<f32>()
        / scored.iter().map(|&s| weight(s)).sum::<f32>();
    let kept = |s: (f32, f32)| true_variance * weight(s);
    let likely = |s: (f32, f32)| centre + kept(s) * (s.0 - centre);
    let doubt = |s: (f32, f32)| kept(s) * s.1 * s.1;
    let (a, b) = (scored[first], scored[second]);
    let spread = (doubt(a) + doubt(b)).sqrt().max(1e-4);
    // the order was made by score alone; a much surer second may be the likelier best
    normal_cdf((likely(a) - likely(b)) / spread).max(0.5)
}

/// Standard normal distribution function (Abramowitz & Stegun 1964, 26.2.17; error below 1e-7).
pub(crate) fn normal_cdf(x: f32) -> f32 {
    let z = f64::from(x.abs());
    let t = 1.0 / (1.0 + 0.231_641_9 * z);
    let poly = t
        * (0.319_381_530
            + t * (-0.356_563_782
                + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))));
    let tail = (-0.5 * z * z).exp() / (std::f64::consts::TAU).sqrt() * poly;
    (if x >= 0.0 { 1.0 - tail } else { tail }) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_normal_distribution_has_its_tabled_values() {
        for (x, p) in [(0.0, 0.5), (1.0, 0.841_344_7), (-1.959_964, 0.025)] {
            assert!((normal_cdf(x) - p).abs() < 1e-6);
        }
    }

    /// (stated confidence, whether it was right) of many groups whose spreads are true.
    fn trials(count: usize, differ: f32) -> Vec<(f32, bool)> {
        let mut rng = retake_core::Rng::new(5);
        (0..4000)
            .map(|_| {
                let all: Vec<(f32, f32, f32)> = (0..count)
                    .map(|_| {
                        let (truth, spread) =
                            (0.6 + differ * rng.normal(), rng.between(0.01, 0.06));
                        (truth, truth + spread * rng.normal(), spread)
                    })
                    .collect();
                let scored: Vec<(f32, f32)> = all.iter().map(|t| (t.1, t.2)).collect();
                let mut order: Vec<usize> = (0..count).collect();
                order.sort_by(|&a, &b| scored[b].0.total_cmp(&scored[a].0));
                let (first, second) = (order[0], order[1]);
                (
                    confidence(&scored, first, second),
                    all[first].0 > all[second].0,
                )
            })
            .collect()
    }

    #[test]
    fn the_stated_confidence_is_how_often_it_is_right() {
        for count in [4, 8, 16] {
            for differ in [0.005, 0.02, 0.05, 0.15] {
                let trials = trials(count, differ);
                let stated = trials.iter().map(|t| t.0).sum::<f32>() / trials.len() as f32;
                let right = trials.iter().filter(|t| t.1).count() as f32 / trials.len() as f32;
                assert!(
                    (stated - right).abs() < 0.06,
                    "{count} that differ by {differ}: {stated} {right}"
                );
            }
        }
    }

    #[test]
    fn who_is_called_sure_is_mostly_right_even_of_two() {
        for (count, differ) in [
            (2, 0.05),
            (2, 0.15),
            (4, 0.05),
            (8, 0.02),
            (8, 0.05),
            (16, 0.05),
        ] {
            let sure: Vec<bool> = trials(count, differ)
                .iter()
                .filter(|t| t.0 > 0.75)
                .map(|t| t.1)
                .collect();
            let right = sure.iter().filter(|right| **right).count() as f32 / sure.len() as f32;
            assert!(
                sure.len() > 50 && right > 0.72,
                "{count} that differ by {differ}: {right}"
            );
        }
    }

    #[test]
    fn the_best_of_many_equals_is_not_believed() {
        let trials = trials(16, 0.0);
        let sure = trials.iter().filter(|t| t.0 > 0.75).count();
        assert!(sure < trials.len() / 20, "{sure}");
    }
}
