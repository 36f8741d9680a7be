//! Candidates, and what they look like on their way, are scored.

use std::time::Instant;

use retake_core::{
    Dimension, Mask, Raster, Reason, Score, Scorecard, Stop, Studio, Verdict, Watch, Work, said,
    with_pairs_of,
};
use retake_pixels::resize;

use super::Bench;
use crate::run::slot::{Fate, Glimpse};
use crate::run::{
    CENT, allow, price, score, score_again, score_telling, with_maps_of, without_maps,
};

impl Bench<'_> {
    /// How many of these may be scored; the judges are allowed what is left for so many.
    pub(super) fn affordable(&self, wanted: usize, work: fn(usize) -> Work) -> usize {
        let left = self.ledger.left(self.money());
        if !self.ledger.fits(true) {
            return 0;
        }
        let most = wanted.min(usize::try_from(left.judge_calls).unwrap_or(usize::MAX));
        let rewards = &self.tools.rewards;
        let mut paid_for = (0..=most).rev();
        let count = paid_for.find(|&count| price(rewards, work(count)) <= left.money + CENT);
        let count = count.unwrap_or(0);
        allow(rewards, work(count), left.money);
        count
    }

    pub(super) fn glimpses_of(&mut self, indices: &[u64]) -> Result<Vec<Option<Scorecard>>, Stop> {
        let mut cards: Vec<Option<Scorecard>> = Vec::with_capacity(indices.len());
        while cards.len() < indices.len() {
            let rest = &indices[cards.len()..];
            match self.room_for_looks(rest.len()) {
                0 => cards.resize(indices.len(), None),
                fit => cards.extend(self.glimpses_of_few(&rest[..fit])?),
            }
        }
        Ok(cards)
    }

    /// The same of as many as there is memory for.
    fn glimpses_of_few(&mut self, indices: &[u64]) -> Result<Vec<Option<Scorecard>>, Stop> {
        let mut looks: Vec<(usize, Raster)> = Vec::new();
        for (place, &index) in indices.iter().enumerate() {
            let open = self.slot(index).is_some_and(|slot| slot.open());
            if let (true, Some(picture)) = (open, self.looks(index)) {
                looks.push((place, picture));
            }
        }
        looks.truncate(self.affordable(looks.len(), Work::Score));
        let mut cards: Vec<Option<Scorecard>> = vec![None; indices.len()];
        if looks.is_empty() {
            return Ok(cards);
        }
        let start = Instant::now();
        let edited: Vec<&Raster> = looks.iter().map(|(_, picture)| picture).collect();
        let clock = self.clocked();
        let (source, asked) = (&self.source, &self.job.instruction);
        let scored = score(source, &edited, asked, &self.tools.rewards, &clock)?;
        self.ledger.scored(looks.len() as u64, start.elapsed());
        self.stages
            .add("score previews", start.elapsed().as_secs_f64());
        for ((place, picture), mut card) in looks.into_iter().zip(scored) {
            without_maps(&mut card);
            // one that has changed nothing so far stands behind all others, as it would at its end
            if self.is_untouched(&picture) {
                say_untouched(&mut card);
            }
            let (name, hear) = (self.name(indices[place]), self.hear);
            if let Some(slot) = self.slot_mut(indices[place]) {
                let step = slot.node.steps.0;
                hear.glimpsed(name, step, &card);
                slot.node.glimpses.push(Glimpse {
                    step,
                    card: card.clone(),
                });
            }
            cards[place] = Some(card);
        }
        Ok(cards)
    }

    pub(super) fn score_all(&mut self, indices: &[u64]) -> Result<Vec<u64>, Stop> {
        let mut fresh: Vec<u64> = Vec::new();
        let mut again: Vec<u64> = Vec::new();
        for &index in indices {
            let Some(slot) = self.slot(index) else {
                continue;
            };
            if slot.node.fate != Fate::Finished || fresh.contains(&index) || again.contains(&index)
            {
                continue;
            }
            match &slot.card {
                None => fresh.push(index),
                // one whose picture is gone cannot be asked about again
                Some(_) if self.pictures(&[index]).is_empty() => {}
                Some(_) => again.push(index),
            }
        }
        let twins = self.without_twins(&mut fresh);
        fresh.truncate(self.affordable(fresh.len(), Work::Score));
        self.first_pass(&fresh)?;
        self.keep_twins(&twins);
        self.another_pass(&again)?;
        let scored = |index: &&u64| self.card(**index).is_some();
        Ok(indices.iter().filter(scored).copied().collect())
    }

    fn first_pass(&mut self, indices: &[u64]) -> Result<(), Stop> {
        if indices.is_empty() {
            return Ok(());
        }
        let start = Instant::now();
        let clock = self.clocked();
        let edited = self.pictures(indices);
        let (source, asked) = (&self.source, &self.job.instruction);
        let measured = |cards: &[Scorecard]| {
            for (&index, card) in indices.iter().zip(cards) {
                self.hear.measured(self.name(index), card);
            }
        };
        let rewards = (&*self.tools.rewards, &measured as &dyn Fn(&[Scorecard]));
        let cards = score_telling(source, &edited, asked, rewards, &clock)?;
        self.ledger.scored(indices.len() as u64, start.elapsed());
        self.stages.add("score", start.elapsed().as_secs_f64());
        for (&index, mut card) in indices.iter().zip(cards) {
            Self::at_home(indices, &mut card);
            self.keep(index, card);
        }
        Ok(())
    }

    /// Asks once more, a group for every number of passes that there were.
    fn another_pass(&mut self, indices: &[u64]) -> Result<(), Stop> {
        if !self.tools.rewards.iter().any(|reward| reward.varies()) {
            return Ok(());
        }
        let mut passes: Vec<usize> = indices.iter().map(|&index| self.passes(index)).collect();
        passes.sort_unstable();
        passes.dedup();
        for pass in passes {
            let mut group = indices.to_vec();
            group.retain(|&index| self.passes(index) == pass);
            group.truncate(self.affordable(group.len(), Work::Again));
            if group.is_empty() {
                return Ok(());
            }
            let start = Instant::now();
            let clock = self.clocked();
            let edited = self.pictures(&group);
            let (source, asked) = (&self.source, &self.job.instruction);
            let before = |index: &u64| self.card(*index).cloned().unwrap_or_default();
            let so_far: Vec<Scorecard> = group.iter().map(before).collect();
            let cards = score_again(
                source,
                &edited,
                asked,
                &self.tools.rewards,
                (&so_far, pass as u32),
                &clock,
            )?;
            let Some(cards) = cards else {
                continue;
            };
            self.ledger.scored(group.len() as u64, start.elapsed());
            self.stages.add("score", start.elapsed().as_secs_f64());
            for ((&index, mut card), before) in group.iter().zip(cards).zip(&so_far) {
                with_pairs_of(&mut card, before);
                with_maps_of(&mut card, before);
                self.keep(index, card);
            }
        }
        Ok(())
    }

    /// Keeps a scorecard and lets the world hear of it.
    pub(super) fn keep(&mut self, index: u64, mut card: Scorecard) {
        if self.slot(index).is_some_and(|slot| slot.untouched) {
            say_untouched(&mut card);
        }
        self.hear.scored(self.name(index), &card);
        if !self.hear.wants_all() {
            small_maps(&mut card);
        }
        if let Some(slot) = self.slot_mut(index) {
            slot.card = Some(card);
            slot.node.passes += 1;
        }
    }

    pub(super) fn pictures(&self, indices: &[u64]) -> Vec<&Raster> {
        let made = indices.iter().filter_map(|&index| self.slot(index));
        made.filter_map(|slot| Some(&slot.made.as_ref()?.picture))
            .filter(|picture| picture.width > 0)
            .collect()
    }

    pub(super) fn comparison(&mut self, one: u64, other: u64) -> Result<Option<Verdict>, Stop> {
        // two judgements, of whatever that costs
        if self.affordable(2, |count| match count {
            0 => Work::Score(0),
            _ => Work::Compare,
        }) < 2
        {
            return Ok(None);
        }
        let start = Instant::now();
        let clock = self.clocked();
        let pair = self.pictures(&[one, other]);
        let &[first, second] = &pair[..] else {
            return Ok(None);
        };
        let mut verdict = None;
        for reward in self.tools.rewards.iter() {
            let asked = &self.job.instruction;
            verdict = reward.compare(&self.source, [first, second], asked, &clock)?;
            if verdict.is_some() || clock.stopped() {
                break;
            }
        }
        if verdict.is_some() {
            self.ledger.scored(2, start.elapsed());
            self.stages.add("compare", start.elapsed().as_secs_f64());
        }
        Ok(verdict)
    }
}

/// Long edge of the maps that a strategy may look at when the large ones are gone, px.
const MAP_EDGE: usize = 64;

/// Keeps a small map a dimension, by which a fault is found again, and lets the others go.
fn small_maps(card: &mut Scorecard) {
    let of = |score: &Score| {
        let map = score.evidence.as_ref()?;
        let (width, height) = resize::size_within(map.width, map.height, MAP_EDGE);
        Some(resize::mask(map, width, height))
    };
    let maps: Vec<Option<Mask>> = card.scores.values().map(of).collect();
    without_maps(card);
    for (score, map) in card.scores.values_mut().zip(maps) {
        score.evidence = map;
    }
}

/// Leaves the reason by which every selector, also a later one, knows a copy that nothing was done to.
fn say_untouched(card: &mut Scorecard) {
    let following = Dimension::from(Dimension::INSTRUCTION_FOLLOWING);
    let mut reasons = card.scores.values().flat_map(|score| &score.reasons);
    if reasons.any(|reason| reason.id == "untouched") {
        return;
    }
    let score = match card.scores.contains_key(&following) {
        true => card.scores.get_mut(&following),
        false => card.scores.values_mut().next(),
    };
    if let Some(score) = score {
        score.reasons.insert(
            0,
            Reason {
                id: "untouched".to_owned(),
                text: said!("The edit shows the photo as it was."),
                passed: Some(false),
                cost: 0.0,
                check: None,
                evidence: None,
            },
        );
    }
}
