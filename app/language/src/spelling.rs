//! Mends slips of the pen towards words of the lexicon: one edit, two in long words, none in short ones.

use std::collections::BTreeMap;

/// Distance, another first letter, a word of grammar: the smallest is the best.
type Rank = (usize, bool, bool);

/// Words by length in characters, each with whether it carries meaning (rather than grammar).
#[derive(Clone, Debug, Default)]
pub(crate) struct Vocabulary {
    by_length: BTreeMap<usize, BTreeMap<Vec<char>, bool>>,
}

impl Vocabulary {
    pub(crate) fn insert(&mut self, word: &str, meaningful: bool) {
        let chars: Vec<char> = word.chars().collect();
        if chars.len() >= 4 && chars.iter().all(|c| c.is_alphabetic()) {
            *self
                .by_length
                .entry(chars.len())
                .or_default()
                .entry(chars)
                .or_default() |= meaningful;
        }
    }

    /// The nearest word within reach, the same on every run.
    pub(crate) fn mend(&self, word: &str) -> Option<String> {
        let chars: Vec<char> = word.chars().collect();
        let length = chars.len();
        if !(4..=24).contains(&length) {
            return None;
        }
        let reach = if length >= 8 { 2 } else { 1 };
        let mut best: Option<(Rank, &Vec<char>)> = None;
        for (_, words) in self
            .by_length
            .range(length - reach.min(length)..=length + reach)
        {
            for (candidate, &meaningful) in words {
                let same_start = candidate[0] == chars[0];
                let swapped_start = candidate[0] == chars[1] && candidate[1] == chars[0];
                if !same_start && !swapped_start && length < 8 {
                    continue;
                }
                // "lake" is not a slip for "make", nor "brand" for "bland": in a short word a changed letter is another
                // word, unless it is a vowel ("contrest")
                if length <= 5
                    && candidate.len() == length
                    && !is_swap(&chars, candidate)
                    && (length == 4 || !vowels_apart(&chars, candidate))
                {
                    continue;
                }
                // two edits must leave most of the word standing
                let reach = if candidate.len() >= 8 { reach } else { 1 };
                if let Some(distance) = distance_within(&chars, candidate, reach) {
                    let rank = (distance, !same_start, !meaningful);
                    if best.as_ref().is_none_or(|(least, _)| rank < *least) {
                        best = Some((rank, candidate));
                    }
                }
            }
        }
        best.map(|(_, word)| word.iter().collect())
    }
}

/// Whether only vowels differ.
fn vowels_apart(a: &[char], b: &[char]) -> bool {
    let vowel = |c: &char| "aeiouy".contains(*c);
    a.iter()
        .zip(b)
        .all(|(x, y)| x == y || (vowel(x) && vowel(y)))
}

fn is_swap(a: &[char], b: &[char]) -> bool {
    (0..a.len().saturating_sub(1)).any(|i| {
        a[i] == b[i + 1] && a[i + 1] == b[i] && a[..i] == b[..i] && a[i + 2..] == b[i + 2..]
    })
}

/// Damerau–Levenshtein distance (adjacent swaps count one; optimal string alignment), if it is at most `reach`.
fn distance_within(a: &[char], b: &[char], reach: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > reach {
        return None;
    }
    let width = b.len() + 1;
    let mut rows = [
        vec![0usize; width],
        (0..width).collect::<Vec<_>>(),
        vec![0usize; width],
    ];
    for i in 1..=a.len() {
        let (current, previous, older) = (i % 3, (i + 2) % 3, (i + 1) % 3);
        // rows[1] starts as row 0, so shift by one
        let (current, previous, older) = ((current + 1) % 3, (previous + 1) % 3, (older + 1) % 3);
        let mut least = i;
        rows[current][0] = i;
        for j in 1..width {
            let cost = usize::from(a[i - 1] != b[j - 1]);
            let mut value = (rows[previous][j] + 1)
                .min(rows[current][j - 1] + 1)
                .min(rows[previous][j - 1] + cost);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                value = value.min(rows[older][j - 2] + 1);
            }
            rows[current][j] = value;
            least = least.min(value);
        }
        if least > reach {
            return None;
        }
    }
    let last = rows[(a.len() + 1) % 3][b.len()];
    (last <= reach).then_some(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vocabulary(words: &[&str]) -> Vocabulary {
        let mut vocabulary = Vocabulary::default();
        words.iter().for_each(|word| vocabulary.insert(word, true));
        vocabulary
    }

    #[test]
    fn a_slip_finds_its_word() {
        let words = vocabulary(&["brighter", "saturated", "warmer", "contrast", "vignette"]);
        for (slip, word) in [
            ("brigter", "brighter"),
            ("saturatd", "saturated"),
            ("warmmer", "warmer"),
            ("contarst", "contrast"),
            ("vignete", "vignette"),
        ] {
            assert_eq!(words.mend(slip).as_deref(), Some(word));
        }
    }

    #[test]
    fn another_short_word_is_not_a_slip() {
        let words = vocabulary(&["make", "warm"]);
        assert_eq!(words.mend("lake"), None);
        assert_eq!(words.mend("war"), None);
        assert_eq!(words.mend("wram").as_deref(), Some("warm"));
    }
}
