//! Which format is it? The first rows are shown to every format; the one that can use most of them, and knows most of their
//! columns, is meant.

use std::path::Path;

use super::{FORMATS, Format, Read};
use crate::LabError;
use crate::picture::Base;
use crate::rows::{Container, Flow, Row, read_files};

/// How many rows are looked at.
const ROWS: usize = 8;

/// The format that a file or folder is most likely written in; `None` where none can use a single row of it.
pub fn guess(
    path: &Path,
    containers: &[&[Container]],
) -> Result<Option<&'static Format>, LabError> {
    std::fs::metadata(path).map_err(|error| LabError::reading(error, path))?;
    // a folder in an order of its own tells itself apart
    let own = FORMATS.iter().find(|format| match format.read {
        Read::Folder(read) => path.is_dir() && usable(path, read),
        Read::Rows(_) => false,
    });
    if own.is_some() {
        return Ok(own);
    }
    let mut rows: Vec<(Row, Base)> = Vec::new();
    read_files(path, containers, &mut |place, told| {
        if let Ok(row) = told {
            let folder = place.file.parent().unwrap_or(Path::new("")).to_owned();
            let base = Base {
                folder,
                images: None,
            };
            rows.push((row, base));
        }
        match rows.len() < ROWS {
            true => Flow::On,
            false => Flow::Enough,
        }
    })?;
    let mut best: Option<((usize, usize), &'static Format)> = None;
    for format in FORMATS {
        let Read::Rows(read) = format.read else {
            continue;
        };
        let used = rows
            .iter()
            .filter(|(row, base)| read(row, base).is_ok_and(|cases| !cases.is_empty()))
            .count();
        let names = rows.iter().flat_map(|(row, _)| row.names());
        let known = names.filter(|name| format.columns.contains(name)).count();
        let fits = (used, known);
        if used > 0 && best.is_none_or(|(most, _)| fits > most) {
            best = Some((fits, format));
        }
    }
    Ok(best.map(|(_, format)| format))
}

type ReadFolder = fn(&Path, &mut super::CaseVisit<'_>) -> Result<(), LabError>;

/// Whether one of the first cases can be used.
fn usable(folder: &Path, read: ReadFolder) -> bool {
    let (mut used, mut seen) = (0, 0);
    let walked = read(folder, &mut |_, told| {
        seen += 1;
        used += usize::from(told.is_ok());
        match used == 0 && seen < ROWS {
            true => Flow::On,
            false => Flow::Enough,
        }
    });
    walked.is_ok() && used > 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::TEXT_CONTAINERS;
    use std::path::PathBuf;

    fn data(name: &str) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../tests/lab/data")
            .join(name)
    }

    #[test]
    fn published_files_are_known_by_their_first_rows() {
        for (file, id) in [
            ("imagenhub.jsonl", "imagenhub"),
            ("editreward_data.csv", "editreward-data"),
            ("gedit2.jsonl", "gedit-v2"),
            ("aurora.json", "aurora-bench"),
            ("pico.jsonl", "pico-banana"),
            ("folder", "folder"),
        ] {
            let found = guess(&data(file), &[TEXT_CONTAINERS]).expect("it can be read");
            assert_eq!(found.map(|format| format.id), Some(id), "{file}");
        }
    }

    #[test]
    fn a_file_of_something_else_is_no_data_set() {
        let path = std::env::temp_dir().join(format!("retake-guess-{}.json", std::process::id()));
        std::fs::write(&path, r#"[{"weather": "fair"}]"#).expect("writable");
        let found = guess(&path, &[TEXT_CONTAINERS]).expect("it can be read");
        let _ = std::fs::remove_file(&path);
        assert!(found.is_none());
    }

    #[test]
    fn what_is_not_there_is_an_error() {
        assert!(guess(Path::new("/nowhere/at/all.jsonl"), &[TEXT_CONTAINERS]).is_err());
    }
}
