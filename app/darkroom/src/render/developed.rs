//! An edit at full resolution, rendered as its rows are read.

use std::ops::Range;

use retake_core::{Photo, Picture, Raster, Rect, Stop};

use super::Plan;

/// A planned recipe over a photo; a [`Picture`].
pub struct Developed {
    /// the recipe, ready for this photo
    pub plan: Plan,
    /// what is edited
    pub photo: Photo,
}

impl Picture for Developed {
    fn size(&self) -> (usize, usize) {
        self.plan.size()
    }
    fn rows(&self, y: Range<usize>) -> Result<Raster, Stop> {
        let (width, _) = self.plan.size();
        Ok(self.plan.render(
            &self.photo,
            Rect {
                x0: 0,
                y0: y.start,
                x1: width,
                y1: y.end,
            },
        ))
    }
    fn part(&self, rect: Rect) -> Result<Raster, Stop> {
        Ok(self.plan.render(&self.photo, rect))
    }
    fn strip_rows(&self) -> usize {
        let halo = self.plan.halo();
        if halo == 0 { 64 } else { (4 * halo).max(256) }
    }
}
