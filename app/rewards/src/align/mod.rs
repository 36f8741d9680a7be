//! Brings an edit of another shape over its source, so that the two can be compared pixel by pixel.
//!
//! Everything is then measured in the *common frame*: the edit's own, with the source carried into it. Mirrors,
//! quarter turns, small turns and crops are found; a perspective change or an uneven stretch is not, and such an edit
//! is stretched to the source's size with a remark.

mod pose;
mod search;

use rayon::prelude::*;
use retake_core::{Instruction, Mask, Quantity, Raster};
use retake_pixels::lab::Lab;
use retake_pixels::resize;

pub(crate) use pose::Pose;
use search::{Small, Space};

/// How the edit was brought over the source.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum How {
    /// same size, nothing to do
    Same,
    /// stretched to the source's size
    Resized,
    /// the source was carried into the edit's frame by `Pose`
    Registered,
}

/// Where an edit lies over its source, and how well it fits there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Alignment {
    pub(crate) how: How,
    pub(crate) pose: Pose,
    /// correlation of lightness in that pose, −1 to 1
    pub(crate) likeness: f32,
    /// the common frame, px
    pub(crate) width: usize,
    /// the common frame, px
    pub(crate) height: usize,
    /// the edit's own size, px
    pub(crate) edit: (usize, usize),
    /// the source's own size, px
    pub(crate) source: (usize, usize),
}

/// A correlation below this is no find.
const LEAST_LIKENESS: f32 = 0.45;
/// The same where nobody asked for a turn or a crop: another picture must not pass for a part of this one.
const LEAST_UNASKED: f32 = 0.75;
/// A side of fewer px holds no content to find.
const LEAST_SIDE: usize = 16;

impl Alignment {
    fn plain(how: How, edit: (usize, usize), source: (usize, usize)) -> Self {
        Self {
            how,
            pose: Pose::SAME,
            likeness: 1.0,
            width: source.0,
            height: source.1,
            edit,
            source,
        }
    }

    /// Looks for the pose where the instruction asks for geometry or the shapes differ.
    pub(crate) fn find(
        source: &Raster,
        source_lab: &Lab,
        edit: &Raster,
        asked: &Instruction,
    ) -> Self {
        let sizes = ((edit.width, edit.height), (source.width, source.height));
        let geometry = asked
            .understood
            .goals
            .iter()
            .any(|goal| goal.quantity.is_geometry());
        let shape = |r: &Raster| r.width as f32 / r.height.max(1) as f32;
        let same_shape = (shape(edit) / shape(source) - 1.0).abs() < 0.012;
        let tiny = edit.width.min(edit.height) < LEAST_SIDE;
        if tiny || (!geometry && same_shape) {
            let how = if sizes.0 == sizes.1 {
                How::Same
            } else {
                How::Resized
            };
            return Self::plain(how, sizes.0, sizes.1);
        }
        let edit_lab = Lab::of(&reduced(edit));
        let source_plane = (&source_lab.l[..], source.width, source.height);
        let edit_plane = (&edit_lab.l[..], edit_lab.width, edit_lab.height);
        let (wanted, least) = if geometry {
            (space(asked, same_shape), LEAST_LIKENESS)
        } else {
            (Space::anything(), LEAST_UNASKED)
        };
        let (pose, likeness) = search::best(source_plane, edit_plane, &wanted);
        let stretched = Self::plain(
            if sizes.0 == sizes.1 {
                How::Same
            } else {
                How::Resized
            },
            sizes.0,
            sizes.1,
        );
        let plain_likeness = stretched_likeness(source_plane, edit_plane);
        // as it is, unless a pose is clearly better
        if likeness < least || plain_likeness + 0.02 * (1.0 - plain_likeness) >= likeness {
            return Self {
                likeness: plain_likeness,
                ..stretched
            };
        }
        Self::registered(snapped(pose, sizes), likeness, sizes)
    }

    /// Looks for a turn, a crop or a mirror that nobody asked for, in an edit of the source's shape whose details are not
    /// where the source's are.
    pub(crate) fn unasked(&self, source: &Lab, edit: &Lab) -> Option<Self> {
        if self.how == How::Registered || self.width.min(self.height) < 4 * LEAST_SIDE {
            return None;
        }
        let planes = [
            (&source.l[..], source.width, source.height),
            (&edit.l[..], edit.width, edit.height),
        ];
        let still = stretched_likeness(planes[0], planes[1]);
        let near = search::nearby(planes[0], planes[1]);
        let (pose, likeness) = if near.1 >= 0.9 {
            near
        } else {
            let far = search::best(planes[0], planes[1], &Space::anything());
            if far.1 > near.1 + 0.05 { far } else { near }
        };
        let elsewhere = pose.mirrored
            || pose.angle_deg.abs() > 0.12
            || (pose.zoom - 1.0).abs() > 0.004
            || pose.x.hypot(pose.y) > 0.012;
        let clearly = likeness > LEAST_UNASKED && 1.0 - likeness < 0.7 * (1.0 - still);
        (elsewhere && clearly).then(|| Self::registered(pose, likeness, (self.edit, self.source)))
    }

    fn registered(pose: Pose, likeness: f32, sizes: ((usize, usize), (usize, usize))) -> Self {
        let (edit, source) = sizes;
        // source px per edit px
        let scale = pose.zoom * source.0.max(source.1) as f64 / edit.0.max(edit.1) as f64;
        let shrink = if scale < 0.83 { scale } else { 1.0 };
        let side = |px: usize| ((px as f64 * shrink).round() as usize).max(1);
        Self {
            how: How::Registered,
            pose,
            likeness,
            width: side(edit.0),
            height: side(edit.1),
            edit,
            source,
        }
    }

    /// The edit in the common frame; `None` when it is there already.
    pub(crate) fn edit_in_frame(&self, edit: &Raster) -> Option<Raster> {
        ((edit.width, edit.height) != (self.width, self.height))
            .then(|| resize::raster(edit, self.width, self.height))
    }

    /// The source in the common frame; `None` when it is there already.
    pub(crate) fn source_in_frame(&self, source: &Raster) -> Option<Raster> {
        if self.how != How::Registered {
            return None;
        }
        let planes: Vec<Vec<f32>> = source
            .planes
            .iter()
            .map(|plane| self.carry(plane, 0.0))
            .collect();
        let mut out = Raster::new(self.width, self.height);
        for (to, from) in out.planes.iter_mut().zip(planes) {
            *to = from;
        }
        Some(out)
    }

    /// A mask of the source in the common frame.
    pub(crate) fn mask_in_frame(&self, mask: &Mask) -> Mask {
        let fitted = resize::mask(mask, self.source.0, self.source.1);
        if self.how != How::Registered {
            return fitted;
        }
        Mask {
            width: self.width,
            height: self.height,
            values: self.carry(&fitted.values, 0.0),
        }
    }

    fn map(&self) -> [[f64; 3]; 2] {
        self.pose
            .source_from_edit((self.width, self.height), self.source)
    }

    /// A plane of the source, sampled at the pixels of the common frame; `outside` where the source ends.
    fn carry(&self, plane: &[f32], outside: f32) -> Vec<f32> {
        let mut map = self.map();
        let (mut width, mut height) = self.source;
        let scale = (map[0][0] * map[1][1] - map[0][1] * map[1][0]).abs().sqrt();
        // averaged first where it shrinks
        let shrunk = (scale > 1.2).then(|| {
            let side = |px: usize| ((px as f64 / scale).round() as usize).max(1);
            let to = (side(width), side(height));
            let small = resize::plane(plane, width, height, to.0, to.1);
            for (row, share) in map
                .iter_mut()
                .zip([to.0 as f64 / width as f64, to.1 as f64 / height as f64])
            {
                for value in row {
                    *value *= share;
                }
            }
            (width, height) = to;
            small
        });
        let values = shrunk.as_deref().unwrap_or(plane);
        sample(
            values,
            (width, height),
            &map,
            (self.width, self.height),
            outside,
        )
    }

    /// An evidence map of the common frame, over the source; 0 where the edit shows nothing of it.
    pub(crate) fn mask_on_source(&self, mask: Mask) -> Mask {
        if self.how != How::Registered {
            return mask;
        }
        let back = pose::inverse(&self.map());
        let (width, height) = self.source;
        let from = (mask.width, mask.height);
        Mask {
            width,
            height,
            values: sample(&mask.values, from, &back, (width, height), 0.0),
        }
    }
}

/// Enough pixels for the search, and no more.
fn reduced(raster: &Raster) -> Raster {
    let (width, height) = resize::size_within(raster.width, raster.height, 512);
    resize::raster(raster, width, height)
}

fn stretched_likeness(source: (&[f32], usize, usize), edit: (&[f32], usize, usize)) -> f32 {
    let (width, height) = resize::size_within(source.1, source.2, 256);
    let edit = resize::plane(edit.0, edit.1, edit.2, width, height);
    search::likeness(
        &Small::of(source.0, source.1, source.2, 256),
        &Small::of(&edit, width, height, 256),
        &Pose::SAME,
    )
}

/// The poses worth looking at: what was asked, what the shape says, and the source as it is.
fn space(asked: &Instruction, same_shape: bool) -> Space {
    let mut space = Space {
        turns: vec![(false, 0.0)],
        windows: !same_shape,
        free_angle: false,
    };
    for goal in &asked.understood.goals {
        match goal.quantity {
            Quantity::FlipHorizontal | Quantity::FlipVertical => {
                for mirrored in [false, true] {
                    space
                        .turns
                        .extend([0.0, 90.0, 180.0, 270.0].map(|angle| (mirrored, angle)));
                }
            }
            Quantity::Rotation => {
                space
                    .turns
                    .extend([90.0, 180.0, 270.0].map(|angle| (false, angle)));
                if let retake_core::Amount::Units(angle) = goal.amount
                    && angle % 90.0 != 0.0
                {
                    space
                        .turns
                        .extend((-3..=3).map(|i| (false, f64::from(angle) + f64::from(i) * 3.0)));
                    space.turns.extend([-5.0, 5.0].map(|turn| (false, turn)));
                    space.free_angle = true;
                    space.windows = true;
                }
            }
            Quantity::Straighten => {
                space
                    .turns
                    .extend((-6..=6).map(|i| (false, f64::from(i) * 2.5)));
                space.free_angle = true;
                space.windows = true;
            }
            Quantity::Aspect => space.windows = true,
            _ => {}
        }
    }
    space
        .turns
        .sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    space.turns.dedup();
    space
}

/// A pose within the search's error of a plain one is the plain one: whole quarter turns, whole pixels.
fn snapped(pose: Pose, (edit, source): ((usize, usize), (usize, usize))) -> Pose {
    let quarter = (pose.angle_deg / 90.0).round() * 90.0;
    if (pose.angle_deg - quarter).abs() > 0.08 {
        return pose;
    }
    let (long_edit, long_source) = (edit.0.max(edit.1) as f64, source.0.max(source.1) as f64);
    let one_to_one = long_edit / long_source;
    if (pose.zoom / one_to_one - 1.0).abs() > 0.006 {
        return Pose {
            angle_deg: quarter,
            ..pose
        };
    }
    let mut snapped = Pose {
        angle_deg: quarter,
        zoom: one_to_one,
        ..pose
    };
    // the corner must fall on a corner between pixels
    let map = snapped.source_from_edit(edit, source);
    snapped.x += (map[0][2].round() - map[0][2]) / long_source;
    snapped.y += (map[1][2].round() - map[1][2]) / long_source;
    snapped
}

fn sample(
    values: &[f32],
    (width, height): (usize, usize),
    map: &[[f64; 3]; 2],
    (to_width, to_height): (usize, usize),
    outside: f32,
) -> Vec<f32> {
    let mut out = vec![outside; to_width * to_height];
    if values.is_empty() {
        return out;
    }
    out.par_chunks_mut(to_width)
        .enumerate()
        .for_each(|(y, row)| {
            let ey = y as f64 + 0.5;
            for (x, out) in row.iter_mut().enumerate() {
                let ex = x as f64 + 0.5;
                let sx = map[0][0] * ex + map[0][1] * ey + map[0][2];
                let sy = map[1][0] * ex + map[1][1] * ey + map[1][2];
                if sx < -0.5 || sy < -0.5 || sx > width as f64 + 0.5 || sy > height as f64 + 0.5 {
                    continue;
                }
                let fx = (sx - 0.5).clamp(0.0, (width - 1) as f64);
                let fy = (sy - 0.5).clamp(0.0, (height - 1) as f64);
                let (x0, y0) = (fx as usize, fy as usize);
                let (x1, y1) = ((x0 + 1).min(width - 1), (y0 + 1).min(height - 1));
                let (tx, ty) = ((fx - x0 as f64) as f32, (fy - y0 as f64) as f32);
                let at = |x: usize, y: usize| values[y * width + x];
                let upper = at(x0, y0) + (at(x1, y0) - at(x0, y0)) * tx;
                let lower = at(x0, y1) + (at(x1, y1) - at(x0, y1)) * tx;
                *out = upper + (lower - upper) * ty;
            }
        });
    out
}
