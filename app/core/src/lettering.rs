//! Words in pictures: what a sentence wants written or gone, and a line of text as it was read off a picture.

use serde::{Deserialize, Serialize};

use crate::{Reason, Score};

/// What a sentence asks of the words in the picture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lettering {
    /// what is to be read afterwards, as written: "SALE"
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub written: Option<String>,
    /// what is not to be read any longer
    #[serde(default, skip_serializing_if = "Gone::is_nothing")]
    pub gone: Gone,
    /// the clause that says so
    pub words: String,
}

/// What of the words that were in the picture is to go.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gone {
    /// all stays
    #[default]
    Nothing,
    /// these words
    This(String),
    /// what is in the new words' place, or a mark of which the sentence does not say what it reads
    Something,
    /// all that can be read
    All,
}

impl Gone {
    /// Whether all stays.
    pub fn is_nothing(&self) -> bool {
        *self == Self::Nothing
    }
}

/// A line of text as it was read off a picture.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadLine {
    /// the characters, with spaces where they were seen
    pub text: String,
    /// x and y of its corners in shares of the picture's width and height, 0 to 1: from where reading begins at the top,
    /// clockwise in the line's own direction
    pub corners: [[f32; 2]; 4],
    /// the mean probability of its characters, 0 to 1
    pub confidence: f32,
}

impl Reason {
    /// The id of a reason that something else is plainly read than what was asked. Such a fact is checked, so that it goes
    /// before what a judge says.
    pub const MISREAD: &str = "misread";
    /// The id of a reason that what was asked is plainly read.
    pub const READ: &str = "read";
}

impl Score {
    /// The most that following is worth where something else is plainly read than what was asked: 3 of 10. Ours, after
    /// "Beyond Monolithic Rewards" (2025), where a rule that can check a fact goes before a model's opinion of it.
    pub const MOST_MISREAD: f32 = 0.3;

    /// The most that this can be worth by the facts among its reasons; `None` where none of them forbids anything.
    pub fn most(&self) -> Option<f32> {
        let misread = |reason: &Reason| reason.id == Reason::MISREAD;
        self.reasons
            .iter()
            .any(misread)
            .then_some(Self::MOST_MISREAD)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::said;

    fn score(id: &str) -> Score {
        let reason = Reason {
            id: id.to_owned(),
            text: said!("because"),
            passed: None,
            cost: 0.0,
            check: None,
            evidence: None,
        };
        Score {
            value: 0.9,
            spread: 0.1,
            reasons: vec![reason],
            evidence: None,
        }
    }

    #[test]
    fn only_what_was_plainly_misread_bounds_a_score() {
        assert_eq!(score(Reason::MISREAD).most(), Some(Score::MOST_MISREAD));
        assert_eq!(score(Reason::READ).most(), None);
        assert_eq!(score("warmth").most(), None);
    }
}
