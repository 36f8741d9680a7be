//! The reward lab: where is a reward wrong, and what would fix it? Data sets are read row by row ([`formats`]), their edits
//! scored ([`scoring`]) or their recorded scores taken ([`bench`](mod@bench)), and held against human opinion ([`measures`],
//! [`figures`], [`curves`]). The worst cases and what breaks a reward are found ([`analyse`], [`wordings`]), the picks of sessions read ([`picks`])
//! and a taste learned from them ([`taste`]); people are asked
//! which edit is better ([`sittings`]).

pub mod analyse;
pub mod bench;
pub mod case;
pub mod curves;
pub mod dataset;
pub mod degrade;
pub mod drawn;
mod error;
pub mod figures;
pub mod filter;
pub mod formats;
pub mod lines;
pub mod measures;
pub mod picks;
pub mod picture;
pub mod recorded;
pub mod rows;
pub mod scoring;
pub mod sittings;
pub mod table;
pub mod taste;
pub mod taxonomy;
pub mod versus;
pub mod wordings;

pub use error::LabError;
