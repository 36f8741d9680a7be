//! *Motion*: was the thing moved that should move, the way that was said, while the rest stayed? For "move, turn, raise"
//! instructions only; from the flow between source and edit, without weights (after MotionEdit's reward, which weighs
//! magnitude 0.7, direction 0.2 and whether anything moved at all 0.1; there the flow of a target is known, here it is
//! asked that the motion can be seen).
//!
//! Known failures: what has no texture, what turned into another shape and what repeats itself is not followed; a motion
//! farther than a quarter of the picture is not found.

mod flow;
mod words;

use std::collections::BTreeMap;

use rayon::prelude::*;
use retake_core::{
    Dimension, Mask, Raster, Raw, Reason, Reward, RewardInfo, Score, ScoreRequest, Scorecard, Stop,
    Watch, decimals, said,
};
use retake_pixels::lab::Lab;
use retake_pixels::resize;

use flow::{Block, flow};

/// Long edge at which motion is looked for, px.
const EDGE: usize = 192;
/// A block that went less far stayed, as a share of the long edge.
const STAYED: f32 = 0.006;
/// A motion that is this large is plain to see, as a share of the long edge.
const PLAIN: f32 = 0.03;
/// Where more of the picture than this moved together, the frame moved and not a thing in it.
const EVERYTHING: f32 = 0.7;

/// What moved.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Moved {
    /// how far, as the median of what moved: a share of the long edge, 0 where nothing did
    pub magnitude: f32,
    /// which way, to the right and down, of length 1; nothing where nothing moved
    pub direction: (f32, f32),
    /// share of the blocks inside the region that moved
    pub inside: f32,
    /// share of the blocks outside it that moved; of the whole picture where there is no region
    pub outside: f32,
    /// how many blocks could be followed
    pub followed: usize,
}

/// Motion from `source` to `edited`, inside and outside a region.
pub fn moved(source: &Raster, edited: &Raster, region: Option<&Mask>) -> Moved {
    let (width, height) = resize::size_within(source.width, source.height, EDGE);
    let small = |raster: &Raster| Lab::of(&resize::raster(raster, width, height)).l;
    let blocks = flow(&small(source), &small(edited), width, height);
    let region = region.map(|mask| resize::mask(mask, width, height));
    let edge = width.max(height) as f32;
    let within = |block: &&Block| match &region {
        Some(mask) => mask.at(block.x, block.y) > 0.5,
        None => true,
    };
    let went = |block: &&Block| block.dx.hypot(block.dy) > STAYED * edge;
    let share = |all: &[&Block]| {
        let moved = all.iter().filter(|block| went(block)).count();
        moved as f32 / all.len().max(1) as f32
    };
    let (inside, outside): (Vec<&Block>, Vec<&Block>) = blocks.iter().partition(within);
    let moving: Vec<&Block> = inside.iter().copied().filter(|block| went(block)).collect();
    let Some((dx, dy)) = middle(&moving) else {
        return Moved {
            outside: share(&outside),
            followed: blocks.len(),
            ..Moved::default()
        };
    };
    let length = dx.hypot(dy);
    Moved {
        magnitude: length / edge,
        direction: (dx / length.max(1e-6), dy / length.max(1e-6)),
        inside: share(&inside),
        outside: match region {
            Some(_) => share(&outside),
            None => share(&inside),
        },
        followed: blocks.len(),
    }
}

/// The median of the motions, each coordinate by itself.
fn middle(blocks: &[&Block]) -> Option<(f32, f32)> {
    let median = |of: fn(&Block) -> f32| {
        let mut values: Vec<f32> = blocks.iter().map(|block| of(block)).collect();
        values.sort_by(f32::total_cmp);
        values.get(values.len() / 2).copied()
    };
    Some((median(|block| block.dx)?, median(|block| block.dy)?))
}

/// See the module.
#[derive(Clone, Copy, Debug, Default)]
pub struct Motion;

impl Motion {
    /// Short name for records and settings.
    pub const ID: &'static str = "motion";
    /// The dimension that it fills.
    pub const DIMENSION: &'static str = "motion";
}

impl Reward for Motion {
    fn info(&self) -> RewardInfo {
        RewardInfo {
            id: Self::ID,
            version: "1",
            dimensions: &[Self::DIMENSION],
            about: "Follows what moved, where something was to move.",
        }
    }

    fn score(&self, group: &ScoreRequest<'_>, watch: &dyn Watch) -> Result<Vec<Scorecard>, Stop> {
        let understood = &group.instruction.understood;
        // "raise the shadows" is light, and is measured as such
        let measured = !understood.goals.is_empty()
            && understood.generative.is_empty()
            && understood.not_understood.is_empty();
        let asked = words::asked(&group.instruction.text).filter(|_| !measured);
        let Some(asked) = asked else {
            return Ok(vec![Scorecard::default(); group.edited.len()]);
        };
        if watch.stopped() {
            return Err(Stop::Cancelled);
        }
        let mask = group.instruction.mask.as_ref();
        let cards = group.edited.par_iter().map(|edited| {
            let seen = moved(group.source, edited, mask);
            card(seen, asked.direction, mask.is_some())
        });
        Ok(cards.collect())
    }
}

fn card(seen: Moved, direction: Option<(f32, f32)>, masked: bool) -> Scorecard {
    let dimension = Dimension::from(Motion::DIMENSION);
    if seen.followed == 0 {
        return Scorecard {
            unknown: [(
                dimension,
                said!("Nothing in this edit has enough texture to be followed."),
            )]
            .into(),
            ..Scorecard::default()
        };
    }
    let any = f32::from(u8::from(seen.magnitude > 0.0));
    let magnitude = (seen.magnitude / PLAIN).min(1.0);
    let aim = direction.map_or(any, |(x, y)| {
        (x * seen.direction.0 + y * seen.direction.1).max(0.0)
    });
    let still = match masked {
        true => 1.0 - seen.outside,
        false => 1.0 - ((seen.outside - EVERYTHING) / (1.0 - EVERYTHING)).clamp(0.0, 1.0),
    };
    let value = (0.7 * magnitude * aim.max(0.3) + 0.2 * aim + 0.1 * any) * still;
    let percent = |share: f32| decimals(share * 100.0, 1);
    let text = match seen.magnitude > 0.0 {
        true => said!(
            "It moved by {far} % of the picture; {rest} % of the rest moved too.",
            far = percent(seen.magnitude),
            rest = percent(seen.outside)
        ),
        false => said!("Nothing moved."),
    };
    let score = Score {
        value,
        spread: 0.1 + 0.2 / (seen.followed as f32).sqrt(),
        reasons: vec![Reason {
            id: "motion".to_owned(),
            text,
            passed: Some(value >= 0.5),
            cost: 1.0 - value,
            check: None,
            evidence: None,
        }],
        evidence: None,
    };
    let measures = [
        ("motion.magnitude", seen.magnitude),
        ("motion.inside", seen.inside),
        ("motion.outside", seen.outside),
        ("motion.right", seen.direction.0),
        ("motion.down", seen.direction.1),
    ];
    Scorecard {
        scores: [(dimension, score)].into(),
        raw: vec![Raw {
            reward: Motion::ID.to_owned(),
            measures: measures
                .map(|(name, value)| (name.to_owned(), f64::from(value)))
                .into(),
            told: Default::default(),
        }],
        unknown: BTreeMap::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use retake_core::{Instruction, Quiet};

    /// Texture without a pattern that repeats.
    fn grain(x: usize, y: usize, seed: usize) -> f32 {
        let cell = (x / 3 * 73_856_093) ^ (y / 3 * 19_349_663) ^ (seed * 83_492_791);
        ((cell.wrapping_mul(2_654_435_761) >> 7) % 997) as f32 / 997.0
    }

    /// A textured square of 48 px on a textured ground of 192 × 144, at this place.
    fn scene(left: usize, top: usize) -> Raster {
        Raster::from_fn(192, 144, |x, y| {
            let on = (left..left + 48).contains(&x) && (top..top + 48).contains(&y);
            let light = match on {
                true => 0.3 + 0.5 * grain(x - left, y - top, 7),
                false => 0.05 + 0.2 * grain(x, y, 1),
            };
            [light; 3]
        })
    }

    fn scored(text: &str, edited: &Raster) -> Scorecard {
        let source = scene(40, 40);
        let instruction = Instruction {
            text: text.to_owned(),
            ..Instruction::default()
        };
        let group = ScoreRequest {
            source: &source,
            edited: &[edited],
            instruction: &instruction,
        };
        Motion.score(&group, &Quiet).expect("scored").remove(0)
    }

    #[test]
    fn a_thing_that_was_moved_is_followed_within_a_tenth() {
        for (dx, dy) in [(12, 0), (20, -8), (-16, 10), (36, 0)] {
            let to = scene((40 + dx) as usize, (40 + dy) as usize);
            let seen = moved(&scene(40, 40), &to, None);
            let wanted = (dx as f32).hypot(dy as f32);
            let found = seen.magnitude * 192.0;
            assert!((found / wanted - 1.0).abs() < 0.1, "{dx} {dy}: {found}");
            let along = (seen.direction.0 * dx as f32 + seen.direction.1 * dy as f32) / wanted;
            assert!(along > 0.98, "{dx} {dy}: {:?}", seen.direction);
        }
    }

    #[test]
    fn nothing_moves_in_the_photo_as_it_was_nor_in_a_brighter_one() {
        let source = scene(40, 40);
        let mut brighter = source.clone();
        for plane in &mut brighter.planes {
            plane
                .iter_mut()
                .for_each(|value| *value = 0.1 + *value * 1.1);
        }
        for edited in [&source, &brighter] {
            let seen = moved(&source, edited, None);
            assert_eq!(seen.magnitude, 0.0, "{seen:?}");
            assert!(seen.followed > 50);
        }
    }

    #[test]
    fn the_way_that_was_said_counts() {
        let right = scene(60, 40);
        let value = |text| {
            scored(text, &right)
                .value(Motion::DIMENSION)
                .expect("asked")
        };
        assert!(value("move the square to the right") > 0.8);
        assert!(value("move the square to the left") < 0.4);
        assert!(value("schieb das Quadrat nach rechts") > 0.8);
    }

    #[test]
    fn a_copy_has_not_moved_anything() {
        let value = scored("move the square to the right", &scene(40, 40)).value(Motion::DIMENSION);
        assert_eq!(value, Some(0.0));
    }

    #[test]
    fn a_frame_that_moved_as_a_whole_is_no_motion_of_a_thing() {
        let source = scene(40, 40);
        let shifted = Raster::from_fn(192, 144, |x, y| source.at(x.saturating_sub(10), y));
        let whole = scored("move the square to the right", &shifted);
        let thing = scored("move the square to the right", &scene(50, 40));
        let of = |card: &Scorecard| card.value(Motion::DIMENSION).expect("asked");
        assert!(
            of(&whole) < of(&thing) - 0.4,
            "{} {}",
            of(&whole),
            of(&thing)
        );
    }

    #[test]
    fn what_moved_outside_the_painted_place_counts_against_it() {
        let mask = Mask::from_fn(192, 144, |x, y| {
            if (36..112).contains(&x) && (36..92).contains(&y) {
                1.0
            } else {
                0.0
            }
        });
        let still = moved(&scene(40, 40), &scene(56, 40), Some(&mask));
        assert!(still.outside < 0.05 && still.inside > 0.3, "{still:?}");
    }

    #[test]
    fn who_asks_for_no_motion_is_told_of_none() {
        let card = scored("make it warmer", &scene(60, 40));
        assert!(card.scores.is_empty() && card.unknown.is_empty());
    }

    #[test]
    fn a_picture_without_texture_is_unknown() {
        let flat = Raster::from_fn(192, 144, |_, _| [0.3; 3]);
        let instruction = Instruction {
            text: "move it up".to_owned(),
            ..Instruction::default()
        };
        let group = ScoreRequest {
            source: &flat,
            edited: &[&flat],
            instruction: &instruction,
        };
        let card = Motion.score(&group, &Quiet).expect("scored").remove(0);
        assert!(card.unknown.contains_key(&Motion::DIMENSION.into()));
    }
}
