//! Networks that turn a picture, or a text, into a direction: what points the same way shows the same.

mod aesthetic;
mod clip;
mod dino;
mod patches;
mod siglip;
#[cfg(test)]
mod tests;

pub use aesthetic::Aesthetic;
pub use clip::{Clip, ClipConfig, ClipNetwork, Squares};
pub use dino::{Dino, DinoConfig, DinoNetwork, Seen};
pub use siglip::{Siglip, SiglipConfig, SiglipNetwork};

use std::path::Path;

use candle_core::Tensor;
use retake_tensors::ModelError;
use retake_tensors::checkpoint::Alone;
use retake_tensors::checkpoint::config::Settings;

use crate::picture::{Preparation, Processor};

/// A vector of length 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Direction(Vec<f32>);

impl Direction {
    /// Brought to length 1; `None` for a vector without any.
    pub fn of(values: &[f32]) -> Option<Self> {
        let length = dot(values, values).sqrt();
        let one = |value: &f32| (f64::from(*value) / length) as f32;
        (length > 0.0 && length.is_finite()).then(|| Self(values.iter().map(one).collect()))
    }

    /// From another one to this one; `None` where they are the same.
    pub fn from(&self, other: &Self) -> Option<Self> {
        let difference: Vec<f32> = self.0.iter().zip(&other.0).map(|(a, b)| a - b).collect();
        Self::of(&difference)
    }

    /// The cosine of the angle between two, −1 to 1.
    pub fn cosine(&self, other: &Self) -> f64 {
        dot(&self.0, &other.0).clamp(-1.0, 1.0)
    }

    /// Its numbers.
    pub fn values(&self) -> &[f32] {
        &self.0
    }
}

fn dot(a: &[f32], b: &[f32]) -> f64 {
    a.iter()
        .zip(b)
        .map(|(&a, &b)| f64::from(a) * f64::from(b))
        .sum()
}

/// The direction of a tensor of one row.
fn direction(tensor: &Tensor) -> candle_core::Result<Direction> {
    let values: Vec<f32> = tensor.flatten_all()?.to_vec1()?;
    match Direction::of(&values) {
        Some(direction) => Ok(direction),
        None => candle_core::bail!("the network points nowhere"),
    }
}

/// What every encoder begins with: its folder, if it is of this kind (`model_type`), what `config.json` says, and what is
/// done to a picture. `called` is what a person calls the kind.
fn files(
    folder: &Path,
    (kind, called): (&str, &str),
    usual: Processor,
) -> Result<(Alone, Settings, Preparation), ModelError> {
    let alone = Alone::open(folder)?.expect(&[kind], called)?;
    let settings = alone.settings()?;
    Ok((alone, settings, Preparation::read(folder, usual)?))
}
