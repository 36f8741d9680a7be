//! What a photo shows, in the thousand words of ImageNet, by EfficientNet-Lite0 with weights from a package that the user
//! has (`retake models import`). It knows things and animals better than places, nothing of mood, and names nearly always
//! something; so what it says of one picture is a hint, and what is told is how far two pictures are apart in its eyes.

mod network;
#[cfg(test)]
mod tests;
mod things;

use std::path::Path;

use candle_core::{DType, Device};
use retake_core::{Raster, SceneWords};
use retake_models::store;
use retake_tensors::ModelError;
use retake_tensors::checkpoint::Tensors;

pub use network::{EfficientNet, Sizes, Stage};

use crate::picture::{Bitmap, Filter, Library, resize};

/// What the classes are called, in their order.
static WORDS: &str = include_str!("../../../../assets/models/imagenet-classes.txt");
/// The pictures that it was trained on, px a side.
const SIDE: usize = 224;

/// EfficientNet-Lite0 and its words.
pub struct Classifier {
    network: EfficientNet,
}

impl Classifier {
    /// The model that an import makes.
    pub const NAME: &str = "efficientnet-lite0";

    /// The imported one; `None` where none is.
    ///
    /// # Errors
    /// Its weights are damaged.
    pub fn imported() -> Result<Option<Self>, ModelError> {
        let Some(folder) = store::imported(Self::NAME) else {
            return Ok(None);
        };
        Self::open(&folder.join("model.safetensors")).map(Some)
    }

    /// Reads a file of weights.
    ///
    /// # Errors
    /// As [`Self::imported`].
    pub fn open(weights: &Path) -> Result<Self, ModelError> {
        let tensors = Tensors::of_file(weights, &[])?;
        let built = tensors.build(&Device::Cpu, DType::F32, |vb| {
            EfficientNet::new(&Sizes::lite0(), &vb)
        })?;
        Ok(Self {
            network: built.network,
        })
    }

    /// Probabilities of the classes, for the whole picture squeezed into a square.
    ///
    /// # Errors
    /// The memory is not enough.
    pub fn probabilities(&self, picture: &Bitmap) -> Result<Vec<f32>, ModelError> {
        let square = resize(picture, SIDE, SIDE, Filter::Bicubic, Library::Pillow);
        // as the network was trained: code values about 127, by 128
        let plane = |c: usize| -> Vec<f32> {
            let values = square.rgb.iter().skip(c).step_by(3);
            values.map(|v| (f32::from(*v) - 127.0) / 128.0).collect()
        };
        let planes = [plane(0), plane(1), plane(2)];
        let planes = planes.each_ref().map(Vec::as_slice);
        Ok(self.network.probabilities(planes, SIDE)?)
    }
}

impl SceneWords for Classifier {
    fn probabilities(&self, picture: &Raster) -> Option<Vec<f32>> {
        if picture.width * picture.height == 0 {
            return None;
        }
        let seen = Self::probabilities(self, &Bitmap::of_raster(picture)).ok()?;
        seen.iter().all(|p| p.is_finite()).then_some(seen)
    }

    fn word(&self, class: usize) -> Option<&'static str> {
        WORDS.lines().nth(class)
    }

    fn meant(&self, thing: &str) -> Vec<usize> {
        things::classes(thing)
    }
}
