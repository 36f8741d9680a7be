//! What is left on the device for the screen is what the definition shows there, at any size, of any part; a slider that
//! moves uploads no photo; and a device that is gone is given up.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use retake_core::{EditRequest, Editor, Glance, Instruction, Photo, PhotoId, Raster, Rect, Rng};
use retake_pixels::display::{Space, encode, quantise8};
use retake_pixels::resize;

use super::recipes::{framed, fused, layered};
use super::{gpu, open, picture, plan, settings};
use crate::card::Card;
use crate::gpu::{Gpu, OnCard, Source, Wish};
use crate::ops::OPS;
use crate::recipe::{Operation, Recipe};
use crate::render::Plan;
use crate::{Darkroom, Device};

/// A photo's name that differs with its size, because what is kept goes by it.
fn id(raster: &Raster) -> PhotoId {
    let mut id = [0; 32];
    id[..8].copy_from_slice(&(raster.width * 10_000 + raster.height).to_le_bytes());
    PhotoId(id)
}

/// The texture's codes: red, green, blue, row by row.
fn codes(gpu: &Gpu, shown: &OnCard) -> Vec<u8> {
    let (width, height) = shown.size();
    let stride = (4 * width as u32).next_multiple_of(256);
    let back = gpu.device.create_buffer(&wgpu::BufferDescriptor {
        label: None,
        size: u64::from(stride) * height as u64,
        usage: wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST,
        mapped_at_creation: false,
    });
    let mut encoder = gpu.device.create_command_encoder(&Default::default());
    encoder.copy_texture_to_buffer(
        shown.texture().as_image_copy(),
        wgpu::TexelCopyBufferInfo {
            buffer: &back,
            layout: wgpu::TexelCopyBufferLayout {
                offset: 0,
                bytes_per_row: Some(stride),
                rows_per_image: None,
            },
        },
        shown.texture().size(),
    );
    gpu.queue.submit([encoder.finish()]);
    back.map_async(wgpu::MapMode::Read, .., |_| {});
    gpu.device
        .poll(wgpu::PollType::wait_indefinitely())
        .expect("the device answers");
    let mapped = back.get_mapped_range(..).expect("it was mapped");
    let rows = mapped.chunks_exact(stride as usize);
    rows.flat_map(|row| {
        row[..4 * width]
            .chunks_exact(4)
            .flat_map(|p| [p[0], p[1], p[2]])
    })
    .collect()
}

/// What the processor shows of a picture.
fn expected(mut raster: Raster) -> Vec<u8> {
    let mut out = vec![0; 3 * raster.len()];
    encode(&mut raster, Space::Srgb);
    let [r, g, b] = &raster.planes;
    quantise8(r, g, b, &mut out);
    out
}

/// How many codes the two ways differ by at most.
fn apart(gpu: &Gpu, wish: &Wish<'_>, photo: &Photo) -> u8 {
    let shown = gpu
        .show(wish)
        .unwrap_or_else(|stop| panic!("{stop}"))
        .expect("it fits");
    let part = match wish.plan {
        Some(plan) => plan.render(photo, wish.part),
        None => retake_core::Picture::part(photo, wish.part).expect("a raster can be read"),
    };
    let (width, height) = wish.size;
    let part = resize::raster(&part, width, height);
    let pairs = codes(gpu, &shown).into_iter().zip(expected(part));
    pairs.map(|(a, b)| a.abs_diff(b)).max().unwrap_or(0)
}

fn photo_of(raster: &Raster) -> Photo {
    Photo::from_raster(raster.clone(), id(raster))
}

/// All of an edit, pixel by pixel.
fn whole_wish<'a>(plan: &'a Plan, photo: &'a Photo) -> Wish<'a> {
    let size = plan.size();
    Wish {
        plan: Some(plan),
        id: photo.id(),
        source: Source::Photo(photo),
        part: Rect::whole(size.0, size.1),
        size,
    }
}

#[test]
fn the_way_onto_the_screen_agrees_with_its_definition() {
    let Some(gpu) = gpu() else { return };
    // from far outside the gamut to black, and the picture that holds all the others
    let drawn = (1..=8).map(|seed| {
        let mut rng = Rng::new(seed);
        let (low, high) = (-0.2 * seed as f32, 0.3 * seed as f32);
        Raster::from_fn(37, 23, |_, _| [0; 3].map(|_| rng.between(low, high)))
    });
    for (n, raster) in (0u8..).zip(drawn.chain([picture(37, 23)])) {
        let photo = Photo::from_raster(raster.clone(), PhotoId([n; 32]));
        let wish = Wish {
            plan: None,
            id: photo.id(),
            source: Source::Copy(&raster),
            part: Rect::whole(37, 23),
            size: (37, 23),
        };
        let apart = apart(gpu, &wish, &photo);
        assert!(apart <= 1, "{n}: {apart}");
    }
}

#[test]
fn every_operation_is_shown_as_its_definition_is() {
    let Some(gpu) = gpu() else { return };
    let raster = picture(37, 23);
    let photo = photo_of(&raster);
    let mut out = Vec::new();
    for op in OPS {
        for operation in settings(op, 3) {
            let plan = plan(&Recipe::of(vec![operation.clone()]), &raster);
            let apart = apart(gpu, &whole_wish(&plan, &photo), &photo);
            if apart > 1 {
                out.push(format!("{operation:?}: {apart}"));
            }
        }
    }
    assert!(out.is_empty(), "{out:#?}");
}

#[test]
fn any_part_at_any_size_is_that_part_at_that_size() {
    let Some(gpu) = gpu() else { return };
    let raster = picture(149, 83);
    let photo = photo_of(&raster);
    let part = Rect {
        x0: 13,
        y0: 7,
        x1: 120,
        y1: 80,
    };
    for recipe in [layered(), fused(20), Recipe::neutral()] {
        let plan = plan(&recipe, &raster);
        for size in [(107, 73), (41, 30), (107, 30), (300, 211), (1, 1)] {
            let wish = Wish {
                part,
                size,
                ..whole_wish(&plan, &photo)
            };
            let apart = apart(gpu, &wish, &photo);
            assert!(apart <= 2, "{size:?}: {apart}");
        }
    }
}

#[test]
fn a_turned_photo_is_shown_turned() {
    let Some(gpu) = gpu() else { return };
    let raster = picture(149, 83);
    let photo = photo_of(&raster);
    let plan = plan(&framed(), &raster);
    assert!(plan.size().0 < plan.size().1);
    assert!(apart(gpu, &whole_wish(&plan, &photo), &photo) <= 1);
}

#[test]
fn a_moved_slider_uploads_no_photo_and_no_mask() {
    let Some(gpu) = open() else { return };
    let raster = picture(149, 83);
    let photo = photo_of(&raster);
    let analysis = plan(&layered(), &raster).scene.analysis;
    let counts: Vec<_> = [0.5, -1.5, 2.0]
        .map(|stops| {
            let mut recipe = layered();
            recipe.layers[0].operations = vec![Operation::new("exposure").with("stops", stops)];
            let plan = Plan::new(&recipe, raster.width, raster.height, analysis.clone());
            assert!(gpu.show(&whole_wish(&plan, &photo)).is_ok());
            let kept = gpu.kept.lock().unwrap_or_else(|error| error.into_inner());
            kept.grounds.count()
        })
        .into();
    assert_eq!(counts, [(1, 1); 3]);
}

#[test]
fn another_photo_takes_the_place_of_the_one_before() {
    let Some(gpu) = open() else { return };
    for size in [(149, 83), (37, 23)] {
        let raster = picture(size.0, size.1);
        let photo = photo_of(&raster);
        let plan = plan(&layered(), &raster);
        assert!(apart(&gpu, &whole_wish(&plan, &photo), &photo) <= 1);
    }
    let kept = gpu.kept.lock().unwrap_or_else(|error| error.into_inner());
    assert_eq!(kept.grounds.count(), (1, 1));
}

#[test]
fn what_does_not_fit_is_left_to_the_other_way() {
    let Some(mut gpu) = open() else { return };
    gpu.binding_bytes = 16 * 90 * 90;
    let raster = picture(149, 83);
    let photo = photo_of(&raster);
    let plan = plan(&layered(), &raster);
    assert!(matches!(gpu.show(&whole_wish(&plan, &photo)), Ok(None)));
}

/// An editor on a device that a window might have opened, and that device.
fn adopted() -> Option<(Darkroom, Device, String)> {
    let gpu = open()?;
    let lost = Arc::new(AtomicBool::new(false));
    let tell = lost.clone();
    gpu.device
        .set_device_lost_callback(move |_, _| tell.store(true, Ordering::Relaxed));
    let info = gpu.device.adapter_info();
    let device = Device::on(&info, gpu.device.clone(), gpu.queue.clone(), lost);
    let device = device.unwrap_or_else(|error| panic!("{error}"));
    Some((Darkroom::new(device.clone()), device, gpu.name.clone()))
}

/// A photo, its smaller copy, an instruction without goals.
fn scene() -> (Photo, Arc<Raster>, Instruction) {
    let raster = picture(149, 83);
    let photo = photo_of(&raster);
    let small = resize::fit(&photo, 75).expect("a raster can be read");
    (photo, Arc::new(small), Instruction::default())
}

#[test]
fn an_editor_leaves_its_picture_on_the_windows_device() {
    let Some((darkroom, ..)) = adopted() else {
        return;
    };
    let (photo, small, instruction) = scene();
    let recipe = layered().to_value();
    let shown = darkroom.show(&Glance {
        photo: &photo,
        source: Some(&small),
        edit: Some((&instruction, &recipe)),
        full: (149, 83),
        part: Rect::whole(149, 83),
        size: (60, 33),
    });
    let shown = shown.expect("it fits");
    let shown: &OnCard = shown.downcast_ref().expect("it is the darkroom's");
    assert_eq!(shown.size(), (60, 33));
    let cpu = Darkroom::new(Device::choose("cpu").expect("always there"));
    let nothing = cpu.show(&Glance {
        photo: &photo,
        source: Some(&small),
        edit: None,
        full: (149, 83),
        part: Rect::whole(149, 83),
        size: (60, 33),
    });
    assert!(nothing.is_none());
}

#[test]
fn a_lost_device_is_given_up_once_and_the_processor_goes_on() {
    let Some((darkroom, device, name)) = adopted() else {
        return;
    };
    let (photo, small, instruction) = scene();
    let recipe = layered().to_value();
    let glance = Glance {
        photo: &photo,
        source: Some(&small),
        edit: Some((&instruction, &recipe)),
        full: (149, 83),
        part: Rect::whole(149, 83),
        size: (60, 33),
    };
    let request = EditRequest {
        photo: photo.clone(),
        instruction: instruction.clone(),
        seed: 0,
        source: small.clone(),
        base: None,
        like: None,
        settings: Default::default(),
    };
    assert!(darkroom.show(&glance).is_some());
    assert_eq!(darkroom.notice(), None);
    device.lose();
    assert!(darkroom.show(&glance).is_none());
    let told =
        format!("The graphics card {name} stopped answering; Retake goes on with the processor.");
    assert_eq!(darkroom.notice().map(|said| said.to_string()), Some(told));
    let cpu = Darkroom::new(Device::choose("cpu").expect("always there"));
    let redo = |darkroom: &Darkroom| {
        let made = darkroom.redo(&request, &recipe);
        made.unwrap_or_else(|error| panic!("{error}"))
    };
    assert!(redo(&darkroom) == redo(&cpu));
    assert_eq!(darkroom.notice(), None);
}

#[test]
fn a_card_that_refuses_the_work_is_given_up_too() {
    let Some(gpu) = open() else { return };
    let card = Card::new(Arc::new(gpu), true);
    let done = card.tries(|gpu| {
        gpu.work(|_| {
            drop(gpu.device.create_buffer(&wgpu::BufferDescriptor {
                label: None,
                size: gpu.device.limits().max_buffer_size + 4,
                usage: wgpu::BufferUsages::STORAGE,
                mapped_at_creation: false,
            }));
            Ok(())
        })
    });
    assert!(done.is_none() && !card.works());
    let notice = card.notice().expect("it is told");
    let end = "; Retake goes on with the processor.";
    assert!(notice.to_string().ends_with(end), "{notice}");
}
