//! The judge with heads (EditReward, arXiv 2509.26346): asked about an edit, a model gives a mean and a spread of a
//! reward that has no ends. Its scale here is how likely it finds the edit better than the photo as it was.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use retake_core::{
    Dimension, Raster, Raw, Reason, Reward, RewardInfo, Said, Score, ScoreRequest, Scorecard, Stop,
    Watch, decimals, said,
};
use retake_vision::picture::Bitmap;
use retake_vision::qwen_vl::heads::{PIXELS, TOKEN};
use retake_vision::qwen_vl::{Density, Part, Prefix, QwenVl, has_heads, open_here};
use serde_json::{Value, json};

use crate::formulas::pairs::{Belief, Pooling, editreward_overall, probability_better};
use crate::local::LocalJudge;
use crate::picture::Shown;
use crate::rubric::filled;

/// Each head: its name among the published numbers, the dimension that it fills, and its words.
const HEADS: [(&str, &str); 2] = [
    ("following", Dimension::INSTRUCTION_FOLLOWING),
    ("quality", Dimension::GENERATION_QUALITY),
];

/// The words of the heads.
const WORDS: &str = include_str!("../../../assets/heads/edit_reward.toml");

/// Changes whenever the same numbers would be scored differently.
const VERSION: &str = "1";

/// A model with heads, in memory.
pub struct HeadsJudge {
    model: Arc<QwenVl>,
    name: String,
    /// a head each
    words: Vec<String>,
}

impl HeadsJudge {
    /// Whether the model of a folder gives numbers instead of words; of one that cannot be read it does not.
    pub fn is_one(folder: &Path) -> bool {
        has_heads(folder)
    }

    /// Loads it, held as densely as is asked, or as its files have it.
    pub fn open(folder: &Path, density: Option<Density>) -> Result<Self, Said> {
        let model = open_here(folder, density).map_err(|fault| Said::words(fault.to_string()))?;
        let heads = model
            .heads()
            .map_or(0, retake_vision::qwen_vl::heads::Heads::count);
        if heads != HEADS.len() {
            return Err(said!(
                "The judge has {count} heads; one for what was asked and one for quality are called for.",
                count = heads
            ));
        }
        let words: BTreeMap<String, String> =
            toml::from_str(WORDS).map_err(|fault| Said::words(fault.to_string()))?;
        Ok(Self {
            model: Arc::new(model.within(PIXELS, PIXELS)),
            name: LocalJudge::name_of(folder),
            words: HEADS
                .iter()
                .filter_map(|(name, _)| words.get(*name).cloned())
                .collect(),
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
        for (((name, dimension), edit), photo) in HEADS.iter().zip(told).zip(untouched) {
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
            let overall = editreward_overall(*following, *quality, Pooling::Mean);
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
    for (_, dimension) in HEADS {
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
        json!({"model": self.name, "model_version": self.model.weights(), "place": "in process"})
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

#[cfg(test)]
mod tests {
    use retake_core::{Instruction, Quiet};

    use super::*;

    fn judge() -> HeadsJudge {
        let folder = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../tests/parity/cases/qwen2_5_vl_heads/model"
        );
        assert!(HeadsJudge::is_one(Path::new(folder)));
        let mut judge = HeadsJudge::open(Path::new(folder), None).expect("a judge");
        // small pictures, for the time that the test takes
        let model = Arc::into_inner(judge.model).expect("the only one");
        judge.model = Arc::new(model.within(28 * 28, 112 * 112));
        judge
    }

    fn photo(light: f32) -> Raster {
        Raster::from_fn(96, 64, |x, y| {
            [light, light * (x as f32 / 96.0), light * (y as f32 / 64.0)]
        })
    }

    #[test]
    fn a_copy_is_as_good_as_the_photo_and_one_bad_picture_is_unknown() {
        let (source, thin) = (photo(0.4), Raster::from_fn(900, 3, |_, _| [0.5; 3]));
        let instruction = Instruction {
            text: "make the sky warm".to_owned(),
            ..Instruction::default()
        };
        let group = ScoreRequest {
            source: &source,
            edited: &[&source.clone(), &thin, &photo(0.7)],
            instruction: &instruction,
        };
        let cards = judge().score(&group, &Quiet).expect("cards");
        for (_, dimension) in HEADS {
            assert!((cards[0].value(dimension).expect("a score") - 0.5).abs() < 1e-4);
            let why = &cards[1].unknown[&Dimension::from(dimension)];
            assert!(why.to_string().contains("too thin"), "{why}");
            let other = cards[2].value(dimension).expect("a score");
            assert!(other != 0.5 && (0.0..=1.0).contains(&other), "{other}");
        }
        assert!(cards[2].raw[0].measures.contains_key("editreward.overall"));
    }

    #[test]
    fn a_model_that_answers_in_words_has_no_heads() {
        let folder = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../tests/parity/cases/qwen3_vl/model"
        );
        assert!(!HeadsJudge::is_one(Path::new(folder)));
        assert!(HeadsJudge::open(Path::new(folder), None).is_err());
    }
}
