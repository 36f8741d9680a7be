//! Whether a change is one of tone and colour, the same for the same colour wherever it lies, or one of places: what a
//! smooth function of the source's colour explains of the change of every block, and what it leaves.
//!
//! The function is a quadratic in (L*, a*, b*) with the fitted tone curve beside it, by least squares over the means of
//! 16-px blocks. White balance, exposure, curves, saturation, toning and fades are such functions. A painted corner, a
//! vignette, a lit window are not.

use retake_pixels::lab::Lab;
use retake_pixels::vectorised;

use crate::bands::Grid;
use crate::normal_equations;

/// The terms of the function.
const TERMS: usize = 11;
/// Every how many-th place is looked at to fit a function of colour to places.
const SAMPLE: usize = 3;
/// A change of this size, L* or C*, is too small to ask where it is.
const SLIGHT: f32 = 1.0;

/// Means of 16-px blocks, row by row.
#[derive(Clone, Debug, Default)]
pub(crate) struct Means {
    pub(crate) l: Vec<f32>,
    pub(crate) a: Vec<f32>,
    pub(crate) b: Vec<f32>,
    /// of the source's L* after the best tone curve; of a source its own L*
    pub(crate) expected: Vec<f32>,
}

impl Means {
    pub(crate) fn of(lab: &Lab, expected: &[f32], grid: Grid) -> Self {
        let [l, a, b, expected] =
            [&lab.l[..], &lab.a, &lab.b, expected].map(|plane| grid.means(plane));
        Self { l, a, b, expected }
    }
}

/// How a change is spread over the picture.
#[derive(Clone, Debug)]
pub(crate) struct Even {
    /// share of the change of L* that the source's colours explain, 0 to 1; 1 when hardly anything changed
    pub(crate) light: f32,
    /// the same of a* and b*
    pub(crate) colour: f32,
    /// what is left of the change of L* in every block
    pub(crate) light_left: Vec<f32>,
    /// what is left of the change of a* and b* in every block, C*
    pub(crate) colour_left: Vec<f32>,
}

impl Even {
    /// Of the block means of a source and an edit.
    pub(crate) fn of(source: &Means, edit: &Means) -> Self {
        let from = [&source.l, &source.a, &source.b];
        let to = [&edit.l, &edit.a, &edit.b];
        let curve = &edit.expected;
        let terms: Vec<[f64; TERMS]> = (0..curve.len())
            .map(|i| {
                let [l, a, b] = [from[0][i], from[1][i], from[2][i]].map(f64::from);
                terms(l, a, b, f64::from(curve[i]))
            })
            .collect();
        let (mut whole, mut left) = ([0.0f32; 3], [0.0f32; 3]);
        let changes: [Vec<f64>; 3] = std::array::from_fn(|c| {
            let pairs = to[c].iter().zip(from[c]);
            pairs.map(|(to, from)| f64::from(to - from)).collect()
        });
        let solved = solved(&terms, changes.each_ref().map(Vec::as_slice));
        let residuals: [Vec<f32>; 3] = std::array::from_fn(|c| {
            let (change, weights) = (&changes[c], &solved[c]);
            whole[c] = change.iter().map(|d| d * d).sum::<f64>() as f32;
            let rest: Vec<f32> = terms
                .iter()
                .zip(change)
                .map(|(terms, d)| {
                    (d - terms.iter().zip(weights).map(|(t, w)| t * w).sum::<f64>()) as f32
                })
                .collect();
            left[c] = rest.iter().map(|d| d * d).sum();
            rest
        });
        let slight = SLIGHT * SLIGHT * curve.len() as f32;
        let share = |whole: f32, left: f32| 1.0 - left / (whole + slight);
        let [light_left, a, b] = residuals;
        Self {
            light: share(whole[0], left[0]),
            colour: share(whole[1] + whole[2], left[1] + left[2]),
            light_left,
            colour_left: a.iter().zip(&b).map(|(a, b)| a.hypot(*b)).collect(),
        }
    }
}

/// What a smooth function of the source's colours says of two planes of the edit: planes of L*, a* and b* of the source,
/// the L* that a tone curve makes of them, and two of the edit, all at the same places.
pub(crate) fn explained(source: &[Vec<f32>; 3], toned: &[f32], edit: [&[f32]; 2]) -> [Vec<f32>; 2] {
    let terms = |i: usize| {
        let [l, a, b] = source.each_ref().map(|plane| f64::from(plane[i]));
        terms(l, a, b, f64::from(toned[i]))
    };
    // a fixed sample is enough for eleven numbers
    let sample: Vec<usize> = (0..source[0].len()).step_by(SAMPLE).collect();
    let sampled: Vec<[f64; TERMS]> = sample.iter().map(|&i| terms(i)).collect();
    let wanted =
        edit.map(|plane| -> Vec<f64> { sample.iter().map(|&i| f64::from(plane[i])).collect() });
    let weights = solved(&sampled, wanted.each_ref().map(Vec::as_slice));
    weights.map(|weights| {
        let mut out = vec![0.0f32; source[0].len()];
        let [l, a, b] = source.each_ref().map(Vec::as_slice);
        said_of([l, a, b, toned], &weights, &mut out);
        out
    })
}

vectorised! {
    /// The function with these weights, of rows of L*, a*, b* and the toned L*.
    fn said_of(from: [&[f32]; 4], weights: &[f64; TERMS], out: &mut [f32]) {
        let n = out.len();
        let [l, a, b, toned] = from.map(|row| &row[..n]);
        for i in 0..n {
            let terms = terms(f64::from(l[i]), f64::from(a[i]), f64::from(b[i]), f64::from(toned[i]));
            let sum: f64 = terms.iter().zip(weights).map(|(t, w)| t * w).sum();
            out[i] = sum as f32;
        }
    }
}

/// The terms of the function at one colour and the L* that a tone curve makes of it.
#[inline(always)]
fn terms(l: f64, a: f64, b: f64, toned: f64) -> [f64; TERMS] {
    let (l, a, b, t) = (l / 50.0 - 1.0, a / 40.0, b / 40.0, toned / 50.0 - 1.0);
    [1.0, l, a, b, l * l, a * a, b * b, l * a, l * b, a * b, t]
}

/// Least squares by the normal equations with a little ridge, for several right sides at once.
fn solved<const N: usize>(terms: &[[f64; TERMS]], changes: [&[f64]; N]) -> [[f64; TERMS]; N] {
    let mut normal = [[0.0f64; TERMS]; TERMS];
    let mut right = [[0.0f64; TERMS]; N];
    for (k, terms) in terms.iter().enumerate() {
        for (right, change) in right.iter_mut().zip(changes) {
            let d = change[k];
            for (right, term) in right.iter_mut().zip(terms) {
                *right += term * d;
            }
        }
        // the whole square, though half of it is enough: rows of one length go side by side
        for (row, one) in normal.iter_mut().zip(terms) {
            for (sum, other) in row.iter_mut().zip(terms) {
                *sum += one * other;
            }
        }
    }
    let ridge = 1e-4 * terms.len() as f64 + 1e-9;
    for (i, row) in normal.iter_mut().enumerate() {
        row[i] += ridge;
    }
    normal_equations::decompose(&mut normal);
    for right in &mut right {
        normal_equations::solve(&normal, right);
    }
    right
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scene() -> Lab {
        let (width, height) = (160, 128);
        let plane = |k: f32, low: f32, high: f32| -> Vec<f32> {
            (0..width * height)
                .map(|i| {
                    let (x, y) = ((i % width) as f32, (i / width) as f32);
                    low + (high - low) * (0.5 + 0.5 * (x * 0.061 * k).sin() * (y * 0.043 + k).cos())
                })
                .collect()
        };
        Lab {
            width,
            height,
            l: plane(1.0, 10.0, 90.0),
            a: plane(1.7, -30.0, 30.0),
            b: plane(2.9, -30.0, 40.0),
        }
    }

    fn of(edit: &Lab) -> Even {
        let source = scene();
        let grid = Grid::of(source.width, source.height);
        let means = |lab| Means::of(lab, &source.l, grid);
        Even::of(&means(&source), &means(edit))
    }

    #[test]
    fn a_change_of_every_colour_is_even() {
        let mut edit = scene();
        edit.l
            .iter_mut()
            .for_each(|l| *l = 100.0 * (*l / 100.0).powf(0.7));
        edit.a.iter_mut().for_each(|a| *a *= 1.4);
        edit.b.iter_mut().for_each(|b| *b = *b * 1.4 + 5.0);
        let even = of(&edit);
        assert!(
            even.light > 0.95 && even.colour > 0.95,
            "{} {}",
            even.light,
            even.colour
        );
    }

    #[test]
    fn a_painted_corner_is_not() {
        let mut edit = scene();
        for i in 0..edit.len() {
            if i % edit.width < 50 && i / edit.width < 40 {
                edit.l[i] = 95.0;
                edit.b[i] += 40.0;
            }
        }
        let even = of(&edit);
        assert!(
            even.light < 0.4 && even.colour < 0.4,
            "{} {}",
            even.light,
            even.colour
        );
    }

    #[test]
    fn no_change_is_even() {
        let even = of(&scene());
        assert!(even.light > 0.999 && even.colour > 0.999);
    }
}
