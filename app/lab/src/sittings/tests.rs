//! Sittings: nothing is lost, nobody gains from a place, and the measures are the published ones.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::*;
use crate::case::Take;
use crate::measures::bootstrap::Draws;
use crate::picture::Picture;

fn place(name: &str) -> PathBuf {
    let place =
        std::env::temp_dir().join(format!("retake-lab-sitting-{}-{name}", std::process::id()));
    let _ = std::fs::remove_dir_all(&place);
    place
}

fn cases(count: usize, editors: &[&str]) -> Vec<Case> {
    let take = |name: &&str| Take {
        name: (*name).to_owned(),
        editor: (*name).to_owned(),
        picture: Some(Picture::File("edit.png".into())),
        ..Take::default()
    };
    let case = |at: usize| Case {
        id: format!("photo {at}"),
        group: format!("photo {at}"),
        instruction: "warmer".into(),
        source: Some(Picture::File("source.png".into())),
        takes: editors.iter().map(take).collect(),
        ..Case::default()
    };
    (0..count).map(case).collect()
}

const PAIRS: Manner = Manner {
    kind: Kind::Pairs,
    seed: 7,
    most: None,
    again: 0,
};

/// How often an editor stood at a place, by editor.
fn at_place(lineups: &[Case], questions: &[Question], place: usize) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for question in questions {
        let take = &lineups[question.lineup].takes[question.shown[place]];
        *counts.entry(take.editor.clone()).or_default() += 1;
    }
    counts
}

#[test]
fn every_pair_is_asked_once_and_every_editor_is_left_as_often_as_right() {
    let lineups = cases(20, &["a", "b", "c", "d"]);
    let questions = plan::questions(&lineups, PAIRS, "anna", 0);
    assert_eq!(questions.len(), 20 * 6);
    let left = at_place(&lineups, &questions, 0);
    // each stands in 60 pairs
    assert!(
        left.values().all(|count| (28..=32).contains(count)),
        "{left:?}"
    );
}

#[test]
fn no_editor_of_best_of_n_keeps_a_place_to_itself() {
    let lineups = cases(40, &["a", "b", "c", "d"]);
    let manner = Manner {
        kind: Kind::BestOf(4),
        ..PAIRS
    };
    let questions = plan::questions(&lineups, manner, "anna", 0);
    assert_eq!(questions.len(), 40);
    for place in 0..4 {
        let there = at_place(&lineups, &questions, place);
        assert!(
            there.values().all(|count| (8..=12).contains(count)),
            "{there:?}"
        );
    }
}

#[test]
fn a_second_rater_is_asked_the_same_with_the_sides_turned() {
    let lineups = cases(10, &["a", "b", "c"]);
    let mut first = plan::questions(&lineups, PAIRS, "anna", 0);
    let mut second = plan::questions(&lineups, PAIRS, "ben", 1);
    assert_ne!(first, second);
    for question in &mut second {
        question.shown.reverse();
    }
    let key = |question: &Question| (question.lineup, question.shown.clone());
    first.sort_by_key(key);
    second.sort_by_key(key);
    assert_eq!(first, second);
}

#[test]
fn more_edits_than_fit_are_asked_in_heaps_in_which_each_stands_once() {
    let lineups = cases(1, &["a", "b", "c", "d", "e", "f", "g"]);
    let manner = Manner {
        kind: Kind::BestOf(4),
        ..PAIRS
    };
    let questions = plan::questions(&lineups, manner, "anna", 0);
    let mut sizes: Vec<usize> = questions.iter().map(|q| q.shown.len()).collect();
    sizes.sort_unstable();
    assert_eq!(sizes, [3, 4]);
    let mut all: Vec<usize> = questions.iter().flat_map(|q| q.shown.clone()).collect();
    all.sort_unstable();
    assert_eq!(all, [0, 1, 2, 3, 4, 5, 6]);
}

#[test]
fn what_is_asked_again_comes_last_and_turned() {
    let lineups = cases(10, &["a", "b"]);
    let manner = Manner { again: 20, ..PAIRS };
    let questions = plan::questions(&lineups, manner, "anna", 0);
    assert_eq!(questions.len(), 12);
    for again in &questions[10..] {
        let mut before = again.clone();
        before.shown.reverse();
        before.again = false;
        assert!(again.again && questions[..10].contains(&before));
    }
}

#[test]
fn a_sitting_goes_on_where_it_was_and_loses_no_answer() {
    let (folder, lineups) = (place("resume"), cases(4, &["a", "b", "c"]));
    let mut sitting = Sitting::open(&folder, lineups.clone(), PAIRS, "anna").expect("it begins");
    for _ in 0..5 {
        sitting.best(0).expect("kept");
    }
    let next = sitting.now().cloned();
    drop(sitting);
    // killed in the middle of a line
    let file = folder.join(journal::NAME);
    let whole = std::fs::read_to_string(&file).expect("readable");
    std::fs::write(&file, format!("{whole}{{\"answer\":{{\"rater\":\"an")).expect("writable");
    let mut sitting = Sitting::open(&folder, lineups, PAIRS, "anna").expect("it goes on");
    assert_eq!(
        (sitting.progress(), sitting.now()),
        ((5, 12), next.as_ref())
    );
    while sitting.now().is_some() {
        sitting.say(Verdict::Tie).expect("kept");
    }
    let (_, answers) = journal::read(&folder).expect("readable");
    assert_eq!((answers.given.len(), answers.damaged), (12, 1));
}

#[test]
fn what_cannot_be_shown_is_passed_by_and_asked_the_next_time() {
    let (folder, lineups) = (place("passed"), cases(3, &["a", "b"]));
    let mut sitting = Sitting::open(&folder, lineups.clone(), PAIRS, "anna").expect("it begins");
    let passed = sitting.now().cloned();
    sitting.pass();
    while let Some(question) = sitting.now() {
        assert_ne!(Some(question), passed.as_ref());
        sitting.best(0).expect("kept");
    }
    assert_eq!(sitting.progress(), (2, 3));
    drop(sitting);
    let sitting = Sitting::open(&folder, lineups, PAIRS, "anna").expect("it goes on");
    assert_eq!(sitting.now(), passed.as_ref());
}

#[test]
fn the_last_word_counts() {
    let (folder, lineups) = (place("back"), cases(2, &["a", "b"]));
    let mut sitting = Sitting::open(&folder, lineups, PAIRS, "anna").expect("it begins");
    sitting.best(0).expect("kept");
    sitting.back();
    assert!(matches!(sitting.said_before(), Some(Verdict::Best(_))));
    sitting.say(Verdict::BothBad).expect("kept");
    assert_eq!(sitting.progress(), (1, 2));
    let (_, answers) = journal::read(&folder).expect("readable");
    let said: Vec<&Verdict> = answers.given.iter().map(|answer| &answer.verdict).collect();
    assert_eq!(said, [&Verdict::BothBad]);
}

#[test]
fn other_edits_or_another_way_of_asking_are_refused_with_what_it_was() {
    let (folder, lineups) = (place("mixed"), cases(2, &["a", "b"]));
    drop(Sitting::open(&folder, lineups.clone(), PAIRS, "anna").expect("it begins"));
    let manner = Manner { seed: 8, ..PAIRS };
    let why = Sitting::open(&folder, lineups, manner, "anna")
        .err()
        .expect("refused");
    assert!(
        why.to_string().contains("begun otherwise (pairs, seed 7"),
        "{why}"
    );
    let others = cases(3, &["a", "b"]);
    let why = Sitting::open(&folder, others, PAIRS, "anna")
        .err()
        .expect("refused");
    assert!(why.to_string().contains("other edits"), "{why}");
}

#[test]
fn a_file_of_somebody_else_is_not_written_to() {
    let folder = place("foreign");
    std::fs::create_dir_all(&folder).expect("writable");
    let file = folder.join(journal::NAME);
    std::fs::write(&file, "{\"their\": 1}\n").expect("writable");
    assert!(Sitting::open(&folder, cases(1, &["a", "b"]), PAIRS, "anna").is_err());
    assert_eq!(
        std::fs::read_to_string(&file).expect("readable"),
        "{\"their\": 1}\n"
    );
}

fn answer(rater: &str, lineup: usize, verdict: Verdict) -> Answer {
    Answer {
        rater: rater.into(),
        lineup: format!("photo {lineup}"),
        shown: vec!["a".into(), "b".into()],
        again: false,
        verdict,
    }
}

fn given(rows: &[(&str, &[Verdict])]) -> Answers {
    let of = |(rater, said): &(&str, &[Verdict])| {
        let said = said.iter().enumerate();
        said.map(|(at, verdict)| answer(rater, at, verdict.clone()))
            .collect::<Vec<_>>()
    };
    Answers {
        raters: rows.iter().map(|(rater, _)| (*rater).to_owned()).collect(),
        given: rows.iter().flat_map(of).collect(),
        damaged: 0,
    }
}

fn a() -> Verdict {
    Verdict::Best("a".into())
}
fn b() -> Verdict {
    Verdict::Best("b".into())
}

const DRAWS: Draws = Draws {
    rounds: 50,
    seed: 0,
};

#[test]
fn raters_who_say_the_same_agree_and_a_skip_is_no_opinion() {
    let lineups = cases(4, &["a", "b"]);
    let same = [a(), b(), Verdict::Tie, a()];
    let skipping = [a(), b(), Verdict::Tie, Verdict::Skip];
    let answers = given(&[("anna", &same), ("ben", &skipping)]);
    let told = Agreement::of(&answers, Kind::Pairs, &lineups, &[], DRAWS);
    assert_eq!(told.alpha, Some(1.0));
    assert!(
        told.kendall.is_some_and(|tau| tau > 0.999_999),
        "{:?}",
        told.kendall
    );
    assert_eq!((told.questions, told.shared), (4, 3));
    assert_eq!(
        (told.raters["ben"].skipped, told.between[0].same),
        (1, Some(1.0))
    );
}

#[test]
fn alpha_is_krippendorffs_and_both_bad_is_a_value_of_its_own_when_nominal() {
    let lineups = cases(5, &["a", "b"]);
    let answers = given(&[
        ("anna", &[a(), a(), b(), Verdict::Tie, b()]),
        ("ben", &[a(), b(), b(), Verdict::BothBad, a()]),
    ]);
    let told = Agreement::of(&answers, Kind::Pairs, &lineups, &[], DRAWS);
    // ordinal, of (1,1) (1,-1) (-1,-1) (0,0) (-1,1): counts 4 of each side and 2 between; the distance of the ends is
    // (10 - 4)^2 = 36, of an end and the middle (6 - 3)^2 = 9; observed 4 * 36, expected 2 * (16 * 36 + 2 * 8 * 9)
    let alpha = 1.0 - 9.0 * 144.0 / (2.0 * (16.0 * 36.0 + 2.0 * 8.0 * 9.0));
    assert!(
        (told.alpha.expect("a value") - alpha).abs() < 1e-12,
        "{:?}",
        told.alpha
    );
    // nominal, counts 4, 4, 1, 1: 6 disagreements observed, 100 - 16 - 16 - 1 - 1 = 66 expected
    let nominal = 1.0 - 9.0 * 6.0 / 66.0;
    assert!((told.alpha_nominal.expect("a value") - nominal).abs() < 1e-12);
}

#[test]
fn a_rater_who_always_names_the_left_one_is_told() {
    let lineups = cases(4, &["a", "b"]);
    let answers = given(&[("anna", &[a(), a(), a(), a()])]);
    let told = Agreement::of(&answers, Kind::Pairs, &lineups, &[], DRAWS);
    assert_eq!(told.raters["anna"].positional_bias, Some(0.5));
    assert_eq!(told.alpha, None);
}

#[test]
fn a_reward_is_held_against_the_majority() {
    let lineups = cases(3, &["a", "b"]);
    let answers = given(&[
        ("anna", &[a(), b(), a()]),
        ("ben", &[a(), b(), b()]),
        ("cleo", &[a(), Verdict::Tie, a()]),
    ]);
    // right about the first and the third
    let mut opinion = agreement::Opinion::new();
    for lineup in 0..3 {
        opinion.insert((format!("photo {lineup}"), "a".into()), 0.9);
        opinion.insert((format!("photo {lineup}"), "b".into()), 0.1);
    }
    let against = [("reward".to_owned(), opinion)];
    let told = Agreement::of(&answers, Kind::Pairs, &lineups, &against, DRAWS);
    let figures = &told.against["reward"];
    assert_eq!(figures.values["pair_accuracy"], 2.0 / 3.0);
    assert_eq!((figures.pairs, figures.values["top1"]), (3, 2.0 / 3.0));
}

#[test]
fn the_best_of_many_is_a_share_of_votes() {
    let lineups = cases(1, &["a", "b", "c"]);
    let of = |rater: &str, verdict| Answer {
        shown: vec!["c".into(), "a".into(), "b".into()],
        ..answer(rater, 0, verdict)
    };
    let answers = Answers {
        raters: vec!["anna".into(), "ben".into()],
        given: vec![of("anna", a()), of("ben", Verdict::Best("c".into()))],
        damaged: 0,
    };
    let voted = agreement::votes(&answers, &lineups);
    let humans: Vec<Option<f64>> = voted[0].group.entries.iter().map(|e| e.human).collect();
    assert_eq!(humans, [Some(0.5), Some(0.0), Some(0.5)]);
}

#[test]
fn votes_leave_as_preferences_whose_margin_is_how_many_agree() {
    let lineups = cases(2, &["a", "b"]);
    let answers = given(&[
        ("anna", &[a(), a()]),
        ("ben", &[a(), b()]),
        ("cleo", &[b(), Verdict::Skip]),
    ]);
    let picks = export::picks(&answers, &lineups);
    let shape = crate::picks::SHAPES
        .iter()
        .find(|s| s.id == "dpo")
        .expect("a shape");
    let names = crate::picks::Names {
        source: "s".into(),
        take: &|take| take.to_string(),
    };
    let rows: Vec<_> = picks
        .iter()
        .flat_map(|(group, _)| crate::picks::rows(shape, group, &names))
        .collect();
    // raters are at odds about the second
    assert_eq!(rows.len(), 1);
    assert_eq!(
        (rows[0]["chosen"].as_str(), rows[0]["rejected"].as_str()),
        (Some("0"), Some("1"))
    );
    let margin = rows[0]["margin"].as_f64().expect("a number");
    assert!((margin - 1.0 / 3.0).abs() < 1e-12, "{margin}");
}

#[test]
fn only_ways_of_asking_that_exist_are_read() {
    assert_eq!("best-of-4".parse(), Ok(Kind::BestOf(4)));
    for wrong in ["best-of-2", "best-of-10", "pair", "best-of-"] {
        assert!(wrong.parse::<Kind>().is_err(), "{wrong}");
    }
}
