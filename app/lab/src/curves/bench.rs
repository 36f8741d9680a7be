//! Curves of groups that have scores.

use super::{Curve, CurveLine, CurvePoint, LineKind};
use crate::figures::curve;
use crate::measures::Interval;
use crate::measures::best_of::{BestOf, best_of};
use crate::measures::bootstrap::{Draws, between};
use crate::measures::groups::Rated;
use crate::table::Group;

/// Bins of the spread of scores.
const BINS: usize = 24;

/// The least and the largest of some numbers.
fn ends(values: impl Iterator<Item = f64>) -> Option<[f64; 2]> {
    let ends = values
        .filter(|value| value.is_finite())
        .fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], value| {
            [low.min(value), high.max(value)]
        });
    (ends[0] <= ends[1]).then_some(ends)
}

/// The least and the largest score of all edits.
pub fn score_ends(groups: &[Group]) -> Option<[f64; 2]> {
    let scores = groups.iter().flat_map(|group| &group.entries);
    ends(scores.map(|entry| entry.score))
}

/// Every curve that these groups have something for.
pub fn of_groups(groups: &[Group], judge: &str, draws: Draws) -> Vec<Curve> {
    let all = [
        best(groups, judge, draws),
        reliability(groups, judge),
        scores(groups, judge),
    ];
    all.into_iter().flatten().collect()
}

/// The share of the way from the least to the most.
fn share(value: f64, [low, high]: [f64; 2]) -> f64 {
    if high > low {
        (value - low) / (high - low)
    } else {
        0.5
    }
}

fn best(groups: &[Group], judge: &str, draws: Draws) -> Option<Curve> {
    let rated: Vec<Vec<Rated>> = groups.iter().map(Group::rated).collect();
    let points = best_of(&rated);
    let of = |value: fn(&Rated) -> f64| ends(rated.iter().flatten().map(value));
    let (scores, humans) = of(|rated| rated.score).zip(of(|rated| rated.human))?;
    // the groups that the curve is over are drawn again, and only these
    let most = points.last()?.n;
    let used: Vec<Vec<Rated>> = rated
        .into_iter()
        .filter(|group| group.len() >= most)
        .collect();
    let rounds: Vec<Vec<BestOf>> = (0..draws.rounds)
        .map(|round| {
            let places = draws.round(round, used.len());
            best_of(
                &places
                    .iter()
                    .map(|&place| used[place].clone())
                    .collect::<Vec<_>>(),
            )
        })
        .collect();
    let line = |name: String, value: fn(&BestOf) -> f64, ends: [f64; 2]| {
        let point = |(place, point): (usize, &BestOf)| {
            let drawn = rounds.iter().map(|round| round.get(place).map(value));
            CurvePoint {
                x: point.n as f64,
                y: share(value(point), ends),
                interval: between(drawn.collect()).map(|found| Interval {
                    low: share(found.low, ends),
                    high: share(found.high, ends),
                }),
                over: used.len(),
            }
        };
        CurveLine {
            name,
            kind: LineKind::Found,
            points: points.iter().enumerate().map(point).collect(),
        }
    };
    Some(Curve {
        id: "best-of",
        title: format!("Best of N by {judge}"),
        axes: [
            "candidates".into(),
            "share of the way from the least to the most".into(),
        ],
        lines: vec![
            line(format!("{judge} (proxy)"), |point| point.proxy, scores),
            line("people (held out)".into(), |point| point.human, humans),
        ],
        note: format!(
            "Expected over every way to draw N candidates, over {} groups; bands are 95 of 100 bootstraps over groups.",
            used.len()
        ),
    })
}

/// The interval of a share (Wilson 1927, "Probable inference, the law of succession, and statistical inference").
fn wilson(share: f64, count: usize) -> Interval {
    const Z: f64 = 1.959_963_984_540_054;
    let n = count as f64;
    let middle = (share + Z * Z / (2.0 * n)) / (1.0 + Z * Z / n);
    let half = Z / (1.0 + Z * Z / n) * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
    Interval {
        low: middle - half,
        high: middle + half,
    }
}

fn reliability(groups: &[Group], judge: &str) -> Option<Curve> {
    let bins = curve(&groups.iter().collect::<Vec<_>>());
    if bins.is_empty() {
        return None;
    }
    let points = bins.iter().map(|bin| CurvePoint {
        x: bin.stated,
        y: bin.observed,
        interval: Some(wilson(bin.observed, bin.count)),
        over: bin.count,
    });
    let ideal = |x: f64| CurvePoint {
        x,
        y: x,
        interval: None,
        over: 0,
    };
    Some(Curve {
        id: "reliability",
        title: format!("Does the stated chance of {judge} come true?"),
        axes: ["stated chance".into(), "share that came true".into()],
        lines: vec![
            CurveLine {
                name: judge.to_owned(),
                kind: LineKind::Found,
                points: points.collect(),
            },
            CurveLine {
                name: "a true chance".into(),
                kind: LineKind::Ideal,
                points: vec![ideal(0.0), ideal(1.0)],
            },
        ],
        note: "The chance that a margin stands for is fitted on the other half of the groups; bands are Wilson's 95 of 100."
            .into(),
    })
}

/// The shares of bins of equal width.
pub(super) fn histogram(name: &str, values: &[f64], [low, high]: [f64; 2]) -> CurveLine {
    let width = (high - low) / BINS as f64;
    let mut counts = [0_usize; BINS];
    for value in values {
        counts[(((value - low) / width) as usize).min(BINS - 1)] += 1;
    }
    let point = |(bin, count): (usize, &usize)| CurvePoint {
        x: low + (bin as f64 + 0.5) * width,
        y: *count as f64 / values.len() as f64,
        interval: None,
        over: *count,
    };
    CurveLine {
        name: format!("{name} ({})", values.len()),
        kind: LineKind::Histogram,
        points: counts.iter().enumerate().map(point).collect(),
    }
}

/// All edits, and apart those that people like best in their group and the others.
fn scores(groups: &[Group], judge: &str) -> Option<Curve> {
    let ends = score_ends(groups)?;
    let ends = match ends {
        [low, high] if low == high => [low - 0.5, high + 0.5],
        ends => ends,
    };
    let finite = |score: &f64| score.is_finite();
    let entries = groups.iter().flat_map(|group| &group.entries);
    let all: Vec<f64> = entries.map(|entry| entry.score).filter(finite).collect();
    let (mut liked, mut others) = (Vec::new(), Vec::new());
    for rated in groups.iter().map(Group::rated) {
        let most = rated
            .iter()
            .map(|r| r.human)
            .fold(f64::NEG_INFINITY, f64::max);
        let least = rated.iter().map(|r| r.human).fold(f64::INFINITY, f64::min);
        // a group of which all are liked alike says nothing
        if most > least {
            for one in rated.iter().filter(|one| one.score.is_finite()) {
                match one.human == most {
                    true => liked.push(one.score),
                    false => others.push(one.score),
                }
            }
        }
    }
    let parts = [
        ("all edits", all),
        ("people like best", liked),
        ("the others", others),
    ];
    let lines = parts.iter().filter(|(_, values)| !values.is_empty());
    Some(Curve {
        id: "scores",
        title: format!("Scores of {judge}"),
        axes: ["score".into(), "share of edits".into()],
        lines: lines
            .map(|(name, values)| histogram(name, values, ends))
            .collect(),
        note: String::new(),
    })
}
