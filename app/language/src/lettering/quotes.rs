//! Finds what stands in quotes.

use std::ops::Range;

use crate::text::{Text, Token};

/// A quoted text and the bytes of `Text::written` that it takes with its marks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Quoted {
    pub(super) text: String,
    pub(super) span: Range<usize>,
}

/// An opening mark and those that may close it; `Text` has made one of ‘, ’ and '.
const MARKS: &[(char, &[char])] = &[
    ('"', &['"', '”']),
    ('“', &['”', '“', '"']),
    ('”', &['”']),
    ('„', &['“', '”', '"']),
    ('\'', &['\'']),
    ('‚', &['\'']),
    ('«', &['»']),
    ('»', &['«', '»']),
    ('‹', &['›']),
    ('›', &['‹']),
    ('「', &['」']),
    ('『', &['』']),
];
/// More characters than this stand in quotes by a mistake.
const LONGEST: usize = 200;

/// All quoted texts, in order. An apostrophe within a word is no quote.
pub(super) fn quoted(text: &Text) -> Vec<Quoted> {
    let chars: Vec<(usize, char)> = text.written.char_indices().collect();
    let letter = |at: Option<&(usize, char)>| at.is_some_and(|(_, c)| c.is_alphanumeric());
    let (mut found, mut at) = (Vec::new(), 0);
    while let Some(&(start, mark)) = chars.get(at) {
        let closing = MARKS.iter().find(|(open, _)| *open == mark);
        // Chinese has no spaces before its quotes
        let within = matches!(mark, '"' | '\'') && at > 0 && {
            let before = chars[at - 1].1;
            before.is_alphanumeric() && before.is_ascii()
        };
        let end = closing.filter(|_| !within).and_then(|(_, closing)| {
            let ends = |&place: &usize| {
                let inner = mark == '\'' && letter(chars.get(place + 1));
                closing.contains(&chars[place].1) && !inner
            };
            let last = chars.len().min(at + LONGEST + 2);
            (at + 1..last).find(ends)
        });
        let Some(end) = end else {
            at += 1;
            continue;
        };
        let inside = text.written[start + mark.len_utf8()..chars[end].0].trim();
        if inside.chars().any(char::is_alphanumeric) {
            found.push(Quoted {
                text: inside.to_owned(),
                span: start..chars[end].0 + chars[end].1.len_utf8(),
            });
        }
        at = end + 1;
    }
    found
}

/// Whether a token stands within a quoted text.
pub(super) fn holds(quoted: &Quoted, token: &Token) -> bool {
    quoted.span.contains(&token.start)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<String> {
        let found = quoted(&Text::new(text)).into_iter();
        found.map(|quoted| quoted.text).collect()
    }

    #[test]
    fn the_quotes_of_every_language_hold_their_text() {
        for text in [
            "write \"SALE\" here",
            "write 'SALE' here",
            "write ‘SALE’ here",
            "write “SALE” here",
            "schreibe „SALE“ hin",
            "écris « SALE » ici",
            "schreibe »SALE« hin",
            "写上「SALE」",
            "写上\"SALE\"",
            "schreibe ‚SALE‘ hin",
        ] {
            assert_eq!(all(text), ["SALE"], "{text}");
        }
    }

    #[test]
    fn apostrophes_quote_nothing() {
        assert_eq!(
            all("don't change the car's colour, it's fine"),
            [""; 0] as [&str; 0]
        );
        assert_eq!(all("write 'Don't stop' on it"), ["Don't stop"]);
    }

    #[test]
    fn several_texts_are_several() {
        assert_eq!(
            all("replace 'OPEN' with \"CLOSED TODAY\""),
            ["OPEN", "CLOSED TODAY"]
        );
        assert_eq!(all("a quote \" that never ends"), [""; 0] as [&str; 0]);
    }
}
