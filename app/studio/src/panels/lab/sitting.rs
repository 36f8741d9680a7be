//! A sitting: somebody says which edit is better without being told who made it. First who sits and how it is asked, then a
//! question after the other, at the end how far raters agree.

use std::sync::Arc;

use eframe::egui::{
    Align, Align2, Button, CentralPanel, ComboBox, CursorIcon, DragValue, FontId, Frame, Id, Key,
    Label, Layout, Margin, Panel, ProgressBar, Rect, RichText, Role, Sense, Spinner, Ui,
    WidgetInfo, pos2, vec2,
};
use retake_core::said;
use retake_engine::Shown;
use retake_lab::sittings::plan::MOST;
use retake_lab::sittings::{Agreement, Kind, Manner, Sitting, Verdict};

use super::card;
use crate::cx::Cx;
use crate::lab::AGAIN;
use crate::panels::over::parts;
use crate::texts::capital;
use crate::theme::{CONTROL, GRID, HALF, semibold};
use crate::widgets;

/// Width of the form, points.
const WIDTH: f32 = 560.0;
/// Height of the words under a picture, points.
const WORDS: f32 = 22.0;

/// What the form remembers.
#[derive(Clone, Debug)]
pub(crate) struct Form {
    /// who is to sit
    pub(crate) rater: String,
    /// how it is asked
    pub(crate) kind: Kind,
    /// so many questions of a hundred are asked twice
    pub(crate) again: u64,
    /// of the order and the sides
    pub(crate) seed: u64,
}

impl Default for Form {
    fn default() -> Self {
        Self {
            rater: String::new(),
            kind: Kind::Pairs,
            again: u64::from(AGAIN),
            seed: 0,
        }
    }
}

/// An answer with a key of its own: the action, and what it says.
const ANSWERS: &[(&str, Verdict)] = &[
    ("sit_tie", Verdict::Tie),
    ("sit_bad", Verdict::BothBad),
    ("sit_skip", Verdict::Skip),
];

/// Draws it.
pub(super) fn show(ui: &mut Ui, cx: &mut Cx<'_>) {
    let asks = cx
        .lab
        .table
        .sitting
        .as_ref()
        .map(|sitting| sitting.now().is_some());
    match asks {
        Some(true) => question(ui, cx),
        Some(false) => middle(ui, cx, end),
        None => middle(ui, cx, form),
    }
}

/// A card in the middle of the page.
fn middle(ui: &mut Ui, cx: &mut Cx<'_>, draw: fn(&mut Ui, &mut Cx<'_>)) {
    let frame = Frame::new().fill(cx.theme.surround);
    CentralPanel::default()
        .frame(frame)
        .show(ui, |ui| card::middle(ui, cx, WIDTH, draw));
}

fn form(ui: &mut Ui, cx: &mut Cx<'_>) {
    ui.label(RichText::new(cx.text("sit_title")).heading());
    let how = RichText::new(cx.text("sit_how")).color(cx.theme.weak);
    ui.add(Label::new(how).wrap());
    let keys = ["sit_rater", "sit_rater_hint"];
    let mut begin = card::words(ui, cx, keys, |lab| &mut lab.sitting.rater, |_, _| {});
    let name = cx.text("sit_asked");
    parts::field(ui, cx.theme, &name, |ui| {
        let words = |kind: Kind| kind_words(cx, kind);
        let now = cx.look.lab.sitting.kind;
        let mut chosen = now;
        let menu = ComboBox::from_id_salt("sitting kind")
            .selected_text(words(now))
            .width(240.0)
            .show_ui(ui, |ui| {
                let all = [Kind::Pairs]
                    .into_iter()
                    .chain((3..=MOST).map(Kind::BestOf));
                for kind in all {
                    ui.selectable_value(&mut chosen, kind, words(kind));
                }
            });
        let spoken = format!("{name}: {}", words(now));
        menu.response
            .widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, &spoken));
        cx.look.lab.sitting.kind = chosen;
    });
    numbers(ui, cx);
    if cx.lab.table.is_opening() {
        ui.horizontal(|ui| {
            ui.add(Spinner::new());
            ui.label(cx.texts.get("sit_opening"));
        });
        return;
    }
    let can = !cx.look.lab.sitting.rater.trim().is_empty();
    parts::field(ui, cx.theme, "", |ui| {
        begin |= parts::primary(ui, cx.theme, can, cx.texts.get("sit_begin")).clicked();
    });
    trouble(ui, cx);
    if begin && can {
        let form = cx.look.lab.sitting.clone();
        let manner = Manner {
            kind: form.kind,
            seed: form.seed,
            most: None,
            again: u8::try_from(form.again).unwrap_or(AGAIN),
        };
        if !cx.lab.sit(manner, form.rater) {
            cx.lab.table.trouble = Some(said!(
                "answers have nowhere to be kept on this machine; set HOME and start Retake again"
            ));
        }
    }
}

/// The seed of the order and the sides, and how many questions are asked twice.
fn numbers(ui: &mut Ui, cx: &mut Cx<'_>) {
    let again = cx.texts.get("sit_repeats_suffix").to_owned();
    for (key, about, suffix, value, most) in [
        (
            "sit_repeats",
            "sit_repeats_how",
            again.as_str(),
            (|form| &mut form.again) as fn(&mut Form) -> &mut u64,
            100,
        ),
        ("sit_seed", "sit_seed_how", "", |form| &mut form.seed, 9999),
    ] {
        let name = cx.text(key);
        parts::field(ui, cx.theme, &name, |ui| {
            let field = DragValue::new(value(&mut cx.look.lab.sitting))
                .range(0..=most)
                .suffix(suffix)
                .speed(0.2);
            let field = ui.add(field);
            widgets::name_field(ui.ctx(), field.id, &name);
            field.on_hover_text(cx.texts.get(about));
        });
    }
}

fn kind_words(cx: &Cx<'_>, kind: Kind) -> String {
    match kind {
        Kind::Pairs => cx.text("sit_pairs"),
        Kind::BestOf(count) => {
            let count = count.to_string();
            cx.texts.with("sit_best_of", &[("count", &count)])
        }
    }
}

fn trouble(ui: &mut Ui, cx: &Cx<'_>) {
    if let Some(why) = &cx.lab.table.trouble {
        ui.add(Label::new(RichText::new(capital(&cx.texts.said(why))).color(cx.theme.bad)).wrap());
    }
}

fn question(ui: &mut Ui, cx: &mut Cx<'_>) {
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
    match shown {
        Ok(pictures) => grid(ui, cx, room, &pictures, before),
        Err(why) => {
            let words = cx
                .texts
                .with("sit_not_shown", &[("why", &cx.texts.said(&why))]);
            ui.add(Label::new(RichText::new(words).color(cx.theme.bad)).wrap());
        }
    }
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

/// All is said: how far raters agree.
fn end(ui: &mut Ui, cx: &mut Cx<'_>) {
    ui.label(RichText::new(cx.text("sit_done")).heading());
    match cx.lab.table.agreement.clone() {
        None => {
            ui.add(Spinner::new());
        }
        Some(Err(why)) => {
            let why = capital(&cx.texts.said(&why));
            ui.add(Label::new(RichText::new(why).color(cx.theme.bad)).wrap());
        }
        Some(Ok(agreement)) => told(ui, cx, &agreement),
    }
    ui.horizontal_wrapped(|ui| {
        if ui.button(cx.texts.get("sit_back")).clicked() {
            cx.lab.table.back();
        }
        if ui.button(cx.texts.get("sit_other")).clicked() {
            cx.lab.table.leave();
            cx.look.lab.sitting.rater.clear();
        }
    });
}

fn told(ui: &mut Ui, cx: &Cx<'_>, agreement: &Agreement) {
    let two = |value: f64| cx.texts.number(&format!("{value:.2}"));
    let number = |value: Option<f64>| value.map_or("–".to_owned(), two);
    let mut lines: Vec<(String, String)> = Vec::new();
    match agreement.raters.len() {
        0 | 1 => {
            let words = RichText::new(cx.text("sit_alone")).color(cx.theme.weak);
            ui.add(Label::new(words).wrap());
        }
        _ => {
            let shared = agreement.shared.to_string();
            lines.push((cx.text("sit_shared"), shared));
            let interval = agreement.intervals.get("alpha");
            let interval = interval.map_or(String::new(), |i| {
                format!("  {} … {}", two(i.low), two(i.high))
            });
            lines.push((cx.text("sit_alpha"), number(agreement.alpha) + &interval));
            lines.push((cx.text("sit_kendall"), number(agreement.kendall)));
        }
    }
    for (name, rater) in &agreement.raters {
        let count =
            [rater.decided, rater.ties, rater.both_bad, rater.skipped].map(|n| n.to_string());
        let words = cx.texts.with(
            "sit_of_rater",
            &[
                ("decided", &count[0]),
                ("ties", &count[1]),
                ("bad", &count[2]),
                ("skipped", &count[3]),
            ],
        );
        lines.push((name.clone(), words));
        if rater.again > 0 {
            let percent = rater
                .consistency
                .map_or("–".to_owned(), |share| format!("{:.0}", share * 100.0));
            let again = rater.again.to_string();
            let words = cx
                .texts
                .with("sit_again", &[("percent", &percent), ("count", &again)]);
            lines.push((String::new(), words));
        }
    }
    for (name, figures) in &agreement.against {
        let accuracy = figures.values.get("pair_accuracy").copied();
        let tau = figures.values.get("kendall_within_prompt").copied();
        let (accuracy, tau) = (number(accuracy), number(tau));
        let words = cx
            .texts
            .with("sit_against", &[("accuracy", &accuracy), ("tau", &tau)]);
        lines.push((cx.texts.word(name).to_owned(), words));
    }
    if agreement.against.is_empty() {
        let words = RichText::new(cx.text("sit_against_none")).color(cx.theme.weak);
        ui.add(Label::new(words).wrap());
    }
    for (name, words) in lines {
        parts::field(ui, cx.theme, &name, |ui| {
            ui.add_space(6.0);
            ui.add(Label::new(words).wrap());
        });
    }
}

#[cfg(test)]
mod tests;
