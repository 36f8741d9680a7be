//! The reward lab: where is a reward wrong, and what would fix it? Benchmarks are read row by row (`formats`), scores are
//! held against human opinion (`measures`), and what a reward gets wrong is put where it can be looked at.

pub mod measures;
