//! Whole interviews with judges whose every answer is known.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use retake_core::{
    Dimension, Instruction, Quiet, Raster, Reward, ScoreRequest, Scorecard, Verdict, said,
};

use super::testing::{Scripted, Seen, answer, pictures};
use super::*;
use crate::rubric::built_in;
use crate::scales::PREFERRED;
use crate::{Answer, Ask};

const INSTRUCTION: &str = "make the hat red";

fn rubric(id: &str) -> Rubric {
    let mut all = built_in().into_iter();
    all.find(|rubric| rubric.id == id).expect("built in")
}

fn grey(level: f32) -> Raster {
    Raster::from_fn(40, 30, |_, _| [level; 3])
}

/// Scores edits of these levels of a source of level 0.5.
pub(super) fn scored(interview: &Interview, levels: &[f32]) -> Vec<Scorecard> {
    let source = grey(0.5);
    let edits: Vec<Raster> = levels.iter().map(|level| grey(*level)).collect();
    let edited: Vec<&Raster> = edits.iter().collect();
    let instruction = Instruction {
        text: INSTRUCTION.to_owned(),
        ..Instruction::default()
    };
    let group = ScoreRequest {
        source: &source,
        edited: &edited,
        instruction: &instruction,
    };
    interview.score(&group, &Quiet).expect("scored")
}

pub(super) fn interview(judge: Arc<Scripted>, id: &str, how: How) -> Interview {
    Interview::new(judge, rubric(id), how).expect("a known formula")
}

/// A judge that sees how light the edit is: success is its level on 25, the rest is perfect.
fn sees_light() -> Arc<Scripted> {
    Arc::new(Scripted::new(|seen, _| {
        let level = pictures(seen).last().copied().unwrap_or(0.0);
        let text = match pictures(seen).len() {
            2 => format!(
                "{{\"reasoning\": \"light {level:.1}\", \"score\": [{:.0}, 25]}}",
                level * 25.0
            ),
            _ => "{\"reasoning\": \"clean\", \"score\": [20, 25]}".to_owned(),
        };
        Ok(answer(text))
    }))
}

#[test]
fn the_published_numbers_and_our_dimensions_come_out_of_the_answers() {
    let interview = interview(sees_light(), "edit_score", How::default());
    let cards = scored(&interview, &[0.2, 0.8]);
    let value = |card: &Scorecard, name| card.value(name).expect("known");
    for (card, level) in cards.iter().zip([0.2, 0.8]) {
        assert!((value(card, Dimension::INSTRUCTION_FOLLOWING) - level).abs() < 1e-6);
        assert_eq!(value(card, Dimension::DETAIL_PRESERVING), 1.0);
        assert!((value(card, Dimension::GENERATION_QUALITY) - 0.8).abs() < 1e-6);
        // √(min(level, 1) · 10 · 8)
        let overall = card.raw[0].measures["editscore.overall"];
        assert!(
            (overall - (f64::from(level) * 80.0).sqrt()).abs() < 1e-4,
            "{overall}"
        );
        let mapping = &card.raw[0].told["mapping"]["instruction_following"];
        assert_eq!(mapping, "editscore.prompt_following / 10");
    }
    let reasons = &cards[0].scores[&card::following()].reasons;
    assert!(
        reasons[0].text == "scripted: light 0.2",
        "{}",
        reasons[0].text
    );
}

#[test]
fn candidates_share_one_conversation_a_call_and_quality_is_judged_without_the_source() {
    let judge = sees_light();
    scored(
        &interview(
            judge.clone(),
            "edit_score",
            How {
                passes: 3,
                ..How::default()
            },
        ),
        &[0.2, 0.8],
    );
    assert_eq!(judge.begun.load(Ordering::Relaxed), 2);
    let asked = judge.asked.lock().expect("no panic");
    assert_eq!(asked.len(), 2 * 3 * 2);
    assert!(asked.iter().any(|seen| pictures(seen).len() == 1));
    assert!(
        asked
            .iter()
            .filter(|seen| pictures(seen).len() == 2)
            .all(|seen| {
                seen.iter()
                    .any(|part| matches!(part, Seen::Text(text) if text.contains(INSTRUCTION)))
            })
    );
}

#[test]
fn passes_are_averaged_and_those_that_cannot_be_read_are_counted_and_said() {
    let judge = Arc::new(Scripted::new(|_, how| {
        Ok(answer(match how.seed {
            42 => "{\"score\": [20, 20]}",
            43 => "{\"score\": [10, 20]}",
            _ => "I would rather not say.",
        }))
    }));
    let interview = interview(
        judge,
        "edit_score",
        How {
            passes: 3,
            ..How::default()
        },
    );
    let card = scored(&interview, &[0.5]).remove(0);
    let following = &card.scores[&card::following()];
    assert!((following.value - 0.6).abs() < 1e-6, "{}", following.value);
    let counted = following
        .reasons
        .iter()
        .any(|reason| reason.text.to_string().starts_with("1 of 3 answers"));
    assert!(counted, "{:?}", following.reasons);
}

#[test]
fn an_answer_that_cannot_be_read_is_asked_for_once_more_with_another_seed() {
    let judge = Arc::new(Scripted::new(|_, how| {
        Ok(answer(if how.seed == 42 {
            "hm"
        } else {
            "{\"score\": [20, 20]}"
        }))
    }));
    let card = scored(&interview(judge, "edit_score", How::default()), &[0.5]).remove(0);
    assert_eq!(card.value(Dimension::INSTRUCTION_FOLLOWING), Some(0.8));
}

#[test]
fn a_candidate_whose_questions_failed_is_unknown_and_the_others_keep_their_scores() {
    let judge = Arc::new(Scripted::new(|seen, _| {
        let pictures = pictures(seen);
        if pictures.len() == 2 && pictures[1] < 0.3 {
            return Err(JudgeError::Unanswered(said!("The server is out of order.")));
        }
        Ok(answer("{\"score\": [20, 20]}"))
    }));
    let cards = scored(&interview(judge, "edit_score", How::default()), &[0.2, 0.8]);
    assert!(cards[0].unknown[&card::following()] == "The server is out of order.");
    // its quality was asked in a call of its own, and answered
    assert_eq!(cards[0].value(Dimension::GENERATION_QUALITY), Some(0.8));
    assert!(cards[1].unknown.is_empty() && cards[1].scores.len() == 3);
}

#[test]
fn a_judge_that_is_gone_leaves_all_unknown_and_says_so_once() {
    let judge = Arc::new(Scripted::new(|_, _| {
        Err(JudgeError::Gone(said!("Nobody answers.")))
    }));
    let interview = interview(judge, "edit_score", How::default());
    let cards = scored(&interview, &[0.2, 0.8]);
    assert!(
        cards
            .iter()
            .all(|card| card.unknown.len() == 3 && card.scores.is_empty())
    );
    scored(&interview, &[0.2]);
    let [notice] = &interview.notices()[..] else {
        panic!("{:?}", interview.notices());
    };
    assert!(*notice == "The judge could not be asked: Nobody answers.");
}

/// The log-probabilities of one token.
pub(super) fn weighed(others: &[(&str, f32)]) -> Answer {
    Answer {
        tokens: vec![crate::Token {
            text: others[0].0.to_owned(),
            log_probability: others[0].1.ln(),
            others: others
                .iter()
                .map(|(text, p)| ((*text).to_owned(), p.ln()))
                .collect(),
        }],
        ..answer(others[0].0)
    }
}

#[test]
fn a_digit_judge_gives_the_expected_digit() {
    let judge = Arc::new(Scripted::new(|_, how| {
        assert_eq!((how.max_tokens, how.weigh.len()), (1, 6));
        // (3 · 0.4 + 5 · 0.4) / 0.8 = 4, since "the" is no digit
        Ok(weighed(&[("3", 0.4), ("5", 0.4), ("the", 0.2)]))
    }));
    let card = scored(&interview(judge, "one_digit", How::default()), &[0.5]).remove(0);
    assert!((card.raw[0].measures["uniworld.expected_score"] - 4.0).abs() < 1e-6);
    assert!((card.value(Dimension::INSTRUCTION_FOLLOWING).expect("known") - 0.8).abs() < 1e-6);
}

#[test]
fn a_digit_judge_without_probabilities_counts_what_was_written() {
    let judge = Arc::new(Scripted::new(|_, _| Ok(answer(" 4"))));
    let card = scored(&interview(judge, "one_digit", How::default()), &[0.5]).remove(0);
    assert_eq!(card.value(Dimension::INSTRUCTION_FOLLOWING), Some(0.8));
}

#[test]
fn two_questions_fill_following_and_preserving() {
    let judge = Arc::new(Scripted::new(|seen, _| {
        let about_the_rest = seen
            .iter()
            .any(|part| matches!(part, Seen::Text(text) if text.contains("Apart")));
        Ok(if about_the_rest {
            weighed(&[("no", 0.5), ("Yes", 0.5)])
        } else {
            weighed(&[("yes", 0.9), ("no", 0.1)])
        })
    }));
    let card = scored(&interview(judge, "two_questions", How::default()), &[0.5]).remove(0);
    assert!((card.value(Dimension::INSTRUCTION_FOLLOWING).expect("known") - 0.9).abs() < 1e-5);
    assert!((card.value(Dimension::DETAIL_PRESERVING).expect("known") - 0.5).abs() < 1e-5);
}

#[test]
fn a_checklist_counts_its_yeses_and_names_what_failed() {
    let judge = Arc::new(Scripted::new(|_, _| Ok(answer("{\"answers\": [\"no\"]}"))));
    let card = scored(&interview(judge, "checklist_judge", How::default()), &[0.5]).remove(0);
    let following = &card.scores[&card::following()];
    assert_eq!(following.value, 0.0);
    assert!(
        following.reasons[0]
            .text
            .to_string()
            .contains("make the hat red")
    );
}

#[test]
fn comparisons_in_both_orders_find_the_best() {
    // the lighter one wins, whichever place it has
    let judge = Arc::new(Scripted::new(|seen, _| {
        let pictures = pictures(seen);
        let winner = if pictures[1] > pictures[2] { "A" } else { "B" };
        Ok(answer(format!("{{\"winner\": \"{winner}\"}}")))
    }));
    let cards = scored(
        &interview(judge, "which_is_better", How::default()),
        &[0.2, 0.8, 0.4],
    );
    let rates: Vec<f32> = cards
        .iter()
        .map(|card| card.value("preferred").expect("known"))
        .collect();
    assert_eq!(rates, [0.0, 1.0, 0.5]);
    assert_eq!(cards[0].raw[0].measures["pairwise.positional_bias"], 0.0);
}

#[test]
fn what_was_compared_is_in_the_cards_as_selectors_read_it() {
    let judge = Arc::new(Scripted::new(|seen, _| {
        let pictures = pictures(seen);
        let winner = if pictures[1] > pictures[2] { "A" } else { "B" };
        Ok(answer(format!("{{\"winner\": \"{winner}\"}}")))
    }));
    let cards = scored(
        &interview(judge, "which_is_better", How::default()),
        &[0.2, 0.8],
    );
    let pairs = retake_core::Group::of(&cards).pairs().into_owned();
    let told: Vec<_> = pairs.iter().map(|pair| (pair.first, pair.better)).collect();
    assert_eq!(told, [(0, Verdict::Second), (1, Verdict::First)]);
}

#[test]
fn two_alone_are_compared_in_both_orders() {
    let verdict = |judge: Scripted| {
        let asked = interview(Arc::new(judge), "which_is_better", How::default());
        let [source, one, other] =
            [0.5, 0.2, 0.8].map(|value| Raster::from_fn(8, 8, |_, _| [value; 3]));
        asked
            .compare(&source, [&one, &other], &Instruction::default(), &Quiet)
            .expect("nothing stops it")
    };
    let fair = Scripted::new(|seen, _| {
        let pictures = pictures(seen);
        let winner = if pictures[1] > pictures[2] { "A" } else { "B" };
        Ok(answer(format!("{{\"winner\": \"{winner}\"}}")))
    });
    assert_eq!(verdict(fair), Some(Verdict::Second));
    let partial = Scripted::new(|_, _| Ok(answer("{\"winner\": \"A\"}")));
    assert_eq!(verdict(partial), Some(Verdict::Tie));
}

#[test]
fn a_judge_that_always_prefers_the_first_place_prefers_nobody_and_is_found_out() {
    let judge = Arc::new(Scripted::new(|_, _| Ok(answer("{\"winner\": \"A\"}"))));
    let cards = scored(
        &interview(judge, "which_is_better", How::default()),
        &[0.2, 0.8],
    );
    assert!(
        cards
            .iter()
            .all(|card| card.value("preferred") == Some(0.5))
    );
    assert_eq!(cards[0].raw[0].measures["pairwise.positional_bias"], 0.5);
    let reasons = &cards[0].scores[&"preferred".into()].reasons;
    assert!(reasons.iter().any(|reason| reason.id == "order"));
}

#[test]
fn opposite_principles_reverse_the_ranking() {
    // a judge that reads what the person goes by
    let judge = || {
        Arc::new(Scripted::new(|seen, _| {
            let level = pictures(seen)[1];
            let likes_light = seen
                .iter()
                .any(|part| matches!(part, Seen::Text(text) if text.contains("prefer light")));
            let score = if likes_light { level } else { 1.0 - level };
            Ok(answer(format!("{{\"score\": [{:.1}]}}", score * 10.0)))
        }))
    };
    let better = |principle: &str| {
        let how = How {
            principles: vec![principle.to_owned()],
            ..How::default()
        };
        let cards = scored(&interview(judge(), "principles", how), &[0.2, 0.8]);
        let of = |card: &Scorecard| card.value(Dimension::GENERATION_QUALITY).expect("known");
        usize::from(of(&cards[1]) > of(&cards[0]))
    };
    assert_eq!(
        (
            better("prefer light pictures"),
            better("prefer dark pictures")
        ),
        (1, 0)
    );
}

#[test]
fn a_score_that_hangs_on_the_wording_is_doubted() {
    let judge = |steady: bool| {
        Arc::new(Scripted::new(move |seen: &[Seen], _: &Ask| {
            if pictures(seen).is_empty() {
                return Ok(answer("{\"answers\": [\"colour the hat red\"]}"));
            }
            let own = seen
                .iter()
                .any(|part| matches!(part, Seen::Text(text) if text.contains(INSTRUCTION)));
            Ok(answer(if own || steady {
                "{\"score\": [20, 20]}"
            } else {
                "{\"score\": [5, 20]}"
            }))
        }))
    };
    let of = |steady| {
        let how = How {
            passes: 2,
            paraphrases: 1,
            ..How::default()
        };
        let card = scored(&interview(judge(steady), "edit_score", how), &[0.5]).remove(0);
        (
            card.scores[&card::following()].spread,
            card.raw[0].measures["paraphrases.agreement"],
        )
    };
    let (steady, torn) = (of(true), of(false));
    assert!(
        steady.0 < torn.0 && steady.1 > torn.1,
        "{steady:?} {torn:?}"
    );
    assert_eq!(steady.1, 1.0);
}

#[test]
fn what_an_answer_cost_is_recorded_without_the_key_of_anybody() {
    let card = scored(
        &interview(sees_light(), "edit_score", How::default()),
        &[0.2],
    )
    .remove(0);
    let told = &card.raw[0].told;
    assert_eq!(told["cost"]["read"], 200);
    assert_eq!(told["answers"].as_array().map(Vec::len), Some(2));
}

/// A rubric, what a judge of it answers about one edit in the published form, and what becomes of it.
type Case<'a> = (&'a str, &'a str, &'a [(&'a str, f32)]);

#[test]
fn every_published_form_of_an_answer_fills_our_dimensions() {
    let (following, preserving, quality) = (
        Dimension::INSTRUCTION_FOLLOWING,
        Dimension::DETAIL_PRESERVING,
        Dimension::GENERATION_QUALITY,
    );
    let cases: &[Case] = &[
        (
            "jarvis_evo",
            "The light fits.\n<answer>{\"Overall assessment score\": 4}</answer>",
            &[(following, 0.75)],
        ),
        (
            "adiee",
            r#"{"reasoning": "half", "score": 5}"#,
            &[(following, 0.5)],
        ),
        (
            "two_heads",
            r#"{"reasoning": "a hat", "score": [8, 6]}"#,
            &[(following, 0.8), (quality, 0.6)],
        ),
        (
            "own_checklist",
            r#"{"reasoning": "1. yes 2. no 3. yes 4. yes", "passed": 3, "questions": 4}"#,
            &[(following, 0.75)],
        ),
        (
            "keep_follow_quality",
            r#"{"reasoning": "kept", "score": [9, 7, 5]}"#,
            &[(preserving, 0.9), (following, 0.7), (quality, 0.5)],
        ),
    ];
    for (id, text, wanted) in cases {
        let text = (*text).to_owned();
        let judge = Arc::new(Scripted::new(move |_, _| Ok(answer(text.clone()))));
        let cards = scored(&interview(judge, id, How::default()), &[0.2]);
        for (name, value) in *wanted {
            let found = cards[0].value(name);
            assert!(
                found.is_some_and(|found| (found - value).abs() < 1e-6),
                "{id} {name} {cards:?}"
            );
        }
        assert_eq!(cards[0].scores.len(), wanted.len(), "{id}");
    }
}

/// Of the two edits that are shown it likes the lighter one, in the words that are asked for.
fn likes_light(yes: &'static str, no: &'static str) -> Arc<Scripted> {
    Arc::new(Scripted::new(move |seen, _| {
        let shown = pictures(seen);
        let first = shown[shown.len() - 2] > shown[shown.len() - 1];
        Ok(answer(if first { yes } else { no }))
    }))
}

#[test]
fn every_published_form_of_a_comparison_fills_the_preference() {
    for (id, first, second, fills) in [
        ("one_reward", "yes", "no", PREFERRED),
        (
            "learned_skills",
            r#"{"reasoning": "a subtle edit", "winner": "A"}"#,
            r#"{"reasoning": "a subtle edit", "winner": "B"}"#,
            PREFERRED,
        ),
        (
            "which_kept_more",
            r#"{"winner": "Image A"}"#,
            r#"{"winner": "Image B"}"#,
            crate::scales::KEPT,
        ),
        ("six_steps", r#"{"score": 1}"#, r#"{"score": 6}"#, PREFERRED),
    ] {
        let interview = interview(likes_light(first, second), id, How::default());
        let cards = scored(&interview, &[0.2, 0.8]);
        let values: Vec<Option<f32>> = cards.iter().map(|card| card.value(fills)).collect();
        assert_eq!(values, [Some(0.0), Some(1.0)], "{id} {cards:?}");
    }
}

#[test]
fn a_criterion_counts_by_itself_and_the_mean_over_all_is_the_preference() {
    // by beauty, the last criterion, it likes the darker one
    let judge = Arc::new(Scripted::new(|seen: &[Seen], _: &Ask| {
        let shown = pictures(seen);
        let beauty = seen.iter().any(
            |part| matches!(part, Seen::Text(text) if text.contains("more beautiful picture")),
        );
        let first = shown[1] > shown[2];
        Ok(answer(if first != beauty { "yes" } else { "no" }))
    }));
    let cards = scored(&interview(judge, "one_reward", How::default()), &[0.2, 0.8]);
    let values: Vec<Option<f32>> = cards.iter().map(|card| card.value(PREFERRED)).collect();
    assert_eq!(values, [Some(0.25), Some(0.75)]);
}

#[test]
fn what_was_marked_is_shown_under_a_veil_to_a_rubric_that_shows_it() {
    let sees = |id: &str, mask: Option<retake_core::Mask>| {
        let judge = likes_light("yes", "no");
        let interview = interview(judge.clone(), id, How::default());
        let instruction = Instruction {
            text: INSTRUCTION.to_owned(),
            mask,
            ..Instruction::default()
        };
        let (source, edits) = (grey(0.5), [grey(0.2), grey(0.8)]);
        let group = ScoreRequest {
            source: &source,
            edited: &[&edits[0], &edits[1]],
            instruction: &instruction,
        };
        interview.score(&group, &Quiet).expect("scored");
        let asked = judge.asked.lock().expect("no panic");
        let said = format!("{:?}", asked[0]);
        (pictures(&asked[0])[0], said.contains("red veil"))
    };
    let all = || Some(retake_core::Mask::uniform(4, 3, 1.0));
    assert_eq!(sees("one_reward", all()), (0.75, true));
    assert_eq!(sees("one_reward", None), (0.5, false));
    assert_eq!(sees("which_is_better", all()).0, 0.5);
}
