//! CLIP (Radford et al. 2021): its tokenizer and its text encoder, which tell Stable Diffusion what is wanted, and the
//! layer that it shares with the towers that look.

mod layer;
mod text;
mod tokenizer;

pub use layer::{Activation, Layer, LayerSizes, Mlp};
pub use text::{TextConfig, TextEncoder};
pub(crate) use tokenizer::Special;
pub use tokenizer::{Tokenizer, Tokens};
