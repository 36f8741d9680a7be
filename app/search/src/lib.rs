//! Strategies and selectors: pure functions over core's traits. A strategy decides which candidates to make and score;
//! a selector turns scorecards into an order, a winner and a margin. Each is one file and one line in a table.

mod best_of_n;
mod power_product;
#[cfg(test)]
mod testing;
mod while_it_helps;

pub use best_of_n::BestOfN;
pub use power_product::PowerProduct;
use retake_core::{Selector, Strategy};
pub use while_it_helps::WhileItHelps;

/// Makes a selector.
pub type MakeSelector = fn() -> Box<dyn Selector>;

/// Makes a strategy: scored so many at a time (`None` is its own habit), with the selector that says which is best.
pub type MakeStrategy = fn(Option<usize>, Box<dyn Selector>) -> Box<dyn Strategy>;

/// A strategy in the table.
pub struct StrategyEntry {
    /// short name for records, settings and the command line
    pub id: &'static str,
    /// one sentence for the menu
    pub about: &'static str,
    /// whether what it makes depends on how many are scored at a time
    pub by_rounds: bool,
    /// see there
    pub make: MakeStrategy,
}

/// Every strategy, first the default.
pub const STRATEGIES: &[StrategyEntry] = &[
    StrategyEntry {
        id: "best_of_n",
        about: "Makes all of them and scores them.",
        by_rounds: false,
        make: |round, _| Box::new(BestOfN { round }),
    },
    StrategyEntry {
        id: "while_it_helps",
        about: "Makes them in rounds and stops when a round brings nothing better.",
        by_rounds: true,
        make: |round, selector| Box::new(WhileItHelps::new(round, selector)),
    },
];

/// Every selector, first the default.
pub const SELECTORS: &[(&str, MakeSelector)] =
    &[("power_product", || Box::new(PowerProduct::default()))];

/// The strategy of this id.
pub fn strategy(id: &str) -> Option<&'static StrategyEntry> {
    STRATEGIES.iter().find(|entry| entry.id == id)
}
