//! The graphics card that the window draws with, and what else renders on it: a real card takes the recipes too, so that
//! what is shown never leaves it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use eframe::egui_wgpu::{RenderState, WgpuConfiguration, WgpuSetup, WgpuSetupCreateNew};
use eframe::wgpu;
use retake_core::OnScreen;
use retake_darkroom::{Device, OnCard};

/// How the window opens its device.
pub(crate) fn configuration() -> WgpuConfiguration {
    let setup = WgpuSetupCreateNew::without_display_handle();
    WgpuConfiguration {
        wgpu_setup: WgpuSetup::CreateNew(with_room(setup)),
        ..Default::default()
    }
}

/// A device as the setup would open it anyway, with room for photos as far as the adapter has it.
pub(crate) fn with_room(mut setup: WgpuSetupCreateNew) -> WgpuSetupCreateNew {
    let usual = setup.device_descriptor.clone();
    setup.device_descriptor = Arc::new(move |adapter| {
        let descriptor = usual(adapter);
        let base = descriptor.required_limits.clone();
        wgpu::DeviceDescriptor {
            required_limits: Device::limits(&adapter.limits(), base.clone()).unwrap_or(base),
            ..descriptor
        }
    });
    setup
}

/// Listens to the window's device: true from when it is there no more, which is when the window is woken. What else the
/// device complains of, where nobody asked it, would end the program; a frame that is not drawn is better.
pub(crate) fn listen(cc: &eframe::CreationContext<'_>) -> Arc<AtomicBool> {
    let lost = Arc::new(AtomicBool::new(false));
    if let Some(window) = &cc.wgpu_render_state {
        let (tell, ctx) = (Arc::clone(&lost), cc.egui_ctx.clone());
        window.device.set_device_lost_callback(move |_, _| {
            tell.store(true, Ordering::Relaxed);
            ctx.request_repaint();
        });
        window.device.on_uncaptured_error(Arc::new(|_| {}));
    }
    lost
}

/// Where recipes are rendered, by the word for it: "auto" is the window's own card if it is a real one, else another
/// real one, else the processor; "gpu" the window's own whatever it is; "cpu" the processor. Whatever cannot be had
/// becomes the processor. `lost` is what [`listen`] gave for the window.
pub(crate) fn device(word: &str, window: Option<&RenderState>, lost: &Arc<AtomicBool>) -> Device {
    let own = window.and_then(|window| {
        let info = window.adapter.get_info();
        let taken = word == "gpu" || (word == "auto" && Device::is_real(&info));
        let (device, queue) = (window.device.clone(), window.queue.clone());
        taken.then(|| Device::on(&info, device, queue, lost.clone()).ok())?
    });
    own.or_else(|| Device::choose(word).ok())
        .unwrap_or_else(Device::processor)
        .or_processor()
}

/// A picture of the darkroom's on the window's card.
pub(crate) fn opened(there: &OnScreen) -> Option<&OnCard> {
    there.downcast_ref()
}

#[cfg(test)]
mod tests;
