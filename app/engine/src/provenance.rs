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
    provenance_json_on(photo, instruction, provenance, &[])
}

/// The same of an edit that was made on other editors' edits of the photo, the first of them first.
pub fn provenance_json_on(
    photo: &Photo,
    instruction: &Instruction,
    provenance: &Provenance,
    made_on: &[(&Instruction, &Provenance)],
) -> String {
    let mut told = serde_json::json!({
        "program": PROGRAM,
        "source_sha256": photo.id().to_string(),
        "instruction": instruction.text,
        "editor": provenance.editor,
        "editor_version": provenance.version,
        "seed": provenance.seed,
        "recipe": provenance.recipe,
    });
    let before = made_on.iter().map(|(instruction, edit)| {
        serde_json::json!({
            "instruction": instruction.text,
            "editor": edit.editor,
            "editor_version": edit.version,
            "seed": edit.seed,
            "recipe": edit.recipe,
        })
    });
    if !made_on.is_empty() {
        told["made_on"] = before.collect();
    }
    told.to_string()
}
