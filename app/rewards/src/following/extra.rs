//! Whether more was done than was asked: "warmer" is not a wish for more contrast. Judges of edits ask for "nothing extra"
//! beside accuracy and completeness (EditReward, arXiv 2509.26346, rubric 1), and so does this, for the five things that
//! everybody sees: lightness, contrast, warmth, tint and saturation of the whole photo.
//!
//! A step that no degree word is needed for is free, since honest changes bring a little of each other along; goals that
//! bring more of one along are in the table.
//!
//! And for the frame: a photo that comes back mirrored, turned, cropped or moved is not the photo that was to be edited.

use retake_core::{Quantity as Q, Reason, Said, Scale, decimals, said, signed};
use retake_pixels::lab::Lab;
use retake_pixels::sums::dot;

use super::words::from_to;
use crate::detail::{regional, seen_shift, unasked_frame, uneven_cost};
use crate::finding::saturating;
use crate::looks::Looks;
use crate::scene::{After, Before};

/// Steps that are free, and with a goal that moves this along.
const FREE: (f32, f32) = (1.0, 2.5);
/// How further steps cost: by a factor of e per this many steps, at most.
const COST: (f32, f32) = (2.5, 0.5);

/// (what may have changed, goals that ask for it, goals that bring it along).
const AXES: &[(Q, &[Q], &[Q])] = &[
    (
        Q::Lightness,
        &[
            Q::Exposure,
            Q::Lightness,
            Q::Highlights,
            Q::Shadows,
            Q::Whites,
            Q::Blacks,
            Q::Fade,
            Q::Haze,
            Q::Glow,
            Q::Vignette,
            Q::Posterise,
        ],
        &[
            Q::Contrast,
            Q::Monochrome,
            Q::Toning,
            Q::Warmth,
            Q::ShadowTone,
            Q::HighlightTone,
            Q::Painterly,
            Q::MotionBlur,
            Q::Blur,
        ],
    ),
    (
        Q::Contrast,
        &[
            Q::Contrast,
            Q::Highlights,
            Q::Shadows,
            Q::Whites,
            Q::Blacks,
            Q::Fade,
            Q::Haze,
            Q::Glow,
            Q::Vignette,
            Q::Posterise,
            Q::Clarity,
            Q::Exposure,
            Q::Blur,
            Q::MotionBlur,
            Q::Pixelate,
            Q::Painterly,
        ],
        &[
            Q::Lightness,
            Q::Monochrome,
            Q::Toning,
            Q::Sharpness,
            Q::Texture,
        ],
    ),
    (
        Q::Warmth,
        &[
            Q::Warmth,
            Q::Cast,
            Q::Hue,
            Q::Monochrome,
            Q::Toning,
            Q::ShadowTone,
            Q::HighlightTone,
            Q::Tint,
            Q::Saturation,
            Q::Vibrance,
            Q::Posterise,
        ],
        &[
            Q::Lightness,
            Q::Exposure,
            Q::Contrast,
            Q::Haze,
            Q::Fade,
            Q::Shadows,
            Q::Highlights,
            Q::Blacks,
            Q::Whites,
        ],
    ),
    (
        Q::Tint,
        &[
            Q::Tint,
            Q::Cast,
            Q::Hue,
            Q::Monochrome,
            Q::Toning,
            Q::ShadowTone,
            Q::HighlightTone,
            Q::Saturation,
            Q::Vibrance,
            Q::Posterise,
        ],
        &[
            Q::Warmth,
            Q::Lightness,
            Q::Exposure,
            Q::Contrast,
            Q::Haze,
            Q::Fade,
            Q::Shadows,
            Q::Highlights,
            Q::Blacks,
            Q::Whites,
        ],
    ),
    (
        Q::Saturation,
        &[
            Q::Saturation,
            Q::Vibrance,
            Q::Monochrome,
            Q::Toning,
            Q::Hue,
            Q::Fade,
            Q::Haze,
            Q::Posterise,
            Q::Cast,
            Q::ShadowTone,
            Q::HighlightTone,
        ],
        &[
            Q::Warmth,
            Q::Tint,
            Q::Lightness,
            Q::Exposure,
            Q::Contrast,
            Q::Shadows,
            Q::Highlights,
            Q::Blacks,
            Q::Whites,
            Q::Glow,
            Q::Clarity,
        ],
    ),
];

/// Goals that may turn all hues, and goals that turn them a little.
const TURN_HUES: &[Q] = &[
    Q::Hue,
    Q::Monochrome,
    Q::Toning,
    Q::ShadowTone,
    Q::HighlightTone,
    Q::Posterise,
];
const TURN_HUES_A_LITTLE: &[Q] = &[
    Q::Warmth,
    Q::Tint,
    Q::Cast,
    Q::Saturation,
    Q::Vibrance,
    Q::Exposure,
    Q::Lightness,
    Q::Contrast,
    Q::Haze,
    Q::Fade,
];
/// Degrees that are free, and with a goal that turns hues a little; and how more cost, as in `COST`.
const FREE_HUE_DEG: (f32, f32) = (10.0, 20.0);
const HUE_COST: (f32, f32) = (14.0, 0.6);
/// Colours must differ by this much, root mean square C* about their mean, and agree in the turn by this correlation.
const HUES: (f32, f32) = (4.0, 0.6);

/// By how many degrees all colours have turned about their mean (Procrustes: Kendall 1984, "Shape manifolds", §1): a
/// light of another colour moves them together and turns none. 0 where there is not enough colour to tell.
fn turn_deg(source: &Lab, edit: &Lab, looks: &[Looks; 2]) -> f32 {
    // sums of products first, less those of the means
    let mut sums = [0.0f64; 4];
    for y in 0..source.height {
        let span = y * source.width..(y + 1) * source.width;
        let (a, b) = (&source.a[span.clone()], &source.b[span.clone()]);
        let (c, d) = (&edit.a[span.clone()], &edit.b[span]);
        let row = [
            dot(a, c) + dot(b, d),
            dot(a, d) - dot(b, c),
            dot(a, a) + dot(b, b),
            dot(c, c) + dot(d, d),
        ];
        for (sum, value) in sums.iter_mut().zip(row) {
            *sum += f64::from(value);
        }
    }
    let count = source.len() as f64;
    let [[a, b], [c, d]] = looks.map(|looks| [looks.a, looks.b].map(f64::from));
    let means = [a * c + b * d, a * d - b * c, a * a + b * b, c * c + d * d];
    let mut sums = sums
        .into_iter()
        .zip(means)
        .map(|(sum, mean)| sum - count * mean);
    let sums: [f64; 4] = std::array::from_fn(|_| sums.next().unwrap_or_default());
    let [along, across, from, to] = sums;
    let least = f64::from(HUES.0 * HUES.0) * source.len() as f64;
    let together = along.hypot(across) / (from * to).sqrt().max(1e-9);
    if from < least || to < least || together < f64::from(HUES.1) {
        return 0.0;
    }
    across.atan2(along).to_degrees() as f32
}

/// How many steps of a moderate degree lie between two values.
fn steps(quantity: Q, from: f32, to: f32) -> f32 {
    let info = quantity.info();
    match info.scale {
        Scale::Delta(steps) => (to - from).abs() / steps[1],
        // two of nearly nothing are one nearly nothing
        Scale::Factor(steps) => {
            let floor = 4.0 * info.visible;
            (((to + floor) / (from + floor)).ln() / steps[1].ln()).abs()
        }
        Scale::Target { tolerance } => (to - from).abs() / tolerance,
    }
}

/// A move of the whole that is free, px of a picture of 1024; and how more of it costs, as in `COST`.
const FREE_MOVE_PX: f32 = 1.5;
const MOVE: (f32, f32) = (12.0, 0.6);

/// A factor on the score, with its reason, when the frame is not as it was and nobody asked for that.
pub(super) fn frame(before: &Before<'_>, after: &After) -> (f32, Option<Reason>) {
    let mut found = unasked_frame(before);
    let moved = seen_shift(before, after) - FREE_MOVE_PX;
    if moved > 0.0 {
        found.kept *= 1.0 - saturating(moved, MOVE.0, MOVE.1);
        found.what.push(said!(
            "moved by {px} px",
            px = decimals(after.shift.length(), 1)
        ));
    }
    let reason = (found.kept < 0.99).then(|| Reason {
        id: "frame".to_owned(),
        text: said!(
            "more than was asked: the picture is also {what}",
            what = Said::commas(found.what)
        ),
        passed: Some(false).filter(|_| found.kept < 0.9),
        cost: 1.0 - found.kept,
        check: None,
        evidence: None,
    });
    (found.kept, reason)
}

/// A cost of unevenness up to this comes with honest changes.
const FREE_UNEVEN: f32 = 0.015;

/// A factor on the score, with its reason, when light or colour also changed in places: a vignette that nobody asked for.
pub(super) fn places(before: &Before<'_>, after: &After) -> (f32, Option<Reason>) {
    let uneven = (uneven_cost(before, after).0 - FREE_UNEVEN).max(0.0);
    let reason = (uneven > 0.01).then(|| Reason {
        id: "places".to_owned(),
        text: said!("more than was asked: light or colour also changed in places"),
        passed: Some(false).filter(|_| uneven > 0.1),
        cost: uneven,
        check: None,
        evidence: None,
    });
    (1.0 - uneven, reason)
}

/// A factor on the score, with its reason when anything extra shows.
pub(super) fn tones(before: &Before<'_>, after: &After) -> (f32, Option<Reason>) {
    let goals = &before.instruction.understood.goals;
    if goals.is_empty() || regional(before) {
        return (1.0, None);
    }
    let among = |list: &[Q]| goals.iter().any(|goal| list.contains(&goal.quantity));
    let (source, edit) = (*before.side.looks(), Looks::of(&after.lab, &after.chroma));
    let (mut kept, mut changes) = (1.0f32, Vec::new());
    for &(quantity, asks, brings) in AXES {
        if among(asks) {
            continue;
        }
        let (from, to) = (value(quantity, &source), value(quantity, &edit));
        let free = if among(brings) { FREE.1 } else { FREE.0 };
        let cost = saturating(steps(quantity, from, to) - free, COST.0, COST.1);
        if cost > 0.01 {
            changes.push(said!(
                "{what} ({change} {unit})",
                what = Said::name(quantity.info().words[usize::from(to < from)]),
                change = from_to(from, to),
                unit = Said::name(quantity.info().unit)
            ));
        }
        kept *= 1.0 - cost;
    }
    if !among(TURN_HUES) {
        let turn = turn_deg(before.lab(), &after.lab, &[source, edit]);
        let free = if among(TURN_HUES_A_LITTLE) {
            FREE_HUE_DEG.1
        } else {
            FREE_HUE_DEG.0
        };
        let cost = saturating(turn.abs() - free, HUE_COST.0, HUE_COST.1);
        if cost > 0.01 {
            changes.push(said!(
                "all hues turned by {angle}°",
                angle = signed(turn, 0)
            ));
        }
        kept *= 1.0 - cost;
    }
    let reason = (!changes.is_empty()).then(|| Reason {
        id: "extra".to_owned(),
        text: said!(
            "more than was asked: also {what}",
            what = Said::commas(changes)
        ),
        passed: Some(false).filter(|_| kept < 0.9),
        cost: 1.0 - kept,
        check: None,
        evidence: None,
    });
    (kept, reason)
}

fn value(quantity: Q, looks: &Looks) -> f32 {
    match quantity {
        Q::Lightness => looks.l,
        Q::Tint => looks.a,
        Q::Warmth => looks.b,
        Q::Saturation => looks.chroma,
        _ => looks.deviation,
    }
}
