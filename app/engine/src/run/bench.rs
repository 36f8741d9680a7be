//! The bench: where a strategy has its candidates made and scored. As many are made side by side as the editor says, one
//! that cannot be made leaves its place to the others, and what is finished stays whatever happens then.

mod comparing;
mod holding;
mod leading;
mod making;
mod quick;
mod scoring;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use retake_core::{
    Beside, Brief, EditError, EditRequest, Instruction, Knob, Led, Order, Origin, Provenance, Pull,
    Raster, Rect, Reward, Rng, Said, Scorecard, Spent, Stop, Studio, Trajectory, Unrest, Verdict,
    Watch,
};

use retake_pixels::same::Seen;

use super::alike::likeness;
use super::drift::Tether;
use super::guarding::small;
use super::ledger::Ledger;
use super::place::Places;
use super::slot::{Begun, Fate, Slot};
use super::turns::turns_before;
use super::{Hear, Job, Tools, paid};
use crate::Stages;

/// After so many failures in a row no more is tried: it is not the seed.
const GIVE_UP: usize = 4;

/// What is spent is told so often at the most while something is made or scored, milliseconds.
const TOLD_EVERY: u64 = 200;

/// The place where a strategy has its candidates made and scored.
pub(super) struct Bench<'a> {
    pub(super) job: &'a Job,
    pub(super) tools: &'a Tools,
    pub(super) hear: &'a dyn Hear,
    /// the photo at working size
    pub(super) working: Arc<Raster>,
    /// what candidates are judged against
    pub(super) source: Arc<Raster>,
    /// keeps candidates within the bounds of the job, if it has any
    pub(super) tether: Option<Tether<'a>>,
    /// what that shows, to find untouched copies by
    pub(super) seen: Seen,
    /// where instructions work
    pub(super) places: Places,
    /// every candidate that was ordered, by its index
    pub(super) slots: Vec<Slot>,
    pub(super) ledger: Ledger,
    pub(super) stages: Stages,
    pub(super) remarks: Vec<Said>,
    /// the first candidate of each picture, by the picture's mark
    pub(super) marks: BTreeMap<u64, u64>,
    /// where is looked closer
    pub(super) crops: Option<Vec<Rect>>,
    /// failures without one between that could be made
    pub(super) in_a_row: usize,
    /// the first of all failures
    pub(super) first: Option<Failure>,
    /// why the editor could not begin, when that ended the run
    pub(super) refused: Option<EditError>,
    /// what the judges had cost before this run
    pub(super) paid_before: f64,
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

/// Hears for the run and ends it when its time is over; what is spent meanwhile is told as it is.
pub(super) struct Clocked<'a> {
    pub(super) hear: &'a dyn Hear,
    pub(super) until: Option<std::time::Instant>,
    /// what was spent when this work began, and when that was
    before: Spent,
    began: std::time::Instant,
    rewards: &'a [Box<dyn Reward>],
    /// what the judges had cost before the run
    paid_before: f64,
    /// candidates and steps since this work began, and the evaluations in them
    edits: AtomicU64,
    steps: AtomicU64,
    evaluations: AtomicU64,
    /// when it was told last, milliseconds since this work began
    told: AtomicU64,
}

impl Clocked<'_> {
    /// One more step, which took so many evaluations.
    pub(super) fn stepped(&self, evaluations: u64) {
        self.steps.fetch_add(1, Ordering::Relaxed);
        self.evaluations.fetch_add(evaluations, Ordering::Relaxed);
        self.tell();
    }

    /// One more candidate is finished.
    pub(super) fn finished(&self) {
        self.edits.fetch_add(1, Ordering::Relaxed);
        self.tell();
    }

    /// Says what is spent by now, a few times a second at the most.
    fn tell(&self) {
        let now = self.began.elapsed();
        let millis = now.as_millis() as u64;
        let told = self.told.load(Ordering::Relaxed);
        let due = millis >= told + TOLD_EVERY;
        // of several threads one tells
        let turn = || {
            let order = Ordering::Relaxed;
            self.told
                .compare_exchange(told, millis, order, order)
                .is_ok()
        };
        if !due || !turn() {
            return;
        }
        let more = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        self.hear.spent(&Spent {
            edits: self.before.edits + more(&self.edits),
            steps: self.before.steps + more(&self.steps),
            network_evaluations: self.before.network_evaluations + more(&self.evaluations),
            seconds: self.before.seconds + now.as_secs_f64(),
            money: paid(self.rewards) - self.paid_before,
            ..self.before
        });
    }
}

impl Watch for Clocked<'_> {
    fn progress(&self, stage: &'static str, done: usize, total: usize) {
        self.tell();
        self.hear.progress(stage, done, total);
    }
    fn stopped(&self) -> bool {
        self.tell();
        let over = || {
            self.until
                .is_some_and(|until| std::time::Instant::now() >= until)
        };
        self.hear.stopped() || over()
    }
}

impl<'a> Bench<'a> {
    pub(super) fn clocked(&self) -> Clocked<'a> {
        Clocked {
            hear: self.hear,
            until: self.ledger.until(),
            before: self.spent(),
            began: std::time::Instant::now(),
            rewards: &self.tools.rewards,
            paid_before: self.paid_before,
            edits: AtomicU64::new(0),
            steps: AtomicU64::new(0),
            evaluations: AtomicU64::new(0),
            told: AtomicU64::new(0),
        }
    }

    /// What the editor is asked for, for the candidate of this index, with what its order says.
    pub(super) fn request(&self, index: u64, order: &Order) -> EditRequest {
        let origin = match &order.origin {
            Origin::Within { anew, .. } => anew.as_ref(),
            origin => origin,
        };
        let (base, like) = match origin {
            Origin::Run | Origin::Exactly(_) | Origin::Without(_) | Origin::Within { .. } => {
                (self.job.base.clone(), self.job.like.clone())
            }
            Origin::Like(recipe) => (self.job.base.clone(), Some(recipe.clone())),
            Origin::On(recipe) => (Some(recipe.clone()), None),
        };
        let instruction = order.instruction.as_ref().unwrap_or(&self.job.instruction);
        EditRequest {
            photo: self.job.photo.clone(),
            instruction: instruction.clone(),
            seed: self.seed(index),
            source: self.working.clone(),
            base,
            like,
            settings: self.job.settings.clone(),
        }
    }

    /// A candidate's own seed.
    fn seed(&self, index: u64) -> u64 {
        let place = match self.job.beyond {
            Some(beyond) if index >= self.job.budget.edits as u64 => beyond + index,
            _ => self.job.first + index,
        };
        Rng::seed_of(self.job.seed, place)
    }

    fn slot(&self, index: u64) -> Option<&Slot> {
        self.slots.get(usize::try_from(index).ok()?)
    }

    fn slot_mut(&mut self, index: u64) -> Option<&mut Slot> {
        self.slots.get_mut(usize::try_from(index).ok()?)
    }

    /// The name under which the world hears of a candidate.
    fn name(&self, index: u64) -> u64 {
        self.job.first + index
    }

    /// A candidate as it is ordered, before anybody hears of it.
    fn ordered(&mut self, mut order: Order) -> Slot {
        // what is mended was made by its parent's words
        if let (Origin::Without(_), Some(parent)) = (&order.origin, order.parent) {
            let words = self
                .slot(parent)
                .and_then(|slot| slot.order.instruction.clone());
            order.instruction = order.instruction.or(words);
        }
        let index = self.slots.len() as u64;
        let asked = order.instruction.as_ref();
        let place = self.places.of(asked.unwrap_or(&self.job.instruction));
        Slot::new(index, order, place)
    }

    /// Gives one its place, and lets the world hear of it as it is.
    fn take_in(&mut self, slot: Slot) -> u64 {
        let index = slot.node.index;
        self.hear.ordered(self.name(index), &slot.node);
        self.slots.push(slot);
        index
    }

    fn order(&mut self, order: Order) -> u64 {
        let slot = self.ordered(order);
        self.take_in(slot)
    }

    /// What the judges have cost in this run.
    fn money(&self) -> f64 {
        paid(&self.tools.rewards) - self.paid_before
    }

    /// What it looks like now, finished or not.
    fn looks(&self, index: u64) -> Option<Raster> {
        let slot = self.slot(index)?;
        let looks = match &slot.made {
            Some(made) => Some(made.picture.clone()),
            None => slot.trajectory.as_ref()?.preview(),
        };
        looks.filter(|picture| picture.width > 0)
    }

    fn fail(&mut self, index: u64, why: Failure) {
        let said = why.said();
        let name = self.name(index);
        self.hear.failed(name, &said);
        if let Some(slot) = self.slot_mut(index) {
            slot.node.fate = Fate::Failed(said);
            slot.trajectory = None;
        }
        self.in_a_row += 1;
        self.first.get_or_insert(why);
    }
}

impl Studio for Bench<'_> {
    fn brief(&self) -> Brief {
        let info = self.tools.editor.info();
        Brief {
            instruction: self.job.instruction.clone(),
            seed: self.job.seed,
            generative: info.generative,
            mends: self.tools.editor.mends(),
            at_a_time: self
                .job
                .at_a_time
                .unwrap_or(usize::MAX)
                .min(self.fitting())
                .max(1),
            judges_vary: self.tools.rewards.iter().any(|reward| reward.varies()),
        }
    }

    fn left(&self) -> Spent {
        Spent {
            memory: self.memory_left(),
            ..self.ledger.left(self.money())
        }
    }

    fn spent(&self) -> Spent {
        self.ledger.spent(self.money())
    }

    fn begin(&mut self, orders: Vec<Order>) -> Vec<u64> {
        orders.into_iter().map(|order| self.order(order)).collect()
    }

    fn steps(&self, index: u64) -> (usize, usize) {
        self.slot(index).map_or((0, 0), |slot| slot.node.steps)
    }

    fn step(&mut self, indices: &[u64], steps: usize) -> Result<Vec<u64>, Stop> {
        self.steps_of(indices, steps)
    }

    fn glimpse(&mut self, indices: &[u64]) -> Result<Vec<Option<Scorecard>>, Stop> {
        let glimpses = self.glimpses_of(indices);
        self.hear.spent(&self.spent());
        glimpses
    }

    fn likeness(&mut self, one: u64, other: u64) -> Option<f32> {
        if self.room_for_looks(2) < 2 {
            return None;
        }
        let (one, other) = (self.looks(one)?, self.looks(other)?);
        Some(likeness(&self.source, &one, &other))
    }

    fn unrest(&mut self, index: u64) -> Option<Unrest> {
        self.slot(index)?.trajectory.as_ref()?.unrest()
    }

    fn lead(&mut self, indices: &[u64], steps: usize, pull: &Pull) -> Result<Led, Stop> {
        self.led(indices, leading::Way::Steps(steps), pull)
    }

    fn better_noise(&mut self, indices: &[u64], rounds: usize, pull: &Pull) -> Result<Led, Stop> {
        self.led(indices, leading::Way::Noise(rounds), pull)
    }

    fn fork(&mut self, index: u64, why: Said) -> Option<u64> {
        if self.room_for_looks(1) < 1 {
            return None;
        }
        let parent = self.slot(index)?;
        let seed = self.seed(self.slots.len() as u64);
        let trajectory: Box<dyn Trajectory> = parent.trajectory.as_ref()?.fork(seed)?;
        let (order, steps) = (parent.order.clone(), parent.node.steps);
        let mut slot = self.ordered(Order {
            parent: Some(index),
            why,
            ..order
        });
        // whoever hears of it is to know where it left the way of its parent
        slot.node.begun = Begun::Fork;
        slot.node.steps = steps;
        slot.trajectory = Some(trajectory);
        Some(self.take_in(slot))
    }

    fn finish(&mut self, indices: &[u64]) -> Result<Vec<u64>, Stop> {
        let start = std::time::Instant::now();
        let finished = self.finish_all(indices);
        self.stages.add("edit", start.elapsed().as_secs_f64());
        self.hear.spent(&self.spent());
        finished
    }

    fn score(&mut self, indices: &[u64]) -> Result<Vec<u64>, Stop> {
        let scored = self.score_all(indices);
        self.hear.spent(&self.spent());
        scored
    }

    fn quick(&mut self, indices: &[u64]) -> Result<Vec<Option<Scorecard>>, Stop> {
        self.quick_of(indices)
    }

    fn leave(&mut self, index: u64, why: Said) {
        if let Some(slot) = self.slot_mut(index) {
            slot.left = Some(why);
        }
    }

    fn closer(&mut self, indices: &[u64]) -> Result<Vec<Option<Scorecard>>, Stop> {
        let closer = self.closer_of(indices);
        self.hear.spent(&self.spent());
        closer
    }

    fn card(&self, index: u64) -> Option<&Scorecard> {
        self.slot(index)?.card.as_ref()
    }

    fn beside(&self, index: u64) -> Beside {
        let of = |at: u64| {
            self.slot(at)
                .map(|slot| (slot.node.parent, slot.node.begun))
        };
        let turns = turns_before(index, &of);
        let cards = turns.iter().filter_map(|&turn| self.card(turn));
        let before = self.job.before.iter().chain(cards);
        Beside {
            untouched: self.slot(index).is_some_and(|slot| slot.untouched),
            before: before.map(Scorecard::without_maps).collect(),
        }
    }

    fn passes(&self, index: u64) -> usize {
        self.slot(index).map_or(0, |slot| slot.node.passes)
    }

    fn provenance(&self, index: u64) -> Option<&Provenance> {
        Some(&self.slot(index)?.made.as_ref()?.provenance)
    }

    fn knobs(&self, index: u64) -> Vec<Knob> {
        let of = |recipe| self.tools.editor.knobs(recipe);
        let Some(made) = self.provenance(index) else {
            return Vec::new();
        };
        // what was done before this run is no matter of this run
        let before = self.job.base.as_ref().map(of).unwrap_or_default();
        let mut knobs = of(&made.recipe);
        knobs.retain(|knob| before.iter().all(|had| had.pointer != knob.pointer));
        knobs
    }

    fn compare(&mut self, one: u64, other: u64) -> Result<Option<Verdict>, Stop> {
        self.comparison(one, other)
    }

    fn read(&self, words: &str) -> Option<Instruction> {
        let generative = self.tools.editor.info().generative;
        let read = (self.tools.reader)(words);
        // a model reads the words itself
        let plain = || Instruction {
            text: words.to_owned(),
            ..Instruction::default()
        };
        let mut read = read.or_else(|| generative.then(plain))?;
        let sense = generative || !read.understood.goals.is_empty();
        read.mask = self.job.instruction.mask.clone();
        sense.then_some(read)
    }

    fn done_with(&mut self, indices: &[u64]) {
        if self.hear.wants_all() || self.will_compare() {
            return;
        }
        for &index in indices {
            let guarded = !self.tools.held_out.is_empty();
            if let Some(slot) = self.slot_mut(index)
                && let Some(made) = &mut slot.made
                && made.picture.width > 0
            {
                slot.small = guarded.then(|| small(&made.picture));
                made.picture = Raster::new(0, 0);
            }
        }
    }

    fn let_go(&mut self, index: u64, why: Said) {
        let name = self.name(index);
        let hear = self.hear;
        if let Some(slot) = self.slot_mut(index)
            && slot.open()
        {
            hear.let_go(name, &why);
            slot.node.fate = Fate::LetGo(why);
            slot.trajectory = None;
        }
    }

    fn remark(&mut self, remark: Said) {
        self.hear.remarked(&remark);
        self.remarks.push(remark);
    }
}
