//! ImgEdit-Bench (arXiv 2505.20275; PKU-YuanGroup/ImgEdit): `basic_edit.json` and `UGE_edit.json` name an instruction each,
//! the multi-turn part several. Edits are found as the published evaluation has them: `--images EDITOR/KEY.png`.

use super::{Format, Read, facts};
use crate::case::{Case, Take};
use crate::picture::{Base, Picture};
use crate::rows::{Cell, KEY, Row};
use retake_core::{Said, said};

pub(super) const FORMAT: Format = Format {
    id: "imgedit-bench",
    about: "ImgEdit-Bench: instructions by kind of edit, and chains of turns; edits are found in --images EDITOR/KEY.png",
    columns: &[
        KEY,
        "id",
        "prompt",
        "edit_type",
        "turn1",
        "turn2",
        "turn3",
        "turn4",
        "turn5",
        "source",
        "image",
    ],
    read: Read::Rows(read),
};

fn read(row: &Row, base: &Base) -> Result<Vec<Case>, Said> {
    let key = row.any(&[KEY, "id"]).and_then(Cell::text);
    let key = key.ok_or_else(|| said!("the row has no key"))?;
    let source = row
        .any(&["source", "image", "id"])
        .and_then(|cell| base.picture(cell));
    let case = |id: String, instruction: String| Case {
        group: id.clone(),
        task: row.text("edit_type"),
        dimension: "overall".into(),
        instruction,
        source: source.clone(),
        takes: edits(base, &id),
        facts: facts(row, &["id"]),
        id,
        ..Case::default()
    };
    if row.get("turn1").is_none() {
        return Ok(vec![case(key, row.need_text("prompt")?)]);
    }
    let turns = (1..=9).map_while(|turn| {
        let cell = row.get(&format!("turn{turn}"))?;
        let text = match cell.map() {
            Some(turn) => turn.any(&["prompt", "instruction"]).and_then(Cell::text),
            None => cell.text(),
        };
        Some((turn, text?))
    });
    Ok(turns
        .map(|(turn, text)| case(format!("{key}/turn{turn}"), text))
        .collect())
}

fn edits(base: &Base, id: &str) -> Vec<Take> {
    let Some(folders) = base
        .images
        .as_ref()
        .and_then(|images| std::fs::read_dir(images).ok())
    else {
        return Vec::new();
    };
    let name = id.replace("/turn", "_turn");
    let mut takes: Vec<Take> = folders
        .flatten()
        .filter_map(|folder| {
            let editor = folder.file_name().to_string_lossy().into_owned();
            let file = folder.path().join(format!("{name}.png"));
            file.is_file().then(|| Take {
                name: editor.clone(),
                editor,
                picture: Some(Picture::File(file)),
                ..Take::default()
            })
        })
        .collect();
    takes.sort_by(|a, b| a.name.cmp(&b.name));
    takes
}
