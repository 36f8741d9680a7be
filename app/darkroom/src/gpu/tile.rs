//! One tile on the device: uploaded, taken through the program's steps, read back, or left there for the screen.

use std::collections::BTreeMap;
use std::sync::Arc;

use retake_core::{Mask, Raster, Rect, Stop, said};
use wgpu::{Buffer, TextureView};

use super::buffers::{READ_BACK, STORAGE, UNIFORM};
use super::pipelines::Pipeline;
use super::program::{Program, Run, Spatial, Step};
use super::shader::{self, GROUP, PLACES};
use super::{Gpu, Kept, PIXEL};

/// What is done to one tile.
pub(super) struct Work<'a> {
    pub(super) gpu: &'a Gpu,
    pub(super) program: &'a Program,
    /// what comes back, in the frame
    pub(super) wanted: Rect,
    /// the same with the halo around it
    pub(super) wide: Rect,
    /// where the uploaded photo lies; `wide` is in it
    pub(super) photo: Rect,
}

/// Left, top, width and height, as shaders see it.
type Place = [i32; 4];

/// One call of a shader over a rectangle.
struct Dispatch {
    pipeline: Arc<Pipeline>,
    places: [Place; PLACES],
    /// from binding 2 on, with the bytes that are meant
    buffers: Vec<(Buffer, u64)>,
    /// after the buffers
    screen: Option<TextureView>,
}

/// What a tile goes through: groups of calls that are sent together, and what they share.
struct Steps {
    groups: Vec<Vec<Dispatch>>,
    constants: Buffer,
    under: Buffer,
}

/// A picture on the device and the grid it lies on.
#[derive(Clone)]
struct Layer {
    buffer: Buffer,
    place: Place,
}

fn place(rect: Rect) -> Place {
    [rect.x0, rect.y0, rect.width(), rect.height()].map(|v| v as i32)
}

/// The cells of a grid of `scale` that a rectangle touches.
fn cells(rect: Rect, scale: usize) -> Place {
    place(Rect {
        x0: rect.x0 / scale,
        y0: rect.y0 / scale,
        x1: rect.x1.div_ceil(scale),
        y1: rect.y1.div_ceil(scale),
    })
}

fn area(place: Place) -> u64 {
    place[2] as u64 * place[3] as u64
}

fn planar_bytes(rect: Rect) -> u64 {
    12 * area(place(rect))
}

impl Steps {
    fn give_back(self, kept: &mut Kept) {
        kept.pool.give(self.constants);
        kept.pool.give(self.under);
    }
}

impl Work<'_> {
    /// The wanted pixels, given the photo's over `wide` and the coverage there of each masked layer.
    pub(super) fn run(
        &self,
        kept: &mut Kept,
        source: &Raster,
        masks: &[Mask],
    ) -> Result<Raster, Stop> {
        let source = self.upload(kept, &source.planes.each_ref().map(Vec::as_slice));
        let covers: Vec<&[f32]> = masks.iter().map(|mask| mask.values.as_slice()).collect();
        let covers = self.upload(kept, &covers);
        let result = self.take(kept, planar_bytes(self.wanted));
        let steps = self.steps(kept, [&source, &covers, &result]);
        self.submit(kept, &steps)?;
        steps.give_back(kept);
        let raster = self.read_back(kept, &result)?;
        for buffer in [source, covers, result] {
            kept.pool.give(buffer);
        }
        Ok(raster)
    }

    /// The wanted pixels on a texture of `size` px, as a screen shows them, given buffers of the photo and of the
    /// coverages over `wide`. Returns when they are there; between the steps the device has time for others.
    pub(super) fn onto_screen(
        &self,
        kept: &mut Kept,
        [source, covers]: [&Buffer; 2],
        texture: &wgpu::Texture,
    ) -> Result<(), Stop> {
        let bytes = PIXEL * area(place(self.wanted));
        let result = self.take(kept, bytes);
        let mut steps = self.steps(kept, [source, covers, &result]);
        let mut places = [Place::default(); PLACES];
        places[0] = [0, 0, texture.width() as i32, texture.height() as i32];
        places[1] = place(self.wanted);
        steps.groups.push(vec![Dispatch {
            pipeline: kept.pipelines.get(&self.gpu.device, shader::screen()),
            places,
            buffers: vec![(result.clone(), bytes)],
            screen: Some(texture.create_view(&wgpu::TextureViewDescriptor::default())),
        }]);
        self.submit(kept, &steps)?;
        self.gpu.rest()?;
        steps.give_back(kept);
        kept.pool.give(result);
        Ok(())
    }

    /// The program's calls, from the photo to the result.
    fn steps(&self, kept: &mut Kept, [source, covers, result]: [&Buffer; 3]) -> Steps {
        let constants = self.upload(kept, &[&self.program.constants]);
        let keeps = |step: &Step| matches!(step, Step::Run(run) if run.saves());
        let kept_area = if self.program.steps.iter().any(keeps) {
            area(place(self.wide))
        } else {
            0
        };
        let under = self.take(kept, PIXEL * kept_area);
        let mut picture = Layer {
            buffer: source.clone(),
            place: place(self.wide),
        };
        let mut groups: Vec<Vec<Dispatch>> = Vec::new();
        for step in &self.program.steps {
            groups.push(match step {
                Step::Run(run) => {
                    let to = if run.last {
                        result.clone()
                    } else {
                        self.take(kept, PIXEL * area(picture.place))
                    };
                    let from = std::mem::replace(&mut picture.buffer, to.clone());
                    let dispatch = self.points(kept, run, [&from, &to, covers, &under]);
                    if !run.first {
                        kept.pool.give(from);
                    }
                    vec![dispatch]
                }
                Step::Spatial(spatial) => self.spatial(kept, spatial, &mut picture),
            });
        }
        Steps {
            groups,
            constants,
            under,
        }
    }

    fn take(&self, kept: &mut Kept, bytes: u64) -> Buffer {
        kept.pool.take(&self.gpu.device, bytes.max(16), STORAGE)
    }

    /// A buffer of these values one after the other.
    pub(super) fn upload(&self, kept: &mut Kept, parts: &[&[f32]]) -> Buffer {
        let count: usize = parts.iter().map(|part| part.len()).sum();
        let buffer = self.take(kept, 4 * count as u64);
        let mut at = 0;
        for part in parts {
            let bytes: &[u8] = bytemuck::cast_slice(part);
            self.gpu.queue.write_buffer(&buffer, at, bytes);
            at += bytes.len() as u64;
        }
        buffer
    }

    /// A run from one buffer to the other.
    fn points(
        &self,
        kept: &mut Kept,
        run: &Run,
        [from, to, covers, under]: [&Buffer; 4],
    ) -> Dispatch {
        let pipeline = kept.pipelines.get(&self.gpu.device, shader::run(run));
        let wide = area(place(self.wide));
        let bytes = |planar: bool, rect: Rect| {
            if planar {
                planar_bytes(rect)
            } else {
                PIXEL * area(place(rect))
            }
        };
        let filled = if run.last { self.wanted } else { self.wide };
        let seen = if run.first { self.photo } else { self.wide };
        let mut buffers = vec![
            (from.clone(), bytes(run.first, seen)),
            (to.clone(), bytes(run.planar(), filled)),
        ];
        if run.masked() {
            buffers.push((covers.clone(), 4 * wide * self.program.masks as u64));
        }
        if run.restores() || run.saves() {
            buffers.push((under.clone(), PIXEL * wide));
        }
        let mut places = [Place::default(); PLACES];
        places[0] = place(filled);
        places[1] = place(self.wide);
        places[2] = place(self.photo);
        Dispatch {
            pipeline,
            places,
            buffers,
            screen: None,
        }
    }

    /// The passes of a spatial operation over the picture, which becomes its output.
    fn spatial(&self, kept: &mut Kept, spatial: &Spatial, picture: &mut Layer) -> Vec<Dispatch> {
        let mut layers = BTreeMap::from([(0, picture.clone())]);
        let mut dispatches = Vec::new();
        for pass in &spatial.passes {
            let pipeline = kept
                .pipelines
                .get(&self.gpu.device, shader::pass(spatial.op, pass));
            let place = cells(self.wide, pass.scale as usize);
            let bytes = PIXEL * area(place);
            let buffer = self.take(kept, bytes);
            let mut places = [Place::default(); PLACES];
            places[0] = place;
            places[PLACES - 1][0] = (spatial.constants + pass.constants as usize) as i32;
            let mut buffers = vec![(buffer.clone(), bytes)];
            for (read, at) in pass.reads.iter().zip(&mut places[1..]) {
                let layer = layers
                    .get(read)
                    .expect("a pass reads what an earlier one wrote");
                *at = layer.place;
                buffers.push((layer.buffer.clone(), PIXEL * area(layer.place)));
            }
            dispatches.push(Dispatch {
                pipeline,
                places,
                buffers,
                screen: None,
            });
            // what it replaces is free for later passes, which the queue runs after this one
            if let Some(old) = layers.insert(pass.writes, Layer { buffer, place }) {
                kept.pool.give(old.buffer);
            }
        }
        if let Some(output) = layers.remove(&0) {
            *picture = output;
        }
        for layer in layers.into_values() {
            kept.pool.give(layer.buffer);
        }
        dispatches
    }

    /// Sends the groups to the device, each by itself, so that none runs into a driver's time limit for its neighbours.
    fn submit(&self, kept: &mut Kept, steps: &Steps) -> Result<(), Stop> {
        let constants = &steps.constants;
        let Gpu { device, queue, .. } = self.gpu;
        let room = 16 * PLACES as u64;
        let stride = room.next_multiple_of(u64::from(
            device.limits().min_uniform_buffer_offset_alignment,
        ));
        let count: usize = steps.groups.iter().map(Vec::len).sum();
        let mut words = vec![0i32; count * stride as usize / 4];
        for (dispatch, words) in steps
            .groups
            .iter()
            .flatten()
            .zip(words.chunks_exact_mut(stride as usize / 4))
        {
            words[..4 * PLACES].copy_from_slice(dispatch.places.as_flattened());
        }
        let places = kept.pool.take(device, 4 * words.len() as u64, UNIFORM);
        queue.write_buffer(&places, 0, bytemuck::cast_slice(&words));
        let mut offset = 0;
        for step in &steps.groups {
            let mut encoder = device.create_command_encoder(&Default::default());
            let mut compute = encoder.begin_compute_pass(&Default::default());
            for dispatch in step {
                let whole = [(constants, 0, constants.size()), (&places, offset, room)];
                let buffers = dispatch
                    .buffers
                    .iter()
                    .map(|(buffer, bytes)| (buffer, 0, *bytes));
                let buffers = whole.into_iter().chain(buffers);
                let buffers = buffers.map(|(buffer, offset, bytes)| {
                    wgpu::BindingResource::Buffer(wgpu::BufferBinding {
                        buffer,
                        offset,
                        size: wgpu::BufferSize::new(bytes),
                    })
                });
                let screen = dispatch.screen.as_ref();
                let entries: Vec<_> = buffers
                    .chain(screen.map(wgpu::BindingResource::TextureView))
                    .zip(0..)
                    .map(|(resource, binding)| wgpu::BindGroupEntry { binding, resource })
                    .collect();
                let bind_group = device.create_bind_group(&wgpu::BindGroupDescriptor {
                    label: None,
                    layout: &dispatch.pipeline.layout,
                    entries: &entries,
                });
                let [_, _, width, height] = dispatch.places[0].map(|v| v as u32);
                compute.set_pipeline(&dispatch.pipeline.pipeline);
                compute.set_bind_group(0, &bind_group, &[]);
                compute.dispatch_workgroups(width.div_ceil(GROUP[0]), height.div_ceil(GROUP[1]), 1);
                offset += stride;
            }
            drop(compute);
            queue.submit([encoder.finish()]);
            self.gpu.pause()?;
        }
        kept.pool.give(places);
        Ok(())
    }

    /// Waits for the device and copies the planes out.
    fn read_back(&self, kept: &mut Kept, result: &Buffer) -> Result<Raster, Stop> {
        let Gpu { device, queue, .. } = self.gpu;
        let bytes = planar_bytes(self.wanted);
        let back = kept.pool.take(device, bytes, READ_BACK);
        let mut encoder = device.create_command_encoder(&Default::default());
        encoder.copy_buffer_to_buffer(result, 0, &back, 0, bytes);
        queue.submit([encoder.finish()]);
        back.map_async(wgpu::MapMode::Read, ..bytes, |_| {});
        let refused = |_| Stop::Failed(said!("The graphics card gave nothing back."));
        self.gpu.rest()?;
        let mut raster = Raster::new(self.wanted.width(), self.wanted.height());
        {
            let mapped = back.get_mapped_range(..bytes).map_err(refused)?;
            let plane_bytes = bytes as usize / 3;
            for (plane, from) in raster
                .planes
                .iter_mut()
                .zip(mapped.chunks_exact(plane_bytes))
            {
                bytemuck::cast_slice_mut::<f32, u8>(plane).copy_from_slice(from);
            }
        }
        back.unmap();
        kept.pool.give(back);
        Ok(raster)
    }
}
