//! Points of photos that must lie inside or outside, and masks that hold still when a photo hardly changes.

use retake_core::{Mask, Raster, Rect, Region, RegionKind};

use crate::color::srgb_decode;
use crate::matrix::{REC2020_FROM_SRGB, apply};

use super::{Regions, assert_points, likeness, mask_of, photo};

#[test]
fn the_sky_over_the_mountains_is_sky_and_snow_rock_and_grass_are_not() {
    assert_points(
        &mask_of(&photo("mountain-path"), RegionKind::Sky),
        &[
            (0.7, 0.05),
            (0.05, 0.08),
            (0.5, 0.15),
            (0.25, 0.3),
            (0.9, 0.08),
        ],
        &[
            (0.6, 0.3),
            (0.86, 0.62),
            (0.1, 0.38),
            (0.2, 0.55),
            (0.7, 0.85),
            (0.2, 0.9),
        ],
    );
}

#[test]
fn the_glow_over_the_meadow_is_sky_and_the_grass_is_not() {
    assert_points(
        &mask_of(&photo("dandelions"), RegionKind::Sky),
        &[(0.3, 0.03), (0.6, 0.03)],
        &[(0.5, 0.6), (0.25, 0.35), (0.8, 0.8)],
    );
}

#[test]
fn rooms_and_forests_have_no_sky() {
    for name in ["astronaut", "brushes", "forest-stream"] {
        let raster = photo(name);
        let regions = Regions::of(&raster);
        let share = regions
            .mask(&Region::of(RegionKind::Sky), raster.width, raster.height)
            .share();
        let confidence = regions.confidence(RegionKind::Sky);
        assert!(
            confidence < 0.3 && share < 0.02,
            "{name}: {confidence} {share}"
        );
    }
}

#[test]
fn the_astronauts_face_is_skin_and_suit_backdrop_and_flag_are_not() {
    let raster = photo("astronaut");
    assert!(Regions::of(&raster).confidence(RegionKind::Skin) > 0.4);
    assert_points(
        &mask_of(&raster, RegionKind::Skin),
        &[(0.41, 0.25), (0.48, 0.245), (0.45, 0.17)],
        &[(0.2, 0.65), (0.65, 0.2), (0.1, 0.2), (0.7, 0.9), (0.6, 0.6)],
    );
}

#[test]
fn streams_and_meadows_have_no_skin() {
    for name in ["forest-stream", "dandelions", "mountain-path"] {
        let confidence = Regions::of(&photo(name)).confidence(RegionKind::Skin);
        assert!(confidence < 0.2, "{name}: {confidence}");
    }
}

#[test]
fn grass_and_leaves_are_foliage_and_sky_rock_and_suits_are_not() {
    assert_points(
        &mask_of(&photo("mountain-path"), RegionKind::Foliage),
        &[(0.2, 0.52), (0.45, 0.7), (0.7, 0.8)],
        &[(0.7, 0.05), (0.55, 0.4), (0.86, 0.62), (0.27, 0.25)],
    );
    assert_points(
        &mask_of(&photo("forest-stream"), RegionKind::Foliage),
        &[(0.2, 0.2), (0.85, 0.12)],
        &[(0.45, 0.8), (0.65, 0.55)],
    );
    assert!(mask_of(&photo("astronaut"), RegionKind::Foliage).share() < 0.01);
}

#[test]
fn the_sharp_dandelion_is_the_subject_and_the_meadow_is_not() {
    let raster = photo("dandelions");
    assert!(Regions::of(&raster).confidence(RegionKind::Subject) > 0.5);
    assert_points(
        &mask_of(&raster, RegionKind::Subject),
        &[(0.3, 0.3), (0.22, 0.3), (0.35, 0.42), (0.3, 0.2)],
        &[
            (0.65, 0.5),
            (0.8, 0.78),
            (0.1, 0.8),
            (0.9, 0.1),
            (0.55, 0.7),
        ],
    );
}

#[test]
fn the_astronaut_is_the_subject_with_head_and_suit() {
    assert_points(
        &mask_of(&photo("astronaut"), RegionKind::Subject),
        &[(0.44, 0.22), (0.38, 0.09), (0.4, 0.6), (0.55, 0.55)],
        &[(0.65, 0.15), (0.95, 0.1), (0.05, 0.1), (0.25, 0.1)],
    );
}

#[test]
fn a_wood_without_a_motif_has_an_unsure_subject() {
    for name in ["forest-stream", "mountain-path"] {
        let confidence = Regions::of(&photo(name)).confidence(RegionKind::Subject);
        assert!(confidence < 0.5, "{name}: {confidence}");
    }
}

/// The regions a photo surely has.
const CLEAR: [(&str, RegionKind); 5] = [
    ("mountain-path", RegionKind::Sky),
    ("mountain-path", RegionKind::Foliage),
    ("dandelions", RegionKind::Subject),
    ("astronaut", RegionKind::Subject),
    ("astronaut", RegionKind::Skin),
];

#[test]
fn half_a_stop_or_a_little_warmth_hardly_moves_the_masks() {
    for (name, kind) in CLEAR {
        let raster = photo(name);
        let plain = mask_of(&raster, kind);
        for gains in [[1.414; 3], [0.707; 3], [1.05, 1.0, 0.93], [0.96, 1.0, 1.06]] {
            let mut changed = raster.clone();
            for (plane, gain) in changed.planes.iter_mut().zip(gains) {
                for value in plane {
                    *value *= gain;
                }
            }
            let like = likeness(&plain, &mask_of(&changed, kind));
            assert!(like > 0.7, "{name} {kind:?} {gains:?}: {like}");
        }
    }
}

#[test]
fn a_mirrored_photo_has_mirrored_masks() {
    for (name, kind) in CLEAR {
        let raster = photo(name);
        let width = raster.width;
        let mirrored = Raster::from_fn(width, raster.height, |x, y| raster.at(width - 1 - x, y));
        let mask = mask_of(&mirrored, kind);
        let back = Mask::from_fn(width, raster.height, |x, y| mask.at(width - 1 - x, y));
        let like = likeness(&mask_of(&raster, kind), &back);
        assert!(like > 0.95, "{name} {kind:?}: {like}");
    }
}

#[test]
fn a_crop_keeps_its_sky() {
    let raster = photo("mountain-path");
    let rect = Rect {
        x0: 40,
        y0: 0,
        x1: 360,
        y1: 240,
    };
    let whole = mask_of(&raster, RegionKind::Sky);
    let part = mask_of(&raster.crop(rect), RegionKind::Sky);
    let cut = Mask::from_fn(320, 240, |x, y| whole.at(x + 40, y));
    assert!(likeness(&part, &cut) > 0.85, "{}", likeness(&part, &cut));
}

#[test]
fn a_disc_on_a_gradient_is_the_subject() {
    let raster = Raster::from_fn(300, 200, |x, y| {
        let inside = (x as f32 - 170.0).hypot(y as f32 - 90.0) < 40.0;
        if inside {
            [0.6, 0.15, 0.1]
        } else {
            [0.1, 0.15 + 0.0005 * x as f32, 0.2]
        }
    });
    let mask = mask_of(&raster, RegionKind::Subject);
    assert_points(
        &mask,
        &[(0.57, 0.45), (0.48, 0.45)],
        &[(0.2, 0.5), (0.9, 0.9), (0.57, 0.8)],
    );
    assert!(Regions::of(&raster).confidence(RegionKind::Subject) > 0.6);
}

#[test]
fn an_overcast_sky_over_dark_land_is_sky() {
    let raster = Raster::from_fn(240, 160, |x, y| {
        let grain = 0.03 * ((x * 7 + y * 13) % 5) as f32;
        if y < 70 {
            [0.75, 0.76, 0.78]
        } else {
            [0.06 + grain, 0.07 + grain, 0.04 + grain]
        }
    });
    let regions = Regions::of(&raster);
    assert!(regions.confidence(RegionKind::Sky) > 0.7);
    assert_points(
        &regions.mask(&Region::of(RegionKind::Sky), 240, 160),
        &[(0.5, 0.2)],
        &[(0.5, 0.7)],
    );
}

/// A clear sky, deep blue above and pale at the horizon, as many a clear day has it.
fn clear_sky(height: f32) -> [f32; 3] {
    let code = [
        60.0 + 140.0 * height,
        125.0 + 105.0 * height,
        205.0 + 45.0 * height,
    ];
    apply(&REC2020_FROM_SRGB, code.map(|c| srgb_decode(c / 255.0)))
}

#[test]
fn the_sky_goes_on_behind_the_cables_of_a_bridge() {
    let raster = Raster::from_fn(480, 300, |x, y| {
        let (u, v) = (x as f32 / 480.0, y as f32 / 300.0);
        let cable = |from: f32, to: f32| (v - from - (to - from) * u).abs() < 0.012;
        let grain = 0.03 * ((x * 7 + y * 13) % 5) as f32;
        if cable(0.3, 0.05) || cable(0.8, 0.45) {
            [0.12, 0.11, 0.1]
        } else if v < 0.85 {
            clear_sky(v / 0.85)
        } else {
            [0.2 + grain, 0.15 + grain, 0.06 + grain]
        }
    });
    assert_points(
        &mask_of(&raster, RegionKind::Sky),
        &[
            (0.2, 0.1),
            (0.5, 0.4),
            (0.9, 0.3),
            (0.15, 0.6),
            (0.6, 0.75),
            (0.9, 0.7),
        ],
        &[(0.2, 0.95), (0.8, 0.95)],
    );
}

#[test]
fn a_lake_under_a_thin_shore_is_not_sky() {
    let raster = Raster::from_fn(480, 300, |x, y| {
        let v = y as f32 / 300.0;
        let grain = 0.02 * ((x * 7 + y * 13) % 5) as f32;
        if v < 0.5 {
            clear_sky(v * 2.0)
        } else if v < 0.53 {
            [0.05 + grain, 0.07 + grain, 0.03 + grain]
        } else {
            let ripple = 0.85 + 0.05 * ((y / 2) % 2) as f32;
            clear_sky(2.0 - 2.0 * v).map(|light| 0.55 * ripple * light)
        }
    });
    assert_points(
        &mask_of(&raster, RegionKind::Sky),
        &[(0.5, 0.1), (0.2, 0.4)],
        &[(0.5, 0.6), (0.3, 0.8)],
    );
}

#[test]
fn the_corners_of_a_night_sky_are_sky_too() {
    let raster = Raster::from_fn(480, 300, |x, y| {
        let (u, v) = (x as f32 / 480.0 - 0.5, y as f32 / 300.0);
        let grain = 0.01 * ((x * 7 + y * 13) % 5) as f32;
        if v < 0.8 {
            let light = (0.25 + v) * (1.0 - 1.6 * u * u);
            [0.018 * light, 0.032 * light, 0.085 * light]
        } else {
            [0.03 + grain, 0.02 + grain, 0.01 + grain]
        }
    });
    assert_points(
        &mask_of(&raster, RegionKind::Sky),
        &[(0.5, 0.1), (0.05, 0.05), (0.95, 0.1), (0.5, 0.6)],
        &[(0.5, 0.95)],
    );
}

#[test]
fn far_hills_in_blue_air_are_not_sky() {
    let raster = Raster::from_fn(480, 300, |x, y| {
        let (u, v) = (x as f32 / 480.0, y as f32 / 300.0);
        let grain = 0.03 * ((x * 7 + y * 13) % 5) as f32;
        let ridge = 0.3 + 0.08 * (u * 7.0).sin();
        let code = if v < ridge - 0.1 {
            [246.0, 249.0, 253.0]
        } else if v < ridge {
            // a bank of cloud that lies on the ridge
            let down = (v - ridge + 0.1) / 0.1;
            [
                246.0 - 110.0 * down,
                249.0 - 105.0 * down,
                253.0 - 90.0 * down,
            ]
        } else if v < 0.65 {
            [128.0, 138.0, 160.0]
        } else {
            return [0.1 + grain, 0.12 + grain, 0.03 + grain];
        };
        apply(&REC2020_FROM_SRGB, code.map(|c| srgb_decode(c / 255.0)))
    });
    assert_points(
        &mask_of(&raster, RegionKind::Sky),
        &[(0.2, 0.05), (0.8, 0.1)],
        &[(0.3, 0.55), (0.8, 0.55), (0.5, 0.9)],
    );
}
