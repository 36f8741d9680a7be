//! The smooth, rising tone curve and the colour weights that best turn the source's lightness into the edit's.
//! What they explain is a change of tone; what is left is a change of content.

use retake_pixels::lab::Lab;
use retake_pixels::vectorised;

/// A power of two.
const BINS: usize = 64;
/// Standard deviation, in bins, of the blur that keeps staircases out of the curve.
const SMOOTH_BINS: f32 = 2.5;
/// How much one unit of a* or b* may move L* ("a red filter"): beyond that it is no filter.
const MOST_FROM_COLOUR: f32 = 0.7;

/// L* of the edit ≈ `curve(L*)` + `from_a` · a* + `from_b` · b*, all of the source.
#[derive(Clone, Debug)]
pub(crate) struct Tone {
    /// values at L* = 0 … 100 in equal steps
    curve: [f32; BINS],
    from_a: f32,
    from_b: f32,
}

impl Tone {
    /// Fits source to edit over a fixed sample of pixels.
    pub(crate) fn fit(source: &Lab, edit: &Lab) -> Self {
        let stride = (source.len() / 60_000).max(1) | 1;
        let sample: Vec<Sample> = (0..source.len())
            .step_by(stride)
            .map(|i| Sample::of(source, edit, i))
            .collect();
        let mut tone = Self {
            curve: [0.0; BINS],
            from_a: 0.0,
            from_b: 0.0,
        };
        for _ in 0..2 {
            tone.fit_curve(&sample);
            tone.fit_colour(&sample);
        }
        tone.fit_curve(&sample);
        tone
    }

    fn fit_curve(&mut self, samples: &[Sample]) {
        // of the lower bin of each pixel and of the next: rest and share. Shared between the two, so that the curve
        // doesn't jump with rounding.
        let mut sums = [[0.0f64; 4]; BINS - 1];
        for sample in samples {
            let rest = sample.edit - self.from_a * sample.a - self.from_b * sample.b;
            let (rest, share) = (f64::from(rest), f64::from(sample.share));
            let bin = &mut sums[(sample.first as usize).min(BINS - 2)];
            let more = [rest * (1.0 - share), 1.0 - share, rest * share, share];
            for (sum, more) in bin.iter_mut().zip(more) {
                *sum += more;
            }
        }
        let mut both = [(0.0f64, 0.0f64); BINS];
        for (first, [rest, weight, next_rest, next_weight]) in sums.into_iter().enumerate() {
            both[first].0 += rest;
            both[first].1 += weight;
            both[first + 1].0 += next_rest;
            both[first + 1].1 += next_weight;
        }
        let sums = both;
        let curve = smoothed(&rising(&sums), &sums);
        self.curve = std::array::from_fn(|i| curve[i]);
    }

    fn fit_colour(&mut self, samples: &[Sample]) {
        let (mut aa, mut ab, mut bb, mut ra, mut rb) = (0.0f64, 0.0, 0.0, 0.0, 0.0);
        let (mut sa, mut sb, mut sr) = (0.0f64, 0.0, 0.0);
        for sample in samples {
            let rest = f64::from(sample.edit - self.between(sample.first, sample.share));
            let (a, b) = (f64::from(sample.a), f64::from(sample.b));
            aa += a * a;
            ab += a * b;
            bb += b * b;
            ra += rest * a;
            rb += rest * b;
            sa += a;
            sb += b;
            sr += rest;
        }
        let n = samples.len().max(1) as f64;
        let (aa, ab, bb) = (aa - sa * sa / n, ab - sa * sb / n, bb - sb * sb / n);
        let (ra, rb) = (ra - sr * sa / n, rb - sr * sb / n);
        // a little ridge: a grey photo has no colour to learn from
        let ridge = 4.0 * n;
        let (aa, bb) = (aa + ridge, bb + ridge);
        let determinant = (aa * bb - ab * ab).max(1e-9);
        let limit = |v: f64| (v as f32).clamp(-MOST_FROM_COLOUR, MOST_FROM_COLOUR);
        self.from_a = limit((ra * bb - rb * ab) / determinant);
        self.from_b = limit((rb * aa - ra * ab) / determinant);
    }

    /// The curve alone at one L*.
    #[cfg(test)]
    fn at(&self, l: f32) -> f32 {
        let (first, share) = place(l);
        self.between(first, share)
    }

    /// The curve between a bin and the next.
    #[inline(always)]
    fn between(&self, first: u32, share: f32) -> f32 {
        between(&self.curve, first, share)
    }

    /// The source's L* as the edit would have it, were it a change of tone alone.
    pub(crate) fn apply(&self, source: &Lab) -> Vec<f32> {
        let mut out = source.l.clone();
        toned(
            &self.curve,
            [self.from_a, self.from_b],
            &source.a,
            &source.b,
            &mut out,
        );
        out
    }
}

/// The lower bin of an L*, and the share of the next.
#[inline(always)]
fn place(l: f32) -> (u32, f32) {
    let at = l.clamp(0.0, 100.0) * ((BINS as f32 - 1.0) / 100.0);
    let first = (at as i32).min(BINS as i32 - 2);
    (first as u32, at - first as f32)
}

#[inline(always)]
fn between(curve: &[f32; BINS], first: u32, share: f32) -> f32 {
    // the mask says to the compiler that the place exists
    let first = first as usize;
    let (low, high) = (curve[first & (BINS - 1)], curve[(first + 1) & (BINS - 1)]);
    low + (high - low) * share
}

vectorised! {
    /// `l` through the curve, with what the colours add.
    fn toned(curve: &[f32; BINS], from: [f32; 2], a: &[f32], b: &[f32], l: &mut [f32]) {
        for ((l, a), b) in l.iter_mut().zip(a).zip(b) {
            let (first, share) = place(*l);
            *l = between(curve, first, share) + from[0] * a + from[1] * b;
        }
    }
}

/// One pixel that the curve is fitted to.
struct Sample {
    /// its place on the curve
    first: u32,
    share: f32,
    a: f32,
    b: f32,
    /// L* of the edit
    edit: f32,
}

impl Sample {
    fn of(source: &Lab, edit: &Lab, i: usize) -> Self {
        let (first, share) = place(source.l[i]);
        Self {
            first,
            share,
            a: source.a[i],
            b: source.b[i],
            edit: edit.l[i],
        }
    }
}

/// The means made non-decreasing (pool adjacent violators, Barlow et al. 1972); empty bins take part with a tiny weight.
fn rising(sums: &[(f64, f64)]) -> Vec<f32> {
    let filled: Vec<(usize, f64, f64)> = sums
        .iter()
        .enumerate()
        .filter(|(_, (_, n))| *n > 0.5)
        .map(|(i, (sum, n))| (i, sum / n, *n))
        .collect();
    let Some((first, last)) = filled.first().zip(filled.last()) else {
        return (0..sums.len())
            .map(|i| i as f32 * 100.0 / (BINS as f32 - 1.0))
            .collect();
    };
    let (first, last) = (first.0, last.0);
    let mut pools: Vec<(f64, f64, usize)> = Vec::new();
    for &(_, mean, weight) in &filled {
        let mut pool = (mean, weight, 1);
        while let Some(&(below, below_weight, count)) = pools.last() {
            if below <= pool.0 {
                break;
            }
            let weight = below_weight + pool.1;
            pool = (
                (below * below_weight + pool.0 * pool.1) / weight,
                weight,
                count + pool.2,
            );
            pools.pop();
        }
        pools.push(pool);
    }
    let levels: Vec<f32> = pools
        .iter()
        .flat_map(|&(mean, _, count)| std::iter::repeat_n(mean as f32, count))
        .collect();
    let mut curve = vec![0.0f32; sums.len()];
    for (k, pair) in filled.windows(2).enumerate() {
        let (from, to) = (pair[0].0, pair[1].0);
        for (step, value) in curve[from..=to].iter_mut().enumerate() {
            let share = step as f32 / (to - from) as f32;
            *value = levels[k] + (levels[k + 1] - levels[k]) * share;
        }
    }
    let step = 100.0 / (BINS as f32 - 1.0);
    curve[first] = levels[0];
    for i in (0..first).rev() {
        curve[i] = curve[i + 1] - step;
    }
    for i in last + 1..curve.len() {
        curve[i] = curve[i - 1] + step;
    }
    curve
}

/// A Gaussian over the bins, weighted by how many pixels each holds and made on the difference to a straight line,
/// so that the ends stay where they are.
fn smoothed(curve: &[f32], sums: &[(f64, f64)]) -> Vec<f32> {
    let reach = (3.0 * SMOOTH_BINS) as usize;
    let busiest = sums.iter().map(|s| s.1).fold(1.0, f64::max) as f32;
    let weight = |i: usize| 0.02 + (sums[i].1 as f32 / busiest).sqrt();
    (0..curve.len())
        .map(|i| {
            // local straight line by weighted least squares: a blur that leaves slopes alone
            let (mut w0, mut w1, mut w2, mut y0, mut y1) = (0.0f32, 0.0, 0.0, 0.0, 0.0);
            let first = i.saturating_sub(reach);
            let near = &curve[first..=(i + reach).min(curve.len() - 1)];
            for (k, value) in (first..).zip(near) {
                let d = k as f32 - i as f32;
                let w = weight(k) * (-0.5 * (d / SMOOTH_BINS).powi(2)).exp();
                w0 += w;
                w1 += w * d;
                w2 += w * d * d;
                y0 += w * value;
                y1 += w * d * value;
            }
            let determinant = w0 * w2 - w1 * w1;
            if determinant > 1e-9 {
                (y0 * w2 - y1 * w1) / determinant
            } else {
                curve[i]
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lab(l: impl Fn(usize) -> f32) -> Lab {
        let (width, height) = (64, 64);
        Lab {
            width,
            height,
            l: (0..width * height).map(l).collect(),
            a: (0..width * height)
                .map(|i| (i * 7 % 41) as f32 - 20.0)
                .collect(),
            b: (0..width * height)
                .map(|i| (i * 5 % 31) as f32 - 15.0)
                .collect(),
        }
    }

    #[test]
    fn a_gamma_with_a_colour_filter_is_explained() {
        let source = lab(|i| (i * 37 % 1000) as f32 / 10.0);
        let mut edit = source.clone();
        for i in 0..source.len() {
            edit.l[i] = 100.0 * (source.l[i] / 100.0).powf(0.7) + 0.3 * source.a[i];
        }
        let explained = Tone::fit(&source, &edit).apply(&source);
        let wrong = explained
            .iter()
            .zip(&edit.l)
            .zip(&source.l)
            .filter(|(_, l)| **l > 5.0)
            .map(|((t, e), _)| (t - e).abs())
            .fold(0.0, f32::max);
        assert!(wrong < 2.0, "{wrong}");
    }

    #[test]
    fn a_staircase_is_not_taken_for_a_tone_curve() {
        let source = lab(|i| (i * 37 % 1000) as f32 / 10.0);
        let mut edit = source.clone();
        for l in &mut edit.l {
            *l = (*l / 12.5).floor() * 12.5 + 6.25;
        }
        let tone = Tone::fit(&source, &edit);
        for l in 10..90 {
            let slope = tone.at(l as f32 + 1.0) - tone.at(l as f32);
            assert!((0.4..1.6).contains(&slope), "at {l}: {slope}");
        }
    }
}
