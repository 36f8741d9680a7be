//! A brush of eight sectors and what it paints.

use retake_pixels::{fast, vectorised};

const SECTORS: usize = 8;
/// Overlap of the sectors at the centre (Kyprianidis 2010, ζ = 1/3).
const ZETA: f32 = 0.333_333_34;
/// (ζ + cos γ) / sin² γ for γ = 3π/8, where a sector ends.
const ETA: f32 = 0.838_880_6;
/// Cosine and sine of the sectors' directions.
const TURNS: [[f32; 2]; SECTORS] = {
    const D: f32 = std::f32::consts::FRAC_1_SQRT_2;
    [
        [1.0, 0.0],
        [D, D],
        [0.0, 1.0],
        [-D, D],
        [-1.0, 0.0],
        [-D, -D],
        [0.0, -1.0],
        [D, -D],
    ]
};
/// Variance of the root of light from which on a sector loses weight: half the sectors' mean, so that strokes form in
/// faint textures too, within these limits, so that noise makes none and strong textures many.
const CALM: [f32; 2] = [0.000_02, 0.001];

/// Directions that are told apart, over half a turn.
pub(super) const ANGLES: usize = 32;
/// Steps of anisotropy that are told apart.
pub(super) const STRETCHES: usize = 8;

#[inline(always)]
pub(super) fn grey([r, g, b]: [f32; 3]) -> f32 {
    0.25 * (r + b) + 0.5 * g
}

/// Of a brush's cells, how much each of the eight sectors holds; a sector's shares add up to 1.
type Shares = [f32; SECTORS];

/// An ellipse and its sectors (Kyprianidis 2009, section 3.2; weights from Kyprianidis 2010, eq. 3–5, with a fall-off
/// to nothing at the rim, so that it does not matter to which side of the rim a cell is rounded).
pub(super) struct Brush {
    /// the cell in the middle
    middle: Shares,
    /// cells after the middle and how far; the cell as far before it has the shares of the opposite sectors
    after: Vec<(u32, Shares)>,
    /// how far the last cell lies
    pub(super) reach: usize,
}

impl Brush {
    pub(super) fn new(angle: usize, stretch: usize, radius: f32, side: usize) -> Self {
        let (sin, cos) = (angle as f32 * (std::f32::consts::PI / ANGLES as f32)).sin_cos();
        let stretch = 1.0 + stretch as f32 / STRETCHES as f32;
        let (a, b) = (radius * stretch, radius / stretch);
        let weights = |dx: isize, dy: isize| -> Option<Shares> {
            let (x, y) = (dx as f32, dy as f32);
            let (p, q) = ((cos * x + sin * y) / a, (cos * y - sin * x) / b);
            let distance = p * p + q * q;
            (distance <= 1.0).then(|| {
                TURNS.map(|[cos, sin]| {
                    let (s, t) = (cos * p + sin * q, cos * q - sin * p);
                    let inside = (s + ZETA - ETA * t * t).max(0.0);
                    (1.0 - distance * distance) * inside * inside
                })
            })
        };
        let reach = a.ceil() as isize;
        let mut after = Vec::new();
        for dy in 0..=reach {
            let from = if dy == 0 { 1 } else { -reach };
            for dx in from..=reach {
                if let Some(weights) = weights(dx, dy) {
                    after.push(((dy * side as isize + dx) as u32, weights));
                }
            }
        }
        let mut middle = weights(0, 0).unwrap_or([1.0; SECTORS]);
        let mut sums = middle;
        for (_, weights) in &after {
            for (k, sum) in sums.iter_mut().enumerate() {
                *sum += weights[k] + weights[(k + SECTORS / 2) % SECTORS];
            }
        }
        for shares in after.iter_mut().map(|tap| &mut tap.1).chain([&mut middle]) {
            for (share, sum) in shares.iter_mut().zip(&sums) {
                *share /= sum;
            }
        }
        Self {
            middle,
            reach: after.last().map_or(0, |tap| tap.0 as usize),
            after,
        }
    }
}

#[inline(always)]
fn accumulate(sums: &mut Shares, shares: &Shares, value: f32) {
    for (sum, share) in sums.iter_mut().zip(shares) {
        *sum += share * value;
    }
}

/// The sum of all sectors, in an order that vector units like.
#[inline(always)]
fn total(values: &Shares) -> f32 {
    let [a, b, c, d, e, f, g, h] = *values;
    ((a + e) + (c + g)) + ((b + f) + (d + h))
}

vectorised! {
    /// A row of strokes: the one at x is made by `brushes[forms[x]]` around `cells[first + x]`. `out` holds red, green and
    /// blue one after the other.
    pub(super) fn strokes(cells: &[[f32; 4]], first: usize, brushes: &[Brush], forms: &[u16], sharpness: f32, out: &mut [f32]) {
        let width = forms.len();
        for (x, form) in forms.iter().enumerate() {
            let brush = &brushes[usize::from(*form)];
            let middle = first + x;
            let around = &cells[middle - brush.reach..=middle + brush.reach];
            let colour = stroke(around, brush, sharpness);
            for (c, value) in colour.into_iter().enumerate() {
                out[c * width + x] = value;
            }
        }
    }
}

/// The stroke's colour in the middle of the cells that the brush reaches.
#[inline(always)]
fn stroke(cells: &[[f32; 4]], brush: &Brush, sharpness: f32) -> [f32; 3] {
    let middle = brush.reach;
    let [mut r, mut g, mut b, mut squares] = [[0.0f32; SECTORS]; 4];
    // of the cells before the middle, by the opposite sectors
    let [mut r2, mut g2, mut b2, mut squares2] = [[0.0f32; SECTORS]; 4];
    for (far, shares) in &brush.after {
        let far = *far as usize;
        let after = cells[middle + far];
        accumulate(&mut r, shares, after[0]);
        accumulate(&mut g, shares, after[1]);
        accumulate(&mut b, shares, after[2]);
        accumulate(&mut squares, shares, after[3]);
        let before = cells[middle - far];
        accumulate(&mut r2, shares, before[0]);
        accumulate(&mut g2, shares, before[1]);
        accumulate(&mut b2, shares, before[2]);
        accumulate(&mut squares2, shares, before[3]);
    }
    let here = cells[middle];
    let sums = [
        (&mut r, &r2),
        (&mut g, &g2),
        (&mut b, &b2),
        (&mut squares, &squares2),
    ];
    for ((sums, turned), value) in sums.into_iter().zip(here) {
        for k in 0..SECTORS {
            sums[k] += turned[(k + SECTORS / 2) % SECTORS] + brush.middle[k] * value;
        }
    }
    let mut variances = [0.0f32; SECTORS];
    for k in 0..SECTORS {
        let mean = grey([r[k], g[k], b[k]]);
        variances[k] = (squares[k] - mean * mean).max(0.0);
    }
    let calm = (0.5 / SECTORS as f32 * total(&variances)).clamp(CALM[0], CALM[1]);
    let mut chosen = [0.0f32; SECTORS];
    for k in 0..SECTORS {
        let power = fast::exp2(sharpness * fast::log2((variances[k] / calm).max(1e-6)));
        chosen[k] = 1e-9 + 1.0 / (1.0 + power);
    }
    let scale = 1.0 / total(&chosen);
    [&r, &g, &b].map(|means| {
        let mut parts = chosen;
        for (part, mean) in parts.iter_mut().zip(means) {
            *part *= mean;
        }
        scale * total(&parts)
    })
}
