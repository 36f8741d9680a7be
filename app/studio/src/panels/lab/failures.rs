//! One failure on one screen: what was asked, the source and the edits beside each other, what the reward said and what people
//! said, what probes found, and room for tags and a note.

use std::sync::Arc;

use eframe::egui::{
    CentralPanel, ComboBox, Frame, Grid, Id, Key, Label, Margin, Panel, RichText, Role, ScrollArea,
    Sense, Spinner, StrokeKind, TextEdit, Ui, WidgetInfo, vec2,
};
use egui_material_icons::icons::ICON_CLOSE;
use retake_engine::Shown;
use retake_lab::analyse::{Finding, ORDERS};
use retake_lab::case::{Case, Take};
use retake_lab::measures::Better;
use retake_lab::scoring::Scores;

use super::figures;
use super::table::column_name;
use crate::cx::Cx;
use crate::lab::order;
use crate::texts::capital;
use crate::theme::{GRID, HALF, semibold};
use crate::widgets::{self, Chip};

/// The least width of a picture, points.
const LEAST: f32 = 150.0;
/// The most, points.
const MOST: f32 = 420.0;
/// The most sentences of a reward that are shown under an edit.
const REASONS: usize = 8;

/// The case that is looked at, by its place: the chosen one, else the worst.
pub(crate) fn case_shown(cx: &Cx<'_>) -> Option<usize> {
    let chosen = cx.look.lab.case;
    chosen.or_else(|| cx.lab.inspection.found.first().map(|finding| finding.place))
}

/// So many cases on, or back.
pub(crate) fn go(cx: &mut Cx<'_>, steps: isize) {
    let found: &[Finding] = &cx.lab.inspection.found;
    let now = case_shown(cx);
    let at = found.iter().position(|finding| Some(finding.place) == now);
    let last = found.len().saturating_sub(1);
    let next = at.map_or(0, |at| at.saturating_add_signed(steps).min(last));
    cx.look.lab.case = found.get(next).map(|finding| finding.place).or(now);
    cx.look.lab.page = "lab_failures";
}

/// Draws it.
pub(super) fn show(ui: &mut Ui, cx: &mut Cx<'_>) {
    let bar = Frame::new()
        .fill(cx.theme.panel)
        .inner_margin(Margin::symmetric(GRID as i8, HALF as i8));
    let scored = cx.lab.scoring.is_some();
    Panel::top("lab failures bar")
        .frame(bar)
        .show(ui, |ui| match scored {
            true => controls(ui, cx),
            false => figures::judges(ui, cx),
        });
    let frame = Frame::new()
        .fill(cx.theme.surround)
        .inner_margin(2.0 * GRID);
    CentralPanel::default().frame(frame).show(ui, |ui| {
        let weak = |ui: &mut Ui, cx: &Cx<'_>, key: &str| {
            let words = RichText::new(cx.texts.get(key)).color(cx.theme.weak);
            ui.add(Label::new(words).wrap());
        };
        let shown = case_shown(cx);
        if !scored && cx.look.lab.case.is_none() {
            weak(ui, cx, "lab_failures_how");
            return;
        }
        let Some(place) = shown else {
            let key = match cx.lab.inspection.is_finding() {
                true => "lab_finding",
                false => "lab_failures_none",
            };
            weak(ui, cx, key);
            return;
        };
        ScrollArea::vertical()
            .auto_shrink([false, false])
            .id_salt(("lab case", place))
            .show(ui, |ui| case(ui, cx, place));
    });
}

/// The order, where one is in it, and what can be done.
fn controls(ui: &mut Ui, cx: &mut Cx<'_>) {
    let now = order(cx.look.lab.order);
    cx.lab.want_findings(now.id);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(GRID, HALF);
        let name = cx.text("lab_order");
        ui.label(RichText::new(&name).small().color(cx.theme.weak));
        let words = |id: &str| cx.texts.get(&format!("lab_order_{id}")).to_owned();
        let menu = ComboBox::from_id_salt("lab order")
            .selected_text(words(now.id))
            .width(140.0)
            .show_ui(ui, |ui| {
                for known in ORDERS {
                    let entry = ui.selectable_label(known.id == now.id, words(known.id));
                    let about = capital(cx.texts.word(known.about));
                    if entry.on_hover_text(about).clicked() {
                        cx.look.lab.order = known.id;
                        cx.look.lab.case = None;
                    }
                }
            });
        widgets::name_field(ui.ctx(), menu.response.id, &name);
        for (action, step) in [("lab_previous", -1), ("lab_next", 1)] {
            let tip = widgets::tip(ui.ctx(), cx, action);
            if ui.button(cx.texts.get(action)).on_hover_text(tip).clicked() {
                go(cx, step);
            }
        }
        ui.label(RichText::new(whereabouts(cx)).small().color(cx.theme.weak));
        report(ui, cx);
    });
}

/// "3 of 57, disagreement 0.41".
fn whereabouts(cx: &Cx<'_>) -> String {
    let inspection = &cx.lab.inspection;
    if inspection.is_finding() {
        return cx.text("lab_finding");
    }
    let now = case_shown(cx);
    let mut found = inspection.found.iter().enumerate();
    let Some((at, finding)) = found.find(|(_, finding)| Some(finding.place) == now) else {
        return cx.text("lab_not_found");
    };
    let (place, count) = ((at + 1).to_string(), inspection.found.len().to_string());
    let place = cx
        .texts
        .with("lab_place", &[("place", &place), ("count", &count)]);
    let value = format!("{:.2}", finding.disagreement);
    let apart = cx.texts.with("lab_disagreement", &[("value", &value)]);
    format!("{place}, {apart}")
}

fn report(ui: &mut Ui, cx: &mut Cx<'_>) {
    if cx.lab.inspection.is_reporting() {
        ui.add(Spinner::new());
        ui.label(cx.texts.get("lab_reporting"));
        return;
    }
    let tip = widgets::tip(ui.ctx(), cx, "lab_report");
    let button = eframe::egui::Button::new(cx.texts.get("lab_report"));
    let can = cx.lab.can_report();
    if ui.add_enabled(can, button).on_hover_text(tip).clicked() {
        cx.lab.report();
    }
    match &cx.lab.inspection.reported {
        None => {}
        Some(Ok(path)) => {
            let path = path.display().to_string();
            let words = cx.texts.with("lab_reported", &[("path", &path)]);
            ui.add(Label::new(RichText::new(words).small()).truncate());
        }
        Some(Err(why)) => {
            let words = RichText::new(capital(&cx.texts.said(why))).color(cx.theme.bad);
            ui.add(Label::new(words).wrap());
        }
    }
}

fn case(ui: &mut Ui, cx: &mut Cx<'_>, place: usize) {
    let Some(lines) = cx.lab.data.as_ref().map(|data| data.lines.clone()) else {
        return;
    };
    let Some(case) = lines.cases.get(place) else {
        return;
    };
    cx.lab.want_pictures(place);
    let about = [&case.id, &case.task, &case.dimension];
    let about: Vec<&str> = about
        .into_iter()
        .map(String::as_str)
        .filter(|words| !words.is_empty())
        .collect();
    ui.add(Label::new(RichText::new(&case.instruction).heading()).wrap());
    ui.label(
        RichText::new(about.join("   "))
            .small()
            .color(cx.theme.weak),
    );
    tags(ui, cx, case);
    ui.add_space(GRID);
    pictures(ui, cx, case, place);
    ui.add_space(GRID);
    probes(ui, cx, place);
    note(ui, cx, case);
}

/// The source and every edit, each with what was said of it.
fn pictures(ui: &mut Ui, cx: &mut Cx<'_>, case: &Case, place: usize) {
    let count = case.takes.len() + 1;
    let gaps = GRID * (count.min(5) as f32 - 1.0);
    let share = (ui.available_width() - gaps - GRID) / count.min(5) as f32;
    let width = share.clamp(LEAST, MOST);
    let seen = cx.lab.inspection.pictures(place).cloned();
    let scores: Option<Vec<Scores>> = match cx.lab.scoring.as_ref().map(|s| &s.scores[place]) {
        None => None,
        Some(Ok(scores)) => Some(scores.clone()),
        Some(Err(why)) => {
            let words = cx
                .texts
                .with("lab_no_scores", &[("why", &cx.texts.said(why))]);
            ui.add(Label::new(RichText::new(words).color(cx.theme.bad)).wrap());
            None
        }
    };
    match &seen {
        None => {
            ui.horizontal(|ui| {
                ui.add(Spinner::new());
                ui.label(cx.texts.get("lab_pictures_coming"));
            });
        }
        Some(Err(why)) => {
            let words = RichText::new(capital(&cx.texts.said(why))).color(cx.theme.bad);
            ui.add(Label::new(words).wrap());
        }
        Some(Ok(_)) => {}
    }
    let seen = seen.and_then(Result::ok);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(GRID, GRID);
        column(ui, width, |ui| {
            if let Some(seen) = &seen {
                let name = cx.text("lab_source");
                picture(ui, cx, &seen.source, width, &name, false);
            }
            ui.label(RichText::new(cx.text("lab_source")).family(semibold()));
        });
        for (at, take) in case.takes.iter().enumerate() {
            column(ui, width, |ui| {
                let liked = preferred(case, at);
                if let Some(edit) = seen.as_ref().and_then(|seen| seen.edits.get(at)) {
                    picture(ui, cx, edit, width, &take.name, liked);
                }
                let scores = scores.as_ref().and_then(|scores| scores.get(at));
                said(ui, cx, take, scores, liked);
            });
        }
    });
}

fn column(ui: &mut Ui, width: f32, draw: impl FnOnce(&mut Ui)) {
    ui.vertical(|ui| {
        ui.set_width(width);
        ui.spacing_mut().item_spacing.y = HALF;
        draw(ui);
    });
}

fn picture(ui: &mut Ui, cx: &mut Cx<'_>, shown: &Arc<Shown>, width: f32, name: &str, liked: bool) {
    let height = width * shown.height as f32 / shown.width.max(1) as f32;
    let (rect, response) = ui.allocate_exact_size(vec2(width, height.min(MOST)), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, name));
    let texture = cx.textures.of(ui.ctx(), shown, true);
    let size = vec2(shown.width as f32, shown.height as f32);
    let inside = widgets::picture(ui, texture, size, rect);
    if liked {
        ui.painter()
            .rect_stroke(inside, 0.0, (2.0, cx.theme.good), StrokeKind::Inside);
    }
}

/// What the reward and people said of one edit.
fn said(ui: &mut Ui, cx: &Cx<'_>, take: &Take, scores: Option<&Scores>, liked: bool) {
    let number = |value: f64| cx.texts.number(&format!("{value:.2}"));
    let pair = |ui: &mut Ui, name: &str, value: f64, strong: bool| {
        let words = cx
            .texts
            .with("lab_said", &[("name", name), ("value", &number(value))]);
        let words = match strong {
            true => RichText::new(words),
            false => RichText::new(words).small().color(cx.theme.weak),
        };
        ui.add(Label::new(words).wrap());
    };
    ui.add(Label::new(RichText::new(&take.name).family(semibold())).truncate());
    if take.editor != take.name && !take.editor.is_empty() {
        let editor = RichText::new(&take.editor).small().color(cx.theme.weak);
        ui.add(Label::new(editor).truncate());
    }
    if let Some(human) = take.human {
        pair(ui, cx.texts.get("lab_column_human"), human, true);
    }
    for (dimension, value) in &take.by_dimension {
        pair(ui, &dimension.replace('_', " "), *value, false);
    }
    if liked {
        ui.label(RichText::new(cx.text("lab_liked")).color(cx.theme.good));
    }
    let Some(scores) = scores else { return };
    pair(ui, cx.texts.get("lab_column_score"), scores.overall, true);
    for (dimension, value) in &scores.by_dimension {
        let column = retake_lab::lines::Column::Of(dimension.clone());
        let spread = scores.spread.get(dimension).filter(|s| **s > 0.0);
        let name = match spread {
            Some(spread) => format!("{} ± {}", column_name(cx, &column), number(*spread)),
            None => column_name(cx, &column),
        };
        pair(ui, &name, *value, false);
    }
    for reason in scores.reasons.iter().take(REASONS) {
        let words = RichText::new(cx.texts.said(reason)).small();
        ui.add(Label::new(words).wrap());
    }
}

/// Whether people preferred this take in some pair.
fn preferred(case: &Case, at: usize) -> bool {
    case.verdicts.iter().any(|verdict| match verdict.better {
        Better::A => verdict.first == at,
        Better::B => verdict.second == at,
        Better::Tie => false,
    })
}

fn probes(ui: &mut Ui, cx: &mut Cx<'_>, place: usize) {
    if cx.lab.scoring.is_none() {
        return;
    }
    ui.horizontal_wrapped(|ui| {
        let can = cx.lab.can_probe() && !cx.lab.inspection.is_probing();
        let tip = match cx.lab.can_probe() {
            true => widgets::tip(ui.ctx(), cx, "lab_probe"),
            false => cx.text("lab_probe_recorded"),
        };
        let button = eframe::egui::Button::new(cx.texts.get("lab_probe"));
        let button = ui.add_enabled(can, button);
        let button = button.on_hover_text(&tip).on_disabled_hover_text(&tip);
        if button.clicked() {
            cx.lab.probe(place);
        }
        if cx.lab.inspection.is_probing() {
            ui.add(Spinner::new());
            ui.label(cx.texts.get("lab_probing"));
        }
    });
    let probed = match &cx.lab.inspection.probed {
        Some((of, probed)) if *of == place => probed,
        _ => return,
    };
    let probed = match probed {
        Ok(probed) => probed,
        Err(why) => {
            let words = RichText::new(capital(&cx.texts.said(why))).color(cx.theme.bad);
            ui.add(Label::new(words).wrap());
            return;
        }
    };
    Grid::new("lab probes")
        .num_columns(4)
        .striped(true)
        .spacing([2.0 * GRID, HALF])
        .show(ui, |ui| {
            for key in [
                "lab_probe",
                "lab_probe_edits",
                "lab_probe_broke",
                "lab_probe_change",
            ] {
                let words = RichText::new(cx.texts.get(key)).small();
                ui.label(words.color(cx.theme.weak));
            }
            ui.end_row();
            for (about, broken) in probed {
                ui.label(capital(cx.texts.word(about)));
                ui.label(broken.count.to_string());
                let name = |dimension: &str| match dimension {
                    retake_lab::analyse::OVERALL => cx.text("lab_column_score"),
                    dimension => {
                        column_name(cx, &retake_lab::lines::Column::Of(dimension.to_owned()))
                    }
                };
                let broke: Vec<String> = broken
                    .broke
                    .iter()
                    .filter(|(_, share)| **share > 0.0)
                    .map(|(dimension, _)| name(dimension))
                    .collect();
                match broke.is_empty() {
                    true => ui.label("–"),
                    false => ui.label(RichText::new(broke.join(", ")).color(cx.theme.bad)),
                };
                let changed: Vec<String> = broken
                    .change
                    .iter()
                    .map(|(dimension, change)| {
                        let change = cx.texts.number(&format!("{change:+.2}"));
                        format!("{} {change}", name(dimension))
                    })
                    .collect();
                ui.label(changed.join(", "));
                ui.end_row();
            }
        });
    ui.add_space(GRID);
}

fn tags(ui: &mut Ui, cx: &mut Cx<'_>, case: &Case) {
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
fn note(ui: &mut Ui, cx: &mut Cx<'_>, case: &Case) {
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
