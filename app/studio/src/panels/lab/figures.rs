//! How right a reward is: who scores is chosen here, and every figure stands with its interval, as a whole and by task,
//! dimension and editor.

use eframe::egui::{
    CentralPanel, ComboBox, Frame, Grid, Id, Key, Label, Margin, Panel, ProgressBar, Rect,
    RichText, ScrollArea, Sense, TextEdit, Ui, pos2, vec2,
};
use retake_lab::figures::{FIGURES, Figures, OfEditor};
use retake_lab::measures::Interval;
use retake_lab::recorded::FORMULAS;

use crate::cx::Cx;
use crate::lab::{Judge, STOPPED, Scoring};
use crate::panels::over::parts;
use crate::texts::capital;
use crate::theme::{GRID, HALF, semibold};
use crate::widgets;

/// Width of the line that shows a value with its interval, points.
const BAR: f32 = 120.0;
/// Points across of a value with its interval.
const VALUE: f32 = 184.0;
/// The figures that a part is summed up by.
const SHORT: [&str; 4] = ["pair_accuracy", "spearman", "top1", "capture"];

/// Draws it.
pub(super) fn show(ui: &mut Ui, cx: &mut Cx<'_>) {
    let bar = Frame::new()
        .fill(cx.theme.panel)
        .inner_margin(Margin::symmetric(GRID as i8, HALF as i8));
    Panel::top("lab judges")
        .frame(bar)
        .show(ui, |ui| judges(ui, cx));
    let frame = Frame::new()
        .fill(cx.theme.surround)
        .inner_margin(2.0 * GRID);
    CentralPanel::default().frame(frame).show(ui, |ui| {
        ScrollArea::both()
            .auto_shrink([false, false])
            .show(ui, |ui| match cx.lab.scoring.clone() {
                Some(scoring) => report(ui, cx, &scoring),
                None => {
                    let how = RichText::new(cx.text("lab_figures_how")).color(cx.theme.weak);
                    ui.add(Label::new(how).wrap());
                }
            });
    });
}

/// Who scores: a judge whose answers are in the data, the built-in rewards, or a judge that is asked now.
pub(super) fn judges(ui: &mut Ui, cx: &mut Cx<'_>) {
    let recorded = cx.lab.recorded.clone();
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(GRID, HALF);
        let name = cx.text("lab_judge");
        let mut chosen = cx.look.lab.judge.clone();
        if chosen.is_none() {
            let most = recorded.iter().max_by_key(|(_, count)| **count);
            chosen = Some(match most {
                Some((judge, _)) => Judge::Recorded {
                    judge: judge.clone(),
                    formula: FORMULAS[0].id.to_owned(),
                },
                None => Judge::Rewards(String::new()),
            });
        }
        let Some(mut judge) = chosen else { return };
        let words = |judge: &Judge| match judge {
            Judge::Recorded { judge, .. } => judge.clone(),
            Judge::Rewards(place) if place.is_empty() => cx.text("lab_judge_built_in"),
            Judge::Rewards(_) => cx.text("lab_judge_other"),
        };
        let formula = match &judge {
            Judge::Recorded { formula, .. } => formula.clone(),
            Judge::Rewards(_) => FORMULAS[0].id.to_owned(),
        };
        let mut offers: Vec<Judge> = recorded
            .keys()
            .map(|judge| Judge::Recorded {
                judge: judge.clone(),
                formula: formula.clone(),
            })
            .collect();
        if cx.lab.can_run() {
            offers.push(Judge::Rewards(String::new()));
            offers.push(Judge::Rewards(" ".to_owned()));
        }
        let menu = ComboBox::from_id_salt("lab judge")
            .selected_text(words(&judge))
            .width(200.0)
            .truncate()
            .show_ui(ui, |ui| {
                for offer in offers {
                    let name = words(&offer);
                    if ui.selectable_label(offer == judge, name).clicked() {
                        judge = offer;
                    }
                }
            });
        widgets::name_field(ui.ctx(), menu.response.id, &name);
        let mut run = false;
        match &mut judge {
            Judge::Recorded { formula, .. } => formulas(ui, cx, formula),
            Judge::Rewards(place) if !place.is_empty() => {
                let id = Id::unique("lab judge place");
                let field = TextEdit::singleline(place)
                    .id(id)
                    .hint_text(cx.texts.get("lab_judge_place_hint"))
                    .desired_width(260.0);
                let field = ui.add(field);
                widgets::name_field(ui.ctx(), id, cx.texts.get("lab_judge_place"));
                run |= field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
                if place.is_empty() {
                    // an empty field is still a judge that nobody has named
                    *place = " ".to_owned();
                }
            }
            Judge::Rewards(_) => {}
        }
        let named = !matches!(&judge, Judge::Rewards(place) if !place.is_empty() && place.trim().is_empty());
        cx.look.lab.judge = Some(judge.clone());
        if progress(ui, cx) {
            return;
        }
        run |= parts::primary(ui, cx.theme, named, cx.texts.get("lab_score")).clicked();
        if run && named {
            cx.lab.score(match judge {
                Judge::Rewards(place) => Judge::Rewards(place.trim().to_owned()),
                recorded => recorded,
            });
        }
        if let Some(why) = &cx.lab.not_scored {
            let words = match *why == STOPPED {
                true => cx.text("lab_score_stopped"),
                false => capital(&cx.texts.said(why)),
            };
            ui.add(Label::new(RichText::new(words).color(cx.theme.bad)).wrap());
        }
    });
}

fn formulas(ui: &mut Ui, cx: &Cx<'_>, formula: &mut String) {
    let menu = ComboBox::from_id_salt("lab formula")
        .selected_text(formula.as_str())
        .width(120.0)
        .show_ui(ui, |ui| {
            for known in FORMULAS {
                let entry = ui.selectable_label(*formula == known.id, known.id);
                if entry.on_hover_text(cx.texts.word(known.about)).clicked() {
                    *formula = known.id.to_owned();
                }
            }
        });
    widgets::name_field(ui.ctx(), menu.response.id, cx.texts.get("lab_formula"));
}

/// How far a run is, and its end by hand; false when none is under way.
fn progress(ui: &mut Ui, cx: &Cx<'_>) -> bool {
    let Some(done) = cx.lab.scored_so_far() else {
        return false;
    };
    let all = cx
        .lab
        .data
        .as_ref()
        .map_or(0, |data| data.lines.cases.len());
    let words = cx.texts.with(
        "lab_scoring",
        &[("done", &done.to_string()), ("all", &all.to_string())],
    );
    let share = done as f32 / all.max(1) as f32;
    ui.add(ProgressBar::new(share).desired_width(160.0))
        .accessible_name(&words);
    ui.label(RichText::new(words).small().color(cx.theme.weak));
    if ui.button(cx.texts.get("lab_stop")).clicked() {
        cx.lab.stop_scoring();
    }
    true
}

fn report(ui: &mut Ui, cx: &Cx<'_>, scoring: &Scoring) {
    let (report, rounds) = (&scoring.report, scoring.rounds);
    let tally = &report.tally;
    let used = cx.texts.with(
        "lab_used",
        &[
            ("used", &tally.used.to_string()),
            ("all", &(tally.used + tally.skipped).to_string()),
        ],
    );
    let size = cx.texts.with(
        "lab_figures_over",
        &[
            ("groups", &report.figures.groups.to_string()),
            ("pairs", &report.figures.pairs.to_string()),
            ("rounds", &rounds.to_string()),
        ],
    );
    let selector = named(
        cx,
        &format!("selector_{}", report.selector),
        &report.selector,
    );
    let judge = match report.judge.as_str() {
        "built_in" => cx.text("lab_judge_built_in"),
        judge => judge.to_owned(),
    };
    ui.label(RichText::new(format!("{judge}   {selector}")).heading());
    let words = RichText::new(format!("{used}. {size}")).color(cx.theme.weak);
    ui.add(Label::new(words).wrap());
    if let Some(folder) = &scoring.folder {
        let path = folder.display().to_string();
        let words = cx.texts.with("lab_scores_kept", &[("path", &path)]);
        let words = RichText::new(words).small().color(cx.theme.weak);
        ui.add(Label::new(words).wrap());
    }
    ui.add_space(GRID);
    // in a small window what a figure is called takes two lines, and its value and bar stay in view
    let beside = VALUE + BAR + 4.0 * GRID;
    Grid::new("lab figures")
        .num_columns(3)
        .max_col_width((ui.available_width() - beside).max(VALUE))
        .spacing([2.0 * GRID, HALF])
        .show(ui, |ui| {
            for figure in FIGURES {
                let Some(value) = report.figures.values.get(figure.id) else {
                    continue;
                };
                ui.add(Label::new(capital(cx.texts.word(figure.about))).wrap());
                let interval = report.figures.intervals.get(figure.id);
                ui.label(value_words(cx, Some(*value), interval));
                if *value >= -1.0 && *value <= 1.0 {
                    interval_bar(ui, cx, *value, interval);
                }
                ui.end_row();
            }
        });
    parts_of(ui, cx, "lab_by_task", &report.by_task);
    parts_of(ui, cx, "lab_by_dimension", &report.by_dimension);
    editors(ui, cx, &report.by_editor);
}

/// "0.382 (0.311 to 0.450)".
fn value_words(cx: &Cx<'_>, value: Option<f64>, interval: Option<&Interval>) -> String {
    let number = |value: f64| cx.texts.number(&format!("{value:.3}"));
    match (value, interval) {
        (None, _) => "–".to_owned(),
        (Some(value), None) => number(value),
        (Some(value), Some(interval)) => {
            let (value, low, high) = (number(value), number(interval.low), number(interval.high));
            let words = [("value", &*value), ("low", &*low), ("high", &*high)];
            cx.texts.with("lab_value", &words)
        }
    }
}

/// A line from −1 to 1, or from 0 where nothing is below, with the value as a dot and its interval around it.
fn interval_bar(ui: &mut Ui, cx: &Cx<'_>, value: f64, interval: Option<&Interval>) {
    let (rect, _) = ui.allocate_exact_size(vec2(BAR, 16.0), Sense::hover());
    let below = value < 0.0 || interval.is_some_and(|interval| interval.low < 0.0);
    let from = if below { -1.0 } else { 0.0 };
    let at = |value: f64| {
        let share = ((value - from) / (1.0 - from)).clamp(0.0, 1.0) as f32;
        rect.left() + rect.width() * share
    };
    let painter = ui.painter();
    let middle = rect.center().y;
    painter.hline(rect.x_range(), middle, (1.0, cx.theme.line));
    painter.vline(at(0.0), middle - 5.0..=middle + 5.0, (1.0, cx.theme.line));
    if let Some(interval) = interval {
        let ends = Rect::from_min_max(
            pos2(at(interval.low), middle - 2.5),
            pos2(at(interval.high), middle + 2.5),
        );
        painter.rect_filled(ends, 2.5, cx.theme.accent.gamma_multiply(0.5));
    }
    painter.circle_filled(pos2(at(value), middle), 4.0, cx.theme.accent);
}

fn title(ui: &mut Ui, words: &str) {
    ui.add_space(2.0 * GRID);
    ui.label(RichText::new(words).family(semibold()));
}

fn parts_of(
    ui: &mut Ui,
    cx: &Cx<'_>,
    key: &str,
    parts: &std::collections::BTreeMap<String, Figures>,
) {
    if parts.is_empty() {
        return;
    }
    title(ui, cx.texts.get(key));
    Grid::new(key)
        .num_columns(2 + SHORT.len())
        .striped(true)
        .spacing([2.0 * GRID, HALF])
        .show(ui, |ui| {
            let weak = |ui: &mut Ui, words: &str| {
                ui.label(RichText::new(words).small().color(cx.theme.weak));
            };
            weak(ui, "");
            weak(ui, cx.texts.get("lab_pairs"));
            for id in SHORT {
                weak(ui, cx.texts.get(&format!("lab_figure_{id}")));
            }
            ui.end_row();
            for (name, figures) in parts {
                ui.label(cx.texts.kind_of_edit(name));
                ui.label(figures.pairs.to_string());
                for id in SHORT {
                    let value = figures.values.get(id).copied();
                    ui.label(value_words(cx, value, figures.intervals.get(id)));
                }
                ui.end_row();
            }
        });
}

fn editors(ui: &mut Ui, cx: &Cx<'_>, editors: &std::collections::BTreeMap<String, OfEditor>) {
    if editors.is_empty() {
        return;
    }
    title(ui, cx.texts.get("lab_by_editor"));
    Grid::new("lab editors")
        .num_columns(7)
        .striped(true)
        .spacing([2.0 * GRID, HALF])
        .show(ui, |ui| {
            for key in [
                "lab_column_editor",
                "lab_edits",
                "lab_column_human",
                "lab_column_score",
                "lab_figure_spearman",
                "lab_figure_kendall",
                "lab_figure_pair_accuracy",
            ] {
                ui.label(
                    RichText::new(cx.texts.get(key))
                        .small()
                        .color(cx.theme.weak),
                );
            }
            ui.end_row();
            for (name, editor) in editors {
                ui.label(name);
                ui.label(editor.count.to_string());
                for value in [
                    editor.human,
                    editor.score,
                    editor.spearman,
                    editor.kendall,
                    editor.pair_accuracy,
                ] {
                    ui.label(value_words(cx, value, None));
                }
                ui.end_row();
            }
        });
}

/// The text of this key, or what stands for it where there is none: a formula has no other name than its own.
fn named(cx: &Cx<'_>, key: &str, otherwise: &str) -> String {
    match cx.texts.get(key) {
        text if text == key => otherwise.to_owned(),
        text => text.to_owned(),
    }
}
