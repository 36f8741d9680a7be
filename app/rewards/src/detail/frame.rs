//! What a crop, a turn or a mirror that nobody asked for has done to the picture: registration found where the edit
//! lies over its source.

use retake_core::{Mask, Quantity};

use crate::align::How;
use crate::finding::{Finding, percent, saturating};
use crate::scene::{After, Before};

/// A share of the picture that any resampling may cut off.
const FREE_CUT: f32 = 0.004;
/// A turn that is within the search's error, degrees.
const FREE_TURN_DEG: f32 = 0.12;

/// Parts cut off, a turn, a mirror; nothing of it when the instruction asks for geometry, which following checks.
pub(crate) fn find(before: &Before<'_>, _: &After) -> Finding {
    let at = &before.alignment;
    let asks = |wanted: &dyn Fn(Quantity) -> bool| {
        let goals = &before.instruction.understood.goals;
        goals.iter().any(|goal| wanted(goal.quantity))
    };
    if at.how != How::Registered || asks(&|q| q.is_geometry()) {
        return Finding::none("frame");
    }
    let turn = ((at.pose.angle_deg + 180.0).rem_euclid(360.0) - 180.0) as f32;
    let cut = (cut_off(before) - FREE_CUT).max(0.0);
    let turned = (turn.abs() - FREE_TURN_DEG).max(0.0);
    // half the long edge swings by this many px of a picture of 1024: counted as a move of the whole would be
    let swing = 512.0 * turned.to_radians().min(1.0);
    let moved = if (at.pose.zoom - 1.0).abs() < 0.01 && !at.pose.mirrored && turn.abs() < 45.0 {
        1024.0 * at.pose.x.hypot(at.pose.y) as f32
    } else {
        0.0
    };
    let kept = (1.0 - saturating(cut, 0.35, 0.95))
        * (1.0 - saturating(moved, 12.0, 0.6))
        * (1.0 - saturating(swing, 20.0, 0.5))
        * if at.pose.mirrored { 0.5 } else { 1.0 };
    let mut what = Vec::new();
    if at.pose.mirrored {
        what.push("mirrored".to_owned());
    }
    if turned > 0.0 {
        what.push(format!("turned by {turn:+.1}°"));
    }
    if moved > 1.0 {
        what.push(format!("moved by {:.1} % of its length", moved / 10.24));
    }
    if cut > 0.0 {
        what.push(format!("{} of the picture cut off", percent(cut)));
    }
    if what.is_empty() {
        return Finding::none("frame");
    }
    Finding {
        id: "frame",
        text: format!(
            "The frame has changed though it was not asked: {}.",
            what.join(", ")
        ),
        cost: 1.0 - kept,
        spread: 0.03,
        map: Some(Mask::uniform(
            before.width(),
            before.height(),
            (1.0 - kept).min(1.0),
        )),
    }
}

/// The share of the source that does not show in the edit.
fn cut_off(before: &Before<'_>) -> f32 {
    let whole = Mask::uniform(before.width(), before.height(), 1.0);
    1.0 - before.alignment.mask_on_source(whole).share()
}
