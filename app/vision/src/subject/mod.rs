//! Where the subject of a photo is: a small trained network, [`U2NetP`], and what Retake makes of its answer,
//! [`TrainedFinder`].
//!
//! Seen on the sample photos (`--example subjects` paints them): the astronaut is whole with her helmet, and a strip of the
//! flag at the lower left edge comes along; of the brushes the red one and half of the pale one, the yellow one not; the
//! sharp dandelion without its stalk; in the wood a cascade, surely, where a person would say the whole stream; in the
//! mountains nothing, so that the rules take the middle. How it is made smaller decides such scenes: a softer copy finds
//! a rock in the mountains.
//!
//! Held in 16-bit floats the mask is up to 0.10 away from the reference (in 32 bits 5e-5), so the weights are shipped in 32.

mod finder;
mod network;
#[cfg(test)]
mod tests;

pub use finder::TrainedFinder;
pub use network::U2NetP;
