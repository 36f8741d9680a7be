//! Messages: a narrow stack at the top of the window, out of the photo's middle and clear of the instruction line, with an
//! undo where there is something to undo. They go by themselves, but not from under the pointer.

use std::time::Duration;

use eframe::egui::{
    Align2, Area, Button, Color32, Frame, Id, Label, Margin, Order, RichText, Stroke, Ui, vec2,
};
use egui_material_icons::icons::{ICON_CHECK, ICON_CLOSE, ICON_WARNING};
use retake_engine::{Command, Message, MessageKind, Offer};

use crate::app::colour_of;
use crate::cx::Cx;
use crate::look::Sheet;
use crate::texts::capital;
use crate::theme::{CONTROL, GRID};

/// Widest message, points.
const WIDTH: f32 = 480.0;
/// Words are never squeezed into less, points.
const NARROW: f32 = 80.0;
/// How long a message stays over a sheet in a low window, seconds.
const BRIEFLY: f64 = 5.0;
/// Lower than this a window is low, points.
const LOW: f32 = 560.0;
/// Messages that show at a time; older ones wait until these are gone.
const SHOWN: usize = 3;

/// How long a message stays; what went wrong stays longer.
fn seconds(message: &Message) -> f64 {
    match message.kind {
        // an offer is to be read and thought about
        MessageKind::Done if message.offer.is_none() => 5.0,
        _ => 12.0,
    }
}

/// Whether a sheet fills a window that is not high: a message lies over what is filled in there.
fn low_sheet(ui: &Ui, cx: &Cx<'_>) -> bool {
    cx.look.sheet != Sheet::None && ui.ctx().content_rect().height() < LOW
}

/// The words of what a message offers.
fn offer_name(offer: &Offer) -> &'static str {
    match offer {
        Offer::Restore(_) => "offer_restore",
        Offer::Continue(_) => "offer_continue",
        Offer::Switch(_) => "offer_switch",
        Offer::Load(_) => "offer_load",
        Offer::FromPhoto => "line_from_photo",
    }
}

/// Draws them.
pub(crate) fn show(ui: &mut Ui, cx: &mut Cx<'_>) {
    let engine = cx.engine;
    let messages = engine.messages();
    if messages.is_empty() {
        return;
    }
    let now = ui.input(|input| input.time);
    let room = ui.ctx().content_rect().width();
    // under a sheet they stand at the bottom, clear of what is read there
    let (align, offset) = match cx.look.sheet {
        Sheet::None => (Align2::CENTER_TOP, CONTROL + 2.0 * GRID),
        _ => (Align2::CENTER_BOTTOM, -3.0 * GRID),
    };
    let area = Area::new(Id::unique("toasts"))
        .order(Order::Tooltip)
        .anchor(align, vec2(0.0, offset));
    let hovered_id = Id::unique("toasts hovered");
    let held: bool = ui
        .data(|data| data.get_temp(hovered_id))
        .unwrap_or_default();
    let shown = area.show(ui.ctx(), |ui| {
        ui.spacing_mut().item_spacing = vec2(GRID, GRID / 2.0);
        let newest = messages.len().saturating_sub(SHOWN);
        for message in &messages[newest..] {
            if held {
                // begins anew when the pointer leaves
                ui.data_mut(|data| data.insert_temp(Id::unique(("toast", message.id)), now));
            }
            one(ui, cx, message, now, (room - 6.0 * GRID).min(WIDTH));
        }
        for message in &messages[..newest] {
            if message.kind == MessageKind::Done && message.offer.is_none() {
                cx.send(Command::Dismiss(message.id));
            }
        }
    });
    let hovered = shown.response.contains_pointer();
    ui.data_mut(|data| data.insert_temp(hovered_id, hovered));
}

fn one(ui: &mut Ui, cx: &mut Cx<'_>, message: &Message, now: f64, width: f32) {
    let id = Id::unique(("toast", message.id));
    let since: f64 = ui.data_mut(|data| *data.get_temp_mut_or(id, now));
    let stays = match low_sheet(ui, cx) {
        true => seconds(message).min(BRIEFLY),
        false => seconds(message),
    };
    let left = since + stays - now;
    if left <= 0.0 {
        cx.send(Command::Dismiss(message.id));
        return;
    }
    ui.ctx()
        .request_repaint_after(Duration::from_secs_f64(left));
    let frame = Frame::new()
        .fill(cx.theme.raised)
        .stroke(Stroke::new(1.0, cx.theme.line))
        .corner_radius(6.0)
        .inner_margin(Margin::symmetric(12, 6))
        .shadow(ui.visuals().popup_shadow);
    frame.show(ui, |ui| {
        ui.horizontal(|ui| {
            let (icon, colour) = match message.kind {
                MessageKind::Done => (ICON_CHECK, cx.theme.weak),
                MessageKind::Problem => (ICON_WARNING, colour_of(cx, message.kind)),
            };
            ui.add(Label::new(icon.rich_text().color(colour)).selectable(false));
            ui.scope(|ui| {
                let beside = match (&message.offer, message.undo) {
                    (Some(_), _) => 240.0,
                    (None, true) => 160.0,
                    (None, false) => 96.0,
                };
                ui.set_max_width((width - beside).max(NARROW));
                ui.add(
                    Label::new(
                        RichText::new(capital(&cx.texts.said(&message.text))).color(cx.theme.text),
                    )
                    .wrap(),
                );
            });
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
            let close = Button::new(ICON_CLOSE)
                .frame_when_inactive(false)
                .fill(Color32::TRANSPARENT);
            let name = cx.text("dismiss");
            let close = ui.add(close).accessible_name(&name);
            if close.on_hover_text(name).clicked() {
                cx.send(Command::Dismiss(message.id));
            }
        });
    });
}
