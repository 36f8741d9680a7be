//! The residual block of Stable Diffusion: two convolutions, normalised before each; the U-Net tells it the time
//! between them.

use candle_core::{Result, Tensor};

use crate::checkpoint::Weights;

use super::{Conv2d, GroupNorm, Linear};

/// What all residual blocks of a network have in common.
#[derive(Clone, Copy, Debug)]
pub struct ResnetConfig {
    /// of the two normalisations
    pub groups: usize,
    /// added to their variance
    pub eps: f64,
    /// width of the embedded time, where there is one
    pub time: Option<usize>,
}

/// ResnetBlock2D.
#[derive(Clone, Debug)]
pub struct Resnet {
    norm1: GroupNorm,
    conv1: Conv2d,
    time_emb_proj: Option<Linear>,
    norm2: GroupNorm,
    conv2: Conv2d,
    conv_shortcut: Option<Conv2d>,
}

impl Resnet {
    /// From (batch, `inputs`, height, width) to as many `outputs`.
    pub fn new(inputs: usize, outputs: usize, config: ResnetConfig, vb: Weights) -> Result<Self> {
        let ResnetConfig { groups, eps, time } = config;
        Ok(Self {
            norm1: GroupNorm::new(groups, inputs, eps, vb.pp("norm1"))?,
            conv1: Conv2d::same(inputs, outputs, vb.pp("conv1"))?,
            time_emb_proj: time
                .map(|time| Linear::new(time, outputs, vb.pp("time_emb_proj")))
                .transpose()?,
            norm2: GroupNorm::new(groups, outputs, eps, vb.pp("norm2"))?,
            conv2: Conv2d::same(outputs, outputs, vb.pp("conv2"))?,
            conv_shortcut: (inputs != outputs)
                .then(|| Conv2d::one_pixel(inputs, outputs, vb.pp("conv_shortcut")))
                .transpose()?,
        })
    }

    /// `time` is the embedded time after SiLU, (batch, width).
    pub fn forward(&self, x: &Tensor, time: Option<&Tensor>) -> Result<Tensor> {
        self.forward_by(x, time, &mut |norm, x| norm.forward_silu(x))
    }

    /// The same with another way to normalise.
    pub fn forward_by(
        &self,
        x: &Tensor,
        time: Option<&Tensor>,
        normalise: &mut dyn FnMut(&GroupNorm, &Tensor) -> Result<Tensor>,
    ) -> Result<Tensor> {
        let h = normalise(&self.norm1, x)?;
        let h = match (&self.time_emb_proj, time) {
            (Some(project), Some(time)) => {
                let more = project.forward(&time.unsqueeze(1)?)?.squeeze(1)?; // (batch, out)
                self.conv1.forward_plus(&h, &more)?
            }
            _ => self.conv1.forward(&h)?,
        };
        let h = self.conv2.forward(&normalise(&self.norm2, &h)?)?;
        match &self.conv_shortcut {
            Some(shortcut) => shortcut.forward(x)? + h,
            None => x + h,
        }
    }
}
