//! Where a run is written: only into a new or an empty folder, in whole or not at all, and never over the photo.

use std::fs;

use super::{bytes, edit, edit_command, names, photo, retake};
use crate::places::temporary;

#[test]
fn a_folder_with_something_in_it_is_refused_and_stays_as_it_is() {
    let folder = temporary("out-full");
    let source = photo(&folder, "a.png");
    fs::create_dir(folder.join("out")).expect("writable");
    fs::write(folder.join("out/mine.txt"), "mine").expect("writable");
    edit(&source, "warmer", &folder.join("out"), &[]).refused(1, "something at this place");
    assert_eq!(names(&folder.join("out")), ["mine.txt"]);
}

#[test]
fn the_same_folder_twice_is_refused_and_the_first_run_stays() {
    let folder = temporary("out-twice");
    let (source, out) = (photo(&folder, "a.png"), folder.join("out"));
    edit(&source, "warmer", &out, &["-n", "1"]).done();
    let before = bytes(&out.join("run.json"));
    edit(&source, "cooler", &out, &["-n", "1"]).refused(1, "something at this place");
    assert_eq!(bytes(&out.join("run.json")), before);
}

#[test]
fn an_empty_folder_is_filled() {
    let folder = temporary("out-empty");
    let (source, out) = (photo(&folder, "a.png"), folder.join("out"));
    fs::create_dir(&out).expect("writable");
    edit(&source, "warmer", &out, &["-n", "1"]).done();
    assert_eq!(
        names(&out),
        [
            "best.png",
            "candidates",
            "candidates.jsonl",
            "contact-sheet.jpg",
            "evidence",
            "recipe",
            "run.json"
        ]
    );
}

#[test]
fn the_empty_folder_one_stands_in_is_filled() {
    let folder = temporary("out-here");
    let source = photo(&folder, "a.png");
    let here = folder.join("here");
    fs::create_dir(&here).expect("writable");
    let mut command = edit_command(&source, "warmer", std::path::Path::new("."), &["-n", "1"]);
    let said: super::Said = command.current_dir(&here).output().expect("starts").into();
    said.done();
    assert!(here.join("best.png").exists());
}

#[cfg(unix)]
#[test]
fn a_link_to_an_empty_folder_stays_a_link() {
    let folder = temporary("out-link");
    let source = photo(&folder, "a.png");
    fs::create_dir(folder.join("real")).expect("writable");
    std::os::unix::fs::symlink(folder.join("real"), folder.join("link")).expect("writable");
    edit(&source, "warmer", &folder.join("link"), &["-n", "1"]).done();
    assert!(folder.join("real/best.png").exists());
}

#[test]
fn folders_on_the_way_are_made() {
    let folder = temporary("out-deep");
    let source = photo(&folder, "a.png");
    edit(&source, "warmer", &folder.join("x/y/out"), &["-n", "1"]).done();
    assert!(folder.join("x/y/out/run.json").exists());
}

#[test]
fn folders_that_were_made_on_the_way_go_with_a_failed_run() {
    let folder = temporary("out-deep-failed");
    let source = folder.join("a.png");
    fs::write(&source, "no photo").expect("writable");
    edit(&source, "warmer", &folder.join("x/y/out"), &[]).refused(1, "text file");
    assert_eq!(names(&folder), ["a.png"]);
}

#[test]
fn the_photo_itself_is_no_folder() {
    let folder = temporary("out-photo");
    let source = photo(&folder, "a.png");
    let before = bytes(&source);
    edit(&source, "warmer", &source, &[]).refused(1, "something at this place");
    edit(&source, "warmer", &source.join("out"), &[]).refused(1, "no such folder");
    assert_eq!(bytes(&source), before);
}

#[test]
fn the_photo_is_the_same_file_after_a_run() {
    let folder = temporary("out-same");
    // the folder is called as the photo is without its ending
    let source = photo(&folder, "best.jpg");
    let before = (
        bytes(&source),
        fs::metadata(&source).expect("there").modified().ok(),
    );
    edit(&source, "warmer", &folder.join("best"), &["-n", "1"]).done();
    let after = (
        bytes(&source),
        fs::metadata(&source).expect("there").modified().ok(),
    );
    assert!(before == after);
    assert_eq!(names(&folder), ["best", "best.jpg"]);
}

#[test]
fn a_place_without_a_folder_is_refused() {
    let folder = temporary("out-proc");
    let source = photo(&folder, "a.png");
    if std::path::Path::new("/proc/self").exists() {
        edit(&source, "warmer", "/proc/retake-out".as_ref(), &[]).refused(1, "folder");
    }
    edit(&source, "warmer", "/".as_ref(), &[]).refused(1, "something at this place");
}

#[cfg(unix)]
#[test]
fn a_folder_that_may_not_be_written_says_so() {
    use std::os::unix::fs::PermissionsExt;
    let folder = temporary("out-read-only");
    let source = photo(&folder, "a.png");
    let closed = folder.join("closed");
    fs::create_dir(&closed).expect("writable");
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o555)).expect("ours");
    for out in [closed.join("out"), closed.clone()] {
        let mut command = edit_command(&source, "warmer", &out, &["-n", "1"]);
        if fs::write(closed.join("probe"), "").is_ok() {
            // the administrator may write everywhere: be somebody else
            fs::remove_file(closed.join("probe")).expect("ours");
            std::os::unix::process::CommandExt::uid(&mut command, 65534);
        }
        let Ok(output) = command.output() else {
            eprintln!("skipped: another user cannot start the program here");
            return;
        };
        super::Said::from(output).refused(1, "may not be written");
        assert!(names(&closed).is_empty());
    }
}

#[cfg(unix)]
#[test]
fn a_write_that_fails_half_way_leaves_nothing() {
    let folder = temporary("out-limit");
    let source = photo(&folder, "a.png");
    // files of at most 8 blocks; the signal for it is ignored, so that writing fails
    let script = "ulimit -f 8; trap '' XFSZ; exec \"$0\" \"$@\"";
    let mut command = std::process::Command::new("sh");
    command
        .args([
            "-c",
            script,
            env!("CARGO_BIN_EXE_retake"),
            "edit",
            "-i",
            "warmer",
            "-n",
            "1",
        ])
        .args(["--device", "cpu", "--out"])
        .arg(folder.join("out"))
        .arg(&source)
        .env_remove("RUST_BACKTRACE");
    let said: super::Said = command.output().expect("there is a shell").into();
    said.refused(1, "could not be written");
    assert_eq!(names(&folder), ["a.png"]);
}

/// A small disk of its own, where the system lets us have one.
struct Disk(std::path::PathBuf);

impl Disk {
    fn mounted(at: std::path::PathBuf) -> Option<Self> {
        fs::create_dir(&at).ok()?;
        let mut mount = std::process::Command::new("mount");
        mount
            .args(["-t", "tmpfs", "-o", "size=300k", "tmpfs"])
            .arg(&at);
        let done = mount.output().is_ok_and(|output| output.status.success());
        done.then_some(Self(at))
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount").arg(&self.0).status();
    }
}

#[test]
fn a_full_disk_is_said_to_be_full_and_nothing_is_left_on_it() {
    let folder = temporary("out-disk");
    let source = photo(&folder, "a.png");
    let Some(disk) = Disk::mounted(folder.join("disk")) else {
        eprintln!("skipped: this user may not mount a small disk");
        return;
    };
    fs::write(disk.0.join("fill"), vec![1; 250_000]).expect("there is room for it");
    let said = edit(&source, "warmer", &disk.0.join("out"), &["-n", "2"]);
    said.refused(1, "the disk is full");
    assert!(!said.err.contains(".retake-part"), "{}", said.err);
    assert_eq!(names(&disk.0), ["fill"]);
}

#[test]
fn a_temporary_folder_that_is_none_is_not_needed() {
    let folder = temporary("out-tmpdir");
    let source = photo(&folder, "a.png");
    let mut command = edit_command(&source, "warmer", &folder.join("out"), &["-n", "1"]);
    let said: super::Said = command
        .env("TMPDIR", "/nonexistent")
        .output()
        .expect("starts")
        .into();
    said.done();
}

#[test]
fn names_with_blanks_and_accents_are_names() {
    let folder = temporary("out-ünïcode 山 path");
    let source = photo(&folder, "der Hügel 山.png");
    let out = folder.join("mein Ergebnis é");
    edit(&source, "wärmer", &out, &["-n", "1"]).done();
    retake(&["replay".as_ref(), out.as_os_str()]).done();
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_are_no_unicode_are_names() {
    use std::os::unix::ffi::OsStrExt;
    let folder = temporary("out-bytes");
    let name = |bytes: &[u8]| folder.join(std::ffi::OsStr::from_bytes(bytes));
    let source = name(b"a\xff.png");
    fs::rename(photo(&folder, "a.png"), &source).expect("writable");
    let out = name(b"out\xfe");
    edit(&source, "warmer", &out, &["-n", "1"]).done();
    assert!(out.join("best.png").exists());
    // two photos, one of them broken: their names are printed as JSON, which has no such bytes
    let broken = name(b"b\xff.png");
    fs::write(&broken, "no photo").expect("writable");
    let mut command = edit_command(
        &source,
        "warmer",
        &name(b"both\xfe"),
        &["-n", "1", "--json"],
    );
    let said: super::Said = command.arg(&broken).output().expect("starts").into();
    assert_eq!(said.code, Some(1), "{}", said.err);
    assert_eq!(said.json()["failed"].as_array().map(Vec::len), Some(1));
}
