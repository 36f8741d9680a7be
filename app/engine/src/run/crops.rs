//! Where to look closer: the crops of a photo in which its edits changed most.

use retake_core::{Raster, Rect};
use retake_pixels::resize;

/// Crops that are looked at.
const CROPS: usize = 2;
/// Long edge at which changes are looked for, px.
const EDGE: usize = 64;
/// Long edge of what is worth cropping, px: a quarter of less shows nothing more.
const LEAST: usize = 32;

/// Rectangles of half the width and half the height where these edits, all of the source's size, differ most from it on
/// average; they overlap by a quarter of their area at the most. None of a picture that is too small, and where nothing
/// was changed.
pub(super) fn crops(source: &Raster, edited: &[&Raster]) -> Vec<Rect> {
    if source.width.max(source.height) < LEAST || edited.is_empty() {
        return Vec::new();
    }
    let (width, height) = resize::size_within(source.width, source.height, EDGE);
    let small = resize::raster(source, width, height);
    let mut changed = vec![0.0f32; width * height];
    for edit in edited {
        let edit = resize::raster(edit, width, height);
        for (own, other) in small.planes.iter().zip(&edit.planes) {
            for ((sum, own), other) in changed.iter_mut().zip(own).zip(other) {
                // of the root, so that a change in the shadows counts as it is seen
                let apart = other.max(0.0).sqrt() - own.max(0.0).sqrt();
                *sum += if apart.is_finite() { apart.abs() } else { 0.0 };
            }
        }
    }
    let half = (width.div_ceil(2), height.div_ceil(2));
    let mut windows: Vec<(f32, (usize, usize))> = Vec::new();
    for y in places(height - half.1) {
        for x in places(width - half.0) {
            let rows = (y..y + half.1).map(|row| &changed[row * width + x..][..half.0]);
            windows.push((rows.flatten().sum(), (x, y)));
        }
    }
    windows.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut chosen: Vec<(usize, usize)> = Vec::new();
    for (sum, at) in windows {
        let apart = |other: &(usize, usize)| {
            let across = half.0.saturating_sub(at.0.abs_diff(other.0));
            let down = half.1.saturating_sub(at.1.abs_diff(other.1));
            4 * across * down <= half.0 * half.1
        };
        if sum > 0.0 && chosen.len() < CROPS && chosen.iter().all(apart) {
            chosen.push(at);
        }
    }
    let full = |at: usize, small: usize, large: usize| at * large / small;
    let rect = |(x, y): (usize, usize)| {
        let (x0, y0) = (full(x, width, source.width), full(y, height, source.height));
        Rect {
            x0,
            y0,
            x1: (x0 + source.width.div_ceil(2)).min(source.width),
            y1: (y0 + source.height.div_ceil(2)).min(source.height),
        }
    };
    chosen.into_iter().map(rect).collect()
}

/// Five places from the one end to the other.
fn places(room: usize) -> Vec<usize> {
    let mut places: Vec<usize> = (0..=4).map(|step| room * step / 4).collect();
    places.dedup();
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grey() -> Raster {
        Raster::from_fn(120, 80, |_, _| [0.4; 3])
    }

    /// Brighter in a square of 20 px whose corner is here.
    fn lit(at: &[(usize, usize)]) -> Raster {
        let inside = |x: usize, y: usize| {
            at.iter()
                .any(|(left, top)| (*left..left + 20).contains(&x) && (*top..top + 20).contains(&y))
        };
        Raster::from_fn(120, 80, |x, y| [if inside(x, y) { 0.8 } else { 0.4 }; 3])
    }

    #[test]
    fn the_first_crop_holds_what_changed() {
        for at in [(5, 5), (95, 55), (50, 30)] {
            let found = crops(&grey(), &[&lit(&[at])]);
            let rect = found.first().expect("a crop");
            // within a pixel of the small copy in which it was looked for
            let (across, down) = (at.0 + 2, at.1 + 2);
            assert!(rect.x0 <= across && rect.x1 >= at.0 + 18, "{at:?} {rect:?}");
            assert!(rect.y0 <= down && rect.y1 >= at.1 + 18, "{at:?} {rect:?}");
            assert_eq!((rect.width(), rect.height()), (60, 40));
        }
    }

    #[test]
    fn what_changed_in_two_corners_is_looked_at_in_both() {
        let found = crops(&grey(), &[&lit(&[(0, 0), (100, 60)])]);
        let holds = |x: usize, y: usize| {
            let inside =
                |rect: &Rect| (rect.x0..rect.x1).contains(&x) && (rect.y0..rect.y1).contains(&y);
            found.iter().any(inside)
        };
        assert!(holds(5, 5) && holds(115, 75), "{found:?}");
    }

    #[test]
    fn where_nothing_changed_there_is_nothing_to_see() {
        assert!(crops(&grey(), &[&grey()]).is_empty());
        let dot = Raster::from_fn(16, 16, |_, _| [0.4; 3]);
        assert!(crops(&dot, &[&Raster::new(16, 16)]).is_empty());
    }
}
