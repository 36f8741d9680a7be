//! The configuration file: what it may say, what it may not, and what goes before it.

use std::fs;

use super::{Said, edit, photo, record};
use crate::places::temporary;

/// A run with this configuration file.
fn with(name: &str, config: &[u8], more: &[&str]) -> Said {
    let folder = temporary(name);
    let source = photo(&folder, "a.png");
    let path = folder.join("retake.toml");
    fs::write(&path, config).expect("writable");
    let path = path.to_str().expect("the target folder is UTF-8");
    let said = edit(
        &source,
        "warmer",
        &folder.join("out"),
        &[&["--config", path], more].concat(),
    );
    assert_eq!(said.code == Some(0), folder.join("out").exists());
    said
}

#[test]
fn an_unknown_key_is_named_with_its_line() {
    with("config-key", b"seed = 1\ncandidats = 3\n", &[])
        .refused(1, "line 2 (unknown field `candidats`");
}

#[test]
fn a_wrong_type_is_named_with_its_line() {
    with("config-type", b"candidates = \"three\"\n", &[]).refused(1, "line 1");
}

#[test]
fn a_number_out_of_range_names_the_range() {
    with("config-range", b"candidates = 0\n", &[]).refused(1, "from 1 to 256");
    with("config-nan", b"[selector]\nfollowing = nan\n", &[]).refused(1, "from 0 to 1");
}

#[test]
fn an_unknown_word_is_refused_with_the_path_of_the_file() {
    let said = with("config-word", b"format = \"gif\"\n", &[]);
    said.refused(1, "jpg, png, png16, tiff, webp");
    assert!(said.err.trim_end().ends_with("retake.toml"), "{}", said.err);
}

#[test]
fn what_is_no_toml_is_refused() {
    with("config-toml", b"[[[", &[]).refused(1, "the configuration is not right in line 1");
}

#[test]
fn what_is_no_text_is_refused() {
    with("config-bytes", b"\xff\xfe\x00", &[]).refused(1, "UTF-8");
}

#[test]
fn a_configuration_that_is_missing_is_missing() {
    let folder = temporary("config-missing");
    let source = photo(&folder, "a.png");
    edit(
        &source,
        "warmer",
        &folder.join("out"),
        &["--config", "/nonexistent/retake.toml"],
    )
    .refused(1, "no such file");
}

#[test]
fn a_lexicon_that_is_missing_is_missing() {
    let said = with("config-lexicon", b"lexicon = \"words.toml\"\n", &[]);
    said.refused(1, "the lexicon cannot be read");
    assert!(said.err.trim_end().ends_with("words.toml"), "{}", said.err);
}

#[test]
fn a_lexicon_that_is_none_names_the_line() {
    let said = with("config-lexicon-wrong", b"lexicon = \"retake.toml\"\n", &[]);
    said.refused(1, "line 1 of the lexicon");
}

#[test]
fn what_is_typed_goes_before_the_file() {
    with("config-typed", b"candidates = 3\nseed = 7\n", &["-n", "2"]).done();
    let out = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("config-typed/out");
    let record = record(&out);
    assert_eq!(
        (&record["settings"]["candidates"], &record["seed"]),
        (&2.into(), &7.into())
    );
}
