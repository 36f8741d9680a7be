//! What is measured when scores stand beside human opinion, one file each. All of it works on plain numbers, leaves out
//! what is not finite, and says nothing (`None`) where there is nothing to say: one item, or the same value everywhere.

pub mod agreed;
pub mod alpha;
pub mod best_of;
pub mod bootstrap;
pub mod calibration;
pub mod compare;
pub mod groups;
pub mod order;
pub mod pairs;
pub mod rank;

pub use bootstrap::{Interval, interval};
pub use groups::Rated;
pub use pairs::{Better, Pair};

/// The mean of what is there.
pub fn mean(values: impl IntoIterator<Item = f64>) -> Option<f64> {
    let (mut sum, mut count) = (0.0, 0_usize);
    for value in values {
        sum += value;
        count += 1;
    }
    (count > 0).then(|| sum / count as f64)
}

#[cfg(test)]
mod tests;
