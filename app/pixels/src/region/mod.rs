//! Where the nameable parts of a photo are, as soft masks. Places, tones and colours are exact functions of position
//! and pixel; sky, skin, foliage and subject are found by rules on a small proxy and then follow the edges of the
//! full-resolution picture. Each found kind also says how sure it is that it is there at all. A trained network may be
//! handed in that finds the subject; where it finds none, the rules do.

use std::sync::{Arc, OnceLock};

use rayon::prelude::*;
use retake_core::{Mask, Raster, Rect, Region, RegionKind, SubjectFinder};

use crate::once::Filled;
use crate::resize;

mod barrier;
mod colour;
mod features;
mod foliage;
mod guided;
mod histogram;
mod position;
mod skin;
mod sky;
mod subject;
mod tone;

use features::Features;
use guided::{Guide, Linear};

/// Long edge of the proxy that regions are looked for in, px.
const PROXY_EDGE: usize = 512;

/// What is less sure than this was not found.
pub const LEAST_CONFIDENCE: f32 = 0.3;

/// Every nameable region of one photo, worked out once from a small proxy, each kind when it is first asked for. A clone
/// shares what was found.
#[derive(Clone)]
pub struct Regions {
    searched: Arc<Searched>,
    painted: Option<Mask>,
}

/// The photo, and what was found in it so far.
struct Searched {
    proxy: Raster,
    finder: Option<Arc<dyn SubjectFinder>>,
    tones: OnceLock<tone::Tones>,
    guide: OnceLock<Guide>,
    features: OnceLock<Features>,
    /// sky, skin, foliage, subject
    found: [OnceLock<Found>; 4],
}

/// A region that was looked for.
struct Found {
    /// on the features' grid
    mask: Vec<f32>,
    confidence: f32,
    /// the same as functions of colour, when a mask is first asked for
    linear: OnceLock<Linear>,
}

/// What a detector says: a mask on the features' grid, and how sure it is, 0 to 1.
struct Detected {
    mask: Vec<f32>,
    confidence: f32,
}

impl Regions {
    /// Looks at a photo of any size; only a proxy of at most 512 px is kept.
    pub fn of(source: &Raster) -> Self {
        let proxy = if source.is_empty() {
            Raster::new(1, 1)
        } else {
            let (width, height) = resize::size_within(source.width, source.height, PROXY_EDGE);
            resize::raster(source, width, height)
        };
        Self {
            searched: Arc::new(Searched::new(proxy, None)),
            painted: None,
        }
    }

    /// The mask that [`RegionKind::Painted`] means, of any size; without one it means the whole photo.
    #[must_use]
    pub fn with_painted(self, painted: Option<Mask>) -> Self {
        let painted = painted.filter(|mask| !mask.values.is_empty());
        Self { painted, ..self }
    }

    /// Who finds the subject before the rules are asked.
    #[must_use]
    pub fn with_finder(self, finder: Option<Arc<dyn SubjectFinder>>) -> Self {
        let proxy = match Arc::try_unwrap(self.searched) {
            Ok(alone) => alone.proxy,
            Err(shared) => shared.proxy.clone(),
        };
        Self {
            searched: Arc::new(Searched::new(proxy, finder)),
            ..self
        }
    }

    /// The soft mask of a region at this size: the least of its parts' values. Places are exact at any size, the
    /// rest is made on the proxy and resized.
    pub fn mask(&self, region: &Region, width: usize, height: usize) -> Mask {
        if width == 0 || height == 0 {
            return Mask::uniform(width, height, 1.0);
        }
        let parts = region.parts.iter().map(|part| {
            let values = match (&self.painted, part.kind) {
                (Some(painted), RegionKind::Painted) => resize::mask(painted, width, height).values,
                (None, RegionKind::Painted) => vec![1.0; width * height],
                (_, kind) if position::is_position(kind) => {
                    self.place(kind, (width, height), Rect::whole(width, height))
                }
                (_, kind) => {
                    let (w, h) = (self.searched.proxy.width, self.searched.proxy.height);
                    let values = self.values(kind, (w, h), Rect::whole(w, h), &self.searched.proxy);
                    resize::plane(&values, w, h, width, height)
                }
            };
            (part.inverted, values)
        });
        intersection(parts, width, height)
    }

    /// The mask over `rect` of the photo at `full_width` × `full_height`, guided by that rectangle's own pixels of the
    /// *source* (linear Rec.2020). A value depends only on the position and that one pixel, so tiles fit exactly.
    /// Panics if `pixels` is not of the rectangle's size.
    pub fn mask_rect(
        &self,
        region: &Region,
        full_width: usize,
        full_height: usize,
        rect: Rect,
        pixels: &Raster,
    ) -> Mask {
        let (width, height) = (rect.width(), rect.height());
        assert_eq!(
            (width, height),
            (pixels.width, pixels.height),
            "a rectangle of a mask needs the pixels of just that rectangle"
        );
        if width == 0 || height == 0 {
            return Mask::uniform(width, height, 1.0);
        }
        let full = (full_width, full_height);
        let parts = region
            .parts
            .iter()
            .map(|part| (part.inverted, self.values(part.kind, full, rect, pixels)));
        intersection(parts, width, height)
    }

    /// How sure it is that this region exists here, 0 to 1: places and tones always do, colours by their share of the
    /// photo, the painted region if there is a mask, and sky, skin, foliage and subject by how well they were found.
    /// Below [`LEAST_CONFIDENCE`] it is fair to say that there is none.
    pub fn confidence(&self, kind: RegionKind) -> f32 {
        match kind {
            RegionKind::Sky
            | RegionKind::Skin
            | RegionKind::Foliage
            | RegionKind::Subject
            | RegionKind::Background => self.searched.found(kind).confidence,
            RegionKind::Colour(_) | RegionKind::Neutrals => {
                let share = self
                    .mask(
                        &Region::of(kind),
                        self.searched.proxy.width,
                        self.searched.proxy.height,
                    )
                    .share();
                position::smoothstep(0.0005, 0.01, share)
            }
            RegionKind::Painted => f32::from(u8::from(self.painted.is_some())),
            _ => 1.0,
        }
    }

    fn values(
        &self,
        kind: RegionKind,
        full: (usize, usize),
        rect: Rect,
        pixels: &Raster,
    ) -> Vec<f32> {
        match kind {
            RegionKind::Sky | RegionKind::Skin | RegionKind::Foliage | RegionKind::Subject => {
                self.searched.linear(kind).apply(full, rect, pixels)
            }
            RegionKind::Background => {
                let mut values = self.searched.linear(kind).apply(full, rect, pixels);
                for value in &mut values {
                    *value = 1.0 - *value;
                }
                values
            }
            RegionKind::Highlights | RegionKind::Midtones | RegionKind::Shadows => {
                let tones = self
                    .searched
                    .tones
                    .filled(|| tone::Tones::of(&self.searched.proxy));
                by_row(pixels, |r, g, b, out| tone::row(tones, kind, r, g, b, out))
            }
            RegionKind::Colour(_) | RegionKind::Neutrals => {
                by_row(pixels, |r, g, b, out| colour::row(kind, r, g, b, out))
            }
            RegionKind::Painted => match &self.painted {
                Some(mask) => sample(mask, full, rect),
                None => vec![1.0; pixels.len()],
            },
            _ => self.place(kind, full, rect),
        }
    }

    fn place(&self, kind: RegionKind, full: (usize, usize), rect: Rect) -> Vec<f32> {
        let mut out = vec![0.0; rect.width() * rect.height()];
        let share = |i: usize, side: usize| ((i as f64 + 0.5) / side as f64) as f32;
        let columns: Vec<f32> = (rect.x0..rect.x1).map(|x| share(x, full.0)).collect();
        out.par_chunks_mut(rect.width())
            .enumerate()
            .for_each(|(y, out)| {
                position::row(kind, &columns, share(rect.y0 + y, full.1), out);
            });
        out
    }
}

impl Searched {
    fn new(proxy: Raster, finder: Option<Arc<dyn SubjectFinder>>) -> Self {
        Self {
            proxy,
            finder,
            tones: OnceLock::new(),
            guide: OnceLock::new(),
            features: OnceLock::new(),
            found: Default::default(),
        }
    }

    fn found(&self, kind: RegionKind) -> &Found {
        let (slot, detect): (usize, fn(&Features) -> Detected) = match kind {
            RegionKind::Sky => (0, sky::detect),
            RegionKind::Skin => (1, skin::detect),
            RegionKind::Foliage => (2, foliage::detect),
            _ => (3, subject::detect),
        };
        self.found[slot].filled(|| {
            let features = self.features();
            let seen = (slot == 3).then(|| self.seen(features)).flatten();
            let Detected { mask, confidence } = seen.unwrap_or_else(|| detect(features));
            Found {
                mask,
                confidence,
                linear: OnceLock::new(),
            }
        })
    }

    fn features(&self) -> &Features {
        self.features.filled(|| Features::of(&self.proxy))
    }

    fn linear(&self, kind: RegionKind) -> &Linear {
        let found = self.found(kind);
        found.linear.filled(|| {
            let guide = self.guide.filled(|| Guide::of(&self.features().small));
            guide.fit(&found.mask)
        })
    }

    /// The subject as the network sees it, if it does.
    fn seen(&self, features: &Features) -> Option<Detected> {
        let subject = self.finder.as_ref()?.find(&self.proxy)?;
        (subject.confidence >= LEAST_CONFIDENCE).then(|| Detected {
            mask: resize::mask(&subject.mask, features.width, features.height).values,
            confidence: subject.confidence,
        })
    }
}

/// The least value at every pixel, of parts given as (everything but it?, values); 1 everywhere for none.
fn intersection(
    parts: impl Iterator<Item = (bool, Vec<f32>)>,
    width: usize,
    height: usize,
) -> Mask {
    let values = parts
        .map(|(inverted, mut values)| {
            if inverted {
                values.iter_mut().for_each(|value| *value = 1.0 - *value);
            }
            values
        })
        .reduce(|mut least, values| {
            for (least, value) in least.iter_mut().zip(values) {
                *least = least.min(value);
            }
            least
        });
    Mask {
        width,
        height,
        values: values.unwrap_or_else(|| vec![1.0; width * height]),
    }
}

fn by_row(pixels: &Raster, row: impl Fn(&[f32], &[f32], &[f32], &mut [f32]) + Sync) -> Vec<f32> {
    let mut out = vec![0.0; pixels.len()];
    let [r, g, b] = &pixels.planes;
    let chunk = 16 * 1024;
    out.par_chunks_mut(chunk)
        .zip(r.par_chunks(chunk))
        .zip(g.par_chunks(chunk))
        .zip(b.par_chunks(chunk))
        .for_each(|(((out, r), g), b)| row(r, g, b, out));
    out
}

/// A mask of any size, bilinear at the pixels of `rect`.
fn sample(mask: &Mask, full: (usize, usize), rect: Rect) -> Vec<f32> {
    let columns = guided::taps(rect.x0..rect.x1, full.0, mask.width);
    let lines = guided::taps(rect.y0..rect.y1, full.1, mask.height);
    let mut out = vec![0.0; rect.width() * rect.height()];
    out.par_chunks_mut(rect.width())
        .zip(lines)
        .for_each(|(out, (line, down))| {
            let line = line as usize;
            let next = (line + 1).min(mask.height - 1);
            let at = |x: usize| {
                let (top, bottom) = (
                    mask.values[line * mask.width + x],
                    mask.values[next * mask.width + x],
                );
                top + down * (bottom - top)
            };
            for (out, &(column, share)) in out.iter_mut().zip(&columns) {
                let column = column as usize;
                let (left, right) = (at(column), at((column + 1).min(mask.width - 1)));
                *out = left + share * (right - left);
            }
        });
    out
}

#[cfg(test)]
mod tests;
