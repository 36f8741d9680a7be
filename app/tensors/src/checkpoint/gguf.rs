//! The header of a GGUF file (<https://github.com/ggml-org/ggml/blob/master/docs/gguf.md>), versions 2 and 3: little
//! endian, counted strings, the longest axis of a tensor first. Its blocks are candle's; its kinds that candle lacks
//! are refused by name.

use std::collections::{BTreeMap, HashMap};
use std::io::{BufReader, Read};
use std::path::Path;

use candle_core::quantized::GgmlDType;

use super::file::{Kind, Stored};
use crate::ModelError;
use crate::kernels::row_bytes;

/// What the file begins with.
pub(super) const MAGIC: &[u8; 4] = b"GGUF";

/// Kinds of numbers: the number in the file, the name that published files carry, and what candle calls it.
const KINDS: &[(u32, &str, Option<GgmlDType>)] = &[
    (0, "F32", Some(GgmlDType::F32)),
    (1, "F16", Some(GgmlDType::F16)),
    (2, "Q4_0", Some(GgmlDType::Q4_0)),
    (3, "Q4_1", Some(GgmlDType::Q4_1)),
    (6, "Q5_0", Some(GgmlDType::Q5_0)),
    (7, "Q5_1", Some(GgmlDType::Q5_1)),
    (8, "Q8_0", Some(GgmlDType::Q8_0)),
    (9, "Q8_1", Some(GgmlDType::Q8_1)),
    (10, "Q2_K", Some(GgmlDType::Q2K)),
    (11, "Q3_K", Some(GgmlDType::Q3K)),
    (12, "Q4_K", Some(GgmlDType::Q4K)),
    (13, "Q5_K", Some(GgmlDType::Q5K)),
    (14, "Q6_K", Some(GgmlDType::Q6K)),
    (15, "Q8_K", Some(GgmlDType::Q8K)),
    (16, "IQ2_XXS", None),
    (17, "IQ2_XS", None),
    (18, "IQ3_XXS", None),
    (19, "IQ1_S", None),
    (20, "IQ4_NL", None),
    (21, "IQ3_S", None),
    (22, "IQ2_S", None),
    (23, "IQ4_XS", None),
    (24, "I8", None),
    (25, "I16", None),
    (26, "I32", None),
    (27, "I64", None),
    (28, "F64", None),
    (29, "IQ1_M", None),
    (30, "BF16", Some(GgmlDType::BF16)),
    (34, "TQ1_0", None),
    (35, "TQ2_0", None),
    (39, "MXFP4", None),
];

/// Bytes of a value by its type; 8 is a string and 9 a list.
const VALUE_BYTES: [u64; 13] = [1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8];
const STRING: u32 = 8;
const LIST: u32 = 9;

/// More axes than any tensor has.
const MOST_AXES: u32 = 8;

/// What a header says.
pub(super) struct Told {
    pub(super) tensors: BTreeMap<String, Stored>,
    /// its words on the file as a whole ("general.architecture", …)
    pub(super) notes: HashMap<String, String>,
}

/// Reads the header of a file of `length` bytes from its beginning.
pub(super) fn header(file: impl Read, length: u64, path: &Path) -> Result<Told, ModelError> {
    let mut header = Header {
        source: BufReader::new(file),
        position: 0,
        length,
        path,
    };
    header.told()
}

struct Header<'a, R> {
    source: BufReader<R>,
    position: u64,
    length: u64,
    path: &'a Path,
}

impl<R: Read> Header<'_, R> {
    fn told(&mut self) -> Result<Told, ModelError> {
        self.skip(MAGIC.len() as u64)?;
        let version = self.u32()?;
        if !(2..=3).contains(&version) {
            return Err(self.unsupported(format!(
                "this GGUF file is of version {version}; versions 2 and 3 are known"
            )));
        }
        let (tensors, values) = (self.u64()?, self.u64()?);
        let mut alignment = 32;
        let mut notes = HashMap::new();
        for _ in 0..values {
            let key = self.string()?;
            let kind = self.u32()?;
            if key == "general.alignment" && kind == 4 {
                alignment = u64::from(self.u32()?.max(1));
            } else if key.starts_with("general.") && kind == STRING {
                let words = self.string()?;
                notes.insert(key, words);
            } else {
                self.skip_value(kind, 0)?;
            }
        }
        let mut found = BTreeMap::new();
        for _ in 0..tensors {
            let (name, stored) = self.tensor()?;
            found.insert(name, stored);
        }
        let start = self.position.div_ceil(alignment) * alignment;
        for (name, stored) in &mut found {
            stored.from = stored.from.saturating_add(start);
            stored.to = stored.to.saturating_add(start);
            if stored.to > self.length {
                return Err(self.damaged(format!(
                    "the GGUF file is cut short at {} bytes: the tensor {name} would end at {}",
                    self.length, stored.to
                )));
            }
        }
        Ok(Told {
            tensors: found,
            notes,
        })
    }

    /// One tensor, its place counted from the first one's.
    fn tensor(&mut self) -> Result<(String, Stored), ModelError> {
        let name = self.string()?;
        let axes = self.u32()?;
        if axes > MOST_AXES {
            return Err(self.damaged(format!("the GGUF file gives the tensor {name} {axes} axes")));
        }
        let mut shape = Vec::new();
        for _ in 0..axes {
            shape.insert(0, usize::try_from(self.u64()?).unwrap_or(usize::MAX));
        }
        let number = self.u32()?;
        let from = self.u64()?;
        let kind = match KINDS.iter().find(|(known, _, _)| *known == number) {
            Some((_, _, Some(kind))) => *kind,
            other => {
                let called = other.map_or(format!("number {number}"), |(_, name, _)| {
                    (*name).to_owned()
                });
                return Err(self.unsupported(format!(
                    "the tensor {name} is stored in the kind {called}, which Retake cannot read; take the file in Q8_0, Q6_K, Q5_K_M, Q4_K_M, F16 or BF16"
                )));
            }
        };
        let columns = shape.last().copied().unwrap_or(0);
        let rows = shape
            .iter()
            .rev()
            .skip(1)
            .try_fold(1usize, |rows, &axis| rows.checked_mul(axis));
        let bytes = rows.and_then(|rows| rows.checked_mul(row_bytes(kind, columns)));
        match bytes {
            Some(bytes) if bytes > 0 && columns.is_multiple_of(kind.block_size()) => {
                let to = from.saturating_add(bytes as u64);
                let kind = Kind::Known(kind);
                Ok((name, Stored { kind, shape, from, to }))
            }
            _ => Err(self.damaged(format!(
                "the GGUF file gives the tensor {name} the shape {shape:?}, which {kind:?} cannot have"
            ))),
        }
    }

    fn skip_value(&mut self, kind: u32, depth: u32) -> Result<(), ModelError> {
        match kind {
            STRING => {
                let length = self.u64()?;
                self.skip(length)
            }
            LIST if depth < 4 => {
                let (of, count) = (self.u32()?, self.u64()?);
                match VALUE_BYTES.get(of as usize) {
                    Some(&bytes) if bytes > 0 => self.skip(count.saturating_mul(bytes)),
                    _ => (0..count).try_for_each(|_| self.skip_value(of, depth + 1)),
                }
            }
            _ => match VALUE_BYTES.get(kind as usize) {
                Some(&bytes) if bytes > 0 => self.skip(bytes),
                _ => Err(self.damaged(format!(
                    "the header of the GGUF file has a value of the unknown kind {kind}"
                ))),
            },
        }
    }

    /// What the file cannot hold is not asked for, whatever a count says.
    fn room_for(&self, bytes: u64) -> Result<(), ModelError> {
        if bytes > self.length - self.position {
            return Err(self.damaged(format!(
                "the GGUF file is cut short at {} bytes, within its header",
                self.length
            )));
        }
        Ok(())
    }

    fn take(&mut self, bytes: u64) -> Result<Vec<u8>, ModelError> {
        self.room_for(bytes)?;
        let mut taken = vec![0; bytes as usize];
        self.source
            .read_exact(&mut taken)
            .map_err(|error| self.damaged(format!("the GGUF file cannot be read ({error})")))?;
        self.position += bytes;
        Ok(taken)
    }

    fn skip(&mut self, bytes: u64) -> Result<(), ModelError> {
        self.room_for(bytes)?;
        let skipped = std::io::copy(&mut (&mut self.source).take(bytes), &mut std::io::sink());
        match skipped {
            Ok(count) if count == bytes => {
                self.position += bytes;
                Ok(())
            }
            _ => Err(self.damaged("the GGUF file cannot be read".to_owned())),
        }
    }

    fn u32(&mut self) -> Result<u32, ModelError> {
        let bytes = self.take(4)?;
        Ok(bytes
            .iter()
            .rev()
            .fold(0, |n, &byte| n << 8 | u32::from(byte)))
    }

    fn u64(&mut self) -> Result<u64, ModelError> {
        let bytes = self.take(8)?;
        Ok(bytes
            .iter()
            .rev()
            .fold(0, |n, &byte| n << 8 | u64::from(byte)))
    }

    fn string(&mut self) -> Result<String, ModelError> {
        let length = self.u64()?;
        let bytes = self.take(length)?;
        Ok(String::from_utf8_lossy(&bytes)
            .trim_end_matches('\0')
            .to_owned())
    }

    fn damaged(&self, what: String) -> ModelError {
        let path = self.path.to_owned();
        ModelError::Damaged { what, path }
    }

    fn unsupported(&self, what: String) -> ModelError {
        let path = self.path.to_owned();
        ModelError::Unsupported { what, path }
    }
}
