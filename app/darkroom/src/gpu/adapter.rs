//! Which graphics card, decided by what the adapters are and nothing else, so that the answer is the same on every run.

use std::sync::Mutex;

use retake_core::EditError;
use wgpu::{Adapter, Backends, DeviceType, Limits};

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
    let real = |adapter: &Adapter| {
        let kind = adapter.get_info().device_type;
        matches!(
            kind,
            DeviceType::DiscreteGpu | DeviceType::IntegratedGpu | DeviceType::VirtualGpu
        )
    };
    best(real).map(open).transpose()
}

/// The best adapter of any kind, software too.
pub(crate) fn any() -> Result<Gpu, EditError> {
    let adapter = best(|_| true).ok_or_else(|| {
        EditError::Machine(
            "No graphics card with a Vulkan, Metal or Direct3D 12 driver was found; use --device cpu."
                .to_owned(),
        )
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
    let info = adapter.get_info();
    let name = format!("{} ({:?})", info.name, info.backend);
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
            EditError::Machine(format!(
                "The graphics card {name} cannot be used ({error}); use --device cpu."
            ))
        })?;
    let limits = device.limits();
    Ok(Gpu {
        faults: Faults::of(&device),
        name,
        device,
        queue,
        binding_bytes: limits
            .max_storage_buffer_binding_size
            .min(limits.max_buffer_size),
        kept: Mutex::new(Kept::default()),
    })
}
