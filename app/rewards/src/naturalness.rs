//! *Naturalness*: does the edit still look like a photograph, beside the photo it was made from? From the statistics of fine
//! detail that all photographs share (MSCN coefficients and the generalised Gaussians that fit them, as NIQE has them:
//! Mittal, Soundararajan & Bovik 2013, "Making a Completely Blind Image Quality Analyzer", IEEE SPL 20-3), patch by patch.
//! NIQE holds a picture against a model of many photographs; here it is held against its own source, so that a grainy photo
//! may stay grainy. Beside detail: how strong the colours are, and how much lies at the ends of the scale.
//!
//! It shares no measure with the rewards that choose, knows the instruction only as what is excused, and lets everything
//! pass that honest edits do: it is there to see what an optimiser does to a picture that fools its judge. Changes of the
//! frame, of content and of light are nothing to it.
//!
//! Known failures: fine detail is not told from grain where a photo has little of either, so that grain and sharpening hide
//! in a rough photo; colour that nobody asked for counts soon in a picture that is nearly grey.

use std::collections::BTreeMap;

use rayon::prelude::*;
use retake_core::{
    Dimension, Instruction, Quantity, Raster, Raw, Reason, Reward, RewardInfo, Said, Score,
    ScoreRequest, Scorecard, Stop, Watch, decimals, said,
};
use retake_pixels::display::{Space, encode};
use retake_pixels::statistics::{FEATURES, features};
use retake_pixels::{color, resize};

/// Long edge at which it looks, px.
const EDGE: usize = 512;
/// Side of a patch, px; NIQE's are 96 of pictures about this large.
const PATCH: usize = 96;
/// Share of a patch by which they are set apart.
const STRIDE: usize = PATCH / 2;
/// What an estimate is off by where no patch differs: the deviation that a feature has at least.
const LEAST_DEVIATION: f64 = 0.05;
/// One standard deviation of a score: what crops of the same edit differ by.
const SPREAD: f32 = 0.06;
/// Codes of the ends of the scale, of [0, 1].
const ENDS: (f32, f32) = (1.5 / 255.0, 253.5 / 255.0);
/// A chroma (Oklab) below which a picture is called grey.
const GREY: f32 = 0.03;

/// A sign and what it costs: nothing up to `free`, then e times less of the score for each `scale`.
struct Sign {
    id: &'static str,
    free: f64,
    scale: f64,
    /// asked for, it is free up to so many times as much
    excused: &'static [(f64, &'static [Quantity])],
}

/// Tolerances: `free` is a little more than the most that any edit of ten honest requests had of it (five photos, sixteen
/// edits each) where nobody asked for it, and `excused` times that where it was asked for.
const DETAIL: Sign = Sign {
    id: "fine_detail",
    free: 0.4,
    scale: 0.35,
    excused: &[
        (
            // more light is more of every difference
            2.0,
            &[
                Quantity::Exposure,
                Quantity::Lightness,
                Quantity::Contrast,
                Quantity::Shadows,
                Quantity::Highlights,
            ],
        ),
        (
            4.0,
            &[
                Quantity::Sharpness,
                Quantity::Blur,
                Quantity::MotionBlur,
                Quantity::Clarity,
                Quantity::Texture,
                Quantity::Glow,
                Quantity::Haze,
            ],
        ),
        (
            // grain on a smooth sky is many deviations from it
            10.0,
            &[
                Quantity::Noise,
                Quantity::Grain,
                Quantity::Painterly,
                Quantity::Pixelate,
                Quantity::Posterise,
            ],
        ),
    ],
};
const COLOUR: Sign = Sign {
    id: "strong_colour",
    free: 0.35,
    scale: 0.35,
    excused: &[
        (2.0, &[Quantity::Saturation, Quantity::Vibrance]),
        (1.4, &[Quantity::Toning, Quantity::Warmth, Quantity::Tint]),
    ],
};
const CLIPPED: Sign = Sign {
    id: "ends_of_the_scale",
    free: 0.06,
    scale: 0.12,
    excused: &[(
        2.5,
        &[
            Quantity::Exposure,
            Quantity::Lightness,
            Quantity::Contrast,
            Quantity::Whites,
            Quantity::Blacks,
            Quantity::Highlights,
            Quantity::Shadows,
            Quantity::Posterise,
            Quantity::Saturation,
            Quantity::Vibrance,
            Quantity::Toning,
            Quantity::Warmth,
        ],
    )],
};

/// See the module.
#[derive(Clone, Copy, Debug, Default)]
pub struct Naturalness;

impl Naturalness {
    /// Short name for records and settings.
    pub const ID: &'static str = "naturalness";
}

impl Reward for Naturalness {
    fn info(&self) -> RewardInfo {
        RewardInfo {
            id: Self::ID,
            version: "2",
            dimensions: &[Dimension::GENERATION_QUALITY],
            about: "Holds the statistics of fine detail and colour against the photo's own; for watching over a choice.",
        }
    }

    fn score(&self, group: &ScoreRequest<'_>, watch: &dyn Watch) -> Result<Vec<Scorecard>, Stop> {
        let source = Look::of(group.source);
        group
            .edited
            .par_iter()
            .map(|edited| {
                if watch.stopped() {
                    return Err(Stop::Cancelled);
                }
                Ok(card(&source, &Look::of(edited), group.instruction))
            })
            .collect()
    }
}

/// What is counted of a picture.
struct Look {
    /// mean and variance of each feature over the patches; nothing of a small or flat picture
    detail: Option<([f64; FEATURES], [f64; FEATURES])>,
    /// chroma (Oklab) that one pixel in twenty exceeds
    chroma: f32,
    /// share of the samples at an end of the scale
    clipped: f32,
}

impl Look {
    fn of(raster: &Raster) -> Self {
        let (width, height) = resize::size_within(raster.width, raster.height, EDGE);
        let mut small = resize::raster(raster, width, height);
        for value in small.planes.iter_mut().flatten() {
            *value = if value.is_finite() { *value } else { 0.0 };
        }
        let mut chroma: Vec<f32> = (0..small.len())
            .map(|at| {
                let [_, a, b] = color::oklab(small.planes.each_ref().map(|plane| plane[at]));
                a.hypot(b)
            })
            .filter(|chroma| chroma.is_finite())
            .collect();
        chroma.sort_by(f32::total_cmp);
        encode(&mut small, Space::Srgb);
        let ends = |code: &&f32| **code <= ENDS.0 || **code >= ENDS.1;
        let clipped = small.planes.iter().flatten().filter(ends).count();
        Self {
            detail: detail(&small),
            chroma: chroma.get(chroma.len() * 19 / 20).copied().unwrap_or(0.0),
            clipped: clipped as f32 / (3 * small.len()).max(1) as f32,
        }
    }
}

/// Mean and variance of the features over the patches of a picture of codes in [0, 1].
fn detail(coded: &Raster) -> Option<([f64; FEATURES], [f64; FEATURES])> {
    let side = PATCH.min(coded.width).min(coded.height);
    let starts = |length: usize| (0..=length - side).step_by(STRIDE);
    let patches: Vec<(usize, usize)> = starts(coded.height)
        .flat_map(|y| starts(coded.width).map(move |x| (x, y)))
        .collect();
    let all: Vec<[f64; FEATURES]> = patches
        .par_iter()
        .filter_map(|&(x0, y0)| {
            let grey: Vec<f64> = (0..side * side)
                .map(|at| {
                    let [r, g, b] = coded.at(x0 + at % side, y0 + at / side).map(f64::from);
                    255.0 * (0.299 * r + 0.587 * g + 0.114 * b)
                })
                .collect();
            features(&grey, side, side).map(on_one_scale)
        })
        .collect();
    let count = all.len() as f64;
    if all.is_empty() {
        return None;
    }
    let mean: [f64; FEATURES] =
        std::array::from_fn(|k| all.iter().map(|patch| patch[k]).sum::<f64>() / count);
    let variance = std::array::from_fn(|k| {
        let apart = all.iter().map(|patch| (patch[k] - mean[k]).powi(2));
        apart.sum::<f64>() / count
    });
    Some((mean, variance))
}

/// Of each of the two sizes: shape and variance, then four times shape, mean, left and right variance. Variances count by
/// their logarithm, so that twice as much is as far in a smooth photo as in a rough one.
fn on_one_scale(mut features: [f64; FEATURES]) -> [f64; FEATURES] {
    for size in features.chunks_exact_mut(FEATURES / 2) {
        size[1] = (size[1] + 1e-3).ln();
        for neighbour in size[2..].chunks_exact_mut(4) {
            neighbour[2] = (neighbour[2] + 1e-3).ln();
            neighbour[3] = (neighbour[3] + 1e-3).ln();
        }
    }
    features
}

/// How far two pictures' features lie apart, in deviations of one patch: the root of the mean square, each feature held
/// against what both pictures' patches differ by (NIQE's distance, equation 10, without the covariances that a few patches
/// cannot tell).
fn apart(source: &Look, edited: &Look) -> f64 {
    let (Some((a, va)), Some((b, vb))) = (&source.detail, &edited.detail) else {
        return 0.0;
    };
    let of = |k: usize| {
        let variance = f64::midpoint(va[k], vb[k]) + LEAST_DEVIATION.powi(2);
        (a[k] - b[k]).powi(2) / variance
    };
    ((0..FEATURES).map(of).sum::<f64>() / FEATURES as f64).sqrt()
}

impl Sign {
    /// Share of the score that it leaves.
    fn leaves(&self, amount: f64, asked: &Instruction) -> f64 {
        let goals = &asked.understood.goals;
        let is_asked = |of: &[Quantity]| goals.iter().any(|goal| of.contains(&goal.quantity));
        let excused = self.excused.iter().filter(|(_, of)| is_asked(of));
        let free = self.free * excused.map(|(times, _)| *times).fold(1.0, f64::max);
        (-(amount - free).max(0.0) / self.scale).exp()
    }
}

/// A sign, how much of it there is, and the sentence that says so.
type Told<'a> = (&'a Sign, f64, fn(f64) -> Said);

fn card(source: &Look, edited: &Look, asked: &Instruction) -> Scorecard {
    let stronger = |chroma: f32| f64::from(chroma.max(GREY)).ln();
    let signs: [Told<'_>; 3] = [
        (&DETAIL, apart(source, edited), |amount| {
            said!(
                "Its fine detail is {distance} deviations from the photo's own.",
                distance = decimals(amount, 2)
            )
        }),
        (
            &COLOUR,
            stronger(edited.chroma) - stronger(source.chroma),
            |amount| {
                said!(
                    "Its strongest colours are {times} times the photo's own.",
                    times = decimals(amount.exp(), 2)
                )
            },
        ),
        (
            &CLIPPED,
            f64::from(edited.clipped - source.clipped),
            |amount| {
                said!(
                    "{percent} % more of it lies at the ends of the scale.",
                    percent = decimals(amount * 100.0, 1)
                )
            },
        ),
    ];
    let mut value = 1.0;
    let mut reasons = Vec::new();
    let mut measures = BTreeMap::new();
    for (sign, amount, said) in signs {
        let left = sign.leaves(amount, asked);
        value *= left;
        measures.insert(format!("{}.{}", Naturalness::ID, sign.id), amount);
        if left < 0.99 {
            reasons.push(Reason {
                id: sign.id.to_owned(),
                text: said(amount),
                passed: Some(false).filter(|_| left < 0.9),
                cost: (1.0 - left) as f32,
                check: None,
                evidence: None,
            });
        }
    }
    let score = Score {
        value: value as f32,
        spread: SPREAD,
        reasons,
        evidence: None,
    };
    let mut card = Scorecard::from(BTreeMap::from([(
        Dimension::from(Dimension::GENERATION_QUALITY),
        score,
    )]));
    card.raw.push(Raw {
        reward: Naturalness::ID.to_owned(),
        measures,
        told: Default::default(),
    });
    card
}

#[cfg(test)]
mod tests {
    use retake_core::{Quiet, Rng};

    use super::*;

    /// Soft shapes with a fine texture and moderate colours.
    fn photo() -> Raster {
        let mut rng = Rng::new(11);
        let mut rough = Raster::from_fn(260, 200, |x, y| {
            let (x, y) = (x as f32, y as f32);
            let light = 0.25 + 0.12 * (x / 23.0).sin() * (y / 17.0).cos();
            let texture = 0.05 * rng.normal();
            [
                light * 1.1 + texture,
                light + texture,
                light * 0.85 + texture,
            ]
        });
        for plane in &mut rough.planes {
            let blurred = plane.clone();
            for at in 261..plane.len() - 261 {
                plane[at] = (blurred[at - 1] + 2.0 * blurred[at] + blurred[at + 1]) / 4.0;
                plane[at] = plane[at].max(0.01);
            }
        }
        rough
    }

    fn changed(by: impl Fn([f32; 3], &mut Rng) -> [f32; 3]) -> Raster {
        let (photo, mut rng) = (photo(), Rng::new(3));
        Raster::from_fn(260, 200, |x, y| by(photo.at(x, y), &mut rng))
    }

    fn value(edited: &Raster) -> f32 {
        value_where(&Instruction::default(), edited)
    }

    fn asking(quantity: Quantity) -> Instruction {
        let mut asked = Instruction::default();
        asked.understood.goals.push(retake_core::Goal {
            quantity,
            change: retake_core::Change::Raise,
            amount: retake_core::Amount::Degree(retake_core::Degree::Moderate),
            region: retake_core::Region::whole(),
            words: String::new(),
            weight: 1.0,
        });
        asked
    }

    fn value_where(asked: &Instruction, edited: &Raster) -> f32 {
        let source = photo();
        let group = ScoreRequest {
            source: &source,
            edited: &[edited],
            instruction: asked,
        };
        let cards = Naturalness.score(&group, &Quiet).expect("nothing stops it");
        cards[0]
            .value(Dimension::GENERATION_QUALITY)
            .expect("it is scored")
    }

    #[test]
    fn the_photo_itself_and_honest_changes_of_its_light_are_natural() {
        assert_eq!(value(&photo()), 1.0);
        let brighter = changed(|rgb, _| rgb.map(|v| v * 1.4));
        assert!(value_where(&asking(Quantity::Exposure), &brighter) > 0.95);
        let warmer = changed(|[r, g, b], _| [r * 1.1, g, b * 0.85]);
        assert!(value_where(&asking(Quantity::Warmth), &warmer) > 0.95);
    }

    #[test]
    fn noise_lowers_it_and_more_noise_lowers_it_more() {
        let noisy = |amount: f32| {
            value(&changed(|rgb, rng| {
                let noise = amount * rng.normal();
                rgb.map(|v| v + noise)
            }))
        };
        let (some, much) = (noisy(0.08), noisy(0.2));
        assert!(some < 0.9 && much < some, "{some} {much}");
    }

    #[test]
    fn colours_that_no_photo_has_lower_it() {
        let vivid = value(&changed(|[r, g, b], _| {
            let grey = (r + g + b) / 3.0;
            [r, g, b].map(|v| (grey + 4.0 * (v - grey)).max(0.0))
        }));
        assert!(vivid < 0.6, "{vivid}");
    }

    #[test]
    fn sharpening_until_it_rings_lowers_it() {
        let photo = photo();
        let mut ringing = photo.clone();
        for (plane, from) in ringing.planes.iter_mut().zip(&photo.planes) {
            for at in 260..from.len() - 260 {
                let around = from[at - 1] + from[at + 1] + from[at - 260] + from[at + 260];
                plane[at] = from[at] + 2.5 * (4.0 * from[at] - around) / 4.0;
            }
        }
        assert!(value(&ringing) < 0.8, "{}", value(&ringing));
    }

    #[test]
    fn what_is_asked_is_excused_up_to_a_point() {
        let plain = COLOUR.leaves(0.6, &Instruction::default());
        let asked = asking(Quantity::Saturation);
        assert!(plain < 0.7 && COLOUR.leaves(0.6, &asked) == 1.0);
        assert!(COLOUR.leaves(1.5, &asked) < 0.2);
    }
}
