//! Pictures on the graphics card: uploaded when they are first drawn, dropped when they have not been drawn for a while.

mod native;
mod small;

use std::any::Any;
use std::collections::HashMap;
use std::sync::Arc;

use eframe::egui::{self, ColorImage, TextureHandle, TextureOptions};
use eframe::egui_wgpu::RenderState;
use retake_core::OnScreen;
use retake_engine::Shown;
use retake_files::ScreenProfile;

use native::Natives;
use small::Copies;

/// Frames a texture may go undrawn before it is dropped.
const IDLE_FRAMES: u64 = 240;
/// Bytes of textures that may go undrawn: a slider makes sixty pictures a second, and each is drawn once.
const IDLE_BYTES: usize = 32 << 20;

struct Kept {
    texture: TextureHandle,
    /// holds what it was made from, so that its address stays its name
    _source: Arc<dyn Any + Send + Sync>,
    drawn: u64,
}

/// The textures of pictures.
#[derive(Default)]
pub(crate) struct Textures {
    /// by the address of what they were made from, what was made of it, and whether it is smooth
    kept: HashMap<(usize, u64, bool), Kept>,
    /// the mask under the brush
    canvas: Option<TextureHandle>,
    /// small copies, for pictures that are drawn by the dozen
    pub(crate) small: Copies,
    /// what the screen needs; `None` is sRGB
    screen: Option<Arc<ScreenProfile>>,
    /// what was rendered on the card itself
    pub(crate) native: Natives,
    frame: u64,
}

impl Textures {
    /// From now on pictures are made for this screen.
    pub(crate) fn show_through(&mut self, screen: Option<Arc<ScreenProfile>>) {
        self.screen.clone_from(&screen);
        self.kept.clear();
        self.small.show_through(screen);
    }
    /// On the window's card, if there is one.
    pub(crate) fn on(window: Option<RenderState>) -> Self {
        Self {
            native: Natives::on(window),
            ..Self::default()
        }
    }
    /// The texture of a picture that lies on the card already; `None` when it is gone.
    pub(crate) fn on_screen(&mut self, there: &OnScreen, smooth: bool) -> Option<egui::TextureId> {
        self.native.of(there, smooth)
    }
    /// The texture of a picture. `smooth` blends between pixels; without it they are squares.
    pub(crate) fn of(
        &mut self,
        ctx: &egui::Context,
        picture: &Arc<Shown>,
        smooth: bool,
    ) -> egui::TextureId {
        let screen = self.screen.clone();
        self.made(ctx, picture, 0, smooth, |picture| {
            let size = [picture.width, picture.height];
            let shown = screen.map(|screen| screen.show(&picture.rgba));
            // opaque, so nothing needs to be multiplied
            ColorImage::from_rgba_premultiplied(size, shown.as_deref().unwrap_or(&picture.rgba))
        })
    }
    /// The texture of something that is made from `source`; `what` tells apart what is made from the same source.
    pub(crate) fn made<T: Send + Sync + 'static>(
        &mut self,
        ctx: &egui::Context,
        source: &Arc<T>,
        what: u64,
        smooth: bool,
        make: impl FnOnce(&T) -> ColorImage,
    ) -> egui::TextureId {
        let frame = self.frame;
        let kept = self
            .kept
            .entry((Arc::as_ptr(source) as usize, what, smooth))
            .or_insert_with(|| Kept {
                texture: ctx.load_texture("picture", make(source), options(smooth)),
                _source: source.clone(),
                drawn: frame,
            });
        kept.drawn = frame;
        kept.texture.id()
    }
    /// The texture of what is being painted; `change` is where it changed and how it looks there now.
    pub(crate) fn canvas(
        &mut self,
        ctx: &egui::Context,
        size: [usize; 2],
        change: Option<([usize; 2], ColorImage)>,
    ) -> egui::TextureId {
        let fits = |canvas: &TextureHandle| canvas.size() == size;
        if !self.canvas.as_ref().is_some_and(fits) {
            let blank = ColorImage::filled(size, egui::Color32::TRANSPARENT);
            self.canvas = Some(ctx.load_texture("canvas", blank, options(true)));
        }
        match &mut self.canvas {
            Some(canvas) => {
                if let Some((at, image)) = change {
                    canvas.set_partial(at, image, options(true));
                }
                canvas.id()
            }
            None => egui::TextureId::default(),
        }
    }
    /// To be called once a frame.
    pub(crate) fn next_frame(&mut self) {
        self.frame += 1;
        let frame = self.frame;
        self.kept.retain(|_, kept| frame - kept.drawn < IDLE_FRAMES);
        let idle = |kept: &Kept| frame - kept.drawn > 1;
        let bytes = |kept: &Kept| kept.texture.byte_size();
        let held: usize = self.kept.values().filter(|k| idle(k)).map(bytes).sum();
        if held > IDLE_BYTES {
            let mut drawn: Vec<u64> = self.kept.values().map(|kept| kept.drawn).collect();
            drawn.sort_unstable();
            // the older half goes, so that this is seldom looked into
            let middle = drawn[drawn.len() / 2];
            self.kept
                .retain(|_, kept| !idle(kept) || kept.drawn > middle);
        }
        self.small.next_frame();
        self.native.next_frame();
    }
}

fn options(smooth: bool) -> TextureOptions {
    if smooth {
        TextureOptions::LINEAR
    } else {
        TextureOptions::NEAREST
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pictures_of_a_long_drag_do_not_pile_up() {
        let ctx = egui::Context::default();
        let mut textures = Textures::default();
        for _ in 0..120 {
            let shown = Arc::new(Shown {
                width: 1024,
                height: 512,
                rgba: vec![255; 1024 * 512 * 4],
            });
            textures.of(&ctx, &shown, true);
            textures.next_frame();
        }
        let held: usize = textures.kept.values().map(|k| k.texture.byte_size()).sum();
        assert!(held <= IDLE_BYTES + (4 << 20), "{} MiB", held >> 20);
    }
}
