//! Paints the regions that are found in photos over them: `cargo run -p retake-pixels --example regions -- OUT_DIR PHOTO…`.
//! Regions are red, the rest is darkened grey; the confidences go to standard error.

use std::error::Error;
use std::path::Path;
use std::time::Instant;

use retake_core::{Band, Raster, Rect, Region, RegionKind};
use retake_pixels::color::srgb_decode;
use retake_pixels::matrix::{REC2020_FROM_SRGB, apply};
use retake_pixels::region::Regions;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let out = arguments
        .next()
        .ok_or("first the folder to write to, then photos")?;
    for path in arguments {
        let photo = image::open(&path)?.to_rgb8();
        let (width, height) = (photo.width() as usize, photo.height() as usize);
        let source = Raster::from_fn(width, height, |x, y| {
            let code = photo.get_pixel(x as u32, y as u32).0;
            apply(
                &REC2020_FROM_SRGB,
                code.map(|c| srgb_decode(f32::from(c) / 255.0)),
            )
        });
        let regions = Regions::of(&source);
        let start = Instant::now();
        let found = [
            RegionKind::Sky,
            RegionKind::Skin,
            RegionKind::Foliage,
            RegionKind::Subject,
        ];
        let stem = Path::new(&path)
            .file_stem()
            .and_then(|s| s.to_str())
            .unwrap_or("photo")
            .to_string();
        for kind in found {
            let before = Instant::now();
            eprintln!(
                "{stem} {kind:?}: confidence {:.2}, {:.0} ms",
                regions.confidence(kind),
                before.elapsed().as_secs_f32() * 1e3
            );
        }
        eprintln!(
            "{stem}: {:.0} ms in all",
            start.elapsed().as_secs_f32() * 1e3
        );
        let tones = [
            RegionKind::Highlights,
            RegionKind::Midtones,
            RegionKind::Shadows,
            RegionKind::Neutrals,
        ];
        let bands = Band::ALL.map(RegionKind::Colour);
        for kind in found.into_iter().chain(tones).chain(bands) {
            let mask = regions.mask_rect(
                &Region::of(kind),
                width,
                height,
                Rect::whole(width, height),
                &source,
            );
            let mut picture = photo.clone();
            for (pixel, &m) in picture.pixels_mut().zip(&mask.values) {
                let grey = pixel.0.iter().map(|&c| f32::from(c)).sum::<f32>() / 3.0;
                let tint = [255.0, 40.0, 40.0];
                for (c, tint) in pixel.0.iter_mut().zip(tint) {
                    let meant = 0.55 * f32::from(*c) + 0.45 * tint;
                    *c = (m * meant + (1.0 - m) * (0.5 * grey + 0.15 * f32::from(*c))) as u8;
                }
            }
            let name = format!("{kind:?}").to_lowercase().replace(['(', ')'], "");
            picture.save(Path::new(&out).join(format!("{stem}-{name}.png")))?;
        }
    }
    Ok(())
}
