//! A folder of one's own: either a folder for each case with `source.*`, `edited*.*` and `instruction.txt` (and `mask.*`), or
//! folders `source`, `edited`, `instruction` (and `mask`) with files of the same name in them. Edits in `edited/EDITOR/`
//! are several takes.

use std::path::{Path, PathBuf};

use retake_core::{Said, said};
use retake_files::open::looks_like_photo;

use super::{CaseVisit, Format, Read};
use crate::LabError;
use crate::case::{Case, Take};
use crate::picture::Picture;
use crate::rows::{Flow, Place};

pub(super) const FORMAT: Format = Format {
    id: "folder",
    about: "A folder: source.*, edited*.*, instruction.txt in a folder for each case, or folders source, edited, instruction",
    columns: &[],
    read: Read::Folder(read),
};

fn read(folder: &Path, visit: &mut CaseVisit<'_>) -> Result<(), LabError> {
    let side_by_side = folder.join("source").is_dir();
    let cases: Vec<PathBuf> = match side_by_side {
        true => listed(&folder.join("source"))?
            .into_iter()
            .filter(|f| looks_like_photo(f))
            .collect(),
        false => listed(folder)?
            .into_iter()
            .filter(|path| path.is_dir())
            .collect(),
    };
    if cases.is_empty() {
        return Err(LabError::NothingThere {
            format: FORMAT.id,
            needs: "source, edited and instruction".into(),
            path: folder.to_owned(),
        });
    }
    for (number, path) in (1..).zip(cases) {
        let told = match side_by_side {
            true => beside(folder, &path),
            false => within(&path),
        };
        let place = Place { file: path, number };
        if visit(place, told) == Flow::Enough {
            break;
        }
    }
    Ok(())
}

fn listed(folder: &Path) -> Result<Vec<PathBuf>, LabError> {
    let trouble = |error| LabError::reading(error, folder);
    let entries = std::fs::read_dir(folder).map_err(trouble)?;
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    Ok(paths)
}

fn stem(path: &Path) -> String {
    path.file_stem()
        .map(|stem| stem.to_string_lossy().into_owned())
        .unwrap_or_default()
}

/// The picture of this name in a folder, with any ending.
fn named(folder: &Path, name: &str) -> Option<PathBuf> {
    let files = listed(folder).ok()?;
    files
        .into_iter()
        .find(|file| stem(file) == name && looks_like_photo(file))
}

fn take(name: String, file: PathBuf) -> Take {
    Take {
        editor: name.clone(),
        name,
        picture: Some(Picture::File(file)),
        ..Take::default()
    }
}

fn sentence(path: &Path) -> Result<String, Said> {
    let text = std::fs::read_to_string(path);
    let text = text.map_err(|why| {
        said!(
            "the instruction cannot be read ({why}): {path}",
            why = why.to_string(),
            path = path.display().to_string()
        )
    })?;
    Ok(text.trim().to_owned())
}

fn case(
    id: String,
    instruction: String,
    source: PathBuf,
    mask: Option<PathBuf>,
    takes: Vec<Take>,
) -> Case {
    Case {
        group: id.clone(),
        dimension: "overall".into(),
        instruction,
        source: Some(Picture::File(source)),
        mask: mask.map(Picture::File),
        takes,
        id,
        ..Case::default()
    }
}

fn within(folder: &Path) -> Result<Case, Said> {
    let source = named(folder, "source").ok_or_else(|| said!("there is no picture source.*"))?;
    let files = listed(folder).map_err(|error| error.said())?;
    let edited = files
        .into_iter()
        .filter(|f| stem(f).starts_with("edited") && looks_like_photo(f));
    let takes: Vec<Take> = edited
        .map(|file| {
            let name = stem(&file)
                .trim_start_matches("edited")
                .trim_matches(['-', '_', '.'])
                .to_owned();
            take(
                if name.is_empty() {
                    "edited".into()
                } else {
                    name
                },
                file,
            )
        })
        .collect();
    if takes.is_empty() {
        return Err(said!("there is no picture edited*.*"));
    }
    let name = folder.file_name().map(|n| n.to_string_lossy().into_owned());
    let text = sentence(&folder.join("instruction.txt"))?;
    Ok(case(
        name.unwrap_or_default(),
        text,
        source,
        named(folder, "mask"),
        takes,
    ))
}

fn beside(folder: &Path, source: &Path) -> Result<Case, Said> {
    let name = stem(source);
    let edited = folder.join("edited");
    let editors = listed(&edited).map_err(|error| error.said())?;
    let several = editors.into_iter().filter(|path| path.is_dir());
    let mut takes: Vec<Take> = several
        .filter_map(|editor| {
            let file = named(&editor, &name)?;
            Some(take(
                editor.file_name()?.to_string_lossy().into_owned(),
                file,
            ))
        })
        .collect();
    takes.extend(named(&edited, &name).map(|file| take("edited".into(), file)));
    if takes.is_empty() {
        return Err(said!(
            "there is no picture of the name {name} in edited",
            name
        ));
    }
    let text = sentence(&folder.join("instruction").join(format!("{name}.txt")))?;
    let mask = named(&folder.join("mask"), &name);
    Ok(case(name, text, source.to_owned(), mask, takes))
}
