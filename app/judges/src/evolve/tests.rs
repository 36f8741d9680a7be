//! Versions of rubrics and formulas, with a hack that one of them falls for.

use retake_core::{
    Dimension, Instruction, Quiet, Raster, Reason, Reward, Said, Score, ScoreRequest, Scorecard,
};

use super::*;
use crate::own::OwnReward;
use crate::rubric::BUILT_IN;

const WIDTH: usize = 160;

/// The photo: steps of grey, each with an edge of six pixels.
fn photo() -> Raster {
    Raster::from_fn(WIDTH, 40, |x, _| {
        let (step, within) = (x / 40, x % 40);
        let soft = (within as f32 / 6.0).min(1.0);
        [0.1 + 0.1 * (step as f32 + soft); 3]
    })
}

/// The photo sharpened: each pixel as much further from the mean of its neighbours along the row, which leaves seams.
fn sharpened(amount: f32) -> Raster {
    let photo = photo();
    let at = |x: usize| photo.planes[0][x];
    Raster::from_fn(WIDTH, 40, |x, _| {
        let mean = (at(x.saturating_sub(3)) + at((x + 3).min(WIDTH - 1))) / 2.0;
        [(at(x) + amount * (at(x) - mean)).clamp(0.0, 1.0); 3]
    })
}

/// What the seams of an edit cost: how far it goes beyond the photo's own lightest and darkest nearby.
fn seams(edit: &Raster) -> f32 {
    let photo = photo();
    let beyond = (3..WIDTH - 3).map(|x| {
        let near = photo.planes[0][x - 3..=x + 3].iter();
        let (low, high) = (
            near.clone().copied().fold(1.0, f32::min),
            near.copied().fold(0.0, f32::max),
        );
        let value = edit.planes[0][x];
        (value - high).max(low - value).max(0.0)
    });
    (120.0 * beyond.sum::<f32>() / WIDTH as f32).min(1.0)
}

fn card(edit: &Raster, following: f32) -> Scorecard {
    let score = |value: f32, reasons: Vec<Reason>| Score {
        value,
        spread: 0.0,
        reasons,
        evidence: None,
    };
    let seams = Reason {
        id: "halos".to_owned(),
        text: Said::words("seams"),
        passed: Some(false),
        cost: seams(edit),
        check: None,
        evidence: None,
    };
    Scorecard::from(BTreeMap::from([
        (
            Dimension::from(Dimension::INSTRUCTION_FOLLOWING),
            score(following, vec![]),
        ),
        (
            Dimension::from(Dimension::GENERATION_QUALITY),
            score(0.7, vec![seams]),
        ),
    ]))
}

/// What a formula gives an edit.
fn given(formula: &str, edit: &Raster, card: &Scorecard) -> f64 {
    let photo = photo();
    let request = ScoreRequest {
        source: &photo,
        edited: &[edit],
        instruction: &Instruction::default(),
    };
    let own = OwnReward::read(formula).expect("it reads");
    let cards = own
        .score_with(&request, std::slice::from_ref(card), &Quiet)
        .expect("it scores");
    f64::from(cards[0].value(Dimension::OWN).expect("a score"))
}

/// A formula that takes sharpness for quality.
const NAIVE: &str =
    "0.5 * instruction_following + 0.5 * ramp(after.sharpness / before.sharpness, 0.9, 1.6)";

/// Groups of an honest edit and of the same sharpened beyond measure; the person picks the honest one.
fn picked(formula: &str) -> Vec<Vec<Shown>> {
    let group = |i: u16| {
        let following = 0.6 + 0.02 * f32::from(i);
        let shown = |amount: f32, liked: f64| {
            let edit = sharpened(amount);
            let card = card(&edit, following);
            let cost = f64::from(seams(&edit));
            Shown {
                score: given(formula, &edit, &card),
                costs: [("halos".to_owned(), cost)]
                    .into_iter()
                    .filter(|(_, cost)| *cost > 0.0)
                    .collect(),
                liked,
            }
        };
        vec![shown(0.0, 1.0), shown(2.0 + 0.2 * f32::from(i), 0.0)]
    };
    (0..10).map(group).collect()
}

#[test]
fn sharpening_raises_the_score_before_the_update_and_not_after() {
    let (honest, hacked) = (sharpened(0.0), sharpened(3.0));
    let score = |formula: &str, edit: &Raster| given(formula, edit, &card(edit, 0.7));
    assert!(
        score(NAIVE, &hacked) > score(NAIVE, &honest) + 0.1,
        "it falls for it"
    );
    let (mut now, mut versions) = (NAIVE.to_owned(), 0);
    // each version is another proposal that somebody accepts
    while let Ok((ailment, refined)) = formula(&now, &picked(&now)) {
        assert!(
            matches!(ailment, Ailment::Contradicted { .. }) && refined.wish.measure == "cost.halos"
        );
        assert!(
            refined
                .difference
                .iter()
                .any(|(side, _)| *side == Side::New)
        );
        now = refined.text;
        versions += 1;
        assert!(versions < 12, "it comes to an end: {now}");
    }
    assert!(versions > 0);
    assert!(score(&now, &hacked) <= score(&now, &honest), "{now}");
    assert_eq!(ailment(&picked(&now)), None, "and then it is left alone");
}

/// Groups by (score, cost of halos, liked).
fn groups(of: &[(f64, f64, f64)], count: usize) -> Vec<Vec<Shown>> {
    let shown = |&(score, cost, liked): &(f64, f64, f64)| Shown {
        score,
        costs: [("halos".to_owned(), cost)].into(),
        liked,
    };
    vec![of.iter().map(shown).collect(); count]
}

#[test]
fn what_gives_everybody_the_most_is_saturated() {
    let full = groups(&[(1.0, 0.0, 1.0), (0.99, 0.4, 0.0), (0.985, 0.5, 0.0)], 4);
    assert!(
        matches!(ailment(&full), Some(Ailment::Contradicted { .. })),
        "equal scores are half right"
    );
    let apart = groups(&[(1.0, 0.0, 1.0), (0.97, 0.4, 0.0)], 4);
    assert_eq!(ailment(&apart), Some(Ailment::Saturated { share: 1.0 }));
}

#[test]
fn what_agrees_with_the_picks_is_left_alone() {
    let right = groups(&[(0.8, 0.0, 1.0), (0.4, 0.5, 0.0)], 10);
    let why = formula(NAIVE, &right)
        .expect_err("nothing is to be done")
        .to_string();
    assert!(why.contains("nothing to change"), "{why}");
}

#[test]
fn where_no_known_fault_explains_the_picks_words_are_asked_for() {
    let odd = groups(&[(0.4, 0.1, 1.0), (0.8, 0.1, 0.0)], 10);
    let why = formula(NAIVE, &odd).expect_err("nobody knows").to_string();
    assert!(why.contains("say in words"), "{why}");
}

#[test]
fn a_rubric_gets_a_question_and_a_version_and_nothing_else() {
    let text = include_str!("../../../../assets/rubrics/three_bars.toml");
    let contradicted = groups(&[(0.4, 0.0, 1.0), (0.8, 0.5, 0.0)], 10);
    let (_, revised) = rubric(text, &contradicted).expect("it is due");
    let new = Rubric::read(&revised.text).expect("it is a rubric");
    assert_eq!(
        (new.id.as_str(), revised.id.as_str()),
        ("three_bars-v2", "three_bars-v2")
    );
    let old = Rubric::read(text).expect("it is one");
    assert_ne!(new.hash, old.hash, "records tell the versions apart");
    for (new, old) in new.calls.iter().zip(&old.calls) {
        let added: Vec<&str> = new
            .text
            .lines()
            .filter(|line| !old.text.contains(line))
            .collect();
        assert!(
            added.len() == 1 && added[0].contains("over-sharpened"),
            "{added:?}"
        );
    }
    let removed = revised
        .difference
        .iter()
        .filter(|(side, _)| *side == Side::Old)
        .count();
    assert_eq!(removed, 1, "only its name");
    let again = rubric(&revised.text, &contradicted)
        .expect_err("it is asked already")
        .to_string();
    assert!(again.contains("already"), "{again}");
}

#[test]
fn every_built_in_rubric_can_be_asked_every_known_question() {
    for text in BUILT_IN {
        let old = Rubric::read(text).expect("it is built in").id;
        for known in KNOWN {
            let revised = with_question(text, known.question);
            let revised = revised.unwrap_or_else(|why| panic!("{old}: {why}"));
            assert_eq!(revised.id, format!("{old}-v2"));
        }
    }
}

#[test]
fn every_known_fault_refines_a_formula_by_its_own_measure() {
    for known in KNOWN {
        let refined =
            refine("generation_quality", known.wish).unwrap_or_else(|why| panic!("{why}"));
        assert_eq!(refined.wish.measure, format!("cost.{}", known.fault));
    }
}
