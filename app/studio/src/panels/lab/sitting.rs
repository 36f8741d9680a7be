//! A sitting: somebody says which edit is better without being told who made it. First who sits and how it is asked (here),
//! then a question after the other (`question`), at the end how far raters agree (`end`).

mod end;
mod question;

use eframe::egui::{
    CentralPanel, ComboBox, DragValue, Frame, Label, RichText, Role, Spinner, Ui, WidgetInfo,
};
use retake_core::said;
use retake_lab::sittings::plan::MOST;
use retake_lab::sittings::{Kind, Manner};

use self::end::end;
use self::question::question;
use super::card;
use crate::cx::Cx;
use crate::lab::AGAIN;
use crate::panels::over::parts;
use crate::texts::capital;
use crate::widgets;

/// Width of the form, points.
const WIDTH: f32 = 560.0;

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

/// Which questions were not asked, since a picture of theirs does not open.
fn passed(ui: &mut Ui, cx: &Cx<'_>) {
    if let Some(why) = cx.lab.table.passed.last() {
        let count = cx.lab.table.passed.len().to_string();
        let why = cx.texts.said(why);
        let words = [("count", &*count), ("why", &*why)];
        let words = RichText::new(cx.texts.with("sit_passed", &words)).color(cx.theme.bad);
        ui.add(Label::new(words).wrap());
    }
}

#[cfg(test)]
mod tests;
