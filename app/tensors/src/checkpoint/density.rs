//! How densely the matrices of a network are held in memory, where they are not to stay as they are written.

use candle_core::quantized::{GgmlDType, QTensor};
use candle_core::{DType, Device, Result, Tensor};
use rayon::prelude::*;

/// What matrices are held in. Vectors are always in 32 bits, and matrices that their file has in blocks stay so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Density {
    /// floats of 32 bits
    F32,
    /// floats of 16 bits, up to 65 504
    F16,
    /// floats of 16 bits with the range of 32 and fewer digits
    Bf16,
    /// 8 bits and a scale for every 32 numbers of a row (Q8_0)
    Q8,
    /// 4 bits with scales and offsets for every 256 numbers of a row (Q4_K), 5 bits where rows are not as long as that
    /// (Q5_0); what asks for fine numbers, as tables of words do, gets 8
    Q4,
}

impl Density {
    /// All of them, the exactest first.
    pub const ALL: &'static [Self] = &[Self::F32, Self::Bf16, Self::F16, Self::Q8, Self::Q4];

    /// As it is typed and recorded.
    pub fn id(self) -> &'static str {
        match self {
            Self::F32 => "f32",
            Self::F16 => "f16",
            Self::Bf16 => "bf16",
            Self::Q8 => "q8",
            Self::Q4 => "q4",
        }
    }

    /// The one of this name.
    pub fn named(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|density| density.id() == id)
    }

    /// The floats that are held, and that a graphics card computes in.
    pub(super) fn floats(self) -> DType {
        match self {
            Self::F16 => DType::F16,
            Self::Bf16 => DType::BF16,
            Self::F32 | Self::Q8 | Self::Q4 => DType::F32,
        }
    }

    /// The blocks for rows of so many numbers; none where they stay floats.
    pub(super) fn blocks(self, columns: usize, fine: bool) -> Option<GgmlDType> {
        let kinds: &[GgmlDType] = match (self, fine) {
            (Self::F32 | Self::F16 | Self::Bf16, _) => &[],
            (Self::Q8, _) | (Self::Q4, true) => &[GgmlDType::Q8_0],
            (Self::Q4, false) => &[GgmlDType::Q4K, GgmlDType::Q5_0],
        };
        let fits = |kind: &&GgmlDType| columns.is_multiple_of(kind.block_size());
        kinds.iter().find(fits).copied()
    }

    /// Bytes of a matrix of so many rows and columns.
    pub(super) fn bytes(self, rows: usize, columns: usize) -> u64 {
        let row = match self.blocks(columns, false) {
            Some(kind) => columns / kind.block_size() * kind.type_size(),
            None => columns * self.floats().size_in_bytes(),
        };
        rows as u64 * row as u64
    }
}

/// Numbers that one thread packs at a time.
const PIECE: usize = 1 << 16;

/// Rows of so many numbers in blocks of a kind.
pub(super) fn in_blocks(kind: GgmlDType, values: &[f32], columns: usize) -> Result<Vec<u8>> {
    let rows = (PIECE / columns.max(1)).max(1);
    let packed = values.par_chunks(rows * columns).map(|values| {
        let rows = Tensor::from_slice(values, (values.len() / columns, columns), &Device::Cpu)?;
        Ok(QTensor::quantize(&rows, kind)?.data()?.into_owned())
    });
    let packed: Vec<Vec<u8>> = packed.collect::<Result<_>>()?;
    Ok(packed.concat())
}
