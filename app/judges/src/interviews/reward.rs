//! An interview as a reward: what it is called, what its work costs, and when it may be asked again.

use std::sync::PoisonError;

use retake_core::{
    Dimension, Instruction, Raster, Reward, RewardInfo, Said, ScoreRequest, Scorecard, Stop,
    Verdict, Watch, Work, joined, said,
};
use serde_json::{Value, json};

use super::settings::beside;
use super::{Interview, pairwise};
use crate::rubric::Kind;
use crate::scales::PREFERRED;
use crate::{Judge, JudgeError, picture};

/// Changes whenever the same answers would be scored differently.
const VERSION: &str = "1";

impl Reward for Interview {
    fn info(&self) -> RewardInfo {
        let (id, about) = match self.rubric.kind {
            Kind::Generative => ("generative_judge", "A model reasons and writes scores."),
            Kind::Digits => (
                "digit_judge",
                "The probabilities of a model's one digit are read.",
            ),
            Kind::YesNo => (
                "yes_no_judge",
                "The probabilities of a model's yes and no are read.",
            ),
            Kind::Checklist => (
                "checklist_judge",
                "A model answers questions from the instruction's parts.",
            ),
            Kind::Pairwise | Kind::PairwiseYesNo => (
                "pairwise_judge",
                "A model compares edits two by two, in both orders.",
            ),
        };
        RewardInfo {
            id,
            version: VERSION,
            dimensions: self.scale.fills,
            about,
        }
    }

    fn settings(&self) -> Value {
        let judge = self.judge.info();
        json!({
            "model": judge.name,
            "model_version": judge.version,
            "place": judge.place,
            "rubric": self.rubric.id,
            "rubric_hash": self.rubric.hash,
            "formula": self.rubric.formula,
            "passes": self.how.passes,
            "paraphrases": self.how.paraphrases,
            "principles": self.how.principles,
            "expected": self.how.expected,
        })
    }

    fn score(&self, group: &ScoreRequest<'_>, watch: &dyn Watch) -> Result<Vec<Scorecard>, Stop> {
        self.or_unknown(self.group(group, 0, watch), group.edited.len())
    }

    fn score_again(
        &self,
        group: &ScoreRequest<'_>,
        so_far: &[Scorecard],
        pass: u32,
        watch: &dyn Watch,
    ) -> Result<Option<Vec<Scorecard>>, Stop> {
        let first = pass as usize * self.how.passes;
        // the same words would be answered with the same, once each of them was put
        let anew = self.draws_lots() || first <= self.how.paraphrases;
        if !self.varies() || !anew {
            return Ok(None);
        }
        let next = self.group(group, first, watch);
        let next = self.or_unknown(next, group.edited.len())?;
        let all = so_far.iter().zip(next);
        let all = all.map(|(before, next)| joined(&self.own(before), next, pass as usize));
        Ok(Some(all.collect()))
    }

    fn varies(&self) -> bool {
        // a share of victories is one among those that were compared, and no other group's
        !self.rubric.kind.compares() && (self.draws_lots() || self.how.paraphrases > 0)
    }

    fn is_slow(&self) -> bool {
        true
    }

    fn money(&self) -> f64 {
        self.judge.money()
    }

    fn price(&self, work: Work) -> f64 {
        self.judge.price_of(self.questions_of(work))
    }

    fn allow(&self, _: Work, money: f64) {
        self.judge.allow(money);
    }

    fn compare(
        &self,
        source: &Raster,
        pair: [&Raster; 2],
        instruction: &Instruction,
        watch: &dyn Watch,
    ) -> Result<Option<Verdict>, Stop> {
        if !self.prefers() {
            return Ok(None);
        }
        let source = picture::between(source, self.rubric.min_pixels, self.rubric.max_pixels);
        let edited = pair.map(|edit| beside(&source, edit));
        let wordings = self.wordings(instruction, watch);
        let asked = pairwise::Asked {
            source: &source,
            edited: &edited,
            instruction,
            wording: &wordings[0],
        };
        match pairwise::verdict(self, &asked, watch) {
            Ok(verdict) => Ok(verdict),
            Err(JudgeError::Stopped) => Err(Stop::Cancelled),
            Err(error) => {
                let why = error.said();
                self.note(said!("The judge could not be asked: {why}", why = why));
                Ok(None)
            }
        }
    }

    fn compares(&self) -> bool {
        self.prefers()
    }

    fn notices(&self) -> Vec<Said> {
        self.notices
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl Interview {
    /// Whether the same question may be answered otherwise.
    fn draws_lots(&self) -> bool {
        self.rubric.temperature > 0.0
            && matches!(self.rubric.kind, Kind::Generative | Kind::Checklist)
    }

    /// How many questions a candidate takes, or a comparison.
    fn questions(&self) -> usize {
        match self.rubric.kind {
            kind if kind.compares() => 2 * self.rubric.calls.len(),
            _ => self.how.passes * self.rubric.calls.len(),
        }
    }

    /// The questions of this work, each asked once.
    fn questions_of(&self, work: Work) -> usize {
        let pairwise = self.rubric.kind.compares();
        let asked = match work {
            Work::Score(count) if pairwise => pairwise::pairs(count).len() * self.questions(),
            Work::Again(count) if self.varies() => count * self.questions(),
            Work::Score(count) => count * self.questions(),
            Work::Compare if self.compares() => self.questions(),
            Work::Again(_) | Work::Compare => 0,
        };
        // the instruction may have to be put into other words first
        asked + usize::from(asked > 0 && self.how.paraphrases > 0)
    }

    /// Whether it says which of two edits is the better one; what one kept better is not that.
    fn prefers(&self) -> bool {
        self.rubric.kind.compares() && self.scale.fills == [PREFERRED]
    }

    /// Those that cannot be asked.
    fn or_unknown(
        &self,
        cards: Result<Vec<Scorecard>, JudgeError>,
        count: usize,
    ) -> Result<Vec<Scorecard>, Stop> {
        match cards {
            Ok(cards) => Ok(cards),
            Err(JudgeError::Stopped) => Err(Stop::Cancelled),
            Err(error) => {
                let why = error.said();
                self.note(said!("The judge could not be asked: {why}", why = &why));
                Ok(self.unknown(count, &why))
            }
        }
    }

    /// Its own part of a card of several.
    fn own(&self, card: &Scorecard) -> Scorecard {
        let mut own = card.clone();
        own.scores
            .retain(|name, _| self.scale.fills.contains(&name.0.as_str()));
        own.unknown
            .retain(|name, _| self.scale.fills.contains(&name.0.as_str()));
        own.raw.retain(|raw| raw.reward == self.info().id);
        own
    }

    /// Nothing is known of any.
    pub(super) fn unknown(&self, count: usize, why: &Said) -> Vec<Scorecard> {
        let unknown = self.scale.fills.iter();
        let card = Scorecard {
            unknown: unknown
                .map(|name| (Dimension::from(*name), why.clone()))
                .collect(),
            ..Scorecard::default()
        };
        vec![card; count]
    }
}
