//! What a judge with words is asked: its rubric, how often, and what the person goes by; and what its
//! weights are held in. It takes effect when it is
//! confirmed, since the judge is opened anew for it.

use eframe::egui::{Button, ComboBox, DragValue, Id, TextEdit, Ui, vec2};
use retake_engine::{Judge, JudgeKind};

use super::judges::note;
use super::parts;
use crate::cx::Cx;
use crate::theme::{CONTROL, HALF};
use crate::widgets;

/// How often the same is asked at the most.
const MOST_PASSES: u32 = 16;
/// Letters of principles.
const MOST_LETTERS: usize = 2000;
/// Widest field, points.
const FIELD: f32 = 400.0;

/// Draws it; the judge as it is to be asked when that was confirmed.
pub(super) fn show(ui: &mut Ui, cx: &mut Cx<'_>) -> Option<Judge> {
    let (at, mut judge) = cx.look.over.asking.take()?;
    let before = cx.engine.seats().get(at).map(|seat| seat.judge.clone());
    let mut confirmed = false;
    ui.add_space(HALF);
    ui.spacing_mut().item_spacing.y = HALF;
    let rubrics = cx.engine.judges().rubrics.clone();
    let name = cx.text("judges_rubric");
    parts::field(ui, cx.theme, &name, |ui| {
        let usual = rubrics.first().cloned().unwrap_or_default();
        let shown = |id: &str| id.replace('_', " ");
        let now = if judge.rubric.is_empty() {
            usual.clone()
        } else {
            judge.rubric.clone()
        };
        let menu = ComboBox::from_id_salt("rubric")
            .selected_text(shown(&now))
            .width(200.0)
            .truncate()
            .show_ui(ui, |ui| {
                for id in &rubrics {
                    if ui.selectable_label(*id == now, shown(id)).clicked() {
                        judge.rubric = if *id == usual {
                            String::new()
                        } else {
                            id.clone()
                        };
                    }
                }
            });
        widgets::name_field(ui.ctx(), menu.response.id, &name);
    });
    let precisions = cx.engine.judges().precisions.clone();
    if judge.kind == JudgeKind::Folder && !precisions.is_empty() {
        let name = cx.text("judges_precision");
        let own = (String::new(), cx.text("tuning_precision_own"));
        let others = precisions.into_iter().map(|id| (id.clone(), id));
        let options: Vec<(String, String)> = std::iter::once(own).chain(others).collect();
        parts::field(ui, cx.theme, &name, |ui| {
            parts::choice(ui, cx.theme, &name, &options, &mut judge.precision);
        });
    }
    let name = cx.text("judges_passes");
    parts::field(ui, cx.theme, &name, |ui| {
        let mut passes = judge.passes.max(1);
        let field = DragValue::new(&mut passes)
            .range(1..=MOST_PASSES)
            .speed(0.1)
            .suffix(" ×");
        let response = ui.add_sized(vec2(72.0, CONTROL), field);
        widgets::name_field(ui.ctx(), response.id, &name);
        judge.passes = if passes == 1 { 0 } else { passes };
    });
    let name = cx.text("judges_principles");
    parts::field(ui, cx.theme, &name, |ui| {
        let id = Id::unique("judge principles");
        let field = TextEdit::multiline(&mut judge.principles)
            .id(id)
            .desired_rows(2)
            .char_limit(MOST_LETTERS)
            .hint_text(cx.texts.get("judges_principles_hint"))
            .desired_width(ui.available_width().min(FIELD));
        ui.add(field);
        widgets::name_field(ui.ctx(), id, &name);
    });
    parts::field(ui, cx.theme, "", |ui| {
        ui.set_max_width(FIELD);
        note(ui, cx, cx.texts.get("judges_questions_how"));
        let other = before.as_ref() != Some(&judge);
        let button = Button::new(cx.texts.get("judges_apply"));
        confirmed = ui.add_enabled(other, button).clicked();
    });
    if confirmed {
        return Some(judge);
    }
    cx.look.over.asking = Some((at, judge));
    None
}
