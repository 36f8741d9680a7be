//! What the lab is handed from where the whole house is known: the kinds of file with rows in them, and where things of its
//! own lie.

use std::path::PathBuf;
use std::sync::Arc;

use retake_lab::rows::{Container, TEXT_CONTAINERS};
use retake_lab::scoring::Scorer;

/// Opens rewards: those that are built in for no word, else the judge at an address or in a folder. Called on a thread of its
/// own; an error is a sentence.
pub type OpenRewards = Arc<dyn Fn(&str) -> Result<Box<dyn Scorer>, String> + Send + Sync>;

/// See the module.
#[derive(Clone)]
pub struct LabTools {
    /// the kinds of file that can be read
    pub containers: Vec<&'static [Container]>,
    /// the folder in which results are kept; without one nothing is
    pub home: Option<PathBuf>,
    /// see there; without it only what is recorded can be looked at
    pub rewards: Option<OpenRewards>,
}

impl Default for LabTools {
    /// Text alone, and nothing kept.
    fn default() -> Self {
        Self {
            containers: vec![TEXT_CONTAINERS],
            home: None,
            rewards: None,
        }
    }
}
