//! How a text of a record is said in other languages: its English template and what stands in it. The English text
//! itself stands beside it, for readers and for programs that know no templates.

use std::borrow::Cow;
use std::collections::BTreeMap;

use retake_core::{Said, SaidValue};
use serde::{Deserialize, Serialize};

/// A template and what stands in its places.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaidRecord {
    /// English, with `{name}` where a value stands
    pub template: String,
    /// by name
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub with: BTreeMap<String, ValueRecord>,
}

/// What stands in a place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ValueRecord {
    /// words with a translation of their own
    Said(SaidRecord),
    /// a number as English writes it
    Number(String),
    /// the same in every language
    Words(String),
}

impl SaidRecord {
    /// Of a text; `None` for one that is the same in every language.
    pub fn of(said: &Said) -> Option<Self> {
        let plain = |(_, value): &(_, SaidValue)| !matches!(value, SaidValue::Words(_));
        let only_words = said.template == "{words}" && !said.values.iter().any(plain);
        (!said.is_empty() && !only_words).then(|| Self::from(said))
    }
    /// The text of a record, as it can be said in any language if the record says how.
    pub fn read(text: String, record: Option<Self>) -> Said {
        match record {
            Some(record) => record.said(),
            None if text.is_empty() => Said::default(),
            None => Said::words(text),
        }
    }

    fn said(self) -> Said {
        let value = |value| match value {
            ValueRecord::Said(record) => SaidValue::Said(record.said()),
            ValueRecord::Number(number) => SaidValue::Number(number),
            ValueRecord::Words(words) => SaidValue::Words(words),
        };
        Said {
            template: Cow::Owned(self.template),
            values: self
                .with
                .into_iter()
                .map(|(name, with)| (Cow::Owned(name), value(with)))
                .collect(),
        }
    }
}

impl From<&Said> for SaidRecord {
    fn from(said: &Said) -> Self {
        let value = |value: &SaidValue| match value {
            SaidValue::Said(said) => ValueRecord::Said(Self::from(said)),
            SaidValue::Number(number) => ValueRecord::Number(number.clone()),
            SaidValue::Words(words) => ValueRecord::Words(words.clone()),
        };
        Self {
            template: said.template.clone().into_owned(),
            with: said
                .values
                .iter()
                .map(|(name, with)| (name.clone().into_owned(), value(with)))
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use retake_core::{number, said};

    #[test]
    fn a_text_comes_back_with_all_that_stood_in_it() {
        let inner = said!("{share} of the picture", share = number("3.2 %"));
        let said = said!("{name}: {inner}", name = "cat.jpg", inner);
        let json = serde_json::to_string(&SaidRecord::of(&said)).expect("plain values");
        let record = serde_json::from_str(&json).expect("just written");
        let read = SaidRecord::read(said.to_string(), record);
        assert_eq!(SaidRecord::from(&read), SaidRecord::from(&said));
        assert_eq!(read.to_string(), "cat.jpg: 3.2 % of the picture");
    }

    #[test]
    fn a_text_of_an_older_program_is_said_as_it_stands() {
        let read = SaidRecord::read("Warmer {amount}".to_owned(), None);
        assert_eq!(read.to_string(), "Warmer {amount}");
    }

    #[test]
    fn a_persons_words_need_no_template() {
        assert_eq!(SaidRecord::of(&Said::words("golden hour")), None);
    }
}
