//! From a picture to the patches that the eyes read, exactly as the published processor cuts them (transformers'
//! Qwen2VLImageProcessor): resized so that both sides are whole tokens and the area lies within bounds, normalised, and
//! cut into patches that are repeated in time.

use std::path::Path;

use candle_core::{Device, Tensor};
use retake_models::ModelError;
use retake_tensors::checkpoint::config::Settings;
use serde_json::json;

use super::eyes::EyesConfig;
use super::grid::Grid;
use crate::picture::{Bitmap, Filter, Library, Normalisation, resize};

/// The published processor with its settings.
#[derive(Clone, Debug, PartialEq)]
pub struct Processor {
    resizes: bool,
    filter: Filter,
    library: Library,
    /// the least and the most pixels that a picture is brought to
    least_pixels: usize,
    most_pixels: usize,
    patch: usize,
    merge: usize,
    time: usize,
    normalisation: Normalisation,
}

const KNOWN: &[&str] = &[
    "do_convert_rgb",
    "do_normalize",
    "do_rescale",
    "do_resize",
    "image_mean",
    "image_std",
    "max_pixels",
    "merge_size",
    "min_pixels",
    "patch_size",
    "resample",
    "rescale_factor",
    "size",
    "temporal_patch_size",
    "default_to_square",
    // of the files
    "image_processor_type",
    "processor_class",
    "data_format",
    "input_data_format",
    "return_tensors",
    "device",
    "use_fast",
];

/// The longest side over the shortest that the processor takes.
const LONGEST: usize = 200;

/// The most pixels of a picture that is taken at all; more would fill the memory before anything is made smaller.
const MOST_GIVEN: usize = 1 << 28;

impl Processor {
    /// Reads `preprocessor_config.json`, or what newer versions write into `processor_config.json`.
    pub(super) fn open(folder: &Path, eyes: &EyesConfig) -> Result<Self, ModelError> {
        let newer = folder.join("processor_config.json");
        let settings = match folder.join("preprocessor_config.json") {
            path if path.is_file() || !newer.is_file() => Settings::read(&path)?,
            _ => {
                let newer = Settings::read(&newer)?;
                newer.part("image_processor").ok_or_else(|| {
                    newer.unsupported("the settings of the image processor are missing".to_owned())
                })?
            }
        };
        Self::of(&settings, eyes)
    }

    pub(super) fn of(settings: &Settings, eyes: &EyesConfig) -> Result<Self, ModelError> {
        let kind = settings
            .text("image_processor_type")
            .unwrap_or("Qwen2VLImageProcessor");
        if !kind.starts_with("Qwen2VLImageProcessor") {
            return Err(settings.unsupported(format!(
                "the pictures go through {kind}, which Retake does not know how to compute"
            )));
        }
        settings.refuse_unknown(KNOWN, &[])?;
        let said = settings.or(&json!({
            "do_resize": true, "do_rescale": true, "do_normalize": true, "rescale_factor": 1.0 / 255.0, "resample": 3,
            "image_mean": [0.481_454_66, 0.457_827_5, 0.408_210_73],
            "image_std": [0.268_629_54, 0.261_302_58, 0.275_777_11],
            "patch_size": 14, "merge_size": 2, "temporal_patch_size": 2,
        }));
        let size = said.part("size");
        let bound = |old: &str, new: &str, usual: usize| {
            let within = |key: &str| size.as_ref().and_then(|size| size.number(key));
            said.number(old)
                .or_else(|| within(new))
                .or_else(|| within(old))
                .unwrap_or(usual)
        };
        let number = |key: &str| said.number(key).unwrap_or(0);
        let processor = Self {
            resizes: said.is_on("do_resize"),
            filter: Filter::of_number(number("resample")).ok_or_else(|| {
                settings.unsupported(format!(
                    "the pictures are resized by the filter {}, which Retake does not know",
                    number("resample")
                ))
            })?,
            library: Library::Torchvision,
            least_pixels: bound("min_pixels", "shortest_edge", 56 * 56),
            most_pixels: bound("max_pixels", "longest_edge", 28 * 28 * 1280),
            patch: number("patch_size"),
            merge: number("merge_size"),
            time: number("temporal_patch_size"),
            normalisation: Normalisation::of(&said)?,
        };
        let fits = processor.patch == eyes.patch_size
            && processor.merge == eyes.spatial_merge_size
            && processor.time == eyes.temporal_patch_size;
        if !fits {
            return Err(settings.unsupported(
                "the image processor cuts other patches than the eyes in config.json read"
                    .to_owned(),
            ));
        }
        Ok(processor)
    }

    /// The same with other bounds of the area that pictures are brought to, px.
    pub fn within(self, least_pixels: usize, most_pixels: usize) -> Self {
        Self {
            least_pixels,
            most_pixels: most_pixels.max(1),
            ..self
        }
    }

    /// The least pixels that a picture is brought to.
    pub fn least_pixels(&self) -> usize {
        self.least_pixels
    }

    /// The most pixels that a picture is brought to.
    pub fn most_pixels(&self) -> usize {
        self.most_pixels
    }

    /// (height, width), px, that a picture of this size is brought to: the nearest whole tokens, within the bounds.
    pub fn size(&self, height: usize, width: usize) -> Result<(usize, usize), ModelError> {
        let (long, short) = (height.max(width), height.min(width));
        if short == 0 || long > LONGEST * short {
            return Err(ModelError::Machine(format!(
                "a picture of {width} × {height} px is too thin to be looked at: one side may be at most {LONGEST} times the other"
            )));
        }
        if long.saturating_mul(short) > MOST_GIVEN {
            return Err(ModelError::Machine(format!(
                "a picture of {width} × {height} px has more than the {} million pixels that are looked at; make it smaller first",
                MOST_GIVEN / 1_000_000
            )));
        }
        let token = self.patch * self.merge;
        let (h, w, unit) = (height as f64, width as f64, token as f64);
        let nearest = |side: f64| (side / unit).round_ties_even() as usize * token;
        let (down, across) = (nearest(h), nearest(w));
        if down * across > self.most_pixels {
            let shrink = (h * w / self.most_pixels as f64).sqrt();
            let side = |side: f64| ((side / shrink / unit).floor() as usize * token).max(token);
            return Ok((side(h), side(w)));
        }
        if down * across < self.least_pixels {
            let grow = (self.least_pixels as f64 / (h * w)).sqrt();
            let side = |side: f64| (side * grow / unit).ceil() as usize * token;
            return Ok((side(h), side(w)));
        }
        Ok((down, across))
    }

    /// The patches of a picture, (patches, 3 · time · patch · patch): within each the colours one after another, each
    /// repeated in time, row by row.
    pub fn patches(&self, picture: &Bitmap) -> Result<(Tensor, Grid), ModelError> {
        let token = self.patch * self.merge;
        let (height, width) = self.size(picture.height, picture.width)?;
        let resized;
        let picture = if self.resizes {
            resized = resize(picture, width, height, self.filter, self.library);
            &resized
        } else if (picture.height % token, picture.width % token) == (0, 0) {
            picture
        } else {
            return Err(ModelError::Machine(format!(
                "this model wants pictures whose sides are multiples of {token} px"
            )));
        };
        let grid = Grid {
            rows: picture.height / self.patch,
            columns: picture.width / self.patch,
            merge: self.merge,
        };
        let planes = self.normalisation.planes(picture);
        let plane = planes.width * planes.height;
        let mut values =
            Vec::with_capacity(grid.patches() * 3 * self.time * self.patch * self.patch);
        for (row, column) in grid.places() {
            for channel in 0..3 {
                let first = channel * plane + row * self.patch * planes.width + column * self.patch;
                for _ in 0..self.time {
                    for y in 0..self.patch {
                        let from = first + y * planes.width;
                        values.extend_from_slice(&planes.values[from..from + self.patch]);
                    }
                }
            }
        }
        let patches = Tensor::from_vec(values, (grid.patches(), ()), &Device::Cpu)?;
        Ok((patches, grid))
    }
}
