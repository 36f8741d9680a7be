//! How far a photo leans: the angle by which its nearly level and nearly upright edges are turned together.

use crate::blur::gaussian;
use crate::lab::Lab;
use crate::resize;

/// Lean beyond this is meant, not a slip of the hand.
const MOST_DEG: f32 = 15.0;
const BIN_DEG: f32 = 0.25;
const BINS: usize = (2.0 * MOST_DEG / BIN_DEG) as usize + 1;

/// Degrees clockwise by which the photo leans (turn it back by as much), in ±15°; `None` when it has no straight
/// level or upright edges that agree.
pub fn tilt_deg(lab: &Lab) -> Option<f32> {
    let (width, height) = resize::size_within(lab.width, lab.height, 640);
    if width < 16 || height < 16 {
        return None;
    }
    let l = resize::plane(&lab.l, lab.width, lab.height, width, height);
    let l = gaussian(&l, width, height, 1.5);
    let mut histogram = vec![0.0f64; BINS];
    let mut all = 0.0f64;
    for y in 2..height - 2 {
        for x in 2..width - 2 {
            let i = y * width + x;
            // Scharr's weights, which turn with the picture (Jähne, Scharr & Körkel 1999)
            let scharr = |along: usize, across: usize| {
                let step = |at: usize| l[at + along] - l[at - along];
                0.1875 * (step(i - across) + step(i + across)) + 0.625 * step(i)
            };
            let (gx, gy) = (scharr(1, width), scharr(width, 1));
            let strength = gx * gx + gy * gy;
            if strength < 1.0 {
                continue;
            }
            // the edge runs across the gradient; level and upright edges count alike
            let edge = (-gx).atan2(gy).to_degrees();
            let lean = (edge + 45.0).rem_euclid(90.0) - 45.0;
            let weight = f64::from(strength.sqrt().min(20.0));
            all += weight;
            if lean.abs() < MOST_DEG {
                histogram[((lean + MOST_DEG) / BIN_DEG + 0.5) as usize] += weight;
            }
        }
    }
    let smooth: Vec<f64> = (0..BINS)
        .map(|i| {
            (i.saturating_sub(8)..=(i + 8).min(BINS - 1))
                .map(|k| {
                    let d = (k as f64 - i as f64) / 3.0;
                    histogram[k] * (-0.5 * d * d).exp()
                })
                .sum()
        })
        .collect();
    let mut sorted = smooth.clone();
    sorted.sort_by(f64::total_cmp);
    let ground = sorted[BINS / 2];
    let peak = (0..BINS).max_by(|&a, &b| smooth[a].total_cmp(&smooth[b]))?;
    if all == 0.0 || smooth[peak] < 1.6 * ground + 0.01 * all {
        return None;
    }
    // centre of what rises above the ground around the peak
    let (mut sum, mut weights) = (0.0, 0.0);
    for (k, value) in smooth
        .iter()
        .enumerate()
        .take(peak + 5)
        .skip(peak.saturating_sub(4))
    {
        let above = (value - 0.5 * (ground + smooth[peak])).max(0.0);
        sum += above * k as f64;
        weights += above;
    }
    Some((sum / weights.max(1e-9)) as f32 * BIN_DEG - MOST_DEG)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sea(lean_deg: f32) -> Lab {
        let (width, height) = (300, 200);
        let slope = lean_deg.to_radians().tan();
        let l = (0..width * height)
            .map(|i| {
                let (x, y) = ((i % width) as f32 - 150.0, (i / width) as f32 - 90.0);
                40.0 + 30.0 / (1.0 + (y - slope * x).exp()) + ((i * 7919) % 13) as f32 * 0.2
            })
            .collect();
        let zero = vec![0.0; width * height];
        Lab {
            width,
            height,
            l,
            a: zero.clone(),
            b: zero,
        }
    }

    #[test]
    fn a_leaning_horizon_is_measured() {
        for lean in [-9.0f32, -3.0, 0.0, 1.5, 6.0] {
            let found = tilt_deg(&sea(lean)).expect("there is a horizon");
            assert!((found - lean).abs() < 0.4, "{lean}: {found}");
        }
    }

    #[test]
    fn a_flat_picture_has_no_horizon() {
        let mut lab = sea(0.0);
        lab.l.fill(50.0);
        assert_eq!(tilt_deg(&lab), None);
    }
}
