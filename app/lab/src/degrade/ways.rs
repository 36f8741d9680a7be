//! The ways to make an edit worse.

use retake_core::{Photo, PhotoId, Quiet, Raster, Rng};
use retake_files::save::{Format, SaveOptions, encode};
use retake_files::{Limits, decode};
use retake_pixels::blur::gaussian;
use retake_pixels::color::{srgb_decode, srgb_encode};
use retake_pixels::matrix::{REC2020_FROM_SRGB, SRGB_FROM_REC2020, apply};
use retake_pixels::resize;

use super::{Scene, Way, Worse};

/// Shares of the damage that a fault can do.
const FAULTS: &[f32] = &[0.25, 0.5, 0.75];

/// Every way, in the order of the rows.
pub const WAYS: &[Way] = &[
    Way {
        id: "interpolated",
        about: "between source and edit in linear light; worth its share of the way",
        strengths: &[0.0, 0.25, 0.5, 0.75, 1.0],
        label: f64::from,
        make: |scene, share, _| Some(along(scene, share).into()),
    },
    Way {
        id: "over-edited",
        about: "beyond the edit in linear light; worth one half",
        strengths: &[1.5, 2.0],
        label: |_| 0.5,
        make: |scene, share, _| Some(along(scene, share).into()),
    },
    Way {
        id: "blurred",
        about: "the edit out of focus",
        strengths: FAULTS,
        label: less,
        make: |scene, strength, _| Some(blurred(scene.edit, strength).into()),
    },
    Way {
        id: "noisy",
        about: "the edit with noise in its code values",
        strengths: FAULTS,
        label: less,
        make: |scene, strength, rng| Some(noisy(scene.edit, strength, rng).into()),
    },
    Way {
        id: "blocks",
        about: "the edit saved as a JPEG of low quality",
        strengths: FAULTS,
        label: less,
        make: |scene, strength, _| Some(blocks(scene.edit, strength)?.into()),
    },
    Way {
        id: "elsewhere",
        about: "the edit, and something repainted where the edit left the source alone",
        strengths: FAULTS,
        label: less,
        make: |scene, strength, rng| Some(elsewhere(scene, strength, rng).into()),
    },
    Way {
        id: "other-wish",
        about: "the edit as if another case's instruction had been asked; worth nothing",
        strengths: &[1.0],
        label: |_| 0.0,
        make: |scene, _, _| {
            Some(Worse {
                edit: scene.edit.clone(),
                instruction: Some(scene.other?.instruction.clone()),
            })
        },
    },
    Way {
        id: "other-picture",
        about: "another case's edit in place of this one; worth nothing",
        strengths: &[1.0],
        label: |_| 0.0,
        make: |scene, _, _| {
            let (width, height) = (scene.source.width, scene.source.height);
            Some(resize::raster(&scene.other?.edit, width, height).into())
        },
    },
];

/// What damage of a strength leaves.
fn less(strength: f32) -> f64 {
    1.0 - f64::from(strength)
}

/// The source at 0, the edit at 1; light is never below nothing.
fn along(scene: &Scene<'_>, share: f32) -> Raster {
    // exact at both ends: a + 1.0 * (b - a) need not be b
    if share == 0.0 {
        return scene.source.clone();
    }
    if share == 1.0 {
        return scene.edit.clone();
    }
    let mut out = scene.source.clone();
    for (plane, edit) in out.planes.iter_mut().zip(&scene.edit.planes) {
        for (value, edit) in plane.iter_mut().zip(edit) {
            let moved = *value + share * (edit - *value);
            *value = if share > 1.0 { moved.max(0.0) } else { moved };
        }
    }
    out
}

/// A Gaussian of up to 1 % of the long edge, or 2 px in a small picture.
fn blurred(edit: &Raster, strength: f32) -> Raster {
    let long_edge = edit.width.max(edit.height) as f32;
    let sigma_px = strength * (0.01 * long_edge).max(2.0);
    Raster {
        width: edit.width,
        height: edit.height,
        planes: std::array::from_fn(|c| {
            gaussian(&edit.planes[c], edit.width, edit.height, sigma_px)
        }),
    }
}

/// Gaussian noise of up to 0.16 of the range of sRGB's code values, the same in all channels.
fn noisy(edit: &Raster, strength: f32, rng: &mut Rng) -> Raster {
    let sigma = 0.16 * strength;
    Raster::from_fn(edit.width, edit.height, |x, y| {
        let grain = sigma * rng.normal();
        let coded =
            apply(&SRGB_FROM_REC2020, edit.at(x, y)).map(|v| srgb_encode(v.clamp(0.0, 1.0)));
        let coded = coded.map(|v| srgb_decode((v + grain).clamp(0.0, 1.0)));
        apply(&REC2020_FROM_SRGB, coded)
    })
}

/// Through a JPEG of quality 18, 8 or 5 (for a quarter, half and three quarters).
fn blocks(edit: &Raster, strength: f32) -> Option<Raster> {
    let options = SaveOptions {
        format: Format::Jpeg,
        quality: (5.0 / strength - 2.0).round().clamp(1.0, 100.0) as u8,
        ..SaveOptions::default()
    };
    let photo = Photo::from_raster(edit.clone(), PhotoId([0; 32]));
    let bytes = encode(&photo, &options, &Quiet).ok()?;
    let read = decode(&bytes, &Limits::default()).ok()?;
    resize::sized(&read, edit.width, edit.height).ok()
}

/// Places that are tried for a repaint.
const TRIES: usize = 16;

/// The mirrored edit with its channels changed about, in a soft-edged disc of up to a ninth of the picture, where the edit
/// changed least of sixteen places.
fn elsewhere(scene: &Scene<'_>, strength: f32, rng: &mut Rng) -> Raster {
    let edit = scene.edit;
    let (width, height) = (edit.width as f32, edit.height as f32);
    let radius = (strength * width * height / 9.0 / std::f32::consts::PI).sqrt();
    let cover = |(cx, cy): (f32, f32), x: usize, y: usize| {
        let away = (x as f32 + 0.5 - cx).hypot(y as f32 + 0.5 - cy) / radius;
        ((1.0 - away) / 0.15).clamp(0.0, 1.0)
    };
    let changed = |centre: (f32, f32)| {
        let mut sum = 0.0;
        for y in (0..edit.height).step_by(4) {
            for x in (0..edit.width).step_by(4) {
                let (a, b) = (scene.source.at(x, y), edit.at(x, y));
                let apart: f32 = a.iter().zip(b).map(|(a, b)| (a - b).abs()).sum();
                sum += cover(centre, x, y) * apart;
            }
        }
        sum
    };
    let places: Vec<(f32, f32)> = (0..TRIES)
        .map(|_| {
            let inside = |rng: &mut Rng, edge: f32| {
                let room = radius.min(0.5 * edge);
                rng.between(room, edge - room)
            };
            (inside(rng, width), inside(rng, height))
        })
        .collect();
    let least = places
        .iter()
        .min_by(|a, b| changed(**a).total_cmp(&changed(**b)));
    let centre = *least.unwrap_or(&(0.5 * width, 0.5 * height));
    Raster::from_fn(edit.width, edit.height, |x, y| {
        let [r, g, b] = edit.at(edit.width - 1 - x, y);
        let (own, painted, cover) = (edit.at(x, y), [g, b, r], cover(centre, x, y));
        std::array::from_fn(|c| own[c] + cover * (painted[c] - own[c]))
    })
}
