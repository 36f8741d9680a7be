//! Two rewards on the same pairs: is one better, or was it lucky? McNemar's exact test looks at the pairs that only one of
//! them gets right; the paired bootstrap at the difference of any figure.

use serde::Serialize;

use rayon::prelude::*;

use super::bootstrap::{Draws, Interval, between};

/// Which of two rewards gets which pair right.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Discordant {
    /// right by the first alone
    pub only_first: u64,
    /// right by the second alone
    pub only_second: u64,
}

impl Discordant {
    /// Counts pairs: (the first is right, the second is right).
    pub fn of(right: impl IntoIterator<Item = (bool, bool)>) -> Self {
        let mut counts = Self::default();
        for (first, second) in right {
            counts.only_first += u64::from(first && !second);
            counts.only_second += u64::from(second && !first);
        }
        counts
    }

    /// Two-sided p-value of McNemar's exact test: a binomial with one half over the discordant pairs
    /// (`statsmodels.stats.contingency_tables.mcnemar(exact=True)`). 1 without any.
    pub fn p_value(self) -> f64 {
        let count = self.only_first + self.only_second;
        let fewer = self.only_first.min(self.only_second);
        if count == 0 {
            return 1.0;
        }
        // terms of the binomial, each from the one before it, in logarithms so that none is lost
        let mut log_term = -(count as f64) * std::f64::consts::LN_2;
        let mut sum = log_term.exp();
        for k in 1..=fewer {
            log_term += ((count - k + 1) as f64 / k as f64).ln();
            sum += log_term.exp();
        }
        (2.0 * sum).min(1.0)
    }
}

/// A difference of figures and how sure it is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Difference {
    /// first less second
    pub difference: f64,
    /// of the difference, the same draws for both
    pub interval: Option<Interval>,
    /// two-sided p-value: twice the share of rounds on the less likely side of 0, with one added to both counts so that it
    /// is never 0 (Davison & Hinkley 1997, "Bootstrap Methods and their Application", eq. 4.11)
    pub p: f64,
}

/// The figures of both rewards over the places that were drawn.
pub type BothFigures<'a> = dyn Fn(&[usize]) -> Option<(f64, f64)> + Sync + 'a;

/// The paired bootstrap: `figures` gets the places drawn of `count` units and gives the figures of both rewards.
pub fn paired(count: usize, draws: Draws, figures: &BothFigures<'_>) -> Option<Difference> {
    let whole: Vec<usize> = (0..count).collect();
    let (first, second) = figures(&whole)?;
    let rounds: Vec<Option<f64>> = (0..draws.rounds)
        .into_par_iter()
        .map(|round| figures(&draws.round(round, count)).map(|(first, second)| first - second))
        .collect();
    let known = || rounds.iter().flatten();
    let side = |of: &dyn Fn(f64) -> bool| known().filter(|d| of(**d)).count() + 1;
    let tail = side(&|d| d <= 0.0).min(side(&|d| d >= 0.0)) as f64;
    let p = (2.0 * tail / (known().count() + 1) as f64).min(1.0);
    Some(Difference {
        difference: first - second,
        interval: between(rounds),
        p,
    })
}
