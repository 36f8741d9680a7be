//! What the window says, from one file a language. A key without a text shows itself, so that it is noticed.

use std::borrow::Cow;
use std::collections::BTreeMap;

use retake_core::Said;

/// The languages, by ISO 639-1 code and their own name.
pub(crate) const LANGUAGES: &[(&str, &str, &str)] = &[
    (
        "en",
        "English",
        include_str!("../../../assets/texts/en.toml"),
    ),
    (
        "de",
        "Deutsch",
        include_str!("../../../assets/texts/de.toml"),
    ),
];

/// The texts of one language.
#[derive(Clone, Debug)]
pub(crate) struct Texts {
    /// ISO 639-1 code
    pub(crate) language: &'static str,
    /// the window's own, by key
    texts: BTreeMap<String, String>,
    /// what the rest of the program says, by its English template; empty in English
    said: BTreeMap<String, String>,
}

impl Texts {
    /// Of a language; English when there is none of that code.
    pub(crate) fn of(code: &str) -> Self {
        #[derive(Default, serde::Deserialize)]
        struct File {
            #[serde(default)]
            said: BTreeMap<String, String>,
            #[serde(flatten)]
            texts: BTreeMap<String, String>,
        }
        let (language, _, file) = LANGUAGES
            .iter()
            .find(|(known, _, _)| *known == code)
            .unwrap_or(&LANGUAGES[0]);
        let File { said, texts } = toml::from_str(file).unwrap_or_default();
        Self {
            language,
            texts,
            said,
        }
    }
    /// The text of a key.
    pub(crate) fn get<'a>(&'a self, key: &'a str) -> &'a str {
        self.texts.get(key).map_or(key, String::as_str)
    }
    /// The text of a key with `{name}` replaced; a value that is a number is written as the language does.
    pub(crate) fn with(&self, key: &str, values: &[(&str, &str)]) -> String {
        let mut text = self.get(key).to_owned();
        for (name, value) in values {
            let place = format!("{{{name}}}");
            text = if is_number(value) {
                text.replace(&place, &self.number(value))
            } else {
                text.replace(&place, value)
            };
        }
        text
    }
    /// What the program says, in this language; in English what has no translation.
    pub(crate) fn said(&self, said: &Said) -> String {
        said.written(&|template| self.template(template), &|number| {
            self.number(number)
        })
    }
    /// A name from one of the program's tables: an operation, a unit, a sentence about one.
    pub(crate) fn word<'a>(&'a self, english: &'a str) -> &'a str {
        self.template(english).unwrap_or(english)
    }
    /// What a reason of a score is called.
    pub(crate) fn reason(&self, id: &str) -> String {
        let key = format!("reason_{id}");
        match self.texts.get(&key) {
            Some(text) => text.clone(),
            None => self.word(&id.replace('_', " ")).to_owned(),
        }
    }
    /// A kind of edit, as a data set says it; one that was guessed in this language.
    pub(crate) fn kind_of_edit<'a>(&'a self, task: &'a str) -> Cow<'a, str> {
        match retake_lab::taxonomy::guessed(task) {
            Some(kind) => self
                .with("lab_guessed", &[("kind", self.word(kind))])
                .into(),
            None => task.into(),
        }
    }
    /// A number that was written with decimal points, as the language writes it.
    pub(crate) fn number(&self, english: &str) -> String {
        let mark = self.get("decimal_mark");
        if mark == "." {
            return english.to_owned();
        }
        let mut text = String::with_capacity(english.len());
        let mut letters = english.chars().peekable();
        let mut before = ' ';
        while let Some(letter) = letters.next() {
            let after = letters.peek().is_some_and(char::is_ascii_digit);
            if letter == '.' && before.is_ascii_digit() && after {
                text.push_str(mark);
            } else {
                text.push(letter);
            }
            before = letter;
        }
        text
    }
    /// Keys: "Ctrl+Enter", "Strg+Eingabe".
    pub(crate) fn keys(&self, english: &str) -> String {
        let keys: Vec<&str> = english.split('+').map(|key| self.word(key)).collect();
        keys.join("+")
    }

    /// Names in the middle of a sentence are written small in English only.
    fn template(&self, english: &str) -> Option<&str> {
        let of = |english: &str| self.said.get(english).map(String::as_str);
        of(english).or_else(|| match self.said.is_empty() {
            true => None,
            false => of(&capital(english)),
        })
    }
}

/// Whether a value is a number and nothing else: "7.3", "≈ −0.5", "12 %".
fn is_number(value: &str) -> bool {
    let sign = |letter: char| letter.is_ascii_digit() || ".−+-≈± %".contains(letter);
    value.chars().all(sign) && value.contains(|letter: char| letter.is_ascii_digit())
}

/// With a capital at the beginning.
pub(crate) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

#[cfg(test)]
mod tests;
