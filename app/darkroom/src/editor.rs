//! The darkroom as an editor: draws a recipe for each candidate and renders it, small for judging, whole for keeping.

use std::sync::{Arc, Mutex, PoisonError};

use retake_core::{
    Candidate, EditError, EditRequest, Editor, EditorInfo, Glance, Instruction, Knob, Mask,
    OnScreen, Photo, PhotoId, Picture, Provenance, Raster, Region, RegionKind, Rng, Said, Spot,
    Stop, SubjectFinder, Trajectory, Watch, said,
};

use crate::device::Device;
use crate::gpu::{Source, Wish};
use crate::knobs;
use crate::patch;
use crate::propose::{Proposal, Trials, neighbour, propose};
use crate::recipe::Recipe;
use crate::render::{Analysis, Plan};
use retake_pixels::resize;

/// Raised by one in every change after which the same photo, instruction and seed give other pixels on the same device:
/// another way or strength in `propose`, another constant of an operation, another mask. Not for faster code or another
/// lexicon, which give the same pixels or a record that shows what was understood. Runs record it, and `replay` says
/// first of all when it differs, so that nobody looks for a fault where the program has moved on. A recipe has its
/// own version, of what its numbers mean: `RECIPE_VERSION`.
const VERSION: &str = "3";

/// A region smaller than this share of the photo is not there.
const LEAST_SHARE: f32 = 0.002;
/// Sky, skin and foliage are looked for by rules that find something in most photos; found less surely than this, they
/// are not there. Subject and background are the middle and the rest when nothing stands out.
const LEAST_CONFIDENCE: f32 = 0.3;
const LOOKED_FOR: [RegionKind; 3] = [RegionKind::Sky, RegionKind::Skin, RegionKind::Foliage];

/// Which photo with which mask, and what was seen.
type Look = (PhotoId, Option<Arc<Mask>>, Arc<Analysis>);

/// What a new recipe starts from: the photo, or an earlier edit of it.
#[derive(Clone)]
struct Ground {
    /// what was done before; neutral for the photo itself
    base: Recipe,
    /// at working size, with the base applied
    picture: Arc<Raster>,
    /// of that picture
    analysis: Arc<Analysis>,
}

/// The built-in editor.
pub struct Darkroom {
    device: Device,
    /// finds the subject, where there is a network for it
    finder: Option<Arc<dyn SubjectFinder>>,
    /// the last photo looked at, so that its candidates share one analysis
    looked_at: Mutex<Option<Look>>,
    /// the last earlier edit that was gone on from: photo, mask, recipe and size, and what came of it
    stood_on: Mutex<Option<(GroundKey, Ground)>>,
    /// the last picture that recipes were tried on
    tried_on: Mutex<Option<Arc<Trials>>>,
}

/// Photo, mask, recipe, working size.
type GroundKey = (
    PhotoId,
    Option<Arc<Mask>>,
    serde_json::Value,
    (usize, usize),
);

impl Darkroom {
    /// Its name in records.
    pub const ID: &'static str = "darkroom";

    /// On this device; the subject is found by rules.
    pub fn new(device: Device) -> Self {
        Self {
            device,
            finder: None,
            looked_at: Mutex::new(None),
            stood_on: Mutex::new(None),
            tried_on: Mutex::new(None),
        }
    }

    /// With somebody who finds the subject better than the rules do.
    #[must_use]
    pub fn with_finder(self, finder: Option<Arc<dyn SubjectFinder>>) -> Self {
        Self { finder, ..self }
    }

    fn analysis(&self, photo: &Photo, mask: Option<&Mask>) -> Result<Arc<Analysis>, Stop> {
        let known = || {
            self.looked_at
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
        };
        if let Some((id, painted, analysis)) = known().as_ref()
            && *id == photo.id()
            && painted.as_deref() == mask
        {
            return Ok(analysis.clone());
        }
        // looking runs on all threads, so no lock is held meanwhile
        let analysis = Analysis::of(photo, mask.cloned())?.with_finder(self.finder.clone());
        let analysis = Arc::new(analysis);
        *known() = Some((photo.id(), mask.cloned().map(Arc::new), analysis.clone()));
        Ok(analysis)
    }
}

impl Darkroom {
    /// The photo with the request's base applied, as its new recipe will find it.
    fn ground(&self, request: &EditRequest, analysis: &Arc<Analysis>) -> Result<Ground, EditError> {
        let Some(base) = &request.base else {
            return Ok(Ground {
                base: Recipe::neutral(),
                picture: request.source.clone(),
                analysis: analysis.clone(),
            });
        };
        let size = (request.source.width, request.source.height);
        let mask = request.instruction.mask.clone().map(Arc::new);
        let key = (request.photo.id(), mask, base.clone(), size);
        let known = || self.stood_on.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((stood, ground)) = known().as_ref()
            && *stood == key
        {
            return Ok(ground.clone());
        }
        let recipe = read(base)?;
        let picture = self
            .render(&recipe, &request.source, analysis)
            .map(Arc::new)
            .map_err(machine)?;
        let proxy = resize::fit(&unnamed(picture.clone()), crate::render::ANALYSIS_EDGE)
            .map_err(machine)?;
        let analysis = Analysis::of_proxy(proxy, request.instruction.mask.clone());
        let ground = Ground {
            base: recipe,
            picture,
            analysis: Arc::new(analysis.with_finder(self.finder.clone())),
        };
        *known() = Some((key, ground.clone()));
        Ok(ground)
    }

    /// The copies of the ground that recipes are tried on, shared by its candidates.
    fn trials(&self, ground: &Ground, masked: bool) -> Arc<Trials> {
        let known = || self.tried_on.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(trials) = known().as_ref()
            && trials.are_of(&ground.analysis, &ground.picture, masked)
        {
            return trials.clone();
        }
        let trials = Arc::new(Trials::new(
            ground.analysis.clone(),
            ground.picture.clone(),
            masked,
        ));
        *known() = Some(trials.clone());
        trials
    }

    fn render(
        &self,
        recipe: &Recipe,
        source: &Arc<Raster>,
        analysis: &Arc<Analysis>,
    ) -> Result<Raster, Stop> {
        let plan = Plan::new(recipe, source.width, source.height, analysis.clone());
        self.device.render_whole(&plan, &unnamed(source.clone()))
    }
}

fn read(recipe: &serde_json::Value) -> Result<Recipe, EditError> {
    Recipe::from_value(recipe.clone()).map_err(|error| EditError::Instruction(error.said()))
}

fn machine(stop: Stop) -> EditError {
    EditError::Machine(stop.said())
}

/// A picture that is no photo of its own.
fn unnamed(raster: impl Into<Arc<Raster>>) -> Photo {
    Photo::from_raster(raster, PhotoId([0; 32]))
}

impl Editor for Darkroom {
    fn info(&self) -> EditorInfo {
        EditorInfo {
            id: Self::ID,
            version: VERSION,
            name: "Darkroom",
            at_once: None,
            generative: false,
            about: "Light, colour, detail and effects as an editable recipe, at full resolution; nothing to download.",
        }
    }

    fn start(&self, request: &EditRequest) -> Result<Box<dyn Trajectory>, EditError> {
        able(&request.instruction)?;
        let analysis = self
            .analysis(&request.photo, request.instruction.mask.as_ref())
            .map_err(machine)?;
        let like = request.like.as_ref().map(read).transpose()?;
        let ground = self.ground(request, &analysis)?;
        present(&request.instruction, &ground.analysis)?;
        let trials = self.trials(&ground, request.instruction.mask.is_some());
        Ok(Box::new(Exposure {
            request: request.clone(),
            ground,
            trials,
            like,
            analysis,
            device: self.device.clone(),
            made: None,
        }))
    }

    fn redo(&self, request: &EditRequest, recipe: &serde_json::Value) -> Result<Raster, EditError> {
        let recipe = read(recipe)?;
        let analysis = self
            .analysis(&request.photo, request.instruction.mask.as_ref())
            .map_err(machine)?;
        self.render(&recipe, &request.source, &analysis)
            .map_err(machine)
    }

    fn preview(
        &self,
        request: &EditRequest,
        recipe: &serde_json::Value,
    ) -> Result<Box<dyn Picture>, EditError> {
        let recipe = read(recipe)?;
        let analysis = self
            .analysis(&request.photo, request.instruction.mask.as_ref())
            .map_err(machine)?;
        let source = &request.source;
        let plan = Plan::new(&recipe, source.width, source.height, analysis);
        Ok(self.device.develop(plan, unnamed(source.clone())))
    }

    fn develop(
        &self,
        photo: &Photo,
        instruction: &Instruction,
        provenance: &Provenance,
    ) -> Result<Box<dyn Picture>, EditError> {
        let recipe = read(&provenance.recipe)?;
        let analysis = self
            .analysis(photo, instruction.mask.as_ref())
            .map_err(machine)?;
        let plan = Plan::new(&recipe, photo.width(), photo.height(), analysis);
        Ok(self.device.develop(plan, photo.clone()))
    }

    fn finder(&self) -> Option<Arc<dyn SubjectFinder>> {
        self.finder.clone()
    }

    fn mends(&self) -> bool {
        true
    }

    fn without(
        &self,
        request: &EditRequest,
        made: &Candidate,
        spots: &[Spot],
    ) -> Result<Option<Candidate>, EditError> {
        let recipe = read(&made.provenance.recipe)?;
        let base = request.base.as_ref().map(read).transpose()?;
        let below = base.map_or(0, |base| {
            let same = base.layers.iter().zip(&recipe.layers);
            same.take_while(|(base, layer)| base == layer).count()
        });
        let recipe = recipe.without(below, spots).to_value();
        if recipe == made.provenance.recipe {
            return Ok(None);
        }
        Ok(Some(Candidate {
            picture: self.redo(request, &recipe)?,
            provenance: Provenance {
                recipe,
                ..made.provenance.clone()
            },
        }))
    }

    fn within(
        &self,
        request: &EditRequest,
        edit: &Candidate,
        other: &Candidate,
        spots: &[Spot],
    ) -> Result<Option<Candidate>, EditError> {
        let (below, above) = (
            read(&edit.provenance.recipe)?,
            read(&other.provenance.recipe)?,
        );
        let Some(recipe) = patch::within(below, &above, spots) else {
            return Ok(None);
        };
        let recipe = recipe.to_value();
        Ok(Some(Candidate {
            picture: self.redo(request, &recipe)?,
            provenance: Provenance {
                recipe,
                ..other.provenance.clone()
            },
        }))
    }

    fn weaker(
        &self,
        recipe: &serde_json::Value,
        base: Option<&serde_json::Value>,
        share: f32,
    ) -> Option<serde_json::Value> {
        let recipe = read(recipe).ok()?;
        let below = match base {
            Some(base) => {
                let base = read(base).ok()?;
                let same = base.layers.iter().zip(&recipe.layers);
                same.take_while(|(base, layer)| base == layer).count()
            }
            None => 0,
        };
        Some(recipe.weaker(below, share).to_value())
    }

    fn knobs(&self, recipe: &serde_json::Value) -> Vec<Knob> {
        read(recipe).map_or_else(|_| Vec::new(), |recipe| knobs::of(&recipe))
    }

    fn show(&self, glance: &Glance<'_>) -> Option<OnScreen> {
        if !self.device.shows() {
            return None;
        }
        let photo = glance.photo;
        let source = glance.source.map_or(Source::Photo(photo), Source::Copy);
        let (width, height) = source.size();
        let plan = match glance.edit {
            None => None,
            // what is wrong with an edit is told by the ways that have words for it
            Some((instruction, recipe)) => {
                let recipe = read(recipe).ok()?;
                let analysis = self.analysis(photo, instruction.mask.as_ref()).ok()?;
                Some(Plan::new(&recipe, width, height, analysis))
            }
        };
        let size = plan.as_ref().map_or((width, height), Plan::size);
        let shown = self.device.show(&Wish {
            plan: plan.as_ref(),
            id: photo.id(),
            source,
            part: glance.part.scaled(glance.full, size),
            size: glance.size,
        })?;
        Some(Arc::new(shown))
    }

    fn notice(&self) -> Option<Said> {
        self.device.notice()
    }
}

/// Refuses what no recipe can do, naming the words.
fn able(instruction: &Instruction) -> Result<(), EditError> {
    let understood = &instruction.understood;
    if !understood.generative.is_empty() {
        let parts = understood.generative.iter().map(|part| {
            let kind = Said::name(part.kind.clone());
            said!("\"{words}\" ({kind})", words = &part.words, kind)
        });
        return Err(EditError::NeedsAnother(said!(
            "{words} needs new content, which the darkroom cannot make; a diffusion editor is needed for it",
            words = Said::list(parts, |first, then| said!(
                "{first} and {then}",
                first,
                then
            ))
        )));
    }
    if understood.goals.is_empty() {
        return Err(EditError::Instruction(said!(
            "nothing in the instruction says what to change; try \"brighter\", \"warmer, golden hour\" or \"darken the sky\""
        )));
    }
    Ok(())
}

/// Refuses to edit a region that is not in the photo.
fn present(instruction: &Instruction, analysis: &Analysis) -> Result<(), EditError> {
    for goal in &instruction.understood.goals {
        for part in goal.region.parts.iter().filter(|part| !part.inverted) {
            let region = Region { parts: vec![*part] };
            let (proxy, regions) = (&analysis.proxy, &analysis.regions);
            let doubtful =
                LOOKED_FOR.contains(&part.kind) && regions.confidence(part.kind) < LEAST_CONFIDENCE;
            if doubtful || regions.mask(&region, proxy.width, proxy.height).share() < LEAST_SHARE {
                return Err(EditError::Instruction(said!(
                    "{region} cannot be found in this photo; say it without naming a place, or paint the place with --mask",
                    region = part.said()
                )));
            }
        }
    }
    Ok(())
}

/// The darkroom's trajectory: one step, from request to picture.
struct Exposure {
    request: EditRequest,
    ground: Ground,
    trials: Arc<Trials>,
    /// the edit to stay near
    like: Option<Recipe>,
    analysis: Arc<Analysis>,
    device: Device,
    made: Option<(Raster, Proposal)>,
}

impl Trajectory for Exposure {
    fn steps_left(&self) -> usize {
        usize::from(self.made.is_none())
    }

    fn step(&mut self, watch: &dyn Watch) -> Result<(), Stop> {
        if self.made.is_some() {
            return Ok(());
        }
        if watch.stopped() {
            return Err(Stop::Cancelled);
        }
        let EditRequest {
            instruction,
            source,
            seed,
            ..
        } = &self.request;
        let proposal = match &self.like {
            Some(like) => neighbour(like, *seed),
            None => {
                let mut proposal = propose(&instruction.understood, &self.trials, *seed);
                let earlier = self.ground.base.layers.iter().cloned();
                proposal.recipe.layers.splice(0..0, earlier);
                proposal
            }
        };
        let plan = Plan::new(
            &proposal.recipe,
            source.width,
            source.height,
            self.analysis.clone(),
        );
        let picture = self.device.render_whole(&plan, &unnamed(source.clone()))?;
        self.made = Some((picture, proposal));
        Ok(())
    }

    fn preview(&self) -> Option<Raster> {
        self.made.as_ref().map(|(picture, _)| picture.clone())
    }

    fn fork(&self, seed: u64) -> Option<Box<dyn Trajectory>> {
        let mut request = self.request.clone();
        request.seed = Rng::seed_of(request.seed, seed);
        Some(Box::new(Self {
            request,
            ground: self.ground.clone(),
            trials: self.trials.clone(),
            like: self.like.clone(),
            analysis: self.analysis.clone(),
            device: self.device.clone(),
            made: None,
        }))
    }

    fn finish(mut self: Box<Self>, watch: &dyn Watch) -> Result<Candidate, Stop> {
        self.step(watch)?;
        let (picture, proposal) = self.made.take().ok_or(Stop::Cancelled)?;
        let provenance = Provenance {
            editor: Darkroom::ID.to_owned(),
            version: VERSION.to_owned(),
            seed: self.request.seed,
            recipe: proposal.recipe.to_value(),
            label: proposal.label,
        };
        Ok(Candidate {
            picture,
            provenance,
        })
    }
}
