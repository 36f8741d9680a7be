//! Sentences as points on a sphere, near each other where they mean the like: BERT (Devlin et al. 2019) as sentence
//! encoders have it (Reimers & Gurevych 2019), the mean of its tokens' states brought to length 1.

mod encoder;
mod kept;
mod network;
#[cfg(test)]
mod tests;

pub use encoder::{InstalledEncoder, SentenceEncoder};
