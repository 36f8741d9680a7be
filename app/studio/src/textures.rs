//! Pictures on the graphics card: uploaded when they are first drawn, dropped when they have not been drawn for a while.

mod small;

use std::collections::HashMap;
use std::sync::Arc;

use eframe::egui::{self, ColorImage, TextureHandle, TextureOptions};
use retake_engine::Shown;

use small::Copies;

/// Frames a texture may go undrawn before it is dropped.
const IDLE_FRAMES: u64 = 240;

struct Kept {
    texture: TextureHandle,
    /// holds the picture, so that its address stays its name
    _picture: Arc<Shown>,
    drawn: u64,
}

/// The textures of pictures.
#[derive(Default)]
pub(crate) struct Textures {
    kept: HashMap<(usize, bool), Kept>,
    /// small copies, for pictures that are drawn by the dozen
    pub(crate) small: Copies,
    frame: u64,
}

impl Textures {
    /// The texture of a picture. `smooth` blends between pixels; without it they are squares.
    pub(crate) fn of(
        &mut self,
        ctx: &egui::Context,
        picture: &Arc<Shown>,
        smooth: bool,
    ) -> egui::TextureId {
        let frame = self.frame;
        let kept = self
            .kept
            .entry((Arc::as_ptr(picture) as usize, smooth))
            .or_insert_with(|| {
                let size = [picture.width, picture.height];
                let image = ColorImage::from_rgba_unmultiplied(size, &picture.rgba);
                let options = if smooth {
                    TextureOptions::LINEAR
                } else {
                    TextureOptions::NEAREST
                };
                Kept {
                    texture: ctx.load_texture("picture", image, options),
                    _picture: picture.clone(),
                    drawn: frame,
                }
            });
        kept.drawn = frame;
        kept.texture.id()
    }
    /// To be called once a frame.
    pub(crate) fn next_frame(&mut self) {
        self.frame += 1;
        let frame = self.frame;
        self.kept.retain(|_, kept| frame - kept.drawn < IDLE_FRAMES);
        self.small.next_frame();
    }
    /// How many are held.
    pub(crate) fn len(&self) -> usize {
        self.kept.len()
    }
    /// True when none is held.
    pub(crate) fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }
}
