//! Each format of text on a small file in the published schema; `tests/lab/make_data.py` wrote them.

use std::path::{Path, PathBuf};

use retake_lab::case::Case;
use retake_lab::dataset::{Dataset, Tally};
use retake_lab::formats::format;
use retake_lab::measures::Better;
use retake_lab::picture::Picture;
use retake_lab::rows::{Flow, TEXT_CONTAINERS};

fn kept(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/lab/data")
        .join(name)
}

fn read(id: &str, name: &str, images: Option<&str>) -> (Vec<Case>, Tally) {
    let data = Dataset {
        path: kept(name),
        format: format(id).expect("it is in the table"),
        images: images.map(kept),
        containers: vec![TEXT_CONTAINERS],
        limit: None,
    };
    let mut cases = Vec::new();
    let tally = data.walk(&mut |case, _| {
        cases.push(case);
        Ok(Flow::On)
    });
    (cases, tally.expect("it opens"))
}

fn opens(picture: &Option<Picture>) -> (usize, usize) {
    let photo = picture
        .as_ref()
        .expect("a picture")
        .open()
        .expect("it opens");
    (photo.width(), photo.height())
}

#[test]
fn aurora_has_a_rating_a_row_and_a_group_a_prompt() {
    let (cases, tally) = read("aurora-bench", "aurora.json", None);
    assert_eq!((cases.len(), tally.used, tally.skipped), (2, 2, 1));
    assert_eq!(cases[0].group, cases[1].group);
    assert_eq!(
        (cases[0].takes[0].human, cases[1].takes[0].editor.as_str()),
        (Some(2.0), "two")
    );
    assert_eq!(opens(&cases[0].source), (24, 16));
    assert!(
        tally.skipped_rows[0]
            .reason
            .to_string()
            .contains("“score” holds no number")
    );
}

#[test]
fn mmrb2_has_the_pair_the_choice_and_three_raters() {
    let (cases, tally) = read("mmrb2", "mmrb2.json", None);
    assert_eq!((cases.len(), tally.skipped), (1, 1));
    assert_eq!(
        (cases[0].instruction.as_str(), cases[0].task.as_str()),
        ("make it darker", "emu-edit")
    );
    assert_eq!(cases[0].verdicts[0].better, Better::B);
    assert_eq!(cases[0].verdicts[0].raters, [-2.5, -1.5, 0.5]);
    assert_eq!(cases[0].facts["same_model"], "false");
    assert_eq!(opens(&cases[0].takes[1].picture), (24, 16));
    assert!(
        tally.skipped_rows[0]
            .reason
            .to_string()
            .contains("9, which is not between 1 and 6")
    );
}

#[test]
fn geditbench_v2_names_the_winner() {
    let (cases, tally) = read("gedit-v2", "gedit2.jsonl", None);
    assert_eq!((cases[0].verdicts[0].better, tally.skipped), (Better::B, 1));
    assert!(
        tally.skipped_rows[0]
            .reason
            .to_string()
            .contains("1 pictures, not 2")
    );
}

#[test]
fn imgedit_finds_edits_beside_its_instructions_and_takes_turns_apart() {
    let (cases, _) = read("imgedit-bench", "imgedit.json", Some("imgedit_edits"));
    let ids: Vec<&str> = cases.iter().map(|case| case.id.as_str()).collect();
    assert_eq!(ids, ["1", "2/turn1", "2/turn2", "2/turn3"]);
    assert_eq!(
        (cases[0].task.as_str(), cases[0].takes[0].editor.as_str()),
        ("adjust", "one")
    );
    assert_eq!(opens(&cases[0].takes[0].picture), (24, 16));
    assert_eq!(cases[3].instruction, "and brighter again");
}

#[test]
fn pico_banana_tells_single_pairs_and_chains_by_their_columns() {
    let (cases, tally) = read("pico-banana", "pico.jsonl", Some("pictures"));
    assert_eq!((cases.len(), tally.used), (4, 4));
    assert_eq!(cases[0].facts["summarized_text"], "brighter");
    assert_eq!(opens(&cases[0].source), (24, 16));
    let pair = &cases[1];
    // the success stands before each of its failures
    let said: Vec<(&str, &str)> = pair
        .verdicts
        .iter()
        .map(|verdict| {
            let (better, worse) = match verdict.better {
                Better::A => (verdict.first, verdict.second),
                _ => (verdict.second, verdict.first),
            };
            let name = |place: usize| pair.takes[place].name.as_str();
            (name(better), name(worse))
        })
        .collect();
    assert_eq!(said, [("success", "failure"), ("success", "failure 2")]);
    assert_eq!(opens(&pair.takes[0].picture), (24, 16));
    assert_eq!(cases[3].source, cases[2].takes[0].picture);
    let (away, _) = read("pico-banana", "pico.jsonl", None);
    let why = away[0]
        .source
        .as_ref()
        .expect("named")
        .open()
        .expect_err("on the web");
    assert!(why.to_string().contains("--images"), "{why}");
}

#[test]
fn rewardedit_has_three_scores_and_their_reasons() {
    let (cases, tally) = read("rewardedit", "rewardedit.json", None);
    assert_eq!((cases.len(), tally.skipped), (1, 1));
    assert_eq!(cases[0].takes[0].by_dimension["generation_quality"], 3.0);
    assert_eq!(
        cases[0].facts["generation_quality: what is wrong"],
        "blurred"
    );
    let (asked, _) = read("rewardedit", "realedit.json", None);
    assert_eq!(
        (asked[1].task.as_str(), asked[1].instruction.as_str()),
        ("Global", "let it snow")
    );
    assert_eq!(opens(&asked[0].source), (24, 16));
}

#[test]
fn editrewards_fields_may_stand_in_a_table_of_text() {
    let (cases, _) = read("editreward-data", "editreward_data.csv", None);
    let first = &cases[0];
    assert_eq!(first.instruction, "make it brighter, \"a lot\"");
    let best = first
        .takes
        .iter()
        .find(|take| take.editor == "one")
        .expect("it is there");
    assert_eq!(
        (best.human, best.by_dimension["instruction_following"]),
        (Some(7.5), 4.0)
    );
    let place = first
        .takes
        .iter()
        .position(|take| take.editor == "one")
        .expect("it is there");
    let verdict = &first.verdicts[0];
    assert_eq!(
        if verdict.better == Better::A {
            verdict.first
        } else {
            verdict.second
        },
        place
    );
    assert_eq!(cases[1].verdicts[0].better, Better::Tie);
}

#[test]
fn a_folder_of_ones_own_is_read_both_ways() {
    let (cases, _) = read("folder", "folder", None);
    let takes: Vec<Vec<&str>> = cases
        .iter()
        .map(|case| case.takes.iter().map(|take| take.name.as_str()).collect())
        .collect();
    assert_eq!(takes, [vec!["edited"], vec!["a", "b"]]);
    assert_eq!(cases[0].instruction, "make it brighter");
    let (beside, _) = read("folder", "beside", None);
    assert_eq!(
        beside[0]
            .takes
            .iter()
            .map(|take| take.name.as_str())
            .collect::<Vec<_>>(),
        ["one", "two"]
    );
    assert_eq!(opens(&beside[0].takes[1].picture), (24, 16));
}

#[test]
fn a_limit_is_kept_and_an_ending_that_nobody_reads_is_named() {
    let mut data = Dataset {
        path: kept("imagenhub.jsonl"),
        format: format("imagenhub").expect("it is in the table"),
        images: None,
        containers: vec![TEXT_CONTAINERS],
        limit: Some(5),
    };
    assert_eq!(
        data.walk(&mut |_, _| Ok(Flow::On)).expect("it opens").used,
        5
    );
    data.path = kept("plain.arrow");
    let why = data
        .walk(&mut |_, _| Ok(Flow::On))
        .expect_err("no reader")
        .to_string();
    assert!(why.contains("“arrow”") && why.contains("jsonl"), "{why}");
    data.path = kept("nowhere.jsonl");
    assert!(data.walk(&mut |_, _| Ok(Flow::On)).is_err());
}

#[test]
fn failures_of_pico_banana_are_found_beside_its_successes_whatever_folder_they_name() {
    let folder = std::env::temp_dir().join(format!("retake-pico-{}", std::process::id()));
    let failed = folder.join("images/rejected-edit/14.png");
    std::fs::create_dir_all(failed.parent().expect("a folder")).expect("writable");
    std::fs::write(&failed, "x").expect("writable");
    let row = r#"{"open_image_input_url": "https://example.org/a.jpg", "text": "warmer", "output_image":
        "images/positive-edit/1.png", "rejected_images": ["nano-banana-300k/images/rejected-edit/14.png"]}"#;
    std::fs::write(folder.join("preference.jsonl"), row.replace('\n', " ")).expect("writable");
    let data = Dataset {
        path: folder.join("preference.jsonl"),
        format: format("pico-banana").expect("it is in the table"),
        images: None,
        containers: vec![TEXT_CONTAINERS],
        limit: None,
    };
    let mut found = None;
    data.walk(&mut |case, _| {
        let failure = case.takes.into_iter().find(|take| take.name == "failure");
        found = failure.and_then(|take| take.picture);
        Ok(Flow::On)
    })
    .expect("it can be read");
    let there = matches!(&found, Some(Picture::File(file)) if file.is_file());
    let _ = std::fs::remove_dir_all(&folder);
    assert!(there, "{found:?}");
}
