//! Journals of sessions, read without taking them over: a window may have them open.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use retake_core::said;
use retake_files::journal::{home, picture_from_record};
use retake_files::record::session::{
    DidRecord, FlagRecord, JOURNAL_VERSION, JudgedRecord, Line, MarkRecord, StepRecord, TakeRecord,
    TurnRecord,
};

use super::{Group, Marked, acts};
use crate::LabError;

/// The journal's name in its folder.
const NAME: &str = "journal.jsonl";

/// The journals below these paths; without any, all of this machine.
pub fn folders(paths: &[PathBuf]) -> Result<Vec<PathBuf>, LabError> {
    let own = home().map(|home| home.join("sessions"));
    let begun: Vec<PathBuf> = match paths {
        [] => own.into_iter().filter(|folder| folder.is_dir()).collect(),
        paths => paths.to_vec(),
    };
    let mut found = Vec::new();
    for path in begun {
        if path.is_file() {
            found.push(path);
            continue;
        }
        if path.join(NAME).is_file() {
            found.push(path.join(NAME));
            continue;
        }
        let entries = std::fs::read_dir(&path).map_err(|error| LabError::reading(error, &path))?;
        let journals = entries.flatten().map(|entry| entry.path().join(NAME));
        found.extend(journals.filter(|journal| journal.is_file()));
    }
    found.sort();
    Ok(found)
}

/// What was said in a session, as it stands at its present step.
#[derive(Default)]
struct Session {
    photo_sha256: String,
    photo: Option<String>,
    turns: BTreeMap<u64, TurnRecord>,
    takes: HashMap<u64, TakeRecord>,
    scores: HashMap<u64, BTreeMap<String, JudgedRecord>>,
    pictures: HashMap<u64, Vec<u8>>,
    marks: BTreeMap<usize, HashMap<u64, MarkRecord>>,
    did: HashMap<u64, Vec<DidRecord>>,
    /// when each turn was first on the sheet, by its key
    at: HashMap<u64, u64>,
    now: usize,
}

impl Session {
    fn take(&mut self, line: Line) {
        match line {
            Line::Begin(begin) => (self.photo_sha256, self.photo) = (begin.sha256, begin.path),
            Line::Turn(turn) => {
                self.turns.insert(turn.key, turn);
            }
            Line::Take(take) => {
                self.takes.insert(take.take, take);
            }
            Line::Picture(record) => {
                let picture = picture_from_record(&record);
                self.pictures
                    .extend(picture.map(|picture| (record.take, picture)));
            }
            Line::Scores(record) => {
                self.scores.insert(record.take, record.scores);
            }
            Line::Step(step) | Line::Amend(step) => self.step(step),
            Line::Now { step } => self.now = step,
            Line::Act(act) => {
                let stands = self.did.remove(&act.take).unwrap_or_default();
                self.did.insert(act.take, acts::after(stands, act.did));
            }
            Line::Mask(_) | Line::Unmade(_) | Line::Watched(_) | Line::Draft { .. } => {}
        }
    }

    /// A step says what differs from its parent; an amended one, from what it said before.
    fn step(&mut self, record: StepRecord) {
        let known = self.marks.get(&record.step);
        let parent = record.parent.unwrap_or(0);
        let before = known.or_else(|| {
            self.marks
                .range(..=parent)
                .next_back()
                .map(|(_, marks)| marks)
        });
        let mut marks = before.cloned().unwrap_or_default();
        for mark in record.marks {
            marks.insert(mark.take, mark);
        }
        self.marks.insert(record.step, marks);
        if let Some(turn) = record.turn {
            self.at.entry(turn).or_insert(record.at_ms);
        }
        self.now = record.step;
    }

    /// Groups with a mark in them, or with a take that something was done with. A group that grew is the same turn once more; its last form counts.
    fn groups(mut self) -> Vec<Group> {
        let marks = self.marks.range(..=self.now).next_back();
        let marks = marks.map(|(_, marks)| marks.clone()).unwrap_or_default();
        let said = |take: &u64| {
            marks
                .get(take)
                .is_some_and(|m| m.flag != FlagRecord::None || m.stars > 0)
                || self.did.contains_key(take)
        };
        let mut by_number: BTreeMap<u64, TurnRecord> = BTreeMap::new();
        for turn in std::mem::take(&mut self.turns).into_values() {
            by_number.insert(turn.number, turn);
        }
        let turns = by_number
            .into_values()
            .filter(|turn| turn.takes.iter().any(said));
        turns
            .map(|turn| Group {
                photo_sha256: self.photo_sha256.clone(),
                photo: self.photo.clone(),
                turn: turn.number,
                at_ms: self.at.get(&turn.key).copied().unwrap_or_default(),
                instruction: turn.text.clone(),
                takes: turn
                    .takes
                    .iter()
                    .filter_map(|id| self.marked(*id, marks.get(id)))
                    .collect(),
            })
            .collect()
    }

    fn marked(&self, id: u64, mark: Option<&MarkRecord>) -> Option<Marked> {
        let take = self.takes.get(&id)?;
        let judged = self.scores.get(&id);
        let known = || {
            judged
                .into_iter()
                .flatten()
                .filter(|(_, score)| !score.unknown)
        };
        let of = |value: fn(&JudgedRecord) -> f32| {
            known()
                .map(|(name, score)| (name.clone(), f64::from(value(score))))
                .collect()
        };
        Some(Marked {
            take: id,
            editor: take.editor.clone(),
            seed: take.seed,
            recipe: take.recipe.clone(),
            scores: of(|score| score.value),
            spread: of(|score| score.spread),
            costs: known()
                .flat_map(|(_, score)| &score.reasons)
                .filter(|reason| reason.cost > 0.0)
                .fold(BTreeMap::new(), |mut costs, reason| {
                    let most: &mut f64 = costs.entry(reason.id.clone()).or_default();
                    *most = most.max(f64::from(reason.cost));
                    costs
                }),
            flag: match mark.map(|mark| mark.flag) {
                Some(FlagRecord::Picked) => 1,
                Some(FlagRecord::Rejected) => -1,
                _ => 0,
            },
            stars: mark.map_or(0, |mark| mark.stars),
            did: self.did.get(&id).cloned().unwrap_or_default(),
            fails: known().any(|(_, score)| {
                let mut checks = score.reasons.iter().filter(|reason| reason.check.is_some());
                checks.any(|reason| reason.passed == Some(false))
            }),
            picture: self.pictures.get(&id).cloned(),
            preferred: None,
        })
    }
}

/// The marked groups of a journal, and how many of its lines could not be read.
pub fn read(path: &Path) -> Result<(Vec<Group>, usize), LabError> {
    let trouble = |error: std::io::Error| LabError::reading(error, path);
    let reader = BufReader::new(File::open(path).map_err(trouble)?);
    let mut session = Session::default();
    let mut damaged = 0;
    for line in reader.split(b'\n') {
        let line = line.map_err(trouble)?;
        if line.is_empty() {
            continue;
        }
        match serde_json::from_slice::<Line>(&line) {
            Ok(Line::Begin(begin)) if begin.version > JOURNAL_VERSION => {
                return Err(LabError::Asked(said!(
                    "a newer version of Retake wrote this session; update it: {path}",
                    path = path.display().to_string()
                )));
            }
            Ok(line) => session.take(line),
            Err(_) => damaged += 1,
        }
    }
    Ok((session.groups(), damaged))
}
