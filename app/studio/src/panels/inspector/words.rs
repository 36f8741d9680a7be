//! Small words and marks that the inspector's tabs share: what a dimension is called, places, one tab.

use eframe::egui::{FontId, Response, Role, Sense, Stroke, Ui, WidgetInfo, vec2};
use retake_core::Dimension;
use retake_engine::{Ranking, Take};

use crate::cx::Cx;
use crate::texts::Texts;
use crate::theme::{BODY, CONTROL, Theme};

/// What takes can be held against each other by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Axis {
    /// one dimension of the scorecards
    Dimension(String),
    /// the selector's overall score
    Overall,
}

impl Axis {
    /// Value and spread of a take, 0 to 1, if it has one.
    pub(super) fn of(&self, take: &Take, ranking: &Ranking) -> Option<(f32, f32)> {
        match self {
            Self::Overall => Some((*ranking.overall.get(&take.id)?, 0.0)),
            Self::Dimension(name) => {
                let card = take.card.as_ref()?;
                let score = card.scores.get(&Dimension::from(name.as_str()))?;
                Some((score.value, score.spread))
            }
        }
    }
    /// What it is called.
    pub(super) fn name(&self, texts: &Texts) -> String {
        match self {
            Self::Overall => texts.get("inspector_overall").to_owned(),
            Self::Dimension(name) => dimension(texts, name),
        }
    }
}

/// The axes of a group: the dimensions somebody scored, then the overall score.
pub(super) fn axes(cx: &Cx<'_>) -> Vec<Axis> {
    let Some(session) = cx.session() else {
        return Vec::new();
    };
    let mut names: Vec<String> = Vec::new();
    for take in session.sheet() {
        for dimension in take.card.iter().flat_map(|card| card.scores.keys()) {
            if !names.contains(&dimension.0) {
                names.push(dimension.0.clone());
            }
        }
    }
    names.sort_by_key(|name| place(name));
    let dimensions = names.into_iter().map(Axis::Dimension);
    dimensions.chain([Axis::Overall]).collect()
}

/// The canonical dimensions come first, in their order.
pub(super) fn place(dimension: &str) -> usize {
    let canonical = Dimension::CANONICAL;
    let found = canonical.iter().position(|name| *name == dimension);
    found.unwrap_or(canonical.len())
}

/// What a dimension is called; one that a person added goes by its own name.
pub(super) fn dimension(texts: &Texts, name: &str) -> String {
    let key = format!("inspector_{name}");
    match texts.get(&key) {
        text if text == key => name.replace('_', " "),
        text => text.to_owned(),
    }
}

/// "1st", "2nd", "11th"; "1." in German.
pub(super) fn ordinal(language: &str, n: usize) -> String {
    if language != "en" {
        return format!("{n}.");
    }
    let ending = match (n % 10, n % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{n}{ending}")
}

/// One tab: its name, underlined when it is open.
pub(super) fn tab(ui: &mut Ui, theme: &Theme, open: bool, name: &str) -> Response {
    let font = FontId::proportional(BODY);
    let galley = ui
        .painter()
        .layout_no_wrap(name.to_owned(), font, theme.text);
    let size = vec2(galley.size().x, CONTROL);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Tab, true, open, name));
    let lit = open || response.hovered();
    let colour = if lit { theme.text } else { theme.weak };
    let at = rect.left_center() - vec2(0.0, galley.size().y / 2.0);
    ui.painter()
        .galley_with_override_text_color(at, galley, colour);
    if open {
        let stroke = Stroke::new(2.0, theme.text);
        ui.painter()
            .hline(rect.x_range(), rect.bottom() - 1.0, stroke);
    }
    focus_mark(ui, theme, &response);
    response
}

/// The keyboard is here: the accent around it.
pub(super) fn focus_mark(ui: &Ui, theme: &Theme, response: &Response) {
    if response.has_focus() {
        let stroke = Stroke::new(1.0, theme.accent);
        let kind = eframe::egui::StrokeKind::Outside;
        ui.painter()
            .rect_stroke(response.rect.expand(1.0), 3.0, stroke, kind);
    }
}

/// A number with as many decimals as its size can use.
pub(super) fn number(value: f32) -> String {
    let size = value.abs();
    let text = if size >= 99.5 {
        format!("{value:.0}")
    } else if size >= 9.95 {
        format!("{value:.1}")
    } else {
        format!("{value:.2}")
    };
    text.replace('-', "−")
}
