//! The work below every surface. [`run`] turns one photo and one instruction into a ranked group of candidates; the
//! [`Engine`] keeps sessions for a window: it obeys [`Command`]s, takes in what its actors (named threads) answer, and
//! never waits. Editors and rewards are known as traits only.

mod actors;
mod acts;
mod command;
mod compared;
mod desk;
mod draft;
mod editors;
mod effort;
mod engine;
mod event;
mod history;
mod judges;
mod keeping;
mod kept;
mod mailbox;
mod making;
mod provenance;
mod run;
mod searched;
mod session;
mod shown;
mod stages;
mod take;

pub use acts::{Act, Did};
pub use command::{Command, Export, Pasted, Sample, Subject, View};
pub use compared::{Difference, Found};
pub use desk::{Base, Desk, Ranking, SearchedBy, Turn, Weights};
pub use draft::{Chip, ChipKind, Draft};
pub use editors::{EditorOffer, EditorState, Editors, Equipment, Model, OpenEditor, Tuning};
pub use effort::Effort;
pub use engine::{
    Engine, Kit, Message, MessageKind, Offer, Seen, Sight, Slot, SlotState, WORKING_EDGE,
};
pub use history::{History, Step};
pub use judges::{
    Changed, Checks, HeldOut, Joins, Judge, JudgeKind, JudgeState, Judges, OpenJudge, OpensJudge,
    Reworded, Rewords, ScoredBy, Seat,
};
pub use provenance::{PROGRAM, provenance_json, provenance_json_on};
pub use retake_search::agreement::{Agreement, TELLS};
pub use retake_search::curve::Buys;
pub use retake_search::guard::{Guarded, Point as GuardPoint, Verdict as GuardVerdict};
pub use retake_search::{
    Offered, Relation, SELECTORS, STRATEGIES, selector, strategy, table, within,
};
pub use run::{
    Accepted, Begun, Bounds, Consolidated, Drift, Fate, Glimpse, Hear, Job, Node, Outcome, Place,
    Reader, RunError, Tools, built_in_reader, consolidate, run, run_aloud, run_told, score,
    turns_before,
};
pub use searched::{Search, Searched};
pub use session::{Ended, Running, Session};
pub use shown::{Shown, small_map};
pub use stages::Stages;
pub use take::{Flag, Mark, Take, TakeId};
