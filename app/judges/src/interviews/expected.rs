//! The expected score at the places where a generative judge wrote its scores: its reasoning stays what it was, but the
//! number comes from the probabilities of all digits that could stand there, so that it does not come in steps and two
//! candidates hardly ever tie.

use retake_core::{Distribution, Watch};

use crate::formulas::logits::{Second, expected, whole_numbers};
use crate::{Answer, Ask, Conversation, Cost, JudgeError, Part, Token};

/// How the places are read.
pub(super) struct Reader<'a> {
    pub(super) conversation: &'a dyn Conversation,
    pub(super) rest: &'a [Part<'a>],
    pub(super) how: &'a Ask,
    /// whether a begun answer may be put into the judge's mouth
    pub(super) continues: bool,
    /// the most that a score may be
    pub(super) high: f64,
}

impl Reader<'_> {
    /// Puts expected scores in place of those that were written, where the places are found and everything is known.
    /// Tells what could have stood at each place.
    pub(super) fn read(
        &self,
        answer: &Answer,
        values: &mut [f64],
        cost: &mut Cost,
        watch: &dyn Watch,
    ) -> Result<Vec<Distribution>, JudgeError> {
        let places = places(&answer.tokens, values);
        let mut weighed = Vec::new();
        if places.len() != values.len() {
            return Ok(weighed);
        }
        for (place, (value, at)) in values.iter_mut().zip(places).enumerate() {
            let found = self.one(&answer.tokens, at, cost, watch)?;
            *value = found.expected.unwrap_or(*value);
            weighed.extend(Distribution::of(place, &found.weights, *value));
        }
        Ok(weighed)
    }

    fn one(
        &self,
        tokens: &[Token],
        place: usize,
        cost: &mut Cost,
        watch: &dyn Watch,
    ) -> Result<Found, JudgeError> {
        let token = &tokens[place];
        let most = self.high.max(0.0) as u32;
        let choices = numbers(token);
        // a vocabulary in which "20" is one token says all of it at once
        if choices.iter().any(|(number, _)| *number > 9) {
            let within = choices.iter().filter(|(number, _)| *number <= most);
            let within: Vec<(f64, f64)> = within.map(|(n, log)| (f64::from(*n), *log)).collect();
            return Ok(Found::of(&within));
        }
        let written: Option<u32> = token.text.trim().parse().ok();
        let mut failed = None;
        let found = whole_numbers(&choices, most, |digit| {
            if written == Some(digit) {
                return tokens.get(place + 1).map(second);
            }
            if !self.continues {
                return None;
            }
            let before: String = tokens[..place]
                .iter()
                .map(|token| token.text.as_str())
                .collect();
            let space: String = token
                .text
                .chars()
                .take_while(|l| l.is_whitespace())
                .collect();
            let how = Ask {
                max_tokens: 1,
                temperature: 0.0,
                begun: format!("{}{before}{space}{digit}", self.how.begun),
                ..self.how.clone()
            };
            match self.conversation.ask(self.rest, &how, watch) {
                Ok(answer) => {
                    *cost = cost.and(answer.cost);
                    answer.tokens.first().map(second)
                }
                Err(error) => {
                    failed = Some(error);
                    None
                }
            }
        });
        match failed {
            Some(error @ (JudgeError::Gone(_) | JudgeError::Stopped)) => Err(error),
            // one that was not answered leaves the number that was written
            _ => Ok(match found {
                Some(found) => Found::of(&found),
                None => Found::of_first_digits(&choices, most),
            }),
        }
    }
}

/// What could have stood at a place.
struct Found {
    /// numbers with the logarithms of their probabilities
    weights: Vec<(String, f64)>,
    /// none where not everything is known
    expected: Option<f64>,
}

impl Found {
    fn of(numbers: &[(f64, f64)]) -> Self {
        let named = numbers
            .iter()
            .map(|(number, log)| (number.to_string(), *log));
        Self {
            weights: named.collect(),
            expected: expected(numbers),
        }
    }

    /// Of a judge that does not tell what follows a first digit: "2…" is 2 or any number from 20 to 29.
    fn of_first_digits(choices: &[(u32, f64)], most: u32) -> Self {
        let named = |(digit, log): &(u32, f64)| {
            let goes_on = *digit > 0 && digit * 10 <= most;
            (format!("{digit}{}", if goes_on { "…" } else { "" }), *log)
        };
        Self {
            weights: choices.iter().map(named).collect(),
            expected: None,
        }
    }
}

/// The whole numbers that could stand at a place, each once.
fn numbers(token: &Token) -> Vec<(u32, f64)> {
    let own = (token.text.clone(), token.log_probability);
    let mut found: Vec<(u32, f64)> = Vec::new();
    for (text, log) in std::iter::once(&own).chain(&token.others) {
        let digits = text.trim();
        let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        let Some(number) = digits.parse().ok().filter(|_| plain) else {
            continue;
        };
        // the one that was written may be named among the others too
        if found.iter().all(|(known, _)| *known != number) {
            found.push((number, f64::from(*log)));
        }
    }
    found
}

/// What stands behind a first digit.
fn second(token: &Token) -> Second {
    let digits: Vec<(u32, f64)> = numbers(token)
        .into_iter()
        .filter(|(n, _)| *n <= 9)
        .collect();
    let going_on: f64 = digits.iter().map(|(_, log)| log.exp()).sum();
    Second {
        digits,
        end: (1.0 - going_on).max(0.0).ln(),
    }
}

/// The tokens at which the written scores begin: those of the first numbers behind the last "score", if they are these.
fn places(tokens: &[Token], values: &[f64]) -> Vec<usize> {
    let all: String = tokens.iter().map(|token| token.text.as_str()).collect();
    let from = all.rfind("score").unwrap_or(0);
    let mut found: Vec<(usize, String)> = Vec::new();
    let (mut within, mut length) = (false, 0);
    for (at, token) in tokens.iter().enumerate() {
        length += token.text.len();
        if length <= from {
            continue;
        }
        let text = token.text.trim();
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        match found.last_mut() {
            Some((_, number)) if digits && within && !token.text.starts_with(' ') => {
                number.push_str(text);
            }
            _ if digits => found.push((at, text.to_owned())),
            _ => {}
        }
        within = digits;
    }
    let Some(first) = found.get(..values.len()) else {
        return Vec::new();
    };
    let same =
        |((_, text), value): (&(usize, String), &f64)| text.parse::<f64>().ok() == Some(*value);
    if !first.iter().zip(values).all(same) {
        return Vec::new();
    }
    first.iter().map(|(at, _)| *at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interviews::testing::Dice;
    use retake_core::Quiet;

    /// An answer that wrote 2, 0 as its digits.
    fn written(dice: &Dice) -> Answer {
        let plain = |text: &str| Token {
            text: text.to_owned(),
            log_probability: 0.0,
            others: Vec::new(),
        };
        let mut tokens: Vec<Token> = ["{\"score\":", " ["].map(plain).into();
        tokens.push(dice.token("", '2'));
        tokens.push(dice.token("2", '0'));
        tokens.push(plain("]}"));
        Answer {
            text: "{\"score\": [20]}".to_owned(),
            tokens,
            finished: true,
            cost: Cost::default(),
        }
    }

    #[test]
    fn the_expected_score_of_a_place_is_the_mean_of_many_sampled_answers() {
        let dice = Dice::default();
        let how = Ask::default();
        let reader = Reader {
            conversation: &dice,
            rest: &[],
            how: &how,
            continues: true,
            high: 25.0,
        };
        let mut values = [20.0];
        let read = reader.read(&written(&dice), &mut values, &mut Cost::default(), &Quiet);
        read.expect("answered");
        let mean = dice.mean_of(20_000, 25);
        assert!((values[0] - mean).abs() < 0.15, "{} {mean}", values[0]);
    }

    #[test]
    fn without_a_way_to_begin_answers_the_written_score_stays() {
        let dice = Dice::default();
        let how = Ask::default();
        let reader = Reader {
            conversation: &dice,
            rest: &[],
            how: &how,
            continues: false,
            high: 25.0,
        };
        let mut values = [20.0];
        let read = reader.read(&written(&dice), &mut values, &mut Cost::default(), &Quiet);
        read.expect("answered");
        assert_eq!(values, [20.0]);
    }

    #[test]
    fn a_vocabulary_with_whole_numbers_is_read_at_once() {
        let token = Token {
            text: "20".to_owned(),
            log_probability: 0.5f32.ln(),
            others: vec![
                ("20".to_owned(), 0.5f32.ln()),
                ("10".to_owned(), 0.5f32.ln()),
                ("40".to_owned(), -0.1),
            ],
        };
        let answer = Answer {
            tokens: vec![token],
            ..Answer::default()
        };
        let how = Ask::default();
        let dice = Dice::default();
        let reader = Reader {
            conversation: &dice,
            rest: &[],
            how: &how,
            continues: false,
            high: 25.0,
        };
        let mut values = [20.0];
        reader
            .read(&answer, &mut values, &mut Cost::default(), &Quiet)
            .expect("answered");
        assert!((values[0] - 15.0).abs() < 1e-5);
    }
}
