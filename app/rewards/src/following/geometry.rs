//! Crops, turns and mirrors, as registration found them.

use retake_core::{Amount, Change, Goal, Quantity, Said, decimals, said};
use retake_pixels::horizon::tilt_deg;

use crate::align::How;
use crate::scene::{After, Before};

/// A measured geometry: before, after, and a factor on the credit with its reason when it was done badly.
pub(super) struct Measured {
    pub(super) before: f32,
    pub(super) after: f32,
    pub(super) factor: f32,
    pub(super) remark: Option<Said>,
}

/// Degrees in (−180, 180].
fn wrapped(degrees: f64) -> f32 {
    let wrapped = (degrees + 180.0).rem_euclid(360.0) - 180.0;
    if wrapped == -180.0 {
        180.0
    } else {
        wrapped as f32
    }
}

/// Measures a geometry goal.
pub(super) fn measure(goal: &Goal, before: &Before<'_>, after: &After) -> Measured {
    let at = &before.alignment;
    let turned = wrapped(at.pose.angle_deg);
    let plain = |before: f32, after: f32| Measured {
        before,
        after,
        factor: 1.0,
        remark: None,
    };
    match goal.quantity {
        Quantity::Aspect => aspect(before),
        Quantity::Straighten
            if goal.change == Change::Set && !matches!(goal.amount, Amount::Units(_)) =>
        {
            match (tilt_deg(before.lab()), tilt_deg(&after.lab)) {
                // the common frame shows the source as the edit has it: its lean before is less by the turn
                (Some(lean), Some(left)) => plain(lean - turned, left),
                (Some(lean), None) => plain(lean - turned, lean),
                _ => Measured {
                    // it may be straight or not: nobody can tell
                    factor: 0.6,
                    remark: Some(said!("no horizon was found")),
                    ..plain(0.0, turned)
                },
            }
        }
        Quantity::FlipHorizontal | Quantity::FlipVertical => {
            let upside_down = turned.abs() > 135.0;
            let level = turned.abs() < 45.0;
            let both = both_flips(before);
            let done = match goal.quantity {
                _ if both && !at.pose.mirrored => upside_down,
                Quantity::FlipHorizontal => at.pose.mirrored && level,
                _ => at.pose.mirrored && upside_down,
            };
            plain(1.0, if done { 0.0 } else { 1.0 })
        }
        _ => plain(0.0, turned),
    }
}

fn both_flips(before: &Before<'_>) -> bool {
    let asked = |quantity| {
        let goals = &before.instruction.understood.goals;
        goals.iter().any(|goal| goal.quantity == quantity)
    };
    asked(Quantity::FlipHorizontal) && asked(Quantity::FlipVertical)
}

/// Width over height, and whether it was reached by cutting and not by stretching.
fn aspect(before: &Before<'_>) -> Measured {
    let at = &before.alignment;
    let ratio = |(width, height): (usize, usize)| width as f32 / height.max(1) as f32;
    let (from, to) = (ratio(at.source), ratio(at.edit));
    let mut measured = Measured {
        before: from,
        after: to,
        factor: 1.0,
        remark: None,
    };
    if at.how == How::Resized && (to / from - 1.0).abs() > 0.012 {
        measured.factor = 0.15;
        measured.remark = Some(said!("stretched instead of cropped"));
    } else if at.how == How::Registered {
        // how much of the largest possible window of this shape is left
        let long = |size: (usize, usize)| size.0.max(size.1) as f32;
        let (w, h) = (at.edit.0 as f32, at.edit.1 as f32);
        let (sw, sh) = (at.source.0 as f32, at.source.1 as f32);
        let quarter = (at.pose.angle_deg / 90.0).round() as i64 % 2 != 0;
        let (w, h) = if quarter { (h, w) } else { (w, h) };
        let largest = (sw / w).min(sh / h) * long(at.edit) / long(at.source);
        let left = at.pose.zoom as f32 / largest.max(1e-6);
        if left < 0.72 {
            measured.factor = (left / 0.72).clamp(0.2, 1.0);
            measured.remark = Some(said!(
                "cut to {share} % of the width it could have",
                share = decimals(left * 100.0, 0)
            ));
        }
    }
    measured
}
