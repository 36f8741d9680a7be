//! A head over CLIP's picture that says how much people like it, 1 to 10: LAION's aesthetic predictors, which are one
//! linear layer (version 1) or five in a row without anything between (version 2, "sac+logos+ava1-l14-linearMSE").

use std::collections::BTreeMap;
use std::path::Path;

use candle_core::{DType, Device, Tensor};
use retake_tensors::ModelError;
use retake_tensors::checkpoint::{Tensors, fingerprint};
use retake_tensors::layers::Linear;

use super::Direction;

/// Linear layers in a row.
pub struct Aesthetic {
    layers: Vec<Linear>,
    width: usize,
    fingerprint: String,
}

impl Aesthetic {
    /// The same as [`Self::open`], on the processor.
    pub fn on_processor(path: &Path) -> Result<Self, ModelError> {
        Self::open(path, &Device::Cpu)
    }

    /// Reads a file of weights in the safetensors format: `weight` and `bias`, or the same behind the numbers of layers
    /// (`layers.0.weight`, …), the first one first.
    pub fn open(file: &Path, device: &Device) -> Result<Self, ModelError> {
        let tensors = Tensors::of_file(file, &[])?;
        let fault = |what: String| ModelError::Unsupported {
            what,
            path: file.to_owned(),
        };
        // by the number of the layer: (stem, out, in)
        let mut rows: BTreeMap<usize, (String, usize, usize)> = BTreeMap::new();
        for (name, shape) in tensors.shapes() {
            let Some(stem) = name.strip_suffix("weight") else {
                continue;
            };
            let stem = stem.trim_end_matches('.');
            let [outputs, inputs] = *shape else {
                return Err(fault(format!(
                    "{name} is not the matrix of a linear layer; this is no aesthetic head"
                )));
            };
            let number = stem
                .rsplit('.')
                .next()
                .and_then(|last| last.parse().ok())
                .unwrap_or(0);
            if rows
                .insert(number, (stem.to_owned(), outputs, inputs))
                .is_some()
            {
                return Err(fault(format!(
                    "there are two layers of the number {number}"
                )));
            }
        }
        let chain: Vec<(String, usize, usize)> = rows.into_values().collect();
        let joined = chain.windows(2).all(|pair| pair[0].1 == pair[1].2);
        let Some((width, 1)) = chain
            .first()
            .zip(chain.last())
            .map(|(first, last)| (first.2, last.1))
            .filter(|_| joined)
        else {
            return Err(fault(
                "the layers do not lead from a picture to one number; this is no aesthetic head"
                    .to_owned(),
            ));
        };
        let built = tensors.build(device, DType::F32, |vb| {
            let layer = |(stem, outputs, inputs): &(String, usize, usize)| {
                let vb = if stem.is_empty() {
                    vb.clone()
                } else {
                    vb.pp(stem)
                };
                Linear::new(*inputs, *outputs, vb)
            };
            chain
                .iter()
                .map(layer)
                .collect::<candle_core::Result<Vec<_>>>()
        })?;
        Ok(Self {
            layers: built.network,
            width,
            fingerprint: fingerprint(&[&built.fingerprint]),
        })
    }

    /// Numbers of the picture that it takes: 768 for CLIP ViT-L/14.
    pub fn width(&self) -> usize {
        self.width
    }

    /// SHA-256 of the weights, in hexadecimal digits.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// How much a picture is liked, about 1 to 10, from where CLIP says it points.
    pub fn score(&self, picture: &Direction) -> Result<f64, ModelError> {
        let row = Tensor::from_slice(
            picture.values(),
            (1, 1, picture.values().len()),
            &Device::Cpu,
        )?;
        let score = self
            .layers
            .iter()
            .try_fold(row, |x, layer| layer.forward(&x))?;
        Ok(f64::from(score.flatten_all()?.to_vec1::<f32>()?[0]))
    }
}
