//! What the lab is handed from where the whole house is known: the kinds of file with rows in them, and where things of its
//! own lie.

use std::path::PathBuf;

use retake_lab::rows::{Container, TEXT_CONTAINERS};

/// See the module.
#[derive(Clone)]
pub struct LabTools {
    /// the kinds of file that can be read
    pub containers: Vec<&'static [Container]>,
    /// the folder in which results are kept; without one nothing is
    pub home: Option<PathBuf>,
}

impl Default for LabTools {
    /// Text alone, and nothing kept.
    fn default() -> Self {
        Self {
            containers: vec![TEXT_CONTAINERS],
            home: None,
        }
    }
}
