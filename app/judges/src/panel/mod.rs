//! The panel: the measured rewards and any number of judges, joined a dimension at a time. Measures go before a judge where
//! they are sure; judges count by their weights; a judge that is gone leaves the measures alone, with a notice; what nobody
//! knows of a candidate is unknown.

mod agreement;
mod joined;
mod member;
#[cfg(test)]
mod tests;
mod weights;

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use retake_core::{
    Dimension, Instruction, Raster, Raw, Reward, RewardInfo, Said, ScoreRequest, Scorecard, Stop,
    Verdict, Watch, decimals, said,
};
use retake_pixels::same::Seen;
use serde_json::{Value, json};

use agreement::{TOO_LITTLE, agreement};
use joined::Joined;
use weights::{Share, shares};

pub use member::{Member, Weight};

/// How much a measure counts beside judges where it is not sure: λ of λ · rule + (1 − λ) · judge. Ours: judges see what no
/// measure does, and a measure sees what no judge is told.
pub const BESIDE: f32 = 0.3;

/// See the module.
pub struct Panel {
    /// none where the measures have scored before
    rules: Option<Box<dyn Reward>>,
    members: Vec<Member>,
    beside: f32,
    notices: Mutex<Vec<Said>>,
}

impl Panel {
    /// Of the measured rewards and these judges, each a member by itself.
    pub fn new(rules: Box<dyn Reward>, judges: Vec<Box<dyn Reward>>) -> Self {
        Self::of(Some(rules), judges.into_iter().map(Member::from).collect())
    }

    /// Of these judges, joined with what the rewards before it measured ([`Reward::score_with`]): the measures are known
    /// long before the judges have answered.
    pub fn after_measures(judges: Vec<Box<dyn Reward>>) -> Self {
        Self::of(None, judges.into_iter().map(Member::from).collect())
    }

    /// Of the measured rewards, if they did not score before, and of members with names and weights.
    pub fn of(rules: Option<Box<dyn Reward>>, members: Vec<Member>) -> Self {
        Self {
            rules,
            members,
            beside: BESIDE,
            notices: Mutex::new(Vec::new()),
        }
    }

    /// The same where a measure that is not sure counts so much beside the judges, 0 to 1.
    pub fn with_measures_beside(mut self, share: f32) -> Self {
        self.beside = share.clamp(0.0, 1.0);
        self
    }

    fn note(&self, notice: Said) {
        let mut notices = self.notices.lock().unwrap_or_else(PoisonError::into_inner);
        if !notices.contains(&notice) {
            notices.push(notice);
        }
    }

    /// What each member counts for, by dimension, and how far the members order the group alike.
    fn weighed(&self, judged: &[Vec<Scorecard>]) -> (BTreeMap<Dimension, Vec<Share>>, Value) {
        let mut names: Vec<&Dimension> = judged
            .iter()
            .flatten()
            .flat_map(|card| card.scores.keys())
            .collect();
        names.sort();
        names.dedup();
        let (mut all, mut told) = (BTreeMap::new(), serde_json::Map::new());
        for name in names {
            let shares = shares(&self.members, judged, name);
            let of = |share: &Share| {
                let member = &self.members[share.member];
                let rounded = (share.weight * 1000.0).round() / 1000.0;
                json!({ "name": member.name, "weight": rounded })
            };
            let mut line = json!({ "members": shares.iter().map(of).collect::<Vec<_>>() });
            if let Some(value) = agreement(&shares, judged, name) {
                line["agreement"] = json!((value * 1000.0).round() / 1000.0);
                if value < TOO_LITTLE {
                    self.note(said!(
                        "The judges order the candidates differently by {dimension} (agreement {value} of 1), so their order is little sure.",
                        dimension = name.0.replace('_', " "),
                        value = decimals(value, 2)
                    ));
                }
            }
            told.insert(name.0.clone(), line);
            all.insert(name.clone(), shares);
        }
        (all, Value::Object(told))
    }
}

impl Reward for Panel {
    fn info(&self) -> RewardInfo {
        RewardInfo {
            id: "panel",
            version: "2",
            dimensions: &Dimension::CANONICAL,
            about: "Joins what is measured with what judges say.",
        }
    }

    fn settings(&self) -> Value {
        let of = |reward: &dyn Reward| {
            let info = reward.info();
            json!({ "id": info.id, "version": info.version, "settings": reward.settings() })
        };
        let member = |member: &Member| {
            let mut told = of(&*member.reward);
            told["name"] = json!(member.name);
            if let Some(weight) = &member.weight {
                told["weight"] = weight.recorded();
            }
            told
        };
        json!({
            "rules": self.rules.as_deref().map(of),
            "judges": self.members.iter().map(member).collect::<Vec<_>>(),
            "rules_beside": self.beside,
        })
    }

    fn score(&self, group: &ScoreRequest<'_>, watch: &dyn Watch) -> Result<Vec<Scorecard>, Stop> {
        let nothing = vec![Scorecard::default(); group.edited.len()];
        self.score_with(group, &nothing, watch)
    }

    fn score_with(
        &self,
        group: &ScoreRequest<'_>,
        so_far: &[Scorecard],
        watch: &dyn Watch,
    ) -> Result<Vec<Scorecard>, Stop> {
        let rules = match &self.rules {
            Some(rules) => rules.score(group, watch)?,
            // what they said stays in the card that this one is merged into
            None => so_far
                .iter()
                .map(|card| Scorecard::from(card.scores.clone()))
                .collect(),
        };
        let mut judged = Vec::with_capacity(self.members.len());
        for member in &self.members {
            judged.push(member.reward.score(group, watch)?);
        }
        let (shares, told) = self.weighed(&judged);
        let source = Seen::of(group.source);
        let cards = rules.into_iter().enumerate();
        let cards = cards.map(|(candidate, rule)| {
            let asked = !group.instruction.text.trim().is_empty();
            let untouched = asked && source.is_shown_by(group.edited[candidate]);
            let mut card = Joined {
                instruction: group.instruction,
                untouched,
                judged: &judged,
                shares: &shares,
                candidate,
                panel: self,
            }
            .card(rule);
            // of one member alone there is nothing to tell
            if self.members.len() > 1 {
                card.raw.push(Raw {
                    reward: "panel".to_owned(),
                    measures: BTreeMap::new(),
                    told: told.clone(),
                });
            }
            card
        });
        Ok(cards.collect())
    }

    fn compares(&self) -> bool {
        self.members.iter().any(|member| member.reward.compares())
    }

    fn compare(
        &self,
        source: &Raster,
        pair: [&Raster; 2],
        instruction: &Instruction,
        watch: &dyn Watch,
    ) -> Result<Option<Verdict>, Stop> {
        for member in &self.members {
            let verdict = member.reward.compare(source, pair, instruction, watch)?;
            if verdict.is_some() {
                return Ok(verdict);
            }
        }
        Ok(None)
    }

    fn notices(&self) -> Vec<Said> {
        let own = self
            .notices
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let judges = self.members.iter();
        let judges = judges.flat_map(|member| member.reward.notices());
        judges.chain(own).collect()
    }
}

/// What several cards know under their published names.
pub(crate) fn measures(card: &Scorecard) -> BTreeMap<&str, f64> {
    let all = card.raw.iter().flat_map(|raw| &raw.measures);
    all.map(|(name, value)| (name.as_str(), *value)).collect()
}
