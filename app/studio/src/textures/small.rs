//! Small copies of pictures: a sheet of sixty takes neither fills the graphics card nor holds a frame up.

use std::collections::HashMap;
use std::sync::Arc;

use eframe::egui::{self, ColorImage, TextureHandle, TextureOptions};
use retake_engine::Shown;
use retake_files::ScreenProfile;

/// Frames a copy may go undrawn before it is dropped.
const IDLE_FRAMES: u64 = 240;
/// Copies made in one frame; the others come in the next ones.
const A_FRAME: usize = 3;

struct Copy {
    texture: TextureHandle,
    /// holds the picture, so that its address stays its name
    _picture: Arc<Shown>,
    drawn: u64,
}

/// The copies, by picture and long edge.
#[derive(Default)]
pub(crate) struct Copies {
    kept: HashMap<(usize, usize), Copy>,
    made: usize,
    /// what the screen needs; `None` is sRGB
    screen: Option<Arc<ScreenProfile>>,
    frame: u64,
}

impl Copies {
    /// From now on copies are made for this screen.
    pub(super) fn show_through(&mut self, screen: Option<Arc<ScreenProfile>>) {
        self.screen = screen;
        self.kept.clear();
    }
    /// The texture of a copy about `edge` px long. `None` when enough were made in this frame; another is asked for.
    pub(crate) fn of(
        &mut self,
        ctx: &egui::Context,
        picture: &Arc<Shown>,
        edge: usize,
    ) -> Option<egui::TextureId> {
        let key = (Arc::as_ptr(picture) as usize, edge);
        if let Some(kept) = self.kept.get_mut(&key) {
            kept.drawn = self.frame;
            return Some(kept.texture.id());
        }
        if self.made >= A_FRAME {
            ctx.request_repaint();
            return None;
        }
        self.made += 1;
        let image = shrunk(picture, edge, self.screen.as_deref());
        let kept = Copy {
            texture: ctx.load_texture("small picture", image, TextureOptions::LINEAR),
            _picture: picture.clone(),
            drawn: self.frame,
        };
        let texture = kept.texture.id();
        self.kept.insert(key, kept);
        Some(texture)
    }
    /// To be called once a frame.
    pub(super) fn next_frame(&mut self) {
        self.frame += 1;
        self.made = 0;
        let frame = self.frame;
        self.kept.retain(|_, kept| frame - kept.drawn < IDLE_FRAMES);
    }
}

/// The mean of square blocks of pixels, as many a side as bring the long edge down to `edge` px.
fn shrunk(picture: &Shown, edge: usize, screen: Option<&ScreenProfile>) -> ColorImage {
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
    let size = [width, rgba.len() / 4 / width];
    let shown = screen.map(|screen| screen.show(&rgba));
    ColorImage::from_rgba_unmultiplied(size, shown.as_deref().unwrap_or(&rgba))
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
        let image = shrunk(&picture, 45, None);
        assert_eq!(image.size, [45, 30]);
        assert_eq!(image.pixels[7].to_array(), [150, 40, 90, 255]);
    }
}
