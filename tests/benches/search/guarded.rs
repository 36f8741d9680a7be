//! The guard with its built-in judge on the sample photos: false alarms in honest searches, alarms in hacked ones.

use std::fmt::Write as _;
use std::sync::Arc;

use retake_core::{
    Budget, Candidate, Dimension, EditError, EditRequest, Editor, EditorInfo, EditorSettings, Eyes,
    Instruction, Photo, Picture, Provenance, Raster, Reward, RewardInfo, Rng, Score, ScoreRequest,
    Scorecard, Stop, Trajectory, Watch,
};
use retake_darkroom::{Darkroom, Device};
use retake_engine::{GuardVerdict, Job, Outcome, Tools, built_in_reader, run};
use retake_rewards::BuiltIn;
use retake_rewards::naturalness::Naturalness;
use retake_search::{BestOfN, PowerProduct};
use serde_json::{Value, json};

use super::photos::{PHOTOS, opened};
use super::svg::Chart;

/// Long edge at which candidates are made, px.
const LONG_EDGE: usize = 384;
/// Candidates of a search.
const EDITS: usize = 16;

/// What is asked in honest searches: each is a request that its edits should fulfil without harm.
const HONEST: &[&str] = &[
    "warmer",
    "brighter",
    "more contrast",
    "more vivid",
    "sharper",
    "cooler and darker",
    "brighten the shadows",
    "black and white",
    "film grain",
    "golden hour",
];

/// Requests that were not looked at when the tolerances of the judge were set.
const OTHERS: &[&str] = &[
    "a bit colder, more shadows",
    "moody film look with grain, slightly faded",
    "darken the background and make it cooler",
    "remove the haze",
    "softer, dreamy",
    "much brighter and much more contrast",
    "sepia",
    "less saturated",
    "add a vignette",
    "more texture and clarity",
    "teal shadows and orange highlights",
    "turn it into night",
];

/// What a hacked reward likes, and what is done to candidates at random for it to find.
const HACKS: &[(&str, Like, &str)] = &[
    ("sharpness", sharpness, "sharpen"),
    ("colour", colour, "saturation"),
    ("noise", sharpness, "grain"),
];

type Like = fn(&Raster) -> f32;

/// How much neighbours differ.
fn sharpness(picture: &Raster) -> f32 {
    let plane = &picture.planes[1];
    let rows = plane.chunks_exact(picture.width);
    let apart: f32 = rows
        .flat_map(|row| row.windows(2).map(|pair| (pair[1] - pair[0]).abs()))
        .sum();
    let mean = apart / plane.len() as f32;
    mean / (mean + 0.05)
}

/// How far the channels lie apart.
fn colour(picture: &Raster) -> f32 {
    let [r, g, b] = &picture.planes;
    let apart = r
        .iter()
        .zip(g)
        .zip(b)
        .map(|((r, g), b)| (r - g).abs() + (g - b).abs());
    let mean = apart.sum::<f32>() / picture.len() as f32;
    mean / (mean + 0.2)
}

/// Likes one thing whatever was asked.
struct Hacked(Like);

impl Reward for Hacked {
    fn info(&self) -> RewardInfo {
        RewardInfo {
            id: "hacked",
            version: "1",
            dimensions: &Dimension::CANONICAL,
            about: "Likes one thing whatever was asked.",
        }
    }
    fn score(&self, group: &ScoreRequest<'_>, _: &dyn Watch) -> Result<Vec<Scorecard>, Stop> {
        let card = |edited: &&Raster| {
            let score = Score {
                value: (self.0)(edited),
                spread: 0.01,
                reasons: Vec::new(),
                evidence: None,
            };
            let scores = Dimension::CANONICAL.map(|name| (Dimension::from(name), score.clone()));
            std::collections::BTreeMap::from(scores).into()
        };
        Ok(group.edited.iter().map(card).collect())
    }
}

/// The darkroom, that now and then does too much of one thing.
struct Overdoing(Arc<Darkroom>, &'static str);

struct Way(
    Box<dyn Trajectory>,
    Arc<Darkroom>,
    EditRequest,
    &'static str,
);

/// How much of it: mostly nothing, now and then very much.
fn overdone(recipe: &Value, operation: &str, seed: u64) -> Value {
    let draw = Rng::new(seed ^ 0x0E7D_04E5).uniform();
    let much = f64::from((draw - 0.5).max(0.0) * 2.0);
    let operation = match operation {
        "sharpen" => json!({ "op": "sharpen", "amount": 200.0 * much }),
        "saturation" => json!({ "op": "saturation", "amount": 100.0 * much }),
        _ => json!({ "op": "grain", "amount": 100.0 * much }),
    };
    let mut recipe = recipe.clone();
    if let Some(layers) = recipe["layers"].as_array_mut() {
        layers.push(json!({ "operations": [operation] }));
    }
    recipe
}

impl Trajectory for Way {
    fn steps_left(&self) -> usize {
        self.0.steps_left()
    }
    fn step(&mut self, watch: &dyn Watch) -> Result<(), Stop> {
        self.0.step(watch)
    }
    fn preview(&self) -> Option<Raster> {
        None
    }
    fn fork(&self, _: u64) -> Option<Box<dyn Trajectory>> {
        None
    }
    fn finish(self: Box<Self>, watch: &dyn Watch) -> Result<Candidate, Stop> {
        let Self(way, darkroom, request, operation) = *self;
        let made = way.finish(watch)?;
        let recipe = overdone(&made.provenance.recipe, operation, request.seed);
        let picture = darkroom.redo(&request, &recipe);
        Ok(Candidate {
            picture: picture.map_err(|error| Stop::Failed(error.said()))?,
            provenance: Provenance {
                recipe,
                ..made.provenance
            },
        })
    }
}

impl Editor for Overdoing {
    fn info(&self) -> EditorInfo {
        self.0.info()
    }
    fn start(&self, request: &EditRequest) -> Result<Box<dyn Trajectory>, EditError> {
        let way = self.0.start(request)?;
        Ok(Box::new(Way(way, self.0.clone(), request.clone(), self.1)))
    }
    fn redo(&self, request: &EditRequest, recipe: &Value) -> Result<Raster, EditError> {
        self.0.redo(request, recipe)
    }
    fn develop(
        &self,
        photo: &Photo,
        instruction: &Instruction,
        provenance: &Provenance,
    ) -> Result<Box<dyn Picture>, EditError> {
        self.0.develop(photo, instruction, provenance)
    }
}

fn searched(photo: &Photo, asked: &str, seed: u64, hack: Option<(Like, &'static str)>) -> Outcome {
    let darkroom = Arc::new(Darkroom::new(
        Device::choose("cpu").expect("the processor is always there"),
    ));
    let (editor, reward): (Arc<dyn Editor>, Box<dyn Reward>) = match hack {
        Some((like, operation)) => (
            Arc::new(Overdoing(darkroom, operation)),
            Box::new(Hacked(like)),
        ),
        None => (darkroom, Box::new(BuiltIn::seeing(Eyes::default()))),
    };
    let tools = Tools {
        held_out: Arc::from([Box::new(Naturalness) as Box<dyn Reward>]),
        editor,
        rewards: Arc::from([reward]),
        strategy: Box::new(BestOfN {}),
        selector: Box::new(PowerProduct::default()),
        reader: built_in_reader(),
    };
    let instruction = (tools.reader)(asked).unwrap_or_else(|| panic!("{asked} is understood"));
    let job = Job {
        photo: photo.clone(),
        instruction,
        budget: Budget::edits(EDITS),
        at_a_time: None,
        beyond: None,
        seed,
        first: 0,
        long_edge: LONG_EDGE,
        bounds: Default::default(),
        base: None,
        before: Vec::new(),
        like: None,
        settings: EditorSettings::default(),
    };
    run(&job, &tools, &retake_core::Quiet).expect("nothing stops it")
}

/// Runs, alarms, and the lowest and mean held-out score of what was chosen.
#[derive(Default)]
struct Tally {
    runs: usize,
    alarms: usize,
    lowest: f32,
    sum: f32,
}

impl Tally {
    fn add(&mut self, outcome: &Outcome) {
        let guarded = outcome.guarded.as_ref().expect("a judge is held out");
        let last = guarded
            .curve
            .last()
            .map_or(f32::NAN, |point| point.held_out);
        self.lowest = if self.runs == 0 {
            last
        } else {
            self.lowest.min(last)
        };
        self.runs += 1;
        self.sum += last;
        self.alarms += usize::from(guarded.verdict == GuardVerdict::Hacked);
    }
    fn row(&self, name: &str) -> String {
        let share = 100.0 * self.alarms as f32 / self.runs.max(1) as f32;
        let mean = self.sum / self.runs.max(1) as f32;
        let Self {
            runs,
            alarms,
            lowest,
            ..
        } = self;
        format!("| {name} | {runs} | {alarms} ({share:.0} %) | {mean:.2} | {lowest:.2} |\n")
    }
}

/// The table; `seeds` runs of each photo (of the sample photos where none are named) and request.
pub(super) fn report(seeds: u64, photos: &[String]) -> (String, Vec<Chart>) {
    let photos: Vec<Photo> = match photos {
        [] => PHOTOS.iter().map(|name| opened(name)).collect(),
        [..] => photos.iter().map(|path| opened(path)).collect(),
    };
    let mut text = String::from(
        "| search | runs | alarms | held-out score of the chosen, mean | lowest |\n|---|---|---|---|---|\n",
    );
    for asked in HONEST.iter().chain(OTHERS) {
        let mut tally = Tally::default();
        for (number, photo) in photos.iter().enumerate() {
            for seed in 0..seeds {
                tally.add(&searched(photo, asked, 100 * seed + number as u64, None));
            }
        }
        let row = tally.row(&format!("honest: {asked}"));
        eprint!("{row}");
        let _ = write!(text, "{row}");
    }
    for (name, like, operation) in HACKS {
        let mut tally = Tally::default();
        for (number, photo) in photos.iter().enumerate() {
            for seed in 0..2 * seeds {
                let seed = 100 * seed + number as u64;
                tally.add(&searched(photo, "warmer", seed, Some((*like, operation))));
            }
        }
        let row = tally.row(&format!("hacked: a reward that likes {name}"));
        eprint!("{row}");
        let _ = write!(text, "{row}");
    }
    (text, Vec::new())
}
