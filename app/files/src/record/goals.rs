//! What was understood of an instruction, as it stands in a record.

use retake_core::{Amount, Change, Goal, NearestKnown, Understanding};
use serde::{Deserialize, Serialize};

/// The goals, constraints and left-over words of an instruction.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct UnderstandingRecord {
    /// ISO 639-1 code of the language
    pub language: String,
    /// what was asked
    pub goals: Vec<GoalRecord>,
    /// what had to stay, in words
    pub constraints: Vec<String>,
    /// the words that ask for new content, which only a model can make
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub generative: Vec<String>,
    /// style words that were expanded
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub styles: Vec<String>,
    /// spelling slips: as written, as read
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub corrected: Vec<(String, String)>,
    /// known words that were read in place of the text, of which nothing was understood
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nearest: Option<NearestKnown>,
}

/// One goal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GoalRecord {
    /// id of the quantity
    pub quantity: String,
    /// "raise", "lower" or "set"
    pub change: String,
    /// how much, as the program holds it: a degree, units, a share, a hue
    pub amount: serde_json::Value,
    /// where, in words
    pub region: String,
    /// the words that said so
    pub words: String,
    /// how much it counts
    pub weight: f32,
    /// all of it, in words
    pub in_words: String,
}

impl From<&Goal> for GoalRecord {
    fn from(goal: &Goal) -> Self {
        let change = match goal.change {
            Change::Raise => "raise",
            Change::Lower => "lower",
            Change::Set => "set",
        };
        let amount = match goal.amount {
            Amount::Degree(degree) => serde_json::json!({ "degree": degree }),
            Amount::Units(units) => serde_json::json!({ "units": units }),
            Amount::Relative(share) => serde_json::json!({ "relative": share }),
            Amount::Hue(hue, degree) => serde_json::json!({ "hue_deg": hue, "degree": degree }),
        };
        Self {
            quantity: goal.quantity.id().to_owned(),
            change: change.to_owned(),
            amount,
            region: goal.region.to_string(),
            words: goal.words.clone(),
            weight: goal.weight,
            in_words: goal.in_words(),
        }
    }
}

impl From<&Understanding> for UnderstandingRecord {
    fn from(understood: &Understanding) -> Self {
        Self {
            language: understood.language.clone(),
            goals: understood.goals.iter().map(GoalRecord::from).collect(),
            constraints: understood
                .constraints
                .iter()
                .map(|constraint| constraint.keep.said().to_string())
                .collect(),
            generative: understood
                .generative
                .iter()
                .map(|part| part.words.clone())
                .collect(),
            styles: understood.styles.clone(),
            corrected: understood.corrected.clone(),
            nearest: understood.nearest.clone(),
        }
    }
}
