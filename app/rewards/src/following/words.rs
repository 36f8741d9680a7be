//! The sentences of the checklist.

use retake_core::{Amount, Change, Degree, Goal, Said, SaidValue, decimals, said};

use super::credit::Outcome;

/// A value with as many digits as it deserves.
pub(super) fn number(value: f32) -> SaidValue {
    let value = if value.abs() < 0.005 { 0.0 } else { value };
    decimals(value, if value.abs() < 2.0 { 2 } else { 1 })
}

/// "4.1 → 11.8".
pub(super) fn from_to(before: f32, after: f32) -> Said {
    said!(
        "{before} → {after}",
        before = number(before),
        after = number(after)
    )
}

/// "b* 4.1 → 11.8": the symbol first when it is a symbol, last when it is a unit.
pub(super) fn change(goal: &Goal, before: f32, after: f32) -> Said {
    let values = from_to(before, after);
    let unit = goal.quantity.info().unit;
    match unit {
        "" => values,
        "L*" | "a*" | "b*" | "C*" | "σ L*" | "w/h" => {
            said!("{unit} {values}", unit = Said::name(unit), values)
        }
        _ => said!("{values} {unit}", values, unit = Said::name(unit)),
    }
}

/// "clearly warmer", "darker by 0.70 EV", "rotated to 90 °".
pub(super) fn asked(goal: &Goal) -> Said {
    let (word, unit) = (goal.word(), goal.quantity.info().unit);
    let units = |units: f32| match unit {
        "" => said!("{number}", number = number(units)),
        _ => said!(
            "{number} {unit}",
            number = number(units),
            unit = Said::name(unit)
        ),
    };
    let what = match goal.amount {
        Amount::Degree(_) | Amount::Hue(..) if goal.change == Change::Set => word,
        Amount::Degree(degree) | Amount::Hue(_, degree) => match degree {
            Degree::Slight => said!("slightly {what}", what = word),
            Degree::Moderate => said!("clearly {what}", what = word),
            Degree::Strong => said!("a lot {what}", what = word),
            Degree::Extreme => said!("extremely {what}", what = word),
        },
        Amount::Units(much) if goal.change == Change::Set => {
            said!("{what} to {much}", what = word, much = units(much))
        }
        Amount::Units(much) => said!("{what} by {much}", what = word, much = units(much)),
        Amount::Relative(share) => {
            said!(
                "{what} by {much} %",
                what = word,
                much = decimals(share * 100.0, 0)
            )
        }
    };
    if goal.region.is_whole() {
        what
    } else {
        said!("{what} in {region}", what, region = goal.region.said())
    }
}

/// The line of one goal.
pub(super) fn line(goal: &Goal, before: f32, after: f32, outcome: Outcome) -> Said {
    said!(
        "{name}: {change}, asked for {asked}: {outcome}",
        name = goal.word(),
        change = change(goal, before, after),
        asked = asked(goal),
        outcome = outcome.said()
    )
}
