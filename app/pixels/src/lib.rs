//! Pure functions over pixels that the darkroom, the rewards, the files and the lab share: colour spaces and what
//! the screen shows of them, fast curves, resizing, blurring, the measures behind every quantity, and where sky,
//! skin, foliage and subject are. No files, no GPU; threads only inside a call.

pub mod blur;
pub mod codes;
pub mod color;
pub mod delta_e;
pub mod display;
pub mod fast;
pub mod horizon;
pub mod lab;
pub mod matrix;
pub mod measure;
pub mod memory;
pub mod once;
pub mod region;
pub mod resize;
pub mod same;
mod simd;
pub mod statistics;
pub mod strips;
pub mod sums;
