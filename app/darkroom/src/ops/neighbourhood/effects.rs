//! Each spatial operation does what its name says, and its parts have the widths they are asked for.

use retake_core::{Mask, Raster};
use retake_pixels::color::luminance;

use super::tests::{picture, whole};
use super::{Gaussian, reduce};
use crate::ops::dehaze::airlight;
use crate::recipe::Operation;
use crate::render::Tile;
use retake_core::Rect;

fn lights(raster: &Raster) -> Mask {
    Mask::from_fn(raster.width, raster.height, |x, y| {
        luminance(raster.at(x, y))
    })
}

/// Standard deviation over a rectangle.
fn spread(values: &Mask, rect: Rect) -> f32 {
    let mut list = Vec::new();
    for y in rect.y0..rect.y1 {
        list.extend_from_slice(
            &values.values[y * values.width + rect.x0..y * values.width + rect.x1],
        );
    }
    let mean = list.iter().sum::<f32>() / list.len() as f32;
    (list.iter().map(|v| (v - mean) * (v - mean)).sum::<f32>() / list.len() as f32).sqrt()
}

fn middle(raster: &Raster) -> Rect {
    Rect {
        x0: raster.width / 4,
        y0: raster.height / 4,
        x1: raster.width * 3 / 4,
        y1: raster.height * 3 / 4,
    }
}

fn grey(width: usize, height: usize, mut value: impl FnMut(usize, usize) -> f32) -> Raster {
    Raster::from_fn(width, height, |x, y| [value(x, y); 3])
}

/// Seeded noise in [-1, 1].
fn noise() -> impl FnMut() -> f32 {
    let mut state = 3u32;
    move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / 8_388_608.0 - 1.0
    }
}

/// A dark and a bright half with noise of this size.
fn noisy_step(size: f32) -> Raster {
    let mut noise = noise();
    grey(200, 120, |x, _| {
        (if x < 100 { 0.2 } else { 0.6 }) + size * noise()
    })
}

#[test]
fn clarity_raises_and_lowers_local_contrast() {
    let raster = grey(300, 200, |x, y| {
        0.3 + 0.05 * (x as f32 * 0.4).sin() * (y as f32 * 0.4).cos()
    });
    let contrast = |amount: f32| {
        let out = whole(&Operation::new("clarity").with("amount", amount), &raster);
        spread(&lights(&out), middle(&out))
    };
    let plain = contrast(0.0);
    assert!(contrast(60.0) > 1.3 * plain);
    assert!(contrast(-60.0) < 0.8 * plain);
}

#[test]
fn clarity_draws_no_halo_at_a_strong_edge() {
    let raster = grey(300, 100, |x, _| if x < 150 { 0.1 } else { 0.8 });
    let out = whole(&Operation::new("clarity").with("amount", 80.0), &raster);
    for x in (0..300).filter(|x| !(149..=150).contains(x)) {
        let before = raster.at(x, 50)[0];
        let ratio = out.at(x, 50)[0] / before;
        assert!((0.88..1.14).contains(&ratio), "{x}: {ratio}");
    }
}

#[test]
fn negative_texture_smooths_pores_and_keeps_an_outline() {
    let raster = noisy_step(0.02);
    let out = whole(&Operation::new("texture").with("amount", -100.0), &raster);
    let skin = Rect {
        x0: 120,
        y0: 20,
        x1: 190,
        y1: 100,
    };
    assert!(spread(&lights(&out), skin) < 0.5 * spread(&lights(&raster), skin));
    assert!(out.at(103, 60)[0] - out.at(96, 60)[0] > 0.33);
}

#[test]
fn denoise_lowers_noise_and_keeps_the_edge() {
    let raster = noisy_step(0.03);
    let operation = Operation::new("denoise")
        .with("luminance", 70.0)
        .with("detail", 0.0);
    let out = whole(&operation, &raster);
    let flat = Rect {
        x0: 15,
        y0: 15,
        x1: 80,
        y1: 105,
    };
    assert!(spread(&lights(&out), flat) < 0.4 * spread(&lights(&raster), flat));
    assert!(out.at(101, 60)[0] - out.at(98, 60)[0] > 0.3);
}

#[test]
fn colour_denoise_takes_colour_noise_and_leaves_lightness() {
    let mut noise = noise();
    let raster = Raster::from_fn(160, 120, |_, _| {
        let n = 0.05 * noise();
        [0.4 + n, 0.4, 0.4 - n]
    });
    let out = whole(&Operation::new("denoise").with("colour", 80.0), &raster);
    let colour = |r: &Raster| Mask::from_fn(160, 120, |x, y| r.at(x, y)[0] - r.at(x, y)[2]);
    let (before, after) = (colour(&raster), colour(&out));
    assert!(spread(&after, middle(&out)) < 0.35 * spread(&before, middle(&raster)));
}

#[test]
fn dehaze_lowers_the_dark_channel_of_a_hazy_scene_and_negative_raises_it() {
    let clear = |x: usize, y: usize| {
        if (x / 9 + y / 9).is_multiple_of(2) {
            [0.05, 0.2, 0.1]
        } else {
            [0.4, 0.3, 0.02]
        }
    };
    let raster = Raster::from_fn(200, 150, |x, y| {
        let t = if y < 20 { 0.0 } else { 0.4 };
        clear(x, y).map(|c| c * t + 0.85 * (1.0 - t))
    });
    let air = airlight(&raster);
    assert!(air.iter().all(|a| (a - 0.85).abs() < 0.01), "{air:?}");
    let dark = |amount: f32| {
        let out = whole(&Operation::new("dehaze").with("amount", amount), &raster);
        let least = |x, y| out.at(x, y).into_iter().fold(f32::INFINITY, f32::min);
        Mask::from_fn(200, 90, |x, y| least(x, y + 60)).share()
    };
    assert!(dark(70.0) < 0.7 * dark(0.0));
    assert!(dark(-50.0) > 1.05 * dark(0.0));
}

#[test]
fn sharpening_steepens_a_soft_edge_and_hardly_overshoots() {
    let raster = grey(400, 60, |x, _| {
        let t = ((x as f32 - 196.0) / 8.0).clamp(0.0, 1.0);
        0.2 + 0.4 * t * t * (3.0 - 2.0 * t)
    });
    let operation = Operation::new("sharpen")
        .with("amount", 150.0)
        .with("radius", 6.0);
    let out = whole(&operation, &raster);
    let steepest = |r: &Raster| {
        (1..400)
            .map(|x| r.at(x, 30)[0] - r.at(x - 1, 30)[0])
            .fold(0.0, f32::max)
    };
    assert!(steepest(&out) > 1.15 * steepest(&raster));
    assert!(out.planes[0].iter().all(|v| (0.18..0.64).contains(v)));
}

#[test]
fn sharpening_makes_no_colour_fringe() {
    let raster = Raster::from_fn(200, 40, |x, _| {
        if x < 100 {
            [0.3, 0.1, 0.05]
        } else {
            [0.6, 0.2, 0.1]
        }
    });
    let out = whole(&Operation::new("sharpen").with("amount", 200.0), &raster);
    for i in 0..out.len() {
        let ratio = out.planes[0][i] / out.planes[1][i];
        assert!((ratio - 3.0).abs() < 1e-4);
    }
}

#[test]
fn a_gaussian_is_as_wide_as_asked_on_every_grid() {
    for sigma in [1.0f32, 3.0, 5.0, 12.0, 21.0] {
        let raster = grey(401, 5, |x, _| if x == 200 { 100.0 } else { 0.0 });
        let radius = sigma / 401.0 * 100.0;
        let out = whole(
            &Operation::new("gaussian_blur").with("radius", radius.min(5.0)),
            &raster,
        );
        let row = &out.planes[0][2 * 401..3 * 401];
        let sum: f32 = row.iter().sum();
        let variance: f32 = row
            .iter()
            .enumerate()
            .map(|(x, v)| v * (x as f32 - 200.0).powi(2))
            .sum::<f32>()
            / sum;
        let wanted = sigma.min(0.05 * 401.0);
        let relative = variance.sqrt() / wanted;
        assert!((relative - 1.0).abs() < 0.05, "{sigma}: {relative}");
    }
}

#[test]
fn a_point_of_light_becomes_an_even_disc() {
    let raster = grey(
        301,
        301,
        |x, y| if (x, y) == (150, 150) { 400.0 } else { 0.0 },
    );
    let operation = Operation::new("lens_blur")
        .with("radius", 3.0)
        .with("highlights", 0.0);
    let out = whole(&operation, &raster);
    let wanted = 400.0 / (std::f32::consts::PI * 9.03 * 9.03);
    for (dx, dy) in [(0, 0), (4, 0), (0, 6), (5, 4)] {
        let here = out.at(150 + dx, 150 + dy)[0];
        assert!(
            (here / wanted - 1.0).abs() < 0.08,
            "{dx},{dy}: {here} {wanted}"
        );
    }
    assert!(out.at(150 + 12, 150)[0] < 0.02 * wanted);
}

#[test]
fn highlights_make_bright_points_outshine_what_is_around_them() {
    let raster = grey(
        300,
        200,
        |x, y| if (x, y) == (150, 100) { 2.0 } else { 0.2 },
    );
    let glow = |highlights: f32| {
        let operation = Operation::new("lens_blur")
            .with("radius", 2.0)
            .with("highlights", highlights);
        whole(&operation, &raster).at(152, 101)[0]
    };
    assert!(glow(100.0) > 1.5 * glow(0.0));
}

#[test]
fn motion_blur_streaks_along_its_angle_only() {
    let raster = grey(
        200,
        200,
        |x, y| if (x, y) == (100, 100) { 50.0 } else { 0.0 },
    );
    for (angle, dx, dy) in [(0.0, 1.0, 0.0), (90.0, 0.0, 1.0), (30.0, 0.866f32, 0.5f32)] {
        let operation = Operation::new("motion_blur")
            .with("length", 10.0)
            .with("angle", angle);
        let out = whole(&operation, &raster);
        let at = |along: f32, across: f32| {
            let (x, y) = (
                100.0 + along * dx - across * dy,
                100.0 + along * dy + across * dx,
            );
            let (x, y) = (x.round() as usize, y.round() as usize);
            (x - 1..=x + 1)
                .flat_map(|x| (y - 1..=y + 1).map(move |y| (x, y)))
                .map(|(x, y)| out.at(x, y)[0])
                .fold(0.0, f32::max)
        };
        assert!(at(7.0, 0.0) > 1.0 && at(-7.0, 0.0) > 1.0, "{angle}");
        assert!(at(0.0, 5.0) < 1e-3 && at(13.0, 0.0) < 0.01, "{angle}");
    }
}

#[test]
fn bloom_spills_light_from_highlights_and_from_nothing_else() {
    let raster = grey(200, 150, |x, y| {
        if x.abs_diff(100) < 6 && y.abs_diff(75) < 6 {
            2.0
        } else {
            0.1
        }
    });
    let out = whole(&Operation::new("bloom").with("amount", 60.0), &raster);
    assert!(out.at(100, 84)[0] > 0.13);
    let dim = grey(200, 150, |x, _| 0.05 + 0.0005 * x as f32);
    assert_eq!(
        whole(&Operation::new("bloom").with("amount", 60.0), &dim),
        dim
    );
}

#[test]
fn painterly_lowers_texture_and_keeps_an_edge() {
    let raster = noisy_step(0.05);
    let operation = Operation::new("painterly")
        .with("amount", 100.0)
        .with("radius", 1.5);
    let out = whole(&operation, &raster);
    let flat = Rect {
        x0: 15,
        y0: 15,
        x1: 80,
        y1: 105,
    };
    assert!(spread(&lights(&out), flat) < 0.6 * spread(&lights(&raster), flat));
    assert!(out.at(103, 60)[0] - out.at(96, 60)[0] > 0.3);
}

#[test]
fn pixelate_has_one_colour_a_square_and_keeps_the_light() {
    let raster = picture(200, 120);
    let out = whole(&Operation::new("pixelate").with("size", 5.0), &raster);
    for (x, y) in [(0, 0), (37, 61), (199, 119)] {
        assert_eq!(out.at(x, y), out.at(x / 10 * 10, y / 10 * 10));
    }
    let (before, after) = (lights(&raster).share(), lights(&out).share());
    assert!((before - after).abs() < 1e-4 * before);
}

#[test]
fn cells_are_counted_from_the_frame_and_not_from_the_tile() {
    let raster = picture(64, 64);
    let mean = |rect: Rect| {
        let part = raster.crop(rect);
        let tile = Tile {
            raster: &part,
            rect,
            frame_width: 64,
            frame_height: 64,
        };
        reduce(&tile, 8, 1, |rgb, out| out.copy_from_slice(rgb[1]))
    };
    let (all, part) = (
        mean(Rect::whole(64, 64)),
        mean(Rect {
            x0: 13,
            y0: 21,
            x1: 64,
            y1: 64,
        }),
    );
    assert_eq!((part.cells.x0, part.cells.y0), (1, 2));
    // cell (2, 3) of the frame lies wholly in the part
    assert_eq!(
        part.values[part.cells.width + 1],
        all.values[3 * all.cells.width + 2]
    );
}

#[test]
fn gaussian_constants_keep_their_length() {
    for sigma in [0.0f32, 0.1, 0.5, 3.99, 4.0, 7.99, 8.0, 300.0] {
        let mut constants = Vec::new();
        Gaussian::push(sigma, &mut constants);
        assert_eq!(constants.len(), Gaussian::LEN);
        let weights = Gaussian::read(&constants).weights;
        let sum = weights[0] + 2.0 * weights[1..].iter().sum::<f32>();
        assert!((sum - 1.0).abs() < 1e-6);
    }
}
