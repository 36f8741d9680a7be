//! Test-time scaling: how a budget is spent to find the best candidate. A [`Strategy`] decides what is begun, what is
//! stepped, looked at, dropped, finished and scored; a [`Studio`] does it, counts what it costs and keeps what comes of
//! it. Candidates go by their index in the run: with the run's seed it fixes the candidate's own seed.

use serde::{Deserialize, Serialize};

use crate::{Instruction, Provenance, Pull, Said, Scorecard, Selector, Spot, Stop, said};

/// The most that may be spent; `None` is as much as it takes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Budget {
    /// candidates finished; of steps as many as these take when each is gone to its end
    pub edits: usize,
    /// evaluations of the network, in place of what the edits would take
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network_evaluations: Option<u64>,
    /// a candidate, or a preview of one, scored once
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judge_calls: Option<u64>,
    /// seconds from the beginning of the run to the last score
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<f64>,
    /// what judges behind a server may cost, in the currency of their prices
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub money: Option<f64>,
    /// bytes of pictures, glimpses and ways that are held at once
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory: Option<u64>,
}

impl Budget {
    /// So many candidates, and whatever they take.
    pub fn edits(edits: usize) -> Self {
        Self {
            edits,
            network_evaluations: None,
            judge_calls: None,
            seconds: None,
            money: None,
            memory: None,
        }
    }
}

/// What was spent, or what is left of a budget.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Spent {
    /// candidates finished
    pub edits: u64,
    /// steps of all candidates, also of those that were dropped on the way
    pub steps: u64,
    /// evaluations of the network in these steps; 0 for an editor without one
    pub network_evaluations: u64,
    /// candidates and previews scored, each as often as it was
    pub judge_calls: u64,
    /// since the run began
    pub seconds: f64,
    /// what judges behind a server cost
    pub money: f64,
    /// bytes of pictures, glimpses and ways: the most that were held at once; of what is left, what may be held beside what
    /// is
    #[serde(default)]
    pub memory: u64,
}

/// What a candidate is begun from.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Origin {
    /// what the run edits, and the candidate's own seed
    #[default]
    Run,
    /// a neighbour of this edit, as its provenance describes it
    Like(serde_json::Value),
    /// goes on from this edit: one more turn
    On(serde_json::Value),
    /// this edit exactly: a recipe whose numbers the strategy has set
    Exactly(serde_json::Value),
    /// its parent's edit, with what was edited brought back at these places
    Without(Vec<Spot>),
    /// its parent's edit, with another one at these places
    Within {
        /// where
        spots: Vec<Spot>,
        /// what the other one is begun from
        anew: Box<Origin>,
    },
}

/// One candidate to be begun.
#[derive(Clone, Debug, Default)]
pub struct Order {
    /// the candidate whose child it is
    pub parent: Option<u64>,
    /// what from
    pub origin: Origin,
    /// other words than the person's; what they said stays what is scored against
    pub instruction: Option<Instruction>,
    /// why, for the tree that is shown: "a bit warmer was missing"
    pub why: Said,
}

/// A number of a recipe that may be turned.
#[derive(Clone, Debug, PartialEq)]
pub struct Knob {
    /// where it stands in the recipe: a JSON pointer (RFC 6901)
    pub pointer: String,
    /// the least that makes sense
    pub low: f64,
    /// the most that makes sense
    pub high: f64,
    /// what it is now
    pub value: f64,
    /// a turn that shows without being another edit: about one standard deviation of what is worth trying next
    pub step: f64,
}

/// How much an edit under way has changed, told from its latents alone (background inconsistency of ELECT, arXiv
/// 2504.13490): comparable within a run at equal steps, on a scale of its editor.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Unrest {
    /// of what should stay: lower is better
    pub outside: f32,
    /// where the instruction works: an edit that changes nothing has little of both
    pub inside: f32,
}

/// What came of leading candidates by gradients.
#[derive(Clone, Debug, PartialEq)]
pub enum Led {
    /// these were led and are still under way
    Along(Vec<u64>),
    /// nothing was done and nothing spent: the editor, or every reward, knows no gradients; or they could not be made
    Cannot(Said),
}

/// Which of two is better, asked in both orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// the first
    First,
    /// the second
    Second,
    /// neither, or the two orders disagree
    Tie,
}

/// What a strategy knows before it begins.
#[derive(Clone, Debug)]
pub struct Brief {
    /// what was asked
    pub instruction: Instruction,
    /// of the run: for what a strategy draws by itself
    pub seed: u64,
    /// whether the editor makes what was not in the photo, by a network in steps
    pub generative: bool,
    /// whether the editor can mend an edit at some places ([`Origin::Without`], [`Origin::Within`])
    pub mends: bool,
    /// scored so many at a time, where that makes no difference to the result
    pub at_a_time: usize,
    /// whether scoring the same picture again may say something else
    pub judges_vary: bool,
}

/// What is known of a finished candidate beside its scorecard: what a [`Group`](crate::Group) takes.
#[derive(Clone, Debug, Default)]
pub struct Beside {
    /// it shows what was edited as it was
    pub untouched: bool,
    /// the scorecards of the turns that it goes on from, oldest first
    pub before: Vec<Scorecard>,
}

/// What a strategy works with. The engine provides it; nothing here waits for a person. What would exceed the budget is
/// not done: fewer indices come back. A candidate that cannot be made is lost and the others go on.
pub trait Studio {
    /// See there.
    fn brief(&self) -> Brief;
    /// What is left: of the edits, the steps and evaluations these would take, and `u64::MAX` or infinity where there is
    /// no limit.
    fn left(&self) -> Spent;
    /// What was spent so far.
    fn spent(&self) -> Spent;
    /// Takes orders for candidates; costs nothing, and nothing is started before its first step. Each gets the next index.
    fn begin(&mut self, orders: Vec<Order>) -> Vec<u64>;
    /// Steps done and steps in all; (0, 0) for one that is not under way.
    fn steps(&self, index: u64) -> (usize, usize);
    /// Does up to so many steps of each, never the last one; those that were stepped and are still under way.
    fn step(&mut self, indices: &[u64], steps: usize) -> Result<Vec<u64>, Stop>;
    /// Scores what each looks like so far; `None` where there is nothing to see yet, or no budget.
    fn glimpse(&mut self, indices: &[u64]) -> Result<Vec<Option<Scorecard>>, Stop>;
    /// How alike two look so far, as changes of the source: 1 is the same, 0 unrelated; `None` where there is nothing to
    /// see yet.
    fn likeness(&mut self, one: u64, other: u64) -> Option<f32>;
    /// How much it has changed so far, told from its latents without a judge; `None` where the editor cannot say.
    fn unrest(&mut self, index: u64) -> Option<Unrest>;
    /// Does up to so many steps of each, never the last one, led up the slope of the rewards. A step counts as
    /// [`Pull::steps`] of them.
    fn lead(&mut self, _indices: &[u64], _steps: usize, _pull: &Pull) -> Result<Led, Stop> {
        Ok(Led::Cannot(said!("Gradients are not known here.")))
    }
    /// Betters the noise that each begins with, in so many rounds before its first step. A round counts as
    /// [`Pull::ROUND`] steps.
    fn better_noise(
        &mut self,
        _indices: &[u64],
        _rounds: usize,
        _pull: &Pull,
    ) -> Result<Led, Stop> {
        Ok(Led::Cannot(said!("Gradients are not known here.")))
    }
    /// A neighbour that shares its way up to here and pays for its own steps alone, under the next index; `None` where the
    /// editor cannot.
    fn fork(&mut self, index: u64, why: Said) -> Option<u64>;
    /// Goes each to its end; those that got there.
    fn finish(&mut self, indices: &[u64]) -> Result<Vec<u64>, Stop>;
    /// Scores finished candidates. One that has a scorecard is asked about once more, and the passes are averaged, where
    /// judges vary; else nothing happens and nothing is counted. Those that have a scorecard now.
    fn score(&mut self, indices: &[u64]) -> Result<Vec<u64>, Stop>;
    /// What those who are quick say of finished candidates, where others who are slow say more: what the slow ones would say
    /// is foretold from it. Costs no judge call; `None` where nobody is slow, where judges hold candidates against each
    /// other, and of a candidate whose picture is gone.
    fn quick(&mut self, indices: &[u64]) -> Result<Vec<Option<Scorecard>>, Stop> {
        Ok(vec![None; indices.len()])
    }
    /// Leaves a finished candidate without a scorecard, and why: it stays on the sheet, behind all that have one.
    fn leave(&mut self, _index: u64, _why: Said) {}
    /// Looks closer at finished candidates: scores them by those who are quick on a few crops where these edits changed most,
    /// the same crops for all of a run, and takes the mean of each score. A call for every candidate. `None` where there is
    /// nothing to see closer, or no budget.
    fn closer(&mut self, indices: &[u64]) -> Result<Vec<Option<Scorecard>>, Stop> {
        Ok(vec![None; indices.len()])
    }
    /// The scorecard of a finished candidate.
    fn card(&self, index: u64) -> Option<&Scorecard>;
    /// What else a selector may go by.
    fn beside(&self, _index: u64) -> Beside {
        Beside::default()
    }
    /// How often it was scored.
    fn passes(&self, index: u64) -> usize;
    /// How a finished candidate was made.
    fn provenance(&self, index: u64) -> Option<&Provenance>;
    /// The numbers of its recipe that may be turned; none where its editor has no such recipe.
    fn knobs(&self, index: u64) -> Vec<Knob>;
    /// Asks which is better; a call for each of the two. `None` where no judge compares, or no budget.
    fn compare(&mut self, one: u64, other: u64) -> Result<Option<Verdict>, Stop>;
    /// Reads other words; `None` where they mean nothing to the editor.
    fn read(&self, words: &str) -> Option<Instruction>;
    /// These are looked at no more and neither compared nor scored again: their pictures may go.
    fn done_with(&mut self, indices: &[u64]);
    /// Ends the way of a candidate that is not finished, and why.
    fn let_go(&mut self, index: u64, why: Said);
    /// Something about the whole search that a person should hear.
    fn remark(&mut self, remark: Said);
}

/// Spends a budget. Whatever was finished is kept by the studio, so that nothing is lost when it is stopped.
pub trait Strategy: Send + Sync {
    /// Short name for records.
    fn id(&self) -> &'static str;
    /// The settings that change what it does, for records.
    fn settings(&self) -> serde_json::Value {
        serde_json::Value::Null
    }
    /// Does it; `selector` says which is best.
    fn run(&self, studio: &mut dyn Studio, selector: &dyn Selector) -> Result<(), Stop>;
}
