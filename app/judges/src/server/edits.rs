//! An editor behind /v1/images/edits. What a server made cannot be made again here, so its picture is part of the edit's
//! description; it is laid on the photo as the pictures of all networks are.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use retake_core::{
    Candidate, EditError, EditRequest, Editor, EditorInfo, Instruction, Mask, Photo, Picture,
    Provenance, Raster, Said, Stop, Trajectory, Watch, said,
};
use retake_models::full::{Developed, Fitted};
use retake_pixels::resize;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::line::{Line, Question, Refusal};
use super::{Address, Manners, Secret, pictures};
use crate::JudgeError;
use crate::picture::{Shown, within};

/// An edit's shape may differ from its source's by so much; servers round to whole blocks.
const SHAPE: f64 = 0.03;

/// See the module.
pub struct ServerEditor {
    asks: Arc<Asks>,
}

struct Asks {
    line: Line,
    /// empty is the server's own
    model: String,
}

/// What an edit is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Recipe {
    /// address of the server, without any key
    server: String,
    /// as it was asked for
    model: String,
    /// as typed
    instruction: String,
    /// of this candidate
    seed: u64,
    /// whether it was confined to a painted place
    masked: bool,
    /// width and height of what was edited, px
    source: (usize, usize),
    /// the picture that the server gave: a file, base64
    picture: String,
    /// the edit that it goes on from
    #[serde(default, skip_serializing_if = "Option::is_none")]
    base: Option<Box<Recipe>>,
}

impl ServerEditor {
    /// The model of this name on that server; an empty name leaves it to the server.
    pub fn new(address: Address, model: &str, key: Secret, manners: Manners) -> Self {
        Self {
            asks: Arc::new(Asks {
                line: Line::new(address, key, manners),
                model: model.to_owned(),
            }),
        }
    }
}

fn machine(stop: Stop) -> EditError {
    EditError::Machine(stop.said())
}

fn failed(said: Said) -> Stop {
    Stop::Failed(said)
}

impl Recipe {
    fn read(value: &Value) -> Result<Self, EditError> {
        serde_json::from_value(value.clone()).map_err(|_| {
            EditError::Machine(said!(
                "This edit was not made by an image server; open it with its own editor."
            ))
        })
    }

    /// The server's picture.
    fn picture(&self) -> Result<Raster, EditError> {
        let bytes = STANDARD.decode(&self.picture).ok();
        let raster = bytes.and_then(|bytes| pictures::read(&bytes).ok());
        raster.ok_or_else(|| {
            EditError::Machine(said!("The picture in the edit's description is damaged."))
        })
    }

    /// What it edits, from the photo at working size.
    fn under(&self, photo: &Arc<Raster>) -> Result<Arc<Raster>, EditError> {
        match &self.base {
            None => Ok(photo.clone()),
            Some(base) => Ok(Arc::new(base.remade(photo, None)?.1)),
        }
    }

    fn remade(
        &self,
        photo: &Arc<Raster>,
        mask: Option<&Mask>,
    ) -> Result<(Arc<Fitted>, Raster), EditError> {
        let source = self.under(photo)?;
        let fitted = Arc::new(Fitted::of(&source, &self.picture()?, mask));
        let picture = fitted.picture(&source).map_err(machine)?;
        Ok((fitted, picture))
    }

    fn over(
        &self,
        photo: &Photo,
        small: &Arc<Raster>,
        mask: Option<&Mask>,
    ) -> Result<Developed, EditError> {
        let under: Arc<dyn Picture> = match &self.base {
            Some(base) => Arc::new(base.over(photo, small, None)?),
            None => Arc::new(photo.clone()),
        };
        Ok(self.remade(small, mask)?.0.over(under))
    }
}

impl Editor for ServerEditor {
    fn info(&self) -> EditorInfo {
        EditorInfo {
            id: ServerEditor::ID,
            version: "1",
            name: "Image server",
            about: "Sends the photo and the instruction to a server of yours.",
            at_once: Some(self.asks.line.manners().at_once.max(1)),
            generative: true,
        }
    }

    fn start(&self, request: &EditRequest) -> Result<Box<dyn Trajectory>, EditError> {
        let text = request.instruction.text.trim();
        if text.is_empty() {
            return Err(EditError::Instruction(said!(
                "the instruction is empty; say what to change"
            )));
        }
        let base = request.base.as_ref().map(Recipe::read).transpose()?;
        if base.as_ref().is_some_and(|base| base.masked) {
            return Err(EditError::Instruction(said!(
                "the edit before was confined to a painted place, which its record does not hold; begin again from the photo"
            )));
        }
        let recipe = Recipe {
            server: self.asks.line.place(),
            model: self.asks.model.clone(),
            instruction: text.to_owned(),
            seed: request.seed,
            masked: request.instruction.mask.is_some(),
            source: (request.source.width, request.source.height),
            picture: String::new(),
            base: base.map(Box::new),
        };
        Ok(Box::new(Waiting {
            asks: self.asks.clone(),
            source: recipe.under(&request.source)?,
            photo: request.source.clone(),
            mask: request.instruction.mask.clone(),
            recipe,
            made: None,
        }))
    }

    fn redo(&self, request: &EditRequest, recipe: &Value) -> Result<Raster, EditError> {
        let mask = request.instruction.mask.as_ref();
        Ok(Recipe::read(recipe)?.remade(&request.source, mask)?.1)
    }

    fn develop(
        &self,
        photo: &Photo,
        instruction: &Instruction,
        provenance: &Provenance,
    ) -> Result<Box<dyn Picture>, EditError> {
        let recipe = Recipe::read(&provenance.recipe)?;
        let small =
            Arc::new(resize::fit(photo, recipe.source.0.max(recipe.source.1)).map_err(machine)?);
        let picture = recipe.over(photo, &small, instruction.mask.as_ref())?;
        Ok(Box::new(picture))
    }
}

impl ServerEditor {
    /// Its id in records.
    pub const ID: &'static str = "image_server";
}

/// A question to the server that was not asked yet.
struct Waiting {
    asks: Arc<Asks>,
    /// what is edited
    source: Arc<Raster>,
    /// the photo at working size
    photo: Arc<Raster>,
    mask: Option<Mask>,
    recipe: Recipe,
    made: Option<Raster>,
}

impl Trajectory for Waiting {
    fn steps_left(&self) -> usize {
        usize::from(self.made.is_none())
    }

    fn step(&mut self, watch: &dyn Watch) -> Result<(), Stop> {
        if self.made.is_some() {
            return Ok(());
        }
        let bytes = self
            .asks
            .edit(&self.source, self.mask.as_ref(), &self.recipe, watch)?;
        let given = pictures::read(&bytes).map_err(failed)?;
        let shape = |raster: &Raster| raster.width as f64 / raster.height.max(1) as f64;
        if (shape(&given) / shape(&self.source) - 1.0).abs() > SHAPE {
            return Err(failed(said!(
                "the server gave a picture of {width} × {height} px, which is of another shape than the photo",
                width = given.width,
                height = given.height
            )));
        }
        // not larger than what was sent: nothing finer was known
        let given = within(&given, self.source.len());
        let (_, file) = pictures::file(&given, given.len()).map_err(failed)?;
        self.recipe.picture = STANDARD.encode(file);
        let mask = self.mask.as_ref();
        let (_, picture) = self
            .recipe
            .remade(&self.photo, mask)
            .map_err(|error| failed(error.said()))?;
        self.made = Some(picture);
        Ok(())
    }

    fn preview(&self) -> Option<Raster> {
        self.made.clone()
    }

    fn fork(&self, _: u64) -> Option<Box<dyn Trajectory>> {
        None
    }

    fn finish(mut self: Box<Self>, watch: &dyn Watch) -> Result<Candidate, Stop> {
        self.step(watch)?;
        let recipe = serde_json::to_value(&self.recipe)
            .map_err(|error| failed(Said::words(error.to_string())))?;
        Ok(Candidate {
            picture: self.made.unwrap_or_else(|| (*self.source).clone()),
            provenance: Provenance {
                editor: ServerEditor::ID.to_owned(),
                version: "1".to_owned(),
                seed: self.recipe.seed,
                recipe,
                label: Said::default(),
            },
        })
    }
}

impl Asks {
    /// The bytes of the picture that the server makes.
    fn edit(
        &self,
        source: &Raster,
        mask: Option<&Mask>,
        recipe: &Recipe,
        watch: &dyn Watch,
    ) -> Result<Vec<u8>, Stop> {
        let seen = within(source, self.line.manners().max_pixels);
        let shown = Shown::of(&seen);
        let image = pictures::png(&shown).map_err(failed)?;
        let mask = mask
            .map(|mask| {
                pictures::open_where(&shown, &resize::mask(mask, shown.width, shown.height))
            })
            .transpose()
            .map_err(failed)?;
        let mut refusal = None;
        // not every server knows seeds, or another format than its own
        for extras in [true, false] {
            let mut form = Form::new(recipe.seed);
            form.text("prompt", &recipe.instruction);
            if !self.model.is_empty() {
                form.text("model", &self.model);
            }
            form.text("n", "1");
            if extras {
                form.text(
                    "seed",
                    &(recipe.seed & u64::from(u32::MAX >> 1)).to_string(),
                );
                form.text("response_format", "b64_json");
            }
            form.file("image", "photo.png", &image);
            if let Some(mask) = &mask {
                form.file("mask", "mask.png", mask);
            }
            let question = Question {
                door: "/images/edits",
                body: Some(form.done()),
            };
            match self.line.ask(&question, watch) {
                Ok(reply) => return self.read(&reply.json),
                Err(Refusal::Misunderstood(words)) => refusal = Some(words),
                Err(Refusal::Error(JudgeError::Stopped)) => return Err(Stop::Cancelled),
                Err(Refusal::Error(error)) => return Err(failed(error.said())),
            }
        }
        Err(failed(said!(
            "{place} does not take the question ({words}).",
            place = self.line.place(),
            words = refusal.unwrap_or_default()
        )))
    }

    fn read(&self, json: &Value) -> Result<Vec<u8>, Stop> {
        let text = json.pointer("/data/0/b64_json").and_then(Value::as_str);
        let bytes = text.and_then(|text| STANDARD.decode(text.trim()).ok());
        bytes.ok_or_else(|| {
            failed(said!(
                "{place} answered without a picture in its answer.",
                place = self.line.place()
            ))
        })
    }
}

/// A form with files (RFC 7578).
struct Form {
    boundary: String,
    body: Vec<u8>,
}

impl Form {
    fn new(seed: u64) -> Self {
        Self {
            boundary: format!("retake-{seed:016x}-4f1d9c7be2"),
            body: Vec::new(),
        }
    }
    fn part(&mut self, head: &str, content: &[u8]) {
        let head = format!(
            "--{}\r\ncontent-disposition: form-data; {head}\r\n\r\n",
            self.boundary
        );
        self.body.extend_from_slice(head.as_bytes());
        self.body.extend_from_slice(content);
        self.body.extend_from_slice(b"\r\n");
    }
    fn text(&mut self, name: &str, value: &str) {
        self.part(&format!("name=\"{name}\""), value.as_bytes());
    }
    fn file(&mut self, name: &str, file: &str, bytes: &[u8]) {
        let head = format!("name=\"{name}\"; filename=\"{file}\"\r\ncontent-type: image/png");
        self.part(&head, bytes);
    }
    fn done(mut self) -> (String, Arc<Vec<u8>>) {
        self.body
            .extend_from_slice(format!("--{}--\r\n", self.boundary).as_bytes());
        let kind = format!("multipart/form-data; boundary={}", self.boundary);
        (kind, Arc::new(self.body))
    }
}

#[cfg(test)]
mod tests;
