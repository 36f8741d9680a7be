//! Every quantity rises strictly along five strengths of a direct manipulation of pixels, falls along the opposite
//! one, and is unchanged in the source.

use retake_core::{Mask, QUANTITIES, Raster, Rng};

use super::{Q, Reference};
use crate::blur;
use crate::lab::Lab;

pub(super) const WIDTH: usize = 180;
pub(super) const HEIGHT: usize = 120;

/// A made-up landscape: sky, hill, textured ground, a bright lamp, leaves, and a little noise.
pub(super) fn scene() -> Raster {
    let mut rng = Rng::new(5);
    Raster::from_fn(WIDTH, HEIGHT, |x, y| {
        let (u, v) = (x as f32 / WIDTH as f32, y as f32 / HEIGHT as f32);
        let noise = 1.0 + 0.03 * rng.normal();
        let sky = [0.25 + 0.2 * v, 0.35 + 0.2 * v, 0.60 + 0.1 * v];
        let ground = 0.12 + 0.07 * (0.9 * x as f32).sin() * (0.7 * y as f32).cos() + 0.05 * u;
        let mut rgb = if v < 0.45 + 0.1 * (6.0 * u).sin() {
            sky
        } else {
            [ground * 1.2, ground * 1.1, ground * 0.6]
        };
        if (u - 0.75).abs() < 0.08 && v > 0.35 && v < 0.85 {
            rgb = if (x / 3 + y / 4) % 3 == 0 {
                [0.02, 0.09, 0.015]
            } else {
                [0.05, 0.16, 0.03]
            };
        }
        if (u - 0.3).powi(2) + (v - 0.6).powi(2) < 0.006 {
            rgb = [0.95, 0.9, 0.7];
        }
        if (0.45..0.6).contains(&u) && (0.55..0.9).contains(&v) {
            rgb = [0.3, 0.29, 0.275];
        }
        rgb.map(|c| c * noise)
    })
}

fn linear(strength: f32, change: impl Fn(f32, [f32; 3]) -> [f32; 3]) -> Lab {
    let mut raster = scene();
    for y in 0..HEIGHT {
        for x in 0..WIDTH {
            raster.set(x, y, change(strength, raster.at(x, y)));
        }
    }
    Lab::of(&raster)
}

fn mapped(change: impl Fn(usize, &mut f32, &mut f32, &mut f32)) -> Lab {
    let mut lab = Lab::of(&scene());
    for i in 0..lab.len() {
        change(i, &mut lab.l[i], &mut lab.a[i], &mut lab.b[i]);
    }
    lab
}

fn lightness(change: impl Fn(&Lab) -> Vec<f32>) -> Lab {
    let mut lab = Lab::of(&scene());
    lab.l = change(&lab);
    lab
}

/// Adds (or takes off) the difference to a blur of L*.
fn unsharp(strength: f32, sigma_px: f32) -> Lab {
    lightness(|lab| {
        let soft = blur::gaussian(&lab.l, WIDTH, HEIGHT, sigma_px);
        lab.l
            .iter()
            .zip(soft)
            .map(|(l, soft)| l + strength * (l - soft))
            .collect()
    })
}

fn coloured(strength: f32) -> Lab {
    mapped(|_, _, a, b| {
        *a *= 1.0 + 0.6 * strength;
        *b *= 1.0 + 0.6 * strength;
    })
}

fn lifted(strength: f32) -> Lab {
    mapped(|_, l, _, _| *l += 0.15 * strength * (100.0 - *l).min(*l + 20.0))
}

fn turned(degrees: f32) -> Lab {
    let (sin, cos) = degrees.to_radians().sin_cos();
    mapped(|_, _, a, b| (*a, *b) = (*a * cos - *b * sin, *a * sin + *b * cos))
}

fn noisy(strength: f32) -> Lab {
    if strength < 0.0 {
        // all noise of the made-up scene is gone at sigma 1
        return lightness(|lab| blur::gaussian(&lab.l, WIDTH, HEIGHT, 0.3 - 0.8 * strength));
    }
    lightness(|lab| {
        let mut rng = Rng::new(11);
        lab.l
            .iter()
            .map(|l| l + 4.0 * strength * rng.normal())
            .collect()
    })
}

fn streaked(strength: f32) -> Lab {
    lightness(|lab| {
        let along = |i: usize, k: usize| lab.l[i / WIDTH * WIDTH + (i % WIDTH + k).min(WIDTH - 1)];
        let weight = |k: usize| (4.0 * strength - k as f32 + 1.0).clamp(0.0, 1.0);
        let total: f32 = (0..6).map(weight).sum();
        let streak = |i: usize| (0..6).map(|k| weight(k) * along(i, k)).sum::<f32>();
        (0..lab.len()).map(|i| streak(i) / total).collect()
    })
}

fn cornered(strength: f32) -> Lab {
    mapped(|i, l, _, _| {
        let x = (i % WIDTH) as f32 / WIDTH as f32 - 0.5;
        let y = (i / WIDTH) as f32 / HEIGHT as f32 - 0.5;
        *l *= 1.0 - 0.6 * strength * 2.0 * (x * x + y * y);
    })
}

fn glowing(strength: f32) -> Lab {
    lightness(|lab| {
        let lights: Vec<f32> = lab.l.iter().map(|l| (l - 75.0).max(0.0)).collect();
        let halo = blur::gaussian(&lights, WIDTH, HEIGHT, 4.0);
        lab.l
            .iter()
            .zip(halo)
            .map(|(l, halo)| l + strength * halo)
            .collect()
    })
}

fn blocks(strength: f32) -> Lab {
    let side = [1, 2, 3, 4, 6, 9][(strength * 5.0).round() as usize];
    lightness(|lab| {
        (0..lab.len())
            .map(|i| lab.l[i / WIDTH / side * side * WIDTH + i % WIDTH / side * side])
            .collect()
    })
}

fn steps(strength: f32) -> Lab {
    let levels = [100.0, 24.0, 14.0, 8.0, 5.0, 3.0][(strength * 5.0).round() as usize];
    mapped(|_, l, _, _| *l = (*l / 100.0 * levels).round() * 100.0 / levels)
}

/// Smooths where the source is calm and leaves the edges.
fn painted(strength: f32) -> Lab {
    lightness(|lab| {
        let soft = blur::gaussian(&lab.l, WIDTH, HEIGHT, 2.0);
        let slope = super::planes::gradient(&soft, WIDTH, HEIGHT);
        let mix = |i: usize| strength * (1.0 - slope[i] / 4.0).clamp(0.0, 1.0);
        (0..lab.len())
            .map(|i| lab.l[i] + mix(i) * (soft[i] - lab.l[i]))
            .collect()
    })
}

type Manipulation = fn(f32) -> Lab;

/// Quantity, asked hue, a manipulation whose positive strengths raise it, and whether negative ones lower it.
const LADDERS: &[(Q, Option<f32>, Manipulation, bool)] = &[
    (
        Q::Exposure,
        None,
        |s| linear(s, |s, rgb| rgb.map(|c| c * (0.7 * s).exp2())),
        true,
    ),
    (
        Q::Lightness,
        None,
        |s| linear(s, |s, rgb| rgb.map(|c| c * (0.7 * s).exp2())),
        true,
    ),
    (
        Q::Contrast,
        None,
        |s| mapped(|_, l, _, _| *l = 50.0 + (*l - 50.0) * (1.0 + 0.4 * s)),
        true,
    ),
    (Q::Highlights, None, lifted, true),
    (Q::Shadows, None, lifted, true),
    (Q::Whites, None, lifted, true),
    (Q::Blacks, None, lifted, true),
    (
        Q::Warmth,
        None,
        |s| mapped(|_, _, _, b| *b += 15.0 * s),
        true,
    ),
    (Q::Tint, None, |s| mapped(|_, _, a, _| *a += 15.0 * s), true),
    (
        Q::Cast,
        None,
        |s| {
            mapped(|_, _, a, b| {
                *a += 0.3 * s;
                *b += 1.5 * s
            })
        },
        true,
    ),
    (Q::Saturation, None, coloured, true),
    (Q::Vibrance, None, coloured, true),
    (Q::Monochrome, None, coloured, true),
    (Q::Hue, None, |s| turned(40.0 * s), true),
    (
        Q::ShadowTone,
        Some(250.0),
        |s| {
            mapped(|_, l, a, b| {
                if *l < 50.0 {
                    *a -= 4.0 * s;
                    *b -= 11.0 * s
                }
            })
        },
        true,
    ),
    (
        Q::HighlightTone,
        Some(70.0),
        |s| {
            mapped(|_, l, a, b| {
                if *l > 50.0 {
                    *a += 4.0 * s;
                    *b += 11.0 * s
                }
            })
        },
        true,
    ),
    (Q::Fade, None, lifted, true),
    (Q::Sharpness, None, |s| unsharp(s, 1.0), true),
    (Q::Blur, None, |s| unsharp(-s, 1.0), true),
    (Q::MotionBlur, None, streaked, false),
    (Q::Clarity, None, |s| unsharp(0.7 * s, 5.0), true),
    (Q::Texture, None, |s| unsharp(0.8 * s, 0.8), true),
    (
        Q::Haze,
        None,
        |s| linear(s, |s, rgb| rgb.map(|c| c + 0.2 * s * (0.8 - c))),
        true,
    ),
    (Q::Noise, None, noisy, true),
    (Q::Grain, None, noisy, true),
    (Q::Glow, None, glowing, true),
    (Q::Vignette, None, cornered, true),
    (Q::Painterly, None, painted, true),
    (Q::Pixelate, None, blocks, false),
    (Q::Posterise, None, steps, false),
];

fn ladder(quantity: Q) -> Option<&'static (Q, Option<f32>, Manipulation, bool)> {
    LADDERS.iter().find(|ladder| ladder.0 == quantity)
}

#[test]
fn every_quantity_rises_strictly_along_five_strengths_and_falls_along_their_opposites() {
    let source = Reference::new(&scene());
    let mut faults = Vec::new();
    for info in QUANTITIES
        .iter()
        .filter(|info| !info.quantity.is_geometry() && info.quantity != Q::Toning)
    {
        let &(quantity, hue, manipulation, both) =
            ladder(info.quantity).expect("every quantity has a ladder");
        let lowest = if both { -5 } else { 1 };
        let value = |step: i32| match step {
            0 => source.before(quantity, None, hue),
            _ => source.after(quantity, &manipulation(step as f32 / 5.0), None, hue),
        };
        let values: Vec<f32> = (lowest..=5).map(value).collect();
        let from_source = source.before(quantity, None, hue);
        if !values.windows(2).all(|pair| pair[0] < pair[1]) || (!both && values[0] <= from_source) {
            faults.push(format!("{}: {values:?} from {from_source}", info.id));
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn an_untouched_picture_measures_as_its_source() {
    let source = Reference::new(&scene());
    let copy = Lab::of(&scene());
    let left = Mask::from_fn(WIDTH, HEIGHT, |x, _| if x < WIDTH / 3 { 1.0 } else { 0.0 });
    for info in QUANTITIES {
        for region in [None, Some(&left)] {
            for hue in [None, Some(80.0)] {
                let before = source.before(info.quantity, region, hue);
                assert_eq!(
                    before,
                    source.after(info.quantity, &copy, region, hue),
                    "{}",
                    info.id
                );
            }
        }
        if info.definition.ends_with("; 0 in the source.") {
            assert!(
                source.before(info.quantity, None, Some(80.0)).abs() < 1e-4,
                "{}",
                info.id
            );
        }
        if info.unit == "×" {
            assert_eq!(source.before(info.quantity, None, None), 1.0, "{}", info.id);
        }
    }
}

#[test]
fn a_toned_picture_comes_nearer_to_its_hue_the_more_it_is_toned() {
    let source = Reference::new(&scene());
    let (hue, mut last) = (70.0f32, f32::INFINITY);
    for strength in [0.2f32, 0.4, 0.6, 0.8, 1.0] {
        let toned = mapped(|_, _, a, b| {
            let mix = |from: f32, to: f32| from + strength * (to - from);
            *a = mix(*a, 12.0 * hue.to_radians().cos());
            *b = mix(*b, 12.0 * hue.to_radians().sin());
        });
        let off = (source.after(Q::Toning, &toned, None, Some(hue)) - hue).abs();
        assert!(off < last, "{strength}: {off}, was {last}");
        last = off;
    }
    assert!(last < 2.0);
    assert!((source.before(Q::Toning, None, Some(hue)) - hue).abs() > 25.0);
}

#[test]
fn what_happens_outside_the_region_does_not_count() {
    let source = Reference::new(&scene());
    let left = Mask::from_fn(WIDTH, HEIGHT, |x, _| if x < WIDTH / 2 { 1.0 } else { 0.0 });
    let edited = mapped(|i, l, a, b| {
        if i % WIDTH >= WIDTH / 2 {
            (*l, *a, *b) = (*l * 0.5, 30.0, -30.0);
        }
    });
    for quantity in [
        Q::Exposure,
        Q::Lightness,
        Q::Contrast,
        Q::Shadows,
        Q::Whites,
        Q::Warmth,
        Q::Saturation,
        Q::Cast,
    ] {
        let before = source.before(quantity, Some(&left), None);
        assert_eq!(
            before,
            source.after(quantity, &edited, Some(&left), None),
            "{quantity:?}"
        );
    }
}

#[test]
fn evidence_shows_where_the_change_is() {
    let source = Reference::new(&scene());
    let corner = |i: usize| i % WIDTH < 60 && i / WIDTH < 60;
    for &(quantity, hue, manipulation, _) in LADDERS.iter().filter(|ladder| {
        // a glow shows around lights and a split tone in its tones, wherever they are
        !matches!(
            ladder.0,
            Q::Glow | Q::Vignette | Q::ShadowTone | Q::Shadows | Q::Blacks | Q::Fade | Q::Cast
        )
    }) {
        let (mut edited, whole) = (Lab::of(&scene()), manipulation(1.0));
        for i in (0..whole.len()).filter(|&i| corner(i)) {
            (edited.l[i], edited.a[i], edited.b[i]) = (whole.l[i], whole.a[i], whole.b[i]);
        }
        let evidence = source.evidence(quantity, &edited, None, hue);
        let sum = |inside: bool| -> f32 {
            evidence
                .values
                .iter()
                .enumerate()
                .filter(|(i, _)| corner(*i) == inside)
                .map(|(_, v)| v)
                .sum()
        };
        assert!(
            sum(true) > sum(false) && sum(true) > 1.0,
            "{quantity:?}: {} {}",
            sum(true),
            sum(false)
        );
    }
}
