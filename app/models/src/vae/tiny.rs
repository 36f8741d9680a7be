//! The decoder of a tiny autoencoder (TAESD, Bohan 2023; diffusers' AutoencoderTiny): a picture of latents in a hundredth of
//! the time, good enough for a glimpse. It takes latents on the denoiser's scale.

use std::path::Path;

use candle_core::{DType, Device, Result, Tensor};
use serde::Deserialize;

use crate::checkpoint::config::{Neutral, Settings};
use crate::checkpoint::{Alone, Tensors, Weights};
use crate::layers::Conv2d;
use crate::{Checkpoint, ModelError};

/// The folder of a checkpoint in which one is looked for.
const PART: &str = "tiny_vae";

/// Its class in diffusers.
const CLASS: &str = "AutoencoderTiny";

#[derive(Clone, Debug, Deserialize)]
struct TinyConfig {
    out_channels: usize,
    latent_channels: usize,
    decoder_block_out_channels: Vec<usize>,
    num_decoder_blocks: Vec<usize>,
}

/// What the encoder has is of no consequence here.
const KNOWN: &[&str] = &[
    "in_channels",
    "out_channels",
    "latent_channels",
    "encoder_block_out_channels",
    "decoder_block_out_channels",
    "num_encoder_blocks",
    "num_decoder_blocks",
    "block_out_channels", // said twice
    "latent_magnitude",   // for latents as pictures
    "latent_shift",
    "force_upcast",
];

const NEUTRAL: Neutral = &[
    ("act_fn", "\"relu\""),
    ("upsample_fn", "\"nearest\""),
    ("upsampling_scaling_factor", "2"),
    ("scaling_factor", "1.0"),
    ("shift_factor", "0.0"),
];

impl TinyConfig {
    fn of(settings: &Settings) -> std::result::Result<Self, ModelError> {
        settings.refuse_unknown(KNOWN, NEUTRAL)?;
        let config: Self = settings.typed()?;
        let widths = &config.decoder_block_out_channels;
        let one = widths.windows(2).all(|pair| pair[0] == pair[1]);
        if widths.is_empty() || !one || widths.len() != config.num_decoder_blocks.len() {
            return Err(settings.unsupported(format!(
                "the tiny autoencoder has floors of widths {widths:?} with {:?} blocks, where each floor needs a number of blocks and all are as wide",
                config.num_decoder_blocks
            )));
        }
        if config.out_channels != 3 {
            return Err(settings.unsupported(format!(
                "the tiny autoencoder makes {} channels, where pictures have 3",
                config.out_channels
            )));
        }
        Ok(config)
    }
}

/// The decoder.
pub(crate) struct TinyVae {
    conv_in: Conv2d,
    /// blocks, and the convolution after them; the picture is doubled between all floors
    floors: Vec<(Vec<Block>, Conv2d)>,
    latent_channels: usize,
}

impl TinyVae {
    /// The one that lies beside the networks of a checkpoint, if there is one.
    pub(crate) fn beside(
        checkpoint: &Checkpoint,
        device: &Device,
    ) -> std::result::Result<Option<Self>, ModelError> {
        let there = checkpoint.folder().join(PART).join("config.json").is_file();
        if !there {
            return Ok(None);
        }
        let tensors = checkpoint.tensors(PART, &[])?;
        Self::of(&checkpoint.settings(PART)?, tensors, device).map(Some)
    }

    /// The one in a folder of its own, as they are published.
    pub(crate) fn open(folder: &Path, device: &Device) -> std::result::Result<Self, ModelError> {
        let alone = Alone::open(folder)?;
        let settings = alone.settings()?;
        match settings.text("_class_name") {
            Some(CLASS) => Self::of(&settings, alone.tensors(&[])?, device),
            other => Err(settings.unsupported(format!(
                "this is a network of the kind {}, and tiny autoencoders are known as {CLASS}",
                other.unwrap_or("?")
            ))),
        }
    }

    fn of(
        settings: &Settings,
        tensors: Tensors,
        device: &Device,
    ) -> std::result::Result<Self, ModelError> {
        let config = TinyConfig::of(settings)?;
        let tensors = tensors.without("encoder.");
        let built = tensors.build(device, DType::F32, |vb| {
            Self::new(&config, vb.pp("decoder"))
        })?;
        Ok(built.network)
    }

    fn new(config: &TinyConfig, vb: Weights) -> Result<Self> {
        let vb = vb.pp("layers");
        let width = config.decoder_block_out_channels[0];
        let conv_in = Conv2d::same(config.latent_channels, width, vb.pp(0))?;
        // modules are numbered through: the first convolution, its ReLU, and for each floor its blocks, the doubling and
        // the convolution after it, which on the last floor makes the picture
        let mut next = 2;
        let mut floors = Vec::new();
        for (i, &count) in config.num_decoder_blocks.iter().enumerate() {
            let last = i + 1 == config.num_decoder_blocks.len();
            let blocks = (0..count)
                .map(|k| Block::new(width, vb.pp(next + k)))
                .collect::<Result<_>>()?;
            next += count + usize::from(!last);
            let conv = if last {
                Conv2d::same(width, config.out_channels, vb.pp(next))?
            } else {
                Conv2d::same_without_bias(width, width, vb.pp(next))?
            };
            next += 1;
            floors.push((blocks, conv));
        }
        Ok(Self {
            conv_in,
            floors,
            latent_channels: config.latent_channels,
        })
    }

    /// Channels of the latents that it reads.
    pub(crate) fn latent_channels(&self) -> usize {
        self.latent_channels
    }

    /// The picture of latents, about [-1, 1].
    pub(crate) fn decode(&self, latents: &Tensor) -> Result<Tensor> {
        let soft = ((latents / 3.0)?.tanh()? * 3.0)?;
        let mut x = self.conv_in.forward(&soft)?.relu()?;
        for (i, (blocks, conv)) in self.floors.iter().enumerate() {
            x = blocks.iter().try_fold(x, |x, block| block.forward(&x))?;
            if i + 1 < self.floors.len() {
                let (_, _, height, width) = x.dims4()?;
                x = x.upsample_nearest2d(2 * height, 2 * width)?;
            }
            x = conv.forward(&x)?;
        }
        (x * 2.0)? - 1.0
    }
}

/// AutoencoderTinyBlock: three convolutions beside a way straight on.
struct Block([Conv2d; 3]);

impl Block {
    fn new(width: usize, vb: Weights) -> Result<Self> {
        let conv = |k: usize| Conv2d::same(width, width, vb.pp("conv").pp(k));
        Ok(Self([conv(0)?, conv(2)?, conv(4)?]))
    }

    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let [first, second, third] = &self.0;
        let h = first.forward(x)?.relu()?;
        let h = third.forward(&second.forward(&h)?.relu()?)?;
        (h + x)?.relu()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_decoder_is_that_of_diffusers() {
        let case = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/parity/tiny_vae");
        let checkpoint = Checkpoint::open(&case.join("model")).expect("a checkpoint");
        let tiny = TinyVae::beside(&checkpoint, &Device::Cpu)
            .expect("weights that fit")
            .expect("a tiny autoencoder");
        let file = |name: &str| {
            candle_core::safetensors::load(case.join(name), &Device::Cpu).expect("tensors")
        };
        let (given, wanted) = (file("inputs.safetensors"), file("expected.safetensors"));
        let off = (tiny.decode(&given["latents"]).expect("a picture") - &wanted["picture"])
            .and_then(|d| d.abs()?.max_all()?.to_scalar::<f32>())
            .expect("a number");
        assert!(off < 1e-5, "{off:e}");
    }

    #[test]
    fn a_checkpoint_without_one_has_none() {
        let old = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../tests/parity/cases/instruct_pix2pix_old/model");
        let checkpoint = Checkpoint::open(&old).expect("a checkpoint");
        let tiny = TinyVae::beside(&checkpoint, &Device::Cpu).expect("no fault");
        assert!(tiny.is_none());
    }
}
