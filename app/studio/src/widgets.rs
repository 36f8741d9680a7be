//! Small things that several panels draw.

use eframe::egui::text::{LayoutJob, TextFormat};
use eframe::egui::{
    self, Align2, Atom, Button, Color32, FontFamily, FontId, Id, Pos2, Rect, Response, RichText,
    Role, Sense, Shape, Stroke, StrokeKind, Ui, Vec2, WidgetInfo,
};

use crate::actions::ACTIONS;
use crate::cx::Cx;
use crate::keys;
use crate::theme::{BODY, CONTROL, GRID, HALF, SMALL, Theme};

/// Height of a chip, points.
pub(crate) const CHIP: f32 = 24.0;

/// A score in [0, 1] as a bar with a whisker of one standard deviation; its number goes beside it.
pub(crate) fn paint_bar(ui: &Ui, theme: &Theme, rect: Rect, value: f32, spread: f32) {
    let painter = ui.painter();
    let bar = rect.shrink2(Vec2::new(0.0, (rect.height() - 5.0).max(0.0) / 2.0));
    painter.rect_filled(bar, 2.0, theme.line);
    let at = |value: f32| bar.left() + bar.width() * value.clamp(0.0, 1.0);
    let filled = Rect::from_min_max(bar.min, Pos2::new(at(value), bar.max.y));
    painter.rect_filled(filled, 2.0, theme.score(value));
    if spread > 0.002 {
        let middle = bar.center().y;
        let (low, high) = (at(value - spread), at(value + spread));
        let stroke = Stroke::new(1.0, theme.text);
        painter.line_segment([Pos2::new(low, middle), Pos2::new(high, middle)], stroke);
        for x in [low, high] {
            painter.line_segment(
                [Pos2::new(x, middle - 3.0), Pos2::new(x, middle + 3.0)],
                stroke,
            );
        }
    }
}

/// Room for the arrow of a button that opens a menu, points.
const ARROW: f32 = 16.0;

/// The face of a button that opens a menu: its words at the left, room at the right for [`arrow`].
pub(crate) fn opens(words: RichText) -> Button<'static> {
    let room = Atom::custom(egui::IdSalt::new("room for an arrow"), Vec2::splat(ARROW));
    Button::new((words, Atom::grow(), room))
}

/// The arrow of a button that opens a menu, as egui's own menus have it.
pub(crate) fn arrow(ui: &Ui, button: &Response) {
    let visuals = ui.style().interact(button);
    let middle = Pos2::new(button.rect.right() - ARROW, button.rect.center().y);
    let points = [(-5.0, -3.0), (5.0, -3.0), (0.0, 4.0)];
    let points = points.map(|(x, y)| middle + Vec2::new(x, y)).to_vec();
    let stroke = Stroke::NONE;
    let shape = Shape::convex_polygon(points, visuals.fg_stroke.color, stroke);
    ui.painter().add(shape);
}

/// A ring around a picture.
pub(crate) fn ring(ui: &Ui, theme: &Theme, rect: Rect, width: f32) {
    let stroke = Stroke::new(width, theme.accent);
    ui.painter()
        .rect_stroke(rect.expand(width), 4.0, stroke, StrokeKind::Outside);
}

/// A picture in a rectangle, as large as fits, its middle in the middle. Returns where it lies.
pub(crate) fn picture(ui: &Ui, texture: egui::TextureId, size: Vec2, within: Rect) -> Rect {
    let scale = (within.width() / size.x).min(within.height() / size.y);
    let rect = Rect::from_center_size(within.center(), size * scale);
    let uv = Rect::from_min_max(Pos2::ZERO, Pos2::new(1.0, 1.0));
    ui.painter().image(texture, rect, uv, egui::Color32::WHITE);
    rect
}

/// A score in [0, 1] as people read it: 0 to 10 with one decimal.
pub(crate) fn ten(value: f32) -> String {
    format!("{:.1}", value * 10.0)
}

/// The font of icons. Icons have their own: the letters' font has other signs at the same places.
pub(crate) fn icons(size: f32) -> FontId {
    FontId::new(
        size,
        FontFamily::Name(egui_material_icons::FONT_FAMILY.into()),
    )
}

/// Small words of a menu. A menu stretches what is in it to its width; a sentence keeps its spaces.
pub(crate) fn note(ui: &mut Ui, words: &str, colour: Color32) {
    let font = FontId::proportional(SMALL);
    let beside = ui.spacing().button_padding.x;
    let width = ui.available_width() - 2.0 * beside;
    let job = LayoutJob::simple(words.to_owned(), font, colour, width);
    let galley = ui.painter().layout_job(job);
    let margin = egui::Margin::symmetric(beside as i8, 0);
    let frame = egui::Frame::new().inner_margin(margin);
    frame.show(ui, |ui| ui.add(egui::Label::new(galley)));
}

/// A button whose accessible name is not what is painted on it: an icon, a number.
pub(crate) fn named(response: &Response, name: &str) {
    let enabled = response.enabled();
    response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, name));
}

/// Gives a field that has no label of its own, a number or a slider, its accessible name.
pub(crate) fn name_field(ctx: &egui::Context, id: Id, name: &str) {
    ctx.accesskit_node_builder(id, |node| node.set_label(name));
}

/// The one button that a panel is for.
pub(crate) fn primary<'a>(theme: &Theme, text: &str) -> Button<'a> {
    Button::new(RichText::new(text).strong().color(theme.on_accent))
        .fill(theme.accent)
        .stroke(Stroke::NONE)
        .min_size(Vec2::new(0.0, CONTROL))
}

/// What an action is called, and its keys: for tooltips.
pub(crate) fn tip(ctx: &egui::Context, cx: &Cx<'_>, action: &str) -> String {
    let name = cx.texts.get(action);
    match keys_of(ctx, cx, action) {
        Some(keys) => format!("{name}   {keys}"),
        None => name.to_owned(),
    }
}

/// The first keys of an action, as they are written.
pub(crate) fn keys_of(ctx: &egui::Context, cx: &Cx<'_>, action: &str) -> Option<String> {
    let known = ACTIONS.iter().find(|known| known.id == action)?;
    let keys = keys::of(known, &cx.settings.keys).first()?;
    Some(keys::words(ctx, cx.texts, keys))
}

/// A word in a rounded field that can be pressed, with an icon for what pressing does.
pub(crate) struct Chip<'a> {
    /// what is written on it
    pub(crate) text: &'a str,
    /// accessible name: what pressing does
    pub(crate) name: &'a str,
    /// before the text
    pub(crate) icon: Option<&'a str>,
    /// after the text
    pub(crate) action: Option<&'a str>,
    /// of text and icons
    pub(crate) colour: Color32,
    /// struck through: it does not count
    pub(crate) struck: bool,
}

impl Chip<'_> {
    /// Draws it.
    pub(crate) fn show(&self, ui: &mut Ui, theme: &Theme) -> Response {
        let font = FontId::proportional(SMALL);
        let colour = if self.struck { theme.weak } else { self.colour };
        let mut job = LayoutJob::default();
        let plain = TextFormat::simple(font, colour);
        if let Some(icon) = self.icon {
            let icon_format = TextFormat::simple(icons(BODY), colour);
            job.append(icon, 0.0, icon_format);
        }
        let strikethrough = if self.struck {
            Stroke::new(1.0, colour)
        } else {
            Stroke::NONE
        };
        let gap = if self.icon.is_some() { HALF } else { 0.0 };
        let text = TextFormat {
            strikethrough,
            ..plain
        };
        job.append(self.text, gap, text);
        if let Some(action) = self.action {
            job.append(action, HALF, TextFormat::simple(icons(BODY), theme.weak));
        }
        let galley = ui.painter().layout_job(job);
        let size = Vec2::new(galley.size().x + 2.0 * GRID, CHIP);
        let (rect, response) = ui.allocate_exact_size(size, Sense::click());
        named(&response, self.name);
        let fill = if response.hovered() {
            theme.hover
        } else {
            theme.raised
        };
        let edge = if response.has_focus() {
            theme.accent
        } else {
            theme.line
        };
        let painter = ui.painter();
        painter.rect(
            rect,
            CHIP / 2.0,
            fill,
            Stroke::new(1.0, edge),
            StrokeKind::Inside,
        );
        let at = Align2::CENTER_CENTER.anchor_size(rect.center(), galley.size());
        painter.galley(at.min, galley, colour);
        response
    }
}

/// What the latest run has spent so far, and of how much: "8 of 8 takes, 8 judgements of 20, 3.2 s of 60 s".
pub(crate) fn spent(cx: &Cx<'_>) -> Option<String> {
    let session = cx.session()?;
    let spent = session.spent?;
    let effort = cx.engine.effort();
    let of = |spent: String, limit: Option<String>| match limit {
        Some(limit) => cx
            .texts
            .with("spent_of", &[("spent", &spent), ("limit", &limit)]),
        None => cx.texts.number(&spent),
    };
    // the limits are those of the next run; they are this one's while it goes on
    let running = session.running.as_ref();
    let limit = |limit: Option<String>| limit.filter(|_| running.is_some());
    let edits = running.map(|running| running.total.to_string());
    let calls = effort.judge_calls.map(|calls| calls.to_string());
    let seconds = effort.time_limit.map(|limit| limit.as_secs().to_string());
    let values = [
        ("edits", of(spent.edits.to_string(), edits)),
        ("calls", of(spent.judge_calls.to_string(), limit(calls))),
        (
            "seconds",
            of(format!("{:.1}", spent.seconds), limit(seconds)),
        ),
    ];
    let values = values
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    Some(cx.texts.with("spent", &values))
}
