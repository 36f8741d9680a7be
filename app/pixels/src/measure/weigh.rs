//! Weighted means and levels: how every measure takes its region into account.

use crate::sums;

/// Where to measure: one weight a pixel, never all zero, and the asked hue if there is one.
pub(super) struct Area<'a> {
    pub(super) weights: &'a [f32],
    pub(super) hue_deg: Option<f32>,
}

impl Area<'_> {
    /// Weighted mean of `value(i)` over all pixels.
    pub(super) fn mean(&self, value: impl Fn(usize) -> f32) -> f32 {
        self.mean_where(|_| true, value).unwrap_or(0.0)
    }

    /// Weighted mean of a plane.
    pub(super) fn mean_of(&self, values: &[f32]) -> f32 {
        // short runs in single precision, their sums in double
        const RUN: usize = 256;
        let (mut sum, mut total) = (0.0f64, 0.0f64);
        for (weights, values) in self.weights.chunks(RUN).zip(values.chunks(RUN)) {
            sum += f64::from(sums::dot(weights, values));
            total += f64::from(sums::total(weights));
        }
        if total > 0.0 {
            (sum / total) as f32
        } else {
            0.0
        }
    }

    /// Weighted mean of `value(i)` over the pixels for which `meant(i)`; `None` when they weigh nothing.
    pub(super) fn mean_where(
        &self,
        meant: impl Fn(usize) -> bool,
        value: impl Fn(usize) -> f32,
    ) -> Option<f32> {
        self.means_where(meant, |i| [value(i)]).map(|[mean]| mean)
    }

    /// The same for several values at once.
    pub(super) fn means_where<const N: usize>(
        &self,
        meant: impl Fn(usize) -> bool,
        values: impl Fn(usize) -> [f32; N],
    ) -> Option<[f32; N]> {
        let (mut sums, mut total) = ([0.0f64; N], 0.0f64);
        for (i, &weight) in self.weights.iter().enumerate() {
            if meant(i) {
                for (sum, value) in sums.iter_mut().zip(values(i)) {
                    *sum += f64::from(weight) * f64::from(value);
                }
                total += f64::from(weight);
            }
        }
        (total > 0.0).then(|| sums.map(|sum| (sum / total) as f32))
    }

    /// Weighted root mean square of a plane.
    pub(super) fn rms(&self, values: &[f32]) -> f32 {
        self.mean(|i| values[i] * values[i]).sqrt()
    }

    /// How much of the region's weight lies on the pixels for which `meant(i)`, 0 to 1.
    pub(super) fn share(&self, meant: impl Fn(usize) -> bool) -> f32 {
        self.mean(|i| f32::from(u8::from(meant(i))))
    }

    /// Weighted histogram of `value(i)` over the pixels for which `meant(i)`.
    pub(super) fn tally(
        &self,
        mut tally: Tally,
        meant: impl Fn(usize) -> bool,
        value: impl Fn(usize) -> f32,
    ) -> Tally {
        for (i, &weight) in self.weights.iter().enumerate() {
            if meant(i) {
                tally.add(value(i), weight);
            }
        }
        tally
    }
}

/// A weighted histogram over an interval; values outside count in its first or last bin.
pub(super) struct Tally {
    from: f32,
    bins_per_unit: f32,
    pub(super) bins: Vec<f64>,
    pub(super) total: f64,
}

impl Tally {
    pub(super) fn new(from: f32, to: f32, bins: usize) -> Self {
        Self {
            from,
            bins_per_unit: bins as f32 / (to - from),
            bins: vec![0.0; bins],
            total: 0.0,
        }
    }
    /// For L*, in steps of 1/16.
    pub(super) fn lightness() -> Self {
        Self::new(0.0, 100.0, 1600)
    }
    /// For chroma, in steps of 1/10.
    pub(super) fn chroma() -> Self {
        Self::new(0.0, 140.0, 1400)
    }
    /// For gradients of L* per px, in steps of 1/50.
    pub(super) fn gradient() -> Self {
        Self::new(0.0, 40.0, 2000)
    }

    /// The bin that a value falls into.
    #[inline]
    pub(super) fn bin(&self, value: f32) -> usize {
        // a negative float becomes 0 in this cast
        (((value - self.from) * self.bins_per_unit) as usize).min(self.bins.len() - 1)
    }

    /// Counts a value.
    #[inline]
    pub(super) fn add(&mut self, value: f32, weight: f32) {
        let bin = self.bin(value);
        self.bins[bin] += f64::from(weight);
        self.total += f64::from(weight);
    }

    fn place(&self, share: f64) -> (usize, f64) {
        let wanted = share * self.total;
        let mut before = 0.0;
        let mut last = (0, 0.0);
        for (i, &weight) in self.bins.iter().enumerate() {
            if weight > 0.0 {
                if before + weight > wanted {
                    return (i, (wanted - before) / weight);
                }
                last = (i, 1.0);
                before += weight;
            }
        }
        last
    }

    /// The bin of the value below which `share` (0 to 1) of the weight lies. Comparing bins, never values, keeps
    /// pixels of one value together.
    pub(super) fn level_bin(&self, share: f64) -> usize {
        self.place(share).0
    }

    /// The value below which `share` (0 to 1) of the weight lies, interpolated within its bin.
    pub(super) fn level(&self, share: f64) -> f32 {
        let (bin, part) = self.place(share);
        self.from + ((bin as f64 + part) / f64::from(self.bins_per_unit)) as f32
    }
}

/// How much more `change` is where `near` weighs than where `far` weighs, between pixels of equal lightness in the
/// source (25 classes of 4 L*), so that a tone curve, which treats equal pixels equally, makes no difference at all.
/// Without common lightnesses the plain difference of the means; 0 when either weighs nothing.
pub(super) fn matched_difference(
    lightness: &[f32],
    change: impl Fn(usize) -> f32,
    near: impl Fn(usize) -> f32,
    far: impl Fn(usize) -> f32,
) -> f32 {
    const CLASSES: usize = 25;
    let mut sums = [[0.0f64; 4]; CLASSES];
    for (i, &l) in lightness.iter().enumerate() {
        let class = &mut sums[((l * 0.25) as usize).min(CLASSES - 1)];
        let (near, far, change) = (f64::from(near(i)), f64::from(far(i)), f64::from(change(i)));
        class[0] += near;
        class[1] += near * change;
        class[2] += far;
        class[3] += far * change;
    }
    let total: [f64; 4] = std::array::from_fn(|k| sums.iter().map(|class| class[k]).sum());
    if total[0] < 1e-6 || total[2] < 1e-6 {
        return 0.0;
    }
    let (mut common, mut difference) = (0.0, 0.0);
    for class in &sums {
        let both = (class[0] / total[0]).min(class[2] / total[2]);
        if both > 0.0 {
            common += both;
            difference += both * (class[1] / class[0] - class[3] / class[2]);
        }
    }
    if common < 0.05 {
        return (total[1] / total[0] - total[3] / total[2]) as f32;
    }
    (difference / common) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(values: &[f32], weights: &[f32]) -> Tally {
        Area {
            weights,
            hue_deg: None,
        }
        .tally(Tally::lightness(), |_| true, |i| values[i])
    }

    #[test]
    fn a_level_is_where_half_the_weight_lies() {
        let halves = tally(&[10.0, 20.0, 80.0, 90.0], &[1.0, 1.0, 1.0, 5.0]);
        assert!((halves.level(0.5) - 90.0).abs() < 0.1);
        assert!((halves.level(0.2) - 20.0).abs() < 0.1);
    }

    #[test]
    fn a_tone_curve_makes_no_matched_difference() {
        let lightness: Vec<f32> = (0..1000).map(|i| (i * 37 % 101) as f32).collect();
        let difference = matched_difference(
            &lightness,
            |i| (lightness[i] * 0.25).floor().min(24.0),
            |i| if i < 300 { lightness[i] } else { 0.0 },
            |i| if i > 600 { 1.0 } else { 0.0 },
        );
        assert!(difference.abs() < 1e-5, "{difference}");
    }
}
