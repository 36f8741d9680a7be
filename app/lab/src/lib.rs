//! The reward lab: where is a reward wrong, and what would fix it? Data sets are read row by row ([`formats`]), scores are
//! held against human opinion ([`measures`], [`figures`]), and all of it becomes one report ([`bench`]).

pub mod bench;
pub mod case;
pub mod dataset;
mod error;
pub mod figures;
pub mod formats;
pub mod measures;
pub mod picture;
pub mod recorded;
pub mod rows;
pub mod table;

pub use error::LabError;
