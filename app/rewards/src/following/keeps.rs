//! What must not happen: one check a constraint.

use retake_core::{Change, Constraint, Keep, Mask, Quantity, Reason, Said, Scale, decimals, said};

use super::words::from_to;
use crate::detail::newly_clipped;
use crate::finding::{percent, smoothstep};
use crate::scene::{After, Before};
use crate::tiles;

/// A constraint's credit and its line.
pub(super) struct Kept {
    pub(super) credit: f32,
    pub(super) spread: f32,
    pub(super) reason: Reason,
}

/// Checks constraint number `index`.
pub(super) fn check(before: &Before<'_>, after: &After, index: usize) -> Kept {
    let constraint = &before.instruction.understood.constraints[index];
    let mask = before.asked.keeps[index].as_ref();
    let (credit, spread, text) = match &constraint.keep {
        Keep::Region(region) => {
            let change = mean_difference(before, after, mask, true);
            let credit = 1.0 - smoothstep(1.0, 5.0, change);
            let text = said!(
                "{region} untouched: mean ΔE {change}",
                region = region.said(),
                change = decimals(change, 1)
            );
            (credit, 0.05, text)
        }
        Keep::Colours(region) => {
            let change = mean_difference(before, after, mask, false);
            let credit = 1.0 - smoothstep(2.0, 9.0, change);
            let text = said!(
                "colours of {region} kept: mean difference {change}",
                region = region.said(),
                change = decimals(change, 1)
            );
            (credit, 0.05, text)
        }
        Keep::Quantity(quantity, region) => {
            let (from, to) = values(before, after, *quantity, mask);
            let slight = slight(*quantity, from);
            let credit = 1.0 - smoothstep(1.0, 3.0, (to - from).abs() / slight);
            let text = said!(
                "{quantity} of {region} kept: {change}",
                quantity = quantity.name(),
                region = region.said(),
                change = from_to(from, to)
            );
            (credit, 0.05, text)
        }
        Keep::Not(quantity, change, region) => {
            let (from, to) = values(before, after, *quantity, mask);
            let moved = if *change == Change::Lower {
                from - to
            } else {
                to - from
            };
            let credit = 1.0 - smoothstep(1.0, 3.0, moved / slight(*quantity, from));
            let (what, values) = (quantity.word(*change), from_to(from, to));
            let text = if region.is_whole() {
                said!("not {what}: {change}", what, change = values)
            } else {
                said!(
                    "not {what} in {region}: {change}",
                    what,
                    region = region.said(),
                    change = values
                )
            };
            (credit, 0.05, text)
        }
        Keep::NotTooMuch(quantity, change) => {
            let (from, to) = values(before, after, *quantity, None);
            let moved = if *change == Change::Lower {
                from - to
            } else {
                to - from
            };
            let credit = 1.0 - smoothstep(1.8, 4.5, moved / slight(*quantity, from));
            let text = said!(
                "not too much {what}: {change}",
                what = quantity.word(*change),
                change = from_to(from, to)
            );
            (credit, 0.05, text)
        }
        Keep::HighlightDetail | Keep::ShadowDetail => {
            let light = constraint.keep == Keep::HighlightDetail;
            let (width, height) = (before.width(), before.height());
            let areas = tiles::areas(width, height);
            let lost = tiles::rows(width, height, |y, [high, low]| {
                newly_clipped(before, after, y * width, high, low);
            });
            let which = usize::from(!light);
            let sums: tiles::Sums<2> = std::array::from_fn(|t| [lost[t][which], areas[t]]);
            let share = |s: &[f64; 2]| (s[0] / s[1].max(1.0)) as f32;
            let (credit, spread) =
                tiles::jackknife(&sums, |s| 1.0 - smoothstep(0.001, 0.03, share(s)));
            let lost = percent(share(&tiles::total(&sums)));
            let text = if light {
                said!(
                    "highlights not clipped: {share} newly clipped",
                    share = lost
                )
            } else {
                said!("shadows not clipped: {share} newly clipped", share = lost)
            };
            (credit, spread, text)
        }
    };
    Kept {
        credit,
        spread,
        reason: reason(constraint, credit, text),
    }
}

fn reason(constraint: &Constraint, credit: f32, text: Said) -> Reason {
    let verdict = if credit > 0.8 {
        said!("kept")
    } else if credit > 0.3 {
        said!("only partly kept")
    } else {
        said!("broken")
    };
    let id = match &constraint.keep {
        Keep::Region(_) => "keep_region",
        Keep::Colours(_) => "keep_colours",
        Keep::Quantity(..) => "keep_quantity",
        Keep::Not(..) => "not",
        Keep::NotTooMuch(..) => "not_too_much",
        Keep::HighlightDetail => "highlight_detail",
        Keep::ShadowDetail => "shadow_detail",
    };
    Reason {
        id: id.to_owned(),
        text: said!("{what}: {verdict}", what = text, verdict),
        passed: Some(credit > 0.5),
        cost: 0.0,
        check: None,
        evidence: None,
    }
}

/// Mean difference over a mask: with lightness (a plain CIE94 distance), or of hue and chroma alone
/// (CIE 116:1995, eq. 1 with the graphic arts weights).
fn mean_difference(
    before: &Before<'_>,
    after: &After,
    mask: Option<&Mask>,
    lightness: bool,
) -> f32 {
    let (source, edit) = (before.lab(), &after.lab);
    let sums = tiles::sum(before.width(), before.height(), |i| {
        let weight = mask.map_or(1.0, |mask| mask.values[i]);
        if weight < 0.02 {
            return None;
        }
        let (c1, c2) = (before.side.chroma[i], after.chroma[i]);
        let (da, db) = (edit.a[i] - source.a[i], edit.b[i] - source.b[i]);
        let chroma = c2 - c1;
        let hue2 = (da * da + db * db - chroma * chroma).max(0.0);
        let s_c = 1.0 + 0.045 * c1;
        let s_h = 1.0 + 0.015 * c1;
        let light = if lightness {
            edit.l[i] - source.l[i]
        } else {
            0.0
        };
        let difference = (light * light + (chroma / s_c).powi(2) + hue2 / (s_h * s_h)).sqrt();
        Some([weight * difference, weight])
    });
    let [sum, weight] = tiles::total(&sums);
    (sum / weight.max(1e-6)) as f32
}

fn values(
    before: &Before<'_>,
    after: &After,
    quantity: Quantity,
    mask: Option<&Mask>,
) -> (f32, f32) {
    if quantity.is_geometry() {
        let at = &before.alignment;
        let ratio = |(width, height): (usize, usize)| width as f32 / height.max(1) as f32;
        return match quantity {
            Quantity::Aspect => (ratio(at.source), ratio(at.edit)),
            _ => (0.0, at.pose.angle_deg as f32),
        };
    }
    (
        before.side.reference.before(quantity, mask, None),
        before
            .side
            .reference
            .after(quantity, &after.lab, mask, None),
    )
}

/// The slight step of a quantity around a value, in its unit.
fn slight(quantity: Quantity, from: f32) -> f32 {
    match quantity.info().scale {
        Scale::Delta(steps) => steps[0],
        Scale::Factor(steps) => ((steps[0] - 1.0) * from.abs()).max(0.02),
        Scale::Target { tolerance } => tolerance,
    }
    .max(1e-4)
}
