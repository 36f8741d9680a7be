//! The editor: makes candidates from a photo, an instruction and a seed.

use std::any::Any;
use std::sync::Arc;

use crate::{
    Candidate, EditorSettings, Instruction, Knob, Photo, Picture, Provenance, Pull, Raster, Rect,
    Said, Setting, SlopeAt, Spot, Stop, SubjectFinder, Unrest, Watch,
};

/// What an editor is.
#[derive(Clone, Debug)]
pub struct EditorInfo {
    /// short name for records and the command line
    pub id: &'static str,
    /// changes whenever the same request would give other pixels
    pub version: &'static str,
    /// for people: "Darkroom"
    pub name: &'static str,
    /// one sentence for the menu
    pub about: &'static str,
    /// how many trajectories may run side by side; `None` is as many as there are threads. A diffusion model fills the
    /// machine with one
    pub at_once: Option<usize>,
    /// whether it takes any sentence and makes what was not in the photo: a sentence need not be understood then. Its edits
    /// are as large as the photo, and are made at one size only
    pub generative: bool,
}

/// What is asked of an editor.
#[derive(Clone)]
pub struct EditRequest {
    /// the whole photo
    pub photo: Photo,
    /// what to do
    pub instruction: Instruction,
    /// of this candidate alone
    pub seed: u64,
    /// the photo at working size, linear Rec.2020: what the candidate's picture is made from
    pub source: Arc<Raster>,
    /// the edit that this one goes on from, as its provenance describes it; the candidate's own description holds both,
    /// so that every turn is made from the photo and never from an edited picture
    pub base: Option<serde_json::Value>,
    /// "more like this": the candidate is to be a neighbour of this edit
    pub like: Option<serde_json::Value>,
    /// what a person set; a recipe that is made again holds its own
    pub settings: EditorSettings,
}

/// What a screen wants to see of a photo, or of an edit of it.
#[derive(Clone, Copy)]
pub struct Glance<'a> {
    /// the whole photo
    pub photo: &'a Photo,
    /// a smaller copy of it that has as much as the screen shows; `None` where only the photo itself has
    pub source: Option<&'a Raster>,
    /// the edit, as its editor describes it, and its instruction; `None` is the photo itself
    pub edit: Option<(&'a Instruction, &'a serde_json::Value)>,
    /// width and height of the picture at full resolution, px
    pub full: (usize, usize),
    /// what of that, px
    pub part: Rect,
    /// width and height on the screen, px
    pub size: (usize, usize),
}

/// A picture that lies where the screen is drawn from, as an editor left it there: only that editor and the window know
/// what it is.
pub type OnScreen = Arc<dyn Any + Send + Sync>;

/// Why an editor cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// Another editor could: says which words, and what is needed.
    #[error("{0}")]
    NeedsAnother(Said),
    /// The person must say it differently.
    #[error("{0}")]
    Instruction(Said),
    /// The machine cannot: device, memory.
    #[error("{0}")]
    Machine(Said),
}

impl EditError {
    /// The sentence.
    pub fn said(&self) -> Said {
        match self {
            Self::NeedsAnother(said) | Self::Instruction(said) | Self::Machine(said) => {
                said.clone()
            }
        }
    }
}

/// Makes candidates.
pub trait Editor: Send + Sync {
    /// What it is.
    fn info(&self) -> EditorInfo;
    /// What a person should be told once, before its first edit: what it does otherwise than was asked, and why.
    fn notices(&self) -> Vec<Said> {
        Vec::new()
    }
    /// What a person may set, in the order it is shown.
    fn settings(&self) -> Vec<Setting> {
        Vec::new()
    }
    /// Starts one trajectory. The same (photo, instruction, seed, source size) gives the same picture, alone or among many.
    fn start(&self, request: &EditRequest) -> Result<Box<dyn Trajectory>, EditError>;
    /// An edit that was made before, or that a person has changed since, again at working size.
    fn redo(&self, request: &EditRequest, recipe: &serde_json::Value) -> Result<Raster, EditError>;
    /// What [`Editor::redo`] renders, rendered as it is read: for copies so large that only a part of them is looked at.
    fn preview(
        &self,
        request: &EditRequest,
        recipe: &serde_json::Value,
    ) -> Result<Box<dyn Picture>, EditError> {
        let raster = self.redo(request, recipe)?;
        Ok(Box::new(Photo::from_raster(raster, request.photo.id())))
    }
    /// The same edit at the photo's full resolution, rendered as its rows are read.
    fn develop(
        &self,
        photo: &Photo,
        instruction: &Instruction,
        provenance: &Provenance,
    ) -> Result<Box<dyn Picture>, EditError>;
    /// Whether [`Editor::without`] and [`Editor::within`] have an answer.
    fn mends(&self) -> bool {
        false
    }
    /// An edit that was made for this request, with what it was made from brought back at some places, which its recipe
    /// tells from then on: [`Editor::redo`] and [`Editor::develop`] make it like any other. No network is asked. Its picture
    /// may be gone. `None` where that cannot be done.
    fn without(
        &self,
        _request: &EditRequest,
        _made: &Candidate,
        _spots: &[Spot],
    ) -> Result<Option<Candidate>, EditError> {
        Ok(None)
    }
    /// An edit with another one, made for this request, at some places; its recipe holds both. No network is asked beyond
    /// what made them, and the picture of the first may be gone. `None` where that cannot be done.
    fn within(
        &self,
        _request: &EditRequest,
        _edit: &Candidate,
        _other: &Candidate,
        _spots: &[Spot],
    ) -> Result<Option<Candidate>, EditError> {
        Ok(None)
    }
    /// Who finds the subject of a photo for it, so that what is told of a place is where it works. `None` is the rules.
    fn finder(&self) -> Option<Arc<dyn SubjectFinder>> {
        None
    }
    /// The same edit at a share of its strength, 0 to 1, as a recipe: 0 is what it was made on (the edit `base`, or the
    /// photo), 1 the recipe itself. What moves the frame stays. `None` where that cannot be done.
    fn weaker(
        &self,
        _recipe: &serde_json::Value,
        _base: Option<&serde_json::Value>,
        _share: f32,
    ) -> Option<serde_json::Value> {
        None
    }
    /// The numbers of a recipe that may be turned, in a fixed order; none where there is no such recipe.
    fn knobs(&self, _recipe: &serde_json::Value) -> Vec<Knob> {
        Vec::new()
    }
    /// What is shown, rendered where the screen is drawn from. `None` where that cannot be done; then [`Editor::redo`] and
    /// [`Editor::develop`] can. The same picture as theirs, within a step of 8 bits.
    fn show(&self, _: &Glance<'_>) -> Option<OnScreen> {
        None
    }
    /// A sentence about something that has changed for good since the last time it was asked: a graphics card that was
    /// given up. What [`Editor::show`] gave before may be gone.
    fn notice(&self) -> Option<Said> {
        None
    }
}

/// One candidate on its way. The darkroom has a single step; a diffusion editor has one a denoising step.
pub trait Trajectory: Send {
    /// Steps still to do.
    fn steps_left(&self) -> usize;
    /// Does one.
    fn step(&mut self, watch: &dyn Watch) -> Result<(), Stop>;
    /// Evaluations of a network that one step takes; 0 where there is none.
    fn evaluations(&self) -> u64 {
        0
    }
    /// What it would look like if it stopped here.
    fn preview(&self) -> Option<Raster>;
    /// How much it has changed so far, told from its latents; `None` where it cannot say.
    fn unrest(&self) -> Option<Unrest> {
        None
    }
    /// Does one step that is led up the slope at the picture that is seen under the noise. False, and nothing is done, where
    /// it cannot be led.
    fn step_led(
        &mut self,
        _pull: &Pull,
        _slope: &mut SlopeAt<'_>,
        _watch: &dyn Watch,
    ) -> Result<bool, Stop> {
        Ok(false)
    }
    /// Before its first step: tries so many times to better the noise that it begins with, up the slope at the picture that
    /// one step makes of it, and keeps the best. False, and nothing is done, where that cannot be.
    fn better_noise(
        &mut self,
        _rounds: usize,
        _pull: &Pull,
        _slope: &mut SlopeAt<'_>,
        _watch: &dyn Watch,
    ) -> Result<bool, Stop> {
        Ok(false)
    }
    /// A neighbour, for tree search and local search.
    fn fork(&self, seed: u64) -> Option<Box<dyn Trajectory>>;
    /// The candidate; does the remaining steps.
    fn finish(self: Box<Self>, watch: &dyn Watch) -> Result<Candidate, Stop>;
}
