//! A matrix of weights in fewer bits than we compute with: 16-bit floats, or the blocks of a GGUF file. It stays so in
//! memory, and is widened a strip of rows at a time while it is multiplied.

use std::borrow::Cow;
use std::sync::Arc;

use candle_core::quantized::GgmlDType;
use candle_core::{CpuStorage, Device, Result, Tensor};
use half::slice::HalfFloatSliceExt;
use rayon::prelude::*;

/// Rows × columns, row after row, each row a whole number of blocks.
#[derive(Clone)]
pub struct Packed {
    kind: GgmlDType,
    bytes: Arc<Vec<u8>>,
    rows: usize,
    columns: usize,
}

impl Packed {
    /// Of as many bytes as the kind needs for `rows × columns`.
    pub fn new(kind: GgmlDType, bytes: Vec<u8>, (rows, columns): (usize, usize)) -> Result<Self> {
        if !columns.is_multiple_of(kind.block_size())
            || bytes.len() != rows * row_bytes(kind, columns)
        {
            candle_core::bail!(
                "{} bytes are no {kind:?} matrix of {rows} × {columns}",
                bytes.len()
            );
        }
        Ok(Self {
            kind,
            bytes: Arc::new(bytes),
            rows,
            columns,
        })
    }

    /// Rows of the matrix: outputs of the layer.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Columns of the matrix: inputs of the layer.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Its kind and its bytes, row after row.
    pub(super) fn written(&self) -> (GgmlDType, &[u8]) {
        (self.kind, &self.bytes)
    }

    /// The rows from `first` on, as many as `out` has room for, in 32-bit floats.
    pub(super) fn widen(&self, first: usize, out: &mut [f32]) -> Result<()> {
        let row_bytes = row_bytes(self.kind, self.columns);
        let rows = out.len() / self.columns;
        let bytes = &self.bytes[first * row_bytes..(first + rows) * row_bytes];
        out.par_chunks_mut(16 * self.columns)
            .zip(bytes.par_chunks(16 * row_bytes))
            .try_for_each(|(out, bytes)| widen(self.kind, bytes, out))
    }

    /// Some rows, (numbers, columns), in 32-bit floats.
    pub fn pick(&self, numbers: &[u32]) -> Result<Tensor> {
        let mut out = vec![0.0; numbers.len() * self.columns];
        for (out, &row) in out.chunks_exact_mut(self.columns).zip(numbers) {
            if row as usize >= self.rows {
                candle_core::bail!("row {row} of {} was asked for", self.rows);
            }
            self.widen(row as usize, out)?;
        }
        Tensor::from_vec(out, (numbers.len(), self.columns), &Device::Cpu)
    }
}

/// Bytes of a row.
pub fn row_bytes(kind: GgmlDType, columns: usize) -> usize {
    columns / kind.block_size() * kind.type_size()
}

/// Numbers of any kind in 32-bit floats.
pub fn widen(kind: GgmlDType, bytes: &[u8], out: &mut [f32]) -> Result<()> {
    match kind {
        GgmlDType::F32 => {
            for (out, &bytes) in out.iter_mut().zip(bytes.as_chunks().0) {
                *out = f32::from_le_bytes(bytes);
            }
        }
        GgmlDType::BF16 => {
            for (out, &bytes) in out.iter_mut().zip(bytes.as_chunks().0) {
                *out = f32::from_bits(u32::from(u16::from_le_bytes(bytes)) << 16);
            }
        }
        GgmlDType::F16 => {
            let mut halves = [half::f16::ZERO; 64];
            for (out, bytes) in out.chunks_mut(64).zip(bytes.chunks(128)) {
                let halves = &mut halves[..out.len()];
                for (half, &bytes) in halves.iter_mut().zip(bytes.as_chunks().0) {
                    *half = half::f16::from_le_bytes(bytes);
                }
                halves.convert_to_f32_slice(out);
            }
        }
        _ => {
            // an even copy, since candle wants its blocks on even addresses
            let blocks = kind.from_data(Cow::Owned(bytes.to_vec()));
            match blocks.dequantize(out.len())? {
                CpuStorage::F32(values) => out.copy_from_slice(&values),
                _ => candle_core::bail!("{kind:?} did not become 32-bit floats"),
            }
        }
    }
    Ok(())
}

impl std::fmt::Debug for Packed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} {} × {}", self.kind, self.rows, self.columns)
    }
}
