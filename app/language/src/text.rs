//! Cuts a sentence into tokens: words, numbers, single Chinese characters and marks.
//! Words are compared in a folded form (lower case, no accents), so "Más Cálida" and "mas calida" are one.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// A piece of the sentence and where it stands in [`Text::written`].
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Token {
    /// folded: what is compared with the lexicon
    pub(crate) folded: String,
    /// bytes of `Text::written`
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) kind: TokenKind,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum TokenKind {
    Word,
    /// one Chinese character
    Character,
    /// the value, and its sign if one was written
    Number(f64, Option<bool>),
    /// a mark that ends a clause: , ; : . ! ? newline
    Break(char),
}

/// The sentence in compatibility-composed form, with plain quotes and dashes, and its tokens.
#[derive(Clone, Debug)]
pub(crate) struct Text {
    pub(crate) written: String,
    pub(crate) tokens: Vec<Token>,
}

/// French and Italian articles that lean on the next word.
const ELISIONS: &[&str] = &[
    "l", "d", "j", "n", "s", "c", "m", "t", "qu", "jusqu", "lorsqu", "puisqu", "aujourd",
];

/// Lower case without accents; ß is ss.
pub(crate) fn fold(word: &str) -> String {
    let mut folded = String::with_capacity(word.len());
    for c in word.chars().flat_map(char::to_lowercase).nfd() {
        match c {
            'ß' => folded.push_str("ss"),
            'œ' => folded.push_str("oe"),
            'æ' => folded.push_str("ae"),
            'ø' => folded.push('o'),
            c if is_combining_mark(c) => {}
            c => folded.push(c),
        }
    }
    folded
}

fn is_chinese(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

fn plain(c: char) -> char {
    match c {
        '‘' | '’' | '‛' | '`' | '´' | 'ʼ' => '\'',
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '－' => '-',
        '⁄' | '∕' => '/',
        '×' | '✕' => 'x',
        c => c,
    }
}

impl Text {
    pub(crate) fn new(text: &str) -> Self {
        let written: String = text.nfkc().map(plain).collect();
        let chars: Vec<(usize, char)> = written.char_indices().collect();
        let mut tokens = Vec::new();
        let mut i = 0;
        while let Some(&(start, c)) = chars.get(i) {
            let at = |k: usize| chars.get(k).map(|&(_, c)| c);
            let offset = |k: usize| chars.get(k).map_or(written.len(), |&(o, _)| o);
            let mut push = |folded: String, start: usize, end: usize, kind: TokenKind| {
                tokens.push(Token {
                    folded,
                    start,
                    end,
                    kind,
                });
            };
            let before = i.checked_sub(1).and_then(at);
            if is_chinese(c) {
                push(c.to_string(), start, offset(i + 1), TokenKind::Character);
                i += 1;
            } else if c.is_alphabetic() {
                i = word(&chars, &written, i, &mut push);
            } else if c.is_ascii_digit() {
                let (value, next) = number(&chars, i);
                push(
                    written[start..offset(next)].to_owned(),
                    start,
                    offset(next),
                    TokenKind::Number(value, None),
                );
                i = next;
            } else if matches!(c, '+' | '-')
                && !before.is_some_and(|c| c.is_ascii_digit())
                && digit_follows(&chars, i)
            {
                let first = if at(i + 1) == Some(' ') { i + 2 } else { i + 1 };
                let (value, next) = number(&chars, first);
                push(
                    written[offset(first)..offset(next)].to_owned(),
                    start,
                    offset(next),
                    TokenKind::Number(value, Some(c == '+')),
                );
                i = next;
            } else {
                match c {
                    '%' | '°' | '&' | '/' | '+' | '‰' => {
                        push(c.to_string(), start, offset(i + 1), TokenKind::Word)
                    }
                    // 16:9 is not the end of a clause
                    ':' if before.is_some_and(|c| c.is_ascii_digit())
                        && at(i + 1).is_some_and(|c| c.is_ascii_digit()) =>
                    {
                        push(":".to_owned(), start, offset(i + 1), TokenKind::Word)
                    }
                    // "韦斯·安德森" is one name
                    '·' if before.is_some_and(char::is_alphabetic)
                        && at(i + 1).is_some_and(char::is_alphabetic) => {}
                    ',' | ';' | ':' | '.' | '!' | '?' | '\n' | '。' | '、' | '(' | ')' | '…'
                    | '|' | '•' | '·' => {
                        push(c.to_string(), start, offset(i + 1), TokenKind::Break(c))
                    }
                    '-' if !before.is_some_and(char::is_alphanumeric) => {
                        push(c.to_string(), start, offset(i + 1), TokenKind::Break(','))
                    }
                    _ => {}
                }
                i += 1;
            }
        }
        Self { written, tokens }
    }

    /// The words as written, from one token to before another.
    pub(crate) fn slice(&self, first: usize, end: usize) -> &str {
        match (
            self.tokens.get(first),
            end.checked_sub(1).and_then(|last| self.tokens.get(last)),
        ) {
            (Some(a), Some(b)) if a.start <= b.end => &self.written[a.start..b.end],
            _ => "",
        }
    }
}

fn digit_follows(chars: &[(usize, char)], i: usize) -> bool {
    let digit = |k: usize| chars.get(k).is_some_and(|&(_, c)| c.is_ascii_digit());
    let spaced = chars.get(i).is_some_and(|&(_, c)| c == '+')
        && chars.get(i + 1).is_some_and(|&(_, c)| c == ' ');
    digit(i + 1) || (spaced && digit(i + 2))
}

fn word(
    chars: &[(usize, char)],
    written: &str,
    from: usize,
    push: &mut impl FnMut(String, usize, usize, TokenKind),
) -> usize {
    let offset = |k: usize| chars.get(k).map_or(written.len(), |&(o, _)| o);
    let run = |mut k: usize| {
        while chars
            .get(k)
            .is_some_and(|&(_, c)| (c.is_alphabetic() && !is_chinese(c)) || is_combining_mark(c))
        {
            k += 1;
        }
        k
    };
    let mut end = run(from);
    let mut folded = fold(&written[offset(from)..offset(end)]);
    let quote = chars.get(end).is_some_and(|&(_, c)| c == '\'');
    if quote && ELISIONS.contains(&folded.as_str()) {
        push(folded, offset(from), offset(end), TokenKind::Word);
        return end + 1;
    }
    if quote {
        let tail_end = run(end + 1);
        let tail = fold(&written[offset(end + 1)..offset(tail_end)]);
        match tail.as_str() {
            "" => {}
            // "the car's colour": the possessive says nothing by itself
            "s" => end = tail_end,
            _ => {
                folded.push_str(&tail);
                end = tail_end;
            }
        }
    }
    push(folded, offset(from), offset(end), TokenKind::Word);
    end
}

fn number(chars: &[(usize, char)], from: usize) -> (f64, usize) {
    let digits = |mut k: usize| {
        while chars.get(k).is_some_and(|&(_, c)| c.is_ascii_digit()) {
            k += 1;
        }
        k
    };
    let whole_end = digits(from);
    let mut text: String = chars[from..whole_end].iter().map(|&(_, c)| c).collect();
    let mut end = whole_end;
    if let Some(&(_, mark @ ('.' | ','))) = chars.get(whole_end) {
        let fraction_end = digits(whole_end + 1);
        let fraction: String = chars[whole_end + 1..fraction_end.max(whole_end + 1)]
            .iter()
            .map(|&(_, c)| c)
            .collect();
        if !fraction.is_empty() {
            end = fraction_end;
            // 5,500 K is five thousand five hundred
            if !(mark == ',' && fraction.len() == 3 && text != "0") {
                text.push('.');
            }
            text.push_str(&fraction);
        }
    }
    (text.parse().unwrap_or(0.0), end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(text: &str) -> Vec<String> {
        Text::new(text)
            .tokens
            .into_iter()
            .map(|t| t.folded)
            .collect()
    }

    #[test]
    fn accents_case_and_width_do_not_matter() {
        assert_eq!(folded("Ｍás CÁLIDA cafe\u{301}"), ["mas", "calida", "cafe"]);
    }

    #[test]
    fn apostrophes_join_english_and_split_french() {
        assert_eq!(
            folded("don’t touch l’arrière-plan"),
            ["dont", "touch", "l", "arriere", "plan"]
        );
    }

    #[test]
    fn numbers_keep_their_sign_and_their_decimal_comma() {
        let kinds: Vec<_> = Text::new("+0,7 EV -20% 5,500K")
            .tokens
            .into_iter()
            .map(|t| t.kind)
            .collect();
        assert_eq!(kinds[0], TokenKind::Number(0.7, Some(true)));
        assert_eq!(kinds[2], TokenKind::Number(20.0, Some(false)));
        assert_eq!(kinds[4], TokenKind::Number(5500.0, None));
    }
}
