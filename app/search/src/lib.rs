//! Strategies and selectors: pure functions over core's traits. A strategy decides which candidates to make and score;
//! a selector turns scorecards into an order, a winner and a margin. Each is one file and one line in a table.
//! [`simulated`] is a studio whose editors and judges are known, for tests and benches.

pub mod agreement;
pub mod curve;
pub mod guard;
pub mod linear;
mod offered;
mod selectors;
pub mod simulated;
pub mod strategies;

pub use offered::{Offered, table, within};
use retake_core::Strategy;
pub use selectors::{
    COMMON, Dial, PowerProduct, SELECTORS, SelectorEntry, SelectorError, pivots, selector,
};
use serde_json::Value;
use strategies::from_settings;
pub use strategies::{
    Allowed, BestOfN, CmaEs, DepthFirst, Elect, Guided, Halving, LocalSearch, Number, Particles,
    Racing, RecipeSearch, Reflection, Relation, Settable, SettingError, Through, Tree,
    WhileItHelps, words,
};

/// Makes a strategy.
pub type MakeStrategy = fn() -> Box<dyn Strategy>;

/// Makes a strategy as it is set by a table of TOML or JSON.
pub type SetStrategy = fn(&Value) -> Result<Box<dyn Strategy>, SettingError>;

/// A strategy in the table.
pub struct StrategyEntry {
    /// short name for records, settings and the command line
    pub id: &'static str,
    /// a few words for the menu
    pub title: &'static str,
    /// one sentence for the menu
    pub about: &'static str,
    /// as it is by itself
    pub make: MakeStrategy,
    /// what may be set
    pub settings: &'static [Number],
    /// how these must lie to each other
    pub relations: &'static [Relation],
    /// as it is set
    pub set: SetStrategy,
}

/// A line of the table.
const fn entry<S: Settable>(title: &'static str, about: &'static str) -> StrategyEntry {
    StrategyEntry {
        id: S::ID,
        title,
        about,
        make: || Box::new(S::default()),
        settings: S::SETTINGS,
        relations: S::RELATIONS,
        set: from_settings::<S>,
    }
}

/// Every strategy, first the default.
pub const STRATEGIES: &[StrategyEntry] = &[
    entry::<BestOfN>("Make all", "Makes all of them and scores them."),
    entry::<WhileItHelps>(
        "While it helps",
        "Makes them in rounds and stops when a round brings nothing better.",
    ),
    entry::<Halving>(
        "Drop the worst early",
        "Begins more than it can finish, looks at them twice on their way and drops the worst, where early looks tell.",
    ),
    entry::<Elect>(
        "Quiet backgrounds",
        "Begins several, asks no judge, and finishes the one that changes least of what should stay.",
    ),
    entry::<DepthFirst>(
        "Best first",
        "Finishes the most promising first and stops when one passes every check; an easy instruction gets fewer.",
    ),
    entry::<Particles>(
        "Branch from the best",
        "Looks at all on their way, gives up weak ones and lets strong ones branch in their place.",
    ),
    entry::<Guided>(
        "Led by the scores",
        "Bends the way of each towards higher scores while it is made, where editor and judges know how.",
    ),
    entry::<Racing>(
        "Ask again where it is close",
        "Makes all, then asks the judges again only about those that could still win.",
    ),
    entry::<LocalSearch>(
        "Neighbours of the best",
        "Tries neighbours of the best so far and goes on from what is better.",
    ),
    entry::<RecipeSearch>(
        "Turn the numbers",
        "Turns the numbers of the best recipe, learning from every round how far and which way.",
    ),
    entry::<Reflection>(
        "Ask for what is missing",
        "Makes half of them, then asks for what the best of them lacks.",
    ),
    entry::<Tree>(
        "Step by step",
        "Takes the instruction step by step and goes on from what is best after each.",
    ),
];

/// The strategy of this id.
pub fn strategy(id: &str) -> Option<&'static StrategyEntry> {
    STRATEGIES.iter().find(|entry| entry.id == id)
}
