//! What a person can ask of the engine. Panels, menus, shortcuts and tests send the same values.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use retake_core::{EditorSettings, Mask, Rect, Region, Said};
use retake_files::save::{Format, MetadataPolicy, OutputSpace};

use crate::draft::ChipKind;
use crate::{Flag, HeldOut, Judge, Model, Seat, Shown, TakeId, Tuning, Weights};

/// One thing to do.
#[derive(Clone, Debug)]
pub enum Command {
    /// open these photos, and those in these folders; the first is shown
    Open(Vec<PathBuf>),
    /// open a picture that is no file: pasted
    OpenPasted(Arc<Pasted>),
    /// open the picture that comes with the program
    OpenSample(Sample),
    /// open the photo that this export of Retake was made from, with its edit
    RestoreFrom(PathBuf),
    /// show this photo of the filmstrip
    Choose(usize),
    /// take this photo off the filmstrip; its history stays on the disk
    Close(usize),
    /// the instruction line holds this now
    Say(String),
    /// take a chip's goal or constraint out of the draft, or put it back
    ToggleChip(ChipKind, usize),
    /// how many candidates a run makes
    Candidates(usize),
    /// how a run spends them: the id of a strategy
    Strategy(&'static str),
    /// how the strategy of this id is set from now on; what is not named is as it is by itself
    SetStrategy(&'static str, EditorSettings),
    /// how the selector of this id is set where it is chosen next; the one that is chosen is set with [`Command::Weigh`]
    SetSelector(&'static str, EditorSettings),
    /// the selector that photos to which nothing was done yet are chosen from by
    Selector(&'static str),
    /// how long a run may take; `None` is as long as it needs
    TimeLimit(Option<Duration>),
    /// how often takes may be scored in a run; `None` is as often as it needs
    JudgeCalls(Option<u64>),
    /// which editor makes them: the id of an offer or a model's folder; `None` is the built-in one. It is loaded at once
    Editor(Option<String>),
    /// the same for the one that was chosen when the window was closed: it is loaded when a run needs it, and the built-in
    /// one is chosen if it is gone
    EditorOfLastTime(String),
    /// how the model of this id or in this folder works from now on
    Tune(String, Tuning),
    /// who scores beside the measures, in this order; those that take part are opened
    Judges(Vec<Seat>),
    /// the same for those of the time before: they are opened when takes are made
    JudgesOfLastTime(Vec<Seat>),
    /// who watches over choices without taking part in them
    HoldOut(HeldOut),
    /// open a judge again that could not be opened
    OpenJudge(Judge),
    /// have the takes on the sheet scored by those who take part now
    ScoreAgain,
    /// judges are not waited for any more
    StopJudging,
    /// load this model, to see and develop what it made
    LoadModel(Model),
    /// see anew which models are installed
    ListModels,
    /// run the draft
    Generate,
    /// as many again of the group on the sheet, by the editor that is chosen
    More,
    /// so many more of it
    SomeMore(usize),
    /// the same by another editor, chosen for it: its takes stand in the same group
    TryEditor(Option<String>),
    /// a group of neighbours of this take
    MoreLike(TakeId),
    /// end the run and keep what is finished
    Stop,
    /// the next instruction goes on from this take; `None` goes on from the photo
    GoOnFrom(Option<TakeId>),
    /// keep or drop a take; the same flag again takes it back
    Flag(TakeId, Flag),
    /// 0 to 5
    Stars(TakeId, u8),
    /// what counts how much; `done` ends a drag
    Weigh {
        /// the new weights
        weights: Weights,
        /// the slider was let go
        done: bool,
    },
    /// change a take's recipe; `done` ends a drag
    Adjust {
        /// whose
        take: TakeId,
        /// all of it, as the editor describes edits
        recipe: serde_json::Value,
        /// for the history: "Exposure +0.40"
        label: Said,
        /// the slider was let go
        done: bool,
    },
    /// back to the recipe the take was made with
    ResetRecipe(TakeId),
    /// where the next instruction may apply; `None` is everywhere
    Mask {
        /// in the photo's upright frame
        mask: Option<Arc<Mask>>,
        /// for the history: "Brush"
        label: Said,
    },
    /// one step back
    Undo,
    /// one step forward
    Redo,
    /// to a step of the history
    JumpTo(usize),
    /// have a part of a picture rendered for the screen
    Look {
        /// which place on the screen it is for; the latest wins
        pane: usize,
        /// what is wanted
        view: View,
        /// as pixels, to be counted and read; a picture to be looked at may stay where it is drawn from
        pixels: bool,
    },
    /// work out how far two pictures on the screen are apart
    Compare {
        /// which of the differences it becomes; the latest wins
        place: usize,
        /// the first
        before: Arc<Shown>,
        /// the second
        after: Arc<Shown>,
    },
    /// find where in the photo a named region is
    Find(Region),
    /// write takes to files
    Export(Export),
    /// whether what is done with takes is noted in their journals, for the lab to learn from; what is marked is kept all the
    /// same, since it comes back with the session
    NoteActs(bool),
    /// take a message off the screen
    Dismiss(u64),
}

/// A photo that is part of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// for people
    pub name: &'static str,
    /// of the file
    pub bytes: &'static [u8],
}

/// A picture without a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pasted {
    /// px
    pub width: usize,
    /// px
    pub height: usize,
    /// 8-bit sRGB, four bytes a pixel; the fourth is ignored
    pub rgba: Vec<u8>,
}

/// Which picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Subject {
    /// the photo as it was opened
    Photo,
    /// a take
    Take(TakeId),
}

/// A part of a picture at a size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct View {
    /// which picture
    pub subject: Subject,
    /// in pixels of the picture at full resolution
    pub part: Rect,
    /// width and height in px; never more than those of `part`
    pub size: (usize, usize),
}

/// What is to be written.
#[derive(Clone, Debug)]
pub struct Export {
    /// which takes
    pub takes: Vec<TakeId>,
    /// the file, for one take; for several the folder
    pub to: PathBuf,
    /// how
    pub format: Format,
    /// 1 to 100, for lossy formats
    pub quality: u8,
    /// colour space of the files
    pub space: OutputSpace,
    /// what is kept of the photo's metadata
    pub metadata: MetadataPolicy,
    /// at most this long; `None` is full resolution
    pub long_edge: Option<usize>,
}
