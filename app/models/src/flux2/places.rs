//! Where tokens are: each has a place in time, height, width and text, and attention sees how far two of them are apart.

use candle_core::{Device, Result};

use super::config::AXES;
use crate::kernels::{Pairs, Turns};

/// Time, height, width, token of a text.
pub type Place = [u32; AXES];

/// Reference pictures are so far apart in time, the first so far from the picture that is made
/// (black-forest-labs/flux2, sampling.py; diffusers, `_prepare_image_ids`).
const APART: u32 = 10;

/// The tokens of a text.
pub fn of_text(tokens: usize) -> Vec<Place> {
    (0..tokens as u32).map(|token| [0, 0, 0, token]).collect()
}

/// The tokens of the picture that is made, row after row: `size` is (height, width) in latent px.
pub fn of_picture(size: (usize, usize)) -> Vec<Place> {
    at(0, size).collect()
}

/// The tokens of reference pictures of these sizes.
pub fn of_references(sizes: &[(usize, usize)]) -> Vec<Place> {
    let times = (1..).map(|index| APART * index);
    times
        .zip(sizes)
        .flat_map(|(time, &size)| at(time, size))
        .collect()
}

fn at(time: u32, (height, width): (usize, usize)) -> impl Iterator<Item = Place> {
    (0..height as u32).flat_map(move |y| (0..width as u32).map(move |x| [time, y, x, 0]))
}

/// How far heads are turned at these places: each axis turns its own features, in wave lengths that rise to `theta`
/// (Su et al. 2021).
pub(super) fn turns(
    places: &[Place],
    axes: &[usize],
    theta: f64,
    device: &Device,
) -> Result<Turns> {
    let frequencies: Vec<Vec<f64>> = axes
        .iter()
        .map(|&width| {
            let pairs = (0..width).step_by(2);
            pairs
                .map(|i| theta.powf(-(i as f64) / width as f64))
                .collect()
        })
        .collect();
    let angles: Vec<f64> = places
        .iter()
        .flat_map(|place| {
            place
                .iter()
                .zip(&frequencies)
                .flat_map(|(&along, frequencies)| {
                    frequencies
                        .iter()
                        .map(move |frequency| f64::from(along) * frequency)
                })
        })
        .collect();
    Turns::new(&angles, places.len(), Pairs::Neighbours, device)
}
