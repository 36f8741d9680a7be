//! How far the edit as a whole has moved against its source, in pixels, by the gradient method
//! (Lucas & Kanade 1981, eq. 9) on ever larger pictures.

use retake_pixels::blur::gaussian;
use retake_pixels::sums::dot;
use retake_pixels::{resize, vectorised};

/// A move of everything, px of the picture.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Shift {
    /// to the right
    pub(crate) x: f32,
    /// down
    pub(crate) y: f32,
}

impl Shift {
    /// How far, px.
    pub(crate) fn length(&self) -> f32 {
        self.x.hypot(self.y)
    }
}

/// Less than this is within the method's error.
const LEAST_PX: f32 = 0.3;
/// Long edges that the picture is looked at with, px.
const LONG_EDGES: [usize; 3] = [128, 256, 512];
/// A picture that has moved less than [`LEAST_PX`] by half at this one has not moved, and is not looked at larger, which
/// would take four fifths of the time.
const TELLS: usize = 256;

vectorised! {
    /// A row between two of the edit, looked up a part of a pixel further; both are one longer than what comes out.
    fn moved_row(upper: &[f32], lower: &[f32], part: (f32, f32), out: &mut [f32]) {
        let n = out.len();
        let (u0, u1) = (&upper[..n], &upper[1..n + 1]);
        let (l0, l1) = (&lower[..n], &lower[1..n + 1]);
        for i in 0..n {
            let upper = u0[i] + (u1[i] - u0[i]) * part.0;
            let lower = l0[i] + (l1[i] - l0[i]) * part.0;
            out[i] = upper + (lower - upper) * part.1;
        }
    }
}

vectorised! {
    /// Slopes of the source (`around`: right, left, below, above) and the difference of the edit to it.
    fn slopes_row(s: &[f32], around: [&[f32]; 4], e: &[f32], gx: &mut [f32], gy: &mut [f32], d: &mut [f32]) {
        let n = gx.len();
        let [right, left, below, above] = around.map(|row| &row[..n]);
        let (s, e, gy, d) = (&s[..n], &e[..n], &mut gy[..n], &mut d[..n]);
        for i in 0..n {
            gx[i] = 0.5 * (right[i] - left[i]);
            gy[i] = 0.5 * (below[i] - above[i]);
            d[i] = e[i] - s[i];
        }
    }
}

struct Level {
    width: usize,
    height: usize,
    source: Vec<f32>,
    edit: Vec<f32>,
    /// px of the picture per px of the level
    scale: f32,
}

impl Level {
    fn of(source: &[f32], edit: &[f32], width: usize, height: usize, long_edge: usize) -> Self {
        let (w, h) = resize::size_within(width, height, long_edge);
        // only shapes count, not how light the parts are
        let band = |values: &[f32]| {
            let small = resize::plane(values, width, height, w, h);
            let fine = gaussian(&small, w, h, 0.8);
            let smooth = gaussian(&small, w, h, 4.0);
            fine.iter().zip(&smooth).map(|(a, b)| a - b).collect()
        };
        Self {
            width: w,
            height: h,
            source: band(source),
            edit: band(edit),
            scale: width as f32 / w as f32,
        }
    }

    /// Sums over all pixels with the edit looked up `shift` px away: the normal equations and the correlation.
    fn step(&self, shift: Shift) -> Option<(Shift, f64)> {
        let (w, h) = (self.width, self.height);
        let reach = shift.x.abs().max(shift.y.abs()).ceil() as usize + 2;
        if w <= 2 * reach + 4 || h <= 2 * reach + 4 {
            return None;
        }
        let (fx, fy) = (shift.x.floor(), shift.y.floor());
        let (tx, ty) = (shift.x - fx, shift.y - fy);
        let offset = fy as isize * w as isize + fx as isize;
        let mut sums = [0.0f64; 8];
        let count = w - 2 * reach;
        let [mut e, mut gx, mut gy, mut d] = [0.0f32; 4].map(|zero| vec![zero; count]);
        for y in reach..h - reach {
            let i = y * w + reach;
            let j = (i as isize + offset) as usize;
            let s = &self.source[i..i + count];
            let edit = |from: usize| &self.edit[from..from + count + 1];
            moved_row(edit(j), edit(j + w), (tx, ty), &mut e);
            let around = [i + 1, i - 1, i + w, i - w].map(|k| &self.source[k..k + count]);
            slopes_row(s, around, &e, &mut gx, &mut gy, &mut d);
            let row = [
                dot(&gx, &gx),
                dot(&gx, &gy),
                dot(&gy, &gy),
                dot(&gx, &d),
                dot(&gy, &d),
                dot(s, s),
                dot(&e, &e),
                dot(s, &e),
            ];
            for (sum, value) in sums.iter_mut().zip(row) {
                *sum += f64::from(value);
            }
        }
        let [xx, xy, yy, xd, yd, ss, ee, se] = sums;
        let ridge = 1e-3 * (xx + yy) + 1e-6;
        let (xx, yy) = (xx + ridge, yy + ridge);
        let determinant = xx * yy - xy * xy;
        let moved = Shift {
            x: (-(xd * yy - yd * xy) / determinant).clamp(-2.0, 2.0) as f32,
            y: (-(yd * xx - xd * xy) / determinant).clamp(-2.0, 2.0) as f32,
        };
        Some((moved, se / (ss * ee).sqrt().max(1e-9)))
    }
}

/// The move that explains the edit clearly better than no move; zero when there is none.
pub(crate) fn find(expected: &[f32], edit: &[f32], width: usize, height: usize) -> Shift {
    let mut shift = Shift::default(); // px of the picture
    let mut still = 0.0;
    let mut moved = 0.0;
    for long_edge in LONG_EDGES {
        if long_edge > 128 && long_edge / 2 >= width.max(height) {
            break;
        }
        let level = Level::of(expected, edit, width, height, long_edge);
        let mut here = Shift {
            x: shift.x / level.scale,
            y: shift.y / level.scale,
        };
        let mut at_rest = None;
        let mut last = None;
        for round in 0..4 {
            let Some((step, likeness)) = level.step(here) else {
                return Shift::default();
            };
            moved = likeness;
            if here == Shift::default() {
                at_rest = Some(likeness);
            }
            if step.length() < 0.02 && round > 0 {
                last = Some(likeness);
                break;
            }
            here.x += step.x;
            here.y += step.y;
        }
        let likeness = |known: Option<f64>, shift| {
            known.or_else(|| level.step(shift).map(|(_, likeness)| likeness))
        };
        match (likeness(at_rest, Shift::default()), likeness(last, here)) {
            (Some(at_rest), Some(likeness)) => {
                still = at_rest;
                moved = moved.max(likeness);
            }
            _ => return Shift::default(),
        }
        shift = Shift {
            x: here.x * level.scale,
            y: here.y * level.scale,
        };
        if long_edge >= TELLS && shift.length() < 0.5 * LEAST_PX {
            return Shift::default();
        }
    }
    let clearly = 1.0 - moved < 0.75 * (1.0 - still) && moved > 0.3;
    if clearly && shift.length() >= LEAST_PX {
        shift
    } else {
        Shift::default()
    }
}

/// A plane moved back by whole pixels, edges continued.
pub(crate) fn undone(plane: &[f32], width: usize, height: usize, shift: Shift) -> Vec<f32> {
    let (dx, dy) = (shift.x.round() as isize, shift.y.round() as isize);
    let column = |x: usize| (x as isize + dx).clamp(0, width as isize - 1) as usize;
    let mut out = Vec::with_capacity(plane.len());
    for y in 0..height {
        let row = (y as isize + dy).clamp(0, height as isize - 1) as usize * width;
        out.extend((0..width).map(|x| plane[row + column(x)]));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scene(width: usize, height: usize, dx: f32, dy: f32) -> Vec<f32> {
        (0..width * height)
            .map(|i| {
                let (x, y) = ((i % width) as f32 - dx, (i / width) as f32 - dy);
                50.0 + 20.0 * (x * 0.11).sin() * (y * 0.07).cos()
                    + 10.0 * (x * 0.05 + y * 0.31).sin()
                    + 8.0 * (x * 0.023 - y * 0.017).cos()
            })
            .collect()
    }

    #[test]
    fn a_shift_is_found_to_a_fraction_of_a_pixel() {
        for (dx, dy) in [(2.0, 0.0), (-1.0, 3.0), (0.0, -5.0), (6.5, 4.0)] {
            let found = find(
                &scene(320, 240, 0.0, 0.0),
                &scene(320, 240, dx, dy),
                320,
                240,
            );
            assert!(
                (found.x - dx).abs() < 0.25 && (found.y - dy).abs() < 0.25,
                "{dx} {dy}: {found:?}"
            );
        }
    }

    #[test]
    fn what_stayed_has_not_moved() {
        let plane = scene(200, 150, 0.0, 0.0);
        assert_eq!(find(&plane, &plane, 200, 150), Shift::default());
    }
}
