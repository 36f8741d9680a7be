//! Multimodal RewardBench 2, the editing part (facebookresearch/MMRB2; rl-research/multimodal-rewardbench-2): 1,000 pairs,
//! half of them by the same model, with three annotations from 1 (B by far) to 6 (A by far). For evaluation only
//! (CC BY-NC).

use super::{Format, Read, facts, one};
use crate::case::{Case, Take, Verdict};
use crate::measures::Better;
use crate::picture::{Base, Picture};
use crate::rows::{Cell, Row, absurd, within};
use retake_core::{Said, said};

pub(super) const FORMAT: Format = Format {
    id: "mmrb2",
    about: "MMRB2's editing pairs, as edit.json or as the columns of its data set",
    columns: &[
        "id",
        "pair_id",
        "prompt_source",
        "prompt_content",
        "prompt_text",
        "prompt_images",
        "prompt_metadata",
        "response_a",
        "response_b",
        "response_a_text",
        "response_a_images",
        "response_a_model",
        "response_b_text",
        "response_b_images",
        "response_b_model",
        "chosen",
        "human_annotations",
    ],
    read: Read::Rows(read),
};

fn read(row: &Row, base: &Base) -> Result<Vec<Case>, Said> {
    let id = row
        .any(&["id", "pair_id"])
        .map_or_else(|| row.need("id"), Ok)?;
    let id = id
        .text()
        .ok_or_else(|| said!("the column “id” holds no text"))?;
    let chosen = row.need_text("chosen")?;
    let better = match chosen.trim() {
        "A" | "a" => Better::A,
        "B" | "b" => Better::B,
        _ => {
            return Err(said!(
                "“chosen” is “{chosen}”, which is neither A nor B",
                chosen
            ));
        }
    };
    let (instruction, sources) = prompt(row, base)?;
    let task = row.text("prompt_source");
    let takes = vec![response(row, base, 'a')?, response(row, base, 'b')?];
    let same = takes[0].editor == takes[1].editor;
    let mut about = facts(row, &["prompt_metadata"]);
    about.insert("same_model".into(), same.to_string());
    if sources.len() > 1 {
        about.insert("source_pictures".into(), sources.len().to_string());
    }
    one(Case {
        group: id.clone(),
        task,
        dimension: "overall".into(),
        instruction,
        source: sources.into_iter().next(),
        takes,
        verdicts: vec![Verdict {
            raters: raters(row)?,
            ..Verdict::of(better)
        }],
        facts: about,
        id,
        ..Case::default()
    })
}

/// Annotations about their middle: above 0 for A.
fn raters(row: &Row) -> Result<Vec<f64>, Said> {
    let told = row.get("human_annotations").and_then(Cell::list);
    let of = |cell: &Cell| {
        let number = cell
            .number()
            .ok_or_else(|| said!("“human_annotations” holds no number"))?;
        let known = within(number, (1.0, 6.0));
        known
            .map(|n| n - 3.5)
            .ok_or_else(|| absurd("human_annotations", number, (1.0, 6.0)))
    };
    told.unwrap_or_default().iter().map(of).collect()
}

/// The sentence and the pictures before it.
fn prompt(row: &Row, base: &Base) -> Result<(String, Vec<Picture>), Said> {
    if let Some(parts) = row.get("prompt_content").and_then(Cell::list) {
        let (texts, pictures) = sorted(&parts, base);
        return Ok((texts.join("\n"), pictures));
    }
    let pictures = row
        .get("prompt_images")
        .and_then(Cell::list)
        .unwrap_or_default();
    let pictures = pictures
        .iter()
        .filter_map(|cell| base.picture(cell))
        .collect();
    let text = row.need_text("prompt_text")?;
    Ok((text.replace("<image_1>", "").trim().to_owned(), pictures))
}

/// `[["image", path], ["text", words]]`.
fn sorted(parts: &[Cell], base: &Base) -> (Vec<String>, Vec<Picture>) {
    let (mut texts, mut pictures) = (Vec::new(), Vec::new());
    for part in parts {
        match &part.list().unwrap_or_default()[..] {
            [kind, content] if kind.text().as_deref() == Some("text") => {
                texts.extend(content.text())
            }
            [_, content] => pictures.extend(base.picture(content)),
            _ => {}
        }
    }
    (texts, pictures)
}

fn response(row: &Row, base: &Base, side: char) -> Result<Take, Said> {
    let (editor, picture) = match row.get(&format!("response_{side}")).and_then(Cell::map) {
        Some(response) => {
            let parts = response
                .need("response_content")?
                .list()
                .unwrap_or_default();
            (
                response.text("model_name"),
                sorted(&parts, base).1.into_iter().next(),
            )
        }
        None => (
            row.text(&format!("response_{side}_model")),
            base.picture(row.need(&format!("response_{side}_images"))?),
        ),
    };
    Ok(Take {
        name: side.to_ascii_uppercase().to_string(),
        editor,
        picture,
        ..Take::default()
    })
}
