//! The table of contents of the tests that run the program as a person would, or look at the house as a whole.

mod architecture;
mod data_sets;
mod eye;
mod hacking;
mod instructions;
mod journeys;
#[path = "parity/editors.rs"]
mod parity_editors;
#[path = "parity/adapters.rs"]
mod parity_editors_adapters;
#[path = "parity/flux2.rs"]
mod parity_editors_flux2;
#[path = "parity/gguf.rs"]
mod parity_editors_gguf;
#[path = "parity/rewards.rs"]
mod parity_rewards;
#[path = "parity/rewards_small.rs"]
mod parity_rewards_small;
#[path = "parity/rewards_vlm.rs"]
mod parity_rewards_vlm;
mod places;
