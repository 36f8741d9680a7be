//! Claims about regions as a whole, and what they share: the small copies of the sample photos and ways to look at masks.

mod exact;
mod finder;
mod photos;

use retake_core::{Mask, Raster, Region, RegionKind};

use super::Regions;
use crate::color::srgb_decode;
use crate::matrix::{REC2020_FROM_SRGB, apply};

const FOUND: [RegionKind; 4] = [
    RegionKind::Sky,
    RegionKind::Skin,
    RegionKind::Foliage,
    RegionKind::Subject,
];

fn photo(name: &str) -> Raster {
    let path = format!("{}/tests_data/{name}.jpg", env!("CARGO_MANIFEST_DIR"));
    let codes = image::open(path)
        .expect("the test photo is in the repository")
        .to_rgb8();
    Raster::from_fn(codes.width() as usize, codes.height() as usize, |x, y| {
        let code = codes.get_pixel(x as u32, y as u32).0;
        apply(
            &REC2020_FROM_SRGB,
            code.map(|c| srgb_decode(f32::from(c) / 255.0)),
        )
    })
}

fn mask_of(raster: &Raster, kind: RegionKind) -> Mask {
    Regions::of(raster).mask(&Region::of(kind), raster.width, raster.height)
}

/// The mask's mean over a small square around a point given as shares of the sides.
fn around(mask: &Mask, u: f32, v: f32) -> f32 {
    let (x, y) = (
        (u * mask.width as f32) as usize,
        (v * mask.height as f32) as usize,
    );
    let (mut sum, mut count) = (0.0, 0.0);
    for y in y.saturating_sub(2)..(y + 3).min(mask.height) {
        for x in x.saturating_sub(2)..(x + 3).min(mask.width) {
            sum += mask.at(x, y);
            count += 1.0;
        }
    }
    sum / count
}

#[track_caller]
fn assert_points(mask: &Mask, inside: &[(f32, f32)], outside: &[(f32, f32)]) {
    for &(u, v) in inside {
        assert!(
            around(mask, u, v) > 0.7,
            "({u}, {v}) should be inside: {}",
            around(mask, u, v)
        );
    }
    for &(u, v) in outside {
        assert!(
            around(mask, u, v) < 0.3,
            "({u}, {v}) should be outside: {}",
            around(mask, u, v)
        );
    }
}

/// Shared weight over joint weight, 1 for the same mask.
fn likeness(a: &Mask, b: &Mask) -> f32 {
    let (mut both, mut either) = (0.0f64, 0.0);
    for (&a, &b) in a.values.iter().zip(&b.values) {
        both += f64::from(a.min(b));
        either += f64::from(a.max(b));
    }
    ((both + 1e-6) / (either + 1e-6)) as f32
}
