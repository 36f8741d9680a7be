//! The nearest known words to a sentence of which nothing was understood, as a trained network sees them. It ranks what
//! the lexicon has; it never invents, and where two meanings are about as near it says nothing.

use std::sync::{Arc, OnceLock};

use retake_core::{Instruction, Meanings, NearestKnown};

use crate::sense::Sense;
use crate::{InstructionError, Lexicon, understand, understand_with_mask};

/// How near the words must be (cosine) to be taken. Of 40 sentences that were tried with all-MiniLM-L6-v2, those with a
/// look in them that the lexicon has lay at 0.55 and above, and those of other things (tax reports, dinners) at 0.43 and
/// below.
const NEAR: f32 = 0.55;
/// How much nearer they must be than the nearest words of another meaning.
const APART: f32 = 0.04;
/// The language that sentence encoders of this kind are trained on.
const LANGUAGE: &str = "en";

/// Finds known words by what they mean.
pub struct Nearest {
    meanings: Arc<dyn Meanings>,
    /// `None` where the network could not read them
    known: OnceLock<Option<Vec<Known>>>,
}

struct Known {
    phrase: String,
    sense: Sense,
    vector: Vec<f32>,
}

impl Nearest {
    /// Asks this network. Nothing is read yet.
    pub fn new(meanings: Arc<dyn Meanings>) -> Self {
        Self {
            meanings,
            known: OnceLock::new(),
        }
    }

    /// Reads the words of the built-in lexicon, which takes seconds; only the first call does.
    pub fn prepare(&self) {
        self.known();
    }

    /// Whether the words were read already, so that asking takes no time.
    pub fn is_ready(&self) -> bool {
        self.known.get().is_some()
    }

    /// The nearest known words to a sentence, if any are near enough and no others are about as near.
    pub fn to(&self, sentence: &str) -> Option<NearestKnown> {
        let known = self.known()?;
        let asked = self.meanings.vectors(&[sentence])?;
        let mut likeness: Vec<(f32, &Known)> = known
            .iter()
            .map(|known| {
                (
                    cosine(asked.first().map_or(&[], |v| v), &known.vector),
                    known,
                )
            })
            .collect();
        likeness.sort_by(|(a, _), (b, _)| b.total_cmp(a));
        let (best, nearest) = *likeness.first()?;
        let other = likeness
            .iter()
            .find(|(_, other)| other.sense != nearest.sense);
        let clear = other.is_none_or(|(other, _)| best - other >= APART);
        (best >= NEAR && clear).then(|| NearestKnown {
            phrase: nearest.phrase.clone(),
            likeness: best,
        })
    }

    fn known(&self) -> Option<&[Known]> {
        let read = || {
            let phrases = phrases(Lexicon::built_in());
            let texts: Vec<&str> = phrases.iter().map(|(phrase, _)| phrase.as_str()).collect();
            let vectors = self.meanings.vectors(&texts)?;
            let rows = phrases.iter().zip(vectors);
            let rows = rows.map(|((phrase, sense), vector)| Known {
                phrase: phrase.clone(),
                sense: sense.clone(),
                vector,
            });
            Some(rows.collect())
        };
        self.known.get_or_init(read).as_deref()
    }
}

/// Looks, and words that say a direction; of several forms of one word the shortest.
fn phrases(lexicon: &Lexicon) -> Vec<(String, Sense)> {
    let languages = lexicon.languages.iter();
    let mut all: Vec<(String, Sense)> = languages
        .filter(|language| language.code == LANGUAGE)
        .flat_map(|language| language.phrases())
        .filter(|(_, sense)| matches!(sense, Sense::Style(_) | Sense::Attribute(_)))
        .map(|(tokens, sense)| (tokens.join(" "), sense.clone()))
        .collect();
    all.sort_by(|(a, _), (b, _)| a.cmp(b));
    let mut kept: Vec<(String, Sense)> = Vec::new();
    for (phrase, sense) in all {
        let is_form_of = |(other, of_other): &(String, Sense)| {
            let ending = phrase.strip_prefix(other.as_str());
            *of_other == sense && ending.is_some_and(|ending| !ending.contains(' '))
        };
        if !kept.iter().any(is_form_of) {
            kept.push((phrase, sense));
        }
    }
    kept
}

/// Of two vectors of length 1.
fn cosine(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Reads a sentence as [`understand`] or, `masked`, as [`understand_with_mask`] does; one of which nothing is understood
/// is read as the nearest known words, which [`retake_core::Understanding::nearest`] then names.
///
/// # Errors
/// Those of [`understand`].
pub fn understand_nearest(
    text: &str,
    lexicon: &Lexicon,
    masked: bool,
    nearest: Option<&Nearest>,
) -> Result<Instruction, InstructionError> {
    let read = match masked {
        true => understand_with_mask,
        false => understand,
    };
    let error = match read(text, lexicon) {
        Err(error @ InstructionError::NothingUnderstood { .. }) => error,
        read => return read,
    };
    match nearest.and_then(|nearest| nearest.to(text)) {
        Some(known) => as_known(text, lexicon, known).map_err(|_| error),
        None => Err(error),
    }
}

/// Reads a sentence as these known words.
///
/// # Errors
/// Those of [`understand`], where this lexicon does not know the words.
pub fn as_known(
    text: &str,
    lexicon: &Lexicon,
    known: NearestKnown,
) -> Result<Instruction, InstructionError> {
    let mut instruction = understand(&known.phrase, lexicon)?;
    text.clone_into(&mut instruction.text);
    instruction.understood.nearest = Some(known);
    Ok(instruction)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Knows a few words, each a direction of its own, and one more that it takes for the first of them. A sentence lies
    /// between its words; those that it does not know lie all in one direction, or in another one beside "zorp".
    struct Words(&'static [&'static str], &'static str);

    impl Meanings for Words {
        fn vectors(&self, sentences: &[&str]) -> Option<Vec<Vec<f32>>> {
            let vector = |sentence: &&str| {
                let mut vector = vec![0.0f32; self.0.len() + 2];
                for word in sentence.split(' ') {
                    let word = if word == self.1 { self.0[0] } else { word };
                    let known = self.0.iter().position(|known| *known == word);
                    let other = self.0.len() + usize::from(sentence.contains("zorp"));
                    vector[known.unwrap_or(other)] += 1.0;
                }
                let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
                vector.iter().map(|x| x / length).collect()
            };
            Some(sentences.iter().map(vector).collect())
        }
    }

    fn nearest(words: &'static [&'static str]) -> Nearest {
        Nearest::new(Arc::new(Words(words, "")))
    }

    fn read(text: &str, nearest: Option<&Nearest>) -> Result<Instruction, InstructionError> {
        understand_nearest(text, Lexicon::built_in(), false, nearest)
    }

    #[test]
    fn what_is_not_understood_is_read_as_the_nearest_known_words_and_says_so() {
        // this network takes "qwyx" for the look
        let nearest = Nearest::new(Arc::new(Words(&["cyberpunk"], "qwyx")));
        let read = read("qwyx", Some(&nearest)).expect("a look");
        assert_eq!(read.text, "qwyx");
        assert_eq!(read.understood.styles, ["cyberpunk"]);
        let known = read.understood.nearest.expect("the words");
        assert_eq!(
            known.said("qwyx"),
            "I don't know “qwyx”; the nearest look I know is “cyberpunk”."
        );
    }

    #[test]
    fn what_is_understood_is_read_as_it_stands() {
        let nearest = nearest(&["cyberpunk"]);
        let read = read("make it warmer", Some(&nearest)).expect("a goal");
        assert!(read.understood.nearest.is_none());
        assert!(!nearest.is_ready(), "nobody had to ask");
    }

    #[test]
    fn words_that_are_far_from_all_are_not_read_as_any() {
        let nearest = nearest(&["cyberpunk"]);
        let alone = read("zorp florp blarp", None).expect_err("nothing");
        let asked = read("zorp florp blarp", Some(&nearest));
        assert_eq!(asked.expect_err("nothing"), alone);
        assert!(nearest.is_ready());
    }

    #[test]
    fn between_two_meanings_none_is_taken() {
        let both = nearest(&["cyberpunk", "sepia"]);
        assert!(both.to("cyberpunk sepia").is_none());
        assert!(both.to("sepia").is_some());
    }

    #[test]
    fn every_known_phrase_is_itself_understood_and_no_form_of_a_word_stands_twice() {
        let phrases = phrases(Lexicon::built_in());
        assert!(phrases.len() > 800, "{}", phrases.len());
        let unread: Vec<&str> = phrases
            .iter()
            .map(|(phrase, _)| phrase.as_str())
            .filter(|phrase| understand(phrase, Lexicon::built_in()).is_err())
            .collect();
        // a few are words of a wish rather than a wish: they are refused as before
        assert!(unread.len() * 50 < phrases.len(), "{unread:?}");
        assert!(!phrases.iter().any(|(phrase, _)| phrase == "warmer"));
    }
}
