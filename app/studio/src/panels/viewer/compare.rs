//! Two pictures against each other: each mode draws them its own way in the same places.

use std::time::Duration;

use eframe::egui::{Align2, Color32, FontId, Painter, Pos2, Rect, Ui, vec2};

use super::geometry::Place;
use super::picture::{Manner, Picture, draw as picture};
use super::{difference, wipe};
use crate::cx::Cx;
use crate::look::Compare;
use crate::theme::{GRID, HALF, SMALL};

/// How often flicker changes, a second.
const FLICKER: f64 = 1.5;

/// What there is to draw and where.
pub(crate) struct Shows<'a> {
    /// for handles
    pub(crate) ui: &'a Ui,
    /// of the whole viewer
    pub(crate) painter: &'a Painter,
    /// one
    pub(crate) before: (&'a Picture, &'a Place),
    /// the other
    pub(crate) after: (&'a Picture, &'a Place),
    /// all that lie beside each other
    pub(crate) beside: &'a [(&'a Picture, &'a Place)],
}

/// Which picture is under the pointer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Top {
    /// what it is held against
    Before,
    /// what is looked at
    After,
}

/// Draws the pictures as the mode wants them.
pub(crate) fn draw(
    shows: &Shows<'_>,
    cx: &mut Cx<'_>,
    mode: Compare,
    pointer: Option<Pos2>,
) -> Top {
    let Shows {
        ui,
        painter,
        before,
        after,
        beside,
    } = shows;
    let pane = after.1.visible();
    match mode {
        Compare::Off => picture(painter, cx, after.0, after.1, Manner::plain(0)),
        Compare::Side => {
            for (pane, (shown, place)) in beside.iter().rev().enumerate() {
                picture(painter, cx, shown, place, Manner::plain(pane));
                let corner = Corner::BottomLeft;
                name(painter, cx, place.visible(), corner, &shown.name);
            }
        }
        Compare::Wipe => {
            let line = wipe::Line::new(pane, cx.look.wipe, cx.look.wipe_angle);
            for ((shown, place), towards, pane) in
                [(before, -line.towards, 1), (after, line.towards, 0)]
            {
                let manner = Manner {
                    side: Some((line.middle, towards)),
                    ..Manner::plain(pane)
                };
                picture(painter, cx, shown, place, manner);
            }
            let (first, second) = Corner::apart(line.towards);
            name(painter, cx, pane, first, &before.0.name);
            name(painter, cx, pane, second, &after.0.name);
            wipe::handles(ui, painter, cx, pane);
            let beyond = |at: Pos2| (at - line.middle).dot(line.towards) < 0.0;
            if pointer.is_some_and(beyond) {
                return Top::Before;
            }
        }
        Compare::Overlay => {
            let manner = Manner {
                opacity: cx.look.opacity,
                ..Manner::plain(0)
            };
            picture(painter, cx, before.0, before.1, Manner::plain(1));
            picture(painter, cx, after.0, after.1, manner);
            if cx.look.opacity < 0.5 {
                return Top::Before;
            }
        }
        Compare::Flicker => {
            let other = flicker(ui, cx);
            // the one that does not show is asked for too, so that both are sharp
            let (hidden, shown) = if other {
                (after, before)
            } else {
                (before, after)
            };
            super::picture::ask(cx, hidden.0, hidden.1, usize::from(!other), false);
            let manner = Manner::plain(usize::from(other));
            picture(painter, cx, shown.0, shown.1, manner);
            name(painter, cx, pane, Corner::BottomLeft, &shown.0.name);
            if other {
                return Top::Before;
            }
        }
        Compare::Difference => difference::show(painter, cx, *before, *after),
    }
    Top::After
}

/// Whether flicker shows the other picture now. Without motion a click changes it.
fn flicker(ui: &Ui, cx: &Cx<'_>) -> bool {
    if cx.look.reduced_motion {
        return cx.look.hand.other;
    }
    let turns = ui.input(|input| input.time) * FLICKER;
    let left = (turns.floor() + 1.0 - turns) / FLICKER;
    ui.ctx()
        .request_repaint_after(Duration::from_secs_f64(left.max(0.01)));
    turns.rem_euclid(2.0) >= 1.0
}

/// Where a name stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Corner {
    TopLeft,
    BottomLeft,
    BottomRight,
}

impl Corner {
    /// Two of them on the two sides of a line: before, after.
    fn apart(towards: eframe::egui::Vec2) -> (Self, Self) {
        let across = towards.x.abs() >= towards.y.abs();
        let (low, high) = match across {
            true => (Self::BottomLeft, Self::BottomRight),
            false => (Self::TopLeft, Self::BottomLeft),
        };
        let forward = if across { towards.x } else { towards.y };
        if forward >= 0.0 {
            (low, high)
        } else {
            (high, low)
        }
    }
}

/// Says which picture it is.
fn name(painter: &Painter, cx: &Cx<'_>, pane: Rect, corner: Corner, words: &str) {
    let font = FontId::proportional(SMALL);
    let galley = painter.layout_no_wrap(words.to_owned(), font, cx.theme.text);
    let room = galley.size() + vec2(2.0 * GRID, 2.0 * HALF);
    let inner = pane.shrink(GRID);
    let field = match corner {
        Corner::TopLeft => Align2::LEFT_TOP.anchor_size(inner.left_top(), room),
        Corner::BottomLeft => Align2::LEFT_BOTTOM.anchor_size(inner.left_bottom(), room),
        Corner::BottomRight => Align2::RIGHT_BOTTOM.anchor_size(inner.right_bottom(), room),
    };
    painter.rect_filled(field, 4.0, cx.theme.panel.gamma_multiply(0.9));
    painter.galley(field.min + vec2(GRID, HALF), galley, Color32::PLACEHOLDER);
}
