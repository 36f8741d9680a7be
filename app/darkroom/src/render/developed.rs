//! An edit at full resolution, rendered as its rows are read.

use std::ops::Range;
use std::sync::OnceLock;

use retake_core::{Photo, Picture, Raster, Rect, Stop};

use super::Plan;

/// A planned recipe over a photo; a [`Picture`].
pub struct Developed {
    plan: Plan,
    photo: Photo,
    /// all of it, where strips would cost more and all rows are wanted
    whole: OnceLock<Photo>,
}

impl Developed {
    /// Nothing is rendered yet.
    pub fn new(plan: Plan, photo: Photo) -> Self {
        Self {
            plan,
            photo,
            whole: OnceLock::new(),
        }
    }
}

impl Picture for Developed {
    fn size(&self) -> (usize, usize) {
        self.plan.size()
    }
    fn ready(&self) -> Result<(), Stop> {
        // rendering runs on all threads, so the cell is not locked meanwhile
        if whole_is_cheaper(&self.plan) && self.whole.get().is_none() {
            let raster = self.plan.render_whole(&self.photo);
            let _ = self.whole.set(Photo::from_raster(raster, self.photo.id()));
        }
        Ok(())
    }
    fn rows(&self, y: Range<usize>) -> Result<Raster, Stop> {
        let (width, _) = self.plan.size();
        self.part(Rect {
            x0: 0,
            y0: y.start,
            x1: width,
            y1: y.end,
        })
    }
    fn part(&self, rect: Rect) -> Result<Raster, Stop> {
        match self.whole.get() {
            Some(whole) => whole.part(rect),
            None => Ok(self.plan.render(&self.photo, rect)),
        }
    }
    fn strip_rows(&self) -> usize {
        let halo = self.plan.halo();
        if halo == 0 || self.whole.get().is_some() {
            64
        } else {
            (4 * halo).max(256)
        }
    }
}

/// True where strips would mostly be each other's neighbourhoods: far-reaching operations, without masks (which need
/// copies of the picture), on a picture that may be held in memory whole.
fn whole_is_cheaper(plan: &Plan) -> bool {
    const FAR_PX: usize = 200;
    const MOST_PIXELS: usize = 26_000_000;
    let (width, height) = plan.size();
    let plain = |layer: &super::PlannedLayer| layer.mask.is_empty() && layer.opacity >= 1.0;
    plan.halo() >= FAR_PX && width * height <= MOST_PIXELS && plan.layers.iter().all(plain)
}
