//! How an edit was made, as it stands in the file of the edit.

use retake_core::{Instruction, Photo, Provenance};

/// Name and version, for records and provenance.
pub const PROGRAM: &str = concat!("retake ", env!("CARGO_PKG_VERSION"));

/// What goes into the file of an edit, as JSON; no time and no machine, so that the same edit is the same bytes.
pub fn provenance_json(
    photo: &Photo,
    instruction: &Instruction,
    provenance: &Provenance,
) -> String {
    serde_json::json!({
        "program": PROGRAM,
        "source_sha256": photo.id().to_string(),
        "instruction": instruction.text,
        "editor": provenance.editor,
        "editor_version": provenance.version,
        "seed": provenance.seed,
        "recipe": provenance.recipe,
    })
    .to_string()
}
