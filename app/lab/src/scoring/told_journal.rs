//! `told.jsonl` beside the scores: a line an edit with what rewards told of it, of at most [`MOST_BYTES`]. The scores' own
//! journal says where each line stands and what its hash is, so that one is read alone, and a file that is broken or another
//! run's is noticed.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use retake_core::{Said, said};
use serde::{Deserialize, Serialize};

use super::Scores;
use super::told::{MOST_BYTES, Told};
use crate::LabError;

/// Changes when the lines mean something else.
const VERSION: u32 = 1;
/// The file's name in its folder.
pub(crate) const NAME: &str = "told.jsonl";
/// The longest line: what was told, and the id before it.
const LONGEST: u64 = 2 * MOST_BYTES as u64;

/// Where a line stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// of its first byte in the file
    pub offset: u64,
    /// its bytes without the line break
    pub length: u64,
    /// the first 16 hexadecimal digits of its SHA-256
    pub hash: String,
}

#[derive(Serialize, Deserialize, PartialEq)]
struct Head {
    version: u32,
    told_by: String,
}

#[derive(Serialize, Deserialize)]
struct Line {
    id: String,
    /// which edit of the case, counted from 0
    take: usize,
    #[serde(flatten)]
    told: Told,
}

/// The line of one edit.
pub(super) fn line(id: &str, take: usize, told: Told) -> Vec<u8> {
    let line = Line {
        id: id.to_owned(),
        take,
        told: told.bounded(),
    };
    serde_json::to_vec(&line).unwrap_or_default()
}

/// An open journal.
#[derive(Debug)]
pub(super) struct ToldJournal {
    file: File,
    path: PathBuf,
    end: u64,
}

impl ToldJournal {
    /// Goes on with the one in a folder, or begins one. A torn last line is dropped; a file of others is refused.
    pub(super) fn open(folder: &Path, scorer: &str) -> Result<Self, LabError> {
        let path = folder.join(NAME);
        let trouble = |error: std::io::Error| LabError::writing(error, &path);
        let mut file = OpenOptions::new()
            .read(true)
            .create(true)
            .append(true)
            .open(&path)
            .map_err(trouble)?;
        let head = Head {
            version: VERSION,
            told_by: scorer.to_owned(),
        };
        let head_line = serde_json::to_string(&head).unwrap_or_default() + "\n";
        let end = match first_line(&mut file).map_err(trouble)? {
            // nothing, or a head that was being written
            first if head_line.as_bytes().starts_with(&first) && !first.ends_with(b"\n") => {
                file.set_len(0).map_err(trouble)?;
                file.write_all(head_line.as_bytes()).map_err(trouble)?;
                head_line.len() as u64
            }
            first => {
                let known: Option<Head> = serde_json::from_slice(&first).ok();
                refuse(known.as_ref(), &head, &path)?;
                let end = end_of_last_line(&mut file).map_err(trouble)?;
                file.set_len(end).map_err(trouble)?;
                end
            }
        };
        Ok(Self { file, path, end })
    }

    /// Adds a line with one write. What was written of one that could not be is taken back.
    pub(super) fn append(&mut self, mut line: Vec<u8>) -> Result<Place, LabError> {
        let place = Place {
            offset: self.end,
            length: line.len() as u64,
            hash: hash(&line),
        };
        line.push(b'\n');
        if let Err(error) = self.file.write_all(&line) {
            // the next run would drop it as torn, too
            let _ = self.file.set_len(self.end);
            return Err(LabError::writing(error, &self.path));
        }
        self.end += line.len() as u64;
        Ok(place)
    }
}

fn refuse(found: Option<&Head>, own: &Head, path: &Path) -> Result<(), LabError> {
    let path = path.display().to_string();
    Err(LabError::Asked(match found {
        Some(found) if found == own => return Ok(()),
        Some(found) if found.version > VERSION => said!(
            "a newer version of Retake wrote what rewards told there; update it, or name another folder: {path}",
            path
        ),
        Some(found) => said!(
            "what rewards told there was told by others ({scorer}); name another folder with --out: {path}",
            scorer = &found.told_by,
            path
        ),
        None => said!(
            "this is no file of what rewards told; move it away, or name another folder with --out: {path}",
            path
        ),
    }))
}

/// The first line with its break, as far as a line goes.
fn first_line(file: &mut File) -> std::io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(0))?;
    let mut first = Vec::new();
    BufReader::new(file.take(LONGEST)).read_until(b'\n', &mut first)?;
    Ok(first)
}

/// The place behind the last line break, found from the end: the file may be larger than memory.
fn end_of_last_line(file: &mut File) -> std::io::Result<u64> {
    let mut end = file.seek(SeekFrom::End(0))?;
    let mut piece = vec![0; LONGEST as usize];
    while end > 0 {
        let start = end.saturating_sub(LONGEST);
        let piece = &mut piece[..(end - start) as usize];
        file.seek(SeekFrom::Start(start))?;
        file.read_exact(piece)?;
        if let Some(at) = piece.iter().rposition(|byte| *byte == b'\n') {
            return Ok(start + at as u64 + 1);
        }
        end = start;
    }
    Ok(0)
}

fn hash(line: &[u8]) -> String {
    let hash = retake_files::sha256(line);
    hash[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What was told of one edit, read alone. `folder` is the run's, `id` the case's, `take` counted from 0.
pub fn told(folder: &Path, place: &Place, id: &str, take: usize) -> Result<Told, Said> {
    let path = folder.join(NAME);
    let shown = || path.display().to_string();
    let lost = |why: std::io::Error| {
        said!(
            "what the rewards told cannot be read ({why}): {path}",
            why = why.to_string(),
            path = shown()
        )
    };
    let foreign = || {
        said!(
            "what stands there is not what the rewards told of this edit: the file is damaged or another run's: {path}",
            path = shown()
        )
    };
    let mut file = File::open(&path).map_err(lost)?;
    if place.length > LONGEST {
        return Err(foreign());
    }
    file.seek(SeekFrom::Start(place.offset)).map_err(lost)?;
    let mut line = Vec::new();
    file.take(place.length)
        .read_to_end(&mut line)
        .map_err(lost)?;
    if line.len() as u64 != place.length || hash(&line) != place.hash {
        return Err(foreign());
    }
    match serde_json::from_slice::<Line>(&line) {
        Ok(line) if line.id == id && line.take == take => Ok(line.told),
        _ => Err(foreign()),
    }
}

/// What was told of every edit of a case, read from its run's folder; none where it was not kept.
pub fn told_of(
    folder: Option<&Path>,
    id: &str,
    scores: &[Scores],
) -> Vec<Option<Result<Told, Said>>> {
    let one = |(take, scores): (usize, &Scores)| {
        let place = scores.told_at.as_ref()?;
        Some(told(folder?, place, id, take))
    };
    scores.iter().enumerate().map(one).collect()
}
