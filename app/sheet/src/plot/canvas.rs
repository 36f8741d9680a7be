//! Shapes as pixels, their edges smooth.

use super::layout::{Anchor, PAPER, SIZE, Shape};
use crate::canvas::{Canvas, Ink};
use crate::letters::{self, Weight};

/// A broken line is drawn so long and left out so long, units.
const DASH: [f32; 2] = [6.0, 5.0];

/// All shapes, `scale` px a unit.
pub(super) fn drawn(shapes: &[Shape], scale: f32) -> Canvas {
    let [width, height] = SIZE.map(|side| (side * scale) as usize);
    let mut canvas = Canvas::new(width, height, PAPER);
    let px = |[x, y]: [f32; 2]| [x * scale, y * scale];
    for shape in shapes {
        match shape {
            Shape::Segment {
                from,
                to,
                thick,
                ink,
                broken,
            } => {
                let pieces = match broken {
                    true => dashes(*from, *to),
                    false => vec![(*from, *to)],
                };
                for (from, to) in pieces {
                    segment(&mut canvas, px(from), px(to), thick * scale, *ink);
                }
            }
            Shape::Dot { at, radius, ink } => {
                let at = px(*at);
                segment(&mut canvas, at, at, 2.0 * radius * scale, *ink);
            }
            Shape::Band {
                upper,
                lower,
                ink,
                cover,
            } => {
                let edge =
                    |points: &[[f32; 2]]| points.iter().map(|at| px(*at)).collect::<Vec<_>>();
                band(&mut canvas, &edge(upper), &edge(lower), *ink, *cover);
            }
            Shape::Text {
                text,
                at,
                size,
                bold,
                ink,
                anchor,
            } => {
                let weight = if *bold { Weight::Bold } else { Weight::Regular };
                let wide = letters::width(text, weight, size * scale);
                let [x, y] = px(*at);
                let x = match anchor {
                    Anchor::Start => x,
                    Anchor::Middle => x - wide / 2.0,
                    Anchor::End => x - wide,
                };
                letters::write(&mut canvas, text, x, y, weight, size * scale, *ink);
            }
        }
    }
    canvas
}

/// The drawn pieces of a broken line.
fn dashes(from: [f32; 2], to: [f32; 2]) -> Vec<([f32; 2], [f32; 2])> {
    let length = (to[0] - from[0]).hypot(to[1] - from[1]);
    if length <= 0.0 {
        return vec![(from, to)];
    }
    let at = |along: f32| {
        let share = (along / length).min(1.0);
        [0, 1].map(|axis| from[axis] + (to[axis] - from[axis]) * share)
    };
    let whole = DASH[0] + DASH[1];
    let count = (length / whole).ceil() as usize;
    let piece = |number: usize| {
        let begin = number as f32 * whole;
        (at(begin), at(begin + DASH[0]))
    };
    (0..count).map(piece).collect()
}

/// A line with round ends; a pixel is covered as far as it lies within half the thickness.
fn segment(canvas: &mut Canvas, from: [f32; 2], to: [f32; 2], thick: f32, ink: Ink) {
    let reach = thick / 2.0 + 1.0;
    let low = [0, 1].map(|axis| (from[axis].min(to[axis]) - reach).floor() as i32);
    let high = [0, 1].map(|axis| (from[axis].max(to[axis]) + reach).ceil() as i32);
    let way = [to[0] - from[0], to[1] - from[1]];
    let square = way[0] * way[0] + way[1] * way[1];
    for y in low[1]..=high[1] {
        for x in low[0]..=high[0] {
            let at = [x as f32 + 0.5 - from[0], y as f32 + 0.5 - from[1]];
            let along = match square > 0.0 {
                true => ((at[0] * way[0] + at[1] * way[1]) / square).clamp(0.0, 1.0),
                false => 0.0,
            };
            let apart = (at[0] - along * way[0]).hypot(at[1] - along * way[1]);
            canvas.dab(x, y, ink, thick / 2.0 + 0.5 - apart);
        }
    }
}

/// How high an edge stands over `x`; `None` beside it.
fn height(edge: &[[f32; 2]], x: f32) -> Option<f32> {
    let two = edge
        .windows(2)
        .find(|two| two[0][0] <= x && x <= two[1][0])?;
    let ([x0, y0], [x1, y1]) = (two[0], two[1]);
    let share = if x1 > x0 { (x - x0) / (x1 - x0) } else { 0.0 };
    Some(y0 + (y1 - y0) * share)
}

fn band(canvas: &mut Canvas, upper: &[[f32; 2]], lower: &[[f32; 2]], ink: Ink, cover: f32) {
    let Some((first, last)) = upper.first().zip(upper.last()) else {
        return;
    };
    for x in first[0].floor() as i32..=last[0].ceil() as i32 {
        let middle = x as f32 + 0.5;
        let Some((top, floor)) = height(upper, middle).zip(height(lower, middle)) else {
            continue;
        };
        for y in top.floor() as i32..floor.ceil() as i32 {
            let covered = (floor.min(y as f32 + 1.0) - top.max(y as f32)).clamp(0.0, 1.0);
            canvas.dab(x, y, ink, cover * covered);
        }
    }
}
