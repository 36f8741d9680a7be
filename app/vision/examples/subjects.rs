//! Paints the subject that is found in photos over them: `cargo run -p retake-vision --example subjects -- OUT_DIR PHOTO…`.
//! The subject is red, the rest darkened grey, as the photo's own edges refine it; how sure it is goes to standard error.

use std::error::Error;
use std::path::Path;
use std::sync::Arc;

use retake_core::{Raster, Rect, Region, RegionKind};
use retake_pixels::color::srgb_decode;
use retake_pixels::matrix::{REC2020_FROM_SRGB, apply};
use retake_pixels::region::Regions;
use retake_vision::subject::TrainedFinder;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let out = arguments
        .next()
        .ok_or("first the folder to write to, then photos")?;
    let finder = Arc::new(TrainedFinder::default());
    for path in arguments {
        let photo = image::open(&path)?;
        let photo = photo.thumbnail(1600, 1600).to_rgb8();
        let (width, height) = (photo.width() as usize, photo.height() as usize);
        let source = Raster::from_fn(width, height, |x, y| {
            let code = photo.get_pixel(x as u32, y as u32).0;
            let linear = code.map(|c| srgb_decode(f32::from(c) / 255.0));
            apply(&REC2020_FROM_SRGB, linear)
        });
        let stem = Path::new(&path)
            .file_stem()
            .map_or("photo".into(), |stem| stem.to_string_lossy());
        let by_rule = Regions::of(&source);
        let trained = Regions::of(&source).with_finder(Some(finder.clone()));
        for (how, regions) in [("rule", by_rule), ("trained", trained)] {
            let sure = regions.confidence(RegionKind::Subject);
            eprintln!("{stem}, {how}: confidence {sure:.2}");
            let region = Region::of(RegionKind::Subject);
            let whole = Rect::whole(width, height);
            let mask = regions.mask_rect(&region, width, height, whole, &source);
            let mut picture = photo.clone();
            for (pixel, &m) in picture.pixels_mut().zip(&mask.values) {
                let grey = pixel.0.iter().map(|&c| f32::from(c)).sum::<f32>() / 3.0;
                for (c, tint) in pixel.0.iter_mut().zip([255.0, 40.0, 40.0]) {
                    let meant = 0.6 * f32::from(*c) + 0.4 * tint;
                    *c = (m * meant + (1.0 - m) * (0.5 * grey + 0.15 * f32::from(*c))) as u8;
                }
            }
            picture.save(Path::new(&out).join(format!("{stem}-{how}.png")))?;
        }
    }
    Ok(())
}
