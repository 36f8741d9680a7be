//! One edit: its picture and everything needed to make it again.

use serde::{Deserialize, Serialize};

use crate::{Raster, Said};

/// Where a candidate comes from; enough to make it again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Provenance {
    /// the editor's id: "darkroom"
    pub editor: String,
    /// the editor's version
    pub version: String,
    /// the seed of this candidate alone
    pub seed: u64,
    /// the editor's own description of the edit; for the darkroom a recipe
    pub recipe: serde_json::Value,
    /// a few words on how it differs: "a touch stronger, via white balance"
    #[serde(default)]
    pub label: Said,
}

/// One edit at working size.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// linear Rec.2020, unclipped
    pub picture: Raster,
    /// how it was made
    pub provenance: Provenance,
}
