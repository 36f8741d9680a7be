//! What an edit is compared with in words.

use retake_core::{Instruction, Said, Thing, said};

/// What the source shows and what the edit is to show, in a person's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Captions {
    /// of the source
    pub source: String,
    /// of the edit that is wanted
    pub target: String,
}

impl Captions {
    /// From `a house => a house in the snow`.
    pub fn read(text: &str) -> Result<Self, Said> {
        let both = text.split_once("=>").map(|(a, b)| (a.trim(), b.trim()));
        match both {
            Some((source, target)) if !source.is_empty() && !target.is_empty() => Ok(Self {
                source: source.to_owned(),
                target: target.to_owned(),
            }),
            _ => Err(said!(
                "Captions are written as “source => target”, and “{text}” is not.",
                text = text
            )),
        }
    }

    /// The captions that were given, or else what stands in for them: any photo, and a photo described by the
    /// instruction. An instruction is no caption, so the numbers of the second kind are smaller and less sure.
    pub fn or_of(given: Option<&Self>, instruction: &Instruction) -> Self {
        given.cloned().unwrap_or_else(|| Self {
            source: "a photo".to_owned(),
            target: format!("a photo, {}", instruction.text.trim()),
        })
    }
}

/// What of an instruction may name things: what no recipe can do, and the words that meant nothing.
pub(super) fn things(instruction: &Instruction) -> String {
    let understood = &instruction.understood;
    let new = understood.generative.iter().map(|one| one.words.as_str());
    let rest = understood.not_understood.iter().map(String::as_str);
    new.chain(rest).collect::<Vec<_>>().join(" ")
}

/// The things of the lexicon that stand there, whatever the language is.
pub(super) fn named(instruction: &Instruction) -> Vec<&Thing> {
    let words = things(instruction).to_lowercase();
    let understood = &instruction.understood;
    let there = |thing: &&Thing| words.contains(&thing.words.to_lowercase());
    understood.things.iter().filter(there).collect()
}
