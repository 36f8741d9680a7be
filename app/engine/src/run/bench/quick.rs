//! What is known of candidates without asking a slow judge: measures that its answers are foretold from, closer looks at
//! crops, and what was said of the same picture before.

use std::time::Instant;

use retake_core::{
    Dimension, Instruction, Raster, Rect, Score, ScoreRequest, Scorecard, Stop, Work,
};
use retake_pixels::resize;
use retake_pixels::same::mark;

use super::Bench;
use crate::run::crops::crops;

impl Bench<'_> {
    /// Whether it pays to foretell what judges would say: somebody is slow. Who holds candidates against each other is asked
    /// about all of them.
    fn foretells(&self) -> bool {
        let mut rewards = self.tools.rewards.iter();
        rewards.clone().any(|reward| reward.is_slow()) && !rewards.any(|reward| reward.compares())
    }

    /// See [`retake_core::Studio::quick`].
    pub(super) fn quick_of(&mut self, indices: &[u64]) -> Result<Vec<Option<Scorecard>>, Stop> {
        let mut cards = vec![None; indices.len()];
        if !self.foretells() {
            return Ok(cards);
        }
        let start = Instant::now();
        let places = self.with_pictures(indices);
        let there: Vec<u64> = places.iter().map(|&place| indices[place]).collect();
        let group = ScoreRequest {
            source: &self.source,
            edited: &self.pictures(&there),
            instruction: &self.job.instruction,
        };
        let quick = self.said_quickly(&group)?;
        self.stages.add("foretell", start.elapsed().as_secs_f64());
        for (place, card) in places.into_iter().zip(quick) {
            cards[place] = Some(card);
        }
        Ok(cards)
    }

    /// What those who are quick say of a group; one that fails says nothing.
    fn said_quickly(&self, group: &ScoreRequest<'_>) -> Result<Vec<Scorecard>, Stop> {
        let clock = self.clocked();
        let mut cards = vec![Scorecard::default(); group.edited.len()];
        for reward in self.tools.rewards.iter() {
            let said = match reward.quick(group, &clock) {
                Err(Stop::Failed(_)) => continue,
                said => said?,
            };
            for (card, more) in cards.iter_mut().zip(said) {
                card.merge(more);
            }
        }
        Ok(cards)
    }

    /// Those that are finished and whose picture is there, by their place.
    fn with_pictures(&self, indices: &[u64]) -> Vec<usize> {
        let there = |place: &usize| !self.pictures(&[indices[*place]]).is_empty();
        (0..indices.len()).filter(there).collect()
    }

    /// See [`retake_core::Studio::closer`].
    pub(super) fn closer_of(&mut self, indices: &[u64]) -> Result<Vec<Option<Scorecard>>, Stop> {
        let mut cards = vec![None; indices.len()];
        let (width, height) = (self.source.width, self.source.height);
        let mut places = self.with_pictures(indices);
        // one of another frame has no crops in common with the others
        places.retain(|&place| {
            let pictures = self.pictures(&[indices[place]]);
            let same = |picture: &&Raster| (picture.width, picture.height) == (width, height);
            pictures.iter().all(same)
        });
        places.truncate(self.affordable(places.len(), |_| Work::Score(0)));
        let there: Vec<u64> = places.iter().map(|&place| indices[place]).collect();
        let rects = match &self.crops {
            Some(rects) => rects.clone(),
            None if there.is_empty() => return Ok(cards),
            None => crops(&self.source, &self.pictures(&there)),
        };
        self.crops = Some(rects.clone());
        if there.is_empty() || rects.is_empty() {
            return Ok(cards);
        }
        let start = Instant::now();
        let mut looks: Vec<Vec<Scorecard>> = Vec::with_capacity(rects.len());
        for &rect in &rects {
            let source = self.source.crop(rect);
            let edited = self.pictures(&there);
            let edited: Vec<Raster> = edited.iter().map(|picture| picture.crop(rect)).collect();
            let edited: Vec<&Raster> = edited.iter().collect();
            let instruction = within(&self.job.instruction, (width, height), rect);
            looks.push(self.said_quickly(&ScoreRequest {
                source: &source,
                edited: &edited,
                instruction: &instruction,
            })?);
        }
        self.ledger.scored(there.len() as u64, start.elapsed());
        self.stages
            .add("score crops", start.elapsed().as_secs_f64());
        // what is asked of a place may lie elsewhere than in a crop
        let goals = &self.job.instruction.understood.goals;
        let everywhere = goals.iter().all(|goal| goal.region.is_whole());
        for (nth, place) in places.into_iter().enumerate() {
            let of_one: Vec<&Scorecard> = looks.iter().map(|look| &look[nth]).collect();
            let mut card = mean(&of_one);
            if !everywhere {
                let following = Dimension::from(Dimension::INSTRUCTION_FOLLOWING);
                card.scores.remove(&following);
            }
            if let Some(slot) = self.slot_mut(indices[place]) {
                slot.node.closer = Some(card.clone());
            }
            cards[place] = Some(card);
        }
        Ok(cards)
    }

    /// Takes those out of `fresh` whose picture is that of one before them, scored or among these; each with that one. Only
    /// where a judge is slow: the others are asked about everything.
    pub(super) fn without_twins(&mut self, fresh: &mut Vec<u64>) -> Vec<(u64, u64)> {
        let mut twins = Vec::new();
        if !self.foretells() {
            return twins;
        }
        fresh.retain(|&index| {
            let Some(mark) = self.pictures(&[index]).first().map(|picture| mark(picture)) else {
                return true;
            };
            match self.marks.get(&mark) {
                Some(&first) if first != index => {
                    twins.push((index, first));
                    false
                }
                _ => {
                    self.marks.insert(mark, index);
                    true
                }
            }
        });
        twins
    }

    /// Gives twins what was said of the one whose picture they have.
    pub(super) fn keep_twins(&mut self, twins: &[(u64, u64)]) {
        for &(index, first) in twins {
            let Some(known) = self.slot(first) else {
                continue;
            };
            let (card, passes) = (known.card.clone(), known.node.passes);
            let Some(card) = card else {
                continue;
            };
            self.keep(index, card);
            if let Some(slot) = self.slot_mut(index) {
                slot.node.passes = passes;
            }
        }
    }
}

/// The mean of each score over several looks, without reasons.
fn mean(looks: &[&Scorecard]) -> Scorecard {
    let mut card = Scorecard::default();
    let Some(first) = looks.first() else {
        return card;
    };
    for name in first.scores.keys() {
        let all: Vec<&Score> = looks
            .iter()
            .filter_map(|look| look.scores.get(name))
            .collect();
        let share = 1.0 / all.len() as f32;
        let score = Score {
            value: all.iter().map(|score| score.value * share).sum(),
            spread: all.iter().map(|score| score.spread * share).sum(),
            reasons: Vec::new(),
            evidence: None,
        };
        card.scores.insert(name.clone(), score);
    }
    card
}

/// The instruction for a crop of the photo: its mask is that of the crop.
fn within(instruction: &Instruction, (width, height): (usize, usize), rect: Rect) -> Instruction {
    let mask = instruction.mask.as_ref().map(|mask| {
        let whole = resize::mask(mask, width, height);
        retake_core::Mask::from_fn(rect.width(), rect.height(), |x, y| {
            whole.at(rect.x0 + x, rect.y0 + y)
        })
    });
    Instruction {
        mask,
        ..instruction.clone()
    }
}
