//! Which graphics card, decided by what the adapters are and nothing else, so that the answer is the same on every run.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};

use retake_core::{EditError, said};
use wgpu::{Adapter, AdapterInfo, Backends, Device, DeviceType, Limits, Queue};

use super::fault::Faults;
use super::{Gpu, Kept};

/// What drives adapters here, the one that is tried first before the others.
const BACKENDS: [(wgpu::Backend, Backends); 3] = [
    (wgpu::Backend::Vulkan, Backends::VULKAN),
    (wgpu::Backend::Metal, Backends::METAL),
    (wgpu::Backend::Dx12, Backends::DX12),
];

/// What the Linux kernel calls graphics cards: rendering nodes, NVIDIA's, Tegra's, Mali's, Adreno's and WSL's.
const CARDS: [&str; 6] = ["dri/renderD", "nvidia", "nvhost-gpu", "mali", "kgsl", "dxg"];

/// False on a Linux without any graphics card, so that there no driver is loaded, which takes a while and may print.
fn may_have_hardware() -> bool {
    if !cfg!(target_os = "linux") {
        return true;
    }
    let named = |folder: &str, start: &str| {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        entries
            .map(|entry| entry.file_name())
            .any(|name| name.to_string_lossy().starts_with(start))
    };
    CARDS.iter().any(|card| match card.split_once('/') {
        Some((folder, start)) => named(&format!("/dev/{folder}"), start),
        None => named("/dev", card),
    })
}

/// A real graphics card, if there is one: discrete before integrated before a virtual machine's.
pub(crate) fn hardware() -> Result<Option<Gpu>, EditError> {
    if !may_have_hardware() {
        return Ok(None);
    }
    best(|adapter| is_real(&adapter.get_info()))
        .map(open)
        .transpose()
}

/// True of graphics cards; what is emulated is no quicker than the processor itself.
pub(crate) fn is_real(info: &AdapterInfo) -> bool {
    matches!(
        info.device_type,
        DeviceType::DiscreteGpu | DeviceType::IntegratedGpu | DeviceType::VirtualGpu
    )
}

/// What a device must be asked for so that it can be adopted and takes photos: as much as the adapter offers of sizes,
/// the rest as in `base`, or more where `base` is less than recipes need. `None` when recipes cannot be rendered on it.
pub(crate) fn limits(offered: &Limits, base: Limits) -> Option<Limits> {
    let needed = needed();
    let photos = Limits {
        max_texture_dimension_2d: offered.max_texture_dimension_2d,
        max_buffer_size: offered.max_buffer_size,
        max_storage_buffer_binding_size: offered.max_storage_buffer_binding_size,
        ..base.or_better_values_from(&needed)
    };
    needed
        .check_limits(offered)
        .then(|| photos.or_worse_values_from(offered))
}

/// A device that is open already, and may be used by others too.
pub(crate) fn adopted(
    info: &AdapterInfo,
    device: Device,
    queue: Queue,
    lost: Arc<AtomicBool>,
) -> Result<Gpu, EditError> {
    let name = name(info);
    if !needed().check_limits(&device.limits()) {
        return Err(EditError::Machine(said!(
            "The graphics card {name} was opened without what recipes need.",
            name
        )));
    }
    Ok(Gpu {
        shared: true,
        ..gpu(name, device, queue, Faults::told_by(lost))
    })
}

fn name(info: &AdapterInfo) -> String {
    format!("{} ({:?})", info.name, info.backend)
}

/// The best adapter of any kind, software too.
pub(crate) fn any() -> Result<Gpu, EditError> {
    let adapter = best(|_| true).ok_or_else(|| {
        EditError::Machine(said!(
            "No graphics card with a Vulkan, Metal or Direct3D 12 driver was found; use --device cpu."
        ))
    })?;
    open(adapter)
}

/// The first adapter in the order of kinds and backends that has what recipes need.
fn best(fits: impl Fn(&Adapter) -> bool) -> Option<Adapter> {
    let mut descriptor = wgpu::InstanceDescriptor::new_without_display_handle();
    descriptor.backends = BACKENDS
        .iter()
        .fold(Backends::empty(), |all, (_, one)| all | *one);
    // no validation layers, which print; wgpu checks by itself
    descriptor.flags = wgpu::InstanceFlags::empty();
    let instance = wgpu::Instance::new(descriptor);
    let rank = |adapter: &Adapter| {
        let info = adapter.get_info();
        let kind = match info.device_type {
            DeviceType::DiscreteGpu => 0,
            DeviceType::IntegratedGpu => 1,
            DeviceType::VirtualGpu => 2,
            DeviceType::Other => 3,
            DeviceType::Cpu => 4,
        };
        let backend = BACKENDS
            .iter()
            .position(|(backend, _)| *backend == info.backend);
        (kind, backend)
    };
    pollster::block_on(instance.enumerate_adapters(Backends::all()))
        .into_iter()
        .filter(|adapter| needed().check_limits(&adapter.limits()) && fits(adapter))
        .min_by_key(rank)
}

/// The least that recipes need.
fn needed() -> Limits {
    Limits {
        max_storage_buffers_per_shader_stage: 6,
        ..Limits::downlevel_defaults()
    }
}

fn open(adapter: Adapter) -> Result<Gpu, EditError> {
    let name = name(&adapter.get_info());
    let offered = adapter.limits();
    let descriptor = wgpu::DeviceDescriptor {
        label: Some("darkroom"),
        required_limits: Limits {
            max_storage_buffer_binding_size: offered.max_storage_buffer_binding_size,
            max_buffer_size: offered.max_buffer_size,
            ..needed()
        },
        ..Default::default()
    };
    let (device, queue) =
        pollster::block_on(adapter.request_device(&descriptor)).map_err(|error| {
            EditError::Machine(said!(
                "The graphics card {name} cannot be used ({error}); use --device cpu.",
                name = &name,
                error = error.to_string()
            ))
        })?;
    let faults = Faults::of(&device);
    Ok(gpu(name, device, queue, faults))
}

fn gpu(name: String, device: Device, queue: Queue, faults: Faults) -> Gpu {
    let limits = device.limits();
    Gpu {
        faults,
        name,
        device,
        queue,
        shared: false,
        binding_bytes: limits
            .max_storage_buffer_binding_size
            .min(limits.max_buffer_size),
        kept: Mutex::new(Kept::default()),
    }
}
