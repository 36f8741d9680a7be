//! Resolves what contradicts: plain words over styles, later over earlier, and limits over both.

use retake_core::{
    Amount, Change, Constraint, Goal, Keep, Quantity, Region, RegionKind, Understanding,
};

use crate::places::inverted;

pub(crate) fn tidy(mut found: Understanding) -> Understanding {
    let mut goals: Vec<Goal> = Vec::new();
    for goal in found.goals {
        let same = |had: &Goal| had.quantity == goal.quantity && had.region == goal.region;
        match goals.iter().position(same) {
            // what was said counts more than what a style implies; of equals the later
            Some(index)
                if goals[index].weight <= goal.weight
                    || (goals[index].weight < 1.0 && goal.weight < 1.0) =>
            {
                goals.remove(index);
                goals.push(goal);
            }
            Some(_) => {}
            None => goals.push(goal),
        }
    }
    // "black and white, only the red in colour": the whole leaves out what is named
    let selective = goals
        .iter()
        .any(|g| g.quantity == Quantity::Monochrome && is_all_but(&g.region));
    goals.retain(|g| !(selective && g.quantity == Quantity::Monochrome && g.region.is_whole()));
    // "too dark, brighten it by a stop": the number says how much
    let exact: Vec<(Change, Region)> = goals
        .iter()
        .filter(|g| g.quantity == Quantity::Exposure && matches!(g.amount, Amount::Units(_)))
        .map(|g| (g.change, g.region.clone()))
        .collect();
    goals.retain(|g| {
        g.quantity != Quantity::Lightness
            || !matches!(g.amount, Amount::Degree(_))
            || !exact.contains(&(g.change, g.region.clone()))
    });
    let toned = goals
        .iter()
        .any(|g| g.quantity == Quantity::Toning && g.region.is_whole());
    let grey = goals
        .iter()
        .any(|g| g.quantity == Quantity::Monochrome && g.region.is_whole());
    goals.retain(|goal| {
        let colour = matches!(goal.quantity, Quantity::Saturation | Quantity::Vibrance | Quantity::Hue | Quantity::Warmth | Quantity::Tint | Quantity::Cast);
        let tones = matches!(goal.quantity, Quantity::ShadowTone | Quantity::HighlightTone);
        !(toned && goal.quantity == Quantity::Monochrome)
            // a picture without colours has none to change
            && !(grey && !toned && colour && (goal.weight < 1.0 || goal.quantity != Quantity::Warmth) && (goal.weight < 1.0 || goal.region.is_whole()))
            && !(grey && tones && goal.weight < 1.0)
            && !(toned && (colour || tones) && goal.weight < 1.0)
    });
    // toned shadows in an otherwise grey picture: the tones carry the colour
    if goals
        .iter()
        .any(|g| matches!(g.quantity, Quantity::ShadowTone | Quantity::HighlightTone))
    {
        goals
            .iter_mut()
            .filter(|g| g.quantity == Quantity::Monochrome && g.region.is_whole())
            .for_each(|g| g.weight = g.weight.min(0.5));
    }
    // "golden hour, darker background": what lies in shadow there cannot be lifted as well
    let darker = goals.iter().any(|g| {
        g.weight >= 1.0
            && g.change == Change::Lower
            && matches!(g.quantity, Quantity::Lightness | Quantity::Exposure)
            && (g.region.is_whole() || is_all_but(&g.region) || is_background(&g.region))
    });
    goals.retain(|g| {
        let lifts = matches!(g.quantity, Quantity::Shadows | Quantity::Blacks)
            && g.change == Change::Raise
            && g.region.is_whole();
        !(darker && lifts && g.weight < 1.0)
    });
    obey(&mut goals, &mut found.constraints);
    found.goals = goals;
    found
}

/// "black and white but keep the reds": the place that keeps its colours is taken out of the goal. Style goals that
/// a limit forbids are dropped.
fn obey(goals: &mut Vec<Goal>, constraints: &mut Vec<Constraint>) {
    for constraint in constraints.iter() {
        let kept = match &constraint.keep {
            Keep::Colours(region) | Keep::Region(region) if is_one_colour(region) => region,
            _ => continue,
        };
        for goal in goals
            .iter_mut()
            .filter(|g| g.quantity == Quantity::Monochrome && g.region.is_whole())
        {
            goal.region = inverted(kept);
        }
    }
    goals.retain(|goal| {
        goal.weight >= 1.0
            || !constraints.iter().any(|c| match &c.keep {
                Keep::Not(quantity, change, region) => {
                    let colour = |q| matches!(q, Quantity::Saturation | Quantity::Vibrance);
                    let same =
                        *quantity == goal.quantity || colour(*quantity) && colour(goal.quantity);
                    same && *change == goal.change && region.is_whole()
                }
                Keep::Quantity(quantity, region) => *quantity == goal.quantity && region.is_whole(),
                Keep::Colours(region) => {
                    region.is_whole()
                        && matches!(
                            goal.quantity,
                            Quantity::Warmth
                                | Quantity::Tint
                                | Quantity::Saturation
                                | Quantity::Vibrance
                                | Quantity::ShadowTone
                                | Quantity::HighlightTone
                        )
                }
                _ => false,
            })
    });
    // what was asked in plain words cannot be forbidden by a word that came along: "not darker" after "darker" is kept as a cap
    constraints.retain(|c| match &c.keep {
        Keep::Not(quantity, change, region) => !goals.iter().any(|g| {
            g.weight >= 1.0
                && g.quantity == *quantity
                && g.change == *change
                && g.change != Change::Set
                && g.region == *region
        }),
        _ => true,
    });
}

fn is_one_colour(region: &Region) -> bool {
    matches!(region.parts.as_slice(), [part] if !part.inverted && matches!(part.kind, RegionKind::Colour(_) | RegionKind::Skin | RegionKind::Subject))
}

fn is_background(region: &Region) -> bool {
    matches!(region.parts.as_slice(), [part] if !part.inverted && part.kind == RegionKind::Background)
}

fn is_all_but(region: &Region) -> bool {
    !region.is_whole() && region.parts.iter().all(|part| part.inverted)
}
