//! One file of weights, in the safetensors or the GGUF format. Only its header is read when it is opened; a tensor is
//! mapped into memory when it is asked for, so that a model never stands there twice.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use candle_core::quantized::GgmlDType;
use rayon::prelude::*;
use safetensors::Dtype;
use safetensors::tensor::{Metadata, TensorInfo};

use super::gguf;
use super::map::{Bytes, Mark};
use crate::ModelError;
use crate::kernels::widen;

/// The longest header that the format allows, bytes.
const LONGEST_HEADER: u64 = 100_000_000;

/// An open file of weights.
pub(super) struct WeightFile {
    path: PathBuf,
    file: File,
    /// an open file has one place where it is read, and threads take turns there
    turn: Mutex<()>,
    /// as it was when it was opened
    mark: Mark,
    tensors: BTreeMap<String, Stored>,
    notes: HashMap<String, String>,
}

/// Where a tensor lies in its file, and as what.
#[derive(Clone, Debug)]
pub(super) struct Stored {
    pub(super) kind: Kind,
    pub(super) shape: Vec<usize>,
    /// bytes from the beginning of the file
    pub(super) from: u64,
    pub(super) to: u64,
}

/// How numbers are written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// as floats of 16 or 32 bits, or in blocks that share their scale
    Known(GgmlDType),
    /// as floats of 64 bits
    Double,
    /// in a way that is not computed with
    Other(Dtype),
}

impl From<Dtype> for Kind {
    fn from(kind: Dtype) -> Self {
        match kind {
            Dtype::F32 => Self::Known(GgmlDType::F32),
            Dtype::F16 => Self::Known(GgmlDType::F16),
            Dtype::BF16 => Self::Known(GgmlDType::BF16),
            Dtype::F64 => Self::Double,
            other => Self::Other(other),
        }
    }
}

impl Kind {
    /// The numbers in 32-bit floats; `None` if they are not computed with.
    pub(super) fn numbers(self, bytes: &[u8], count: usize) -> Option<Vec<f32>> {
        let mut values = vec![0.0; count];
        match self {
            Self::Known(kind) => widen(kind, bytes, &mut values).ok()?,
            Self::Double => {
                for (value, &bytes) in values.iter_mut().zip(bytes.as_chunks().0) {
                    *value = f64::from_le_bytes(bytes) as f32;
                }
            }
            Self::Other(_) => return None,
        }
        Some(values)
    }
}

impl Kind {
    /// Whether all numbers are finite; `None` if they are not computed with.
    pub(super) fn finite(self, bytes: &[u8], count: usize) -> Option<bool> {
        let kind = match self {
            Self::Known(kind) => kind,
            other => return Some(all_finite(&other.numbers(bytes, count)?)),
        };
        // whole blocks, few enough that the numbers need no memory to speak of
        const BLOCKS: usize = 256;
        let (type_size, block_size) = (kind.type_size(), kind.block_size());
        let finite = bytes
            .par_chunks(BLOCKS * type_size)
            .with_min_len(64)
            .map_init(
                || vec![0.0; BLOCKS * block_size],
                |values, bytes| {
                    let values = &mut values[..bytes.len() / type_size * block_size];
                    widen(kind, bytes, values).is_ok() && all_finite(values)
                },
            )
            .reduce(|| true, |a, b| a && b);
        Some(finite)
    }
}

fn all_finite(values: &[f32]) -> bool {
    values.iter().all(|value| value.is_finite())
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Known(kind) => write!(f, "{kind:?}"),
            Self::Double => write!(f, "F64"),
            Self::Other(kind) => write!(f, "{kind:?}"),
        }
    }
}

impl WeightFile {
    /// Reads the header and checks that every tensor's bytes are there.
    pub(super) fn open(path: &Path) -> Result<Self, ModelError> {
        let damaged = |what: String| ModelError::Damaged {
            what,
            path: path.to_owned(),
        };
        let unreadable = |error: std::io::Error| {
            damaged(format!("the file of weights cannot be read ({error})"))
        };
        let mut file = File::open(path).map_err(unreadable)?;
        let mark = Mark::of(&file).map_err(unreadable)?;
        let length = mark.length;
        let mut head = [0u8; 8];
        if length < 8 {
            return Err(damaged(format!(
                "the file of weights is cut short at {length} bytes"
            )));
        }
        file.read_exact(&mut head).map_err(unreadable)?;
        if head.starts_with(gguf::MAGIC) {
            file.rewind().map_err(unreadable)?;
            let gguf::Told { tensors, notes } = gguf::header(&mut file, length, path)?;
            return Ok(Self {
                path: path.to_owned(),
                file,
                turn: Mutex::default(),
                mark,
                tensors,
                notes,
            });
        }
        let header_length = u64::from_le_bytes(head);
        if header_length > LONGEST_HEADER {
            let pickled = head.starts_with(b"PK") || head.starts_with(&[0x80]);
            return Err(damaged(if pickled {
                "this is a pickle file, which could run code; the weights must be in the safetensors format".to_owned()
            } else {
                "this is no file of weights in the safetensors format".to_owned()
            }));
        }
        if header_length > length - 8 {
            return Err(damaged(format!(
                "the file of weights is cut short at {length} bytes, within its header"
            )));
        }
        let mut header = vec![0u8; header_length as usize];
        file.read_exact(&mut header).map_err(unreadable)?;
        let metadata: Metadata = serde_json::from_slice(&header).map_err(|error| {
            damaged(format!(
                "the header of the file of weights cannot be understood ({error})"
            ))
        })?;
        let start = 8 + header_length;
        let end = start + metadata.data_len() as u64;
        if length != end {
            return Err(damaged(format!(
                "the file of weights has {length} bytes where its header promises {end}"
            )));
        }
        let stored = |info: &TensorInfo| Stored {
            kind: info.dtype.into(),
            shape: info.shape.clone(),
            from: start + info.data_offsets.0 as u64,
            to: start + info.data_offsets.1 as u64,
        };
        let tensors = metadata
            .tensors()
            .into_iter()
            .map(|(name, info)| (name, stored(info)))
            .collect();
        Ok(Self {
            path: path.to_owned(),
            file,
            turn: Mutex::default(),
            mark,
            tensors,
            notes: metadata.metadata().clone().unwrap_or_default(),
        })
    }

    /// What its maker wrote into its header.
    pub(super) fn note(&self, key: &str) -> Option<&str> {
        self.notes.get(key).map(String::as_str)
    }

    /// Its tensors by name.
    pub(super) fn tensors(&self) -> impl Iterator<Item = (&str, &Stored)> {
        self.tensors
            .iter()
            .map(|(name, stored)| (name.as_str(), stored))
    }

    /// Where the file is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Some bytes of the file.
    pub(super) fn bytes(&self, from: u64, to: u64) -> Result<Bytes, ModelError> {
        let now = Mark::of(&self.file).map_err(|error| self.unreadable(&error))?;
        if now.length < to {
            return Err(self.changed());
        }
        match Bytes::map(&self.file, from, to) {
            Some(bytes) => Ok(bytes),
            // file systems of some networks cannot map
            None => self.read(from, to).map_err(|error| self.unreadable(&error)),
        }
    }

    fn read(&self, from: u64, to: u64) -> std::io::Result<Bytes> {
        let mut bytes = vec![0u8; (to - from) as usize];
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let mut file = &self.file;
        file.seek(SeekFrom::Start(from))?;
        file.read_exact(&mut bytes)?;
        Ok(Bytes::Own(bytes))
    }

    /// Whether it still is what was opened; asked when all of it has been read.
    pub(super) fn is_unchanged(&self) -> Result<(), ModelError> {
        let now = Mark::of(&self.file).map_err(|error| self.unreadable(&error))?;
        match now == self.mark {
            true => Ok(()),
            false => Err(self.changed()),
        }
    }

    fn changed(&self) -> ModelError {
        ModelError::Damaged {
            what: "the file of weights was changed while it was read; wait until it is there in whole and load it again"
                .to_owned(),
            path: self.path.clone(),
        }
    }

    fn unreadable(&self, error: &std::io::Error) -> ModelError {
        ModelError::Damaged {
            what: format!("the weights cannot be read ({error})"),
            path: self.path.clone(),
        }
    }
}
