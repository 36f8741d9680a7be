//! The floors of the U-Net: on the way down, at the bottom, on the way up.

use candle_core::{Result, Tensor};

use super::config::{Floor, UnetConfig};
use super::transformer::Transformer;
use crate::checkpoint::Weights;
use crate::layers::{Downsample, Resnet, ResnetConfig, Upsample};

/// Residual blocks, each followed by a transformer where the floor attends.
struct Layers {
    resnets: Vec<Resnet>,
    attentions: Vec<Transformer>,
}

impl Layers {
    fn new(
        config: &UnetConfig,
        floor: &Floor,
        attends: bool,
        inputs: impl Iterator<Item = usize>,
        resnet: ResnetConfig,
        vb: &Weights,
    ) -> Result<Self> {
        let resnets: Vec<Resnet> = inputs
            .enumerate()
            .map(|(i, inputs)| Resnet::new(inputs, floor.width, resnet, vb.pp("resnets").pp(i)))
            .collect::<Result<_>>()?;
        let attentions = if attends { resnets.len() } else { 0 };
        Ok(Self {
            resnets,
            attentions: (0..attentions)
                .map(|i| Transformer::new(config, floor, vb.pp("attentions").pp(i)))
                .collect::<Result<_>>()?,
        })
    }

    fn forward(&self, i: usize, x: &Tensor, time: &Tensor, text: &Tensor) -> Result<Tensor> {
        let x = self.resnets[i].forward(x, Some(time))?;
        match self.attentions.get(i) {
            Some(transformer) => transformer.forward(&x, text),
            None => Ok(x),
        }
    }
}

/// DownBlock2D and CrossAttnDownBlock2D.
pub(super) struct Down {
    layers: Layers,
    downsample: Option<Downsample>,
}

impl Down {
    pub(super) fn new(
        config: &UnetConfig,
        floor: &Floor,
        inputs: usize,
        last: bool,
        resnet: ResnetConfig,
        vb: Weights,
    ) -> Result<Self> {
        let width = floor.width;
        let each = (0..floor.layers).map(|i| if i == 0 { inputs } else { width });
        Ok(Self {
            layers: Layers::new(config, floor, floor.attends_down, each, resnet, &vb)?,
            downsample: (!last)
                .then(|| Downsample::new(width, false, vb.pp("downsamplers.0")))
                .transpose()?,
        })
    }

    /// Leaves what the way up will want in `skips`.
    pub(super) fn forward(
        &self,
        mut x: Tensor,
        time: &Tensor,
        text: &Tensor,
        skips: &mut Vec<Tensor>,
    ) -> Result<Tensor> {
        for i in 0..self.layers.resnets.len() {
            x = self.layers.forward(i, &x, time, text)?;
            skips.push(x.clone());
        }
        if let Some(downsample) = &self.downsample {
            x = downsample.forward(&x)?;
            skips.push(x.clone());
        }
        Ok(x)
    }
}

/// UNetMidBlock2DCrossAttn.
pub(super) struct Mid {
    resnets: [Resnet; 2],
    attention: Transformer,
}

impl Mid {
    pub(super) fn new(
        config: &UnetConfig,
        floor: &Floor,
        resnet: ResnetConfig,
        vb: Weights,
    ) -> Result<Self> {
        let (width, resnets) = (floor.width, vb.pp("resnets"));
        Ok(Self {
            resnets: [
                Resnet::new(width, width, resnet, resnets.pp(0))?,
                Resnet::new(width, width, resnet, resnets.pp(1))?,
            ],
            attention: Transformer::new(config, floor, vb.pp("attentions.0"))?,
        })
    }

    pub(super) fn forward(&self, x: &Tensor, time: &Tensor, text: &Tensor) -> Result<Tensor> {
        let [first, second] = &self.resnets;
        let x = self
            .attention
            .forward(&first.forward(x, Some(time))?, text)?;
        second.forward(&x, Some(time))
    }
}

/// Channels around a block on the way up.
#[derive(Clone, Copy)]
pub(super) struct Width {
    /// of what comes from below
    pub(super) below: usize,
    /// of this floor
    pub(super) own: usize,
    /// of the floor above, which this floor's last skip has
    pub(super) above: usize,
}

/// UpBlock2D and CrossAttnUpBlock2D.
pub(super) struct Up {
    layers: Layers,
    upsample: Option<Upsample>,
}

impl Up {
    pub(super) fn new(
        config: &UnetConfig,
        floor: &Floor,
        width: Width,
        last: bool,
        resnet: ResnetConfig,
        vb: Weights,
    ) -> Result<Self> {
        let each = (0..=floor.layers).map(|i| {
            let carried = if i == 0 { width.below } else { width.own };
            let skipped = if i == floor.layers {
                width.above
            } else {
                width.own
            };
            carried + skipped
        });
        Ok(Self {
            layers: Layers::new(config, floor, floor.attends_up, each, resnet, &vb)?,
            upsample: (!last)
                .then(|| Upsample::new(width.own, vb.pp("upsamplers.0")))
                .transpose()?,
        })
    }

    /// Takes its part of `skips`, the newest first.
    pub(super) fn forward(
        &self,
        mut x: Tensor,
        time: &Tensor,
        text: &Tensor,
        skips: &mut Vec<Tensor>,
    ) -> Result<Tensor> {
        for i in 0..self.layers.resnets.len() {
            let Some(skip) = skips.pop() else {
                candle_core::bail!("the way up is longer than the way down");
            };
            let joined = Tensor::cat(&[&x, &skip], 1)?;
            x = self.layers.forward(i, &joined, time, text)?;
        }
        match (&self.upsample, skips.last()) {
            (Some(upsample), Some(above)) => {
                let (_, _, height, width) = above.dims4()?;
                upsample.forward(&x, height, width)
            }
            _ => Ok(x),
        }
    }
}
