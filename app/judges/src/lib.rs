//! Learned rewards: what networks and language models say of an edit, read into scorecards. In process through `vision`,
//! or behind a server.

mod judge;
pub mod picture;

pub use judge::{
    Answer, Ask, Conversation, Cost, Judge, JudgeError, JudgeInfo, Part, Prefix, Token,
};
