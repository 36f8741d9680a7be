//! Photos as large as a benchmark wants them.

use std::path::{Path, PathBuf};

/// A sample photo mirrored to all sides and scaled to this size, as a JPEG of quality 92.
pub(crate) fn photo(folder: &Path, width: u32, height: u32) -> PathBuf {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/photos/dandelions.jpg");
    let sample = image::open(sample)
        .expect("the sample photo can be read")
        .to_rgb8();
    let (w, h) = sample.dimensions();
    let tall = image::RgbImage::from_fn(w, h * 2, |x, y| {
        *sample.get_pixel(x, if y < h { y } else { 2 * h - 1 - y })
    });
    let crop =
        image::imageops::crop_imm(&tall, 0, 0, w, (w * height / width).min(2 * h)).to_image();
    let scaled =
        image::imageops::resize(&crop, width, height, image::imageops::FilterType::Triangle);
    let path = folder.join(format!("{width}x{height}.jpg"));
    let file = std::fs::File::create(&path).expect("writable");
    image::codecs::jpeg::JpegEncoder::new_with_quality(file, 92)
        .encode_image(&scaled)
        .expect("a JPEG");
    path
}
