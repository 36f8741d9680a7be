//! From recipe and photo to pixels on the processor. A plan is made once; any rectangle of the output can then be
//! rendered, alone or beside others, and is the same bit for bit as that part of the whole.

mod developed;
mod frame;
mod mask;
mod scene;

use std::sync::Arc;

use rayon::prelude::*;
use retake_core::{Mask, Photo, Raster, Rect};

pub use developed::Developed;
pub use frame::Frame;
pub use scene::{ANALYSIS_EDGE, Analysis, Scene};

use crate::ops::{Op, Work};
use crate::recipe::{MaskPart, Recipe};

/// Pixels of one plane that are worked on at a time: three planes of it fit the first-level cache.
const SPAN: usize = 2048;

/// A rectangle of the output frame, with its pixels, as an operation sees it.
pub struct Tile<'a> {
    /// the pixels of `rect`
    pub raster: &'a Raster,
    /// where it lies in the output frame
    pub rect: Rect,
    /// width of the whole output frame, px
    pub frame_width: usize,
    /// height of the whole output frame, px
    pub frame_height: usize,
}

/// An operation with its constants.
#[derive(Clone)]
pub struct Prepared {
    /// which
    pub op: &'static Op,
    /// what CPU definition and shader both read
    pub constants: Vec<f32>,
}

/// A layer ready to be rendered.
#[derive(Clone)]
pub struct PlannedLayer {
    /// empty for everywhere
    pub mask: Vec<MaskPart>,
    /// 0 to 1
    pub opacity: f32,
    /// in order; no geometry, nothing neutral
    pub operations: Vec<Prepared>,
}

/// A recipe made ready for one photo at one size.
#[derive(Clone)]
pub struct Plan {
    /// frame and analysis
    pub scene: Scene,
    /// in order
    pub layers: Vec<PlannedLayer>,
}

impl Plan {
    /// Makes a recipe ready for a source of this size.
    pub fn new(
        recipe: &Recipe,
        source_width: usize,
        source_height: usize,
        analysis: Arc<Analysis>,
    ) -> Self {
        let mut frame = Frame::whole(source_width, source_height);
        for operation in recipe.layers.iter().flat_map(|layer| &layer.operations) {
            if let Work::Geometry { place } = operation.op.work {
                frame = place(operation, frame);
            }
        }
        let scene = Scene { frame, analysis };
        let mut layers = Vec::new();
        for layer in &recipe.layers {
            let mut operations = Vec::new();
            for operation in layer
                .operations
                .iter()
                .filter(|operation| !operation.is_neutral())
            {
                if let Work::Point { prepare, .. } | Work::Spatial { prepare, .. } =
                    operation.op.work
                {
                    operations.push(Prepared {
                        op: operation.op,
                        constants: prepare(operation, &scene),
                    });
                }
            }
            if !operations.is_empty() && layer.opacity > 0.0 {
                layers.push(PlannedLayer {
                    mask: layer.mask.clone(),
                    opacity: layer.opacity,
                    operations,
                });
            }
        }
        Self { scene, layers }
    }

    /// (width, height) of the output, px.
    pub fn size(&self) -> (usize, usize) {
        (self.scene.frame.width, self.scene.frame.height)
    }

    /// How far the recipe looks in all, px.
    pub fn halo(&self) -> usize {
        self.layers
            .iter()
            .flat_map(|layer| &layer.operations)
            .map(Prepared::halo)
            .sum()
    }

    /// A rectangle of the output, on the processor; linear Rec.2020, unclipped.
    pub fn render(&self, photo: &Photo, rect: Rect) -> Raster {
        let (width, height) = self.size();
        let wide = rect.grown(self.halo(), width, height);
        let mut picture = self.scene.frame.read(photo, wide);
        let source = self
            .layers
            .iter()
            .any(|layer| !layer.mask.is_empty())
            .then(|| picture.clone());
        for layer in &self.layers {
            let coverage = match &source {
                Some(source) if !layer.mask.is_empty() => {
                    Some(mask::coverage(&layer.mask, &self.scene, wide, source))
                }
                _ => None,
            };
            picture = self.layer(layer, coverage.as_ref(), picture, wide);
        }
        if wide == rect {
            return picture;
        }
        let (dx, dy) = (rect.x0 - wide.x0, rect.y0 - wide.y0);
        picture.crop(Rect {
            x0: dx,
            y0: dy,
            x1: dx + rect.width(),
            y1: dy + rect.height(),
        })
    }

    /// The whole output.
    pub fn render_whole(&self, photo: &Photo) -> Raster {
        let (width, height) = self.size();
        self.render(photo, Rect::whole(width, height))
    }

    /// The coverage of a layer's mask over `rect`; `source` are the photo's own pixels there, read through the frame.
    pub fn coverage(&self, layer: &PlannedLayer, rect: Rect, source: &Raster) -> Option<Mask> {
        (!layer.mask.is_empty()).then(|| mask::coverage(&layer.mask, &self.scene, rect, source))
    }

    fn layer(
        &self,
        layer: &PlannedLayer,
        coverage: Option<&Mask>,
        mut picture: Raster,
        rect: Rect,
    ) -> Raster {
        let blended = coverage.is_some() || layer.opacity < 1.0;
        if layer
            .operations
            .iter()
            .all(|op| matches!(op.op.work, Work::Point { .. }))
        {
            points(
                &layer.operations,
                coverage,
                layer.opacity,
                blended,
                &mut picture,
                rect,
            );
            return picture;
        }
        let before = blended.then(|| picture.clone());
        let mut rest = layer.operations.as_slice();
        while let Some(first) = rest.first() {
            if let Work::Spatial { run, .. } = first.op.work {
                let (frame_width, frame_height) = self.size();
                picture = run(
                    &first.constants,
                    &Tile {
                        raster: &picture,
                        rect,
                        frame_width,
                        frame_height,
                    },
                );
                rest = &rest[1..];
            } else {
                let count = rest
                    .iter()
                    .take_while(|op| matches!(op.op.work, Work::Point { .. }))
                    .count();
                points(&rest[..count], None, 1.0, false, &mut picture, rect);
                rest = &rest[count..];
            }
        }
        if let Some(before) = before {
            blend(&before, &mut picture, coverage, layer.opacity);
        }
        picture
    }
}

impl Prepared {
    /// How far it looks, px.
    pub fn halo(&self) -> usize {
        match self.op.work {
            Work::Spatial { halo, .. } => halo(&self.constants),
            Work::Point { .. } | Work::Geometry { .. } => 0,
        }
    }
}

/// All of a run of point-wise operations on each span while it is in the cache.
fn points(
    operations: &[Prepared],
    coverage: Option<&Mask>,
    opacity: f32,
    blended: bool,
    picture: &mut Raster,
    rect: Rect,
) {
    let width = rect.width();
    let [r, g, b] = &mut picture.planes;
    let rows = r
        .par_chunks_mut(width)
        .zip(g.par_chunks_mut(width))
        .zip(b.par_chunks_mut(width));
    rows.enumerate().for_each(|(row, ((r, g), b))| {
        let mut kept = [[0.0f32; SPAN]; 3];
        for start in (0..width).step_by(SPAN) {
            let end = (start + SPAN).min(width);
            let (r, g, b) = (&mut r[start..end], &mut g[start..end], &mut b[start..end]);
            let count = end - start;
            if blended {
                kept[0][..count].copy_from_slice(r);
                kept[1][..count].copy_from_slice(g);
                kept[2][..count].copy_from_slice(b);
            }
            for operation in operations {
                if let Work::Point { run, .. } = operation.op.work {
                    run(
                        &operation.constants,
                        rect.x0 + start,
                        rect.y0 + row,
                        r,
                        g,
                        b,
                    );
                }
            }
            if blended {
                let cover =
                    coverage.map(|mask| &mask.values[row * width + start..row * width + end]);
                for (kept, now) in kept.iter().zip([r, g, b]) {
                    mix(&kept[..count], now, cover, opacity);
                }
            }
        }
    });
}

fn blend(before: &Raster, after: &mut Raster, coverage: Option<&Mask>, opacity: f32) {
    for (before, after) in before.planes.iter().zip(&mut after.planes) {
        mix(
            before,
            after,
            coverage.map(|mask| mask.values.as_slice()),
            opacity,
        );
    }
}

fn mix(before: &[f32], after: &mut [f32], cover: Option<&[f32]>, opacity: f32) {
    match cover {
        Some(cover) => {
            for ((before, after), cover) in before.iter().zip(after).zip(cover) {
                *after = before + (*after - before) * (cover * opacity);
            }
        }
        None => {
            for (before, after) in before.iter().zip(after) {
                *after = before + (*after - before) * opacity;
            }
        }
    }
}
