//! What a network that reads words adds: following is bounded where something else is plainly read than what was asked, and
//! words that nobody asked to go are missed. The reader here is a stand-in that tells by a picture's size what it was given
//! to read.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use retake_core::{
    Degree, Dimension, Eyes, Generative, Gone, Instruction, Lettering, Quantity, Quiet, Raster,
    ReadLine, Reason, Reward, Score, ScoreRequest, Scorecard, TextReader,
};
use retake_rewards::BuiltIn;

use crate::asking::*;
use crate::pictures::picture;

const FOLLOWING: &str = Dimension::INSTRUCTION_FOLLOWING;
const DETAIL: &str = Dimension::DETAIL_PRESERVING;

/// Reads the first lines in the source, the second in all else.
struct Told {
    source: Raster,
    lines: [Vec<ReadLine>; 2],
    looks: AtomicUsize,
}

impl TextReader for Told {
    fn version(&self) -> &'static str {
        "told"
    }
    fn read(&self, picture: &Raster) -> Option<Vec<ReadLine>> {
        self.looks.fetch_add(1, Ordering::Relaxed);
        Some(self.lines[usize::from(*picture != self.source)].clone())
    }
    fn knows(&self, character: char) -> bool {
        character.is_ascii()
    }
}

fn line(text: &str, confidence: f32) -> ReadLine {
    ReadLine {
        text: text.to_owned(),
        corners: [[0.3, 0.3], [0.7, 0.3], [0.7, 0.5], [0.3, 0.5]],
        confidence,
    }
}

fn sure(texts: &[&str]) -> Vec<ReadLine> {
    texts.iter().map(|text| line(text, 0.97)).collect()
}

fn asking(written: Option<&str>, gone: Gone, mut asked: Instruction) -> Instruction {
    let words = format!("clause {}", asked.understood.lettering.len());
    asked.understood.generative.push(Generative {
        words: words.clone(),
        kind: "changing what something is".to_owned(),
    });
    asked.understood.lettering.push(Lettering {
        written: written.map(str::to_owned),
        gone,
        words,
    });
    asked
}

fn writing(text: &str) -> Instruction {
    asking(Some(text), Gone::Something, instruction(&[]))
}

/// A photo and an edit of it whose middle is another: the shapes in the line's box are gone.
fn pair() -> (Raster, Raster) {
    let source = picture("mountain path").clone();
    let (w, h) = (source.width, source.height);
    let edit = Raster::from_fn(w, h, |x, y| {
        let within = (3 * w / 10..7 * w / 10).contains(&x) && (3 * h / 10..h / 2).contains(&y);
        let stripes = if (x / 3 + y / 5) % 2 == 0 { 0.6 } else { 0.1 };
        if within {
            [stripes; 3]
        } else {
            source.at(x, y)
        }
    });
    (source, edit)
}

fn card(before: &[ReadLine], after: &[ReadLine], asked: &Instruction) -> Scorecard {
    let (source, edit) = pair();
    scored(&source, &edit, before, after, asked).0
}

/// The card, and how often the reader looked.
fn scored(
    source: &Raster,
    edit: &Raster,
    before: &[ReadLine],
    after: &[ReadLine],
    asked: &Instruction,
) -> (Scorecard, usize) {
    let reader = Arc::new(Told {
        source: source.clone(),
        lines: [before.to_vec(), after.to_vec()],
        looks: AtomicUsize::new(0),
    });
    let eyes = Eyes {
        text: Some(reader.clone()),
        ..Eyes::default()
    };
    let request = ScoreRequest {
        source,
        edited: &[edit],
        instruction: asked,
    };
    let mut cards = BuiltIn::seeing(eyes)
        .score(&request, &Quiet)
        .expect("scored");
    (cards.remove(0), reader.looks.load(Ordering::Relaxed))
}

fn reason<'a>(score: &'a Score, id: &str) -> Option<&'a Reason> {
    score.reasons.iter().find(|reason| reason.id == id)
}

#[test]
fn other_words_than_were_asked_bound_following() {
    let met = raise(Quantity::Exposure, Degree::Slight);
    for asked in [
        writing("SALE"),
        asking(Some("SALE"), Gone::Something, instruction(&[met])),
    ] {
        let score = of(&card(&[], &sure(&["SALF"]), &asked), FOLLOWING);
        assert!(score.value <= Score::MOST_MISREAD, "{}", score.value);
        let fact = reason(&score, Reason::MISREAD).expect("a reason");
        assert!(
            fact.text == "“SALF” is read; “SALE” was asked.",
            "{:?}",
            fact.text
        );
        assert!(fact.evidence.is_some(), "it shows where");
    }
}

#[test]
fn the_words_that_were_asked_are_followed() {
    let score = of(
        &card(&sure(&["OPEN"]), &sure(&["Sale!"]), &writing("SALE")),
        FOLLOWING,
    );
    assert!(score.value > 0.9 && score.spread < 0.1, "{score:?}");
    assert!(reason(&score, Reason::READ).is_some_and(|fact| fact.passed == Some(true)));
}

#[test]
fn words_that_are_not_surely_read_decide_nothing() {
    for after in [vec![], vec![line("SALF", 0.6)], vec![line("Xq", 0.97)]] {
        let score = of(&card(&[], &after, &writing("SALE")), FOLLOWING);
        assert!(
            score.most().is_none() && score.spread > 0.15,
            "{after:?} {score:?}"
        );
    }
}

#[test]
fn words_that_were_there_already_were_not_written() {
    let both = sure(&["SALE"]);
    let score = of(&card(&both, &both, &writing("SALE")), FOLLOWING);
    assert!(score.value < 0.5, "{}", score.value);
}

#[test]
fn letters_that_the_reader_does_not_know_are_not_judged() {
    let score = of(&card(&[], &sure(&["CAJE"]), &writing("САЛЕ")), FOLLOWING);
    assert!(
        score.most().is_none() && reason(&score, "thing").is_some(),
        "{score:?}"
    );
}

#[test]
fn words_that_were_to_go_and_stay_bound_following() {
    let before = sure(&["OPEN", "COFFEE"]);
    for (gone, after, bounded) in [
        (Gone::This("open".to_owned()), &["OPEN", "COFFEE"][..], true),
        (Gone::This("open".to_owned()), &["COFFEE"], false),
        (Gone::All, &["COFFEE"], true),
        (Gone::All, &[], false),
    ] {
        let asked = asking(None, gone.clone(), instruction(&[]));
        let score = of(&card(&before, &sure(after), &asked), FOLLOWING);
        assert_eq!(score.most().is_some(), bounded, "{gone:?} {after:?}");
        assert_eq!(score.value > 0.9, !bounded, "{gone:?} {after:?}");
    }
}

#[test]
fn words_that_nobody_asked_to_go_are_missed_where_they_were() {
    let warmer = instruction(&[raise(Quantity::Warmth, Degree::Moderate)]);
    for (after, said) in [
        (
            &["CDFFEB"][..],
            "“COFFEE” now reads “CDFFEB”, and nobody asked for that.",
        ),
        (
            &[],
            "“COFFEE” can no longer be read, and nobody asked for that.",
        ),
    ] {
        let score = of(&card(&sure(&["COFFEE"]), &sure(after), &warmer), DETAIL);
        let lost = reason(&score, "lettering").expect("a reason");
        assert!(lost.text == said, "{:?}", lost.text);
        assert!(lost.cost > 0.3, "{}", lost.cost);
        let map = lost.evidence.as_ref().expect("a map");
        let at = |x: f32, y: f32| {
            map.at(
                (x * map.width as f32) as usize,
                (y * map.height as f32) as usize,
            )
        };
        assert!(at(0.5, 0.4) > 0.5 && at(0.1, 0.1) == 0.0);
    }
}

#[test]
fn words_that_still_read_as_they_did_cost_nothing() {
    let warmer = instruction(&[raise(Quantity::Warmth, Degree::Moderate)]);
    let both = sure(&["COFFEE"]);
    let score = of(&card(&both, &both, &warmer), DETAIL);
    assert!(reason(&score, "lettering").is_some_and(|told| told.cost == 0.0));
}

#[test]
fn letters_that_are_too_dark_to_be_read_are_still_there() {
    let darker = instruction(&[lower(Quantity::Exposure, Degree::Extreme)]);
    let source = picture("mountain path").clone();
    let edit = Raster::from_fn(source.width, source.height, |x, y| {
        source.at(x, y).map(|v| v / 8.0)
    });
    let (card, _) = scored(&source, &edit, &sure(&["COFFEE"]), &[], &darker);
    assert!(reason(&of(&card, DETAIL), "lettering").is_none_or(|told| told.cost == 0.0));
}

#[test]
fn words_that_made_way_for_those_that_were_asked_are_not_missed() {
    for (asked, after) in [
        (writing("SALE"), &["SALE"][..]),
        (
            asking(
                Some("TEA"),
                Gone::This("COFFEE".to_owned()),
                instruction(&[]),
            ),
            &["TEA"],
        ),
        (asking(None, Gone::All, instruction(&[])), &[]),
    ] {
        let score = of(&card(&sure(&["COFFEE"]), &sure(after), &asked), DETAIL);
        assert!(
            reason(&score, "lettering").is_none_or(|told| told.cost == 0.0),
            "{after:?}"
        );
    }
}

#[test]
fn edits_are_read_only_where_words_matter() {
    let (source, edit) = pair();
    let warmer = instruction(&[raise(Quantity::Warmth, Degree::Moderate)]);
    let looks =
        |before: &[&str], asked: &Instruction| scored(&source, &edit, &sure(before), &[], asked).1;
    assert_eq!(looks(&[], &warmer), 1, "the source alone");
    assert_eq!(looks(&["COFFEE"], &warmer), 2);
    assert_eq!(looks(&[], &writing("SALE")), 2);
}

#[test]
fn without_a_reader_words_change_nothing() {
    let (source, edit) = pair();
    let request = ScoreRequest {
        source: &source,
        edited: &[&edit],
        instruction: &writing("SALE"),
    };
    let plain = ScoreRequest {
        instruction: &{
            let mut asked = writing("SALE");
            asked.understood.lettering.clear();
            asked
        },
        ..request
    };
    let score =
        |request: &ScoreRequest<'_>| BuiltIn::default().score(request, &Quiet).expect("scored");
    assert_eq!(score(&request), score(&plain));
}
