//! What may be set of a strategy or a selector: one form over what each declares. A number cannot leave its range; each has
//! its usual value to go back to.

use eframe::egui::{Align, Button, CollapsingHeader, DragValue, Label, Layout, RichText, Ui, vec2};
use egui_material_icons::icons::ICON_UNDO;
use retake_core::{EditorSettings, SettingKind, SettingValue};
use retake_engine::{Offered, Relation};

use crate::cx::Cx;
use crate::panels::over::parts;
use crate::texts::{Texts, capital};
use crate::theme::{CONTROL, GRID, HALF};
use crate::widgets;

/// Decimals of a number at the most.
const DECIMALS: usize = 3;
/// Width of a number, points.
const NUMBER: f32 = 72.0;
/// A range from here on is dragged by shares of the number, and not of the range.
const WIDE: f64 = 1000.0;

/// What a hand did with the form.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Turned {
    /// nothing
    Not,
    /// a number is being dragged
    Live(EditorSettings),
    /// something was set
    Done(EditorSettings),
}

/// Draws the form, folded until it is asked for. `of` tells it from the other form of the menu; `wrong` is what of the
/// settings contradicts itself.
pub(super) fn show(
    ui: &mut Ui,
    cx: &Cx<'_>,
    of: &'static str,
    offered: &[Offered],
    before: &EditorSettings,
    wrong: Option<&Relation>,
) -> Turned {
    let mut turned = Turned::Not;
    if offered.is_empty() {
        return turned;
    }
    let title = match before.len() {
        0 => cx.text("dials_title"),
        count => cx
            .texts
            .with("dials_changed", &[("count", &count.to_string())]),
    };
    let spoilt = |id: &str| wrong.filter(|wrong| [wrong.less, wrong.than].contains(&id));
    let form = CollapsingHeader::new(RichText::new(title).small())
        .id_salt(("dials", of))
        .show_unindented(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            for offer in offered {
                let wrong = spoilt(offer.setting.id);
                let one = ui.push_id(offer.setting.id, |ui| row(ui, cx, offer, before, wrong));
                if one.inner != Turned::Not {
                    turned = one.inner;
                }
                ui.add_space(HALF);
            }
            let back = Button::new(cx.texts.get("dials_back"));
            if ui.add_enabled(!before.is_empty(), back).clicked() {
                turned = Turned::Done(EditorSettings::new());
            }
        });
    // also where the form is folded
    if let (Some(wrong), None) = (wrong, &form.body_response) {
        widgets::note(ui, cx.texts.word(wrong.about), cx.theme.bad);
    }
    turned
}

/// A setting: its name, what it is, the way back, and below it a sentence.
fn row(
    ui: &mut Ui,
    cx: &Cx<'_>,
    offer: &Offered,
    before: &EditorSettings,
    wrong: Option<&Relation>,
) -> Turned {
    let Some(own) = offer.setting.own() else {
        return Turned::Not;
    };
    let id = offer.setting.id;
    let name = name(cx.texts, id);
    let now = before.get(id).unwrap_or(&own);
    let (mut next, mut live) = (now.clone(), false);
    let words = matches!(offer.setting.kind, SettingKind::Choice { .. });
    let size = vec2(ui.available_width(), CONTROL);
    let mut ended = false;
    ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = HALF;
        let back = Button::new(parts::icon(ICON_UNDO, 14.0))
            .frame_when_inactive(false)
            .min_size(vec2(24.0, 24.0));
        let usual = spoken(cx.texts, &own);
        let back_to = [("name", name.as_str()), ("value", usual.as_str())];
        let back_to = cx.texts.with("dials_back_one", &back_to);
        let back = ui.add_enabled(before.contains_key(id), back);
        widgets::named(&back, &back_to);
        let back = back.on_hover_text(back_to);
        if !words {
            (live, ended) = number(ui, cx, (&offer.setting.kind, &name), &mut next);
        }
        if back.clicked() {
            next = own.clone();
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            ui.add_space(ui.spacing().button_padding.x);
            ui.add(Label::new(&name).truncate());
        });
    });
    if let SettingKind::Choice { of, .. } = &offer.setting.kind {
        let options: Vec<(String, String)> = of
            .iter()
            .map(|(id, name)| ((*id).to_owned(), capital(cx.texts.word(name))))
            .collect();
        let mut chosen = next.words().to_owned();
        ui.horizontal(|ui| {
            ui.add_space(ui.spacing().button_padding.x);
            parts::choice(ui, cx.theme, &name, &options, &mut chosen);
        });
        next = SettingValue::Words(chosen);
    }
    if let Some(wrong) = wrong {
        widgets::note(ui, cx.texts.word(wrong.about), cx.theme.bad);
    }
    let sentence = format!("{} {}", cx.texts.word(offer.about), range(cx.texts, offer));
    widgets::note(ui, &sentence, cx.theme.weak);
    if next == *now && !ended {
        return Turned::Not;
    }
    let mut set = before.clone();
    match next == own {
        true => _ = set.remove(id),
        false => _ = set.insert(id.to_owned(), next),
    }
    match live {
        true => Turned::Live(set),
        false => Turned::Done(set),
    }
}

/// A number that is dragged or typed: whether it is on its way, and whether a drag has ended.
fn number(
    ui: &mut Ui,
    cx: &Cx<'_>,
    (kind, name): (&SettingKind, &str),
    next: &mut SettingValue,
) -> (bool, bool) {
    let (from, to, decimals) = match kind {
        SettingKind::Whole { from, to, .. } => (f64::from(*from), f64::from(*to), 0),
        SettingKind::Number { from, to, .. } => (*from, *to, DECIMALS),
        _ => return (false, false),
    };
    let mut value = next.number();
    let speed = match to - from < WIDE {
        true => (to - from) / 300.0,
        false => value.abs().max(1.0) / 50.0,
    };
    let texts = cx.texts.clone();
    let field = DragValue::new(&mut value)
        .range(from..=to)
        .speed(speed)
        .max_decimals(decimals)
        .update_while_editing(false)
        .custom_formatter(move |value, _| texts.number(&written(value)))
        .custom_parser(read);
    let field = ui.add_sized(vec2(NUMBER, 24.0), field);
    widgets::name_field(ui.ctx(), field.id, name);
    let value = round(value.clamp(from, to), decimals);
    *next = match kind {
        SettingKind::Whole { .. } => SettingValue::Whole(value as u32),
        _ => SettingValue::Number(value),
    };
    (field.dragged(), field.drag_stopped())
}

fn round(value: f64, decimals: usize) -> f64 {
    let scale = 10_f64.powi(decimals as i32);
    (value * scale).round() / scale
}

/// A number as it is typed in any language; nothing else is one.
fn read(text: &str) -> Option<f64> {
    let plain = text.trim().replace(',', ".").replace('−', "-");
    plain.parse().ok().filter(|value: &f64| value.is_finite())
}

/// Without zeros at the end.
fn written(value: f64) -> String {
    round(value, DECIMALS).to_string()
}

/// What it can be, and what it usually is.
fn range(texts: &Texts, offer: &Offered) -> String {
    let usual = offer.setting.own().map(|own| spoken(texts, &own));
    let usual = usual.unwrap_or_default();
    let (from, to) = match &offer.setting.kind {
        SettingKind::Whole { from, to, .. } => (f64::from(*from), f64::from(*to)),
        SettingKind::Number { from, to, .. } => (*from, *to),
        _ => return texts.with("dials_usual", &[("usual", &usual)]),
    };
    let (from, to) = (written(from), written(to));
    let values = [("from", &*from), ("to", &*to), ("usual", &*usual)];
    texts.with("dials_range", &values)
}

fn spoken(texts: &Texts, value: &SettingValue) -> String {
    match value {
        SettingValue::Words(words) => capital(texts.word(words)),
        value => texts.number(&written(value.number())),
    }
}

/// What a setting is called.
fn name(texts: &Texts, id: &str) -> String {
    let key = format!("dial_{}", id.replace(['-', '.'], "_"));
    texts.get(&key).to_owned()
}

/// Room that a form needs at the least, points.
pub(super) const WIDTH: f32 = 40.0 * GRID;

#[cfg(test)]
mod tests {
    use retake_engine::{SELECTORS, STRATEGIES};

    use super::*;
    use crate::texts::LANGUAGES;

    fn all() -> Vec<Offered> {
        let strategies = STRATEGIES.iter().flat_map(|entry| entry.offered());
        let selectors = SELECTORS.iter().flat_map(|entry| entry.offered());
        strategies.chain(selectors).collect()
    }

    #[test]
    fn every_setting_has_a_name_in_every_language() {
        for (code, _, _) in LANGUAGES {
            let texts = Texts::of(code);
            for offer in all() {
                let name = name(&texts, offer.setting.id);
                assert!(!name.starts_with("dial_"), "{code} {name}");
            }
        }
    }

    #[test]
    fn every_number_can_be_shown_as_it_usually_is() {
        for offer in all() {
            if let SettingKind::Number { own, .. } = offer.setting.kind {
                assert_eq!(round(own, DECIMALS), own, "{}", offer.setting.id);
            }
        }
    }

    #[test]
    fn only_numbers_can_be_typed() {
        assert_eq!(read(" 0,25 "), Some(0.25));
        assert_eq!(read("−2"), Some(-2.0));
        for text in ["", "much", "nan", "inf", "1..2"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
