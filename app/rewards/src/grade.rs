//! What grading explains of a change: a curve for each of the three channels, and a mixer that adds some of the other two.
//! Exposure, brightness, contrast, levels, curves, white balance, saturation, toning and black and white are such changes as
//! editors make them, on the code values of sRGB. Curves and mixer of a channel are fitted together by least squares; what an edit has
//! cut at the ends of its range hardly counts for them, and is cut in what they say too.
//!
//! Known failures: a change of one hue alone, as of a blue sky's saturation, is no such change.

use retake_pixels::color::{lab, rgb_from_lab, srgb_decode, srgb_encode};
use retake_pixels::matrix::{REC2020_FROM_SRGB, SRGB_FROM_REC2020, apply};
use retake_pixels::vectorised;

use crate::normal_equations;

/// Three planes of L*, a* and b*, or of code values.
pub(crate) type Planes = [Vec<f32>; 3];

/// Equal steps of a curve over the code values 0 to 1.
const STEPS: usize = 32;
/// Values of a curve, from step to step.
const KNOTS: usize = STEPS + 1;
/// What is fitted for a channel: its curve, and what the two others add.
const TERMS: usize = KNOTS + 2;
/// Every how many-th place is fitted to, in thousandths: no whole number, so that it falls into no column.
const SAMPLE: usize = 5236;
/// Code values nearer than this to the least or the largest one of an edit may be cut.
const CUT: f32 = 0.003;
/// What a place that may be cut counts.
const CUT_WEIGHT: f64 = 0.02;
/// How much a curve is held to be straight, in places.
const STRAIGHT: f64 = 0.2;
/// How much the mixer is held to be none, in places whose channels are a whole range apart.
const UNMIXED: f64 = 0.05;

/// The code values of sRGB, in [0, 1] unless the colour lies outside of it.
pub(crate) fn codes([l, a, b]: &Planes) -> Planes {
    let mut out = [l.clone(), a.clone(), b.clone()];
    let [r, g, b] = &mut out;
    to_codes(r, g, b);
    out
}

/// L*, a* and b* that the best curves and mixer make of a source, both given as code values at the same places.
pub(crate) fn graded(source: &Planes, edit: &Planes) -> Planes {
    let source: [&[f32]; 3] = source.each_ref().map(Vec::as_slice);
    let channels: [Channel; 3] = std::array::from_fn(|c| {
        let others = [source[(c + 1) % 3], source[(c + 2) % 3]];
        Channel::fit(source[c], others, &edit[c])
    });
    let mut out: Planes = std::array::from_fn(|_| vec![0.0; source[0].len()]);
    let [l, a, b] = &mut out;
    through(source, &channels, l, a, b);
    out
}

/// How one channel of an edit comes about.
struct Channel {
    /// what is added to the code at each knot
    curve: [f32; KNOTS],
    /// shares of the next channel's and the one after it's distance from this one that are added
    mixed: [f32; 2],
    /// the least and the largest code
    ends: (f32, f32),
}

impl Channel {
    fn fit(own: &[f32], others: [&[f32]; 2], edit: &[f32]) -> Self {
        let ends = edit
            .iter()
            .fold((f32::MAX, f32::MIN), |(least, largest), &code| {
                (least.min(code), largest.max(code))
            });
        let uncut = ends.0 + CUT..ends.1 - CUT;
        let mut sums = Normal::new();
        let sample = (0..).map(|k| k * SAMPLE / 1000);
        for i in sample.take_while(|&i| i < own.len()) {
            let (first, share) = place(own[i]);
            let share = f64::from(share);
            let weight = match uncut.contains(&edit[i]) {
                true => 1.0,
                false => CUT_WEIGHT,
            };
            let apart = others.map(|other| f64::from(other[i] - own[i]));
            let first = first as usize;
            let terms = [
                (first, 1.0 - share),
                (first + 1, share),
                (KNOTS, apart[0]),
                (KNOTS + 1, apart[1]),
            ];
            sums.add(terms, weight, f64::from(edit[i] - own[i]));
        }
        for middle in 1..STEPS {
            sums.add(
                [(middle - 1, 1.0), (middle, -2.0), (middle + 1, 1.0)],
                STRAIGHT,
                0.0,
            );
        }
        for mixed in [KNOTS, KNOTS + 1] {
            sums.add([(mixed, 1.0)], UNMIXED, 0.0);
        }
        let solved = sums.solved();
        Self {
            curve: std::array::from_fn(|knot| solved[knot] as f32),
            mixed: [solved[KNOTS] as f32, solved[KNOTS + 1] as f32],
            ends,
        }
    }

    #[inline(always)]
    fn of(&self, own: f32, others: [f32; 2]) -> f32 {
        let (first, share) = place(own);
        let first = (first as usize).min(STEPS - 1);
        let (low, high) = (self.curve[first], self.curve[first + 1]);
        let added = low
            + (high - low) * share
            + self.mixed[0] * (others[0] - own)
            + self.mixed[1] * (others[1] - own);
        (own + added).max(self.ends.0).min(self.ends.1)
    }
}

/// The knot below a code value, and the share of the next.
#[inline(always)]
fn place(code: f32) -> (u32, f32) {
    let at = code.clamp(0.0, 1.0) * STEPS as f32;
    let first = (at as i32).min(STEPS as i32 - 1);
    (first as u32, at - first as f32)
}

vectorised! {
    /// L*, a* and b* to code values, in place.
    fn to_codes(r: &mut [f32], g: &mut [f32], b: &mut [f32]) {
        for ((r, g), b) in r.iter_mut().zip(g.iter_mut()).zip(b.iter_mut()) {
            let [red, green, blue] = apply(&SRGB_FROM_REC2020, rgb_from_lab([*r, *g, *b]));
            // one by one: over an array it would be a call
            [*r, *g, *b] = [srgb_encode(red), srgb_encode(green), srgb_encode(blue)];
        }
    }
}

vectorised! {
    /// Codes of a source through the channels to L*, a* and b*.
    fn through(
        source: [&[f32]; 3],
        channels: &[Channel; 3],
        l: &mut [f32],
        a: &mut [f32],
        b: &mut [f32],
    ) {
        let n = l.len();
        let [red, green, blue] = source.map(|plane| &plane[..n]);
        let (a, b) = (&mut a[..n], &mut b[..n]);
        for i in 0..n {
            let (r, g, u) = (red[i], green[i], blue[i]);
            let made = [
                srgb_decode(channels[0].of(r, [g, u])),
                srgb_decode(channels[1].of(g, [u, r])),
                srgb_decode(channels[2].of(u, [r, g])),
            ];
            [l[i], a[i], b[i]] = lab(apply(&REC2020_FROM_SRGB, made));
        }
    }
}

/// The sums of least squares by the normal equations.
struct Normal {
    /// the lower half is used
    left: Box<[[f64; TERMS]; TERMS]>,
    right: [f64; TERMS],
}

impl Normal {
    fn new() -> Self {
        let mut left = Box::new([[0.0; TERMS]; TERMS]);
        // a knot that nobody tells anything about adds nothing
        for (i, row) in left.iter_mut().enumerate() {
            row[i] = 1e-6;
        }
        Self {
            left,
            right: [0.0; TERMS],
        }
    }

    /// That these terms, the only ones that are not zero, in rising order, are to sum up to this.
    #[inline(always)]
    fn add<const N: usize>(&mut self, terms: [(usize, f64); N], weight: f64, sum: f64) {
        for (k, &(row, one)) in terms.iter().enumerate() {
            self.right[row] += weight * one * sum;
            for &(column, other) in &terms[..=k] {
                self.left[row][column] += weight * one * other;
            }
        }
    }

    fn solved(self) -> [f64; TERMS] {
        let Self {
            mut left,
            mut right,
        } = self;
        normal_equations::decompose(&mut left);
        normal_equations::solve(&left, &mut right);
        right
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIDE: usize = 64;

    /// Codes of a picture of many colours.
    fn scene() -> Planes {
        std::array::from_fn(|c| {
            let k = 1.0 + 0.7 * c as f32;
            (0..SIDE * SIDE)
                .map(|i| {
                    let (x, y) = ((i % SIDE) as f32, (i / SIDE) as f32);
                    0.5 + 0.45 * (x * 0.11 * k).sin() * (y * 0.07 + k).cos()
                })
                .collect()
        })
    }

    /// The largest difference in L*, a* and b* that grading leaves of what this makes of every colour.
    fn left(made: impl Fn([f32; 3]) -> [f32; 3]) -> f32 {
        let source = scene();
        let mut edit = source.clone();
        for i in 0..SIDE * SIDE {
            let codes = made(source.each_ref().map(|plane| plane[i]));
            for (plane, code) in edit.iter_mut().zip(codes) {
                plane[i] = code;
            }
        }
        let said = graded(&source, &edit);
        let shown = (0..SIDE * SIDE).map(|i| {
            let codes = edit.each_ref().map(|plane| plane[i]);
            let meant = lab(apply(&REC2020_FROM_SRGB, codes.map(srgb_decode)));
            let said = said.each_ref().map(|plane| plane[i]);
            (0..3).fold(0.0, |most: f32, c| most.max((meant[c] - said[c]).abs()))
        });
        shown.fold(0.0, f32::max)
    }

    #[test]
    fn code_values_and_lab_are_the_same_colours() {
        let codes_of = scene();
        let mut shown: Planes = codes_of.clone();
        for i in 0..SIDE * SIDE {
            let codes = codes_of.each_ref().map(|plane| plane[i]);
            let values = lab(apply(&REC2020_FROM_SRGB, codes.map(srgb_decode)));
            for (plane, value) in shown.iter_mut().zip(values) {
                plane[i] = value;
            }
        }
        let back = codes(&shown);
        let pairs = back.iter().flatten().zip(codes_of.iter().flatten());
        assert!(pairs.into_iter().all(|(a, b)| (a - b).abs() < 1e-4));
    }

    #[test]
    fn nothing_leaves_nothing() {
        assert!(left(|codes| codes) < 0.02);
    }

    #[test]
    fn curves_of_each_channel_are_explained() {
        let rest = left(|[r, g, b]| [r.powf(0.8), 0.9 * g + 0.03, b + 0.3 * b * (1.0 - b)]);
        assert!(rest < 0.5, "{rest}");
    }

    #[test]
    fn saturation_is_explained() {
        let rest = left(|rgb| {
            let grey = 0.3 * rgb[0] + 0.59 * rgb[1] + 0.11 * rgb[2];
            rgb.map(|code| grey + 0.6 * (code - grey))
        });
        assert!(rest < 0.1, "{rest}");
    }

    #[test]
    fn a_sepia_photo_is_explained() {
        let rest = left(|rgb| {
            let grey = 0.3 * rgb[0] + 0.59 * rgb[1] + 0.11 * rgb[2];
            [0.95 * grey + 0.05, 0.85 * grey + 0.02, 0.7 * grey]
        });
        assert!(rest < 0.1, "{rest}");
    }

    #[test]
    fn what_is_cut_in_the_edit_is_cut_in_what_is_said() {
        // less than what a knot is apart from the next, where a curve bends at once
        let rest = left(|rgb| rgb.map(|code| (code + 0.2).min(1.0)));
        assert!(rest < 1.0, "{rest}");
    }

    #[test]
    fn a_change_at_a_place_is_left() {
        let source = scene();
        let mut edit = source.clone();
        for row in edit[0].chunks_mut(SIDE).take(12) {
            row[..12].fill(0.95);
        }
        let said = graded(&source, &edit);
        let shown: Planes = {
            let [mut l, mut a, mut b]: Planes = std::array::from_fn(|_| vec![0.0; SIDE * SIDE]);
            let none = |c: usize| Channel {
                curve: [0.0; KNOTS],
                mixed: [0.0; 2],
                ends: (edit[c].iter().copied().fold(1.0, f32::min), 1.0),
            };
            let channels = [none(0), none(1), none(2)];
            through(
                edit.each_ref().map(Vec::as_slice),
                &channels,
                &mut l,
                &mut a,
                &mut b,
            );
            [l, a, b]
        };
        let rest = |i: usize| (shown[1][i] - said[1][i]).abs();
        let inside = (0..12).map(|i| rest(i * SIDE + i)).sum::<f32>() / 12.0;
        let outside = (30..42).map(|i| rest(i * SIDE + i)).sum::<f32>() / 12.0;
        assert!(
            inside > 10.0 * outside && inside > 15.0,
            "{inside} {outside}"
        );
    }
}
