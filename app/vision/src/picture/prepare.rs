//! `preprocessor_config.json`: what a published processor does to a picture before its network sees it.

use std::path::Path;

use retake_tensors::ModelError;
use retake_tensors::checkpoint::config::Settings;
use serde_json::{Value, json};

use super::resize::resized_back;
use super::{Bitmap, Filter, Library, middle_back, resize};

/// A processor of transformers: its names through the years, and what it does where its file is silent.
#[derive(Clone, Copy, Debug)]
pub struct Processor {
    /// `image_processor_type`, without the ending that tells its library
    names: &'static [&'static str],
    silent: fn() -> Value,
}

impl Processor {
    /// CLIP's: the short side to 224 px, the middle of it.
    pub const CLIP: Self = Self {
        names: &["CLIPImageProcessor", "CLIPFeatureExtractor"],
        silent: || middle(224),
    };
    /// BiT's, which DINOv2 is published with.
    pub const BIT: Self = Self {
        names: &["BitImageProcessor"],
        silent: || middle(224),
    };
    /// SigLIP's: the whole picture squeezed into a square.
    pub const SIGLIP: Self = Self {
        names: &["SiglipImageProcessor"],
        silent: || squeezed(3),
    };
    /// The vision transformer's.
    pub const VIT: Self = Self {
        names: &[
            "ViTImageProcessor",
            "ViTFeatureExtractor",
            "DeiTImageProcessor",
        ],
        silent: || squeezed(2),
    };

    /// SegFormer's: squeezed as well, by the means of ImageNet.
    pub const SEGFORMER: Self = Self {
        names: &["SegformerImageProcessor", "SegformerFeatureExtractor"],
        silent: || {
            let mut silent = squeezed(2);
            silent["size"] = json!({"height": 512, "width": 512});
            silent["default_to_square"] = json!(true);
            silent["image_mean"] = json!([0.485, 0.456, 0.406]);
            silent["image_std"] = json!([0.229, 0.224, 0.225]);
            silent
        },
    };

    /// All that are known.
    const ALL: [Self; 5] = [
        Self::CLIP,
        Self::BIT,
        Self::SIGLIP,
        Self::VIT,
        Self::SEGFORMER,
    ];

    /// Whether it goes by this name.
    fn is_called(&self, name: &str) -> bool {
        self.names.contains(&bare(name))
    }
}

/// Mean and deviation of the pictures that CLIP was trained on.
const CLIP_MEAN: [f64; 3] = [0.481_454_66, 0.457_827_5, 0.408_210_73];
const CLIP_STD: [f64; 3] = [0.268_629_54, 0.261_302_58, 0.275_777_11];

fn middle(side: usize) -> Value {
    json!({
        "do_resize": true, "size": {"shortest_edge": side}, "resample": 3,
        "do_center_crop": true, "crop_size": side, "do_rescale": true, "rescale_factor": 1.0 / 255.0,
        "do_normalize": true, "image_mean": CLIP_MEAN, "image_std": CLIP_STD,
    })
}

fn squeezed(resample: usize) -> Value {
    json!({
        "do_resize": true, "size": {"height": 224, "width": 224}, "resample": resample,
        "do_center_crop": false, "do_rescale": true, "rescale_factor": 1.0 / 255.0,
        "do_normalize": true, "image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5],
    })
}

/// A processor's name without the ending that tells its library.
fn bare(name: &str) -> &str {
    name.strip_suffix("Fast")
        .or_else(|| name.strip_suffix("Pil"))
        .unwrap_or(name)
}

/// Settings that have their words in this file.
const KNOWN: &[&str] = &[
    "image_processor_type",
    "feature_extractor_type",
    "processor_class",
    "use_fast",
    "do_convert_rgb",
    "do_resize",
    "size",
    "default_to_square",
    "resample",
    "do_center_crop",
    "crop_size",
    "do_rescale",
    "rescale_factor",
    "do_normalize",
    "image_mean",
    "image_std",
    // of the maps that it was trained with
    "do_reduce_labels",
    "reduce_labels",
];

/// The longest side over the shortest that is looked at; thinner pictures would fill the memory.
const LONGEST: usize = 200;

/// The size that a picture is brought to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Target {
    /// the short side, px; the other one in proportion
    Short(usize),
    /// (width, height), px, whatever the shape
    Exactly(usize, usize),
}

/// What is done to every picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Preparation {
    target: Option<Target>,
    filter: Filter,
    library: Library,
    /// (width, height), px
    middle: Option<(usize, usize)>,
    normalisation: Normalisation,
}

impl Preparation {
    /// Reads `preprocessor_config.json` in a folder; `usual` is what the network is published with, for files that do
    /// not name their processor.
    pub fn read(folder: &Path, usual: Processor) -> Result<Self, ModelError> {
        Self::of(
            &Settings::read(&folder.join("preprocessor_config.json"))?,
            usual,
        )
    }

    /// The same, from settings that were read already.
    pub fn of(settings: &Settings, usual: Processor) -> Result<Self, ModelError> {
        let name = settings
            .text("image_processor_type")
            .or_else(|| settings.text("feature_extractor_type"));
        let processor = match name {
            None => usual,
            Some(name) => Processor::ALL
                .into_iter()
                .find(|processor| processor.is_called(name))
                .ok_or_else(|| {
                    settings.unsupported(format!(
                        "the pictures are prepared by {name}, which Retake does not know"
                    ))
                })?,
        };
        settings.refuse_unknown(KNOWN, &[])?;
        let settings = settings.or(&(processor.silent)());
        let number = settings.number("resample").unwrap_or(0);
        let filter = Filter::of_number(number).ok_or_else(|| {
            settings.unsupported(format!(
                "the pictures are resized by filter {number}; Retake knows 1 (Lanczos), 2 (bilinear) and 3 (bicubic)"
            ))
        })?;
        let by_pillow = settings.switch("use_fast") == Some(false)
            || name.is_some_and(|name| name.ends_with("Pil"));
        Ok(Self {
            target: settings
                .is_on("do_resize")
                .then(|| target(&settings))
                .transpose()?,
            filter,
            library: if by_pillow {
                Library::Pillow
            } else {
                Library::Torchvision
            },
            middle: settings
                .is_on("do_center_crop")
                .then(|| sides(&settings, "crop_size"))
                .transpose()?,
            normalisation: Normalisation::of(&settings)?,
        })
    }

    /// The same with another library's arithmetic.
    pub fn by(self, library: Library) -> Self {
        Self { library, ..self }
    }

    /// What the network sees of a picture.
    pub fn planes(&self, picture: &Bitmap) -> Result<Planes, ModelError> {
        let seen = match self.target {
            None => None,
            Some(target) => {
                let (width, height) = target.of(picture)?;
                Some(resize(picture, width, height, self.filter, self.library))
            }
        };
        let seen = seen.as_ref().unwrap_or(picture);
        Ok(match self.middle {
            Some((width, height)) => self.normalisation.planes(&seen.middle(width, height)),
            None => self.normalisation.planes(seen),
        })
    }

    /// From how something changes with the numbers that the network sees of a picture to how it changes with the picture's
    /// code values of [0, 255].
    pub fn back(&self, picture: &Bitmap, seen: &Planes) -> Result<Planes, ModelError> {
        let own = (picture.width, picture.height);
        let resized = match self.target {
            None => own,
            Some(target) => target.of(picture)?,
        };
        let pixels = seen.width * seen.height;
        let mut values = Vec::with_capacity(3 * own.0 * own.1);
        for (channel, plane) in seen.values.chunks_exact(pixels).enumerate() {
            let by_code = self.normalisation.slope(channel);
            let mut plane: Vec<f32> = plane.iter().map(|value| value * by_code).collect();
            if self.middle.is_some() {
                plane = middle_back(&plane, (seen.width, seen.height), resized);
            }
            if resized != own {
                plane = resized_back(&plane, resized, own, self.filter, self.library);
            }
            values.extend(plane);
        }
        Ok(Planes {
            width: own.0,
            height: own.1,
            values,
        })
    }

    /// The whole picture at this size, px, normalised as the network is used to.
    pub fn whole(&self, picture: &Bitmap, width: usize, height: usize) -> Planes {
        self.normalisation
            .planes(&resize(picture, width, height, self.filter, self.library))
    }

    /// (width, height) of what the network sees, px, where it does not depend on the picture.
    pub fn size(&self) -> Option<(usize, usize)> {
        match (self.middle, self.target) {
            (Some(size), _) => Some(size),
            (None, Some(Target::Exactly(width, height))) => Some((width, height)),
            _ => None,
        }
    }
}

impl Target {
    /// (width, height) for a picture, px.
    fn of(self, picture: &Bitmap) -> Result<(usize, usize), ModelError> {
        let (width, height) = (picture.width, picture.height);
        let (short, long) = (width.min(height), width.max(height));
        if short == 0 || long > LONGEST * short {
            return Err(ModelError::Machine(format!(
                "a picture of {width} × {height} px is too thin to be looked at; one side may be {LONGEST} times the other"
            )));
        }
        Ok(match self {
            Self::Exactly(width, height) => (width, height),
            Self::Short(side) if width <= height => (side, side * height / width),
            Self::Short(side) => (side * width / height, side),
        })
    }
}

fn target(settings: &Settings) -> Result<Target, ModelError> {
    let square = settings.is_on("default_to_square");
    let sizes = settings.part("size");
    let short = settings
        .number("size")
        .or_else(|| sizes.as_ref()?.number("shortest_edge"));
    match short {
        Some(0) => Err(settings.unsupported("the pictures are brought to a size of 0 px".to_owned())),
        Some(_) if sizes.as_ref().is_some_and(|sizes| sizes.has("longest_edge")) => Err(settings.unsupported(
            "the pictures' longest side is limited, which Retake does not know how to do for this network".to_owned(),
        )),
        Some(side) if square && sizes.is_none() => Ok(Target::Exactly(side, side)),
        Some(side) => Ok(Target::Short(side)),
        None => sides(settings, "size").map(|(width, height)| Target::Exactly(width, height)),
    }
}

/// (width, height), written as one number or as two with names.
fn sides(settings: &Settings, key: &str) -> Result<(usize, usize), ModelError> {
    let both = settings.number(key).map(|side| (side, side));
    let named = || {
        let sizes = settings.part(key)?;
        Some((sizes.number("width")?, sizes.number("height")?))
    };
    both.or_else(named)
        .filter(|&(width, height)| width > 0 && height > 0)
        .ok_or_else(|| settings.unsupported(format!("{key} names no width and height")))
}

/// From code values to the numbers of a network.
#[derive(Clone, Debug, PartialEq)]
pub struct Normalisation {
    /// what a code value is multiplied by, where nothing is subtracted
    factor: f32,
    /// by channel: what is subtracted from a code value, and what the rest is divided by
    mean_and_std: Option<[(f32, f32); 3]>,
}

impl Normalisation {
    /// From `do_rescale`, `rescale_factor`, `do_normalize`, `image_mean` and `image_std`, all of which must be said.
    /// Rescaling is folded into mean and deviation, in 32 bits, as transformers does.
    pub fn of(settings: &Settings) -> Result<Self, ModelError> {
        let factor = match settings.is_on("do_rescale") {
            true => settings
                .real("rescale_factor")
                .filter(|factor| factor.is_finite() && *factor > 0.0)
                .ok_or_else(|| {
                    settings.unsupported("rescale_factor is no number above 0".to_owned())
                })?,
            false => 1.0,
        };
        let three = |key: &str| {
            settings
                .reals(key)
                .and_then(|values| <[f64; 3]>::try_from(values).ok())
                .filter(|values| values.iter().all(|value| value.is_finite()))
                .ok_or_else(|| settings.unsupported(format!("{key} is not three numbers")))
        };
        let mean_and_std = match settings.is_on("do_normalize") {
            false => None,
            true => {
                let (mean, std) = (three("image_mean")?, three("image_std")?);
                if std.contains(&0.0) {
                    return Err(settings
                        .unsupported("image_std has a 0, which cannot be divided by".to_owned()));
                }
                let codes = (1.0 / factor) as f32;
                Some([0, 1, 2].map(|c| (mean[c] as f32 * codes, std[c] as f32 * codes)))
            }
        };
        Ok(Self {
            factor: factor as f32,
            mean_and_std,
        })
    }

    /// The picture's planes.
    pub fn planes(&self, picture: &Bitmap) -> Planes {
        let pixels = picture.width * picture.height;
        let mut values = Vec::with_capacity(3 * pixels);
        for channel in 0..3 {
            // one number for each of the 256 codes
            let table: Vec<f32> = (0..=255u8).map(|code| self.number(code, channel)).collect();
            let codes = picture.rgb.iter().skip(channel).step_by(3);
            values.extend(codes.map(|&code| table[usize::from(code)]));
        }
        Planes {
            width: picture.width,
            height: picture.height,
            values,
        }
    }

    /// How a number changes with its code value.
    fn slope(&self, channel: usize) -> f32 {
        match self.mean_and_std {
            Some(mean_and_std) => 1.0 / mean_and_std[channel].1,
            None => self.factor,
        }
    }

    fn number(&self, code: u8, channel: usize) -> f32 {
        let code = f32::from(code);
        match self.mean_and_std {
            Some(mean_and_std) => (code - mean_and_std[channel].0) / mean_and_std[channel].1,
            None => code * self.factor,
        }
    }
}

/// What a network sees: (3, height, width), red, green and blue one after another.
#[derive(Clone, Debug, PartialEq)]
pub struct Planes {
    /// px
    pub width: usize,
    /// px
    pub height: usize,
    /// `3 * width * height` numbers, row by row
    pub values: Vec<f32>,
}
