//! The darkroom: Retake's built-in editor. An instruction's goals become a recipe a person can read; the recipe is
//! rendered at any size, on the GPU or on all CPU cores, in linear light and unclipped until export.

mod card;
mod device;
mod editor;
pub mod exchange;
mod gpu;
mod knobs;
pub mod ops;
mod patch;
mod propose;
pub mod recipe;
pub mod render;

pub use device::{Device, OnCard};
pub use editor::Darkroom;
pub use ops::{OPS, Op, Param};
pub use propose::way_names;
pub use recipe::{Layer, MaskPart, MaskShape, Operation, Recipe, RecipeError};
pub use render::{Developed, Scene, Tile};
