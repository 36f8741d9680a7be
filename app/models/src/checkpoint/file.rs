//! One file of weights in the safetensors format. Only its header is read when it is opened; a tensor is read when it
//! is asked for, so that a model never stands in memory twice, and a file that shrinks meanwhile is an error and not a crash.

use std::collections::HashMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use safetensors::Dtype;
use safetensors::tensor::{Metadata, TensorInfo};

use crate::ModelError;

/// The longest header that the format allows, bytes.
const LONGEST_HEADER: u64 = 100_000_000;

/// An open file of weights.
pub(super) struct WeightFile {
    path: PathBuf,
    file: Mutex<File>,
    /// where the tensors begin, bytes
    start: u64,
    tensors: HashMap<String, TensorInfo>,
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
        let length = file.metadata().map_err(unreadable)?.len();
        let mut head = [0u8; 8];
        if length < 8 {
            return Err(damaged(format!(
                "the file of weights is cut short at {length} bytes"
            )));
        }
        file.read_exact(&mut head).map_err(unreadable)?;
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
        let tensors = metadata
            .tensors()
            .into_iter()
            .map(|(name, info)| (name, info.clone()))
            .collect();
        Ok(Self {
            path: path.to_owned(),
            file: Mutex::new(file),
            start,
            tensors,
        })
    }

    /// The names and shapes of its tensors.
    pub(super) fn tensors(&self) -> impl Iterator<Item = (&str, &TensorInfo)> {
        self.tensors
            .iter()
            .map(|(name, info)| (name.as_str(), info))
    }

    /// Where the file is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The bytes of a tensor, as they are in the file.
    pub(super) fn bytes(&self, info: &TensorInfo) -> Result<Vec<u8>, ModelError> {
        let (from, to) = info.data_offsets;
        let mut bytes = vec![0u8; to - from];
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(self.start + from as u64))
            .and_then(|_| file.read_exact(&mut bytes))
            .map_err(|error| ModelError::Damaged {
                what: format!("the weights cannot be read ({error})"),
                path: self.path.clone(),
            })?;
        Ok(bytes)
    }
}

/// The numbers of a floating-point tensor; `None` for another kind.
pub(super) fn numbers(kind: Dtype, bytes: &[u8]) -> Option<Vec<f32>> {
    Some(match kind {
        Dtype::F32 => bytes
            .as_chunks()
            .0
            .iter()
            .map(|&b| f32::from_le_bytes(b))
            .collect(),
        Dtype::F16 => bytes
            .as_chunks()
            .0
            .iter()
            .map(|&b| half::f16::from_le_bytes(b).to_f32())
            .collect(),
        Dtype::BF16 => bytes
            .as_chunks()
            .0
            .iter()
            .map(|&b| half::bf16::from_le_bytes(b).to_f32())
            .collect(),
        Dtype::F64 => bytes
            .as_chunks()
            .0
            .iter()
            .map(|&b| f64::from_le_bytes(b) as f32)
            .collect(),
        _ => return None,
    })
}
