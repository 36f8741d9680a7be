//! CLIP (Radford et al. 2021): its tokenizer and its text encoder, which tell Stable Diffusion what is wanted.

mod text;
mod tokenizer;

pub(crate) use text::{TextConfig, TextEncoder};
pub use tokenizer::Tokens;
pub(crate) use tokenizer::{Special, Tokenizer};
