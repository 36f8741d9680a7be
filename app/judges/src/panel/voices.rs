//! The voices of a panel: a judge that is asked with several rubrics is several members and one voice, since its rubrics err
//! together. They are joined first, each counting alike, and only then weighed against the others.

use retake_core::{Dimension, Raw, Score, Scorecard};
use serde_json::{Value, json};

use super::Member;
use crate::formulas::generative::mean;

/// One or several members, in the order in which they were named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Voice {
    /// their places in the panel; at least one
    pub(super) members: Vec<usize>,
}

/// Where the model is that a rubric is put to, and which it is; none of what is asked without one.
fn model(member: &Member) -> Option<[Value; 3]> {
    let settings = member.reward.settings();
    settings.get("rubric")?;
    Some(["place", "model", "model_version"].map(|name| settings[name].clone()))
}

/// Whether two are one judge: the caller numbered them so, or both put rubrics to the same model and nobody named them apart.
fn same(a: &Member, b: &Member) -> bool {
    let numbered = a.judge != usize::MAX && b.judge != usize::MAX;
    if numbered && a.judge == b.judge {
        return true;
    }
    let (one, other) = (model(a), model(b));
    one.is_some() && one == other && (!numbered || a.name == b.name)
}

/// The voices of these members.
pub(super) fn voices(members: &[Member]) -> Vec<Voice> {
    let mut voices: Vec<Voice> = Vec::new();
    for (place, member) in members.iter().enumerate() {
        let known = |voice: &&mut Voice| same(&members[voice.members[0]], member);
        match voices.iter_mut().find(known) {
            Some(voice) => voice.members.push(place),
            None => voices.push(Voice {
                members: vec![place],
            }),
        }
    }
    voices
}

impl Voice {
    /// One candidate's card, of what each member of the panel said of it.
    pub(super) fn card(&self, said: &[Scorecard]) -> Scorecard {
        let mine = || self.members.iter().map(|&member| &said[member]);
        let mut names: Vec<&Dimension> = mine()
            .flat_map(|card| card.scores.keys().chain(card.unknown.keys()))
            .collect();
        names.sort();
        names.dedup();
        let mut card = Scorecard::default();
        for name in names {
            let known: Vec<&Score> = mine().filter_map(|card| card.scores.get(name)).collect();
            let why = mine().find_map(|card| card.unknown.get(name));
            match (together(&known), why) {
                (Some(score), _) => {
                    card.scores.insert(name.clone(), score);
                }
                (None, Some(why)) => {
                    card.unknown.insert(name.clone(), why.clone());
                }
                (None, None) => {}
            }
        }
        card.raw = mine().flat_map(|card| card.raw.clone()).collect();
        speak_through_the_first(&mut card);
        card
    }

    /// For records: what its members were asked with.
    pub(super) fn rubrics(&self, members: &[Member]) -> Vec<Value> {
        let all = self.members.iter().map(|&place| &members[place]);
        all.map(|member| member.reward.settings()["rubric"].clone())
            .filter(|rubric| !rubric.is_null())
            .collect()
    }
}

/// The first of what was said gets the voice's scores under the names of their dimensions: there selectors look for them
/// that let the members vote (`core::Group::members`). The others say that they are a part of it.
fn speak_through_the_first(card: &mut Scorecard) {
    let Scorecard { scores, raw, .. } = card;
    let Some((first, rest)) = raw.split_first_mut() else {
        return;
    };
    for (name, score) in scores {
        let measures = &mut first.measures;
        measures
            .entry(name.0.clone())
            .or_insert(f64::from(score.value));
    }
    for raw in rest {
        part_of(raw, &first.reward);
    }
}

fn part_of(raw: &mut Raw, first: &str) {
    match &mut raw.told {
        Value::Object(told) => {
            told.insert("part_of".to_owned(), json!(first));
        }
        other => *other = json!({ "told": other.take(), "part_of": first }),
    }
}

/// One of several, all counting alike. They are no witnesses of each other: their mean doubts as much as one of them, and as
/// far as they are apart.
fn together(known: &[&Score]) -> Option<Score> {
    let &[first, ..] = known else {
        return None;
    };
    if known.len() == 1 {
        return Some(first.clone());
    }
    let value = mean(known.iter().map(|score| f64::from(score.value)))?;
    let own = mean(known.iter().map(|score| f64::from(score.spread).powi(2)))?;
    let apart = mean(
        known
            .iter()
            .map(|score| (f64::from(score.value) - value).powi(2)),
    )?;
    Some(Score {
        value: value as f32,
        spread: (own + apart).sqrt() as f32,
        reasons: known
            .iter()
            .flat_map(|score| score.reasons.clone())
            .collect(),
        evidence: known.iter().find_map(|score| score.evidence.clone()),
    })
}
