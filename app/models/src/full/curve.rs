//! A change of brightness as a curve that never turns back: means of the edit over classes of the source, made monotone by
//! pooling (Ayer et al. 1955), and continued in parallel to the diagonal beyond what the photo has.

use super::codes::Codes;

/// Classes of code values between 0 and 1.
const CLASSES: usize = 48;

/// Neighbours count this far, in classes.
const SMOOTH: f32 = 1.2;

/// A class is there from this share of the picture on.
const LEAST_SHARE: f64 = 1e-4;

/// From code value to code value.
#[derive(Clone, Debug)]
pub(super) struct Curve {
    /// at the classes' middles
    values: Vec<f32>,
}

impl Curve {
    /// The curve that takes the brightness of `source` to that of `edit`.
    pub(super) fn of_brightness(source: &Codes, edit: &Codes, weights: &[f32]) -> Self {
        let (from, to) = (source.brightness(), edit.brightness());
        Self::fitted(from.iter().zip(&to).zip(weights))
    }

    /// The one curve that takes each channel of `source` to that of `edit`.
    pub(super) fn of_channels(source: &Codes, edit: &Codes, weights: &[f32]) -> Self {
        Self::fitted((0..3).flat_map(|c| source.planes[c].iter().zip(&edit.planes[c]).zip(weights)))
    }

    fn fitted<'a>(values: impl Iterator<Item = ((&'a f32, &'a f32), &'a f32)>) -> Self {
        // per class: weight, weighted source, weighted edit
        let mut sums = vec![[0.0f64; 3]; CLASSES];
        for ((from, to), weight) in values {
            let class = ((from * CLASSES as f32) as usize).min(CLASSES - 1);
            let terms = [1.0, *from, *to].map(|v| f64::from(v * weight));
            for (sum, term) in sums[class].iter_mut().zip(terms) {
                *sum += term;
            }
        }
        let total: f64 = sums.iter().map(|s| s[0]).sum();
        let middle = |class: usize| (class as f32 + 0.5) / CLASSES as f32;
        // (class, weight, change), smoothed over neighbours
        let mut known: Vec<(usize, f64, f64)> = Vec::new();
        for (class, sum) in sums.iter().enumerate() {
            if sum[0] > LEAST_SHARE * total {
                let (mut weight, mut change) = (0.0, 0.0);
                for (other, sum) in sums.iter().enumerate() {
                    let apart = (other as f32 - class as f32) / SMOOTH;
                    let near = f64::from((-0.5 * apart * apart).exp());
                    weight += near * sum[0];
                    change += near * (sum[2] - sum[1]);
                }
                known.push((class, weight, change / weight));
            }
        }
        let points: Vec<(f64, f64)> = known
            .iter()
            .map(|(class, weight, change)| (*weight, f64::from(middle(*class)) + change))
            .collect();
        let pooled = pooled(&points);
        let at = |class: usize| -> f32 {
            let after = known.partition_point(|(known, ..)| *known < class);
            let offset = |k: usize| pooled[k] as f32 - middle(known[k].0);
            match (after.checked_sub(1), known.get(after)) {
                (None, None) => middle(class),
                (Some(before), None) => middle(class) + offset(before),
                (None, Some(_)) => middle(class) + offset(0),
                (Some(before), Some(_)) => {
                    let (a, b) = (known[before].0 as f32, known[after].0 as f32);
                    let share = (class as f32 - a) / (b - a);
                    (pooled[before] as f32) * (1.0 - share) + pooled[after] as f32 * share
                }
            }
        };
        Self {
            values: (0..CLASSES).map(at).collect(),
        }
    }

    /// What becomes of a value; beyond the ends parallel to the diagonal.
    pub(super) fn of(&self, value: f32) -> f32 {
        let at = value * CLASSES as f32 - 0.5;
        let inside = at.clamp(0.0, (CLASSES - 1) as f32);
        let first = (inside as usize).min(CLASSES - 2);
        let share = inside - first as f32;
        let (a, b) = (self.values[first], self.values[first + 1]);
        a + (b - a) * share + (at - inside) / CLASSES as f32
    }
}

/// The nearest values that never fall, each with its weight.
fn pooled(points: &[(f64, f64)]) -> Vec<f64> {
    let mut pools: Vec<(f64, f64, usize)> = Vec::new();
    for &(weight, value) in points {
        pools.push((weight, value, 1));
        while let [.., a, b] = pools[..]
            && a.1 > b.1
        {
            pools.pop();
            pools.pop();
            let weight = a.0 + b.0;
            pools.push((weight, (a.0 * a.1 + b.0 * b.1) / weight, a.2 + b.2));
        }
    }
    pools
        .iter()
        .flat_map(|(_, value, count)| std::iter::repeat_n(*value, *count))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_falls_is_pooled() {
        let points = [(1.0, 1.0), (1.0, 3.0), (3.0, 1.0), (1.0, 4.0)];
        assert_eq!(pooled(&points), [1.0, 1.5, 1.5, 4.0]);
    }

    fn greys(values: impl Iterator<Item = f32>) -> Codes {
        let plane: Vec<f32> = values.collect();
        Codes {
            width: plane.len(),
            height: 1,
            planes: [plane.clone(), plane.clone(), plane],
        }
    }

    #[test]
    fn a_curve_is_found_and_goes_on_beyond_the_photo() {
        let source = greys((300..700).map(|v| v as f32 / 1000.0));
        let edit = source.mapped(|_, v| v * v);
        let curve = Curve::of_brightness(&source, &edit, &[1.0; 400]);
        for v in [0.35, 0.5, 0.65] {
            assert!((curve.of(v) - v * v).abs() < 3e-3, "{} at {v}", curve.of(v));
        }
        let all: Vec<f32> = (-20..=120).map(|v| curve.of(v as f32 / 100.0)).collect();
        assert!(all.is_sorted(), "{all:?}");
    }
}
