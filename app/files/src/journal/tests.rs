//! Journals as crashes, full disks and other programs leave them.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use retake_core::Mask;

use super::*;
use crate::record::session::{BeginRecord, JOURNAL_VERSION, OpenRecord};

/// A folder of its own that is gone afterwards.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let own = format!("retake-journal-{}-{name}", std::process::id());
        let path = std::env::temp_dir().join(own);
        let _ = fs::remove_dir_all(&path);
        Self(path)
    }
    fn journal(&self) -> PathBuf {
        self.0.join(NAME)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn draft(text: &str) -> Line {
    Line::Draft {
        text: text.to_owned(),
    }
}

fn begin(version: u64) -> Line {
    Line::Begin(BeginRecord {
        version,
        program: "retake".to_owned(),
        sha256: "ab".repeat(32),
        path: None,
    })
}

fn open(folder: &Folder) -> Found {
    Journal::open(&folder.0).expect("it opens")
}

fn written(folder: &Folder, lines: &[Line]) {
    open(folder).journal.append(lines).expect("it is written");
}

fn add(path: &Path, bytes: &[u8]) {
    let mut file = OpenOptions::new()
        .append(true)
        .open(path)
        .expect("it is there");
    file.write_all(bytes).expect("it is written");
}

#[test]
fn lines_come_back_in_order() {
    let folder = Folder::new("order");
    let lines = [begin(JOURNAL_VERSION), draft("warm"), Line::Now { step: 3 }];
    written(&folder, &lines);
    assert_eq!(open(&folder).lines, lines);
}

#[test]
fn half_a_last_line_is_dropped_and_the_next_one_stands_alone() {
    let folder = Folder::new("torn");
    written(&folder, &[draft("a")]);
    add(&folder.journal(), br#"{"line":"dra"#);
    let mut found = open(&folder);
    assert_eq!(
        (found.lines.len(), found.notes.len()),
        (1, 0),
        "no note: this is what a crash leaves"
    );
    found.journal.append(&[draft("b")]).expect("it is written");
    drop(found);
    assert_eq!(open(&folder).lines, [draft("a"), draft("b")]);
}

#[test]
fn a_whole_line_without_its_break_is_kept() {
    let folder = Folder::new("unended");
    written(&folder, &[draft("a")]);
    let bytes = fs::read(folder.journal()).expect("it is there");
    fs::write(folder.journal(), &bytes[..bytes.len() - 1]).expect("it is written");
    open(&folder)
        .journal
        .append(&[draft("b")])
        .expect("it is written");
    assert_eq!(open(&folder).lines, [draft("a"), draft("b")]);
}

#[test]
fn a_damaged_line_is_skipped_with_a_note_and_a_copy_is_kept_when_the_journal_is_written_anew() {
    let folder = Folder::new("damaged");
    written(&folder, &[draft("a")]);
    add(
        &folder.journal(),
        b"\0\0\0 no line \xff\n{\"line\":\"later kind\"}\n",
    );
    written_after(&folder);
    let mut found = open(&folder);
    assert_eq!(found.lines, [draft("a"), draft("c")]);
    assert!(
        found.notes[0].to_string().contains("2 lines"),
        "{:?}",
        found.notes
    );
    assert!(found.journal.overgrown(), "it asks to be written anew");
    let lines = found.lines.clone();
    found.journal.rewrite(&lines).expect("it is written");
    drop(found);
    assert!(open(&folder).notes.is_empty());
    let copies = fs::read_dir(&folder.0).expect("it is there").flatten();
    let copies = copies.filter(|e| e.file_name().to_string_lossy().starts_with("damaged-"));
    assert_eq!(copies.count(), 1);
}

fn written_after(folder: &Folder) {
    let mut line = serde_json::to_vec(&draft("c")).expect("a line");
    line.push(b'\n');
    add(&folder.journal(), &line);
}

#[test]
fn a_newer_journal_is_refused_with_a_sentence_and_left_alone() {
    let folder = Folder::new("newer");
    fs::create_dir_all(&folder.0).expect("it can be made");
    let newer = b"{\"line\":\"begin\",\"version\":9,\"moon\":1}\n{\"line\":\"sing\"}\nhalf";
    fs::write(folder.journal(), newer).expect("it is written");
    let error = Journal::open(&folder.0).expect_err("it is newer");
    assert!(error.to_string().contains("newer Retake (version 9)"));
    assert_eq!(fs::read(folder.journal()).expect("it is there"), newer);
}

#[test]
fn a_second_window_is_told_and_the_first_goes_on() {
    let folder = Folder::new("lock");
    let mut first = open(&folder);
    let error = Journal::open(&folder.0).expect_err("it is held");
    assert!(matches!(error, FileError::InUse { .. }), "{error}");
    first.journal.append(&[draft("a")]).expect("it is written");
    drop(first);
    assert_eq!(open(&folder).lines.len(), 1);
}

#[test]
fn a_photo_that_was_only_looked_at_leaves_no_folder() {
    let folder = Folder::new("nothing");
    drop(open(&folder));
    assert!(!folder.0.exists());
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_an_error_and_what_was_there_stays() {
    let folder = Folder::new("full");
    let mut found = open(&folder);
    found.journal.append(&[draft("a")]).expect("it is written");
    let full = OpenOptions::new().append(true).open("/dev/full");
    found.journal.file = Some(full.expect("Linux has it"));
    let error = found.journal.append(&[draft("b")]).expect_err("it is full");
    assert!(matches!(error, FileError::DiskFull { .. }), "{error}");
    drop(found);
    assert_eq!(open(&folder).lines, [draft("a")]);
}

#[test]
fn a_journal_that_grew_is_written_anew_in_short() {
    let folder = Folder::new("grown");
    let mut found = open(&folder);
    let long: Vec<Line> = (0..30_000).map(|i| draft(&format!("word {i}"))).collect();
    found.journal.append(&long).expect("it is written");
    assert!(found.journal.overgrown());
    found
        .journal
        .rewrite(&[draft("last")])
        .expect("it is written");
    assert!(!found.journal.overgrown());
    found
        .journal
        .append(&[draft("after")])
        .expect("it is written");
    drop(found);
    assert_eq!(open(&folder).lines, [draft("last"), draft("after")]);
}

#[test]
fn a_folder_that_cannot_be_made_is_a_sentence() {
    let folder = Folder::new("file");
    File::create(&folder.0).expect("it can be made");
    assert!(Journal::open(&folder.0.join("a")).is_err());
    let _ = fs::remove_file(&folder.0);
}

#[test]
fn what_a_crashed_window_had_open_is_told_once() {
    let folder = Folder::new("open");
    let record = OpenRecord {
        version: JOURNAL_VERSION,
        photos: vec![Some("/a.jpg".to_owned()), None],
        current: 1,
    };
    let (list, left) = OpenList::take(&folder.0);
    assert!(left.is_empty());
    let list = list.expect("there is a place");
    list.write(&record).expect("it is written");
    let (second, left) = OpenList::take(&folder.0);
    assert!(left.is_empty(), "a window that is open has not crashed");
    drop((second, list));
    let (third, left) = OpenList::take(&folder.0);
    assert_eq!(left, [record]);
    third.expect("there is a place").clear();
    assert!(OpenList::take(&folder.0).1.is_empty());
}

#[test]
fn a_mask_that_says_a_wrong_size_is_none() {
    let mask = Mask::uniform(7, 5, 1.0);
    let mut record = mask_record(1, &mask);
    record.width = 9;
    assert!(mask_from_record(&record).is_none());
    record.width = 1 << 40;
    assert!(mask_from_record(&record).is_none());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_mask_of_eight_bits_comes_back_exactly(width in 1usize..40, height in 1usize..40, seed in any::<u32>()) {
        let mask = Mask::from_fn(width, height, |x, y| {
            ((seed as usize).wrapping_add(x * 31 + y * 17) % 256) as f32 / 255.0
        });
        prop_assert_eq!(mask_from_record(&mask_record(3, &mask)), Some(mask));
    }

    #[test]
    fn any_beginning_of_a_journal_gives_a_beginning_of_its_lines(cut in any::<prop::sample::Index>(), case in any::<u32>()) {
        let lines: Vec<Line> = (0..12).map(|i| match i % 3 {
            0 => draft(&format!("“größer” {i} \n")),
            1 => Line::Now { step: i },
            _ => begin(JOURNAL_VERSION),
        }).collect();
        let folder = Folder::new(&format!("prefix-{case}"));
        written(&folder, &lines);
        let bytes = fs::read(folder.journal()).expect("it is there");
        fs::write(folder.journal(), &bytes[..cut.index(bytes.len() + 1)]).expect("it is written");
        let found = open(&folder);
        prop_assert!(lines.starts_with(&found.lines));
        prop_assert!(found.notes.is_empty());
    }

    #[test]
    fn whatever_bytes_lie_there_it_opens_or_says_why(bytes in prop::collection::vec(any::<u8>(), 0..300), case in any::<u32>()) {
        let folder = Folder::new(&format!("bytes-{case}"));
        fs::create_dir_all(&folder.0).expect("it can be made");
        fs::write(folder.journal(), &bytes).expect("it is written");
        let mut found = open(&folder);
        found.journal.append(&[draft("after")]).expect("it is written");
        drop(found);
        let found = open(&folder);
        prop_assert_eq!(found.lines.last(), Some(&draft("after")));
    }
}

#[test]
fn lines_from_before_there_were_models_are_read_and_written_as_they_were() {
    for old in [
        r#"{"line":"turn","key":0,"number":1,"text":"warmer","understood":{},"seed":0,"takes":[0,1]}"#,
        r#"{"line":"take","take":0,"index":0,"editor":"darkroom","editor_version":"2","seed":7,"recipe":{},"width":96,"height":64}"#,
    ] {
        let line: Line = serde_json::from_str(old).expect("it is one of ours");
        assert_eq!(serde_json::to_string(&line).expect("it is text"), old);
    }
}

#[test]
fn a_picture_of_a_take_comes_back_byte_for_byte() {
    let file: Vec<u8> = (0..=255).collect();
    let record = super::picture_record(3, &file);
    assert_eq!(record.take, 3);
    assert_eq!(super::picture_from_record(&record), Some(file));
    let damaged = crate::record::session::PictureRecord {
        bytes: "§".to_owned(),
        ..record
    };
    assert_eq!(super::picture_from_record(&damaged), None);
}
