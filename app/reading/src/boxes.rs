//! From the map of a network that finds text to the boxes of its lines: differentiable binarisation (Liao et al. 2020,
//! "Real-time Scene Text Detection with Differentiable Binarization", AAAI) with PaddleOCR's settings. The map is high in the
//! middle of letters; each spot of it gets the smallest rectangle around it, which is then grown to hold the letters whole.

use rten_imageproc::{PointF, RetrievalMode, find_contours, min_area_rect};
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
        let points: Vec<PointF> = contour.iter().map(|point| point.to_f32()).collect();
        let Some(found) = min_area_rect(&points) else {
            continue;
        };
        let (w, h) = (found.width(), found.height());
        if w.min(h) < LEAST.0 || mean_within(map, (width, height), &found.corners()) < LEAST_MEAN {
            continue;
        }
        // of a rectangle that is grown by a distance with round corners the smallest one around it is as much larger
        let by = 2.0 * GROWN * w * h / (2.0 * (w + h));
        let grown = found.expanded(by, by);
        if grown.width().min(grown.height()) < LEAST.1 {
            continue;
        }
        lines.push(Line::of(grown.corners().map(|point| [point.x, point.y])));
    }
    lines
}

/// The mean of a map within four corners.
fn mean_within(map: &[f32], (width, height): (usize, usize), corners: &[PointF; 4]) -> f32 {
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
            .map(|(a, b)| (b.x - a.x) * (y - a.y) - (b.y - a.y) * (x - a.x))
            .collect();
        turns.iter().all(|t| *t >= -1e-3) || turns.iter().all(|t| *t <= 1e-3)
    };
    let (mut sum, mut count) = (0.0, 0.0f32);
    for y in span(corners.map(|c| c.y), height) {
        for x in span(corners.map(|c| c.x), width) {
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
        assert!(line.width() > 3.0 * line.height());
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
