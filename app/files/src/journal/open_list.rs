//! Which photos each window has open: a small file that a clean end removes. One that still lies there while nobody
//! holds its lock is what a crash left.

use std::fs;
use std::path::{Path, PathBuf};

use super::lock::Lock;
use crate::FileError;
use crate::record::session::{JOURNAL_VERSION, OpenRecord};
use crate::save::write_beside_and_rename;

/// Windows that have a list; more than these open nothing again.
const WINDOWS: usize = 16;

/// This window's list.
#[derive(Debug)]
pub struct OpenList {
    path: PathBuf,
    _lock: Option<Lock>,
}

impl OpenList {
    /// Takes a place for this window, and what crashed windows had open. `None` when nothing can be kept here.
    pub fn take(home: &Path) -> (Option<Self>, Vec<OpenRecord>) {
        let mut own = None;
        let mut left = Vec::new();
        if fs::create_dir_all(home).is_err() {
            return (own, left);
        }
        for window in 0..WINDOWS {
            let name = match window {
                0 => "open".to_owned(),
                more => format!("open-{more}"),
            };
            let path = home.join(format!("{name}.json"));
            if own.is_some() && !path.exists() {
                continue;
            }
            let Ok(lock) = Lock::take(&home.join(format!("{name}.lock"))) else {
                continue;
            };
            left.extend(read(&path));
            if own.is_none() {
                own = Some(Self { path, _lock: lock });
            } else {
                let _ = fs::remove_file(path);
            }
        }
        (own, left)
    }
    /// Replaces the list.
    pub fn write(&self, record: &OpenRecord) -> Result<(), FileError> {
        write_beside_and_rename(&self.path, |out| Ok(serde_json::to_writer(out, record)?))?;
        Ok(())
    }
    /// The window closes as it should.
    pub fn clear(&self) {
        // one that cannot be removed only offers too much at the next start
        let _ = fs::remove_file(&self.path);
    }
}

fn read(path: &Path) -> Option<OpenRecord> {
    let record: OpenRecord = serde_json::from_slice(&fs::read(path).ok()?).ok()?;
    (record.version <= JOURNAL_VERSION).then_some(record)
}
