//! `retake lab export`: the picks of sessions as preference data.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Result, bail};
use retake_core::{EditRequest, Editor, EditorSettings, Instruction};
use retake_darkroom::{Darkroom, Device};
use retake_files::journal::find_photo;
use retake_files::save::write_beside_and_rename;
use retake_lab::picks::{Group, Marked, Names, SHAPES, Shape, folders, read, rows, write_rows};
use retake_pixels::resize;
use retake_tables::write_parquet;
use serde_json::{Map, Value};

use super::super::config::Config;
use super::super::say::{print, say};
use super::super::{DONE, picture, tools};
use super::made::Made;
use super::{ExportArgs, PicksArgs, sentence};

/// The long edge of pictures that are made again, px.
const LONG_EDGE: usize = 1024;

/// The shape of this name.
pub(crate) fn known_shape(id: &str) -> Result<Shape, String> {
    let known = SHAPES.iter().find(|shape| shape.id == id).copied();
    known.ok_or_else(|| {
        let known: Vec<String> = SHAPES
            .iter()
            .map(|shape| format!("{} ({})", shape.id, shape.about))
            .collect();
        format!("picks are exported as one of: {}", known.join("; "))
    })
}

/// The groups of all sessions that tell a preference, the oldest first; what could not be read is said.
pub(crate) fn groups(from: &PicksArgs) -> Result<Vec<Group>> {
    let by_acts = Config::read(from.config.as_deref())?
        .learn_from_acts
        .unwrap_or(true);
    let only_said = from.only_said || !by_acts;
    let mut all = Vec::new();
    for journal in folders(&from.sessions).map_err(sentence)? {
        match read(&journal) {
            Ok((groups, damaged)) => {
                if damaged > 0 {
                    say(format_args!(
                        "{damaged} damaged lines were left out: {}",
                        journal.display()
                    ));
                }
                let groups = groups.into_iter();
                let groups = groups.map(|group| match only_said {
                    true => group.only_said(),
                    false => group,
                });
                all.extend(groups.filter(Group::tells));
            }
            Err(error) => say(error),
        }
    }
    all.sort_by_key(|group| group.at_ms);
    Ok(all)
}

/// Obeys the command.
pub(crate) fn export(args: &ExportArgs) -> Result<u8> {
    let groups = groups(&args.picks)?;
    let stem = args
        .out
        .file_stem()
        .unwrap_or(args.out.as_os_str())
        .to_string_lossy()
        .into_owned();
    let pictures = args.out.with_file_name(format!("{stem}-pictures"));
    let mut all: Vec<Map<String, Value>> = Vec::new();
    let mut made = Made::default();
    for (number, group) in groups.iter().enumerate() {
        all.extend(rows_of(&args.shape, group, number, &pictures, &mut made)?);
    }
    if all.is_empty() {
        bail!(
            "there is no pick in these sessions; keep or drop takes in the window and export again"
        );
    }
    write(&args.out, &all)?;
    made.keep();
    if args.json {
        let object =
            serde_json::json!({ "file": args.out, "rows": all.len(), "groups": groups.len() });
        print(&format!("{object:#}\n"))?;
    } else {
        say(format_args!(
            "{} rows of {} groups: {}",
            all.len(),
            groups.len(),
            args.out.display()
        ));
    }
    Ok(DONE)
}

/// Writes rows as the ending says.
pub(crate) fn write(path: &Path, rows: &[Map<String, Value>]) -> Result<()> {
    let parquet = path
        .extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("parquet"));
    match parquet {
        true => write_parquet(path, rows).map_err(sentence),
        false => write_rows(path, rows).map_err(sentence),
    }
}

/// The rows of a group. Its pictures are written beside the export: those that the journal keeps, and those of the darkroom
/// made again from their recipes where the photo is still the same file.
fn rows_of(
    shape: &Shape,
    group: &Group,
    number: usize,
    pictures: &Path,
    made: &mut Made,
) -> Result<Vec<Map<String, Value>>> {
    let home = retake_files::journal::home();
    let photo = home.and_then(|home| find_photo(&home, &group.photo_sha256));
    let source = photo.as_ref().map(|path| path.display().to_string());
    let source = source.or_else(|| group.photo.clone());
    let source = source.unwrap_or_else(|| format!("sha256:{}", group.photo_sha256));
    made.folder(pictures)?;
    let mut written = BTreeSet::new();
    let again = photo.and_then(|path| Again::open(&path, &group.instruction));
    for take in &group.takes {
        let path = pictures.join(file(number, take.take));
        made.file(&path);
        let done = match (&take.picture, &again) {
            (Some(picture), _) => {
                write_beside_and_rename(&path, |out| out.write_all(picture))?;
                true
            }
            (None, Some(again)) if take.editor == Darkroom::ID => again.make(take, &path),
            _ => false,
        };
        if done {
            written.insert(take.take);
        }
    }
    let folder = pictures
        .file_name()
        .unwrap_or(pictures.as_os_str())
        .to_string_lossy()
        .into_owned();
    let name = |id: u64| match written.contains(&id) {
        true => format!("{folder}/{}", file(number, id)),
        false => format!("{source}#take-{id}"),
    };
    Ok(rows(
        shape,
        group,
        &Names {
            source: source.clone(),
            take: &name,
        },
    ))
}

fn file(group: usize, take: u64) -> String {
    format!("{group:05}-{take}.jpg")
}

/// A photo whose recipes are rendered again.
struct Again {
    darkroom: Darkroom,
    request: EditRequest,
}

impl Again {
    /// Nothing where the photo does not open.
    fn open(path: &Path, instruction: &str) -> Option<Self> {
        let photo = picture::photo(path).ok()?;
        let source = Arc::new(resize::fit(&photo, LONG_EDGE).ok()?);
        let instruction = Instruction {
            text: instruction.to_owned(),
            ..Instruction::default()
        };
        Some(Self {
            darkroom: Darkroom::new(Device::choose("cpu").ok()?).with_finder(tools::eyes().subject),
            request: EditRequest {
                photo,
                instruction,
                seed: 0,
                source,
                base: None,
                like: None,
                settings: EditorSettings::new(),
            },
        })
    }

    /// Writes the picture of a take; a recipe that cannot be read leaves none.
    fn make(&self, take: &Marked, path: &Path) -> bool {
        let request = EditRequest {
            seed: take.seed,
            ..self.request.clone()
        };
        let Ok(raster) = self.darkroom.redo(&request, &take.recipe) else {
            return false;
        };
        retake_lab::picture::save_small(path, &raster, LONG_EDGE).is_ok()
    }
}
