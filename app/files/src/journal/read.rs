//! Reads a journal as far as it can be read.

use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind};
use std::path::Path;

use crate::record::session::{JOURNAL_VERSION, Line};
use crate::{FileError, Place};

/// What was read.
#[derive(Debug, Default)]
pub(super) struct Read {
    pub(super) lines: Vec<Line>,
    /// lines that say nothing
    pub(super) damaged: usize,
    /// bytes up to the end of the last whole line
    pub(super) length: u64,
    /// half a line lies after them
    pub(super) torn: bool,
    /// the last line is whole and only its line break is missing
    pub(super) unended: bool,
}

/// The first fields of a first line, whatever else a newer program wrote into it.
#[derive(serde::Deserialize)]
struct Head {
    line: String,
    #[serde(default)]
    version: u64,
}

/// Nothing at all when there is no such file.
pub(super) fn read(path: &Path) -> Result<Read, FileError> {
    let trouble = |error| FileError::from_io(error, "read", path);
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Read::default()),
        Err(error) => return Err(trouble(error)),
    };
    let mut reader = BufReader::new(file);
    let mut read = Read::default();
    let mut bytes = Vec::new();
    loop {
        bytes.clear();
        let count = reader.read_until(b'\n', &mut bytes).map_err(trouble)?;
        if count == 0 {
            return Ok(read);
        }
        let ended = bytes.last() == Some(&b'\n');
        if let Some(version) = newer(&bytes) {
            return Err(FileError::NewerHistory {
                version,
                place: Place::from(path),
            });
        }
        match serde_json::from_slice::<Line>(&bytes) {
            Ok(line) => read.lines.push(line),
            Err(_) if !ended => {
                read.torn = true;
                return Ok(read);
            }
            Err(_) if bytes.iter().all(u8::is_ascii_whitespace) => {}
            Err(_) => read.damaged += 1,
        }
        read.length += count as u64;
        read.unended = !ended;
    }
}

/// The version of a first line of a newer program.
fn newer(line: &[u8]) -> Option<u64> {
    // only first lines are looked at twice
    line.starts_with(br#"{"line":"begin""#).then_some(())?;
    let head: Head = serde_json::from_slice(line).ok()?;
    (head.line == "begin" && head.version > JOURNAL_VERSION).then_some(head.version)
}
