//! The curves of a scored data set, one at a time on the whole page: what the best of N is worth to the reward and to people,
//! whether a stated chance comes true, and how scores are spread.

use eframe::egui::{CentralPanel, Frame, Label, Margin, Panel, RichText, Ui};
use retake_lab::lines::Column;

use super::figures;
use super::plot::{self, Series};
use super::table::column_name;
use crate::cx::Cx;
use crate::panels::over::parts;
use crate::theme::{GRID, HALF};

/// A curve: its key among the texts, the keys of its axes, and its lines.
struct Curve {
    id: &'static str,
    axes: [&'static str; 2],
    lines: fn(&Cx<'_>) -> Vec<Series>,
}

/// Every curve, in order.
const CURVES: &[Curve] = &[
    Curve {
        id: "lab_curve_best_of",
        axes: ["lab_axis_n", "lab_axis_share"],
        lines: best_of,
    },
    Curve {
        id: "lab_curve_reliability",
        axes: ["lab_axis_stated", "lab_axis_observed"],
        lines: reliability,
    },
    Curve {
        id: "lab_curve_scores",
        axes: ["lab_axis_score", "lab_axis_edits"],
        lines: spread,
    },
];

/// Draws it.
pub(super) fn show(ui: &mut Ui, cx: &mut Cx<'_>) {
    let bar = Frame::new()
        .fill(cx.theme.panel)
        .inner_margin(Margin::symmetric(GRID as i8, HALF as i8));
    let scored = cx.lab.scoring.is_some();
    let mut chosen = match cx.look.lab.curve {
        "" => CURVES[0].id,
        id => id,
    };
    Panel::top("lab curves bar")
        .frame(bar)
        .show(ui, |ui| match scored {
            false => figures::judges(ui, cx),
            true => {
                let name = |curve: &Curve| (curve.id, cx.text(curve.id));
                let options: Vec<(&'static str, String)> = CURVES.iter().map(name).collect();
                let spoken = cx.text("lab_curves");
                parts::choice(ui, cx.theme, &spoken, &options, &mut chosen);
            }
        });
    cx.look.lab.curve = chosen;
    let frame = Frame::new()
        .fill(cx.theme.surround)
        .inner_margin(2.0 * GRID);
    CentralPanel::default().frame(frame).show(ui, |ui| {
        let weak = |ui: &mut Ui, key: &'static str| {
            let words = RichText::new(cx.texts.get(key)).color(cx.theme.weak);
            ui.add(Label::new(words).wrap());
        };
        if !scored {
            weak(ui, "lab_curves_how");
            return;
        }
        let Some(curve) = CURVES.iter().find(|curve| curve.id == chosen) else {
            return;
        };
        let series = (curve.lines)(cx);
        if series.iter().all(|series| series.points.is_empty()) {
            weak(ui, "lab_curve_none");
            return;
        }
        let axes = curve.axes.map(|key| cx.texts.get(key));
        plot::show(ui, cx, curve.id, axes, &series);
    });
}

/// The reward's and people's opinion of the best of N, each as a share of the way from its least to its most, so that both lie
/// on one scale.
fn best_of(cx: &Cx<'_>) -> Vec<Series> {
    let Some(scoring) = &cx.lab.scoring else {
        return Vec::new();
    };
    let series = |key: &'static str,
                  colour,
                  value: fn(&retake_lab::measures::best_of::BestOf) -> f64,
                  [low, high]: [f64; 2]| Series {
        name: cx.text(key),
        colour,
        points: scoring
            .best_of
            .iter()
            .map(|point| [point.n as f64, (value(point) - low) / (high - low)])
            .collect(),
        joined: true,
    };
    vec![
        series(
            "lab_proxy",
            cx.theme.accent,
            |point| point.proxy,
            ends(scoring.lines.numbers(&Column::Score)),
        ),
        series(
            "lab_held_out",
            cx.theme.good,
            |point| point.human,
            ends(scoring.lines.numbers(&Column::Human)),
        ),
    ]
}

fn ends(values: &[f32]) -> [f64; 2] {
    let known = values.iter().filter(|value| value.is_finite());
    let (low, high) = known.fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), value| {
        (low.min(*value), high.max(*value))
    });
    match low < high {
        true => [f64::from(low), f64::from(high)],
        false => [0.0, 1.0],
    }
}

fn reliability(cx: &Cx<'_>) -> Vec<Series> {
    let Some(scoring) = &cx.lab.scoring else {
        return Vec::new();
    };
    let bins = scoring.report.reliability.iter();
    let points: Vec<[f64; 2]> = bins.map(|bin| [bin.stated, bin.observed]).collect();
    if points.is_empty() {
        return Vec::new();
    }
    vec![
        Series {
            name: cx.text("lab_true_chance"),
            colour: cx.theme.weak,
            points: vec![[0.0, 0.0], [1.0, 1.0]],
            joined: true,
        },
        Series {
            name: scoring.report.judge.clone(),
            colour: cx.theme.accent,
            points,
            joined: true,
        },
    ]
}

fn spread(cx: &Cx<'_>) -> Vec<Series> {
    let histogram = &cx.lab.arranged.histogram;
    let Some(column) = &histogram.column else {
        return Vec::new();
    };
    let [low, high] = histogram.range.map(f64::from);
    let count = histogram.counts.len() as f64;
    let middle = |bin: usize| low + (high - low) * (bin as f64 + 0.5) / count;
    let bins = histogram.counts.iter().enumerate();
    vec![Series {
        name: column_name(cx, column),
        colour: cx.theme.accent,
        points: bins
            .map(|(bin, edits)| [middle(bin), f64::from(*edits)])
            .collect(),
        joined: true,
    }]
}
