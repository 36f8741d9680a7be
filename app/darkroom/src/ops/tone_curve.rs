//! The tone curve: any curve through given points, for brightness and for each channel.

use super::pixel::{lightness, relit_above};
use super::{Group, Op, Work};
use crate::recipe::Operation;
use retake_pixels::color::{luminance, srgb_decode, srgb_encode};
use retake_pixels::vectorised;
use serde_json::Value;

/// Data: `{"points": [[0, 0], [0.5, 0.6], [1, 1]]}`, and optionally `"red"`, `"green"` and `"blue"` of the same form;
/// positions and values are sRGB-coded, 0 black and 1 white. Between points runs the monotone cubic of Fritsch and
/// Carlson (1980), before the first and after the last it is level, beyond white it goes on straight. `points` acts on
/// luminance: light is multiplied and hue stays, and where black is lifted the lift is grey. The channel curves act
/// afterwards on linear Rec.2020 channels, coded.
pub static OP: Op = Op {
    id: "tone_curve",
    name: "Tone curve",
    about: "Any curve from dark to bright through points of your own, for brightness or for one channel.",
    group: Group::Light,
    params: &[],
    work: Work::Point { prepare, run },
    check,
    wgsl: include_str!("../../../../shaders/ops/tone_curve.wgsl"),
};

/// The curves, in the order of their tables.
const CURVES: [&str; 4] = ["points", "red", "green", "blue"];
/// Steps of a curve's table between black and white.
const STEPS: usize = 256;
/// Length of a table.
const TABLE: usize = STEPS + 1;
/// The most points of one curve.
const MOST_POINTS: usize = 64;

/// Tables of the four curves (257 values each); then 1 or 0 for those that are there, and the luminance of black.
fn prepare(operation: &Operation, _: &super::Scene) -> Vec<f32> {
    let mut constants = Vec::with_capacity(4 * TABLE + 5);
    let mut present = [0.0; 4];
    for (curve, present) in CURVES.iter().zip(&mut present) {
        let points = operation.data.get(curve).map(points);
        let points = match points {
            Some(Ok(points)) => {
                *present = 1.0;
                points
            }
            _ => vec![[0.0, 0.0], [1.0, 1.0]],
        };
        constants.extend(sampled(&points));
    }
    let black = srgb_decode(constants[0]);
    constants.extend(present);
    constants.push(black);
    constants
}

fn check(operation: &Operation) -> Result<(), String> {
    let Value::Object(map) = &operation.data else {
        return Err("\"tone_curve\" needs data like {\"points\": [[0, 0], [1, 1]]}".to_owned());
    };
    if map.is_empty() {
        return Err("\"tone_curve\" has no points".to_owned());
    }
    for (key, value) in map {
        if !CURVES.contains(&key.as_str()) {
            return Err(format!("\"tone_curve\" has no curve called \"{key}\""));
        }
        points(value).map_err(|why| format!("\"{key}\" of \"tone_curve\" {why}"))?;
    }
    Ok(())
}

/// Points of a curve, refused with the end of a sentence.
fn points(value: &Value) -> Result<Vec<[f64; 2]>, String> {
    let list = value
        .as_array()
        .ok_or("must be a list of [in, out] pairs")?;
    if !(2..=MOST_POINTS).contains(&list.len()) {
        return Err(format!("must have 2 to {MOST_POINTS} points"));
    }
    let mut points: Vec<[f64; 2]> = Vec::with_capacity(list.len());
    for pair in list {
        let numbers: Vec<f64> = pair
            .as_array()
            .map(|pair| pair.iter().filter_map(Value::as_f64).collect())
            .unwrap_or_default();
        let [x, y] = numbers[..] else {
            return Err("must be a list of [in, out] pairs".to_owned());
        };
        if !(0.0..=1.0).contains(&x) || !(0.0..=1.0).contains(&y) {
            return Err("must have points from 0 to 1".to_owned());
        }
        if points.last().is_some_and(|last| x < last[0] + 1e-3) {
            return Err("must go from left to right, with 0.001 between points".to_owned());
        }
        points.push([x, y]);
    }
    Ok(points)
}

/// The curve at i/256.
fn sampled(points: &[[f64; 2]]) -> impl Iterator<Item = f32> {
    let slopes = slopes(points);
    (0..TABLE).map(move |i| {
        let x = i as f64 / STEPS as f64;
        let next = points.partition_point(|point| point[0] <= x);
        if next == 0 {
            return points[0][1] as f32;
        }
        if next == points.len() {
            return points[next - 1][1] as f32;
        }
        let ([x0, y0], [x1, y1]) = (points[next - 1], points[next]);
        let (width, t) = (x1 - x0, (x - x0) / (x1 - x0));
        let (t2, t3) = (t * t, t * t * t);
        let hermite = y0 * (2.0 * t3 - 3.0 * t2 + 1.0)
            + y1 * (3.0 * t2 - 2.0 * t3)
            + width * slopes[next - 1] * (t3 - 2.0 * t2 + t)
            + width * slopes[next] * (t3 - t2);
        hermite.clamp(0.0, 1.0) as f32
    })
}

/// Slopes at the points that keep the cubic monotone between them (Fritsch and Carlson 1980, §4, with the circle of
/// radius 3).
fn slopes(points: &[[f64; 2]]) -> Vec<f64> {
    let secants: Vec<f64> = points
        .windows(2)
        .map(|pair| (pair[1][1] - pair[0][1]) / (pair[1][0] - pair[0][0]))
        .collect();
    let last = secants.len() - 1;
    let mut slopes: Vec<f64> = (0..points.len())
        .map(|i| match i {
            0 => secants[0],
            i if i > last => secants[last],
            i if secants[i - 1] * secants[i] <= 0.0 => 0.0,
            i => 0.5 * (secants[i - 1] + secants[i]),
        })
        .collect();
    for (i, secant) in secants.iter().enumerate() {
        if *secant == 0.0 {
            (slopes[i], slopes[i + 1]) = (0.0, 0.0);
            continue;
        }
        let (a, b) = (slopes[i] / secant, slopes[i + 1] / secant);
        let length = a.hypot(b);
        if length > 3.0 {
            (slopes[i], slopes[i + 1]) = (3.0 * a / length * secant, 3.0 * b / length * secant);
        }
    }
    slopes
}

/// A table at `x`, straight between its values and beyond its ends; beyond white it never falls.
#[inline(always)]
fn along(table: &[f32], x: f32) -> f32 {
    let at = x * STEPS as f32;
    let i = (at.clamp(0.0, (STEPS - 1) as f32) as usize).min(STEPS - 1);
    let (low, high) = (table[i], table[i + 1]);
    let step = if x > 1.0 {
        (high - low).max(0.0)
    } else {
        high - low
    };
    if x > 1.0 {
        high + step * (at - STEPS as f32)
    } else {
        low + step * (at - i as f32)
    }
}

/// Pixels that wait for the table at a time: looking up is done one by one, all around it in vectors.
const CHUNK: usize = 256;

vectorised! {
    fn run(constants: &[f32], _x: usize, _y: usize, r: &mut [f32], g: &mut [f32], b: &mut [f32]) {
        let (tables, rest) = constants.split_at(4 * TABLE);
        let chunks = r.chunks_mut(CHUNK).zip(g.chunks_mut(CHUNK)).zip(b.chunks_mut(CHUNK));
        for ((r, g), b) in chunks {
            if rest[0] > 0.0 {
                by_luminance(&tables[..TABLE], rest[4], r, g, b);
            }
            for (i, plane) in [r, g, b].into_iter().enumerate() {
                if rest[1 + i] > 0.0 {
                    by_channel(&tables[(1 + i) * TABLE..(2 + i) * TABLE], plane);
                }
            }
        }
    }
}

#[inline(always)]
fn by_luminance(table: &[f32], black: f32, r: &mut [f32], g: &mut [f32], b: &mut [f32]) {
    let mut coded = [0.0f32; CHUNK];
    for (((coded, r), g), b) in coded.iter_mut().zip(r.iter()).zip(g.iter()).zip(b.iter()) {
        *coded = srgb_encode(luminance([*r, *g, *b]).max(1e-7));
    }
    for coded in &mut coded[..r.len()] {
        *coded = along(table, *coded);
    }
    for (((coded, r), g), b) in coded.iter().zip(r).zip(g).zip(b) {
        let rgb = [*r, *g, *b];
        let t = lightness(luminance(rgb));
        [*r, *g, *b] = relit_above(rgb, t, srgb_decode(*coded), black);
    }
}

#[inline(always)]
fn by_channel(table: &[f32], plane: &mut [f32]) {
    for value in plane.iter_mut() {
        *value = srgb_encode(*value);
    }
    for value in plane.iter_mut() {
        *value = along(table, *value);
    }
    for value in plane.iter_mut() {
        *value = srgb_decode(*value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn with(data: Value) -> Operation {
        let mut operation = Operation::new("tone_curve");
        operation.data = data;
        operation
    }

    #[test]
    fn what_cannot_be_a_curve_is_refused() {
        for data in [
            json!(null),
            json!({}),
            json!({ "points": [[0, 0]] }),
            json!({ "points": [[0, 0], [0, 1]] }),
            json!({ "points": [[0.5, 0], [0.2, 1]] }),
            json!({ "points": [[0, 0], [1, 2]] }),
            json!({ "points": [[0, 0, 0], [1, 1]] }),
            json!({ "points": [["0", 0], [1, 1]] }),
            json!({ "alpha": [[0, 0], [1, 1]] }),
        ] {
            assert!(check(&with(data.clone())).is_err(), "{data}");
        }
        assert_eq!(check(&with(json!({ "red": [[0, 0.1], [1, 1]] }))), Ok(()));
    }

    #[test]
    fn the_curve_goes_through_its_points() {
        let points = [[0.0, 0.1], [0.25, 0.2], [0.75, 0.8], [1.0, 0.95]];
        let table: Vec<f32> = sampled(&points).collect();
        for [x, y] in points {
            assert!((table[(x * 256.0) as usize] - y as f32).abs() < 1e-6);
        }
    }

    proptest! {
        #[test]
        fn rising_points_give_a_rising_curve(mut xs in prop::collection::vec(0.0f64..1.0, 2..10), mut ys in prop::collection::vec(0.0f64..1.0, 10)) {
            xs.sort_by(f64::total_cmp);
            xs.dedup_by(|a, b| *a - *b < 2e-3);
            prop_assume!(xs.len() >= 2);
            ys.sort_by(f64::total_cmp);
            let points: Vec<[f64; 2]> = xs.iter().zip(&ys).map(|(x, y)| [*x, *y]).collect();
            let table: Vec<f32> = sampled(&points).collect();
            prop_assert!(table.windows(2).all(|pair| pair[1] >= pair[0] - 1e-7));
        }
    }
}
