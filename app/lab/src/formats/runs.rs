//! Retake's own runs: a folder with `run.json`, or a folder of such folders. The candidates keep the scores that they were
//! given; picks become pairs by `retake lab export`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use retake_core::Said;
use retake_files::record::{RunRecord, place_path};

use super::{CaseVisit, Format, Read};
use crate::LabError;
use crate::case::{Case, Take};
use crate::picture::Picture;
use crate::rows::{Flow, Place};

pub(super) const FORMAT: Format = Format {
    id: "retake-runs",
    about: "Retake's own runs: a folder with run.json, or a folder of such folders",
    columns: &[],
    read: Read::Folder(read),
};

fn read(folder: &Path, visit: &mut CaseVisit<'_>) -> Result<(), LabError> {
    for (number, run) in (1..).zip(run_files(folder)?) {
        let told = case(&run);
        let place = Place { file: run, number };
        if visit(place, told) == Flow::Enough {
            break;
        }
    }
    Ok(())
}

/// The records below a folder, by name; none at all is an error.
pub fn run_files(folder: &Path) -> Result<Vec<PathBuf>, LabError> {
    let mut runs = Vec::new();
    gather(folder, 0, &mut runs)?;
    runs.sort();
    match runs.is_empty() {
        true => Err(LabError::NothingThere {
            format: FORMAT.id,
            needs: "run.json".into(),
            path: folder.to_owned(),
        }),
        false => Ok(runs),
    }
}

/// Runs lie at most three folders deep.
fn gather(folder: &Path, depth: usize, runs: &mut Vec<PathBuf>) -> Result<(), LabError> {
    let run = match folder.is_file() {
        true => folder.to_owned(),
        false => folder.join("run.json"),
    };
    if run.is_file() {
        runs.push(run);
        return Ok(());
    }
    if depth == 3 {
        return Ok(());
    }
    let trouble = |error| LabError::reading(error, folder);
    for entry in std::fs::read_dir(folder).map_err(trouble)?.flatten() {
        if entry.path().is_dir() {
            gather(&entry.path(), depth + 1, runs)?;
        }
    }
    Ok(())
}

fn case(run: &Path) -> Result<Case, Said> {
    let text = std::fs::read_to_string(run);
    let text = text.map_err(|error| LabError::reading(error, run).said())?;
    let record = RunRecord::from_json(&text).map_err(|error| error.said())?;
    let folder = run.parent().unwrap_or(run);
    let takes = record.candidates.iter().map(|candidate| Take {
        name: candidate.index.to_string(),
        editor: record.editor.id.clone(),
        picture: Some(Picture::File(folder.join(&candidate.file))),
        by_dimension: BTreeMap::new(),
        ..Take::default()
    });
    let id = folder.display().to_string();
    let of = |path: &str| Picture::File(place_path(path));
    Ok(Case {
        group: id.clone(),
        dimension: "overall".into(),
        language: record.instruction.understood.language.clone(),
        instruction: record.instruction.text.clone(),
        source: Some(of(&record.source.path)),
        mask: record.instruction.mask.as_deref().map(of),
        takes: takes.collect(),
        facts: [("selector".to_owned(), record.selector.id.clone())].into(),
        id,
        ..Case::default()
    })
}
