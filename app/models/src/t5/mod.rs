//! T5 (Raffel et al. 2020), version 1.1: its tokenizer and its encoder, which tell FLUX.1 in detail what is wanted.

mod config;
mod encoder;
mod tokenizer;

pub(crate) use config::T5Config;
pub(crate) use encoder::T5Encoder;
pub use tokenizer::T5Tokenizer;
