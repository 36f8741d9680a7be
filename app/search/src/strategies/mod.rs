//! Strategies: each decides what a budget is spent on.

mod best_of_n;
mod budget;
mod closer;
mod cma;
mod depth_first;
mod elect;
mod fault;
mod foresight;
mod group;
mod guided;
mod halving;
mod local_search;
mod particles;
mod pool;
#[cfg(test)]
mod properties;
mod racing;
mod recipe_search;
mod reflection;
mod settings;
mod split;
mod tree;
mod while_it_helps;
pub mod words;

pub use best_of_n::BestOfN;
pub use cma::CmaEs;
pub use depth_first::DepthFirst;
pub use elect::Elect;
pub(crate) use group::spearman;
pub use guided::{Guided, Through};
pub use halving::Halving;
pub use local_search::LocalSearch;
pub use particles::{Particles, Potential};
pub use racing::Racing;
pub use recipe_search::RecipeSearch;
pub use reflection::Reflection;
pub(crate) use settings::broken;
pub use settings::{Allowed, Number, Relation, Settable, SettingError, from_settings};
pub use tree::Tree;
pub use while_it_helps::WhileItHelps;
