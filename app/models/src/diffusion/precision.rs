//! What the weights of a model are held in. Where nothing is asked, that is what its files have for models of flows, and
//! 32 bits for Stable Diffusion. The processor holds matrices in 16 bits and computes in 32; a graphics card computes in
//! them. The autoencoder stays in 32 bits, since pictures show less.

use candle_core::{DType, Device, Tensor};
use serde::{Deserialize, Serialize};

use crate::{Checkpoint, ModelError};

/// Floats of 32 or 16 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// 32 bits
    F32,
    /// 16 bits, up to 65 504
    F16,
    /// 16 bits with the range of 32 and fewer digits
    Bf16,
}

impl Precision {
    /// All of them.
    pub const ALL: &'static [Self] = &[Self::F32, Self::F16, Self::Bf16];

    /// As it is typed and recorded.
    pub fn id(self) -> &'static str {
        match self {
            Self::F32 => "f32",
            Self::F16 => "f16",
            Self::Bf16 => "bf16",
        }
    }

    /// For people.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::F32 => "32 bit",
            Self::F16 => "16 bit (f16)",
            Self::Bf16 => "16 bit (bf16)",
        }
    }

    /// The word for what was asked, or for nothing.
    pub(super) fn name_of(asked: Option<Self>) -> &'static str {
        asked.map_or("auto", Self::id)
    }

    fn dtype(self) -> DType {
        match self {
            Self::F32 => DType::F32,
            Self::F16 => DType::F16,
            Self::Bf16 => DType::BF16,
        }
    }

    /// The checkpoint with its weights held so, if the device can compute in it.
    pub(super) fn asked_of(
        self,
        checkpoint: Checkpoint,
        device: &Device,
    ) -> Result<Checkpoint, ModelError> {
        let works = device.is_cpu() || self.multiplies(device).is_ok();
        match works {
            true => Ok(checkpoint.with_precision(self.dtype())),
            false => Err(ModelError::Machine(format!(
                "the graphics card of this machine does not compute in {}; choose another precision, or auto",
                self.id()
            ))),
        }
    }

    /// Older cards lack products in some of the floats.
    fn multiplies(self, device: &Device) -> candle_core::Result<()> {
        let x = Tensor::ones((16, 16), self.dtype(), device)?;
        let product = x.matmul(&x)?.to_dtype(DType::F32)?.sum_all()?;
        product.to_scalar::<f32>().map(drop)
    }
}
