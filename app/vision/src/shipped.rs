//! The weights that are built into the program: small files in the safetensors format, out of which each tensor is taken
//! once, in the shape that its network has a place for.

use std::collections::HashMap;

use candle_core::{DType, Device, Result, Shape, Tensor};

/// The tensors of one built-in file that nobody has taken yet.
pub(crate) struct Shipped {
    tensors: HashMap<String, Tensor>,
}

impl Shipped {
    /// Reads a whole file.
    pub(crate) fn open(file: &[u8]) -> Result<Self> {
        let tensors = candle_core::safetensors::load_buffer(file, &Device::Cpu)?;
        Ok(Self { tensors })
    }

    /// One tensor in 32-bit floats.
    pub(crate) fn take(&mut self, name: &str, shape: impl Into<Shape>) -> Result<Tensor> {
        let shape = shape.into();
        let Some(tensor) = self.tensors.remove(name) else {
            candle_core::bail!("the tensor {name} is missing or was taken before");
        };
        if *tensor.shape() != shape {
            candle_core::bail!(
                "the tensor {name} is {:?} where {shape:?} belongs",
                tensor.shape()
            );
        }
        tensor.to_dtype(DType::F32)
    }

    /// Nothing may be left.
    pub(crate) fn finish(self) -> Result<()> {
        match self.tensors.into_keys().min() {
            Some(name) => candle_core::bail!("nobody has taken the tensor {name}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file() -> Vec<u8> {
        let tensor = Tensor::new(&[1.0f32, 2.0], &Device::Cpu).expect("a tensor");
        let path = std::env::temp_dir().join(format!("retake-shipped-{}", std::process::id()));
        candle_core::safetensors::save(&HashMap::from([("a", tensor)]), &path).expect("a file");
        let bytes = std::fs::read(&path).expect("it can be read");
        let _ = std::fs::remove_file(path);
        bytes
    }

    #[test]
    fn a_tensor_is_taken_once_and_in_its_shape_and_none_is_left() {
        let open = || Shipped::open(&file()).expect("sound");
        assert!(open().finish().is_err());
        assert!(open().take("a", 3).is_err());
        assert!(open().take("b", 2).is_err());
        let mut shipped = open();
        assert!(shipped.take("a", 2).is_ok());
        assert!(shipped.take("a", 2).is_err());
        assert!(shipped.finish().is_ok());
    }
}
