//! A data set read case by case, each of its edits made worse in every way, and all of it written: in whole or not at all.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;
use retake_core::{Raster, Rng, Watch, said};
use retake_files::save::write_beside_and_rename;
use serde_json::{Value, json};

use super::{Other, Scene, Way};
use crate::LabError;
use crate::case::{Case, Take};
use crate::dataset::{Dataset, Tally};
use crate::measures::Better;
use crate::picture::save_small;
use crate::rows::Flow;
use crate::scoring::open_case;
use crate::taxonomy::is_guess;

/// The file of rows in the folder.
pub const RATINGS: &str = "ratings.jsonl";
/// The folder of pictures beside it.
const PICTURES: &str = "pictures";
/// An edit that changes no channel by more, in linear light, changes nothing.
const NOTHING: f32 = 1.0 / 1024.0;

/// How it is done.
pub struct Manner {
    /// long edge of the pictures that are written, px
    pub long_edge: usize,
    /// of noise and places; the same seed makes the same files
    pub seed: u64,
    /// at least one
    pub ways: Vec<&'static Way>,
}

/// What was made.
#[derive(Debug)]
pub struct Told {
    /// the file of rows
    pub file: PathBuf,
    /// rows in it
    pub rows: usize,
    /// cases used and skipped
    pub tally: Tally,
}

/// A case that waits for another to be lent.
struct Held {
    number: usize,
    /// file and row
    place: String,
    case: Case,
    source: Raster,
    edit: Raster,
}

/// Makes the data set `out`, a folder that is not there yet or is empty. A run that is stopped or fails leaves nothing.
pub fn degrade(
    data: &Dataset<'_>,
    manner: &Manner,
    out: &Path,
    watch: &dyn Watch,
) -> Result<Told, LabError> {
    let making = Making::begin(out)?;
    let mut rows: Vec<Value> = Vec::new();
    let mut held: Option<Held> = None;
    let mut earlier: Option<Other> = None;
    let mut failed: Option<LabError> = None;
    let mut count = 0;
    // nothing could be made of these
    let mut barren: Vec<(String, String)> = Vec::new();
    let mut tally = data.walk(&mut |case, place| {
        let best = best(&case).ok_or_else(|| said!("there is no edit to make worse"))?;
        let case = Case {
            takes: vec![case.takes[best].clone()],
            verdicts: Vec::new(),
            ..case
        };
        let mut opened = open_case(&case, manner.long_edge)?;
        let edit = opened.edits.remove(0);
        if !changes(&opened.source, &edit) {
            return Err(said!("the edit changes nothing, so it cannot be half done"));
        }
        count += 1;
        let next = Held {
            number: count,
            place: place.to_owned(),
            case,
            source: Arc::unwrap_or_clone(opened.source),
            edit,
        };
        if let Some(ready) = held.replace(next) {
            let lent = held.as_ref().map(Held::lend);
            let lent = lent.filter(|other| ready.may_borrow(other));
            let lent = lent.or_else(|| earlier.take().filter(|other| ready.may_borrow(other)));
            match ready.worse(manner, lent.as_ref(), making.folder()) {
                Ok(made) if made.is_empty() => barren.push(ready.called()),
                Ok(made) => rows.extend(made),
                Err(error) => failed = Some(error),
            }
            earlier = Some(ready.lend());
        }
        watch.progress("degrading", count, data.limit.unwrap_or(count + 1));
        Ok(match failed.is_some() || watch.stopped() {
            true => Flow::Enough,
            false => Flow::On,
        })
    })?;
    if let Some(error) = failed {
        return Err(error);
    }
    if watch.stopped() {
        return Err(LabError::Stopped);
    }
    if let Some(last) = held {
        let lent = earlier.filter(|other| last.may_borrow(other));
        match last.worse(manner, lent.as_ref(), making.folder())? {
            made if made.is_empty() => barren.push(last.called()),
            made => rows.extend(made),
        }
    }
    for (place, id) in barren {
        tally.used -= 1;
        tally.skip(
            place,
            Some(id),
            said!(
                "that way needs a neighbouring case of another source that was asked something else"
            ),
        );
    }
    if !rows.is_empty() {
        let text: String = rows.iter().map(|row| row.to_string() + "\n").collect();
        let file = making.folder().join(RATINGS);
        let written = write_beside_and_rename(&file, |out| out.write_all(text.as_bytes()));
        written.map_err(|error| LabError::Asked(error.said()))?;
        making.finish(out)?;
    }
    Ok(Told {
        file: out.join(RATINGS),
        rows: rows.len(),
        tally,
    })
}

/// The edit that people like best: by ratings, or by what they said of pairs; else the first.
pub(super) fn best(case: &Case) -> Option<usize> {
    let liked = |place: usize| {
        let take: &Take = &case.takes[place];
        let won = case.verdicts.iter().map(|verdict| match verdict.better {
            Better::A if verdict.first == place => 1.0,
            Better::B if verdict.second == place => 1.0,
            _ => 0.0,
        });
        take.human.unwrap_or(0.0) + won.sum::<f64>()
    };
    // of equals the first
    (0..case.takes.len())
        .rev()
        .max_by(|&a, &b| liked(a).total_cmp(&liked(b)))
}

fn changes(source: &Raster, edit: &Raster) -> bool {
    let planes = source.planes.iter().zip(&edit.planes);
    planes
        .flat_map(|(a, b)| a.iter().zip(b))
        .any(|(a, b)| (a - b).abs() > NOTHING)
}

impl Held {
    fn lend(&self) -> Other {
        Other {
            group: self.case.group.clone(),
            instruction: self.case.instruction.clone(),
            edit: self.edit.clone(),
        }
    }

    /// Its place and id.
    fn called(&self) -> (String, String) {
        (self.place.clone(), self.case.id.clone())
    }

    /// Another source that was asked the same would be no wrong answer.
    fn may_borrow(&self, other: &Other) -> bool {
        let same = |a: &str, b: &str| a.trim().eq_ignore_ascii_case(b.trim());
        self.case.group != other.group && !same(&self.case.instruction, &other.instruction)
    }

    /// Writes the source and every worse edit, and says their rows.
    fn worse(
        &self,
        manner: &Manner,
        other: Option<&Other>,
        folder: &Path,
    ) -> Result<Vec<Value>, LabError> {
        let source = format!("{PICTURES}/{:05}-source.png", self.number);
        save_small(&folder.join(&source), &self.source, manner.long_edge)?;
        let scene = Scene {
            source: &self.source,
            edit: &self.edit,
            other,
        };
        let steps: Vec<(usize, &Way, f32)> = manner
            .ways
            .iter()
            .flat_map(|way| way.strengths.iter().map(move |strength| (*way, *strength)))
            .enumerate()
            .map(|(place, (way, strength))| (place, way, strength))
            .collect();
        let made: Vec<Option<Value>> = steps
            .into_par_iter()
            .map(|(place, way, strength)| {
                // by the case's place and the way's, never by who works first
                let seed = Rng::seed_of(manner.seed, (self.number * 64 + place) as u64);
                let Some(worse) = (way.make)(&scene, strength, &mut Rng::new(seed)) else {
                    return Ok(None);
                };
                let model = match way.strengths.len() {
                    1 => way.id.to_owned(),
                    _ => format!("{} {strength:.2}", way.id),
                };
                let name = format!(
                    "{PICTURES}/{:05}-{}.png",
                    self.number,
                    model.replace(' ', "-")
                );
                save_small(&folder.join(&name), &worse.edit, manner.long_edge)?;
                let prompt = worse.instruction.as_ref().unwrap_or(&self.case.instruction);
                let mut row = json!({ "prompt": prompt, "input": source, "gen": name,
                    "score": (way.label)(strength), "model": model });
                // a kind that was only guessed is guessed again by whoever reads it
                if !is_guess(&self.case.task) {
                    row["task"] = json!(self.case.task);
                }
                Ok(Some(row))
            })
            .collect::<Result<_, LabError>>()?;
        let made: Vec<Value> = made.into_iter().flatten().collect();
        if made.is_empty() {
            // no row names it
            let file = folder.join(&source);
            std::fs::remove_file(&file).map_err(|error| LabError::writing(error, &file))?;
        }
        Ok(made)
    }
}

/// A folder that is being filled beside its place, and gone unless it was finished.
struct Making(PathBuf);

impl Making {
    fn begin(out: &Path) -> Result<Self, LabError> {
        let taken = match std::fs::read_dir(out) {
            Ok(mut entries) => entries.next().is_some(),
            Err(_) => out.exists(),
        };
        if taken {
            return Err(LabError::Asked(said!(
                "there is something already; name a new folder: {path}",
                path = out.display().to_string()
            )));
        }
        let name = out.file_name().unwrap_or(out.as_os_str()).to_string_lossy();
        let path = out.with_file_name(format!(".{name}-{}.part", std::process::id()));
        let making = Self(path);
        std::fs::create_dir_all(making.0.join(PICTURES))
            .map_err(|error| LabError::writing(error, out))?;
        Ok(making)
    }
    fn folder(&self) -> &Path {
        &self.0
    }
    fn finish(self, out: &Path) -> Result<(), LabError> {
        if out.is_dir() {
            // empty, or it is refused; a folder cannot take the place of another everywhere
            std::fs::remove_dir(out).map_err(|error| LabError::writing(error, out))?;
        }
        std::fs::rename(&self.0, out).map_err(|error| LabError::writing(error, out))
    }
}

impl Drop for Making {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
