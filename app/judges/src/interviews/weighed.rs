//! Judges whose one token is weighed: a digit (UniWorld-V2), yes or no (NP-Edit). Where a judge tells no probabilities, the
//! token that it wrote counts.

use retake_core::{Distribution, Said, Watch, said};

use super::{Interview, Told};
use crate::formulas::logits::{expected, logistic};
use crate::parse;
use crate::{Answer, Ask, Conversation, JudgeError, Part, Token};

/// Asks for one digit of the scale; its expected value.
pub(super) fn digit(
    interview: &Interview,
    conversation: &dyn Conversation,
    rest: &[Part<'_>],
    mut how: Ask,
    watch: &dyn Watch,
) -> Result<Told, JudgeError> {
    let (low, high) = (
        interview.scale.low as u32,
        interview.scale.high.min(9.0) as u32,
    );
    let digits: Vec<String> = (low..=high).map(|digit| digit.to_string()).collect();
    one_token(&mut how, digits.clone());
    let answer = conversation.ask(rest, &how, watch)?;
    let weights = answer.tokens.first().map(|token| weights(token, &digits));
    let value = match weights.as_ref().filter(|weights| !weights.is_empty()) {
        Some(weights) => {
            let candidates: Vec<(f64, f64)> = weights
                .iter()
                .filter_map(|(text, log)| Some((text.parse().ok()?, *log)))
                .collect();
            expected(&candidates)
        }
        None => digits
            .iter()
            .find(|digit| **digit == answer.text.trim())
            .and_then(|d| d.parse().ok()),
    };
    Ok(told(answer, value, &weights.unwrap_or_default()))
}

/// Asks for yes or no; σ(ℓ_yes − ℓ_no).
pub(super) fn yes_no(
    conversation: &dyn Conversation,
    rest: &[Part<'_>],
    mut how: Ask,
    watch: &dyn Watch,
) -> Result<Told, JudgeError> {
    let words = ["yes", "no"].map(String::from);
    let spellings = ["yes", "Yes", "YES", "no", "No", "NO"];
    one_token(&mut how, spellings.map(String::from).into());
    let answer = conversation.ask(rest, &how, watch)?;
    let weights = answer.tokens.first().map(|token| weights(token, &words));
    let log = |weights: &[(String, f64)], word: &str| {
        weights
            .iter()
            .find(|(text, _)| text == word)
            .map(|(_, log)| *log)
    };
    let value = match &weights {
        Some(weights) if !weights.is_empty() => {
            // a word that is not among the likeliest is at most as likely as the least of them
            let least = weights
                .iter()
                .map(|(_, log)| *log)
                .fold(f64::INFINITY, f64::min);
            let unseen = least.min((-20f64).max(least - 5.0));
            let [yes, no] = ["yes", "no"].map(|word| log(weights, word).unwrap_or(unseen));
            Some(logistic(yes - no))
        }
        _ => parse::yes(&answer.text).map(f64::from),
    };
    Ok(told(answer, value, &weights.unwrap_or_default()))
}

fn one_token(how: &mut Ask, tokens: Vec<String>) {
    how.max_tokens = 1;
    how.temperature = 0.0;
    how.weigh = tokens;
}

/// The log-probabilities of these words at a place, whatever their capitals and spaces: spellings of one word together.
fn weights(token: &Token, words: &[String]) -> Vec<(String, f64)> {
    let own = (token.text.clone(), token.log_probability);
    let mut seen: Vec<&str> = Vec::new();
    let mut shares: Vec<(String, f64)> = Vec::new();
    for (text, log) in token.others.iter().chain(std::iter::once(&own)) {
        let word = text.trim().to_lowercase();
        if seen.contains(&text.as_str()) || !words.contains(&word) {
            continue;
        }
        seen.push(text);
        let share = f64::from(*log).exp();
        match shares.iter_mut().find(|(known, _)| *known == word) {
            Some((_, sum)) => *sum += share,
            None => shares.push((word, share)),
        }
    }
    shares
        .into_iter()
        .map(|(word, share)| (word, share.ln()))
        .collect()
}

/// `weights` are the words that count, with the logarithms of their probabilities.
fn told(answer: Answer, value: Option<f64>, weights: &[(String, f64)]) -> Told {
    let missing = || -> Said {
        let words: String = answer.text.chars().take(40).collect();
        said!(
            "The judge answered “{words}” where a score was asked for.",
            words = words
        )
    };
    Told {
        values: value.map(|value| vec![value]).ok_or_else(missing),
        words: String::new(),
        answer: answer.text,
        weighed: value
            .and_then(|value| Distribution::of(0, weights, value))
            .into_iter()
            .collect(),
        cost: answer.cost,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_a_word_count_together_and_each_once() {
        let token = Token {
            text: "Yes".to_owned(),
            log_probability: 0.4f32.ln(),
            others: vec![
                ("Yes".to_owned(), 0.4f32.ln()),
                (" yes".to_owned(), 0.2f32.ln()),
                ("No".to_owned(), 0.3f32.ln()),
                ("Maybe".to_owned(), 0.1f32.ln()),
            ],
        };
        let weights = weights(&token, &["yes", "no"].map(String::from));
        let of = |word: &str| {
            weights
                .iter()
                .find(|(text, _)| text == word)
                .expect("there")
                .1
                .exp()
        };
        assert!((of("yes") - 0.6).abs() < 1e-6 && (of("no") - 0.3).abs() < 1e-6);
        assert_eq!(weights.len(), 2);
    }
}
