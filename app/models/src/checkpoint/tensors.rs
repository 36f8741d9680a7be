//! The tensors of one network: given out by name, each exactly once, of the shape that the configuration calls for and
//! with finite numbers; whatever is amiss is one sentence that names the tensor.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use candle_core::{DType, Device, Shape, Tensor};
use candle_nn::VarBuilder;
use candle_nn::var_builder::SimpleBackend;
use safetensors::tensor::TensorInfo;
use sha2::{Digest, Sha256};

use super::file::{WeightFile, numbers};
use super::names::{Rename, holds_no_weights, today};
use crate::ModelError;
use crate::error::plain;

/// What a network takes its tensors from: `pp` goes a name deeper, `get` hands one out.
pub(crate) type Weights = VarBuilder<'static>;

/// The tensors of one network.
pub(crate) struct Tensors(Arc<Inner>);

struct Inner {
    /// what sentences end with
    path: PathBuf,
    /// by today's name
    entries: BTreeMap<String, Entry>,
    ledger: Mutex<Ledger>,
}

struct Entry {
    /// the name in the file
    written: String,
    shape: Vec<usize>,
    from: Option<(Arc<WeightFile>, TensorInfo)>,
}

#[derive(Default)]
struct Ledger {
    given: BTreeSet<String>,
    fault: Option<ModelError>,
    hash: Sha256,
}

/// A network and the SHA-256 of the weights that it is made of, in the order of its layers.
pub(crate) struct Built<N> {
    /// the network
    pub(crate) network: N,
    /// of names, shapes and bytes
    pub(crate) fingerprint: [u8; 32],
}

impl Tensors {
    /// All tensors of some files that belong together. `path` is what sentences about them end with.
    pub(super) fn of_files(
        path: &Path,
        files: Vec<WeightFile>,
        renames: &[Rename],
    ) -> Result<Self, ModelError> {
        let mut entries = BTreeMap::new();
        for file in files.into_iter().map(Arc::new) {
            for (name, info) in file.tensors().filter(|(name, _)| !holds_no_weights(name)) {
                let entry = Entry {
                    written: name.to_owned(),
                    shape: info.shape.clone(),
                    from: Some((file.clone(), info.clone())),
                };
                if entries.insert(today(name, renames), entry).is_some() {
                    return Err(ModelError::Weights {
                        what: format!(
                            "the tensor {name} is there twice, under an old name and a new one or in two files"
                        ),
                        path: file.path().to_owned(),
                    });
                }
            }
        }
        Ok(Self::new(path, entries))
    }

    /// Names and shapes alone: every tensor is zero and takes no memory, whatever its shape. For checking that a
    /// network of full size asks for exactly the tensors of a published checkpoint.
    #[cfg(test)]
    pub(crate) fn of_manifest(
        name: &str,
        shapes: BTreeMap<String, Vec<usize>>,
        renames: &[Rename],
    ) -> Self {
        let entries = shapes
            .into_iter()
            .map(|(written, shape)| {
                let from = None;
                (
                    today(&written, renames),
                    Entry {
                        written,
                        shape,
                        from,
                    },
                )
            })
            .collect();
        Self::new(Path::new(name), entries)
    }

    fn new(path: &Path, entries: BTreeMap<String, Entry>) -> Self {
        Self(Arc::new(Inner {
            path: path.to_owned(),
            entries,
            ledger: Mutex::default(),
        }))
    }

    /// Makes a network of them in 32-bit floats and checks that none is missing, left over, used twice, of another
    /// shape or not finite.
    pub(crate) fn build<N>(
        self,
        device: &Device,
        make: impl FnOnce(Weights) -> candle_core::Result<N>,
    ) -> Result<Built<N>, ModelError> {
        let source: Box<dyn SimpleBackend> = Box::new(Giver(self.0.clone()));
        let made = make(VarBuilder::from_backend(source, DType::F32, device.clone()));
        let mut ledger = self.0.ledger();
        if let Some(fault) = ledger.fault.take() {
            return Err(fault);
        }
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

impl Inner {
    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fault(&self, what: String) -> ModelError {
        ModelError::Weights {
            what,
            path: self.path.clone(),
        }
    }

    fn give(&self, name: &str, shape: &Shape, device: &Device) -> Result<Tensor, ModelError> {
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
        let Some((file, info)) = &entry.from else {
            return Ok(Tensor::zeros((), DType::F32, device)?.broadcast_as(shape)?);
        };
        let bytes = file.bytes(info)?;
        ledger.hash.update(name.as_bytes());
        ledger.hash.update(format!("{:?}", info.dtype).as_bytes());
        ledger.hash.update(format!("{:?}", info.shape).as_bytes());
        ledger.hash.update(&bytes);
        let values = numbers(info.dtype, &bytes).ok_or_else(|| {
            self.fault(format!(
                "the tensor {} holds numbers of the kind {:?}, which Retake does not compute with",
                entry.written, info.dtype
            ))
        })?;
        if !values.iter().all(|value| value.is_finite()) {
            return Err(self.fault(format!(
                "the tensor {} holds numbers that are not finite",
                entry.written
            )));
        }
        Ok(Tensor::from_vec(values, shape.clone(), device)?)
    }
}

/// Hands the tensors to candle's builder; the first fault is kept, since candle's errors know no paths.
struct Giver(Arc<Inner>);

impl SimpleBackend for Giver {
    fn get(
        &self,
        shape: Shape,
        name: &str,
        _: candle_nn::Init,
        dtype: DType,
        device: &Device,
    ) -> candle_core::Result<Tensor> {
        match self.0.give(name, &shape, device) {
            Ok(tensor) => tensor.to_dtype(dtype),
            Err(fault) => {
                let said = candle_core::Error::Msg(fault.to_string());
                self.0.ledger().fault.get_or_insert(fault);
                Err(said)
            }
        }
    }

    fn get_unchecked(&self, name: &str, _: DType, _: &Device) -> candle_core::Result<Tensor> {
        candle_core::bail!("the tensor {name} was asked for without its shape")
    }

    fn contains_tensor(&self, name: &str) -> bool {
        self.0.entries.contains_key(name)
    }
}
