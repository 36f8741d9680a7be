//! What holds for every operation, and reference numbers for each.

mod common;
mod exchange;
mod geometry;
mod point;
mod shaders;
mod subject;
