//! Strategies: each decides what a budget is spent on.

mod best_of_n;
mod budget;
mod depth_first;
mod elect;
mod group;
mod halving;
mod particles;
#[cfg(test)]
mod properties;
mod racing;
mod settings;
mod while_it_helps;

pub use best_of_n::BestOfN;
pub use depth_first::DepthFirst;
pub use elect::Elect;
pub use halving::Halving;
pub use particles::{Particles, Potential};
pub use racing::Racing;
pub use settings::{Allowed, Number, Settable, SettingError, from_settings};
pub use while_it_helps::WhileItHelps;
