//! Files that hold rows: one file or a folder of shards, each read from front to back by the reader of its ending.

use std::path::{Path, PathBuf};

use super::{Row, csv, json};
use crate::LabError;
use retake_core::{Said, said};

/// Whether a reader goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// the next row, please
    On,
    /// that is enough
    Enough,
}

/// Where a row stood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// the file
    pub file: PathBuf,
    /// from 1; lines of a text that holds a row each, else rows
    pub number: u64,
}

/// Gets every row in turn, or why one could not be read.
pub type Visit<'a> = dyn FnMut(Place, Result<Row, Said>) -> Flow + 'a;

/// A kind of file with rows in it.
#[derive(Clone, Copy)]
pub struct Container {
    /// "parquet", "JSON lines"
    pub name: &'static str,
    /// how its files end, in lower case
    pub endings: &'static [&'static str],
    /// Reads from front to back, holding no more than a few rows at a time.
    pub read: fn(&Path, &mut Visit<'_>) -> Result<Flow, LabError>,
}

/// Those that are text.
pub const TEXT_CONTAINERS: &[Container] = &[
    Container {
        name: "JSON lines",
        endings: &["jsonl", "ndjson"],
        read: json::lines,
    },
    Container {
        name: "JSON",
        endings: &["json"],
        read: json::whole,
    },
    Container {
        name: "CSV",
        endings: &["csv"],
        read: |path, visit| csv::read(path, b',', visit),
    },
    Container {
        name: "TSV",
        endings: &["tsv", "tab"],
        read: |path, visit| csv::read(path, b'\t', visit),
    },
];

/// Reads a file, or every file of a folder (and those below it, by name) that one of `containers` reads. A shard that is
/// damaged is told as one row that cannot be used; a single file that is, is an error.
pub fn read_files(
    path: &Path,
    containers: &[&[Container]],
    visit: &mut Visit<'_>,
) -> Result<(), LabError> {
    let all = || containers.iter().flat_map(|list| list.iter());
    let of = |file: &Path| {
        let ending = ending(file);
        all().find(|container| container.endings.contains(&ending.as_str()))
    };
    if !path.is_dir() {
        std::fs::metadata(path).map_err(|error| LabError::reading(error, path))?;
        let Some(container) = of(path) else {
            let endings: Vec<&str> = all().flat_map(|c| c.endings.iter().copied()).collect();
            return Err(LabError::Ending {
                ending: ending(path),
                known: endings.join(", "),
                path: path.to_owned(),
            });
        };
        return (container.read)(path, visit).map(|_| ());
    }
    let mut files = Vec::new();
    gather(path, &mut files)?;
    files.sort();
    let readable = files.iter().filter_map(|file| Some((file, of(file)?)));
    let mut count = 0_usize;
    for (file, container) in readable {
        count += 1;
        match (container.read)(file, visit) {
            Ok(Flow::On) => {}
            Ok(Flow::Enough) => break,
            Err(LabError::Stopped) => return Err(LabError::Stopped),
            Err(error) => {
                let place = Place {
                    file: file.clone(),
                    number: 0,
                };
                if visit(place, Err(error.said())) == Flow::Enough {
                    break;
                }
            }
        }
    }
    match count {
        0 => Err(LabError::Asked(said!(
            "there is no file with rows in the folder ({kinds}): {path}",
            kinds = all().map(|c| c.name).collect::<Vec<_>>().join(", "),
            path = path.display().to_string()
        ))),
        _ => Ok(()),
    }
}

/// The ending of a name, in lower case.
pub(crate) fn ending(file: &Path) -> String {
    let ending = file.extension().map(|e| e.to_string_lossy().to_lowercase());
    ending.unwrap_or_default()
}

fn gather(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), LabError> {
    let trouble = |error| LabError::reading(error, folder);
    for entry in std::fs::read_dir(folder).map_err(trouble)? {
        let path = entry.map_err(trouble)?.path();
        let hidden = path
            .file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with('.'));
        match path.is_dir() {
            _ if hidden => {}
            true => gather(&path, files)?,
            false => files.push(path),
        }
    }
    Ok(())
}
