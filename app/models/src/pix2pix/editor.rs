//! The editor: requests in, trajectories out.

use std::path::Path;
use std::sync::Arc;

use candle_core::Device;
use retake_core::{
    EditError, EditRequest, Editor, EditorInfo, Instruction, Mask, Photo, Picture, Provenance,
    Quiet, Raster, Said, Trajectory, said,
};
use retake_pixels::resize;

use super::enlarged::Enlarged;
use super::ground::{Ground, Grounds};
use super::kept::Kept;
use super::recipe::{Fork, Recipe};
use super::trajectory::Denoising;
use super::{ID, Networks, Unwanted, VERSION};
use crate::ModelError;
use crate::sampler::Sampler;

/// How the editor works on every request.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// short name from the table of samplers; the checkpoint's own if there is none
    pub sampler: Option<String>,
    /// calls of the network, 1–1000
    pub steps: usize,
    /// how strongly the text is followed; 7.5 in the paper
    pub text_guidance: f64,
    /// how strongly the photo is kept; 1.5 in the paper
    pub image_guidance: f64,
    /// what is not wanted
    pub unwanted: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            sampler: None,
            steps: 20,
            text_guidance: 7.5,
            image_guidance: 1.5,
            unwanted: String::new(),
        }
    }
}

/// InstructPix2Pix with the weights of one checkpoint.
pub struct InstructPix2Pix {
    networks: Arc<Networks>,
    sampler: &'static Sampler,
    settings: Settings,
    grounds: Grounds,
    kept: Arc<Kept>,
}

impl InstructPix2Pix {
    /// Loads the checkpoint in a folder, onto the graphics card where this build knows one.
    pub fn open(folder: &Path, settings: Settings) -> Result<Self, ModelError> {
        Self::new(Networks::open(folder, best_device())?, settings)
    }

    /// With networks that are loaded already.
    pub fn new(networks: Networks, settings: Settings) -> Result<Self, ModelError> {
        let sampler = match &settings.sampler {
            None => networks.schedule().own_sampler(),
            Some(id) => Sampler::named(id)
                .ok_or_else(|| ModelError::Machine(format!("there is no sampler named {id}")))?,
        };
        Ok(Self {
            networks: Arc::new(networks),
            sampler,
            settings,
            grounds: Grounds::default(),
            kept: Arc::default(),
        })
    }

    /// A recipe for this request, and the ground that it is made on.
    fn recipe(&self, request: &EditRequest) -> Result<(Recipe, Arc<Ground>), EditError> {
        let text = request.instruction.text.trim();
        if text.is_empty() {
            return Err(EditError::Instruction(said!(
                "the instruction is empty; say what to change"
            )));
        }
        let weights = self.networks.weights();
        let read = |value| Recipe::read(value, weights);
        let base = request.base.as_ref().map(read).transpose()?;
        let like = request.like.as_ref().map(read).transpose()?;
        let source = self.source(base.as_ref(), &request.source)?;
        let ground = self.ground(&source, text, &self.settings.unwanted)?;
        let steps = self.plan(self.sampler.id, self.settings.steps)?.len();
        let mut recipe = Recipe {
            unwanted: self.settings.unwanted.clone(),
            sampler: self.sampler.id.to_owned(),
            steps,
            text_guidance: self.settings.text_guidance,
            image_guidance: self.settings.image_guidance,
            seed: request.seed,
            masked: request.instruction.mask.is_some(),
            source: (request.source.width, request.source.height),
            base: base.map(Box::new),
            ..Recipe::new(weights, text, ground.tokens_cut)
        };
        if let Some(like) = like {
            // the way of the other edit, left half-way: what is large is settled by then, what is small is not
            let step = recipe.steps / 2;
            recipe.seed = like.seed;
            recipe.forks = like
                .forks
                .into_iter()
                .filter(|fork| fork.step <= step)
                .collect();
            recipe.forks.push(Fork {
                step,
                seed: request.seed,
            });
        }
        Ok((recipe, ground))
    }

    /// What a recipe edits: the photo, or the picture of the edit that it goes on from.
    fn source(&self, base: Option<&Recipe>, photo: &Arc<Raster>) -> Result<Arc<Raster>, EditError> {
        match base {
            None => Ok(photo.clone()),
            Some(base) if base.masked => Err(EditError::Instruction(said!(
                "the edit before was confined to a painted place, which its record does not hold; begin again from the photo"
            ))),
            Some(base) => Ok(Arc::new(self.remade(base, photo, None)?)),
        }
    }

    fn ground(
        &self,
        source: &Arc<Raster>,
        wanted: &str,
        unwanted: &str,
    ) -> Result<Arc<Ground>, EditError> {
        self.grounds
            .of(&self.networks, source, wanted, Unwanted(unwanted))
            .map_err(|error| EditError::Machine(Said::words(error.to_string())))
    }

    fn plan(&self, sampler: &str, steps: usize) -> Result<crate::sampler::Plan, EditError> {
        Sampler::named(sampler)
            .map(|sampler| sampler.plan(self.networks.schedule(), steps))
            .ok_or_else(|| {
                EditError::Instruction(said!(
                    "there is no sampler named {sampler}",
                    sampler = sampler.to_string()
                ))
            })
    }

    fn denoising(
        &self,
        recipe: Recipe,
        ground: Arc<Ground>,
        mask: Option<&Mask>,
    ) -> Result<Denoising, EditError> {
        let plan = Arc::new(self.plan(&recipe.sampler, recipe.steps)?);
        let (networks, kept) = (self.networks.clone(), self.kept.clone());
        Denoising::new(networks, ground, plan, kept, mask.cloned(), recipe)
            .map_err(|error| EditError::Machine(Said::words(crate::error::plain(&error))))
    }

    /// The picture of a recipe, from the photo at working size.
    fn remade(
        &self,
        recipe: &Recipe,
        photo: &Arc<Raster>,
        mask: Option<&Mask>,
    ) -> Result<Raster, EditError> {
        let source = self.source(recipe.base.as_deref(), photo)?;
        let ground = self.ground(&source, &recipe.instruction, &recipe.unwanted)?;
        self.denoising(recipe.clone(), ground, mask)?
            .picture(&Quiet)
            .map_err(|stop| EditError::Machine(stop.said()))
    }
}

fn best_device() -> Device {
    let card = if candle_core::utils::cuda_is_available() {
        Device::new_cuda(0)
    } else if candle_core::utils::metal_is_available() {
        Device::new_metal(0)
    } else {
        return Device::Cpu;
    };
    card.unwrap_or(Device::Cpu)
}

impl Editor for InstructPix2Pix {
    fn info(&self) -> EditorInfo {
        EditorInfo {
            id: ID,
            version: VERSION,
            about: "New content after a sentence, by a diffusion model with your own weights (InstructPix2Pix).",
        }
    }

    fn start(&self, request: &EditRequest) -> Result<Box<dyn Trajectory>, EditError> {
        let (recipe, ground) = self.recipe(request)?;
        let mask = request.instruction.mask.as_ref();
        Ok(Box::new(self.denoising(recipe, ground, mask)?))
    }

    fn redo(&self, request: &EditRequest, recipe: &serde_json::Value) -> Result<Raster, EditError> {
        let recipe = Recipe::read(recipe, self.networks.weights())?;
        self.remade(&recipe, &request.source, request.instruction.mask.as_ref())
    }

    fn develop(
        &self,
        photo: &Photo,
        instruction: &Instruction,
        provenance: &Provenance,
    ) -> Result<Box<dyn Picture>, EditError> {
        let recipe = Recipe::read(&provenance.recipe, self.networks.weights())?;
        let machine = |stop: retake_core::Stop| EditError::Machine(stop.said());
        let long_edge = recipe.source.0.max(recipe.source.1);
        let source = Arc::new(resize::fit(photo, long_edge).map_err(machine)?);
        let edit = self.remade(&recipe, &source, None)?;
        let mask = instruction.mask.clone();
        Ok(Box::new(Enlarged::new(photo.clone(), &source, edit, mask)))
    }
}
