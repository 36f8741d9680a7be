//! Where sessions are kept: a folder a photo, named by the photo's hash, under the program's data.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;

use super::NAME;
use crate::record::session::Line;

/// The program's data folder: `RETAKE_HOME`, or the usual place of this system (`~/.local/share/retake` on Linux).
/// `None` on a system that has no home for this person.
pub fn home() -> Option<PathBuf> {
    if let Some(folder) = std::env::var_os("RETAKE_HOME").filter(|folder| !folder.is_empty()) {
        return std::path::absolute(PathBuf::from(folder)).ok();
    }
    let strategy = etcetera::choose_base_strategy().ok()?;
    Some(strategy.data_dir().join("retake"))
}

/// The folder of a photo's session, by the hash of the photo (hexadecimal).
pub fn folder_of(home: &Path, sha256: &str) -> PathBuf {
    home.join("sessions").join(&sha256[..sha256.len().min(16)])
}

/// Where the photo of this hash was when it was last worked on, if its file is still the same one.
pub fn find_photo(home: &Path, sha256: &str) -> Option<PathBuf> {
    let hexadecimal = sha256.len() == 64 && sha256.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !hexadecimal {
        return None;
    }
    let file = File::open(folder_of(home, sha256).join(NAME)).ok()?;
    let mut first = String::new();
    BufReader::new(file.take(1 << 16))
        .read_line(&mut first)
        .ok()?;
    let Ok(Line::Begin(begin)) = serde_json::from_str(&first) else {
        return None;
    };
    let path = PathBuf::from(begin.path?);
    let bytes = std::fs::read(&path).ok()?;
    let hash = retake_core::PhotoId(crate::sha256(&bytes)).to_string();
    (hash == sha256).then_some(path)
}
