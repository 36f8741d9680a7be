//! The panel: the measured rewards and any number of judges, joined a dimension at a time. Measures go before a judge where
//! they are sure; a judge that is gone leaves the measures alone, with a notice; what nobody knows of a candidate is
//! unknown.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use retake_core::{
    Dimension, Instruction, Raster, Reason, Reward, RewardInfo, Said, Score, ScoreRequest,
    Scorecard, Stop, Watch, decimals, said,
};
use serde_json::{Value, json};

use crate::picture::Shown;

/// A measure with a smaller spread than this may be sure.
const SURE: f32 = 0.08;
/// A measure that is this low and sure goes before a judge that says otherwise.
const FAILED: f32 = 0.2;
/// How much a measure counts beside judges where it is not sure: λ of λ · rule + (1 − λ) · judge.
const BESIDE: f32 = 0.3;
/// What an edit that is the photo as it was can have for following.
const UNTOUCHED: f32 = 0.03;

/// See the module.
pub struct Panel {
    rules: Box<dyn Reward>,
    judges: Vec<Box<dyn Reward>>,
    notices: Mutex<Vec<Said>>,
}

impl Panel {
    /// Of the measured rewards and these judges.
    pub fn new(rules: Box<dyn Reward>, judges: Vec<Box<dyn Reward>>) -> Self {
        Self {
            rules,
            judges,
            notices: Mutex::new(Vec::new()),
        }
    }

    fn note(&self, notice: Said) {
        let mut notices = self.notices.lock().unwrap_or_else(PoisonError::into_inner);
        if !notices.contains(&notice) {
            notices.push(notice);
        }
    }
}

impl Reward for Panel {
    fn info(&self) -> RewardInfo {
        RewardInfo {
            id: "panel",
            version: "1",
            dimensions: &Dimension::CANONICAL,
            about: "Joins what is measured with what judges say.",
        }
    }

    fn settings(&self) -> Value {
        let of = |reward: &dyn Reward| {
            let info = reward.info();
            json!({ "id": info.id, "version": info.version, "settings": reward.settings() })
        };
        json!({
            "rules": of(&*self.rules),
            "judges": self.judges.iter().map(|judge| of(&**judge)).collect::<Vec<_>>(),
            "rules_beside": BESIDE,
        })
    }

    fn score(&self, group: &ScoreRequest<'_>, watch: &dyn Watch) -> Result<Vec<Scorecard>, Stop> {
        let rules = self.rules.score(group, watch)?;
        let mut judged = Vec::with_capacity(self.judges.len());
        for judge in &self.judges {
            judged.push(judge.score(group, watch)?);
        }
        let source = Shown::of(group.source);
        let cards = rules.into_iter().enumerate();
        let cards = cards.map(|(candidate, rule)| {
            let asked = !group.instruction.text.trim().is_empty();
            let untouched = asked && same(&source, group.edited[candidate]);
            Joined {
                instruction: group.instruction,
                untouched,
                judged: &judged,
                candidate,
                panel: self,
            }
            .card(rule)
        });
        Ok(cards.collect())
    }

    fn notices(&self) -> Vec<Said> {
        let own = self
            .notices
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let judges = self.judges.iter().flat_map(|judge| judge.notices());
        judges.chain(own).collect()
    }
}

/// Whether an edit shows what the source shows: all but one sample in a thousand within a step of 8 bits.
fn same(source: &Shown, edited: &Raster) -> bool {
    if (edited.width, edited.height) != (source.width, source.height) {
        return false;
    }
    let edited = Shown::of(edited);
    let pairs = source.rgb.iter().zip(&edited.rgb);
    let other = pairs.filter(|(a, b)| a.abs_diff(**b) > 1).count();
    other * 1000 <= source.rgb.len()
}

/// One candidate's card while it is joined.
struct Joined<'a> {
    instruction: &'a Instruction,
    untouched: bool,
    judged: &'a [Vec<Scorecard>],
    candidate: usize,
    panel: &'a Panel,
}

impl Joined<'_> {
    fn card(&self, rule: Scorecard) -> Scorecard {
        let mut names: Vec<Dimension> = rule.scores.keys().cloned().collect();
        for card in self.judged.iter().flatten() {
            names.extend(card.scores.keys().chain(card.unknown.keys()).cloned());
        }
        names.sort();
        names.dedup();
        let mut card = Scorecard {
            raw: rule.raw,
            ..Scorecard::default()
        };
        for cards in self.judged {
            card.raw.extend(cards[self.candidate].raw.iter().cloned());
        }
        for name in names {
            match self.joined(&name, rule.scores.get(&name)) {
                Ok(score) => {
                    card.scores.insert(name, score);
                }
                Err(why) => {
                    card.unknown.insert(name, why);
                }
            }
        }
        card
    }

    fn joined(&self, name: &Dimension, rule: Option<&Score>) -> Result<Score, Said> {
        // a judge that knows a dimension of nobody is not there for it
        let (there, gone): (Vec<_>, Vec<_>) = self
            .judged
            .iter()
            .filter(|cards| {
                let mine = &cards[self.candidate];
                mine.scores.contains_key(name) || mine.unknown.contains_key(name)
            })
            .partition(|cards| cards.iter().any(|card| card.scores.contains_key(name)));
        let why_not = |cards: &Vec<Scorecard>| cards[self.candidate].unknown.get(name).cloned();
        let mut alone = None;
        if there.is_empty()
            && let Some(why) = gone.iter().find_map(|cards| why_not(cards))
        {
            if rule.is_none() {
                return Err(why);
            }
            self.panel.note(said!(
                "Scored by what can be measured alone, since no judge answered: {why}",
                why = &why
            ));
            alone = Some(said!(
                "No judge answered, so this is measured alone: {why}",
                why = &why
            ));
        }
        let known: Vec<&Score> = there
            .iter()
            .filter_map(|cards| cards[self.candidate].scores.get(name))
            .collect();
        let sure = rule.filter(|rule| self.sure(name, rule));
        let mut score = match (members(&known), rule) {
            (None, Some(rule)) if there.is_empty() => rule.clone(),
            (None, _) => match sure {
                Some(rule) => rule.clone(),
                None => {
                    let why = there.iter().find_map(|cards| why_not(cards));
                    return Err(why.unwrap_or_default());
                }
            },
            (Some(judges), None) => judges,
            (Some(judges), Some(rule)) if sure.is_some() => overruled(rule, &judges),
            (Some(judges), Some(rule)) => beside(rule, &judges, self.share(name)),
        };
        score
            .reasons
            .extend(alone.map(|text| reason("measured_alone", text, None)));
        if self.untouched && name.0 == Dimension::INSTRUCTION_FOLLOWING && score.value > UNTOUCHED {
            score.value = UNTOUCHED;
            let text = said!("The edit shows the photo as it was.");
            score
                .reasons
                .insert(0, reason("untouched", text, Some(false)));
        }
        Ok(score)
    }

    /// The share of the instruction that was understood as something measurable.
    fn measurable(&self) -> f32 {
        let understood = &self.instruction.understood;
        let measured = (understood.goals.len() + understood.constraints.len()) as f32;
        let other = (understood.generative.len() + understood.not_understood.len()) as f32;
        measured / (measured + other).max(1.0)
    }

    /// Whether a measure goes before the judges: following where all that was asked can be measured, and anything where
    /// the measure finds it plainly failed.
    fn sure(&self, name: &Dimension, rule: &Score) -> bool {
        let all = self.measurable() >= 1.0;
        match name.0.as_str() {
            Dimension::INSTRUCTION_FOLLOWING => all && rule.spread <= SURE,
            // new content is another structure, and is meant to be
            Dimension::DETAIL_PRESERVING => all && rule.spread <= SURE && rule.value <= FAILED,
            _ => rule.spread <= SURE && rule.value <= FAILED,
        }
    }

    /// How much the measure counts beside the judges.
    fn share(&self, name: &Dimension) -> f32 {
        match name.0.as_str() {
            Dimension::INSTRUCTION_FOLLOWING | Dimension::DETAIL_PRESERVING => {
                BESIDE * self.measurable()
            }
            _ => BESIDE,
        }
    }
}

fn reason(id: &str, text: Said, passed: Option<bool>) -> Reason {
    Reason {
        id: id.to_owned(),
        text,
        passed,
        cost: 0.0,
        check: None,
        evidence: None,
    }
}

/// Several judges together: their mean; they doubt as each of them does, and as far as they differ.
fn members(known: &[&Score]) -> Option<Score> {
    let count = known.len() as f32;
    let value = known.iter().map(|score| score.value).sum::<f32>() / count;
    let between = known
        .iter()
        .map(|score| (score.value - value).powi(2))
        .sum::<f32>()
        / count;
    let within = known.iter().map(|score| score.spread.powi(2)).sum::<f32>() / count;
    (!known.is_empty()).then(|| Score {
        value,
        spread: ((within + between) / count + between).sqrt(),
        reasons: known
            .iter()
            .flat_map(|score| score.reasons.clone())
            .collect(),
        evidence: known.iter().find_map(|score| score.evidence.clone()),
    })
}

/// λ · rule + (1 − λ) · judge. The spread is that of the mixture: each one's own, and how far they are apart.
fn beside(rule: &Score, judges: &Score, share: f32) -> Score {
    let mix = |a: f32, b: f32| share * a + (1.0 - share) * b;
    let apart = share * (1.0 - share) * (rule.value - judges.value).powi(2);
    let spread = (mix(rule.spread.powi(2), judges.spread.powi(2)) + apart).sqrt();
    let mut reasons = judges.reasons.clone();
    if share > 0.0 {
        reasons.extend(rule.reasons.iter().cloned().map(|mut reason| {
            reason.cost *= share;
            reason
        }));
    }
    Score {
        value: mix(rule.value, judges.value),
        spread,
        reasons,
        evidence: rule.evidence.clone().or_else(|| judges.evidence.clone()),
    }
}

/// The measure, and what the judges would have said.
fn overruled(rule: &Score, judges: &Score) -> Score {
    let mut score = rule.clone();
    let said_otherwise = said!(
        "What was measured is sure and goes before the judge's {value}.",
        value = decimals(judges.value * 10.0, 1)
    );
    score.reasons.push(reason("measured", said_otherwise, None));
    let quiet = judges.reasons.iter().cloned().map(|mut reason| {
        reason.cost = 0.0;
        reason
    });
    score.reasons.extend(quiet);
    score
}

/// What several cards know under their published names.
pub(crate) fn measures(card: &Scorecard) -> BTreeMap<&str, f64> {
    let all = card.raw.iter().flat_map(|raw| &raw.measures);
    all.map(|(name, value)| (name.as_str(), *value)).collect()
}

#[cfg(test)]
mod tests;
