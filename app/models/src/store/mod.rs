//! Models on this machine: where they lie, what they are called, whether they are complete, and how they get here.
//! A model is a folder; a name stands for one in Retake's own models folder or in the cache that Hugging Face's
//! libraries share.

mod check;
mod choice;
mod hub;
mod import;
mod machine;
mod places;
mod placing;
mod pull;
#[cfg(test)]
mod tests;
mod work;

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::diffusion::Kind;
use crate::{Checkpoint, ModelError};
pub use check::{Report, StageReport, Variant, check};
pub use hub::Licence;
pub(crate) use import::RECORD;
pub use import::{Import, import, imported};
pub use machine::free_bytes;
pub use places::models_home;
use places::{hub_cache, is_name};
pub use pull::{Offer, Progress, offer};

/// A model that is here.
#[derive(Clone, Debug, Serialize)]
pub struct Installed {
    /// owner and model, as on the hub
    pub name: String,
    /// where it lies
    pub folder: PathBuf,
    /// whose folder that is
    pub place: Place,
    /// what `model_index.json` calls it; of an imported one the package
    pub pipeline: String,
    /// the editor that it makes, for people; none if Retake knows no such model
    pub editor: Option<&'static str>,
    /// what an imported model is for
    pub purpose: Option<&'static str>,
    /// on disk
    pub bytes: u64,
}

/// Whose folder a model lies in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// Retake's own models folder
    Retake,
    /// the cache of Hugging Face's libraries
    HubCache,
}

/// The folder (or GGUF file) of a model: a path is itself; anything else is a name, with or without its owner. Retake's
/// own folder goes before the hub's cache.
pub fn resolve(text: &str) -> Result<PathBuf, ModelError> {
    let path = Path::new(text);
    if path.exists() {
        return Ok(path.to_owned());
    }
    if !is_name(text) {
        return Err(ModelError::NotACheckpoint {
            what: "there is no such folder".to_owned(),
            path: path.to_owned(),
        });
    }
    for place in [Place::Retake, Place::HubCache] {
        let mut found = folders(place);
        found.retain(|(name, _)| called(name, text));
        match &found[..] {
            [] => {}
            [(_, folder)] => return Ok(folder.clone()),
            several => {
                let names: Vec<&str> = several.iter().map(|(name, _)| name.as_str()).collect();
                return Err(ModelError::Hub(format!(
                    "several models are called {text}; say which: {}",
                    names.join(", ")
                )));
            }
        }
    }
    Err(ModelError::Hub(format!(
        "there is no model named {text} on this machine, and no folder of that name; retake models list shows what there is, and retake models pull loads a model of the hub"
    )))
}

/// The folder of a network that is published alone under this full name, where it is installed.
pub(crate) fn network(name: &str) -> Option<PathBuf> {
    let home = models_home().map(|home| own(&home));
    let cache = hub_cache().map(|cache| cached(&cache));
    let places = [home, cache].into_iter().flatten().flatten();
    network_among(places, name)
}

fn network_among(
    mut found: impl Iterator<Item = (String, PathBuf)>,
    wanted: &str,
) -> Option<PathBuf> {
    let last = wanted.rsplit('/').next().unwrap_or(wanted);
    let is_meant = |(name, folder): &(String, PathBuf)| {
        let named = name.eq_ignore_ascii_case(wanted) || name.eq_ignore_ascii_case(last);
        named && folder.join("config.json").is_file()
    };
    found.find(is_meant).map(|(_, folder)| folder)
}

/// An imported model by its name, with or without its owner, or its folder: what it is, and what is wrong with its files,
/// a sentence each; `None` where no import made it.
pub fn check_imported(text: &str) -> Option<Result<(Installed, Vec<String>), ModelError>> {
    let path = std::path::absolute(text).ok();
    let mut models = installed().into_iter();
    let model = models.find(|model| {
        let meant = called(&model.name, text) || Some(&model.folder) == path.as_ref();
        meant && model.purpose.is_some()
    })?;
    Some(import::faults(&model.folder).map(|faults| (model, faults)))
}

/// All models in both places, by name.
pub fn installed() -> Vec<Installed> {
    let mut models: Vec<Installed> = [Place::Retake, Place::HubCache]
        .into_iter()
        .flat_map(|place| folders(place).into_iter().map(move |found| (place, found)))
        .filter_map(|(place, (name, folder))| {
            let checkpoint = Checkpoint::open(&folder).ok()?;
            Some(Installed {
                name,
                place,
                pipeline: checkpoint.pipeline().to_owned(),
                editor: Kind::of(&checkpoint).ok().map(|kind| kind.name),
                purpose: None,
                bytes: bytes_in(&folder, 4),
                folder,
            })
        })
        .collect();
    let home = models_home().map(|home| own(&home)).unwrap_or_default();
    models.extend(home.into_iter().filter_map(|(name, folder)| {
        let (package, purpose) = import::purpose(&folder)?;
        Some(Installed {
            name,
            place: Place::Retake,
            pipeline: package.to_owned(),
            editor: None,
            purpose: Some(purpose),
            bytes: bytes_in(&folder, 4),
            folder,
        })
    }));
    models.sort_by(|a, b| a.name.cmp(&b.name));
    models
}

/// Whether a model of this full name is meant: the same name, or the same without its owner. Case does not matter.
fn called(name: &str, text: &str) -> bool {
    let last = name.rsplit('/').next().unwrap_or(name);
    name.eq_ignore_ascii_case(text) || last.eq_ignore_ascii_case(text)
}

/// Names and folders of the checkpoints in a place, in the order of their names.
fn folders(place: Place) -> Vec<(String, PathBuf)> {
    let found = match place {
        Place::Retake => models_home().map(|home| own(&home)),
        Place::HubCache => hub_cache().map(|cache| cached(&cache)),
    };
    let mut found = found.unwrap_or_default();
    found.retain(|(_, folder)| folder.join("model_index.json").is_file());
    found.sort();
    found
}

/// `HOME/OWNER/MODEL`, and folders that were put straight into `HOME`.
fn own(home: &Path) -> Vec<(String, PathBuf)> {
    let mut found = Vec::new();
    for (owner, folder) in listed(home) {
        let inside = listed(&folder).into_iter();
        found.extend(inside.map(|(model, path)| (format!("{owner}/{model}"), path)));
        found.push((owner, folder));
    }
    found
}

/// `CACHE/models--OWNER--MODEL/snapshots/COMMIT`, where `refs/main` names the commit.
fn cached(cache: &Path) -> Vec<(String, PathBuf)> {
    let found = listed(cache).into_iter().filter_map(|(folder, path)| {
        let name = folder.strip_prefix("models--")?.replacen("--", "/", 1);
        let commit = std::fs::read_to_string(path.join("refs/main")).ok()?;
        let commit = commit.trim();
        let plain = !commit.is_empty() && commit.bytes().all(|byte| byte.is_ascii_alphanumeric());
        plain.then(|| (name, path.join("snapshots").join(commit)))
    });
    found.collect()
}

/// Folders within a folder; those whose name begins with a dot are not meant.
fn listed(folder: &Path) -> Vec<(String, PathBuf)> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let path = entry.path();
            (!name.starts_with('.') && path.is_dir()).then_some((name, path))
        })
        .collect()
}

/// Bytes of all files, links followed, down to some depth.
fn bytes_in(folder: &Path, depth: u32) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .filter_map(|entry| {
            std::fs::metadata(entry.path())
                .ok()
                .map(|meta| (entry, meta))
        })
        .map(|(entry, meta)| match meta.is_dir() {
            true if depth > 0 => bytes_in(&entry.path(), depth - 1),
            true => 0,
            false => meta.len(),
        })
        .sum()
}
