//! Smaller copies of photos and of their edits, so that no more is rendered than the screen shows.

use std::sync::Arc;

use retake_core::{Photo, PhotoId, Raster, Said};
use retake_pixels::resize;

/// Between working size and full resolution lies this size: most of a large photo is looked at through it.
pub(super) const MIDDLE_EDGE: usize = 2048;
/// Photos of more than this, px, have copies above it, twice as large each, with at most [`MOST_PIXELS`]: all of a panorama
/// would take too long for each look at a part of it.
const HUGE_PIXELS: usize = 64_000_000;
/// px
const MOST_PIXELS: usize = 16_000_000;
/// Bytes of edits that are kept, so that panning and going back do not render them anew.
const KEPT_BYTES: usize = 80 << 20;
/// Copies of the photo above working size that are kept.
const KEPT_COPIES: usize = 4;
/// Places on the screen that show all of a picture side by side.
const PANES: usize = 2;

/// Width and height, px.
type Size = (usize, usize);

/// Each with the latest last.
#[derive(Default)]
pub(super) struct Copies {
    /// by what tells the picture from others, and size
    edits: Vec<((u64, Size), Arc<Raster>)>,
    /// photos at [`MIDDLE_EDGE`] and above
    larger: Vec<((PhotoId, usize), Arc<Raster>)>,
    /// photos at the size at which the screen shows all of them
    fitted: Vec<((PhotoId, Size), Arc<Raster>)>,
}

impl Copies {
    /// The smallest copy of the photo that has what the screen shows at `scale`, screen pixels a photo pixel; `None` when
    /// only the photo itself has it. Where the screen shows all of it, it is the photo at just that size: nothing is
    /// rendered that nobody sees.
    pub(super) fn source(
        &mut self,
        photo: &Photo,
        working: &Arc<Raster>,
        scale: f64,
        all: bool,
    ) -> Result<Option<Arc<Raster>>, Said> {
        let enough = self.enough(photo, working, scale)?;
        let side = |length: usize| ((length as f64 * scale).round() as usize).max(1);
        let size = (side(photo.width()), side(photo.height()));
        let from = enough
            .as_ref()
            .map_or((photo.width(), photo.height()), |from| {
                (from.width, from.height)
            });
        let smaller = size.0 <= from.0 && size.1 <= from.1 && size != from;
        if !all || !smaller {
            return Ok(enough);
        }
        let make = || match &enough {
            Some(enough) => Ok(resize::raster(enough, size.0, size.1)),
            None => resize::sized(photo, size.0, size.1).map_err(|stop| stop.said()),
        };
        let fitted = kept(&mut self.fitted, (photo.id(), size), make)?;
        drop_but(&mut self.fitted, PANES);
        Ok(Some(fitted))
    }

    fn enough(
        &mut self,
        photo: &Photo,
        working: &Arc<Raster>,
        scale: f64,
    ) -> Result<Option<Arc<Raster>>, Said> {
        let edge = photo.width().max(photo.height());
        let has = |small_edge: usize| scale <= small_edge as f64 / edge as f64 * 1.02;
        if has(working.width.max(working.height)) {
            return Ok(Some(working.clone()));
        }
        match levels(photo).find(|&long_edge| has(long_edge)) {
            Some(long_edge) => self.level(photo, long_edge).map(Some),
            None => Ok(None),
        }
    }

    /// The photo at one of its levels.
    fn level(&mut self, photo: &Photo, long_edge: usize) -> Result<Arc<Raster>, Said> {
        // a photo with several levels is read once, for the largest, and that is made smaller
        let top = levels(photo).last().filter(|&top| top > long_edge);
        let larger = top.map(|top| self.level(photo, top)).transpose()?;
        let make = || match &larger {
            Some(larger) => {
                let (width, height) = resize::size_within(photo.width(), photo.height(), long_edge);
                Ok(resize::raster(larger, width, height))
            }
            None => resize::fit(photo, long_edge).map_err(|stop| stop.said()),
        };
        let copy = kept(&mut self.larger, (photo.id(), long_edge), make)?;
        drop_but(&mut self.larger, KEPT_COPIES);
        Ok(copy)
    }

    /// An edit that is kept, or rendered and kept.
    pub(super) fn edit(
        &mut self,
        key: (u64, Size),
        render: impl FnOnce() -> Result<Raster, Said>,
    ) -> Result<Arc<Raster>, Said> {
        let edit = kept(&mut self.edits, key, render)?;
        let bytes = |(_, edit): &(_, Arc<Raster>)| edit.len() * 3 * size_of::<f32>();
        let mut held: usize = self.edits.iter().map(bytes).sum();
        while self.edits.len() > 1 && held > KEPT_BYTES {
            held -= bytes(&self.edits.remove(0));
        }
        Ok(edit)
    }
}

/// Long edges of the copies between working size and full resolution, the smallest first, px.
fn levels(photo: &Photo) -> impl Iterator<Item = usize> {
    let (width, height) = (photo.width(), photo.height());
    let huge = width * height > HUGE_PIXELS;
    let fits = move |&long_edge: &usize| {
        let (w, h) = resize::size_within(width, height, long_edge);
        long_edge < width.max(height) && (long_edge == MIDDLE_EDGE || huge && w * h <= MOST_PIXELS)
    };
    std::iter::successors(Some(MIDDLE_EDGE), |edge| Some(edge * 2)).take_while(fits)
}

/// The raster under a key, which becomes the latest.
fn kept<K: PartialEq>(
    all: &mut Vec<(K, Arc<Raster>)>,
    key: K,
    make: impl FnOnce() -> Result<Raster, Said>,
) -> Result<Arc<Raster>, Said> {
    let raster = match all.iter().position(|(known, _)| *known == key) {
        Some(at) => all.remove(at).1,
        None => Arc::new(make()?),
    };
    all.push((key, raster.clone()));
    Ok(raster)
}

fn drop_but<K>(all: &mut Vec<(K, Arc<Raster>)>, count: usize) {
    let spare = all.len().saturating_sub(count);
    all.drain(..spare);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn photo(width: usize, height: usize) -> (Photo, Arc<Raster>) {
        let photo = Photo::from_raster(Raster::new(width, height), PhotoId([1; 32]));
        let working = resize::fit(&photo, 64).expect("it is in memory");
        (photo, Arc::new(working))
    }

    fn source(photo: &(Photo, Arc<Raster>), scale: f64, all: bool) -> Option<(usize, usize)> {
        let found = Copies::default().source(&photo.0, &photo.1, scale, all);
        found
            .expect("it is in memory")
            .map(|raster| (raster.width, raster.height))
    }

    #[test]
    fn a_picture_that_is_seen_whole_is_rendered_at_the_size_of_the_screen() {
        let photo = photo(3000, 20);
        assert_eq!(source(&photo, 0.4, true), Some((1200, 8)));
        assert_eq!(source(&photo, 1.0, true), None);
    }

    #[test]
    fn a_huge_photo_is_read_once_for_all_its_copies() {
        let photo = Photo::from_raster(Raster::new(20_000, 3300), PhotoId([1; 32]));
        let mut copies = Copies::default();
        copies.level(&photo, 2048).expect("it is in memory");
        let held = copies.larger.iter().map(|((_, long_edge), _)| *long_edge);
        assert_eq!(held.collect::<Vec<_>>(), [8192, 2048]);
    }

    #[test]
    fn a_part_comes_from_the_smallest_copy_that_has_its_pixels() {
        let large = photo(6000, 40);
        assert_eq!(source(&large, 0.01, false), Some((64, 1)));
        assert_eq!(source(&large, 0.3, false), Some((2048, 14)));
        assert_eq!(source(&large, 0.5, false), None);
        let huge = photo(20_000, 3300);
        assert_eq!(source(&huge, 0.15, false), Some((4096, 676)));
        assert_eq!(source(&huge, 0.9, false), None);
    }
}
