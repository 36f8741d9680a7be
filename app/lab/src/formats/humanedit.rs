//! HumanEdit (arXiv 2412.04280; BryanW/HumanEdit, CC-BY-4.0): edits that people asked for and accepted, with the masks they
//! painted.

use super::{Format, Read, facts, one};
use crate::case::{Case, Take};
use crate::picture::Base;
use crate::rows::{Cell, Row};
use retake_core::Said;

pub(super) const FORMAT: Format = Format {
    id: "humanedit",
    about: "HumanEdit: photo, mask, instruction and the edit that was accepted",
    columns: &[
        "IMAGE_ID",
        "EDITING_TYPE",
        "CORE",
        "MASK",
        "EDITING_INSTRUCTION",
        "OUTPUT_DESCRIPTION",
        "INPUT_CAPTION_BY_LLAMA",
        "OUTPUT_CAPTION_BY_LLAMA",
        "INPUT_IMG",
        "MASK_IMG",
        "OUTPUT_IMG",
    ],
    read: Read::Rows(read),
};

fn read(row: &Row, base: &Base) -> Result<Vec<Case>, Said> {
    let id = row.need_text("IMAGE_ID")?;
    // whether the mask matters is a flag in the data
    let masked = row
        .get("MASK")
        .and_then(Cell::number)
        .is_none_or(|flag| flag != 0.0);
    let mask = row.get("MASK_IMG").filter(|_| masked);
    one(Case {
        group: id.clone(),
        task: row.text("EDITING_TYPE"),
        dimension: "overall".into(),
        instruction: row.need_text("EDITING_INSTRUCTION")?,
        source: base.picture(row.need("INPUT_IMG")?),
        mask: mask.and_then(|cell| base.picture(cell)),
        takes: vec![Take {
            name: "HumanEdit".into(),
            editor: "DALL-E 2".into(),
            picture: base.picture(row.need("OUTPUT_IMG")?),
            ..Take::default()
        }],
        facts: facts(
            row,
            &[
                "EDITING_TYPE",
                "CORE",
                "MASK",
                "OUTPUT_DESCRIPTION",
                "INPUT_CAPTION_BY_LLAMA",
                "OUTPUT_CAPTION_BY_LLAMA",
            ],
        ),
        id,
        ..Case::default()
    })
}
