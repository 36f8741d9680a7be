//! Curves of Retake's own runs: what they spent is in their records, and what it bought.

use std::collections::BTreeMap;
use std::path::Path;

use retake_core::Said;
use retake_files::record::{RunRecord, SpentRecord};
use retake_search::agreement::{TELLS, pooled};

use super::{Curve, CurveLine, CurvePoint, LineKind};
use crate::LabError;
use crate::dataset::Tally;
use crate::formats::run_files;
use crate::measures::best_of::best_of;
use crate::measures::bootstrap::{Draws, interval};
use crate::measures::groups::Rated;
use crate::measures::{Interval, mean};

/// Something that a run spends.
#[derive(Clone, Copy)]
pub struct Compute {
    /// short name
    pub id: &'static str,
    /// for people
    pub about: &'static str,
    of: fn(&SpentRecord) -> f64,
}

/// Everything that runs spend.
pub const COMPUTES: &[Compute] = &[
    Compute {
        id: "network-evaluations",
        about: "evaluations of the editor's network",
        of: |spent| spent.network_evaluations as f64,
    },
    Compute {
        id: "edits",
        about: "candidates finished",
        of: |spent| spent.edits as f64,
    },
    Compute {
        id: "steps",
        about: "steps of all candidates",
        of: |spent| spent.steps as f64,
    },
    Compute {
        id: "judge-calls",
        about: "candidates and previews scored",
        of: |spent| spent.judge_calls as f64,
    },
    Compute {
        id: "seconds",
        about: "seconds from the first order to the last score",
        of: |spent| spent.seconds,
    },
    Compute {
        id: "money",
        about: "what judges behind a server cost",
        of: |spent| spent.money,
    },
];

/// What curves need of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recorded {
    /// id of the strategy
    pub strategy: String,
    /// candidates that were asked for: runs of a strategy that were asked for as many stand for one point
    pub asked: usize,
    /// overall scores of all candidates, 0 to 1
    pub overall: Vec<f64>,
    /// of the one that was chosen
    pub chosen: f64,
    /// what was spent
    pub spent: SpentRecord,
    /// how far looks on the way agree with the end: the share of the steps, the rank correlation, and over how many it is
    pub looks: Vec<(f64, f64, usize)>,
    /// what the held-out rewards say: candidates, what the reward gives the best of them, what they give it
    pub guard: Vec<(usize, f64, f64)>,
}

impl Recorded {
    /// Of a record; why it cannot be drawn.
    pub fn of(record: &RunRecord) -> Result<Self, String> {
        let overall: Vec<f64> = record
            .candidates
            .iter()
            .map(|candidate| f64::from(candidate.overall))
            .collect();
        let chosen = record
            .candidates
            .iter()
            .find(|candidate| candidate.index == record.selected.index)
            .ok_or("the record has no candidate that was chosen")?;
        if !overall.iter().all(|score| (0.0..=1.0).contains(score)) {
            return Err("a score of the record is not between 0 and 1".to_owned());
        }
        let curve = record.guard["curve"].as_array();
        let point = |point: &serde_json::Value| {
            Some((
                usize::try_from(point["of"].as_u64()?).ok()?,
                point["proxy"].as_f64()?,
                point["held_out"].as_f64()?,
            ))
        };
        Ok(Self {
            strategy: record.settings.strategy.clone(),
            asked: record.settings.candidates,
            chosen: f64::from(chosen.overall),
            spent: record.spent,
            looks: (record.looks.iter())
                .filter(|look| look.of > 0 && look.rho.is_finite())
                .map(|look| (look.step as f64 / look.of as f64, look.rho, look.over))
                .collect(),
            guard: curve.into_iter().flatten().filter_map(point).collect(),
            overall,
        })
    }
}

/// The records of a folder of runs; one that cannot be read is counted with its reason.
pub fn recorded_runs(folder: &Path) -> Result<(Vec<Recorded>, Tally), LabError> {
    let mut tally = Tally::default();
    let mut runs = Vec::new();
    for file in run_files(folder)? {
        let read = std::fs::read_to_string(&file).map_err(|error| error.to_string());
        let record =
            read.and_then(|text| RunRecord::from_json(&text).map_err(|error| error.to_string()));
        match record.and_then(|record| Recorded::of(&record)) {
            Ok(run) => {
                tally.used += 1;
                runs.push(run);
            }
            Err(why) => tally.skip(file.display().to_string(), None, Said::words(why)),
        }
    }
    Ok((runs, tally))
}

/// Every curve that these runs have something for. What lies across the curve of compute is `compute`, or without a word the
/// evaluations of networks, or the finished candidates where no network worked.
pub fn of_runs(runs: &[Recorded], compute: Option<Compute>, draws: Draws) -> Vec<Curve> {
    let worked = || runs.iter().any(|run| run.spent.network_evaluations > 0);
    let usual = || COMPUTES[usize::from(!worked())];
    let all = [
        best(runs, draws),
        by_compute(runs, compute.unwrap_or_else(usual), draws),
        looks(runs),
        scores(runs),
    ];
    all.into_iter().flatten().collect()
}

/// A point over runs.
fn point(x: f64, values: &[f64], draws: Draws) -> Option<CurvePoint> {
    let of = |places: &[usize]| mean(places.iter().map(|&place| values[place]));
    Some(CurvePoint {
        x,
        y: mean(values.iter().copied())?,
        interval: (values.len() > 1)
            .then(|| interval(values.len(), draws, &of))
            .flatten(),
        over: values.len(),
    })
}

fn found(name: String, points: impl Iterator<Item = Option<CurvePoint>>) -> CurveLine {
    CurveLine {
        name,
        kind: LineKind::Found,
        points: points.flatten().collect(),
    }
}

/// What the rewards of several runs and those that watched gave the best of as many candidates.
type Both = (Vec<f64>, Vec<f64>);

/// Where somebody watched over the choice, the curves that their records keep; else what the reward alone gives the best of
/// N candidates that stand for each other.
fn best(runs: &[Recorded], draws: Draws) -> Option<Curve> {
    let mut by_count: BTreeMap<usize, Both> = BTreeMap::new();
    for (of, proxy, held_out) in runs.iter().flat_map(|run| &run.guard) {
        let (proxies, held) = by_count.entry(*of).or_default();
        proxies.push(*proxy);
        held.push(*held_out);
    }
    let watched = !by_count.is_empty();
    if !watched {
        let groups = runs.iter().map(|run| {
            let rated = |score: &f64| Rated {
                score: *score,
                human: *score,
            };
            run.overall.iter().map(rated).collect()
        });
        let groups: Vec<Vec<Rated>> = groups.collect();
        let most = best_of(&groups).last()?.n;
        for group in groups.into_iter().filter(|group| group.len() >= most) {
            for point in best_of(&[group]).into_iter().take(most) {
                by_count.entry(point.n).or_default().0.push(point.proxy);
            }
        }
    }
    let line = |name: &str, of: fn(&Both) -> &[f64]| {
        let points = by_count
            .iter()
            .map(|(count, values)| point(*count as f64, of(values), draws));
        found(name.to_owned(), points)
    };
    let mut lines = vec![line("the reward (proxy)", |values| &values.0)];
    if watched {
        lines.push(line("held out", |values| &values.1));
    }
    Some(Curve {
        id: "best-of",
        title: "Best of N in recorded runs".into(),
        axes: ["candidates".into(), "score of the best".into()],
        lines,
        note: match watched {
            true => "As the guard of each run kept it; bands are 95 of 100 bootstraps over runs.".into(),
            false => "Expected over every way to draw N of a run; nobody watched over these runs, so that there is no held-out line."
                .into(),
        },
    })
}

fn by_compute(runs: &[Recorded], compute: Compute, draws: Draws) -> Option<Curve> {
    let mut strategies: BTreeMap<&str, BTreeMap<usize, Vec<&Recorded>>> = BTreeMap::new();
    for run in runs {
        let strategy = strategies.entry(&run.strategy).or_default();
        strategy.entry(run.asked).or_default().push(run);
    }
    let mut lines = Vec::new();
    for (strategy, by_asked) in &strategies {
        let line = |name: String, value: fn(&Recorded) -> Option<f64>| {
            let points = by_asked.values().map(|runs| {
                let known = runs.iter().filter(|run| value(run).is_some());
                let spent = mean(known.map(|run| (compute.of)(&run.spent)))?;
                let values: Vec<f64> = runs.iter().filter_map(|run| value(run)).collect();
                point(spent, &values, draws)
            });
            let mut line = found(name, points);
            line.points.sort_by(|a, b| a.x.total_cmp(&b.x));
            line
        };
        lines.push(line((*strategy).to_owned(), |run| Some(run.chosen)));
        let held = |run: &Recorded| {
            let last = run.guard.iter().max_by_key(|(of, ..)| *of);
            last.map(|(_, _, held_out)| *held_out)
        };
        lines.push(line(format!("{strategy}, held out"), held));
    }
    lines.retain(|line| !line.points.is_empty());
    (!lines.is_empty()).then(|| Curve {
        id: "compute",
        title: "What compute buys, by strategy".into(),
        axes: [compute.about.into(), "score of the chosen".into()],
        lines,
        note: format!(
            "Over {} runs; a point is the mean of the runs of a strategy that were asked for as many candidates.",
            runs.len()
        ),
    })
}

/// Looks after shares of the steps that differ by less are one, hundredths of the schedule.
const APART: f64 = 100.0;

/// Rank correlations of the same look in several runs, each with how many it is over.
type Looks = Vec<(f64, usize)>;

/// How far looks on the way agree with the end, by strategy, and from where on they may drop candidates.
fn looks(runs: &[Recorded]) -> Option<Curve> {
    let mut strategies: BTreeMap<&str, BTreeMap<u64, Looks>> = BTreeMap::new();
    for run in runs {
        let strategy = strategies.entry(&run.strategy).or_default();
        for &(share, rho, over) in &run.looks {
            let place = (share.clamp(0.0, 1.0) * APART).round() as u64;
            strategy.entry(place).or_default().push((rho, over));
        }
    }
    strategies.retain(|_, places| !places.is_empty());
    let line = |(strategy, places): (&&str, &BTreeMap<u64, Looks>)| {
        let points = places.iter().map(|(place, all)| {
            let (rho, interval) = pooled(all)?;
            Some(CurvePoint {
                x: *place as f64 / APART,
                y: rho,
                interval: interval.map(|[low, high]| Interval { low, high }),
                over: all.iter().map(|(_, over)| over).sum(),
            })
        });
        found((*strategy).to_owned(), points)
    };
    let mut lines: Vec<CurveLine> = strategies.iter().map(line).collect();
    if lines.is_empty() {
        return None;
    }
    let tells = |x| CurvePoint {
        x,
        y: TELLS,
        interval: None,
        over: 0,
    };
    lines.push(CurveLine {
        name: format!("enough to drop by ({TELLS})"),
        kind: LineKind::Ideal,
        points: vec![tells(0.0), tells(1.0)],
    });
    Some(Curve {
        id: "looks",
        title: "How far looks on the way agree with the end".into(),
        axes: [
            "share of the steps that were done".into(),
            "rank correlation with the end".into(),
        ],
        lines,
        note: format!(
            "Spearman's, over {} runs joined by Fisher's z; bands are 95 of 100.",
            runs.iter().filter(|run| !run.looks.is_empty()).count()
        ),
    })
}

fn scores(runs: &[Recorded]) -> Option<Curve> {
    let all: Vec<f64> = runs.iter().flat_map(|run| run.overall.clone()).collect();
    let chosen: Vec<f64> = runs.iter().map(|run| run.chosen).collect();
    (!all.is_empty()).then(|| Curve {
        id: "scores",
        title: "Scores in recorded runs".into(),
        axes: ["score".into(), "share of candidates".into()],
        lines: vec![
            super::bench::histogram("all candidates", &all, [0.0, 1.0]),
            super::bench::histogram("chosen", &chosen, [0.0, 1.0]),
        ],
        note: String::new(),
    })
}
