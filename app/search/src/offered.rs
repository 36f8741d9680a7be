//! What may be set of a strategy or a selector, as one form can show it: what each can be, what it is by itself, and a
//! sentence about it; and what was set, as their tables take it.

use retake_core::{EditorSettings, Setting, SettingKind, SettingValue};
use serde_json::{Map, Value, json};

use crate::selectors::OWN_WEIGHTS;
use crate::strategies::broken;
use crate::{Allowed, COMMON, Relation, SelectorEntry, StrategyEntry};

/// One thing that may be set.
#[derive(Clone, Debug, PartialEq)]
pub struct Offered {
    /// what it can be, and what it is by itself
    pub setting: Setting,
    /// one sentence for people
    pub about: &'static str,
}

/// Before the name of a dimension in the id of a weight.
const WEIGHT: &str = "weights.";

impl StrategyEntry {
    /// Everything that may be set, in its order.
    pub fn offered(&self) -> Vec<Offered> {
        let own = (self.make)().settings();
        let settings = self.settings.iter().map(|number| {
            let own = own.get(number.id);
            let amount = own.and_then(Value::as_f64).unwrap_or_default();
            let kind = match number.allowed {
                Allowed::Whole(from, to) => SettingKind::Whole {
                    from,
                    to,
                    own: amount as u32,
                },
                Allowed::Number(from, to) => SettingKind::Number {
                    from,
                    to,
                    own: plain(amount),
                },
                Allowed::Word(words) => SettingKind::Choice {
                    of: words.iter().map(|word| (*word, *word)).collect(),
                    own: own.and_then(Value::as_str).unwrap_or_default().to_owned(),
                },
            };
            Offered {
                setting: Setting {
                    id: number.id,
                    kind,
                },
                about: number.about,
            }
        });
        settings.collect()
    }

    /// What of these settings contradicts itself, if anything: such a strategy cannot be made.
    pub fn contradiction(&self, set: &EditorSettings) -> Option<&'static Relation> {
        let own = (self.make)().settings();
        let of = |id: &str| match set.get(id) {
            Some(value) => Some(value.number()),
            None => own.get(id).and_then(Value::as_f64).map(plain),
        };
        broken(self.relations, &of)
    }
}

impl SelectorEntry {
    /// Everything that may be set: its own numbers, how much dimensions count where it takes weights, and what all have.
    pub fn offered(&self) -> Vec<Offered> {
        let number = |id, (from, to, own), about| Offered {
            setting: Setting {
                id,
                kind: SettingKind::Number { from, to, own },
            },
            about,
        };
        let dials = self.dials.iter();
        let own = dials.map(|dial| number(dial.id, (dial.from, dial.to, dial.own), dial.about));
        let weights = OWN_WEIGHTS.iter().filter(|_| self.weighs);
        let weights = weights.map(|(id, _, own, about)| number(id, (0.0, 1.0, *own), about));
        let common = COMMON.iter();
        let common = common.map(|dial| number(dial.id, (dial.from, dial.to, dial.own), dial.about));
        own.chain(weights).chain(common).collect()
    }
}

/// What was set, as the tables of strategies and selectors take it. Where any weight of a dimension was set, those that
/// were not are as they are by themselves.
pub fn table(set: &EditorSettings) -> Value {
    let mut table = Map::new();
    let mut weights = Map::new();
    for (id, value) in set {
        let value = json!(value);
        match id.strip_prefix(WEIGHT) {
            Some(dimension) => _ = weights.insert(dimension.to_owned(), value),
            None => _ = table.insert(id.clone(), value),
        }
    }
    if !weights.is_empty() {
        for (_, dimension, own, _) in OWN_WEIGHTS {
            weights.entry(*dimension).or_insert_with(|| json!(own));
        }
        table.insert("weights".to_owned(), Value::Object(weights));
    }
    Value::Object(table)
}

/// Without what is not offered, lies out of its range, or is as it is by itself: a file may say anything.
pub fn within(offered: &[Offered], mut set: EditorSettings) -> EditorSettings {
    set.retain(|id, value| {
        let offer = offered.iter().find(|offer| offer.setting.id == id);
        offer.is_some_and(|offer| {
            holds(&offer.setting.kind, value) && offer.setting.own().as_ref() != Some(value)
        })
    });
    set
}

fn holds(kind: &SettingKind, value: &SettingValue) -> bool {
    match (kind, value) {
        (SettingKind::Whole { from, to, .. }, SettingValue::Whole(value)) => {
            (from..=to).contains(&value)
        }
        (
            SettingKind::Number { from, to, .. },
            SettingValue::Whole(_) | SettingValue::Number(_),
        ) => (*from..=*to).contains(&value.number()),
        (SettingKind::Choice { of, .. }, SettingValue::Words(words)) => {
            of.iter().any(|(id, _)| id == words)
        }
        _ => false,
    }
}

/// Numbers of 32 bits as they were written: 0.3 and not 0.30000001192.
fn plain(value: f64) -> f64 {
    (value as f32).to_string().parse().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{SELECTORS, STRATEGIES};

    /// Another value than its own, near it: within what it can be, and on its own side of the settings beside it.
    fn other(kind: &SettingKind) -> SettingValue {
        match kind {
            SettingKind::Whole { from, to, own } => SettingValue::Whole(match own == to {
                true => own - (own - from).div_ceil(10),
                false => own + (to - own).div_ceil(10),
            }),
            SettingKind::Number { from, to, own } => SettingValue::Number(match own == to {
                true => own - (own - from) / 10.0,
                false => own + (to - own) / 10.0,
            }),
            SettingKind::Choice { of, own } => {
                let other = of.iter().find(|(id, _)| id != own);
                SettingValue::Words(other.expect("there are two").0.to_owned())
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_is_set_of_a_strategy_is_in_its_record() {
        for entry in STRATEGIES {
            let offered = entry.offered();
            assert_eq!(offered.len(), entry.settings.len(), "{}", entry.id);
            for offer in offered {
                let value = other(&offer.setting.kind);
                let set = EditorSettings::from([(offer.setting.id.to_owned(), value.clone())]);
                let strategy = (entry.set)(&table(&set)).expect("it is within its range");
                let said = strategy.settings()[offer.setting.id].clone();
                match value {
                    SettingValue::Words(words) => assert_eq!(said, json!(words)),
                    value => assert!(
                        (said.as_f64().expect("a number") - value.number()).abs() < 1e-6,
                        "{} {}",
                        entry.id,
                        offer.setting.id
                    ),
                }
            }
        }
    }

    #[test]
    fn what_is_set_of_a_selector_is_in_its_record() {
        for entry in SELECTORS {
            let own = entry.plain().settings();
            for offer in entry.offered() {
                let set = EditorSettings::from([(
                    offer.setting.id.to_owned(),
                    other(&offer.setting.kind),
                )]);
                let selector = entry.make(&table(&set)).expect("it is within its range");
                assert_ne!(
                    selector.settings(),
                    own,
                    "{} {}",
                    entry.id,
                    offer.setting.id
                );
            }
        }
    }

    #[test]
    fn a_contradiction_is_found_also_with_what_is_not_set() {
        let entry = crate::strategy("halving").expect("it is in the table");
        let set =
            |id: &str, value| EditorSettings::from([(id.to_owned(), SettingValue::Number(value))]);
        let about = |set| entry.contradiction(&set).map(|relation| relation.less);
        assert_eq!(about(EditorSettings::new()), None);
        assert_eq!(about(set("early", 0.4)), Some("early"));
        assert_eq!(about(set("early", 0.39)), None);
        assert_eq!(about(set("late", 0.12)), Some("early"));
    }

    #[test]
    fn what_a_file_says_wrongly_is_left_out() {
        let entry = crate::strategy("racing").expect("it is in the table");
        let number = SettingValue::Number;
        let set = EditorSettings::from([
            ("confidence".to_owned(), number(7.0)),
            ("passes".to_owned(), number(f64::NAN)),
            ("most".to_owned(), SettingValue::Words("many".to_owned())),
            ("colour".to_owned(), number(1.0)),
        ]);
        assert_eq!(within(&entry.offered(), set), EditorSettings::new());
    }
}
