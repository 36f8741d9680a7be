//! Foliage: colours from olive and straw to green that are neither vivid paint nor grey, with some texture about them.

use super::Detected;
use super::features::Features;
use super::position::smoothstep;

pub(super) fn detect(f: &Features) -> Detected {
    let near = f.blurred(&f.texture, 0.012);
    let raw: Vec<f32> = (0..f.len())
        .map(|i| {
            let (l, chroma, hue) = (f.lab.l[i], f.lab.chroma(i), f.hue_deg(i));
            // leaves in shade keep little chroma; a green hue says more than an olive one
            let green = smoothstep(75.0, 86.0, hue) * (1.0 - smoothstep(150.0, 168.0, hue));
            let least = if hue > 105.0 { 4.0 } else { 8.0 };
            let coloured = smoothstep(least, least + 7.0, chroma + 0.06 * (40.0 - l).max(0.0));
            let paint = smoothstep(58.0, 80.0, chroma);
            let lit = smoothstep(3.0, 9.0, l) * (1.0 - smoothstep(86.0, 95.0, l));
            green * coloured * (1.0 - paint) * lit * (0.35 + 0.65 * smoothstep(0.5, 2.0, near[i]))
        })
        .collect();
    // leaves are where leaves are: isolated greens fade, gaps between leaves fill
    // dry grass alone could be straw, hair or wood: somewhere near, something must be green
    let green: Vec<f32> = (0..f.len())
        .map(|i| raw[i] * smoothstep(84.0, 97.0, f.hue_deg(i)))
        .collect();
    let green = f.blurred(&green, 0.1);
    let around = f.blurred(&raw, 0.012);
    let wide = f.blurred(&raw, 0.04);
    let mask: Vec<f32> = (0..f.len())
        .map(|i| {
            let sure = 0.45 * raw[i] + 0.4 * around[i] + 0.25 * wide[i];
            smoothstep(0.28, 0.55, sure) * smoothstep(0.02, 0.07, green[i])
        })
        .collect();
    let share = mask.iter().sum::<f32>() / f.len() as f32;
    let sure =
        mask.iter().zip(&raw).map(|(m, r)| m * r).sum::<f32>() / mask.iter().sum::<f32>().max(1e-3);
    let confidence = smoothstep(0.005, 0.06, share) * smoothstep(0.3, 0.6, sure);
    Detected { mask, confidence }
}
