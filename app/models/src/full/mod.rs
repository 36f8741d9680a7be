//! From a network's small picture to an edit of the whole photograph. The picture is laid on its source to a fraction of
//! a pixel, colours that drifted are brought back, and what did not change stays the photo's own: only the changed region
//! is composited, and a change of colours alone becomes a table that is put over every pixel of the photo.

mod cast;
mod change;
mod codes;
mod curve;
mod detail;
mod developed;
mod fit;
mod fitted;
mod least;
mod lut;
mod registration;
mod resample;
mod seam;
mod spots;
#[cfg(test)]
mod tests;

pub use developed::Developed;
pub use fit::{Cast, Drift, Fit, Way};
pub use fitted::Fitted;
