//! Latents as tokens and back, and where each token stands: which picture, which row, which column.

use candle_core::{Device, Result, Tensor};

use super::FluxConfig;
use crate::kernels::{Pairs, Turns};

/// Which picture (0 is the one that is made), row and column of 2 × 2 latent px. The text is all at 0.
pub type Place = [f64; 3];

/// Latents (batch, channels, height, width) as tokens (batch, height / 2 · width / 2, 4 · channels): each is 2 × 2 px,
/// channel by channel.
pub fn packed(latents: &Tensor) -> Result<Tensor> {
    let (batch, channels, height, width) = latents.dims4()?;
    if !height.is_multiple_of(2) || !width.is_multiple_of(2) {
        candle_core::bail!("latents of {width} × {height} cannot be taken two by two");
    }
    let (rows, columns) = (height / 2, width / 2);
    latents
        .reshape((batch, channels, rows, 2, columns, 2))?
        .permute((0, 2, 4, 1, 3, 5))?
        .reshape((batch, rows * columns, 4 * channels))
}

/// The way back; `height` and `width` in latent px.
pub fn unpacked(tokens: &Tensor, height: usize, width: usize) -> Result<Tensor> {
    let (batch, _, numbers) = tokens.dims3()?;
    let (rows, columns, channels) = (height / 2, width / 2, numbers / 4);
    tokens
        .reshape((batch, rows, columns, channels, 2, 2))?
        .permute((0, 3, 1, 4, 2, 5))?
        .reshape((batch, channels, height, width))
}

/// The places of the tokens of a picture's latents, row by row. `height` and `width` in latent px.
pub fn places_of_picture(picture: usize, height: usize, width: usize) -> Vec<Place> {
    let rows = 0..height / 2;
    rows.flat_map(|row| {
        (0..width / 2).map(move |column| [picture as f64, row as f64, column as f64])
    })
    .collect()
}

/// How the heads' features are turned by the places of their tokens: those of the text, those of the pictures, and all.
pub(super) struct Turned {
    pub(super) text: Turns,
    pub(super) pictures: Turns,
    pub(super) all: Turns,
}

impl Turned {
    /// For so many tokens of text and those of the pictures after them (rotary embedding over several axes, Heo et al.
    /// 2024, with Su et al.'s 10,000).
    pub(super) fn new(
        config: &FluxConfig,
        text: usize,
        pictures: &[Place],
        device: &Device,
    ) -> Result<Self> {
        let rows = text + pictures.len();
        let nowhere = std::iter::repeat_n(&[0.0; 3], text);
        let mut angles = Vec::with_capacity(rows * config.attention_head_dim / 2);
        for place in nowhere.chain(pictures) {
            for (&features, position) in config.axes_dims_rope.iter().zip(place) {
                angles.extend((0..features / 2).map(|i| {
                    let exponent = (2 * i) as f64 / features as f64;
                    position / 10_000f64.powf(exponent)
                }));
            }
        }
        let all = Turns::new(&angles, rows, Pairs::Neighbours, device)?;
        Ok(Self {
            text: all.part(0, text)?,
            pictures: all.part(text, pictures.len())?,
            all,
        })
    }
}
