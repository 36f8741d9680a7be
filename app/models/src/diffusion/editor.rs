//! The editor: requests in, trajectories out.

use std::sync::Arc;

use candle_core::Tensor;
use retake_core::{
    Candidate, EditError, EditRequest, Editor, EditorInfo, Instruction, Mask, Photo, Picture,
    Provenance, Quiet, Raster, Said, Setting, Spot, Stop, Trajectory, said,
};
use retake_pixels::resize;

use super::ground::{Ground, Grounds};
use super::kept::Kept;
use super::offered::offered;
use super::recipe::{Fork, Patch, Recipe};
use super::spared::{self, Spared};
use super::trajectory::Denoising;
use super::{Model, Precision, Settings, Texts, Wishes};
use crate::ModelError;
use crate::full::Fitted;
use crate::sampler::{self, Plan};
use crate::vae::TinyVae;

/// What a trajectory begins with.
type Begun<C> = (Recipe, Arc<Ground<C>>);

/// An editor with the weights of one checkpoint.
pub struct Diffusion<M: Model> {
    model: Arc<M>,
    settings: Settings,
    /// pictures that the instruction speaks of besides the photo, (1, 3, height, width) in [-1, 1]
    references: Vec<Tensor>,
    /// SHA-256 of their files, in hexadecimal digits
    reference_ids: Vec<String>,
    grounds: Grounds<M::Conditions>,
    /// for glimpses
    tiny: Option<Arc<TinyVae>>,
    /// why the one that is installed is of no use
    tiny_notice: Option<Said>,
    kept: Arc<Kept>,
}

impl<M: Model> Diffusion<M> {
    /// With a model that is loaded already.
    pub fn new(model: M, wishes: &Wishes) -> Result<Self, ModelError> {
        let settings = wishes.over(model.defaults());
        if model.plan(&settings.sampler, 1, (1, 1)).is_none() {
            return Err(ModelError::Machine(format!(
                "{} has no sampler named {}",
                M::KIND.name,
                settings.sampler
            )));
        }
        let references = wishes.references.iter();
        Ok(Self {
            references: references
                .clone()
                .map(|reference| reference.seen_by(&model))
                .collect::<Result<_, _>>()?,
            reference_ids: references.map(|reference| reference.id()).collect(),
            model: Arc::new(model),
            settings,
            grounds: Grounds::default(),
            tiny: None,
            tiny_notice: None,
            kept: Arc::default(),
        })
    }

    /// The same with glimpses by a tiny autoencoder, if there is one, or with what is to be said of one.
    pub(crate) fn with_tiny(self, tiny: Option<TinyVae>, notice: Option<Said>) -> Self {
        Self {
            tiny: tiny.map(Arc::new),
            tiny_notice: notice,
            ..self
        }
    }

    /// A recipe for this request, and the ground that it is made on.
    fn recipe(&self, request: &EditRequest) -> Result<Begun<M::Conditions>, EditError> {
        let text = request.instruction.text.trim();
        if text.is_empty() {
            return Err(EditError::Instruction(said!(
                "the instruction is empty; say what to change"
            )));
        }
        let weights = self.model.weights();
        let base = request.base.as_ref().map(|value| self.read(value));
        let like = request.like.as_ref().map(|value| self.read(value));
        let (base, like) = (base.transpose()?, like.transpose()?);
        let source = self.source(base.as_ref(), &request.source)?;
        let settings = self.set(request)?;
        let texts = Texts {
            wanted: text,
            unwanted: &settings.unwanted,
        };
        // a copy that was made smaller for the work's sake stays so
        let (width, height) = (request.source.width, request.source.height);
        let enlarged = (width, height) == request.photo.size();
        let ground = self.ground(&source, texts, enlarged)?;
        let mut recipe = Recipe {
            seed: request.seed,
            masked: request.instruction.mask.is_some(),
            source: (width, height),
            enlarged,
            references: self.reference_ids.clone(),
            base: base.map(Box::new),
            ..Recipe::new(M::KIND, weights, text, ground.tokens_cut, &settings)
        };
        if let Some(like) = like {
            // the way of the other edit, left half-way: what is large is settled by then, what is small is not
            let step = Denoising::<M>::half_of(self.plan(&recipe, &ground)?.len());
            recipe.seed = like.seed;
            recipe.forks = like
                .forks
                .into_iter()
                .filter(|fork| fork.step <= step)
                .collect();
            recipe.forks.push(Fork {
                step,
                seed: request.seed,
                eta: 0.0,
            });
        }
        Ok((recipe, ground))
    }

    /// The recipe in a record, if this editor can make it again.
    fn read(&self, value: &serde_json::Value) -> Result<Recipe, EditError> {
        let recipe = Recipe::read(value, M::KIND, self.model.weights())?;
        if recipe.references != self.reference_ids {
            return Err(EditError::Machine(said!(
                "this edit was made with other reference pictures than are at hand"
            )));
        }
        if recipe.precision != self.settings.precision {
            return Err(EditError::Machine(said!(
                "this edit was made with the weights in {then}, and the model at hand has them in {now}",
                then = Precision::name_of(recipe.precision).to_owned(),
                now = Precision::name_of(self.settings.precision).to_owned()
            )));
        }
        Ok(recipe)
    }

    /// The settings of a request over the editor's own.
    fn set(&self, request: &EditRequest) -> Result<Settings, EditError> {
        let wishes = Wishes::read(&request.settings)
            .map_err(|error| EditError::Instruction(Said::words(error.to_string())))?;
        Ok(wishes.over(self.settings.clone()))
    }

    /// What a recipe edits: the photo, or the picture of the edit that it goes on from.
    fn source(&self, base: Option<&Recipe>, photo: &Arc<Raster>) -> Result<Arc<Raster>, EditError> {
        match base {
            None => Ok(photo.clone()),
            Some(base) if base.masked => Err(EditError::Instruction(said!(
                "the edit before was confined to a painted place, which its record does not hold; begin again from the photo"
            ))),
            Some(base) => Ok(Arc::new(self.remade(base, photo, None)?.1)),
        }
    }

    fn ground(
        &self,
        source: &Arc<Raster>,
        texts: Texts<'_>,
        enlarged: bool,
    ) -> Result<Arc<Ground<M::Conditions>>, EditError> {
        self.grounds
            .of(
                self.model.as_ref(),
                source,
                &self.references,
                texts,
                enlarged,
                self.tiny.as_ref(),
            )
            .map_err(|error| EditError::Machine(Said::words(error.to_string())))
    }

    /// The steps of a recipe.
    fn plan(&self, recipe: &Recipe, ground: &Ground<M::Conditions>) -> Result<Plan, EditError> {
        let (_, _, height, width) = ground.latents.dims4().map_err(machine)?;
        self.model
            .plan(&recipe.sampler, recipe.steps, (height, width))
            .map(|plan| plan.of_strength(recipe.strength))
            .ok_or_else(|| {
                EditError::Instruction(said!(
                    "there is no sampler named {sampler}",
                    sampler = recipe.sampler.clone()
                ))
            })
    }

    fn denoising(
        &self,
        recipe: Recipe,
        ground: Arc<Ground<M::Conditions>>,
        mask: Option<&Mask>,
    ) -> Result<Denoising<M>, EditError> {
        let plan = Arc::new(self.plan(&recipe, &ground)?);
        let (model, kept) = (self.model.clone(), self.kept.clone());
        Denoising::new(model, ground, plan, kept, mask.cloned(), recipe).map_err(machine)
    }

    /// The edit of a recipe and its picture, from the photo at working size.
    fn remade(
        &self,
        recipe: &Recipe,
        photo: &Arc<Raster>,
        mask: Option<&Mask>,
    ) -> Result<(Arc<Fitted>, Raster), EditError> {
        let source = self.source(recipe.base.as_deref(), photo)?;
        let texts = Texts {
            wanted: &recipe.instruction,
            unwanted: &recipe.unwanted,
        };
        let ground = self.ground(&source, texts, recipe.enlarged)?;
        let mut denoising = self.denoising(recipe.clone(), ground, mask)?;
        let fitted = denoising.fitted(&Quiet).map_err(stopped)?;
        let picture = fitted.picture(denoising.source()).map_err(stopped)?;
        let mut picture = spared::brought_back(picture, denoising.source(), &recipe.spared);
        for patch in &recipe.patches {
            let other = match &patch.edit {
                Some(edit) => Arc::new(self.remade(edit, photo, mask)?.1),
                None => denoising.source().clone(),
            };
            picture = spared::brought_back(picture, &other, &patch.spots);
        }
        Ok((fitted, picture))
    }

    /// The edit of a recipe over the whole photo, turn after turn.
    fn over(
        &self,
        recipe: &Recipe,
        photo: &Photo,
        small: &Arc<Raster>,
        mask: Option<&Mask>,
    ) -> Result<Box<dyn Picture>, EditError> {
        let under: Arc<dyn Picture> = match &recipe.base {
            Some(base) => Arc::from(self.over(base, photo, small, None)?),
            None => Arc::new(photo.clone()),
        };
        let edit = self.remade(recipe, small, mask)?.0.over(under.clone());
        let mut whole: Box<dyn Picture> = match recipe.spared.is_empty() {
            true => Box::new(edit),
            false => {
                let spots = recipe.spared.clone();
                Box::new(Spared::new(Box::new(edit), under.clone(), spots))
            }
        };
        for patch in &recipe.patches {
            let other: Arc<dyn Picture> = match &patch.edit {
                Some(edit) => Arc::from(self.over(edit, photo, small, mask)?),
                None => under.clone(),
            };
            whole = Box::new(Spared::new(whole, other, patch.spots.clone()));
        }
        Ok(whole)
    }

    /// Whether an edit goes on from what the request is about, so that this is what is brought back.
    fn stands_on(&self, recipe: &Recipe, base: Option<&serde_json::Value>) -> bool {
        let base = base.and_then(|base| self.read(base).ok());
        let own = recipe.base.as_deref().map(Recipe::value);
        own == base.as_ref().map(Recipe::value)
    }
}

#[cfg(test)]
impl<M: Model> Diffusion<M> {
    /// What an edit is made by, apart from its way.
    pub(super) fn for_tests(
        &self,
        request: &EditRequest,
    ) -> (Arc<M>, Arc<Ground<M::Conditions>>, Plan, Recipe) {
        let (recipe, ground) = self.recipe(request).expect("a recipe");
        let plan = self.plan(&recipe, &ground).expect("a plan");
        (self.model.clone(), ground, plan, recipe)
    }
}

fn stopped(stop: Stop) -> EditError {
    EditError::Machine(stop.said())
}

fn machine(error: candle_core::Error) -> EditError {
    EditError::Machine(Said::words(retake_tensors::plain(&error)))
}

impl<M: Model> Editor for Diffusion<M> {
    fn info(&self) -> EditorInfo {
        EditorInfo {
            id: M::KIND.id,
            version: M::KIND.version,
            name: M::KIND.name,
            about: M::KIND.about,
            at_once: Some(1),
            generative: true,
        }
    }

    fn notices(&self) -> Vec<Said> {
        let Settings {
            sampler,
            instead_of,
            ..
        } = &self.settings;
        let replaced = instead_of.as_ref().map(|other| {
            said!(
                "The model names the sampler {other}, which Retake does not have; {sampler} takes its place.",
                other = other.clone(),
                sampler = sampler::name_of(sampler).unwrap_or("?").to_owned()
            )
        });
        replaced
            .into_iter()
            .chain(self.tiny_notice.clone())
            .collect()
    }

    fn settings(&self) -> Vec<Setting> {
        offered(self.model.as_ref(), &self.settings)
    }

    fn start(&self, request: &EditRequest) -> Result<Box<dyn Trajectory>, EditError> {
        let (recipe, ground) = self.recipe(request)?;
        let mask = request.instruction.mask.as_ref();
        Ok(Box::new(self.denoising(recipe, ground, mask)?))
    }

    fn redo(&self, request: &EditRequest, recipe: &serde_json::Value) -> Result<Raster, EditError> {
        let recipe = self.read(recipe)?;
        let mask = request.instruction.mask.as_ref();
        Ok(self.remade(&recipe, &request.source, mask)?.1)
    }

    fn develop(
        &self,
        photo: &Photo,
        instruction: &Instruction,
        provenance: &Provenance,
    ) -> Result<Box<dyn Picture>, EditError> {
        let recipe = self.read(&provenance.recipe)?;
        let long_edge = recipe.source.0.max(recipe.source.1);
        let small = Arc::new(resize::fit(photo, long_edge).map_err(stopped)?);
        let mask = instruction.mask.as_ref();
        self.over(&recipe, photo, &small, mask)
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
        let mut recipe = self.read(&made.provenance.recipe)?;
        if made.picture.is_empty() || !self.stands_on(&recipe, request.base.as_ref()) {
            return Ok(None);
        }
        let source = self.source(recipe.base.as_deref(), &request.source)?;
        let picture = spared::brought_back(made.picture.clone(), &source, spots);
        match recipe.patches.is_empty() {
            true => recipe.spared.extend(spots),
            false => recipe.patches.push(Patch {
                spots: spots.to_vec(),
                edit: None,
            }),
        }
        Ok(Some(Candidate {
            picture,
            provenance: Provenance {
                recipe: recipe.value(),
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
        let mut recipe = self.read(&edit.provenance.recipe)?;
        let patch = self.read(&other.provenance.recipe)?;
        let mask = request.instruction.mask.as_ref();
        let below = match edit.picture.is_empty() {
            true => self.remade(&recipe, &request.source, mask)?.1,
            false => edit.picture.clone(),
        };
        if (below.width, below.height) != (other.picture.width, other.picture.height) {
            return Ok(None);
        }
        recipe.patches.push(Patch {
            spots: spots.to_vec(),
            edit: Some(Box::new(patch)),
        });
        Ok(Some(Candidate {
            picture: spared::brought_back(below, &other.picture, spots),
            provenance: Provenance {
                recipe: recipe.value(),
                ..other.provenance.clone()
            },
        }))
    }
}
