//! The tensors of one network: given out by name, each exactly once, of the shape that the configuration calls for and
//! with finite numbers; whatever is amiss is one sentence that names the tensor.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use candle_core::quantized::GgmlDType;
use candle_core::{DType, Device};
use sha2::{Digest, Sha256};

use super::Weights;
use super::adapter::Adapter;
use super::density::Density;
use super::dialect::Dialect;
use super::entries::Gathered;
use super::file::{Kind, WeightFile};
use super::merge::Delta;
use super::names::{Rename, holds_no_weights, today};
use super::source::{Entry, Source};
use super::weights::Held;
use crate::ModelError;
use crate::error::plain;

/// The tensors of one network.
pub struct Tensors(Arc<Source>);

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
        let held = Held::as_written(self.0.written_in());
        self.build_held(device, held, make)
    }

    /// The same as [`Self::build`] with matrices held as densely as is asked, or else as [`Self::build_as_written`] does.
    pub fn build_in<N>(
        self,
        device: &Device,
        density: Option<Density>,
        make: impl FnOnce(Weights) -> candle_core::Result<N>,
    ) -> Result<Built<N>, ModelError> {
        match density {
            Some(density) => self.build_held(device, Held::of(density), make),
            None => self.build_as_written(device, make),
        }
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

    /// The same where those whose names begin so are held in 32 bits, whatever the others are: small heads over a large
    /// model, which were trained so.
    pub fn wide(mut self, beginning: &str) -> Self {
        if let Some(source) = Arc::get_mut(&mut self.0) {
            source.wide.push(beginning.to_owned());
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
        dialect: Dialect,
    ) -> Result<Self, ModelError> {
        let mut gathered = Gathered::default();
        for file in files.into_iter().map(Arc::new) {
            gathered.take(&file, renames, dialect)?;
        }
        let entries = gathered.finished(path)?;
        Ok(Self::new(path, entries))
    }

    /// Adds what an adapter changes in the network that lies in `part`.
    pub(super) fn adapted(
        mut self,
        adapter: &Arc<Adapter>,
        part: &str,
        renames: &[Rename],
        dialect: Dialect,
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
        let bytes = |(name, entry): (&String, &Entry)| {
            let count: usize = entry.shape.iter().product();
            match entry.kind {
                Kind::Known(kind) if kind.block_size() > 1 => {
                    entry.pieces.iter().map(|piece| piece.to - piece.from).sum()
                }
                _ if entry.shape.len() == 2 && !self.0.is_wide(name) => count as u64 * matrix,
                _ => count as u64 * 4,
            }
        };
        self.0.entries.iter().map(bytes).sum()
    }

    /// About how many bytes [`Self::build_in`] takes.
    pub fn bytes_in(&self, density: Option<Density>) -> u64 {
        let Some(density) = density else {
            return self.held_bytes(self.written_bytes());
        };
        let bytes = |(name, entry): (&String, &Entry)| match (entry.kind, &entry.shape[..]) {
            (Kind::Known(kind), _) if kind.block_size() > 1 => {
                entry.pieces.iter().map(|piece| piece.to - piece.from).sum()
            }
            (_, &[rows, columns]) if !self.0.is_wide(name) => density.bytes(rows, columns),
            (_, shape) => shape.iter().product::<usize>() as u64 * 4,
        };
        self.0.entries.iter().map(bytes).sum()
    }

    fn new(path: &Path, entries: BTreeMap<String, Entry>) -> Self {
        Self(Arc::new(Source {
            path: path.to_owned(),
            entries,
            held: None,
            wide: Vec::new(),
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
        self.build_held(device, Held::in_floats(dtype), make)
    }

    fn build_held<N>(
        self,
        device: &Device,
        held: Held,
        make: impl FnOnce(Weights) -> candle_core::Result<N>,
    ) -> Result<Built<N>, ModelError> {
        let made = make(Weights::new(self.0.clone(), device.clone(), held));
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
