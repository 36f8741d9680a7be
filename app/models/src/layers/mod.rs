//! The pieces that the networks share, one struct for each module of the reference implementation.

mod bounded;
mod conv;
mod embedding;
mod linear;
mod norm;
mod resample;
mod resnet;
mod waves;

pub(crate) use bounded::bounded;
pub(crate) use conv::Conv2d;
pub(crate) use embedding::Embedding;
pub(crate) use linear::Linear;
pub(crate) use norm::{GroupNorm, LayerNorm};
pub(crate) use resample::{Downsample, Upsample};
pub(crate) use resnet::{Resnet, ResnetConfig};
pub(crate) use waves::waves;
