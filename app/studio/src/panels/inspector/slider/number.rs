//! The number of a slider: read, or clicked and typed.

use eframe::egui::{
    Align2, Button, FontId, Id, Key, Rect, TextEdit, Ui,
    text::{CCursor, CCursorRange},
    vec2,
};

use super::{Moved, Slider};
use crate::panels::inspector::edit;
use crate::texts::Texts;
use crate::theme::{HALF, Theme};

impl Slider<'_> {
    pub(super) fn number(
        &self,
        ui: &mut Ui,
        theme: &Theme,
        texts: &Texts,
        rect: Rect,
        typing: &mut Option<(Id, String)>,
    ) -> Moved {
        let id = self.id.with("number");
        if let Some((_, text)) = typing.as_mut().filter(|(typed, _)| *typed == id) {
            let field = TextEdit::singleline(text)
                .id(id)
                .font(FontId::proportional(13.0))
                .align(Align2::RIGHT_CENTER)
                .margin(vec2(HALF, 2.0));
            let response = ui.put(rect, field).accessible_name(self.full_name);
            let fresh = ui.data(|data| data.get_temp::<bool>(id).is_none());
            if fresh {
                response.request_focus();
                select_all(ui, id, text);
                ui.data_mut(|data| data.insert_temp(id, true));
            }
            if response.lost_focus() {
                // Esc takes the focus away without a press of anything else
                let meant = ui.input(|input| {
                    input.key_pressed(Key::Enter)
                        || input.key_pressed(Key::Tab)
                        || input.pointer.any_pressed()
                });
                let value = typed(text).filter(|_| meant);
                *typing = None;
                ui.data_mut(|data| data.remove_temp::<bool>(id));
                if let Some(value) = value {
                    return Moved::Done(value.clamp(self.range.0, self.range.1));
                }
            }
            return Moved::No;
        }
        let shown = texts.number(&edit::shown(self.value, self.range));
        let name = format!("{}: {shown} {}", self.full_name, self.unit);
        let button = Button::new("")
            .frame_when_inactive(false)
            .min_size(rect.size());
        let response = ui.put(rect, button).accessible_name(name.trim_end());
        let colour = if response.hovered() {
            theme.text
        } else {
            theme.text.gamma_multiply(0.85)
        };
        let at = rect.right_center() - vec2(HALF, 0.0);
        let font = FontId::proportional(13.0);
        ui.painter()
            .text(at, Align2::RIGHT_CENTER, shown, font, colour);
        if response.clicked() {
            let decimals = edit::decimals(self.range);
            let text = format!("{:.decimals$}", self.value);
            *typing = Some((id, texts.number(&text)));
            ui.data_mut(|data| data.remove_temp::<bool>(id));
            ui.ctx().request_repaint();
        }
        response.on_hover_text(self.hint);
        Moved::No
    }
}

/// A typed number; a comma is as good as a point, and the unit may follow.
fn typed(text: &str) -> Option<f32> {
    let number: String = text
        .trim()
        .replace(',', ".")
        .replace('−', "-")
        .chars()
        .take_while(|c| c.is_ascii_digit() || matches!(c, '.' | '-' | '+'))
        .collect();
    number.parse().ok().filter(|value: &f32| value.is_finite())
}

fn select_all(ui: &Ui, id: Id, text: &str) {
    let mut state = TextEdit::load_state(ui.ctx(), id).unwrap_or_default();
    let all = CCursorRange::two(CCursor::new(0), CCursor::new(text.chars().count()));
    state.cursor.set_char_range(Some(all));
    state.store(ui.ctx(), id);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_numbers_are_read_as_people_write_them() {
        assert_eq!(typed(" +0,4 EV"), Some(0.4));
        assert_eq!(typed("−12"), Some(-12.0));
        assert_eq!(typed("5600 K"), Some(5600.0));
        assert_eq!(typed("warm"), None);
    }
}
