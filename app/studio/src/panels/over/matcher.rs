//! The palette's matcher: the letters of the query in their order, the better the nearer they stand together and the more
//! of them begin a word.

/// How well a text fits a query, higher is better; `None` when a letter is missing. Every text fits an empty query.
pub(super) fn score(query: &str, text: &str) -> Option<i32> {
    let letters = |text: &str| -> Vec<char> { text.chars().flat_map(char::to_lowercase).collect() };
    let query: Vec<char> = letters(query)
        .into_iter()
        .filter(|letter| !letter.is_whitespace())
        .collect();
    let text = letters(text);
    if query.len() > text.len() {
        return None;
    }
    // best[j]: the best score of the query so far whose last letter stands at j
    let mut best: Vec<Option<i32>> = Vec::new();
    for (i, letter) in query.iter().enumerate() {
        let mut next = vec![None; text.len()];
        for (j, _) in text
            .iter()
            .enumerate()
            .filter(|(_, other)| *other == letter)
        {
            let own = 1 + begins_word(&text, j);
            next[j] = if i == 0 {
                // a match near the beginning is a little better
                Some(own - (j as i32).min(6) / 2)
            } else {
                let apart = best[..j].iter().flatten().max().map(|score| score - 1);
                let beside = j
                    .checked_sub(1)
                    .and_then(|k| best[k])
                    .map(|score| score + 5);
                apart.max(beside).map(|score| score + own)
            };
        }
        best = next;
    }
    if query.is_empty() {
        return Some(0);
    }
    // of two equal matches the shorter text is nearer to what was meant
    let found = best.into_iter().flatten().max()?;
    Some(found * 4 - text.len() as i32 / 4)
}

fn begins_word(text: &[char], at: usize) -> i32 {
    let begins = at == 0 || !text[at - 1].is_alphanumeric();
    if begins { 6 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn best<'a>(query: &str, texts: &[&'a str]) -> &'a str {
        let scored = texts
            .iter()
            .filter_map(|text| Some((score(query, text)?, *text)));
        scored.max_by_key(|(score, _)| *score).expect("one fits").1
    }

    #[test]
    fn the_first_letters_of_words_find_it() {
        assert_eq!(
            best("cr", &["Clear the mask", "Copy recipe", "Close photo"]),
            "Copy recipe"
        );
    }

    #[test]
    fn letters_that_stand_together_beat_letters_far_apart() {
        assert_eq!(best("pick", &["Paint in the clock", "Pick"]), "Pick");
        assert_eq!(
            best("hist", &["Shift the picture", "Histogram"]),
            "Histogram"
        );
    }

    #[test]
    fn a_missing_letter_or_another_order_does_not_fit() {
        assert_eq!(score("xq", "Export"), None);
        assert_eq!(score("tropxe", "Export"), None);
    }

    proptest! {
        #[test]
        fn every_text_fits_any_of_its_letters_in_order(
            text in "[A-Za-zÄöü ]{1,24}",
            keep in proptest::collection::vec(any::<bool>(), 24)
        ) {
            let query: String = text.chars().zip(keep).filter(|(_, keep)| *keep).map(|(c, _)| c).collect();
            prop_assert!(score(&query, &text).is_some());
        }
    }
}
