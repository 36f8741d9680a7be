//! An edit at full resolution. The network works small; its picture is enlarged, and the fine detail that the photo
//! has beyond the small copy is laid over it wherever the edit has left the structure alone.

use std::ops::Range;

use retake_core::{Mask, Photo, Picture, Raster, Stop};
use retake_pixels::blur;
use retake_pixels::color::{luminance, srgb_encode};

/// Structure has changed by this much, in code values of [0, 1], where half of the photo's detail is laid over it.
const HALF_KEPT: f32 = 0.05;

/// How far around a pixel structure is looked at, px of the small picture.
const RADIUS_PX: f32 = 4.0;

/// The enlarged edit; a [`Picture`].
pub(super) struct Enlarged {
    photo: Photo,
    /// what the photo's detail is added to: the edit less the kept share of the small source, linear Rec.2020
    ground: Raster,
    /// share of the photo that is added, at the size of the edit
    kept: Vec<f32>,
    /// where the edit applies, at any size
    mask: Option<Mask>,
}

impl Enlarged {
    /// `source` and `edit` are of one size, `photo` of any.
    pub(super) fn new(photo: Photo, source: &Raster, edit: Raster, mask: Option<Mask>) -> Self {
        let kept = kept(source, &edit);
        let mut ground = edit;
        for (ground, source) in ground.planes.iter_mut().zip(&source.planes) {
            for ((ground, source), kept) in ground.iter_mut().zip(source).zip(&kept) {
                *ground -= kept * source;
            }
        }
        Self {
            photo,
            ground,
            kept,
            mask,
        }
    }
}

/// For each pixel, how far the structure around it is the source's still: 1 where edit and source differ by a constant.
fn kept(source: &Raster, edit: &Raster) -> Vec<f32> {
    let (width, height) = (source.width, source.height);
    let code = |picture: &Raster, i: usize| {
        srgb_encode(luminance([
            picture.planes[0][i],
            picture.planes[1][i],
            picture.planes[2][i],
        ]))
    };
    let change: Vec<f32> = (0..source.len())
        .map(|i| code(edit, i) - code(source, i))
        .collect();
    let squares: Vec<f32> = change.iter().map(|d| d * d).collect();
    let mean = blur::gaussian(&change, width, height, RADIUS_PX);
    let power = blur::gaussian(&squares, width, height, RADIUS_PX);
    let half = HALF_KEPT * HALF_KEPT;
    power
        .iter()
        .zip(&mean)
        .map(|(power, mean)| half / (half + (power - mean * mean).max(0.0)))
        .collect()
}

impl Picture for Enlarged {
    fn size(&self) -> (usize, usize) {
        self.photo.size()
    }

    fn rows(&self, y: Range<usize>) -> Result<Raster, Stop> {
        let (width, height) = self.photo.size();
        let small = (self.ground.width, self.ground.height);
        let mut out = self.photo.rows(y.clone())?;
        let columns: Vec<Between> = (0..width)
            .map(|x| Between::new(x, width, small.0))
            .collect();
        for (row, line) in y.enumerate() {
            let line_at = Between::new(line, height, small.1);
            let span = row * width..(row + 1) * width;
            for (x, at) in columns.iter().enumerate() {
                let kept = line_at.of(&self.kept, small.0, at);
                let share = self.mask.as_ref().map_or(1.0, |mask| {
                    let at = Between::new(x, width, mask.width);
                    Between::new(line, height, mask.height).of(&mask.values, mask.width, &at)
                });
                for (out, ground) in out.planes.iter_mut().zip(&self.ground.planes) {
                    let photo = &mut out[span.start + x];
                    let edited = line_at.of(ground, small.0, at) + kept * *photo;
                    if share > 0.0 {
                        *photo += (edited - *photo) * share;
                    }
                }
            }
        }
        Ok(out)
    }
}

/// A place between two neighbours of a smaller picture.
struct Between {
    first: usize,
    second: usize,
    share: f32,
}

impl Between {
    /// Where pixel `i` of `many` falls among `few`.
    fn new(i: usize, many: usize, few: usize) -> Self {
        let place = (i as f32 + 0.5) * few as f32 / many as f32 - 0.5;
        let place = place.clamp(0.0, (few - 1) as f32);
        let first = place as usize;
        Self {
            first,
            second: (first + 1).min(few - 1),
            share: place - first as f32,
        }
    }

    /// The value there; `self` is the line, `column` the column.
    fn of(&self, plane: &[f32], width: usize, column: &Self) -> f32 {
        let along = |line: usize| {
            let line = &plane[line * width..];
            line[column.first] + (line[column.second] - line[column.first]) * column.share
        };
        let (above, below) = (along(self.first), along(self.second));
        above + (below - above) * self.share
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use retake_core::{PhotoId, Rng};
    use retake_pixels::resize;

    fn photo() -> Photo {
        let mut rng = Rng::new(4);
        let raster = Raster::from_fn(48, 40, |x, _| {
            [0.2 + 0.01 * x as f32 + 0.1 * rng.uniform(); 3]
        });
        Photo::from_raster(raster, PhotoId([0; 32]))
    }

    fn apart(a: &Raster, b: &Raster) -> f32 {
        let pairs = a.planes.iter().flatten().zip(b.planes.iter().flatten());
        pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
    }

    #[test]
    fn an_edit_that_changes_nothing_is_the_photo() {
        let photo = photo();
        let small = resize::fit(&photo, 24).expect("a copy");
        let large = Enlarged::new(photo.clone(), &small, small.clone(), None);
        let rows = large.rows(0..40).expect("rows");
        assert!(apart(&rows, &photo.rows(0..40).expect("rows")) < 1e-5);
    }

    #[test]
    fn a_change_of_light_keeps_the_fine_detail() {
        let photo = photo();
        let small = resize::fit(&photo, 24).expect("a copy");
        let mut edit = small.clone();
        edit.planes
            .iter_mut()
            .flatten()
            .for_each(|value| *value += 0.1);
        let rows = Enlarged::new(photo.clone(), &small, edit, None)
            .rows(0..40)
            .expect("rows");
        let mut wanted = photo.rows(0..40).expect("rows");
        wanted
            .planes
            .iter_mut()
            .flatten()
            .for_each(|value| *value += 0.1);
        assert!(apart(&rows, &wanted) < 0.02, "{}", apart(&rows, &wanted));
    }

    #[test]
    fn new_content_does_not_show_the_old_detail() {
        let photo = photo();
        let small = resize::fit(&photo, 24).expect("a copy");
        let edit = Raster::from_fn(small.width, small.height, |x, y| {
            [((x / 3 + y / 3) % 2) as f32; 3]
        });
        let rows = Enlarged::new(photo, &small, edit.clone(), None)
            .rows(0..40)
            .expect("rows");
        let back = resize::raster(&rows, small.width, small.height);
        let plain = resize::raster(&resize::raster(&edit, 48, 40), small.width, small.height);
        assert!(apart(&back, &plain) < 0.02, "{}", apart(&back, &plain));
    }
}
