//! Stable Diffusion (Rombach et al. 2022) and the editors that its checkpoints make: InstructPix2Pix, which sees the
//! photo beside the noise, the same told how well its edit shall be judged, and img2img, which begins from the photo.

pub mod img2img;
mod networks;
pub mod pix2pix;
pub mod rewarded;
#[cfg(test)]
mod tests;

pub use crate::unet::Wish;
pub use networks::Networks;
