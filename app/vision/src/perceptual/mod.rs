//! How far two pictures are apart to a person who does not mind a small move: a trained network, [`StLpips`], and how
//! Retake asks it, [`TrainedDistance`].
//!
//! Held in 16-bit floats a distance of 0.53 is 1.1e-4 away from the reference (in 32 bits 1e-7), so the weights are shipped
//! in 32 as well.

mod distance;
mod entry;
mod network;
#[cfg(test)]
mod tests;

pub use distance::TrainedDistance;
pub use network::{Levels, Looked, StLpips};
