//! The bench: where a strategy has its candidates made and scored. As many are made side by side as the editor says, and
//! one that cannot be made leaves its place to the others.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use rayon::prelude::*;
use retake_core::{
    Candidate, EditError, EditRequest, Raster, Rng, Said, Scorecard, Stop, Studio, Trajectory,
};

use super::{Hear, Job, Tools, score, without_maps};
use crate::Stages;

/// After so many failures in a row no more is tried: it is not the seed.
const GIVE_UP: usize = 4;

/// The place where a strategy has its candidates made and scored.
pub(super) struct Bench<'a> {
    pub(super) job: &'a Job,
    pub(super) tools: &'a Tools,
    pub(super) hear: &'a dyn Hear,
    /// the photo at working size
    pub(super) working: Arc<Raster>,
    /// what candidates are judged against
    pub(super) source: Arc<Raster>,
    /// index of each candidate made so far, by its seed
    pub(super) indices: BTreeMap<u64, u64>,
    pub(super) stages: Stages,
    pub(super) failures: Vec<(u64, Said)>,
    /// of those, without one between that could be made
    pub(super) in_a_row: usize,
    /// the first of them
    pub(super) first: Option<Failure>,
    /// why the editor could not begin, when that ended the run
    pub(super) refused: Option<EditError>,
}

impl Bench<'_> {
    pub(super) fn request(&self, index: u64) -> EditRequest {
        EditRequest {
            photo: self.job.photo.clone(),
            instruction: self.job.instruction.clone(),
            seed: Rng::seed_of(self.job.seed, self.job.first + index),
            source: self.working.clone(),
            base: self.job.base.clone(),
            like: self.job.like.clone(),
            settings: self.job.settings.clone(),
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
pub(super) enum Failure {
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
