//! Ctrl-C, a polite kill and an impolite one: no folder, and what is left the next run removes.
#![cfg(unix)]

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::{Said, edit, edit_command, names, photo};
use crate::places::temporary;

/// A run that would take minutes, in the middle of its work.
fn working(folder: &Path) -> Child {
    let source = photo(folder, "a.png");
    let child = edit_command(
        &source,
        "film noir, sharper, softer light, denoise, more clarity",
        &folder.join("out"),
        &["-n", "256"],
    )
    .stdout(Stdio::piped())
    .stderr(Stdio::piped())
    .spawn()
    .expect("the program can be started");
    let begun = Instant::now();
    while !names(folder)
        .iter()
        .any(|name| name.contains(".retake-part-"))
    {
        assert!(begun.elapsed() < Duration::from_secs(60), "it never began");
        std::thread::sleep(Duration::from_millis(5));
    }
    std::thread::sleep(Duration::from_millis(150));
    child
}

fn signalled(name: &str, signal: &str) {
    let folder = temporary(name);
    let child = working(&folder);
    let begun = Instant::now();
    let sent = Command::new("kill")
        .args([signal, &child.id().to_string()])
        .status();
    assert!(sent.expect("there is a kill").success());
    let said: Said = child.wait_with_output().expect("it ends").into();
    said.refused(1, "stopped; nothing was written");
    assert!(begun.elapsed() < Duration::from_secs(30));
    assert_eq!(names(&folder), ["a.png"]);
}

#[test]
fn after_ctrl_c_nothing_is_written() {
    signalled("stop-int", "-INT");
}

#[test]
fn after_a_polite_kill_nothing_is_written() {
    signalled("stop-term", "-TERM");
}

#[test]
fn what_an_impolite_kill_leaves_the_next_run_removes() {
    let folder = temporary("stop-kill");
    let mut child = working(&folder);
    child.kill().expect("it runs");
    child.wait().expect("it ends");
    assert!(!folder.join("out").exists());
    edit(
        &folder.join("a.png"),
        "warmer",
        &folder.join("out"),
        &["-n", "1"],
    )
    .done();
    assert_eq!(names(&folder), ["a.png", "out"]);
}

#[test]
fn while_one_run_fills_a_folder_another_to_the_same_place_leaves_its_work_alone() {
    let folder = temporary("stop-two");
    let mut slow = working(&folder);
    edit(
        &folder.join("a.png"),
        "warmer",
        &folder.join("out"),
        &["-n", "1"],
    )
    .done();
    let left = names(&folder);
    slow.kill().expect("it runs");
    slow.wait().expect("it ends");
    assert!(
        left.iter().any(|name| name.contains(".retake-part-")),
        "{left:?}"
    );
}
