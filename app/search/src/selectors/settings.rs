//! What may be set of a selector: numbers with a range, and for some how much each dimension counts. Read from a table of
//! TOML or JSON; what is not known or out of its range is said in a sentence.

use std::collections::BTreeMap;

use retake_core::{Said, decimals, said};
use serde_json::{Map, Value, json};

/// A number that may be set.
#[derive(Debug)]
pub struct Dial {
    /// short name, as a configuration file has it: "good-enough"
    pub id: &'static str,
    /// the least that makes sense
    pub from: f64,
    /// the most that makes sense
    pub to: f64,
    /// what it is where nothing is set
    pub own: f64,
    /// one sentence for the menu
    pub about: &'static str,
}

/// A best overall score below this is "none good enough".
pub(crate) const GOOD_ENOUGH: Dial = Dial {
    id: "good-enough",
    from: 0.0,
    to: 1.0,
    own: 0.5,
    about: "A best overall score below this is none good enough.",
};
/// A best candidate with a dimension below this is none good enough either.
pub(crate) const BEARABLE: Dial = Dial {
    id: "bearable",
    from: 0.0,
    to: 1.0,
    own: 0.2,
    about: "A best candidate with a dimension below this is none good enough either.",
};
/// Confidence from which the winner is called sure.
pub(crate) const SURE: Dial = Dial {
    id: "sure",
    from: 0.5,
    to: 1.0,
    own: 0.75,
    about: "From this confidence on the winner is called sure.",
};
/// What every selector has.
pub const COMMON: [&Dial; 3] = [&GOOD_ENOUGH, &BEARABLE, &SURE];

/// The name of the table of weights.
pub(crate) const WEIGHTS: &str = "weights";

/// Why settings are not right.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{}", self.said())]
pub enum SelectorError {
    /// Not a table of names and values.
    NoTable {
        /// of the selector
        selector: &'static str,
    },
    /// A name that it does not have.
    Unknown {
        /// of the selector
        selector: &'static str,
        /// the name
        name: String,
        /// the names that it has
        known: Vec<&'static str>,
    },
    /// A value that is no number, or out of its range.
    Range {
        /// of the selector
        selector: &'static str,
        /// the setting
        name: String,
        /// the least
        from: f64,
        /// the most
        to: f64,
    },
}

impl SelectorError {
    /// The sentence.
    pub fn said(&self) -> Said {
        match self {
            Self::NoTable { selector } => said!(
                "The settings of {selector} must be a table of names and numbers.",
                selector = *selector
            ),
            Self::Unknown {
                selector,
                name,
                known,
            } => said!(
                "{selector} has no setting {name}; it has {known}.",
                selector = *selector,
                name = name,
                known = known.join(", ")
            ),
            Self::Range {
                selector,
                name,
                from,
                to,
            } => said!(
                "{name} of {selector} must be a number from {low} to {high}.",
                name = name,
                selector = *selector,
                low = plain(*from),
                high = plain(*to)
            ),
        }
    }
}

fn plain(value: f64) -> retake_core::SaidValue {
    decimals(value, usize::from(value.fract() != 0.0) * 2)
}

/// What a selector goes by: every dial has a value within its range.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Dials {
    values: BTreeMap<&'static str, f64>,
    weights: BTreeMap<String, f64>,
}

impl Dials {
    /// A dial's value.
    pub(crate) fn of(&self, dial: &Dial) -> f64 {
        self.values.get(dial.id).copied().unwrap_or(dial.own)
    }
    /// How much each dimension counts, where weights were given.
    pub(crate) fn weights(&self) -> &BTreeMap<String, f64> {
        &self.weights
    }
    /// For records: all of them.
    pub(crate) fn record(&self) -> Value {
        let values = self.values.iter();
        let mut object: Map<String, Value> = values
            .map(|(id, value)| (id.replace('-', "_"), json!(value)))
            .collect();
        if !self.weights.is_empty() {
            object.insert(WEIGHTS.to_owned(), json!(self.weights));
        }
        Value::Object(object)
    }
    /// Reads a table; null is all as it is. Names may be written with `-` or `_`.
    pub(crate) fn read(
        selector: &'static str,
        dials: &'static [Dial],
        weighs: bool,
        given: &Value,
    ) -> Result<Self, SelectorError> {
        let all = || COMMON.into_iter().chain(dials);
        let mut values: BTreeMap<&'static str, f64> =
            all().map(|dial| (dial.id, dial.own)).collect();
        let mut weights = BTreeMap::new();
        let empty = Map::new();
        let given = match given {
            Value::Null => &empty,
            Value::Object(given) => given,
            _ => return Err(SelectorError::NoTable { selector }),
        };
        for (name, value) in given {
            let plain = name.replace('_', "-");
            if weighs && plain == WEIGHTS {
                weights = read_weights(selector, value)?;
                continue;
            }
            let Some(dial) = all().find(|dial| dial.id == plain) else {
                let known = all().map(|dial| dial.id);
                return Err(SelectorError::Unknown {
                    selector,
                    name: name.clone(),
                    known: known.chain(weighs.then_some(WEIGHTS)).collect(),
                });
            };
            let number = within(selector, name, value, dial.from, dial.to)?;
            values.insert(dial.id, number);
        }
        Ok(Self { values, weights })
    }
}

fn read_weights(
    selector: &'static str,
    value: &Value,
) -> Result<BTreeMap<String, f64>, SelectorError> {
    let Value::Object(table) = value else {
        return Err(SelectorError::NoTable { selector });
    };
    table
        .iter()
        .map(|(name, value)| {
            let weight = within(selector, name, value, 0.0, 1.0)?;
            Ok((name.replace('-', "_"), weight))
        })
        .collect()
}

fn within(
    selector: &'static str,
    name: &str,
    value: &Value,
    from: f64,
    to: f64,
) -> Result<f64, SelectorError> {
    let number = value.as_f64().filter(|number| (from..=to).contains(number));
    number.ok_or_else(|| SelectorError::Range {
        selector,
        name: name.to_owned(),
        from,
        to,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    static DIALS: [Dial; 1] = [Dial {
        id: "how-much",
        from: 0.0,
        to: 2.0,
        own: 1.0,
        about: "How much.",
    }];

    fn read(given: Value) -> Result<Dials, String> {
        Dials::read("test", &DIALS, true, &given).map_err(|error| error.to_string())
    }

    #[test]
    fn names_are_read_with_either_dash() {
        for name in ["how-much", "how_much"] {
            let dials = read(json!({ name: 0.5 })).expect("it is right");
            assert_eq!(dials.of(&DIALS[0]), 0.5);
        }
    }

    #[test]
    fn an_unknown_name_is_told_with_those_that_there_are() {
        assert_eq!(
            read(json!({"much": 1})),
            Err(
                "test has no setting much; it has good-enough, bearable, sure, how-much, weights."
                    .to_owned()
            )
        );
    }

    #[test]
    fn a_value_out_of_its_range_or_no_number_is_told_with_the_range() {
        let range = "how-much of test must be a number from 0 to 2.";
        for value in [json!(2.5), json!("much"), json!(null)] {
            assert_eq!(read(json!({"how-much": value})), Err(range.to_owned()));
        }
        let weights = read(json!({"weights": {"detail_preserving": -1}}));
        assert!(weights.is_err_and(|why| why.contains("detail_preserving")));
    }

    #[test]
    fn what_was_read_is_in_the_record_and_reads_back() {
        let dials = read(json!({"how-much": 0.25, "weights": {"own": 0.5}})).expect("it is right");
        assert_eq!(read(dials.record()), Ok(dials));
    }
}
