//! What probes found on the case that is looked at.

use eframe::egui::{Grid, Label, RichText, Spinner, Ui};

use super::super::table::column_name;
use crate::cx::Cx;
use crate::texts::capital;
use crate::theme::{GRID, HALF};
use crate::widgets;

/// Draws it, where the one who scored can be asked again.
pub(super) fn show(ui: &mut Ui, cx: &mut Cx<'_>, place: usize) {
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
