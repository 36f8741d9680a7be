//! The networks that look at pictures: where the subject is, how far two pictures are apart to an eye, how spoiled one is, what a
//! picture shows, and language models that can be asked about it. They give numbers and words; what those are worth as a score
//! is the judges' matter.

pub mod brisque;
pub mod classes;
pub mod encoder;
mod eyes;
#[cfg(test)]
#[path = "../../../tests/parity/manifests/full_size.rs"]
mod full_size;
pub mod lpips;
pub mod perceptual;
pub mod picture;
pub mod qwen_vl;
pub mod sam;
pub mod segment;
mod shipped;
pub mod subject;
#[cfg(test)]
mod testing;

pub use eyes::{eyes, installed_eyes};
pub use retake_tensors::ModelError;
