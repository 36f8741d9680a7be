//! Small copies of the sample photos for the tests.

use retake_core::Raster;
use retake_pixels::color::srgb_decode;
use retake_pixels::matrix::{REC2020_FROM_SRGB, apply};
use retake_pixels::resize;

/// A sample photo of at most 512 px, linear Rec.2020.
pub(crate) fn photo(name: &str) -> Raster {
    let end = if name == "astronaut" { "png" } else { "jpg" };
    let path = format!(
        "{}/../../assets/photos/{name}.{end}",
        env!("CARGO_MANIFEST_DIR")
    );
    let codes = image::open(path).expect("a sample photo").to_rgb8();
    let linear: Vec<f32> = (0..=255u8)
        .map(|code| srgb_decode(f32::from(code) / 255.0))
        .collect();
    let (width, height) = (codes.width() as usize, codes.height() as usize);
    let raster = Raster::from_fn(width, height, |x, y| {
        let code = codes.get_pixel(x as u32, y as u32).0;
        apply(&REC2020_FROM_SRGB, code.map(|c| linear[usize::from(c)]))
    });
    let (width, height) = resize::size_within(width, height, 512);
    resize::raster(&raster, width, height)
}
