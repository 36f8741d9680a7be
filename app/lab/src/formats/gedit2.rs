//! Pairs of GEditBench v2: two edits of a photo and the one that people chose.

use super::{Format, Read, one};
use crate::case::{Case, Take, Verdict};
use crate::measures::Better;
use crate::picture::Base;
use crate::rows::{Cell, Row};
use retake_core::{Said, said};

pub(super) const FORMAT: Format = Format {
    id: "gedit-v2",
    about: "Pairs of GEditBench v2: key, instruction, source_image_path, edited_image_paths, winner",
    columns: &[
        "key",
        "instruction",
        "source_image_path",
        "edited_image_paths",
        "winner",
        "task",
        "dimension",
    ],
    read: Read::Rows(read),
};

fn read(row: &Row, base: &Base) -> Result<Vec<Case>, Said> {
    let key = row.need_text("key")?;
    let pictures = row.need("edited_image_paths")?.list().unwrap_or_default();
    if pictures.len() != 2 {
        return Err(said!(
            "“{named}” holds {count} pictures, not 2",
            named = "edited_image_paths",
            count = pictures.len()
        ));
    }
    let winner = row.need_text("winner")?;
    let better = match winner.trim() {
        "Image A" | "A" => Better::A,
        "Image B" | "B" => Better::B,
        word if word.eq_ignore_ascii_case("tie") => Better::Tie,
        _ => {
            return Err(said!(
                "“winner” is “{winner}”, which is neither Image A nor Image B",
                winner
            ));
        }
    };
    let take = |(cell, name): (&Cell, &str)| Take {
        name: name.to_owned(),
        picture: base.picture(cell),
        ..Take::default()
    };
    one(Case {
        id: key.clone(),
        group: key,
        task: row.text("task"),
        dimension: row.text("dimension"),
        instruction: row.need_text("instruction")?,
        source: base.picture(row.need("source_image_path")?),
        takes: pictures.iter().zip(["A", "B"]).map(take).collect(),
        verdicts: vec![Verdict::of(better)],
        ..Case::default()
    })
}
