//! Where recipes are rendered: on the graphics card, or on all cores of the processor.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use retake_core::{EditError, Photo, Picture, Raster, Rect, Said, Stop, said};
use wgpu::{AdapterInfo, Limits};

use crate::card::{Card, OnCardOrCores};
use crate::gpu::{self, Gpu, OnGpu, Wish};
use crate::render::{Developed, Plan};

pub use crate::gpu::OnCard;

/// A place to render; cheap to clone.
#[derive(Clone)]
pub struct Device(Place);

#[derive(Clone)]
enum Place {
    /// all cores
    Cpu,
    /// the graphics card; what it cannot do is an error
    Gpu(Arc<Gpu>),
    /// the graphics card for as long as it works, then all cores
    Card(Arc<Card>),
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
                return Err(EditError::Machine(said!(
                    "There is no device called \"{word}\"; it can be auto, gpu or cpu.",
                    word
                )));
            }
        };
        Ok(Self(place))
    }
    /// All cores of the processor.
    pub fn processor() -> Self {
        Self(Place::Cpu)
    }
    /// A device that a window has opened, on the adapter that `info` describes: what is shown is rendered into textures
    /// on it, and nothing is read back. The window goes on submitting to the queue, and listens to its device: `lost`
    /// turns true when it is there no more. An error when it was opened without what recipes need, see
    /// [`Device::limits`].
    pub fn on(
        info: &AdapterInfo,
        device: wgpu::Device,
        queue: wgpu::Queue,
        lost: Arc<AtomicBool>,
    ) -> Result<Self, EditError> {
        let gpu = gpu::adopted(info, device, queue, lost)?;
        Ok(Self(Place::Card(Arc::new(Card::new(Arc::new(gpu), true)))))
    }
    /// True when "auto" would take this adapter: it is no emulated one.
    pub fn is_real(info: &AdapterInfo) -> bool {
        gpu::is_real(info)
    }
    /// What a window asks an adapter for, so that its device can be adopted and takes photos: `base`, raised as far as
    /// the adapter offers and photos need. `None` when recipes cannot be rendered on it.
    pub fn limits(offered: &Limits, base: Limits) -> Option<Limits> {
        gpu::limits(offered, base)
    }
    /// The same device with the processor behind it: when a graphics card fails, the work is done there, and
    /// [`Device::notice`] says so once.
    #[must_use]
    pub fn or_processor(self) -> Self {
        Self(match self.0 {
            Place::Gpu(gpu) => Place::Card(Arc::new(Card::new(gpu, false))),
            other => other,
        })
    }
    /// Destroys the graphics card's device, as a driver does that starts it anew: for trials of what happens then.
    pub fn lose(&self) {
        match &self.0 {
            Place::Cpu => {}
            Place::Gpu(gpu) => gpu.lose(),
            Place::Card(card) => card.gpu().lose(),
        }
    }
    /// For records: "cpu", or the adapter's name and what drives it, as in "AMD Radeon 780M (Vulkan)".
    pub fn name(&self) -> String {
        match &self.0 {
            Place::Gpu(gpu) => gpu.name().to_owned(),
            Place::Card(card) if card.works() => card.gpu().name().to_owned(),
            Place::Cpu | Place::Card(_) => "cpu".to_owned(),
        }
    }
    /// A sentence about the graphics card that was given up since the last time it was asked.
    pub fn notice(&self) -> Option<Said> {
        match &self.0 {
            Place::Card(card) => card.notice(),
            Place::Cpu | Place::Gpu(_) => None,
        }
    }
    /// The whole of a plan's output. [`Stop::Failed`] is a sentence about the graphics card; the processor never fails.
    pub fn render_whole(&self, plan: &Plan, photo: &Photo) -> Result<Raster, Stop> {
        let (width, height) = plan.size();
        let whole = Rect::whole(width, height);
        match &self.0 {
            Place::Cpu => Ok(plan.render_whole(photo)),
            Place::Gpu(gpu) => gpu.render(plan, photo, whole),
            Place::Card(card) => Ok(card
                .tries(|gpu| gpu.render(plan, photo, whole))
                .unwrap_or_else(|| plan.render_whole(photo))),
        }
    }
    /// Into a texture for the window whose device this is. `None` on every other device, and where only the other ways
    /// can.
    pub(crate) fn show(&self, wish: &Wish<'_>) -> Option<OnCard> {
        match &self.0 {
            Place::Card(card) if card.is_shared() => card.tries(|gpu| gpu.show(wish)).flatten(),
            _ => None,
        }
    }
    /// True when [`Device::show`] is worth a try.
    pub(crate) fn shows(&self) -> bool {
        matches!(&self.0, Place::Card(card) if card.is_shared() && card.works())
    }
    /// The output as a picture that is rendered as it is read.
    pub fn develop(&self, plan: Plan, photo: Photo) -> Box<dyn Picture> {
        match &self.0 {
            Place::Gpu(gpu) => Box::new(OnGpu {
                gpu: Arc::clone(gpu),
                plan,
                photo,
            }),
            Place::Card(card) if card.works() => Box::new(OnCardOrCores {
                card: Arc::clone(card),
                plan,
                photo,
            }),
            Place::Cpu | Place::Card(_) => Box::new(Developed::new(plan, photo)),
        }
    }
}
