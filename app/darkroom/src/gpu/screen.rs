//! What the window shows, rendered into a texture on the window's own device: nothing is read back, and a slider that
//! moves uploads constants only.
//!
//! Two threads hand work to one queue: the window's, which draws, and the one that renders here. What is assumed: wgpu's
//! devices and queues may be used from any thread; the queue runs submissions in the order in which they came; error
//! scopes belong to the thread that opened them. So what goes wrong here is told here, and a frame is never drawn from
//! a texture that is not finished. The queue is one after the other, so a frame waits for what was handed in before it:
//! each step is a submission of its own and the next follows only when it is done ([`Gpu::pause`]).

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError};

use retake_core::{Photo, PhotoId, Raster, Rect, Stop};
use wgpu::{TextureUsages, TextureView};

use super::ground::{Cover, Ground};
use super::pipelines::SCREEN_FORMAT;
use super::program::Program;
use super::{Gpu, MOST_TILE_PIXELS, PIXEL, tile};
use crate::render::{Frame, Plan};

/// The photo is kept whole on the device up to this size, larger ones in parts: the small copies are below it.
const WHOLE_PIXELS: usize = 1 << 22;
/// Parts lie on a grid of so many pixels, so that another halo seldom needs another part.
const GRID: usize = 256;

/// What is to be shown.
pub(crate) struct Wish<'a> {
    /// the edit, ready for this photo at this size; `None` is the photo as it is
    pub(crate) plan: Option<&'a Plan>,
    /// which photo
    pub(crate) id: PhotoId,
    /// the photo, or a copy of it at another size
    pub(crate) source: Source<'a>,
    /// what of the output
    pub(crate) part: Rect,
    /// on so many pixels of the screen
    pub(crate) size: (usize, usize),
}

/// Where the photo's pixels come from.
#[derive(Clone, Copy)]
pub(crate) enum Source<'a> {
    /// at full resolution
    Photo(&'a Photo),
    /// a smaller copy
    Copy(&'a Raster),
}

impl Source<'_> {
    pub(crate) fn size(self) -> (usize, usize) {
        match self {
            Self::Photo(photo) => (photo.width(), photo.height()),
            Self::Copy(copy) => (copy.width, copy.height),
        }
    }
    fn read(self, frame: &Frame, rect: Rect) -> Raster {
        match self {
            Self::Photo(photo) => frame.read(photo, rect),
            Self::Copy(copy) if frame.is_whole() => copy.crop(rect),
            Self::Copy(copy) => {
                let photo = Photo::from_raster(copy.clone(), PhotoId([0; 32]));
                frame.read(&photo, rect)
            }
        }
    }
}

/// A picture on the window's graphics card: `Rgba8Unorm`, gamma-encoded sRGB, opaque.
pub struct OnCard {
    texture: wgpu::Texture,
    view: TextureView,
    lost: Arc<AtomicBool>,
}

impl OnCard {
    /// What the window registers and draws.
    pub fn view(&self) -> &TextureView {
        &self.view
    }
    /// The texture itself.
    pub fn texture(&self) -> &wgpu::Texture {
        &self.texture
    }
    /// True when the card it lies on is there no more.
    pub fn is_lost(&self) -> bool {
        self.lost.load(Ordering::Relaxed)
    }
    /// Width and height, px.
    pub fn size(&self) -> (usize, usize) {
        (
            self.texture.width() as usize,
            self.texture.height() as usize,
        )
    }
}

impl Gpu {
    /// Renders for the screen. `None` where only the way over the processor's memory can: a halo or a part that does not
    /// fit on the device in one piece.
    pub(crate) fn show(&self, wish: &Wish<'_>) -> Result<Option<OnCard>, Stop> {
        let (width, height) = wish.source.size();
        let frame = match wish.plan {
            Some(plan) => plan.scene.frame,
            None => Frame::whole(width, height),
        };
        let (program, halo) = match wish.plan {
            Some(plan) => (Program::of(plan), plan.halo()),
            None => (Program::idle(), 0),
        };
        let program = program.staying();
        let wide = wish.part.grown(halo, frame.width, frame.height);
        let photo = kept_part(wide, &frame);
        if !self.holds(&program, photo, wide, wish.size) {
            return Ok(None);
        }
        let ground = Ground {
            photo: wish.id,
            frame,
            rect: photo,
        };
        let cover = wish.plan.and_then(|plan| cover(plan, &ground, wide));
        let known = {
            let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            kept.grounds.only(wish.id);
            let photo = kept.grounds.photo(&ground);
            (photo, cover.as_ref().and_then(|c| kept.grounds.cover(c)))
        };
        // read while no lock is held: reading runs on all threads, and they may be waiting for it
        let unread = known.0.is_none();
        let raster = unread.then(|| wish.source.read(&frame, photo));
        let uncovered = wish.plan.filter(|_| cover.is_some() && known.1.is_none());
        let masks = uncovered.map(|plan| {
            let under = wish.source.read(&frame, wide);
            let coverage = |layer| plan.coverage(layer, wide, &under);
            plan.layers.iter().filter_map(coverage).collect::<Vec<_>>()
        });
        self.work(|kept| {
            let texture = self.texture(wish.size);
            let work = tile::Work {
                gpu: self,
                program: &program,
                wanted: wish.part,
                wide,
                photo,
            };
            let (mut source, mut covers) = known;
            if let Some(raster) = raster {
                let buffer = work.upload(kept, &raster.planes.each_ref().map(Vec::as_slice));
                kept.grounds.keep_photo(ground, buffer.clone());
                source = Some(buffer);
            }
            if let (Some(masks), Some(cover)) = (masks, cover) {
                let masks: Vec<&[f32]> = masks.iter().map(|mask| mask.values.as_slice()).collect();
                let buffer = work.upload(kept, &masks);
                kept.grounds.keep_cover(cover, buffer.clone());
                covers = Some(buffer);
            }
            let Some(source) = source else {
                return Ok(None);
            };
            // without masks nothing reads coverages
            let covers = covers.unwrap_or_else(|| source.clone());
            work.onto_screen(kept, [&source, &covers], &texture)?;
            let view = texture.create_view(&wgpu::TextureViewDescriptor::default());
            Ok(Some(OnCard {
                texture,
                view,
                lost: self.faults.whether_lost(),
            }))
        })
    }

    /// True when all fits on the device in one piece.
    fn holds(&self, program: &Program, photo: Rect, wide: Rect, size: (usize, usize)) -> bool {
        let area = |rect: Rect| rect.width() * rect.height();
        let bytes = |pixels: usize, each: u64| pixels as u64 * each;
        let largest = self.device.limits().max_texture_dimension_2d as usize;
        let longest = wide.width().max(wide.height()).max(size.0).max(size.1);
        longest <= largest.min(LONGEST)
            && area(wide) <= MOST_TILE_PIXELS
            && bytes(area(wide), PIXEL.max(4 * program.masks as u64)) <= self.binding_bytes
            && bytes(area(photo), 12) <= self.binding_bytes
    }

    fn texture(&self, (width, height): (usize, usize)) -> wgpu::Texture {
        self.device.create_texture(&wgpu::TextureDescriptor {
            label: Some("photo"),
            size: wgpu::Extent3d {
                width: width as u32,
                height: height as u32,
                depth_or_array_layers: 1,
            },
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format: SCREEN_FORMAT,
            usage: TextureUsages::STORAGE_BINDING
                | TextureUsages::TEXTURE_BINDING
                | TextureUsages::COPY_SRC,
            view_formats: &[],
        })
    }
}

/// What tells the coverages of a plan from others; `None` without masks.
fn cover(plan: &Plan, ground: &Ground, wide: Rect) -> Option<Cover> {
    let masks = plan.layers.iter().map(|layer| &layer.mask);
    let masks: Vec<_> = masks.filter(|mask| !mask.is_empty()).cloned().collect();
    (!masks.is_empty()).then(|| Cover {
        ground: Ground {
            rect: wide,
            ..ground.clone()
        },
        masks,
        analysis: plan.scene.analysis.clone(),
    })
}

/// The longest side that the resizing counts in whole numbers, px.
const LONGEST: usize = 16_384;

/// What of the photo is uploaded where `wide` is needed.
fn kept_part(wide: Rect, frame: &Frame) -> Rect {
    if frame.width * frame.height <= WHOLE_PIXELS {
        return Rect::whole(frame.width, frame.height);
    }
    let up = |v: usize, most: usize| v.next_multiple_of(GRID).min(most);
    Rect {
        x0: wide.x0 / GRID * GRID,
        y0: wide.y0 / GRID * GRID,
        x1: up(wide.x1, frame.width),
        y1: up(wide.y1, frame.height),
    }
}
