//! Multi-Reward's sets (arXiv 2411.04713): `RewardEdit_20K.json` has, for an edit, three scores from 0 to 5 with the
//! reasons, for following, preserving and quality; Real-Edit's file has, for a photo, instructions with their kind.

use super::{Format, Read};
use crate::case::{Case, Take};
use crate::measures::mean;
use crate::picture::{Base, Picture};
use crate::rows::{Cell, KEY, Row, absurd, within};
use retake_core::{Said, said};

pub(super) const FORMAT: Format = Format {
    id: "rewardedit",
    about: "RewardEdit-20K's scores (following, preserving, quality) and Real-Edit's instructions; pictures are found in --images as ID_0 (before) and ID_1 (after)",
    columns: &[KEY, "list"],
    read: Read::Rows(read),
};

/// In the order of the file.
const DIMENSIONS: [&str; 3] = [
    "instruction_following",
    "detail_preserving",
    "generation_quality",
];

fn read(row: &Row, base: &Base) -> Result<Vec<Case>, Said> {
    let key = row.need_text(KEY)?;
    let list = row
        .need("list")?
        .list()
        .ok_or_else(|| said!("the row holds no list"))?;
    match list.first() {
        Some(Cell::Map(_)) => Ok(vec![scored(key, &list, base)?]),
        Some(_) => list
            .iter()
            .enumerate()
            .map(|(place, cell)| asked(&key, place, cell, base))
            .collect(),
        None => Err(said!("the list of the row is empty")),
    }
}

fn scored(key: String, list: &[Cell], base: &Base) -> Result<Case, Said> {
    if list.len() != DIMENSIONS.len() {
        return Err(said!(
            "the row holds {count} scores, not 3",
            count = list.len()
        ));
    }
    let (before, after) = (beside(base, &key, 0), beside(base, &key, 1));
    let mut case = Case {
        id: key.clone(),
        group: key.clone(),
        dimension: "overall".into(),
        source: before,
        ..Case::default()
    };
    let mut take = Take {
        name: "edit".into(),
        picture: after,
        ..Take::default()
    };
    for (dimension, cell) in DIMENSIONS.iter().zip(list) {
        let told = cell
            .map()
            .ok_or_else(|| said!("a score of the row is no object"))?;
        let number = told
            .need("Score")?
            .number()
            .ok_or_else(|| said!("“Score” holds no number"))?;
        let number =
            within(number, (0.0, 5.0)).ok_or_else(|| absurd("Score", number, (0.0, 5.0)))?;
        take.by_dimension.insert((*dimension).to_owned(), number);
        let why = told.text("Negative Prompt");
        if !why.is_empty() {
            case.facts
                .insert(format!("{dimension}: what is wrong"), why);
        }
    }
    take.human = mean(take.by_dimension.values().copied());
    case.takes.push(take);
    Ok(case)
}

/// "Type. …: instruction".
fn asked(key: &str, place: usize, cell: &Cell, base: &Base) -> Result<Case, Said> {
    let text = cell
        .text()
        .ok_or_else(|| said!("an instruction of the row is no text"))?;
    let (task, instruction) = text.split_once(": ").unwrap_or(("", &text));
    Ok(Case {
        id: format!("{key}#{place}"),
        group: format!("{key}#{place}"),
        task: task.split('.').next().unwrap_or_default().trim().to_owned(),
        dimension: "overall".into(),
        instruction: instruction.trim().to_owned(),
        source: base.picture(&Cell::Text(key.to_owned())),
        ..Case::default()
    })
}

/// The picture before (0) or after (1), if it is there.
fn beside(base: &Base, key: &str, which: u8) -> Option<Picture> {
    let endings = ["jpg", "png", "webp"];
    let files = endings.map(|ending| base.find(&format!("{key}_{which}.{ending}")));
    files
        .into_iter()
        .find(|file| file.is_file())
        .map(Picture::File)
}
