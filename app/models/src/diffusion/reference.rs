//! A picture that the instruction speaks of besides the photo: "the hat of the second picture".

use candle_core::Tensor;
use retake_core::{Photo, Picture};
use retake_pixels::resize;

use super::Model;
use super::picture::Frame;
use crate::ModelError;

/// Such a picture. Two are the same if their files are.
#[derive(Clone, Debug)]
pub struct Reference(pub Photo);

impl PartialEq for Reference {
    fn eq(&self, other: &Self) -> bool {
        self.0.id() == other.0.id()
    }
}

impl Reference {
    /// SHA-256 of its file, in hexadecimal digits.
    pub(super) fn id(&self) -> String {
        self.0.id().to_string()
    }

    /// As a model gets to see it, (1, 3, height, width) in [-1, 1]: brought within the model's room as the photo is,
    /// and never enlarged.
    pub(super) fn seen_by<M: Model>(&self, model: &M) -> Result<Tensor, ModelError> {
        let (width, height) = self.0.size();
        let frame = Frame::new(
            width,
            height,
            model.room(width, height),
            model.sizes().multiple,
            false,
        );
        let (inner_width, inner_height) = frame.inner;
        let small = resize::sized(&self.0, inner_width, inner_height)
            .map_err(|stop| ModelError::Machine(stop.said().to_string()))?;
        Ok(frame.into_network(&small, model.device())?)
    }
}
