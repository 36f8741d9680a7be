//! The panel: the measured rewards and any number of judges, joined a dimension at a time. Measures go before a judge where
//! they are sure; judges count by their weights; a judge that is gone leaves the measures alone, with a notice; what nobody
//! knows of a candidate is unknown. Asked once more, it asks those only whose answers vary.

mod agreement;
mod joined;
mod member;
mod memory;
#[cfg(test)]
mod passes_tests;
#[cfg(test)]
mod tests;
mod voices;
mod weights;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use retake_core::{
    Dimension, Instruction, Raster, Raw, Reward, RewardInfo, Said, ScoreRequest, Scorecard, Slope,
    Stop, Verdict, Watch, Work, decimals, joined, said,
};
use retake_pixels::same::Seen;
use serde_json::{Value, json};

use crate::formulas::generative::mean;
use agreement::{TOO_LITTLE, agreement};
use joined::Joined;
use memory::{Memory, Remembered, Weighed, mark};
use voices::{Voice, voices};
use weights::{Share, shares};

pub use member::{Member, Weight};

/// How much a measure counts beside judges where it is not sure: λ of λ · rule + (1 − λ) · judge. Ours: judges see what no
/// measure does, and a measure sees what no judge is told.
pub const BESIDE: f32 = 0.3;

/// Votes that add up to less are even.
const EVEN: f64 = 1e-9;

/// See the module.
pub struct Panel {
    /// none where the measures have scored before
    rules: Option<Box<dyn Reward>>,
    members: Vec<Member>,
    voices: Vec<Voice>,
    beside: f32,
    memory: Memory,
    /// what all members together may have cost when the next work is done
    limit: Mutex<f64>,
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
            voices: voices(&members),
            members,
            beside: BESIDE,
            memory: Memory::default(),
            limit: Mutex::new(f64::INFINITY),
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

    /// A member of a voice; all of them have its name and its weight.
    fn speaker(&self, voice: usize) -> &Member {
        &self.members[self.voices[voice].members[0]]
    }

    /// What each voice counts for, by dimension, and how far they order the group alike. A group a member.
    fn weighed(&self, said: &[Vec<Scorecard>]) -> Weighed {
        let count = said.first().map_or(0, Vec::len);
        let of = |candidate: usize| -> Vec<Scorecard> {
            said.iter().map(|cards| cards[candidate].clone()).collect()
        };
        let by_candidate: Vec<Vec<Scorecard>> = (0..count).map(of).collect();
        let voiced = |voice: &Voice| by_candidate.iter().map(|said| voice.card(said)).collect();
        let judged: Vec<Vec<Scorecard>> = self.voices.iter().map(voiced).collect();
        let speakers: Vec<&Member> = (0..judged.len()).map(|voice| self.speaker(voice)).collect();
        let mut names: Vec<&Dimension> = judged
            .iter()
            .flatten()
            .flat_map(|card| card.scores.keys())
            .collect();
        names.sort();
        names.dedup();
        let (mut all, mut told) = (BTreeMap::new(), serde_json::Map::new());
        for name in names {
            let shares = shares(&speakers, &judged, name);
            let of = |share: &Share| self.told_of(share);
            let mut line = json!({ "members": shares.iter().map(of).collect::<Vec<_>>() });
            if let Some(value) = agreement(&shares, &judged, name) {
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

    /// A share for records, with the rubrics that were joined first.
    fn told_of(&self, share: &Share) -> Value {
        let rounded = (share.weight * 1000.0).round() / 1000.0;
        let mut told = json!({ "name": self.speaker(share.voice).name, "weight": rounded });
        let voice = &self.voices[share.voice];
        if voice.members.len() > 1 {
            told["rubrics"] = json!(voice.rubrics(&self.members));
        }
        told
    }

    /// Lets the member at this place spend what the work of those behind it leaves.
    fn allow_member(&self, place: usize, work: Work) {
        let limit = *self.limit.lock().unwrap_or_else(PoisonError::into_inner);
        let behind = self.members[place + 1..].iter();
        let behind: f64 = behind.map(|member| member.reward.price(work)).sum();
        let left = limit - self.money() - behind;
        self.members[place].reward.allow(work, left);
    }

    /// The joined cards of a group, a memory each.
    fn cards(&self, group: &ScoreRequest<'_>, all: &[Remembered]) -> Vec<Scorecard> {
        let source = Seen::of(group.source);
        let asked = !group.instruction.text.trim().is_empty();
        let one = |(remembered, edited): (&Remembered, &&Raster)| {
            let voiced = |voice: &Voice| voice.card(&remembered.said);
            let said: Vec<Scorecard> = self.voices.iter().map(voiced).collect();
            let mut card = Joined {
                instruction: group.instruction,
                untouched: asked && source.is_shown_by(edited),
                said: &said,
                shares: &remembered.weighed.0,
                panel: self,
            }
            .card(remembered.rule.clone());
            // of one member alone there is nothing to tell
            if self.members.len() > 1 {
                card.raw.push(Raw {
                    reward: "panel".to_owned(),
                    measures: BTreeMap::new(),
                    told: remembered.weighed.1.clone(),
                });
            }
            card
        };
        all.iter().zip(group.edited).map(one).collect()
    }

    /// A number of each candidate.
    fn marks(&self, group: &ScoreRequest<'_>) -> Vec<u64> {
        let source = memory::of_picture(group.source);
        let words = &group.instruction.text;
        let edited = group.edited.iter();
        edited.map(|edit| mark(source, edit, words)).collect()
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

    /// The mean of what the measures and the members say of theirs.
    fn slope(
        &self,
        source: &Raster,
        edited: &Raster,
        instruction: &Instruction,
    ) -> Result<Option<Slope>, Stop> {
        let members = self.members.iter().map(|member| &member.reward);
        let mut slopes = Vec::new();
        for reward in self.rules.iter().chain(members) {
            slopes.extend(reward.slope(source, edited, instruction)?);
        }
        Ok(Slope::mean(slopes, (edited.width, edited.height)))
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
        let work = Work::Score(group.edited.len());
        let mut said = Vec::with_capacity(self.members.len());
        for (place, member) in self.members.iter().enumerate() {
            self.allow_member(place, work);
            said.push(member.reward.score(group, watch)?);
        }
        let weighed = Arc::new(self.weighed(&said));
        let of = |(candidate, rule): (usize, Scorecard)| Remembered {
            rule,
            said: said
                .iter()
                .map(|cards: &Vec<Scorecard>| cards[candidate].clone())
                .collect(),
            weighed: weighed.clone(),
        };
        let all: Vec<Remembered> = rules.into_iter().enumerate().map(of).collect();
        let cards = self.cards(group, &all);
        if self.varies() {
            for (mark, said) in self.marks(group).into_iter().zip(all) {
                self.memory.keep(mark, said);
            }
        }
        Ok(cards)
    }

    fn score_again(
        &self,
        group: &ScoreRequest<'_>,
        so_far: &[Scorecard],
        pass: u32,
        watch: &dyn Watch,
    ) -> Result<Option<Vec<Scorecard>>, Stop> {
        if !self.varies() {
            return Ok(None);
        }
        let marks = self.marks(group);
        let known: Option<Vec<Remembered>> =
            marks.iter().map(|mark| self.memory.of(*mark)).collect();
        let Some(mut all) = known else {
            // scored by another panel, or too long ago: everybody is asked, and it is one pass more
            let next = self.score_with(group, so_far, watch)?;
            let pairs = so_far.iter().zip(next);
            let all = pairs.map(|(before, next)| joined(before, next, pass as usize));
            return Ok(Some(all.collect()));
        };
        let work = Work::Again(group.edited.len());
        for (place, member) in self.members.iter().enumerate() {
            let before: Vec<Scorecard> = all.iter().map(|one| one.said[place].clone()).collect();
            self.allow_member(place, work);
            let again = member.reward.score_again(group, &before, pass, watch)?;
            for (one, card) in all.iter_mut().zip(again.into_iter().flatten()) {
                one.said[place] = card;
            }
        }
        let cards = self.cards(group, &all);
        for (mark, said) in marks.into_iter().zip(all) {
            self.memory.keep(mark, said);
        }
        Ok(Some(cards))
    }

    fn varies(&self) -> bool {
        self.members.iter().any(|member| member.reward.varies())
    }

    fn is_slow(&self) -> bool {
        self.members.iter().any(|member| member.reward.is_slow())
    }

    /// What is measured, and what the members that are quick say beside it, each under its own name.
    fn quick(&self, group: &ScoreRequest<'_>, watch: &dyn Watch) -> Result<Vec<Scorecard>, Stop> {
        let mut cards = match &self.rules {
            Some(rules) => rules.quick(group, watch)?,
            None => vec![Scorecard::default(); group.edited.len()],
        };
        let quick = self
            .members
            .iter()
            .filter(|member| !member.reward.is_slow());
        for member in quick {
            let said = member.reward.quick(group, watch)?;
            for (card, said) in cards.iter_mut().zip(said) {
                let scores = said.scores.iter();
                card.raw.push(Raw {
                    reward: member.name.clone(),
                    measures: scores
                        .map(|(name, score)| (name.0.clone(), score.value.into()))
                        .collect(),
                    told: Value::Null,
                });
                card.raw.extend(said.raw);
            }
        }
        Ok(cards)
    }

    fn money(&self) -> f64 {
        self.members
            .iter()
            .map(|member| member.reward.money())
            .sum()
    }

    fn price(&self, work: Work) -> f64 {
        let members = self.members.iter();
        members.map(|member| member.reward.price(work)).sum()
    }

    fn allow(&self, _: Work, money: f64) {
        let limit = self.money() + money;
        *self.limit.lock().unwrap_or_else(PoisonError::into_inner) = limit;
    }

    fn compare(
        &self,
        source: &Raster,
        pair: [&Raster; 2],
        instruction: &Instruction,
        watch: &dyn Watch,
    ) -> Result<Option<Verdict>, Stop> {
        let mut voted = Vec::new();
        for voice in &self.voices {
            let mut own = Vec::new();
            for &place in &voice.members {
                let member = &self.members[place];
                self.allow_member(place, Work::Compare);
                let verdict = member.reward.compare(source, pair, instruction, watch)?;
                own.extend(verdict.map(|verdict| match verdict {
                    Verdict::First => 1.0,
                    Verdict::Tie => 0.0,
                    Verdict::Second => -1.0,
                }));
            }
            let name = Dimension::from(crate::scales::PREFERRED);
            let weight = &self.members[voice.members[0]].weight;
            let weight = weight.as_ref().map_or(1.0, |weight| weight.of(&name));
            voted.extend(mean(own).map(|vote| vote * weight));
        }
        let seen = Seen::of(source);
        let asked = !instruction.text.trim().is_empty();
        let untouched = pair.map(|edit| asked && seen.is_shown_by(edit));
        let sum: f64 = voted.iter().sum();
        Ok((!voted.is_empty()).then_some(match untouched {
            // the photo as it was is no edit, whatever judges say
            [true, false] => Verdict::Second,
            [false, true] => Verdict::First,
            _ if sum > EVEN => Verdict::First,
            _ if sum < -EVEN => Verdict::Second,
            _ => Verdict::Tie,
        }))
    }

    fn compares(&self) -> bool {
        self.members.iter().any(|member| member.reward.compares())
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
