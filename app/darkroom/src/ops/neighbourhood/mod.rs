//! What operations that look at neighbours are made of. All of it is exact under tiling: sums have a fixed order,
//! reduced grids are aligned to the frame's origin, and edges are continued, so a tile equals that part of the whole.
//!
//! # How a spatial operation runs on the GPU
//! `Work::Spatial::passes` gives a list of [`Pass`]es, each a full-screen dispatch that fills one `vec4f` buffer from
//! others. An empty list leaves the picture as it is. Buffer 0 holds the operation's input (rgb; its w means nothing)
//! and, after the last pass, its output; the other numbers are scratch, free again when the list ends. A pass that
//! writes a buffer it also reads sees the old pixels only.
//!
//! The shader module of a spatial operation is: a preamble by the pipeline with `constants: array<f32>` and
//! `fn load(layer: u32, at: vec2i) -> vec4f`, then `shaders/shared/colour.wgsl`, then [`WGSL`], then the operation's own file. For each pass the pipeline
//! calls `fn <entry>(u: u32, at: vec2i) -> vec4f` at every pixel of the written buffer, where
//! * `at` is the pixel in the *frame's* coordinates on the written buffer's grid. A buffer of `scale` s has
//!   ceil(frame / s) cells each way; cell (i, j) stands for the pixels from (s·i, s·j) on, wherever the tile lies;
//! * `u` is the index in `constants` of the operation's first constant plus the pass's `constants`;
//! * `load(k, at)` reads the pass's k-th entry of `reads` at `at` on that buffer's own grid, the coordinates clamped to
//!   that buffer's frame (0 ≤ x < ceil(frame_width / s)).
//!
//! Of a tile, pixels within the operation's halo of a side that is not the frame's may come out wrong, as on the CPU.

mod cells;
#[cfg(test)]
mod effects;
mod gaussian;
mod guided;
mod lowest;
mod rows;
#[cfg(test)]
mod tests;

pub use cells::{Cells, Planes, reduce, spline};
pub use gaussian::Gaussian;
pub(super) use gaussian::separable;
pub use guided::{DARK, base, base_passes, log_luminance};
pub use lowest::lowest;
pub use rows::{each_row, gain_rows};

/// The shared half of every spatial shader module.
pub const WGSL: &str = include_str!("../../../../../shaders/shared/neighbourhood.wgsl");

/// One full-screen step of a spatial operation on the GPU.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pass {
    /// WGSL function `fn entry(u: u32, at: vec2i) -> vec4f`
    pub entry: &'static str,
    /// numbers of the buffers that `load(0, …)`, `load(1, …)` … read
    pub reads: Vec<u32>,
    /// number of the buffer that is filled
    pub writes: u32,
    /// how many pixels of the frame one pixel of the written buffer stands for, each way; ≥ 1
    pub scale: u32,
    /// offset of the pass's first constant among the operation's
    pub constants: u32,
}

impl Pass {
    /// A pass over pixels of the full grid, writing the result.
    pub fn last(entry: &'static str, reads: &[u32], constants: u32) -> Self {
        Self::new(entry, reads, 0, 1, constants)
    }
    /// A pass.
    pub fn new(
        entry: &'static str,
        reads: &[u32],
        writes: u32,
        scale: usize,
        constants: u32,
    ) -> Self {
        Self {
            entry,
            reads: reads.to_vec(),
            writes,
            scale: scale as u32,
            constants,
        }
    }
}
