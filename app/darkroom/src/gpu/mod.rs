//! Recipes on the graphics card, by wgpu. The definition of every operation is its Rust; here the same formulas run as
//! WGSL, and a test holds the two together over the whole table.
//!
//! # From a plan to dispatches
//! [`program`] turns a [`Plan`] into steps that alternate between *runs* of point-wise operations and spatial
//! operations. A run goes across layers: it keeps the picture where a masked or half-opaque layer begins and blends
//! where it ends, so that a recipe without spatial operations is one dispatch. What is kept across a spatial operation
//! waits in a buffer.
//!
//! # How shader modules are put together
//! [`shader`] writes the text; there is one bind group, and binding 0 is always `constants: array<f32>`: the constants
//! of all operations and the layers' opacities, one after the other. Binding 1 is `places: array<vec4i, 8>`, each
//! (left, top, width, height): what is filled, then what is read; `places[7].x` is the `u` of a spatial pass.
//! * A run: this preamble, `shared/colour.wgsl`, `shared/tone.wgsl`, the file of each operation once, and a `main` that
//!   calls `fn <id>(c: vec3f, u: u32, at: vec2f) -> vec3f` for each operation in order, `u` being the place of its
//!   constants and `at` the pixel in the frame. The first run reads planar f32 as it was uploaded, the last writes
//!   planar f32 to be read back, only where the tile is wanted; between them pictures are `vec4f`.
//! * A pass of a spatial operation: this preamble with `load`, `shared/colour.wgsl`, `shared/neighbourhood.wgsl`, the
//!   operation's file and a `main` that calls the pass's function, all as `ops::neighbourhood` says.
//!
//! Pipelines are kept by their text, so a slider that moves compiles nothing.
//!
//! # Onto the screen
//! Where the device is the window's own, what shows is rendered into a texture that the window draws, and nothing is
//! read back ([`screen`]): the last run leaves `vec4f` on the device, and one more pass brings it to the screen's size,
//! gamut and code values. The photo and the masks stay on the device from one slider move to the next ([`ground`]).
//!
//! # Tiles
//! The wanted rectangle is cut into tiles that fit the device's storage bindings with the plan's whole halo around
//! them ([`tiles`]). Of each tile the processor reads the photo through the frame and works out the masks; both are
//! uploaded as f32. A plan whose halo leaves nearly nothing of a tile is rendered by the processor.

mod adapter;
mod buffers;
mod fault;
mod ground;
mod picture;
mod pipelines;
mod program;
mod screen;
mod shader;
#[cfg(test)]
mod tests;
mod tile;
mod tiles;
mod waiting;

use std::sync::{Mutex, PoisonError};

use retake_core::{Photo, Raster, Rect, Stop};

pub(crate) use adapter::{adopted, any, hardware, is_real, limits};
pub(crate) use fault::going_on;
pub(crate) use picture::{OnGpu, strip_rows};
pub use screen::OnCard;
pub(crate) use screen::{Source, Wish};

use crate::render::Plan;
use buffers::Pool;
use fault::Faults;
use ground::Grounds;
use pipelines::Pipelines;
use program::Program;

/// Bytes of a pixel between steps.
const PIXEL: u64 = 16;
/// Pixels of a tile, halo included, where the device would take more: 32 MiB a buffer.
const TILE_PIXELS: usize = 1 << 21;
/// The same where the halo is wide: 256 MiB a buffer, some two gigabytes in all.
const MOST_TILE_PIXELS: usize = 16 << 20;

/// An open graphics device. One tile is worked on at a time, whatever the number of threads that ask.
pub(crate) struct Gpu {
    name: String,
    device: wgpu::Device,
    queue: wgpu::Queue,
    faults: Faults,
    /// a window draws with it too
    shared: bool,
    /// the most a shader may see through one binding
    binding_bytes: u64,
    kept: Mutex<Kept>,
}

/// What is used again: never made twice while it fits.
#[derive(Default)]
struct Kept {
    pipelines: Pipelines,
    pool: Pool,
    grounds: Grounds,
}

impl Gpu {
    /// The adapter and how it is driven: "NVIDIA GeForce RTX 4070 (Vulkan)".
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// What there is to say when the device is there no more.
    pub(crate) fn loss(&self) -> Option<Stop> {
        self.faults.loss(&self.name)
    }

    /// Destroys the device.
    pub(crate) fn lose(&self) {
        self.device.destroy();
        // whoever listens is told when the device is looked at and nothing is under way on it
        for _ in 0..100 {
            let _ = self.device.poll(wgpu::PollType::Poll);
            if self.faults.lost() {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
    }

    /// A rectangle of the output; linear Rec.2020, unclipped.
    pub(crate) fn render(&self, plan: &Plan, photo: &Photo, rect: Rect) -> Result<Raster, Stop> {
        let program = Program::of(plan);
        if program.is_idle() {
            return Ok(plan.scene.frame.read(photo, rect));
        }
        let frame = plan.size();
        let halo = plan.halo();
        let most = self.tile_pixels(&program, halo);
        let Some(tiles) = tiles::cut(rect, halo, frame, most) else {
            return Ok(plan.render(photo, rect));
        };
        if let [tile] = tiles[..] {
            return self.tile(&program, plan, photo, tile);
        }
        let mut out = Raster::new(rect.width(), rect.height());
        for tile in tiles {
            let part = self.tile(&program, plan, photo, tile)?;
            tiles::put(&part, &mut out, tile.x0 - rect.x0, tile.y0 - rect.y0);
        }
        Ok(out)
    }

    /// The most pixels a tile may have, its halo included.
    fn tile_pixels(&self, program: &Program, halo: usize) -> usize {
        let widest = PIXEL.max(4 * program.masks as u64);
        let possible = usize::try_from(self.binding_bytes / widest).unwrap_or(usize::MAX);
        // at six halos across, nearly half of the work is on pixels that are wanted
        let good = (6 * halo).pow(2).clamp(TILE_PIXELS, MOST_TILE_PIXELS);
        possible.min(good)
    }

    /// One tile, from the photo's samples to pixels.
    fn tile(
        &self,
        program: &Program,
        plan: &Plan,
        photo: &Photo,
        wanted: Rect,
    ) -> Result<Raster, Stop> {
        let (width, height) = plan.size();
        let wide = wanted.grown(plan.halo(), width, height);
        // read before the lock is taken, so that one thread reads while another waits for the device
        let source = plan.scene.frame.read(photo, wide);
        let masks: Vec<_> = plan
            .layers
            .iter()
            .filter_map(|layer| plan.coverage(layer, wide, &source))
            .collect();
        self.work(|kept| {
            tile::Work {
                gpu: self,
                program,
                wanted,
                wide,
                photo: wide,
            }
            .run(kept, &source, &masks)
        })
    }

    /// Does work on the device, alone.
    fn work<T>(&self, work: impl FnOnce(&mut Kept) -> Result<T, Stop>) -> Result<T, Stop> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let result = self
            .faults
            .watched(&self.device, &self.name, || work(&mut kept));
        if result.is_err() {
            *kept = Kept::default();
        }
        result
    }
}
