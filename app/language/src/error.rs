//! What can be wrong with an instruction or a lexicon file, each as one sentence that says what to do.

/// Why a sentence could not be turned into goals.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InstructionError {
    /// nothing but white space
    #[error("the instruction is empty: say what should change, for example \"make it warmer\"")]
    Empty,
    /// longer than [`crate::LONGEST_INSTRUCTION`] characters
    #[error(
        "the instruction has {length} characters and the limit is {limit}: say it in fewer words"
    )]
    TooLong {
        /// characters given
        length: usize,
        /// characters allowed
        limit: usize,
    },
    /// everything asked is about things that nothing in a photo shows
    #[error(
        "{} cannot be found in a photo: paint a mask over it (a PNG for --mask, the brush in the window), or name the sky, the skin, the foliage, the subject, the background, a colour or a side",
        quoted(.things)
    )]
    NotFound {
        /// the things, as written
        things: Vec<String>,
    },
    /// a closer frame, which is not among the wishes that can be measured
    #[error(
        "\"{words}\" asks for a closer frame, and which part should stay cannot be said in words yet: name a shape to crop to, for example \"crop to 4:5\" or \"square\""
    )]
    CloserFrame {
        /// the words, as written
        words: String,
    },
    /// no goal, constraint or generative part was found
    #[error(
        "no edit was understood{}: try \"make it warmer\", \"darken the sky slightly\" or \"black and white, more contrast\"",
        listed(.not_understood)
    )]
    NothingUnderstood {
        /// the words that meant nothing, in order
        not_understood: Vec<String>,
    },
}

fn quoted(words: &[String]) -> String {
    let shown: Vec<String> = words.iter().take(6).map(|w| format!("\"{w}\"")).collect();
    shown.join(" and ")
}

fn listed(words: &[String]) -> String {
    if words.is_empty() {
        return String::new();
    }
    let shown: Vec<&str> = words.iter().take(12).map(String::as_str).collect();
    let more = if words.len() > shown.len() {
        ", …"
    } else {
        ""
    };
    format!(
        " (these words mean nothing here: {}{more})",
        shown.join(", ")
    )
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
