//! A question of a sitting: what was asked, the source beside its edits without their makers, and the answers with their keys.

use std::sync::Arc;

use eframe::egui::{
    Align, Align2, Button, CentralPanel, CursorIcon, FontId, Frame, Id, Key, Label, Layout, Margin,
    Panel, ProgressBar, Rect, RichText, Sense, Spinner, Ui, pos2, vec2,
};
use retake_engine::Shown;
use retake_lab::sittings::plan::MOST;
use retake_lab::sittings::{Sitting, Verdict};

use super::{passed, trouble};
use crate::cx::Cx;
use crate::theme::{CONTROL, GRID, HALF, semibold};
use crate::widgets;

/// Height of the words under a picture, points.
const WORDS: f32 = 22.0;

/// An answer with a key of its own: the action, and what it says.
const ANSWERS: &[(&str, Verdict)] = &[
    ("sit_tie", Verdict::Tie),
    ("sit_bad", Verdict::BothBad),
    ("sit_skip", Verdict::Skip),
];

/// A question with its pictures and answers.
pub(super) fn question(ui: &mut Ui, cx: &mut Cx<'_>) {
    let bar = Frame::new()
        .fill(cx.theme.panel)
        .inner_margin(Margin::symmetric(GRID as i8, HALF as i8));
    Panel::top("sitting question")
        .frame(bar)
        .show(ui, |ui| asked(ui, cx));
    Panel::bottom("sitting answers")
        .frame(bar)
        .show(ui, |ui| answers(ui, cx));
    let frame = Frame::new().fill(cx.theme.surround).inner_margin(GRID);
    CentralPanel::default()
        .frame(frame)
        .show(ui, |ui| pictures(ui, cx));
    digits(ui, cx);
}

/// What was asked, and how far it is.
fn asked(ui: &mut Ui, cx: &Cx<'_>) {
    let Some(sitting) = &cx.lab.table.sitting else {
        return;
    };
    let Some(question) = sitting.now() else {
        return;
    };
    let (done, all) = sitting.progress();
    ui.horizontal(|ui| {
        ui.set_min_height(CONTROL);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let (done_words, all_words) = (done.to_string(), all.to_string());
            let words = cx.texts.with(
                "sit_progress",
                &[("done", &done_words), ("all", &all_words)],
            );
            ui.label(RichText::new(words).color(cx.theme.weak));
            let share = done as f32 / all.max(1) as f32;
            ui.add(
                ProgressBar::new(share)
                    .desired_width(96.0)
                    .desired_height(6.0),
            );
            ui.add_space(GRID);
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let words = &sitting.lineup(question).instruction;
                let words = RichText::new(words).family(semibold()).color(cx.theme.text);
                ui.add(Label::new(words).truncate())
                    .on_hover_text(&sitting.lineup(question).instruction);
            });
        });
    });
    passed(ui, cx);
    trouble(ui, cx);
}

fn answers(ui: &mut Ui, cx: &mut Cx<'_>) {
    ui.horizontal_wrapped(|ui| {
        ui.set_min_height(CONTROL);
        ui.spacing_mut().item_spacing = vec2(HALF, HALF);
        let can = cx.lab.table.asks();
        for (action, verdict) in ANSWERS {
            if keyed(ui, cx, can, action) {
                cx.lab.table.say(verdict.clone());
            }
        }
        ui.add_space(GRID);
        if keyed(ui, cx, true, "sit_back") {
            cx.lab.table.back();
        }
        let stop = ui.button(cx.texts.get("sit_stop"));
        if stop.on_hover_text(cx.texts.get("sit_stop_how")).clicked() {
            cx.lab.table.leave();
        }
    });
}

/// A button on which its key stands too.
fn keyed(ui: &mut Ui, cx: &Cx<'_>, can: bool, action: &str) -> bool {
    let name = cx.texts.get(action);
    let mut button = Button::new(name);
    if let Some(keys) = widgets::keys_of(ui.ctx(), cx, action) {
        button = button.shortcut_text(keys);
    }
    let button = ui.add_enabled(can, button);
    widgets::named(&button, name);
    button.clicked()
}

/// What stands under a picture: "1", and the arrow that says the same of two.
fn under(ui: &Ui, cx: &Cx<'_>, place: usize, count: usize) -> String {
    if place == 0 {
        return cx.text("sit_before");
    }
    let action = match (count, place) {
        (3, 1) => Some("sit_left"),
        (3, 2) => Some("sit_right"),
        _ => None,
    };
    let arrow = action.and_then(|action| widgets::keys_of(ui.ctx(), cx, action));
    match arrow {
        Some(arrow) => format!("{place}   {arrow}"),
        None => place.to_string(),
    }
}

/// The source, then the edits by number; a click names the best.
fn pictures(ui: &mut Ui, cx: &mut Cx<'_>) {
    let room = ui.available_rect_before_wrap();
    let shown = match &cx.lab.table.shown {
        Some((_, pictures)) if cx.lab.table.asks() => pictures.clone(),
        _ => {
            ui.put(
                Rect::from_center_size(room.center(), vec2(24.0, 24.0)),
                Spinner::new(),
            );
            return;
        }
    };
    let before = cx.lab.table.sitting.as_ref().and_then(said_place);
    grid(ui, cx, room, &shown, before);
}

/// Which place was named before, when somebody came back to a question.
fn said_place(sitting: &Sitting) -> Option<usize> {
    let question = sitting.now()?;
    let Some(Verdict::Best(name)) = sitting.said_before() else {
        return None;
    };
    let takes = &sitting.lineup(question).takes;
    question
        .shown
        .iter()
        .position(|&take| takes[take].name == *name)
}

fn grid(ui: &mut Ui, cx: &mut Cx<'_>, room: Rect, pictures: &[Arc<Shown>], before: Option<usize>) {
    let Some(first) = pictures.first() else {
        return;
    };
    let aspect = first.width as f32 / first.height.max(1) as f32;
    let columns = columns(pictures.len(), room, aspect);
    let rows = pictures.len().div_ceil(columns);
    let cell = vec2(room.width() / columns as f32, room.height() / rows as f32);
    let mut chosen = None;
    for (place, picture) in pictures.iter().enumerate() {
        let at = vec2(
            (place % columns) as f32 * cell.x,
            (place / columns) as f32 * cell.y,
        );
        let whole = Rect::from_min_size(room.min + at, cell).shrink(HALF);
        let within = Rect::from_min_max(whole.min, whole.max - vec2(0.0, WORDS));
        let texture = cx.textures.of(ui.ctx(), picture, true);
        let size = vec2(picture.width as f32, picture.height as f32);
        let drawn = widgets::picture(ui, texture, size, within);
        let words = under(ui, cx, place, pictures.len());
        let colour = if place == 0 {
            cx.theme.weak
        } else {
            cx.theme.text
        };
        let at = pos2(whole.center().x, drawn.max.y + WORDS / 2.0);
        ui.painter().text(
            at,
            Align2::CENTER_CENTER,
            &words,
            FontId::proportional(14.0),
            colour,
        );
        if place == 0 {
            continue;
        }
        let number = place.to_string();
        let name = cx.texts.with("sit_choose", &[("number", &number)]);
        let button = ui.interact(
            drawn,
            Id::unique(("sitting picture", place)),
            Sense::click(),
        );
        let button = button.on_hover_cursor(CursorIcon::PointingHand);
        widgets::named(&button, &name);
        if button.hovered() || button.has_focus() || before == Some(place - 1) {
            widgets::ring(ui, cx.theme, drawn, 2.0);
        }
        if button.clicked() {
            chosen = Some(place - 1);
        }
    }
    if let Some(place) = chosen {
        cx.lab.table.best(place);
    }
}

/// As many columns as make the pictures largest.
fn columns(count: usize, room: Rect, aspect: f32) -> usize {
    let height = |columns: usize| {
        let rows = count.div_ceil(columns) as f32;
        let width = room.width() / columns as f32 - 2.0 * HALF;
        (room.height() / rows - WORDS - 2.0 * HALF).min(width / aspect)
    };
    (1..=count)
        .max_by(|&a, &b| height(a).total_cmp(&height(b)))
        .unwrap_or(1)
}

/// 1 to 9 name an edit.
fn digits(ui: &Ui, cx: &mut Cx<'_>) {
    const DIGITS: [Key; MOST] = [
        Key::Num1,
        Key::Num2,
        Key::Num3,
        Key::Num4,
        Key::Num5,
        Key::Num6,
        Key::Num7,
        Key::Num8,
        Key::Num9,
    ];
    if ui.ctx().text_edit_focused() || cx.look.sheet != crate::look::Sheet::None {
        return;
    }
    let pressed = ui.input(|input| {
        let plain = !input.modifiers.any();
        DIGITS
            .iter()
            .position(|key| plain && input.key_pressed(*key))
    });
    if let Some(place) = pressed {
        cx.lab.table.best(place);
    }
}
