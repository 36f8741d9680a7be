//! The phrases of one language, with their endings, and how the longest that fits is found.

use std::collections::{BTreeMap, BTreeSet};

use crate::sense::{Sense, Word};
use crate::spelling::{Vocabulary, near};
use crate::text::{Text, Token, TokenKind};

/// What a word is to the nouns around it, whatever else it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Role {
    /// the, my: a noun follows
    Determiner,
    /// in, on: says where
    Locating,
    /// like, as: no object follows
    Comparing,
    /// between a whole and its part
    Possessive,
    /// a thing that a photo can be of
    Subject,
    /// a noun that is no part of a picture
    Elsewhere,
    /// "ihn": what was spoken of, or a person
    Pronoun,
    /// summer, winter
    Season,
    /// the landscape, rather than the photo of it
    Scene,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Language {
    pub(crate) code: String,
    pub(super) endings: BTreeMap<char, Vec<String>>,
    /// by first token, longest first
    pub(super) phrases: BTreeMap<String, Vec<(Vec<String>, Sense)>>,
    pub(crate) known: BTreeSet<String>,
    pub(crate) vocabulary: Vocabulary,
    pub(super) particles: BTreeSet<String>,
    pub(super) verb_endings: Vec<char>,
    pub(super) verbs: BTreeSet<Vec<String>>,
    pub(crate) no_slips: BTreeSet<String>,
    pub(crate) feelings: BTreeSet<String>,
    pub(super) roles: BTreeMap<Role, BTreeSet<String>>,
    /// single words for the photo as a whole
    pub(super) photo_words: BTreeSet<Vec<char>>,
    pub(crate) compounds: BTreeMap<String, Vec<String>>,
}

impl Language {
    pub(super) fn extend(&mut self, entries: Vec<(String, Sense)>) {
        let mut merged: BTreeMap<Vec<String>, Sense> = BTreeMap::new();
        for (phrase, sense) in entries {
            let verb = phrase.ends_with(self.verb_endings.as_slice());
            for written in self.inflected(&phrase) {
                let tokens: Vec<String> = Text::new(&written)
                    .tokens
                    .into_iter()
                    .map(|t| t.folded)
                    .collect();
                if tokens.is_empty() {
                    continue;
                }
                if verb {
                    self.verbs.insert(tokens.clone());
                }
                // a phrase in two tables of one kind means both: "washed out" wants contrast and saturation
                match (merged.get_mut(&tokens), &sense) {
                    (Some(Sense::Attribute(have)), Sense::Attribute(add))
                    | (Some(Sense::Fault(have)), Sense::Fault(add)) => {
                        if !have.contains(&add[0]) {
                            have.extend(add.iter().copied());
                        }
                    }
                    // the first table of a file wins where endings make two words alike
                    (Some(_), _) => {}
                    (None, _) => {
                        merged.insert(tokens, sense.clone());
                    }
                }
            }
        }
        for (tokens, sense) in merged {
            let meaningful = sense != Sense::Word(Word::Filler);
            // things are so many that any word is near one of them
            let open = matches!(sense, Sense::Word(Word::Thing | Word::Act | Word::Person));
            if let ([word], Sense::Word(Word::Photo)) = (tokens.as_slice(), &sense) {
                self.photo_words.insert(word.chars().collect());
            }
            for token in &tokens {
                self.known.insert(token.clone());
                if !open {
                    self.vocabulary.insert(token, meaningful);
                }
            }
            let bucket = self.phrases.entry(tokens[0].clone()).or_default();
            bucket.retain(|(have, _)| *have != tokens);
            let place = bucket.partition_point(|(have, _)| have.len() >= tokens.len());
            bucket.insert(place, (tokens, sense));
        }
    }

    /// All phrases, their words and what they mean.
    pub(crate) fn phrases(&self) -> impl Iterator<Item = &(Vec<String>, Sense)> {
        self.phrases.values().flatten()
    }

    /// "warm~" stands for warm with each of the language's endings.
    fn inflected(&self, phrase: &str) -> Vec<String> {
        let mut written = vec![String::new()];
        for word in phrase.split_whitespace() {
            let endings = word
                .chars()
                .last()
                .and_then(|mark| self.endings.get(&mark).map(|e| (mark, e)));
            let forms: Vec<String> = match endings {
                Some((mark, endings)) => {
                    let stem = word.trim_end_matches(mark);
                    endings
                        .iter()
                        .map(|ending| format!("{stem}{ending}"))
                        .collect()
                }
                None => vec![word.to_owned()],
            };
            written = written
                .iter()
                .flat_map(|head| {
                    forms.iter().map(move |form| {
                        if head.is_empty() {
                            form.clone()
                        } else {
                            format!("{head} {form}")
                        }
                    })
                })
                .collect();
        }
        written
    }

    /// A verb of two words whose particle stands further on, and where: "turn the contrast up".
    pub(crate) fn apart(&self, tokens: &[Token]) -> Option<(&Sense, usize)> {
        let reach = tokens
            .iter()
            .take(9)
            .take_while(|t| !matches!(t.kind, TokenKind::Break(_)))
            .count();
        self.phrases
            .get(&tokens.first()?.folded)?
            .iter()
            .find_map(|(phrase, sense)| {
                let [_, particle] = phrase.as_slice() else {
                    return None;
                };
                let at = (2..reach).find(|&at| tokens[at].folded == *particle)?;
                let joined = tokens[1..at].iter().any(|t| {
                    self.phrases.get(&t.folded).is_some_and(|bucket| {
                        bucket.iter().any(|(phrase, sense)| {
                            phrase.len() == 1
                                && matches!(sense, Sense::Word(Word::And | Word::Or | Word::But))
                        })
                    })
                });
                let free = self
                    .longest(&tokens[at..])
                    .is_none_or(|(_, length)| length == 1);
                (self.particles.contains(particle) && free && !joined).then_some((sense, at))
            })
    }

    /// Whether the words have a role.
    pub(crate) fn plays(&self, tokens: &[Token], role: Role) -> bool {
        self.roles
            .get(&role)
            .is_some_and(|words| words.contains(&key(tokens)))
    }

    /// Whether a word may be a bad slip of one for the photo ("pcituer"), or a compound with it ("Urlaubsfoto").
    pub(crate) fn almost_a_photo(&self, token: &Token) -> bool {
        let word: Vec<char> = token.folded.chars().collect();
        let like = |known: &Vec<char>| {
            near(&word, known)
                || known.len() >= 4 && word.len() > known.len() + 2 && word.ends_with(known)
        };
        word.len() >= 6 && self.photo_words.iter().any(like)
    }

    /// Whether a phrase is a verb by its ending.
    pub(crate) fn is_verb(&self, tokens: &[Token]) -> bool {
        let words: Vec<String> = tokens.iter().map(|t| t.folded.clone()).collect();
        self.verbs.contains(&words)
    }

    /// The longest phrase that starts at a token, and how many tokens it takes.
    pub(crate) fn longest(&self, tokens: &[Token]) -> Option<(&Sense, usize)> {
        let first = tokens.first()?;
        self.phrases
            .get(&first.folded)?
            .iter()
            .find(|(phrase, _)| {
                phrase.len() <= tokens.len()
                    && phrase
                        .iter()
                        .zip(tokens)
                        .all(|(a, b)| *a == b.folded && !matches!(b.kind, TokenKind::Break(_)))
            })
            .map(|(phrase, sense)| (sense, phrase.len()))
    }
}

/// A phrase as one word to look up.
pub(super) fn key(tokens: &[Token]) -> String {
    let words: Vec<&str> = tokens.iter().map(|t| t.folded.as_str()).collect();
    words.join(" ")
}
