//! The judge with heads (EditReward, arXiv 2509.26346): asked about an edit, a model gives a mean and a spread of a
//! reward that has no ends. Its scale here is how likely it finds the edit better than the photo as it was.

#[cfg(test)]
mod tests;
mod training;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use retake_core::{
    Dimension, Raster, Raw, Reason, Reward, RewardInfo, Said, Score, ScoreRequest, Scorecard, Stop,
    Watch, decimals, said,
};
use retake_vision::picture::Bitmap;
use retake_vision::qwen_vl::heads::{Heads, PIXELS, TOKEN};
use retake_vision::qwen_vl::{Density, Part, Prefix, QwenVl, has_heads, open_here};
use serde_json::{Value, json};

use crate::formulas::pairs::{Belief, Pooling, editreward_overall, probability_better};
use crate::local::LocalJudge;
use crate::picture::Shown;
use crate::rubric::filled;
use training::Training;

/// Each dimension: its name among the published numbers, the dimension that it fills, and its words.
const DIMENSIONS: [(&str, &str); 2] = [
    ("following", Dimension::INSTRUCTION_FOLLOWING),
    ("quality", Dimension::GENERATION_QUALITY),
];

/// The words of the heads.
const WORDS: &str = include_str!("../../../../assets/heads/edit_reward.toml");

/// Changes whenever the same numbers would be scored differently.
const VERSION: &str = "1";

/// A model with heads, in memory.
pub struct HeadsJudge {
    model: Arc<QwenVl>,
    name: String,
    /// a dimension each
    words: Vec<String>,
    /// how one score is made of both
    pooling: Pooling,
}

impl HeadsJudge {
    /// Whether the model of a folder gives numbers instead of words; of one that cannot be read it does not.
    pub fn is_one(folder: &Path) -> bool {
        has_heads(folder)
    }

    /// Loads it, held as densely as is asked, or as its files have it; the heads are always in 32 bits.
    pub fn open(folder: &Path, density: Option<Density>) -> Result<Self, Said> {
        let model = open_here(folder, density).map_err(|fault| Said::words(fault.to_string()))?;
        let count = model.heads().map_or(0, Heads::count);
        if count != DIMENSIONS.len() {
            return Err(said!(
                "The judge has {count} heads; one for what was asked and one for quality are called for.",
                count = count
            ));
        }
        let training = Training::beside(folder);
        training.fits(model.heads().is_some_and(Heads::shared))?;
        let words: BTreeMap<String, String> =
            toml::from_str(WORDS).map_err(|fault| Said::words(fault.to_string()))?;
        Ok(Self {
            model: Arc::new(model.within(PIXELS, PIXELS)),
            name: LocalJudge::name_of(folder),
            words: DIMENSIONS
                .iter()
                .filter_map(|(name, _)| words.get(*name).cloned())
                .collect(),
            pooling: training.pooling()?,
        })
    }

    /// What both heads say of an edit: `None` once it is stopped.
    fn beliefs(
        &self,
        prefix: &Prefix<'_>,
        edited: &Raster,
        instruction: &str,
        watch: &dyn Watch,
    ) -> Result<Option<Vec<Belief>>, Said> {
        let picture = bitmap(edited);
        let plain = |fault: &dyn std::fmt::Display| Said::words(fault.to_string());
        let mut beliefs = Vec::new();
        for (head, words) in self.words.iter().enumerate() {
            let words = filled(words, &[("instruction", instruction)]);
            let rest = [
                Part::Picture(&picture),
                Part::Words(&words),
                Part::Tokens(TOKEN),
            ];
            let asked = prefix.with(&rest, "", &|| watch.stopped());
            let Some(asked) = asked.map_err(|fault| plain(&fault))? else {
                return Ok(None);
            };
            let reward = self
                .model
                .reward_of(head, &asked)
                .map_err(|fault| plain(&fault))?;
            beliefs.push(Belief {
                mean: reward.mean,
                deviation: reward.sigma,
            });
        }
        Ok(Some(beliefs))
    }

    fn card(&self, told: &[Belief], untouched: &[Belief]) -> Scorecard {
        let mut card = Scorecard::default();
        let mut measures = BTreeMap::new();
        for (((name, dimension), edit), photo) in DIMENSIONS.iter().zip(told).zip(untouched) {
            let value = probability_better(*edit, *photo);
            measures.insert(format!("editreward.{name}"), edit.mean);
            measures.insert(format!("editreward.{name}_deviation"), edit.deviation);
            measures.insert(format!("editreward.{name}_beats_untouched"), value);
            let text = said!(
                "{judge} finds it better than the photo as it was with {share} %.",
                judge = self.name.clone(),
                share = decimals(value * 100.0, 0)
            );
            // by how much the probability moves within one standard deviation of both
            let doubt = edit.deviation.hypot(photo.deviation);
            let moved = |by: f64| {
                let mean = edit.mean + by;
                probability_better(Belief { mean, ..*edit }, *photo)
            };
            let score = Score {
                value: value as f32,
                spread: ((moved(doubt) - moved(-doubt)) / 2.0) as f32,
                reasons: vec![Reason {
                    id: "judge".to_owned(),
                    text,
                    passed: Some(value >= 0.5),
                    cost: (1.0 - value) as f32,
                    check: None,
                    evidence: None,
                }],
                evidence: None,
            };
            card.scores.insert((*dimension).into(), score);
        }
        if let [following, quality] = told {
            let overall = editreward_overall(*following, *quality, self.pooling);
            measures.insert("editreward.overall".to_owned(), overall.mean);
        }
        card.raw.push(Raw {
            reward: self.info().id.to_owned(),
            measures,
            told: json!({"untouched": untouched.iter().map(|b| [b.mean, b.deviation]).collect::<Vec<_>>()}),
        });
        card
    }
}

fn bitmap(raster: &Raster) -> Bitmap {
    let Shown { width, height, rgb } = Shown::of(raster);
    Bitmap { width, height, rgb }
}

/// A card on which nothing is known, and why.
fn unknown(why: &Said) -> Scorecard {
    let mut card = Scorecard::default();
    for (_, dimension) in DIMENSIONS {
        card.unknown.insert(dimension.into(), why.clone());
    }
    card
}

impl Reward for HeadsJudge {
    fn info(&self) -> RewardInfo {
        RewardInfo {
            id: "heads_judge",
            version: VERSION,
            dimensions: &[
                Dimension::INSTRUCTION_FOLLOWING,
                Dimension::GENERATION_QUALITY,
            ],
            about: "A model gives a mean and a spread.",
        }
    }

    fn settings(&self) -> Value {
        json!({
            "model": self.name,
            "model_version": self.model.weights(),
            "place": "in process",
            "one_head_for_both": self.model.heads().is_some_and(Heads::shared),
            "pooling": format!("{:?}", self.pooling).to_lowercase(),
        })
    }

    fn is_slow(&self) -> bool {
        true
    }

    fn score(&self, group: &ScoreRequest<'_>, watch: &dyn Watch) -> Result<Vec<Scorecard>, Stop> {
        let instruction = &group.instruction.text;
        let source = bitmap(group.source);
        let all = |why: &Said| group.edited.iter().map(|_| unknown(why)).collect();
        let prefix = match self
            .model
            .prefix(None, &[Part::Picture(&source)], &|| watch.stopped())
        {
            Ok(Some(prefix)) => prefix,
            Ok(None) => return Err(Stop::Cancelled),
            Err(fault) => return Ok(all(&Said::words(fault.to_string()))),
        };
        let untouched = match self.beliefs(&prefix, group.source, instruction, watch) {
            Ok(Some(beliefs)) => beliefs,
            Ok(None) => return Err(Stop::Cancelled),
            Err(why) => return Ok(all(&why)),
        };
        let mut cards = Vec::new();
        for (done, edited) in group.edited.iter().enumerate() {
            watch.progress("judging", done, group.edited.len());
            cards.push(match self.beliefs(&prefix, edited, instruction, watch) {
                Ok(Some(told)) => self.card(&told, &untouched),
                Ok(None) => return Err(Stop::Cancelled),
                Err(why) => unknown(&why),
            });
        }
        Ok(cards)
    }
}
