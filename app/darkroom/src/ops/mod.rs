//! The table of operations. An operation is one file here with its CPU definition, one file in `shaders/ops` with the
//! same formula in WGSL, and one line in [`OPS`]; menus, recipes, documentation and tests iterate the table.

use retake_core::Raster;

use crate::recipe::Operation;
use crate::render::{Frame, Scene, Tile};

pub mod blacks;
pub mod bloom;
pub mod clarity;
pub mod colour_grading;
pub mod contrast;
pub mod crop;
pub mod dehaze;
pub mod denoise;
pub mod duotone;
pub mod exposure;
pub mod fade;
pub mod flip;
pub mod gaussian_blur;
pub mod grain;
pub mod highlights;
pub mod hsl;
pub mod lens_blur;
pub mod lut3d;
pub mod monochrome;
pub mod motion_blur;
pub mod neighbourhood;
pub mod painterly;
mod pixel;
pub mod pixelate;
pub mod posterise;
pub mod rotate;
pub mod saturation;
pub mod sepia;
pub mod shadows;
pub mod sharpen;
pub mod straighten;
pub mod texture;
pub mod tone_curve;
pub mod vibrance;
pub mod vignette;
pub mod white_balance;
pub mod whites;

use neighbourhood::Pass;

/// Every operation, in the order a photographer works.
pub const OPS: &[&Op] = &[
    &exposure::OP,
    &contrast::OP,
    &highlights::OP,
    &shadows::OP,
    &whites::OP,
    &blacks::OP,
    &tone_curve::OP,
    &white_balance::OP,
    &saturation::OP,
    &vibrance::OP,
    &hsl::OP,
    &colour_grading::OP,
    &monochrome::OP,
    &sepia::OP,
    &duotone::OP,
    &fade::OP,
    &texture::OP,
    &clarity::OP,
    &dehaze::OP,
    &denoise::OP,
    &sharpen::OP,
    &gaussian_blur::OP,
    &lens_blur::OP,
    &motion_blur::OP,
    &bloom::OP,
    &painterly::OP,
    &pixelate::OP,
    &vignette::OP,
    &grain::OP,
    &posterise::OP,
    &lut3d::OP,
    &crop::OP,
    &straighten::OP,
    &rotate::OP,
    &flip::OP,
];

/// One slider of an operation.
#[derive(Clone, Copy, Debug)]
pub struct Param {
    /// its key in a recipe
    pub id: &'static str,
    /// its label
    pub name: &'static str,
    /// "EV", "K", "°", "% of the long edge"; empty for a plain number
    pub unit: &'static str,
    /// least and greatest value; recipes outside are refused
    pub range: (f32, f32),
    /// the value that leaves the picture as it is, when the operation's other parameters allow; also the default
    pub neutral: f32,
}

/// Where an operation stands in menus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Group {
    Light,
    Colour,
    Detail,
    Effects,
    Geometry,
}

/// One operation of the darkroom.
pub struct Op {
    /// its name in recipes; also the name of its file, its shader file and its shader function
    pub id: &'static str,
    /// its label
    pub name: &'static str,
    /// what it does, in a sentence
    pub about: &'static str,
    /// where it stands
    pub group: Group,
    /// its sliders, in order
    pub params: &'static [Param],
    /// how it works
    pub work: Work,
    /// refuses data that cannot be meant, with a sentence part; [`no_data`] where there is none to check
    pub check: fn(&Operation) -> Result<(), String>,
    /// its formula in WGSL; empty for geometry, which is done while reading the photo
    pub wgsl: &'static str,
}

/// The definition of a point-wise operation: (constants, x, y, red, green, blue), a horizontal span of pixels that begins
/// at (x, y) of the whole output frame.
pub type RunSpan = fn(&[f32], usize, usize, &mut [f32], &mut [f32], &mut [f32]);

/// How an operation works. `prepare` turns the recipe's values into the constants that the CPU definition and the
/// shader both read, so that the two see the same numbers.
pub enum Work {
    /// Each pixel by itself (and its place).
    Point {
        /// constants, given the recipe's values and what is known of the photo
        prepare: fn(&Operation, &Scene) -> Vec<f32>,
        /// the definition: a horizontal span of pixels starting at (x, y) of the whole output frame, linear Rec.2020
        run: RunSpan,
    },
    /// Each pixel from its neighbourhood.
    Spatial {
        /// constants, given the recipe's values and what is known of the photo
        prepare: fn(&Operation, &Scene) -> Vec<f32>,
        /// how far it looks, px
        halo: fn(constants: &[f32]) -> usize,
        /// the definition: a picture of the tile's size; pixels nearer than the halo to a side of the tile that is not
        /// a side of the whole frame may be wrong and are cut off by the caller
        run: fn(constants: &[f32], tile: &Tile) -> Raster,
        /// the same on the GPU, as [`neighbourhood`] says; none leaves the picture as it is
        passes: fn(constants: &[f32]) -> Vec<Pass>,
    },
    /// Where pixels are: changes the frame through which the photo is read.
    Geometry {
        /// the frame after this operation, given the one before
        place: fn(&Operation, Frame) -> Frame,
    },
}

/// The operation of this name.
pub fn by_id(id: &str) -> Option<&'static Op> {
    OPS.iter().copied().find(|op| op.id == id)
}

/// The check of operations that are numbers only.
pub fn no_data(operation: &Operation) -> Result<(), String> {
    if operation.data.is_null() {
        return Ok(());
    }
    Err(format!("\"{}\" takes no data", operation.op.id))
}
