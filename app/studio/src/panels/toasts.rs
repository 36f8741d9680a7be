//! Messages: they lie over the lower left corner, with an undo where there is something to undo, and go by themselves.

use std::time::Duration;

use eframe::egui::{Align2, Area, Frame, Id, Order, Ui, Vec2};
use egui_material_icons::icons::ICON_CLOSE;
use retake_engine::{Command, Message, MessageKind, Offer};

use crate::app::colour_of;
use crate::cx::Cx;
use crate::theme::GRID;

/// How long a message stays; what went wrong stays longer.
fn seconds(message: &Message) -> f64 {
    match message.kind {
        // an offer is to be read and thought about
        MessageKind::Done if message.offer.is_none() => 5.0,
        _ => 12.0,
    }
}

/// The words of what a message offers.
fn offer_name(offer: &Offer) -> &'static str {
    match offer {
        Offer::Restore(_) => "offer_restore",
        Offer::Continue(_) => "offer_continue",
    }
}

/// Draws them.
pub(crate) fn show(ui: &mut Ui, cx: &mut Cx<'_>) {
    let messages = cx.engine.messages().to_vec();
    if messages.is_empty() {
        return;
    }
    let now = ui.input(|input| input.time);
    let area = Area::new(Id::unique("toasts"))
        .order(Order::Foreground)
        .anchor(Align2::CENTER_TOP, Vec2::new(0.0, 48.0));
    area.show(ui.ctx(), |ui| {
        for message in &messages {
            let id = Id::unique(("toast", message.id));
            let since: f64 = ui.data_mut(|data| *data.get_temp_mut_or(id, now));
            let left = since + seconds(message) - now;
            if left <= 0.0 {
                cx.send(Command::Dismiss(message.id));
                continue;
            }
            ui.ctx()
                .request_repaint_after(Duration::from_secs_f64(left));
            let frame = Frame::popup(ui.style())
                .fill(cx.theme.raised)
                .inner_margin(GRID);
            frame.show(ui, |ui| {
                ui.horizontal(|ui| {
                    ui.set_max_width(560.0);
                    ui.colored_label(colour_of(cx, message.kind), &message.text);
                    if message.undo && ui.button(cx.text("undo")).clicked() {
                        cx.send(Command::Undo);
                        cx.send(Command::Dismiss(message.id));
                    }
                    if let Some(offer) = &message.offer
                        && ui.button(cx.text(offer_name(offer))).clicked()
                    {
                        cx.send(offer.command());
                        cx.send(Command::Dismiss(message.id));
                    }
                    let close = ui
                        .button(ICON_CLOSE.codepoint)
                        .on_hover_text(cx.text("dismiss"));
                    let name = cx.text("dismiss");
                    close.widget_info(|| {
                        eframe::egui::WidgetInfo::labeled(eframe::egui::Role::Button, true, &name)
                    });
                    if close.clicked() {
                        cx.send(Command::Dismiss(message.id));
                    }
                });
            });
        }
    });
}
