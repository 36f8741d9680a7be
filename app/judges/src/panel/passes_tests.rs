//! A panel that is asked again, about two edits, and what that costs.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use retake_core::{Instruction, Quiet};

use super::*;
use crate::interviews::testing::{Scripted, answer, pictures};
use crate::rubric::Rubric;
use crate::{Ask, How, Interview};

const FOLLOWING: &str = Dimension::INSTRUCTION_FOLLOWING;

fn grey(level: f32) -> Raster {
    Raster::from_fn(40, 30, |_, _| [level; 3])
}

/// A judge whose every seed says otherwise: success is a tenth of the scale more with each.
fn noisy() -> Arc<Scripted> {
    Arc::new(Scripted::new(|seen, how: &Ask| {
        let level = pictures(seen).last().copied().unwrap_or(0.0);
        let score = (level * 25.0).round() + 2.5 * (how.seed % 1000) as f32;
        Ok(answer(format!("{{\"score\": [{score}, 25]}}")))
    }))
}

/// A rubric that draws lots, and the same that takes the likeliest answer.
fn rubric(id: &str, temperature: f32) -> Rubric {
    let rubric = Rubric::find(id).expect("a rubric");
    Rubric {
        temperature,
        seed: 0,
        ..rubric
    }
}

fn asked(judge: &Arc<Scripted>, id: &str, temperature: f32, price: f64) -> Box<dyn Reward> {
    let how = How {
        price,
        ..How::default()
    };
    let interview = Interview::new(judge.clone(), rubric(id, temperature), how);
    Box::new(interview.expect("a formula"))
}

fn panel(judges: Vec<Box<dyn Reward>>) -> Panel {
    Panel::of(None, judges.into_iter().map(Member::from).collect())
}

fn instruction() -> Instruction {
    Instruction {
        text: "make the hat red".to_owned(),
        ..Instruction::default()
    }
}

/// Scores edits of these levels, then those at these places once more, so often.
fn again(panel: &Panel, levels: &[f32], places: &[usize], passes: u32) -> Vec<Scorecard> {
    let source = grey(0.5);
    let edits: Vec<Raster> = levels.iter().map(|level| grey(*level)).collect();
    let all: Vec<&Raster> = edits.iter().collect();
    let instruction = instruction();
    let group = |edited| ScoreRequest {
        source: &source,
        edited,
        instruction: &instruction,
    };
    let first = panel.score(&group(&all), &Quiet).expect("scored");
    let few: Vec<&Raster> = places.iter().map(|&place| all[place]).collect();
    let mut cards: Vec<Scorecard> = places.iter().map(|&place| first[place].clone()).collect();
    for pass in 1..=passes {
        let next = panel.score_again(&group(&few), &cards, pass, &Quiet);
        if let Some(next) = next.expect("scored") {
            cards = next;
        }
    }
    cards
}

fn questions(judge: &Scripted) -> usize {
    judge.asked.lock().expect("no panic").len()
}

#[test]
fn another_pass_has_another_seed_and_is_joined_with_those_before() {
    let judge = noisy();
    let cards = again(
        &panel(vec![asked(&judge, "edit_score", 0.7, 0.0)]),
        &[0.2, 0.4],
        &[1],
        2,
    );
    // 10, 12.5 and 15 of 25
    let value = cards[0].value(FOLLOWING).expect("known");
    assert!((value - 0.5).abs() < 1e-6, "{value}");
    let answers = cards[0].raw[0].told["answers"].as_array().map(Vec::len);
    assert_eq!((cards[0].raw.len(), answers), (1, Some(6)));
    // two candidates and then one twice, two questions each
    assert_eq!(questions(&judge), 8);
}

#[test]
fn a_judge_that_would_say_the_same_is_not_asked_again() {
    let (sure, drawing) = (noisy(), noisy());
    let both = panel(vec![
        asked(&sure, "edit_score", 0.0, 0.0),
        asked(&drawing, "edit_score", 0.7, 0.0),
    ]);
    assert!(both.varies());
    again(&both, &[0.1, 0.2], &[0, 1], 3);
    assert_eq!((questions(&sure), questions(&drawing)), (4, 16));
    let alone = panel(vec![asked(&sure, "edit_score", 0.0, 0.0)]);
    assert!(!alone.varies());
}

#[test]
fn more_passes_make_a_judge_that_agrees_with_itself_surer() {
    let same = Arc::new(Scripted::new(|_, _| Ok(answer("{\"score\": [15, 25]}"))));
    let spread = |passes| {
        let panel = panel(vec![asked(&same, "edit_score", 0.7, 0.0)]);
        let cards = again(&panel, &[0.2], &[0], passes);
        cards[0].scores[&FOLLOWING.into()].spread
    };
    assert!(spread(3) < 0.6 * spread(0), "{} {}", spread(3), spread(0));
}

#[test]
fn weights_of_a_later_pass_are_those_of_the_first() {
    let (one, other) = (noisy(), noisy());
    let of = |places: &[usize]| {
        let both = panel(vec![
            asked(&one, "edit_score", 0.7, 0.0),
            asked(&other, "edit_score", 0.7, 0.0),
        ]);
        let cards = again(&both, &[0.1, 0.2, 0.4], places, 1);
        cards[0].raw.last().expect("told").told.clone()
    };
    assert_eq!(of(&[0]), of(&[0, 1, 2]));
}

#[test]
fn what_is_not_paid_for_is_not_asked_and_asking_costs_what_was_said() {
    let judge = noisy();
    let panel = panel(vec![asked(&judge, "edit_score", 0.7, 0.25)]);
    assert_eq!(panel.price(Work::Score(3)), 1.5);
    assert_eq!(panel.price(Work::Again(3)), 1.5);
    panel.allow(Work::Score(3), 1.25);
    again(&panel, &[0.1, 0.2, 0.4], &[], 0);
    assert_eq!((questions(&judge), panel.money()), (5, 1.25));
}

#[test]
fn an_answer_that_cannot_be_read_is_asked_for_again_only_out_of_what_is_over() {
    let asked_for = |money: f64| {
        let prose = Arc::new(Scripted::new(|_, _| Ok(answer("Lovely!"))));
        let panel = panel(vec![asked(&prose, "edit_score", 0.7, 1.0)]);
        panel.allow(Work::Score(2), money);
        again(&panel, &[0.1, 0.2], &[], 0);
        (questions(&prose), panel.money())
    };
    assert_eq!(asked_for(4.0), (4, 4.0));
    assert_eq!(asked_for(5.0), (5, 5.0));
    assert_eq!(asked_for(f64::INFINITY), (8, 8.0));
}

#[test]
fn a_member_keeps_what_those_behind_it_need() {
    let prose = || Arc::new(Scripted::new(|_, _| Ok(answer("Lovely!"))));
    let (one, other) = (prose(), prose());
    let both = panel(vec![
        asked(&one, "edit_score", 0.7, 1.0),
        asked(&other, "edit_score", 0.7, 1.0),
    ]);
    // four questions, and one that may be put again: by the first
    both.allow(Work::Score(1), 5.0);
    again(&both, &[0.1], &[], 0);
    assert_eq!((questions(&one), questions(&other)), (3, 2));
}

/// Prefers the lighter one of the two edits, or always what comes first.
fn comparing(fair: bool) -> Arc<Scripted> {
    Arc::new(Scripted::new(move |seen, _| {
        let shown = pictures(seen);
        let first = !fair || shown[1] > shown[2];
        let winner = if first { "A" } else { "B" };
        Ok(answer(format!("{{\"winner\": \"{winner}\"}}")))
    }))
}

fn compared(panel: &Panel, levels: [f32; 2]) -> Option<Verdict> {
    let [one, other] = levels.map(grey);
    let verdict = panel.compare(&grey(0.5), [&one, &other], &instruction(), &Quiet);
    verdict.expect("not stopped")
}

#[test]
fn two_edits_are_compared_in_both_orders_and_torn_judges_tie() {
    let judge = comparing(true);
    let fair = panel(vec![asked(&judge, "which_is_better", 0.0, 0.5)]);
    assert_eq!(compared(&fair, [0.2, 0.8]), Some(Verdict::Second));
    assert_eq!(compared(&fair, [0.8, 0.2]), Some(Verdict::First));
    assert_eq!((questions(&judge), fair.money()), (4, 2.0));
    assert_eq!(fair.price(Work::Compare), 1.0);
    let biased = panel(vec![asked(&comparing(false), "six_steps", 0.0, 0.0)]);
    assert_eq!(compared(&biased, [0.2, 0.8]), None);
    let biased = panel(vec![asked(&comparing(false), "which_is_better", 0.0, 0.0)]);
    assert_eq!(compared(&biased, [0.2, 0.8]), Some(Verdict::Tie));
}

#[test]
fn the_photo_as_it_was_loses_every_comparison() {
    let fair = panel(vec![asked(&comparing(true), "which_is_better", 0.0, 0.0)]);
    assert_eq!(compared(&fair, [0.5, 0.2]), Some(Verdict::Second));
    assert_eq!(compared(&fair, [0.2, 0.5]), Some(Verdict::First));
}

#[test]
fn who_does_not_say_which_is_better_compares_nothing() {
    let judge = comparing(true);
    let kept = panel(vec![
        asked(&judge, "which_kept_more", 0.0, 0.0),
        asked(&judge, "edit_score", 0.0, 0.0),
    ]);
    assert_eq!(compared(&kept, [0.2, 0.8]), None);
    assert_eq!(questions(&judge), 0);
}

#[test]
fn rubrics_of_one_model_are_one_voice_beside_another_model() {
    let judge = |name: &'static str, score: u32| {
        let says = move |_: &[_], _: &Ask| Ok(answer(format!("{{\"score\": [{score}, {score}]}}")));
        let mut judge = Scripted::new(says);
        judge.name = name;
        Arc::new(judge)
    };
    let (one, other) = (judge("one", 5), judge("other", 10));
    let three = panel(vec![
        asked(&one, "vie_score", 0.0, 0.0),
        asked(&one, "vie_score", 0.0, 0.0),
        asked(&other, "vie_score", 0.0, 0.0),
    ]);
    let cards = again(&three, &[0.2], &[0], 0);
    let value = cards[0].value(FOLLOWING).expect("known");
    assert!((value - 0.75).abs() < 1e-6, "{value}");
    let told = &cards[0].raw.last().expect("told").told[FOLLOWING]["members"];
    assert_eq!(told[0]["rubrics"], json!(["vie_score", "vie_score"]));
    assert_eq!(told[0]["weight"], told[1]["weight"]);
    // and it votes once
    assert_eq!(retake_core::Group::of(&cards).members(0).len(), 2);
    assert_eq!(one.begun.load(Ordering::Relaxed), 4);
}
