//! The pieces that the networks share, one struct for each module of the reference implementation.

mod bounded;
mod conv;
mod embedding;
mod linear;
mod norm;
mod resample;
mod resnet;
mod waves;

pub use bounded::bounded;
pub use conv::Conv2d;
pub use embedding::Embedding;
pub use linear::Linear;
pub use norm::{GroupNorm, LayerNorm};
pub use resample::{Downsample, Upsample};
pub use resnet::{Resnet, ResnetConfig};
pub use waves::waves;
