//! Candidates, and what they look like on their way, are scored.

use std::time::Instant;

use retake_core::{Raster, Scorecard, Stop, Studio, Verdict, Watch};

use super::Bench;
use crate::run::slot::{Fate, Glimpse};
use crate::run::{passes, score, score_again, score_telling, without_maps};

impl Bench<'_> {
    /// How many of these may be scored.
    fn affordable(&self, wanted: usize) -> usize {
        let left = self.ledger.left(self.money());
        if left.money <= 0.0 || !self.ledger.fits(true) {
            return 0;
        }
        wanted.min(usize::try_from(left.judge_calls).unwrap_or(usize::MAX))
    }

    pub(super) fn glimpses_of(&mut self, indices: &[u64]) -> Result<Vec<Option<Scorecard>>, Stop> {
        let mut looks: Vec<(usize, Raster)> = Vec::new();
        for (place, &index) in indices.iter().enumerate() {
            let open = self.slot(index).is_some_and(|slot| slot.open());
            if let (true, Some(picture)) = (open, self.looks(index)) {
                looks.push((place, picture));
            }
        }
        looks.truncate(self.affordable(looks.len()));
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
        for ((place, _), mut card) in looks.into_iter().zip(scored) {
            without_maps(&mut card);
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
        fresh.truncate(self.affordable(fresh.len()));
        self.first_pass(&fresh)?;
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
        for (&index, card) in indices.iter().zip(cards) {
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
            group.truncate(self.affordable(group.len()));
            if group.is_empty() {
                return Ok(());
            }
            let start = Instant::now();
            let clock = self.clocked();
            let edited = self.pictures(&group);
            let (source, asked) = (&self.source, &self.job.instruction);
            let cards = score_again(
                source,
                &edited,
                asked,
                &self.tools.rewards,
                pass as u32,
                &clock,
            )?;
            self.ledger.scored(group.len() as u64, start.elapsed());
            self.stages.add("score", start.elapsed().as_secs_f64());
            for (&index, card) in group.iter().zip(cards) {
                let so_far = self.card(index).cloned().unwrap_or_default();
                self.keep(index, passes::joined(&so_far, card, pass));
            }
        }
        Ok(())
    }

    /// Keeps a scorecard and lets the world hear of it.
    fn keep(&mut self, index: u64, mut card: Scorecard) {
        self.hear.scored(self.name(index), &card);
        if !self.hear.wants_all() {
            without_maps(&mut card);
        }
        if let Some(slot) = self.slot_mut(index) {
            slot.card = Some(card);
            slot.node.passes += 1;
        }
    }

    fn pictures(&self, indices: &[u64]) -> Vec<&Raster> {
        let made = indices.iter().filter_map(|&index| self.slot(index));
        made.filter_map(|slot| Some(&slot.made.as_ref()?.picture))
            .filter(|picture| picture.width > 0)
            .collect()
    }

    pub(super) fn comparison(&mut self, one: u64, other: u64) -> Result<Option<Verdict>, Stop> {
        if self.affordable(2) < 2 {
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
