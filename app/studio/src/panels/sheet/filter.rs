//! Which takes the sheet shows: by what was said of them, and by the least they must have in any dimension.

use eframe::egui::containers::menu::{MenuButton, MenuConfig};
use eframe::egui::{Button, DragValue, Grid, PopupCloseBehavior, RichText, Ui, Vec2};
use retake_engine::{Flag, Mark, Session, TakeId};

use super::cell::dimension_name;
use super::header::{dimensions, small};
use crate::cx::Cx;
use crate::look::Filter;
use crate::theme::{CONTROL, HALF};
use crate::widgets;

/// Width of the button, points.
const WIDTH: f32 = 124.0;

/// The filters and their texts.
const FILTERS: [(Filter, &str); 4] = [
    (Filter::All, "sheet_all"),
    (Filter::Picked, "sheet_only_picked"),
    (Filter::NotRejected, "sheet_not_rejected"),
    (Filter::Starred, "sheet_starred"),
];

/// Whether a take with these marks is shown.
pub(super) fn marked(filter: Filter, mark: Mark) -> bool {
    match filter {
        Filter::All => true,
        Filter::Picked => mark.flag == Flag::Picked,
        Filter::NotRejected => mark.flag != Flag::Rejected,
        Filter::Starred => mark.stars >= 3,
    }
}

/// Whether a take has at least what is asked for; without a score it has not.
pub(super) fn scored(cx: &Cx<'_>, session: &Session, id: TakeId) -> bool {
    let value = |dimension: &Option<String>| match dimension {
        None => session.ranking().overall.get(&id).copied(),
        Some(dimension) => session.take(id)?.card.as_ref()?.value(dimension),
    };
    let mut least = cx.look.least.iter();
    // what is shown as 7.0 is at least 7
    least.all(|(dimension, least)| value(dimension).is_some_and(|has| has + 0.005 > *least))
}

/// The button and its menu.
pub(super) fn show(ui: &mut Ui, cx: &mut Cx<'_>, session: &Session) {
    let words = words(cx);
    let config = MenuConfig::new().close_behavior(PopupCloseBehavior::CloseOnClickOutside);
    let button = widgets::opens(small(cx, &words))
        .truncate()
        .min_size(Vec2::new(WIDTH, CONTROL));
    ui.scope(|ui| {
        ui.set_max_width(WIDTH);
        let (response, _) = MenuButton::from_button(button)
            .config(config)
            .ui(ui, |ui| menu(ui, cx, session));
        let name = format!("{}: {words}", cx.texts.get("sheet_filter"));
        widgets::named(&response, &name);
        widgets::arrow(ui, &response);
        response.on_hover_text(cx.text("sheet_filter"));
    });
}

/// What is shown, in a few words.
fn words(cx: &Cx<'_>) -> String {
    let now = FILTERS.iter().find(|(f, _)| *f == cx.look.filter);
    let marks = now.map_or("", |(_, id)| cx.texts.get(id));
    let least = cx.look.least.iter().map(|(dimension, least)| {
        format!(
            "{} ≥ {}",
            name(cx, dimension.as_deref()),
            cx.texts.number(&widgets::ten(*least))
        )
    });
    let mut parts: Vec<String> = least.collect();
    if cx.look.filter != Filter::All || parts.is_empty() {
        parts.insert(0, marks.to_owned());
    }
    parts.join(", ")
}

fn name(cx: &Cx<'_>, dimension: Option<&str>) -> String {
    dimension.map_or_else(
        || cx.text("inspector_overall"),
        |dimension| dimension_name(cx, dimension),
    )
}

fn menu(ui: &mut Ui, cx: &mut Cx<'_>, session: &Session) {
    for (filter, id) in FILTERS {
        let chosen = cx.look.filter == filter;
        if ui.selectable_label(chosen, cx.texts.get(id)).clicked() {
            cx.look.filter = filter;
        }
    }
    ui.add_space(HALF);
    let heading = RichText::new(cx.text("sheet_least")).small();
    ui.label(heading.color(cx.theme.weak));
    Grid::new("least").num_columns(2).show(ui, |ui| {
        let all = std::iter::once(None).chain(dimensions(session).into_iter().map(Some));
        for dimension in all {
            let label = name(cx, dimension.as_deref());
            ui.label(&label);
            let mut least = cx.look.least.get(&dimension).map_or(0.0, |v| v * 10.0);
            let field = DragValue::new(&mut least)
                .range(0.0..=10.0)
                .speed(0.05)
                .custom_formatter(|value, _| cx.texts.number(&format!("{value:.1}")))
                .custom_parser(|text| text.trim().replace(',', ".").parse().ok());
            let response = ui.add_sized(Vec2::new(56.0, CONTROL), field);
            let named = cx.texts.with("sheet_least_of", &[("name", &label)]);
            widgets::name_field(ui.ctx(), response.id, &named);
            if response.changed() {
                if least > 0.0 {
                    cx.look.least.insert(dimension, least / 10.0);
                } else {
                    cx.look.least.remove(&dimension);
                }
            }
            ui.end_row();
        }
    });
    let asked = !cx.look.least.is_empty() || cx.look.filter != Filter::All;
    let again = Button::new(cx.text("sheet_show_all"));
    if ui.add_enabled(asked, again).clicked() {
        cx.look.least.clear();
        cx.look.filter = Filter::All;
    }
}
