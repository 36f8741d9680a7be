//! SegFormer (Xie et al. 2021): which of the things that it has names for a picture shows, and where.

mod network;
#[cfg(test)]
mod tests;

use std::path::Path;

use candle_core::{DType, Device};
use retake_core::Mask;
use retake_tensors::ModelError;
use retake_tensors::checkpoint::{Alone, fingerprint};

pub use network::{SegformerConfig, SegformerNetwork};

use crate::picture::{Bitmap, Planes, Preparation, Processor};

/// SegFormer with its processor and the names of its classes.
pub struct Segformer {
    network: SegformerNetwork,
    preparation: Preparation,
    names: Vec<String>,
    fingerprint: String,
}

/// What a picture shows, at a quarter of the size that the network sees.
#[derive(Clone, Debug)]
pub struct Segments {
    /// px
    pub width: usize,
    /// px
    pub height: usize,
    /// of each pixel, row by row: the place of its class in [`Segformer::names`]
    pub classes: Vec<usize>,
}

impl Segments {
    /// Where classes are: 1 there, 0 elsewhere.
    pub fn mask(&self, wanted: &[usize]) -> Mask {
        let value = |class: &usize| f32::from(u8::from(wanted.contains(class)));
        Mask {
            width: self.width,
            height: self.height,
            values: self.classes.iter().map(value).collect(),
        }
    }
}

impl Segformer {
    /// The same as [`Self::open`], on the processor.
    pub fn on_processor(folder: &Path) -> Result<Self, ModelError> {
        Self::open(folder, &Device::Cpu)
    }

    /// Opens a folder as transformers writes it, with a head for segmentation.
    pub fn open(folder: &Path, device: &Device) -> Result<Self, ModelError> {
        let alone = Alone::open(folder)?.expect(&["segformer"], "SegFormer")?;
        let settings = alone.settings()?;
        let config = SegformerConfig::of(&settings)?;
        let preparation = Preparation::read(folder, Processor::SEGFORMER)?;
        let built = alone
            .tensors(&[])?
            .build(device, DType::F32, |vb| SegformerNetwork::new(&config, vb))?;
        Ok(Self {
            network: built.network,
            preparation,
            names: config.names,
            fingerprint: fingerprint(&[&built.fingerprint]),
        })
    }

    /// SHA-256 of the weights, in hexadecimal digits.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// What is done to a picture before it is looked at.
    pub fn preparation(&self) -> &Preparation {
        &self.preparation
    }

    /// The names of its classes, as `config.json` has them: "car", "bed ", "door;double door".
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The classes that words name: one of a class's names stands among them, whole, in the singular or with an s.
    pub fn named_in(&self, words: &str) -> Vec<usize> {
        let text = format!(" {} ", plain(words));
        let stands = |name: &str| {
            let name = plain(name);
            let found = |form: String| text.contains(&format!(" {form} "));
            !name.is_empty() && (found(name.clone()) || found(format!("{name}s")))
        };
        let of_class = |names: &String| names.split([',', ';']).any(stands);
        (0..self.names.len())
            .filter(|&class| of_class(&self.names[class]))
            .collect()
    }

    /// Scores of every class, (classes, height, width), and height and width.
    pub fn logits(&self, planes: &Planes) -> Result<(Vec<f32>, usize, usize), ModelError> {
        let logits = self.network.forward(planes)?; // (1, height · width, classes)
        let (_, height, width) = (logits.0.dims3()?, logits.1, logits.2);
        let values = logits
            .0
            .squeeze(0)?
            .t()?
            .contiguous()?
            .flatten_all()?
            .to_vec1()?;
        Ok((values, height, width))
    }

    /// Looks at a picture.
    pub fn look(&self, picture: &Bitmap) -> Result<Segments, ModelError> {
        let (values, height, width) = self.logits(&self.preparation.planes(picture)?)?;
        let pixels = height * width;
        let best = |pixel: usize| {
            let scores = (0..self.names.len()).map(|class| (class, values[class * pixels + pixel]));
            scores
                .max_by(|a, b| a.1.total_cmp(&b.1))
                .map_or(0, |(class, _)| class)
        };
        Ok(Segments {
            width,
            height,
            classes: (0..pixels).map(best).collect(),
        })
    }
}

/// Small letters and digits with one space between words.
fn plain(words: &str) -> String {
    let letters = words
        .to_lowercase()
        .replace(|c: char| !c.is_alphanumeric(), " ");
    letters.split_whitespace().collect::<Vec<_>>().join(" ")
}
