//! One run: candidates are made and scored as the strategy asks, and the selector names a winner.

mod bench;

use std::collections::BTreeMap;
use std::sync::Arc;

use retake_core::{
    Budget, Candidate, EditError, Editor, EditorSettings, Instruction, Photo, Raster, Reward, Said,
    ScoreRequest, Scorecard, Selection, Selector, Spent, Stop, Strategy, Watch,
};
use retake_pixels::resize;

use self::bench::{Bench, Failure};
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
    /// what a person set of the editor
    pub settings: EditorSettings,
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
        let scored = reward.score_with(&request, &cards, watch)?;
        for (card, scores) in cards.iter_mut().zip(scored) {
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

#[cfg(test)]
mod tests;
