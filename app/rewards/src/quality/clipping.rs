//! Parts that have become plain white or plain black.

use retake_core::{Mask, said};

use crate::asked::Leave;
use crate::detail::newly_clipped;
use crate::finding::{Finding, percent, saturating, shown};
use crate::scene::{After, Before};
use crate::tiles;

/// This share of specular highlights or deep shadows may clip in any picture.
const FREE: f32 = 0.004;

pub(super) fn find(before: &Before<'_>, after: &After) -> Finding {
    let light_relief = before.asked.relief(Leave::ClipLight);
    let dark_relief = before.asked.relief(Leave::ClipDark);
    let (width, height) = (before.width(), before.height());
    let mut kept = vec![1.0f32; width];
    let areas = tiles::areas(width, height);
    let lost = tiles::rows(width, height, |y, [light, dark]| {
        newly_clipped(before, after, y * width, light, dark);
        for (lost, relief) in [(light, &light_relief), (dark, &dark_relief)] {
            relief.kept(y * width, &mut kept);
            for (lost, kept) in lost.iter_mut().zip(&kept) {
                *lost *= kept;
            }
        }
    });
    let sums: tiles::Sums<3> = std::array::from_fn(|t| [lost[t][0], lost[t][1], areas[t]]);
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
        map: shown(cost, || {
            let (mut light, mut dark) =
                (vec![0.0f32; width * height], vec![0.0f32; width * height]);
            newly_clipped(before, after, 0, &mut light, &mut dark);
            for (light, dark) in light.iter_mut().zip(&dark) {
                *light = light.max(*dark);
            }
            Mask {
                width,
                height,
                values: light,
            }
        }),
    }
}
