//! Segment Anything (Kirillov et al. 2023; transformers' SamModel): the outline of whatever a point lies on or a box
//! holds. A picture is looked at once, which takes long; each question after that takes little.

mod config;
mod decoder;
mod encoder;
mod prompt;
#[cfg(test)]
mod tests;

use std::path::Path;

use candle_core::{DType, Device, Result, Tensor};
use retake_core::Mask;
use retake_tensors::ModelError;
use retake_tensors::checkpoint::config::Settings;
use retake_tensors::checkpoint::names::SAM;
use retake_tensors::checkpoint::{Alone, Weights, fingerprint};

pub use config::SamConfig;
pub use prompt::Prompt;

use crate::picture::{Bitmap, Filter, Library, Normalisation, Planes, resize};
use decoder::MaskDecoder;
use encoder::ImageEncoder;
use prompt::PromptEncoder;

/// The three networks.
pub struct SamNetwork {
    vision_encoder: ImageEncoder,
    prompt_encoder: PromptEncoder,
    mask_decoder: MaskDecoder,
}

impl SamNetwork {
    /// Of the weights.
    pub fn new(config: &SamConfig, vb: Weights) -> Result<Self> {
        Ok(Self {
            vision_encoder: ImageEncoder::new(&config.vision, vb.pp("vision_encoder"))?,
            prompt_encoder: PromptEncoder::new(config, vb.clone())?,
            mask_decoder: MaskDecoder::new(&config.decoder, vb.pp("mask_decoder"))?,
        })
    }

    /// What a picture of the size that `config.json` names looks like, (1, 3, side, side) to (1, places, channels).
    pub fn look(&self, x: &Tensor) -> Result<Tensor> {
        self.vision_encoder.forward(x)
    }

    /// Scores of a few outlines, (outlines, height, width) at a quarter of the side, and how well each is expected to fit
    /// (intersection over union). `seen` is from [`Self::look`], `prompts` are in px of what was looked at, and `before`
    /// may be one of the outlines of an answer before, to be bettered, (1, 1, height, width). `several` asks for outlines
    /// of the part, the whole and what lies between.
    pub fn outline(
        &self,
        seen: &Tensor,
        prompts: &[Prompt],
        before: Option<&Tensor>,
        several: bool,
    ) -> Result<(Tensor, Vec<f32>)> {
        let asked = self.prompt_encoder.asked(prompts)?; // (1, points, width)
        let dense = match before {
            Some(mask) => self.prompt_encoder.mask(mask)?,
            None => self.prompt_encoder.no_mask()?,
        };
        let places = self.prompt_encoder.places()?;
        self.mask_decoder
            .forward(&seen.broadcast_add(&dense)?, &places, &asked, several)
    }
}

/// Segment Anything with its processor.
pub struct Sam {
    network: SamNetwork,
    /// px
    side: usize,
    filter: Filter,
    library: Library,
    normalisation: Normalisation,
    device: Device,
    fingerprint: String,
}

/// What is known of a Segment Anything without loading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checked {
    /// numbers that were trained
    pub parameters: u64,
    /// of the weights in their files
    pub bytes: u64,
    /// px a side of what is looked at
    pub side: usize,
}

/// A picture that was looked at.
pub struct Sight {
    seen: Tensor,
    /// (width, height) of the picture, px
    size: (usize, usize),
    /// (width, height) of what was looked at, px, of which the rest is empty
    shown: (usize, usize),
}

/// An outline.
#[derive(Clone, Debug)]
pub struct Outline {
    /// 1 inside, 0 outside, of the picture's size
    pub mask: Mask,
    /// how well it is expected to fit: intersection over union, about 0 to 1
    pub fits: f32,
}

impl Sam {
    /// The same as [`Self::open`], on the processor.
    pub fn on_processor(folder: &Path) -> std::result::Result<Self, ModelError> {
        Self::open(folder, &Device::Cpu)
    }

    /// Whether a folder says that it is one.
    pub fn is_one(folder: &Path) -> bool {
        Alone::open(folder).is_ok_and(|alone| alone.kind() == "sam")
    }

    /// Whether a folder is complete: every tensor is there, of the right shape, and none is left over. Only headers are
    /// read.
    pub fn check(folder: &Path) -> std::result::Result<Checked, ModelError> {
        let alone = Alone::open(folder)?.expect(&["sam"], "a Segment Anything")?;
        let config = SamConfig::of(&alone.settings()?)?;
        let settings = Settings::read(&folder.join("preprocessor_config.json"))?;
        config::processor(&settings, config.vision.image_size)?;
        let tensors = alone.tensors(SAM)?;
        let each = tensors.shapes();
        let parameters = each.map(|(_, shape)| shape.iter().product::<usize>() as u64);
        let checked = Checked {
            parameters: parameters.sum(),
            bytes: tensors.stored_bytes(),
            side: config.vision.image_size,
        };
        let make = |vb: Weights| SamNetwork::new(&config, vb);
        tensors
            .hollow()
            .build(&Device::Cpu, DType::F32, make)
            .map(|_| checked)
    }

    /// Opens a folder as transformers writes it.
    pub fn open(folder: &Path, device: &Device) -> std::result::Result<Self, ModelError> {
        let alone = Alone::open(folder)?.expect(&["sam"], "a Segment Anything")?;
        let config = SamConfig::of(&alone.settings()?)?;
        let settings = Settings::read(&folder.join("preprocessor_config.json"))?;
        let said = config::processor(&settings, config.vision.image_size)?;
        let filter = Filter::of_number(said.number("resample").unwrap_or(0));
        let make = |vb: Weights| SamNetwork::new(&config, vb);
        let built = alone.tensors(SAM)?.build(device, DType::F32, make)?;
        Ok(Self {
            network: built.network,
            side: config.vision.image_size,
            filter: filter.ok_or_else(|| {
                settings.unsupported("the pictures are resized by an unknown filter".to_owned())
            })?,
            library: Library::Torchvision,
            normalisation: Normalisation::of(&said)?,
            device: device.clone(),
            fingerprint: fingerprint(&[&built.fingerprint]),
        })
    }

    /// SHA-256 of the weights, in hexadecimal digits.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// The networks alone.
    pub fn network(&self) -> &SamNetwork {
        &self.network
    }

    /// What is looked at: the picture with its longer side at the network's, below and right of it nothing; and its
    /// (width, height) there.
    pub fn planes(&self, picture: &Bitmap) -> (Planes, (usize, usize)) {
        let longest = picture.width.max(picture.height).max(1);
        let scaled = |side: usize| {
            let exact = side as f64 * self.side as f64 / longest as f64;
            ((exact + 0.5) as usize).clamp(1, self.side)
        };
        let (width, height) = (scaled(picture.width), scaled(picture.height));
        let small = resize(picture, width, height, self.filter, self.library);
        let small = self.normalisation.planes(&small);
        let mut values = vec![0.0; 3 * self.side * self.side];
        for (row, from) in small.values.chunks_exact(width).enumerate() {
            let (channel, y) = (row / height, row % height);
            let first = (channel * self.side + y) * self.side;
            values[first..first + width].copy_from_slice(from);
        }
        let planes = Planes {
            width: self.side,
            height: self.side,
            values,
        };
        (planes, (width, height))
    }

    /// Looks at a picture.
    pub fn look(&self, picture: &Bitmap) -> std::result::Result<Sight, ModelError> {
        let (planes, shown) = self.planes(picture);
        let x = Tensor::from_vec(planes.values, (1, 3, self.side, self.side), &self.device)?;
        Ok(Sight {
            seen: self.network.look(&x)?,
            size: (picture.width, picture.height),
            shown,
        })
    }

    /// The outline that fits best, of what points lie on or a box holds, in px of the picture.
    pub fn outline(
        &self,
        sight: &Sight,
        prompts: &[Prompt],
    ) -> std::result::Result<Outline, ModelError> {
        let (across, down) = (
            sight.shown.0 as f32 / sight.size.0.max(1) as f32,
            sight.shown.1 as f32 / sight.size.1.max(1) as f32,
        );
        let scaled: Vec<Prompt> = prompts
            .iter()
            .map(|prompt| prompt.scaled(across, down))
            .collect();
        // one point alone may mean a part or the whole
        let several = matches!(prompts, [Prompt::Inside(..)]);
        let (scores, fits) = self.network.outline(&sight.seen, &scaled, None, several)?;
        let best = (0..fits.len())
            .max_by(|&a, &b| fits[a].total_cmp(&fits[b]))
            .ok_or_else(|| ModelError::Machine("the network gave no outline".to_owned()))?;
        let (_, rows, columns) = scores.dims3()?;
        let scores: Vec<f32> = scores.get(best)?.flatten_all()?.to_vec1()?;
        Ok(Outline {
            mask: self.cut(&scores, (columns, rows), sight),
            fits: fits[best],
        })
    }

    /// Where scores are above 0, at the picture's size: they cover the whole square, of which the picture is a part.
    fn cut(&self, scores: &[f32], (columns, rows): (usize, usize), sight: &Sight) -> Mask {
        let (width, height) = sight.size;
        // the middle of a pixel of the picture, in pixels of the scores
        let place = |at: usize, size: usize, shown: usize, count: usize| {
            let share = (at as f32 + 0.5) / size as f32 * shown as f32 / self.side as f32;
            let exact = (share * count as f32 - 0.5).clamp(0.0, (count - 1) as f32);
            let low = exact.floor() as usize;
            (low, (low + 1).min(count - 1), exact - low as f32)
        };
        let across: Vec<_> = (0..width)
            .map(|x| place(x, width, sight.shown.0, columns))
            .collect();
        let mut values = Vec::with_capacity(width * height);
        for y in 0..height {
            let (top, bottom, down) = place(y, height, sight.shown.1, rows);
            for &(left, right, over) in &across {
                let mix = |row: usize| {
                    let (a, b) = (scores[row * columns + left], scores[row * columns + right]);
                    a + (b - a) * over
                };
                let score = mix(top) + (mix(bottom) - mix(top)) * down;
                values.push(f32::from(u8::from(score > 0.0)));
            }
        }
        Mask {
            width,
            height,
            values,
        }
    }
}
