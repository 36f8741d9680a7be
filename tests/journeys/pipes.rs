//! Standard input and outputs that are closed, gone or not a terminal.

use std::process::Stdio;

use super::{Said, edit, edit_command, photo};
use crate::places::temporary;

#[test]
fn with_json_standard_output_is_one_object_and_nothing_else() {
    let folder = temporary("pipe-json");
    let source = photo(&folder, "a.png");
    let out = folder.join("out");
    let said = edit(&source, "warmer", &out, &["-n", "2", "--json"]).done();
    assert!(said.json().is_object());
    assert_eq!(said.json(), super::record(&out));
}

#[test]
fn without_json_standard_output_is_empty() {
    let folder = temporary("pipe-plain");
    let source = photo(&folder, "a.png");
    assert_eq!(
        edit(&source, "warmer", &folder.join("out"), &["-n", "1"])
            .done()
            .out,
        ""
    );
}

#[test]
fn the_progress_bar_is_for_terminals() {
    let folder = temporary("pipe-progress");
    let source = photo(&folder, "a.png");
    let said = edit(&source, "warmer", &folder.join("out"), &["-n", "4"]).done();
    assert!(!said.err.contains(['\r', '\x1b', '█']), "{}", said.err);
}

#[test]
fn a_terminal_sees_the_progress_bar() {
    let folder = temporary("pipe-terminal");
    let source = photo(&folder, "a.png");
    let line = format!(
        "'{}' edit '{}' -i warmer -n 4 --size 128 --device cpu -o '{}'",
        env!("CARGO_BIN_EXE_retake"),
        source.display(),
        folder.join("out").display()
    );
    let mut script = std::process::Command::new("script");
    let Ok(output) = script
        .args(["-qec", &line, "/dev/null"])
        .stdin(Stdio::null())
        .output()
    else {
        eprintln!("skipped: no program called script, which makes a terminal");
        return;
    };
    assert!(String::from_utf8_lossy(&output.stdout).contains('█'));
}

#[test]
fn a_reader_that_has_gone_away_is_no_fault() {
    let folder = temporary("pipe-gone");
    let source = photo(&folder, "a.png");
    let mut command = edit_command(
        &source,
        "warmer",
        &folder.join("out"),
        &["-n", "1", "--json"],
    );
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program can be started");
    drop(child.stdout.take());
    let said: Said = child.wait_with_output().expect("it ends").into();
    assert!(!said.done().err.contains("retake: "));
    assert!(folder.join("out/run.json").exists());
}

#[test]
fn nobody_who_reads_the_messages_is_no_fault() {
    let folder = temporary("pipe-silent");
    let source = photo(&folder, "a.png");
    let mut command = edit_command(&source, "warmer", &folder.join("out"), &["-n", "1"]);
    let mut child = command
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program can be started");
    drop(child.stderr.take());
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
}

#[cfg(target_os = "linux")]
#[test]
fn a_result_that_cannot_be_written_is_a_failure() {
    let folder = temporary("pipe-full");
    let source = photo(&folder, "a.png");
    let full = std::fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .expect("Linux has it");
    let mut command = edit_command(
        &source,
        "warmer",
        &folder.join("out"),
        &["-n", "1", "--json"],
    );
    let said: Said = command.stdout(full).output().expect("starts").into();
    assert_eq!(said.code, Some(1));
    assert!(
        said.err.contains("retake: the result cannot be written")
            && said.err.contains("complete in"),
        "{}",
        said.err
    );
    // an hour of work is not thrown away because a pipe is full
    let best = folder.join("out").join(
        super::record(&folder.join("out"))["selected"]["file"]
            .as_str()
            .expect("a name"),
    );
    assert!(image::open(best).is_ok());
}

#[cfg(unix)]
#[test]
fn closed_streams_are_no_fault() {
    let folder = temporary("pipe-closed");
    let source = photo(&folder, "a.png");
    let mut shell = std::process::Command::new("sh");
    shell
        .args([
            "-c",
            "exec \"$0\" \"$@\" <&- >&- 2>&-",
            env!("CARGO_BIN_EXE_retake"),
            "edit",
        ])
        .args([
            "-i", "warmer", "-n", "1", "--size", "128", "--device", "cpu", "--json", "-o",
        ])
        .arg(folder.join("out"))
        .arg(&source);
    assert_eq!(shell.status().expect("there is a shell").code(), Some(0));
    assert!(folder.join("out/best.png").exists());
}
