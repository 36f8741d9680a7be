//! Scores that are read from the probabilities of tokens, so that they do not come in steps and do not tie.

/// The probabilities of the known ones alone: softmax over their log-probabilities. Log-probabilities over the whole
/// vocabulary differ from logits by a constant, which falls out.
pub fn softmax(log_probabilities: &[f64]) -> Vec<f64> {
    let most = log_probabilities
        .iter()
        .copied()
        .fold(f64::NEG_INFINITY, f64::max);
    let weight = |value: &f64| {
        let weight = (value - most).exp();
        if weight.is_finite() { weight } else { 0.0 }
    };
    let total: f64 = log_probabilities.iter().map(weight).sum();
    log_probabilities
        .iter()
        .map(|value| weight(value) / total)
        .collect()
}

/// UniWorld-V2's reward (Edit-R1): the expected value of a score whose candidates are (value, log-probability), over the
/// candidates alone. `None` where none has a probability.
pub fn expected(candidates: &[(f64, f64)]) -> Option<f64> {
    let known: Vec<_> = candidates
        .iter()
        .filter(|(_, log)| log.is_finite())
        .collect();
    if known.is_empty() {
        return None;
    }
    let shares = softmax(&known.iter().map(|(_, log)| *log).collect::<Vec<_>>());
    Some(
        known
            .iter()
            .zip(shares)
            .map(|((value, _), share)| value * share)
            .sum(),
    )
}

/// The spread of the same: its standard deviation.
pub fn expected_deviation(candidates: &[(f64, f64)]) -> Option<f64> {
    let centre = expected(candidates)?;
    let squares: Vec<(f64, f64)> = candidates
        .iter()
        .map(|(value, log)| ((value - centre).powi(2), *log))
        .collect();
    Some(expected(&squares)?.max(0.0).sqrt())
}

/// NP-Edit's answer to a yes-or-no question: σ(ℓ_yes − ℓ_no).
pub fn yes_probability(yes: f64, no: f64) -> f64 {
    logistic(yes - no)
}

/// 1 / (1 + e^−x).
pub fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// What may stand behind the first digit of a whole number, with its log-probability.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Second {
    /// the digits '0' to '9' as second one
    pub digits: Vec<(u32, f64)>,
    /// log-probability that the number ends: that of all that is no digit
    pub end: f64,
}

/// The whole numbers from 0 to `most` (below 100) with their probabilities, of a judge whose tokens are single digits:
/// P(n) = P(first digit) · P(second digit or end | first digit). `second` tells what follows a first digit; it is asked
/// only of those from which two digits can stay within the scale. Numbers beyond the scale are left out and the rest made
/// one. `None` where nothing is left.
pub fn whole_numbers(
    first: &[(u32, f64)],
    most: u32,
    mut second: impl FnMut(u32) -> Option<Second>,
) -> Option<Vec<(f64, f64)>> {
    let mut found: Vec<(f64, f64)> = Vec::new();
    for &(digit, log) in first {
        if digit > most {
            continue;
        }
        if digit == 0 || digit * 10 > most {
            // a second digit would be beyond the scale, so that what matters is the first
            found.push((f64::from(digit), log));
            continue;
        }
        let follows = second(digit)?;
        found.push((f64::from(digit), log + follows.end));
        let within = follows
            .digits
            .iter()
            .filter(|(next, _)| digit * 10 + next <= most);
        found.extend(within.map(|(next, then)| (f64::from(digit * 10 + next), log + then)));
    }
    found.retain(|(_, log)| log.is_finite());
    (!found.is_empty()).then_some(found)
}

/// Edit-R1 leaves a group out of training where nothing is to be learned: all good (mean > 0.9) and alike (standard
/// deviation < 0.05). For a search it says that more candidates are no use.
pub fn nothing_to_choose(scores: &[f64]) -> bool {
    let Some(mean) = super::generative::mean(scores.iter().copied()) else {
        return false;
    };
    let variance = scores
        .iter()
        .map(|score| (score - mean).powi(2))
        .sum::<f64>()
        / scores.len() as f64;
    variance.sqrt() < 0.05 && mean > 0.9
}

#[cfg(test)]
mod tests {
    use super::*;
    use retake_core::Rng;

    /// One of these by its share.
    fn drawn(rng: &mut Rng, shares: &[f64]) -> usize {
        let mut left = f64::from(rng.between(0.0, 1.0));
        for (i, share) in shares.iter().enumerate() {
            left -= share;
            if left < 0.0 {
                return i;
            }
        }
        shares.len() - 1
    }

    #[test]
    fn the_expected_digit_is_the_mean_of_drawn_ones() {
        let logs = [-3.0, -2.5, -1.0, -0.9, -2.0, -4.0];
        let candidates: Vec<(f64, f64)> =
            (0..6).map(|i| (f64::from(i), logs[i as usize])).collect();
        let shares = softmax(&logs);
        let mut rng = Rng::new(3);
        let draws = 20_000;
        let total: usize = (0..draws).map(|_| drawn(&mut rng, &shares)).sum();
        let mean = total as f64 / f64::from(draws);
        assert!(
            (expected(&candidates).expect("known") - mean).abs() < 0.03,
            "{mean}"
        );
    }

    /// Probabilities of the digits after a first one: 12 is likelier than 1 or 19, 2 is mostly whole.
    fn follows(digit: u32) -> Second {
        let (end, digits): (f64, Vec<(u32, f64)>) = match digit {
            1 => (0.1, vec![(2, 0.6), (9, 0.3)]),
            _ => (0.5, vec![(0, 0.2), (5, 0.2), (7, 0.1)]),
        };
        Second {
            digits: digits.into_iter().map(|(d, p)| (d, p.ln())).collect(),
            end: end.ln(),
        }
    }

    #[test]
    fn the_expectation_over_two_digits_is_the_mean_of_drawn_numbers() {
        let first: Vec<(u32, f64)> = [(1, 0.4), (2, 0.4), (7, 0.2)]
            .map(|(d, p): (u32, f64)| (d, p.ln()))
            .into();
        let found = whole_numbers(&first, 25, |digit| Some(follows(digit))).expect("known");
        let mut rng = Rng::new(9);
        let (mut total, mut count) = (0.0, 0);
        while count < 20_000 {
            let digit = [1, 2, 7][drawn(&mut rng, &[0.4, 0.4, 0.2])];
            let number = if digit == 7 {
                7
            } else {
                let after = follows(digit);
                let mut shares = vec![after.end.exp()];
                shares.extend(after.digits.iter().map(|(_, log)| log.exp()));
                match drawn(&mut rng, &shares) {
                    0 => digit,
                    i => digit * 10 + after.digits[i - 1].0,
                }
            };
            // 27 is beyond the scale and is drawn again
            if number <= 25 {
                total += f64::from(number);
                count += 1;
            }
        }
        let mean = total / f64::from(count);
        assert!(
            (expected(&found).expect("known") - mean).abs() < 0.15,
            "{mean} {found:?}"
        );
    }

    #[test]
    fn yes_as_likely_as_no_is_one_half_and_the_sum_of_both_sides_is_one() {
        assert_eq!(yes_probability(-1.2, -1.2), 0.5);
        assert!((yes_probability(-0.1, -2.3) + yes_probability(-2.3, -0.1) - 1.0).abs() < 1e-12);
        // σ(2.2)
        assert!((yes_probability(-0.1, -2.3) - 0.900_249_510_880_314_9).abs() < 1e-12);
    }

    #[test]
    fn a_constant_on_all_logits_changes_nothing() {
        let plain = [(0.0, -1.0), (5.0, -0.2)];
        let moved = plain.map(|(value, log)| (value, log - 7.5));
        let (a, b) = (expected(&plain), expected(&moved));
        assert!((a.expect("known") - b.expect("known")).abs() < 1e-12);
    }

    #[test]
    fn what_has_no_probability_at_all_has_no_expectation() {
        assert_eq!(expected(&[(3.0, f64::NEG_INFINITY), (4.0, f64::NAN)]), None);
    }

    #[test]
    fn the_spread_of_two_equal_halves_is_half_their_distance() {
        let spread = expected_deviation(&[(0.0, -0.5), (4.0, -0.5)]);
        assert!((spread.expect("known") - 2.0).abs() < 1e-12);
    }

    #[test]
    fn a_group_of_good_equals_leaves_nothing_to_choose_and_one_of_bad_equals_does() {
        assert!(nothing_to_choose(&[0.95, 0.96, 0.97]));
        assert!(!nothing_to_choose(&[0.5, 0.5, 0.5]) && !nothing_to_choose(&[0.8, 1.0, 1.0]));
    }
}
