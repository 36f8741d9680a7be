//! The words by which sentences ask for words: `assets/lexicon/lettering.toml`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use crate::text::{Text, Token};

static FILE: &str = include_str!("../../../../assets/lexicon/lettering.toml");

/// What a word does in such a sentence; the file says what each means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    Write,
    Add,
    Change,
    Remove,
    Text,
    Mark,
    Says,
    Into,
    Stop,
    And,
    Turn,
    Not,
    The,
}

/// As the file names them.
const CLASSES: &[(&str, Class)] = &[
    ("write", Class::Write),
    ("add", Class::Add),
    ("change", Class::Change),
    ("remove", Class::Remove),
    ("text", Class::Text),
    ("mark", Class::Mark),
    ("says", Class::Says),
    ("into", Class::Into),
    ("stop", Class::Stop),
    ("and", Class::And),
    ("turn", Class::Turn),
    ("not", Class::Not),
    ("the", Class::The),
];

/// The words of a language.
#[derive(Debug, Default)]
pub(super) struct Table {
    forms: BTreeMap<Vec<String>, BTreeSet<Class>>,
    longest: usize,
}

impl Table {
    /// The longest form that the tokens begin with: how many they are, and what it may be.
    pub(super) fn begin(&self, tokens: &[Token]) -> (usize, BTreeSet<Class>) {
        let lengths = (1..=self.longest.min(tokens.len())).rev();
        let mut found = lengths.filter_map(|length| {
            let words = tokens[..length].iter().map(|token| token.folded.clone());
            let classes = self.forms.get(&words.collect::<Vec<_>>())?;
            Some((length, classes.clone()))
        });
        found.next().unwrap_or((1, BTreeSet::new()))
    }
}

/// The table of a language; none for one that has none.
pub(super) fn table(language: &str) -> Option<&'static Table> {
    static TABLES: OnceLock<BTreeMap<String, Table>> = OnceLock::new();
    let tables = TABLES.get_or_init(|| {
        let file: BTreeMap<String, BTreeMap<String, String>> =
            toml::from_str(FILE).expect("the embedded table of lettering is tested");
        let tables = file.into_iter();
        tables
            .map(|(language, rows)| (language, of(&rows)))
            .collect()
    });
    tables.get(language)
}

fn of(rows: &BTreeMap<String, String>) -> Table {
    let mut table = Table::default();
    for (name, class) in CLASSES {
        let forms = rows.get(*name).map_or("", String::as_str).split(',');
        for form in forms.filter(|form| !form.trim().is_empty()) {
            let tokens = Text::new(form).tokens.into_iter();
            let tokens: Vec<String> = tokens.map(|token| token.folded).collect();
            table.longest = table.longest.max(tokens.len());
            table.forms.entry(tokens).or_default().insert(*class);
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_file_is_a_class_and_every_class_has_words() {
        let file: BTreeMap<String, BTreeMap<String, String>> = toml::from_str(FILE).expect("TOML");
        for (language, rows) in &file {
            let names: BTreeSet<&str> = rows.keys().map(String::as_str).collect();
            let known: BTreeSet<&str> = CLASSES.iter().map(|(name, _)| *name).collect();
            assert_eq!(names, known, "{language}");
        }
        assert_eq!(file.len(), 5);
    }
}
