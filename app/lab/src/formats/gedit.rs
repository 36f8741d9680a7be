//! GEdit-Bench (arXiv 2504.17761; stepfun-ai/GEdit-Bench): instructions with their photos, to be edited. Where a folder of
//! edits lies beside them, as the published evaluation wants it (`EDITOR/fullset/TASK/LANGUAGE/KEY.png`), those are judged.

use super::{Format, Read, facts, one};
use crate::case::{Case, Take};
use crate::picture::{Base, Picture};
use crate::rows::Row;
use retake_core::Said;

pub(super) const FORMAT: Format = Format {
    id: "gedit-bench",
    about: "GEdit-Bench: instructions and photos; edits are found in --images EDITOR/fullset/TASK/LANGUAGE/KEY.png",
    columns: &[
        "key",
        "task_type",
        "instruction",
        "instruction_language",
        "input_image",
        "input_image_raw",
        "Intersection_exist",
    ],
    read: Read::Rows(read),
};

fn read(row: &Row, base: &Base) -> Result<Vec<Case>, Said> {
    let key = row.need_text("key")?;
    let (task, language) = (row.text("task_type"), row.text("instruction_language"));
    let source = row.any(&["input_image_raw", "input_image"]);
    let source = source.map_or_else(|| row.need("input_image"), Ok)?;
    one(Case {
        takes: edits(base, &task, &language, &key),
        id: format!("{key}/{language}"),
        group: format!("{key}/{language}"),
        task,
        dimension: "overall".into(),
        language: if language == "cn" {
            "zh".into()
        } else {
            language
        },
        instruction: row.need_text("instruction")?,
        source: base.picture(source),
        facts: facts(row, &["Intersection_exist"]),
        ..Case::default()
    })
}

/// Every editor's edit of this photo.
fn edits(base: &Base, task: &str, language: &str, key: &str) -> Vec<Take> {
    let Some(folders) = base
        .images
        .as_ref()
        .and_then(|images| std::fs::read_dir(images).ok())
    else {
        return Vec::new();
    };
    let mut takes: Vec<Take> = folders
        .flatten()
        .filter_map(|folder| {
            let editor = folder.file_name().to_string_lossy().into_owned();
            let place = folder.path().join("fullset").join(task).join(language);
            let file = ["png", "jpg", "webp"]
                .iter()
                .map(|ending| place.join(format!("{key}.{ending}")));
            Some(Take {
                name: editor.clone(),
                editor,
                picture: Some(Picture::File(file.into_iter().find(|file| file.is_file())?)),
                ..Take::default()
            })
        })
        .collect();
    takes.sort_by(|a, b| a.name.cmp(&b.name));
    takes
}
