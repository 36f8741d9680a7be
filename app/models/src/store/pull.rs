//! Loading a model from the hub: first what it is and what it takes, then its files, each checked, into a hidden folder
//! that becomes the model when everything is there.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::choice::needed;
use super::hub::{Hub, Licence, Published};
use super::places::{is_name, models_home};
use super::placing::{self, UNDER_WAY, appear, no_home};
use crate::ModelError;

/// What must stay free beside the model, bytes.
const SPARE: u64 = 256 << 20;

/// A model as the hub has it, before anything is loaded.
#[derive(Serialize)]
pub struct Offer {
    /// owner and model
    pub name: String,
    /// the version that will be loaded
    pub commit: String,
    /// under which it may be used
    pub licence: Licence,
    /// of the files that are needed
    pub bytes: u64,
    /// of those, what an earlier try has loaded already
    pub bytes_here: u64,
    /// how many files are needed
    pub files: usize,
    /// where it will lie
    pub folder: PathBuf,
    /// whether this very version is there already
    pub complete: bool,
    #[serde(skip)]
    needed: Vec<Published>,
    #[serde(skip)]
    staging: PathBuf,
    #[serde(skip)]
    hub: Hub,
}

/// How far a load is.
#[derive(Clone, Copy, Debug)]
pub struct Progress<'a> {
    /// the file under way
    pub file: &'a str,
    /// of all files
    pub done: u64,
    /// of all files
    pub bytes: u64,
}

/// Asks the hub about a model.
pub fn offer(name: &str) -> Result<Offer, ModelError> {
    if !is_name(name) || !name.contains('/') {
        return Err(ModelError::Hub(format!(
            "a model of the hub is named by its owner and its name, as timbrooks/instruct-pix2pix is, not {name}"
        )));
    }
    let home = models_home().ok_or_else(no_home)?;
    let hub = Hub::of_this_machine()?;
    let model = hub.model(name)?;
    let no_editor = |why: String| ModelError::Hub(format!("{name} makes no editor: {why}"));
    if !model.sha.bytes().all(|byte| byte.is_ascii_alphanumeric()) || model.sha.is_empty() {
        return Err(ModelError::Hub(format!(
            "the hub names no version of {name}"
        )));
    }
    if !model
        .siblings
        .iter()
        .any(|file| file.name == "model_index.json")
    {
        return Err(no_editor(
            "it has no model_index.json, so it is no checkpoint in the layout of diffusers"
                .to_owned(),
        ));
    }
    let index = hub.small(name, &model.sha, "model_index.json")?;
    let needed = needed(&model.siblings, &index).map_err(no_editor)?;
    let staging = home
        .join(UNDER_WAY)
        .join(format!("{}--{}", name.replace('/', "--"), model.sha));
    let folder = home.join(name);
    let here = |file: &Published| {
        length(&staging.join(&file.name)).or_else(|| length(&part(&staging.join(&file.name))))
    };
    let commit = std::fs::read_to_string(folder.join(VERSION)).unwrap_or_default();
    Ok(Offer {
        name: name.to_owned(),
        licence: model.card.unwrap_or_default(),
        bytes: needed.iter().map(|file| file.size).sum(),
        bytes_here: needed.iter().filter_map(here).sum(),
        files: needed.len(),
        complete: commit.trim() == model.sha && folder.join("model_index.json").is_file(),
        commit: model.sha,
        folder,
        needed,
        staging,
        hub,
    })
}

/// Names the version of a model that was loaded, in its folder.
const VERSION: &str = ".retake-version";

impl Offer {
    /// The licence in words.
    pub fn licence_said(&self) -> String {
        let Licence {
            license,
            license_name,
            license_link,
        } = &self.licence;
        let name = match (license.as_deref(), license_name) {
            (Some("other") | None, Some(name)) => name.clone(),
            (Some(name), _) => name.to_owned(),
            (None, None) => "none is named; look at the model's page".to_owned(),
        };
        match license_link {
            Some(link) => format!("{name} ({link})"),
            None => name,
        }
    }

    /// Loads what is not here yet. `watch` is told how far it is and says whether to go on. What was loaded stays for
    /// the next try, whatever happens; the model appears when it is complete.
    pub fn load(&self, watch: &mut dyn FnMut(Progress<'_>) -> bool) -> Result<PathBuf, ModelError> {
        let trouble = |error: &std::io::Error| self.trouble(error);
        std::fs::create_dir_all(&self.staging).map_err(|error| trouble(&error))?;
        self.room()?;
        let mut done = 0;
        for file in &self.needed {
            self.one(file, done, watch)?;
            done += file.size;
        }
        std::fs::write(self.staging.join(VERSION), &self.commit)
            .map_err(|error| trouble(&error))?;
        appear(&self.staging, &self.folder).map_err(|error| trouble(&error))?;
        Ok(self.folder.clone())
    }

    /// Whether the disk has room for what is missing.
    fn room(&self) -> Result<(), ModelError> {
        let wanted = self.bytes.saturating_sub(self.bytes_here);
        match fs4::available_space(&self.staging) {
            Ok(free) if free < wanted.saturating_add(SPARE) => Err(ModelError::Machine(format!(
                "{} needs {} more and {} of it are free; make room, or set RETAKE_MODELS to a folder on a larger disk: {}",
                self.name,
                size(wanted.saturating_add(SPARE)),
                size(free),
                self.folder.display()
            ))),
            _ => Ok(()),
        }
    }

    fn one(
        &self,
        file: &Published,
        before: u64,
        watch: &mut dyn FnMut(Progress<'_>) -> bool,
    ) -> Result<(), ModelError> {
        let target = self.target(file)?;
        if length(&target) == Some(file.size) {
            return Ok(());
        }
        let path = part(&target);
        let trouble = |error: std::io::Error| self.trouble(&error);
        if let Some(folder) = target.parent() {
            std::fs::create_dir_all(folder).map_err(trouble)?;
        }
        let (mut hash, mut have) = begun(&path, file.size).map_err(trouble)?;
        let mut tell = |have: u64| {
            let progress = Progress {
                file: &file.name,
                done: before + have,
                bytes: self.bytes,
            };
            if watch(progress) {
                Ok(())
            } else {
                Err(stopped())
            }
        };
        tell(have)?;
        if have < file.size || file.size == 0 {
            let mut answer = self.hub.file(&self.name, &self.commit, &file.name, have)?;
            if have > 0 && answer.status().as_u16() != 206 {
                // the server begins anew, and so do we
                (hash, have) = (Sha256::new(), 0);
                File::create(&path).map_err(trouble)?;
            }
            let mut out = OpenOptions::new()
                .append(true)
                .create(true)
                .open(&path)
                .map_err(trouble)?;
            let mut body = answer.body_mut().as_reader();
            let mut buffer = vec![0; 1 << 17];
            loop {
                let count = match body.read(&mut buffer) {
                    Ok(0) => break,
                    Ok(count) => count,
                    Err(error) => return Err(self.hub.cut(&error)),
                };
                out.write_all(&buffer[..count]).map_err(trouble)?;
                hash.update(&buffer[..count]);
                have += count as u64;
                tell(have)?;
            }
            out.sync_all().map_err(trouble)?;
        }
        self.sound(file, &path, have, hash)?;
        std::fs::rename(&path, &target).map_err(trouble)
    }

    /// Whether a loaded file is the one that was published; if not, it is thrown away.
    fn sound(
        &self,
        file: &Published,
        path: &Path,
        have: u64,
        hash: Sha256,
    ) -> Result<(), ModelError> {
        if have < file.size {
            let error = std::io::Error::new(
                ErrorKind::UnexpectedEof,
                format!("{have} of {} bytes came", file.size),
            );
            return Err(self.hub.cut(&error));
        }
        let found: String = hash
            .finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let wanted = file.lfs.as_ref().map(|large| &large.sha256);
        if have == file.size && wanted.is_none_or(|wanted| wanted.eq_ignore_ascii_case(&found)) {
            return Ok(());
        }
        let _ = std::fs::remove_file(path);
        Err(ModelError::Hub(format!(
            "{} of {} did not arrive as it was published (its checksum is another) and was thrown away; pull again",
            file.name, self.name
        )))
    }

    /// Where a file belongs; a name that leads out of the folder is refused.
    fn target(&self, file: &Published) -> Result<PathBuf, ModelError> {
        let plain = Path::new(&file.name)
            .components()
            .all(|part| matches!(part, std::path::Component::Normal(_)));
        match plain && !file.name.contains('\\') {
            true => Ok(self.staging.join(&file.name)),
            false => Err(ModelError::Hub(format!(
                "{} has a file whose name leads out of its folder, and was not loaded: {}",
                self.name, file.name
            ))),
        }
    }

    fn trouble(&self, error: &std::io::Error) -> ModelError {
        placing::trouble(error, "pull again, which goes on from there", &self.folder)
    }
}

fn stopped() -> ModelError {
    ModelError::Hub(
        "stopped; what was loaded is kept, and pulling again goes on from there".to_owned(),
    )
}

/// The name of a file that is not complete.
fn part(target: &Path) -> PathBuf {
    let mut name = target.as_os_str().to_owned();
    name.push(".part");
    PathBuf::from(name)
}

fn length(path: &Path) -> Option<u64> {
    std::fs::metadata(path)
        .ok()
        .filter(std::fs::Metadata::is_file)
        .map(|meta| meta.len())
}

/// The hash and the length of what an earlier try left. More than the whole cannot be right and is thrown away.
fn begun(path: &Path, whole: u64) -> std::io::Result<(Sha256, u64)> {
    let mut hash = Sha256::new();
    match length(path) {
        None => return Ok((hash, 0)),
        Some(length) if length > whole => {
            File::create(path)?;
            return Ok((hash, 0));
        }
        Some(_) => {}
    }
    let (mut file, mut length) = (File::open(path)?, 0);
    let mut buffer = vec![0; 1 << 17];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok((hash, length)),
            count => {
                hash.update(&buffer[..count]);
                length += count as u64;
            }
        }
    }
}

/// Bytes for people.
fn size(bytes: u64) -> String {
    match bytes as f64 {
        bytes if bytes >= 1e9 => format!("{:.1} GB", bytes / 1e9),
        bytes => format!("{:.0} MB", bytes / 1e6),
    }
}
