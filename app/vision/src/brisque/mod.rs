//! BRISQUE (Mittal, Moorthy & Bovik 2012, "No-Reference Image Quality Assessment in the Spatial Domain", IEEE TIP 21-12):
//! how far the statistics of a picture's fine detail are from those of unspoiled photographs, as people would rate it.
//! Pure numbers; the regression comes from a package that the user has (`retake models import`).
//!
//! It rates noise, blur and the blocks of a harsh JPEG. It knows nothing of beauty, and a faint noise on a picture of
//! much fine detail can pass for detail.

mod regression;
#[cfg(test)]
mod tests;

use std::path::Path;

use retake_core::{Raster, TechnicalQuality};
use retake_models::store;
use retake_pixels::statistics::{FEATURES, features};
use retake_tensors::ModelError;

pub use regression::Regression;

use crate::picture::Bitmap;

/// Features and the regression over them.
pub struct Brisque {
    regression: Regression,
}

impl Brisque {
    /// The model that an import makes.
    pub const NAME: &str = "brisque";

    /// With a regression of one's own.
    pub fn new(regression: Regression) -> Self {
        Self { regression }
    }

    /// The imported one; `None` where none is.
    ///
    /// # Errors
    /// Its files cannot be read, or are no regression over [`FEATURES`] features.
    pub fn imported() -> Result<Option<Self>, ModelError> {
        let Some(folder) = store::imported(Self::NAME) else {
            return Ok(None);
        };
        Self::open(&folder).map(Some)
    }

    /// Reads `regression.txt` and `ranges.json` of a folder.
    ///
    /// # Errors
    /// As [`Self::imported`].
    pub fn open(folder: &Path) -> Result<Self, ModelError> {
        let read = |file: &str| {
            let path = folder.join(file);
            std::fs::read_to_string(&path).map_err(|error| ModelError::Damaged {
                what: format!("a file of the model cannot be read ({error}); import it again"),
                path,
            })
        };
        let (machine, ranges) = (read("regression.txt")?, read("ranges.json")?);
        let regression =
            Regression::read(&machine, &ranges).map_err(|what| ModelError::Damaged {
                what: format!("the model cannot be used: {what}"),
                path: folder.to_owned(),
            })?;
        Ok(Self { regression })
    }

    /// The score of a picture, about 0 (unspoiled) to 100; `None` for one that is flat or of a few pixels.
    pub fn score(&self, picture: &Bitmap) -> Option<f64> {
        let features = features(&grey(picture), picture.width, picture.height)?;
        Some(self.regression.predict(&features))
    }
}

/// Luminance of sRGB code values by Rec. 601, 0 to 255.
fn grey(picture: &Bitmap) -> Vec<f64> {
    let (pixels, _) = picture.rgb.as_chunks::<3>();
    let weigh = |[r, g, b]: &[u8; 3]| {
        0.2989 * f64::from(*r) + 0.5870 * f64::from(*g) + 0.1140 * f64::from(*b)
    };
    pixels.iter().map(weigh).collect()
}

impl TechnicalQuality for Brisque {
    fn badness(&self, picture: &Raster) -> Option<f32> {
        if picture.width * picture.height == 0 {
            return None;
        }
        let score = self.score(&Bitmap::of_raster(picture))? as f32;
        score.is_finite().then(|| score.clamp(0.0, 100.0))
    }
}
