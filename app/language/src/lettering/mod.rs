//! Finds what a sentence asks of words in the picture: "add the text 'SALE'", "ersetze „OFFEN“ durch „ZU“", "remove the
//! writing". Nothing that a recipe does hangs on it; it is for those who can read pictures. The clauses that hold new or old
//! words are set aside, so that a sign that is to say "DARKER" darkens nothing.
//!
//! Known limits: without quotes a text is known by its capitals or by standing right behind "the text"; what is to become
//! of words without new ones being named ("translate the sign") counts as a change of something.

mod clause;
mod quotes;
mod table;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::ops::Range;

use retake_core::Lettering;

use crate::text::{Text, Token, TokenKind};
use clause::Clause;
use quotes::{Quoted, holds, quoted};
use table::{Class, Table, table};

/// What was found in a clause.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Asked {
    pub(crate) lettering: Lettering,
    /// what kind of work it is, where the clause is set aside
    pub(crate) kind: Option<&'static str>,
}

/// What was found in a sentence.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asks {
    pub(crate) asked: Vec<Asked>,
    /// the tokens that are read by nobody else
    aside: Vec<Range<usize>>,
}

/// A run of tokens that is one word to this reading, or a quoted text.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    first: usize,
    end: usize,
    quoted: Option<String>,
    classes: BTreeSet<Class>,
    /// a mark that ends a clause, or a colon
    mark: Option<char>,
}

impl Piece {
    fn is(&self, class: Class) -> bool {
        self.classes.contains(&class)
    }
    fn verb(&self) -> bool {
        [Class::Write, Class::Add, Class::Change, Class::Remove]
            .into_iter()
            .any(|class| self.is(class))
    }
}

/// The tokens outside of quotes: what tells the language, and the things that are named.
pub(crate) fn unquoted(text: &Text) -> Text {
    let all = quoted(text);
    let outside = |token: &Token| !all.iter().any(|one| holds(one, token));
    Text {
        written: text.written.clone(),
        tokens: text.tokens.iter().filter(|t| outside(t)).cloned().collect(),
    }
}

/// What a sentence in this language asks of words.
pub(crate) fn asks(text: &Text, language: &str) -> Asks {
    let Some(table) = table(language) else {
        return Asks::default();
    };
    let pieces = pieces(text, table);
    let mut found = Asks::default();
    // whether words were written just before: "…, in red, at the top" says how
    let mut writing = false;
    for span in clauses(&pieces) {
        let clause = Clause::new(text, &pieces[span.clone()]);
        let asked = clause.asked();
        let how = writing && clause.says_how();
        writing = how || asked.iter().any(|one| one.kind.is_some());
        if writing {
            let joins = span
                .start
                .checked_sub(1)
                .filter(|&at| pieces[at].is(Class::And));
            let first = pieces[joins.unwrap_or(span.start)].first;
            let mut end = pieces[span.end - 1].end;
            if let Some(next) = pieces.get(span.end).filter(|next| next.is(Class::And)) {
                end = next.end;
            }
            found.aside.push(first..end);
        }
        found.asked.extend(asked);
    }
    found
}

impl Asks {
    /// The sentence without what was set aside.
    pub(crate) fn rest(&self, text: &Text) -> Text {
        let mut tokens: Vec<Token> = Vec::with_capacity(text.tokens.len());
        for (at, token) in text.tokens.iter().enumerate() {
            if !self.aside.iter().any(|span| span.contains(&at)) {
                tokens.push(token.clone());
            } else if tokens
                .last()
                .is_some_and(|last| !matches!(last.kind, TokenKind::Break(_)))
            {
                tokens.push(Token {
                    folded: ",".to_owned(),
                    kind: TokenKind::Break(','),
                    ..token.clone()
                });
            }
        }
        Text {
            written: text.written.clone(),
            tokens,
        }
    }
}

fn pieces(text: &Text, table: &Table) -> Vec<Piece> {
    let all: Vec<Quoted> = quoted(text);
    let tokens = &text.tokens;
    let within = |at: usize| all.iter().position(|one| holds(one, &tokens[at]));
    let (mut pieces, mut at) = (Vec::new(), 0);
    while at < tokens.len() {
        let first = at;
        let (mut quoted, mut classes, mut mark) = (None, BTreeSet::new(), None);
        if let Some(quote) = within(at) {
            while at < tokens.len() && within(at) == Some(quote) {
                at += 1;
            }
            quoted = Some(all[quote].text.clone());
        } else if let TokenKind::Break(sign) = tokens[at].kind {
            mark = Some(sign);
            at += 1;
        } else {
            // a phrase does not reach into a quoted text
            let end = (at..tokens.len())
                .find(|&k| within(k).is_some())
                .unwrap_or(tokens.len());
            let length;
            (length, classes) = table.begin(&tokens[at..end]);
            at += length;
        }
        pieces.push(Piece {
            first,
            end: at,
            quoted,
            classes,
            mark,
        });
    }
    pieces
}

/// The clauses: parted by marks, by "and" where another verb or nothing quoted follows, and before "without".
fn clauses(pieces: &[Piece]) -> Vec<Range<usize>> {
    let mut spans: Vec<Range<usize>> = Vec::new();
    let mut start = 0;
    let mut close = |start: usize, end: usize| {
        if end > start {
            spans.push(start..end);
        }
    };
    for (at, piece) in pieces.iter().enumerate() {
        let ends = piece.mark.is_some_and(|mark| mark != ':');
        if ends || piece.is(Class::And) && parts(&pieces[at + 1..]) {
            close(start, at);
            start = at + 1;
        } else if piece.is(Class::Turn) && at > start {
            close(start, at);
            start = at;
        }
    }
    close(start, pieces.len());
    spans
}

/// Whether what follows "and" is another clause.
fn parts(rest: &[Piece]) -> bool {
    let clause = rest
        .iter()
        .take_while(|piece| piece.mark.is_none_or(|mark| mark == ':'));
    for piece in clause {
        if piece.verb() {
            return true;
        }
        if piece.quoted.is_some() {
            return false;
        }
    }
    true
}
