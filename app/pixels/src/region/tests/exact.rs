//! Claims that hold exactly, for any picture: tiles, complements, ranges, sizes, threads; and the speeds.

use proptest::prelude::*;
use retake_core::{Band, Mask, Part, Raster, Rect, Region, RegionKind};

use super::{FOUND, Regions, likeness, mask_of, photo};
use crate::resize;

fn busy(width: usize, height: usize) -> Raster {
    Raster::from_fn(width, height, |x, y| {
        let (u, v) = (x as f32 / width as f32, y as f32 / height as f32);
        let wave = 0.5 + 0.5 * (u * 31.0).sin() * (v * 23.0).cos();
        if v < 0.4 {
            [0.2, 0.35, 0.7]
        } else {
            [0.1 + 0.3 * wave, 0.3 * wave, 0.05]
        }
    })
}

fn every_kind() -> Vec<RegionKind> {
    use RegionKind::*;
    let mut kinds = vec![
        Sky,
        Skin,
        Foliage,
        Subject,
        Background,
        Highlights,
        Midtones,
        Shadows,
        Neutrals,
        LeftHalf,
        RightHalf,
        TopHalf,
        BottomHalf,
        LeftThird,
        RightThird,
        TopThird,
        BottomThird,
        Centre,
        Edges,
        Corners,
        Painted,
    ];
    kinds.extend(Band::ALL.map(Colour));
    kinds
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_tile_is_the_whole_cut_exactly(x in 0usize..90, y in 0usize..70, w in 1usize..60, h in 1usize..50, pick in 0usize..29) {
        let (width, height) = (97, 73);
        let full = busy(width, height);
        let painted = Mask::from_fn(13, 7, |x, y| (x * y) as f32 / 72.0);
        let regions = Regions::of(&busy(61, 46)).with_painted(Some(painted));
        let region = Region::of(every_kind()[pick]);
        let whole = regions.mask_rect(&region, width, height, Rect::whole(width, height), &full);
        let rect = Rect { x0: x, y0: y, x1: (x + w).min(width), y1: (y + h).min(height) };
        let tile = regions.mask_rect(&region, width, height, rect, &full.crop(rect));
        for ty in 0..tile.height {
            for tx in 0..tile.width {
                prop_assert_eq!(tile.at(tx, ty).to_bits(), whole.at(tx + rect.x0, ty + rect.y0).to_bits());
            }
        }
    }

    #[test]
    fn pictures_of_any_size_and_value_give_masks_between_0_and_1(width in 0usize..12, height in 0usize..12, value in prop::num::f32::ANY) {
        let raster = Raster::from_fn(width, height, |x, _| [value, 0.3, x as f32]);
        let regions = Regions::of(&raster);
        for kind in every_kind() {
            let mask = regions.mask_rect(&Region::of(kind), width, height, Rect::whole(width, height), &raster);
            prop_assert!(mask.values.iter().all(|v| (0.0..=1.0).contains(v)), "{:?}", kind);
            prop_assert!((0.0..=1.0).contains(&regions.confidence(kind)), "{:?}", kind);
        }
    }
}

#[test]
fn flat_pictures_of_any_grey_give_finite_masks() {
    for value in [0.0, 0.18, 1.0, 7.0] {
        let raster = Raster::from_fn(64, 48, |_, _| [value; 3]);
        let regions = Regions::of(&raster);
        for kind in every_kind() {
            let mask = regions.mask(&Region::of(kind), 30, 20);
            assert!(
                mask.values.iter().all(|v| (0.0..=1.0).contains(v)),
                "{value} {kind:?}"
            );
        }
    }
}

#[test]
fn everything_but_a_part_and_the_part_add_up_to_one() {
    let raster = busy(80, 60);
    let regions = Regions::of(&raster);
    for kind in every_kind() {
        let rest = Region {
            parts: vec![Part {
                kind,
                inverted: true,
            }],
        };
        let (part, rest) = (
            regions.mask(&Region::of(kind), 80, 60),
            regions.mask(&rest, 80, 60),
        );
        assert!(
            part.values
                .iter()
                .zip(&rest.values)
                .all(|(a, b)| (a + b - 1.0).abs() < 1e-6)
        );
    }
}

#[test]
fn background_is_what_the_subject_is_not() {
    let raster = photo("dandelions");
    let (subject, background) = (
        mask_of(&raster, RegionKind::Subject),
        mask_of(&raster, RegionKind::Background),
    );
    assert!(
        subject
            .values
            .iter()
            .zip(&background.values)
            .all(|(a, b)| (a + b - 1.0).abs() < 1e-6)
    );
}

#[test]
fn a_mask_at_a_large_size_is_the_one_at_the_proxys() {
    let raster = photo("mountain-path");
    let regions = Regions::of(&raster);
    let (w, h) = (raster.width, raster.height);
    let large = resize::raster(&raster, 2 * w + 1, 2 * h + 1);
    for kind in FOUND
        .into_iter()
        .chain([RegionKind::Highlights, RegionKind::LeftThird])
    {
        let region = Region::of(kind);
        let rect = Rect::whole(large.width, large.height);
        let fine = regions.mask_rect(&region, large.width, large.height, rect, &large);
        let coarse = regions.mask(&region, w, h);
        let like = likeness(&resize::mask(&fine, w, h), &coarse);
        // tones are made from each picture's own pixels, and enlarging blurs texture
        assert!(like > 0.9, "{kind:?}: {like}");
    }
}

#[test]
fn an_intersection_lies_within_both_parts() {
    let raster = photo("mountain-path");
    let regions = Regions::of(&raster);
    let part = |kind| Part {
        kind,
        inverted: false,
    };
    let both = Region {
        parts: vec![part(RegionKind::Sky), part(RegionKind::LeftThird)],
    };
    let both = regions.mask(&both, 100, 75);
    for kind in [RegionKind::Sky, RegionKind::LeftThird] {
        let one = regions.mask(&Region::of(kind), 100, 75);
        assert!(
            both.values
                .iter()
                .zip(&one.values)
                .all(|(both, one)| both <= one)
        );
    }
    assert!(both.share() > 0.05);
}

#[test]
fn without_a_painted_mask_painted_means_everywhere_but_is_not_there() {
    let regions = Regions::of(&busy(20, 10));
    assert_eq!(
        regions.mask(&Region::of(RegionKind::Painted), 7, 5),
        Mask::uniform(7, 5, 1.0)
    );
    assert_eq!(regions.confidence(RegionKind::Painted), 0.0);
}

#[test]
fn masks_are_the_same_on_any_number_of_threads() {
    let raster = photo("brushes");
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .expect("threads can be started");
        pool.install(|| FOUND.map(|kind| mask_of(&raster, kind)))
    };
    assert_eq!(on(1), on(3));
}

/// Speeds, for the record: `cargo test -p retake-pixels regions_are_fast -- --ignored --nocapture`.
#[test]
#[ignore = "a measurement, not a claim about results"]
fn regions_are_fast() {
    let raster = resize::raster(&photo("mountain-path"), 512, 384);
    let full = resize::raster(&raster, 6000, 500);
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build()
        .expect("one thread can be started");
    // the best of some turns: other work on the machine only ever adds
    let best = |work: &mut dyn FnMut()| {
        let seconds = (0..7).map(|_| {
            let start = std::time::Instant::now();
            work();
            start.elapsed().as_secs_f64()
        });
        seconds.fold(f64::INFINITY, f64::min)
    };
    pool.install(|| {
        let all = best(&mut || {
            let regions = Regions::of(&raster);
            for kind in FOUND {
                regions.confidence(kind);
            }
        });
        eprintln!("all four kinds: {:.0} ms", all * 1e3);
        let regions = Regions::of(&raster);
        let rect = Rect {
            x0: 0,
            y0: 700,
            x1: 6000,
            y1: 1200,
        };
        use RegionKind::*;
        for kind in [
            Sky,
            Highlights,
            Colour(Band::Orange),
            Neutrals,
            LeftThird,
            Centre,
        ] {
            regions.confidence(kind);
            let seconds = best(&mut || {
                regions.mask_rect(&Region::of(kind), 6000, 4000, rect, &full);
            });
            eprintln!("{kind:?}: {:.1} ns a pixel", seconds * 1e9 / 3e6);
        }
    });
}
