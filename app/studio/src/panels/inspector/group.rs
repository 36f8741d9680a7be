//! All takes of the group against each other: every dimension at once, and any two against one another.

use eframe::egui::{Color32, ComboBox, Label, RichText, Stroke, Ui};
use retake_engine::{Flag, TakeId};

use super::words::{self, Axis};
use super::{curve, guard, looks, parallel, scatter, searched, title};
use crate::cx::Cx;
use crate::theme::GRID;
use crate::widgets;

/// A take as the plots draw it.
pub(super) struct Drawn {
    pub(super) id: TakeId,
    /// "Take 3"
    pub(super) name: String,
    /// value and spread on each axis, 0 to 1
    pub(super) scores: Vec<Option<(f32, f32)>>,
    pub(super) stale: bool,
    pub(super) rejected: bool,
}

/// The plots' takes: the focused and the hovered one last, so that they lie on top.
pub(super) struct Takes {
    pub(super) axes: Vec<Axis>,
    pub(super) takes: Vec<Drawn>,
    pub(super) focus: Option<TakeId>,
    pub(super) hovered: Option<TakeId>,
}

impl Takes {
    fn of(cx: &Cx<'_>) -> Option<Self> {
        let session = cx.session()?;
        let axes = words::axes(cx);
        let focus = cx.focus().map(|take| take.id);
        let hovered = cx.look.inspect.hovered;
        let mut takes: Vec<Drawn> = session
            .sheet()
            .into_iter()
            .filter(|take| take.card.is_some())
            .map(|take| {
                let number = (take.index + 1).to_string();
                Drawn {
                    id: take.id,
                    name: cx.texts.with("inspector_take", &[("number", &number)]),
                    scores: axes
                        .iter()
                        .map(|axis| axis.of(take, session.ranking()))
                        .collect(),
                    stale: take.stale,
                    rejected: session.desk().mark(take.id).flag == Flag::Rejected,
                }
            })
            .collect();
        takes.sort_by_key(|take| (hovered == Some(take.id), focus == Some(take.id)));
        Some(Self {
            axes,
            takes,
            focus,
            hovered,
        })
    }
    /// How a take's line or point is drawn.
    pub(super) fn stroke(&self, cx: &Cx<'_>, take: &Drawn) -> Stroke {
        if self.hovered == Some(take.id) {
            return Stroke::new(2.5, cx.theme.text);
        }
        if self.focus == Some(take.id) {
            return Stroke::new(2.5, cx.theme.accent);
        }
        let quiet = if take.rejected { 0.3 } else { 0.75 };
        Stroke::new(1.2, cx.theme.weak.gamma_multiply(quiet))
    }
    /// Colour of words beside a take.
    pub(super) fn colour(&self, cx: &Cx<'_>, take: &Drawn) -> Color32 {
        if take.stale {
            cx.theme.weak
        } else {
            cx.theme.text
        }
    }
}

/// Draws it.
pub(super) fn show(ui: &mut Ui, cx: &mut Cx<'_>) {
    // how they came about stands before how they compare, and grows before there is one to compare
    let over_lanes = searched::show(ui, cx);
    let Some(takes) = Takes::of(cx).filter(|takes| !takes.takes.is_empty()) else {
        if let Some(words) = widgets::spent(cx) {
            ui.label(RichText::new(words).small().color(cx.theme.weak));
        }
        ui.label(RichText::new(cx.text("inspector_unscored")).color(cx.theme.weak));
        return;
    };
    looks::show(ui, cx);
    // an alarm is what the tab was opened for
    let alarmed = guard::alarmed(cx);
    if alarmed {
        guard::show(ui, cx);
        ui.add_space(GRID);
    }
    curve::show(ui, cx);
    if !alarmed {
        guard::show(ui, cx);
    }
    ui.add_space(2.0 * GRID);
    title(ui, cx, "inspector_parallel");
    let over_lines = parallel::show(ui, cx, &takes);
    ui.add_space(2.0 * GRID);
    title(ui, cx, "inspector_scatter");
    let pair = choose(ui, cx, &takes.axes);
    let over_points = scatter::show(ui, cx, &takes, &pair);
    let hovered = over_lines
        .hovered
        .or(over_points.hovered)
        .or(over_lanes.hovered);
    if hovered != cx.look.inspect.hovered {
        cx.look.inspect.hovered = hovered;
        // what lies under the pointer is drawn on top at once
        ui.ctx().request_repaint();
    }
    if let Some(take) = over_lines
        .clicked
        .or(over_points.clicked)
        .or(over_lanes.clicked)
    {
        cx.look.focus = Some(take);
        cx.look.evidence = None;
    }
}

/// What the pointer did on a plot.
#[derive(Default)]
pub(super) struct Pointed {
    pub(super) hovered: Option<TakeId>,
    pub(super) clicked: Option<TakeId>,
}

/// The two axes of the scatter; following against the worse of the others until chosen.
fn choose(ui: &mut Ui, cx: &mut Cx<'_>, axes: &[Axis]) -> [usize; 2] {
    let place = |axis: &Axis| axes.iter().position(|known| known == axis);
    let kept = cx.look.inspect.axes.as_ref();
    let kept = kept.and_then(|[x, y]| Some([place(x)?, place(y)?]));
    let mut pair = kept.unwrap_or([0, 1.min(axes.len() - 1)]);
    ui.horizontal(|ui| {
        let width = (ui.available_width() - 3.0 * GRID) / 2.0;
        for (which, key) in [(0, "inspector_across"), (1, "inspector_up")] {
            let shown = axes[pair[which]].name(cx.texts);
            let spoken = format!("{}: {shown}", cx.texts.get(key));
            let arrow = RichText::new(["→", "↑"][which]).color(cx.theme.weak);
            ui.add(Label::new(arrow).selectable(false));
            ComboBox::from_id_salt(key)
                .width(width - 2.0 * GRID)
                .truncate()
                .selected_text(RichText::new(shown).small())
                .show_ui(ui, |ui| {
                    for (index, axis) in axes.iter().enumerate() {
                        ui.selectable_value(&mut pair[which], index, axis.name(cx.texts));
                    }
                })
                .response
                .accessible_name(spoken);
        }
    });
    cx.look.inspect.axes = Some(pair.map(|index| axes[index].clone()));
    pair
}
