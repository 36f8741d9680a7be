//! What may be set of a strategy, read from a table of TOML or JSON; what is not known or out of its range is said in a
//! sentence.

use retake_core::{Said, SaidValue, Strategy, decimals, said};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

/// What a setting can be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Allowed {
    /// a whole number in this range
    Whole(u32, u32),
    /// a number in this range
    Number(f64, f64),
    /// one of these words
    Word(&'static [&'static str]),
}

/// A setting of a strategy.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Number {
    /// short name, as a configuration file has it; `-` may be written for `_`
    pub id: &'static str,
    /// what it can be
    pub allowed: Allowed,
    /// one sentence for the menu
    pub about: &'static str,
}

/// Two numbers of a strategy that go together: the first must lie below the second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Relation {
    /// the setting that must be less
    pub less: &'static str,
    /// than this one
    pub than: &'static str,
    /// whether they may be equal
    pub or_equal: bool,
    /// one sentence that says so, for people who see the two numbers
    pub about: &'static str,
}

impl Relation {
    /// What every strategy has that looks twice on the way.
    pub(super) const LOOKS: Self = Self {
        less: "early",
        than: "late",
        or_equal: false,
        about: "The second look must come after the first.",
    };

    /// Whether two numbers keep to it.
    fn holds(&self, less: f64, than: f64) -> bool {
        less < than || (self.or_equal && less == than)
    }
}

/// A strategy with settings: its fields have their names.
pub trait Settable: Strategy + Default + Serialize + DeserializeOwned + 'static {
    /// Short name of the strategy.
    const ID: &'static str;
    /// Every field.
    const SETTINGS: &'static [Number];
    /// How its numbers must lie to each other.
    const RELATIONS: &'static [Relation] = &[];
}

/// Why settings are not right.
#[derive(Clone, Debug, PartialEq)]
pub struct SettingError(Said);

impl SettingError {
    /// The sentence.
    pub fn said(&self) -> &Said {
        &self.0
    }
}

impl std::fmt::Display for SettingError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for SettingError {}

/// A strategy as a table sets it; null, and what is not in the table, is all as it is by itself.
pub fn from_settings<S: Settable>(given: &Value) -> Result<Box<dyn Strategy>, SettingError> {
    let empty = Map::new();
    let given = match given {
        Value::Null => &empty,
        Value::Object(given) => given,
        _ => {
            return Err(SettingError(said!(
                "The settings of the strategy {strategy} must be a table of names and values.",
                strategy = S::ID.to_owned()
            )));
        }
    };
    let own = serde_json::to_value(S::default()).unwrap_or_default();
    let mut all = match own {
        Value::Object(own) => own,
        _ => Map::new(),
    };
    for (name, value) in given {
        let plain = name.replace('-', "_");
        let Some(number) = S::SETTINGS.iter().find(|number| number.id == plain) else {
            return Err(unknown::<S>(name));
        };
        if !number.allowed.holds(value) {
            return Err(SettingError(said!(
                "The setting {name} of the strategy {strategy} must be {range}.",
                name = name.clone(),
                strategy = S::ID.to_owned(),
                range = number.allowed.said()
            )));
        }
        all.insert(plain, value.clone());
    }
    if let Some(relation) = broken(S::RELATIONS, &|id| all.get(id).and_then(Value::as_f64)) {
        let of = |id: &str| -> SaidValue {
            let value = all.get(id).and_then(Value::as_f64).unwrap_or_default();
            retake_core::number((value * 1e6).round() / 1e6)
        };
        return Err(SettingError(said!(
            "{why} In the settings of the strategy {strategy}, {less} is {low} and {than} is {high}.",
            why = Said::name(relation.about),
            strategy = S::ID.to_owned(),
            less = relation.less,
            than = relation.than,
            low = of(relation.less),
            high = of(relation.than)
        )));
    }
    // whole numbers may come as 3.0 from a program that knows no others
    for value in all.values_mut() {
        if let Some(whole) = value.as_f64().filter(|value| value.fract() == 0.0)
            && whole >= 0.0
        {
            *value = Value::from(whole as u64);
        }
    }
    match serde_json::from_value::<S>(Value::Object(all)) {
        Ok(strategy) => Ok(Box::new(strategy)),
        Err(error) => Err(SettingError(Said::words(error.to_string()))),
    }
}

/// The first of these that does not hold; `of` has the number of each setting.
pub(crate) fn broken(
    relations: &'static [Relation],
    of: &dyn Fn(&str) -> Option<f64>,
) -> Option<&'static Relation> {
    relations.iter().find(|relation| {
        let both = of(relation.less).zip(of(relation.than));
        both.is_some_and(|(less, than)| !relation.holds(less, than))
    })
}

fn unknown<S: Settable>(name: &str) -> SettingError {
    let known: Vec<&str> = S::SETTINGS.iter().map(|number| number.id).collect();
    SettingError(match known.is_empty() {
        true => said!(
            "The strategy {strategy} has no settings, so no {name}.",
            strategy = S::ID.to_owned(),
            name = name.to_owned()
        ),
        false => said!(
            "The strategy {strategy} has no setting {name}; it has {known}.",
            strategy = S::ID.to_owned(),
            name = name.to_owned(),
            known = known.join(", ")
        ),
    })
}

impl Allowed {
    fn holds(self, value: &Value) -> bool {
        match self {
            Self::Whole(from, to) => value.as_f64().is_some_and(|value| {
                value.fract() == 0.0 && (f64::from(from)..=f64::from(to)).contains(&value)
            }),
            Self::Number(from, to) => value
                .as_f64()
                .is_some_and(|value| (from..=to).contains(&value)),
            Self::Word(words) => value.as_str().is_some_and(|word| words.contains(&word)),
        }
    }

    fn said(self) -> Said {
        let plain =
            |value: f64| -> SaidValue { decimals(value, if value.fract() == 0.0 { 0 } else { 2 }) };
        match self {
            Self::Whole(from, to) => said!(
                "a whole number from {low} to {high}",
                low = plain(f64::from(from)),
                high = plain(f64::from(to))
            ),
            Self::Number(from, to) => said!(
                "a number from {low} to {high}",
                low = plain(from),
                high = plain(to)
            ),
            Self::Word(words) => said!("one of {words}", words = words.join(", ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::STRATEGIES;

    fn refused(id: &str, given: &Value) -> String {
        let entry = crate::strategy(id).expect("it is in the table");
        match (entry.set)(given) {
            Ok(_) => panic!("{id} takes {given}"),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn what_a_strategy_is_by_itself_is_a_setting_that_it_takes() {
        for entry in STRATEGIES {
            let own = (entry.make)().settings();
            let again = (entry.set)(&own).unwrap_or_else(|why| panic!("{}: {why}", entry.id));
            assert_eq!(again.settings(), own, "{}", entry.id);
            let names: Vec<&str> = entry.settings.iter().map(|number| number.id).collect();
            let fields = own.as_object().map_or(0, serde_json::Map::len);
            assert_eq!(fields, names.len(), "{}: {own} {names:?}", entry.id);
        }
    }

    #[test]
    fn every_setting_has_a_least_and_a_most() {
        for entry in STRATEGIES {
            for number in entry.settings {
                let far = match number.allowed {
                    Allowed::Word(_) => json!("unheard of"),
                    _ => json!(1e12),
                };
                let said = refused(entry.id, &json!({ number.id: far }));
                assert!(said.contains(number.id), "{said}");
            }
        }
    }

    #[test]
    fn an_unknown_name_is_told_with_those_that_there_are() {
        assert_eq!(
            refused("while_it_helps", &json!({ "rounds": 2 })),
            "The strategy while_it_helps has no setting rounds; it has round."
        );
    }

    #[test]
    fn half_a_candidate_is_refused_with_the_range() {
        assert_eq!(
            refused("while_it_helps", &json!({ "round": 2.5 })),
            "The setting round of the strategy while_it_helps must be a whole number from 1 to 64."
        );
    }

    #[test]
    fn numbers_that_contradict_each_other_are_refused_with_both() {
        assert_eq!(
            refused("halving", &json!({ "early": 0.5, "late": 0.2 })),
            "The second look must come after the first. In the settings of the strategy halving, early is 0.5 and late is 0.2."
        );
        // against what the other is by itself
        assert!(refused("guided", &json!({ "from": 0.95 })).starts_with("Leading must begin"));
        assert!(refused("racing", &json!({ "most": 2 })).contains("passes is 4 and most is 2"));
    }

    #[test]
    fn every_relation_is_of_settings_that_there_are_and_holds_by_itself() {
        for entry in STRATEGIES {
            let own = (entry.make)().settings();
            for relation in entry.relations {
                for id in [relation.less, relation.than] {
                    assert!(own[id].is_number(), "{} {id}", entry.id);
                }
            }
            let of = |id: &str| own[id].as_f64();
            assert_eq!(broken(entry.relations, &of), None, "{}", entry.id);
        }
    }

    #[test]
    fn what_is_set_is_in_the_record() {
        let entry = crate::strategy("while_it_helps").expect("it is in the table");
        let set = (entry.set)(&json!({ "round": 2.0 })).expect("it is right");
        assert_eq!(set.settings(), json!({ "round": 2 }));
    }
}
