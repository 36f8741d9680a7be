//! x · Wᵀ + b.

use candle_core::{Result, Tensor};

use crate::checkpoint::Weights;
use crate::kernels::Weight;

/// A linear layer, with or without a bias.
#[derive(Clone, Debug)]
pub struct Linear {
    weight: Weight, // (out, in)
    bias: Option<Tensor>,
}

impl Linear {
    /// With a bias.
    pub fn new(inputs: usize, outputs: usize, vb: Weights) -> Result<Self> {
        Ok(Self {
            weight: vb.matrix((outputs, inputs), "weight")?,
            bias: Some(vb.get(outputs, "bias")?),
        })
    }

    /// Of tensors that are there already: (out, in), and (out).
    pub fn of(weight: Tensor, bias: Option<Tensor>) -> Self {
        Self {
            weight: Weight::Plain(weight),
            bias,
        }
    }

    /// Without one.
    pub fn no_bias(inputs: usize, outputs: usize, vb: Weights) -> Result<Self> {
        Ok(Self {
            weight: vb.matrix((outputs, inputs), "weight")?,
            bias: None,
        })
    }

    /// The same layer, written in the checkpoint as a convolution of one pixel: (out, in, 1, 1).
    pub fn of_one_pixel(inputs: usize, outputs: usize, vb: Weights) -> Result<Self> {
        Ok(Self {
            weight: vb.matrix((outputs, inputs, 1, 1), "weight")?,
            bias: Some(vb.get(outputs, "bias")?),
        })
    }

    /// (batch, rows, in) to (batch, rows, out). The input may be a transposed view.
    pub fn forward(&self, x: &Tensor) -> Result<Tensor> {
        self.weight.linear(x, self.bias.as_ref())
    }

    /// (batch, rows, in) to (batch, out, rows): tokens back into a picture.
    pub fn forward_to_picture(&self, x: &Tensor) -> Result<Tensor> {
        self.weight.linear_to_picture(x, self.bias.as_ref())
    }
}
