//! Rubrics: what a judge is asked, in files that a person can change. The built-in ones are in `assets/rubrics`.

use std::collections::BTreeMap;
use std::path::Path;

use retake_core::{Said, said};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::interviews::requirements;
use crate::scales::Scale;

/// How a judge is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// it reasons, then writes scores
    Generative,
    /// the probabilities of one digit are read
    Digits,
    /// the probabilities of yes and no are read
    YesNo,
    /// questions from the parts of the instruction
    Checklist,
    /// two edits against each other
    Pairwise,
    /// the same, by the probabilities of yes and no to the first being the better one
    PairwiseYesNo,
}

impl Kind {
    /// Whether two edits are shown at a time.
    pub fn compares(self) -> bool {
        matches!(self, Self::Pairwise | Self::PairwiseYesNo)
    }
}

/// A picture of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shows {
    /// the photo
    Source,
    /// the photo, with a veil over what the person has marked, if anything
    SourceMarked,
    /// the edit; in a comparison first A, then B
    Edited,
}

/// What comes first. Published judges keep to the order they were trained in; text first shares more between candidates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Order {
    PicturesFirst,
    #[default]
    TextFirst,
}

/// One question of a rubric.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Call {
    /// in the order in which they are shown
    pub pictures: Vec<Shows>,
    /// whether they come before the text
    #[serde(default)]
    pub order: Order,
    /// names that each score may have in the answer
    pub scores: Vec<Vec<String>>,
    /// with places
    pub text: String,
}

/// A rubric.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Rubric {
    /// short name for records and the command line
    pub id: String,
    /// one sentence
    pub about: String,
    /// how it is asked
    pub kind: Kind,
    /// the published formula that makes scores of the answers: an id of [`crate::scales::SCALES`]
    pub formula: String,
    /// the least pixels of a picture: what a judge was trained with where that was more than it is shown usually; 0 is none
    #[serde(default)]
    pub min_pixels: usize,
    /// the most pixels of a picture
    pub max_pixels: usize,
    /// the system message; none is the model's own
    #[serde(default)]
    pub system: Option<String>,
    /// what is required of each kind of edit, for the place {requirements}: "adding", "removing", …, "any"
    #[serde(default)]
    pub requirements: BTreeMap<String, String>,
    /// 0 takes the likeliest answer
    #[serde(default)]
    pub temperature: f32,
    /// see [`crate::Ask::top_p`]
    #[serde(default = "one")]
    pub top_p: f32,
    /// see [`crate::Ask::top_k`]
    #[serde(default)]
    pub top_k: usize,
    /// the longest answer, tokens
    #[serde(default = "long")]
    pub max_tokens: usize,
    /// of the first pass; pass i has it plus i
    #[serde(default)]
    pub seed: u64,
    /// the questions
    pub calls: Vec<Call>,
    /// of the file, hexadecimal: what was asked is part of what was answered
    #[serde(skip)]
    pub hash: String,
}

fn one() -> f32 {
    1.0
}

fn long() -> usize {
    512
}

/// The built-in ones, first the default.
pub(crate) const BUILT_IN: &[&str] = &[
    include_str!("../../../assets/rubrics/edit_score.toml"),
    include_str!("../../../assets/rubrics/vie_score.toml"),
    include_str!("../../../assets/rubrics/three_bars.toml"),
    include_str!("../../../assets/rubrics/five_steps.toml"),
    include_str!("../../../assets/rubrics/one_digit.toml"),
    include_str!("../../../assets/rubrics/two_questions.toml"),
    include_str!("../../../assets/rubrics/checklist.toml"),
    include_str!("../../../assets/rubrics/which_is_better.toml"),
    include_str!("../../../assets/rubrics/principles.toml"),
    include_str!("../../../assets/rubrics/img_edit.toml"),
    include_str!("../../../assets/rubrics/spatial_reward.toml"),
    include_str!("../../../assets/rubrics/keep_follow_quality.toml"),
    include_str!("../../../assets/rubrics/which_kept_more.toml"),
    include_str!("../../../assets/rubrics/six_steps.toml"),
    include_str!("../../../assets/rubrics/one_reward.toml"),
    include_str!("../../../assets/rubrics/jarvis_evo.toml"),
    include_str!("../../../assets/rubrics/adiee.toml"),
    include_str!("../../../assets/rubrics/two_heads.toml"),
    include_str!("../../../assets/rubrics/learned_skills.toml"),
    include_str!("../../../assets/rubrics/own_checklist.toml"),
];

/// The built-in rubrics, first the default.
pub fn built_in() -> Vec<Rubric> {
    let read = |text: &&str| Rubric::read(text).ok();
    BUILT_IN.iter().filter_map(read).collect()
}

impl Rubric {
    /// The built-in one of this name, or one from a file.
    pub fn find(name: &str) -> Result<Self, Said> {
        let known = built_in();
        if let Some(rubric) = known.iter().find(|rubric| rubric.id == name) {
            return Ok(rubric.clone());
        }
        if !Path::new(name).is_file() {
            let names: Vec<&str> = known.iter().map(|rubric| rubric.id.as_str()).collect();
            return Err(said!(
                "There is no rubric {name}; give a file or one of {names}.",
                name = name,
                names = names.join(", ")
            ));
        }
        let text = std::fs::read_to_string(name).map_err(|error| {
            said!(
                "The rubric cannot be read ({why}): {name}",
                why = error.to_string(),
                name = name
            )
        })?;
        Self::read(&text).map_err(|why| said!("{why} Rubric: {name}", why = why, name = name))
    }

    /// From the text of a file.
    pub fn read(text: &str) -> Result<Self, Said> {
        let mut rubric: Self = toml::from_str(text).map_err(|error| {
            let line = error
                .span()
                .map_or(1, |span| text[..span.start].matches('\n').count() + 1);
            let words = error
                .message()
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ");
            said!(
                "The rubric is not right in line {line} ({why}).",
                line = line,
                why = words
            )
        })?;
        rubric.check()?;
        let digest = Sha256::digest(text.as_bytes());
        rubric.hash = digest
            .iter()
            .take(8)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        Ok(rubric)
    }

    /// The scale of its formula.
    pub fn scale(&self) -> Option<&'static Scale> {
        Scale::of(&self.formula)
    }

    fn check(&self) -> Result<(), Said> {
        let wrong = |what: &str| said!("The rubric is not right ({what}).", what = what);
        let Some(scale) = self.scale() else {
            let known: Vec<&str> = crate::scales::SCALES.iter().map(|scale| scale.id).collect();
            return Err(wrong(&format!(
                "formula must be one of {}",
                known.join(", ")
            )));
        };
        let counts: Vec<usize> = self.calls.iter().map(|call| call.scores.len()).collect();
        if counts != scale.asks {
            return Err(wrong(&format!(
                "the formula {} wants calls with {:?} scores, not {counts:?}",
                scale.id, scale.asks
            )));
        }
        if self.max_pixels < 28 * 28 || self.max_tokens == 0 {
            return Err(wrong(
                "max-pixels must be at least 784 and max-tokens at least 1",
            ));
        }
        if self.min_pixels > self.max_pixels {
            return Err(wrong("min-pixels is more than max-pixels"));
        }
        if let Some(odd) = self
            .requirements
            .keys()
            .find(|id| !requirements::is_known(id))
        {
            return Err(wrong(&format!(
                "[requirements] has {odd}, which is none of {}",
                requirements::known().join(", ")
            )));
        }
        let has = |call: &Call| call.text.contains("{requirements}");
        if self.requirements.is_empty() == self.calls.iter().any(has) {
            return Err(wrong(
                "[requirements] and {requirements} in a text belong together",
            ));
        }
        if self.kind.compares() != scale.pairwise() {
            return Err(wrong(
                "a formula of comparisons goes with kind = \"pairwise\" or \"pairwise-yes-no\", and no other does",
            ));
        }
        let edits = if self.kind.compares() { 2 } else { 1 };
        for call in &self.calls {
            let shown = |what| {
                call.pictures
                    .iter()
                    .filter(|picture| **picture == what)
                    .count()
            };
            let sources = shown(Shows::Source) + shown(Shows::SourceMarked);
            if shown(Shows::Edited) != edits || sources > 1 {
                return Err(wrong(
                    "a call shows the edit, and the source at most once before it",
                ));
            }
            if call
                .pictures
                .iter()
                .position(|p| *p != Shows::Edited)
                .is_some_and(|at| at > 0)
            {
                return Err(wrong("the source comes before the edit"));
            }
        }
        if self.kind == Kind::Checklist && !self.calls[0].text.contains("{questions}") {
            return Err(wrong("the text of a checklist has {questions} in it"));
        }
        Ok(())
    }
}

/// A text with its places filled, each once and from the left, so that what stands in one is never taken for another.
pub(crate) fn filled(text: &str, places: &[(&str, &str)]) -> String {
    let mut rest = text;
    let mut out = String::with_capacity(text.len());
    while let Some(at) = rest.find('{') {
        let (before, place) = rest.split_at(at);
        out.push_str(before);
        let found = places.iter().find_map(|(name, value)| {
            let after = place
                .strip_prefix('{')?
                .strip_prefix(name)?
                .strip_prefix('}')?;
            Some((value, after))
        });
        match found {
            Some((value, after)) => {
                out.push_str(value);
                rest = after;
            }
            None => {
                out.push('{');
                rest = &place[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_rubric_is_right_and_has_its_own_name() {
        let rubrics = built_in();
        assert_eq!(rubrics.len(), BUILT_IN.len());
        for (i, rubric) in rubrics.iter().enumerate() {
            assert!(rubrics[..i].iter().all(|other| other.id != rubric.id));
            assert!(rubric.about.ends_with('.') && rubric.hash.len() == 16);
        }
    }

    #[test]
    fn every_text_shows_where_its_instruction_goes_unless_it_is_about_one_picture() {
        for rubric in built_in() {
            for call in &rubric.calls {
                let alone = call.pictures.len() == 1;
                assert!(
                    alone || call.text.contains("{instruction}"),
                    "{}",
                    rubric.id
                );
            }
        }
    }

    #[test]
    fn what_is_filled_in_is_not_filled_itself() {
        let text = filled(
            "{instruction} of {high} {\"score\": 1}",
            &[("instruction", "{high}"), ("high", "25")],
        );
        assert_eq!(text, "{high} of 25 {\"score\": 1}");
    }

    #[test]
    fn a_rubric_that_does_not_fit_its_formula_is_refused_with_what_it_wants() {
        let text = BUILT_IN[0].replace("formula = \"editscore\"", "formula = \"firm\"");
        let why = Rubric::read(&text)
            .expect_err("two scores a call")
            .to_string();
        assert!(why.contains("[1, 1]"), "{why}");
        let text = BUILT_IN[0].replace("kind =", "kine =");
        let why = Rubric::read(&text).expect_err("a slip").to_string();
        assert!(why.contains("line 5") && why.contains("kine"), "{why}");
    }

    #[test]
    fn a_rubric_nobody_knows_is_answered_with_those_there_are() {
        let why = Rubric::find("edit-scores")
            .expect_err("unknown")
            .to_string();
        assert!(why.contains("edit_score"), "{why}");
    }
}
