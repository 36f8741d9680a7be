//! The guard's alarm on the sheet: that the choice may please its own judge only, and the way to what that means.

use eframe::egui::{Align, Button, Label, Layout, RichText, Ui, Vec2};
use egui_material_icons::icons::ICON_WARNING;
use retake_engine::{GuardVerdict, Session};

use crate::cx::Cx;
use crate::look::Tab;
use crate::theme::{BODY, CONTROL};
use crate::widgets;

/// Draws it, if there is an alarm.
pub(super) fn show(ui: &mut Ui, cx: &mut Cx<'_>, session: &Session) {
    let alarmed = |guarded: &&retake_engine::Guarded| guarded.verdict == GuardVerdict::Hacked;
    let Some(guarded) = session.guarded.as_ref().filter(alarmed) else {
        return;
    };
    let size = Vec2::new(ui.available_width(), CONTROL);
    ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
        let icon = RichText::new(ICON_WARNING.codepoint).font(widgets::icons(BODY));
        let icon = Label::new(icon.color(cx.theme.bad)).selectable(false);
        ui.add(icon);
        let why = RichText::new(cx.text("guard_why")).small();
        if ui.add(Button::new(why)).clicked() {
            cx.look.inspector = true;
            cx.look.tab = Tab::Group;
        }
        let words = RichText::new(cx.text("guard_alarm")).color(cx.theme.bad);
        ui.add(Label::new(words).truncate())
            .on_hover_text(cx.texts.said(&guarded.said));
    });
}
