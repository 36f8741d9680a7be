//! Several photos with one instruction: a failure of one does not stop the others.

use std::fs;

use super::{Said, bytes, edit_command, names, photo};
use crate::places::temporary;

#[test]
fn the_others_are_done_and_the_broken_one_is_named() {
    let folder = temporary("batch");
    let (one, three) = (photo(&folder, "one.png"), photo(&folder, "three.jpg"));
    let two = folder.join("two.jpg");
    fs::write(&two, "no photo").expect("writable");
    let before = (bytes(&one), bytes(&three));
    let mut command = edit_command(&one, "warmer", &folder.join("out"), &["-n", "1", "--json"]);
    let said: Said = command
        .arg(&two)
        .arg(&three)
        .output()
        .expect("starts")
        .into();
    assert_eq!(said.code, Some(1), "{}", said.err);
    let json = said.json();
    let paths: Vec<&str> = json["runs"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|run| run["source"]["path"].as_str())
        .collect();
    assert_eq!(
        paths,
        [one.to_str().expect("UTF-8"), three.to_str().expect("UTF-8")]
    );
    assert_eq!(json["failed"][0]["photo"], two.to_str().expect("UTF-8"));
    assert!(
        json["failed"][0]["error"]
            .as_str()
            .is_some_and(|e| e.contains("text file"))
    );
    assert_eq!(names(&folder.join("out")), ["one", "three"]);
    assert!(before == (bytes(&one), bytes(&three)));
    let complaints: Vec<&str> = said
        .err
        .lines()
        .filter(|line| line.starts_with("retake: "))
        .collect();
    assert!(
        complaints.len() == 2 && complaints[1].contains("1 of 3"),
        "{complaints:?}"
    );
}

#[test]
fn when_all_fail_no_folder_is_left() {
    let folder = temporary("batch-none");
    let (one, two) = (folder.join("one.jpg"), folder.join("two.jpg"));
    fs::write(&one, "").expect("writable");
    fs::write(&two, "no photo").expect("writable");
    let mut command = edit_command(&one, "warmer", &folder.join("out"), &[]);
    let said: Said = command.arg(&two).output().expect("starts").into();
    assert_eq!(said.code, Some(1), "{}", said.err);
    assert_eq!(names(&folder), ["one.jpg", "two.jpg"]);
}

#[test]
fn an_instruction_that_no_photo_could_obey_is_refused_once() {
    let folder = temporary("batch-dog");
    let (one, two) = (photo(&folder, "one.png"), photo(&folder, "two.png"));
    let mut command = edit_command(&one, "add a dog", &folder.join("out"), &[]);
    let said: Said = command.arg(&two).output().expect("starts").into();
    said.refused(1, "\"add a dog\"");
    assert_eq!(names(&folder), ["one.png", "two.png"]);
}

#[test]
fn a_mask_belongs_to_one_photo() {
    let folder = temporary("batch-mask");
    let (one, two) = (photo(&folder, "one.png"), photo(&folder, "two.png"));
    let mut command = edit_command(&one, "warmer", &folder.join("out"), &["--mask", "m.png"]);
    let said: Said = command.arg(&two).output().expect("starts").into();
    said.refused(1, "a mask belongs to one photo");
}

#[test]
fn two_photos_of_one_name_are_two_runs() {
    let folder = temporary("batch-names");
    let (one, two) = (photo(&folder, "a.png"), photo(&folder, "a.jpg"));
    let mut command = edit_command(&one, "warmer", &folder.join("out"), &["-n", "1"]);
    let said: Said = command.arg(&two).output().expect("starts").into();
    said.done();
    assert_eq!(names(&folder.join("out")), ["a", "a-2"]);
}
