//! What the tensors of files are to a network: themselves, several tensors under one older name, or parts of one.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use super::dialect::{Dialect, Fit, Place, places};
use super::file::{Stored, WeightFile};
use super::names::{Rename, holds_no_weights, today};
use super::source::{Entry, Piece};
use crate::ModelError;

/// Tensors of a network while their files are gone through.
#[derive(Default)]
pub(super) struct Gathered {
    whole: BTreeMap<String, Entry>,
    /// parts of tensors: by name, what each is and how many there are
    parts: BTreeMap<String, BTreeMap<usize, Entry>>,
    counts: BTreeMap<String, Count>,
    /// whose number in the name is not known yet: pattern, last part of the name, number
    ranked: Vec<(String, usize, Entry)>,
}

/// What a tensor that comes in parts is made of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Count {
    /// so many, one below the other
    Rows(usize),
    /// two moments of a kernel, (out, in, height, width) each
    Moments,
}

impl Count {
    fn number(self) -> usize {
        match self {
            Self::Rows(count) => count,
            Self::Moments => 2,
        }
    }
}

impl Gathered {
    /// All tensors of a file.
    pub(super) fn take(
        &mut self,
        file: &Arc<WeightFile>,
        renames: &[Rename],
        dialect: Dialect,
    ) -> Result<(), ModelError> {
        for (name, stored) in file.tensors().filter(|(name, _)| !holds_no_weights(name)) {
            self.take_one(file, name, stored, renames, dialect)?;
        }
        Ok(())
    }

    fn take_one(
        &mut self,
        file: &Arc<WeightFile>,
        name: &str,
        stored: &Stored,
        renames: &[Rename],
        dialect: Dialect,
    ) -> Result<(), ModelError> {
        let bare = name.strip_prefix("model.diffusion_model.").unwrap_or(name);
        let (stem, last) = bare.rsplit_once('.').unwrap_or((bare, ""));
        let last = if last == "scale" { "weight" } else { last };
        let (found, last) = match places(dialect, bare) {
            Some(found) => (Some(found), None),
            None => (places(dialect, stem), Some(last)),
        };
        let Some(found) = found else {
            let span = vec![(stored.from, stored.to)];
            let whole = entry(file, name, stored, stored.shape.clone(), span);
            return self.add(today(name, renames), whole);
        };
        for place in found {
            let entry = part_of(file, name, stored, &place)?;
            let ours = match last {
                Some(last) => format!("{}.{last}", place.stem),
                None => place.stem,
            };
            match place.fit {
                Fit::Whole => self.add(ours, entry)?,
                Fit::Part(part, of) => self.add_part(ours, part, Count::Rows(of), entry)?,
                Fit::Moment(moment) => self.add_part(ours, moment, Count::Moments, entry)?,
                Fit::Ranked(number) => self.ranked.push((ours, number, entry)),
            }
        }
        Ok(())
    }

    fn add(&mut self, name: String, entry: Entry) -> Result<(), ModelError> {
        match self.whole.get(&name) {
            // published files of T5 hold its table of words once for each half that reads it
            Some(first) if !entry.is_equal(first)? => Err(twice(&entry)),
            Some(_) => Ok(()),
            None => {
                self.whole.insert(name, entry);
                Ok(())
            }
        }
    }

    fn add_part(
        &mut self,
        name: String,
        part: usize,
        count: Count,
        entry: Entry,
    ) -> Result<(), ModelError> {
        self.counts.insert(name.clone(), count);
        let parts = self.parts.entry(name).or_default();
        match parts.get(&part) {
            Some(first) if !entry.is_equal(first)? => Err(twice(&entry)),
            Some(_) => Ok(()),
            None => {
                parts.insert(part, entry);
                Ok(())
            }
        }
    }

    /// All of them, joined and counted. `path` is what sentences end with.
    pub(super) fn finished(mut self, path: &Path) -> Result<BTreeMap<String, Entry>, ModelError> {
        for (name, parts) in std::mem::take(&mut self.parts) {
            let count = self.counts[&name];
            let joined = joined(&name, count, parts.into_values().collect());
            let joined = joined.map_err(|what| ModelError::Weights {
                what,
                path: path.to_owned(),
            })?;
            self.add(name, joined)?;
        }
        let numbers: BTreeSet<usize> = self.ranked.iter().map(|(_, number, _)| *number).collect();
        let rank: BTreeMap<usize, usize> = numbers.into_iter().zip(0..).collect();
        for (pattern, number, entry) in std::mem::take(&mut self.ranked) {
            self.add(pattern.replace("{}", &rank[&number].to_string()), entry)?;
        }
        Ok(self.whole)
    }
}

/// One tensor of its parts.
fn joined(name: &str, count: Count, parts: Vec<Entry>) -> Result<Entry, String> {
    let Some(first) = parts.first() else {
        return Err(format!("the tensor {name} has no parts"));
    };
    if parts.len() != count.number() {
        return Err(format!(
            "of the {} parts of {name} only {} are there, among them {}",
            count.number(),
            parts.len(),
            first.written
        ));
    }
    let written = first.written.clone();
    let kind = first.kind;
    let alike = |part: &Entry| {
        let same = match count {
            Count::Rows(_) => part.shape.get(1..) == first.shape.get(1..),
            Count::Moments => part.shape == first.shape && part.shape.len() == 4,
        };
        part.kind == kind && same && !part.shape.is_empty()
    };
    if let Some(other) = parts.iter().find(|part| !alike(part)) {
        return Err(format!(
            "the tensors {written} and {} are parts of one and differ in their kind or shape",
            other.written
        ));
    }
    let (shape, pieces) = match count {
        Count::Rows(_) => {
            let mut shape = first.shape.clone();
            shape[0] = parts.iter().map(|part| part.shape[0]).sum();
            let pieces = parts.into_iter().flat_map(|part| part.pieces).collect();
            (shape, pieces)
        }
        Count::Moments => {
            let &[out, inputs, height, width] = &first.shape[..] else {
                return Err(format!("the tensor {written} is no kernel"));
            };
            let runs = (out * inputs) as u64;
            let pieces = (0..runs).flat_map(|run| {
                parts.iter().flat_map(move |part| {
                    part.pieces.iter().map(move |piece| piece.share(run, runs))
                })
            });
            (vec![out, inputs, 2, height, width], pieces.collect())
        }
    };
    Ok(Entry {
        written,
        shape,
        kind,
        pieces,
        deltas: Vec::new(),
    })
}

fn entry(
    file: &Arc<WeightFile>,
    name: &str,
    stored: &Stored,
    shape: Vec<usize>,
    spans: Vec<(u64, u64)>,
) -> Entry {
    let piece = |(from, to)| Piece {
        file: file.clone(),
        from,
        to,
    };
    Entry {
        written: name.to_owned(),
        shape,
        kind: stored.kind,
        pieces: spans.into_iter().map(piece).collect(),
        deltas: Vec::new(),
    }
}

/// The rows of a tensor that are meant.
fn part_of(
    file: &Arc<WeightFile>,
    name: &str,
    stored: &Stored,
    place: &Place,
) -> Result<Entry, ModelError> {
    let rows = stored.shape.first().copied().unwrap_or(0);
    if rows == 0 || !rows.is_multiple_of(place.of) {
        return Err(ModelError::Weights {
            what: format!(
                "the tensor {name} has {rows} rows, which are not shared by {} alike",
                place.of
            ),
            path: file.path().to_owned(),
        });
    }
    let share = (stored.to - stored.from) / place.of as u64;
    let at = |shares: usize| stored.from + shares as u64 * share;
    let spans = place
        .shares
        .iter()
        .map(|part| (at(part.start), at(part.end)));
    let shares: usize = place.shares.iter().map(ExactSizeIterator::len).sum();
    let mut shape = stored.shape.clone();
    shape[0] = shares * (rows / place.of);
    Ok(entry(file, name, stored, shape, spans.collect()))
}

fn twice(entry: &Entry) -> ModelError {
    let path = entry.pieces.first().map(|piece| piece.file.path());
    ModelError::Weights {
        what: format!(
            "the tensor {} is there twice, under an old name and a new one or in two files, and with other numbers",
            entry.written
        ),
        path: path.unwrap_or(Path::new("")).to_owned(),
    }
}
