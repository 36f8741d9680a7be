//! The subject: what stands out from the border (minimum barrier distance and border colours, Zhang et al. 2015,
//! MB+), is sharp where the rest is not, and lies towards the middle; then grown and trimmed by what colours it and
//! the background are made of (the alternation of GrabCut, Rother et al. 2004, with histograms and no graph cut).

use super::Detected;
use super::barrier;
use super::features::{Features, percentile};
use super::position::smoothstep;
use super::skin::look;

pub(super) fn detect(f: &Features) -> Detected {
    if f.width < 8 || f.height < 8 {
        return Detected {
            mask: centre(f),
            confidence: 0.0,
        };
    }
    let apart = normalised(from_border(f), 0.98);
    let odd = normalised(border_contrast(f), 0.98);
    let sharp = sharpness(f);
    let centre = centre(f);
    let first: Vec<f32> = (0..f.len())
        .map(|i| (apart[i] + odd[i]) * 0.5 * (0.35 + 0.65 * sharp[i]) * (0.3 + 0.7 * centre[i]))
        .collect();
    let mut first = normalised(f.blurred(&first, 0.01), 0.98);
    for (first, person) in first.iter_mut().zip(people(f)) {
        *first = first.max(0.8 * person);
    }
    let mut belief: Vec<f32> = {
        let level = otsu(&first);
        first
            .iter()
            .map(|&s| smoothstep(0.6 * level, 1.4 * level, s))
            .collect()
    };
    for _ in 0..3 {
        belief = refine(f, &belief, &first, &sharp);
    }
    let person = look(f)
        .faces
        .iter()
        .map(|face| smoothstep(0.2, 0.5, face.sure))
        .fold(0.0, f32::max);
    let confidence = confidence(f, &belief, &first).max(0.8 * person);
    // with nothing to go by, the subject is what lies in the middle
    let trust = smoothstep(0.15, 0.45, confidence);
    let mask = belief
        .iter()
        .zip(&centre)
        .map(|(b, c)| trust * b + (1.0 - trust) * c)
        .collect();
    Detected { mask, confidence }
}

/// Barrier distance of L*, a* and b* from the border, added up. The lower border counts less: people and flowers
/// are often cut by it.
fn from_border(f: &Features) -> Vec<f32> {
    let start: Vec<f32> = (0..f.len())
        .map(|i| {
            let (x, y) = (i % f.width, i / f.width);
            let side = x == 0 || x + 1 == f.width;
            if y == 0 || (side && y * 4 < f.height * 3) {
                0.0
            } else if side || y + 1 == f.height {
                18.0
            } else {
                f32::INFINITY
            }
        })
        .collect();
    let mut sum = vec![0.0; f.len()];
    for plane in [&f.lab.l, &f.lab.a, &f.lab.b] {
        for (sum, d) in sum
            .iter_mut()
            .zip(barrier::distance(plane, f.width, &start))
        {
            *sum += d;
        }
    }
    sum
}

/// Distance of each colour from those along the four borders (Mahalanobis), the largest of the four left out, so that
/// a subject that touches one border still stands out from the others.
fn border_contrast(f: &Features) -> Vec<f32> {
    let depth = (f.width.min(f.height) / 10).max(1);
    let belongs: [&dyn Fn(usize, usize) -> bool; 4] = [
        &|x, _| x < depth,
        &|x, _| x + depth >= f.width,
        &|_, y| y < depth,
        &|_, y| y + depth >= f.height,
    ];
    let planes = [&f.lab.l, &f.lab.a, &f.lab.b];
    let distances: Vec<Vec<f32>> = belongs
        .iter()
        .map(|belongs| {
            let strip: Vec<usize> = (0..f.len())
                .filter(|i| belongs(i % f.width, i / f.width))
                .collect();
            let count = strip.len() as f64;
            let stats = planes.map(|plane| {
                let mean = strip.iter().map(|&i| f64::from(plane[i])).sum::<f64>() / count;
                let variance = strip
                    .iter()
                    .map(|&i| (f64::from(plane[i]) - mean).powi(2))
                    .sum::<f64>()
                    / count;
                (mean as f32, 1.0 / (variance as f32 + 25.0))
            });
            let raw: Vec<f32> = (0..f.len())
                .map(|i| {
                    let squares = planes
                        .iter()
                        .zip(stats)
                        .map(|(plane, (mean, weight))| (plane[i] - mean).powi(2) * weight);
                    squares.sum::<f32>().sqrt()
                })
                .collect();
            normalised(raw, 0.99)
        })
        .collect();
    (0..f.len())
        .map(|i| {
            let at: [f32; 4] = std::array::from_fn(|k| distances[k][i]);
            at.iter().sum::<f32>() - at.iter().fold(0.0f32, |a, &b| a.max(b))
        })
        .collect()
}

/// Where the photo is in focus, 0 to 1; the same everywhere when all of it is or nothing is.
fn sharpness(f: &Features) -> Vec<f32> {
    let spread = f.blurred(&f.detail, 0.02);
    let low = percentile(spread.clone(), 0.3);
    let high = percentile(spread.clone(), 0.97).max(0.01);
    // a shallow depth of field leaves much of the picture without any detail
    let telling = smoothstep(3.0, 8.0, high / low.max(0.05)) * smoothstep(0.5, 1.5, high);
    spread
        .iter()
        .map(|&s| 1.0 - telling * (1.0 - smoothstep(0.15 * high, 0.6 * high, s)))
        .collect()
}

fn centre(f: &Features) -> Vec<f32> {
    (0..f.len())
        .map(|i| {
            let u = ((i % f.width) as f32 + 0.5) / f.width as f32 - 0.5;
            let v = ((i / f.width) as f32 + 0.5) / f.height as f32 - 0.52;
            (-(u * u + v * v) / (2.0 * 0.27 * 0.27)).exp()
        })
        .collect()
}

/// Where a person would be whose face has been found: the head around it and the body below.
fn people(f: &Features) -> Vec<f32> {
    let mut out = vec![0.0f32; f.len()];
    for face in &look(f).faces {
        let sure = smoothstep(0.2, 0.5, face.sure);
        for (i, out) in out.iter_mut().enumerate() {
            // in half face widths and heights from the face's middle
            let x = ((i % f.width) as f32 - face.centre.0).abs() / (0.5 * face.width);
            let y = ((i / f.width) as f32 - face.centre.1) / (0.5 * face.height);
            let head = (x / 1.7).powi(2) + ((y + 0.25) / 1.6).powi(2);
            let shoulders = 1.5 + 1.6 * smoothstep(1.0, 3.5, y);
            let body =
                smoothstep(0.8, 1.4, y) * (1.0 - smoothstep(0.8 * shoulders, 1.3 * shoulders, x));
            *out = out.max(sure * body.max(1.0 - smoothstep(0.7, 1.3, head)));
        }
    }
    out
}

/// One turn: colours of what is believed in and of the rest, then what each point is likelier to be, near and far.
fn refine(f: &Features, belief: &[f32], first: &[f32], sharp: &[f32]) -> Vec<f32> {
    let bins = f.bins();
    let inside = bins.histogram(belief.iter().copied());
    let outside = bins.histogram(belief.iter().map(|b| 1.0 - b));
    let near = f.blurred(belief, 0.035);
    let logit: Vec<f32> = (0..f.len())
        .map(|i| {
            let (a, b) = (
                bins.share(&inside, i) + 2e-4,
                bins.share(&outside, i) + 2e-4,
            );
            let colour = (a / b).ln().clamp(-2.5, 2.5);
            let place = (near[i].clamp(0.02, 0.98) / (1.0 - near[i].clamp(0.02, 0.98))).ln();
            1.1 * colour + 0.9 * place + 3.0 * (first[i] - 0.35) - 2.0 * (1.0 - sharp[i])
        })
        .collect();
    f.blurred(&logit, 0.006)
        .iter()
        .map(|&z| 1.0 / (1.0 + (-1.6 * z).exp()))
        .collect()
}

fn normalised(mut values: Vec<f32>, share: f32) -> Vec<f32> {
    let top = percentile(values.clone(), share).max(1e-3);
    for value in &mut values {
        *value = (*value / top).min(1.0);
    }
    values
}

/// The level that splits values in [0, 1] into the two most uniform groups (Otsu 1979).
fn otsu(values: &[f32]) -> f32 {
    const BINS: usize = 64;
    let mut counts = [0.0f64; BINS];
    for &v in values {
        counts[((v * BINS as f32) as usize).min(BINS - 1)] += 1.0;
    }
    let total: f64 = counts.iter().sum();
    let sum: f64 = counts.iter().enumerate().map(|(i, c)| i as f64 * c).sum();
    let (mut below, mut sum_below, mut best, mut level) = (0.0, 0.0, -1.0, 0);
    for (i, count) in counts.iter().enumerate() {
        below += count;
        sum_below += i as f64 * count;
        let above = total - below;
        if below == 0.0 || above == 0.0 {
            continue;
        }
        let apart = sum_below / below - (sum - sum_below) / above;
        let between = below * above * apart * apart;
        if between > best {
            (best, level) = (between, i);
        }
    }
    (level as f32 + 1.0) / BINS as f32
}

/// A subject is a share of the picture, differs from the rest, and is mostly one thing with a clear border.
fn confidence(f: &Features, belief: &[f32], first: &[f32]) -> f32 {
    let total: f32 = belief.iter().sum();
    let share = total / f.len() as f32;
    let inside = belief.iter().zip(first).map(|(b, s)| b * s).sum::<f32>() / total.max(1e-3);
    let outside = belief
        .iter()
        .zip(first)
        .map(|(b, s)| (1.0 - b) * s)
        .sum::<f32>()
        / (f.len() as f32 - total).max(1e-3);
    let unsure = belief.iter().map(|b| 4.0 * b * (1.0 - b)).sum::<f32>() / total.max(1e-3);
    let rows = |i: usize| (i % f.width) as f32 / f.width as f32;
    let columns = |i: usize| (i / f.width) as f32 / f.height as f32;
    let spread = |at: &dyn Fn(usize) -> f32| {
        let mean = belief
            .iter()
            .enumerate()
            .map(|(i, b)| b * at(i))
            .sum::<f32>()
            / total.max(1e-3);
        (belief
            .iter()
            .enumerate()
            .map(|(i, b)| b * (at(i) - mean).powi(2))
            .sum::<f32>()
            / total.max(1e-3))
        .sqrt()
    };
    // a filled ellipse of this share of the picture has this spread
    let compact = share / (4.0 * std::f32::consts::PI * spread(&rows) * spread(&columns)).max(1e-3);
    smoothstep(0.005, 0.03, share)
        * (1.0 - smoothstep(0.5, 0.75, share))
        * smoothstep(0.2, 0.6, inside - outside)
        * (1.0 - smoothstep(0.25, 0.9, unsure))
        * smoothstep(0.25, 0.75, compact)
}
