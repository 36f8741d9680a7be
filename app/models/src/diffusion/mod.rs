//! Editors that make new content after a sentence: diffusion models with the user's own weights. What they have in
//! common is here, from noise to the photo at full size; what differs is a [`Model`], one for each kind of checkpoint.

mod editor;
mod ground;
mod kept;
mod kinds;
mod latents;
mod leading;
#[cfg(test)]
mod leading_tests;
mod model;
mod offered;
mod picture;
mod precision;
mod preview;
mod reach;
mod recipe;
mod reference;
#[cfg(test)]
mod search_tests;
mod settings;
mod spared;
#[cfg(test)]
mod tests;
mod trajectory;

pub use editor::Diffusion;
pub(crate) use kinds::open_as;
pub use kinds::{KINDS, Kind, Opened, Way, best_device, device_name, open};
pub use model::{Conditioned, Guidance, Model, Sizes, Texts};
pub use offered::Heeded;
pub use precision::Precision;
pub use reference::Reference;
pub use settings::{Settings, Wishes};
