//! Shows what an operation does to a photo: `cargo run -p retake-darkroom --example look PHOTO OUT.png [EDGE]
//! OP PARAM=VALUE … [+ OP PARAM=VALUE …]`; the photo is brought to the long edge first.

use std::error::Error;
use std::sync::Arc;

use retake_core::{Photo, PhotoId, Picture, Raster};
use retake_darkroom::render::{Analysis, Plan};
use retake_darkroom::{Operation, Recipe};
use retake_pixels::color::srgb_decode;
use retake_pixels::display::{Space, encode, quantise8};
use retake_pixels::matrix::{REC2020_FROM_SRGB, apply};
use retake_pixels::resize;

fn main() -> Result<(), Box<dyn Error>> {
    let mut words = std::env::args().skip(1).peekable();
    let usage = "usage: look PHOTO OUT.png [EDGE] OP PARAM=VALUE …";
    let (path, out) = (words.next().ok_or(usage)?, words.next().ok_or(usage)?);
    let edge = words.next_if(|w| w.parse::<usize>().is_ok());
    let coded = image::open(path)?.to_rgb8();
    let (width, height) = (coded.width(), coded.height());
    let mut raster = Raster::from_fn(width as usize, height as usize, |x, y| {
        let code = coded.get_pixel(x as u32, y as u32).0;
        apply(
            &REC2020_FROM_SRGB,
            code.map(|c| srgb_decode(f32::from(c) / 255.0)),
        )
    });
    if let Some(edge) = edge {
        let photo = Photo::from_raster(raster, PhotoId([0; 32]));
        raster = resize::fit(&photo, edge.parse()?)?;
    }
    let mut operations: Vec<Operation> = Vec::new();
    for word in words.filter(|w| w != "+") {
        match word.split_once('=') {
            Some((param, value)) => {
                let last = operations.pop().ok_or(usage)?;
                operations.push(last.with(param, value.parse()?));
            }
            None => operations.push(Operation::new(&word)),
        }
    }
    let photo = Photo::from_raster(raster, PhotoId([0; 32]));
    let analysis = Arc::new(Analysis::of(&photo, None)?);
    let (width, height) = photo.size();
    let mut shown =
        Plan::new(&Recipe::of(operations), width, height, analysis).render_whole(&photo);
    encode(&mut shown, Space::Srgb);
    let mut bytes = vec![0u8; 3 * shown.len()];
    let [r, g, b] = &shown.planes;
    quantise8(r, g, b, &mut bytes);
    image::save_buffer(
        out,
        &bytes,
        width as u32,
        height as u32,
        image::ExtendedColorType::Rgb8,
    )?;
    Ok(())
}
