//! Finds the things that a sentence names, under the English names that networks know them by. The words are data:
//! `assets/lexicon/things.toml`. Nothing that is asked hangs on it; it is for those who look at pictures.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use retake_core::Thing;
use serde::Deserialize;

use crate::text::{Text, Token, TokenKind};

static FILE: &str = include_str!("../../../assets/lexicon/things.toml");

#[derive(Deserialize)]
struct File {
    endings: BTreeMap<String, Vec<String>>,
    things: BTreeMap<String, Row>,
}

#[derive(Deserialize)]
struct Row {
    #[serde(default, rename = "is")]
    kinds: Vec<String>,
    #[serde(flatten)]
    words: BTreeMap<String, String>,
}

/// The things of all languages.
struct Things {
    rows: Vec<(String, Vec<String>)>,
    /// by language and folded words: the row
    forms: BTreeMap<(String, Vec<String>), usize>,
    /// words of the longest form
    longest: usize,
}

impl Things {
    fn of(file: File) -> Self {
        let mut all = Self {
            rows: Vec::new(),
            forms: BTreeMap::new(),
            longest: 1,
        };
        for (name, row) in file.things {
            let at = all.rows.len();
            for (language, words) in &row.words {
                let endings = file.endings.get(language).map_or(&[][..], Vec::as_slice);
                for form in words
                    .split(',')
                    .flat_map(|word| forms(word.trim(), endings))
                {
                    let tokens = Text::new(&form).tokens.into_iter();
                    let tokens: Vec<String> = tokens.map(|token| token.folded).collect();
                    all.longest = all.longest.max(tokens.len());
                    all.forms.insert((language.clone(), tokens), at);
                }
            }
            all.rows.push((name, row.kinds));
        }
        all
    }

    /// The longest form that the tokens begin with: its row, and how many tokens it takes.
    fn begin(&self, language: &str, tokens: &[Token]) -> Option<(usize, usize)> {
        let lengths = (1..=self.longest.min(tokens.len())).rev();
        lengths
            .filter(|&length| tokens[..length].iter().all(|t| t.kind == TokenKind::Word))
            .find_map(|length| {
                let words = tokens[..length].iter().map(|token| token.folded.clone());
                let key = (language.to_owned(), words.collect());
                self.forms.get(&key).map(|&row| (row, length))
            })
    }
}

/// "dog*" with each of the language's endings.
fn forms(word: &str, endings: &[String]) -> Vec<String> {
    match word.strip_suffix('*') {
        Some(stem) => endings
            .iter()
            .map(|ending| format!("{stem}{ending}"))
            .collect(),
        None => vec![word.to_owned()],
    }
}

fn known() -> &'static Things {
    static KNOWN: OnceLock<Things> = OnceLock::new();
    KNOWN.get_or_init(|| {
        Things::of(toml::from_str(FILE).expect("the embedded table of things is tested"))
    })
}

/// What a sentence in this language names, in its order, each thing once.
pub(crate) fn things(text: &Text, language: &str) -> Vec<Thing> {
    let known = known();
    let mut found: Vec<Thing> = Vec::new();
    let mut at = 0;
    while at < text.tokens.len() {
        let Some((row, length)) = known.begin(language, &text.tokens[at..]) else {
            at += 1;
            continue;
        };
        let (name, kinds) = &known.rows[row];
        let (first, last) = (&text.tokens[at], &text.tokens[at + length - 1]);
        if found.iter().all(|thing| thing.name != *name) {
            found.push(Thing {
                name: name.clone(),
                kinds: kinds.clone(),
                words: text.written[first.start..last.end].to_owned(),
            });
        }
        at += length;
    }
    found
}

#[cfg(test)]
mod tests {
    use crate::{Lexicon, understand};

    fn names(text: &str) -> Vec<String> {
        let read = understand(text, Lexicon::built_in()).expect("understood");
        let things = read.understood.things.into_iter();
        things.map(|thing| thing.name).collect()
    }

    #[test]
    fn english_and_german_words_name_the_same_things() {
        for (english, german, things) in [
            ("remove the car", "entferne das Auto", &["car"][..]),
            ("add a dog", "füge einen Hund hinzu", &["dog"]),
            ("remove the people", "entferne die Menschen", &["person"]),
            ("remove the trees", "entferne die Bäume", &["tree"]),
            (
                "replace the dog with a cat",
                "ersetze den Hund durch eine Katze",
                &["dog", "cat"],
            ),
            ("replace the sky", "ersetze den Himmel", &["sky"]),
        ] {
            assert_eq!(names(english), things, "{english}");
            assert_eq!(names(german), things, "{german}");
        }
    }

    #[test]
    fn a_thing_of_two_words_is_one() {
        assert_eq!(names("remove the traffic lights"), ["traffic light"]);
    }

    #[test]
    fn light_and_colour_name_nothing() {
        for text in ["warmer", "mehr Kontrast", "make it a lot brighter"] {
            assert_eq!(names(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn a_thing_has_the_words_as_they_were_written() {
        let read = understand("Entferne die Möwen!", Lexicon::built_in()).expect("understood");
        let thing = &read.understood.things[0];
        assert_eq!((&*thing.name, &*thing.words), ("bird", "Möwen"));
        assert_eq!(thing.kinds, ["animal"]);
    }
}
