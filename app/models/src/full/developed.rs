//! An edit at full resolution, rendered as its rows are read: what the edit does not reach is the photo's own, bit for bit.

use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;
use retake_core::{Picture, Raster, Stop};

use super::Fitted;
use super::codes::{coded, linear};
use super::fitted::{Layer, Means};
use super::resample::{Kernel, Place};

/// An edit over a picture; a [`Picture`].
pub struct Developed {
    picture: Arc<dyn Picture>,
    fitted: Arc<Fitted>,
    /// where each column falls in the layer, in its seam, and in the mask
    layer_columns: Vec<Place>,
    seam_columns: Vec<Place>,
    mask_columns: Vec<Place>,
}

impl Developed {
    pub(super) fn new(picture: Arc<dyn Picture>, fitted: Arc<Fitted>) -> Self {
        let width = picture.size().0;
        let columns = |few: Option<usize>, kernel| match few {
            Some(few) => (0..width)
                .map(|x| Place::enlarged(x, width, few, kernel))
                .collect(),
            None => Vec::new(),
        };
        let layer = match &fitted.means {
            Means::Layer(layer) => Some(layer.width),
            Means::Nothing | Means::Table(_) => None,
        };
        let mask = fitted.mask.as_ref().map(|mask| mask.width);
        Self {
            layer_columns: columns(layer, Kernel::Soft),
            seam_columns: columns(layer, Kernel::Straight),
            mask_columns: columns(mask, Kernel::Straight),
            picture,
            fitted,
        }
    }

    /// How much of the edit is meant at each pixel of a row, where a mask says so.
    fn meant(&self, y: usize) -> Option<Vec<f32>> {
        let mask = self.fitted.mask.as_ref()?;
        let at = Place::enlarged(y, self.picture.size().1, mask.height, Kernel::Straight);
        let line = at.line(&mask.values, mask.width);
        Some(shares(&line, &self.mask_columns))
    }
}

/// A line of shares at other places: within [0, 1], and exactly 0 where the line is black around.
fn shares(line: &[f32], columns: &[Place]) -> Vec<f32> {
    columns
        .iter()
        .map(|at| at.of(line).clamp(0.0, 1.0))
        .collect()
}

impl Picture for Developed {
    fn size(&self) -> (usize, usize) {
        self.picture.size()
    }

    fn ready(&self) -> Result<(), Stop> {
        self.picture.ready()
    }

    fn strip_rows(&self) -> usize {
        self.picture.strip_rows()
    }

    fn rows(&self, y: Range<usize>) -> Result<Raster, Stop> {
        let mut out = self.picture.rows(y.clone())?;
        let (width, height) = self.picture.size();
        let [r, g, b] = &mut out.planes;
        let lines = r
            .par_chunks_mut(width)
            .zip(g.par_chunks_mut(width))
            .zip(b.par_chunks_mut(width));
        lines.enumerate().for_each(|(row, ((r, g), b))| {
            let line = [r, g, b];
            let meant = self.meant(y.start + row);
            match &self.fitted.means {
                Means::Nothing => {}
                Means::Table(table) => {
                    put(line, meant.as_deref(), |_, photo| {
                        linear(table.of(coded(photo)))
                    });
                }
                Means::Layer(layer) => {
                    let at = |kernel| Place::enlarged(y.start + row, height, layer.height, kernel);
                    self.layer_row(layer, at, meant, line);
                }
            }
        });
        Ok(out)
    }
}

impl Developed {
    /// `at` is the row's place in the layer.
    fn layer_row(
        &self,
        layer: &Layer,
        at: impl Fn(Kernel) -> Place,
        meant: Option<Vec<f32>>,
        line: [&mut [f32]; 3],
    ) {
        let shares = match &layer.seam {
            None => meant,
            Some(seam) => {
                let seam = at(Kernel::Straight).line(seam, layer.width);
                if seam.iter().all(|share| *share <= 0.0) {
                    return;
                }
                let mut shares = shares(&seam, &self.seam_columns);
                for (share, meant) in shares.iter_mut().zip(meant.iter().flatten()) {
                    *share *= meant;
                }
                Some(shares)
            }
        };
        let of = |planes: &[Vec<f32>; 3]| -> [Vec<f32>; 3] {
            std::array::from_fn(|c| at(Kernel::Soft).line(&planes[c], layer.width))
        };
        let (gain, rest) = (of(&layer.gain), of(&layer.rest));
        put(line, shares.as_deref(), |x, photo| {
            let at = &self.layer_columns[x];
            std::array::from_fn(|c| at.of(&gain[c]) * photo[c] + at.of(&rest[c]))
        });
    }
}

/// Puts an edit over a row, as much as the shares say; all of it without shares.
fn put(line: [&mut [f32]; 3], shares: Option<&[f32]>, edit: impl Fn(usize, [f32; 3]) -> [f32; 3]) {
    let [r, g, b] = line;
    for (x, ((r, g), b)) in r.iter_mut().zip(g.iter_mut()).zip(b.iter_mut()).enumerate() {
        let share = shares.map_or(1.0, |shares| shares[x]);
        if share <= 0.0 {
            continue;
        }
        let photo = [*r, *g, *b];
        let edited = edit(x, photo);
        let mixed = |c: usize| {
            if share >= 1.0 {
                edited[c]
            } else {
                photo[c] + (edited[c] - photo[c]) * share
            }
        };
        (*r, *g, *b) = (mixed(0), mixed(1), mixed(2));
    }
}
