//! The lines of a session's journal, one JSON object each. A line says what became so; read in order they give the whole
//! session. Steps name turns and masks by number, and say only which marks and edits differ from the step before them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::SaidRecord;
use super::run::{RawRecord, RewardRecord};

/// The version this program writes; a newer one is refused.
pub const JOURNAL_VERSION: u64 = 1;

/// One line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "line", rename_all = "snake_case")]
pub enum Line {
    /// which photo it is about; the first line
    Begin(BeginRecord),
    /// a mask that turns and steps name
    Mask(MaskRecord),
    /// a group was asked for, or more of it
    Turn(TurnRecord),
    /// a candidate is there
    Take(TakeRecord),
    /// what it looks like, where it is not made again in a moment
    Picture(PictureRecord),
    /// it has scores
    Scores(ScoresRecord),
    /// somebody who takes no part in the choice looked at it
    Watched(WatchedRecord),
    /// a candidate could not be made
    Unmade(UnmadeRecord),
    /// something was done; it is the present step
    Step(StepRecord),
    /// a step changed: a slider went on, scores of a changed recipe came
    Amend(StepRecord),
    /// the session stands at another step
    Now {
        /// its number
        step: usize,
    },
    /// a person did something with a take that tells what they like; none is written for who has opted out
    Act(ActRecord),
    /// the line being typed
    Draft {
        /// as typed
        text: String,
    },
}

impl Line {
    /// Whether it must reach the disk before anything else is done: a step, and what comes before all steps.
    pub fn weighty(&self) -> bool {
        matches!(self, Self::Begin(_) | Self::Step(_))
    }
}

/// Which photo a journal is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BeginRecord {
    /// [`JOURNAL_VERSION`] when it was written
    pub version: u64,
    /// name and version of the program
    pub program: String,
    /// of the photo's bytes, hexadecimal
    pub sha256: String,
    /// absolute; absent for a picture without a file
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
}

/// A mask.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MaskRecord {
    /// its number within the journal
    pub mask: u64,
    /// px
    pub width: usize,
    /// px
    pub height: usize,
    /// one byte a pixel, 255 is fully meant; zlib, then base64
    pub bytes: String,
}

/// A group of candidates.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TurnRecord {
    /// its number within the journal; a group that grew is another one
    pub key: u64,
    /// the number people see
    pub number: u64,
    /// the instruction as typed
    pub text: String,
    /// as it was read then; a program that cannot read this reads the text again
    pub understood: serde_json::Value,
    /// where it may apply
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mask: Option<u64>,
    /// the edit it goes on from
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<BaseRecord>,
    /// the edit it makes neighbours of
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub like: Option<BaseRecord>,
    /// the editor of its latest run; absent for the built-in one
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<ModelRecord>,
    /// how its latest run was searched; absent in journals of before that was kept
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search: Option<SearchedRecord>,
    /// of the run
    pub seed: u64,
    /// names of its takes, by index
    pub takes: Vec<u64>,
}

/// How candidates were searched.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SearchedRecord {
    /// id
    pub strategy: String,
    /// what was set of it, by id; the rest was as it is by itself
    #[serde(default, skip_serializing_if = "serde_json::Value::is_null")]
    pub settings: serde_json::Value,
}

/// An editor beside the built-in one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelRecord {
    /// of its offer: the name or folder it is opened by
    pub id: String,
    /// for people
    pub name: String,
    /// merged into its weights
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub adapters: Vec<AdapterRecord>,
    /// paths of pictures that it looks at beside the photo
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<String>,
    /// what its weights are held in; absent for the model's own
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub precision: Option<String>,
}

/// An adapter of a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AdapterRecord {
    /// of its file or folder
    pub path: String,
    /// how strongly it was merged; 1 is as it was trained
    pub scale: f64,
}

/// An edit that something starts from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BaseRecord {
    /// whose it was
    pub take: u64,
    /// as its editor described it then
    pub recipe: serde_json::Value,
}

/// A candidate as it was made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TakeRecord {
    /// its name
    pub take: u64,
    /// place in its turn, from 0
    pub index: u64,
    /// the editor's id
    pub editor: String,
    /// the editor's version
    pub editor_version: String,
    /// of this candidate alone
    pub seed: u64,
    /// the editor's own description
    pub recipe: serde_json::Value,
    /// how it differs, in words
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub label: String,
    /// how that is said in other languages
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said: Option<SaidRecord>,
    /// at full resolution, px
    pub width: usize,
    /// at full resolution, px
    pub height: usize,
    /// the editor that made it; absent for the built-in one
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<ModelRecord>,
}

/// The picture of a candidate at working size.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PictureRecord {
    /// whose
    pub take: u64,
    /// a file of its own, JPEG; base64
    pub bytes: String,
}

/// A candidate's scores.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScoresRecord {
    /// whose
    pub take: u64,
    /// by dimension
    pub scores: BTreeMap<String, JudgedRecord>,
    /// measured on the picture of a [`PictureRecord`], which lost a little
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub near: bool,
    /// who scored it beside the built-in measures; absent for these alone
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<ByRecord>,
    /// what they said before it became scores
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub raw: Vec<RawRecord>,
}

/// What somebody who takes no part in the choice says of a candidate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WatchedRecord {
    /// of which
    pub take: u64,
    /// the recipe that was seen, as its editor describes it
    pub recipe: serde_json::Value,
    /// who looked
    pub by: ByRecord,
    /// by dimension
    pub scores: BTreeMap<String, JudgedRecord>,
}

/// Who scored beside the built-in measures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ByRecord {
    /// for people
    pub names: Vec<String>,
    /// with what changes their answers, as in the record of a run; never a key
    pub rewards: Vec<RewardRecord>,
}

/// A candidate that could not be made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UnmadeRecord {
    /// its name, which no other has
    pub take: u64,
    /// why, in a sentence
    pub why: String,
    /// how that is said in other languages
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said: Option<SaidRecord>,
}

/// One dimension of a scorecard; evidence maps are made again when they are looked at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JudgedRecord {
    /// 0 to 1
    pub value: f32,
    /// one standard deviation
    pub spread: f32,
    /// why
    pub reasons: Vec<ReasonRecord>,
    /// it could not be scored: the value means nothing, and the only reason says why
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unknown: bool,
}

/// Why a score is what it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReasonRecord {
    /// short name
    pub id: String,
    /// one line
    pub text: String,
    /// how that is said in other languages
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said: Option<SaidRecord>,
    /// whether it speaks for the candidate
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passed: Option<bool>,
    /// how much of the score it took away
    pub cost: f32,
    /// the measurement
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check: Option<CheckRecord>,
}

/// A measured check.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it; all in the quantity's unit")]
pub struct CheckRecord {
    pub quantity: String,
    pub before: f32,
    pub after: f32,
    pub low: f32,
    pub aim: f32,
    pub high: f32,
    pub credit: f32,
}

/// A step of the history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepRecord {
    /// its number, from 1; 0 is the photo as it was opened
    pub step: usize,
    /// the step it was done after
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<usize>,
    /// what was done
    pub label: String,
    /// how that is said in other languages
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said: Option<SaidRecord>,
    /// when, milliseconds since 1970
    pub at_ms: u64,
    /// the group on the sheet
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turn: Option<u64>,
    /// the edit that the next instruction goes on from
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<BaseRecord>,
    /// where the next instruction may apply
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mask: Option<u64>,
    /// instruction following, detail preserving, generation quality
    pub weights: [f32; 3],
    /// id of the selector that orders the takes; absent for the first of the table, which goes by the weights
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selector: Option<String>,
    /// what was set of it beside the weights; absent where nothing was
    #[serde(default, skip_serializing_if = "serde_json::Value::is_null")]
    pub selector_settings: serde_json::Value,
    /// marks that differ from those of the parent (of an amended step: from what it said before)
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<MarkRecord>,
    /// changed recipes that differ in the same way
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub edits: Vec<EditRecord>,
    /// takes that are as they were made again
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub as_made: Vec<u64>,
}

/// What was said of a take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarkRecord {
    /// of which
    pub take: u64,
    /// keep or drop
    #[serde(default)]
    pub flag: FlagRecord,
    /// 0 to 5
    #[serde(default)]
    pub stars: u8,
}

/// Keep or drop.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum FlagRecord {
    #[default]
    None,
    Picked,
    Rejected,
}

/// What was done with a take beside being marked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActRecord {
    /// with which
    pub take: u64,
    /// what
    pub did: DidRecord,
    /// when, milliseconds since 1970
    pub at_ms: u64,
}

/// What can be done with a take that tells whether it is liked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DidRecord {
    /// written to a file
    Exported,
    /// the next instruction was to go on from it
    GoneOn,
    /// more like it were asked for
    Neighbours,
    /// its sliders were moved
    Adjusted,
    /// going on from it, or asking for more like it, was undone
    TakenBack,
}

/// A take whose recipe a person has changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EditRecord {
    /// how it is now
    #[serde(flatten)]
    pub take: TakeRecord,
    /// `scores` are those of an earlier recipe
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stale: bool,
    /// by dimension
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scores: Option<BTreeMap<String, JudgedRecord>>,
    /// as in [`ScoresRecord`]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<ByRecord>,
    /// as in [`ScoresRecord`]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub raw: Vec<RawRecord>,
}

/// Which photos were open, so that a crash loses no place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenRecord {
    /// [`JOURNAL_VERSION`] when it was written
    pub version: u64,
    /// in the order of the filmstrip; absolute. `None` stands for the built-in sample
    pub photos: Vec<Option<String>>,
    /// which of them was shown
    pub current: usize,
}
