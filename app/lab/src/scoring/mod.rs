//! Scores for the edits of a data set, made now: pictures are opened when their turn comes, cases are scored side by side,
//! and every score is in a journal before the next is begun, so that a run that was killed goes on where it was.

mod journal;
mod maps;
mod opened;
mod sentences;
mod told;
mod told_journal;
#[cfg(test)]
mod told_tests;
mod waiting;

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use retake_core::{Mask, Raster, Said, Watch, said};
use serde::{Deserialize, Serialize};

pub use journal::{Journal, kept};
pub use opened::{Beside, Opened, edit_beside, open_case, source_at};
pub use told::{MAP_EDGE, MOST_BYTES, Told, Why};
pub use told_journal::{Place, told, told_of};

use crate::LabError;
use crate::case::Case;
use crate::dataset::{Dataset, Tally};
use crate::rows::Flow;
use crate::table::{Entry, Group, Table, entries};
use crate::wordings::Otherwise;
use opened::Before;
use waiting::{Of, Waiting};

/// What an edit got.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Scores {
    /// joined by the selector, 0 to 1
    pub overall: f64,
    /// by dimension, 0 to 1
    pub by_dimension: BTreeMap<String, f64>,
    /// one standard deviation over passes, paraphrases and judges, by dimension
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub spread: BTreeMap<String, f64>,
    /// why, in sentences
    #[serde(default, skip_serializing_if = "Vec::is_empty", with = "sentences")]
    pub reasons: Vec<Said>,
    /// the dimension of each of the first reasons, in their order; what is said of none comes after them
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons_of: Vec<String>,
    /// comparisons in which a judge of pairs was shown this edit first
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub compared: Vec<Compared>,
    /// what it got when the wish was put in other words or another language
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub otherwise: Vec<Otherwise>,
    /// where what the rewards told beside it stands ([`told()`]), where that is kept
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told_at: Option<Place>,
    /// the same on its way there; a run lets it go
    #[serde(skip)]
    pub told: Option<Box<Told>>,
}

impl Scores {
    /// Why a dimension has its score.
    pub fn reasons_for(&self, dimension: &str) -> impl Iterator<Item = &Said> {
        let of = self.reasons_of.iter().zip(&self.reasons);
        of.filter_map(move |(of, reason)| (of == dimension).then_some(reason))
    }

    /// What is said of no dimension that has a score.
    pub fn other_reasons(&self) -> impl Iterator<Item = &Said> {
        let all = self.reasons.iter().enumerate();
        all.filter_map(|(at, reason)| {
            let of = self.reasons_of.get(at);
            let known = of.is_some_and(|of| self.by_dimension.contains_key(of));
            (!known).then_some(reason)
        })
    }
}

/// An answer of a judge that looks at two edits at once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Compared {
    /// place of the edit that was shown second
    pub second: usize,
    /// how sure the judge is that the first is better: 1 yes, 0 no, 0.5 a tie
    pub first_better: f64,
}

/// A source, what was asked, and where.
pub struct Question<'a> {
    /// at working size, linear Rec.2020
    pub source: &'a Raster,
    /// as the data set has it
    pub instruction: &'a str,
    /// white where the instruction applies
    pub mask: Option<&'a Mask>,
    /// whether what the rewards say is wanted beside the scores ([`Scores::told`])
    pub tell: bool,
}

/// Somebody who scores edits of a source: the rewards of the studio and its selector.
pub trait Scorer: Sync {
    /// Changes whenever the same pictures could score differently; a journal of another is not gone on with.
    fn fingerprint(&self) -> String;
    /// Whether a case is best left to one thread, and the next one to another, as neither waits for the other: a core then
    /// has its own pictures at hand, a tenth faster. False where cases wait for something that all of them need, such as a
    /// network: whoever has it should have all threads.
    fn by_itself(&self) -> bool {
        false
    }
    /// One for each edit, in order; all are edits of the same source. An error is about this case alone.
    fn score(&self, question: &Question<'_>, edits: &[&Raster]) -> Result<Vec<Scores>, Said>;
}

/// A case's scores by the names of its takes, or why there are none.
pub type Scored = Result<Vec<Scores>, Said>;

/// How a data set is scored.
#[derive(Clone, Copy, Debug)]
pub struct Manner {
    /// long edge at which it is looked, px
    pub long_edge: usize,
    /// cases side by side
    pub threads: usize,
    /// whether raw answers, distributions and evidence maps are kept beside the scores, at most [`MOST_BYTES`] an edit
    pub raw: bool,
}

/// All groups with their scores, and every case with its own.
pub struct Outcome {
    /// put together
    pub groups: Vec<Group>,
    /// used and skipped
    pub tally: Tally,
    /// in the order of the data set, without their pictures
    pub cases: Vec<(Case, Vec<Scores>)>,
    /// cases that were scored in this run; the others were in the journal
    pub fresh: usize,
}

/// Is told how many rows could not be used so far; from any thread.
pub type Skips<'a> = dyn Fn(usize) + Sync + 'a;

/// Scores a data set. With a journal, what it holds is not scored again; somebody who stops the work (`watch`) gets
/// [`LabError::Stopped`], and everything that was scored is in the journal.
pub fn run(
    data: &Dataset<'_>,
    scorer: &dyn Scorer,
    manner: Manner,
    journal: Option<&Path>,
    watch: &dyn Watch,
) -> Result<Outcome, LabError> {
    run_telling(data, scorer, manner, journal, watch, &|_| {})
}

/// The same; `skipped` is told how many rows could not be used so far, whenever there is one more.
pub fn run_telling(
    data: &Dataset<'_>,
    scorer: &dyn Scorer,
    manner: Manner,
    journal: Option<&Path>,
    watch: &dyn Watch,
    skipped: &Skips<'_>,
) -> Result<Outcome, LabError> {
    let mut journal = match journal {
        Some(folder) => Some(Journal::open(folder, &scorer.fingerprint(), manner.raw)?),
        None => None,
    };
    let known = journal
        .as_mut()
        .map_or_else(HashMap::new, Journal::take_known);
    let mut bare: Vec<(Case, String)> = Vec::new();
    let unusable = AtomicUsize::new(0);
    let shared = Shared {
        scorer,
        manner,
        watch,
        tell: manner.raw && journal.is_some(),
        journal: Mutex::new(journal),
        made: Mutex::new(HashMap::new()),
        failed: Mutex::new(None),
        unusable: &unusable,
        skipped,
        lost: AtomicUsize::new(0),
        limit: data.limit,
        read: AtomicUsize::new(0),
        whole: AtomicBool::new(false),
        done: Mutex::new(0),
    };
    retake_pixels::memory::keep_freed();
    let threads = manner.threads.max(1);
    let waiting = Waiting::for_threads(threads);
    let tally = std::thread::scope(|scope| {
        let (shared, waiting) = (&shared, &waiting);
        // also when whoever reads breaks down
        let closing = waiting.closing();
        for thread in 0..threads {
            scope.spawn(move || shared.work(waiting, thread));
        }
        let mut visit = |mut case: Case, place: &str| {
            if case.takes.is_empty() {
                return Err(said!("there is no edit to score"));
            }
            shared.read.fetch_add(1, Ordering::Relaxed);
            bare.push((stripped(&case), place.to_owned()));
            if known.contains_key(&case.id) {
                shared.tell(1);
            } else {
                // a verdict needs no more than the pictures
                case.verdicts = Vec::new();
                if !waiting.put(case) {
                    return Ok(Flow::Enough);
                }
            }
            Ok(if shared.is_over() {
                Flow::Enough
            } else {
                Flow::On
            })
        };
        let tally = data.walk_telling(&mut visit, &mut |count| {
            unusable.store(count, Ordering::Relaxed);
            skipped(count + shared.lost.load(Ordering::Relaxed));
        });
        shared.whole.store(true, Ordering::Relaxed);
        shared.tell(0);
        drop(closing);
        tally
    });
    let mut tally = tally?;
    if let Some(error) = shared
        .failed
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .take()
    {
        return Err(error);
    }
    if watch.stopped() {
        return Err(LabError::Stopped);
    }
    let made = shared
        .made
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    let fresh = made.len();
    let mut all = known;
    all.extend(made);
    let mut table = Table::default();
    let mut cases = Vec::new();
    for (case, place) in bare {
        match all.remove(&case.id) {
            Some(Ok(of)) if of.len() == case.takes.len() => {
                table.add(&case, with_scores(&case, &of));
                cases.push((case, of));
            }
            Some(Err(why)) => lose(&mut tally, place, case.id, why),
            _ => lose(&mut tally, place, case.id, said!("it was not scored")),
        }
    }
    Ok(Outcome {
        groups: table.groups(),
        tally,
        cases,
        fresh,
    })
}

fn lose(tally: &mut Tally, place: String, id: String, why: Said) {
    tally.used = tally.used.saturating_sub(1);
    tally.skip(place, Some(id), why);
}

/// The case without its pictures.
fn stripped(case: &Case) -> Case {
    let takes = case.takes.iter().map(|take| crate::case::Take {
        name: take.name.clone(),
        editor: take.editor.clone(),
        human: take.human,
        raters: take.raters.clone(),
        ..Default::default()
    });
    Case {
        takes: takes.collect(),
        id: case.id.clone(),
        group: case.group.clone(),
        task: case.task.clone(),
        dimension: case.dimension.clone(),
        language: case.language.clone(),
        instruction: case.instruction.clone(),
        verdicts: case.verdicts.clone(),
        ..Case::default()
    }
}

/// The entries of a case with their scores.
pub(crate) fn with_scores(case: &Case, scores: &[Scores]) -> Vec<Entry> {
    let of = entries(case).into_iter().zip(scores);
    of.map(|(entry, scores)| Entry {
        score: scores.overall,
        by_dimension: scores.by_dimension.clone(),
        compared: compared(case, &scores.compared),
        ..entry
    })
    .collect()
}

/// Comparisons by the name of the other edit.
fn compared(case: &Case, of: &[Compared]) -> Vec<(String, f64)> {
    let named = of.iter().filter_map(|compared| {
        let other = case.takes.get(compared.second)?;
        Some((other.name.clone(), compared.first_better))
    });
    named.collect()
}

/// Cases, each with the scores of its takes.
pub type ScoredCases = Vec<(Case, Vec<Scores>)>;

/// The cases of a data set, without their pictures, with what a run kept of them (see [`kept`]).
pub fn with_kept(
    data: &Dataset<'_>,
    scores: &HashMap<String, Vec<Scores>>,
) -> Result<(ScoredCases, Tally), LabError> {
    let mut cases = Vec::new();
    let tally = data.walk(&mut |case, _| {
        let of = scores.get(&case.id);
        let of = of.filter(|of| of.len() == case.takes.len());
        let of = of.ok_or_else(|| said!("that run has not scored it"))?;
        cases.push((stripped(&case), of.clone()));
        Ok(Flow::On)
    })?;
    Ok((cases, tally))
}

/// The same cases with the scores of another run, by id; cases that it has not scored are left out.
pub fn groups_of(
    cases: &[(Case, Vec<Scores>)],
    others: &HashMap<String, Vec<Scores>>,
) -> Vec<Group> {
    let mut table = Table::default();
    for (case, _) in cases {
        if let Some(scores) = others
            .get(&case.id)
            .filter(|of| of.len() == case.takes.len())
        {
            table.add(case, with_scores(case, scores));
        }
    }
    table.groups()
}

/// What the threads share.
struct Shared<'a> {
    scorer: &'a dyn Scorer,
    manner: Manner,
    watch: &'a dyn Watch,
    /// whether somebody keeps what is told
    tell: bool,
    journal: Mutex<Option<Journal>>,
    made: Mutex<HashMap<String, Scored>>,
    /// rows that no case came of
    unusable: &'a AtomicUsize,
    skipped: &'a Skips<'a>,
    /// cases whose pictures or scores failed
    lost: AtomicUsize,
    /// the journal could not be written
    failed: Mutex<Option<LabError>>,
    /// cases that are wanted at most
    limit: Option<usize>,
    /// cases that were read so far
    read: AtomicUsize,
    /// whether that is all
    whole: AtomicBool,
    /// of them those that have their scores; whoever tells it holds it, so that it never goes back
    done: Mutex<usize>,
}

impl Shared<'_> {
    fn is_over(&self) -> bool {
        let failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        failed.is_some() || self.watch.stopped()
    }

    /// Tells how many cases have their scores, after so many more.
    fn tell(&self, more: usize) {
        let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        *done += more;
        let read = self.read.load(Ordering::Relaxed);
        let total = match self.whole.load(Ordering::Relaxed) {
            true => read,
            false => self.limit.unwrap_or(read + 1),
        };
        self.watch.progress("scoring", *done, total);
    }

    /// Takes cases until there are no more. After the end was asked for they are taken and let go, so that whoever hands
    /// them out does not wait.
    fn work(&self, waiting: &Waiting, thread: usize) {
        let _guarded = waiting.guarded();
        let _alone = (self.manner.threads > 1 && self.scorer.by_itself()).then(pool_of_one);
        let mut at_hand: Option<(Of, Before)> = None;
        while let Some((of, case)) = waiting.take(thread) {
            if self.is_over() {
                continue;
            }
            let mut scored = self.score(&case, of, &mut at_hand);
            if scored.is_err() {
                let lost = self.lost.fetch_add(1, Ordering::Relaxed) + 1;
                (self.skipped)(self.unusable.load(Ordering::Relaxed) + lost);
            }
            // let go here, whoever keeps it
            let told = journal::lines(&case.id, &mut scored);
            if self.watch.stopped() {
                continue;
            }
            let mut journal = self.journal.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(journal) = journal.as_mut()
                && let Err(error) = journal.append(&case.id, &mut scored, told)
            {
                let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
                failed.get_or_insert(error);
            }
            drop(journal);
            let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
            made.insert(case.id, scored);
            drop(made);
            self.tell(1);
        }
    }

    /// Scores a case; its source is opened unless it is at hand, and then is.
    fn score(&self, case: &Case, of: Option<Of>, at_hand: &mut Option<(Of, Before)>) -> Scored {
        let before = match at_hand {
            Some((known, before)) if Some(*known) == of => before.clone(),
            _ => Before::open(case, self.manner.long_edge)?,
        };
        *at_hand = of.map(|of| (of, before.clone()));
        score_case(self.scorer, case, &before.beside(case)?, self.tell)
    }
}

/// What this thread then asks to be done side by side, it does alone; nothing where it is in a pool already.
fn pool_of_one() -> Option<rayon::ThreadPool> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1);
    pool.use_current_thread().build().ok()
}

fn score_case(scorer: &dyn Scorer, case: &Case, opened: &Opened, tell: bool) -> Scored {
    let question = Question {
        source: &opened.source,
        instruction: &case.instruction,
        mask: opened.mask.as_ref(),
        tell,
    };
    let scores = scorer.score(&question, &opened.edits.iter().collect::<Vec<_>>())?;
    let absurd = scores.iter().any(|scores| !scores.overall.is_finite());
    match scores.len() == case.takes.len() && !absurd {
        true => Ok(scores),
        false => Err(said!("the reward gave no usable number")),
    }
}

#[cfg(test)]
mod tests;
