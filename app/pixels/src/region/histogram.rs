//! A soft histogram over CIELAB: how often a colour occurs in a weighted set of points.

use crate::lab::Lab;

/// Bins along L*, a* and b*.
const BINS: [usize; 3] = [12, 18, 18];

/// Where each point of a picture lies among the bins: worked out once, used for every histogram of that picture.
pub(super) struct Bins(Vec<Place>);

/// The first of the eight bins around a colour, and the shares of the next along L*, a* and b*.
struct Place {
    first: u32,
    shares: [f32; 3],
}

/// Share of the weight in each bin, spread over neighbouring bins.
pub(super) struct Histogram(Vec<f32>);

/// The lower bin and the share of the next along one axis, for a position in bins.
fn split(position: f32, bins: usize) -> (usize, f32) {
    let p = position.clamp(0.0, (bins - 1) as f32);
    let first = (p as usize).min(bins - 2);
    (first, p - first as f32)
}

impl Place {
    /// The eight bins and their shares, which add up to 1.
    #[inline(always)]
    fn corners(&self) -> [(usize, f32); 8] {
        let [dl, da, db] = self.shares;
        std::array::from_fn(|k| {
            let (kl, ka, kb) = (k & 1, k >> 1 & 1, k >> 2 & 1);
            let side = |bit: usize, share: f32| if bit == 1 { share } else { 1.0 - share };
            let bin = self.first as usize + (kl * BINS[1] + ka) * BINS[2] + kb;
            (bin, side(kl, dl) * side(ka, da) * side(kb, db))
        })
    }
}

impl Bins {
    /// Of a picture's colours.
    pub(super) fn of(lab: &Lab) -> Self {
        // a* and b* of sRGB lie within ±110; what is beyond ±84 shares the outer bins
        let squeeze = |v: f32| 8.5 + 8.5 * (v / 84.0).clamp(-1.0, 1.0);
        let place = |i: usize| {
            let (l, dl) = split(lab.l[i] * 0.11, BINS[0]);
            let (a, da) = split(squeeze(lab.a[i]), BINS[1]);
            let (b, db) = split(squeeze(lab.b[i]), BINS[2]);
            Place {
                first: ((l * BINS[1] + a) * BINS[2] + b) as u32,
                shares: [dl, da, db],
            }
        };
        Self((0..lab.len()).map(place).collect())
    }
    /// The histogram of all points, each with its weight.
    pub(super) fn histogram(&self, weights: impl Iterator<Item = f32>) -> Histogram {
        let mut bins = vec![0.0f32; BINS.iter().product()];
        let mut total = 0.0f64;
        for (place, weight) in self.0.iter().zip(weights) {
            if weight > 0.0 {
                total += f64::from(weight);
                for (bin, share) in place.corners() {
                    bins[bin] += weight * share;
                }
            }
        }
        let scale = (1.0 / total.max(1e-6)) as f32;
        for bin in &mut bins {
            *bin *= scale;
        }
        Histogram(bins)
    }
    /// Share of a histogram's weight at the colour of point `i`.
    pub(super) fn share(&self, histogram: &Histogram, i: usize) -> f32 {
        let corners = self.0[i].corners();
        corners
            .iter()
            .map(|&(bin, share)| histogram.0[bin] * share)
            .sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_that_is_there_is_likelier_than_one_that_is_not() {
        let lab = Lab {
            width: 2,
            height: 1,
            l: vec![50.0, 70.0],
            a: vec![40.0, -30.0],
            b: vec![10.0, 20.0],
        };
        let bins = Bins::of(&lab);
        let reds = bins.histogram([1.0, 0.0].into_iter());
        assert!(bins.share(&reds, 0) > 0.1 && bins.share(&reds, 1) == 0.0);
    }
}
