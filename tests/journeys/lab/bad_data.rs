//! Data that cannot be used: counted with its reason, the rest is used, and what cannot be read at all is one sentence.

use super::super::Said;
use super::{data, lab, pairs};
use crate::places::temporary;

#[test]
fn rows_that_cannot_be_used_are_listed_and_the_rest_is() {
    let folder = temporary("lab-bad-rows");
    let file = pairs(&folder, 6);
    let text = std::fs::read_to_string(&file).expect("readable");
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines[0] = lines[0].replace("edited-dark", "edited-gone");
    lines[1] = lines[1].replace("\"key\":\"1\"", "\"key\":\"2\"");
    lines[3] = "{\"key\": 3,".to_owned();
    lines[4] = lines[4].replace("\"instruction\"", "\"colour\":\"red\",\"prompt\"");
    std::fs::write(&file, lines.join("\n")).expect("written");
    let said = lab(
        "bench {file} --format gedit-v2 --size 128 --rounds 20 --json",
        &[("file", &file)],
    )
    .done();
    let json = said.json();
    assert_eq!(
        (&json["used"], &json["skipped"]),
        (&2.into(), &4.into()),
        "{json:#}"
    );
    let rows = json["skipped_rows"].to_string();
    for reason in [
        "is missing",
        "was there before",
        "no column “instruction”",
        "pairs.jsonl:4",
    ] {
        assert!(rows.contains(reason), "{reason}: {rows}");
    }
    assert!(json["unknown_columns"].to_string().contains("colour"));
    assert!(
        said.err
            .contains("The column “colour” is not one that gedit-v2 knows"),
        "{}",
        said.err
    );
}

#[test]
fn people_are_told_the_place_of_every_row_that_was_skipped_up_to_ten() {
    let folder = temporary("lab-many-bad-rows");
    let file = pairs(&folder, 2);
    let text = std::fs::read_to_string(&file).expect("readable");
    std::fs::write(&file, text + &"\n{}".repeat(12)).expect("written");
    let words = "bench {file} --format gedit-v2 --size 64 --rounds 20";
    let said = lab(words, &[("file", &file)]).done();
    for told in [
        "12 rows skipped",
        "pairs.jsonl:3: no column",
        "pairs.jsonl:12:",
        "and 2 more",
    ] {
        assert!(said.err.contains(told), "{told}: {}", said.err);
    }
}

#[test]
fn data_without_a_usable_row_says_why_and_an_empty_one_that_it_is() {
    let folder = temporary("lab-no-rows");
    let (file, empty) = (folder.join("a.jsonl"), folder.join("empty.csv"));
    std::fs::write(&file, "{\"uid\": \"a\"}\n").expect("written");
    std::fs::write(&empty, "prompt,input\n").expect("written");
    for words in [
        "curves {file} --format imagenhub",
        "bench {file} --format imagenhub",
        "bench {file} --format imagenhub --judge somebody",
    ] {
        lab(words, &[("file", &file)]).refused(1, "none of 1 rows could be used: no column");
    }
    lab("bench {file} --format aurora-bench", &[("file", &empty)]).refused(1, "there is no row");
}

#[test]
fn an_absurd_score_is_told_with_its_bounds() {
    let file = data("mmrb2.json");
    let images = data("pictures");
    let said = lab(
        "bench {file} --format mmrb2 --images {images} --size 64 --rounds 20 --json",
        &[("file", &file), ("images", &images)],
    );
    assert!(
        said.out.contains("9, which is not between 1 and 6"),
        "{} {}",
        said.out,
        said.err
    );
}

#[test]
fn a_broken_table_is_one_sentence() {
    let file = data("broken.parquet");
    lab(
        "bench {file} --format genai-bench --json",
        &[("file", &file)],
    )
    .refused(1, "no readable parquet");
}

#[test]
fn data_of_another_format_says_which_column_lacks() {
    let file = data("gedit2.jsonl");
    let said = lab("bench {file} --format imagenhub --json", &[("file", &file)]);
    said.refused(1, "no column “uid”");
}

#[test]
fn a_file_that_is_not_there_is_one_sentence() {
    let file = data("nowhere.jsonl");
    lab("bench {file} --format imagenhub --json", &[("file", &file)]).refused(1, "nowhere.jsonl");
}

/// `retake lab` where no file may grow beyond so many half kilobytes, which fails as a full disk does.
#[cfg(target_os = "linux")]
fn on_a_full_disk(folder: &std::path::Path, most: u32, words: &str) -> Said {
    let script = format!("trap '' XFSZ; ulimit -f {most}; exec \"$0\" lab {words}");
    let said = std::process::Command::new("sh")
        .args(["-c", &script, env!("CARGO_BIN_EXE_retake")])
        .current_dir(folder)
        .output();
    said.expect("there is a shell").into()
}

#[cfg(target_os = "linux")]
#[test]
fn curves_on_a_full_disk_leave_nothing_and_the_file_is_named_once() {
    let folder = temporary("lab-full-curves");
    let file = data("imagenhub.jsonl");
    // an SVG fits, a PNG does not
    let words = format!(
        "curves {} --format imagenhub --judge gpt-4o --rounds 10 --out out",
        file.display()
    );
    let said = on_a_full_disk(&folder, 40, &words);
    said.refused(1, "cannot be");
    let text = &said.err;
    assert_eq!(text.matches("out/").count(), 1, "{text}");
    assert!(!folder.join("out").exists());
    lab(
        "curves {file} --format imagenhub --judge gpt-4o --rounds 0",
        &[("file", &file)],
    )
    .refused(2, "rounds");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told_and_what_was_scored_is_not_lost() {
    let folder = temporary("lab-full");
    let (file, out) = (pairs(&folder, 6), folder.join("out"));
    let words = "lab bench pairs.jsonl --format gedit-v2 --size 128 --threads 1 --out out --rounds 20 --json";
    // no file may grow beyond a few kilobytes, which fails as a full disk does
    let script = format!("trap '' XFSZ; ulimit -f 4; exec \"$0\" {words}");
    let said: Said = std::process::Command::new("sh")
        .args(["-c", &script, env!("CARGO_BIN_EXE_retake")])
        .current_dir(&folder)
        .output()
        .expect("there is a shell")
        .into();
    said.refused(1, "cannot be written");
    let kept = std::fs::read_to_string(out.join("scores.jsonl")).expect("it is there");
    let scored = kept.lines().count() - 1;
    let paths = [("file", file.as_path()), ("out", out.as_path())];
    let json = lab(
        "bench {file} --format gedit-v2 --size 128 --threads 1 --out {out} --rounds 20 --json",
        &paths,
    )
    .done()
    .json();
    assert_eq!(json["used"], 6, "{scored} were kept");
}
