//! Under a formula: what should count otherwise, in words. What that would change is shown word by word, and taken with a
//! click; until then nothing is.

use eframe::egui::text::LayoutJob;
use eframe::egui::{
    Align2, Button, Id, Label, RichText, TextEdit, TextFormat, TextStyle, Ui, vec2,
};
use retake_engine::Changed;

use super::parts;
use crate::cx::Cx;
use crate::texts::capital;
use crate::theme::CONTROL;
use crate::widgets;

/// Widest field, points.
const FIELD: f32 = 440.0;
/// Letters of the sentence.
const MOST_LETTERS: usize = 200;

/// Draws it for a formula that is right; `formula` is the new one once it was taken.
pub(super) fn show(ui: &mut Ui, cx: &mut Cx<'_>, formula: &mut String) {
    let mut words = std::mem::take(&mut cx.look.over.rewording);
    let name = cx.text("judges_reword");
    parts::field(ui, cx.theme, &name, |ui| {
        let id = Id::unique("formula in other words");
        let field = TextEdit::singleline(&mut words)
            .id(id)
            .hint_text(cx.texts.get("judges_reword_hint"))
            .char_limit(MOST_LETTERS)
            .min_size(vec2(0.0, CONTROL))
            .align(Align2::LEFT_CENTER)
            .desired_width(ui.available_width().min(FIELD));
        ui.add(field);
        widgets::name_field(ui.ctx(), id, &name);
        if words.trim().is_empty() {
            return;
        }
        ui.set_max_width(FIELD);
        match (cx.engine.judges().reword)(formula, &words) {
            Err(why) => {
                let why = RichText::new(capital(&cx.texts.said(&why))).color(cx.theme.bad);
                ui.add(Label::new(why).wrap());
            }
            Ok(reworded) => {
                ui.add(Label::new(job(ui, cx, &reworded.difference)).wrap());
                let said = RichText::new(cx.texts.said(&reworded.said)).small();
                ui.add(Label::new(said.color(cx.theme.weak)).wrap());
                if ui
                    .add(Button::new(cx.texts.get("judges_reword_take")))
                    .clicked()
                {
                    *formula = reworded.formula;
                    words.clear();
                }
            }
        }
    });
    cx.look.over.rewording = words;
}

/// Old words struck out, new ones in the colour of what is good.
fn job(ui: &Ui, cx: &Cx<'_>, difference: &[(Changed, String)]) -> LayoutJob {
    let font_id = TextStyle::Monospace.resolve(ui.style());
    let mut job = LayoutJob::default();
    for (changed, text) in difference {
        let color = match changed {
            Changed::Stays => cx.theme.text,
            Changed::Goes => cx.theme.weak,
            Changed::Comes => cx.theme.good,
        };
        let mut format = TextFormat::simple(font_id.clone(), color);
        if *changed == Changed::Goes {
            format.strikethrough = eframe::egui::Stroke::new(1.0, color);
        }
        job.append(text, 0.0, format);
    }
    job
}
