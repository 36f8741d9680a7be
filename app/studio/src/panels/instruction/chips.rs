//! What was understood of the line so far: one chip for each thing to do or to keep, and one for every word that will
//! not be done. Chips can be taken out without touching the text.

use eframe::egui::{RichText, ScrollArea, Ui};
use egui_material_icons::icons::{ICON_CLOSE, ICON_UNDO, ICON_WARNING};
use retake_core::said;
use retake_engine::{Chip, ChipKind, Command, Session};

use crate::cx::Cx;
use crate::panels::first;
use crate::theme::HALF;
use crate::widgets::{self, CHIP};

/// Draws them: at most two lines, more scroll.
pub(super) fn show(ui: &mut Ui, cx: &mut Cx<'_>) {
    let Some(session) = cx.engine.session() else {
        return;
    };
    let scroll = ScrollArea::vertical()
        .id_salt("understood as")
        .max_height(2.0 * CHIP + HALF)
        .auto_shrink([false, true]);
    scroll.show(ui, |ui| {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = HALF;
            ui.set_min_height(CHIP);
            scope(ui, cx, session);
            let chips = session.draft.chips();
            if session.draft.text().trim().is_empty() {
                first::sample_chips(ui, cx);
            } else if cx.engine.takes_any_sentence() && !understood_in_part(&chips) {
                weak(ui, cx, &any_sentence(cx));
            } else if chips.is_empty() {
                let problem = session.draft.problem().unwrap_or_default();
                let problem = cx.texts.said(&problem);
                ui.label(RichText::new(problem).small().color(cx.theme.bad));
            } else {
                understood(ui, cx, &chips);
            }
        });
    });
}

/// What the next edit goes on from, and where it may apply.
fn scope(ui: &mut Ui, cx: &mut Cx<'_>, session: &Session) {
    let desk = session.desk();
    if let Some(base) = desk.base.as_ref().and_then(|base| session.take(base.take)) {
        let number = (base.index + 1).to_string();
        let text = cx.texts.with("line_on_top_of", &[("number", &number)]);
        if pressed(ui, cx, &text, "line_from_photo") {
            // going on from elsewhere clears the line; here the words are meant to stay
            cx.send(Command::GoOnFrom(None));
            cx.send(Command::Say(session.draft.text().to_owned()));
        }
    }
    if desk.mask.is_some() && pressed(ui, cx, cx.texts.get("line_inside_mask"), "clear_mask") {
        let label = said!("Clear the mask");
        cx.send(Command::Mask { mask: None, label });
    }
}

/// A chip that goes away when it is pressed.
fn pressed(ui: &mut Ui, cx: &Cx<'_>, text: &str, what: &str) -> bool {
    let chip = widgets::Chip {
        text,
        name: cx.texts.get(what),
        icon: None,
        action: Some(ICON_CLOSE.codepoint),
        colour: cx.theme.text,
        struck: false,
    };
    chip.show(ui, cx.theme)
        .on_hover_text(cx.texts.get(what))
        .clicked()
}

fn understood(ui: &mut Ui, cx: &mut Cx<'_>, chips: &[Chip]) {
    weak(ui, cx, cx.texts.get("line_understood"));
    let mut style = "";
    for (i, chip) in chips.iter().enumerate() {
        match chip.kind {
            ChipKind::Goal => {
                // a style stands for several goals: its words go before them, once
                if chip.words != style && of_one_style(chips, i) {
                    let words = cx.texts.with("quoted", &[("words", &chip.words)]);
                    ui.label(RichText::new(words).small());
                }
                style = &chip.words;
                toggle(ui, cx, chip);
            }
            ChipKind::Constraint => toggle(ui, cx, chip),
            ChipKind::Generative => generative(ui, cx, chip),
            ChipKind::NotUnderstood => unknown(ui, cx, chip),
            ChipKind::Corrected => weak(ui, cx, &chip.words),
        }
    }
}

/// Whether the goal after this one comes from the same words.
fn of_one_style(chips: &[Chip], i: usize) -> bool {
    chips
        .get(i + 1)
        .is_some_and(|next| next.kind == ChipKind::Goal && next.words == chips[i].words)
}

fn weak(ui: &mut Ui, cx: &Cx<'_>, text: &str) {
    ui.label(RichText::new(text).small().color(cx.theme.weak));
}

fn toggle(ui: &mut Ui, cx: &mut Cx<'_>, chip: &Chip) {
    let (key, icon) = if chip.removed {
        ("line_put_back", ICON_UNDO)
    } else {
        ("line_take_out", ICON_CLOSE)
    };
    let text = cx.texts.said(&chip.text);
    let name = cx.texts.with(key, &[("what", &text)]);
    let drawn = widgets::Chip {
        text: &text,
        name: &name,
        icon: None,
        action: Some(icon.codepoint),
        colour: cx.theme.text,
        struck: chip.removed,
    };
    if drawn.show(ui, cx.theme).on_hover_text(&name).clicked() {
        cx.send(Command::ToggleChip(chip.kind, chip.index));
        // a chip is a part of the line: Enter runs what is left
        cx.look.wants_line = true;
    }
}

/// Whether there is something that the rewards can measure.
fn understood_in_part(chips: &[Chip]) -> bool {
    let measured = |chip: &Chip| matches!(chip.kind, ChipKind::Goal | ChipKind::Constraint);
    chips.iter().any(measured)
}

/// The chosen model reads the line itself.
fn any_sentence(cx: &Cx<'_>) -> String {
    let model = super::editor::chosen_name(cx);
    cx.texts.with("line_read_by_model", &[("model", &model)])
}

fn generative(ui: &mut Ui, cx: &mut Cx<'_>, chip: &Chip) {
    if cx.engine.takes_any_sentence() {
        return weak(ui, cx, &chip.words);
    }
    let text = cx
        .texts
        .with("line_needs_diffusion", &[("words", chip.words.as_str())]);
    let name = cx
        .texts
        .with("line_take_words_out", &[("words", &chip.words)]);
    let drawn = widgets::Chip {
        text: &text,
        name: &name,
        icon: Some(ICON_WARNING.codepoint),
        action: Some(ICON_CLOSE.codepoint),
        colour: cx.theme.bad,
        struck: false,
    };
    let how = match cx.engine.offers().next() {
        None => "line_diffusion_how",
        Some(_) => "line_another_how",
    };
    let how = format!("{}\n{name}", cx.texts.get(how));
    if drawn.show(ui, cx.theme).on_hover_text(how).clicked() {
        take_words_out(cx, &chip.words);
    }
}

fn unknown(ui: &mut Ui, cx: &mut Cx<'_>, chip: &Chip) {
    if cx.engine.takes_any_sentence() {
        return weak(ui, cx, &chip.words);
    }
    let name = cx
        .texts
        .with("line_take_words_out", &[("words", &chip.words)]);
    let drawn = widgets::Chip {
        text: &chip.words,
        name: &name,
        icon: None,
        action: Some(ICON_CLOSE.codepoint),
        colour: cx.theme.unknown,
        struck: false,
    };
    let how = format!("{}\n{name}", cx.texts.get("line_means_nothing"));
    if drawn.show(ui, cx.theme).on_hover_text(how).clicked() {
        take_words_out(cx, &chip.words);
    }
}

fn take_words_out(cx: &mut Cx<'_>, words: &str) {
    let left = cx
        .session()
        .and_then(|session| without(session.draft.text(), words));
    if let Some(text) = left {
        super::say(cx, text);
        cx.look.wants_line = true;
    }
}

/// A sentence without some of its words, and without the commas that held them. `None` when they are not in it as
/// written.
fn without(text: &str, words: &str) -> Option<String> {
    let start = match text.find(words) {
        Some(start) => start,
        None => text
            .to_ascii_lowercase()
            .find(&words.to_ascii_lowercase())?,
    };
    let loose = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '，' | '、');
    let before = text[..start].trim_end_matches(loose);
    let after = text[start + words.len()..].trim_start_matches(loose);
    let between = if before.is_empty() || after.is_empty() {
        ""
    } else {
        ", "
    };
    Some(format!("{before}{between}{after}"))
}

#[cfg(test)]
mod tests {
    use super::without;

    #[test]
    fn words_are_taken_out_of_a_sentence_with_their_commas() {
        for (text, words, left) in [
            ("warmer, add a dog", "add a dog", "warmer"),
            ("warmer, flurbish, brighter", "flurbish", "warmer, brighter"),
            ("Add a dog, warmer", "add a dog", "warmer"),
        ] {
            assert_eq!(without(text, words).as_deref(), Some(left));
        }
    }
}
