//! Guidance by gradients: an edit under way is led to where a reward's value rises. An editor that knows how its picture
//! follows from its latents carries a gradient over pixels back through its networks; a reward that knows how its value
//! follows from pixels gives that gradient. Tensors stay with those two.

use crate::{Raster, Stop};

/// A reward's value of one edit, and how it changes with the edit's pixels.
#[derive(Clone, Debug, PartialEq)]
pub struct Slope {
    /// on the reward's own scale; higher is better, and about 1 apart are the worst and the best
    pub value: f32,
    /// of the value by each number of the edit, linear Rec.2020; of the edit's size
    pub by_pixel: Raster,
}

impl Slope {
    /// The mean of several slopes at an edit of this size, width and height in px; what is no number, or of another size,
    /// is left out. `None` where nothing is left.
    pub fn mean(slopes: impl IntoIterator<Item = Self>, size: (usize, usize)) -> Option<Self> {
        let mut sound = slopes.into_iter().filter(|slope| slope.is_sound(size));
        let mut mean = sound.next()?;
        let mut count = 1.0f32;
        for slope in sound {
            count += 1.0;
            mean.value += slope.value;
            for (sum, plane) in mean.by_pixel.planes.iter_mut().zip(&slope.by_pixel.planes) {
                sum.iter_mut()
                    .zip(plane)
                    .for_each(|(sum, value)| *sum += value);
            }
        }
        mean.value /= count;
        for value in mean.by_pixel.planes.iter_mut().flatten() {
            *value /= count;
        }
        Some(mean)
    }

    fn is_sound(&self, size: (usize, usize)) -> bool {
        let finite = |plane: &Vec<f32>| plane.iter().all(|value| value.is_finite());
        (self.by_pixel.width, self.by_pixel.height) == size
            && self.value.is_finite()
            && self.by_pixel.planes.iter().all(finite)
    }
}

/// The slope at a picture of what is made, of any size; `None` where no reward knows one.
pub type SlopeAt<'a> = dyn FnMut(&Raster) -> Result<Option<Slope>, Stop> + 'a;

/// How an edit under way is led.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pull {
    /// by how much the logarithm of how likely a picture is rises with a value of 1
    pub weight: f64,
    /// how far one step may move the clean latents that are seen under the noise, root mean square; their variance is
    /// about 1
    pub most: f64,
    /// whether the gradient goes back through the network too, or through the decoder alone, as if the network answered
    /// the same whatever it sees
    pub through_network: bool,
}

impl Pull {
    /// Evaluations of a network that a way back through it counts as: it takes twice the products of the way forth
    /// (Kaplan et al. 2020, arXiv 2001.08361, section 2.1).
    pub const BACK: u64 = 2;

    /// Steps that a step counts as where it is led so.
    pub fn steps(&self) -> u64 {
        1 + if self.through_network { Self::BACK } else { 0 }
    }

    /// Steps that one try at better noise counts as; the gradient always goes through the network there.
    pub const ROUND: u64 = 1 + Self::BACK;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slope(value: f32) -> Slope {
        Slope {
            value,
            by_pixel: Raster::from_fn(2, 1, |_, _| [value; 3]),
        }
    }

    #[test]
    fn the_mean_leaves_out_what_is_no_number_and_what_is_of_another_size() {
        let all = [slope(1.0), slope(f32::NAN), slope(3.0)];
        assert_eq!(Slope::mean(all, (2, 1)), Some(slope(2.0)));
        assert_eq!(Slope::mean([slope(1.0)], (3, 1)), None);
    }
}
