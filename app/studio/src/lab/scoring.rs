//! Who scores the edits of an open data set: a judge whose answers it keeps, or rewards that are run now, and the figures that
//! come of it.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use retake_core::{Said, said};
use retake_lab::bench::{Report, groups_of_scored, recorded_scores};
use retake_lab::case::Case;
use retake_lab::dataset::{Dataset, Tally};
use retake_lab::lines::Lines;
use retake_lab::measures::best_of::{BestOf, best_of};
use retake_lab::measures::bootstrap::Draws;
use retake_lab::recorded::formula;
use retake_lab::scoring::{Manner, Scored, Scorer, run};
use retake_lab::sittings::agreement::Opinion;
use retake_lab::table::Group;

use super::errand::Teller;

/// Long edge at which edits are judged, px.
pub(crate) const LONG_EDGE: usize = 512;
/// From so many groups on fewer rounds of the bootstrap are made.
const MANY: usize = 2000;

/// Who is asked.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Judge {
    /// what the data set keeps of a judge, joined by a formula
    Recorded {
        /// its name there
        judge: String,
        /// id of the formula
        formula: String,
    },
    /// rewards that are run now: none is what is built in, else the place of a judge
    Rewards(String),
}

/// What came of it.
pub(crate) struct Scoring {
    /// who was asked
    pub(crate) judge: Judge,
    /// one a case
    pub(crate) scores: Arc<Vec<Scored>>,
    /// the lines with these scores
    pub(crate) lines: Arc<Lines>,
    /// the figures
    pub(crate) report: Report,
    /// what the best of N is worth
    pub(crate) best_of: Vec<BestOf>,
    /// rounds of the bootstrap behind the intervals
    pub(crate) rounds: usize,
    /// where the scores are kept
    pub(crate) folder: Option<PathBuf>,
}

impl Scoring {
    /// Its name, and the score of every edit by its lineup and its own name.
    pub(crate) fn opinion(&self, cases: &[Case]) -> (String, Opinion) {
        let name = match &self.judge {
            Judge::Recorded { judge, formula } => format!("{judge}:{formula}"),
            Judge::Rewards(place) if place.is_empty() => "built_in".to_owned(),
            Judge::Rewards(place) => place.clone(),
        };
        let mut opinion = Opinion::new();
        for (case, scores) in cases.iter().zip(self.scores.iter()) {
            let scores = scores.iter().flatten();
            opinion.extend(
                case.takes.iter().zip(scores).map(|(take, scores)| {
                    ((case.group.clone(), take.name.clone()), scores.overall)
                }),
            );
        }
        (name, opinion)
    }
}

/// What is scored.
pub(crate) struct Subject {
    /// to be read again
    pub(crate) data: Dataset<'static>,
    /// as it was read
    pub(crate) lines: Arc<Lines>,
    /// of the reading
    pub(crate) tally: Tally,
    /// in which results are kept
    pub(crate) home: Option<PathBuf>,
}

/// The judges whose answers the cases keep, with how many edits each has scored.
pub(crate) fn recorded_judges(cases: &[Case]) -> BTreeMap<String, usize> {
    let mut judges = BTreeMap::new();
    for judge in cases
        .iter()
        .flat_map(|case| &case.takes)
        .flat_map(|take| take.recorded.keys())
    {
        *judges.entry(judge.clone()).or_default() += 1;
    }
    judges
}

/// Where what was found out about a data set is kept.
pub(crate) fn folder_of(home: &Path, data: &Path) -> PathBuf {
    let whole = data.canonicalize().unwrap_or_else(|_| data.to_owned());
    let name = data.file_name().unwrap_or(data.as_os_str());
    let mark = mark(whole.to_string_lossy().as_bytes());
    home.join(format!("{}-{mark}", name.to_string_lossy()))
}

/// Eight letters that stand for something long.
fn mark(bytes: &[u8]) -> String {
    let hash = retake_files::sha256(bytes);
    hash.iter().take(4).map(|b| format!("{b:02x}")).collect()
}

/// Takes what a recorded judge said.
pub(crate) fn by_record(subject: &Subject, judge: &str, formula_id: &str) -> Result<Scoring, Said> {
    let joined = formula(formula_id)
        .ok_or_else(|| said!("there is no formula {name}", name = formula_id))?;
    let scores = recorded_scores(&subject.lines.cases, judge, &joined);
    let who = Judge::Recorded {
        judge: judge.to_owned(),
        formula: formula_id.to_owned(),
    };
    summed(
        subject,
        who,
        scores,
        subject.tally.clone(),
        (judge, formula_id),
        None,
    )
}

/// Runs rewards over the data set. What was scored before is not scored again.
pub(crate) fn by_rewards(
    subject: &Subject,
    place: &str,
    scorer: &dyn Scorer,
    teller: &Teller,
) -> Result<Scoring, Said> {
    let folder = subject.home.as_ref().map(|home| {
        let mark = mark(scorer.fingerprint().as_bytes());
        folder_of(home, &subject.data.path).join(mark)
    });
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let manner = Manner {
        long_edge: LONG_EDGE,
        threads: threads.clamp(1, 64),
        raw: true,
    };
    let outcome = run(&subject.data, scorer, manner, folder.as_deref(), teller);
    let outcome = outcome.map_err(|error| error.said())?;
    let mut known: HashMap<String, Scored> = outcome
        .cases
        .into_iter()
        .map(|(case, scores)| (case.id, Ok(scores)))
        .collect();
    for row in &outcome.tally.skipped_rows {
        if let Some(id) = &row.id {
            let why = row.reason.clone();
            known.entry(id.clone()).or_insert(Err(why));
        }
    }
    let missing = || Err(said!("it was not scored"));
    let cases = subject.lines.cases.iter();
    let scores = cases
        .map(|case| known.remove(&case.id).unwrap_or_else(missing))
        .collect();
    let who = Judge::Rewards(place.to_owned());
    let name = match place {
        "" => "built_in",
        place => place,
    };
    let tally = subject.tally.clone();
    summed(subject, who, scores, tally, (name, "power_product"), folder)
}

/// What is said of a run that somebody stopped.
pub(crate) const STOPPED: &str = "stopped";

fn summed(
    subject: &Subject,
    judge: Judge,
    scores: Vec<Scored>,
    mut tally: Tally,
    (name, selector): (&str, &str),
    folder: Option<PathBuf>,
) -> Result<Scoring, Said> {
    let groups = groups_of_scored(&subject.lines.cases, &scores, &mut tally);
    if groups.is_empty() {
        let why = tally.skipped_rows.last().map(|row| row.reason.clone());
        return Err(why.unwrap_or_else(|| said!("no edit could be scored")));
    }
    let rounds = match groups.len() {
        0..MANY => 1000,
        _ => 200,
    };
    let draws = Draws { rounds, seed: 0 };
    let report = Report::of(
        (subject.data.format.id, name, selector),
        &groups,
        tally,
        draws,
    );
    Ok(Scoring {
        judge,
        lines: Arc::new(subject.lines.scored(&scores)),
        scores: Arc::new(scores),
        report,
        best_of: best_of(&groups.iter().map(Group::rated).collect::<Vec<_>>()),
        rounds,
        folder,
    })
}
