//! Bringing pictures to other sizes, always in linear light: area averages on the way down, so that a preview has
//! exactly the light of the photo, and bilinear on the way up.

use rayon::prelude::*;
use retake_core::{Mask, Picture, Raster, Stop};

use crate::{strips, vectorised};

/// The size with this long edge and the same shape; never larger than the original, never below 1 px.
pub fn size_within(width: usize, height: usize, long_edge: usize) -> (usize, usize) {
    let longest = width.max(height);
    if longest <= long_edge {
        return (width, height);
    }
    let scale = |side: usize| ((side * long_edge + longest / 2) / longest).max(1);
    (scale(width), scale(height))
}

/// A picture at working size: its long edge at most `long_edge` px.
pub fn fit(picture: &dyn Picture, long_edge: usize) -> Result<Raster, Stop> {
    let (width, height) = picture.size();
    let (to_width, to_height) = size_within(width, height, long_edge);
    sized(picture, to_width, to_height)
}

/// A picture at a size of at most its own, read once from top to bottom.
pub fn sized(picture: &dyn Picture, to_width: usize, to_height: usize) -> Result<Raster, Stop> {
    let (width, height) = picture.size();
    if (to_width, to_height) == (width, height) {
        return picture.rows(0..height);
    }
    picture.ready()?;
    let columns = Taps::area(width, to_width);
    let lines = Taps::area(height, to_height);
    // an edit that looks around is read in as many rows at a time as are cheap, anything else line by line
    let cheap = match picture.strip_rows() {
        rows if rows > 64 => (rows * to_height).div_ceil(height).max(1),
        _ => 1,
    };
    let rows: Vec<Vec<[Vec<f32>; 3]>> = (0..to_height.div_ceil(cheap))
        .into_par_iter()
        .map(|strip| {
            let lines_here = strip * cheap..((strip + 1) * cheap).min(to_height);
            let (top, _) = lines.of(lines_here.start);
            let (last, weights) = lines.of(lines_here.end - 1);
            let strip = picture.rows(top..last + weights.len())?;
            let line = |y: usize| -> [Vec<f32>; 3] {
                let (first, weights) = lines.of(y);
                std::array::from_fn(|c| {
                    let mut sum = vec![0.0f32; width];
                    let rows = strip.planes[c][(first - top) * width..].chunks_exact(width);
                    for (row, &weight) in rows.zip(weights) {
                        for (sum, value) in sum.iter_mut().zip(row) {
                            *sum += value * weight;
                        }
                    }
                    let mut out = vec![0.0f32; to_width];
                    columns.gather(&sum, &mut out);
                    out
                })
            };
            Ok(lines_here.map(line).collect())
        })
        .collect::<Result<_, Stop>>()?;
    let mut out = Raster::new(to_width, to_height);
    for (y, row) in rows.iter().flatten().enumerate() {
        for (plane, row) in out.planes.iter_mut().zip(row) {
            plane[y * to_width..(y + 1) * to_width].copy_from_slice(row);
        }
    }
    Ok(out)
}

/// One plane at another size: area average where it shrinks, bilinear where it grows.
pub fn plane(
    values: &[f32],
    width: usize,
    height: usize,
    to_width: usize,
    to_height: usize,
) -> Vec<f32> {
    if (width, height) == (to_width, to_height) {
        return values.to_vec();
    }
    let columns = Taps::best(width, to_width);
    let lines = Taps::best(height, to_height);
    let mut out = vec![0.0; to_width * to_height];
    if to_height > height {
        // the cheap way round: across while there are few rows
        let mut across = vec![0.0; to_width * height];
        strips::each(&mut across, to_width, |first, strip| {
            for (y, out) in (first..).zip(strip.chunks_mut(to_width)) {
                columns.gather(&values[y * width..(y + 1) * width], out);
            }
        });
        strips::each(&mut out, to_width, |first, strip| {
            for (y, out) in (first..).zip(strip.chunks_mut(to_width)) {
                lines.blend(&across, y, out);
            }
        });
        return out;
    }
    strips::each(&mut out, to_width, |first, strip| {
        let mut sum = vec![0.0f32; width];
        for (y, out) in (first..).zip(strip.chunks_mut(to_width)) {
            lines.blend(values, y, &mut sum);
            columns.gather(&sum, out);
        }
    });
    out
}

vectorised! {
    fn scaled(out: &mut [f32], row: &[f32], weight: f32) {
        for (out, value) in out.iter_mut().zip(row) {
            *out = value * weight;
        }
    }
}

vectorised! {
    fn add_scaled(out: &mut [f32], row: &[f32], weight: f32) {
        for (out, value) in out.iter_mut().zip(row) {
            *out += value * weight;
        }
    }
}

vectorised! {
    fn between(out: &mut [f32], one: &[f32], two: &[f32], weights: [f32; 2]) {
        for ((out, a), b) in out.iter_mut().zip(one).zip(two) {
            *out = a * weights[0] + b * weights[1];
        }
    }
}

vectorised! {
    fn halved(out: &mut [f32], row: &[f32]) {
        for (out, pair) in out.iter_mut().zip(row.chunks_exact(2)) {
            *out = pair[0] * 0.5 + pair[1] * 0.5;
        }
    }
}

/// A raster at another size.
pub fn raster(from: &Raster, width: usize, height: usize) -> Raster {
    let planes =
        std::array::from_fn(|c| plane(&from.planes[c], from.width, from.height, width, height));
    Raster {
        width,
        height,
        planes,
    }
}

/// A mask at another size.
pub fn mask(from: &Mask, width: usize, height: usize) -> Mask {
    Mask {
        width,
        height,
        values: plane(&from.values, from.width, from.height, width, height),
    }
}

/// For each output position: where its input begins and the weights, which add up to 1.
struct Taps {
    first: Vec<usize>,
    /// where the weights of each position begin, and where the last ones end
    starts: Vec<usize>,
    weights: Vec<f32>,
    /// every position is the mean of the next two
    halves: bool,
}

impl Taps {
    fn best(from: usize, to: usize) -> Self {
        if to <= from {
            Self::area(from, to)
        } else {
            Self::linear(from, to)
        }
    }

    fn with_room(positions: usize, each: usize) -> Self {
        let mut starts = Vec::with_capacity(positions + 1);
        starts.push(0);
        Self {
            first: Vec::with_capacity(positions),
            starts,
            weights: Vec::with_capacity(positions * each),
            halves: false,
        }
    }

    fn push(&mut self, first: usize, weights: impl IntoIterator<Item = f32>) {
        self.first.push(first);
        self.weights.extend(weights);
        self.starts.push(self.weights.len());
    }

    fn area(from: usize, to: usize) -> Self {
        let ratio = from as f64 / to as f64;
        let mut taps = Self::with_room(to, ratio as usize + 2);
        taps.halves = from == 2 * to;
        for i in 0..to {
            let (start, end) = (i as f64 * ratio, (i + 1) as f64 * ratio);
            let first = start.floor() as usize;
            let last = ((end - 1e-9).ceil() as usize).clamp(first + 1, from);
            let weights = (first..last).map(|k| {
                ((((k + 1) as f64).min(end) - (k as f64).max(start)) / (end - start)) as f32
            });
            taps.push(first, weights);
        }
        taps
    }

    fn linear(from: usize, to: usize) -> Self {
        let ratio = from as f64 / to as f64;
        let mut taps = Self::with_room(to, 2);
        for i in 0..to {
            let centre = ((i as f64 + 0.5) * ratio - 0.5).clamp(0.0, (from - 1) as f64);
            let first = (centre.floor() as usize).min(from.saturating_sub(2));
            let share = (centre - first as f64) as f32;
            match from {
                1 => taps.push(first, [1.0]),
                _ => taps.push(first, [1.0 - share, share]),
            }
        }
        taps
    }

    fn of(&self, i: usize) -> (usize, &[f32]) {
        (
            self.first[i],
            &self.weights[self.starts[i]..self.starts[i + 1]],
        )
    }

    /// Row `i` of the other height, from a plane of rows as long as `out`.
    fn blend(&self, values: &[f32], i: usize, out: &mut [f32]) {
        let (first, weights) = self.of(i);
        let width = out.len();
        let row = |k: usize| &values[(first + k) * width..(first + k + 1) * width];
        if let &[one, two] = weights {
            return between(out, row(0), row(1), [one, two]);
        }
        for (k, &weight) in weights.iter().enumerate() {
            if k == 0 {
                scaled(out, row(k), weight);
            } else {
                add_scaled(out, row(k), weight);
            }
        }
    }

    /// A row at the other width.
    fn gather(&self, row: &[f32], out: &mut [f32]) {
        if self.halves {
            return halved(out, row);
        }
        for ((out, &first), ends) in out.iter_mut().zip(&self.first).zip(self.starts.windows(2)) {
            let weights = &self.weights[ends[0]..ends[1]];
            let values = &row[first..first + weights.len()];
            *out = match (values, weights) {
                (&[a, b], &[u, v]) => a * u + b * v,
                (&[a, b, c], &[u, v, w]) => a * u + b * v + c * w,
                (&[a, b, c, d], &[u, v, w, x]) => a * u + b * v + c * w + d * x,
                _ => values.iter().zip(weights).map(|(value, w)| value * w).sum(),
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use retake_core::{Photo, PhotoId};

    proptest! {
        #[test]
        fn a_preview_has_the_light_of_the_photo(width in 1usize..60, height in 1usize..60, edge in 1usize..70) {
            let raster = Raster::from_fn(width, height, |x, y| [(x * 7 % 11) as f32, (y * 5 % 7) as f32, 0.5]);
            let mean = |r: &Raster| r.planes[0].iter().sum::<f32>() / r.len() as f32;
            let photo = Photo::from_raster(raster.clone(), PhotoId([0; 32]));
            let small = fit(&photo, edge).expect("a raster can always be read");
            prop_assert!(small.width.max(small.height) <= edge.max(1).min(width.max(height)).max(1));
            prop_assert!((small.planes[2][0] - 0.5).abs() < 1e-5);
            prop_assert!((mean(&small) - mean(&raster)).abs() < 1e-3 * 11.0);
        }
    }

    #[test]
    fn growing_a_ramp_keeps_it_a_ramp() {
        let grown = plane(&[0.0, 1.0, 2.0, 3.0], 4, 1, 8, 1);
        assert!(grown.is_sorted(), "{grown:?}");
    }
}
