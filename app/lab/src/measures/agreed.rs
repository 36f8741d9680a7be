//! Judged twice: by scores of each edit alone, and by a judge that saw two at once. Where both say the same it can be trusted
//! more; where they do not, the pair is uncertain and says so instead of guessing (SCIR, self-consistency of internal
//! rewards, keeps only what its judges agree on).

use super::mean;
use super::pairs::Better;

/// A pair that was judged both ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Twice {
    /// what the scores say
    pub pointwise: Better,
    /// what the judge of pairs says, both orders together
    pub pairwise: Better,
    /// what a person said; a tie where nobody did
    pub human: Better,
}

impl Twice {
    /// The two ways disagree; a tie and a preference do too.
    pub fn uncertain(&self) -> bool {
        self.pointwise != self.pairwise
    }
}

/// The verdict of a judge of pairs over what it said in one order or both: how sure it is that the first is better.
pub fn verdict(first_better: &[f64]) -> Option<Better> {
    Some(Better::of(mean(first_better.iter().copied())?, 0.5))
}

/// Share of pairs that are uncertain.
pub fn uncertain_rate(pairs: &[Twice]) -> Option<f64> {
    mean(
        pairs
            .iter()
            .map(|pair| f64::from(u8::from(pair.uncertain()))),
    )
}

/// Share of pairs that the scores put in the order of people, over those that are uncertain or over the others.
pub fn accuracy(pairs: &[Twice], uncertain: bool) -> Option<f64> {
    let preferred = pairs.iter().filter(|pair| pair.human != Better::Tie);
    let of_these = preferred.filter(|pair| pair.uncertain() == uncertain);
    mean(of_these.map(|pair| f64::from(u8::from(pair.pointwise == pair.human))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(pointwise: Better, pairwise: Better) -> Twice {
        Twice {
            pointwise,
            pairwise,
            human: Better::A,
        }
    }

    #[test]
    fn every_disagreement_is_uncertain_and_nothing_else() {
        use Better::{A, B, Tie};
        for one in [A, B, Tie] {
            for other in [A, B, Tie] {
                assert_eq!(pair(one, other).uncertain(), one != other);
            }
        }
    }

    #[test]
    fn an_answer_that_turns_with_the_order_prefers_nobody() {
        assert_eq!(verdict(&[1.0, 0.0]), Some(Better::Tie));
        assert_eq!(verdict(&[0.9, 0.4]), Some(Better::A));
        assert_eq!(verdict(&[0.2]), Some(Better::B));
        assert_eq!(verdict(&[]), None);
    }

    #[test]
    fn the_shares_are_over_their_own_pairs() {
        use Better::{A, B};
        let pairs = [pair(A, A), pair(A, A), pair(B, B), pair(B, A)];
        assert_eq!(uncertain_rate(&pairs), Some(0.25));
        assert_eq!(accuracy(&pairs, false), Some(2.0 / 3.0));
        assert_eq!(accuracy(&pairs, true), Some(0.0));
        assert_eq!(uncertain_rate(&[]), None);
    }
}
