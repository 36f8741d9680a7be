//! The published formulas: how what judges say becomes the scores of their papers, each with its source, and how each
//! paper's scale becomes one of ours.

pub mod decoupled;
pub mod generative;
pub mod logits;
mod mappings;
pub mod pairs;
mod rules;

pub use mappings::{MAPPINGS, Mapping};
pub use rules::{adiee_label, adiee_turn, evaluator_alignment, motion_reward};
