//! What a selector is asked: the scorecards of a group, and what else is known of its candidates. Everything beside the
//! scorecards may be missing.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Dimension, Raw, Scorecard, Verdict};

/// A judge's word on two candidates, in one order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pair {
    /// place in the group of the one that was shown first
    pub first: usize,
    /// place in the group of the other
    pub second: usize,
    /// the word
    #[serde(rename = "winner")]
    pub better: Verdict,
}

/// One judge's own scores of a candidate, before they were joined with those of others.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// the reward's id
    pub name: String,
    /// by dimension, on one scale for all candidates; larger is better
    pub values: BTreeMap<Dimension, f64>,
}

/// See the module.
#[derive(Clone, Copy, Debug)]
pub struct Group<'a> {
    /// one a candidate
    pub cards: &'a [Scorecard],
    pairs: &'a [Pair],
    reference: Option<&'a Scorecard>,
    untouched: &'a [usize],
    chains: &'a [Vec<Scorecard>],
}

impl<'a> Group<'a> {
    /// Of these scorecards.
    pub fn of(cards: &'a [Scorecard]) -> Self {
        Self {
            cards,
            pairs: &[],
            reference: None,
            untouched: &[],
            chains: &[],
        }
    }
    /// With what a judge said of two at a time.
    pub fn with_pairs(self, pairs: &'a [Pair]) -> Self {
        Self { pairs, ..self }
    }
    /// With the scorecard that all are held against: the untouched source's, or that of a plain first sample.
    pub fn against(self, reference: Option<&'a Scorecard>) -> Self {
        Self { reference, ..self }
    }
    /// With the places of those whose picture is the source as it was.
    pub fn untouched(self, places: &'a [usize]) -> Self {
        Self {
            untouched: places,
            ..self
        }
    }
    /// With the scorecards of the turns before, oldest first, for each candidate; empty for those that are the first turn.
    pub fn after(self, chains: &'a [Vec<Scorecard>]) -> Self {
        Self { chains, ..self }
    }

    /// What all are held against, if anything.
    pub fn reference(&self) -> Option<&'a Scorecard> {
        self.reference
    }
    /// Whether a candidate shows the source as it was: so the caller said, or a reward gave it the reason `untouched`.
    pub fn is_untouched(&self, place: usize) -> bool {
        self.untouched.contains(&place)
            || self.cards.get(place).is_some_and(|card| {
                let reasons = card.scores.values().flat_map(|score| &score.reasons);
                reasons
                    .into_iter()
                    .any(|reason| reason.id == "untouched" && reason.passed == Some(false))
            })
    }
    /// The turns of a candidate from the first to its own.
    pub fn chain(&self, place: usize) -> impl Iterator<Item = &'a Scorecard> {
        let before = self.chains.get(place).map_or(&[][..], Vec::as_slice);
        before.iter().chain(self.cards.get(place))
    }
    /// Whether any candidate has a turn before its own.
    pub fn has_chains(&self) -> bool {
        self.chains.iter().any(|chain| !chain.is_empty())
    }
    /// What was said of two at a time: as the caller gave it, otherwise as judges left it in [`Scorecard::raw`]. There it
    /// is a line of `told.answers` with `first`, `second` and `winner` ("first", "second" or "tie"), and a line counts if
    /// the cards at both of its places hold it, so that a group that was reordered or cut misleads nobody.
    pub fn pairs(&self) -> Cow<'a, [Pair]> {
        if !self.pairs.is_empty() {
            let known = |pair: &&Pair| {
                pair.first.max(pair.second) < self.cards.len() && pair.first != pair.second
            };
            return Cow::Owned(self.pairs.iter().filter(known).cloned().collect());
        }
        let mut found = Vec::new();
        for (place, card) in self.cards.iter().enumerate() {
            for line in answers(card) {
                let Some(pair) = pair(line).filter(|pair| pair.first == place) else {
                    continue;
                };
                let other = self.cards.get(pair.second);
                let agreed = other.is_some_and(|card| answers(card).any(|twin| twin == line));
                if agreed && pair.second != place {
                    found.push(pair);
                }
            }
        }
        Cow::Owned(found)
    }
    /// The judges' own scores of a candidate. A member is a [`Raw`] of its card. Its values are those of its measures
    /// that bear the name of a dimension; where it has none such, the number that it was published with (`….overall`). One
    /// whose `told.part_of` names another is heard through that one: a judge has one voice, however many rubrics it is asked
    /// with.
    pub fn members(&self, place: usize) -> Vec<Member> {
        let raws = self.cards.get(place).map_or(&[][..], |card| &card.raw);
        raws.iter().filter_map(member).collect()
    }
}

fn member(raw: &Raw) -> Option<Member> {
    if raw.told.get("part_of").is_some() {
        return None;
    }
    let measures = raw.measures.iter().filter(|(_, value)| value.is_finite());
    let of = |keep: fn(&str) -> bool| -> BTreeMap<Dimension, f64> {
        let kept = measures.clone().filter(|(name, _)| keep(name));
        kept.map(|(name, value)| (Dimension(name.clone()), *value))
            .collect()
    };
    let mut values = of(|name| Dimension::CANONICAL.contains(&name) || name == Dimension::OWN);
    if values.is_empty() {
        values = of(|name| name.ends_with(".overall"));
    }
    (!values.is_empty()).then(|| Member {
        name: raw.reward.clone(),
        values,
    })
}

/// Comparisons as a judge leaves them in both cards; what [`Group::pairs`] finds there.
pub fn told_pairs(pairs: &[Pair]) -> Raw {
    Raw {
        reward: "comparisons".to_owned(),
        measures: BTreeMap::new(),
        told: serde_json::json!({ "answers": pairs }),
    }
}

/// Moves the comparisons in a scorecard to other places: `place` says where the candidate at a place stands now. A
/// comparison with one that stands nowhere is dropped, for nobody could tell whom it is about.
pub fn move_pairs(card: &mut Scorecard, place: &dyn Fn(usize) -> Option<usize>) {
    for raw in &mut card.raw {
        let Some(lines) = raw
            .told
            .get_mut("answers")
            .and_then(|told| told.as_array_mut())
        else {
            continue;
        };
        lines.retain_mut(|line| {
            let at = |name: &str| usize::try_from(line.get(name)?.as_u64()?).ok();
            let (Some(first), Some(second)) = (at("first"), at("second")) else {
                return true;
            };
            let (Some(first), Some(second)) = (place(first), place(second)) else {
                return false;
            };
            line["first"] = first.into();
            line["second"] = second.into();
            true
        });
    }
}

/// Leaves in a scorecard the comparisons of another, and none but those: after one more pass over a candidate what was
/// compared is what had been, at its places.
pub fn with_pairs_of(card: &mut Scorecard, before: &Scorecard) {
    move_pairs(card, &|_| None);
    let mut taken = Vec::new();
    for old in &before.raw {
        let lines = old.told.get("answers").and_then(|told| told.as_array());
        let pairs = lines
            .into_iter()
            .flatten()
            .filter(|line| pair(line).is_some());
        let pairs: Vec<serde_json::Value> = pairs.cloned().collect();
        let twin = |place: &usize| card.raw[*place].reward == old.reward && !taken.contains(place);
        let Some(place) = (0..card.raw.len()).find(twin) else {
            continue;
        };
        taken.push(place);
        let told = card.raw[place].told.get_mut("answers");
        if let Some(all) = told.and_then(|told| told.as_array_mut()) {
            all.extend(pairs);
        }
    }
}

fn answers(card: &Scorecard) -> impl Iterator<Item = &serde_json::Value> {
    let raws = card.raw.iter();
    raws.filter_map(|raw| raw.told.get("answers")?.as_array())
        .flatten()
}

fn pair(line: &serde_json::Value) -> Option<Pair> {
    Pair::deserialize(line).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn told(lines: &[(usize, usize, &str)]) -> Scorecard {
        let lines = lines.iter().map(
            |(first, second, winner)| json!({"first": first, "second": second, "winner": winner}),
        );
        Scorecard {
            raw: vec![Raw {
                reward: "judge".to_owned(),
                measures: BTreeMap::new(),
                told: json!({ "answers": lines.collect::<Vec<_>>() }),
            }],
            ..Scorecard::default()
        }
    }

    #[test]
    fn one_more_pass_leaves_the_comparisons_that_were_at_their_places() {
        let before = told(&[(7, 9, "first")]);
        let mut next = told(&[(0, 1, "second")]);
        with_pairs_of(&mut next, &before);
        assert_eq!(next, before);
    }

    #[test]
    fn comparisons_that_move_with_their_candidates_are_still_found() {
        let line = (0, 1, "first");
        let mut cards = vec![Scorecard::default(), told(&[line]), told(&[line])];
        for card in &mut cards {
            move_pairs(card, &|place| Some(place + 1));
        }
        let pairs = Group::of(&cards).pairs().into_owned();
        assert_eq!((pairs[0].first, pairs[0].second), (1, 2));
        move_pairs(&mut cards[1], &|place| (place == 1).then_some(0));
        assert!(Group::of(&cards).pairs().is_empty());
    }

    #[test]
    fn what_the_engine_had_compared_is_found_like_what_the_judges_left() {
        let pair = Pair {
            first: 1,
            second: 0,
            better: Verdict::Tie,
        };
        let card = Scorecard {
            raw: vec![told_pairs(std::slice::from_ref(&pair))],
            ..Scorecard::default()
        };
        assert_eq!(*Group::of(&[card.clone(), card]).pairs(), [pair]);
    }

    #[test]
    fn comparisons_are_found_in_what_the_judges_left() {
        let (there, back) = ((0, 1, "first"), (1, 0, "tie"));
        let cards = [told(&[there, back]), told(&[there, back])];
        let pairs = Group::of(&cards).pairs().into_owned();
        let of = |first, second, better| Pair {
            first,
            second,
            better,
        };
        assert_eq!(pairs, [of(0, 1, Verdict::First), of(1, 0, Verdict::Tie)]);
    }

    #[test]
    fn comparisons_of_a_group_that_was_cut_are_not_laid_on_others() {
        // of three, the first is gone: what was 1 and 2 is now 0 and 1
        let cards = [
            told(&[(0, 1, "first"), (1, 2, "first")]),
            told(&[(0, 2, "second"), (1, 2, "first")]),
        ];
        assert!(Group::of(&cards).pairs().is_empty());
    }

    #[test]
    fn comparisons_with_somebody_who_is_not_there_do_not_count() {
        let cards = [Scorecard::default(), Scorecard::default()];
        let pairs = [Pair {
            first: 0,
            second: 7,
            better: Verdict::First,
        }];
        assert!(Group::of(&cards).with_pairs(&pairs).pairs().is_empty());
    }

    #[test]
    fn a_members_own_scores_go_before_its_published_number() {
        let raw = |measures: &[(&str, f64)]| Raw {
            reward: "judge".to_owned(),
            measures: measures
                .iter()
                .map(|(name, value)| ((*name).to_owned(), *value))
                .collect(),
            told: serde_json::Value::Null,
        };
        let cards = [Scorecard {
            raw: vec![
                raw(&[("instruction_following", 0.5), ("x.overall", 7.0)]),
                raw(&[("x.overall", 7.0), ("x.other", 1.0)]),
                raw(&[("x.other", 1.0), ("instruction_following", f64::NAN)]),
            ],
            ..Scorecard::default()
        }];
        let members = Group::of(&cards).members(0);
        let values: Vec<f64> = members
            .iter()
            .flat_map(|member| member.values.values().copied())
            .collect();
        assert_eq!(values, [0.5, 7.0]);
    }
}
