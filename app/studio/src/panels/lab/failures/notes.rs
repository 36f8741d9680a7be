//! Tags and a note of one's own on a case.

use eframe::egui::{Id, Key, Label, RichText, TextEdit, Ui, vec2};
use egui_material_icons::icons::ICON_CLOSE;
use retake_lab::case::Case;

use crate::cx::Cx;
use crate::theme::HALF;
use crate::widgets::{self, Chip};

/// The tags of a case, and room for another.
pub(super) fn tags(ui: &mut Ui, cx: &mut Cx<'_>, case: &Case) {
    let tags = cx.lab.tags.get(&case.id).cloned().unwrap_or_default();
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(HALF, HALF);
        for tag in &tags {
            let name = cx.texts.with("lab_remove_tag", &[("tag", tag)]);
            let chip = Chip {
                text: tag,
                name: &name,
                icon: None,
                action: Some(ICON_CLOSE.codepoint),
                colour: cx.theme.text,
                struck: false,
            };
            if chip.show(ui, cx.theme).on_hover_text(&name).clicked() {
                cx.lab.note(|notes| {
                    if let Some(tags) = notes.tags.get_mut(&case.id) {
                        tags.retain(|known| known != tag);
                    }
                    notes.tags.retain(|_, tags| !tags.is_empty());
                });
            }
        }
        let id = Id::unique("lab tag");
        let field = TextEdit::singleline(&mut cx.look.lab.tag)
            .id(id)
            .hint_text(cx.texts.get("lab_add_tag"))
            .desired_width(120.0);
        let field = ui.add(field);
        widgets::name_field(ui.ctx(), id, cx.texts.get("lab_add_tag"));
        let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        let tag = cx.look.lab.tag.trim().to_owned();
        if entered && !tag.is_empty() {
            cx.look.lab.tag.clear();
            cx.lab.note(|notes| {
                let tags = notes.tags.entry(case.id.clone()).or_default();
                if !tags.contains(&tag) {
                    tags.push(tag);
                }
            });
        }
    });
}

/// The note is kept when its field is left.
pub(super) fn note(ui: &mut Ui, cx: &mut Cx<'_>, case: &Case) {
    let id = Id::unique(("lab note", &case.id));
    let kept = cx.lab.inspection.notes.notes.get(&case.id).cloned();
    let kept = kept.unwrap_or_default();
    let mut words: String = ui.data(|data| data.get_temp(id)).unwrap_or(kept);
    let field = TextEdit::multiline(&mut words)
        .id(id)
        .hint_text(cx.texts.get("lab_note_hint"))
        .desired_rows(2)
        .desired_width(ui.available_width().min(640.0));
    let field = ui.add(field);
    widgets::name_field(ui.ctx(), id, cx.texts.get("lab_note"));
    if field.changed() {
        ui.data_mut(|data| data.insert_temp(id, words.clone()));
    }
    if field.lost_focus() {
        cx.lab.note(|notes| {
            match words.trim() {
                "" => notes.notes.remove(&case.id),
                words => notes.notes.insert(case.id.clone(), words.to_owned()),
            };
        });
    }
    if let Some(why) = &cx.lab.inspection.not_kept {
        let words = cx
            .texts
            .with("lab_not_kept", &[("why", &cx.texts.said(why))]);
        ui.add(Label::new(RichText::new(words).color(cx.theme.bad)).wrap());
    }
}
