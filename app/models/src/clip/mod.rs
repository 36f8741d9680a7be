//! CLIP (Radford et al. 2021): its tokenizer and its text encoder, which tell Stable Diffusion what is wanted.

mod text;
mod tokenizer;

pub(crate) use text::{TextConfig, TextEncoder};
pub(crate) use tokenizer::Tokenizer;
pub use tokenizer::Tokens;
