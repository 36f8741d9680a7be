//! How the best take is chosen: every selector with a sentence. Choosing another one orders the takes anew; nothing is made
//! or scored again.

use eframe::egui::{Button, RichText, ScrollArea, Ui};
use retake_engine::{Command, SELECTORS, Weights, selector};

use super::dials::{self, Turned};
use crate::cx::Cx;
use crate::widgets;

/// The most that the list takes of the menu's height, points.
const HEIGHT: f32 = 220.0;

/// Draws the list as a part of a menu.
pub(super) fn section(ui: &mut Ui, cx: &mut Cx<'_>) {
    let weights = match cx.session() {
        Some(session) => session.desk().weights.clone(),
        None => return,
    };
    ui.label(
        RichText::new(cx.text("line_selector"))
            .small()
            .color(cx.theme.weak),
    );
    let about = cx.texts.get(&key(weights.selector, "_how")).to_owned();
    ScrollArea::vertical()
        .id_salt("selectors")
        .max_height(HEIGHT)
        .auto_shrink([false, true])
        .show(ui, |ui| {
            for entry in SELECTORS {
                let chosen = entry.id == weights.selector;
                let name = cx.texts.get(&key(entry.id, "")).to_owned();
                let row = ui.add(Button::selectable(chosen, name));
                let how = cx.texts.get(&key(entry.id, "_how")).to_owned();
                if row.on_hover_text(how).clicked() && !chosen {
                    let chosen = Weights {
                        selector: entry.id,
                        ..weights.clone()
                    };
                    cx.send(Command::Weigh {
                        weights: chosen.with(cx.engine.effort().selector_set(entry.id)),
                        done: true,
                    });
                }
            }
        });
    widgets::note(ui, &about, cx.theme.weak);
    let Some(entry) = selector(weights.selector) else {
        return;
    };
    match dials::show(ui, cx, entry.id, &entry.offered(), &weights.set(), None) {
        Turned::Not => {}
        Turned::Live(set) => cx.send(Command::Weigh {
            weights: weights.with(set),
            done: false,
        }),
        Turned::Done(set) => cx.send(Command::Weigh {
            weights: weights.with(set),
            done: true,
        }),
    }
}

/// Of its name or its sentence among the texts.
pub(crate) fn key(id: &str, end: &str) -> String {
    format!("selector_{}{end}", id.replace(['-', '.'], "_"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::{LANGUAGES, Texts};

    #[test]
    fn every_selector_has_a_name_and_a_sentence_in_every_language() {
        for (code, _, _) in LANGUAGES {
            let texts = Texts::of(code);
            for entry in SELECTORS {
                for key in [key(entry.id, ""), key(entry.id, "_how")] {
                    assert_ne!(texts.get(&key), key, "{code}");
                }
            }
        }
    }
}
