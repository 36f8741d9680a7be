//! InstructPix2Pix (Brooks et al. 2023) and everything that was trained on from it: an editor that makes new content
//! after a sentence.

mod editor;
mod enlarged;
mod ground;
mod kept;
mod networks;
mod picture;
mod preview;
mod recipe;
#[cfg(test)]
mod tests;
mod trajectory;

pub use editor::{InstructPix2Pix, Settings};
pub use networks::{Guidance, Networks, Sizes};

/// Short name for records.
const ID: &str = "instruct_pix2pix";

/// Changes whenever the same request would give other pixels.
const VERSION: &str = "1";

/// A text that says what is not wanted; not to be mistaken for one that says what is.
#[derive(Clone, Copy)]
struct Unwanted<'a>(&'a str);
