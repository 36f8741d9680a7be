//! The rewards of the studio as the lab's scorer.

use std::path::Path;

use anyhow::Result;
use retake_core::{
    Dimension, Quiet, Raster, Reason, Reward, Said, SaidValue, Scorecard, Selector, said,
};
use retake_engine::score;
use retake_lab::scoring::{Compared, Question, Scorer, Scores, Told};

use super::super::config::Config;
use super::super::judging::{JudgeArgs, JudgeConfig};
use super::super::tools::{self, Reader};

/// Rewards, and how their scores become one number.
pub(crate) struct Rewards {
    config: Config,
    judge: JudgeConfig,
    selector: Box<dyn Selector>,
    rewards: Vec<Box<dyn Reward>>,
    long_edge: usize,
}

impl Rewards {
    /// Those that the command line and a configuration file name; without a word the built-in ones.
    pub(crate) fn open(
        judging: &JudgeArgs,
        config: Option<&Path>,
        long_edge: usize,
        selector: Option<&str>,
    ) -> Result<Self> {
        let config = Config::read(config)?;
        let selector = config.selector.make(selector)?;
        let judge = config.judge.with(judging)?;
        let rewards = judge.rewards()?;
        Ok(Self {
            config,
            judge,
            selector,
            rewards,
            long_edge,
        })
    }
    /// For people: "built_in".
    pub(crate) fn name(&self) -> String {
        let ids: Vec<&str> = self.rewards.iter().map(|reward| reward.info().id).collect();
        ids.join(" + ")
    }
    /// What the rewards have to say about all of it.
    pub(crate) fn notices(&self) -> Vec<String> {
        let notices = self.rewards.iter().flat_map(|reward| reward.notices());
        // a case that no judge answered is listed with its reason
        let own = |notice: &Said| {
            !notice
                .template
                .starts_with("Scored by what can be measured")
        };
        notices
            .filter(own)
            .map(|notice| notice.to_string())
            .collect()
    }
    /// The selector that joins the dimensions.
    pub(crate) fn chosen_by(&self) -> String {
        self.selector.id().to_owned()
    }
}

impl Scorer for Rewards {
    fn fingerprint(&self) -> String {
        let infos = self.rewards.iter().map(|reward| reward.info());
        let rewards: Vec<String> = infos
            .map(|info| format!("{} {}", info.id, info.version))
            .collect();
        let selector = &self.selector;
        format!(
            "{}, {} {}, judges {}, {} px",
            rewards.join(" + "),
            selector.id(),
            selector.settings(),
            self.judge.recorded(),
            self.long_edge
        )
    }

    fn by_itself(&self) -> bool {
        let built_in = |id| retake_rewards::REWARDS.iter().any(|entry| entry.id == id);
        self.rewards.iter().all(|reward| built_in(reward.info().id))
    }

    fn score(&self, question: &Question<'_>, edits: &[&Raster]) -> Result<Vec<Scores>, Said> {
        let masked = question.mask.is_some();
        // whatever the words, the pictures can be judged
        let read = tools::instruction(question.instruction, &self.config, masked, Reader::Model);
        let mut instruction = read.map_err(|why| {
            let why = format!("{why:#}");
            said!("the instruction cannot be scored ({why})", why)
        })?;
        instruction.mask = question.mask.cloned();
        let cards = score(question.source, edits, &instruction, &self.rewards, &Quiet);
        let cards = cards.map_err(|why| why.said())?;
        if let Some(why) = cards.iter().find_map(unjudged) {
            return Err(why);
        }
        let overall = self.selector.select(&cards).overall;
        Ok(cards
            .iter()
            .zip(overall)
            .enumerate()
            .map(|(place, (card, overall))| Scores {
                compared: compared(card, place),
                told: question.tell.then(|| Box::new(Told::of(card))),
                ..scores(card, overall)
            })
            .collect())
    }
}

/// Why a card is not what was asked for: in the lab such a case is left out, and asked again by the next run, as what was
/// measured instead would stand among what was judged.
fn unjudged(card: &Scorecard) -> Option<Said> {
    let reasons = card.scores.values().flat_map(|score| &score.reasons);
    let mut alone = reasons.filter(|reason| reason.id == Reason::MEASURED_ALONE);
    if let Some(reason) = alone.next() {
        let mut values = reason.text.values.iter();
        let why = values.find(|(name, _)| name == "why");
        let why = why.map_or(SaidValue::Words(String::new()), |(_, why)| why.clone());
        return Some(said!("no judge answered ({why})", why));
    }
    let own = card.unknown.get(&Dimension::from(Dimension::OWN));
    let none = || card.unknown.values().next();
    own.or_else(|| none().filter(|_| card.scores.is_empty()))
        .cloned()
}

fn scores(card: &Scorecard, overall: f32) -> Scores {
    let of = |value: fn(&retake_core::Score) -> f32| {
        let all = card.scores.iter();
        all.map(|(dimension, score)| (dimension.0.clone(), f64::from(value(score))))
            .collect()
    };
    let reasons = || {
        let all = card.scores.iter();
        all.flat_map(|(of, score)| score.reasons.iter().map(move |reason| (of, reason)))
    };
    let unknown = card.unknown.iter().map(|(dimension, why)| {
        let dimension = Said::name(dimension.0.replace('_', " "));
        said!("{dimension} unknown: {why}", dimension, why)
    });
    Scores {
        overall: f64::from(overall),
        by_dimension: of(|score| score.value),
        spread: of(|score| score.spread),
        reasons: reasons()
            .map(|(_, reason)| reason.text.clone())
            .chain(unknown)
            .collect(),
        reasons_of: reasons().map(|(of, _)| of.0.clone()).collect(),
        ..Scores::default()
    }
}

/// What judges of pairs said of this edit, shown first, and another; both orders are asked.
fn compared(card: &Scorecard, place: usize) -> Vec<Compared> {
    let answers = card
        .raw
        .iter()
        .filter_map(|raw| raw.told["answers"].as_array());
    let read = |answer: &serde_json::Value| {
        let first = answer["first"].as_u64()?;
        (first == place as u64).then_some(Compared {
            second: answer["second"].as_u64()? as usize,
            first_better: answer["first_better"].as_f64()?,
        })
    };
    answers.flatten().filter_map(read).collect()
}
