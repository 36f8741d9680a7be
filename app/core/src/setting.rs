//! What a person may set of an editor, with its range and what the editor does by itself; and what was set.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// One thing that may be set.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// short name, as the command line has it: "image-guidance"
    pub id: &'static str,
    /// what it can be
    pub kind: SettingKind,
}

/// What a setting can be.
#[derive(Clone, Debug, PartialEq)]
pub enum SettingKind {
    /// a whole number
    Whole {
        /// the least that makes sense
        from: u32,
        /// the most that makes sense
        to: u32,
        /// the editor's own
        own: u32,
    },
    /// a number
    Number {
        /// the least that makes sense
        from: f64,
        /// the most that makes sense
        to: f64,
        /// the editor's own
        own: f64,
    },
    /// one of a few
    Choice {
        /// short names, and names for people
        of: Vec<(&'static str, &'static str)>,
        /// short name of the editor's own
        own: String,
    },
    /// any words; the editor's own are none
    Words,
    /// what its weights are held in, which it is opened with: short names, and names for people
    Precision(Vec<(&'static str, &'static str)>),
    /// files of adapters that it is opened with
    Adapters,
    /// files of pictures that it is opened with
    Pictures,
}

/// What a setting was set to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum SettingValue {
    /// of a whole number
    Whole(u32),
    /// of a number
    Number(f64),
    /// words, or the short name of a choice
    Words(String),
}

/// What was set, by the short names of settings; the rest is the editor's own.
pub type EditorSettings = BTreeMap<String, SettingValue>;

impl Setting {
    /// What the editor does where nothing is set; `None` for what it is opened with.
    pub fn own(&self) -> Option<SettingValue> {
        match &self.kind {
            SettingKind::Whole { own, .. } => Some(SettingValue::Whole(*own)),
            SettingKind::Number { own, .. } => Some(SettingValue::Number(*own)),
            SettingKind::Choice { own, .. } => Some(SettingValue::Words(own.clone())),
            SettingKind::Words => Some(SettingValue::Words(String::new())),
            SettingKind::Precision(_) | SettingKind::Adapters | SettingKind::Pictures => None,
        }
    }
}

impl SettingValue {
    /// As a number; 0 for words.
    pub fn number(&self) -> f64 {
        match self {
            Self::Whole(value) => f64::from(*value),
            Self::Number(value) => *value,
            Self::Words(_) => 0.0,
        }
    }
    /// As words; none for a number.
    pub fn words(&self) -> &str {
        match self {
            Self::Words(words) => words,
            Self::Whole(_) | Self::Number(_) => "",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_set_reads_back_as_it_was_written() {
        let set = EditorSettings::from([
            ("steps".to_owned(), SettingValue::Whole(20)),
            ("guidance".to_owned(), SettingValue::Number(7.0)),
            (
                "unwanted".to_owned(),
                SettingValue::Words("text".to_owned()),
            ),
        ]);
        let text = serde_json::to_string(&set).expect("it can be written");
        let back: EditorSettings = serde_json::from_str(&text).expect("it was just written");
        assert_eq!(back, set);
    }
}
