//! The pictures that the tests degrade: two sample photos, shrunk, and a made-up scene with a sky, a wall and texture.

use std::path::Path;
use std::sync::LazyLock;

use retake_core::{Raster, Rng};
use retake_pixels::color::srgb_decode;
use retake_pixels::matrix::{REC2020_FROM_SRGB, apply};
use retake_pixels::resize;

/// Long edge of all test pictures, px.
pub(crate) const EDGE: usize = 288;

pub(crate) fn photo(name: &str) -> Raster {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../assets/photos")
        .join(name);
    let image = image::open(&path)
        .expect("the sample photos are in the repository")
        .into_rgb8();
    let (width, height) = (image.width() as usize, image.height() as usize);
    let linear: Vec<f32> = (0..256)
        .map(|code| srgb_decode(code as f32 / 255.0))
        .collect();
    let mut raster = Raster::new(width, height);
    for (i, pixel) in image.pixels().enumerate() {
        let rgb = apply(
            &REC2020_FROM_SRGB,
            pixel.0.map(|code| linear[usize::from(code)]),
        );
        for (plane, value) in raster.planes.iter_mut().zip(rgb) {
            plane[i] = value;
        }
    }
    let (width, height) = resize::size_within(width, height, EDGE);
    resize::raster(&raster, width, height)
}

/// A sky that grows lighter towards the horizon, hills, a grey wall, leaves, and a little sensor noise.
pub(crate) fn scene() -> Raster {
    let mut rng = Rng::new(3);
    let (width, height) = (EDGE, 192);
    Raster::from_fn(width, height, |x, y| {
        let (u, v) = (x as f32 / width as f32, y as f32 / height as f32);
        let hills = 0.55 + 0.06 * (u * 9.0).sin() + 0.03 * (u * 23.0).cos();
        let leaf = ((x * 7 + y * 13) % 11) as f32 / 11.0 * ((x / 5 + y / 4) % 3) as f32 / 2.0;
        let srgb = if v < hills {
            let t = v / hills;
            [0.30 + 0.35 * t, 0.48 + 0.30 * t, 0.78 + 0.12 * t]
        } else if u > 0.62 && v > 0.6 {
            let brick = if (y / 9) % 2 == 0 || (x / 17) % 4 == 0 {
                0.52
            } else {
                0.60
            };
            [brick, brick, brick]
        } else {
            [0.16 + 0.22 * leaf, 0.26 + 0.34 * leaf, 0.10 + 0.12 * leaf]
        };
        let linear = srgb.map(|value| srgb_decode(value + 0.004 * rng.normal()));
        apply(&REC2020_FROM_SRGB, linear)
    })
}

pub(crate) static PICTURES: LazyLock<Vec<(&'static str, Raster)>> = LazyLock::new(|| {
    vec![
        ("made-up scene", scene()),
        ("astronaut", photo("astronaut.png")),
        ("brushes", photo("brushes.jpg")),
        ("mountain path", photo("mountain-path.jpg")),
    ]
});

pub(crate) fn picture(name: &str) -> &'static Raster {
    &PICTURES
        .iter()
        .find(|(known, _)| *known == name)
        .expect("a known picture")
        .1
}
