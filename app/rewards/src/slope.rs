//! How following and preservation change with the pixels of an edit, for guidance by gradients: a smooth stand-in for two
//! of the scores. Of following it knows the goals whose quantity is a mean over pixels, of preservation the colours outside
//! the asked region. An edit that it is led by is scored by the whole of the rewards afterwards.

use retake_core::{Eyes, Instruction, Raster, Slope};
use retake_pixels::color::rgb_slope_from_lab;
use retake_pixels::lab::Lab;
use retake_pixels::measure::Reference;
use retake_pixels::region::Regions;

use crate::align::Alignment;
use crate::asked::Asked;
use crate::group::Parts;

/// A colour difference (ΔE*ab) outside the region that costs half.
const HALF_LOST: f32 = 10.0;
/// The shortest way to an aim, in the quantity's unit: what is there already still holds.
const LEAST_WAY: f32 = 0.05;

/// 1 − x²/(1 + x²) and its slope: 1 at 0, a half at 1, and never below 0 (Geman & McClure 1985).
fn near(x: f32) -> (f32, f32) {
    let square = x * x;
    (
        1.0 / (1.0 + square),
        -2.0 * x / ((1.0 + square) * (1.0 + square)),
    )
}

/// The mean of both parts, as far as they are wanted, and its slope. `None` where no goal has a slope: what only keeps
/// everything leads to an untouched copy.
pub(crate) fn of(
    source: &Raster,
    edited: &Raster,
    instruction: &Instruction,
    eyes: &Eyes,
    parts: Parts,
) -> Option<Slope> {
    let same = (source.width, source.height) == (edited.width, edited.height);
    let goals = &instruction.understood.goals;
    if !parts.following
        || !same
        || source.is_empty()
        || goals.iter().any(|goal| goal.quantity.is_geometry())
    {
        return None;
    }
    let regions = Regions::of(source)
        .with_painted(instruction.mask.clone())
        .with_finder(eyes.subject.clone());
    let source_lab = Lab::of(source);
    let alignment = Alignment::find(source, &source_lab, edited, instruction);
    let asked = Asked::of(instruction, &regions, &alignment);
    let reference = Reference::of(source_lab);
    let lab = Lab::of(edited);
    let mut by_lab = vec![[0.0f32; 3]; lab.len()];
    let mut value = following(&reference, &lab, instruction, &asked, &mut by_lab)?;
    if parts.detail
        && let Some(kept) = preserving(&reference, &lab, &asked, &mut by_lab)
    {
        value = 0.5 * (value + kept);
        by_lab.iter_mut().flatten().for_each(|slope| *slope *= 0.5);
    }
    let width = edited.width;
    Some(Slope {
        value,
        by_pixel: Raster::from_fn(width, edited.height, |x, y| {
            rgb_slope_from_lab(edited.at(x, y), by_lab[y * width + x])
        }),
    })
}

/// How near each goal is to its aim, in ways from the source to the aim; their weighted mean.
fn following(
    reference: &Reference,
    lab: &Lab,
    instruction: &Instruction,
    asked: &Asked,
    by_lab: &mut [[f32; 3]],
) -> Option<f32> {
    let goals = instruction.understood.goals.iter().zip(&asked.places);
    let sloped: Vec<_> = goals
        .filter_map(|(goal, place)| {
            let (now, slopes) = reference.slope(goal.quantity, lab, place.as_ref())?;
            let before = reference.before(goal.quantity, place.as_ref(), None);
            let aim = goal.asked(before).aim;
            let way = (aim - before).abs().max(LEAST_WAY);
            Some((goal.weight.max(0.0), (now - aim) / way, way, slopes))
        })
        .collect();
    let total: f32 = sloped.iter().map(|(weight, ..)| weight).sum();
    if total <= 0.0 {
        return None;
    }
    let mut value = 0.0;
    for (weight, off, way, slopes) in sloped {
        let (credit, slope) = near(off);
        value += weight / total * credit;
        let by = weight / total * slope / way;
        for (sum, slopes) in by_lab.iter_mut().zip(slopes) {
            for (sum, slope) in sum.iter_mut().zip(slopes) {
                *sum += by * slope;
            }
        }
    }
    Some(value)
}

/// How near the colours outside the asked region are to the source's; `None` where all of the picture is meant.
fn preserving(
    reference: &Reference,
    lab: &Lab,
    asked: &Asked,
    by_lab: &mut [[f32; 3]],
) -> Option<f32> {
    let inside = asked.inside.as_ref()?;
    let before = reference.lab();
    // the soft edge of a mask belongs to the inside
    let outside = |i: usize| (1.0 - 2.5 * inside.values[i]).max(0.0);
    let total: f32 = (0..lab.len()).map(outside).sum();
    if total < 1.0 {
        return None;
    }
    let mut value = 0.0;
    for (i, by_lab) in by_lab.iter_mut().enumerate() {
        let share = outside(i) / total;
        if share == 0.0 {
            continue;
        }
        let apart = [
            lab.l[i] - before.l[i],
            lab.a[i] - before.a[i],
            lab.b[i] - before.b[i],
        ];
        let square: f32 = apart.iter().map(|d| (d / HALF_LOST).powi(2)).sum();
        value += share / (1.0 + square);
        for (sum, apart) in by_lab.iter_mut().zip(apart) {
            *sum -= share * 2.0 * apart / (HALF_LOST * HALF_LOST * (1.0 + square).powi(2));
        }
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    use retake_core::{Amount, Change, Goal, Mask, Quantity, Region, Rng, Understanding};

    use super::*;

    fn photo() -> Raster {
        let mut rng = Rng::new(4);
        Raster::from_fn(24, 18, |x, y| {
            [0.15 + x as f32 / 60.0, 0.3, 0.2 + y as f32 / 60.0].map(|v| v + 0.1 * rng.uniform())
        })
    }

    fn asked(quantities: &[Quantity], mask: Option<Mask>) -> Instruction {
        let goal = |&quantity: &Quantity| Goal {
            quantity,
            change: Change::Raise,
            amount: Amount::default(),
            region: Region::whole(),
            words: String::new(),
            weight: 1.0,
        };
        Instruction {
            understood: Understanding {
                goals: quantities.iter().map(goal).collect(),
                ..Understanding::default()
            },
            mask,
            ..Instruction::default()
        }
    }

    fn left_half() -> Mask {
        Mask::from_fn(24, 18, |x, _| if x < 12 { 1.0 } else { 0.0 })
    }

    fn slope(edited: &Raster, instruction: &Instruction) -> Option<Slope> {
        of(&photo(), edited, instruction, &Eyes::default(), Parts::ALL)
    }

    /// A little off the photo, everywhere otherwise.
    fn edit() -> Raster {
        let mut rng = Rng::new(5);
        let mut edit = photo();
        for value in edit.planes.iter_mut().flatten() {
            *value += 0.04 * rng.uniform();
        }
        edit
    }

    #[test]
    fn the_slope_is_that_of_small_differences() {
        let quantities = [Quantity::Warmth, Quantity::Lightness, Quantity::Saturation];
        for mask in [None, Some(left_half())] {
            let instruction = asked(&quantities, mask);
            let at = |edited: &Raster| slope(edited, &instruction).expect("a slope");
            let edit = edit();
            let found = at(&edit);
            let mut rng = Rng::new(6);
            let way: Vec<f32> = (0..3 * edit.len()).map(|_| rng.normal()).collect();
            let moved = |by: f32| {
                let mut moved = edit.clone();
                for (value, way) in moved.planes.iter_mut().flatten().zip(&way) {
                    *value += by * way;
                }
                at(&moved).value
            };
            let slopes = found.by_pixel.planes.iter().flatten();
            let along: f32 = slopes.zip(&way).map(|(slope, way)| slope * way).sum();
            let difference = (moved(0.002) - moved(-0.002)) / 0.004;
            assert!(
                // colours beyond sRGB are brought into it before they are measured
                (along - difference).abs() < 0.06 * difference.abs().max(0.05),
                "{along} {difference}"
            );
        }
    }

    #[test]
    fn going_up_the_slope_does_what_is_asked_and_keeps_the_rest() {
        let instruction = asked(&[Quantity::Warmth], Some(left_half()));
        let mut edit = edit();
        let before = slope(&edit, &instruction).expect("a slope");
        for _ in 0..60 {
            let found = slope(&edit, &instruction).expect("a slope");
            for (value, slope) in edit
                .planes
                .iter_mut()
                .flatten()
                .zip(found.by_pixel.planes.iter().flatten())
            {
                *value = (*value + 0.5 * slope).clamp(0.0, 1.0);
            }
        }
        let after = slope(&edit, &instruction).expect("a slope");
        assert!(
            after.value > before.value + 0.1,
            "{} {}",
            before.value,
            after.value
        );
        let blue = |picture: &Raster| picture.planes[2].iter().sum::<f32>();
        assert!(blue(&edit) < blue(&self::edit()), "warmer is less blue");
    }

    #[test]
    fn what_has_no_slope_leads_nowhere() {
        for quantities in [&[][..], &[Quantity::Sharpness], &[Quantity::Aspect]] {
            assert_eq!(slope(&edit(), &asked(quantities, Some(left_half()))), None);
        }
    }
}
