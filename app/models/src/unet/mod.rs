//! Stable Diffusion's U-Net (Rombach et al. 2022; diffusers' UNet2DConditionModel): from noisy latents, the time and
//! the states of a text to the noise in the latents.

mod blocks;
mod config;
mod rewards;
mod time;
mod transformer;

use candle_core::{Result, Tensor};

use crate::checkpoint::Weights;
use crate::layers::{Conv2d, GroupNorm, ResnetConfig};
use blocks::{Down, Mid, Up, Width};
pub(crate) use config::UnetConfig;
use rewards::Rewards;
pub use rewards::Wish;
pub(crate) use rewards::{REWARDS_MARK, SCORES};
use time::TimeEmbedding;

/// The network.
pub(crate) struct Unet {
    conv_in: Conv2d,
    time_embedding: TimeEmbedding,
    rewards: Option<Rewards>,
    down_blocks: Vec<Down>,
    mid_block: Mid,
    up_blocks: Vec<Up>,
    conv_norm_out: GroupNorm,
    conv_out: Conv2d,
}

impl Unet {
    /// As the settings describe it.
    pub(crate) fn new(config: &UnetConfig, vb: Weights) -> Result<Self> {
        let floors = &config.floors;
        let count = floors.len();
        let (first, last) = (&floors[0], &floors[count - 1]);
        let time_embedding = TimeEmbedding::new(config, first.width, vb.pp("time_embedding"))?;
        let resnet = ResnetConfig {
            groups: config.norm_num_groups,
            eps: config.norm_eps,
            time: Some(time_embedding.width()),
        };
        let rewards = vb
            .contains(REWARDS_MARK)
            .then(|| Rewards::new(config, time_embedding.width(), &vb))
            .transpose()?;
        let down_blocks = (0..count)
            .map(|i| {
                let inputs = floors[i.saturating_sub(1)].width;
                let vb = vb.pp("down_blocks").pp(i);
                Down::new(config, &floors[i], inputs, i + 1 == count, resnet, vb)
            })
            .collect::<Result<_>>()?;
        let up_blocks = (0..count)
            .map(|i| {
                let floor = count - 1 - i;
                let width = Width {
                    below: floors[(floor + 1).min(count - 1)].width,
                    own: floors[floor].width,
                    above: floors[floor.saturating_sub(1)].width,
                };
                let vb = vb.pp("up_blocks").pp(i);
                Up::new(config, &floors[floor], width, floor == 0, resnet, vb)
            })
            .collect::<Result<_>>()?;
        Ok(Self {
            conv_in: Conv2d::same(config.in_channels, first.width, vb.pp("conv_in"))?,
            time_embedding,
            rewards,
            down_blocks,
            mid_block: Mid::new(config, last, resnet, vb.pp("mid_block"))?,
            up_blocks,
            conv_norm_out: GroupNorm::new(
                config.norm_num_groups,
                first.width,
                config.norm_eps,
                vb.pp("conv_norm_out"),
            )?,
            conv_out: Conv2d::same(first.width, config.out_channels, vb.pp("conv_out"))?,
        })
    }

    /// `latents` is (batch, in, height, width), `text` (batch, tokens, width), `time` in training steps, 0 (clean) to 999.
    /// A denoiser that is to be told how well the edit shall be judged needs a wish, and no other takes one.
    pub(crate) fn forward(
        &self,
        latents: &Tensor,
        time: f32,
        text: &Tensor,
        wish: Option<&Wish>,
    ) -> Result<Tensor> {
        let more = wish.map(|wish| &wish.time);
        let time = self.time_embedding.forward(time, latents, more)?; // (batch, width)
        let mut x = self.conv_in.forward(latents)?;
        x = match (&self.rewards, wish) {
            (Some(rewards), Some(wish)) => rewards.forward(&x, wish)?,
            (None, None) => x,
            _ => candle_core::bail!("the denoiser and what it is told do not belong together"),
        };
        let mut skips = vec![x.clone()];
        for block in &self.down_blocks {
            x = block.forward(x, &time, text, &mut skips)?;
        }
        x = self.mid_block.forward(&x, &time, text)?;
        for block in &self.up_blocks {
            x = block.forward(x, &time, text, &mut skips)?;
        }
        self.conv_out.forward(&self.conv_norm_out.forward_silu(&x)?)
    }

    /// Whether it is to be told how well the edit shall be judged.
    pub(crate) fn wants_rewards(&self) -> bool {
        self.rewards.is_some()
    }

    /// How well the edit shall be judged: three scores, 0 to 5, and the pooled state of words, (1, width).
    pub(crate) fn wish(&self, scores: [f32; SCORES], text: &Tensor) -> Result<Wish> {
        match &self.rewards {
            Some(rewards) => rewards.wish(scores, text),
            None => candle_core::bail!("the denoiser takes no scores"),
        }
    }
}
