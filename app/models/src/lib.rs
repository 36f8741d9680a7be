//! The networks that edit, and the editors made of them.

pub mod bert;
pub mod clip;
pub mod diffusion;
pub mod flux1;
pub mod flux2;
pub mod full;
#[cfg(test)]
#[path = "../../../tests/parity/manifests/full_size.rs"]
mod full_size;
#[cfg(test)]
mod manifests;
pub mod qwen3;
mod residency;
pub mod sampler;
pub mod stable;
pub mod store;
mod t5;
mod unet;
mod vae;

pub use clip::Tokens;
pub use retake_tensors::{Checkpoint, ModelError};
use retake_tensors::{checkpoint, kernels, layers};
pub use t5::T5Tokenizer;
