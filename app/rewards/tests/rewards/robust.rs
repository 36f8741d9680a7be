//! Any picture gets a finite score in its range, and always the same one.

use proptest::prelude::*;
use retake_core::{
    Amount, Change, Degree, Dimension, Goal, Instruction, Mask, QUANTITIES, Quiet, Raster,
    ScoreRequest, Stop, Watch,
};
use retake_rewards::REWARDS;

use crate::asking::*;
use crate::degrade::*;
use crate::pictures::picture;

/// Every quantity, in every way it can be asked.
fn everything() -> Instruction {
    let mut goals: Vec<Goal> = Vec::new();
    for info in QUANTITIES {
        goals.push(raise(info.quantity, Degree::Moderate));
        goals.push(goal(
            info.quantity,
            Change::Set,
            Amount::Hue(80.0, Degree::Strong),
        ));
    }
    instruction(&goals)
}

fn sound(source: &Raster, edited: &[Raster], instruction: &Instruction) {
    for card in cards(source, edited, instruction) {
        for name in Dimension::CANONICAL {
            let score = of(&card, name);
            assert!(
                (0.0..=1.0).contains(&score.value),
                "{name}: {}",
                score.value
            );
            assert!(
                (0.0..=0.5).contains(&score.spread),
                "{name}: {}",
                score.spread
            );
            assert!(!score.reasons.is_empty());
            for reason in &score.reasons {
                assert!(
                    (0.0..=1.0).contains(&reason.cost) && !reason.text.to_string().contains("NaN"),
                    "{reason:?}"
                );
            }
            let maps = score
                .evidence
                .iter()
                .chain(score.reasons.iter().filter_map(|r| r.evidence.as_ref()));
            for map in maps {
                assert_eq!(
                    (map.width, map.height),
                    (source.width, source.height),
                    "{name}"
                );
                assert!(
                    map.values.iter().all(|value| (0.0..=1.0).contains(value)),
                    "{name}"
                );
            }
        }
    }
}

#[test]
fn tiny_flat_black_white_and_broken_pictures_are_scored() {
    let flat = |width, height, value| Raster::from_fn(width, height, |_, _| [value; 3]);
    let mut broken = flat(20, 14, 0.3);
    broken.planes[0][5] = f32::NAN;
    broken.planes[1][6] = f32::INFINITY;
    broken.planes[2][7] = -1e30;
    let pictures = [
        flat(1, 1, 0.5),
        flat(2, 3, 0.0),
        flat(5, 40, 1.0),
        flat(64, 48, 0.2),
        flat(64, 48, 0.0),
        flat(64, 48, 1.0),
        broken,
    ];
    for source in &pictures {
        sound(source, &pictures, &instruction(&[]));
        sound(source, &pictures, &everything());
    }
}

#[test]
fn pixels_that_are_no_numbers_cost_quality() {
    let source = picture("made-up scene");
    let mut edit = source.clone();
    edit.planes[0][3..40].fill(f32::NAN);
    let card = &cards(source, &[edit], &instruction(&[]))[0];
    assert!(
        quality(card) < 0.95 && said(card, Dimension::GENERATION_QUALITY).contains("no numbers")
    );
}

#[test]
fn an_edit_without_pixels_scores_nothing_and_a_source_without_pixels_is_refused() {
    let empty = Raster::new(0, 0);
    let source = picture("made-up scene");
    let card = &cards(source, std::slice::from_ref(&empty), &instruction(&[]))[0];
    assert_eq!(
        (following(card), detail(card), quality(card)),
        (0.0, 0.0, 0.0)
    );
    let asked = instruction(&[]);
    let request = ScoreRequest {
        source: &empty,
        edited: &[&empty],
        instruction: &asked,
    };
    let answer = (REWARDS[0].new)(EYES.clone()).score(&request, &Quiet);
    assert!(matches!(answer, Err(Stop::Failed(_))));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn any_two_small_pictures_get_sound_scores(
        (w, h) in (1usize..40, 1usize..40), (ew, eh) in (1usize..40, 1usize..40),
        seed in 0u64..1000, which in 0usize..3,
    ) {
        let mut rng = retake_core::Rng::new(seed);
        let mut random = |w, h| Raster::from_fn(w, h, |_, _| std::array::from_fn(|_| rng.between(-0.2, 1.4)));
        let (source, edit) = (random(w, h), random(ew, eh));
        let mut asked = [instruction(&[]), everything(), instruction(&[])][which].clone();
        if which == 2 {
            asked.mask = Some(Mask::from_fn(7, 5, |x, _| if x > 3 { 1.0 } else { 0.0 }));
        }
        sound(&source, &[edit], &asked);
    }
}

#[test]
fn the_number_of_threads_and_the_company_change_nothing() {
    let source = picture("made-up scene");
    let asked = instruction(&[
        raise(retake_core::Quantity::Warmth, Degree::Moderate),
        raise(retake_core::Quantity::Clarity, Degree::Slight),
    ]);
    let edits = [
        warm(source, 0.2),
        noise(source, 3.0),
        sharpen(source, 2.0, 1.0),
        shifted(source, 2),
    ];
    let run = |threads: usize, edits: &[Raster]| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .expect("threads can be had");
        pool.install(|| cards(source, edits, &asked))
    };
    let one = run(1, &edits);
    let four = run(4, &edits);
    let alone = run(2, &edits[1..2]);
    for name in Dimension::CANONICAL {
        for i in 0..edits.len() {
            assert_eq!(of(&one[i], name), of(&four[i], name), "{name} {i}");
        }
        assert_eq!(of(&one[1], name), of(&alone[0], name), "{name}");
    }
}

#[test]
fn each_reward_alone_says_what_all_say_together() {
    let source = picture("made-up scene");
    let edit = warm(source, 0.25);
    let asked = instruction(&[raise(retake_core::Quantity::Warmth, Degree::Moderate)]);
    let request = ScoreRequest {
        source,
        edited: &[&edit],
        instruction: &asked,
    };
    let together = cards(source, std::slice::from_ref(&edit), &asked);
    for entry in &REWARDS[1..4] {
        let reward = (entry.new)(EYES.clone());
        assert_eq!(reward.info().id, entry.id);
        let alone = reward.score(&request, &Quiet).expect("nobody stops it");
        for name in reward.info().dimensions {
            assert_eq!(of(&alone[0], name), of(&together[0], name));
        }
        assert_eq!(alone[0].scores.len(), reward.info().dimensions.len());
    }
}

struct Impatient;

impl Watch for Impatient {
    fn progress(&self, _: &'static str, _: usize, _: usize) {}
    fn stopped(&self) -> bool {
        true
    }
}

#[test]
fn scoring_can_be_stopped() {
    let source = picture("made-up scene");
    let asked = instruction(&[]);
    let request = ScoreRequest {
        source,
        edited: &[source],
        instruction: &asked,
    };
    let answer = (REWARDS[0].new)(EYES.clone()).score(&request, &Impatient);
    assert!(matches!(answer, Err(Stop::Cancelled)));
}
