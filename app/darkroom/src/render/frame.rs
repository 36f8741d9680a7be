//! The frame: how the output lies on the photo. Crops, turns, flips and straightening only change the frame;
//! the photo is read through it once, so that everything after sees the picture as it will be.

use rayon::prelude::*;
use retake_core::{Photo, Raster, Rect};

/// Output size and the affine map from output to source positions, both in px with pixel centres at half numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame {
    /// output width, px
    pub width: usize,
    /// output height, px
    pub height: usize,
    /// source width, px
    pub source_width: usize,
    /// source height, px
    pub source_height: usize,
    /// rows of the affine map: x = `m00·X + m01·Y + m02`, y likewise with the second row
    pub source_from_output: [[f64; 3]; 2],
}

impl Frame {
    /// The whole photo as it is.
    pub fn whole(width: usize, height: usize) -> Self {
        let source_from_output = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]];
        Self {
            width,
            height,
            source_width: width,
            source_height: height,
            source_from_output,
        }
    }

    /// A new output of this size whose positions map by `old_from_new` onto this frame's output.
    #[must_use]
    pub fn then(self, width: usize, height: usize, old_from_new: [[f64; 3]; 2]) -> Self {
        let a = self.source_from_output;
        let b = old_from_new;
        let mut m = [[0.0; 3]; 2];
        for (row, m) in m.iter_mut().enumerate() {
            for (column, m) in m.iter_mut().enumerate() {
                *m = a[row][0] * b[0][column] + a[row][1] * b[1][column];
            }
            m[2] += a[row][2];
        }
        Self {
            width: width.max(1),
            height: height.max(1),
            source_from_output: m,
            ..self
        }
    }

    /// The source position under the output position.
    #[inline]
    pub fn source_at(&self, x: f64, y: f64) -> (f64, f64) {
        let m = &self.source_from_output;
        (
            m[0][0] * x + m[0][1] * y + m[0][2],
            m[1][0] * x + m[1][1] * y + m[1][2],
        )
    }

    /// True when the output is the source pixel by pixel.
    pub fn is_whole(&self) -> bool {
        *self == Self::whole(self.source_width, self.source_height)
    }

    /// True when every output pixel is exactly one source pixel (crops, flips, quarter turns).
    pub fn is_exact(&self) -> bool {
        self.source_from_output.iter().all(|row| {
            let unit = |v: f64| v.abs() < 1e-9 || (v.abs() - 1.0).abs() < 1e-9;
            unit(row[0]) && unit(row[1]) && (row[2] - row[2].round()).abs() < 1e-6
        })
    }

    /// The pixels of `rect` of the output, read from the photo. Between pixels: Catmull–Rom (Keys 1981, a = −½).
    pub fn read(&self, photo: &Photo, rect: Rect) -> Raster {
        let mut out = Raster::new(rect.width(), rect.height());
        let width = rect.width();
        let [r, g, b] = &mut out.planes;
        let rows = r
            .par_chunks_mut(width)
            .zip(g.par_chunks_mut(width))
            .zip(b.par_chunks_mut(width));
        if self.is_whole() {
            rows.enumerate().for_each(|(row, ((r, g), b))| {
                photo.read_span(rect.y0 + row, rect.x0..rect.x1, r, g, b)
            });
            return out;
        }
        let source = self.source_under(photo, rect);
        let exact = self.is_exact();
        rows.enumerate().for_each(|(row, ((r, g), b))| {
            for x in 0..width {
                let (sx, sy) =
                    self.source_at((rect.x0 + x) as f64 + 0.5, (rect.y0 + row) as f64 + 0.5);
                [r[x], g[x], b[x]] = if exact {
                    source.nearest(sx, sy)
                } else {
                    source.smooth(sx, sy)
                };
            }
        });
        out
    }

    /// The part of the photo that `rect` needs, with two pixels around it.
    fn source_under(&self, photo: &Photo, rect: Rect) -> Patch {
        let corners = [
            (rect.x0, rect.y0),
            (rect.x1, rect.y0),
            (rect.x0, rect.y1),
            (rect.x1, rect.y1),
        ]
        .map(|(x, y)| self.source_at(x as f64, y as f64));
        let (w, h) = (self.source_width as f64, self.source_height as f64);
        let least = |f: fn(&(f64, f64)) -> f64, most: f64| {
            (corners.iter().map(f).fold(f64::INFINITY, f64::min) - 3.0).clamp(0.0, most - 1.0)
                as usize
        };
        let greatest = |f: fn(&(f64, f64)) -> f64, most: f64| {
            (corners.iter().map(f).fold(f64::NEG_INFINITY, f64::max) + 4.0).clamp(1.0, most)
                as usize
        };
        let (x0, x1) = (least(|c| c.0, w), greatest(|c| c.0, w));
        let (y0, y1) = (least(|c| c.1, h), greatest(|c| c.1, h));
        let mut raster = Raster::new(x1 - x0, y1 - y0);
        let width = x1 - x0;
        let [r, g, b] = &mut raster.planes;
        r.par_chunks_mut(width)
            .zip(g.par_chunks_mut(width))
            .zip(b.par_chunks_mut(width))
            .enumerate()
            .for_each(|(row, ((r, g), b))| photo.read_span(y0 + row, x0..x1, r, g, b));
        Patch {
            raster,
            x0: x0 as f64,
            y0: y0 as f64,
        }
    }
}

/// A piece of the source and where it lies.
struct Patch {
    raster: Raster,
    x0: f64,
    y0: f64,
}

impl Patch {
    fn nearest(&self, x: f64, y: f64) -> [f32; 3] {
        let x = (x - self.x0)
            .floor()
            .clamp(0.0, (self.raster.width - 1) as f64) as usize;
        let y = (y - self.y0)
            .floor()
            .clamp(0.0, (self.raster.height - 1) as f64) as usize;
        self.raster.at(x, y)
    }

    fn smooth(&self, x: f64, y: f64) -> [f32; 3] {
        let (px, py) = (x - self.x0 - 0.5, y - self.y0 - 0.5);
        let (ix, iy) = (px.floor(), py.floor());
        let (wx, wy) = (catmull_rom((px - ix) as f32), catmull_rom((py - iy) as f32));
        let clamp = |i: f64, count: usize| i.clamp(0.0, (count - 1) as f64) as usize;
        let mut sum = [0.0f32; 3];
        for (j, wy) in wy.into_iter().enumerate() {
            let row = clamp(iy - 1.0 + j as f64, self.raster.height) * self.raster.width;
            for (i, wx) in wx.into_iter().enumerate() {
                let at = row + clamp(ix - 1.0 + i as f64, self.raster.width);
                for (sum, plane) in sum.iter_mut().zip(&self.raster.planes) {
                    *sum += wx * wy * plane[at];
                }
            }
        }
        sum
    }
}

fn catmull_rom(t: f32) -> [f32; 4] {
    let (t2, t3) = (t * t, t * t * t);
    [
        0.5 * (-t3 + 2.0 * t2 - t),
        0.5 * (3.0 * t3 - 5.0 * t2 + 2.0),
        0.5 * (-3.0 * t3 + 4.0 * t2 + t),
        0.5 * (t3 - t2),
    ]
}
