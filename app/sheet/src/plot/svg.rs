//! Shapes as an SVG document.

use std::fmt::Write;

use super::layout::{Anchor, PAPER, SIZE, Shape};
use crate::canvas::Ink;

/// A whole document.
pub(super) fn document(shapes: &[Shape]) -> String {
    let [width, height] = SIZE;
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
         font-family=\"Inter, system-ui, sans-serif\">\n<rect width=\"{width}\" height=\"{height}\" fill=\"{}\"/>\n",
        colour(PAPER)
    );
    for shape in shapes {
        let _ = writeln!(text, "{}", element(shape));
    }
    text + "</svg>\n"
}

fn colour([r, g, b]: Ink) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    // characters that XML 1.0 has no place for
    text.replace('>', "&gt;")
        .replace(|letter: char| letter.is_control(), " ")
}

fn places<'a>(points: impl Iterator<Item = &'a [f32; 2]>) -> String {
    let each = points.map(|[x, y]| format!("{x:.2},{y:.2}"));
    each.collect::<Vec<_>>().join(" ")
}

fn element(shape: &Shape) -> String {
    match shape {
        Shape::Segment {
            from: [x1, y1],
            to: [x2, y2],
            thick,
            ink,
            broken,
        } => format!(
            "<line x1=\"{x1:.2}\" y1=\"{y1:.2}\" x2=\"{x2:.2}\" y2=\"{y2:.2}\" stroke=\"{}\" stroke-width=\"{thick}\" \
             stroke-linecap=\"round\"{}/>",
            colour(*ink),
            if *broken {
                " stroke-dasharray=\"6 5\""
            } else {
                ""
            }
        ),
        Shape::Dot {
            at: [x, y],
            radius,
            ink,
        } => format!(
            "<circle cx=\"{x:.2}\" cy=\"{y:.2}\" r=\"{radius}\" fill=\"{}\"/>",
            colour(*ink)
        ),
        Shape::Band {
            upper,
            lower,
            ink,
            cover,
        } => format!(
            "<polygon points=\"{}\" fill=\"{}\" fill-opacity=\"{cover}\"/>",
            places(upper.iter().chain(lower.iter().rev())),
            colour(*ink)
        ),
        Shape::Text {
            text,
            at: [x, y],
            size,
            bold,
            ink,
            anchor,
        } => format!(
            "<text x=\"{x:.2}\" y=\"{y:.2}\" font-size=\"{size}\" font-weight=\"{}\" fill=\"{}\" text-anchor=\"{}\">{}</text>",
            if *bold { 600 } else { 400 },
            colour(*ink),
            match anchor {
                Anchor::Start => "start",
                Anchor::Middle => "middle",
                Anchor::End => "end",
            },
            escaped(text)
        ),
    }
}
