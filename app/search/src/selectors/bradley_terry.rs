//! Bradley and Terry's model with ties, as Rao and Kupper (1967) have it, fitted to what a judge said of two at a time:
//! P(i before j) = σ(s_i − s_j − ln k), P(tie) is the rest; k = 5 as in EditReward and VideoReward. A normal prior keeps
//! the strengths finite where somebody won every time.

use retake_core::{Group, Pair, Verdict, decimals, said};

use super::SelectorEntry;
use super::counted::{Counted, FOLLOWING, Row};
use super::power_mean::base;
use super::settings::{Dial, Dials};
use super::verdict::{Limits, pointwise, put, verdict};

static DIALS: [Dial; 2] = [
    Dial {
        id: "ties",
        from: 1.01,
        to: 50.0,
        own: 5.0,
        about: "How readily two count as equal: 1 nearly never, 5 as published.",
    },
    Dial {
        id: "prior",
        from: 0.1,
        to: 10.0,
        own: 2.0,
        about: "How far strengths may lie apart before anything was compared.",
    },
];

pub(super) const ENTRY: SelectorEntry = SelectorEntry {
    id: "bradley_terry",
    title: "Two by two",
    about: "Orders by what a judge said of two at a time, ties included.",
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
        let pairs = group.pairs();
        if pairs.is_empty() {
            let alone = said!("No two of them were compared, so their scores order them.");
            standing.notes.push(alone);
            return verdict(group, counted, standing, &formula, Limits::from(dials));
        }
        let [ties, prior] = [0, 1].map(|place: usize| dials.of(&DIALS[place]));
        let fit = fit(counted.len(), &pairs, ties, prior);
        let level = std::mem::replace(&mut standing.level, 1.0);
        let by_scores = best(&standing.value);
        for place in 0..counted.len() {
            let chance = fit.before_the_others(place);
            let by_itself = standing.value[place] * level;
            standing.by_itself.push(by_itself);
            standing.then.push(standing.value[place]);
            standing.value[place] = chance;
            standing.spread[place] = fit.deviation[place] * chance * (1.0 - chance);
            let met = |pair: &&Pair| pair.first == place || pair.second == place;
            let (won, lost) = results(&pairs, place);
            let terms = &mut standing.terms[place];
            put(terms, "strength", fit.strength[place]);
            put(terms, "strength_deviation", fit.deviation[place]);
            put(terms, "better_than_the_others", chance);
            put(terms, "won", won as f64);
            put(terms, "lost", lost as f64);
            let count = pairs.iter().filter(met).count();
            put(terms, "compared", count as f64);
            put(terms, "by_itself", by_itself);
            standing.why.push(match count {
                0 => said!("Nobody compared it with another."),
                _ => said!(
                    "It won {won} and lost {lost} of {count} comparisons; its strength is {strength}.",
                    won = won,
                    lost = lost,
                    count = count,
                    strength = decimals(fit.strength[place], 2)
                ),
            });
        }
        let by_pairs = best(&standing.value);
        if counted.len() > 1 && by_pairs != by_scores {
            standing.beside = true;
            standing.notes.push(said!(
                "The scores put another first than the comparisons do, so it is not sure."
            ));
        }
        verdict(group, counted, standing, &formula, Limits::from(dials))
    },
};

fn best(values: &[f64]) -> Option<usize> {
    (0..values.len()).max_by(|&a, &b| values[a].total_cmp(&values[b]).then(b.cmp(&a)))
}

/// How often one won and lost.
pub(super) fn results(pairs: &[Pair], place: usize) -> (usize, usize) {
    let of = |wanted: fn(&Pair, usize) -> bool| {
        let pairs = pairs.iter().filter(|pair| wanted(pair, place));
        pairs.count()
    };
    let won = of(|pair, place| match pair.better {
        Verdict::First => pair.first == place,
        Verdict::Second => pair.second == place,
        Verdict::Tie => false,
    });
    let lost = of(|pair, place| match pair.better {
        Verdict::First => pair.second == place,
        Verdict::Second => pair.first == place,
        Verdict::Tie => false,
    });
    (won, lost)
}

/// Strengths and their standard deviations (from the curvature at the maximum, Laplace's approximation).
#[derive(Clone, Debug)]
pub(super) struct Fit {
    pub(super) strength: Vec<f64>,
    pub(super) deviation: Vec<f64>,
}

impl Fit {
    /// The mean chance against everybody, oneself included.
    fn before_the_others(&self, place: usize) -> f64 {
        let mut chances: Vec<f64> = self
            .strength
            .iter()
            .map(|other| logistic(self.strength[place] - other))
            .collect();
        // summed in one order, whoever comes first
        chances.sort_by(f64::total_cmp);
        chances.iter().sum::<f64>() / chances.len().max(1) as f64
    }
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// The largest of the likelihood times the prior, by Newton's steps; it has one maximum (the logarithm is concave).
pub(super) fn fit(count: usize, pairs: &[Pair], ties: f64, prior: f64) -> Fit {
    let width = ties.ln();
    let mut strength = vec![0.0f64; count];
    let mut curvature = Vec::new();
    for _ in 0..100 {
        let (slope, bend) = derivatives(&strength, pairs, width, prior);
        let step = solve(bend.clone(), slope);
        curvature = bend;
        // a concave logistic likelihood: half a step is never too far where a whole one is
        let longest = step.iter().fold(0.0f64, |most, step| most.max(step.abs()));
        let share = if longest > 1.0 { 1.0 / longest } else { 1.0 };
        for (strength, step) in strength.iter_mut().zip(&step) {
            *strength += share * step;
        }
        if longest < 1e-12 {
            break;
        }
    }
    let deviation = (0..count).map(|place| {
        let mut unit = vec![0.0; count];
        unit[place] = 1.0;
        solve(curvature.clone(), unit)[place].max(0.0).sqrt()
    });
    Fit {
        deviation: deviation.collect(),
        strength,
    }
}

/// Slope of the logarithm, and its curvature with the sign turned.
fn derivatives(
    strength: &[f64],
    pairs: &[Pair],
    width: f64,
    prior: f64,
) -> (Vec<f64>, Vec<Vec<f64>>) {
    let count = strength.len();
    let weight = prior.powi(-2);
    let mut slope: Vec<f64> = strength.iter().map(|strength| -weight * strength).collect();
    let mut bend = vec![vec![0.0; count]; count];
    for (place, row) in bend.iter_mut().enumerate() {
        row[place] = weight;
    }
    for pair in pairs {
        let (a, b) = (pair.first, pair.second);
        let apart = strength[a] - strength[b];
        let (ahead, behind) = (logistic(apart - width), logistic(-apart - width));
        let (up, curve) = match pair.better {
            Verdict::First => (1.0 - ahead, ahead * (1.0 - ahead)),
            Verdict::Second => (behind - 1.0, behind * (1.0 - behind)),
            Verdict::Tie => (
                behind - ahead,
                ahead * (1.0 - ahead) + behind * (1.0 - behind),
            ),
        };
        slope[a] += up;
        slope[b] -= up;
        bend[a][a] += curve;
        bend[b][b] += curve;
        bend[a][b] -= curve;
        bend[b][a] -= curve;
    }
    (slope, bend)
}

/// Solves `matrix · x = right` by elimination; the matrix is positive definite, so no rows need be changed.
fn solve(mut matrix: Vec<Vec<f64>>, mut right: Vec<f64>) -> Vec<f64> {
    let count = right.len();
    for pivot in 0..count {
        let (above, below) = matrix.split_at_mut(pivot + 1);
        let pivot_row = &above[pivot];
        for (offset, row) in below.iter_mut().enumerate() {
            let factor = row[pivot] / pivot_row[pivot];
            if factor != 0.0 {
                for (value, above) in row[pivot..].iter_mut().zip(&pivot_row[pivot..]) {
                    *value -= factor * above;
                }
                right[pivot + 1 + offset] -= factor * right[pivot];
            }
        }
    }
    for place in (0..count).rev() {
        let known = matrix[place][place + 1..].iter().zip(&right[place + 1..]);
        let known: f64 = known.map(|(a, b)| a * b).sum();
        right[place] = (right[place] - known) / matrix[place][place];
    }
    right
}

/// Each with the next two in the order of the scores: neighbours are what scores tell apart worst, and the best go first.
/// Two a candidate tie the group together, so that N candidates take 2 N comparisons and not N².
pub(super) fn wanted(group: &Group<'_>, _: &Dials) -> Vec<(usize, usize)> {
    let counted = Counted::canonical(group);
    let values = pointwise(&counted, &base).value;
    let mut order: Vec<usize> = (0..counted.len()).collect();
    order.sort_by(|&a, &b| values[b].total_cmp(&values[a]));
    let next = |at: usize| (1..=2).map(move |step| (at, at + step));
    (0..order.len())
        .flat_map(next)
        .filter_map(|(at, other)| Some((order[at], *order.get(other)?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(first: usize, second: usize, better: Verdict) -> Pair {
        Pair {
            first,
            second,
            better,
        }
    }

    #[test]
    fn strengths_are_those_that_a_general_optimiser_finds() {
        // scipy: BFGS, then Nelder–Mead, on the same likelihood written out in probabilities; deviations from a numerical
        // Hessian
        let pairs = [
            pair(0, 1, Verdict::First),
            pair(1, 0, Verdict::Tie),
            pair(0, 2, Verdict::First),
            pair(2, 0, Verdict::Second),
            pair(1, 2, Verdict::Tie),
            pair(3, 0, Verdict::First),
            pair(2, 3, Verdict::Second),
            pair(1, 3, Verdict::Second),
            pair(3, 1, Verdict::Tie),
            pair(2, 1, Verdict::First),
        ];
        for (ties, prior, strength, deviation) in [
            (
                5.0,
                2.0,
                [0.671_596, -1.128_418, -1.153_596, 1.610_417],
                [1.184_78, 1.172_28, 1.205_49, 1.258_39],
            ),
            (
                1.5,
                1.0,
                [0.318_340, -0.478_435, -0.500_283, 0.660_378],
                [0.718_82, 0.676_58, 0.717_57, 0.752_65],
            ),
        ] {
            let fit = fit(4, &pairs, ties, prior);
            for (found, wanted) in fit.strength.iter().zip(strength) {
                assert!((found - wanted).abs() < 1e-5, "{:?}", fit.strength);
            }
            for (found, wanted) in fit.deviation.iter().zip(deviation) {
                assert!((found - wanted).abs() < 1e-4, "{:?}", fit.deviation);
            }
        }
    }

    #[test]
    fn ties_alone_say_nothing_apart() {
        let unknown = fit(2, &[], 5.0, 2.0);
        assert_eq!(unknown.strength, [0.0, 0.0]);
        let tied = fit(2, &[pair(0, 1, Verdict::Tie)], 5.0, 2.0);
        assert!(tied.strength.iter().all(|strength| strength.abs() < 1e-12));
        assert!(tied.deviation[0] < unknown.deviation[0]);
    }

    #[test]
    fn who_always_won_stays_finite() {
        let pairs: Vec<Pair> = (0..1000).map(|_| pair(0, 1, Verdict::First)).collect();
        let fit = fit(2, &pairs, 5.0, 2.0);
        assert!(fit.strength[0].is_finite() && fit.strength[0] > 2.0);
    }
}
