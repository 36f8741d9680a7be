//! The reward: scores candidates from their pixels. Values are in [0, 1] inside and 0–10 on screen.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{AskedRange, Instruction, Mask, Quantity, Raster, Said, Slope, Stop, Verdict, Watch};

/// What a score is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Dimension(pub String);

impl Dimension {
    /// Did it do what was asked?
    pub const INSTRUCTION_FOLLOWING: &'static str = "instruction_following";
    /// Is everything else still there?
    pub const DETAIL_PRESERVING: &'static str = "detail_preserving";
    /// Is it a good picture, free of faults?
    pub const GENERATION_QUALITY: &'static str = "generation_quality";
    /// What the person's own formula says; where it is there, it decides the order.
    pub const OWN: &'static str = "own";

    /// The three canonical dimensions, in the order they are shown.
    pub const CANONICAL: [&'static str; 3] = [
        Self::INSTRUCTION_FOLLOWING,
        Self::DETAIL_PRESERVING,
        Self::GENERATION_QUALITY,
    ];
}

impl From<&str> for Dimension {
    fn from(name: &str) -> Self {
        Self(name.to_owned())
    }
}

/// A measured check behind a reason.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// what was measured
    pub quantity: Quantity,
    /// in the source
    pub before: f32,
    /// in the edit
    pub after: f32,
    /// what was asked
    pub asked: AskedRange,
    /// 0 to 1
    pub credit: f32,
}

/// Why a score is what it is, in words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reason {
    /// short name: "warmth", "clipping", "halos"
    pub id: String,
    /// one line for the inspector
    pub text: Said,
    /// whether it speaks for the candidate; `None` when neither
    #[serde(skip_serializing_if = "Option::is_none")]
    pub passed: Option<bool>,
    /// how much of the score it took away, 0 to 1
    pub cost: f32,
    /// the measurement, when there is one
    #[serde(skip_serializing_if = "Option::is_none")]
    pub check: Option<Check>,
    /// where it shows, 0 to 1; not in records
    #[serde(skip)]
    pub evidence: Option<Mask>,
}

impl Reason {
    /// The short name of the reason of a score that judges were to give and none did: a measure stands in their place.
    pub const MEASURED_ALONE: &str = "measured_alone";
}

/// One dimension of a scorecard.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// in [0, 1]
    pub value: f32,
    /// one standard deviation
    pub spread: f32,
    /// why
    pub reasons: Vec<Reason>,
    /// where, at the working size; not in records
    #[serde(skip)]
    pub evidence: Option<Mask>,
}

/// What a reward said of a candidate before it became scores.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Raw {
    /// the reward's id
    pub reward: String,
    /// numbers under names of their own and on their own scales, as they were published: "editscore.overall" in [0, 10]
    pub measures: BTreeMap<String, f64>,
    /// for records: how they became scores, answers pass by pass, what it cost
    pub told: serde_json::Value,
}

/// All that is known of how good one candidate is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Scorecard {
    /// by dimension
    pub scores: BTreeMap<Dimension, Score>,
    /// dimensions that could not be scored, and why; never one of `scores`
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub unknown: BTreeMap<Dimension, Said>,
    /// what the rewards said, in the order in which they were asked
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub raw: Vec<Raw>,
}

impl From<BTreeMap<Dimension, Score>> for Scorecard {
    fn from(scores: BTreeMap<Dimension, Score>) -> Self {
        Self {
            scores,
            ..Self::default()
        }
    }
}

impl Scorecard {
    /// A dimension's value in [0, 1], if it was scored.
    pub fn value(&self, dimension: &str) -> Option<f32> {
        self.scores
            .get(&Dimension::from(dimension))
            .map(|score| score.value)
    }
    /// The same without the maps that say where the reasons show, none of which is copied: what selectors look at. With its maps
    /// a scorecard is as large as many pictures.
    #[must_use]
    pub fn without_maps(&self) -> Self {
        let reason = |reason: &Reason| Reason {
            id: reason.id.clone(),
            text: reason.text.clone(),
            passed: reason.passed,
            cost: reason.cost,
            check: reason.check.clone(),
            evidence: None,
        };
        let scores = self.scores.iter().map(|(dimension, score)| {
            let slim = Score {
                value: score.value,
                spread: score.spread,
                reasons: score.reasons.iter().map(reason).collect(),
                evidence: None,
            };
            (dimension.clone(), slim)
        });
        Self {
            scores: scores.collect(),
            unknown: self.unknown.clone(),
            raw: self.raw.clone(),
        }
    }
    /// Adds the scores of another reward; on the same dimension the later one wins, also with not knowing.
    pub fn merge(&mut self, other: Self) {
        for dimension in other.unknown.keys() {
            self.scores.remove(dimension);
        }
        for dimension in other.scores.keys() {
            self.unknown.remove(dimension);
        }
        self.scores.extend(other.scores);
        self.unknown.extend(other.unknown);
        self.raw.extend(other.raw);
    }
}

/// What a reward is.
#[derive(Clone, Debug)]
pub struct RewardInfo {
    /// short name for records
    pub id: &'static str,
    /// changes whenever the same pixels would score differently
    pub version: &'static str,
    /// the dimensions it fills
    pub dimensions: &'static [&'static str],
    /// one sentence for the menu
    pub about: &'static str,
}

/// A group: all candidates of one source and instruction. Rewards see pixels, never a recipe.
pub struct ScoreRequest<'a> {
    /// the source at working size, linear Rec.2020
    pub source: &'a Raster,
    /// the candidates; usually of the source's size, another one after a crop or a turn
    pub edited: &'a [&'a Raster],
    /// what was asked
    pub instruction: &'a Instruction,
}

/// What a reward can be asked for, so that its price is known before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// so many candidates of a group, scored once
    Score(usize),
    /// so many candidates, scored once more
    Again(usize),
    /// two edits, compared in both orders
    Compare,
}

/// Scores a whole group at once, so that what is shared is done once.
pub trait Reward: Send + Sync {
    /// What it is.
    fn info(&self) -> RewardInfo;
    /// The settings that change its answer, for records.
    fn settings(&self) -> serde_json::Value {
        serde_json::Value::Null
    }
    /// One scorecard a candidate, in order.
    fn score(&self, group: &ScoreRequest<'_>, watch: &dyn Watch) -> Result<Vec<Scorecard>, Stop>;
    /// The same with what the rewards before it found: for those that join or reckon with other scores. What comes back is
    /// merged into `so_far`.
    fn score_with(
        &self,
        group: &ScoreRequest<'_>,
        so_far: &[Scorecard],
        watch: &dyn Watch,
    ) -> Result<Vec<Scorecard>, Stop> {
        let _ = so_far;
        self.score(group, watch)
    }
    /// Asks the same again: pass `pass`, counted from 1, of a reward whose answers vary. `so_far` is what all rewards said of
    /// the candidates in the passes before; what comes back is what this one says of them now, this pass joined in
    /// ([`crate::joined`]). `None` where its answers do not vary.
    fn score_again(
        &self,
        _group: &ScoreRequest<'_>,
        _so_far: &[Scorecard],
        _pass: u32,
        _watch: &dyn Watch,
    ) -> Result<Option<Vec<Scorecard>>, Stop> {
        Ok(None)
    }
    /// What its answers have cost so far, in the currency of its prices.
    fn money(&self) -> f64 {
        0.0
    }
    /// What this work costs, in the currency of its prices, where every answer can be read at once.
    fn price(&self, _work: Work) -> f64 {
        0.0
    }
    /// The work that is asked for next may cost so much and no more; at least its price. What it leaves over pays for asking
    /// again where an answer cannot be read. Infinity is no limit.
    fn allow(&self, _work: Work, _money: f64) {}
    /// Whether [`Reward::score_again`] may say something else.
    fn varies(&self) -> bool {
        false
    }
    /// Whether an answer takes long, since a language model is asked: then it pays to foretell what it would say.
    fn is_slow(&self) -> bool {
        false
    }
    /// What it can say of a group without asking anybody who is slow: what a slow answer is foretold from. It is no score, and
    /// nothing of it is merged into a scorecard that counts.
    fn quick(&self, group: &ScoreRequest<'_>, watch: &dyn Watch) -> Result<Vec<Scorecard>, Stop> {
        match self.is_slow() {
            true => Ok(vec![Scorecard::default(); group.edited.len()]),
            false => self.score(group, watch),
        }
    }
    /// Whether [`Reward::compare`] has an answer.
    fn compares(&self) -> bool {
        false
    }
    /// Which of two edits of the source is better, asked in both orders; `None` where it does not compare.
    fn compare(
        &self,
        _source: &Raster,
        _pair: [&Raster; 2],
        _instruction: &Instruction,
        _watch: &dyn Watch,
    ) -> Result<Option<Verdict>, Stop> {
        Ok(None)
    }
    /// How its value of one edit changes with the edit's pixels: of what it scores, or of a part of that. `None` where it
    /// knows no slope. The source has the edit's size.
    fn slope(
        &self,
        _source: &Raster,
        _edited: &Raster,
        _instruction: &Instruction,
    ) -> Result<Option<Slope>, Stop> {
        Ok(None)
    }
    /// Sentences about the whole group that a person should hear once: a judge that could not be asked.
    fn notices(&self) -> Vec<Said> {
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::said;

    fn score(value: f32) -> Score {
        Score {
            value,
            spread: 0.0,
            reasons: Vec::new(),
            evidence: None,
        }
    }

    #[test]
    fn without_its_maps_a_scorecard_says_the_same() {
        let reason = |evidence| Reason {
            id: "blur".to_owned(),
            text: said!("It is blurred."),
            passed: Some(false),
            cost: 0.3,
            check: None,
            evidence,
        };
        let card = |map: Option<Mask>| {
            let score = Score {
                spread: 0.1,
                reasons: vec![reason(map.clone())],
                evidence: map,
                ..score(0.7)
            };
            let mut card = Scorecard::from(BTreeMap::from([("own".into(), score)]));
            card.unknown
                .insert("other".into(), said!("nobody was asked"));
            card
        };
        let whole = card(Some(Mask::uniform(2, 2, 0.5)));
        assert_eq!(whole.without_maps(), card(None));
    }

    #[test]
    fn a_dimension_is_scored_or_unknown_whichever_was_said_last() {
        let known = Scorecard::from(BTreeMap::from([(Dimension::from("a"), score(0.5))]));
        let unknown = Scorecard {
            unknown: [(Dimension::from("a"), said!("The server did not answer."))].into(),
            ..Scorecard::default()
        };
        let mut card = known.clone();
        card.merge(unknown.clone());
        assert_eq!((card.value("a"), card.unknown.len()), (None, 1));
        card.merge(known);
        assert_eq!((card.value("a"), card.unknown.len()), (Some(0.5), 0));
    }
}
