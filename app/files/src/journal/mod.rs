//! A session's journal: one JSON line for everything that became so, in a folder of its own a photo. A line is written
//! with one write, so that a killed program loses at most the line it was writing; a lock keeps a second window out.

use retake_core::{Said, said};

mod home;
mod lock;
mod mask;
mod open_list;
mod picture;
mod read;

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

pub use home::{find_photo, folder_of, home};
pub use mask::{mask_from_record, mask_record};
pub use open_list::OpenList;
pub use picture::{picture_from_record, picture_record};

use self::lock::Lock;
use crate::FileError;
use crate::record::session::Line;
use crate::save::write_beside_and_rename;

/// The journal's name in its folder.
const NAME: &str = "journal.jsonl";
/// The lock's.
const LOCK: &str = "journal.lock";
/// A journal shorter than this is never tidied, bytes.
const SHORT: u64 = 1 << 20;

/// A journal that is open for writing. Dropped without a line ever written, it leaves nothing behind.
#[derive(Debug)]
pub struct Journal {
    folder: PathBuf,
    /// opened at the first line
    file: Option<File>,
    /// bytes that are well written
    length: u64,
    /// bytes when it held nothing twice; `None` is not known
    tidy_length: Option<u64>,
    /// the next line begins a new one, whatever lies before it
    torn: bool,
    damaged: bool,
    _lock: Option<Lock>,
}

/// What lay in a journal.
#[derive(Debug)]
pub struct Found {
    /// to go on with
    pub journal: Journal,
    /// what could be read, in order
    pub lines: Vec<Line>,
    /// what could not, in sentences
    pub notes: Vec<Said>,
}

impl Journal {
    /// Takes a folder's journal over, making the folder if it is not there. A torn last line is dropped, damaged ones are
    /// skipped with a note. [`FileError::InUse`] when another window has it, [`FileError::NewerHistory`] when a newer program
    /// wrote it; both leave it alone.
    pub fn open(folder: &Path) -> Result<Found, FileError> {
        fs::create_dir_all(folder).map_err(|e| FileError::from_io(e, "written", folder))?;
        let lock = Lock::take(&folder.join(LOCK)).map_err(|error| error.at(folder))?;
        let path = folder.join(NAME);
        let read = read::read(&path)?;
        let mut notes = Vec::new();
        if read.damaged > 0 {
            notes.push(match read.damaged {
                1 => said!("One line of this photo's history is damaged and left out; a copy of the file is kept."),
                more => said!(
                    "{count} lines of this photo's history are damaged and left out; a copy of the file is kept.",
                    count = more
                ),
            });
        }
        if read.torn {
            // what was being written when the program was killed
            OpenOptions::new()
                .write(true)
                .open(&path)
                .and_then(|file| file.set_len(read.length))
                .map_err(|e| FileError::from_io(e, "written", &path))?;
        }
        let journal = Self {
            folder: folder.to_owned(),
            file: None,
            length: read.length,
            tidy_length: None,
            torn: read.unended,
            damaged: read.damaged > 0,
            _lock: lock,
        };
        Ok(Found {
            journal,
            lines: read.lines,
            notes,
        })
    }

    /// Adds lines with a single write. A step is safe on the disk when this returns, everything else in the system's
    /// hands, which a killed program does not touch. After an error the journal is as it was.
    pub fn append(&mut self, lines: &[Line]) -> Result<(), FileError> {
        let path = self.folder.join(NAME);
        let trouble = |error| FileError::from_io(error, "written", &path);
        let mut bytes = Vec::new();
        if self.torn {
            bytes.push(b'\n');
        }
        write_lines(&mut bytes, lines).map_err(trouble)?;
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(
                OpenOptions::new()
                    .append(true)
                    .create(true)
                    .open(&path)
                    .map_err(trouble)?,
            ),
        };
        if let Err(error) = file.write_all(&bytes) {
            // half a line must not stand before the next one
            self.torn |= file.set_len(self.length).is_err();
            return Err(trouble(error));
        }
        self.torn = false;
        self.length += bytes.len() as u64;
        if lines.iter().any(Line::weighty) {
            file.sync_data().map_err(trouble)?;
        }
        Ok(())
    }

    /// Replaces the journal by these lines, beside it and renamed. A damaged one is kept under another name.
    pub fn rewrite(&mut self, lines: &[Line]) -> Result<(), FileError> {
        let path = self.folder.join(NAME);
        let trouble = |error| FileError::from_io(error, "written", &path);
        fs::create_dir_all(&self.folder).map_err(trouble)?;
        self.file = None;
        if self.damaged {
            let now = SystemTime::now().duration_since(UNIX_EPOCH);
            let seconds = now.map_or(0, |now| now.as_secs());
            let kept = self.folder.join(format!("damaged-{seconds}.jsonl"));
            fs::copy(&path, kept).map_err(trouble)?;
        }
        let length = write_beside_and_rename(&path, |out| {
            let mut bytes = Vec::new();
            write_lines(&mut bytes, lines)?;
            out.write_all(&bytes)
        })?;
        self.length = length;
        self.tidy_length = Some(length);
        (self.torn, self.damaged) = (false, false);
        Ok(())
    }

    /// Whether it is much longer than what it says, or damaged: time for [`Journal::rewrite`].
    pub fn overgrown(&self) -> bool {
        let tidy = self.tidy_length.unwrap_or(0);
        self.damaged || self.length > SHORT.max(4 * tidy)
    }
    /// Bytes in the file.
    pub fn length(&self) -> u64 {
        self.length
    }
    /// Its folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
    /// The whole of it is said once: `tidy_bytes` is how long it would be.
    pub fn tidy_is(&mut self, tidy_bytes: u64) {
        self.tidy_length = Some(tidy_bytes);
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        if self.length == 0 {
            // a photo that was only looked at leaves no folder; one in which something else lies stays
            let _ = fs::remove_file(self.folder.join(LOCK));
            let _ = fs::remove_dir(&self.folder);
        }
    }
}

/// Each as one line.
fn write_lines(out: &mut Vec<u8>, lines: &[Line]) -> std::io::Result<()> {
    for line in lines {
        serde_json::to_writer(&mut *out, line)?;
        out.push(b'\n');
    }
    Ok(())
}

#[cfg(test)]
mod tests;
