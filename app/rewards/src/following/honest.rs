//! Whether a change is what its figure says. A mean can be moved by painting one corner, an acutance by strewing noise, a
//! vignette by blackening one corner; the figure is then right and the wish is not met.

use retake_core::{Change, Goal, Quantity as Q, Said, said};
use retake_pixels::lab::Lab;

use crate::detail::{regional, works_in_places};
use crate::finding::smoothstep;
use crate::quality::wash_over_blacks;
use crate::scene::{After, Before};

/// A change that is not what it seems keeps at least this share of its credit.
const LEAST: f32 = 0.15;
/// Share of a change of the whole photo that its colours explain: nothing is credited below, everything above.
const EVEN: (f32, f32) = (0.3, 0.75);
/// Share of the fine detail at the source's edges that is the source's own, squared correlation.
const OWN: (f32, f32) = (0.45, 0.85);
/// C* of a wash over the blacks, beyond what a light of another colour does there, that is not seen and that is plain;
/// and how much credit it can take.
const WASH: (f32, f32, f32) = (1.0, 5.0, 0.4);
/// How far colours of the same lightness may differ in a toned picture: a brown photo is not a sepia print.
const OWN_COLOURS: (f32, f32) = (0.25, 0.4);
/// The same as shares of what the photo had: toning is a change, so that a nearly toned photo left alone is not toned.
const OWN_COLOURS_LEFT: (f32, f32) = (0.6, 0.9);
/// From here down a photo is a toned print already, and need not change.
const PRINT: f32 = 0.12;
/// Mean C* of a print that is stronger than inks are, and that is paint.
const INK: (f32, f32) = (36.0, 58.0);
/// The second darkest corner against the darkest.
const CORNERS: (f32, f32) = (0.02, 0.25);

fn in_places() -> Said {
    said!("but only in places, not over the whole photo")
}

const LIGHT: &[Q] = &[
    Q::Exposure,
    Q::Lightness,
    Q::Contrast,
    Q::Highlights,
    Q::Shadows,
    Q::Whites,
    Q::Blacks,
    Q::Fade,
];
const COLOUR: &[Q] = &[
    Q::Warmth,
    Q::Tint,
    Q::Saturation,
    Q::Vibrance,
    Q::ShadowTone,
    Q::HighlightTone,
];
const FINE: &[Q] = &[Q::Sharpness, Q::Clarity, Q::Texture];

/// A factor on the credit of a goal of the whole photo, with its reason when it is small.
pub(super) fn factor(goal: &Goal, before: &Before<'_>, after: &After) -> (f32, Option<Said>) {
    let is = |list: &[Q]| list.contains(&goal.quantity);
    let raised = goal.change == Change::Raise;
    let mut doubts: Vec<(f32, Said)> = Vec::new();
    if is(LIGHT) && !works_in_places(before) {
        doubts.push((smoothstep(EVEN.0, EVEN.1, after.even.light), in_places()));
    }
    if is(COLOUR) && !regional(before) {
        doubts.push((smoothstep(EVEN.0, EVEN.1, after.even.colour), in_places()));
    }
    if is(&[Q::Warmth, Q::Tint]) {
        let wash = smoothstep(WASH.0, WASH.1, wash_over_blacks(before, after));
        doubts.push((
            1.0 - WASH.2 * wash,
            said!("but as a wash over the blacks, not as a light"),
        ));
    }
    if is(FINE) && raised {
        let own = smoothstep(OWN.0, OWN.1, own_detail(after));
        doubts.push((
            own,
            said!("but much of the fine detail is not the photo's own"),
        ));
    }
    if is(&[Q::Vignette]) && raised {
        let even = smoothstep(CORNERS.0, CORNERS.1, corners(before, after));
        doubts.push((even, said!("but only in one corner")));
    }
    if is(&[Q::Toning]) && goal.change == Change::Set {
        let had = own_colours(before.lab());
        let (mut free, mut all) = OWN_COLOURS;
        if had > PRINT {
            (free, all) = (
                free.min(OWN_COLOURS_LEFT.0 * had),
                all.min(OWN_COLOURS_LEFT.1 * had),
            );
        }
        let own = smoothstep(free, all, own_colours(&after.lab));
        doubts.push((1.0 - own, said!("but it still has colours of its own")));
        let chroma = after.chroma.iter().sum::<f32>() / after.chroma.len().max(1) as f32;
        let paint = smoothstep(INK.0, INK.1, chroma);
        doubts.push((1.0 - paint, said!("but more strongly than any print")));
    }
    let share: f32 = doubts.iter().map(|doubt| doubt.0).product();
    let worst = doubts.into_iter().min_by(|a, b| a.0.total_cmp(&b.0));
    let factor = LEAST + (1.0 - LEAST) * share;
    (factor, worst.filter(|_| factor < 0.85).map(|doubt| doubt.1))
}

/// How much of the edit's fine detail is explained by the source's, where the source has edges: 1 all.
fn own_detail(after: &After) -> f32 {
    let (mut own, mut all) = (0.0f64, 0.0f64);
    for products in &after.products[0] {
        let weight = f64::from(products.source.sqrt());
        own += weight * f64::from(products.likeness().max(0.0).powi(2));
        all += weight;
    }
    if all > 1e-6 { (own / all) as f32 } else { 1.0 }
}

/// How far colours of the same lightness differ, against how strong they are: root mean squares of a* and b* about
/// their mean at each L* and about grey. 0 for a print in one tint, which has one colour for each tone.
fn own_colours(lab: &Lab) -> f32 {
    const BINS: usize = 25;
    let mut bins = [[0.0f64; 4]; BINS];
    for ((l, a), b) in lab.l.iter().zip(&lab.a).zip(&lab.b) {
        let bin = &mut bins[((l / 4.0).clamp(0.0, 24.0)) as usize];
        let (a, b) = (f64::from(*a), f64::from(*b));
        for (sum, value) in bin.iter_mut().zip([1.0, a, b, a * a + b * b]) {
            *sum += value;
        }
    }
    let squares: f64 = bins.iter().map(|bin| bin[3]).sum();
    let within: f64 = bins
        .iter()
        .map(|bin| bin[3] - (bin[1] * bin[1] + bin[2] * bin[2]) / bin[0].max(1.0))
        .sum();
    (within.max(0.0) / squares.max(1e-6)).sqrt() as f32
}

/// Whether each tone has one colour, as in a toned print.
pub(super) fn is_print(lab: &Lab) -> bool {
    own_colours(lab) <= PRINT
}

/// How much the second darkest corner has darkened against the darkest: 1 as much, 0 not at all.
fn corners(before: &Before<'_>, after: &After) -> f32 {
    let grid = before.side.grid;
    let (columns, rows) = (grid.columns.div_ceil(4), grid.rows.div_ceil(4));
    let (from, to) = (&before.side.means.l, &after.means.l);
    let mut fallen =
        [(true, true), (true, false), (false, true), (false, false)].map(|(left, top)| {
            let x0 = if left { 0 } else { grid.columns - columns };
            let y0 = if top { 0 } else { grid.rows - rows };
            let blocks =
                (y0..y0 + rows).flat_map(|y| (x0..x0 + columns).map(move |x| y * grid.columns + x));
            let fall: f32 = blocks.map(|b| from[b] - to[b]).sum();
            fall / (columns * rows) as f32
        });
    fallen.sort_by(f32::total_cmp);
    if fallen[3] > 0.5 {
        (fallen[2] / fallen[3]).max(0.0)
    } else {
        1.0
    }
}
