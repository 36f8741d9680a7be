//! Learned rewards: what networks and language models say of an edit, read into scorecards. In process through `vision`,
//! or behind a server.

pub mod formulas;
mod interviews;
mod judge;
mod open;
mod own;
mod panel;
pub mod parse;
pub mod picture;
pub mod rubric;
pub mod scales;
pub mod server;

pub use interviews::{How, Interview};
pub use judge::{
    Answer, Ask, Conversation, Cost, Judge, JudgeError, JudgeInfo, Part, Prefix, Token,
};
pub use open::open;
pub use own::{Formula, Mistake, OwnReward};
pub use panel::Panel;
