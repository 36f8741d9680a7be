//! Change where none was asked: CIEDE2000 outside the asked regions.

use retake_core::{Mask, decimals, said};
use retake_pixels::delta_e::delta_e2000_plane;

use crate::finding::{Finding, percent, saturating};
use crate::scene::{After, Before};
use crate::tiles;

/// Colour differences up to this are not seen in passing, or come from a file's rounding.
const UNSEEN: f32 = 2.0;
/// Regions of tone or colour have no sharp edge, so that their neighbours may follow a little.
const UNSEEN_NEAR_TONES: f32 = 4.5;

/// Change outside the asked region; nothing when the whole photo was meant.
pub(crate) fn find(before: &Before<'_>, after: &After) -> Finding {
    let Some(inside) = &before.asked.inside else {
        return Finding::none("outside");
    };
    let free = if before.asked.tonal {
        UNSEEN_NEAR_TONES
    } else {
        UNSEEN
    };
    let difference = delta_e2000_plane(before.lab(), &after.lab);
    let mut map = vec![0.0f32; difference.len()];
    let sums = tiles::sum(before.width(), before.height(), |i| {
        // the soft edge of a mask belongs to the inside
        let outside = (1.0 - 2.5 * inside.values[i]).max(0.0);
        if outside <= 0.0 {
            return None;
        }
        let excess = (difference[i] - free).max(0.0);
        map[i] = outside * (excess / 10.0).min(1.0);
        let seen = if excess > 1.0 { outside } else { 0.0 };
        Some([
            outside * excess.min(30.0),
            outside * difference[i],
            seen,
            outside,
        ])
    });
    let total = tiles::total(&sums);
    let area = (before.lab().len() as f64 * 0.01).max(1.0);
    if total[3] < area {
        return Finding::none("outside");
    }
    let (scale, most) = if before.asked.tonal {
        (9.0, 0.5)
    } else {
        (4.0, 0.85)
    };
    let (cost, spread) = tiles::jackknife(&sums, |s| {
        saturating((s[0] / s[3].max(1.0)) as f32, scale, most)
    });
    Finding {
        id: "outside",
        text: said!(
            "Outside the asked region: mean ΔE {mean}, visible over {share} of it.",
            mean = decimals(total[1] / total[3], 1),
            share = percent((total[2] / total[3]) as f32)
        ),
        cost,
        spread,
        map: Some(Mask {
            width: before.width(),
            height: before.height(),
            values: map,
        }),
    }
}
