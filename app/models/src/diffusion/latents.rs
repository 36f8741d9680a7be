//! Latents as a record holds them: 16-bit floats in hexadecimal digits. An edit that was led by rewards is made again from
//! these, since nobody could lead it again without the same rewards.

use candle_core::{DType, Device, Result, Tensor};
use half::f16;
use serde::{Deserialize, Serialize};

/// See the module.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Latents {
    /// batch, channels, height, width
    shape: [usize; 4],
    /// four digits a number, the lowest byte first
    digits: String,
}

impl Latents {
    /// Rounded to 16 bits.
    pub(super) fn of(latents: &Tensor) -> Result<Self> {
        let (batch, channels, height, width) = latents.dims4()?;
        let values: Vec<f32> = latents.to_dtype(DType::F32)?.flatten_all()?.to_vec1()?;
        let bytes = values
            .iter()
            .flat_map(|&value| f16::from_f32(value).to_le_bytes());
        Ok(Self {
            shape: [batch, channels, height, width],
            digits: bytes.map(|byte| format!("{byte:02x}")).collect(),
        })
    }

    /// As they were rounded.
    pub(super) fn tensor(&self, device: &Device) -> Result<Tensor> {
        let numbers: Option<Vec<f32>> = self
            .digits
            .as_bytes()
            .chunks(4)
            .map(|digits| {
                let digits = std::str::from_utf8(digits).ok()?;
                let bytes = u16::from_str_radix(digits, 16).ok()?.to_be_bytes();
                Some(f16::from_le_bytes(bytes).to_f32())
            })
            .collect();
        match numbers {
            Some(numbers) if numbers.len() == self.shape.iter().product::<usize>() => {
                let [batch, channels, height, width] = self.shape;
                Tensor::from_vec(numbers, (batch, channels, height, width), device)
            }
            _ => candle_core::bail!("the latents of this edit's record are damaged"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_what_was_rounded() {
        let values = vec![0.1f32, -3.75, 65504.0, 0.0];
        let latents = Tensor::from_vec(values, (1, 1, 2, 2), &Device::Cpu).expect("latents");
        let kept = Latents::of(&latents).expect("a record");
        let read = kept.tensor(&Device::Cpu).expect("latents");
        let read: Vec<f32> = read
            .flatten_all()
            .and_then(|v| v.to_vec1())
            .expect("numbers");
        assert_eq!(read[1..], [-3.75, 65504.0, 0.0]);
        assert!((read[0] - 0.1).abs() < 1e-4);
        let again = kept
            .tensor(&Device::Cpu)
            .and_then(|latents| Latents::of(&latents));
        assert_eq!(again.expect("a record"), kept);
    }

    #[test]
    fn a_damaged_record_is_refused() {
        let damaged = Latents {
            shape: [1, 1, 1, 2],
            digits: "00xy0000".to_owned(),
        };
        assert!(damaged.tensor(&Device::Cpu).is_err());
    }
}
