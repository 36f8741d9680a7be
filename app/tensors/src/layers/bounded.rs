//! Keeping states within what 16-bit floats hold, as the reference implementations do.

use candle_core::{DType, Result, Tensor};

/// The largest 16-bit float with five bits of exponent.
const LARGEST: f64 = 65_504.0;

/// The same states, where they are made of such floats without the infinities; brain floats and larger ones have room.
pub fn bounded(x: Tensor) -> Result<Tensor> {
    match x.dtype() {
        DType::F16 => x.clamp(-LARGEST, LARGEST),
        _ => Ok(x),
    }
}

#[cfg(test)]
mod tests {
    use candle_core::{DType, Device, Tensor};

    use super::bounded;

    #[test]
    fn infinities_of_16_bits_become_the_largest_numbers() {
        let wide = Tensor::new(&[1e6f32, -1e6, 3.0], &Device::Cpu).expect("numbers");
        let of = |dtype| {
            let bounded = wide.to_dtype(dtype).and_then(bounded).expect("numbers");
            let wide = bounded.to_dtype(DType::F32).expect("numbers");
            wide.to_vec1::<f32>().expect("numbers")
        };
        assert_eq!(of(DType::F16), [65_504.0, -65_504.0, 3.0]);
        assert_eq!(of(DType::F32), [1e6, -1e6, 3.0]);
    }
}
