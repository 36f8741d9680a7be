use std::path::{Path, PathBuf};

use retake_core::{Quiet, Watch};

use super::write::best;
use super::*;
use crate::case::{Case, Take, Verdict};
use crate::dataset::Dataset;
use crate::formats::format;
use crate::measures::Better;
use crate::picture::save_small;
use crate::rows::{Flow, TEXT_CONTAINERS};

/// Two folders as the lab reads them, with different wishes; the edit of the first changes the upper half alone.
fn folder(name: &str) -> PathBuf {
    let root = std::env::temp_dir().join(format!("retake-degrade-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&root);
    for (case, wish, lift) in [
        ("one", "make the sky brighter", 0.3),
        ("two", "make it darker", -0.1),
    ] {
        let one = root.join("data").join(case);
        std::fs::create_dir_all(&one).expect("writable");
        std::fs::write(one.join("instruction.txt"), wish).expect("writable");
        let (source, edit) = pictures(lift);
        save_small(&one.join("source.png"), &source, 64).expect("written");
        save_small(&one.join("edited.png"), &edit, 64).expect("written");
    }
    root
}

fn pictures(lift: f32) -> (Raster, Raster) {
    let source = Raster::from_fn(48, 40, |x, y| {
        let v = 0.2 + 0.1 * ((x / 5 + y / 7) % 3) as f32;
        [v, 0.8 * v, 0.6 * v + 0.002 * x as f32]
    });
    let edit = Raster::from_fn(48, 40, |x, y| {
        let lift = if y < 20 { lift } else { 0.0 };
        source.at(x, y).map(|v| (v + lift).max(0.0))
    });
    (source, edit)
}

fn data(root: &Path) -> Dataset<'static> {
    Dataset {
        path: root.join("data"),
        format: format("folder").expect("it is in the table"),
        images: None,
        containers: vec![TEXT_CONTAINERS],
        limit: None,
    }
}

fn manner(seed: u64) -> Manner {
    Manner {
        long_edge: 64,
        seed,
        ways: WAYS.iter().collect(),
    }
}

fn cases_of(folder: &Path) -> Vec<Case> {
    let made = Dataset {
        path: folder.join(RATINGS),
        format: format("aurora-bench").expect("it is in the table"),
        images: None,
        containers: vec![TEXT_CONTAINERS],
        limit: None,
    };
    let mut cases = Vec::new();
    let tally = made.walk(&mut |case, _| {
        cases.push(case);
        Ok(Flow::On)
    });
    let tally = tally.expect("it is read");
    assert_eq!((tally.skipped, tally.unknown_columns.len()), (0, 0));
    cases
}

fn apart(a: &Raster, b: &Raster) -> f32 {
    let all = a.planes.iter().flatten().zip(b.planes.iter().flatten());
    all.map(|(a, b)| (a - b).abs()).sum()
}

#[test]
fn what_is_made_loads_as_ratings_whose_pictures_open() {
    let root = folder("loads");
    let out = root.join("out");
    let told = degrade(&data(&root), &manner(0), &out, &Quiet).expect("it is made");
    let cases = cases_of(&out);
    let steps: usize = WAYS.iter().map(|way| way.strengths.len()).sum();
    assert_eq!((told.rows, cases.len()), (2 * steps, 2 * steps));
    for case in &cases {
        let opened = crate::scoring::open_case(case, 64).expect("the pictures open");
        assert_eq!((opened.source.width, opened.source.height), (48, 40));
    }
    let _ = std::fs::remove_dir_all(root);
}

#[test]
fn labels_rise_with_the_share_of_the_way_and_fall_with_the_damage() {
    for way in WAYS {
        let labels: Vec<f64> = way.strengths.iter().map(|s| (way.label)(*s)).collect();
        let rises = labels.windows(2).all(|two| two[0] < two[1]);
        let never_rises = labels.windows(2).all(|two| two[0] >= two[1]);
        assert!(
            if way.id == "interpolated" {
                rises
            } else {
                never_rises
            },
            "{}",
            way.id
        );
        assert!(
            labels.iter().all(|label| (0.0..=1.0).contains(label)),
            "{}",
            way.id
        );
    }
    // ADIEE: an over-edit is worth one half, what was not asked nothing
    let label = |id: &str| (way(id).expect("a way").label)(1.0);
    assert_eq!(
        (
            label("over-edited"),
            label("other-wish"),
            label("other-picture")
        ),
        (0.5, 0.0, 0.0)
    );
}

#[test]
fn interpolation_begins_at_the_source_ends_at_the_edit_and_is_in_linear_light_between() {
    let (source, edit) = pictures(0.3);
    let scene = Scene {
        source: &source,
        edit: &edit,
        other: None,
    };
    let at = |share: f32| {
        let way = way("interpolated").expect("a way");
        (way.make)(&scene, share, &mut Rng::new(0))
            .expect("it needs no other")
            .edit
    };
    assert_eq!(
        (apart(&at(0.0), &source), apart(&at(1.0), &edit)),
        (0.0, 0.0)
    );
    let [half, a, b] = [at(0.5).at(9, 3)[0], source.at(9, 3)[0], edit.at(9, 3)[0]];
    assert!(
        (half - 0.5 * (a + b)).abs() < 1e-6,
        "{half} between {a} and {b}"
    );
}

#[test]
fn a_stronger_fault_lies_farther_from_the_edit() {
    let (source, edit) = pictures(0.3);
    let scene = Scene {
        source: &source,
        edit: &edit,
        other: None,
    };
    for way in WAYS.iter().filter(|way| way.strengths.len() == 3) {
        let far = |strength: &f32| {
            let worse = (way.make)(&scene, *strength, &mut Rng::new(5)).expect("it needs no other");
            apart(&worse.edit, &edit)
        };
        let all: Vec<f32> = way.strengths.iter().map(far).collect();
        assert!(
            all[0] > 0.0 && all.windows(2).all(|two| two[0] < two[1]),
            "{} {all:?}",
            way.id
        );
    }
}

#[test]
fn a_repaint_elsewhere_keeps_off_what_the_edit_changed() {
    let (source, edit) = pictures(0.3);
    let scene = Scene {
        source: &source,
        edit: &edit,
        other: None,
    };
    let way = way("elsewhere").expect("a way");
    let worse = (way.make)(&scene, 0.25, &mut Rng::new(1))
        .expect("it needs no other")
        .edit;
    let changed = |rows: std::ops::Range<usize>| -> f32 {
        let all = rows.flat_map(|y| (0..48).map(move |x| (x, y)));
        all.map(|(x, y)| (worse.at(x, y)[0] - edit.at(x, y)[0]).abs())
            .sum()
    };
    // the edit is the upper half
    assert!(
        changed(20..40) > 20.0 * changed(0..20),
        "{} {}",
        changed(20..40),
        changed(0..20)
    );
}

#[test]
fn a_seed_is_a_data_set() {
    let root = folder("seeds");
    let make = |name: &str, seed: u64| {
        let out = root.join(name);
        degrade(&data(&root), &manner(seed), &out, &Quiet).expect("it is made");
        let read = |file: &str| std::fs::read(out.join(file)).expect("it is there");
        (read(RATINGS), read("pictures/00001-noisy-0.50.png"))
    };
    let (one, same, other) = (make("a", 3), make("b", 3), make("c", 4));
    assert_eq!(one, same);
    assert_ne!(one.1, other.1);
    let _ = std::fs::remove_dir_all(root);
}

#[test]
fn the_wish_and_the_picture_of_another_case_are_worth_nothing() {
    let root = folder("other");
    let out = root.join("out");
    degrade(&data(&root), &manner(0), &out, &Quiet).expect("it is made");
    let cases = cases_of(&out);
    let of = |model: &str| {
        let found = cases.iter().find(|case| case.takes[0].editor == model);
        found.unwrap_or_else(|| panic!("no {model}"))
    };
    assert_eq!(of("other-wish").instruction, "make it darker");
    assert_eq!(of("other-picture").instruction, "make the sky brighter");
    assert_eq!(of("other-picture").takes[0].human, Some(0.0));
    let _ = std::fs::remove_dir_all(root);
}

struct Stops;
impl Watch for Stops {
    fn progress(&self, _: &'static str, _: usize, _: usize) {}
    fn stopped(&self) -> bool {
        true
    }
}

#[test]
fn a_run_that_is_stopped_leaves_nothing_and_a_folder_with_files_is_left_alone() {
    let root = folder("stopped");
    let stopped = degrade(&data(&root), &manner(0), &root.join("out"), &Stops);
    assert!(matches!(stopped, Err(crate::LabError::Stopped)));
    let left: Vec<_> = std::fs::read_dir(&root)
        .expect("a folder")
        .flatten()
        .collect();
    assert_eq!(left.len(), 1, "{left:?}");
    let refused = degrade(&data(&root), &manner(0), &root.join("data"), &Quiet);
    assert!(refused.is_err_and(|why| why.to_string().contains("new folder")));
    assert!(root.join("data/one/source.png").is_file());
    let _ = std::fs::remove_dir_all(root);
}

#[test]
fn an_edit_that_changes_nothing_is_skipped_with_the_reason() {
    let root = folder("nothing");
    let one = root.join("data/one");
    std::fs::copy(one.join("source.png"), one.join("edited.png")).expect("copied");
    let told =
        degrade(&data(&root), &manner(0), &root.join("out"), &Quiet).expect("the other is made");
    assert_eq!((told.tally.used, told.tally.skipped), (1, 1));
    assert!(
        told.tally.skipped_rows[0]
            .reason
            .to_string()
            .contains("changes nothing")
    );
    let _ = std::fs::remove_dir_all(root);
}

#[test]
fn of_several_edits_the_one_that_people_like_best_is_made_worse() {
    let take = |human: Option<f64>| Take {
        human,
        ..Take::default()
    };
    let rated = Case {
        takes: vec![take(Some(0.2)), take(Some(0.9)), take(Some(0.4))],
        ..Case::default()
    };
    let compared = Case {
        takes: vec![take(None), take(None)],
        verdicts: vec![Verdict::of(Better::B)],
        ..Case::default()
    };
    let silent = Case {
        takes: vec![take(None), take(None)],
        ..Case::default()
    };
    assert_eq!(
        [best(&rated), best(&compared), best(&silent)],
        [Some(1), Some(1), Some(0)]
    );
}

#[test]
fn a_case_of_which_nothing_could_be_made_counts_as_skipped() {
    let root = folder("barren");
    std::fs::remove_dir_all(root.join("data/two")).expect("it is there");
    let alone = Manner {
        ways: vec![way("other-picture").expect("a way")],
        ..manner(0)
    };
    let told = degrade(&data(&root), &alone, &root.join("out"), &Quiet).expect("it is told");
    assert_eq!(
        (told.rows, told.tally.used, told.tally.skipped),
        (0, 0, 1),
        "{:?}",
        told.tally.skipped_rows
    );
    let _ = std::fs::remove_dir_all(root);
}
