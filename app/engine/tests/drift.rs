//! Limits of drift with the real darkroom and measures: they are kept, by previews and by whole pictures, and what was
//! accepted small still holds when it is whole.

use std::sync::Arc;

use proptest::prelude::*;
use retake_core::{
    Budget, Candidate, EditError, EditRequest, Editor, EditorInfo, Eyes, Instruction, Mask, Photo,
    PhotoId, Picture, Provenance, Quiet, Raster, Trajectory,
};
use retake_darkroom::{Darkroom, Device};
use retake_engine::{
    Accepted, Bounds, Consolidated, Job, Outcome, RunError, Tools, built_in_reader, consolidate,
    run,
};
use retake_language::{Lexicon, understand};
use retake_pixels::delta_e::delta_e2000;
use retake_pixels::lab::Lab;

/// Like the darkroom small; whole, so many times what was asked.
struct Exaggerating {
    own: Darkroom,
    stops: f64,
}

impl Editor for Exaggerating {
    fn info(&self) -> EditorInfo {
        self.own.info()
    }
    fn start(&self, request: &EditRequest) -> Result<Box<dyn Trajectory>, EditError> {
        self.own.start(request)
    }
    fn redo(&self, request: &EditRequest, recipe: &serde_json::Value) -> Result<Raster, EditError> {
        self.own.redo(request, recipe)
    }
    fn develop(
        &self,
        photo: &Photo,
        instruction: &Instruction,
        provenance: &Provenance,
    ) -> Result<Box<dyn Picture>, EditError> {
        let mut more = provenance.clone();
        if let Some(layers) = more.recipe["layers"].as_array_mut() {
            let opacity = layers
                .first()
                .map_or(1.0, |layer| layer["opacity"].as_f64().unwrap_or(1.0));
            layers.push(serde_json::json!({ "opacity": opacity,
                "operations": [{ "op": "exposure", "stops": self.stops }] }));
        }
        self.own.develop(photo, instruction, &more)
    }
    fn weaker(
        &self,
        recipe: &serde_json::Value,
        base: Option<&serde_json::Value>,
        share: f32,
    ) -> Option<serde_json::Value> {
        self.own.weaker(recipe, base, share)
    }
}

fn darkroom() -> Darkroom {
    Darkroom::new(Device::choose("cpu").expect("the processor is always there"))
}

fn tools(editor: impl Editor + 'static) -> Tools {
    let rewards = retake_rewards::REWARDS
        .iter()
        .map(|entry| (entry.new)(Eyes::default()));
    Tools {
        editor: Arc::new(editor),
        rewards: rewards.collect::<Vec<_>>().into(),
        strategy: (retake_engine::STRATEGIES[0].set)(&serde_json::Value::Null).expect("as it is"),
        selector: retake_engine::SELECTORS[0].plain(),
        held_out: Arc::new([]),
        reader: built_in_reader(),
    }
}

fn photo() -> Photo {
    let raster = Raster::from_fn(180, 120, |x, y| {
        let (u, v) = (x as f32 / 179.0, y as f32 / 119.0);
        let grain = 0.02 * ((x * 7 + y * 13) % 5) as f32;
        [
            0.1 + 0.4 * u + grain,
            0.15 + 0.3 * v,
            0.5 - 0.3 * u * v + grain,
        ]
    });
    Photo::from_raster(raster, PhotoId([7; 32]))
}

/// Eighty pixels small, so that the whole is larger.
fn job(words: &str, seed: u64, bounds: Bounds, mask: Option<Mask>) -> Job {
    let mut instruction = understand(words, Lexicon::built_in()).expect("it is understood");
    instruction.mask = mask;
    Job {
        photo: photo(),
        instruction,
        budget: Budget::edits(3),
        at_a_time: None,
        beyond: None,
        seed,
        first: 0,
        base: None,
        before: Vec::new(),
        like: None,
        settings: Default::default(),
        long_edge: 80,
        bounds,
    }
}

/// Mean CIEDE2000 by a loop of its own, of the pixels that are meant.
fn mean_difference(a: &Raster, b: &Raster, meant: impl Fn(usize) -> bool) -> f32 {
    let (one, other) = (Lab::of(a), Lab::of(b));
    let of = |lab: &Lab, i: usize| [lab.l[i], lab.a[i], lab.b[i]];
    let places: Vec<usize> = (0..one.len()).filter(|&i| meant(i)).collect();
    let sum: f32 = places
        .iter()
        .map(|&i| delta_e2000(of(&one, i), of(&other, i)))
        .sum();
    sum / places.len() as f32
}

fn whole(job: &Job, outcome: &Outcome, tools: &Tools) -> Result<Consolidated, RunError> {
    let winner = outcome.selection.order[0];
    let accepted = Accepted {
        photo: &job.photo,
        source: &outcome.source,
        asked: &job.instruction,
        instruction: &job.instruction,
        provenance: &outcome.candidates[winner].provenance,
        card: &outcome.cards[winner],
        bounds: &job.bounds,
    };
    consolidate(&accepted, tools, &Quiet)
}

fn rows(picture: &dyn Picture) -> Raster {
    picture.rows(0..picture.size().1).expect("it renders")
}

fn overall(limit: f32) -> Bounds {
    Bounds {
        overall: Some(limit),
        ..Bounds::default()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]

    #[test]
    fn no_take_and_no_export_goes_beyond_the_limit(
        limit in 0.5_f32..9.0,
        seed in 0_u64..1000,
        words in prop::sample::select(vec!["much brighter", "much warmer, more contrast", "black and white", "less saturated"]),
    ) {
        let tools = tools(darkroom());
        let job = job(words, seed, overall(limit), None);
        let outcome = run(&job, &tools, &Quiet).expect("some are within");
        for candidate in &outcome.candidates {
            let drift = mean_difference(&outcome.source, &candidate.picture, |_| true);
            prop_assert!(drift <= limit + 0.02, "{drift} {limit}");
        }
        let found = whole(&job, &outcome, &tools).expect("it holds");
        let drift = mean_difference(&rows(&job.photo), &rows(found.picture.as_ref()), |_| true);
        prop_assert!(drift <= limit + 0.02, "{drift} {limit}");
    }
}

#[test]
fn what_was_accepted_small_still_holds_whole() {
    let tools = tools(darkroom());
    for words in ["brighter", "warmer", "more contrast, a bit darker"] {
        let job = job(words, 3, Bounds::default(), None);
        let outcome = run(&job, &tools, &Quiet).expect("it runs");
        let found = whole(&job, &outcome, &tools).expect("it holds");
        assert_eq!((found.broken, found.said), (vec![], vec![]), "{words}");
        assert!(found.drift.expect("the frame stays").overall > 0.5);
    }
}

#[test]
fn outside_of_the_mask_has_a_limit_of_its_own() {
    let left = Mask::from_fn(180, 120, |x, _| f32::from(u8::from(x < 90)));
    let bounds = Bounds {
        outside: Some(1.0),
        ..Bounds::default()
    };
    let tools = tools(darkroom());
    let job = job("much brighter", 1, bounds, Some(left));
    let outcome = run(&job, &tools, &Quiet).expect("it runs");
    let width = outcome.source.width;
    for candidate in &outcome.candidates {
        let of = |outside: bool| {
            mean_difference(&outcome.source, &candidate.picture, |i| {
                (i % width > width / 2) == outside
            })
        };
        assert!(
            of(true) <= 1.02 && of(false) > 3.0,
            "{} {}",
            of(true),
            of(false)
        );
    }
}

#[test]
fn a_preview_that_does_not_hold_whole_is_said_and_less_of_it_is_offered() {
    let tools = tools(Exaggerating {
        own: darkroom(),
        stops: 1.2,
    });
    let job = job("a bit brighter", 2, Bounds::default(), None);
    let outcome = run(&job, &tools, &Quiet).expect("it runs");
    let found = whole(&job, &outcome, &tools).expect("it develops");
    assert!(
        !found.broken.is_empty(),
        "a stop more is not a bit brighter"
    );
    let said: Vec<String> = found.said.iter().map(ToString::to_string).collect();
    assert!(said[0].contains("no longer passes"), "{said:?}");
    let winner = &outcome.candidates[outcome.selection.order[0]].provenance;
    assert_eq!(
        found.provenance.recipe, winner.recipe,
        "what was accepted stays the best"
    );
}

#[test]
fn beyond_the_limit_whole_it_is_held_back_and_said() {
    let tools = tools(Exaggerating {
        own: darkroom(),
        stops: 0.5,
    });
    let job = job("a bit brighter", 2, overall(8.0), None);
    let outcome = run(&job, &tools, &Quiet).expect("it runs");
    let found = whole(&job, &outcome, &tools).expect("less of it is within");
    let drift = mean_difference(&rows(&job.photo), &rows(found.picture.as_ref()), |_| true);
    assert!(drift <= 8.02, "{drift}");
    let said: Vec<String> = found.said.iter().map(ToString::to_string).collect();
    assert!(
        said.iter().any(|said| said.contains("held back to")),
        "{said:?}"
    );
}

#[test]
fn an_editor_that_can_do_no_less_of_it_says_why_there_is_none() {
    struct Stubborn(Darkroom);
    impl Editor for Stubborn {
        fn info(&self) -> EditorInfo {
            self.0.info()
        }
        fn start(&self, request: &EditRequest) -> Result<Box<dyn Trajectory>, EditError> {
            self.0.start(request)
        }
        fn redo(
            &self,
            request: &EditRequest,
            recipe: &serde_json::Value,
        ) -> Result<Raster, EditError> {
            self.0.redo(request, recipe)
        }
        fn develop(
            &self,
            photo: &Photo,
            words: &Instruction,
            made: &Provenance,
        ) -> Result<Box<dyn Picture>, EditError> {
            self.0.develop(photo, words, made)
        }
    }
    let tools = tools(Stubborn(darkroom()));
    let error = run(&job("much brighter", 1, overall(0.5), None), &tools, &Quiet);
    let why = error.map(|_| ()).expect_err("none is within").to_string();
    assert!(why.contains("0.5 is the limit"), "{why}");
}

#[test]
fn nothing_is_changed_where_nothing_is_beyond() {
    let tools = tools(darkroom());
    let pictures = |bounds: Bounds| -> Vec<Candidate> {
        run(&job("warmer", 5, bounds, None), &tools, &Quiet)
            .expect("it runs")
            .candidates
    };
    let (free, bound) = (pictures(Bounds::default()), pictures(overall(90.0)));
    assert!(
        free.iter()
            .zip(&bound)
            .all(|(a, b)| a.provenance == b.provenance && a.picture == b.picture)
    );
}

#[test]
fn a_strategys_own_words_do_not_judge_the_whole_picture() {
    let tools = tools(darkroom());
    let job = job("warmer", 5, Bounds::default(), None);
    let outcome = run(&job, &tools, &Quiet).expect("it runs");
    let winner = outcome.selection.order[0];
    let words = understand("cooler", Lexicon::built_in()).expect("it is understood");
    let broken = |asked: &Instruction| {
        let accepted = Accepted {
            photo: &job.photo,
            source: &outcome.source,
            asked,
            instruction: &words,
            provenance: &outcome.candidates[winner].provenance,
            card: &outcome.cards[winner],
            bounds: &job.bounds,
        };
        let whole = consolidate(&accepted, &tools, &Quiet).expect("it is looked at");
        whole.broken.len()
    };
    assert_eq!(broken(&job.instruction), 0);
    // by those words it would have been another wish
    assert!(broken(&words) > 0);
}
