//! What was scored, a JSON line a case, in `scores.jsonl`. The first line says by whom.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Read as _, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use retake_core::{Said, said};
use serde::{Deserialize, Serialize};

use super::told_journal::{self, ToldJournal};
use super::{Scored, Scores};
use crate::LabError;

/// Changes when the lines mean something else.
const VERSION: u32 = 1;
/// The file's name in its folder.
pub(crate) const NAME: &str = "scores.jsonl";

#[derive(Serialize, Deserialize)]
struct Head {
    version: u32,
    scorer: String,
}

#[derive(Serialize, Deserialize)]
struct Line {
    id: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    takes: Vec<Scores>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    failed: Option<Said>,
}

/// An open journal.
#[derive(Debug)]
pub struct Journal {
    file: File,
    path: PathBuf,
    known: HashMap<String, Scored>,
    told: Option<ToldJournal>,
}

impl Journal {
    /// Goes on with the journal in a folder, or begins one. A torn last line is dropped. One that another scorer wrote is
    /// refused, so that two never mix, and so is a file that is none. With `tell` what rewards told is kept beside it.
    pub fn open(folder: &Path, scorer: &str, tell: bool) -> Result<Self, LabError> {
        let path = folder.join(NAME);
        let trouble = |error: std::io::Error| LabError::writing(error, &path);
        std::fs::create_dir_all(folder).map_err(trouble)?;
        let mut file = OpenOptions::new()
            .read(true)
            .create(true)
            .append(true)
            .open(&path)
            .map_err(trouble)?;
        let (head, known, whole) = read(&file).map_err(trouble)?;
        match head {
            Some(head) if head.version > VERSION => {
                return Err(LabError::Asked(said!(
                    "a newer version of Retake wrote these scores; update it, or name another folder: {path}",
                    path = path.display().to_string()
                )));
            }
            Some(head) if head.scorer != scorer => {
                return Err(LabError::Asked(said!(
                    "the scores there were given by others ({scorer}); name another folder with --out: {path}",
                    scorer = head.scorer,
                    path = path.display().to_string()
                )));
            }
            Some(_) => file.set_len(whole).map_err(trouble)?,
            None if !is_begun(&file).map_err(trouble)? => {
                return Err(LabError::Asked(said!(
                    "this file does not hold scores that Retake wrote, or its first line is damaged; move it away, or name another folder with --out: {path}",
                    path = path.display().to_string()
                )));
            }
            None => {
                file.set_len(0).map_err(trouble)?;
                let head = Head {
                    version: VERSION,
                    scorer: scorer.to_owned(),
                };
                let line = serde_json::to_string(&head).unwrap_or_default() + "\n";
                file.write_all(line.as_bytes()).map_err(trouble)?;
            }
        }
        let told = match tell {
            true => Some(ToldJournal::open(folder, scorer)?),
            false => None,
        };
        Ok(Self {
            file,
            path,
            known,
            told,
        })
    }

    /// What it holds, by id.
    pub fn take_known(&mut self) -> HashMap<String, Scored> {
        std::mem::take(&mut self.known)
    }

    /// Adds a case with one write, after what was told of its edits (see [`lines`]); each edit then knows where that stands.
    /// A case that failed is tried again by the next run, so it is not kept as done.
    pub(super) fn append(
        &mut self,
        id: &str,
        scored: &mut Scored,
        told: Vec<(usize, Vec<u8>)>,
    ) -> Result<(), LabError> {
        if let (Some(journal), Ok(scores)) = (&mut self.told, &mut *scored) {
            for (take, line) in told {
                scores[take].told_at = Some(journal.append(line)?);
            }
        }
        let line = Line {
            id: id.to_owned(),
            takes: scored.clone().unwrap_or_default(),
            failed: scored.as_ref().err().cloned(),
        };
        let text = serde_json::to_string(&line).unwrap_or_default() + "\n";
        let written = self.file.write_all(text.as_bytes());
        written.map_err(|error| LabError::writing(error, &self.path))
    }
}

/// Takes what was told out of the scores: a line of the journal for each edit of which something was.
pub(super) fn lines(id: &str, scored: &mut Scored) -> Vec<(usize, Vec<u8>)> {
    let scores = scored.iter_mut().flatten().enumerate();
    let told = scores.filter_map(|(take, scores)| Some((take, *scores.told.take()?)));
    told.filter(|(_, told)| !told.is_empty())
        .map(|(take, told)| (take, told_journal::line(id, take, told)))
        .collect()
}

/// Whether a file without a head is one that nothing was written to, or only a part of the head.
fn is_begun(mut file: &File) -> std::io::Result<bool> {
    let mut start = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.take(MOST_OF_HEAD).read_to_end(&mut start)?;
    let len = start.len().min(HEAD.len());
    Ok(start[..len] == HEAD[..len] && !start.contains(&b'\n'))
}

/// How a head begins.
const HEAD: &[u8] = b"{\"version\":";
/// Bytes of a head that are looked at.
const MOST_OF_HEAD: u64 = 64 << 10;

type Read = (Option<Head>, HashMap<String, Scored>, u64);

/// The head, the cases that have scores, and the bytes up to the end of the last whole line.
fn read(file: &File) -> std::io::Result<Read> {
    let mut reader = BufReader::new(file);
    let (mut head, mut known, mut whole) = (None, HashMap::new(), 0);
    let mut line = Vec::new();
    loop {
        line.clear();
        let count = reader.read_until(b'\n', &mut line)?;
        if count == 0 || !line.ends_with(b"\n") {
            return Ok((head, known, whole));
        }
        whole += count as u64;
        if head.is_none() {
            match serde_json::from_slice(&line) {
                Ok(read) => head = Some(read),
                Err(_) => return Ok((None, known, 0)),
            }
        } else if let Ok(Line {
            id,
            takes,
            failed: None,
        }) = serde_json::from_slice(&line)
        {
            known.insert(id, Ok(takes));
        }
    }
}

/// The scores that a journal in a folder holds, by id.
pub fn kept(folder: &Path) -> Result<HashMap<String, Vec<Scores>>, LabError> {
    let path = folder.join(NAME);
    let file = File::open(&path).map_err(|error| LabError::reading(error, &path))?;
    let (_, known, _) = read(&file).map_err(|error| LabError::reading(error, &path))?;
    Ok(known
        .into_iter()
        .filter_map(|(id, scored)| Some((id, scored.ok()?)))
        .collect())
}
