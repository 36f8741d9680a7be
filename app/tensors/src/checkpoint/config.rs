//! `config.json` and its kin: read, never assumed. A setting that would change the arithmetic in a way that is not
//! written here is refused by name.

use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::ModelError;

/// Settings that the rest of a file may only have at the value given here (as JSON).
pub type Neutral = &'static [(&'static str, &'static str)];

/// A file of settings.
pub struct Settings {
    path: PathBuf,
    values: Map<String, Value>,
}

impl Settings {
    /// Reads a JSON object.
    pub fn read(path: &Path) -> Result<Self, ModelError> {
        let text = std::fs::read_to_string(path).map_err(|error| ModelError::NotACheckpoint {
            what: if error.kind() == std::io::ErrorKind::NotFound {
                "a file of the checkpoint is missing".to_owned()
            } else {
                format!("a file of the checkpoint cannot be read ({error})")
            },
            path: path.to_owned(),
        })?;
        let values = serde_json::from_str(&with_words_for_infinities(&text)).map_err(|error| {
            ModelError::Damaged {
                what: format!("the settings cannot be understood ({error})"),
                path: path.to_owned(),
            }
        })?;
        Ok(Self {
            path: path.to_owned(),
            values,
        })
    }

    /// The same, from a value that was read already.
    pub fn of(path: &str, values: Map<String, Value>) -> Self {
        Self {
            path: PathBuf::from(path),
            values,
        }
    }

    /// The settings that a network has words for.
    pub fn typed<T: DeserializeOwned>(&self) -> Result<T, ModelError> {
        serde_json::from_value(Value::Object(self.values.clone())).map_err(|error| {
            ModelError::Unsupported {
                what: format!("the settings cannot be understood ({error})"),
                path: self.path.clone(),
            }
        })
    }

    /// Refuses what no word is there for: settings must be `known`, at their `neutral` value, or switched off.
    pub fn refuse_unknown(&self, known: &[&str], neutral: Neutral) -> Result<(), ModelError> {
        for (key, value) in &self.values {
            let off = value.is_null() || *value == Value::Bool(false);
            let accepted = match neutral.iter().find(|(name, _)| name == key) {
                Some((_, wanted)) => same(value, wanted),
                None => off || key.starts_with('_') || known.contains(&key.as_str()),
            };
            if !accepted {
                return Err(self.unsupported(format!(
                    "the model sets {key} to {value}, which Retake does not know how to compute"
                )));
            }
        }
        Ok(())
    }

    /// The same with what is written in `silent` (an object) where the file says nothing.
    pub fn or(&self, silent: &Value) -> Self {
        let mut values = silent.as_object().cloned().unwrap_or_default();
        values.extend(self.values.clone());
        Self {
            path: self.path.clone(),
            values,
        }
    }

    /// The same without some of them.
    pub fn without(&self, keys: &[&str]) -> Self {
        let mut values = self.values.clone();
        values.retain(|key, _| !keys.contains(&key.as_str()));
        Self {
            path: self.path.clone(),
            values,
        }
    }

    /// Whether a switch is there and on.
    pub fn is_on(&self, key: &str) -> bool {
        self.values.get(key) == Some(&Value::Bool(true))
    }

    /// Whether the file says anything about it.
    pub fn has(&self, key: &str) -> bool {
        self.values.contains_key(key)
    }

    /// A setting that is a text.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.values.get(key)?.as_str()
    }

    /// A setting that is a list of texts; empty if it is none.
    pub fn texts(&self, key: &str) -> Vec<String> {
        let list = self.values.get(key).and_then(Value::as_array);
        let texts = list.into_iter().flatten().filter_map(Value::as_str);
        texts.map(str::to_owned).collect()
    }

    /// A setting that is a whole number.
    pub fn number(&self, key: &str) -> Option<usize> {
        usize::try_from(self.values.get(key)?.as_u64()?).ok()
    }

    /// A setting that is any number.
    pub fn real(&self, key: &str) -> Option<f64> {
        self.values.get(key)?.as_f64()
    }

    /// A setting that is a list of numbers.
    pub fn reals(&self, key: &str) -> Option<Vec<f64>> {
        self.values
            .get(key)?
            .as_array()?
            .iter()
            .map(Value::as_f64)
            .collect()
    }

    /// Settings within settings: `vision_config`, `text_config`, …
    pub fn part(&self, key: &str) -> Option<Self> {
        Some(Self {
            path: self.path.clone(),
            values: self.values.get(key)?.as_object()?.clone(),
        })
    }

    /// What the file says anything about.
    pub fn keys(&self) -> Vec<&str> {
        self.values.keys().map(String::as_str).collect()
    }

    /// This setting alone.
    pub fn only(&self, key: &str) -> Self {
        let mut values = self.values.clone();
        values.retain(|own, _| own == key);
        Self {
            path: self.path.clone(),
            values,
        }
    }

    /// A switch, if it is there.
    pub fn switch(&self, key: &str) -> Option<bool> {
        self.values.get(key)?.as_bool()
    }

    /// The length of a list.
    pub fn length(&self, key: &str) -> Option<usize> {
        Some(self.values.get(key)?.as_array()?.len())
    }

    /// Settings that are two words, (library, class) in an index: by key, the second word.
    pub fn pairs(&self) -> Vec<(String, String)> {
        let pairs =
            self.values
                .iter()
                .filter_map(|(key, value)| match value.as_array()?.as_slice() {
                    [Value::String(_), Value::String(class)] => Some((key.clone(), class.clone())),
                    _ => None,
                });
        pairs.collect()
    }

    /// A sentence about this file.
    pub fn unsupported(&self, what: String) -> ModelError {
        ModelError::Unsupported {
            what,
            path: self.path.clone(),
        }
    }
}

/// Python writes infinities and NaN into JSON as bare words, which JSON does not have: they become texts.
fn with_words_for_infinities(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut quoted, mut escaped) = (false, false);
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let word = ["-Infinity", "Infinity", "NaN"]
            .into_iter()
            .find(|word| !quoted && rest.starts_with(word));
        if let Some(word) = word {
            out.extend(["\"", word, "\""]);
            rest = &rest[word.len()..];
            continue;
        }
        if c == '"' && !escaped {
            quoted = !quoted;
        }
        escaped = quoted && c == '\\' && !escaped;
        out.push(c);
        rest = &rest[c.len_utf8()..];
    }
    out
}

fn same(value: &Value, wanted: &str) -> bool {
    let Ok(wanted) = serde_json::from_str::<Value>(wanted) else {
        return false;
    };
    *value == wanted || (value.is_number() && value.as_f64() == wanted.as_f64())
}

/// One number for all blocks, or one for each.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(untagged)]
pub enum PerBlock {
    /// for all
    All(usize),
    /// for each, the outermost first
    Each(Vec<usize>),
}

impl PerBlock {
    /// The numbers of `blocks` blocks; `None` if there are not as many.
    pub fn of(&self, blocks: usize) -> Option<Vec<usize>> {
        match self {
            Self::All(one) => Some(vec![*one; blocks]),
            Self::Each(each) => (each.len() == blocks).then(|| each.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::with_words_for_infinities;

    #[test]
    fn infinities_as_python_writes_them_become_texts_and_texts_stay() {
        let written = r#"{"a": -Infinity, "b\" NaN": [NaN, Infinity], "c": "Infinity \\"}"#;
        let read = r#"{"a": "-Infinity", "b\" NaN": ["NaN", "Infinity"], "c": "Infinity \\"}"#;
        assert_eq!(with_words_for_infinities(written), read);
    }
}
