//! Caution over an ensemble of judges (Coste et al., arXiv 2310.02743; Eisenstein et al., "Helping or Herding",
//! arXiv 2312.09244): the worst judge's word, or the mean less what the judges differ by. A picture that fools one judge
//! does not win; one that fools all of them does, and no ensemble can help that.

use retake_core::{Group, Selection, decimals, said};

use super::SelectorEntry;
use super::counted::{Counted, FOLLOWING, Row};
use super::members::{Judge, judges};
use super::power_mean::base;
use super::settings::{Dial, Dials};
use super::verdict::{Limits, Terms, pointwise, put, verdict};

pub(super) const WORST_CASE: SelectorEntry = SelectorEntry {
    id: "worst_case",
    title: "Worst judge",
    about: "A candidate is as good as the judge says that likes it least.",
    dials: &[],
    weighs: false,
    rule: |group, dials| {
        over(group, dials, 0.0, |values| {
            values.iter().copied().fold(1.0, f64::min)
        })
    },
};

static KAPPA: [Dial; 1] = [Dial {
    id: "kappa",
    from: 0.0,
    to: 5.0,
    own: 1.0,
    about: "How many deviations are taken from the mean.",
}];

/// μ − κσ over judges; with a single judge, every dimension less κ times its own spread.
pub(super) const MEAN_MINUS_DEVIATION: SelectorEntry = SelectorEntry {
    id: "mean_minus_deviation",
    title: "Cautious mean",
    about: "The mean of the judges less what they differ by, so that doubtful ones lose.",
    dials: &KAPPA,
    weighs: false,
    rule: |group, dials| {
        let kappa = dials.of(&KAPPA[0]);
        over(group, dials, kappa, |values| mean_less(values, kappa))
    },
};

fn over(
    group: &Group<'_>,
    dials: &Dials,
    kappa: f64,
    together: impl Fn(&[f64]) -> f64,
) -> Selection {
    let counted = Counted::canonical(group);
    let own = counted.own;
    let formula = |row: &Row<'_>| match own {
        true => row.of(FOLLOWING),
        false => base(row),
    };
    let (judges, notes) = judges(group);
    let mut standing = pointwise(&counted, &formula);
    standing.notes = notes;
    for place in 0..counted.len() {
        let by_itself = standing.value[place];
        let value = match &judges[..] {
            // one judge alone: its own doubts, dimension by dimension
            [_] => {
                let mut row = counted.row(place);
                for (share, column) in row.at.iter_mut().zip(&counted.columns) {
                    *share = (*share - kappa * column.spreads[place]).max(0.0);
                }
                formula(&row)
            }
            judges => {
                let values: Vec<f64> = judges.iter().map(|judge| judge.values[place]).collect();
                together(&values)
            }
        };
        let terms = &mut standing.terms[place];
        told(terms, &judges, place);
        put(terms, "mean_of_all", by_itself);
        put(terms, "relative", value);
        standing.why.push(match least(&judges, place) {
            Some((judge, least)) => said!(
                "{judge} gives it least, {percent} % of what it gives the best.",
                judge = &judge.name,
                percent = decimals(least * 100.0, 0)
            ),
            None => retake_core::Said::default(),
        });
        standing.value[place] = value;
    }
    verdict(group, counted, standing, &formula, Limits::from(dials))
}

fn told(terms: &mut Terms, judges: &[Judge], place: usize) {
    for judge in judges {
        put(terms, format!("judge.{}", judge.name), judge.values[place]);
    }
}

/// Of several judges the one that gives least.
fn least(judges: &[Judge], place: usize) -> Option<(&Judge, f64)> {
    let several = judges.len() > 1;
    let values = judges.iter().map(|judge| (judge, judge.values[place]));
    values
        .min_by(|a, b| a.1.total_cmp(&b.1))
        .filter(|_| several)
}

/// μ − κσ, not below zero. A judge that praises far above the others would lower it by its praise; it counts only as high
/// as praise still helps (σ ≥ κ · (x − μ)), so that a better word never makes the whole worse.
fn mean_less(values: &[f64], kappa: f64) -> f64 {
    let moments = |most: f64| {
        let values = values.iter().map(|value| value.min(most));
        let count = values.clone().count().max(1) as f64;
        let mean = values.clone().sum::<f64>() / count;
        let variance = values.map(|value| (value - mean).powi(2)).sum::<f64>() / count;
        (mean, variance.sqrt())
    };
    let beyond = |most: f64| {
        let (mean, deviation) = moments(most);
        deviation > 1e-12 && kappa * (most - mean) > deviation
    };
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    let (mut low, mut high) = (least, values.iter().copied().fold(least, f64::max));
    if beyond(high) {
        for _ in 0..60 {
            let middle = f64::midpoint(low, high);
            if beyond(middle) {
                high = middle;
            } else {
                low = middle;
            }
        }
        high = low;
    }
    let (mean, deviation) = moments(high);
    (mean - kappa * deviation).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_judges_have_the_published_mean_less_deviation() {
        // numpy: mean − 0.5 · std
        assert!((mean_less(&[0.6, 0.7, 0.8], 0.5) - 0.659_175_170_953).abs() < 1e-9);
        assert!((mean_less(&[0.5, 0.5, 0.5], 2.0) - 0.5).abs() < 1e-12);
    }

    #[test]
    fn praise_of_one_judge_alone_never_lowers_it() {
        let mut before = 0.0;
        for step in 0..=100 {
            let value = mean_less(&[0.5, 0.5, 0.45, 0.55, f64::from(step) / 100.0], 1.0);
            assert!(value >= before - 1e-6, "{step}");
            before = value;
        }
    }
}
