//! The tensors of one network: given out by name, each exactly once, of the shape that the configuration calls for and
//! with finite numbers; whatever is amiss is one sentence that names the tensor.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use candle_core::quantized::{GgmlDType, QTensor};
use candle_core::{DType, Device, Shape, Tensor};
use sha2::{Digest, Sha256};

use super::Weights;
use super::adapter::Adapter;
use super::dialect::{Row, places};
use super::file::{Kind, Stored, WeightFile};
use super::map::Bytes;
use super::merge::Delta;
use super::names::{Rename, holds_no_weights, today};
use crate::ModelError;
use crate::error::plain;

/// The tensors of one network.
pub struct Tensors(Arc<Source>);

/// What [`Weights`] hands out from.
pub(super) struct Source {
    /// what sentences end with
    path: PathBuf,
    /// by today's name
    entries: BTreeMap<String, Entry>,
    /// what matrices are to be held in; none for what they are written in
    held: Option<DType>,
    ledger: Mutex<Ledger>,
}

/// One tensor of a network.
struct Entry {
    /// the name in the file
    written: String,
    shape: Vec<usize>,
    kind: Kind,
    /// its rows, from one place in a file or from several; none if every number is zero
    pieces: Vec<Piece>,
    /// what adapters add to it
    deltas: Vec<Delta>,
}

/// Bytes of a file.
struct Piece {
    file: Arc<WeightFile>,
    from: u64,
    to: u64,
}

impl Piece {
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

#[derive(Default)]
struct Ledger {
    given: BTreeSet<String>,
    fault: Option<ModelError>,
    hash: Sha256,
}

/// A network and the SHA-256 of the weights that it is made of, in the order of its layers.
pub struct Built<N> {
    /// the network
    pub network: N,
    /// of names, shapes and bytes
    pub fingerprint: [u8; 32],
}

impl Tensors {
    /// The same as [`Self::build`], held in what the checkpoint was asked for, or else in what the files have it in:
    /// nothing is lost, and no memory wasted.
    pub fn build_as_written<N>(
        self,
        device: &Device,
        make: impl FnOnce(Weights) -> candle_core::Result<N>,
    ) -> Result<Built<N>, ModelError> {
        let dtype = self.0.written_in();
        self.build(device, dtype, make)
    }

    /// Whether there is a tensor of this name.
    pub fn contains(&self, name: &str) -> bool {
        self.0.contains(name)
    }

    /// The same, to be held by [`Self::build_as_written`] in something else than the files have.
    pub(super) fn held_in(mut self, dtype: Option<DType>) -> Self {
        if let Some(source) = Arc::get_mut(&mut self.0) {
            source.held = dtype;
        }
        self
    }

    /// Those whose names do not begin so: half of a network may not be needed.
    pub fn without(mut self, beginning: &str) -> Self {
        if let Some(source) = Arc::get_mut(&mut self.0) {
            source
                .entries
                .retain(|name, _| !name.starts_with(beginning));
        }
        self
    }

    /// All tensors of one file, which no configuration describes.
    pub fn of_file(path: &Path, renames: &[Rename]) -> Result<Self, ModelError> {
        Self::of_files(path, vec![WeightFile::open(path)?], renames, &[])
    }

    /// All tensors of some files that belong together. `path` is what sentences about them end with.
    pub(super) fn of_files(
        path: &Path,
        files: Vec<WeightFile>,
        renames: &[Rename],
        dialect: &[Row],
    ) -> Result<Self, ModelError> {
        let mut entries = BTreeMap::new();
        for file in files.into_iter().map(Arc::new) {
            for (name, stored) in file.tensors().filter(|(name, _)| !holds_no_weights(name)) {
                for (ours, entry) in entries_of(&file, name, stored, renames, dialect)? {
                    let Some(first) = entries.get(&ours) else {
                        entries.insert(ours, entry);
                        continue;
                    };
                    // published files of T5 hold its table of words once for each half that reads it
                    if !entry.is_equal(first)? {
                        return Err(ModelError::Weights {
                            what: format!(
                                "the tensor {name} is there twice, under an old name and a new one or in two files, and with other numbers"
                            ),
                            path: file.path().to_owned(),
                        });
                    }
                }
            }
        }
        Ok(Self::new(path, entries))
    }

    /// Adds what an adapter changes in the network that lies in `part`.
    pub(super) fn adapted(
        mut self,
        adapter: &Arc<Adapter>,
        part: &str,
        renames: &[Rename],
        dialect: &[Row],
    ) -> Result<Self, ModelError> {
        let Some(source) = Arc::get_mut(&mut self.0) else {
            return Err(self
                .0
                .fault("an adapter came after the network was made".to_owned()));
        };
        let entries = &mut source.entries;
        let shapes = entries
            .iter()
            .map(|(name, entry)| (name.as_str(), entry.shape.as_slice()));
        let deltas = Delta::fitted(adapter, part, &shapes.collect(), renames, dialect)?;
        if !deltas.is_empty() {
            let ledger = source
                .ledger
                .get_mut()
                .unwrap_or_else(PoisonError::into_inner);
            ledger.hash.update(adapter.hash);
        }
        for (name, delta) in deltas {
            if let Some(entry) = entries.get_mut(&name) {
                entry.deltas.push(delta);
            }
        }
        Ok(self)
    }

    /// Names and shapes alone: every tensor is zero and takes no memory, whatever its shape. For checking that a
    /// network of full size asks for exactly the tensors of a published checkpoint.
    pub fn of_manifest(
        name: &str,
        shapes: BTreeMap<String, Vec<usize>>,
        renames: &[Rename],
    ) -> Self {
        let entries = shapes
            .into_iter()
            .filter(|(name, _)| !holds_no_weights(name))
            .map(|(written, shape)| {
                let name = today(&written, renames);
                let entry = Entry {
                    written,
                    shape,
                    kind: Kind::Known(GgmlDType::F32),
                    pieces: Vec::new(),
                    deltas: Vec::new(),
                };
                (name, entry)
            })
            .collect();
        Self::new(Path::new(name), entries)
    }

    /// The same names and shapes, all zero and without memory.
    pub fn hollow(mut self) -> Self {
        if let Some(source) = Arc::get_mut(&mut self.0) {
            source
                .entries
                .values_mut()
                .for_each(|entry| entry.pieces.clear());
        }
        self
    }

    /// Today's names, and shapes.
    pub fn shapes(&self) -> impl Iterator<Item = (&str, &[usize])> {
        self.0
            .entries
            .iter()
            .map(|(name, entry)| (name.as_str(), entry.shape.as_slice()))
    }

    /// Bytes of a number of a matrix as [`Self::build_as_written`] holds it.
    pub fn written_bytes(&self) -> u64 {
        self.0.written_in().size_in_bytes() as u64
    }

    /// Bytes in the files.
    pub fn stored_bytes(&self) -> u64 {
        self.0
            .entries
            .values()
            .flat_map(|entry| &entry.pieces)
            .map(|piece| piece.to - piece.from)
            .sum()
    }

    /// Bytes in memory where a number of a matrix takes so many; blocks stay as they are, and all else takes four.
    pub fn held_bytes(&self, matrix: u64) -> u64 {
        let bytes = |entry: &Entry| {
            let count: usize = entry.shape.iter().product();
            match entry.kind {
                Kind::Known(kind) if kind.block_size() > 1 => {
                    entry.pieces.iter().map(|piece| piece.to - piece.from).sum()
                }
                _ if entry.shape.len() == 2 => count as u64 * matrix,
                _ => count as u64 * 4,
            }
        };
        self.0.entries.values().map(bytes).sum()
    }

    fn new(path: &Path, entries: BTreeMap<String, Entry>) -> Self {
        Self(Arc::new(Source {
            path: path.to_owned(),
            entries,
            held: None,
            ledger: Mutex::default(),
        }))
    }

    /// Makes a network of them and checks that none is missing, left over, used twice, of another shape or not finite.
    /// `dtype` is what its matrices are held in: F32, F16 or BF16. On a graphics card it also computes in it; the
    /// processor always computes in F32. Matrices in the blocks of a GGUF file stay so.
    pub fn build<N>(
        self,
        device: &Device,
        dtype: DType,
        make: impl FnOnce(Weights) -> candle_core::Result<N>,
    ) -> Result<Built<N>, ModelError> {
        let made = make(Weights::new(self.0.clone(), device.clone(), dtype));
        let mut ledger = self.0.ledger();
        if let Some(fault) = ledger.fault.take() {
            return Err(fault);
        }
        self.0.files_are_unchanged()?;
        let network = made.map_err(|error| self.0.fault(plain(&error)))?;
        let left: Vec<&str> = self
            .0
            .entries
            .iter()
            .filter(|(name, _)| !ledger.given.contains(*name))
            .map(|(_, entry)| entry.written.as_str())
            .collect();
        match left[..] {
            [] => Ok(Built {
                network,
                fingerprint: std::mem::take(&mut ledger.hash).finalize().into(),
            }),
            [one] => Err(self.0.fault(format!(
                "the tensor {one} is left over: config.json describes a model without it"
            ))),
            [one, ..] => Err(self.0.fault(format!(
                "{} tensors are left over, among them {one}: config.json describes a model without them",
                left.len()
            ))),
        }
    }
}

/// One SHA-256 of several, in hexadecimal digits.
pub fn fingerprint(parts: &[&[u8; 32]]) -> String {
    let mut hash = Sha256::new();
    parts.iter().for_each(|part| hash.update(part));
    hash.finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

impl Source {
    /// What was asked for, or the floats of 16 bits that all matrices are written in, or F32.
    fn written_in(&self) -> DType {
        if let Some(asked) = self.held {
            return asked;
        }
        let matrices = || self.entries.values().filter(|entry| entry.shape.len() > 1);
        let kinds = [(GgmlDType::BF16, DType::BF16), (GgmlDType::F16, DType::F16)];
        kinds
            .into_iter()
            .find(|(kind, _)| matrices().all(|entry| entry.kind == Kind::Known(*kind)))
            .map_or(DType::F32, |(_, dtype)| dtype)
    }

    /// Whether all files still are what they were when their headers were read.
    fn files_are_unchanged(&self) -> Result<(), ModelError> {
        let pieces = self.entries.values().flat_map(|entry| &entry.pieces);
        let files: BTreeMap<&Path, &Arc<WeightFile>> = pieces
            .map(|piece| (piece.file.path(), &piece.file))
            .collect();
        files.values().try_for_each(|file| file.is_unchanged())
    }

    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fault(&self, what: String) -> ModelError {
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
        let in_blocks = matches!(entry.kind, Kind::Known(kind) if kind.block_size() > 1);
        if in_blocks && entry.shape.len() == 2 && entry.shape[1].is_multiple_of(FINE.block_size()) {
            let exact = Tensor::from_vec(values, entry.shape.as_slice(), &Device::Cpu)?;
            let blocks = QTensor::quantize(&exact, FINE)?;
            let blocks = Bytes::Own(blocks.data()?.into_owned());
            return Ok(Taken::Numbers(FINE, blocks));
        }
        Ok(Taken::Wide(values))
    }
}

/// What blocks become when an adapter is added: 8 bits and a scale for every 32 numbers.
const FINE: GgmlDType = GgmlDType::Q8_0;

impl Entry {
    /// Whether both are the same numbers, written down in the same way.
    fn is_equal(&self, other: &Self) -> Result<bool, ModelError> {
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

/// What a tensor of a file is to the network: itself, or several tensors under one older name.
fn entries_of(
    file: &Arc<WeightFile>,
    name: &str,
    stored: &Stored,
    renames: &[Rename],
    dialect: &[Row],
) -> Result<Vec<(String, Entry)>, ModelError> {
    let entry = |shape: Vec<usize>, places: Vec<(u64, u64)>| Entry {
        written: name.to_owned(),
        shape,
        kind: stored.kind,
        pieces: places
            .into_iter()
            .map(|(from, to)| Piece {
                file: file.clone(),
                from,
                to,
            })
            .collect(),
        deltas: Vec::new(),
    };
    let bare = name.strip_prefix("model.diffusion_model.").unwrap_or(name);
    let (stem, last) = bare.rsplit_once('.').unwrap_or((bare, ""));
    let Some(places) = places(dialect, stem) else {
        let whole = entry(stored.shape.clone(), vec![(stored.from, stored.to)]);
        return Ok(vec![(today(name, renames), whole)]);
    };
    let last = if last == "scale" { "weight" } else { last };
    let rows = stored.shape.first().copied().unwrap_or(0);
    places
        .into_iter()
        .map(|place| {
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
            let ranges = place
                .shares
                .iter()
                .map(|part| (at(part.start), at(part.end)));
            let mut shape = stored.shape.clone();
            shape[0] = place
                .shares
                .iter()
                .map(ExactSizeIterator::len)
                .sum::<usize>()
                * (rows / place.of);
            Ok((
                format!("{}.{last}", place.stem),
                entry(shape, ranges.collect()),
            ))
        })
        .collect()
}
