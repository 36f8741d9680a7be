//! FLUX.2 klein (Black Forest Labs 2026): a denoiser of four steps, or of many with guidance, that reads pictures beside
//! the one that it makes.

mod blocks;
mod config;
mod klein;
mod networks;
mod places;
mod shift;
#[cfg(test)]
mod tests;
mod time;
mod transformer;
mod vae;

pub(crate) use config::{Flux2Config, Flux2VaeConfig};
pub use klein::{Conditions, KIND, Klein};
pub use networks::{Networks, References};
pub use places::{Place, of_picture, of_references, of_text};
pub(crate) use transformer::Transformer;
pub(crate) use vae::Flux2Vae;
