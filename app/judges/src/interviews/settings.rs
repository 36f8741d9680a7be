//! How a judge is interviewed, and how a question is put: its seed, its words, the pictures that it shows.

use retake_core::{Instruction, Raster};
use retake_pixels::resize;

use super::{Interview, requirements};
use crate::rubric::{Call, Order, Shows, filled};
use crate::{Answer, Ask, Part, Prefix, picture};

/// What is said of a veil, where a rubric shows one.
const MARKED: &str =
    "The red veil over the photo marks what was to be edited; outside of it nothing was to change.";

/// How a judge is interviewed.
#[derive(Clone, Debug, PartialEq)]
pub struct How {
    /// how often each question is asked, at least 1
    pub passes: usize,
    /// in how many further ways the instruction is put, by the judge's own words; the passes take turns with them
    pub paraphrases: usize,
    /// what the person goes by, in their words
    pub principles: Vec<String>,
    /// whether scores are read from the probabilities of their digits, where the judge tells them
    pub expected: bool,
    /// what a question costs, in the person's currency; 0 is nothing
    pub price: f64,
}

impl Default for How {
    fn default() -> Self {
        Self {
            passes: 1,
            paraphrases: 0,
            principles: Vec::new(),
            expected: false,
            price: 0.0,
        }
    }
}

impl Interview {
    /// The seed of a pass, and of its second try.
    pub(super) fn ask(&self, pass: usize, again: bool) -> Ask {
        let shift = if again { 1000 } else { 0 };
        Ask {
            max_tokens: self.rubric.max_tokens,
            temperature: self.rubric.temperature,
            top_p: self.rubric.top_p,
            top_k: self.rubric.top_k,
            seed: self.rubric.seed + pass as u64 + shift,
            weigh: Vec::new(),
            begun: String::new(),
        }
    }

    /// The text of a call for this wording of the instruction.
    pub(super) fn text(
        &self,
        call: &Call,
        instruction: &Instruction,
        wording: &str,
        questions: &str,
    ) -> String {
        let principles = match &self.how.principles[..] {
            [] => String::new(),
            principles => format!(
                "Whoever asked goes by these principles, and they come before your taste:\n- {}",
                principles.join("\n- ")
            ),
        };
        let (low, high) = (self.scale.low.to_string(), self.scale.high.to_string());
        filled(
            &call.text,
            &[
                ("instruction", wording),
                ("low", &low),
                ("high", &high),
                ("principles", &principles),
                ("questions", questions),
                (
                    "marked",
                    if instruction.mask.is_some() {
                        MARKED
                    } else {
                        ""
                    },
                ),
                (
                    "requirements",
                    requirements::of(&self.rubric.requirements, instruction),
                ),
            ],
        )
    }

    /// The photo with a red veil over what the person has marked; as it is where they have not, or where no call shows it.
    pub(super) fn marked(&self, source: &Raster, instruction: &Instruction) -> Raster {
        let shows = |call: &Call| call.pictures.contains(&Shows::SourceMarked);
        let mask = instruction.mask.as_ref();
        match mask.filter(|_| self.rubric.calls.iter().any(shows)) {
            Some(mask) => picture::veiled(source, mask),
            None => source.clone(),
        }
    }

    /// What the questions of a call share, and what follows the edited pictures. The photo is given as it is, and marked.
    pub(super) fn prefix<'a>(
        &self,
        call: &Call,
        text: &'a str,
        [source, marked]: [&'a Raster; 2],
    ) -> (Prefix<'a>, Option<&'a str>) {
        let shown = |what, picture| {
            call.pictures
                .contains(&what)
                .then_some(Part::Picture(picture))
        };
        let source = shown(Shows::Source, source).or_else(|| shown(Shows::SourceMarked, marked));
        let first = (call.order == Order::TextFirst).then(|| Part::text(text));
        let after = (call.order == Order::PicturesFirst).then_some(text);
        let prefix = Prefix {
            system: self.rubric.system.clone(),
            parts: first.into_iter().chain(source).collect(),
        };
        (prefix, after)
    }
}

/// The edit as judges are shown it: at the source's size, as the published protocols have it; one of another shape (a crop,
/// a turn) keeps its own.
pub(super) fn beside(source: &Raster, edited: &Raster) -> Raster {
    let shape = |raster: &Raster| raster.width as f64 / raster.height.max(1) as f64;
    if (edited.width, edited.height) == (source.width, source.height) || edited.is_empty() {
        return edited.clone();
    }
    if (shape(edited) / shape(source) - 1.0).abs() < 0.02 {
        return resize::raster(edited, source.width, source.height);
    }
    picture::within(edited, source.len().max(28 * 28))
}

/// An answer's text, with an end that says whether it is whole: a number at the very end of one that was cut off may have
/// lost its last digits.
pub(super) fn whole(answer: &Answer) -> String {
    match answer.finished {
        true => format!("{}\n", answer.text),
        false => answer.text.clone(),
    }
}

/// The instruction's own words, where nothing was understood.
pub(super) fn words_of(instruction: &Instruction) -> &str {
    instruction.text.trim()
}
