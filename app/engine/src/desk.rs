//! The desk: everything that undo brings back. A step of the history holds a whole desk; copies are cheap.

use std::collections::BTreeMap;
use std::sync::Arc;

use retake_core::{
    EditorSettings, Group, Instruction, Mask, Said, Scorecard, Selection, Selector, SettingValue,
};
use retake_search::curve::{Buys, curve};
use retake_search::{PowerProduct, SELECTORS, table};

use crate::Model;
use crate::take::{Flag, Mark, Take, TakeId};

/// A group of candidates of one instruction, made or on their way.
#[derive(Clone, Debug)]
pub struct Turn {
    /// within the session, from 1
    pub number: u64,
    /// what was asked
    pub instruction: Arc<Instruction>,
    /// the edit it goes on from; `None` is the photo itself
    pub base: Option<Base>,
    /// "more like this": the candidates are neighbours of this edit
    pub like: Option<Base>,
    /// the editor of its latest run; `None` is the built-in one
    pub model: Option<Model>,
    /// how its latest run was searched; `None` where nothing was, or nobody wrote it down
    pub searched: Option<SearchedBy>,
    /// of the run
    pub seed: u64,
    /// names of its takes, by index; not all need be there yet
    pub takes: Vec<TakeId>,
}

/// How candidates were searched.
#[derive(Clone, Debug, PartialEq)]
pub struct SearchedBy {
    /// id of the strategy
    pub strategy: String,
    /// what was set of it; the rest was as it is by itself
    pub set: EditorSettings,
}

/// An edit that something starts from.
#[derive(Clone, Debug, PartialEq)]
pub struct Base {
    /// whose it was
    pub take: TakeId,
    /// as its editor described it then
    pub recipe: serde_json::Value,
}

/// What counts how much when takes are ordered, each 0 to 1, and by which selector.
#[derive(Clone, Debug, PartialEq)]
pub struct Weights {
    /// exponent of instruction following; the quality terms have one minus it
    pub following: f32,
    /// share of detail preserving in the quality terms
    pub preserving: f32,
    /// share of generation quality in the quality terms
    pub quality: f32,
    /// id of the selector; the first of the table goes by the numbers above, the others by their own
    pub selector: &'static str,
    /// what was set of the selector beside the numbers above; the rest is as it is by itself
    pub settings: EditorSettings,
}

impl Default for Weights {
    fn default() -> Self {
        let PowerProduct {
            following,
            preserving,
            quality,
            ..
        } = PowerProduct::default();
        Self {
            following,
            preserving,
            quality,
            selector: SELECTORS[0].id,
            settings: EditorSettings::new(),
        }
    }
}

impl Weights {
    /// The selector that orders by them.
    pub fn selector(&self) -> Box<dyn Selector> {
        let table = table(&self.settings);
        match retake_search::selector(self.selector) {
            Some(entry) if entry.id != SELECTORS[0].id => {
                entry.make(&table).unwrap_or_else(|_| entry.plain())
            }
            _ => {
                let own = PowerProduct::default();
                let number = |id: &str, own: f32| {
                    let set = self.settings.get(id);
                    set.map_or(own, |set| set.number() as f32)
                };
                Box::new(PowerProduct {
                    following: self.following,
                    preserving: self.preserving,
                    quality: self.quality,
                    good_enough: number("good-enough", own.good_enough),
                    bearable: number("bearable", own.bearable),
                    sure: number("sure", own.sure),
                })
            }
        }
    }
    /// Everything that was set of the selector, the numbers of the sheet too where they are its own.
    pub fn set(&self) -> EditorSettings {
        let mut set = self.settings.clone();
        if self.selector == SELECTORS[0].id {
            let usual = Self::default();
            for (id, own, now) in [
                ("following", usual.following, self.following),
                ("preserving", usual.preserving, self.preserving),
                ("quality", usual.quality, self.quality),
            ] {
                if own != now {
                    let hundredths = (f64::from(now) * 100.0).round() / 100.0;
                    set.insert(id.to_owned(), SettingValue::Number(hundredths));
                }
            }
        }
        set
    }
    /// The same selector, set so.
    pub fn with(&self, mut set: EditorSettings) -> Self {
        let mut weights = self.clone();
        if self.selector == SELECTORS[0].id {
            let usual = Self::default();
            let mut number = |id: &str, own: f32| {
                let set = set.remove(id);
                set.map_or(own, |set| set.number() as f32)
            };
            weights.following = number("following", usual.following);
            weights.preserving = number("preserving", usual.preserving);
            weights.quality = number("quality", usual.quality);
        }
        weights.settings = set;
        weights
    }
}

/// What lies before a person: the group, what was said of its members, the mask, the weights.
#[derive(Clone, Debug, Default)]
pub struct Desk {
    /// the group on the contact sheet
    pub turn: Option<Arc<Turn>>,
    /// the take that the next instruction goes on from; `None` is the photo
    pub base: Option<Base>,
    /// where the next instruction may apply, in the photo's upright frame
    pub mask: Option<Arc<Mask>>,
    /// what was said of each take
    pub marks: BTreeMap<TakeId, Mark>,
    /// takes whose recipe a person has changed
    pub adjusted: BTreeMap<TakeId, Arc<Take>>,
    /// for the order
    pub weights: Weights,
}

impl Desk {
    /// What was said of a take.
    pub fn mark(&self, take: TakeId) -> Mark {
        self.marks.get(&take).copied().unwrap_or_default()
    }
}

/// The takes of a turn from best to worst.
#[derive(Clone, Debug, Default)]
pub struct Ranking {
    /// scored and not rejected, best first
    pub order: Vec<TakeId>,
    /// overall score of every scored take, 0 to 1, rejected ones too
    pub overall: BTreeMap<TakeId, f32>,
    /// the selector's word on `order`: `None` until something is scored
    pub verdict: Option<Selection>,
    /// why a take of `order` is not the first; none for the first
    pub why: BTreeMap<TakeId, Said>,
    /// every number that a take's place comes from
    pub terms: BTreeMap<TakeId, BTreeMap<String, f32>>,
    /// what more takes would buy, from those of `order`; none before three of them are scored
    pub buys: Vec<Buys>,
}

impl Ranking {
    /// Orders scored takes; `before` has the scorecards of the turns that each goes on from, oldest first. Rejected ones
    /// keep their score and lose their place.
    pub fn of(scored: &[(TakeId, Arc<Scorecard>)], before: &[Vec<Scorecard>], desk: &Desk) -> Self {
        let selector = desk.weights.selector();
        let cards = |scored: &[(TakeId, Arc<Scorecard>)]| -> Vec<Scorecard> {
            scored.iter().map(|(_, card)| without_maps(card)).collect()
        };
        if scored.is_empty() {
            return Self::default();
        }
        let all = cards(scored);
        let overall = selector.choose(&Group::of(&all).after(before)).overall;
        let mut overall: BTreeMap<TakeId, f32> =
            scored.iter().map(|(id, _)| *id).zip(overall).collect();
        let standing: Vec<(TakeId, Arc<Scorecard>)> = scored
            .iter()
            .filter(|(id, _)| desk.mark(*id).flag != Flag::Rejected)
            .cloned()
            .collect();
        if standing.is_empty() {
            return Self {
                overall,
                ..Self::default()
            };
        }
        let before: Vec<Vec<Scorecard>> = (scored.iter().zip(before))
            .filter(|((id, _), _)| desk.mark(*id).flag != Flag::Rejected)
            .map(|(_, before)| before.clone())
            .collect();
        let standing_cards = cards(&standing);
        let verdict = selector.choose(&Group::of(&standing_cards).after(&before));
        let spreads: Vec<f32> = standing_cards.iter().map(spread).collect();
        // those who stand are held against each other alone
        overall.extend(
            standing
                .iter()
                .map(|(id, _)| *id)
                .zip(verdict.overall.iter().copied()),
        );
        Self {
            order: verdict.order.iter().map(|&i| standing[i].0).collect(),
            why: (standing.iter().map(|(id, _)| *id))
                .zip(verdict.why.iter().cloned())
                .filter(|(_, why)| !why.is_empty())
                .collect(),
            terms: (standing.iter().map(|(id, _)| *id))
                .zip(verdict.terms.iter().cloned())
                .collect(),
            overall,
            buys: curve(&verdict.overall, &spreads).unwrap_or_default(),
            verdict: Some(verdict),
        }
    }
    /// The best, if anything is scored.
    pub fn leader(&self) -> Option<TakeId> {
        self.order.first().copied()
    }
    /// Place from 1, for those that have one.
    pub fn rank(&self, take: TakeId) -> Option<usize> {
        Some(self.order.iter().position(|&id| id == take)? + 1)
    }
}

/// Mean of what the dimensions may be off by, standard deviations.
fn spread(card: &Scorecard) -> f32 {
    let spreads = card.scores.values().map(|score| score.spread);
    spreads.sum::<f32>() / card.scores.len().max(1) as f32
}

/// What selectors look at of a scorecard: its numbers, what judges left, and whether it is an untouched copy.
pub(crate) fn without_maps(card: &Scorecard) -> Scorecard {
    let mut slim = card.without_maps();
    for score in slim.scores.values_mut() {
        score.reasons.retain(|reason| reason.id == "untouched");
    }
    slim
}
