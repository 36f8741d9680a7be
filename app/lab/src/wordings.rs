//! The same wish in other words and other languages: a reward whose score depends on how it is put is not to be trusted
//! there (paraphrases: Co-Reward; languages: M-RewardBench, arXiv 2410.15522). Other wordings come with a data set, or from a
//! table of one's own; each is put to the reward beside the instruction itself.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::LabError;
use crate::case::Case;
use crate::dataset::{Dataset, Tally, place_in_words};
use crate::measures::rank::{kendall, spearman};
use crate::rows::{Container, Flow, Row, read_files};
use crate::scoring::{Question, Scorer, Scores};

use retake_core::{Raster, Said, said};

/// A rank correlation below this is a warning: the reward ranks edits otherwise when it is asked otherwise.
pub const AGREES: f64 = 0.7;

/// Another way to put an instruction.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Wording {
    /// ISO 639-1 code; empty for the instruction's own language
    pub language: String,
    /// as it is asked
    pub text: String,
}

/// What a reward gave an edit when the wish was put otherwise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Otherwise {
    /// see [`Wording`]
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub language: String,
    /// as it was asked
    pub text: String,
    /// joined by the selector, 0 to 1
    pub overall: f64,
}

/// Other wordings, by instruction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wordings(BTreeMap<String, BTreeSet<Wording>>);

impl Wordings {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
    /// Of an instruction.
    pub fn of(&self, instruction: &str) -> impl Iterator<Item = &Wording> {
        self.0.get(instruction.trim()).into_iter().flatten()
    }
    /// Adds one, unless it is the instruction itself.
    pub fn add(&mut self, instruction: &str, wording: Wording) {
        let (own, other) = (instruction.trim(), wording.text.trim());
        if !own.is_empty() && !other.is_empty() && own != other {
            let text = other.to_owned();
            let all = self.0.entry(own.to_owned()).or_default();
            all.insert(Wording { text, ..wording });
        }
    }

    /// A table with the columns instruction, wording and, for another language, language; rows that lack one are counted.
    pub fn read(path: &Path, containers: &[&[Container]]) -> Result<(Self, Tally), LabError> {
        let mut all = Self::default();
        let mut tally = Tally::default();
        read_files(path, containers, &mut |place, told| {
            let row = told.and_then(|row: Row| {
                let wording = Wording {
                    language: row.text("language").trim().to_lowercase(),
                    text: row.need_text("wording")?,
                };
                Ok((row.need_text("instruction")?, wording))
            });
            match row {
                Ok((instruction, wording)) => {
                    all.add(&instruction, wording);
                    tally.used += 1;
                }
                Err(why) => tally.skip(place_in_words(&place), None, why),
            }
            Flow::On
        })?;
        Ok((all, tally))
    }

    /// Those that a data set has itself: a short form beside the long one (Pico-Banana), and the same row in another
    /// language (GEdit-Bench, whose ids end in it).
    pub fn of_data(data: &Dataset<'_>) -> Result<Self, LabError> {
        let mut all = Self::default();
        let mut rows: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
        data.walk(&mut |case: Case, _| {
            if let Some(short) = case.facts.get("summarized_text") {
                let text = short.clone();
                let language = String::new();
                all.add(&case.instruction, Wording { language, text });
            }
            let parts = case.id.rsplit_once('/');
            if let Some((row, _)) =
                parts.filter(|(_, end)| end.len() == 2 && !case.language.is_empty())
            {
                let known = rows.entry(row.to_owned()).or_default();
                known.push((case.language.clone(), case.instruction.clone()));
            }
            Ok(Flow::On)
        })?;
        for (language, own, text) in rows.values().flat_map(|known| {
            known.iter().flat_map(move |(own, instruction)| {
                let others = known.iter().filter(move |(other, _)| other != own);
                others.map(move |(other, text)| (other.clone(), instruction.clone(), text.clone()))
            })
        }) {
            all.add(&own, Wording { language, text });
        }
        Ok(all)
    }

    /// Changes whenever something else would be asked.
    fn fingerprint(&self) -> String {
        let mut text = String::new();
        for (own, others) in &self.0 {
            text.push_str(own);
            for other in others {
                text.extend(["\n", &other.language, "\t", &other.text]);
            }
            text.push('\n');
        }
        let digest = retake_files::sha256(text.as_bytes());
        digest
            .iter()
            .take(8)
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }
}

/// A scorer that is asked every wording beside the instruction itself.
pub struct Worded<'a> {
    /// who is asked
    pub scorer: &'a dyn Scorer,
    /// what else is asked
    pub wordings: &'a Wordings,
}

impl Scorer for Worded<'_> {
    fn fingerprint(&self) -> String {
        let own = self.scorer.fingerprint();
        format!("{own}, wordings {}", self.wordings.fingerprint())
    }

    fn by_itself(&self) -> bool {
        self.scorer.by_itself()
    }

    fn score(&self, question: &Question<'_>, edits: &[&Raster]) -> Result<Vec<Scores>, Said> {
        let mut scores = self.scorer.score(question, edits)?;
        for wording in self.wordings.of(question.instruction) {
            let asked = Question {
                instruction: &wording.text,
                tell: false,
                ..*question
            };
            match self.scorer.score(&asked, edits) {
                Ok(others) => {
                    for (own, other) in scores.iter_mut().zip(others) {
                        own.otherwise.push(Otherwise {
                            language: wording.language.clone(),
                            text: wording.text.clone(),
                            overall: other.overall,
                        });
                    }
                }
                Err(why) => {
                    for own in &mut scores {
                        let text = &wording.text;
                        own.reasons.push(said!(
                            "asked as “{text}” it could not be scored: {why}",
                            text,
                            why = &why
                        ));
                    }
                }
            }
        }
        Ok(scores)
    }
}

/// How far a reward says the same when it is asked otherwise.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Same {
    /// the language, or empty for paraphrases in the instruction's own
    pub language: String,
    /// answers that are compared
    pub answers: usize,
    /// Spearman of the scores of all edits with those under the instruction itself; `None` where one of them is constant
    pub spearman: Option<f64>,
    /// Kendall's tau-b of the same
    pub kendall: Option<f64>,
    /// what the score changes by, on average
    pub change: f64,
    /// whether it says otherwise
    pub warned: bool,
}

/// By language, paraphrases first; empty where nothing was asked otherwise.
pub fn consistency(cases: &[(Case, Vec<Scores>)]) -> Vec<Same> {
    let mut by_language: BTreeMap<String, (Vec<f64>, Vec<f64>)> = BTreeMap::new();
    for (case, scores) in cases {
        for (own, other) in scores
            .iter()
            .flat_map(|own| own.otherwise.iter().map(move |other| (own, other)))
        {
            let language = match other.language == case.language {
                true => "",
                false => &other.language,
            };
            let (before, after) = by_language.entry(language.to_owned()).or_default();
            before.push(own.overall);
            after.push(other.overall);
        }
    }
    let same = |(language, (before, after)): (String, (Vec<f64>, Vec<f64>))| {
        let apart = before.iter().zip(&after).map(|(a, b)| (a - b).abs());
        let spearman = spearman(&before, &after);
        Same {
            language,
            answers: before.len(),
            kendall: kendall(&before, &after),
            change: crate::measures::mean(apart).unwrap_or_default(),
            warned: spearman.is_some_and(|rho| rho < AGREES),
            spearman,
        }
    };
    by_language.into_iter().map(same).collect()
}

/// The widest difference between what an edit got under the instruction and under other wordings, of which `counts` says
/// whether the language is meant; `None` where nothing was asked so.
pub(crate) fn apart(scores: &[Scores], counts: impl Fn(&Otherwise) -> bool) -> Option<f64> {
    let of = |own: &Scores| {
        let others = own.otherwise.iter().filter(|other| counts(other));
        let values: Vec<f64> = others.map(|other| other.overall).collect();
        let low = values.iter().copied().reduce(f64::min)?.min(own.overall);
        let high = values.iter().copied().reduce(f64::max)?.max(own.overall);
        Some(high - low)
    };
    scores.iter().filter_map(of).reduce(f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::Take;

    /// Gives as much as the sentence has letters, in hundredths, and refuses one that is empty of sense.
    struct Letters;

    impl Scorer for Letters {
        fn fingerprint(&self) -> String {
            "letters".into()
        }
        fn score(&self, question: &Question<'_>, edits: &[&Raster]) -> Result<Vec<Scores>, Said> {
            if question.instruction == "?" {
                return Err(Said::words("nothing is asked"));
            }
            let overall = question.instruction.len() as f64 / 100.0;
            let scores = Scores {
                overall,
                ..Scores::default()
            };
            Ok(vec![scores; edits.len()])
        }
    }

    fn wordings(of: &[(&str, &str, &str)]) -> Wordings {
        let mut all = Wordings::default();
        for (instruction, language, text) in of {
            let (language, text) = ((*language).to_owned(), (*text).to_owned());
            all.add(instruction, Wording { language, text });
        }
        all
    }

    fn scored(wordings: &Wordings) -> Vec<Scores> {
        let picture = Raster::from_fn(2, 2, |_, _| [0.5; 3]);
        let question = Question {
            source: &picture,
            instruction: "warm",
            mask: None,
            tell: false,
        };
        let worded = Worded {
            scorer: &Letters,
            wordings,
        };
        worded
            .score(&question, &[&picture])
            .expect("it can be scored")
    }

    #[test]
    fn every_wording_is_asked_beside_the_instruction() {
        let all = wordings(&[
            ("warm", "", "make it warm"),
            ("warm", "de", "wärmer"),
            ("cold", "", "make it cold"),
        ]);
        let scores = scored(&all);
        assert!((scores[0].overall - 0.04).abs() < 1e-9);
        let told: Vec<(&str, f64)> = scores[0]
            .otherwise
            .iter()
            .map(|other| (other.language.as_str(), other.overall))
            .collect();
        assert_eq!(told, [("", 0.12), ("de", 0.07)]);
    }

    #[test]
    fn a_wording_that_cannot_be_scored_costs_itself_alone() {
        let scores = scored(&wordings(&[("warm", "", "?"), ("warm", "de", "wärmer")]));
        assert_eq!(scores[0].otherwise.len(), 1);
        assert!(
            scores[0].reasons[0]
                .to_string()
                .contains("nothing is asked")
        );
    }

    #[test]
    fn the_instruction_itself_is_no_other_wording() {
        assert!(wordings(&[("warm", "", " warm "), ("", "", "a"), ("a", "", "")]).is_empty());
    }

    #[test]
    fn other_wordings_are_another_scorer() {
        let print = |of: &Wordings| {
            let worded = Worded {
                scorer: &Letters,
                wordings: of,
            };
            worded.fingerprint()
        };
        let one = print(&wordings(&[("warm", "", "make it warm")]));
        assert_ne!(one, print(&wordings(&[("warm", "de", "make it warm")])));
    }

    #[test]
    fn a_language_in_which_the_ranks_turn_is_warned_of() {
        let case = |number: usize| {
            let overall = number as f64 / 10.0;
            let otherwise =
                [("", overall + 0.01), ("zh", 1.0 - overall)].map(|(language, overall)| {
                    Otherwise {
                        language: language.into(),
                        text: "x".into(),
                        overall,
                    }
                });
            let case = Case {
                takes: vec![Take::default()],
                language: "en".into(),
                ..Case::default()
            };
            let scores = Scores {
                overall,
                otherwise: otherwise.into(),
                ..Scores::default()
            };
            (case, vec![scores])
        };
        let told = consistency(&(0..8).map(case).collect::<Vec<_>>());
        let [paraphrases, chinese] = &told[..] else {
            panic!("{told:?}")
        };
        assert!(!paraphrases.warned && (paraphrases.change - 0.01).abs() < 1e-9);
        assert!(
            chinese.warned && chinese.spearman == Some(-1.0),
            "{chinese:?}"
        );
    }
}
