//! Pico-Banana-400K (arXiv 2510.19808; CC BY-NC-ND): single edits with instructions long and short, chains of turns, and
//! an edit that succeeded beside those that failed before it. Which of the three a row is, its columns tell. The README tells
//! the columns of the first two; that failures stand in a list `rejected_images` of preference.jsonl, programs that read the
//! published file tell.

use super::{Format, Read, facts, one};
use crate::case::{Case, Take, Verdict, turned};
use crate::measures::Better;
use crate::picture::{Base, Picture};
use crate::rows::{Cell, Row};
use retake_core::{Said, said};

pub(super) const FORMAT: Format = Format {
    id: "pico-banana",
    about: "Pico-Banana-400K: single edits, chains of turns, success beside failures",
    columns: &[
        "open_image_input_url",
        "local_input_image",
        "text",
        "summarized_text",
        "output_image",
        "edit_type",
        "files",
        "metadata_edit_turn_prompts",
        "rejected_images",
    ],
    read: Read::Rows(read),
};

fn read(row: &Row, base: &Base) -> Result<Vec<Case>, Said> {
    match row.get("files").and_then(Cell::list) {
        Some(files) => chain(row, &files, base),
        None => single(row, base),
    }
}

fn single(row: &Row, base: &Base) -> Result<Vec<Case>, Said> {
    let url = row.any(&["open_image_input_url", "local_input_image"]);
    let url = url.map_or_else(|| row.need("open_image_input_url"), Ok)?;
    let source = row.get("local_input_image").unwrap_or(url);
    let good = row.need("output_image")?;
    let bad = row.get("rejected_images").map(|cell| {
        let several = cell.list();
        several.unwrap_or_else(|| vec![cell.clone()])
    });
    let bad = bad.unwrap_or_default();
    let take = |name: &str, cell: &Cell| Take {
        name: name.to_owned(),
        editor: "Nano-Banana".into(),
        picture: picture(cell, base),
        ..Take::default()
    };
    let mut takes = vec![take("success", good)];
    takes.extend(bad.iter().enumerate().map(|(at, cell)| match at {
        0 => take("failure", cell),
        _ => take(&format!("failure {}", at + 1), cell),
    }));
    let id = good.text().unwrap_or_else(|| {
        format!(
            "{}|{}",
            row.text("edit_type"),
            url.text().unwrap_or_default()
        )
    });
    let mut case = Case {
        group: id.clone(),
        task: row.text("edit_type"),
        dimension: "overall".into(),
        instruction: row.need_text("text")?,
        source: base.picture(source),
        verdicts: (1..=bad.len())
            .map(|second| Verdict {
                second,
                ..Verdict::of(Better::A)
            })
            .collect(),
        facts: facts(row, &["summarized_text"]),
        takes,
        id,
        ..Case::default()
    };
    if case.takes.len() > 1 && turned(&case.id) {
        case.turn();
    }
    one(case)
}

/// The folder that the names of failures begin with, unlike those of successes; where they are published it is not there.
const FOLDER: &str = "nano-banana-300k/";

/// A picture by its name, as it stands or without that folder.
fn picture(cell: &Cell, base: &Base) -> Option<Picture> {
    let named = base.picture(cell);
    let missing = matches!(&named, Some(Picture::File(file)) if !file.is_file());
    match cell
        .text()
        .as_deref()
        .and_then(|name| name.strip_prefix(FOLDER))
    {
        Some(short) if missing => base.picture(&Cell::Text(short.to_owned())),
        _ => named,
    }
}

/// A case for every turn, from the picture that the turn before it left.
fn chain(row: &Row, files: &[Cell], base: &Base) -> Result<Vec<Case>, Said> {
    let file = |id: &str| -> Option<Cell> {
        let files = files.iter().filter_map(Cell::map);
        files
            .filter(|file| file.text("id") == id)
            .find_map(|file| file.get("url").cloned())
    };
    let prompts = row
        .need("metadata_edit_turn_prompts")?
        .list()
        .unwrap_or_default();
    let first = file("original_input_image")
        .ok_or_else(|| said!("“files” holds no original_input_image"))?;
    let last = file("final_image")
        .and_then(|url| url.text())
        .unwrap_or_default();
    let local = row.get("local_input_image");
    let mut source: Option<Picture> = base.picture(local.unwrap_or(&first));
    let mut cases = Vec::new();
    for (place, prompt) in prompts.iter().enumerate() {
        let turn = place + 1;
        let after = file(&format!("edit_turn{turn}"));
        let after = match turn == prompts.len() {
            true => after.or_else(|| file("final_image")),
            false => after,
        };
        let after = after.ok_or_else(|| said!("“files” holds no picture of turn {turn}", turn))?;
        let picture = base.picture(&after);
        cases.push(Case {
            id: format!("{last}#{turn}"),
            group: format!("{last}#{turn}"),
            task: "multi-turn".into(),
            dimension: "overall".into(),
            instruction: prompt
                .text()
                .ok_or_else(|| said!("a prompt of a turn is no text"))?,
            source: source.take(),
            takes: vec![Take {
                name: format!("turn {turn}"),
                editor: "Nano-Banana".into(),
                picture: picture.clone(),
                ..Take::default()
            }],
            ..Case::default()
        });
        source = picture;
    }
    Ok(cases)
}
