//! Reflection mends a fault where it lies: with the darkroom, the built-in rewards and a fault that is planted in places.

mod watching;

use std::sync::Arc;

use retake_core::{
    Budget, Candidate, EditError, EditRequest, Editor, EditorInfo, EditorSettings, Eyes,
    Instruction, Photo, PhotoId, Picture, Provenance, Quiet, Raster, Rng, Spot, Stop, Trajectory,
    Watch,
};
use retake_darkroom::{Darkroom, Device};
use retake_engine::{Begun, Job, Outcome, Tools, built_in_reader, run};
use retake_rewards::BuiltIn;
use retake_search::{PowerProduct, Reflection};
use serde_json::{Value, json};

/// Of the run.
const SEED: u64 = 5;

const PLANTED: Spot = Spot {
    centre: [0.72, 0.3],
    radius: [0.14, 0.1],
    angle_deg: 20.0,
    feather: 0.3,
};

/// The darkroom, which on its way leaves far too much colour behind in one edit.
struct Planting {
    darkroom: Darkroom,
    /// the seed of that one
    at: Option<u64>,
}

/// What is left behind.
#[derive(Clone, Copy)]
enum Plant {
    Burnt,
    Gaudy(Option<u64>),
}

impl Plant {
    fn in_recipe(self, recipe: &Value, seed: u64) -> Value {
        let mut planted = recipe.clone();
        let layer = match self {
            Self::Burnt => Some(Self::burnt()),
            Self::Gaudy(at) if at == Some(seed) => Some(json!({
                "operations": [{ "op": "saturation", "amount": 100.0 }, { "op": "saturation", "amount": 100.0 }],
            })),
            Self::Gaudy(_) => None,
        };
        let layers = planted["layers"].as_array_mut().expect("a list");
        layers.extend(layer);
        planted
    }

    fn burnt() -> Value {
        json!({
            "mask": [{ "shape": { "radial": {
                "centre": PLANTED.centre,
                "radius": PLANTED.radius,
                "angle_deg": PLANTED.angle_deg,
                "feather": PLANTED.feather,
            } } }],
            "operations": [{ "op": "exposure", "stops": 4.0 }],
        })
    }
}

/// On its way to an edit with something left behind.
struct Way(Box<dyn Trajectory>, Darkroom, EditRequest, Plant);

/// The darkroom that burns the first so many candidates of a run.
struct Burning(Darkroom, u64);

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
        let Self(way, darkroom, request, plant) = *self;
        let made = way.finish(watch)?;
        let recipe = plant.in_recipe(&made.provenance.recipe, request.seed);
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

impl Editor for Burning {
    fn info(&self) -> EditorInfo {
        self.0.info()
    }
    fn start(&self, request: &EditRequest) -> Result<Box<dyn Trajectory>, EditError> {
        let way = self.0.start(request)?;
        let plant = match (0..self.1).any(|index| Rng::seed_of(SEED, index) == request.seed) {
            true => Plant::Burnt,
            false => Plant::Gaudy(None),
        };
        Ok(Box::new(Way(way, darkroom(), request.clone(), plant)))
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
    fn mends(&self) -> bool {
        self.0.mends()
    }
    fn without(
        &self,
        request: &EditRequest,
        made: &Candidate,
        spots: &[Spot],
    ) -> Result<Option<Candidate>, EditError> {
        self.0.without(request, made, spots)
    }
    fn within(
        &self,
        request: &EditRequest,
        edit: &Candidate,
        other: &Candidate,
        spots: &[Spot],
    ) -> Result<Option<Candidate>, EditError> {
        self.0.within(request, edit, other, spots)
    }
}

impl Editor for Planting {
    fn info(&self) -> EditorInfo {
        self.darkroom.info()
    }
    fn start(&self, request: &EditRequest) -> Result<Box<dyn Trajectory>, EditError> {
        let way = self.darkroom.start(request)?;
        let plant = Plant::Gaudy(self.at);
        Ok(Box::new(Way(way, darkroom(), request.clone(), plant)))
    }
    fn redo(&self, request: &EditRequest, recipe: &Value) -> Result<Raster, EditError> {
        self.darkroom.redo(request, recipe)
    }
    fn develop(
        &self,
        photo: &Photo,
        instruction: &Instruction,
        provenance: &Provenance,
    ) -> Result<Box<dyn Picture>, EditError> {
        self.darkroom.develop(photo, instruction, provenance)
    }
}

fn darkroom() -> Darkroom {
    Darkroom::new(Device::choose("cpu").expect("the processor is always there"))
}

fn photo() -> Photo {
    let raster = Raster::from_fn(240, 180, |x, y| {
        let (x, y) = (x as f32, y as f32);
        let light = 0.22 + 0.08 * (x / 9.0).sin() * (y / 7.0).cos() + 0.05 * (x * y / 61.0).sin();
        [light * 1.05, light, light * 0.9]
    });
    Photo::from_raster(raster, PhotoId([7; 32]))
}

fn reflected(editor: Arc<dyn Editor>, edits: usize) -> Outcome {
    let tools = Tools {
        editor,
        rewards: Arc::from([
            Box::new(BuiltIn::seeing(Eyes::default())) as Box<dyn retake_core::Reward>
        ]),
        strategy: Box::new(Reflection::default()),
        selector: Box::new(PowerProduct::default()),
        held_out: Arc::new([]),
        reader: built_in_reader(),
    };
    let job = Job {
        photo: photo(),
        instruction: (tools.reader)("warmer").expect("it is understood"),
        budget: Budget::edits(edits),
        at_a_time: None,
        beyond: None,
        seed: SEED,
        first: 0,
        long_edge: 240,
        bounds: Default::default(),
        base: None,
        before: Vec::new(),
        like: None,
        settings: EditorSettings::default(),
    };
    run(&job, &tools, &Quiet).expect("nothing stops it")
}

/// Intersection over union, of what covers more than half.
fn iou(one: &[Spot], other: &[Spot]) -> f32 {
    let [one, other] = [one, other].map(|spots| Spot::mask(spots, 240, 180).values);
    let pairs = || one.iter().zip(&other);
    let both = pairs().filter(|(a, b)| **a > 0.5 && **b > 0.5).count();
    let any = pairs().filter(|(a, b)| **a > 0.5 || **b > 0.5).count();
    both as f32 / any.max(1) as f32
}

#[test]
fn a_planted_fault_is_found_brought_back_and_better_for_it() {
    let outcome = reflected(Arc::new(Burning(darkroom(), 99)), 8);
    let fixes: Vec<_> = outcome
        .nodes
        .iter()
        .filter(|node| node.begun == Begun::Fix)
        .collect();
    let fix = fixes.first().expect("a fault is mended");
    assert!(iou(&fix.spots, &[PLANTED]) > 0.3, "{:?}", fix.spots);
    let overall = |index: u64| outcome.selection.overall[index as usize];
    let draft = fix.parent.expect("it has a draft");
    assert!(overall(fix.index) > overall(draft) + 0.02);
    let best = outcome.selection.order[0];
    assert!(outcome.selection.overall[best] >= overall(draft));
}

#[test]
fn a_mended_edit_is_made_again_and_developed_from_its_recipe() {
    let outcome = reflected(Arc::new(Burning(darkroom(), 99)), 8);
    let fix = outcome.nodes.iter().find(|node| node.begun == Begun::Fix);
    let made = &outcome.candidates[fix.expect("a fault is mended").index as usize];
    let photo = photo();
    let developed = darkroom()
        .develop(&photo, &Instruction::default(), &made.provenance)
        .expect("it can be developed");
    // the photo is as large as the working picture
    let whole = developed.rows(0..180).expect("it is rendered");
    let off = whole
        .planes
        .iter()
        .flatten()
        .zip(made.picture.planes.iter().flatten());
    assert!(off.into_iter().all(|(a, b)| (a - b).abs() < 1e-4));
    let (x, y) = (
        (PLANTED.centre[0] * 240.0) as usize,
        (PLANTED.centre[1] * 180.0) as usize,
    );
    let source = outcome.source.at(x, y);
    let back = whole.at(x, y);
    assert!(
        (0..3).all(|c| (back[c] - source[c]).abs() < 0.02),
        "{back:?} {source:?}"
    );
}

#[test]
fn a_fault_is_mended_by_the_edit_made_anew_where_it_lies_and_the_rest_stays() {
    // the six plain ones burn, and those after them do not
    let outcome = reflected(Arc::new(Burning(darkroom(), 6)), 12);
    let patch = outcome.nodes.iter().find(|node| node.begun == Begun::Patch);
    let patch = patch.expect("it is made anew");
    assert!(iou(&patch.spots, &[PLANTED]) > 0.3, "{:?}", patch.spots);
    let draft = &outcome.candidates[patch.parent.expect("it has a draft") as usize];
    let made = &outcome.candidates[patch.index as usize];
    let cover = |x, y| Spot::together(&patch.spots, x, y, (240, 180));
    let far = |x: usize, y: usize| {
        let (one, other) = (draft.picture.at(x, y), made.picture.at(x, y));
        (0..3)
            .map(|c| (one[c] - other[c]).abs())
            .fold(0.0f32, f32::max)
    };
    let places = (0..180).flat_map(|y| (0..240).map(move |x| (x, y)));
    let outside = places.filter(|&(x, y)| cover(x, y) == 0.0);
    let most = outside.map(|(x, y)| far(x, y)).fold(0.0f32, f32::max);
    assert!(most < 1e-4, "{most}");
    let (x, y) = (
        (PLANTED.centre[0] * 240.0) as usize,
        (PLANTED.centre[1] * 180.0) as usize,
    );
    // the fault is four stops bright; what is there now is neither that nor the photo as it was
    assert!(made.picture.at(x, y)[0] < 0.5 * draft.picture.at(x, y)[0]);
    let source = outcome.source.at(x, y);
    let warmth = |[r, _, b]: [f32; 3]| r / b.max(1e-6);
    assert!(warmth(made.picture.at(x, y)) > 1.02 * warmth(source));
    let overall = |index: u64| outcome.selection.overall[index as usize];
    assert!(overall(patch.index) > overall(draft_index(patch)));
    let again = darkroom().develop(&photo(), &Instruction::default(), &made.provenance);
    let whole = again.expect("it can be developed").rows(0..180);
    let whole = whole.expect("it is rendered");
    let pairs = whole
        .planes
        .iter()
        .flatten()
        .zip(made.picture.planes.iter().flatten());
    assert!(pairs.into_iter().all(|(a, b)| (a - b).abs() < 1e-4));
}

fn draft_index(node: &retake_engine::Node) -> u64 {
    node.parent.expect("it has a draft")
}
