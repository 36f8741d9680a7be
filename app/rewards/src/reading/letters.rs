//! Texts as they are compared: letters and digits alone.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// What is compared of a text.
pub(crate) fn letters(text: &str) -> Vec<char> {
    text.nfkd()
        .filter(|c| !is_combining_mark(*c) && c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .flat_map(|c| match c {
            'ß' => vec!['s', 's'],
            '0' => vec!['o'],
            '1' | 'i' | 'ı' => vec!['l'],
            c => vec![c],
        })
        .collect()
}

/// The plain letter that a reader without accents sees in a character.
pub(crate) fn alike(character: char) -> Option<char> {
    let plain = character.to_string();
    plain.nfkd().find(|c| !is_combining_mark(*c))
}

/// Characters that are words by themselves.
fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
}

/// The words of a line as written and as compared, those without any letter left out.
pub(super) fn words(line: &str) -> Vec<(&str, Vec<char>)> {
    let mut found: Vec<&str> = Vec::new();
    for word in line.split_whitespace() {
        let mut start = 0;
        for (at, c) in word.char_indices().filter(|(_, c)| is_ideograph(*c)) {
            let end = at + c.len_utf8();
            found.extend([&word[start..at], &word[at..end]]);
            start = end;
        }
        found.push(&word[start..]);
    }
    let each = found.into_iter().map(|word| (word, letters(word)));
    each.filter(|(_, letters)| !letters.is_empty()).collect()
}

/// Words in a row, with spaces between those that have them.
pub(crate) fn spelled(words: &[&str]) -> String {
    let mut all = String::new();
    for word in words {
        let next_to = |c: Option<char>| c.is_some_and(is_ideograph);
        if !all.is_empty() && !next_to(all.chars().last()) && !next_to(word.chars().next()) {
            all.push(' ');
        }
        all.push_str(word);
    }
    all
}

/// Levenshtein's distance.
pub(super) fn distance(one: &[char], other: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in other.iter().enumerate() {
            let changed = diagonal + usize::from(a != b);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn apart(one: &str, other: &str) -> usize {
        distance(&letters(one), &letters(other))
    }

    #[test]
    fn distances_are_levenshteins() {
        assert_eq!(apart("kitten", "sitting"), 3);
        assert_eq!(apart("", "abc"), 3);
        assert_eq!(apart("flaw", "lawn"), 2);
    }

    #[test]
    fn case_accents_marks_and_what_looks_alike_do_not_count() {
        assert_eq!(apart("FERMÉ!", "ferme"), 0);
        assert_eq!(apart("Straße 10", "STRASSE l0"), 0);
        assert_eq!(apart("B0OK", "book"), 0);
    }

    #[test]
    fn chinese_characters_are_words() {
        let found = words("今日sale打折");
        let found: Vec<&str> = found.iter().map(|(word, _)| *word).collect();
        assert_eq!(found, ["今", "日", "sale", "打", "折"]);
        assert_eq!(spelled(&found), "今日sale打折");
    }
}
