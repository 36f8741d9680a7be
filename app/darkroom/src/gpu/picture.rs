//! An edit at full resolution, rendered on the graphics card as its rows are read.

use std::ops::Range;
use std::sync::Arc;

use retake_core::{Photo, Picture, Raster, Rect, Stop};

use super::Gpu;
use crate::render::Plan;

/// Pixels of a strip without neighbours: enough to keep a card busy, little enough to wait for.
const STRIP_PIXELS: usize = 1 << 21;

/// A planned recipe over a photo on a device; a [`Picture`].
pub(crate) struct OnGpu {
    /// where
    pub(crate) gpu: Arc<Gpu>,
    /// the recipe, ready for this photo
    pub(crate) plan: Plan,
    /// what is edited
    pub(crate) photo: Photo,
}

impl Picture for OnGpu {
    fn size(&self) -> (usize, usize) {
        self.plan.size()
    }
    fn rows(&self, y: Range<usize>) -> Result<Raster, Stop> {
        let (width, _) = self.plan.size();
        let rect = Rect {
            x0: 0,
            y0: y.start,
            x1: width,
            y1: y.end,
        };
        self.gpu.render(&self.plan, &self.photo, rect)
    }
    fn part(&self, rect: Rect) -> Result<Raster, Stop> {
        self.gpu.render(&self.plan, &self.photo, rect)
    }
    fn strip_rows(&self) -> usize {
        strip_rows(&self.plan)
    }
}

/// How many rows at a time keep a card busy.
pub(crate) fn strip_rows(plan: &Plan) -> usize {
    let (width, height) = plan.size();
    let rows = (STRIP_PIXELS / width).max(64);
    rows.max(4 * plan.halo()).min(height)
}
