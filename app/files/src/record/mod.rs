//! What a run leaves on disk: `run.json` and one line a candidate in `candidates.jsonl`; and what a session leaves: the
//! lines of its journal. These are the versioned forms;
//! the live types of the program are turned into them and never written themselves.

mod goals;
mod lab;
mod masks;
mod place;
mod run;
mod said;
pub mod session;

pub use goals::{GoalRecord, UnderstandingRecord};
pub use lab::{LabNotesRecord, NOTES_VERSION};
pub use masks::PlaceRecord;
pub use place::{place_path, place_text};
pub use run::{
    CandidateRecord, EditorRecord, FailureRecord, GlimpseRecord, InstructionRecord, LookRecord,
    NodeRecord, RUN_VERSION, RawRecord, ReferenceRecord, RewardRecord, RunRecord, ScoreRecord,
    SelectedRecord, SelectorRecord, SettingsRecord, SourceRecord, SpentRecord, WholeRecord, card,
    raw, scores, unknown,
};
pub use said::{SaidRecord, ValueRecord};
