//! Curves as numbers: what the best of N is worth to the reward and to people, whether a stated chance comes true, how scores
//! are spread, and what compute buys by which strategy. Each has its name, its axes and its lines, for whoever draws them.

mod bench;
mod runs;

use serde::Serialize;

use crate::measures::Interval;

pub use bench::{of_groups, score_ends};
pub use runs::{COMPUTES, Compute, Recorded, of_runs, recorded_runs};

/// A point of a line.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct CurvePoint {
    /// across
    pub x: f64,
    /// up
    pub y: f64,
    /// 95 of 100, over prompts or runs that are drawn again
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval: Option<Interval>,
    /// groups, pairs, edits or runs that it is over
    pub over: usize,
}

/// What a line shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LineKind {
    /// values that were found
    Found,
    /// what would be ideal
    Ideal,
    /// shares of bins of equal width; a point is the middle of its bin
    Histogram,
}

/// A line of a curve.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CurveLine {
    /// for people
    pub name: String,
    /// see there
    pub kind: LineKind,
    /// from left to right
    pub points: Vec<CurvePoint>,
}

/// A curve.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Curve {
    /// short name: "best-of"
    pub id: &'static str,
    /// for people
    pub title: String,
    /// what lies across, and what up
    pub axes: [String; 2],
    /// at least one
    pub lines: Vec<CurveLine>,
    /// how it was found, a sentence
    pub note: String,
}

/// The ids of all curves and what they show.
pub const CURVES: &[(&str, &str)] = &[
    (
        "best-of",
        "what the best of N is worth, to the reward and to people",
    ),
    (
        "compute",
        "what the chosen edit is worth for what was spent, by strategy; from runs",
    ),
    (
        "looks",
        "how far looks on the way agree with the end, by strategy; from runs",
    ),
    ("reliability", "whether a stated chance comes true"),
    ("scores", "how scores are spread"),
];

#[cfg(test)]
mod tests;
