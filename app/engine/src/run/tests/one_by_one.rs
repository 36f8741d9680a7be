//! Editors that make one candidate at a time, and candidates that cannot be made.

use std::sync::Mutex;

use super::*;

/// Paints in three steps; seeds in `fails` break on the way, those in `never` at the start.
struct Slow {
    at_once: Option<usize>,
    fails: Vec<u64>,
    never: Vec<u64>,
    /// trajectories alive, and the most there ever were
    alive: Arc<(AtomicUsize, AtomicUsize)>,
}

impl Slow {
    fn breaking(fails: &[u64]) -> Self {
        let seed = |&index: &u64| Rng::seed_of(7, index);
        Self {
            at_once: Some(1),
            fails: fails.iter().map(seed).collect(),
            never: Vec::new(),
            alive: Arc::default(),
        }
    }
}

struct Way {
    left: usize,
    breaks: bool,
    alive: Arc<(AtomicUsize, AtomicUsize)>,
    stroke: Box<dyn Trajectory>,
}

impl Drop for Way {
    fn drop(&mut self) {
        self.alive.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Editor for Slow {
    fn info(&self) -> EditorInfo {
        EditorInfo {
            at_once: self.at_once,
            ..Painter { refuses: None }.info()
        }
    }
    fn start(&self, request: &EditRequest) -> Result<Box<dyn Trajectory>, EditError> {
        if self.never.contains(&request.seed) {
            return Err(EditError::Machine(Said::words("no memory")));
        }
        let now = self.alive.0.fetch_add(1, Ordering::Relaxed) + 1;
        self.alive.1.fetch_max(now, Ordering::Relaxed);
        Ok(Box::new(Way {
            left: 3,
            breaks: self.fails.contains(&request.seed),
            alive: self.alive.clone(),
            stroke: Painter { refuses: None }.start(request)?,
        }))
    }
    fn redo(&self, request: &EditRequest, _: &serde_json::Value) -> Result<Raster, EditError> {
        Ok(request.source.as_ref().clone())
    }
    fn develop(
        &self,
        photo: &Photo,
        _: &Instruction,
        _: &Provenance,
    ) -> Result<Box<dyn Picture>, EditError> {
        Ok(Box::new(photo.clone()))
    }
}

impl Trajectory for Way {
    fn steps_left(&self) -> usize {
        self.left
    }
    fn step(&mut self, _: &dyn Watch) -> Result<(), Stop> {
        self.left -= 1;
        match self.breaks {
            true => Err(Stop::Failed(Said::words("not a number"))),
            false => Ok(()),
        }
    }
    fn preview(&self) -> Option<Raster> {
        Some(Raster::new(2, 2))
    }
    fn fork(&self, _: u64) -> Option<Box<dyn Trajectory>> {
        None
    }
    fn finish(mut self: Box<Self>, watch: &dyn Watch) -> Result<Candidate, Stop> {
        self.step(watch)?;
        let stroke = std::mem::replace(&mut self.stroke, Box::new(Nothing));
        stroke.finish(watch)
    }
}

/// Stands where a stroke was.
struct Nothing;

impl Trajectory for Nothing {
    fn steps_left(&self) -> usize {
        0
    }
    fn step(&mut self, _: &dyn Watch) -> Result<(), Stop> {
        Ok(())
    }
    fn preview(&self) -> Option<Raster> {
        None
    }
    fn fork(&self, _: u64) -> Option<Box<dyn Trajectory>> {
        None
    }
    fn finish(self: Box<Self>, _: &dyn Watch) -> Result<Candidate, Stop> {
        Err(Stop::Cancelled)
    }
}

/// Writes down what it hears.
#[derive(Default)]
struct Diary(Mutex<Vec<String>>);

impl Diary {
    fn note(&self, line: String) {
        self.0.lock().expect("nobody panics").push(line);
    }
}

impl Watch for Diary {
    fn progress(&self, _: &'static str, _: usize, _: usize) {}
}

impl Hear for Diary {
    fn stepped(&self, index: u64, done: usize, total: usize) {
        self.note(format!("{index}: step {done} of {total}"));
    }
    fn previewed(&self, index: u64, _: &Raster) {
        self.note(format!("preview {index}"));
    }
    fn made(&self, index: u64, _: &Candidate) {
        self.note(format!("made {index}"));
    }
    fn failed(&self, index: u64, why: &Said) {
        self.note(format!("failed {index}: {why}"));
    }
}

fn heard(editor: Slow, edits: usize, strategy: Box<dyn Strategy>) -> (Vec<String>, RunResult) {
    let diary = Diary::default();
    let tools = Tools {
        editor: Arc::new(editor),
        strategy,
        ..tools(None, vec![Box::new(Eye("light", 1.0))])
    };
    let working = Arc::new(Raster::new(32, 24));
    let outcome = run_aloud(&job(edits, 7), working, &tools, &diary);
    (diary.0.into_inner().expect("nobody panics"), outcome)
}

type RunResult = Result<Outcome, RunError>;

#[test]
fn an_editor_of_one_at_a_time_makes_one_after_the_other_and_shows_each_on_its_way() {
    let editor = Slow::breaking(&[]);
    let alive = editor.alive.clone();
    let (lines, outcome) = heard(editor, 2, Box::new(All));
    assert!(outcome.is_ok());
    assert_eq!(alive.1.load(Ordering::Relaxed), 1);
    assert_eq!(
        lines,
        [
            "0: step 1 of 3",
            "preview 0",
            "0: step 2 of 3",
            "preview 0",
            "made 0",
            "1: step 1 of 3",
            "preview 1",
            "1: step 2 of 3",
            "preview 1",
            "made 1"
        ]
    );
}

#[test]
fn one_that_fails_is_told_of_and_the_others_are_kept_under_their_own_index() {
    let (lines, outcome) = heard(Slow::breaking(&[1]), 3, Box::new(All));
    let outcome = outcome.expect("two of three are there");
    let seeds: Vec<u64> = outcome
        .candidates
        .iter()
        .map(|made| made.provenance.seed)
        .collect();
    assert_eq!(seeds, [Rng::seed_of(7, 0), Rng::seed_of(7, 2)]);
    assert_eq!(outcome.cards.len(), 2);
    assert_eq!(outcome.failures, [(1, Said::words("not a number"))]);
    assert!(lines.contains(&"failed 1: not a number".to_owned()));
}

#[test]
fn one_that_cannot_begin_for_the_machines_sake_is_one_that_failed() {
    let editor = Slow {
        at_once: None,
        never: vec![Rng::seed_of(7, 0)],
        ..Slow::breaking(&[])
    };
    let (_, outcome) = heard(editor, 3, Box::new(All));
    let outcome = outcome.expect("two of three are there");
    assert_eq!(outcome.failures, [(0, Said::words("no memory"))]);
}

#[test]
fn when_not_one_can_be_made_the_run_fails_with_the_first_sentence() {
    let (lines, outcome) = heard(Slow::breaking(&[0, 1, 2]), 3, Box::new(All));
    assert!(matches!(outcome, Err(RunError::Stop(Stop::Failed(said)))
        if said == Said::words("not a number")));
    assert_eq!(lines.len(), 3);
}

#[test]
fn after_four_failures_in_a_row_no_more_is_tried_and_what_there_was_is_kept() {
    let rounds = Box::new(retake_search::BestOfN {});
    let (lines, outcome) = heard(Slow::breaking(&[1, 2, 4, 5, 6, 7, 8]), 12, rounds);
    let outcome = outcome.expect("two are there");
    assert_eq!((outcome.candidates.len(), outcome.spent.edits), (2, 2));
    let failed: Vec<u64> = outcome.failures.iter().map(|(index, _)| *index).collect();
    assert_eq!(failed, [1, 2, 4, 5, 6, 7]);
    assert!(!lines.contains(&"failed 8: not a number".to_owned()));
}

#[test]
fn a_strategy_that_looks_at_the_best_so_far_lives_with_fewer() {
    let strategy = retake_search::WhileItHelps { round: 2 };
    let (_, outcome) = heard(Slow::breaking(&[0, 3]), 4, Box::new(strategy));
    let outcome = outcome.expect("one of each round is there");
    assert_eq!(outcome.candidates.len(), outcome.cards.len());
    assert!(outcome.candidates.len() < 4 && !outcome.failures.is_empty());
}
