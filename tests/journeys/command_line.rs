//! What may be typed and what may not: exit code 2 for a wrong command line, 1 for a thing that cannot be done.

use super::{Said, edit, names, photo, program, retake};
use crate::places::temporary;

/// A wrong command line: exit code 2, one line, nothing made.
fn wrong(name: &str, more: &[&str], words: &str) {
    let folder = temporary(name);
    let source = photo(&folder, "a.png");
    edit(&source, "warmer", &folder.join("out"), more).refused(2, words);
    assert_eq!(names(&folder), ["a.png"]);
}

#[test]
fn no_candidates_are_too_few() {
    wrong("typed-n-0", &["--candidates", "0"], "from 1 to 256");
}

#[test]
fn ten_thousand_candidates_are_too_many() {
    wrong("typed-n-10000", &["--candidates", "10000"], "from 1 to 256");
}

#[test]
fn candidates_are_a_number() {
    wrong("typed-n-abc", &["--candidates", "abc"], "whole number");
    wrong("typed-n-minus", &["--candidates", "-3"], "whole number");
    wrong("typed-n-half", &["--candidates", "2.5"], "whole number");
}

#[test]
fn a_seed_is_no_word_and_not_negative() {
    wrong("typed-seed", &["--seed", "x"], "whole number");
    wrong("typed-seed-minus", &["--seed", "-1"], "whole number");
}

#[test]
fn an_unknown_format_names_the_known_ones() {
    wrong(
        "typed-format",
        &["--format", "gif"],
        "jpg, png, png16, tiff, webp",
    );
}

#[test]
fn an_unknown_colour_space_names_the_known_ones() {
    wrong("typed-space", &["--space", "cmyk"], "srgb, display-p3");
}

#[test]
fn an_unknown_metadata_policy_names_the_known_ones() {
    wrong(
        "typed-metadata",
        &["--metadata", "some"],
        "keep, no-location, none",
    );
}

#[test]
fn an_unknown_device_names_the_known_ones() {
    let folder = temporary("typed-device");
    let source = photo(&folder, "a.png");
    let (source, out) = (source.as_os_str(), folder.join("out"));
    let words = ["edit", "--device", "abacus", "-i", "warmer"].map(std::ffi::OsStr::new);
    let all = [&words[..], &["-o".as_ref(), out.as_os_str(), source]].concat();
    retake(&all).refused(2, "auto, gpu, cpu");
}

#[test]
fn a_device_is_chosen_when_none_is_named_and_stands_in_the_record() {
    let folder = temporary("typed-no-device");
    let (source, out) = (photo(&folder, "a.png"), folder.join("out"));
    let words = ["edit", "--size", "64", "-n", "1", "-i", "warmer"].map(std::ffi::OsStr::new);
    retake(
        &[
            &words[..],
            &["-o".as_ref(), out.as_os_str(), source.as_os_str()],
        ]
        .concat(),
    )
    .done();
    assert!(
        super::record(&out)["device"]
            .as_str()
            .is_some_and(|device| !device.is_empty())
    );
}

#[test]
fn a_quality_is_from_one_to_a_hundred() {
    wrong("typed-quality", &["--quality", "101"], "from 1 to 100");
}

#[test]
fn an_unknown_option_is_named() {
    wrong("typed-option", &["--faster"], "--faster");
}

#[test]
fn a_command_that_does_not_exist_is_named() {
    retake(&["beautify"]).refused(2, "beautify");
}

#[test]
fn what_is_missing_is_named() {
    retake(&["edit", "-i", "warmer", "-o", "x"]).refused(2, "<PHOTOS>");
    retake(&["edit", "a.jpg", "-o", "x"]).refused(2, "--instruction");
    retake(&["edit", "a.jpg", "-i", "warmer"]).refused(2, "--out");
}

#[test]
fn help_and_version_are_answers() {
    let help = retake(&["edit", "--help"]).done();
    assert!(help.out.contains("--instruction") && help.err.is_empty());
    let version = retake(&["--version"]).done();
    assert_eq!(
        version.out.trim(),
        concat!("retake ", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
#[cfg(target_os = "linux")]
fn nothing_typed_opens_the_window_and_without_a_screen_that_is_one_sentence() {
    let screens = ["DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET"];
    let mut command = program::<&str>(&[]);
    for name in screens {
        command.env_remove(name);
    }
    let said: Said = command.output().expect("it can be started").into();
    said.refused(1, "there is no screen");
}

/// An instruction that cannot be obeyed: exit code 1, one line, nothing made.
fn cannot(name: &str, instruction: &str, words: &str) {
    let folder = temporary(name);
    let source = photo(&folder, "a.png");
    edit(&source, instruction, &folder.join("out"), &[]).refused(1, words);
    assert_eq!(names(&folder), ["a.png"]);
}

#[test]
fn an_empty_instruction_is_empty() {
    cannot("say-nothing", "", "the instruction is empty");
    cannot("say-blank", " \t\n ", "the instruction is empty");
}

#[test]
fn ten_thousand_characters_are_too_many() {
    cannot("say-much", &"warmer ".repeat(1430), "10010 characters");
}

#[test]
fn words_that_mean_nothing_are_named() {
    cannot("say-gibberish", "florble the wuggish", "florble");
}

#[test]
fn what_needs_new_content_is_refused_by_name() {
    cannot("say-dog", "make it warmer and add a dog", "\"add a dog\"");
    cannot("say-dress", "change her dress to silk", "diffusion editor");
}
