//! What every network stands on: checkpoints as they are published, the kernels that decide how long a picture takes,
//! and the layers that networks share. Knows nothing of pictures.

pub mod checkpoint;
mod error;
pub mod kernels;
pub mod layers;

pub use checkpoint::Checkpoint;
pub use error::{ModelError, is_out_of_memory, plain};
