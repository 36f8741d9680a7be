//! What was said of a take, and what can be done with it: flags and stars on its cell, a menu under the right button.

use eframe::egui::{Align2, Button, FontId, Id, Pos2, Rect, RichText, Sense, Ui, Vec2};
use egui_material_icons::icons::{
    ICON_ADD_PHOTO_ALTERNATE, ICON_AUTO_AWESOME, ICON_BLOCK, ICON_CHECK, ICON_CONTENT_COPY,
    ICON_IOS_SHARE, ICON_STAR,
};
use retake_engine::{Command, Flag, Mark, TakeId};

use crate::actions::ACTIONS;
use crate::cx::Cx;
use crate::theme::{BODY, HALF, SMALL};
use crate::widgets;

/// Width of an icon in a cell, points.
const AT_HAND: f32 = 24.0;
/// What the score takes of the line, points.
const SCORE: f32 = 30.0;

/// One thing to do with a take.
struct Deed {
    /// the action it is, for its name and its keys
    action: &'static str,
    icon: &'static str,
    /// shown in the cell under the pointer, as far as there is room
    at_hand: bool,
}

/// In the order of the menu.
const DEEDS: &[Deed] = &[
    deed("pick", ICON_CHECK.codepoint, true),
    deed("reject", ICON_BLOCK.codepoint, true),
    deed("more_like", ICON_AUTO_AWESOME.codepoint, true),
    deed("go_on", ICON_ADD_PHOTO_ALTERNATE.codepoint, true),
    deed("copy_recipe", ICON_CONTENT_COPY.codepoint, true),
    deed("export", ICON_IOS_SHARE.codepoint, false),
];

const fn deed(action: &'static str, icon: &'static str, at_hand: bool) -> Deed {
    Deed {
        action,
        icon,
        at_hand,
    }
}

/// Does one of the deeds with a take.
fn act(cx: &mut Cx<'_>, take: TakeId, action: &str) {
    match action {
        // with the pointer the focus stays; only keys go on to the next take
        "pick" => cx.send(Command::Flag(take, Flag::Picked)),
        "reject" => cx.send(Command::Flag(take, Flag::Rejected)),
        other => {
            cx.look.focus = Some(take);
            if let Some(action) = ACTIONS.iter().find(|known| known.id == other) {
                (action.run)(cx);
            }
        }
    }
}

/// The menu under the right button.
pub(super) fn menu(ui: &mut Ui, cx: &mut Cx<'_>, take: TakeId) {
    let mark = cx.session().map(|session| session.desk().mark(take));
    let mark = mark.unwrap_or_default();
    for deed in DEEDS {
        let name = match (deed.action, mark.flag) {
            ("pick", Flag::Picked) | ("reject", Flag::Rejected) => cx.texts.get("unflag"),
            (action, _) => cx.texts.get(action),
        };
        let icon = RichText::new(deed.icon).font(widgets::icons(BODY));
        let button = ui.button((icon, name));
        widgets::named(&button, name);
        if button.clicked() {
            act(cx, take, deed.action);
            ui.close();
        }
    }
    ui.separator();
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        if let Some(stars) = stars(ui, cx, mark.stars, 28.0) {
            cx.send(Command::Stars(take, stars));
            ui.close();
        }
    });
}

/// Five stars to press. The same star again takes them all away.
fn stars(ui: &mut Ui, cx: &Cx<'_>, now: u8, size: f32) -> Option<u8> {
    const IDS: [&str; 5] = ["stars_1", "stars_2", "stars_3", "stars_4", "stars_5"];
    let mut said = None;
    for (stars, id) in (1u8..).zip(IDS) {
        let colour = if stars <= now {
            cx.theme.text
        } else {
            cx.theme.line
        };
        let text = RichText::new(ICON_STAR.codepoint)
            .font(widgets::icons(BODY))
            .color(colour);
        let button = Button::new(text)
            .frame_when_inactive(false)
            .min_size(Vec2::splat(size));
        let star = ui.add(button);
        widgets::named(&star, cx.texts.get(id));
        if star.on_hover_text(widgets::tip(ui.ctx(), cx, id)).clicked() {
            said = Some(if stars == now { 0 } else { stars });
        }
    }
    said
}

/// Icons in the place of the number and the marks, while the pointer is on the cell; the picture itself stays free.
pub(super) fn at_hand(ui: &mut Ui, cx: &mut Cx<'_>, line: Rect, take: TakeId, number: &str) {
    let mark = cx.session().map(|session| session.desk().mark(take));
    let flag = mark.unwrap_or_default().flag;
    let fits = ((line.width() - SCORE) / AT_HAND).max(2.0) as usize;
    for (i, deed) in DEEDS
        .iter()
        .filter(|deed| deed.at_hand)
        .take(fits)
        .enumerate()
    {
        let left = line.min + Vec2::new(i as f32 * AT_HAND, 0.0);
        let at = Rect::from_min_size(left, Vec2::new(AT_HAND, line.height()));
        let id = Id::unique(("at hand", take.0, deed.action));
        let response = ui.interact(at, id, Sense::click());
        let name = format!("{}: {number}", cx.texts.get(deed.action));
        widgets::named(&response, &name);
        if response.hovered() {
            ui.painter().rect_filled(at, 4.0, cx.theme.hover);
        }
        let colour = match (deed.action, flag) {
            ("pick", Flag::Picked) => cx.theme.good,
            ("reject", Flag::Rejected) => cx.theme.bad,
            _ => cx.theme.weak,
        };
        ui.painter().text(
            at.center(),
            Align2::CENTER_CENTER,
            deed.icon,
            widgets::icons(BODY),
            colour,
        );
        let tip = widgets::tip(ui.ctx(), cx, deed.action);
        if response.on_hover_text(tip).clicked() {
            act(cx, take, deed.action);
        }
    }
}

/// The flag and the stars as they stand, from the left.
pub(super) fn shown(ui: &Ui, cx: &Cx<'_>, at: Pos2, mark: Mark) -> f32 {
    let mut x = at.x;
    let mut paint = |text: &str, font: FontId, colour| {
        let drawn = ui
            .painter()
            .text(Pos2::new(x, at.y), Align2::LEFT_CENTER, text, font, colour);
        x = drawn.right() + HALF / 2.0;
    };
    match mark.flag {
        Flag::None => {}
        Flag::Picked => paint(ICON_CHECK.codepoint, widgets::icons(BODY), cx.theme.good),
        Flag::Rejected => paint(ICON_BLOCK.codepoint, widgets::icons(BODY), cx.theme.bad),
    }
    if mark.stars > 0 {
        paint(
            &mark.stars.to_string(),
            FontId::proportional(SMALL),
            cx.theme.text,
        );
        paint(ICON_STAR.codepoint, widgets::icons(BODY), cx.theme.text);
    }
    x
}
