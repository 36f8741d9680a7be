//! One run: candidates are made and scored as the strategy asks, and the selector names a winner.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use rayon::prelude::*;
use retake_core::{
    Budget, Candidate, EditError, EditRequest, Editor, Instruction, Photo, Raster, Reward, Rng,
    ScoreRequest, Scorecard, Selection, Selector, Spent, Stop, Strategy, Studio, Trajectory, Watch,
};
use retake_pixels::resize;

use crate::Stages;

/// What the work is done with.
pub struct Tools {
    /// makes the candidates
    pub editor: Arc<dyn Editor>,
    /// score them; on the same dimension a later one wins
    pub rewards: Vec<Box<dyn Reward>>,
    /// spends the budget
    pub strategy: Box<dyn Strategy>,
    /// names the winner
    pub selector: Box<dyn Selector>,
}

/// What is to be done.
pub struct Job {
    /// whole
    pub photo: Photo,
    /// understood, with its mask
    pub instruction: Instruction,
    /// how many candidates
    pub budget: Budget,
    /// of the run; candidate `i` depends on it and `i` alone
    pub seed: u64,
    /// long edge at which candidates are made and scored, px
    pub long_edge: usize,
}

/// What came of it.
pub struct Outcome {
    /// the photo at working size
    pub source: Arc<Raster>,
    /// in the order of their index
    pub candidates: Vec<Candidate>,
    /// one a candidate
    pub cards: Vec<Scorecard>,
    /// the winner and how sure that is
    pub selection: Selection,
    /// edits and scores
    pub spent: Spent,
    /// seconds
    pub stages: Stages,
}

/// Why there is no outcome.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The editor could not begin.
    #[error(transparent)]
    Edit(#[from] EditError),
    /// Stopped or failed on the way.
    #[error(transparent)]
    Stop(#[from] Stop),
}

/// Does a job.
pub fn run(job: &Job, tools: &Tools, watch: &dyn Watch) -> Result<Outcome, RunError> {
    let mut stages = Stages::default();
    let source = stages
        .time("preview", || resize::fit(&job.photo, job.long_edge))
        .map(Arc::new)?;
    let mut bench = Bench {
        job,
        tools,
        watch,
        source: source.clone(),
        stages,
        refused: None,
    };
    let result = tools.strategy.run(&mut bench, job.budget);
    let Bench {
        mut stages,
        refused,
        ..
    } = bench;
    let (made, spent) = match (result, refused) {
        (Err(_), Some(refused)) => return Err(refused.into()),
        (result, _) => result?,
    };
    let (candidates, cards): (Vec<_>, Vec<_>) = made.into_iter().unzip();
    let selection = stages.time("select", || tools.selector.select(&cards));
    Ok(Outcome {
        source,
        candidates,
        cards,
        selection,
        spent,
        stages,
    })
}

/// Scores existing pictures, all rewards into one scorecard each.
pub fn score(
    source: &Raster,
    edited: &[&Raster],
    instruction: &Instruction,
    rewards: &[Box<dyn Reward>],
    watch: &dyn Watch,
) -> Result<Vec<Scorecard>, Stop> {
    let mut cards = vec![Scorecard::default(); edited.len()];
    for (i, reward) in rewards.iter().enumerate() {
        watch.progress("scoring", i, rewards.len());
        let request = ScoreRequest {
            source,
            edited,
            instruction,
        };
        for (card, scores) in cards.iter_mut().zip(reward.score(&request, watch)?) {
            card.merge(scores);
        }
    }
    watch.progress("scoring", rewards.len(), rewards.len());
    Ok(cards)
}

/// The place where a strategy has its candidates made and scored.
struct Bench<'a> {
    job: &'a Job,
    tools: &'a Tools,
    watch: &'a dyn Watch,
    source: Arc<Raster>,
    stages: Stages,
    refused: Option<EditError>,
}

impl Bench<'_> {
    fn start(&self, index: u64) -> Result<Box<dyn Trajectory>, EditError> {
        self.tools.editor.start(&EditRequest {
            photo: self.job.photo.clone(),
            instruction: self.job.instruction.clone(),
            seed: Rng::seed_of(self.job.seed, index),
            source: self.source.clone(),
        })
    }
}

impl Studio for Bench<'_> {
    fn make(&mut self, indices: &[u64]) -> Result<Vec<Candidate>, Stop> {
        let start = Instant::now();
        // one after the other: an editor may look at the photo under a lock when it starts
        let started = indices
            .iter()
            .map(|&index| self.start(index))
            .collect::<Result<Vec<_>, _>>();
        let trajectories = started.map_err(|error| {
            let stop = Stop::Failed(error.to_string());
            self.refused = Some(error);
            stop
        })?;
        let done = AtomicUsize::new(0);
        let finish = |trajectory: Box<dyn Trajectory>| {
            if self.watch.stopped() {
                return Err(Stop::Cancelled);
            }
            let made = trajectory.finish(self.watch);
            let done = done.fetch_add(1, Ordering::Relaxed) + 1;
            self.watch.progress("editing", done, indices.len());
            made
        };
        let made: Vec<Result<Candidate, Stop>> = trajectories.into_par_iter().map(finish).collect();
        self.stages.add("edit", start.elapsed().as_secs_f64());
        made.into_iter().collect()
    }

    fn score(&mut self, group: &[&Candidate]) -> Result<Vec<Scorecard>, Stop> {
        let edited: Vec<&Raster> = group.iter().map(|candidate| &candidate.picture).collect();
        let mut stages = std::mem::take(&mut self.stages);
        let cards = stages.time("score", || {
            score(
                &self.source,
                &edited,
                &self.job.instruction,
                &self.tools.rewards,
                self.watch,
            )
        });
        self.stages = stages;
        cards
    }
}

#[cfg(test)]
mod tests;
