//! One run: candidates are made and scored as the strategy asks, and the selector names a winner.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use rayon::prelude::*;
use retake_core::{
    Budget, Candidate, EditError, EditRequest, Editor, Instruction, Photo, Raster, Reward, Rng,
    Said, ScoreRequest, Scorecard, Selection, Selector, Spent, Stop, Strategy, Studio, Trajectory,
    Watch,
};
use retake_pixels::resize;

use crate::Stages;

/// What the work is done with.
pub struct Tools {
    /// makes the candidates
    pub editor: Arc<dyn Editor>,
    /// score them; on the same dimension a later one wins
    pub rewards: Arc<[Box<dyn Reward>]>,
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
    /// index of the first candidate: more than 0 when a run is gone on with
    pub first: u64,
    /// long edge at which candidates are made and scored, px
    pub long_edge: usize,
    /// the edit that is gone on from, as its provenance describes it; `None` is the photo itself
    pub base: Option<serde_json::Value>,
    /// "more like this": candidates are neighbours of this edit
    pub like: Option<serde_json::Value>,
}

/// Hears of each candidate as soon as there is something to hear. Called from working threads: be quick.
pub trait Hear: Watch {
    /// Of a candidate that takes several steps, so many are done.
    fn stepped(&self, _index: u64, _done: usize, _total: usize) {}
    /// What an unfinished candidate looks like so far.
    fn previewed(&self, _index: u64, _picture: &Raster) {}
    /// A candidate is there.
    fn made(&self, _index: u64, _candidate: &Candidate) {}
    /// A candidate could not be made: why, in a sentence. The others go on.
    fn failed(&self, _index: u64, _why: &Said) {}
    /// Its scores are there.
    fn scored(&self, _index: u64, _card: &Scorecard) {}
    /// Whether pictures and maps are wanted once more in the outcome. Who has heard of each needs them no more, and
    /// sixty-four candidates with all their maps would fill gigabytes.
    fn wants_all(&self) -> bool {
        true
    }
}

/// Hears nothing but is still watched.
struct Deaf<'a>(&'a dyn Watch);

impl Watch for Deaf<'_> {
    fn progress(&self, stage: &'static str, done: usize, total: usize) {
        self.0.progress(stage, done, total);
    }
    fn stopped(&self) -> bool {
        self.0.stopped()
    }
}

impl Hear for Deaf<'_> {}

/// What came of it.
pub struct Outcome {
    /// what was edited, at working size: the photo, or the edit that was gone on from
    pub source: Arc<Raster>,
    /// in the order of their index
    pub candidates: Vec<Candidate>,
    /// one a candidate
    pub cards: Vec<Scorecard>,
    /// the winner and how sure that is
    pub selection: Selection,
    /// candidates that could not be made, by index, and why; their places among `candidates` are closed up
    pub failures: Vec<(u64, Said)>,
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

impl RunError {
    /// The sentence.
    pub fn said(&self) -> Said {
        match self {
            Self::Edit(error) => error.said(),
            Self::Stop(stop) => stop.said(),
        }
    }
}

/// Does a job.
pub fn run(job: &Job, tools: &Tools, watch: &dyn Watch) -> Result<Outcome, RunError> {
    let mut stages = Stages::default();
    let source = stages
        .time("preview", || resize::fit(&job.photo, job.long_edge))
        .map(Arc::new)?;
    run_on(job, source, stages, tools, &Deaf(watch))
}

/// The same with the photo already at working size, and every candidate heard of as it comes.
pub fn run_aloud(
    job: &Job,
    working: Arc<Raster>,
    tools: &Tools,
    hear: &dyn Hear,
) -> Result<Outcome, RunError> {
    run_on(job, working, Stages::default(), tools, hear)
}

fn run_on(
    job: &Job,
    working: Arc<Raster>,
    stages: Stages,
    tools: &Tools,
    hear: &dyn Hear,
) -> Result<Outcome, RunError> {
    let mut bench = Bench {
        job,
        tools,
        hear,
        source: working.clone(),
        working,
        indices: BTreeMap::new(),
        stages,
        failures: Vec::new(),
        in_a_row: 0,
        first: None,
        refused: None,
    };
    if let Some(base) = &job.base {
        bench.source = Arc::new(tools.editor.redo(&bench.request(0), base)?);
    }
    let source = bench.source.clone();
    let result = tools.strategy.run(&mut bench, job.budget);
    let Bench {
        mut stages,
        failures,
        first,
        refused,
        ..
    } = bench;
    let (made, spent) = match (result, refused) {
        (Err(_), Some(refused)) => return Err(refused.into()),
        (result, _) => result?,
    };
    let (candidates, cards): (Vec<_>, Vec<_>) = made.into_iter().unzip();
    if let (true, Some(why)) = (candidates.is_empty(), first) {
        return Err(match why {
            Failure::Start(error) => error.into(),
            Failure::Way(said) => Stop::Failed(said).into(),
        });
    }
    let selection = stages.time("select", || tools.selector.select(&cards));
    Ok(Outcome {
        source,
        candidates,
        cards,
        selection,
        failures,
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

/// Lets the maps go that say where the reasons show.
pub(crate) fn without_maps(card: &mut Scorecard) {
    for score in card.scores.values_mut() {
        score.evidence = None;
        for reason in &mut score.reasons {
            reason.evidence = None;
        }
    }
}

/// After so many failures in a row no more is tried: it is not the seed.
const GIVE_UP: usize = 4;

/// The place where a strategy has its candidates made and scored.
struct Bench<'a> {
    job: &'a Job,
    tools: &'a Tools,
    hear: &'a dyn Hear,
    /// the photo at working size
    working: Arc<Raster>,
    /// what candidates are judged against
    source: Arc<Raster>,
    /// index of each candidate made so far, by its seed
    indices: BTreeMap<u64, u64>,
    stages: Stages,
    failures: Vec<(u64, Said)>,
    /// of those, without one between that could be made
    in_a_row: usize,
    /// the first of them
    first: Option<Failure>,
    /// why the editor could not begin, when that ended the run
    refused: Option<EditError>,
}

impl Bench<'_> {
    fn request(&self, index: u64) -> EditRequest {
        EditRequest {
            photo: self.job.photo.clone(),
            instruction: self.job.instruction.clone(),
            seed: Rng::seed_of(self.job.seed, self.job.first + index),
            source: self.working.clone(),
            base: self.job.base.clone(),
            like: self.job.like.clone(),
        }
    }

    /// Does the steps of one trajectory, showing what it looks like on the way.
    fn finish(&self, index: u64, mut trajectory: Box<dyn Trajectory>) -> Result<Candidate, Stop> {
        let total = trajectory.steps_left();
        while trajectory.steps_left() > 1 {
            if self.hear.stopped() {
                return Err(Stop::Cancelled);
            }
            trajectory.step(self.hear)?;
            let done = total.saturating_sub(trajectory.steps_left());
            self.hear.stepped(self.job.first + index, done, total);
            if let Some(picture) = trajectory.preview() {
                self.hear.previewed(self.job.first + index, &picture);
            }
        }
        if self.hear.stopped() {
            return Err(Stop::Cancelled);
        }
        let made = trajectory.finish(self.hear)?;
        self.hear.made(self.job.first + index, &made);
        Ok(made)
    }
}

/// Why a candidate is not there.
enum Unmade {
    /// the person, or the time, ended the run
    Stopped,
    /// the editor cannot begin with this instruction, on any seed
    Refused(EditError),
    /// this one could not be made
    Failed(Failure),
}

/// What went wrong with one candidate.
enum Failure {
    /// at its start: the machine
    Start(EditError),
    /// on its way
    Way(Said),
}

impl Failure {
    fn said(&self) -> Said {
        match self {
            Self::Start(error) => error.said(),
            Self::Way(said) => said.clone(),
        }
    }
}

impl From<EditError> for Unmade {
    fn from(error: EditError) -> Self {
        match error {
            EditError::Machine(_) => Self::Failed(Failure::Start(error)),
            _ => Self::Refused(error),
        }
    }
}

impl From<Stop> for Unmade {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Cancelled => Self::Stopped,
            Stop::Failed(said) => Self::Failed(Failure::Way(said)),
        }
    }
}

impl Bench<'_> {
    /// Makes so many candidates as may run side by side; `done` counts them within a round of `total`.
    fn few(
        &self,
        indices: &[u64],
        done: &AtomicUsize,
        total: usize,
    ) -> Vec<Result<Candidate, Unmade>> {
        if self.hear.stopped() {
            return indices.iter().map(|_| Err(Unmade::Stopped)).collect();
        }
        // one after the other: an editor may look at the photo under a lock when it starts
        let mut started = Vec::with_capacity(indices.len());
        for &index in indices {
            let trajectory = self.tools.editor.start(&self.request(index));
            let trajectory = trajectory.map_err(Unmade::from);
            let refused = matches!(trajectory, Err(Unmade::Refused(_)));
            started.push((index, trajectory));
            if refused {
                // whoever cannot begin with one cannot begin with the others
                return started
                    .into_iter()
                    .filter_map(|(_, trajectory)| trajectory.err())
                    .map(Err)
                    .collect();
            }
        }
        started
            .into_par_iter()
            .map(|(index, trajectory)| {
                let made = trajectory.and_then(|trajectory| {
                    let made = self.finish(index, trajectory);
                    made.map_err(Unmade::from)
                });
                if let Err(Unmade::Failed(why)) = &made {
                    self.hear.failed(self.job.first + index, &why.said());
                }
                let done = done.fetch_add(1, Ordering::Relaxed) + 1;
                self.hear.progress("editing", done, total);
                made
            })
            .collect()
    }
}

impl Studio for Bench<'_> {
    fn make(&mut self, indices: &[u64]) -> Result<Vec<Candidate>, Stop> {
        let start = Instant::now();
        let done = AtomicUsize::new(0);
        let side_by_side = self.tools.editor.info().at_once.unwrap_or(indices.len());
        let mut made = Vec::with_capacity(indices.len());
        if self.in_a_row >= GIVE_UP {
            return Ok(made);
        }
        for few in indices.chunks(side_by_side.max(1)) {
            for (&index, result) in few.iter().zip(self.few(few, &done, indices.len())) {
                match result {
                    Ok(candidate) => {
                        self.indices.insert(candidate.provenance.seed, index);
                        self.in_a_row = 0;
                        made.push(candidate);
                    }
                    Err(Unmade::Stopped) => return Err(Stop::Cancelled),
                    Err(Unmade::Refused(error)) => {
                        let stop = Stop::Failed(error.said());
                        self.refused = Some(error);
                        return Err(stop);
                    }
                    Err(Unmade::Failed(why)) => {
                        self.failures.push((self.job.first + index, why.said()));
                        self.in_a_row += 1;
                        self.first.get_or_insert(why);
                    }
                }
            }
        }
        self.stages.add("edit", start.elapsed().as_secs_f64());
        Ok(made)
    }

    fn score(&mut self, group: &[&Candidate]) -> Result<Vec<Scorecard>, Stop> {
        if group.is_empty() {
            return Ok(Vec::new());
        }
        let edited: Vec<&Raster> = group.iter().map(|candidate| &candidate.picture).collect();
        let mut stages = std::mem::take(&mut self.stages);
        let cards = stages.time("score", || {
            score(
                &self.source,
                &edited,
                &self.job.instruction,
                &self.tools.rewards,
                self.hear,
            )
        });
        self.stages = stages;
        let mut cards = cards?;
        for (candidate, card) in group.iter().zip(&mut cards) {
            if let Some(index) = self.indices.get(&candidate.provenance.seed) {
                self.hear.scored(self.job.first + index, card);
            }
            if !self.hear.wants_all() {
                without_maps(card);
            }
        }
        Ok(cards)
    }

    fn done_with(&mut self, candidate: &mut Candidate) {
        if !self.hear.wants_all() {
            candidate.picture = Raster::new(0, 0);
        }
    }
}

#[cfg(test)]
mod tests;
