//! The rows that could not be used: each reason with how often it stands, and every row with its place.

use eframe::egui::{CentralPanel, Frame, Label, RichText, ScrollArea, Ui};

use crate::cx::Cx;
use crate::theme::{GRID, semibold};

/// Height of a line, points.
const LINE: f32 = 22.0;

/// Draws it.
pub(super) fn show(ui: &mut Ui, cx: &mut Cx<'_>) {
    let frame = Frame::new()
        .fill(cx.theme.surround)
        .inner_margin(2.0 * GRID);
    CentralPanel::default().frame(frame).show(ui, |ui| {
        let Some(data) = &cx.lab.data else { return };
        let tally = &data.tally;
        ui.label(RichText::new(super::used_words(cx)).heading());
        if tally.skipped == 0 {
            ui.label(RichText::new(cx.text("lab_all_used")).color(cx.theme.weak));
        }
        for (reason, count) in tally.reasons().into_iter().take(8) {
            ui.add(
                Label::new(format!(
                    "{count} × {reason}",
                    reason = cx.texts.said(reason)
                ))
                .wrap(),
            );
        }
        if !tally.unknown_columns.is_empty() {
            let names: Vec<&str> = tally.unknown_columns.iter().map(String::as_str).collect();
            let words = cx.texts.with(
                "lab_unknown_columns",
                &[("columns", &names.join(", ")), ("format", data.format.id)],
            );
            ui.add(Label::new(RichText::new(words).color(cx.theme.weak)).wrap());
        }
        ui.add_space(GRID);
        let rows = &tally.skipped_rows;
        if rows.is_empty() {
            return;
        }
        ui.label(RichText::new(cx.text("lab_skipped")).family(semibold()));
        if rows.len() < tally.skipped {
            let shown = rows.len().to_string();
            let words = cx.texts.with("lab_skipped_first", &[("count", &shown)]);
            ui.label(RichText::new(words).small().color(cx.theme.weak));
        }
        ScrollArea::vertical()
            .auto_shrink([false, false])
            .show_rows(ui, LINE, rows.len(), |ui, range| {
                for row in &rows[range] {
                    let id = row.id.as_deref().unwrap_or("–");
                    let reason = cx.texts.said(&row.reason);
                    let words = format!("{}   {id}   {reason}", row.place);
                    ui.add(Label::new(words).truncate()).on_hover_text(reason);
                }
            });
    });
}
