//! Convolutions over pictures of any number of channels.

use candle_core::{Result, Tensor};

use crate::checkpoint::Weights;
use crate::kernels;

/// A convolution with a bias.
#[derive(Clone, Debug)]
pub struct Conv2d {
    weight: Tensor, // (out, in, side, side)
    bias: Tensor,   // (out)
    stride: usize,
    padding: usize,
}

impl Conv2d {
    /// A square kernel of `side` px; `padding` px of zeros on each edge.
    pub fn new(
        inputs: usize,
        outputs: usize,
        side: usize,
        stride: usize,
        padding: usize,
        vb: Weights,
    ) -> Result<Self> {
        Ok(Self {
            weight: vb.get((outputs, inputs, side, side), "weight")?,
            bias: vb.get(outputs, "bias")?,
            stride,
            padding,
        })
    }

    /// 3 × 3, keeping the size.
    pub fn same(inputs: usize, outputs: usize, vb: Weights) -> Result<Self> {
        Self::new(inputs, outputs, 3, 1, 1, vb)
    }

    /// The same without a bias.
    pub fn same_without_bias(inputs: usize, outputs: usize, vb: Weights) -> Result<Self> {
        let weight = vb.get((outputs, inputs, 3, 3), "weight")?;
        Ok(Self {
            bias: Tensor::zeros(outputs, weight.dtype(), weight.device())?,
            weight,
            stride: 1,
            padding: 1,
        })
    }

    /// 1 × 1.
    pub fn one_pixel(inputs: usize, outputs: usize, vb: Weights) -> Result<Self> {
        Self::new(inputs, outputs, 1, 1, 0, vb)
    }

    /// (batch, in, height, width) to (batch, out, …).
    pub fn forward(&self, x: &Tensor) -> Result<Tensor> {
        kernels::conv2d(x, &self.weight, &self.bias, self.stride, self.padding)
    }

    /// The same with something added to each channel: `more` is (batch, out).
    pub fn forward_plus(&self, x: &Tensor, more: &Tensor) -> Result<Tensor> {
        let bias = more.broadcast_add(&self.bias)?;
        kernels::conv2d(x, &self.weight, &bias, self.stride, self.padding)
    }
}
