//! From tokens to items with a meaning: finds the language, mends slips, matches the longest phrases, joins numbers.

use std::collections::BTreeMap;

use crate::Lexicon;
use crate::lexicon::Language;
use crate::sense::{Sense, Word};
use crate::text::{Text, Token, TokenKind};

/// A run of tokens with one meaning.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Item {
    pub(crate) kind: Kind,
    /// first token and one past the last
    pub(crate) first: usize,
    pub(crate) end: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    Sense(Sense),
    /// the value, and its sign if one was written
    Number(f32, Option<bool>),
    /// width over height
    Ratio(f32),
    Break(char),
    Unknown,
}

impl Item {
    pub(crate) fn word(&self) -> Option<Word> {
        match self.kind {
            Kind::Sense(Sense::Word(word)) => Some(word),
            _ => None,
        }
    }
    pub(crate) fn is(&self, word: Word) -> bool {
        self.word() == Some(word)
    }
}

/// The sentence as items.
pub(crate) struct Reading {
    pub(crate) language: String,
    pub(crate) items: Vec<Item>,
    /// (as written, as read)
    pub(crate) corrected: Vec<(String, String)>,
}

pub(crate) fn read(text: &mut Text, lexicon: &Lexicon) -> Reading {
    let main = main_language(&text.tokens, lexicon);
    let Some(language) = lexicon.languages.get(main) else {
        return Reading {
            language: "en".to_owned(),
            items: Vec::new(),
            corrected: Vec::new(),
        };
    };
    let corrected = mend(text, lexicon, language);
    let order: Vec<&Language> = std::iter::once(language)
        .chain(
            lexicon
                .languages
                .iter()
                .enumerate()
                .filter(|&(i, _)| i != main)
                .map(|(_, l)| l),
        )
        .collect();
    let tokens = &text.tokens;
    let mut items = Vec::new();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let signed = matches!(token.kind, TokenKind::Number(_, Some(_)));
        let found = if signed {
            None
        } else {
            phrase(&order, &tokens[at..])
        };
        // a number followed by a ratio's mark is no phrase's beginning, unless the phrase is longer than the number
        let (kind, length) = match (token.kind, found) {
            (_, Some((sense, length)))
                if length > 1 || !matches!(token.kind, TokenKind::Number(..)) =>
            {
                (Kind::Sense(sense), length)
            }
            (TokenKind::Number(value, sign), _) => number(tokens, at, value, sign),
            (TokenKind::Break(mark), _) => (Kind::Break(mark), 1),
            _ => (Kind::Unknown, 1),
        };
        items.push(Item {
            kind,
            first: at,
            end: at + length,
        });
        at += length;
    }
    Reading {
        language: language.code.clone(),
        items,
        corrected,
    }
}

/// The language whose phrases cover most of the sentence; the first of equals.
fn main_language(tokens: &[Token], lexicon: &Lexicon) -> usize {
    let mut best = (0, 0);
    for (index, language) in lexicon.languages.iter().enumerate() {
        let mut covered = 0;
        let mut at = 0;
        while at < tokens.len() {
            let length = language
                .longest(&tokens[at..])
                .map_or(0, |(_, length)| length);
            covered += 2 * length;
            // a word of the language that no phrase uses here is weaker evidence
            covered += usize::from(length == 0 && language.known.contains(&tokens[at].folded));
            at += length.max(1);
        }
        if covered > best.1 {
            best = (index, covered);
        }
    }
    best.0
}

/// The main language's longest phrase, or else another language's, if it is content of some length.
fn phrase(order: &[&Language], tokens: &[Token]) -> Option<(Sense, usize)> {
    let (main, others) = order.split_first()?;
    if let Some((sense, length)) = main.longest(tokens) {
        return Some((sense.clone(), length));
    }
    others.iter().find_map(|language| {
        let (sense, length) = language.longest(tokens)?;
        let letters: usize = tokens[..length]
            .iter()
            .map(|t| t.folded.chars().count())
            .sum();
        let chinese = tokens[0].kind == TokenKind::Character;
        let content = !matches!(sense, Sense::Word(Word::Filler)) || letters >= 5;
        (chinese || (letters >= 4 && content)).then(|| (sense.clone(), length))
    })
}

fn mend(text: &mut Text, lexicon: &Lexicon, main: &Language) -> Vec<(String, String)> {
    let mut seen: BTreeMap<String, Option<String>> = BTreeMap::new();
    let mut corrected = Vec::new();
    for token in &mut text.tokens {
        let known = token.kind != TokenKind::Word
            || lexicon.languages.iter().any(|l| {
                (l.code == main.code || token.folded.len() >= 4) && l.known.contains(&token.folded)
            });
        if known {
            continue;
        }
        let mended = seen
            .entry(token.folded.clone())
            .or_insert_with_key(|word| main.vocabulary.mend(word));
        if let Some(word) = mended {
            corrected.push((
                text.written[token.start..token.end].to_owned(),
                word.clone(),
            ));
            token.folded.clone_from(word);
        }
    }
    corrected
}

/// A number, a fraction (2/3), a mixed number (1 1/3) or a ratio (16:9, 4x5).
fn number(tokens: &[Token], at: usize, value: f64, sign: Option<bool>) -> (Kind, usize) {
    let plain = |k: usize| match tokens.get(k).map(|t| t.kind) {
        Some(TokenKind::Number(value, None)) => Some(value),
        _ => None,
    };
    let mark = |k: usize| tokens.get(k).map(|t| t.folded.as_str());
    let second = plain(at + 2).filter(|&v| v > 0.0);
    let fits = |value: f64| {
        if value.is_finite() {
            value.clamp(-1e6, 1e6) as f32
        } else {
            1e6
        }
    };
    match (mark(at + 1), second) {
        (Some(":" | "x"), Some(second)) if value > 0.0 => (Kind::Ratio(fits(value / second)), 3),
        (Some("/"), Some(second)) => (Kind::Number(fits(value / second), sign), 3),
        _ => match (plain(at + 1), mark(at + 2), plain(at + 3)) {
            (Some(above), Some("/"), Some(below)) if below > above => {
                (Kind::Number(fits(value + above / below), sign), 4)
            }
            _ => (Kind::Number(fits(value), sign), 1),
        },
    }
}
