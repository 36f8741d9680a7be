//! The colour cast of a network's picture: gain and offset of each channel that explain most of the picture, found with
//! weights that leave out what changed. The scale of what counts as unchanged is narrowed step by step, so that the answer
//! does not hang on where it began (graduated non-convexity, Blake & Zisserman 1987).

use super::codes::{Codes, quantile};
use super::fit::Cast;
use super::least::{solved, trust};

/// Scales of an inlier's residual, code values, widest first.
const SCALES: [f32; 9] = [0.25, 0.18, 0.12, 0.09, 0.06, 0.045, 0.03, 0.03, 0.03];

/// A gain of 1 is worth as much as this share of the picture with all values apart by 1.
const RIDGE: f64 = 1e-4;

/// A cast is told from fewer pixels than this share only by chance.
const LEAST_SHARE: f64 = 0.15;

/// Less than this nobody sees, code values.
const LEAST: f32 = 0.002;

/// A picture of fewer pixels has no cast that could be told.
const LEAST_PX: usize = 64;

/// Values nearer to black or white than this may have been cut off there, and tell nothing.
const CUT: f32 = 0.015;

/// The cast of `edit` against `source`, both blurred alike; `worth` says how much each pixel's colour can be relied on. None
/// where it is not seen or cannot be told.
pub(super) fn measured(source: &Codes, edit: &Codes, worth: &[f32]) -> Cast {
    let count = source.len();
    if count < LEAST_PX {
        return Cast::NONE;
    }
    let mut cast = Cast::NONE;
    for (channel, offset) in cast.offset.iter_mut().enumerate() {
        let mut apart: Vec<f32> = edit.planes[channel]
            .iter()
            .zip(&source.planes[channel])
            .map(|(edit, source)| edit - source)
            .collect();
        *offset = quantile(&mut apart, 0.5);
    }
    let total: f64 = worth.iter().map(|w| f64::from(*w)).sum();
    let mut weights = vec![0.0f32; count];
    for scale in SCALES {
        for (i, weight) in weights.iter_mut().enumerate() {
            let apart = |c: usize| edit.planes[c][i] - cast.of(c, source.planes[c][i]);
            let squared: f32 = (0..3).map(|c| apart(c) * apart(c)).sum();
            *weight = worth[i] * trust(squared, scale * scale);
        }
        for c in 0..3 {
            let mut sums = [0.0f64; 5];
            for ((source, edit), weight) in
                source.planes[c].iter().zip(&edit.planes[c]).zip(&weights)
            {
                let whole = (CUT..=1.0 - CUT).contains(edit);
                let (w, s, e) = (
                    f64::from(if whole { *weight } else { 0.0 }),
                    f64::from(*source),
                    f64::from(*edit - *source),
                );
                for (sum, term) in sums.iter_mut().zip([w, w * s, w * s * s, w * e, w * e * s]) {
                    *sum += term;
                }
            }
            let [w, s, ss, e, es] = sums;
            let ridge = RIDGE * total;
            if let Some([gain, offset]) = solved([[ss + ridge, s], [s, w + 1e-9]], [es, e]) {
                cast.gain[c] = (1.0 + gain as f32).clamp(0.5, 2.0);
                cast.offset[c] = offset as f32;
            }
        }
    }
    let believed: f64 = weights.iter().map(|w| f64::from(*w)).sum();
    if believed < LEAST_SHARE * total || size(&cast, source) < LEAST {
        return Cast::NONE;
    }
    cast
}

/// How far the cast moves the colours of a picture, root mean square in code values.
pub(super) fn size(cast: &Cast, source: &Codes) -> f32 {
    let squares: f64 = (0..3)
        .flat_map(|c| source.planes[c].iter().map(move |v| (c, *v)))
        .map(|(c, v)| f64::from(cast.of(c, v) - v).powi(2))
        .sum();
    (squares / (3 * source.len()).max(1) as f64).sqrt() as f32
}

/// The picture without the cast. What the cast has cut off at white or black is the source's, if that lay beyond.
pub(super) fn undone(edit: &Codes, cast: &Cast, source: &Codes) -> Codes {
    if *cast == Cast::NONE {
        return edit.clone();
    }
    let mut plain = edit.mapped(|c, value| cast.undone(c, value).clamp(0.0, 1.0));
    for c in 0..3 {
        let planes = edit.planes[c].iter().zip(&source.planes[c]);
        for (plain, (edit, source)) in plain.planes[c].iter_mut().zip(planes) {
            let beyond = *edit > 1.0 - CUT && source > plain || *edit < CUT && source < plain;
            if beyond {
                *plain = *source;
            }
        }
    }
    plain
}
