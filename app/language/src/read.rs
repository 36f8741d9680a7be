//! From tokens to items with a meaning: finds the language, mends slips, matches the longest phrases, joins numbers.

use std::collections::BTreeMap;

use crate::Lexicon;
use crate::lexicon::{Language, Role};
use crate::sense::{Sense, Word};
use crate::text::{Text, Token, TokenKind};

/// A run of tokens with one meaning.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Item {
    pub(crate) kind: Kind,
    /// first token and one past the last
    pub(crate) first: usize,
    pub(crate) end: usize,
    /// a verb by its form
    pub(crate) verb: bool,
    /// a style that would be a feeling of a person
    pub(crate) feeling: bool,
    /// what it is to the nouns around it
    pub(crate) roles: Vec<Role>,
    /// written in Chinese characters
    pub(crate) chinese: bool,
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
    pub(crate) fn new(kind: Kind, first: usize, end: usize) -> Self {
        Self {
            kind,
            first,
            end,
            verb: false,
            feeling: false,
            roles: Vec::new(),
            chinese: false,
        }
    }
    pub(crate) fn word(&self) -> Option<Word> {
        match self.kind {
            Kind::Sense(Sense::Word(word)) => Some(word),
            _ => None,
        }
    }
    pub(crate) fn is(&self, word: Word) -> bool {
        self.word() == Some(word)
    }
    pub(crate) fn plays(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }
}

/// The sentence as items.
pub(crate) struct Reading {
    pub(crate) language: String,
    pub(crate) items: Vec<Item>,
    /// (as written, as read)
    pub(crate) corrected: Vec<(String, String)>,
}

/// The language of a sentence, by its place in the lexicon.
pub(crate) fn language_of(text: &Text, lexicon: &Lexicon) -> usize {
    let mut text = text.clone();
    take_variants_for_one(&mut text, lexicon);
    main_language(&text.tokens, lexicon)
}

/// Chinese characters that are written in several ways, in one.
fn take_variants_for_one(text: &mut Text, lexicon: &Lexicon) {
    for token in &mut text.tokens {
        if token.kind == TokenKind::Character {
            let one_form = |c| lexicon.variants.get(&c).copied().unwrap_or(c);
            token.folded = token.folded.chars().map(one_form).collect();
        }
    }
}

/// Reads a sentence in the language at this place of the lexicon.
pub(crate) fn read(text: &mut Text, lexicon: &Lexicon, main: usize) -> Reading {
    take_variants_for_one(text, lexicon);
    let Some(language) = lexicon.languages.get(main) else {
        return Reading {
            language: "en".to_owned(),
            items: Vec::new(),
            corrected: Vec::new(),
        };
    };
    take_compounds_apart(text, language);
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
    let mut items: Vec<Item> = Vec::new();
    let mut particles: Vec<usize> = Vec::new();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let counted = numeral(&tokens[at..]).filter(|(.., length)| {
            language
                .longest(&tokens[at..])
                .is_none_or(|(_, phrase)| phrase <= *length)
        });
        if let Some((value, percent, length)) = counted {
            let end = at + length;
            items.push(Item::new(Kind::Number(value, None), at, end));
            if percent {
                let unit = Kind::Sense(Sense::Word(Word::Percent));
                items.push(Item::new(unit, at, end));
            }
            at = end;
            continue;
        }
        if particles.contains(&at) {
            let idle = Kind::Sense(Sense::Word(Word::Filler));
            items.push(Item::new(idle, at, at + 1));
            at += 1;
            continue;
        }
        let signed = matches!(token.kind, TokenKind::Number(_, Some(_)));
        let found = if signed {
            None
        } else {
            phrase(&order, &tokens[at..])
        };
        let found = match (language.apart(&tokens[at..]), found) {
            (Some((sense, particle)), found) if found.as_ref().is_none_or(|f| f.1 == 1) => {
                particles.push(at + particle);
                Some((sense.clone(), 1))
            }
            (_, found) => found,
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
            // "warmer + sharper"
            _ if token.folded == "+" => (Kind::Sense(Sense::Word(Word::And)), 1),
            _ => (Kind::Unknown, 1),
        };
        let mut item = Item::new(kind, at, at + length);
        item.verb = language.is_verb(&tokens[at..item.end]);
        item.feeling = matches!(item.kind, Kind::Sense(Sense::Style(_)))
            && tokens[at..item.end]
                .iter()
                .any(|t| language.feelings.contains(&t.folded));
        item.chinese = token.kind == TokenKind::Character;
        item.roles = roles(&tokens[at..item.end], language);
        items.push(item);
        at += length;
    }
    Reading {
        language: language.code.clone(),
        items,
        corrected,
    }
}

/// What the words of an item are to the nouns around them: "in the" says where, and a noun follows.
fn roles(tokens: &[Token], language: &Language) -> Vec<Role> {
    let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else {
        return Vec::new();
    };
    let each = || tokens.iter().map(std::slice::from_ref);
    [
        (
            Role::Determiner,
            language.plays(std::slice::from_ref(last), Role::Determiner),
        ),
        (
            Role::Locating,
            language.plays(std::slice::from_ref(first), Role::Locating),
        ),
        (
            Role::Comparing,
            each().any(|t| language.plays(t, Role::Comparing)),
        ),
        (Role::Possessive, language.plays(tokens, Role::Possessive)),
        (Role::Subject, language.plays(tokens, Role::Subject)),
        (
            Role::Season,
            language.plays(tokens, Role::Season) || each().any(|t| language.plays(t, Role::Season)),
        ),
        (Role::Pronoun, language.plays(tokens, Role::Pronoun)),
        (Role::Scene, language.plays(tokens, Role::Scene)),
        (
            Role::Elsewhere,
            each().any(|t| language.plays(t, Role::Elsewhere) || language.almost_a_photo(&t[0])),
        ),
    ]
    .into_iter()
    .filter_map(|(role, plays)| plays.then_some(role))
    .collect()
}

/// The language whose phrases cover most of the sentence; the first of equals.
fn main_language(tokens: &[Token], lexicon: &Lexicon) -> usize {
    let mut best = (0, 0);
    let mends = |language: &Language| {
        tokens.iter().any(|t| {
            t.kind == TokenKind::Word
                && lexicon
                    .languages
                    .iter()
                    .all(|l| !l.known.contains(&t.folded))
                && !language.no_slips.contains(&t.folded)
                && language.vocabulary.mend(&t.folded).is_some()
        })
    };
    // only a few words leave the language open
    let few = tokens.len() <= 6;
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
        // of equals the first, unless only the other can make something of a slip
        let tied = covered == best.1 && index > 0 && few;
        let better =
            tied && lexicon.languages.get(best.0).is_some_and(|had| !mends(had)) && mends(language);
        if covered > best.1 || better {
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
            || main.no_slips.contains(&token.folded)
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

/// "Drittelblende" is read as "Drittel Blende".
fn take_compounds_apart(text: &mut Text, language: &Language) {
    if !text
        .tokens
        .iter()
        .any(|t| language.compounds.contains_key(&t.folded))
    {
        return;
    }
    let whole = std::mem::take(&mut text.tokens);
    for token in whole {
        match language.compounds.get(&token.folded) {
            Some(words) => text.tokens.extend(words.iter().map(|word| Token {
                folded: word.clone(),
                ..token.clone()
            })),
            None => text.tokens.push(token),
        }
    }
}

/// A Chinese number of two or more characters (十五, 三十, 百分之十五, 三成): its value, whether it counts in
/// hundredths, and its length.
fn numeral(tokens: &[Token]) -> Option<(f32, bool, usize)> {
    const DIGITS: &str = "零一二三四五六七八九";
    let digit = |t: &Token| match t.folded.as_str() {
        "两" => Some(2.0),
        word => DIGITS
            .chars()
            .zip(0u8..)
            .find(|(c, _)| word.chars().eq([*c]))
            .map(|(_, value)| f32::from(value)),
    };
    let is = |at: usize, word: &str| tokens.get(at).is_some_and(|t| t.folded == word);
    if tokens.first()?.kind != TokenKind::Character {
        return None;
    }
    let percent = is(0, "百") && is(1, "分") && is(2, "之");
    let first = if percent { 3 } else { 0 };
    if let (true, Some(TokenKind::Number(value, _))) = (percent, tokens.get(3).map(|t| t.kind)) {
        return Some((value as f32, true, 4));
    }
    let (mut value, mut last, mut at) = (0.0, None, first);
    while let Some(token) = tokens.get(at) {
        match (digit(token), token.folded.as_str()) {
            (Some(d), _) if last.is_none() => last = Some(d),
            (None, "百") if at > first => value += 100.0 * last.take().unwrap_or(1.0),
            (None, "十") => value += 10.0 * last.take().unwrap_or(1.0),
            _ => break,
        }
        at += 1;
    }
    value += last.unwrap_or(0.0);
    // "一成" is a tenth; "分之" makes a fraction, which is a phrase
    if !percent && at == 1 && is(1, "成") && !is(2, "为") {
        return Some((10.0 * value, true, 2));
    }
    let plain = at - first >= 2 && !is(at, "分");
    (plain || percent && at > first).then_some((value, percent, at))
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
