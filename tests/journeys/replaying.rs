//! `retake replay`: says "the same" of a run that is, and what differs of one that is not.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{Said, bytes, edit, photo, record, retake};
use crate::places::temporary;

fn run(name: &str) -> PathBuf {
    let folder = temporary(name);
    let (source, out) = (photo(&folder, "a.png"), folder.join("out"));
    edit(
        &source,
        "warmer with a vignette",
        &out,
        &["-n", "2", "--seed", "3"],
    )
    .done();
    out
}

fn replay(run: &Path) -> Said {
    retake(&["replay".as_ref(), run.as_os_str(), "--json".as_ref()])
}

/// Rewrites the record.
fn change(run: &Path, how: impl FnOnce(&mut Value)) {
    let mut record = record(run);
    how(&mut record);
    fs::write(run.join("run.json"), record.to_string()).expect("writable");
}

/// The replay fails and one of the differences has these words.
fn differs(run: &Path, words: &str) {
    let said = replay(run);
    assert_eq!(said.code, Some(1), "{}", said.err);
    let json = said.json();
    assert_eq!(json["same"], false);
    let all = json["differences"].to_string();
    assert!(all.contains(words), "{all}");
}

#[test]
fn a_run_replays_to_the_byte_and_stays_as_it_is() {
    let run = run("replay-same");
    let before = bytes(&run.join("run.json"));
    let said = replay(&run).done();
    assert_eq!(said.json()["same"], true);
    assert_eq!(bytes(&run.join("run.json")), before);
}

#[test]
fn a_candidate_that_was_changed_since_is_named() {
    let run = run("replay-changed");
    let path = run.join("candidates/001.png");
    let mut content = bytes(&path);
    let middle = content.len() / 2;
    content[middle] ^= 1;
    fs::write(&path, content).expect("writable");
    differs(&run, "candidates/001.png was changed");
}

#[test]
fn a_best_that_is_gone_is_named() {
    let run = run("replay-gone");
    fs::remove_file(run.join("best.png")).expect("writable");
    differs(&run, "best.png is gone");
}

#[test]
fn another_seed_in_the_record_is_noticed() {
    let run = run("replay-seed");
    change(&run, |record| record["seed"] = 4.into());
    differs(&run, "candidate 0 has another");
}

#[test]
fn a_score_that_was_polished_is_noticed() {
    let run = run("replay-score");
    change(&run, |record| {
        record["candidates"][1]["overall"] = 0.125.into()
    });
    differs(&run, "scored 0.125");
}

#[test]
fn anything_else_that_was_polished_is_noticed_too() {
    let run = run("replay-polished");
    let whole = record(&run);
    let score = |record: &mut Value| {
        record["candidates"][1]["scores"]["detail_preserving"]["value"] = 0.125.into();
    };
    type Polish<'a> = (&'a dyn Fn(&mut Value), &'a str);
    let polishes: [Polish<'_>; 6] = [
        (&score, "candidates.1.scores.detail_preserving.value is"),
        (
            &|record| record["candidates"][0]["rank"] = 9.into(),
            "candidates.0.rank is",
        ),
        (
            &|record| record["selected"]["margin"] = 0.875.into(),
            "and was 0.875 then",
        ),
        (
            &|record| record["rewards"][0]["version"] = "99".into(),
            "and was \\\"99\\\" then",
        ),
        (
            &|record| record["selector"]["settings"]["following"] = 0.125.into(),
            "candidate 0 scores",
        ),
        (
            &|record| record["settings"]["strategy"] = "magic".into(),
            "settings.strategy is",
        ),
    ];
    for (polish, words) in polishes {
        let mut polished = whole.clone();
        polish(&mut polished);
        fs::write(run.join("run.json"), polished.to_string()).expect("writable");
        differs(&run, words);
    }
}

#[test]
fn a_candidate_that_was_dropped_from_the_record_is_noticed() {
    let run = run("replay-dropped");
    change(&run, |record| {
        record["candidates"].as_array_mut().expect("a list").pop();
    });
    differs(&run, "2 candidates are made and the record has 1");
}

#[test]
fn a_photo_that_is_gone_is_missing() {
    let run = run("replay-no-photo");
    fs::remove_file(run.with_file_name("a.png")).expect("writable");
    replay(&run).refused(1, "no such file");
}

#[test]
fn a_photo_that_is_another_now_is_refused() {
    let run = run("replay-other-photo");
    image::RgbImage::new(20, 20)
        .save(run.with_file_name("a.png"))
        .expect("writable");
    replay(&run).refused(1, "not the one of the run any more");
}

#[test]
fn a_folder_without_a_record_is_none_of_a_run() {
    replay(&temporary("replay-empty")).refused(1, "the record of the run cannot be read");
}

#[test]
fn half_a_record_is_damaged() {
    let run = run("replay-half");
    let whole = bytes(&run.join("run.json"));
    fs::write(run.join("run.json"), &whole[..whole.len() / 2]).expect("writable");
    replay(&run).refused(1, "the run record is damaged");
}

#[test]
fn a_record_of_a_newer_program_is_refused() {
    let run = run("replay-newer");
    change(&run, |record| record["version"] = 99.into());
    replay(&run).refused(1, "update Retake");
}

#[test]
fn a_record_that_asks_for_a_billion_candidates_is_refused() {
    let run = run("replay-billion");
    change(&run, |record| {
        record["settings"]["candidates"] = 1_000_000_000.into()
    });
    replay(&run).refused(1, "from 1 to 256");
}

#[test]
fn a_run_of_another_version_of_the_editor_says_so_first() {
    let run = run("replay-editor");
    change(&run, |record| record["editor"]["version"] = "0".into());
    let said = replay(&run);
    assert_eq!(said.code, Some(1), "{}", said.err);
    let first = said.json()["differences"][0].to_string();
    assert!(
        first.contains("made with version 0 of the darkroom") && first.contains("other pictures"),
        "{first}"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_are_not_utf8_are_found_again() {
    use std::os::unix::ffi::OsStrExt;
    let folder = temporary("replay-bytes").join(std::ffi::OsStr::from_bytes(b"caf\xe9 50%"));
    fs::create_dir(&folder).expect("Linux takes any bytes");
    let source = folder.join(std::ffi::OsStr::from_bytes(b"\xff\xfe.png"));
    fs::rename(photo(&folder, "a.png"), &source).expect("writable");
    let (out, mask) = (
        folder.join("out"),
        folder.join(std::ffi::OsStr::from_bytes(b"m\xe4sk.png")),
    );
    let size = image::image_dimensions(&source).expect("a photo");
    image::GrayImage::from_fn(size.0, size.1, |x, _| image::Luma([(x % 256) as u8]))
        .save_with_format(&mask, image::ImageFormat::Png)
        .expect("writable");
    let mut command = super::edit_command(&source, "warmer", &out, &["-n", "1"]);
    command.arg("--mask").arg(&mask);
    Said::from(command.output().expect("starts")).done();
    assert_eq!(replay(&out).done().json()["same"], true);
}
