//! What the person said, and what was understood of it.

use serde::{Deserialize, Serialize};

use crate::{Constraint, Goal, Lettering, Mask, Said, said};

/// The words of the sentence, sorted into what can be done.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Understanding {
    /// ISO 639-1 code of the language it was read in: "en", "de", "fr", "es", "zh"
    pub language: String,
    /// what is asked
    pub goals: Vec<Goal>,
    /// what must stay
    pub constraints: Vec<Constraint>,
    /// what no recipe can do and a diffusion editor would be needed for
    pub generative: Vec<Generative>,
    /// words that meant nothing to us, in order; never dropped in silence
    pub not_understood: Vec<String>,
    /// spelling slips that were mended: (as written, as read)
    pub corrected: Vec<(String, String)>,
    /// style words that were expanded: "golden hour", …
    pub styles: Vec<String>,
    /// where nothing was understood as it stands: what was read in its place
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nearest: Option<NearestKnown>,
    /// things that it names, in order, whatever is asked of them: for those who look at pictures
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub things: Vec<Thing>,
    /// what it asks of words in the picture, in order: for those who can read them
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lettering: Vec<Lettering>,
}

/// A thing that a sentence names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thing {
    /// in English, in the singular, as networks call it: "dog"
    pub name: String,
    /// what it also is, for networks that have no name of their own for it: "animal"
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<String>,
    /// as written: "Hunde"
    pub words: String,
}

impl Understanding {
    /// The things that a part of the instruction that needs new content names, in order.
    pub fn things_of(&self, generative: &Generative) -> Vec<&Thing> {
        let words = generative.words.to_lowercase();
        let named = |thing: &Thing| words.find(&thing.words.to_lowercase());
        let mut found: Vec<(usize, &Thing)> = self
            .things
            .iter()
            .filter_map(|thing| Some((named(thing)?, thing)))
            .collect();
        found.sort_by_key(|(at, _)| *at);
        found.into_iter().map(|(_, thing)| thing).collect()
    }
}

/// Words that are known, taken for others that are not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NearestKnown {
    /// the known words: "detective film"
    pub phrase: String,
    /// the cosine of what both mean to the network that found it, at most 1
    pub likeness: f32,
}

impl NearestKnown {
    /// The sentence that tells a person what was read in place of their words.
    pub fn said(&self, words: &str) -> Said {
        said!(
            "I don't know “{words}”; the nearest look I know is “{phrase}”.",
            words = words.trim(),
            phrase = &self.phrase
        )
    }
}

/// A part of the instruction that needs new content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Generative {
    /// the words, as written: "add a dog"
    pub words: String,
    /// what kind of work it is: "adding something", "removing something", "changing what something is"
    pub kind: String,
}

/// The text, what was understood of it, and an optional mask (white: edit here), in the photo's upright frame at any size.
#[derive(Clone, Debug, Default)]
pub struct Instruction {
    /// as typed
    pub text: String,
    /// as read
    pub understood: Understanding,
    /// where it may apply; outside it every pixel must stay
    pub mask: Option<Mask>,
}
