//! What the window says, from one file a language. A key without a text shows itself, so that it is noticed.

use std::collections::BTreeMap;

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
    texts: BTreeMap<String, String>,
}

impl Texts {
    /// Of a language; English when there is none of that code.
    pub(crate) fn of(code: &str) -> Self {
        let (language, _, file) = LANGUAGES
            .iter()
            .find(|(known, _, _)| *known == code)
            .unwrap_or(&LANGUAGES[0]);
        Self {
            language,
            texts: toml::from_str(file).unwrap_or_default(),
        }
    }
    /// The text of a key.
    pub(crate) fn get<'a>(&'a self, key: &'a str) -> &'a str {
        self.texts.get(key).map_or(key, String::as_str)
    }
    /// The text of a key with `{name}` replaced.
    pub(crate) fn with(&self, key: &str, values: &[(&str, &str)]) -> String {
        let mut text = self.get(key).to_owned();
        for (name, value) in values {
            text = text.replace(&format!("{{{name}}}"), value);
        }
        text
    }
}

/// With a capital at the beginning.
pub(crate) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_every_text_with_the_same_places() {
        let places = |text: &str| {
            let mut names: Vec<String> = text
                .split('{')
                .skip(1)
                .filter_map(|rest| rest.split('}').next().map(str::to_owned))
                .collect();
            names.sort();
            names
        };
        let english = Texts::of("en");
        for (code, _, _) in LANGUAGES {
            let texts = Texts::of(code);
            for (key, text) in &english.texts {
                let other = texts
                    .texts
                    .get(key)
                    .unwrap_or_else(|| panic!("{code} has no {key}"));
                assert_eq!(places(text), places(other), "{code} {key}");
            }
            assert_eq!(
                texts.texts.len(),
                english.texts.len(),
                "{code} has more than English"
            );
        }
    }
}
