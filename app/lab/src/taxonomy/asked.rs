//! A sentence as the rules look at it.

use retake_core::Understanding;
use retake_language::{Lexicon, understand};

/// Words in small letters, and where something is quoted.
pub(super) struct Asked<'a> {
    text: &'a str,
    words: Vec<String>,
    /// something stands in quotation marks: what is to be written
    pub(super) quoted: bool,
}

impl<'a> Asked<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let quotes = |c: &char| ['"', '“', '”', '„', '«', '»'].contains(c);
        let small = text.to_lowercase().replace('’', "'");
        let words = small
            .replace("'s ", " ")
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect();
        let quoted = text.chars().filter(quotes).count() >= 2;
        Self {
            text,
            words,
            quoted,
        }
    }

    /// Whether one of these phrases is in it. "~" at the end of a word stands for any ending, "_" for any one word.
    pub(super) fn has(&self, phrases: &[&str]) -> bool {
        self.find(phrases).is_some()
    }

    /// The same, within the first words: what is to be done.
    pub(super) fn begins(&self, phrases: &[&str]) -> bool {
        const FIRST: usize = 4;
        self.find(phrases).is_some_and(|place| place < FIRST)
    }

    /// Whether one of the first phrases comes before one of the second.
    pub(super) fn then(&self, first: &[&str], second: &[&str]) -> bool {
        let Some(place) = self.find(first) else {
            return false;
        };
        let rest = place + 1;
        second
            .iter()
            .any(|phrase| (rest..self.words.len()).any(|at| self.stands(phrase, at)))
    }

    /// Whether a word is a number of four figures with an s ("1920s").
    pub(super) fn names_years(&self) -> bool {
        self.words.iter().any(|word| {
            let figures = word.strip_suffix('s').or(word.strip_suffix("er"));
            figures.is_some_and(|f| f.len() == 4 && f.bytes().all(|b| b.is_ascii_digit()))
        })
    }

    /// The place of the first of them.
    fn find(&self, phrases: &[&str]) -> Option<usize> {
        let places = |phrase: &&str| (0..self.words.len()).find(|&at| self.stands(phrase, at));
        phrases.iter().filter_map(places).min()
    }

    fn stands(&self, phrase: &str, at: usize) -> bool {
        let mut words = self.words[at..].iter();
        phrase.split(' ').all(|part| {
            words
                .next()
                .is_some_and(|word| match part.strip_suffix('~') {
                    Some(stem) => word.starts_with(stem),
                    None => part == "_" || word == part,
                })
        })
    }

    /// The sentence read with the lexicon.
    pub(super) fn understood(&self) -> Option<Understanding> {
        let read = understand(self.text, Lexicon::built_in()).ok()?;
        Some(read.understood)
    }
}
