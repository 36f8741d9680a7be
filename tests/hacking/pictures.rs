//! Photos, an honest edit of one, and the edits that only raise rewards; in linear light, with formulas of the tests' own.

use std::path::Path;

use retake_core::Raster;
use retake_files::Limits;
use retake_pixels::resize;

/// A sample photo, all of the same size.
pub(super) fn photo(name: &str) -> Raster {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("assets/photos")
        .join(name);
    let photo = retake_files::open(&path, &Limits::default()).expect("a photo");
    let small = resize::fit(&photo, 320).expect("not stopped");
    resize::raster(&small, 320, 208)
}

fn each(of: &Raster, change: impl Fn([f32; 3]) -> [f32; 3]) -> Raster {
    Raster::from_fn(of.width, of.height, |x, y| change(of.at(x, y)))
}

fn grey([r, g, b]: [f32; 3]) -> f32 {
    0.2627 * r + 0.678 * g + 0.0593 * b
}

/// What "make it warmer" asks for: more red, less blue, as light as before.
pub(super) fn warmer(photo: &Raster) -> Raster {
    each(photo, |rgb| {
        let warm = [rgb[0] * 1.12, rgb[1], rgb[2] * 0.76];
        let scale = grey(rgb) / grey(warm).max(1e-6);
        warm.map(|v| v * scale)
    })
}

/// An unsharp mask far beyond taste: the difference to the mean of the neighbours, three times.
pub(super) fn sharpened(photo: &Raster) -> Raster {
    let (width, height) = (photo.width, photo.height);
    Raster::from_fn(width, height, |x, y| {
        let mut mean = [0.0; 3];
        let mut count = 0.0;
        for ny in y.saturating_sub(2)..(y + 3).min(height) {
            for nx in x.saturating_sub(2)..(x + 3).min(width) {
                let there = photo.at(nx, ny);
                (0..3).for_each(|c| mean[c] += there[c]);
                count += 1.0;
            }
        }
        let here = photo.at(x, y);
        std::array::from_fn(|c| (here[c] + 3.0 * (here[c] - mean[c] / count)).clamp(0.0, 1.0))
    })
}

/// Colours at two and a half times their distance from grey.
pub(super) fn saturated(photo: &Raster) -> Raster {
    each(photo, |rgb| {
        let grey = grey(rgb);
        rgb.map(|v| (grey + 2.5 * (v - grey)).clamp(0.0, 1.0))
    })
}

/// White strokes like letters over the middle.
pub(super) fn lettered(photo: &Raster) -> Raster {
    let mut out = photo.clone();
    for letter in 0..7 {
        let left = 40 + letter * 34;
        for y in 80..128 {
            for x in left..left + 22 {
                let stroke = x < left + 5 || (y - 80) % 21 < 5 || letter % 2 == 0 && x >= left + 17;
                if stroke {
                    out.set(x, y, [0.95; 3]);
                }
            }
        }
    }
    out
}

/// Mean difference of neighbours, over the mean light.
pub(super) fn sharpness(photo: &Raster) -> f32 {
    let (mut sum, mut light) = (0.0, 1e-6);
    for y in 0..photo.height {
        for x in 1..photo.width {
            sum += (grey(photo.at(x, y)) - grey(photo.at(x - 1, y))).abs();
            light += grey(photo.at(x, y));
        }
    }
    sum / light
}

/// Mean distance from grey, over the mean light.
pub(super) fn saturation(photo: &Raster) -> f32 {
    let (mut sum, mut light) = (0.0, 1e-6);
    for y in 0..photo.height {
        for x in 0..photo.width {
            let rgb = photo.at(x, y);
            sum += rgb.map(|v| (v - grey(rgb)).abs()).iter().sum::<f32>();
            light += grey(rgb);
        }
    }
    sum / light
}

/// Mean difference of two pictures of one size.
pub(super) fn changed(a: &Raster, b: &Raster) -> f32 {
    let pairs = a.planes.iter().flatten().zip(b.planes.iter().flatten());
    pairs.map(|(a, b)| (a - b).abs()).sum::<f32>() / (3 * a.len()) as f32
}
