//! Learned rewards: what networks and language models say of an edit, read into scorecards. In process through `vision`,
//! or behind a server.

mod desk;
pub mod encoders;
pub mod evolve;
pub mod formulas;
mod heads;
mod interviews;
mod judge;
mod local;
mod open;
mod own;
mod panel;
pub mod parse;
pub mod picture;
pub mod rubric;
pub mod scales;
pub mod server;

pub use heads::HeadsJudge;
pub use interviews::{How, Interview};
pub use judge::{
    Answer, Ask, Conversation, Cost, Judge, JudgeError, JudgeInfo, Part, Prefix, Token,
};
pub use local::LocalJudge;
pub use open::{HEAVIEST, Named, open};
pub use own::{
    Formula, Mistake, OwnReward, Refined, Side, Turn, Wish, difference, is_measure, nearest_first,
    refine,
};
pub use panel::{BESIDE, Member, Panel, Weight};
pub use retake_vision::qwen_vl::Density;
