//! A network as its makers published it.

use std::path::Path;

use retake_models::ModelError;
use rten::Model;
use rten_tensor::prelude::*;
use rten_tensor::{NdTensor, Tensor};

/// One that takes a picture of three planes.
pub(crate) struct Network {
    model: Model,
}

impl Network {
    pub(crate) fn open(path: &Path) -> Result<Self, ModelError> {
        let model = Model::load_file(path).map_err(|error| ModelError::Damaged {
            what: format!("a file of the model cannot be read ({error}); import it again"),
            path: path.to_owned(),
        })?;
        Ok(Self { model })
    }

    /// What its makers wrote into the file under a name.
    pub(crate) fn told(&self, name: &str) -> Option<&str> {
        let mut fields = self.model.metadata().fields();
        fields
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value)
    }

    /// What comes out for three planes of `width * height` numbers, and its shape; `None` where it cannot compute.
    pub(crate) fn run(
        &self,
        planes: Vec<f32>,
        (width, height): (usize, usize),
    ) -> Option<(Vec<f32>, Vec<usize>)> {
        if planes.len() != 3 * width * height {
            return None;
        }
        let input = NdTensor::from_data([1, 3, height, width], planes);
        let out = self.model.run_one(input.view().into(), None).ok()?;
        let out: Tensor<f32> = out.try_into().ok()?;
        let shape = out.shape().to_vec();
        let values = out.to_vec();
        values
            .iter()
            .all(|v| v.is_finite())
            .then_some((values, shape))
    }
}
