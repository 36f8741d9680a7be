//! Where recipes are rendered: on the graphics card, or on all cores of the processor.

use std::sync::Arc;

use retake_core::{EditError, Photo, Picture, Raster, Rect, Stop};

use crate::gpu::{self, Gpu, OnGpu};
use crate::render::{Developed, Plan};

/// A place to render; cheap to clone.
#[derive(Clone)]
pub struct Device(Place);

#[derive(Clone)]
enum Place {
    /// all cores
    Cpu,
    /// the graphics card
    Gpu(Arc<Gpu>),
}

impl Device {
    /// "cpu" is the processor, and no driver is loaded. "gpu" is the best graphics adapter, a software one if there is no
    /// other; without any it is an error. "auto" is the graphics card if the machine has one (discrete, integrated or
    /// a virtual machine's), else the processor; it looks at the kind of adapter only, so it never changes between runs.
    pub fn choose(word: &str) -> Result<Self, EditError> {
        let place = match word {
            "cpu" => Place::Cpu,
            "gpu" => Place::Gpu(Arc::new(gpu::any()?)),
            "auto" => gpu::hardware()?.map_or(Place::Cpu, |gpu| Place::Gpu(Arc::new(gpu))),
            _ => {
                return Err(EditError::Machine(format!(
                    "There is no device called \"{word}\"; it can be auto, gpu or cpu."
                )));
            }
        };
        Ok(Self(place))
    }
    /// For records: "cpu", or the adapter's name and what drives it, as in "AMD Radeon 780M (Vulkan)".
    pub fn name(&self) -> String {
        match &self.0 {
            Place::Cpu => "cpu".to_owned(),
            Place::Gpu(gpu) => gpu.name().to_owned(),
        }
    }
    /// The whole of a plan's output. [`Stop::Failed`] is a sentence about the graphics card; the processor never fails.
    pub fn render_whole(&self, plan: &Plan, photo: &Photo) -> Result<Raster, Stop> {
        match &self.0 {
            Place::Cpu => Ok(plan.render_whole(photo)),
            Place::Gpu(gpu) => {
                let (width, height) = plan.size();
                gpu.render(plan, photo, Rect::whole(width, height))
            }
        }
    }
    /// The output as a picture that is rendered as it is read.
    pub fn develop(&self, plan: Plan, photo: Photo) -> Box<dyn Picture> {
        match &self.0 {
            Place::Cpu => Box::new(Developed::new(plan, photo)),
            Place::Gpu(gpu) => Box::new(OnGpu {
                gpu: Arc::clone(gpu),
                plan,
                photo,
            }),
        }
    }
}
