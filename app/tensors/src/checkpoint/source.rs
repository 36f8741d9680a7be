//! What a network's tensors are read from: the bytes of files behind every name, and the book that is kept of which were
//! given out.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use candle_core::quantized::GgmlDType;
use candle_core::{DType, Shape};
use sha2::{Digest, Sha256};

use super::density::in_blocks;
use super::file::{Kind, WeightFile};
use super::map::Bytes;
use super::merge::Delta;
use crate::ModelError;

/// What [`Weights`] hands out from.
pub(super) struct Source {
    /// what sentences end with
    pub(super) path: PathBuf,
    /// by today's name
    pub(super) entries: BTreeMap<String, Entry>,
    /// what matrices are to be held in; none for what they are written in
    pub(super) held: Option<DType>,
    /// beginnings of the names of those that are held in 32 bits all the same
    pub(super) wide: Vec<String>,
    pub(super) ledger: Mutex<Ledger>,
}

/// One tensor of a network.
pub(super) struct Entry {
    /// the name in the file
    pub(super) written: String,
    pub(super) shape: Vec<usize>,
    pub(super) kind: Kind,
    /// its rows, from one place in a file or from several; none if every number is zero
    pub(super) pieces: Vec<Piece>,
    /// what adapters add to it
    pub(super) deltas: Vec<Delta>,
}

/// Bytes of a file.
pub(super) struct Piece {
    pub(super) file: Arc<WeightFile>,
    pub(super) from: u64,
    pub(super) to: u64,
}

impl Piece {
    /// One of so many equal runs of its bytes.
    pub(super) fn share(&self, run: u64, runs: u64) -> Self {
        let share = (self.to - self.from) / runs.max(1);
        let from = self.from + run * share;
        Self {
            file: self.file.clone(),
            from,
            to: from + share,
        }
    }

    fn bytes(&self) -> Result<Bytes, ModelError> {
        self.file.bytes(self.from, self.to)
    }
}

/// A tensor as it was read.
pub(super) enum Taken {
    /// zeros that take no memory
    Zeros,
    /// finite numbers of a kind that is computed with
    Numbers(GgmlDType, Bytes),
    /// the same in 32-bit floats, from a kind that layers do not hold
    Wide(Vec<f32>),
}

/// The book of what was given out.
#[derive(Default)]
pub(super) struct Ledger {
    pub(super) given: BTreeSet<String>,
    pub(super) fault: Option<ModelError>,
    pub(super) hash: Sha256,
}

impl Source {
    /// What was asked for, or the floats of 16 bits that all matrices are written in, or F32.
    pub(super) fn written_in(&self) -> DType {
        if let Some(asked) = self.held {
            return asked;
        }
        let plain =
            |(name, entry): &(&String, &Entry)| entry.shape.len() > 1 && !self.is_wide(name);
        let matrices = || self.entries.iter().filter(plain).map(|(_, entry)| entry);
        let kinds = [(GgmlDType::BF16, DType::BF16), (GgmlDType::F16, DType::F16)];
        kinds
            .into_iter()
            .find(|(kind, _)| matrices().all(|entry| entry.kind == Kind::Known(*kind)))
            .map_or(DType::F32, |(_, dtype)| dtype)
    }

    /// Whether a tensor is held in 32 bits whatever the others are.
    pub(super) fn is_wide(&self, name: &str) -> bool {
        let begins = |beginning: &String| name.starts_with(beginning.as_str());
        self.wide.iter().any(begins)
    }

    /// Whether all files still are what they were when their headers were read.
    pub(super) fn files_are_unchanged(&self) -> Result<(), ModelError> {
        let pieces = self.entries.values().flat_map(|entry| &entry.pieces);
        let files: BTreeMap<&Path, &Arc<WeightFile>> = pieces
            .map(|piece| (piece.file.path(), &piece.file))
            .collect();
        files.values().try_for_each(|file| file.is_unchanged())
    }

    pub(super) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn fault(&self, what: String) -> ModelError {
        ModelError::Weights {
            what,
            path: self.path.clone(),
        }
    }

    /// Whether there is a tensor of this name.
    pub(super) fn contains(&self, name: &str) -> bool {
        self.entries.contains_key(name)
    }

    /// Reads a tensor; the first fault is kept, since candle's errors know no paths.
    pub(super) fn take(&self, name: &str, shape: &Shape) -> candle_core::Result<Taken> {
        self.read(name, shape).map_err(|fault| {
            let said = candle_core::Error::Msg(fault.to_string());
            self.ledger().fault.get_or_insert(fault);
            said
        })
    }

    fn read(&self, name: &str, shape: &Shape) -> Result<Taken, ModelError> {
        let Some(entry) = self.entries.get(name) else {
            return Err(self.fault(format!("the tensor {name} is missing")));
        };
        if entry.shape != shape.dims() {
            return Err(self.fault(format!(
                "the tensor {} has the shape {:?} where config.json calls for {:?}",
                entry.written,
                entry.shape,
                shape.dims()
            )));
        }
        let mut ledger = self.ledger();
        if !ledger.given.insert(name.to_owned()) {
            return Err(self.fault(format!("the tensor {} is used twice", entry.written)));
        }
        if entry.pieces.is_empty() {
            return Ok(Taken::Zeros);
        }
        let bytes = match &entry.pieces[..] {
            [whole] => whole.bytes()?,
            pieces => {
                let mut all = Vec::new();
                for piece in pieces {
                    all.extend_from_slice(&piece.bytes()?);
                }
                Bytes::Own(all)
            }
        };
        ledger.hash.update(name.as_bytes());
        ledger.hash.update(entry.kind.to_string().as_bytes());
        ledger.hash.update(format!("{:?}", entry.shape).as_bytes());
        ledger.hash.update(&bytes[..]);
        drop(ledger);
        let Some(finite) = entry.kind.finite(&bytes, shape.elem_count()) else {
            return Err(self.fault(format!(
                "the tensor {} holds numbers of the kind {}, which Retake does not compute with",
                entry.written, entry.kind
            )));
        };
        if !finite {
            return Err(self.fault(format!(
                "the tensor {} holds numbers that are not finite",
                entry.written
            )));
        }
        if !entry.deltas.is_empty() {
            return self.with_deltas(entry, &bytes);
        }
        Ok(match entry.kind {
            Kind::Known(kind) => Taken::Numbers(kind, bytes),
            other => Taken::Wide(
                other
                    .numbers(&bytes, shape.elem_count())
                    .unwrap_or_default(),
            ),
        })
    }

    /// The sum of a tensor and what adapters add to it. What lay in blocks lies in finer ones afterwards, whose
    /// rounding does not swallow the adapter.
    fn with_deltas(&self, entry: &Entry, bytes: &[u8]) -> Result<Taken, ModelError> {
        let count = entry.shape.iter().product();
        let mut values = entry.kind.numbers(bytes, count).unwrap_or_default();
        for delta in &entry.deltas {
            delta.add_to(&mut values)?;
        }
        let blocks = matches!(entry.kind, Kind::Known(kind) if kind.block_size() > 1);
        if blocks && entry.shape.len() == 2 && entry.shape[1].is_multiple_of(FINE.block_size()) {
            let blocks = in_blocks(FINE, &values, entry.shape[1])?;
            return Ok(Taken::Numbers(FINE, Bytes::Own(blocks)));
        }
        Ok(Taken::Wide(values))
    }
}

/// What blocks become when an adapter is added: 8 bits and a scale for every 32 numbers.
const FINE: GgmlDType = GgmlDType::Q8_0;

impl Entry {
    /// Whether both are the same numbers, written down in the same way.
    pub(super) fn is_equal(&self, other: &Self) -> Result<bool, ModelError> {
        let alike = (&self.shape, self.kind, self.pieces.len())
            == (&other.shape, other.kind, other.pieces.len());
        if !alike {
            return Ok(false);
        }
        for (one, other) in self.pieces.iter().zip(&other.pieces) {
            if one.bytes()?[..] != other.bytes()?[..] {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
