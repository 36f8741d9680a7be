//! Parts that have become plain white or plain black.

use retake_core::{Mask, said};

use crate::asked::Leave;
use crate::detail::newly_clipped;
use crate::finding::{Finding, percent, saturating};
use crate::scene::{After, Before};
use crate::tiles;

/// This share of specular highlights or deep shadows may clip in any picture.
const FREE: f32 = 0.004;

pub(super) fn find(before: &Before<'_>, after: &After) -> Finding {
    let light_relief = before.asked.relief(Leave::ClipLight);
    let dark_relief = before.asked.relief(Leave::ClipDark);
    let mut map = vec![0.0f32; before.lab().len()];
    let sums = tiles::sum(before.width(), before.height(), |i| {
        let (light, dark) = newly_clipped(before, after, i);
        if light + dark > 0.0 {
            map[i] = light.max(dark);
        }
        Some([
            light * (1.0 - light_relief.at(i)),
            dark * (1.0 - dark_relief.at(i)),
            1.0,
        ])
    });
    let share = |s: &[f64; 3], k: usize| (s[k] / s[2].max(1.0)) as f32;
    let (cost, spread) = tiles::jackknife(&sums, |s| {
        // white holes are uglier than black ones
        saturating(share(s, 0) - FREE + 0.7 * share(s, 1), 0.12, 0.55)
    });
    let total = tiles::total(&sums);
    Finding {
        id: "clipping",
        text: said!(
            "Clipping: {light} of the picture newly without tone in the highlights, {dark} in the shadows.",
            light = percent(share(&total, 0)),
            dark = percent(share(&total, 1))
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
