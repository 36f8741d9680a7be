//! From the map of a network that finds text to the boxes of its lines: differentiable binarisation (Liao et al. 2020,
//! "Real-time Scene Text Detection with Differentiable Binarization", AAAI) with PaddleOCR's settings. The map is high in the
//! middle of letters; each spot of it gets the smallest rectangle around it, which is then grown to hold the letters whole.

use rten_imageproc::{RetrievalMode, find_contours};
use rten_tensor::NdTensor;
use rten_tensor::prelude::*;

/// What is higher belongs to a line.
const BINARY: f32 = 0.3;
/// A line whose mean is lower is none.
const LEAST_MEAN: f32 = 0.5;
/// How far boxes are grown, in areas by perimeters.
const GROWN: f32 = 1.6;
/// The least side before and after, px.
const LEAST: (f32, f32) = (3.0, 5.0);
/// More lines are not looked at.
const MOST: usize = 200;
/// A line that is so much higher than wide is read from bottom to top.
const UPRIGHT: f32 = 1.5;

/// A turned rectangle: its corners clockwise from the one at the top left, x and y in px.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Line {
    pub(crate) corners: [[f32; 2]; 4],
}

fn apart(a: [f32; 2], b: [f32; 2]) -> f32 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}

impl Line {
    /// Of four corners in any order, as PaddleOCR sorts them: of the two at the left the upper one is first.
    fn of(mut corners: [[f32; 2]; 4]) -> Self {
        corners.sort_by(|a, b| a[0].total_cmp(&b[0]));
        let by_height = |a: [f32; 2], b: [f32; 2]| if a[1] <= b[1] { (a, b) } else { (b, a) };
        let (top_left, bottom_left) = by_height(corners[0], corners[1]);
        let (top_right, bottom_right) = by_height(corners[2], corners[3]);
        Self {
            corners: [top_left, top_right, bottom_right, bottom_left],
        }
    }
    pub(crate) fn width(&self) -> f32 {
        apart(self.corners[0], self.corners[1])
    }
    pub(crate) fn height(&self) -> f32 {
        apart(self.corners[0], self.corners[3])
    }
    pub(crate) fn top(&self) -> f32 {
        self.corners.iter().map(|c| c[1]).fold(f32::MAX, f32::min)
    }
    pub(crate) fn left(&self) -> f32 {
        self.corners.iter().map(|c| c[0]).fold(f32::MAX, f32::min)
    }
    pub(crate) fn scaled(self, [x, y]: [f32; 2]) -> Self {
        Self {
            corners: self.corners.map(|c| [c[0] * x, c[1] * y]),
        }
    }
    /// The corners from where reading begins: a line that is much higher than wide begins at the top right, as it is turned.
    pub(crate) fn upright(&self) -> [[f32; 2]; 4] {
        let [a, b, c, d] = self.corners;
        match self.height() >= UPRIGHT * self.width() {
            true => [b, c, d, a],
            false => [a, b, c, d],
        }
    }
}

/// The lines that a map of `width * height` probabilities shows.
pub(crate) fn boxes(map: &[f32], width: usize, height: usize) -> Vec<Line> {
    let high = |x: usize, y: usize| map[y * width + x] > BINARY;
    // grown by a px to the right and down, as PaddleOCR's dilation does
    let mask = NdTensor::from_fn([height, width], |[y, x]| {
        let (left, up) = (x.saturating_sub(1), y.saturating_sub(1));
        high(x, y) || high(left, y) || high(x, up) || high(left, up)
    });
    let contours = find_contours(mask.view(), RetrievalMode::External);
    let mut lines = Vec::new();
    for contour in contours.iter().take(MOST) {
        let points = contour.iter().map(|point| [point.x, point.y]).collect();
        let Some(found) = smallest_around(points) else {
            continue;
        };
        let [w, h] = found.sides;
        if w.min(h) < LEAST.0 || mean_within(map, (width, height), &found.corners()) < LEAST_MEAN {
            continue;
        }
        // of a rectangle that is grown by a distance with round corners the smallest one around it is as much larger
        let by = 2.0 * GROWN * w * h / (2.0 * (w + h));
        let grown = Rectangle {
            sides: [w + by, h + by],
            ..found
        };
        if grown.sides[0].min(grown.sides[1]) < LEAST.1 {
            continue;
        }
        lines.push(Line::of(grown.corners()));
    }
    lines
}

/// A turned rectangle by its middle, the direction of its first side, and its sides, px.
#[derive(Clone, Copy, Debug)]
struct Rectangle {
    middle: [f32; 2],
    along: [f32; 2],
    sides: [f32; 2],
}

impl Rectangle {
    /// Around the middle, one after the other.
    fn corners(&self) -> [[f32; 2]; 4] {
        let [x, y] = self.along;
        [[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]].map(|[u, v]| {
            let (u, v) = (u * self.sides[0], v * self.sides[1]);
            [
                self.middle[0] + u * x - v * y,
                self.middle[1] + u * y + v * x,
            ]
        })
    }
}

/// The rectangle of the least area around points: one of its sides lies on a side of their hull (Freeman & Shapira 1975).
fn smallest_around(points: Vec<[i32; 2]>) -> Option<Rectangle> {
    let hull = hull(points);
    let mut best: Option<(f64, Rectangle)> = None;
    for (index, &[x, y]) in hull.iter().enumerate() {
        let [to_x, to_y] = hull[(index + 1) % hull.len()];
        let (dx, dy) = (f64::from(to_x - x), f64::from(to_y - y));
        let length = dx.hypot(dy);
        if length == 0.0 {
            continue;
        }
        let (dx, dy) = (dx / length, dy / length);
        let (mut least, mut most) = ([f64::MAX; 2], [f64::MIN; 2]);
        for &[px, py] in &hull {
            let (px, py) = (f64::from(px), f64::from(py));
            for (axis, value) in [px * dx + py * dy, py * dx - px * dy]
                .into_iter()
                .enumerate()
            {
                least[axis] = least[axis].min(value);
                most[axis] = most[axis].max(value);
            }
        }
        let sides = [most[0] - least[0], most[1] - least[1]];
        let area = sides[0] * sides[1];
        if best.as_ref().is_none_or(|(least, _)| area < *least) {
            let (u, v) = ((least[0] + most[0]) / 2.0, (least[1] + most[1]) / 2.0);
            let found = Rectangle {
                middle: [(u * dx - v * dy) as f32, (u * dy + v * dx) as f32],
                along: [dx as f32, dy as f32],
                sides: sides.map(|side| side as f32),
            };
            best = Some((area, found));
        }
    }
    best.map(|(_, found)| found)
}

/// The corners of the convex hull in order, none on a side of it (Andrew 1979); exact, since px are whole numbers.
fn hull(mut points: Vec<[i32; 2]>) -> Vec<[i32; 2]> {
    points.sort_unstable();
    points.dedup();
    let turn = |a: [i32; 2], b: [i32; 2], c: [i32; 2]| {
        let [ab, ac] = [b, c].map(|to| to.map(i64::from));
        let [x, y] = a.map(i64::from);
        (ab[0] - x) * (ac[1] - y) - (ab[1] - y) * (ac[0] - x)
    };
    let half = |points: &mut dyn Iterator<Item = [i32; 2]>| {
        let mut chain: Vec<[i32; 2]> = Vec::new();
        for point in points {
            while let [.., a, b] = chain[..]
                && turn(a, b, point) <= 0
            {
                chain.pop();
            }
            chain.push(point);
        }
        chain.pop();
        chain
    };
    let mut all = half(&mut points.iter().copied());
    all.extend(half(&mut points.iter().rev().copied()));
    all
}

/// The mean of a map within four corners.
fn mean_within(map: &[f32], (width, height): (usize, usize), corners: &[[f32; 2]; 4]) -> f32 {
    let span = |values: [f32; 4], side: usize| {
        let least = values
            .iter()
            .copied()
            .fold(f32::MAX, f32::min)
            .floor()
            .max(0.0) as usize;
        let most = values.iter().copied().fold(0.0, f32::max).ceil() as usize;
        least..=most.min(side - 1)
    };
    let within = |x: f32, y: f32| {
        let sides = (0..4).map(|i| (corners[i], corners[(i + 1) % 4]));
        let turns: Vec<f32> = sides
            .map(|(a, b)| (b[0] - a[0]) * (y - a[1]) - (b[1] - a[1]) * (x - a[0]))
            .collect();
        turns.iter().all(|t| *t >= -1e-3) || turns.iter().all(|t| *t <= 1e-3)
    };
    let (mut sum, mut count) = (0.0, 0.0f32);
    for y in span(corners.map(|c| c[1]), height) {
        for x in span(corners.map(|c| c[0]), width) {
            if within(x as f32, y as f32) {
                sum += map[y * width + x];
                count += 1.0;
            }
        }
    }
    sum / count.max(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(inside: impl Fn(f32, f32) -> bool, value: f32) -> Vec<f32> {
        let pixel = |i: usize| (i % 80, i / 80);
        (0..80 * 40)
            .map(|i| {
                let (x, y) = pixel(i);
                if inside(x as f32, y as f32) {
                    value
                } else {
                    0.05
                }
            })
            .collect()
    }

    #[test]
    fn a_spot_becomes_the_box_of_its_letters() {
        let spot = |x: f32, y: f32| (20.0..60.0).contains(&x) && (15.0..23.0).contains(&y);
        let lines = boxes(&map(spot, 0.9), 80, 40);
        assert_eq!(lines.len(), 1);
        // 41 x 9 px of mask span 40 x 8, which grow by 1.6 · 320 / 96 on each side
        let by = 1.6 * 320.0 / 96.0;
        let [top_left, _, bottom_right, _] = lines[0].corners;
        for (found, meant) in [
            (top_left, [20.0 - by, 15.0 - by]),
            (bottom_right, [60.0 + by, 23.0 + by]),
        ] {
            assert!(apart(found, meant) < 0.2, "{found:?} {meant:?}");
        }
    }

    #[test]
    fn a_turned_line_is_a_turned_box() {
        let spot = |x: f32, y: f32| {
            let (x, y) = (x - 40.0, y - 20.0);
            let (along, across) = (0.9 * x + 0.436 * y, 0.9 * y - 0.436 * x);
            along.abs() < 25.0 && across.abs() < 4.0
        };
        let line = boxes(&map(spot, 0.9), 80, 40)[0];
        let [a, b, ..] = line.corners;
        let turn = ((b[1] - a[1]) / (b[0] - a[0])).atan().to_degrees();
        assert!((turn - 25.8).abs() < 2.5, "{turn}");
        assert!(line.width() > 2.5 * line.height());
    }

    #[test]
    fn a_rectangle_holds_all_points_however_ragged_they_lie() {
        let ragged = |i: i32| [[i, 200 + i % 7 % 3], [i, 262 - i % 5 % 2]];
        let points: Vec<[i32; 2]> = (233..862).flat_map(ragged).collect();
        let found = smallest_around(points.clone()).expect("a rectangle");
        let [long, short] = [
            found.sides[0].max(found.sides[1]),
            found.sides[0].min(found.sides[1]),
        ];
        assert!(
            (long - 628.0).abs() < 1.0 && (short - 62.0).abs() < 1.0,
            "{found:?}"
        );
        for [x, y] in points {
            let (x, y) = (x as f32 - found.middle[0], y as f32 - found.middle[1]);
            let [dx, dy] = found.along;
            let off = [(x * dx + y * dy).abs(), (y * dx - x * dy).abs()];
            assert!(off[0] <= found.sides[0] / 2.0 + 0.01 && off[1] <= found.sides[1] / 2.0 + 0.01);
        }
    }

    #[test]
    fn what_is_faint_or_small_is_no_line() {
        let large = |x: f32, y: f32| (20.0..60.0).contains(&x) && (15.0..23.0).contains(&y);
        let small = |x: f32, y: f32| (20.0..22.0).contains(&x) && (15.0..16.0).contains(&y);
        assert_eq!(boxes(&map(large, 0.4), 80, 40), []);
        assert_eq!(boxes(&map(small, 0.9), 80, 40), []);
    }

    #[test]
    fn a_line_that_is_high_begins_at_the_top_right() {
        let corners = [[0.0, 0.0], [10.0, 0.0], [10.0, 50.0], [0.0, 50.0]];
        assert_eq!(Line { corners }.upright()[0], [10.0, 0.0]);
        let wide = Line { corners }.scaled([10.0, 1.0]);
        assert_eq!(wide.upright()[0], [0.0, 0.0]);
    }
}
