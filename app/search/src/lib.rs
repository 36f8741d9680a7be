//! Strategies and selectors: pure functions over core's traits. A strategy decides which candidates to make and score;
//! a selector turns scorecards into an order, a winner and a margin. Each is one file and one line in a table.

mod best_of_n;
mod power_product;

pub use best_of_n::BestOfN;
pub use power_product::PowerProduct;
use retake_core::{Selector, Strategy};

/// Makes an entry of a table.
pub type Make<T> = fn() -> Box<T>;

/// Every strategy, first the default.
pub const STRATEGIES: &[(&str, Make<dyn Strategy>)] =
    &[("best_of_n", || Box::new(BestOfN::default()))];

/// Every selector, first the default.
pub const SELECTORS: &[(&str, Make<dyn Selector>)] =
    &[("power_product", || Box::new(PowerProduct::default()))];
