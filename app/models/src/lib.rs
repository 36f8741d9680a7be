//! Networks with weights, on candle: checkpoints as they are published, the networks themselves, and the editors made
//! of them. Nothing else in the house names candle.

mod checkpoint;
mod clip;
pub mod diffusion;
mod error;
pub mod flux1;
pub mod flux2;
pub mod full;
mod kernels;
mod layers;
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

pub use checkpoint::Checkpoint;
pub use clip::Tokens;
pub use error::ModelError;
