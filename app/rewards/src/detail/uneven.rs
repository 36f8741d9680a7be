//! Light or colour that changed in places, though the change was asked of the whole: a vignette, a painted corner, a
//! patch of another picture. What the source's own tones and colours explain of a change is no loss.

use retake_core::{Keep, Quantity, decimals, said, signed};

use crate::finding::{Finding, saturating, shown};
use crate::scene::{After, Before};
use crate::tiles;

/// Local light that comes with any clarity, haze or strong curve: root mean square, L*.
const FREE_LIGHT: f32 = 2.5;
/// The same of colour, C*.
const FREE_COLOUR: f32 = 3.5;
/// L* between corners and centre from which the unevenness is called a vignette.
const VIGNETTE: f32 = 4.0;

/// Goals that work in places of their own choice.
const LOCAL: &[Quantity] = &[
    Quantity::Vignette,
    Quantity::Glow,
    Quantity::Haze,
    Quantity::Clarity,
    Quantity::Painterly,
    Quantity::Pixelate,
    Quantity::Posterise,
    Quantity::Blur,
    Quantity::MotionBlur,
];

/// Whether the instruction means some places more than others.
pub(crate) fn regional(before: &Before<'_>) -> bool {
    let asked = &before.instruction;
    asked.mask.is_some()
        || asked
            .understood
            .goals
            .iter()
            .any(|goal| !goal.region.is_whole())
        || asked.understood.constraints.iter().any(|constraint| {
            matches!(
                constraint.keep,
                Keep::Region(_) | Keep::Colours(_) | Keep::Quantity(..) | Keep::Not(..)
            )
        })
}

/// Whether some goal may rightly change the light of one place more than that of another of the same colour.
pub(crate) fn works_in_places(before: &Before<'_>) -> bool {
    let goals = &before.instruction.understood.goals;
    let local = |quantity: Quantity| LOCAL.contains(&quantity) || quantity.is_geometry();
    regional(before) || goals.iter().any(|goal| local(goal.quantity))
}

/// What unasked unevenness costs, its spread, and the root mean squares of light (L*) and colour (C*) that changed in
/// places.
pub(crate) fn cost(before: &Before<'_>, after: &After) -> (f32, f32, [f32; 2]) {
    if works_in_places(before) {
        return (0.0, 0.0, [0.0; 2]);
    }
    let grid = before.side.grid;
    let (light, colour) = (&after.even.light_left, &after.even.colour_left);
    let mut sums = [[0.0f64; 3]; tiles::COUNT];
    for b in 0..grid.len() {
        let tile = &mut sums[grid.tile(b)];
        tile[0] += f64::from(light[b] * light[b]);
        tile[1] += f64::from(colour[b] * colour[b]);
        tile[2] += 1.0;
    }
    let rms = |s: &[f64; 3], k: usize| (s[k] / s[2].max(1.0)).sqrt() as f32;
    let (cost, spread) = tiles::jackknife(&sums, |s| {
        1.0 - (1.0 - saturating(rms(s, 0) - FREE_LIGHT, 9.0, 0.6))
            * (1.0 - saturating(rms(s, 1) - FREE_COLOUR, 12.0, 0.5))
    });
    let total = tiles::total(&sums);
    (cost, spread, [rms(&total, 0), rms(&total, 1)])
}

/// Unevenness that was not asked.
pub(crate) fn find(before: &Before<'_>, after: &After) -> Finding {
    if works_in_places(before) {
        return Finding::none("uneven");
    }
    let grid = before.side.grid;
    let (light, colour) = (&after.even.light_left, &after.even.colour_left);
    let (cost, spread, [light_rms, colour_rms]) = self::cost(before, after);
    // only what is said is measured: it takes a blur of the whole
    let corners = if cost > 0.005 {
        before
            .side
            .reference
            .after(Quantity::Vignette, &after.lab, None, None)
    } else {
        0.0
    };
    let (light_rms, colour_rms) = (decimals(light_rms, 1), decimals(colour_rms, 1));
    let text = if corners.abs() > VIGNETTE {
        said!(
            "Uneven: light changed by {light} L* and colour by {colour} C* in places, beyond what the tones explain, corners against centre by {corners} L*.",
            light = light_rms,
            colour = colour_rms,
            corners = signed(-corners, 1)
        )
    } else {
        said!(
            "Uneven: light changed by {light} L* and colour by {colour} C* in places, beyond what the tones explain.",
            light = light_rms,
            colour = colour_rms
        )
    };
    let places = || -> Vec<f32> {
        let pairs = light.iter().zip(colour);
        pairs
            .map(|(l, c)| ((l.hypot(*c) - FREE_LIGHT) / 12.0).clamp(0.0, 1.0))
            .collect()
    };
    Finding {
        id: "uneven",
        text,
        cost,
        spread,
        map: shown(cost, || grid.map(&places())),
    }
}
