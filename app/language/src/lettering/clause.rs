//! What one clause asks of words.

use retake_core::{Gone, Lettering};

use crate::generative::{ADDING, CHANGING, REMOVING};
use crate::text::Text;

use super::table::Class;
use super::{Asked, Piece};

/// The pieces of a clause.
pub(super) struct Clause<'a> {
    text: &'a Text,
    pieces: &'a [Piece],
}

impl<'a> Clause<'a> {
    pub(super) fn new(text: &'a Text, pieces: &'a [Piece]) -> Self {
        Self { text, pieces }
    }

    /// A clause that says how or where: "in red", "at the top".
    pub(super) fn says_how(&self) -> bool {
        let first = self.pieces.first();
        first.is_some_and(|piece| piece.is(Class::Stop)) && !self.pieces.iter().any(Piece::verb)
    }

    pub(super) fn asked(&self) -> Vec<Asked> {
        let quotes: Vec<usize> = (0..self.pieces.len())
            .filter(|&at| self.pieces[at].quoted.is_some())
            .collect();
        let begins = quotes.first().copied().unwrap_or(self.pieces.len());
        if self.pieces[..begins].iter().any(|p| p.is(Class::Not)) {
            return Vec::new();
        }
        let (written, gone) = match quotes.is_empty() {
            false => self.quoted(&quotes),
            true => self.unquoted(),
        };
        let kind = match (written.is_empty(), &gone) {
            (false, Gone::Nothing) => Some(ADDING),
            (false, _) => Some(CHANGING),
            (true, Gone::This(_)) => Some(REMOVING),
            // other words are understood as they always were
            (true, _) => None,
        };
        let words = self.words();
        let one = |written: Option<String>, gone: Gone| Asked {
            lettering: Lettering {
                written,
                gone,
                words: words.clone(),
            },
            kind,
        };
        if written.is_empty() {
            return match gone {
                Gone::Nothing => Vec::new(),
                gone => vec![one(None, gone)],
            };
        }
        let mut gone = Some(gone);
        let each = written.into_iter();
        each.map(|text| one(Some(text), gone.take().unwrap_or_default()))
            .collect()
    }

    /// What is to be read, and what is not, by what stands in quotes.
    fn quoted(&self, quotes: &[usize]) -> (Vec<String>, Gone) {
        let text = |at: usize| self.pieces[at].quoted.clone().unwrap_or_default();
        let nothing = (Vec::new(), Gone::Nothing);
        // "under 'OPEN'" names a place
        let said: Vec<usize> = quotes
            .iter()
            .copied()
            .filter(|&at| !self.follows(at, Class::Stop) || self.becomes(at))
            .collect();
        let Some((&last, before)) = said.split_last() else {
            return nothing;
        };
        let names = [Class::Text, Class::Mark, Class::Says]
            .into_iter()
            .any(|class| self.has(class));
        if self.has(Class::Change) && !self.has(Class::Remove) {
            return match before {
                [.., first] if self.becomes(last) => (vec![text(last)], Gone::This(text(*first))),
                [] if names && self.becomes(last) => (vec![text(last)], Gone::Something),
                _ if names && self.adjacent() => (Vec::new(), Gone::Something),
                _ => nothing,
            };
        }
        if self.has(Class::Remove) {
            return (Vec::new(), Gone::This(text(said[0])));
        }
        if self.has(Class::Write) || self.has(Class::Add) || self.says(last) {
            return (said.into_iter().map(text).collect(), Gone::Nothing);
        }
        nothing
    }

    /// The same without quotes.
    fn unquoted(&self) -> (Vec<String>, Gone) {
        let at = |class: Class| self.pieces.iter().position(|piece| piece.is(class));
        let noun = at(Class::Text);
        let says = at(Class::Says).filter(|_| noun.or(at(Class::Mark)).is_some());
        let names = noun.or(at(Class::Mark)).is_some();
        if self.has(Class::Remove) {
            let this = noun.and_then(|noun| self.capitals(noun + 1));
            return match (this, noun, names) {
                (Some(this), ..) => (Vec::new(), Gone::This(this)),
                (None, Some(_), _) => (Vec::new(), Gone::All),
                (None, None, true) => (Vec::new(), Gone::Something),
                _ => (Vec::new(), Gone::Nothing),
            };
        }
        if let Some(said) = says.and_then(|says| self.named(says + 1)) {
            let gone = match self.has(Class::Change) {
                true => Gone::Something,
                false => Gone::Nothing,
            };
            return (vec![said], gone);
        }
        if self.has(Class::Change) && names {
            let into = self.pieces.iter().rposition(|piece| piece.is(Class::Into));
            let new = into.and_then(|into| match noun {
                Some(_) => self.named(into + 1),
                None => self.capitals(into + 1),
            });
            return match new {
                Some(new) => (vec![new], Gone::Something),
                None if self.adjacent() => (Vec::new(), Gone::Something),
                None => (Vec::new(), Gone::Nothing),
            };
        }
        if self.has(Class::Add) || self.has(Class::Write) || noun == Some(0) {
            let from = noun.or(at(Class::Write)).map(|at| at + 1);
            let plain = noun.is_some_and(|noun| noun > 0 && self.pieces[noun - 1].is(Class::The));
            let new = from.and_then(|from| match (noun, plain) {
                (Some(_), true) => self.tail(from),
                (Some(_), false) => self.named(from),
                (None, _) => self.capitals(from),
            });
            return (new.into_iter().collect(), Gone::Nothing);
        }
        (Vec::new(), Gone::Nothing)
    }

    fn has(&self, class: Class) -> bool {
        self.pieces.iter().any(|piece| piece.is(class))
    }

    /// The piece before, but for articles, nouns of text and colons.
    fn before(&self, at: usize) -> Option<&Piece> {
        let idle = |piece: &&Piece| {
            let idle = [Class::The, Class::Text, Class::Mark]
                .into_iter()
                .any(|class| piece.is(class));
            idle && !piece.is(Class::Into) && !piece.is(Class::Says) || piece.mark.is_some()
        };
        let mut before = self.pieces[..at].iter().rev();
        before.find(|piece| !idle(piece))
    }

    fn follows(&self, at: usize, class: Class) -> bool {
        let before = at.checked_sub(1).map(|before| &self.pieces[before]);
        before.is_some_and(|piece| piece.is(class))
    }

    /// Whether this is what something becomes: "to 'SALE'", "say 'SALE'".
    fn becomes(&self, at: usize) -> bool {
        let into = |piece: &Piece| piece.is(Class::Into) || piece.is(Class::Says);
        // "lass das Schild 'OFFEN' sagen": the verb stands behind
        let behind = self.pieces.get(at + 1).is_some_and(|p| p.is(Class::Says));
        self.before(at).is_some_and(into) || behind
    }

    fn says(&self, at: usize) -> bool {
        let says = |piece: &Piece| piece.is(Class::Says);
        self.before(at).is_some_and(says) || self.pieces.get(at + 1).is_some_and(says)
    }

    /// Whether the object of the verb is what bears text: "change the sign".
    fn adjacent(&self) -> bool {
        let verb = self.pieces.iter().position(|piece| piece.is(Class::Change));
        let Some(verb) = verb else { return false };
        let object = self.pieces[verb + 1..].iter().find(|p| !p.is(Class::The));
        object.is_some_and(|piece| piece.is(Class::Text) || piece.is(Class::Mark))
    }

    fn written(&self, piece: &Piece) -> &str {
        self.text.slice(piece.first, piece.end)
    }

    /// Past a colon, and past "that says".
    fn begin(&self, from: usize) -> usize {
        let skipped = |piece: &&Piece| piece.mark.is_some() || piece.is(Class::Says);
        from + self.pieces[from..].iter().take_while(skipped).count()
    }

    /// The words in capitals that begin here; the first of them has two letters at least.
    fn capitals(&self, from: usize) -> Option<String> {
        let from = self.begin(from);
        let capital = |piece: &&Piece| {
            let word = self.written(piece);
            word.chars().any(char::is_alphanumeric)
                && !word.chars().any(char::is_lowercase)
                && word.is_ascii() | word.chars().any(char::is_uppercase)
        };
        let count = self.pieces[from..].iter().take_while(capital).count();
        let first = self.pieces.get(from)?;
        let letters = self.written(first).chars().filter(|c| c.is_alphabetic());
        (count > 0 && letters.count() >= 2).then(|| self.between(from, from + count))
    }

    /// A text that begins with a capital or a digit.
    fn named(&self, from: usize) -> Option<String> {
        if let Some(text) = self.capitals(from) {
            return Some(text);
        }
        let first = self.pieces.get(self.begin(from))?;
        let initial = self.written(first).chars().next()?;
        (initial.is_uppercase() || initial.is_ascii_digit())
            .then(|| self.tail(from))
            .flatten()
    }

    /// Everything up to a word that names a place.
    fn tail(&self, from: usize) -> Option<String> {
        if let Some(text) = self.capitals(from) {
            return Some(text);
        }
        let from = self.begin(from);
        let within = |piece: &&Piece| !piece.is(Class::Stop) && piece.mark.is_none();
        let count = self.pieces[from..].iter().take_while(within).count();
        (count > 0).then(|| self.between(from, from + count))
    }

    fn between(&self, first: usize, end: usize) -> String {
        let (first, last) = (&self.pieces[first], &self.pieces[end - 1]);
        self.text.slice(first.first, last.end).trim().to_owned()
    }

    /// The clause as written.
    fn words(&self) -> String {
        let (Some(first), Some(last)) = (self.pieces.first(), self.pieces.last()) else {
            return String::new();
        };
        let tokens = &self.text.tokens;
        let (start, mut end) = (tokens[first.first].start, tokens[last.end - 1].end);
        if last.quoted.is_some() {
            let close = self.text.written[end..].chars().next();
            end += close.map_or(0, char::len_utf8);
        }
        self.text.written[start..end].trim().to_owned()
    }
}
