//! Beside the line: how many takes, by which editor, how they are spent, and the button that makes or stops them.

use eframe::egui::{Align, Button, DragValue, Layout, RichText, Ui, Vec2};
use egui_material_icons::icons::ICON_STOP;
use retake_engine::{Command, Session};

use super::{editor, effort, preset};
use crate::cx::Cx;
use crate::texts::capital;
use crate::theme::{BODY, CONTROL, GRID};
use crate::widgets;

/// The most takes of one run.
const MOST_TAKES: usize = 64;
const COUNT: f32 = 92.0;
const BUTTON: f32 = 112.0;

/// Width of all of it, points.
pub(super) fn width(narrow: bool) -> f32 {
    let effort = if narrow {
        effort::NARROW
    } else {
        effort::WIDTH + preset::WIDTH + GRID
    };
    COUNT + editor::WIDTH + effort + BUTTON + 3.0 * GRID
}

/// Draws it.
pub(super) fn show(ui: &mut Ui, cx: &mut Cx<'_>, narrow: bool) {
    let size = Vec2::new(width(narrow), CONTROL);
    // from the right: whatever the words of a language need, the button stays in the window
    ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
        button(ui, cx);
        effort::show(ui, cx, narrow);
        editor::show(ui, cx);
        count(ui, cx);
        if !narrow {
            preset::show(ui, cx);
        }
    });
}

fn count(ui: &mut Ui, cx: &mut Cx<'_>) {
    let mut count = cx.engine.candidates();
    let field = DragValue::new(&mut count)
        .range(1..=MOST_TAKES)
        .speed(0.1)
        .suffix(cx.text("line_takes_suffix"));
    let response = ui.add_sized(Vec2::new(COUNT, CONTROL), field);
    widgets::name_field(ui.ctx(), response.id, &cx.text("line_takes"));
    if response.on_hover_text(cx.text("line_takes_how")).changed() {
        cx.send(Command::Candidates(count));
    }
}

fn button(ui: &mut Ui, cx: &mut Cx<'_>) {
    let Some(session) = cx.engine.session() else {
        return;
    };
    let size = Vec2::new(BUTTON, CONTROL);
    if session.running.is_some() {
        let icon = RichText::new(ICON_STOP.codepoint).font(widgets::icons(BODY));
        let stop = ui.add_sized(size, Button::new((icon, cx.texts.get("stop"))));
        widgets::named(&stop, cx.texts.get("stop"));
        if stop.on_hover_text(cx.text("line_stop_how")).clicked() {
            cx.send(Command::Stop);
        }
        return;
    }
    let ready = cx.engine.ready();
    let button = widgets::primary(cx.theme, cx.texts.get("generate")).min_size(size);
    let response = ui
        .add_enabled(ready, button)
        .on_hover_text(cx.text("line_generate_how"))
        .on_disabled_hover_text(why_not(cx, session));
    if response.clicked() {
        super::generate(cx);
    }
}

/// Why the draft cannot be run.
fn why_not(cx: &Cx<'_>, session: &Session) -> String {
    let draft = &session.draft;
    if let Some(words) = draft.generative() {
        let key = match cx.engine.offers().next() {
            None => "line_needs_diffusion_why",
            Some(_) => "line_needs_another_why",
        };
        return cx.texts.with(key, &[("words", words)]);
    }
    match draft.problem() {
        Some(problem) => capital(&cx.texts.said(&problem)),
        None => cx.text("line_nothing"),
    }
}
