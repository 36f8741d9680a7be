//! Every strategy in worlds in which everything is known.

use std::fmt::Write as _;

use retake_core::{Budget, Selector, Studio};
use retake_search::guard::{Point, Verdict, guard};
use retake_search::simulated::{Simulated, World};
use retake_search::{PowerProduct, STRATEGIES, StrategyEntry};

use crate::svg::{Chart, Curve};

/// Runs of a row.
const SEEDS: u64 = 200;
/// Budgets, in candidates.
const BUDGETS: [usize; 6] = [1, 2, 4, 8, 16, 32];
/// What the bar is about.
const FULL: usize = 32;
/// A world and what it is called. A candidate has ten steps of two evaluations.
type Named = (&'static str, fn() -> World);

const WORLDS: &[Named] = &[
    ("sure judge", World::default),
    ("noisy judge", || World {
        judge_noise: 0.1,
        ..World::default()
    }),
    ("40 % of calls flipped", || World {
        mean: 0.6,
        judge_noise: 0.05,
        flipped: 0.4,
        ..World::default()
    }),
    ("a quarter hacks the judge", || World {
        hacks: 0.25,
        hack_gain: 0.5,
        hack_harm: 0.2,
        ..World::default()
    }),
    ("three things asked", || World {
        asks: 3,
        mended: 0.04,
        ..World::default()
    }),
    ("blurred previews", || World {
        preview_noise: 0.6,
        ..World::default()
    }),
];

/// What one strategy came to with one budget, on average over the runs.
#[derive(Clone, Copy)]
struct Reached {
    quality: f64,
    /// evaluations of the network
    evaluations: f64,
    calls: f64,
}

fn reached(entry: &StrategyEntry, world: &World, budget: &Budget) -> Reached {
    let selector = PowerProduct::default();
    let mut all = Reached {
        quality: 0.0,
        evaluations: 0.0,
        calls: 0.0,
    };
    for seed in 0..SEEDS {
        let mut studio = Simulated::new(world.clone(), budget.clone(), seed);
        let strategy = (entry.make)();
        // whatever was finished counts, as in the engine
        let _ = studio.run(strategy.as_ref(), &selector);
        let chosen = studio
            .chosen(&selector)
            .and_then(|index| studio.truth(index));
        let spent = studio.spent();
        all.quality += f64::from(chosen.unwrap_or(0.0)) / SEEDS as f64;
        all.evaluations += spent.network_evaluations as f64 / SEEDS as f64;
        all.calls += spent.judge_calls as f64 / SEEDS as f64;
    }
    all
}

/// The report in Markdown and the charts.
pub(crate) fn report() -> (String, Vec<Chart>) {
    let mut text = String::from("# Strategies in simulated worlds\n");
    let mut charts = Vec::new();
    for (name, world) in WORLDS {
        let world = world();
        let _ = writeln!(
            text,
            "\n## {name}\n\nTrue quality of the chosen one (network evaluations, judge calls), mean of {SEEDS} runs.\n"
        );
        let heads: Vec<String> = BUDGETS.iter().map(|n| format!("N = {n}")).collect();
        let _ = writeln!(
            text,
            "| strategy | {} | best-of-{FULL} for |",
            heads.join(" | ")
        );
        let _ = writeln!(text, "|---|{}---|", "---|".repeat(BUDGETS.len()));
        let mut curves = Vec::new();
        let mut bar = None;
        for entry in STRATEGIES {
            let all: Vec<Reached> = BUDGETS
                .iter()
                .map(|&n| reached(entry, &world, &Budget::edits(n)))
                .collect();
            let bar = *bar.get_or_insert(all[all.len() - 1]);
            let cells: Vec<String> = all
                .iter()
                .map(|r| format!("{:.3} ({:.0}, {:.0})", r.quality, r.evaluations, r.calls))
                .collect();
            let share = share_of(&all, &bar)
                .map_or_else(|| "–".to_owned(), |share| format!("{:.0} %", 100.0 * share));
            let _ = writeln!(text, "| {} | {} | {share} |", entry.id, cells.join(" | "));
            let points = all.iter().map(|r| (r.evaluations, r.quality)).collect();
            curves.push(Curve {
                name: entry.id.to_owned(),
                points,
            });
        }
        charts.push(Chart {
            title: (*name).to_owned(),
            across: "network evaluations",
            up: "true quality",
            curves,
        });
    }
    text.push_str(&guard_report());
    (text, charts)
}

/// The least share of best-of-32's evaluations for its quality, along the straight lines between the budgets.
fn share_of(all: &[Reached], bar: &Reached) -> Option<f64> {
    let there = all.iter().position(|r| r.quality >= bar.quality - 1e-9)?;
    let (after, before) = (all[there], all[there.saturating_sub(1)]);
    let part = (bar.quality - before.quality) / (after.quality - before.quality).max(1e-9);
    let cost = before.evaluations + part.clamp(0.0, 1.0) * (after.evaluations - before.evaluations);
    Some(if there == 0 { after.evaluations } else { cost } / bar.evaluations)
}

/// How often the guard raises the alarm where one candidate of 32 only pleases the judge, by how much worse it truly is, and
/// where none does.
fn guard_report() -> String {
    let mut text = String::from(
        "\n## The guard\n\nShare of 1000 runs of best-of-32 in which the alarm is raised; of those with a planted hack the runs count in which it was chosen. The held-out judge has a standard deviation of 0.05 or 0.1.\n\n| | 0.05 | 0.1 |\n|---|---|---|\n",
    );
    let planted = |harm| World {
        planted: true,
        hack_gain: 0.9,
        hack_harm: harm,
        judge_noise: 0.03,
        ..World::default()
    };
    let clean = |noise| World {
        judge_noise: noise,
        ..World::default()
    };
    let rows = [
        ("a planted hack, worse than others by 0.4", planted(0.4)),
        ("a planted hack, worse by 0.3", planted(0.3)),
        ("a planted hack, worse by 0.2", planted(0.2)),
        ("none, a judge with noise of 0.03", clean(0.03)),
        ("none, a judge with noise of 0.1", clean(0.1)),
        ("none, a judge with noise of 0.2", clean(0.2)),
    ];
    for (name, world) in rows {
        let shares: Vec<String> = [0.05, 0.1]
            .iter()
            .map(|&noise| format!("{:.1} %", 100.0 * alarms(&world, noise)))
            .collect();
        let _ = writeln!(text, "| {name} | {} |", shares.join(" | "));
    }
    text
}

fn alarms(world: &World, noise: f32) -> f64 {
    const RUNS: u64 = 1000;
    let (mut counted, mut alarms) = (0u32, 0u32);
    for seed in 0..RUNS {
        let selector = PowerProduct::default();
        let mut studio = Simulated::new(world.clone(), Budget::edits(FULL), seed);
        let _ = studio.run((STRATEGIES[0].make)().as_ref(), &selector);
        let chosen = studio.chosen(&selector);
        if world.planted && !chosen.is_some_and(|index| studio.hacked(index)) {
            continue;
        }
        counted += 1;
        let guarded = guard(&points(&studio, &selector, noise));
        alarms += u32::from(guarded.verdict == Verdict::Hacked);
    }
    f64::from(alarms) / f64::from(counted.max(1))
}

/// How both judges see the best of the first 1, 2, 4 … candidates.
fn points(studio: &Simulated, selector: &dyn Selector, noise: f32) -> Vec<Point> {
    let mut points = Vec::new();
    for of in BUDGETS {
        let cards: Vec<_> = (0..of as u64)
            .filter_map(|index| studio.card(index).cloned())
            .collect();
        let selection = selector.select(&cards);
        let best = selection.order[0];
        let score = cards[best].scores.values().next();
        points.push(Point {
            of,
            proxy: selection.overall[best],
            proxy_spread: score.map_or(0.0, |score| score.spread),
            held_out: studio.held_out(best as u64, noise).unwrap_or(f32::NAN),
            held_out_spread: noise,
        });
    }
    points
}
