//! Who scores beside the measures: a list in which each is switched on and off, moved, asked otherwise and taken out, and
//! a form in which another one is named.

use eframe::egui::{Align, Button, Checkbox, Label, Layout, RichText, Role, Ui, WidgetInfo, vec2};
use egui_material_icons::MaterialIcon;
use egui_material_icons::icons::{ICON_ARROW_DOWNWARD, ICON_ARROW_UPWARD, ICON_CLOSE, ICON_TUNE};
use retake_engine::{Command, Judge, JudgeKind, JudgeState, Seat};

use super::named_judge::Named;
use super::{named_judge, parts, questions, watches};
use crate::cx::Cx;
use crate::texts::{Texts, capital};
use crate::theme::{CONTROL, HALF};

/// Width, points.
const WIDTH: f32 = 640.0;
/// Width of a button with an icon, points.
const ICON: f32 = 24.0;
/// Where a judge's second line begins, points.
const INDENT: f32 = 26.0;

/// What is done with a judge of the list.
enum Deed {
    Take(usize),
    Up(usize),
    Down(usize),
    Switch(usize),
}

/// Draws it.
pub(super) fn show(ui: &mut Ui, cx: &mut Cx<'_>) {
    let ctx = ui.ctx().clone();
    let title = cx.text("judges_title");
    parts::sheet(&ctx, cx, &title, WIDTH, |ui, cx| {
        let before = cx.engine.seats().to_vec();
        let mut seats = before.clone();
        let mut named = Named::default();
        parts::scrolled(
            ui,
            cx,
            &mut (&mut seats, &mut named),
            |ui, cx, (seats, named)| {
                weak(ui, cx, cx.texts.get("judges_how"));
                list(ui, cx, seats);
                ui.separator();
                watches::show(ui, cx);
                ui.separator();
                **named = named_judge::show(ui, cx, seats);
            },
            |ui, cx, (seats, named)| {
                ui.separator();
                ui.horizontal_wrapped(|ui| {
                    let button = Button::new(cx.texts.get("judges_add_do"));
                    let pressed = ui.add_enabled(named.right, button).clicked();
                    if named.right && (pressed || named.entered) {
                        let judge = named_judge::take(cx);
                        seats.push(Seat { judge, on: false });
                        let last = seats.len() - 1;
                        switch(seats, last);
                    }
                    again(ui, cx);
                });
            },
        );
        if seats != before {
            cx.send(Command::Judges(seats));
        }
    });
}

/// Has the takes on the sheet scored by those who take part now.
fn again(ui: &mut Ui, cx: &mut Cx<'_>) {
    let count = cx.engine.scored_by_others();
    if count == 0 {
        return;
    }
    let idle = cx.engine.judging().is_none();
    if ui
        .add_enabled(idle, Button::new(cx.texts.get("score_again")))
        .clicked()
    {
        cx.send(Command::ScoreAgain);
    }
    let count = count.to_string();
    let words = cx.texts.with("judges_others", &[("count", &count)]);
    weak(ui, cx, &words);
}

pub(super) fn weak(ui: &mut Ui, cx: &Cx<'_>, words: &str) {
    let words = RichText::new(words).color(cx.theme.weak);
    ui.add(Label::new(words).wrap());
}

/// The same, smaller.
pub(super) fn note(ui: &mut Ui, cx: &Cx<'_>, words: &str) {
    let words = RichText::new(words).small().color(cx.theme.weak);
    ui.add(Label::new(words).wrap());
}

fn list(ui: &mut Ui, cx: &mut Cx<'_>, seats: &mut Vec<Seat>) {
    let mut deed = None;
    let shown = seats.clone();
    for (i, seat) in shown.iter().enumerate() {
        ui.push_id(i, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            deed = deed.take().or(line(ui, cx, seat, i, shown.len()));
            state(ui, cx, seat);
            if cx.look.over.asking.as_ref().is_some_and(|(at, _)| *at == i)
                && let Some(judge) = questions::show(ui, cx)
                && shown.iter().all(|other| other.judge != judge)
            {
                seats[i].judge = judge;
            }
        });
        ui.add_space(HALF);
    }
    match deed {
        Some(Deed::Take(i)) => {
            seats.remove(i);
            cx.look.over.asking = None;
        }
        Some(Deed::Up(i)) => {
            seats.swap(i - 1, i);
            cx.look.over.asking = None;
        }
        Some(Deed::Down(i)) => {
            seats.swap(i, i + 1);
            cx.look.over.asking = None;
        }
        Some(Deed::Switch(i)) => switch(seats, i),
        None => {}
    }
}

/// Switches one on or off. Of formulas only one decides the order.
fn switch(seats: &mut [Seat], at: usize) {
    let on = !seats[at].on;
    if on && seats[at].judge.kind == JudgeKind::Formula {
        for seat in seats.iter_mut() {
            seat.on &= seat.judge.kind != JudgeKind::Formula;
        }
    }
    seats[at].on = on;
}

/// Its name, whether it takes part, and what can be done with it.
fn line(ui: &mut Ui, cx: &mut Cx<'_>, seat: &Seat, i: usize, count: usize) -> Option<Deed> {
    let name = name(cx.texts, &seat.judge);
    let mut deed = None;
    let size = vec2(ui.available_width(), CONTROL);
    ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        let button = |ui: &mut Ui, icon: MaterialIcon, key: &str, enabled: bool| {
            let words = cx.texts.with(key, &[("name", &name)]);
            let button = Button::new(parts::icon(icon, 16.0))
                .frame_when_inactive(false)
                .min_size(vec2(ICON, CONTROL));
            let response = ui.add_enabled(enabled, button).accessible_name(&words);
            response.on_hover_text(words).clicked()
        };
        if button(ui, ICON_CLOSE, "judges_remove", true) {
            deed = Some(Deed::Take(i));
        }
        if button(ui, ICON_ARROW_DOWNWARD, "judges_down", i + 1 < count) {
            deed = Some(Deed::Down(i));
        }
        if button(ui, ICON_ARROW_UPWARD, "judges_up", i > 0) {
            deed = Some(Deed::Up(i));
        }
        let with_words = matches!(seat.judge.kind, JudgeKind::Server | JudgeKind::Folder);
        if with_words && button(ui, ICON_TUNE, "judges_ask", true) {
            let open = cx.look.over.asking.as_ref().map(|(at, _)| *at);
            cx.look.over.asking = (open != Some(i)).then(|| (i, seat.judge.clone()));
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = HALF;
            let mut on = seat.on;
            let check = ui.add(Checkbox::without_text(&mut on));
            let words = cx.texts.with("judges_switch", &[("name", &name)]);
            check.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, on, &words));
            if check.on_hover_text(words).clicked() {
                deed = Some(Deed::Switch(i));
            }
            let colour = if seat.on {
                cx.theme.text
            } else {
                cx.theme.weak
            };
            let words = match seat.judge.kind {
                JudgeKind::Formula => RichText::new(&name).monospace().size(13.0),
                _ => RichText::new(&name),
            };
            let label = Label::new(words.color(colour)).truncate();
            ui.add(label).on_hover_text(&seat.judge.place);
        });
    });
    deed
}

/// How it stands with it.
fn state(ui: &mut Ui, cx: &mut Cx<'_>, seat: &Seat) {
    let kind = cx.texts.get(kind_key(seat.judge.kind)).to_owned();
    let state = match seat.on {
        true => cx.engine.judge_state(&seat.judge),
        false => JudgeState::Off,
    };
    let (words, colour) = match &state {
        JudgeState::Off => (cx.text("judges_off"), cx.theme.weak),
        JudgeState::Away => (cx.text("judges_away"), cx.theme.weak),
        JudgeState::Loading => (cx.text("judges_loading"), cx.theme.weak),
        JudgeState::Ready if seat.judge.kind == JudgeKind::Server => {
            (cx.text("judges_ready_server"), cx.theme.weak)
        }
        JudgeState::Ready => (cx.text("judges_ready"), cx.theme.weak),
        JudgeState::Failed(why) => (capital(&cx.texts.said(why)), cx.theme.bad),
    };
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        ui.add_space(INDENT);
        ui.vertical(|ui| {
            let words = match state {
                JudgeState::Failed(_) => words,
                _ => format!("{kind} · {words}"),
            };
            ui.add(Label::new(RichText::new(words).small().color(colour)).wrap());
            ui.add_space(2.0);
            if matches!(state, JudgeState::Failed(_))
                && ui.button(cx.texts.get("judges_retry")).clicked()
            {
                cx.send(Command::OpenJudge(seat.judge.clone()));
            }
        });
    });
}

/// What a judge is called.
pub(crate) fn name(texts: &Texts, judge: &Judge) -> String {
    match judge.kind {
        JudgeKind::Measure => measure(texts, &judge.place),
        _ => judge.name(),
    }
}

/// What a measured reward is called.
pub(crate) fn measure(texts: &Texts, id: &str) -> String {
    let key = format!("judge_{id}");
    match texts.get(&key) {
        text if text == key => id.to_owned(),
        text => text.to_owned(),
    }
}

/// The text that names a kind.
pub(super) fn kind_key(kind: JudgeKind) -> &'static str {
    [
        "judges_server",
        "judges_folder",
        "judges_formula",
        "judges_measure",
    ][kind as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seat(kind: JudgeKind, on: bool) -> Seat {
        Seat {
            judge: Judge {
                kind,
                ..Judge::default()
            },
            on,
        }
    }

    #[test]
    fn one_formula_at_a_time_decides_the_order() {
        let mut seats = [
            seat(JudgeKind::Formula, true),
            seat(JudgeKind::Server, true),
            seat(JudgeKind::Formula, false),
        ];
        switch(&mut seats, 2);
        assert_eq!(seats.map(|seat| seat.on), [false, true, true]);
    }
}
