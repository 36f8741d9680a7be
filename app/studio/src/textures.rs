//! Pictures on the graphics card: uploaded when they are first drawn, dropped when they have not been drawn for a while.

use std::collections::HashMap;
use std::sync::Arc;

use eframe::egui::{self, ColorImage, TextureHandle, TextureOptions};
use retake_engine::Shown;

/// Frames a texture may go undrawn before it is dropped.
const IDLE_FRAMES: u64 = 240;

struct Kept {
    texture: TextureHandle,
    /// holds the picture, so that its address stays its name
    _picture: Arc<Shown>,
    drawn: u64,
}

/// Small copies made in one frame: a survey of sixty takes fills over a few frames and holds none of them up.
const COPIES_A_FRAME: usize = 3;

/// The textures of pictures.
#[derive(Default)]
pub(crate) struct Textures {
    kept: HashMap<(usize, bool), Kept>,
    small: HashMap<(usize, usize), Kept>,
    copied: usize,
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
    /// The texture of a copy at most `edge` px long, for pictures that are drawn small and by the dozen. `None` when
    /// enough copies were made in this frame; another frame is asked for.
    pub(crate) fn small(
        &mut self,
        ctx: &egui::Context,
        picture: &Arc<Shown>,
        edge: usize,
    ) -> Option<egui::TextureId> {
        let key = (Arc::as_ptr(picture) as usize, edge);
        if let Some(kept) = self.small.get_mut(&key) {
            kept.drawn = self.frame;
            return Some(kept.texture.id());
        }
        if self.copied >= COPIES_A_FRAME {
            ctx.request_repaint();
            return None;
        }
        self.copied += 1;
        let image = shrunk(picture, edge);
        let kept = Kept {
            texture: ctx.load_texture("small picture", image, TextureOptions::LINEAR),
            _picture: picture.clone(),
            drawn: self.frame,
        };
        let texture = kept.texture.id();
        self.small.insert(key, kept);
        Some(texture)
    }
    /// To be called once a frame.
    pub(crate) fn next_frame(&mut self) {
        self.frame += 1;
        self.copied = 0;
        let frame = self.frame;
        self.kept.retain(|_, kept| frame - kept.drawn < IDLE_FRAMES);
        self.small
            .retain(|_, kept| frame - kept.drawn < IDLE_FRAMES);
    }
    /// How many are held.
    pub(crate) fn len(&self) -> usize {
        self.kept.len() + self.small.len()
    }
    /// True when none is held.
    pub(crate) fn is_empty(&self) -> bool {
        self.kept.is_empty() && self.small.is_empty()
    }
}

/// The mean of square blocks of pixels, as many a side as bring the long edge down to `edge` px.
fn shrunk(picture: &Shown, edge: usize) -> ColorImage {
    let block = picture.width.max(picture.height).div_ceil(edge).max(1);
    let (width, height) = (
        (picture.width / block).max(1),
        (picture.height / block).max(1),
    );
    let mut sums = vec![[0u32; 3]; width];
    let mut rgba = Vec::with_capacity(width * height * 4);
    let rows = picture.rgba.chunks_exact(picture.width * 4);
    for (y, row) in rows.take(height * block).enumerate() {
        for (sum, pixels) in sums.iter_mut().zip(row.chunks_exact(4 * block)) {
            for pixel in pixels.chunks_exact(4) {
                for (sum, value) in sum.iter_mut().zip(pixel) {
                    *sum += u32::from(*value);
                }
            }
        }
        if (y + 1) % block == 0 {
            let count = (block * block) as u32;
            for sum in &mut sums {
                rgba.extend(sum.map(|sum| (sum / count) as u8));
                rgba.push(255);
                *sum = [0; 3];
            }
        }
    }
    ColorImage::from_rgba_unmultiplied([width, rgba.len() / 4 / width], &rgba)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_copy_keeps_the_mean_of_the_picture() {
        let rgba = (0..90 * 60)
            .flat_map(|i| [if i % 2 == 0 { 200 } else { 100 }, 40, 90, 255])
            .collect();
        let picture = Shown {
            width: 90,
            height: 60,
            rgba,
        };
        let image = shrunk(&picture, 45);
        assert_eq!(image.size, [45, 30]);
        assert_eq!(image.pixels[7].to_array(), [150, 40, 90, 255]);
    }
}
