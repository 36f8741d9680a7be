//! One run: candidates are made and scored as the strategy asks, and the selector names a winner.

mod alike;
mod asked;
mod bench;
mod consolidate;
mod crops;
pub(crate) mod drift;
pub(crate) mod guarding;
mod ledger;
mod place;
mod slot;
mod turns;

use std::collections::BTreeMap;
use std::sync::Arc;

use retake_core::{
    Beside, Budget, Candidate, EditError, Editor, EditorSettings, Group, Instruction, Photo,
    Raster, Reward, Said, Scorecard, Selection, Selector, Spent, Stop, Strategy, Studio, Watch,
    move_pairs, said,
};
use retake_language::{Lexicon, understand};
use retake_pixels::resize;
use retake_pixels::same::Seen;
use retake_search::agreement::{Agreement, Watched, agreement};
use retake_search::guard::Guarded;

pub use self::asked::score;
use self::asked::{CENT, allow, paid, price, score_again, unjudged};
pub(crate) use self::asked::{score_telling, with_maps_of, without_maps};
use self::bench::{Bench, Failure};
pub use self::consolidate::{Accepted, Consolidated, consolidate};
use self::drift::Tether;
pub use self::drift::{Bounds, Drift};
use self::ledger::Ledger;
pub use self::place::Place;
use self::place::Places;
pub use self::slot::{Begun, Fate, Glimpse, Node};
pub use self::turns::turns_before;
use crate::Stages;

/// Reads other words than the person's; `None` where the lexicon makes nothing of them.
pub type Reader = Arc<dyn Fn(&str) -> Option<Instruction> + Send + Sync>;

/// Reads by the words that are built in.
pub fn built_in_reader() -> Reader {
    Arc::new(|words| understand(words, Lexicon::built_in()).ok())
}

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
    /// take no part in the choice; they look at the winner and at the first, and raise the alarm where the choice pleases
    /// nobody but its own judges
    pub held_out: Arc<[Box<dyn Reward>]>,
    /// for strategies that find other words
    pub reader: Reader,
}

/// What is to be done.
pub struct Job {
    /// whole
    pub photo: Photo,
    /// understood, with its mask
    pub instruction: Instruction,
    /// what may be spent
    pub budget: Budget,
    /// scored so many at a time, where that makes no difference; `None` is all together
    pub at_a_time: Option<usize>,
    /// where the seeds of candidates beyond those that can be finished are counted from, so that they are never those of
    /// a later run that goes on with the group; `None` counts on
    pub beyond: Option<u64>,
    /// of the run; candidate `i` depends on it and `i` alone
    pub seed: u64,
    /// index of the first candidate: more than 0 when a run is gone on with
    pub first: u64,
    /// long edge at which candidates are made and scored, px
    pub long_edge: usize,
    /// the edit that is gone on from, as its provenance describes it; `None` is the photo itself
    pub base: Option<serde_json::Value>,
    /// the scorecards of the turns that the base went through, oldest first
    pub before: Vec<Scorecard>,
    /// "more like this": candidates are neighbours of this edit
    pub like: Option<serde_json::Value>,
    /// what a person set of the editor
    pub settings: EditorSettings,
    /// how far an edit may go from what is edited; what goes beyond is held back, or is none
    pub bounds: Bounds,
}

/// Hears of each candidate as soon as there is something to hear. Called from working threads: be quick.
pub trait Hear: Watch {
    /// A run begins that may spend so much.
    fn begins(&self, _budget: &Budget) {}
    /// The run is over, and spends no more.
    fn ended(&self) {}
    /// Of a candidate that takes several steps, so many are done.
    fn stepped(&self, _index: u64, _done: usize, _total: usize) {}
    /// What an unfinished candidate looks like so far.
    fn previewed(&self, _index: u64, _picture: &Raster) {}
    /// A candidate is there.
    fn made(&self, _index: u64, _candidate: &Candidate) {}
    /// A candidate could not be made: why, in a sentence. The others go on.
    fn failed(&self, _index: u64, _why: &Said) {}
    /// One is ordered: under which name, and why.
    fn ordered(&self, _index: u64, _node: &Node) {}
    /// What it looked like after so many steps was scored.
    fn glimpsed(&self, _index: u64, _step: usize, _card: &Scorecard) {}
    /// The strategy let it go unfinished: why.
    fn let_go(&self, _index: u64, _why: &Said) {}
    /// The strategy has something to say of the whole search.
    fn remarked(&self, _remark: &Said) {}
    /// What the held-out rewards say of the choice.
    fn guarded(&self, _guarded: &Guarded) {}
    /// So much is spent by now.
    fn spent(&self, _spent: &Spent) {}
    /// A group of candidates was finished; what is finished may find its place.
    fn settled(&self) {}
    /// The first reward has scored it, and others are still to be heard.
    fn measured(&self, _index: u64, _card: &Scorecard) {}
    /// Its scores are there; once more after every pass.
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
    /// index of each candidate in the run
    pub indices: Vec<u64>,
    /// the words a candidate was made by, where they are not the person's
    pub instructions: Vec<Option<Instruction>>,
    /// candidates that could not be made, by index, and why; their places among `candidates` are closed up
    pub failures: Vec<(u64, Said)>,
    /// everything that was ordered, in the order of its index
    pub nodes: Vec<Node>,
    /// what the strategy said of the search
    pub remarks: Vec<Said>,
    /// what the held-out rewards say; `None` without any
    pub guarded: Option<Guarded>,
    /// whether the time was over before the strategy was done
    pub out_of_time: bool,
    /// what it took
    pub spent: Spent,
    /// how far looks on the way agree with the end, the earliest first
    pub agreement: Vec<Agreement>,
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
    run_told(job, tools, &Deaf(watch))
}

/// The same, and somebody hears of all that happens.
pub fn run_told(job: &Job, tools: &Tools, hear: &dyn Hear) -> Result<Outcome, RunError> {
    let mut stages = Stages::default();
    let source = stages
        .time("preview", || resize::fit(&job.photo, job.long_edge))
        .map(Arc::new)?;
    run_on(job, source, stages, tools, hear)
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
        seen: Seen::of(&working),
        places: Places::new(
            working.clone(),
            job.instruction.mask.clone(),
            tools.editor.finder(),
        ),
        source: working.clone(),
        tether: None,
        working,
        slots: Vec::new(),
        ledger: Ledger::new(job.budget.clone()),
        stages,
        remarks: Vec::new(),
        marks: BTreeMap::new(),
        crops: None,
        in_a_row: 0,
        first: None,
        refused: None,
        paid_before: paid(&tools.rewards),
    };
    if let Some(base) = &job.base {
        let plain = retake_core::Order::default();
        bench.source = Arc::new(tools.editor.redo(&bench.request(0, &plain), base)?);
        bench.seen = Seen::of(&bench.source);
        // places are those of the photo, unless the frame has changed since
        if (bench.source.width, bench.source.height) != (bench.working.width, bench.working.height)
        {
            let (source, drawn) = (bench.source.clone(), job.instruction.mask.clone());
            bench.places = Places::new(source, drawn, tools.editor.finder());
        }
    }
    if !job.bounds.is_none() {
        bench.tether = Some(Tether::of(&job.bounds, &job.instruction, &bench.source));
    }
    if job.budget.edits == 0 {
        return Err(Stop::Failed(said!(
            "the budget has room for no candidate; give it at least one"
        ))
        .into());
    }
    if job.budget.judge_calls == Some(0) {
        return Err(Stop::Failed(said!(
            "the budget has room for no judge call, and nothing can be chosen unseen; give it at least one"
        ))
        .into());
    }
    if let Some(why) = bench.too_little_memory() {
        return Err(Stop::Failed(why).into());
    }
    hear.begins(&job.budget);
    let selector = tools.selector.as_ref();
    let result = tools
        .strategy
        .run(&mut bench, selector)
        .and_then(|()| bench.compare_all(selector));
    let out_of_time = bench.ledger.out_of_time() && !hear.stopped();
    match (result, bench.refused.take()) {
        (Ok(()), _) => {}
        (Err(_), Some(refused)) => return Err(refused.into()),
        (Err(Stop::Cancelled), _) if out_of_time => {}
        (Err(stop), _) => return Err(stop.into()),
    }
    let outcome = outcome(bench, tools, out_of_time);
    hear.ended();
    outcome
}

/// What is there when the strategy is done, or its time is over.
fn outcome(bench: Bench<'_>, tools: &Tools, out_of_time: bool) -> Result<Outcome, RunError> {
    let (mut spent, left) = (bench.spent(), bench.left().money);
    let known = Known::of(&bench);
    let Bench {
        job,
        source,
        slots,
        mut stages,
        mut remarks,
        first,
        hear,
        ..
    } = bench;
    let mut small = Vec::new();
    let (mut candidates, mut cards, mut indices) = (Vec::new(), Vec::new(), Vec::new());
    let (mut instructions, mut failures, mut nodes) = (Vec::new(), Vec::new(), Vec::new());
    for slot in slots {
        if let Fate::Failed(why) = &slot.node.fate {
            failures.push((job.first + slot.node.index, why.clone()));
        }
        if let Some(made) = slot.made {
            small.push(match made.picture.width {
                0 => slot.small,
                _ if tools.held_out.is_empty() => None,
                _ => Some(guarding::small(&made.picture)),
            });
            candidates.push(made);
            let left = slot.left;
            let mut card = slot
                .card
                .unwrap_or_else(|| unjudged(&tools.rewards, left.as_ref()));
            move_pairs(&mut card, &|index| known.place(index));
            if !hear.wants_all() {
                without_maps(&mut card);
            }
            cards.push(card);
            indices.push(job.first + slot.node.index);
            instructions.push(slot.order.instruction);
        }
        nodes.push(slot.node);
    }
    if candidates.is_empty() {
        return Err(match first {
            Some(Failure::Start(error)) => error.into(),
            Some(Failure::Way(said)) => Stop::Failed(said).into(),
            None if out_of_time => Stop::Failed(said!(
                "no candidate was finished in the time that was given; give it more seconds"
            ))
            .into(),
            None => Stop::Failed(said!(
                "the budget has not enough steps for one whole candidate; give it more"
            ))
            .into(),
        });
    }
    let selection = stages.time("select", || tools.selector.choose(&known.group(&cards)));
    let agreement = agreement_of(&nodes, &known, &selection, tools.selector.as_ref());
    let guard = guarding::Guard {
        source: &source,
        asked: &job.instruction,
        pictures: &small,
        cards: &cards,
        known: &known,
        selection: &selection,
        selector: tools.selector.as_ref(),
        held_out: &tools.held_out,
        money: left,
    };
    let paid_before = paid(&tools.held_out);
    let guarded = match tools.held_out.is_empty() {
        true => None,
        false if guard.too_dear() => {
            let remark = said!(
                "Nobody watched over the choice: what is left of the money does not pay for those who were held out."
            );
            hear.remarked(&remark);
            remarks.push(remark);
            None
        }
        false => stages.time("guard", || guard.ask(hear))?,
    };
    spent.money += paid(&tools.held_out) - paid_before;
    if let Some(guarded) = &guarded {
        hear.guarded(guarded);
    }
    Ok(Outcome {
        source,
        candidates,
        cards,
        selection,
        indices,
        instructions,
        failures,
        nodes,
        remarks,
        guarded,
        out_of_time,
        spent,
        agreement,
        stages,
    })
}

/// How far what candidates looked like on their way agrees with what they scored in the end.
fn agreement_of(
    nodes: &[Node],
    known: &Known,
    selection: &Selection,
    selector: &dyn Selector,
) -> Vec<Agreement> {
    let end = |node: &Node| {
        let mut indices = known.indices.iter();
        let place = indices.position(|&index| index == node.index)?;
        selection.overall.get(place).copied()
    };
    let looked = nodes.iter().filter(|node| !node.glimpses.is_empty());
    let watched: Vec<Watched<'_>> = looked
        .map(|node| Watched {
            steps: node.steps.1,
            looks: (node.glimpses.iter())
                .map(|look| (look.step, &look.card))
                .collect(),
            end: end(node),
        })
        .collect();
    agreement(&watched, selector)
}

/// What a selector is told of finished candidates beside their scorecards, by place.
struct Known {
    /// which they are
    indices: Vec<u64>,
    untouched: Vec<usize>,
    before: Vec<Vec<Scorecard>>,
}

impl Known {
    fn of(bench: &Bench<'_>) -> Self {
        let made = bench.slots.iter().filter(|slot| slot.made.is_some());
        let indices: Vec<u64> = made.map(|slot| slot.node.index).collect();
        let beside: Vec<Beside> = indices.iter().map(|&index| bench.beside(index)).collect();
        let places = beside.iter().enumerate();
        Self {
            untouched: places
                .filter(|(_, beside)| beside.untouched)
                .map(|(place, _)| place)
                .collect(),
            before: beside.into_iter().map(|beside| beside.before).collect(),
            indices,
        }
    }

    /// Where the candidate of an index stands.
    fn place(&self, index: usize) -> Option<usize> {
        self.indices.iter().position(|&at| at == index as u64)
    }

    /// The first so many of the candidates. The first sample is what there would be without a choice.
    fn group<'a>(&'a self, cards: &'a [Scorecard]) -> Group<'a> {
        Group::of(cards)
            .against(cards.first())
            .untouched(&self.untouched)
            .after(&self.before)
    }
}

#[cfg(test)]
mod tests;
