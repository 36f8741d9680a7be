//! The line itself. Enter runs it, Shift+Enter breaks it, Up walks back through what was said; an Enter that ends the
//! composing of a character (Chinese, Japanese, Korean input) only ends that.

use eframe::egui::text::{CCursor, CCursorRange};
use eframe::egui::text_edit::TextEditState;
use eframe::egui::{
    Event, Id, ImeEvent, Key, KeyboardShortcut, Margin, Modifiers, RichText, ScrollArea, TextEdit,
    Ui,
};
use retake_engine::{Command, Draft};

use crate::cx::Cx;
use crate::theme::{BODY, CONTROL};
use crate::widgets;

/// Rows that are seen; more scroll.
const MOST_ROWS: f32 = 4.0;
/// An instruction is a few sentences, not a book.
const MOST_LETTERS: usize = 2000;
/// Some systems send the Enter that ended composing a moment after it has ended, seconds.
const JUST_NOW: f64 = 0.05;

/// What the line remembers from frame to frame.
#[derive(Clone)]
struct State {
    composing: bool,
    composed_at: f64,
    on_first_row: bool,
    on_last_row: bool,
    recall: Option<Recall>,
}

/// Walking through what was said.
#[derive(Clone)]
struct Recall {
    /// place among what was said
    at: usize,
    /// what was being typed before
    own: String,
}

/// A key that means something to the line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Press {
    Enter,
    Up,
    Down,
}

impl Default for State {
    fn default() -> Self {
        Self {
            composing: false,
            composed_at: f64::NEG_INFINITY,
            on_first_row: true,
            on_last_row: true,
            recall: None,
        }
    }
}

impl State {
    /// Takes the line's own keys out of the frame's events, before the field sees them.
    fn hear(&mut self, ui: &Ui) -> Option<Press> {
        ui.input_mut(|input| {
            let now = input.time;
            let mut press = None;
            input.events.retain(|event| {
                let meant = self.meant(event, now);
                press = meant.or(press);
                meant.is_none()
            });
            press
        })
    }

    fn meant(&mut self, event: &Event, now: f64) -> Option<Press> {
        match event {
            Event::Ime(ImeEvent::Preedit { text, .. }) => self.compose(!text.is_empty(), now),
            Event::Ime(ImeEvent::Commit(_)) => self.compose(false, now),
            Event::Key {
                key,
                pressed: true,
                modifiers: Modifiers::NONE,
                ..
            } if !self.composing => match key {
                Key::Enter if now - self.composed_at > JUST_NOW => return Some(Press::Enter),
                Key::ArrowUp if self.on_first_row => return Some(Press::Up),
                Key::ArrowDown if self.on_last_row && self.recall.is_some() => {
                    return Some(Press::Down);
                }
                _ => {}
            },
            _ => {}
        }
        None
    }

    fn compose(&mut self, composing: bool, now: f64) {
        if self.composing && !composing {
            self.composed_at = now;
        }
        self.composing = composing;
    }

    /// The instruction one step further back or forth.
    fn walk(&mut self, press: Press, text: &str, said: &[String]) -> Option<String> {
        let at = self.recall.as_ref().map_or(said.len(), |recall| recall.at);
        let next = match press {
            Press::Up => at.checked_sub(1)?,
            Press::Down => at + 1,
            Press::Enter => return None,
        };
        let own = match &self.recall {
            Some(recall) => recall.own.clone(),
            None => text.to_owned(),
        };
        if next >= said.len() {
            self.recall = None;
            return Some(own);
        }
        self.recall = Some(Recall { at: next, own });
        Some(said[next].clone())
    }
}

/// Where the line is among the widgets.
fn line_id() -> Id {
    Id::unique("instruction line")
}

/// Draws it.
pub(super) fn show(ui: &mut Ui, cx: &mut Cx<'_>, width: f32) {
    let Some(session) = cx.engine.session() else {
        return;
    };
    let id = line_id();
    let was = session.draft.text();
    let mut text = was.to_owned();
    let mut state: State = ui.data(|data| data.get_temp(id)).unwrap_or_default();
    let focused = ui.memory(|memory| memory.has_focus(id));
    let press = if focused { state.hear(ui) } else { None };
    let walked = press.and_then(|press| state.walk(press, was, &cx.look.said));
    let recalled = walked.is_some();
    if let Some(said) = walked {
        text = said;
    }

    let hint = RichText::new(cx.text("line_hint")).color(cx.theme.weak);
    let row = ui.fonts_mut(|fonts| fonts.row_height(&eframe::egui::FontId::proportional(BODY)));
    let margin = ((CONTROL - row) / 2.0).max(2.0);
    let scroll = ScrollArea::vertical()
        .id_salt("instruction rows")
        .max_height(MOST_ROWS * row + 2.0 * margin);
    let output = scroll
        .show(ui, |ui| {
            TextEdit::multiline(&mut text)
                .id(id)
                .desired_rows(1)
                .desired_width(width)
                .margin(Margin::symmetric(8, margin as i8))
                .hint_text(hint)
                .char_limit(MOST_LETTERS)
                .return_key(KeyboardShortcut::new(Modifiers::SHIFT, Key::Enter))
                .show(ui)
        })
        .inner;
    let response = output.response.response;
    widgets::name_field(ui.ctx(), id, &cx.text("instruction"));

    if response.changed() && !recalled {
        state.recall = None;
    }
    if let Some(range) = output.cursor_range {
        let row = output.galley.layout_from_cursor(range.primary).row;
        state.on_first_row = row == 0;
        state.on_last_row = row + 1 >= output.galley.rows.len();
    }
    if recalled {
        let end = CCursor::new(text.chars().count());
        let mut field = TextEditState::load(ui.ctx(), id).unwrap_or_default();
        field.cursor.set_char_range(Some(CCursorRange::one(end)));
        field.store(ui.ctx(), id);
        (state.on_first_row, state.on_last_row) = (true, true);
    }
    if cx.look.wants_line {
        cx.look.wants_line = false;
        response.request_focus();
    }
    ui.data_mut(|data| data.insert_temp(id, state));

    let changed = text != was;
    if changed {
        super::say(cx, text.clone());
    }
    if press == Some(Press::Enter) {
        let any = cx.engine.takes_any_sentence() && !text.trim().is_empty();
        let ready = any
            || if changed {
                Draft::reading(&text, session.desk().mask.is_some()).ready()
            } else {
                session.draft.ready()
            };
        if ready {
            // the keys go to the takes: P, X and the arrows work at once
            ui.memory_mut(|memory| memory.surrender_focus(id));
            super::remember(cx, &text);
        }
        cx.send(Command::Generate);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_enter_that_comes_just_after_composing_has_ended_is_still_its_own() {
        let enter = Event::Key {
            key: Key::Enter,
            physical_key: None,
            pressed: true,
            repeat: false,
            modifiers: Modifiers::NONE,
        };
        let mut state = State::default();
        let text = "wa".to_owned();
        let preedit = ImeEvent::Preedit {
            text,
            active_range_chars: None,
        };
        state.meant(&Event::Ime(preedit), 1.0);
        assert!(state.meant(&enter, 1.2).is_none());
        state.meant(&Event::Ime(ImeEvent::Commit("warm".to_owned())), 1.3);
        assert!(state.meant(&enter, 1.31).is_none());
        assert!(state.meant(&enter, 1.5) == Some(Press::Enter));
    }
}
