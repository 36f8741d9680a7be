//! The sentences of the checklist.

use retake_core::{Amount, Change, Degree, Goal};

use super::credit::Outcome;

/// A value with as many digits as it deserves.
pub(super) fn number(value: f32) -> String {
    let value = if value.abs() < 0.005 { 0.0 } else { value };
    if value.abs() < 2.0 {
        format!("{value:.2}")
    } else {
        format!("{value:.1}")
    }
}

/// "b* 4.1 → 11.8": the symbol first when it is a symbol, last when it is a unit.
pub(super) fn change(goal: &Goal, before: f32, after: f32) -> String {
    let values = format!("{} → {}", number(before), number(after));
    match goal.quantity.info().unit {
        "" => values,
        unit @ ("L*" | "a*" | "b*" | "C*" | "σ L*" | "w/h") => format!("{unit} {values}"),
        unit => format!("{values} {unit}"),
    }
}

/// "clearly warmer", "darker by 0.70 EV", "rotated to 90 °".
pub(super) fn asked(goal: &Goal) -> String {
    let info = goal.quantity.info();
    let word = info.words[usize::from(goal.change == Change::Lower)];
    let place = if goal.region.is_whole() {
        String::new()
    } else {
        format!(" in {}", goal.region)
    };
    let what = match goal.amount {
        Amount::Degree(_) | Amount::Hue(..) if goal.change == Change::Set => word.to_owned(),
        Amount::Degree(degree) | Amount::Hue(_, degree) => match degree {
            Degree::Slight => format!("slightly {word}"),
            Degree::Moderate => format!("clearly {word}"),
            Degree::Strong => format!("a lot {word}"),
            Degree::Extreme => format!("extremely {word}"),
        },
        Amount::Units(units) if goal.change == Change::Set => {
            format!("{word} to {} {}", number(units), info.unit)
        }
        Amount::Units(units) => format!("{word} by {} {}", number(units), info.unit),
        Amount::Relative(share) => format!("{word} by {:.0} %", share * 100.0),
    };
    format!("{}{place}", what.trim_end())
}

/// The line of one goal.
pub(super) fn line(goal: &Goal, before: f32, after: f32, outcome: Outcome) -> String {
    let name = goal.quantity.info().words[usize::from(goal.change == Change::Lower)];
    format!(
        "{name}: {}, asked for {}: {}",
        change(goal, before, after),
        asked(goal),
        outcome.word()
    )
}
