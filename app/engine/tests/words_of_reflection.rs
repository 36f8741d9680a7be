//! What reflection asks for is read as what it stands for, in each of its languages.

use retake_core::{Change, Degree, Goal, Instruction, Quantity};
use retake_engine::built_in_reader;
use retake_search::words;

const LANGUAGES: [&str; 2] = ["en", "de"];
const DEGREES: [Degree; 3] = [Degree::Slight, Degree::Moderate, Degree::Strong];

fn read(words: &str) -> Instruction {
    built_in_reader()(words).unwrap_or_else(|| panic!("\"{words}\" cannot be read"))
}

/// A person's "brighter" is lightness, of which exposure is the cause.
fn light(quantity: Quantity) -> bool {
    matches!(quantity, Quantity::Exposure | Quantity::Lightness)
}

/// What is not read as it is meant, with what it is read as.
fn misread(quantity: Quantity, change: Change, text: &str) -> Option<String> {
    let understood = read(text).understood;
    let meant = |goal: &Goal| {
        let same = goal.quantity == quantity || light(goal.quantity) && light(quantity);
        same && goal.change == change
    };
    let right = understood.goals.iter().any(meant) && understood.not_understood.is_empty();
    (!right).then(|| {
        format!(
            "{text}: {:?} {:?}",
            understood.goals, understood.not_understood
        )
    })
}

#[test]
fn every_word_is_read_as_its_quantity_and_direction() {
    let mut wrong = Vec::new();
    for quantity in words::quantities() {
        for change in [Change::Raise, Change::Lower] {
            for degree in DEGREES {
                for language in LANGUAGES {
                    let text = words::clause(quantity, change, degree, language);
                    wrong.extend(misread(quantity, change, &text.expect("it has words")));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_remedy_is_read_as_something_to_do() {
    for fault in words::faults() {
        for language in LANGUAGES {
            let text = words::remedy(fault, language).expect("it has words");
            let understood = read(text).understood;
            let right = understood.goals.len() == 1 && understood.not_understood.is_empty();
            assert!(right, "{text}: {understood:?}");
        }
    }
}
