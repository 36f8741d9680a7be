//! `run.json`: all that is needed to replay a run and to analyse it.

use std::collections::BTreeMap;

use retake_core::{Reason, Said, Scorecard, Spot};
use serde::{Deserialize, Serialize};

use super::{PlaceRecord, UnderstandingRecord};
use crate::FileError;

/// The version this program writes; a newer one is refused.
pub const RUN_VERSION: u32 = 1;

/// A run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunRecord {
    /// [`RUN_VERSION`] when it was written
    pub version: u32,
    /// name and version of the program
    pub program: String,
    /// the photo
    pub source: SourceRecord,
    /// what was asked and understood
    pub instruction: InstructionRecord,
    /// who made the candidates
    pub editor: EditorRecord,
    /// "cpu", or the adapter's name
    pub device: String,
    /// of the run
    pub seed: u64,
    /// the other switches that change pixels or bytes
    pub settings: SettingsRecord,
    /// what scored them
    pub rewards: Vec<RewardRecord>,
    /// what chose
    pub selector: SelectorRecord,
    /// in the order of their index
    pub candidates: Vec<CandidateRecord>,
    /// candidates that could not be made, and why
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failures: Vec<FailureRecord>,
    /// the winner
    pub selected: SelectedRecord,
    /// what it took
    pub spent: SpentRecord,
    /// everything the strategy ordered, in the order of its index: the tree of the search
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub search: Vec<NodeRecord>,
    /// the places that these work at
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub places: Vec<PlaceRecord>,
    /// how far looks on the way agree with the end, the earliest first; none where nothing was looked at on its way
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub looks: Vec<LookRecord>,
    /// what the strategy said of the search
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<String>,
    /// what the held-out rewards say of the choice: the curve of both scores over the number of candidates
    #[serde(default, skip_serializing_if = "serde_json::Value::is_null")]
    pub guard: serde_json::Value,
    /// how the winner was found when it was looked at again at full resolution
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_full_resolution: Option<WholeRecord>,
    /// what so many more candidates would buy, from the scores so far
    #[serde(default, skip_serializing_if = "serde_json::Value::is_null")]
    pub more_would_buy: serde_json::Value,
    /// whether the time was over before the strategy was done
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub out_of_time: bool,
    /// by stage, and "total"
    pub seconds: BTreeMap<String, f64>,
    /// most memory the program held, MiB; absent where the system does not tell
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peak_memory_mib: Option<u64>,
}

/// The winner at full resolution.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WholeRecord {
    /// mean CIEDE2000 from the photo, of the whole picture where there is a limit, else of its small copy; absent where the
    /// edit moves the frame, or nothing was to be looked at again
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drift: Option<f32>,
    /// the same outside of where the instruction applies
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drift_outside: Option<f32>,
    /// checks that the preview passed and the whole picture does not
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub no_longer_passed: Vec<String>,
    /// what was written, where a limit made less of it than was accepted
    #[serde(default, skip_serializing_if = "serde_json::Value::is_null")]
    pub held_back: serde_json::Value,
    /// a file beside the best: less of the same, which passes everything
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offered: Option<String>,
}

/// The photo of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceRecord {
    /// absolute, as [`place_text`](super::place_text) writes it
    pub path: String,
    /// of the file's bytes, hexadecimal
    pub sha256: String,
    /// upright, px
    pub width: usize,
    /// upright, px
    pub height: usize,
    /// what was changed while reading
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// What was asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InstructionRecord {
    /// as typed
    pub text: String,
    /// as read
    pub understood: UnderstandingRecord,
    /// the words that meant nothing
    pub not_understood: Vec<String>,
    /// path of the mask, as that of the photo
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mask: Option<String>,
}

/// Who made the candidates.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EditorRecord {
    /// short name
    pub id: String,
    /// changes when the same request would give other pixels
    pub version: String,
    /// folder of the weights, as the path of the photo; none for the darkroom
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// how the model was asked to work, where that differs from its own settings
    #[serde(default, skip_serializing_if = "serde_json::Value::is_null")]
    pub settings: serde_json::Value,
    /// pictures that the instruction speaks of besides the photo, in their order
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<ReferenceRecord>,
    /// what it did otherwise than was asked, and why
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<String>,
}

/// A picture that the instruction speaks of besides the photo.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferenceRecord {
    /// as the path of the photo
    pub path: String,
    /// of the file's bytes, hexadecimal
    pub sha256: String,
}

/// Switches that change pixels or bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SettingsRecord {
    /// number of candidates
    pub candidates: usize,
    /// long edge at which they are made and scored, px
    pub size: usize,
    /// id of the file format
    pub format: String,
    /// for lossy formats, 1 to 100
    pub quality: u8,
    /// output colour space
    pub space: String,
    /// "keep", "no-location" or "none"
    pub metadata: String,
    /// id of the strategy
    pub strategy: String,
    /// how the strategy is set; none where it has no settings
    #[serde(default, skip_serializing_if = "serde_json::Value::is_null")]
    pub strategy_settings: serde_json::Value,
    /// limits beside the number of candidates
    #[serde(default, skip_serializing_if = "serde_json::Value::is_null")]
    pub budget: serde_json::Value,
    /// how far an edit may go from the photo; null for no limit
    #[serde(default, skip_serializing_if = "serde_json::Value::is_null")]
    pub drift: serde_json::Value,
    /// judges and how they were asked, and a formula of one's own; none for the measures alone
    #[serde(default, skip_serializing_if = "serde_json::Value::is_null")]
    pub judge: serde_json::Value,
    /// judges and rewards that watched over the choice, as above
    #[serde(default, skip_serializing_if = "serde_json::Value::is_null")]
    pub held_out: serde_json::Value,
    /// path of the configuration file, as that of the photo
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub config: Option<String>,
}

/// What scored the candidates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct RewardRecord {
    pub id: String,
    pub version: String,
    pub dimensions: Vec<String>,
    /// what changes its answer: model, server, rubric, passes; never a key
    #[serde(default, skip_serializing_if = "serde_json::Value::is_null")]
    pub settings: serde_json::Value,
    /// what it had to say about the whole group
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<String>,
}

/// What chose the winner.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct SelectorRecord {
    pub id: String,
    pub settings: serde_json::Value,
}

/// One candidate; also one line of `candidates.jsonl`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CandidateRecord {
    /// from 0
    pub index: usize,
    /// relative to the run's folder
    pub file: String,
    /// of the file's bytes, hexadecimal
    pub sha256: String,
    /// of this candidate alone
    pub seed: u64,
    /// how it differs, in a few words
    pub label: String,
    /// the editor's own description of the edit
    pub recipe: serde_json::Value,
    /// by dimension
    pub scores: BTreeMap<String, ScoreRecord>,
    /// dimensions that could not be scored, and why
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub unknown: BTreeMap<String, String>,
    /// what the rewards said before it became scores: published numbers, answers pass by pass, cost
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub raw: Vec<RawRecord>,
    /// the selector's score, 0 to 1
    pub overall: f32,
    /// 1 is best
    pub rank: usize,
    /// every number that the selector's place for it comes from
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub terms: BTreeMap<String, f32>,
    /// why it is not the first, a sentence
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub why: String,
}

/// A candidate that could not be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailureRecord {
    /// which of the run, from 0; those that were made are counted without it
    pub index: u64,
    /// the sentence
    pub why: String,
}

/// One dimension of a scorecard.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScoreRecord {
    /// 0 to 1
    pub value: f32,
    /// one standard deviation
    pub spread: f32,
    /// why, in words
    pub reasons: Vec<String>,
    /// the same with their measurements
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<serde_json::Value>,
    /// the evidence map, relative to the run's folder
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
}

/// What a reward said of a candidate before it became scores.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RawRecord {
    /// the reward's id
    pub reward: String,
    /// by name, each on the scale that it was published with
    pub measures: BTreeMap<String, f64>,
    /// how they became scores, answers pass by pass, what it cost
    #[serde(default, skip_serializing_if = "serde_json::Value::is_null")]
    pub told: serde_json::Value,
}

/// The winner.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SelectedRecord {
    /// of the candidate
    pub index: usize,
    /// overall less the runner-up's
    pub margin: f32,
    /// probability that it is truly better than the runner-up
    pub confidence: f32,
    /// whether that is enough to say so
    pub confident: bool,
    /// whether it is good enough to be a result
    pub good_enough: bool,
    /// the full-resolution file, relative to the run's folder
    pub file: String,
    /// of that file's bytes, hexadecimal
    pub sha256: String,
    /// px
    pub width: usize,
    /// px
    pub height: usize,
    /// what was unknown and so could not be counted, a sentence each
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<String>,
    /// whether all are good and equally so, so that there was nothing to choose
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub settled: bool,
    /// what the selector had to say of the whole group
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// What was spent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SpentRecord {
    /// candidates finished
    pub edits: u64,
    /// candidates and previews scored, each as often as it was
    #[serde(alias = "scores")]
    pub judge_calls: u64,
    /// steps of all candidates, also of those that were dropped on the way
    #[serde(default)]
    pub steps: u64,
    /// evaluations of a network in these steps
    #[serde(default)]
    pub network_evaluations: u64,
    /// from the first order to the last score
    #[serde(default)]
    pub seconds: f64,
    /// what judges behind a server cost
    #[serde(default)]
    pub money: f64,
    /// bytes of pictures, glimpses and candidates under way: the most that were held at once
    #[serde(default)]
    pub memory: u64,
}

/// One candidate that the strategy ordered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NodeRecord {
    /// in the run, from 0: with the run's seed it fixes the candidate's own
    pub index: u64,
    /// whose child it is
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<u64>,
    /// what it began from: "run", "neighbour", "turn", "set", "fork", "fix", "patch"
    pub begun: String,
    /// why it was begun
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub why: String,
    /// the words it was made by, where they are not the person's
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    /// where what was edited was brought back, or made anew: ellipses, in shares of the frame and of its long edge
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spots: Vec<Spot>,
    /// which of the run's places its instruction works at; none for everywhere
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<usize>,
    /// steps done
    pub steps: usize,
    /// of so many
    pub of: usize,
    /// what it looked like on its way
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub glimpses: Vec<GlimpseRecord>,
    /// value by dimension, 0 to 1, of what was seen closer, where its edits changed most
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub closer: BTreeMap<String, f32>,
    /// how often it was scored when it was finished
    pub passes: usize,
    /// "finished", "let_go", "failed" or "unfinished"
    pub fate: String,
    /// why it was let go or failed
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub fate_why: String,
    /// its place among the candidates of the record
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub candidate: Option<usize>,
}

/// Scores of what a candidate looked like on its way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GlimpseRecord {
    /// steps done then
    pub step: usize,
    /// value by dimension, 0 to 1
    pub scores: BTreeMap<String, f32>,
}

/// How far what candidates looked like after so many steps agrees with what they scored in the end.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LookRecord {
    /// steps done then
    pub step: usize,
    /// steps in all
    pub of: usize,
    /// Spearman's rank correlation, −1 to 1
    pub rho: f64,
    /// the ends of what it may be, 95 of 100; absent where too few were finished to tell
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<[f64; 2]>,
    /// candidates that were looked at then and finished
    pub over: usize,
}

/// A scorecard as it stands in a record.
pub fn scores(card: &Scorecard) -> BTreeMap<String, ScoreRecord> {
    let record = |reasons: &[Reason]| {
        let texts = reasons.iter().map(|reason| reason.text.to_string());
        texts.collect()
    };
    let of = |score: &retake_core::Score| ScoreRecord {
        value: score.value,
        spread: score.spread,
        reasons: record(&score.reasons),
        details: score
            .reasons
            .iter()
            .filter_map(|reason| serde_json::to_value(reason).ok())
            .collect(),
        evidence: None,
    };
    card.scores
        .iter()
        .map(|(dimension, score)| (dimension.0.clone(), of(score)))
        .collect()
}

/// The scorecard of a record, for a selector: numbers, reasons and what the rewards said; maps stay on the disk.
pub fn card(record: &CandidateRecord) -> Scorecard {
    let score = |record: &ScoreRecord| retake_core::Score {
        value: record.value,
        spread: record.spread,
        reasons: record
            .details
            .iter()
            .filter_map(|reason| serde_json::from_value(reason.clone()).ok())
            .collect(),
        evidence: None,
    };
    let raw = |record: &RawRecord| retake_core::Raw {
        reward: record.reward.clone(),
        measures: record.measures.clone(),
        told: record.told.clone(),
    };
    let named = |name: &String| retake_core::Dimension(name.clone());
    Scorecard {
        scores: (record.scores.iter())
            .map(|(name, record)| (named(name), score(record)))
            .collect(),
        unknown: (record.unknown.iter())
            .map(|(name, why)| (named(name), Said::words(why.clone())))
            .collect(),
        raw: record.raw.iter().map(raw).collect(),
    }
}

/// What could not be scored, as it stands in a record.
pub fn unknown(card: &Scorecard) -> BTreeMap<String, String> {
    let unknown = card.unknown.iter();
    unknown
        .map(|(dimension, why)| (dimension.0.clone(), why.to_string()))
        .collect()
}

/// What the rewards said, as it stands in a record.
pub fn raw(card: &Scorecard) -> Vec<RawRecord> {
    let record = |raw: &retake_core::Raw| RawRecord {
        reward: raw.reward.clone(),
        measures: raw.measures.clone(),
        told: raw.told.clone(),
    };
    card.raw.iter().map(record).collect()
}

impl RunRecord {
    /// Reads `run.json`, refusing one from a newer program.
    pub fn from_json(text: &str) -> Result<Self, FileError> {
        let damaged = |detail: serde_json::Error| FileError::Damaged {
            format: "run record",
            detail: Said::words(detail.to_string()),
            place: Default::default(),
        };
        let value: serde_json::Value = serde_json::from_str(text).map_err(damaged)?;
        let version = value
            .get("version")
            .and_then(serde_json::Value::as_u64)
            .unwrap_or(0);
        if version > u64::from(RUN_VERSION) {
            return Err(FileError::Newer {
                what: "this run record",
                version,
                place: Default::default(),
            });
        }
        serde_json::from_value(value).map_err(damaged)
    }
    /// As indented JSON with a closing line break.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self)
            .map(|text| text + "\n")
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_of_a_newer_program_is_refused_with_a_sentence() {
        let error = RunRecord::from_json(r#"{"version": 7}"#)
            .expect_err("it is newer")
            .to_string();
        assert!(
            error.contains("version 7") && error.contains("newer"),
            "{error}"
        );
    }

    #[test]
    fn a_scorecard_comes_back_from_its_record() {
        let reason = Reason {
            id: "untouched".to_owned(),
            text: Said::words("The edit shows the photo as it was."),
            passed: Some(false),
            cost: 0.5,
            check: None,
            evidence: None,
        };
        let score = retake_core::Score {
            value: 0.03,
            spread: 0.01,
            reasons: vec![reason],
            evidence: None,
        };
        let mut was = Scorecard::from(BTreeMap::from([("own".into(), score)]));
        was.unknown
            .insert("other".into(), Said::words("It was not asked."));
        was.raw.push(retake_core::Raw {
            reward: "judge".to_owned(),
            measures: [("judge.overall".to_owned(), 7.5)].into(),
            told: serde_json::json!({"answers": []}),
        });
        let record = CandidateRecord {
            index: 0,
            file: String::new(),
            sha256: String::new(),
            seed: 1,
            label: String::new(),
            recipe: serde_json::Value::Null,
            scores: scores(&was),
            unknown: unknown(&was),
            raw: raw(&was),
            overall: 0.0,
            rank: 1,
            terms: BTreeMap::new(),
            why: String::new(),
        };
        assert_eq!(card(&record), was);
    }

    #[test]
    fn half_a_record_is_damage_not_a_panic() {
        assert!(matches!(
            RunRecord::from_json(r#"{"version": 1, "seed""#),
            Err(FileError::Damaged { .. })
        ));
    }
}
