//! A data set on disk: a file or folder, its format, and the kinds of file that can be read. Walked from front to back;
//! what cannot be used is counted with its reason, and no id is used twice.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};

use retake_core::{Said, said};
use serde::Serialize;

use crate::LabError;
use crate::case::Case;
use crate::formats::{Format, Read};
use crate::picture::Base;
use crate::rows::{Container, Flow, Place, Row, read_files};
use crate::taxonomy::Guesses;

/// How many rows that could not be used are listed; all are counted.
const LISTED: usize = 1000;

/// Where it is and how it is read.
pub struct Dataset<'a> {
    /// a file, or a folder of them
    pub path: PathBuf,
    /// how its rows are written
    pub format: &'static Format,
    /// where pictures are looked for first
    pub images: Option<PathBuf>,
    /// the kinds of file that can be read
    pub containers: Vec<&'a [Container]>,
    /// at most so many cases
    pub limit: Option<usize>,
}

/// A row that was not used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Skipped {
    /// file and row
    pub place: String,
    /// of the case, where it has one
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// a sentence
    pub reason: Said,
}

/// What was used and what was not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// rows (or cases, where a row holds several) that count
    pub used: usize,
    /// those that do not
    pub skipped: usize,
    /// the first thousand of these
    pub skipped_rows: Vec<Skipped>,
    /// where the kinds of edit come from
    pub tasks: Guesses,
    /// columns that the format does not know
    pub unknown_columns: BTreeSet<String>,
}

impl Tally {
    /// Counts one that is not used.
    pub fn skip(&mut self, place: String, id: Option<String>, reason: Said) {
        self.skipped += 1;
        if self.skipped_rows.len() < LISTED {
            self.skipped_rows.push(Skipped { place, id, reason });
        }
    }
    /// Why rows were left out, the most frequent reasons first, with how often each stands among those that are listed.
    pub fn reasons(&self) -> Vec<(&Said, usize)> {
        let mut counts: Vec<(&Said, usize)> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        for row in &self.skipped_rows {
            let place = *places.entry(row.reason.to_string()).or_insert(counts.len());
            if place == counts.len() {
                counts.push((&row.reason, 0));
            }
            counts[place].1 += 1;
        }
        counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        counts
    }
    /// "x of y".
    pub fn words(&self) -> String {
        format!("{} of {} rows used", self.used, self.used + self.skipped)
    }
}

/// "data.jsonl:12".
pub fn place_in_words(place: &Place) -> String {
    let name = place.file.file_name().unwrap_or(place.file.as_os_str());
    format!("{}:{}", name.to_string_lossy(), place.number)
}

/// Gets a case and its place: file and row.
pub type Visit<'a> = dyn FnMut(Case, &str) -> Result<Flow, Said> + 'a;

impl Dataset<'_> {
    /// Gives every case to `visit`, which says why it cannot be used (`Err`) or that it counts, and whether to go on.
    pub fn walk(&self, visit: &mut Visit<'_>) -> Result<Tally, LabError> {
        self.walk_telling(visit, &mut |_| {})
    }

    /// The same; `skipped` is told how many rows were skipped so far whenever there is one more.
    pub fn walk_telling(
        &self,
        visit: &mut Visit<'_>,
        skipped: &mut dyn FnMut(usize),
    ) -> Result<Tally, LabError> {
        let mut tally = Tally::default();
        let mut seen = HashSet::new();
        let mut count = 0_usize;
        let mut hand = |place: &Place, told: Result<Case, Said>, tally: &mut Tally| {
            let at = place_in_words(place);
            let mut case = match told {
                Ok(case) => case,
                Err(why) => {
                    tally.skip(at, None, why);
                    skipped(tally.skipped);
                    return Flow::On;
                }
            };
            let id = case.id.clone();
            if !seen.insert(fingerprint(&id)) {
                tally.skip(at, Some(id), said!("the id was there before"));
                skipped(tally.skipped);
                return Flow::On;
            }
            tally.tasks.fill(&mut case);
            let flow = match visit(case, &at) {
                Ok(flow) => {
                    tally.used += 1;
                    flow
                }
                Err(why) => {
                    tally.skip(at, Some(id), why);
                    skipped(tally.skipped);
                    Flow::On
                }
            };
            count += 1;
            match self.limit.is_some_and(|most| count >= most) {
                true => Flow::Enough,
                false => flow,
            }
        };
        match self.format.read {
            Read::Folder(read) => {
                read(&self.path, &mut |place, told| {
                    hand(&place, told, &mut tally)
                })?;
            }
            Read::Rows(read) => {
                let mut columns: HashSet<String> = HashSet::new();
                let mut rows = |place: Place, told: Result<Row, Said>| {
                    let row = match told {
                        Ok(row) => row,
                        Err(why) => return hand(&place, Err(why), &mut tally),
                    };
                    for name in row.names() {
                        if !columns.contains(name) {
                            columns.insert(name.to_owned());
                            if !self.format.columns.contains(&name) {
                                tally.unknown_columns.insert(name.to_owned());
                            }
                        }
                    }
                    let cases = match read(&row, &self.base(&place.file)) {
                        Ok(cases) => cases,
                        Err(why) => return hand(&place, Err(why), &mut tally),
                    };
                    for case in cases {
                        if hand(&place, Ok(case), &mut tally) == Flow::Enough {
                            return Flow::Enough;
                        }
                    }
                    Flow::On
                };
                read_files(&self.path, &self.containers, &mut rows)?;
            }
        }
        Ok(tally)
    }

    fn base(&self, file: &Path) -> Base {
        Base {
            folder: file.parent().unwrap_or(Path::new("")).to_owned(),
            images: self.images.clone(),
        }
    }
}

/// 128 bits that stand for an id, so that a million of them take little memory.
fn fingerprint(id: &str) -> u128 {
    let hash = retake_files::sha256(id.as_bytes());
    hash.iter()
        .take(16)
        .fold(0, |sum, &byte| (sum << 8) | u128::from(byte))
}
