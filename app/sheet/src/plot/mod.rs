//! Curves as pictures: lines with bands, points and steps between two axes, as SVG or as pixels. Both are drawn from the
//! same shapes, so that they show the same.

mod canvas;
mod layout;
mod svg;

use crate::Canvas;

/// One point of a line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlotPoint {
    /// across
    pub x: f64,
    /// up
    pub y: f64,
    /// from where to where it may lie
    pub band: Option<[f64; 2]>,
}

/// How a line is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// points, joined
    Joined,
    /// a thin broken line without points: what would be ideal
    Ideal,
    /// steps of a histogram: each point is the middle of its bin
    Steps,
}

/// A line with its name.
#[derive(Clone, Debug, PartialEq)]
pub struct PlotLine {
    /// for people
    pub name: String,
    /// in the order in which they are joined; what is no number is left out
    pub points: Vec<PlotPoint>,
    /// see there
    pub look: Look,
}

/// All that a plot shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Plot {
    /// above it
    pub title: String,
    /// what lies across and what up
    pub axes: [String; 2],
    /// the first has the first colour
    pub lines: Vec<PlotLine>,
    /// a sentence below it
    pub note: String,
}

impl Plot {
    /// An SVG document.
    pub fn svg(&self) -> String {
        svg::document(&layout::shapes(self))
    }
    /// Pixels, twice as many each way as the SVG has units, so that letters stay sharp on fine screens.
    pub fn pixels(&self) -> Canvas {
        canvas::drawn(&layout::shapes(self), 2.0)
    }
}

#[cfg(test)]
mod tests;
