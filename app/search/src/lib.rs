//! Strategies and selectors: pure functions over core's traits. A strategy decides which candidates to make and score;
//! a selector turns scorecards into an order, a winner and a margin. Each is one file and one line in a table.
//! [`simulated`] is a studio whose editors and judges are known, for tests and benches.

mod best_of_n;
mod budget;
mod power_product;
pub mod simulated;
mod while_it_helps;

pub use best_of_n::BestOfN;
pub use power_product::PowerProduct;
use retake_core::{Selector, Strategy};
pub use while_it_helps::WhileItHelps;

/// Makes a selector.
pub type MakeSelector = fn() -> Box<dyn Selector>;

/// Makes a strategy.
pub type MakeStrategy = fn() -> Box<dyn Strategy>;

/// A strategy in the table.
pub struct StrategyEntry {
    /// short name for records, settings and the command line
    pub id: &'static str,
    /// one sentence for the menu
    pub about: &'static str,
    /// see there
    pub make: MakeStrategy,
}

/// Every strategy, first the default.
pub const STRATEGIES: &[StrategyEntry] = &[
    StrategyEntry {
        id: "best_of_n",
        about: "Makes all of them and scores them.",
        make: || Box::new(BestOfN),
    },
    StrategyEntry {
        id: "while_it_helps",
        about: "Makes them in rounds and stops when a round brings nothing better.",
        make: || Box::new(WhileItHelps::default()),
    },
];

/// Every selector, first the default.
pub const SELECTORS: &[(&str, MakeSelector)] =
    &[("power_product", || Box::new(PowerProduct::default()))];

/// The strategy of this id.
pub fn strategy(id: &str) -> Option<&'static StrategyEntry> {
    STRATEGIES.iter().find(|entry| entry.id == id)
}
