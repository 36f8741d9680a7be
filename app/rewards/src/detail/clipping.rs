//! Detail that was there and has run into white, black or the edge of the colours.

use retake_core::{Keep, Mask, said};

use crate::asked::Leave;
use crate::extremes::{CLIPPED_HIGH, CLIPPED_LOW, Extremes};
use crate::finding::{Finding, percent, saturating};
use crate::scene::{After, Before};
use crate::tiles;

/// How much of a pixel's tone is newly lost at the light and at the dark end: (light, dark), each 0 to 1.
/// All three channels at their end lose everything. One alone is the edge of the gamut: at the light end it takes
/// some of the tone along, at the dark end it is what strong colours look like.
#[inline]
pub(crate) fn newly(before: &Before<'_>, after: &After, i: usize) -> (f32, f32) {
    let end = |all: bool, any: bool, one: f32| match (all, any) {
        (true, _) => 1.0,
        (false, true) => one,
        (false, false) => 0.0,
    };
    let light = |e: &Extremes| end(e.is_white(i), e.largest[i] >= CLIPPED_HIGH, 0.16);
    let dark = |e: &Extremes| end(e.is_black(i), e.smallest[i] <= CLIPPED_LOW, 0.03);
    (
        (light(&after.extremes) - light(&before.extremes)).max(0.0),
        (dark(&after.extremes) - dark(&before.extremes)).max(0.0),
    )
}

/// Detail lost to clipping.
pub(crate) fn find(before: &Before<'_>, after: &After) -> Finding {
    let pixels = before.lab().len();
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
    let [fine, medium, _] = &before.bands.planes;
    let mut map = vec![0.0f32; pixels];
    let sums = tiles::sum(before.width(), before.height(), |i| {
        let (light, dark) = newly(before, after, i);
        if light + dark <= 0.0 {
            return Some([0.0, 0.0, 0.0]);
        }
        let contrast = fine[i].abs() + medium[i].abs();
        let there = 0.08 + 0.92 * contrast / (contrast + 1.0);
        let excuse = |relief: f32, never: bool| if never { 1.0 } else { 1.0 - relief };
        let light = light * there * excuse(light_relief.at(i), no_light);
        let dark = dark * there * excuse(dark_relief.at(i), no_dark);
        map[i] = (light + dark).min(1.0);
        Some([light, dark, 0.0])
    });
    let area = pixels.max(1) as f64;
    let cost_of = |s: &[f64; 3]| saturating(((s[0] + s[1]) / area) as f32 - 0.006, 0.26, 0.97);
    let (cost, spread) = tiles::jackknife(&sums, cost_of);
    let [light, dark, _] = tiles::total(&sums).map(|sum| (sum / area) as f32);
    Finding {
        id: "clipped_detail",
        text: said!(
            "Detail lost to clipping: {light} of the picture in the highlights, {dark} in the shadows.",
            light = percent(light),
            dark = percent(dark)
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
