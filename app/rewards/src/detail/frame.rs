//! What a crop, a turn or a mirror that nobody asked for has done to the picture: registration found where the edit
//! lies over its source.

use retake_core::{Mask, Quantity, Said, decimals, said, signed};

use crate::align::How;
use crate::finding::{Finding, percent, saturating};
use crate::scene::{After, Before};

/// A share of the picture that any resampling may cut off.
const FREE_CUT: f32 = 0.004;
/// A turn that is within the search's error, degrees.
const FREE_TURN_DEG: f32 = 0.12;

/// What of the picture's frame is left after a mirror, and after a quarter or half turn: everything is there and nothing
/// where it was.
const MIRRORED: f32 = 0.3;
/// From this angle on a turn is a quarter turn and not a crooked frame, degrees.
const QUARTER_DEG: f32 = 45.0;

/// What has become of the frame beyond what was asked.
pub(crate) struct Unasked {
    /// 1 for nothing, less the more of it
    pub(crate) kept: f32,
    /// "mirrored", "turned by +90.0°"
    pub(crate) what: Vec<Said>,
}

/// Parts cut off, a turn, a mirror, as registration found them and as far as the instruction asks for none.
pub(crate) fn unasked(before: &Before<'_>) -> Unasked {
    let at = &before.alignment;
    let mut found = Unasked {
        kept: 1.0,
        what: Vec::new(),
    };
    if at.how != How::Registered {
        return found;
    }
    let asks = |wanted: &[Quantity]| {
        let goals = &before.instruction.understood.goals;
        goals.iter().any(|goal| wanted.contains(&goal.quantity))
    };
    use Quantity::{Aspect, FlipHorizontal, FlipVertical, Rotation, Straighten};
    if at.pose.mirrored && !asks(&[FlipHorizontal, FlipVertical]) {
        found.kept *= MIRRORED;
        found.what.push(said!("mirrored"));
    }
    let turn = ((at.pose.angle_deg + 180.0).rem_euclid(360.0) - 180.0) as f32;
    let turned = (turn.abs() - FREE_TURN_DEG).max(0.0);
    if turned > 0.0 && !asks(&[Rotation, Straighten, FlipHorizontal, FlipVertical]) {
        // half the long edge swings by this many px of a picture of 1024: counted as a move of the whole would be
        let swing = 512.0 * turned.to_radians();
        found.kept *= if turn.abs() > QUARTER_DEG {
            MIRRORED
        } else {
            1.0 - saturating(swing, 20.0, 0.5)
        };
        found
            .what
            .push(said!("turned by {angle}°", angle = signed(turn, 1)));
    }
    if asks(&[Rotation, Straighten, Aspect]) {
        return found;
    }
    if (at.pose.zoom - 1.0).abs() < 0.01 && !at.pose.mirrored && turn.abs() < QUARTER_DEG {
        let moved = 1024.0 * at.pose.x.hypot(at.pose.y) as f32;
        found.kept *= 1.0 - saturating(moved, 12.0, 0.6);
        if moved > 1.0 {
            let share = moved / 10.24;
            found.what.push(said!(
                "moved by {share} % of its length",
                share = decimals(share, 1)
            ));
        }
    }
    let cut = (cut_off(before) - FREE_CUT).max(0.0);
    if cut > 0.0 {
        found.kept *= 1.0 - saturating(cut, 0.35, 0.95);
        found.what.push(said!(
            "{share} of the picture cut off",
            share = percent(cut)
        ));
    }
    found
}

/// A frame that has changed beyond what was asked; what was asked, following checks.
pub(crate) fn find(before: &Before<'_>, _: &After) -> Finding {
    let Unasked { kept, what } = unasked(before);
    if what.is_empty() {
        return Finding::none("frame");
    }
    Finding {
        id: "frame",
        text: said!(
            "The frame has changed though it was not asked: {what}.",
            what = Said::commas(what)
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
