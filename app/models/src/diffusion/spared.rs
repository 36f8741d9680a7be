//! What was edited, or another edit, at some places of an edit: in its picture at working size, and over the whole photo.

use std::ops::Range;
use std::sync::Arc;

use retake_core::{Picture, Raster, Spot, Stop};

/// An edit with its source, or another edit, at these places; exactly that where a place is full.
pub(super) fn brought_back(mut edit: Raster, source: &Raster, spots: &[Spot]) -> Raster {
    if spots.is_empty() || (edit.width, edit.height) != (source.width, source.height) {
        return edit;
    }
    let frame = (edit.width, edit.height);
    lay(&mut edit, source, spots, 0, frame);
    edit
}

/// Rows of `source` over those of an edit; `first` is their place in a frame of this size.
fn lay(edit: &mut Raster, source: &Raster, spots: &[Spot], first: usize, frame: (usize, usize)) {
    let width = edit.width.max(1);
    for (place, at) in (0..edit.width * edit.height).map(|at| (at, (at % width, at / width))) {
        let cover = Spot::together(spots, at.0, first + at.1, frame);
        if cover <= 0.0 {
            continue;
        }
        for (edit, source) in edit.planes.iter_mut().zip(&source.planes) {
            let (from, to) = (edit[place], source[place]);
            edit[place] = if cover >= 1.0 {
                to
            } else {
                from + (to - from) * cover
            };
        }
    }
}

/// The same at full resolution, as its rows are read.
pub(super) struct Spared {
    edit: Box<dyn Picture>,
    under: Arc<dyn Picture>,
    spots: Vec<Spot>,
}

impl Spared {
    /// An edit, what it lies over, and the places where that is brought back.
    pub(super) fn new(edit: Box<dyn Picture>, under: Arc<dyn Picture>, spots: Vec<Spot>) -> Self {
        Self { edit, under, spots }
    }
}

impl Picture for Spared {
    fn size(&self) -> (usize, usize) {
        self.edit.size()
    }

    fn ready(&self) -> Result<(), Stop> {
        self.edit.ready()
    }

    fn strip_rows(&self) -> usize {
        self.edit.strip_rows()
    }

    fn rows(&self, y: Range<usize>) -> Result<Raster, Stop> {
        let mut edit = self.edit.rows(y.clone())?;
        let under = self.under.rows(y.clone())?;
        lay(&mut edit, &under, &self.spots, y.start, self.size());
        Ok(edit)
    }
}

#[cfg(test)]
mod tests {
    use retake_core::{Photo, PhotoId};

    use super::*;

    const SPOT: Spot = Spot {
        centre: [0.5, 0.5],
        radius: [0.25, 0.25],
        angle_deg: 0.0,
        feather: 0.3,
    };

    fn plain(value: f32) -> Raster {
        Raster::from_fn(40, 30, |x, _| [value + x as f32 / 1000.0; 3])
    }

    #[test]
    fn the_source_is_back_in_the_middle_and_the_edit_stays_outside() {
        let (edit, source) = (plain(0.8), plain(0.2));
        let out = brought_back(edit.clone(), &source, &[SPOT]);
        assert_eq!(out.at(20, 15), source.at(20, 15));
        assert_eq!(out.at(1, 1), edit.at(1, 1));
    }

    #[test]
    fn over_the_whole_photo_it_is_the_same_in_whatever_strips() {
        let photo = |value| Photo::from_raster(plain(value), PhotoId([0; 32]));
        let spared = Spared::new(Box::new(photo(0.8)), Arc::new(photo(0.2)), vec![SPOT]);
        let whole = spared.rows(0..30).expect("it is in memory");
        assert_eq!(whole, brought_back(plain(0.8), &plain(0.2), &[SPOT]));
        let strip = spared.rows(11..17).expect("it is in memory");
        assert_eq!(strip.planes[0], whole.planes[0][11 * 40..17 * 40]);
    }
}
