//! The pictures of a case at one size, as rewards look at them.

use std::sync::Arc;

use retake_core::{Mask, Photo, Raster, Said, Stop, said};
use retake_pixels::resize;

use crate::case::Case;
use crate::picture::Picture;

/// The pictures of a case at one size.
pub struct Opened {
    /// before
    pub source: Arc<Raster>,
    /// after, in the order of the takes
    pub edits: Vec<Raster>,
    /// of the source's size
    pub mask: Option<Mask>,
}

/// A source that was opened.
#[derive(Clone)]
pub(super) struct Before {
    /// width and height of the whole, px
    whole: (usize, usize),
    /// at the size at which it is looked at
    picture: Arc<Raster>,
}

impl Before {
    pub(super) fn open(case: &Case, long_edge: usize) -> Result<Self, Said> {
        let source = case.source.as_ref();
        let source = source.ok_or_else(|| said!("there is no picture of the source"))?;
        let source = source.open()?;
        Ok(Self {
            whole: (source.width(), source.height()),
            picture: Arc::new(source_at(&source, long_edge)?),
        })
    }

    /// With the case's edits and mask.
    pub(super) fn beside(&self, case: &Case) -> Result<Opened, Said> {
        if case.takes.is_empty() {
            return Err(said!("there is no edit to score"));
        }
        let mut edits = Vec::with_capacity(case.takes.len());
        for take in &case.takes {
            let edited = take.picture.as_ref();
            let edited = edited.ok_or_else(|| {
                said!("there is no picture of the edit {name}", name = &take.name)
            })?;
            edits.push(edit_beside(self.whole, &self.picture, &edited.open()?)?.0);
        }
        let mask = case.mask.as_ref().map(Picture::open_mask).transpose()?;
        let (width, height) = (self.picture.width, self.picture.height);
        let mask = mask.map(|mask| resize::mask(&mask, width, height));
        Ok(Opened {
            source: self.picture.clone(),
            edits,
            mask,
        })
    }
}

/// Opens the pictures of a case.
pub fn open_case(case: &Case, long_edge: usize) -> Result<Opened, Said> {
    Before::open(case, long_edge)?.beside(case)
}

/// The source with its long edge at most `long_edge` px.
pub fn source_at(source: &Photo, long_edge: usize) -> Result<Raster, Said> {
    resize::fit(source, long_edge).map_err(|why| unreadable(&why))
}

/// How an edit was brought beside its source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beside {
    /// they are of one size
    AsItIs,
    /// to the source's size: it has its shape, within one in a hundred
    Resized,
    /// at the source's scale: it has another shape, as after a crop or a turn
    OtherShape,
}

/// An edit beside its source, which was brought from its whole size (width, height) to `before`, and how.
pub fn edit_beside(
    whole: (usize, usize),
    before: &Raster,
    edited: &Photo,
) -> Result<(Raster, Beside), Said> {
    let own = (edited.width(), edited.height());
    let shape = |(width, height): (usize, usize)| width as f64 / height as f64;
    let fitted = |long_edge| resize::fit(edited, long_edge).map_err(|why| unreadable(&why));
    let long_edge = before.width.max(before.height);
    if (shape(whole) / shape(own) - 1.0).abs() < 0.01 {
        let how = match own == whole {
            true => Beside::AsItIs,
            false => Beside::Resized,
        };
        let after = fitted(long_edge)?;
        let size = (before.width, before.height);
        return Ok(match (after.width, after.height) == size {
            true => (after, how),
            false => (resize::raster(&after, size.0, size.1), how),
        });
    }
    let scale = long_edge as f64 / whole.0.max(whole.1) as f64;
    let edge = (own.0.max(own.1) as f64 * scale).round() as usize;
    Ok((fitted(edge.max(1))?, Beside::OtherShape))
}

fn unreadable(why: &Stop) -> Said {
    said!("the picture cannot be read ({why})", why = why.said())
}
