//! A rectangle of pixels in memory: planar linear-light f32 RGB with Rec.2020 primaries, and its one-channel sibling, the mask.

/// An axis-aligned rectangle in whole pixels; `x1`/`y1` are exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rect {
    /// left edge, px
    pub x0: usize,
    /// top edge, px
    pub y0: usize,
    /// one past the right edge, px
    pub x1: usize,
    /// one past the bottom edge, px
    pub y1: usize,
}

impl Rect {
    /// The whole of a picture of this size.
    pub fn whole(width: usize, height: usize) -> Self {
        Self {
            x0: 0,
            y0: 0,
            x1: width,
            y1: height,
        }
    }
    /// Width in px.
    pub fn width(&self) -> usize {
        self.x1 - self.x0
    }
    /// Height in px.
    pub fn height(&self) -> usize {
        self.y1 - self.y0
    }
    /// Grown by `halo_px` on every side, but never beyond a picture of this size.
    pub fn grown(&self, halo_px: usize, width: usize, height: usize) -> Self {
        Self {
            x0: self.x0.saturating_sub(halo_px),
            y0: self.y0.saturating_sub(halo_px),
            x1: (self.x1 + halo_px).min(width),
            y1: (self.y1 + halo_px).min(height),
        }
    }
    /// What of it lies inside a picture of this size, at least a pixel.
    pub fn inside(&self, (width, height): (usize, usize)) -> Self {
        let x0 = self.x0.min(width - 1);
        let y0 = self.y0.min(height - 1);
        Self {
            x0,
            y0,
            x1: self.x1.clamp(x0 + 1, width),
            y1: self.y1.clamp(y0 + 1, height),
        }
    }
    /// The same part of a picture that is a copy at another size: (width, height) of this one, and of the copy.
    pub fn scaled(&self, from: (usize, usize), to: (usize, usize)) -> Self {
        let x = |v: usize| v * to.0 / from.0.max(1);
        let y = |v: usize| v * to.1 / from.1.max(1);
        let copy = Self {
            x0: x(self.x0),
            y0: y(self.y0),
            x1: (self.x1 * to.0).div_ceil(from.0.max(1)),
            y1: (self.y1 * to.1).div_ceil(from.1.max(1)),
        };
        copy.inside(to)
    }
}

/// Planar linear-light RGB, Rec.2020 primaries, D65 white; 1.0 is diffuse white, values may lie outside [0, 1].
/// Each plane has `width * height` values, row by row.
#[derive(Clone, Debug, PartialEq)]
pub struct Raster {
    /// px
    pub width: usize,
    /// px
    pub height: usize,
    /// red, green, blue
    pub planes: [Vec<f32>; 3],
}

impl Raster {
    /// Black, of this size.
    pub fn new(width: usize, height: usize) -> Self {
        let plane = vec![0.0; width * height];
        Self {
            width,
            height,
            planes: [plane.clone(), plane.clone(), plane],
        }
    }
    /// Filled by `colour(x, y)`, linear Rec.2020.
    pub fn from_fn(
        width: usize,
        height: usize,
        mut colour: impl FnMut(usize, usize) -> [f32; 3],
    ) -> Self {
        let mut raster = Self::new(width, height);
        for y in 0..height {
            for x in 0..width {
                raster.set(x, y, colour(x, y));
            }
        }
        raster
    }
    /// Number of pixels.
    pub fn len(&self) -> usize {
        self.width * self.height
    }
    /// True when there is no pixel.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// The colour at (x, y).
    pub fn at(&self, x: usize, y: usize) -> [f32; 3] {
        let i = y * self.width + x;
        [self.planes[0][i], self.planes[1][i], self.planes[2][i]]
    }
    /// Sets the colour at (x, y).
    pub fn set(&mut self, x: usize, y: usize, rgb: [f32; 3]) {
        let i = y * self.width + x;
        for (plane, value) in self.planes.iter_mut().zip(rgb) {
            plane[i] = value;
        }
    }
    /// A copy of the part inside `rect`, which must lie inside this raster.
    pub fn crop(&self, rect: Rect) -> Self {
        let mut out = Self::new(rect.width(), rect.height());
        for (from, to) in self.planes.iter().zip(&mut out.planes) {
            for y in 0..rect.height() {
                let start = (rect.y0 + y) * self.width + rect.x0;
                to[y * rect.width()..(y + 1) * rect.width()]
                    .copy_from_slice(&from[start..start + rect.width()]);
            }
        }
        out
    }
}

/// One value a pixel in [0, 1], row by row: how much of it is meant. Also used for evidence maps (0 nothing found, 1 strong).
#[derive(Clone, Debug, PartialEq)]
pub struct Mask {
    /// px
    pub width: usize,
    /// px
    pub height: usize,
    /// `width * height` values in [0, 1]
    pub values: Vec<f32>,
}

impl Mask {
    /// The same value everywhere.
    pub fn uniform(width: usize, height: usize, value: f32) -> Self {
        Self {
            width,
            height,
            values: vec![value; width * height],
        }
    }
    /// Filled by `value(x, y)`.
    pub fn from_fn(
        width: usize,
        height: usize,
        mut value: impl FnMut(usize, usize) -> f32,
    ) -> Self {
        let mut values = Vec::with_capacity(width * height);
        for y in 0..height {
            for x in 0..width {
                values.push(value(x, y));
            }
        }
        Self {
            width,
            height,
            values,
        }
    }
    /// The value at (x, y).
    pub fn at(&self, x: usize, y: usize) -> f32 {
        self.values[y * self.width + x]
    }
    /// Mean value: the share of the picture that is meant, 0 for an empty mask.
    pub fn share(&self) -> f32 {
        if self.values.is_empty() {
            return 0.0;
        }
        (self.values.iter().map(|&v| f64::from(v)).sum::<f64>() / self.values.len() as f64) as f32
    }
}
