//! Picks as preference data: for DPO, in EditReward's fields, for Label Studio, or every candidate a row; as JSON lines, JSON,
//! CSV, or by whoever can write parquet.

use std::path::Path;

use retake_core::said;
use retake_files::save::write_beside_and_rename;
use serde_json::{Map, Value, json};

use super::{Group, Marked};
use crate::LabError;

/// A shape in the table: the rows that a group makes. The names of pictures are relative to the export.
#[derive(Clone, Copy)]
pub struct Shape {
    /// short name for the command line
    pub id: &'static str,
    /// what it is
    pub about: &'static str,
    /// see there
    pub rows: fn(&Group, &Names<'_>) -> Vec<Value>,
}

/// What the pictures of a group are called: the source, and takes by number.
pub struct Names<'a> {
    /// before
    pub source: String,
    /// after
    pub take: &'a dyn Fn(u64) -> String,
}

/// Every shape, first the default.
pub const SHAPES: &[Shape] = &[
    Shape {
        id: "dpo",
        about: "a row for each pair: prompt, image, chosen, rejected, margin",
        rows: |group, names| {
            let of = |(better, worse): (&Marked, &Marked)| {
                json!({ "prompt": group.instruction, "image": names.source,
                    "chosen": (names.take)(better.take), "rejected": (names.take)(worse.take),
                    "margin": better.liked() - worse.liked(), "weight": weight((better, worse)),
                    "chosen_editor": better.editor, "rejected_editor": worse.editor,
                    "chosen_scores": better.scores, "rejected_scores": worse.scores })
            };
            pairs(group).map(of).collect()
        },
    },
    Shape {
        id: "editreward",
        about: "EditReward's fields: prompt, path_src, path1 (preferred), path2, model1, …",
        rows: |group, names| {
            let of = |(better, worse): (&Marked, &Marked)| {
                let mut row = json!({ "prompt": group.instruction, "path_src": names.source,
                    "path1": (names.take)(better.take), "path2": (names.take)(worse.take),
                    "model1": better.editor, "model2": worse.editor, "choice_dist": [1, 0],
                    "confidence": weight((better, worse)), "tie_case": false });
                for (number, take) in [(1, better), (2, worse)] {
                    row[format!("model{number}_overall_score")] = json!(take.liked());
                }
                row
            };
            pairs(group).map(of).collect()
        },
    },
    Shape {
        id: "label-studio",
        about: "Label Studio's tasks: data, and the pick as an annotation of the template for pairs",
        rows: |group, names| {
            let of = |(better, worse): (&Marked, &Marked)| {
                let result = json!({ "from_name": "comparison", "to_name": "pairwise", "type": "pairwise",
                    "value": { "selected": "left" } });
                json!({ "data": { "prompt": group.instruction, "source": names.source,
                        "left": (names.take)(better.take), "right": (names.take)(worse.take) },
                    "annotations": [{ "result": [result] }] })
            };
            pairs(group).map(of).collect()
        },
    },
    Shape {
        id: "all",
        about: "every candidate a row, with its scores and what was said of it",
        rows: |group, names| {
            let of = |take: &Marked| {
                json!({ "photo": group.photo, "photo_sha256": group.photo_sha256, "turn": group.turn,
                    "instruction": group.instruction, "take": take.take, "picture": (names.take)(take.take),
                    "editor": take.editor, "seed": take.seed, "flag": take.flag, "stars": take.stars,
                    "liked": take.liked(), "did": take.did, "scores": take.scores, "recipe": take.recipe })
            };
            group.takes.iter().map(of).collect()
        },
    },
];

/// How much a pair counts: as much as the more telling of what is known of both.
fn weight((better, worse): (&Marked, &Marked)) -> f64 {
    better.weight().max(worse.weight())
}

/// All pairs of which one is liked better, the better first.
fn pairs(group: &Group) -> impl Iterator<Item = (&Marked, &Marked)> {
    group.takes.iter().flat_map(move |better| {
        let worse = group
            .takes
            .iter()
            .filter(move |worse| worse.liked() < better.liked());
        worse.map(move |worse| (better, worse))
    })
}

/// The rows of a group, as objects.
pub fn rows(shape: &Shape, group: &Group, names: &Names<'_>) -> Vec<Map<String, Value>> {
    let rows = (shape.rows)(group, names).into_iter();
    rows.filter_map(|row| row.as_object().cloned()).collect()
}

/// Writes rows as JSON lines (`jsonl`), JSON (`json`), CSV (`csv`) or TSV by the ending; another ending is refused with what
/// there is. The file is there in whole or not at all.
pub fn write_rows(path: &Path, rows: &[Map<String, Value>]) -> Result<(), LabError> {
    let ending = crate::rows::ending(path);
    let text = match ending.as_str() {
        "jsonl" | "ndjson" => rows
            .iter()
            .map(|row| Value::Object(row.clone()).to_string() + "\n")
            .collect(),
        "json" => serde_json::to_string_pretty(rows).unwrap_or_default() + "\n",
        "csv" => table(rows, ','),
        "tsv" => table(rows, '\t'),
        _ => {
            return Err(LabError::Asked(said!(
                "the file's ending says how it is written: jsonl, json, csv, tsv or parquet, not “{ending}”: {path}",
                ending,
                path = path.display().to_string()
            )));
        }
    };
    let written = write_beside_and_rename(path, |out| out.write_all(text.as_bytes()));
    written
        .map(|_| ())
        .map_err(|error| LabError::Asked(error.said()))
}

/// RFC 4180; what is no number or word is written as JSON.
fn table(rows: &[Map<String, Value>], between: char) -> String {
    let mut names: Vec<&String> = Vec::new();
    for name in rows.iter().flat_map(Map::keys) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let cell = |text: String| match text.contains([between, '"', '\n', '\r']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text,
    };
    let line = |cells: Vec<String>| cells.join(&between.to_string()) + "\r\n";
    let mut text = line(names.iter().map(|name| cell((*name).clone())).collect());
    for row in rows {
        let of = |name: &&String| match row.get(*name) {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => cell(text.clone()),
            Some(other) => cell(other.to_string()),
        };
        text.push_str(&line(names.iter().map(of).collect()));
    }
    text
}
