//! Textures that the darkroom has left on the window's own graphics card: they are drawn as they lie there, and let go when
//! they have not been drawn for a while. The pixels are freed when nothing else holds the picture either.

use std::collections::HashMap;
use std::sync::Arc;

use eframe::egui::TextureId;
use eframe::egui_wgpu::RenderState;
use eframe::wgpu::FilterMode;
use retake_core::OnScreen;

use crate::card;

/// Frames a texture may go undrawn before it is let go; to register it again costs nothing.
const IDLE_FRAMES: u64 = 8;

struct Kept {
    id: TextureId,
    /// holds the picture, so that its address stays its name
    _picture: OnScreen,
    drawn: u64,
}

/// The textures, by picture and whether they are smooth.
#[derive(Default)]
pub(crate) struct Natives {
    window: Option<RenderState>,
    kept: HashMap<(usize, bool), Kept>,
    frame: u64,
}

impl Natives {
    /// On the window's card, if it has one that can be drawn from.
    pub(super) fn on(window: Option<RenderState>) -> Self {
        Self {
            window,
            ..Self::default()
        }
    }
    /// The texture of a picture; `None` when it is none of this window's.
    pub(super) fn of(&mut self, picture: &OnScreen, smooth: bool) -> Option<TextureId> {
        let key = (Arc::as_ptr(picture).cast::<()>() as usize, smooth);
        if let Some(kept) = self.kept.get_mut(&key) {
            kept.drawn = self.frame;
            return Some(kept.id);
        }
        let window = self.window.as_ref()?;
        let there = card::opened(picture).filter(|there| !there.is_lost())?;
        let filter = if smooth {
            FilterMode::Linear
        } else {
            FilterMode::Nearest
        };
        let mut renderer = window.renderer.write();
        let id = renderer.register_native_texture(&window.device, there.view(), filter);
        self.kept.insert(
            key,
            Kept {
                id,
                _picture: picture.clone(),
                drawn: self.frame,
            },
        );
        Some(id)
    }
    /// To be called once a frame.
    pub(super) fn next_frame(&mut self) {
        self.frame += 1;
        let Some(window) = &self.window else {
            return;
        };
        let frame = self.frame;
        self.kept.retain(|_, kept| {
            let drawn = frame - kept.drawn < IDLE_FRAMES;
            if !drawn {
                window.renderer.write().free_texture(&kept.id);
            }
            drawn
        });
    }
    /// How many are registered.
    #[cfg(test)]
    pub(crate) fn count(&self) -> usize {
        self.kept.len()
    }
}
