//! The darkroom as an editor: draws a recipe for each candidate and renders it, small for judging, whole for keeping.

use std::sync::{Arc, Mutex, PoisonError};

use retake_core::{
    Candidate, EditError, EditRequest, Editor, EditorInfo, Instruction, Mask, Photo, PhotoId,
    Picture, Provenance, Raster, Region, RegionKind, Rng, Stop, Trajectory, Watch,
};

use crate::device::Device;
use crate::propose::{Proposal, propose};
use crate::recipe::Recipe;
use crate::render::{Analysis, Plan};

/// Raised by one in every change after which the same photo, instruction and seed give other pixels on the same device:
/// another way or strength in `propose`, another constant of an operation, another mask. Not for faster code or another
/// lexicon, which give the same pixels or a record that shows what was understood. Runs record it, and `replay` says
/// first of all when it differs, so that nobody looks for a fault where the program has moved on. A recipe has its
/// own version, of what its numbers mean: `RECIPE_VERSION`.
const VERSION: &str = "2";

/// A region smaller than this share of the photo is not there.
const LEAST_SHARE: f32 = 0.002;
/// Sky, skin and foliage are looked for by rules that find something in most photos; found less surely than this, they
/// are not there. Subject and background are the middle and the rest when nothing stands out.
const LEAST_CONFIDENCE: f32 = 0.3;
const LOOKED_FOR: [RegionKind; 3] = [RegionKind::Sky, RegionKind::Skin, RegionKind::Foliage];

/// Which photo with which mask, and what was seen.
type Look = (PhotoId, Option<Arc<Mask>>, Arc<Analysis>);

/// The built-in editor.
pub struct Darkroom {
    device: Device,
    /// the last photo looked at, so that its candidates share one analysis
    looked_at: Mutex<Option<Look>>,
}

impl Darkroom {
    /// On this device.
    pub fn new(device: Device) -> Self {
        Self {
            device,
            looked_at: Mutex::new(None),
        }
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
        let analysis = Arc::new(Analysis::of(photo, mask.cloned())?);
        *known() = Some((photo.id(), mask.cloned().map(Arc::new), analysis.clone()));
        Ok(analysis)
    }
}

impl Editor for Darkroom {
    fn info(&self) -> EditorInfo {
        EditorInfo {
            id: "darkroom",
            version: VERSION,
            about: "Light, colour, detail and effects as an editable recipe, at full resolution; nothing to download.",
        }
    }

    fn start(&self, request: &EditRequest) -> Result<Box<dyn Trajectory>, EditError> {
        able(&request.instruction)?;
        let analysis = self
            .analysis(&request.photo, request.instruction.mask.as_ref())
            .map_err(|stop| EditError::Machine(stop.to_string()))?;
        present(&request.instruction, &analysis)?;
        Ok(Box::new(Exposure {
            request: request.clone(),
            analysis,
            device: self.device.clone(),
            made: None,
        }))
    }

    fn develop(
        &self,
        photo: &Photo,
        instruction: &Instruction,
        provenance: &Provenance,
    ) -> Result<Box<dyn Picture>, EditError> {
        let recipe = Recipe::from_value(provenance.recipe.clone())
            .map_err(|error| EditError::Instruction(error.to_string()))?;
        let analysis = self
            .analysis(photo, instruction.mask.as_ref())
            .map_err(|stop| EditError::Machine(stop.to_string()))?;
        let plan = Plan::new(&recipe, photo.width(), photo.height(), analysis);
        Ok(self.device.develop(plan, photo.clone()))
    }
}

/// Refuses what no recipe can do, naming the words.
fn able(instruction: &Instruction) -> Result<(), EditError> {
    let understood = &instruction.understood;
    if !understood.generative.is_empty() {
        let parts: Vec<String> = understood
            .generative
            .iter()
            .map(|part| format!("\"{}\" ({})", part.words, part.kind))
            .collect();
        return Err(EditError::NeedsAnother(format!(
            "{} needs new content, which the darkroom cannot make; a diffusion editor is needed for it",
            parts.join(" and ")
        )));
    }
    if understood.goals.is_empty() {
        return Err(EditError::Instruction(
            "nothing in the instruction says what to change; try \"brighter\", \"warmer, golden hour\" or \"darken the sky\"".to_owned(),
        ));
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
                return Err(EditError::Instruction(format!(
                    "{part} cannot be found in this photo; say it without naming a place, or paint the place with --mask"
                )));
            }
        }
    }
    Ok(())
}

/// The darkroom's trajectory: one step, from request to picture.
struct Exposure {
    request: EditRequest,
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
        let proposal = propose(
            &instruction.understood,
            instruction.mask.is_some(),
            &self.analysis,
            source,
            *seed,
        );
        let plan = Plan::new(
            &proposal.recipe,
            source.width,
            source.height,
            self.analysis.clone(),
        );
        let working = Photo::from_raster(source.as_ref().clone(), PhotoId([0; 32]));
        let picture = self.device.render_whole(&plan, &working)?;
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
            analysis: self.analysis.clone(),
            device: self.device.clone(),
            made: None,
        }))
    }

    fn finish(mut self: Box<Self>, watch: &dyn Watch) -> Result<Candidate, Stop> {
        self.step(watch)?;
        let (picture, proposal) = self.made.take().ok_or(Stop::Cancelled)?;
        let provenance = Provenance {
            editor: "darkroom".to_owned(),
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
