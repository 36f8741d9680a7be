//! FLUX.1 Kontext (Black Forest Labs 2025): a transformer of flows that sees the picture to edit beside the one that it
//! makes, told what is wanted by CLIP and T5.

mod blocks;
mod config;
mod kontext;
mod networks;
mod places;
mod sizes;
#[cfg(test)]
mod tests;
mod transformer;

pub(crate) use config::FluxConfig;
pub use kontext::{Conditions, KIND, Kontext};
pub use networks::{Networks, Text, Words};
pub use places::{Place, packed, places_of_picture, unpacked};
pub(crate) use transformer::FluxTransformer;
