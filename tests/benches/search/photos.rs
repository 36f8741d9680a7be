//! Every strategy on the sample photos, with the darkroom and the built-in rewards.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use retake_core::{Budget, Eyes, Photo, Quiet, Rng};
use retake_darkroom::{Darkroom, Device};
use retake_engine::{Job, Tools, built_in_reader, run};
use retake_rewards::BuiltIn;
use retake_search::{PowerProduct, STRATEGIES, StrategyEntry};

use crate::svg::{Chart, Curve};

pub(crate) const PHOTOS: [&str; 5] = [
    "astronaut.png",
    "brushes.jpg",
    "dandelions.jpg",
    "forest-stream.jpg",
    "mountain-path.jpg",
];
/// From one plain word to several that pull at each other.
const ASKED: [&str; 6] = [
    "warmer",
    "brighter shadows, keep the highlights",
    "golden hour",
    "more contrast, a bit less saturated, darker corners",
    "darken the background and make it cooler",
    "moody film look with grain, slightly faded",
];
const BUDGETS: [usize; 2] = [8, 16];
/// Long edge at which candidates are made and judged, px.
const LONG_EDGE: usize = 256;
/// Draws of the bootstrap.
const DRAWS: usize = 2000;

/// The report in Markdown and the chart, of these strategies where any are named, the first to compare with: each strategy's winner by the rewards, over all photos and instructions.
pub(crate) fn report(only: &[String]) -> (String, Vec<Chart>) {
    let photos: Vec<Photo> = PHOTOS.iter().map(|name| opened(name)).collect();
    let mut text = format!(
        "# Strategies on the sample photos\n\nDarkroom and built-in rewards, {} photos × {} instructions at {LONG_EDGE} px: mean overall score of the winner, and its gain over best-of-N at the same number of edits with a 95 % interval (paired bootstrap).\n\n",
        PHOTOS.len(),
        ASKED.len()
    );
    let heads: Vec<String> = BUDGETS.iter().map(|n| format!("N = {n}")).collect();
    let _ = writeln!(
        text,
        "| strategy | {} |\n|---|{}",
        heads.join(" | "),
        "---|".repeat(BUDGETS.len())
    );
    let mut curves = Vec::new();
    let mut plain: Vec<Vec<f64>> = Vec::new();
    let wanted = |entry: &&StrategyEntry| only.is_empty() || only.iter().any(|id| id == entry.id);
    for entry in STRATEGIES.iter().filter(wanted) {
        let all: Vec<Vec<f64>> = BUDGETS
            .iter()
            .map(|&n| winners(entry, &photos, n))
            .collect();
        if plain.is_empty() {
            plain.clone_from(&all);
        }
        let cells: Vec<String> = all
            .iter()
            .zip(&plain)
            .map(|(own, plain)| {
                let gains: Vec<f64> = own.iter().zip(plain).map(|(a, b)| a - b).collect();
                let (low, high) = interval(&gains);
                format!(
                    "{:.4} ({:+.4}, {low:+.4} to {high:+.4})",
                    mean(own),
                    mean(&gains)
                )
            })
            .collect();
        let _ = writeln!(text, "| {} | {} |", entry.id, cells.join(" | "));
        eprintln!("{}: {}", entry.id, cells.join(" | "));
        let points = BUDGETS
            .iter()
            .zip(&all)
            .map(|(&n, all)| (n as f64, mean(all)))
            .collect();
        curves.push(Curve {
            name: entry.id.to_owned(),
            points,
        });
    }
    let chart = Chart {
        title: "Sample photos".to_owned(),
        across: "edits",
        up: "overall score",
        curves,
    };
    (text, vec![chart])
}

pub(crate) fn opened(name: &str) -> Photo {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../assets/photos")
        .join(name);
    let photo = retake_files::open(&path, &retake_files::Limits::default());
    photo.unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The winner's overall score for each photo and instruction.
fn winners(entry: &StrategyEntry, photos: &[Photo], edits: usize) -> Vec<f64> {
    let device = Device::choose("cpu").expect("the processor is always there");
    let tools = Tools {
        held_out: Arc::new([]),
        editor: Arc::new(Darkroom::new(device)),
        rewards: Arc::from([
            Box::new(BuiltIn::seeing(Eyes::default())) as Box<dyn retake_core::Reward>
        ]),
        strategy: (entry.make)(),
        selector: Box::new(PowerProduct::default()),
        reader: built_in_reader(),
    };
    let mut scores = Vec::new();
    for (number, photo) in photos.iter().enumerate() {
        for asked in ASKED {
            let instruction =
                (tools.reader)(asked).unwrap_or_else(|| panic!("{asked} is understood"));
            let job = Job {
                photo: photo.clone(),
                instruction,
                budget: Budget::edits(edits),
                at_a_time: None,
                beyond: None,
                seed: number as u64,
                first: 0,
                long_edge: LONG_EDGE,
                bounds: Default::default(),
                base: None,
                before: Vec::new(),
                like: None,
                settings: retake_core::EditorSettings::default(),
            };
            let outcome =
                run(&job, &tools, &Quiet).unwrap_or_else(|error| panic!("{asked}: {error}"));
            assert!(outcome.spent.edits <= edits as u64, "{}", entry.id);
            scores.push(f64::from(
                outcome.selection.overall[outcome.selection.order[0]],
            ));
        }
    }
    scores
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// The middle 95 % of means of as many, drawn with replacement.
fn interval(values: &[f64]) -> (f64, f64) {
    let mut rng = Rng::new(1);
    let mut draw = || {
        (0..values.len())
            .map(|_| values[rng.below(values.len())])
            .sum::<f64>()
            / values.len() as f64
    };
    let mut means: Vec<f64> = (0..DRAWS).map(|_| draw()).collect();
    means.sort_by(f64::total_cmp);
    (means[DRAWS / 40], means[DRAWS - 1 - DRAWS / 40])
}
