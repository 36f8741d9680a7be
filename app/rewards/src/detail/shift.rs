//! Whether everything has moved.

use retake_core::{Mask, decimals, said, signed};

use crate::finding::{Finding, saturating};
use crate::scene::{After, Before};

/// How far the whole has moved, px of a picture of 1024: a pixel of a large picture is less than one of a small one.
pub(crate) fn seen(before: &Before<'_>, after: &After) -> f32 {
    let long_edge = before.width().max(before.height()) as f32;
    after.shift.length() * (1024.0 / long_edge).clamp(0.5, 2.0)
}

/// A move of the whole picture that nobody asked for.
pub(crate) fn find(before: &Before<'_>, after: &After) -> Finding {
    let px = after.shift.length();
    if px == 0.0 {
        return Finding::none("shift");
    }
    let seen = seen(before, after);
    Finding {
        id: "shift",
        text: said!(
            "The picture has moved by {px} px ({x} across, {y} down).",
            px = decimals(px, 1),
            x = signed(after.shift.x, 1),
            y = signed(after.shift.y, 1)
        ),
        cost: saturating(seen, 12.0, 0.6),
        spread: saturating(0.3, 12.0, 0.6),
        map: Some(Mask::uniform(
            before.width(),
            before.height(),
            (seen / 16.0).min(1.0),
        )),
    }
}
