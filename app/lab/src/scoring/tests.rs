//! Runs over data sets with pictures: what is scored, what is not, and what is not scored again.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::formats::format;
use crate::rows::TEXT_CONTAINERS;

/// The mean of the picture is its score; counts how often it is asked, and has enough after a while.
struct Brightness {
    asked: AtomicUsize,
    most: usize,
}

impl Scorer for Brightness {
    fn fingerprint(&self) -> String {
        "brightness".into()
    }
    fn score(&self, question: &Question<'_>, edits: &[&Raster]) -> Result<Vec<Scores>, Said> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        if question.instruction.contains("unreadable") {
            return Err(Said::words("the instruction means nothing"));
        }
        let mean = |raster: &&Raster| {
            let value = raster.at(0, 0)[1];
            Scores {
                overall: f64::from(value),
                by_dimension: [("generation_quality".to_owned(), f64::from(value))].into(),
                ..Scores::default()
            }
        };
        Ok(edits.iter().map(mean).collect())
    }
}

impl Watch for Brightness {
    fn progress(&self, _: &'static str, _: usize, _: usize) {}
    fn stopped(&self) -> bool {
        self.asked.load(Ordering::SeqCst) >= self.most
    }
}

fn scorer(most: usize) -> Brightness {
    Brightness {
        asked: AtomicUsize::new(0),
        most,
    }
}

pub(super) fn place(name: &str) -> PathBuf {
    let place =
        std::env::temp_dir().join(format!("retake-lab-scoring-{}-{name}", std::process::id()));
    let _ = std::fs::remove_dir_all(&place);
    std::fs::create_dir_all(&place).expect("the temporary folder can be written");
    place
}

/// Pairs of a bright and a dark edit of which people prefer the bright one.
pub(super) fn pairs(name: &str, count: usize) -> Dataset<'static> {
    let folder = place(name);
    for (file, level) in [("source", 90), ("bright", 200), ("dark", 20)] {
        let samples = vec![level; 12 * 8 * 3];
        retake_files::save::save_rgb8(&folder.join(format!("{file}.png")), 12, 8, &samples, 90)
            .expect("written");
    }
    let line = |at: usize| {
        let (first, second, winner) = if at.is_multiple_of(2) {
            ("bright", "dark", "A")
        } else {
            ("dark", "bright", "B")
        };
        serde_json::json!({ "key": at.to_string(), "instruction": "brighter", "source_image_path": "source.png",
            "edited_image_paths": [format!("{first}.png"), format!("{second}.png")], "winner": format!("Image {winner}") })
        .to_string()
    };
    let lines: Vec<String> = (0..count).map(line).collect();
    std::fs::write(folder.join("pairs.jsonl"), lines.join("\n")).expect("written");
    Dataset {
        path: folder.join("pairs.jsonl"),
        format: format("gedit-v2").expect("it is in the table"),
        images: None,
        containers: vec![TEXT_CONTAINERS],
        limit: None,
    }
}

const MANNER: Manner = Manner {
    long_edge: 64,
    threads: 3,
    raw: false,
};

#[test]
fn a_run_that_was_stopped_goes_on_where_it_was() {
    let (data, out) = (pairs("resume", 40), place("resume-out"));
    let first = scorer(15);
    let stopped = run(&data, &first, MANNER, Some(&out), &first);
    assert!(matches!(stopped, Err(LabError::Stopped)));
    let kept = journal::kept(&out).expect("a journal").len();
    assert!((1..=15).contains(&kept), "{kept}");
    // killed in the middle of a line
    let file = out.join(journal::NAME);
    let whole = std::fs::read_to_string(&file).expect("readable");
    std::fs::write(&file, format!("{whole}{{\"id\": \"3")).expect("writable");
    let second = scorer(usize::MAX);
    let outcome = run(&data, &second, MANNER, Some(&out), &second).expect("it ends");
    assert_eq!(second.asked.load(Ordering::SeqCst), 40 - kept);
    assert_eq!((outcome.fresh, outcome.tally.used), (40 - kept, 40));
    let right = outcome.groups.iter().flat_map(|group| &group.judged);
    assert!(
        right
            .clone()
            .all(|judged| judged.pair.said() == judged.pair.human)
    );
    assert_eq!(right.count(), 40);
    let third = scorer(usize::MAX);
    run(&data, &third, MANNER, Some(&out), &third).expect("it ends");
    assert_eq!(third.asked.load(Ordering::SeqCst), 0);
}

#[test]
fn the_order_of_threads_changes_nothing() {
    let data = pairs("threads", 12);
    let of = |threads| {
        let scorer = scorer(usize::MAX);
        let manner = Manner { threads, ..MANNER };
        run(&data, &scorer, manner, None, &scorer)
            .expect("it ends")
            .groups
    };
    assert_eq!(of(1), of(4));
}

#[test]
fn a_picture_that_is_missing_costs_its_row_alone() {
    let data = pairs("missing", 6);
    let text = std::fs::read_to_string(&data.path).expect("readable");
    let text = text
        .replacen("dark.png", "gone.png", 1)
        .replacen("brighter", "unreadable", 1);
    std::fs::write(&data.path, text).expect("writable");
    let text = std::fs::read_to_string(&data.path).expect("readable");
    std::fs::write(&data.path, text.replacen("\"3\"", "\"2\"", 1)).expect("writable");
    let scorer = scorer(usize::MAX);
    let outcome = run(&data, &scorer, MANNER, None, &scorer).expect("it ends");
    assert_eq!((outcome.tally.used, outcome.tally.skipped), (4, 2));
    let rows = outcome.tally.skipped_rows.iter();
    let reasons: Vec<String> = rows.map(|row| row.reason.to_string()).collect();
    assert!(
        reasons.iter().any(|why| why.contains("was there before")),
        "{reasons:?}"
    );
    assert!(
        reasons.iter().any(|why| why.contains("is missing")),
        "{reasons:?}"
    );
}

#[test]
fn a_journal_of_others_is_left_alone() {
    let out = place("others");
    drop(Journal::open(&out, "somebody", false).expect("it is free"));
    let why = Journal::open(&out, "brightness", false)
        .expect_err("another")
        .to_string();
    assert!(why.contains("somebody") && why.contains("--out"), "{why}");
}

#[test]
fn rows_that_cannot_be_used_are_counted_while_the_others_are_scored() {
    let data = pairs("skipped", 8);
    let text = std::fs::read_to_string(&data.path).expect("it was written");
    // one that is no row, one whose picture is away, one that the reward cannot score
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines[0] = "{broken".into();
    lines[1] = lines[1].replace("bright.png", "nowhere.png");
    lines[2] = lines[2].replace("\"brighter\"", "\"unreadable\"");
    let text = lines.join("\n");
    std::fs::write(&data.path, text).expect("writable");
    let told = std::sync::Mutex::new(Vec::new());
    let tell = |count: usize| told.lock().expect("nobody panicked").push(count);
    let watch = retake_core::Quiet;
    let outcome = run_telling(&data, &scorer(usize::MAX), MANNER, None, &watch, &tell);
    let outcome = outcome.expect("it ends");
    let told = told.into_inner().expect("nobody panicked");
    assert_eq!((outcome.tally.used, outcome.tally.skipped), (5, 3));
    assert_eq!(told.iter().max(), Some(&3), "{told:?}");
}

/// A judge of pairs that always prefers the place on the left.
struct Leftish;

impl Scorer for Leftish {
    fn fingerprint(&self) -> String {
        "leftish".into()
    }
    fn score(&self, _: &Question<'_>, edits: &[&Raster]) -> Result<Vec<Scores>, Said> {
        let all = (0..edits.len()).map(|place| Scores {
            overall: 0.5,
            compared: (0..edits.len())
                .filter(|other| *other != place)
                .map(|second| Compared {
                    second,
                    first_better: 0.9,
                })
                .collect(),
            ..Scores::default()
        });
        Ok(all.collect())
    }
}

#[test]
fn a_judge_of_pairs_that_means_the_place_is_found_out_also_after_going_on() {
    let (data, out) = (pairs("leftish", 8), place("leftish-out"));
    let run = || {
        run(&data, &Leftish, MANNER, Some(&out), &retake_core::Quiet)
            .expect("it ends")
            .groups
    };
    let (fresh, read) = (run(), run());
    assert_eq!(fresh, read);
    let groups: Vec<&Group> = fresh.iter().collect();
    let figures = crate::figures::Figures::of(&groups, Default::default());
    assert_eq!(figures.values["order_consistency"], 0.0);
    assert_eq!(figures.values["positional_bias"], 0.5);
    assert_eq!(figures.values["consistent_accuracy"], 0.0);
    assert_eq!(figures.values["both_orders_accuracy"], 0.5);
}

/// Gives everything the same, and takes the source's file away when it is first asked.
struct Once(PathBuf);

impl Scorer for Once {
    fn fingerprint(&self) -> String {
        "once".into()
    }
    fn score(&self, _: &Question<'_>, edits: &[&Raster]) -> Result<Vec<Scores>, Said> {
        let _ = std::fs::remove_file(&self.0);
        Ok(vec![Scores::default(); edits.len()])
    }
}

#[test]
fn a_source_is_opened_once_for_all_its_cases() {
    let data = pairs("once", 6);
    let scorer = Once(data.path.with_file_name("source.png"));
    let manner = Manner {
        threads: 1,
        ..MANNER
    };
    let outcome = run(&data, &scorer, manner, None, &retake_core::Quiet).expect("it ends");
    assert_eq!(outcome.fresh, 6);
    assert_eq!((outcome.tally.used, outcome.tally.skipped), (6, 0));
}

/// Remembers how far it was told that the work is.
#[derive(Default)]
struct Told(Mutex<Vec<(usize, usize)>>);

impl Watch for Told {
    fn progress(&self, _: &'static str, done: usize, total: usize) {
        self.0.lock().expect("nobody panicked").push((done, total));
    }
}

#[test]
fn progress_is_what_was_scored_not_what_was_read_and_never_goes_back() {
    let data = pairs("progress", 9);
    let (told, asked) = (Told::default(), scorer(usize::MAX));
    run(&data, &asked, MANNER, None, &told).expect("it ends");
    let told = told.0.into_inner().expect("nobody panicked");
    assert_eq!(told.last(), Some(&(9, 9)));
    let mut done: Vec<usize> = told.iter().map(|(done, _)| *done).collect();
    assert!(done.is_sorted(), "{told:?}");
    done.dedup();
    let first = *done.first().expect("something");
    assert_eq!(done, (first..=9).collect::<Vec<_>>());
    assert!(first <= 1);
}

/// Breaks down when it is asked.
struct Broken;

impl Scorer for Broken {
    fn fingerprint(&self) -> String {
        "broken".into()
    }
    fn score(&self, _: &Question<'_>, _: &[&Raster]) -> Result<Vec<Scores>, Said> {
        panic!("this reward breaks down")
    }
}

#[test]
fn a_reward_that_breaks_down_ends_the_run() {
    // more than may wait, so that whoever reads would wait for ever
    let data = pairs("broken", 1100);
    let manner = Manner {
        threads: 1,
        ..MANNER
    };
    let run = || run(&data, &Broken, manner, None, &retake_core::Quiet).is_ok();
    let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(run));
    assert!(ended.is_err());
}

#[test]
fn a_reader_that_breaks_down_ends_the_run() {
    let data = pairs("reader", 4);
    let text = std::fs::read_to_string(&data.path).expect("readable");
    std::fs::write(&data.path, format!("{text}\n{{broken")).expect("writable");
    let asked = scorer(usize::MAX);
    let tell = |_: usize| panic!("whoever counts breaks down");
    let run = || run_telling(&data, &asked, MANNER, None, &retake_core::Quiet, &tell).is_ok();
    let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(run));
    assert!(ended.is_err());
}

#[test]
fn a_reason_stands_with_its_dimension_and_the_rest_by_itself() {
    let reasons = ["blurred", "noisy", "not done", "one judge is away"].map(Said::words);
    let scores = Scores {
        by_dimension: ["detail", "follows"].map(|of| (of.to_owned(), 0.5)).into(),
        reasons: reasons.to_vec(),
        reasons_of: ["detail", "gone", "follows"].map(str::to_owned).into(),
        ..Scores::default()
    };
    let of = |dimension| scores.reasons_for(dimension).collect::<Vec<_>>();
    assert_eq!(
        (of("detail"), of("follows")),
        (vec![&reasons[0]], vec![&reasons[2]])
    );
    let others: Vec<&Said> = scores.other_reasons().collect();
    assert_eq!(others, [&reasons[1], &reasons[3]]);
}

/// Notes how many threads there are to it.
struct Threads {
    by_itself: bool,
    seen: Mutex<Vec<usize>>,
}

impl Scorer for Threads {
    fn fingerprint(&self) -> String {
        "threads".into()
    }
    fn by_itself(&self) -> bool {
        self.by_itself
    }
    fn score(&self, _: &Question<'_>, edits: &[&Raster]) -> Result<Vec<Scores>, Said> {
        let threads = rayon::current_num_threads();
        self.seen.lock().expect("nobody panicked").push(threads);
        Ok(vec![Scores::default(); edits.len()])
    }
}

/// The threads that there are to each of six cases.
fn threads_of(name: &str, by_itself: bool, threads: usize) -> Vec<usize> {
    let scorer = Threads {
        by_itself,
        seen: Mutex::default(),
    };
    let manner = Manner { threads, ..MANNER };
    let data = pairs(name, 6);
    run(&data, &scorer, manner, None, &retake_core::Quiet).expect("it ends");
    scorer.seen.into_inner().expect("nobody panicked")
}

#[test]
fn a_case_that_waits_for_nobody_is_left_to_one_thread() {
    assert_eq!(threads_of("alone", true, 3), [1; 6]);
}

#[test]
fn one_that_may_wait_for_a_network_has_all_threads() {
    let all = rayon::current_num_threads();
    assert_eq!(threads_of("together", false, 3), [all; 6]);
}

#[test]
fn where_one_thread_scores_a_case_has_all_threads_inside() {
    let all = rayon::current_num_threads();
    assert_eq!(threads_of("single", true, 1), [all; 6]);
}

/// What becomes of a file in the place of a journal, and whether it is gone on with.
fn begun_over(name: &str, before: &str) -> (bool, String) {
    let folder = place(name);
    let file = folder.join(journal::NAME);
    std::fs::write(&file, before).expect("the temporary folder can be written");
    let opened = Journal::open(&folder, "me", false).is_ok();
    (opened, std::fs::read_to_string(file).expect("it is there"))
}

#[test]
fn a_file_that_is_no_journal_is_left_as_it_is() {
    for (name, text) in [
        ("foreign", "{\"id\":\"mine\",\"score\":3}\n"),
        ("foreign-torn", "{\"id\":\"mine\""),
        ("damaged", "{\"version\":1,\"scorer\":7}\n{\"id\":\"a\"}\n"),
    ] {
        assert_eq!(begun_over(name, text), (false, text.to_owned()));
    }
}

#[test]
fn a_journal_that_was_torn_in_its_first_line_is_begun_again() {
    let whole = "{\"version\":1,\"scorer\":\"me\"}\n".to_owned();
    for (name, text) in [
        ("torn", "{\"version\":1,\"sco"),
        ("torn-early", "{\"v"),
        ("empty", ""),
    ] {
        assert_eq!(begun_over(name, text), (true, whole.clone()));
    }
}
