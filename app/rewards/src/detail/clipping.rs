//! Detail that was there and has run into white, black or the edge of the colours.

use retake_core::{Keep, Mask, said};
use retake_pixels::sums::total;
use retake_pixels::vectorised;

use crate::asked::Leave;
use crate::extremes::{self, run};
use crate::finding::{Finding, percent, saturating, shown};
use crate::scene::{After, Before};
use crate::tiles;

/// How much of the tone of a run of pixels from `start` on is newly lost at the light and at the dark end, 0 to 1 each.
pub(crate) fn newly(
    before: &Before<'_>,
    after: &After,
    start: usize,
    light: &mut [f32],
    dark: &mut [f32],
) {
    let length = light.len();
    extremes::newly(
        run(&before.side.ends, start, length),
        run(&after.ends, start, length),
        light,
        dark,
    );
}

vectorised! {
    /// What is lost counts by the detail that was there, and as far as it is not forgiven.
    fn weighed(contrast: &[f32], kept: &[f32], lost: &mut [f32]) {
        for ((lost, contrast), kept) in lost.iter_mut().zip(contrast).zip(kept) {
            let there = 0.08 + 0.92 * contrast / (contrast + 1.0);
            *lost = *lost * there * kept;
        }
    }
}

/// Detail lost to clipping.
pub(crate) fn find(before: &Before<'_>, after: &After) -> Finding {
    let (width, height) = (before.width(), before.height());
    let light_relief = before.asked.relief(Leave::ClipLight);
    let dark_relief = before.asked.relief(Leave::ClipDark);
    let forbidden = |keep: Keep| {
        let constraints = &before.instruction.understood.constraints;
        constraints.iter().any(|constraint| constraint.keep == keep)
    };
    let (no_light, no_dark) = (
        forbidden(Keep::HighlightDetail),
        forbidden(Keep::ShadowDetail),
    );
    let mut kept = vec![1.0f32; width];
    let mut lost = |y: usize, light: &mut [f32], dark: &mut [f32]| {
        let start = y * width;
        newly(before, after, start, light, dark);
        if total(light) + total(dark) <= 0.0 {
            return;
        }
        let contrast = &before.side.contrast()[start..start + width];
        for (lost, relief, never) in [
            (light, &light_relief, no_light),
            (dark, &dark_relief, no_dark),
        ] {
            match never {
                true => kept.fill(1.0),
                false => relief.kept(start, &mut kept),
            }
            weighed(contrast, &kept, lost);
        }
    };
    let sums = tiles::rows(width, height, |y, [light, dark]| lost(y, light, dark));
    let pixels = before.lab().len();
    let area = pixels.max(1) as f64;
    let cost_of = |s: &[f64; 2]| saturating(((s[0] + s[1]) / area) as f32 - 0.006, 0.26, 0.97);
    let (cost, spread) = tiles::jackknife(&sums, cost_of);
    let [light, dark] = tiles::total(&sums).map(|sum| (sum / area) as f32);
    Finding {
        id: "clipped_detail",
        text: said!(
            "Detail lost to clipping: {light} of the picture in the highlights, {dark} in the shadows.",
            light = percent(light),
            dark = percent(dark)
        ),
        cost,
        spread,
        map: shown(cost, || {
            let mut values = vec![0.0f32; pixels];
            let mut dark = vec![0.0f32; width];
            for (y, light) in values.chunks_mut(width).enumerate() {
                lost(y, light, &mut dark);
                for (value, dark) in light.iter_mut().zip(&dark) {
                    *value = (*value + dark).min(1.0);
                }
            }
            Mask {
                width,
                height,
                values,
            }
        }),
    }
}
