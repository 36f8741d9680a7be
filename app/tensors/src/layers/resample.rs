//! Halving and doubling between the floors of a network.

use candle_core::{Result, Tensor};

use crate::checkpoint::Weights;

use super::Conv2d;

/// Halves a picture with a 3 × 3 convolution of stride 2.
#[derive(Clone, Debug)]
pub struct Downsample {
    conv: Conv2d,
    /// the autoencoder pads right and below only, the U-Net all around
    lopsided: bool,
}

impl Downsample {
    /// `lopsided`: one row of zeros below and one column on the right, instead of one all around.
    pub fn new(channels: usize, lopsided: bool, vb: Weights) -> Result<Self> {
        let padding = usize::from(!lopsided);
        Ok(Self {
            conv: Conv2d::new(channels, channels, 3, 2, padding, vb.pp("conv"))?,
            lopsided,
        })
    }

    /// (batch, channels, height, width) to half of both.
    pub fn forward(&self, x: &Tensor) -> Result<Tensor> {
        if self.lopsided {
            let x = x.pad_with_zeros(2, 0, 1)?.pad_with_zeros(3, 0, 1)?;
            self.conv.forward(&x)
        } else {
            self.conv.forward(x)
        }
    }
}

/// At a larger size, pixels repeated.
fn repeated(x: &Tensor, height: usize, width: usize) -> Result<Tensor> {
    if !x.track_op() {
        return x.upsample_nearest2d(height, width);
    }
    // candle's gradient of it knows whole factors only, and forgets whatever else was made of x
    let of = |from: usize, to: usize| {
        let places: Vec<u32> = (0..to).map(|i| (i * from / to) as u32).collect();
        Tensor::new(places, x.device())
    };
    let (_, _, from_height, from_width) = x.dims4()?;
    x.index_select(&of(from_height, height)?, 2)?
        .index_select(&of(from_width, width)?, 3)
}

/// Brings a picture to a larger size by repeating pixels, then a 3 × 3 convolution.
#[derive(Clone, Debug)]
pub struct Upsample {
    conv: Conv2d,
}

impl Upsample {
    /// Of this many channels.
    pub fn new(channels: usize, vb: Weights) -> Result<Self> {
        Ok(Self {
            conv: Conv2d::same(channels, channels, vb.pp("conv"))?,
        })
    }

    /// To this size in px: twice its own, or one less where halving had rounded up.
    pub fn forward(&self, x: &Tensor, height: usize, width: usize) -> Result<Tensor> {
        self.conv.forward(&repeated(x, height, width)?)
    }
}
