//! Where everything of a plot stands, in units of the SVG.

use super::{Look, Plot, PlotLine};
use crate::canvas::Ink;
use crate::letters::{Weight, fit};

/// Of the whole picture.
pub(super) const SIZE: [f32; 2] = [960.0, 600.0];
/// Behind everything.
pub(super) const PAPER: Ink = [255, 255, 255];
const INK: Ink = [34, 34, 34];
const WEAK: Ink = [110, 110, 110];
const GRID: Ink = [226, 226, 226];
/// Colours that people with any kind of colour blindness tell apart (Okabe & Ito 2008, "Color Universal Design").
const COLOURS: [Ink; 7] = [
    [0, 114, 178],
    [213, 94, 0],
    [0, 158, 115],
    [204, 121, 167],
    [230, 159, 0],
    [86, 180, 233],
    [90, 90, 90],
];
/// Left, top, right and below of the plane.
const MARGIN: [f32; 4] = [72.0, 84.0, 216.0, 84.0];
/// About so many numbers on an axis.
const NUMBERS: f64 = 6.0;
const SMALL: f32 = 13.0;

/// Where a text begins, ends or has its middle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// What is drawn, in order.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Shape {
    Segment {
        from: [f32; 2],
        to: [f32; 2],
        thick: f32,
        ink: Ink,
        broken: bool,
    },
    Dot {
        at: [f32; 2],
        radius: f32,
        ink: Ink,
    },
    /// between two lines whose points stand above each other
    Band {
        upper: Vec<[f32; 2]>,
        lower: Vec<[f32; 2]>,
        ink: Ink,
        cover: f32,
    },
    Text {
        text: String,
        at: [f32; 2],
        size: f32,
        bold: bool,
        ink: Ink,
        anchor: Anchor,
    },
}

/// An axis: the numbers at its ends and those that are written.
struct Axis {
    low: f64,
    high: f64,
    step: f64,
}

impl Axis {
    /// Round numbers from below the least to above the most.
    fn over(values: impl Iterator<Item = f64>) -> Self {
        let (low, high) = values
            .filter(|value| value.is_finite())
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
                (low.min(value), high.max(value))
            });
        let (low, high) = match high - low {
            _ if low > high => (0.0, 1.0),
            room if room <= low.abs().max(1e-9) * 1e-9 => (low - 0.5, high + 0.5),
            _ => (low, high),
        };
        let rough = (high - low) / NUMBERS;
        let power = 10_f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0]
            .into_iter()
            .map(|times| times * power)
            .find(|step| *step >= rough * 0.999)
            .unwrap_or(power * 10.0);
        Self {
            low: (low / step + 1e-9).floor() * step,
            high: (high / step - 1e-9).ceil() * step,
            step,
        }
    }
    fn share(&self, value: f64) -> f32 {
        ((value - self.low) / (self.high - self.low)) as f32
    }
    fn numbers(&self) -> Vec<f64> {
        let count = ((self.high - self.low) / self.step).round() as usize;
        let number = |place: usize| self.low + place as f64 * self.step;
        (0..=count).map(number).collect()
    }
    /// With as many decimals as the step has.
    fn written(&self, value: f64) -> String {
        let decimals = (-self.step.log10().floor()).clamp(0.0, 6.0) as usize;
        let text = format!("{value:.decimals$}");
        match text.trim_start_matches('-').trim_matches(['0', '.']) {
            "" => text.trim_start_matches('-').to_owned(),
            _ => text,
        }
    }
}

/// The frame in which numbers become places.
struct Plane {
    across: Axis,
    up: Axis,
}

impl Plane {
    fn at(&self, x: f64, y: f64) -> [f32; 2] {
        let [left, top, right, below] = MARGIN;
        let (width, height) = (SIZE[0] - left - right, SIZE[1] - top - below);
        [
            left + self.across.share(x) * width,
            top + (1.0 - self.up.share(y)) * height,
        ]
    }
}

/// Half the width of a bin of a histogram.
fn half_bin(line: &PlotLine) -> f64 {
    match &line.points[..] {
        [first, second, ..] => (second.x - first.x) / 2.0,
        _ => 0.5,
    }
}

/// Everything, in the order in which it is drawn.
pub(super) fn shapes(plot: &Plot) -> Vec<Shape> {
    let known: Vec<PlotLine> = plot.lines.iter().map(known).collect();
    let points = || known.iter().flat_map(|line| &line.points);
    let mut across: Vec<f64> = points().map(|point| point.x).collect();
    for line in known.iter().filter(|line| line.look == Look::Steps) {
        let half = half_bin(line);
        let ends = line.points.first().zip(line.points.last());
        across.extend(ends.iter().flat_map(|(a, b)| [a.x - half, b.x + half]));
    }
    let counted = known.iter().any(|line| line.look == Look::Steps);
    let bands = points().flat_map(|point| point.band.into_iter().flatten());
    let up = points().map(|point| point.y).chain(bands);
    let plane = Plane {
        across: Axis::over(across.into_iter()),
        up: Axis::over(up.chain(counted.then_some(0.0))),
    };
    let mut all = frame(plot, &plane);
    for (line, ink) in known.iter().zip(COLOURS.iter().cycle()) {
        all.extend(band(line, *ink, &plane));
    }
    for (line, ink) in known.iter().zip(COLOURS.iter().cycle()) {
        all.extend(drawn(line, *ink, &plane));
    }
    all.extend(legend(&known));
    all
}

/// The line with what can be drawn of it.
fn known(line: &PlotLine) -> PlotLine {
    let points = line.points.iter().copied();
    let points = points.filter(|point| point.x.is_finite() && point.y.is_finite());
    let points = points.map(|point| super::PlotPoint {
        band: point
            .band
            .filter(|band| band.iter().all(|end| end.is_finite())),
        ..point
    });
    PlotLine {
        points: points.collect(),
        ..line.clone()
    }
}

fn text(text: String, at: [f32; 2], anchor: Anchor) -> Shape {
    Shape::Text {
        text,
        at,
        size: SMALL,
        bold: false,
        ink: WEAK,
        anchor,
    }
}

fn frame(plot: &Plot, plane: &Plane) -> Vec<Shape> {
    let [left, top, right, below] = MARGIN;
    let (end, floor) = (SIZE[0] - right, SIZE[1] - below);
    let line = |from, to, ink| Shape::Segment {
        from,
        to,
        thick: 1.0,
        ink,
        broken: false,
    };
    let room = SIZE[0] - 2.0 * 24.0;
    let mut all = vec![Shape::Text {
        text: fit(&plot.title, Weight::Bold, 20.0, room),
        at: [24.0, 36.0],
        size: 20.0,
        bold: true,
        ink: INK,
        anchor: Anchor::Start,
    }];
    for number in plane.across.numbers() {
        let [x, _] = plane.at(number, 0.0);
        all.push(line([x, top], [x, floor], GRID));
        all.push(text(
            plane.across.written(number),
            [x, floor + 20.0],
            Anchor::Middle,
        ));
    }
    for number in plane.up.numbers() {
        let [_, y] = plane.at(0.0, number);
        all.push(line([left, y], [end, y], GRID));
        all.push(text(
            plane.up.written(number),
            [left - 8.0, y + 4.5],
            Anchor::End,
        ));
    }
    all.push(line([left, floor], [end, floor], WEAK));
    all.push(line([left, top], [left, floor], WEAK));
    let name = |words: &str, room: f32| fit(words, Weight::Regular, SMALL, room);
    all.push(text(
        name(&plot.axes[0], end - left),
        [(left + end) / 2.0, floor + 42.0],
        Anchor::Middle,
    ));
    all.push(text(
        name(&plot.axes[1], end - 24.0),
        [24.0, top - 16.0],
        Anchor::Start,
    ));
    if !plot.note.is_empty() {
        all.push(text(
            name(&plot.note, room),
            [24.0, SIZE[1] - 16.0],
            Anchor::Start,
        ));
    }
    all
}

/// The band of a line, over every stretch of points that have one.
fn band(line: &PlotLine, ink: Ink, plane: &Plane) -> Vec<Shape> {
    let stretches = line.points.split(|point| point.band.is_none());
    let drawn = stretches
        .filter(|stretch| stretch.len() > 1)
        .map(|stretch| {
            let edge = |place: usize| {
                let end = |point: &super::PlotPoint| Some(plane.at(point.x, point.band?[place]));
                stretch.iter().filter_map(end).collect()
            };
            Shape::Band {
                upper: edge(1),
                lower: edge(0),
                ink,
                cover: 0.16,
            }
        });
    drawn.collect()
}

fn drawn(line: &PlotLine, ink: Ink, plane: &Plane) -> Vec<Shape> {
    let segment = |from, to| Shape::Segment {
        from,
        to,
        thick: if line.look == Look::Ideal { 1.5 } else { 2.5 },
        ink,
        broken: line.look == Look::Ideal,
    };
    if line.look == Look::Steps {
        let half = half_bin(line);
        let mut corners = Vec::new();
        for point in &line.points {
            corners.push(plane.at(point.x - half, point.y));
            corners.push(plane.at(point.x + half, point.y));
        }
        return corners
            .windows(2)
            .map(|two| segment(two[0], two[1]))
            .collect();
    }
    let places: Vec<[f32; 2]> = line.points.iter().map(|p| plane.at(p.x, p.y)).collect();
    let mut all: Vec<Shape> = places
        .windows(2)
        .map(|two| segment(two[0], two[1]))
        .collect();
    if line.look == Look::Joined {
        // a point alone shows its interval as a whisker
        for point in line.points.iter().filter(|_| line.points.len() == 1) {
            let whisker =
                |[low, high]: [f64; 2]| segment(plane.at(point.x, low), plane.at(point.x, high));
            all.extend(point.band.map(whisker));
        }
        all.extend(places.into_iter().map(|at| Shape::Dot {
            at,
            radius: 4.0,
            ink,
        }));
    }
    all
}

/// The names of the lines, at the right of the plane.
fn legend(lines: &[PlotLine]) -> Vec<Shape> {
    let left = SIZE[0] - MARGIN[2] + 20.0;
    let mut all = Vec::new();
    for ((place, line), ink) in lines.iter().enumerate().zip(COLOURS.iter().cycle()) {
        let y = MARGIN[1] + 10.0 + 24.0 * place as f32;
        if y > SIZE[1] - MARGIN[3] {
            break;
        }
        all.push(Shape::Segment {
            from: [left, y],
            to: [left + 22.0, y],
            thick: 2.5,
            ink: *ink,
            broken: line.look == Look::Ideal,
        });
        let room = SIZE[0] - left - 30.0 - 12.0;
        all.push(Shape::Text {
            text: fit(&line.name, Weight::Regular, SMALL, room),
            at: [left + 30.0, y + 4.5],
            size: SMALL,
            bold: false,
            ink: INK,
            anchor: Anchor::Start,
        });
    }
    all
}
