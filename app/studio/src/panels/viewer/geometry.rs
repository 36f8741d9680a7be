//! Where a picture lies on the screen. Everything is relative to the photo: the place that is looked at is a share of the
//! photo, so it stays when the picture changes, even to a crop or a turn of it.

use eframe::egui::{Pos2, Rect, Vec2, pos2, vec2};
use retake_core::Rect as Part;
use retake_darkroom::render::Frame;

use crate::look::Zoom;
use crate::theme::GRID;

/// Kept free around a picture that fits, points.
const MARGIN: f32 = 2.0 * GRID;
/// The most screen pixels a picture pixel can have.
pub(crate) const MOST: f32 = 32.0;

/// One picture in one pane.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Place {
    /// the part of the screen that pictures may use, points
    pub(crate) pane: Rect,
    /// where the whole picture lies, points; may reach beyond the pane
    pub(crate) rect: Rect,
    /// the position in the picture that is in the middle of the pane, px; kept apart from `rect`, which lies on whole
    /// screen pixels, so that many small moves add up
    middle: Vec2,
    /// screen pixels a picture pixel
    pub(crate) scale: f32,
    /// the scale at which the whole picture fits
    pub(crate) fit: f32,
    /// screen pixels a point
    pub(crate) density: f32,
    /// the picture's own size, and how it lies on the photo
    pub(crate) frame: Frame,
}

impl Place {
    /// Puts a picture into a pane so that `centre`, a share of the photo, is in its middle, or as near as no empty
    /// space beside the picture allows.
    pub(crate) fn new(pane: Rect, density: f32, frame: Frame, zoom: Zoom, centre: Pos2) -> Self {
        let (width, height) = (frame.width as f32, frame.height as f32);
        let room = (pane.size() - Vec2::splat(2.0 * MARGIN)).max(Vec2::splat(GRID)) * density;
        let fit = (room.x / width).min(room.y / height).min(MOST);
        let scale = match zoom {
            Zoom::Fit => fit,
            Zoom::Scale(scale) => scale,
        };
        // whole screen pixels, so that a picture rendered for them is not blended anew
        let size = vec2((width * scale).round(), (height * scale).round()).max(Vec2::splat(1.0));
        let middle = picture_from_photo(&frame, centre);
        let along = |least: f32, most: f32, size: f32, middle: f32| {
            let free = (most - least) - size;
            if free >= 0.0 {
                least + free / 2.0
            } else {
                ((least + most) / 2.0 - middle * scale).clamp(least + free, least)
            }
        };
        let (low, high) = (pane.min.to_vec2() * density, pane.max.to_vec2() * density);
        let origin = pos2(
            along(low.x, high.x, size.x, middle.x),
            along(low.y, high.y, size.y, middle.y),
        );
        Self {
            pane,
            rect: Rect::from_min_size(origin.round() / density, size / density),
            middle: (((low + high) / 2.0).to_pos2() - origin) / scale,
            scale,
            fit,
            density,
            frame,
        }
    }
    /// The position in the picture, px, under a position on the screen.
    pub(crate) fn picture_at(&self, screen: Pos2) -> Vec2 {
        (screen - self.rect.min) * self.density / self.scale
    }
    /// The position on the screen of a position in the picture, px.
    pub(crate) fn screen_at(&self, picture: Vec2) -> Pos2 {
        self.rect.min + picture * self.scale / self.density
    }
    /// The share of the photo under a position on the screen; outside [0, 1] beside it.
    pub(crate) fn photo_at(&self, screen: Pos2) -> Pos2 {
        photo_from_picture(&self.frame, self.picture_at(screen))
    }
    /// The position on the screen of a share of the photo.
    pub(crate) fn screen_of_photo(&self, photo: Pos2) -> Pos2 {
        self.screen_at(picture_from_photo(&self.frame, photo))
    }
    /// What of the picture the pane shows, on the screen.
    pub(crate) fn visible(&self) -> Rect {
        self.rect.intersect(self.pane)
    }
    /// The part of the picture that shows, in its pixels, and the size it is to be rendered at.
    pub(crate) fn part(&self) -> Option<(Part, (usize, usize))> {
        let visible = self.visible();
        if !visible.is_positive() {
            return None;
        }
        let (from, to) = (self.picture_at(visible.min), self.picture_at(visible.max));
        let along = |low: f32, high: f32, most: usize| {
            let low = (low.max(0.0) + 1e-3).floor() as usize;
            let high = ((high - 1e-3).ceil().max(0.0) as usize).min(most);
            (low.min(most.saturating_sub(1)), high)
        };
        let (x0, x1) = along(from.x, to.x, self.frame.width);
        let (y0, y1) = along(from.y, to.y, self.frame.height);
        if x1 <= x0 || y1 <= y0 {
            return None;
        }
        let part = Part { x0, y0, x1, y1 };
        let size = |length: usize| ((length as f32 * self.scale).round() as usize).clamp(1, length);
        Some((part, (size(part.width()), size(part.height()))))
    }
    /// Where a part of the picture, rendered at `size`, lies on the screen. At most 100 % it lies on whole screen
    /// pixels, so that it is as sharp as it was rendered.
    pub(crate) fn rect_of(&self, part: Part, size: (usize, usize)) -> Rect {
        let min = self.screen_at(vec2(part.x0 as f32, part.y0 as f32));
        let max = self.screen_at(vec2(part.x1 as f32, part.y1 as f32));
        let meant = (max - min) * self.density;
        let rendered = vec2(size.0 as f32, size.1 as f32);
        if (meant - rendered).abs().max_elem() <= 1.0 {
            let min = (min.to_vec2() * self.density).round() / self.density;
            return Rect::from_min_size(min.to_pos2(), rendered / self.density);
        }
        Rect::from_min_max(min, max)
    }
    /// Zoom and centre at which a picture pixel has so many screen pixels and the point under `about` stays there.
    pub(crate) fn zoomed(&self, scale: f32, about: Pos2) -> (Zoom, Pos2) {
        let least = self.fit.min(1.0);
        if self.fit <= 1.0 && scale <= least * 1.001 {
            return (Zoom::Fit, pos2(0.5, 0.5));
        }
        let scale = scale.clamp(least, MOST);
        let beside = (about - self.pane.center()) * self.density;
        let middle = self.middle + beside / self.scale - beside / scale;
        (Zoom::Scale(scale), photo_from_picture(&self.frame, middle))
    }
    /// The centre after the picture was dragged by so many points.
    pub(crate) fn panned(&self, by: Vec2) -> Pos2 {
        let middle = self.middle - by * self.density / self.scale;
        let most = vec2(self.frame.width as f32, self.frame.height as f32);
        photo_from_picture(&self.frame, middle.clamp(Vec2::ZERO, most))
    }
    /// True when the whole picture is in the pane.
    pub(crate) fn is_whole(&self) -> bool {
        self.pane.expand(0.5).contains_rect(self.rect)
    }
}

/// The share of the photo at a position in a picture of it, px.
pub(crate) fn photo_from_picture(frame: &Frame, picture: Vec2) -> Pos2 {
    let (x, y) = frame.source_at(f64::from(picture.x), f64::from(picture.y));
    pos2(
        (x / frame.source_width as f64) as f32,
        (y / frame.source_height as f64) as f32,
    )
}

/// The position in a picture, px, of a share of the photo.
fn picture_from_photo(frame: &Frame, photo: Pos2) -> Vec2 {
    let [[a, b, c], [d, e, f]] = frame.source_from_output;
    let x = f64::from(photo.x) * frame.source_width as f64 - c;
    let y = f64::from(photo.y) * frame.source_height as f64 - f;
    // frames turn, mirror and cut, so there is always a way back
    let determinant = a * e - b * d;
    vec2(
        ((e * x - b * y) / determinant) as f32,
        ((a * y - d * x) / determinant) as f32,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pane() -> Rect {
        Rect::from_min_size(pos2(100.0, 50.0), vec2(800.0, 600.0))
    }
    fn place(zoom: Zoom, centre: Pos2) -> Place {
        Place::new(pane(), 1.0, Frame::whole(6000, 4000), zoom, centre)
    }

    #[test]
    fn a_picture_that_fits_is_whole_and_in_the_middle() {
        let place = place(Zoom::Fit, pos2(0.1, 0.9));
        assert!(place.is_whole());
        assert!((place.rect.center() - pane().center()).abs().max_elem() <= 0.5);
    }

    #[test]
    fn the_point_under_the_cursor_stays_there() {
        let before = place(Zoom::Scale(0.5), pos2(0.4, 0.6));
        let cursor = pos2(731.0, 222.0);
        let held = before.photo_at(cursor);
        let (zoom, centre) = before.zoomed(1.7, cursor);
        let after = place(zoom, centre).photo_at(cursor);
        // the picture lies on whole screen pixels: within one of them
        assert!((after - held).abs().max_elem() * 6000.0 * 1.7 <= 1.0);
    }

    #[test]
    fn zooming_far_out_ends_at_the_whole_picture() {
        let near = place(Zoom::Scale(0.5), pos2(0.4, 0.6));
        assert_eq!(near.zoomed(0.01, pos2(300.0, 300.0)).0, Zoom::Fit);
    }

    #[test]
    fn no_empty_space_shows_beside_a_large_picture() {
        for centre in [pos2(0.0, 0.0), pos2(1.0, 1.0), pos2(-3.0, 9.0)] {
            assert!(place(Zoom::Scale(1.0), centre).rect.contains_rect(pane()));
        }
    }

    #[test]
    fn the_part_asked_for_covers_what_shows_and_no_more() {
        let place = place(Zoom::Scale(1.0), pos2(0.3, 0.3));
        let (part, size) = place.part().expect("it shows");
        assert_eq!(size, (800, 600));
        assert_eq!((part.width(), part.height()), size);
        assert_eq!(place.rect_of(part, size), pane());
    }

    #[test]
    fn never_more_pixels_are_asked_for_than_there_are() {
        let (part, size) = place(Zoom::Scale(8.0), pos2(0.3, 0.3))
            .part()
            .expect("it shows");
        assert_eq!(size, (part.width(), part.height()));
    }

    #[test]
    fn a_crop_shows_the_place_of_the_photo_that_the_photo_showed() {
        let crop =
            Frame::whole(6000, 4000).then(3000, 2000, [[1.0, 0.0, 2000.0], [0.0, 1.0, 1500.0]]);
        let (zoom, centre) = (Zoom::Scale(1.0), pos2(0.55, 0.6));
        let photo = place(zoom, centre);
        let cropped = Place::new(pane(), 1.0, crop, zoom, centre);
        let at = pos2(400.0, 300.0);
        assert!((photo.photo_at(at) - cropped.photo_at(at)).abs().max_elem() < 1e-3);
    }
}
