//! Whether more was done than was asked: "warmer" is not a wish for more contrast. Judges of edits ask for "nothing extra"
//! beside accuracy and completeness (EditReward, arXiv 2509.26346, rubric 1), and so does this, for the five things that
//! everybody sees: lightness, contrast, warmth, tint and saturation of the whole photo.
//!
//! A step that no degree word is needed for is free, since honest changes bring a little of each other along; goals that
//! bring more of one along are in the table.

use retake_core::{Quantity as Q, Reason, Scale};
use retake_pixels::lab::Lab;

use super::words::number;
use crate::detail::regional;
use crate::finding::saturating;
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

/// A factor on the score, with its reason when anything extra shows.
pub(super) fn check(before: &Before<'_>, after: &After) -> (f32, Option<Reason>) {
    let goals = &before.instruction.understood.goals;
    if goals.is_empty() || regional(before) {
        return (1.0, None);
    }
    let among = |list: &[Q]| goals.iter().any(|goal| list.contains(&goal.quantity));
    let source = looks(before.lab(), &before.chroma);
    let edit = looks(&after.lab, &after.chroma);
    let (mut kept, mut changes) = (1.0f32, Vec::new());
    for &(quantity, asks, brings) in AXES {
        if among(asks) {
            continue;
        }
        let (from, to) = (value(quantity, &source), value(quantity, &edit));
        let free = if among(brings) { FREE.1 } else { FREE.0 };
        let cost = saturating(steps(quantity, from, to) - free, COST.0, COST.1);
        if cost > 0.01 {
            let word = quantity.info().words[usize::from(to < from)];
            changes.push(format!(
                "{word} ({} → {} {})",
                number(from),
                number(to),
                quantity.info().unit
            ));
        }
        kept *= 1.0 - cost;
    }
    let reason = (!changes.is_empty()).then(|| Reason {
        id: "extra".to_owned(),
        text: format!("more than was asked: also {}", changes.join(", ")),
        passed: Some(false).filter(|_| kept < 0.9),
        cost: 1.0 - kept,
        check: None,
        evidence: None,
    });
    (kept, reason)
}

/// Means of L*, a*, b* and C*, and the standard deviation of L*, in one go; as `QUANTITIES` defines them.
fn looks(lab: &Lab, chroma: &[f32]) -> [f32; 5] {
    let mut sums = [0.0f64; 5];
    for y in 0..lab.height {
        let mut row = [0.0f32; 5];
        let span = y * lab.width..(y + 1) * lab.width;
        for (((l, a), b), c) in lab.l[span.clone()]
            .iter()
            .zip(&lab.a[span.clone()])
            .zip(&lab.b[span.clone()])
            .zip(&chroma[span])
        {
            for (sum, value) in row.iter_mut().zip([*l, *a, *b, *c, l * l]) {
                *sum += value;
            }
        }
        for (sum, value) in sums.iter_mut().zip(row) {
            *sum += f64::from(value);
        }
    }
    let [l, a, b, c, squares] = sums.map(|sum| sum / lab.len().max(1) as f64);
    [l, a, b, c, (squares - l * l).max(0.0).sqrt()].map(|value| value as f32)
}

fn value(quantity: Q, looks: &[f32; 5]) -> f32 {
    match quantity {
        Q::Lightness => looks[0],
        Q::Tint => looks[1],
        Q::Warmth => looks[2],
        Q::Saturation => looks[3],
        _ => looks[4],
    }
}
