//! Compiled shaders, kept by their text.

use std::collections::HashMap;
use std::sync::Arc;

use super::shader::Shader;

/// What the window's own pictures are too: gamma-encoded, 8 bits.
pub(super) const SCREEN_FORMAT: wgpu::TextureFormat = wgpu::TextureFormat::Rgba8Unorm;

/// A compiled shader and the layout of what it binds.
pub(super) struct Pipeline {
    pub(super) pipeline: wgpu::ComputePipeline,
    pub(super) layout: wgpu::BindGroupLayout,
}

/// All that were compiled so far. Looked up only, never walked through.
#[derive(Default)]
pub(super) struct Pipelines {
    by_text: HashMap<String, Arc<Pipeline>>,
}

/// More than this many are forgotten at once; a recipe has a few dozen.
const MOST: usize = 512;

impl Pipelines {
    /// The pipeline of a shader, compiled when it is new.
    pub(super) fn get(&mut self, device: &wgpu::Device, shader: Shader) -> Arc<Pipeline> {
        if let Some(known) = self.by_text.get(&shader.text) {
            return Arc::clone(known);
        }
        if self.by_text.len() >= MOST {
            self.by_text.clear();
        }
        let pipeline = Arc::new(compile(device, &shader));
        self.by_text.insert(shader.text, Arc::clone(&pipeline));
        pipeline
    }

    /// How many are kept.
    #[cfg(test)]
    pub(super) fn count(&self) -> usize {
        self.by_text.len()
    }
}

fn compile(device: &wgpu::Device, shader: &Shader) -> Pipeline {
    let storage = |written: bool| wgpu::BufferBindingType::Storage {
        read_only: !written,
    };
    let kinds = [storage(false), wgpu::BufferBindingType::Uniform]
        .into_iter()
        .chain(shader.written.iter().map(|written| storage(*written)));
    let buffers = kinds.map(|ty| wgpu::BindingType::Buffer {
        ty,
        has_dynamic_offset: false,
        min_binding_size: None,
    });
    let screen = shader.screen.then_some(wgpu::BindingType::StorageTexture {
        access: wgpu::StorageTextureAccess::WriteOnly,
        format: SCREEN_FORMAT,
        view_dimension: wgpu::TextureViewDimension::D2,
    });
    let entries: Vec<_> = buffers
        .chain(screen)
        .zip(0..)
        .map(|(ty, binding)| wgpu::BindGroupLayoutEntry {
            binding,
            visibility: wgpu::ShaderStages::COMPUTE,
            ty,
            count: None,
        })
        .collect();
    let layout = device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
        label: None,
        entries: &entries,
    });
    let pipeline_layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
        label: None,
        bind_group_layouts: &[Some(&layout)],
        immediate_size: 0,
    });
    let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
        label: None,
        source: wgpu::ShaderSource::Wgsl(shader.text.as_str().into()),
    });
    let pipeline = device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
        label: None,
        layout: Some(&pipeline_layout),
        module: &module,
        entry_point: Some("main"),
        compilation_options: wgpu::PipelineCompilationOptions {
            // every buffer that is read was filled before
            zero_initialize_workgroup_memory: false,
            ..Default::default()
        },
        cache: None,
    });
    Pipeline { pipeline, layout }
}
