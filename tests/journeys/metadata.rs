//! What a file says about itself after an edit: the camera's EXIF, the place, and how it was made.

use std::fs;
use std::path::{Path, PathBuf};

use retake_files::save::read_provenance;

use super::{bytes, edit, photo};
use crate::places::temporary;

const CAMERA: &[u8] = b"Nordlicht Kamera";
/// Only the location block has it.
const DATUM: &[u8] = b"DATUM-HERE";

/// A TIFF entry of ASCII text or of one long.
fn entry(tag: u16, kind: u16, count: u32, value: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    bytes.extend(tag.to_le_bytes());
    bytes.extend(kind.to_le_bytes());
    bytes.extend(count.to_le_bytes());
    bytes.extend(value.to_le_bytes());
    bytes
}

/// EXIF with a camera's make, an orientation of a quarter turn, and a location.
fn exif() -> Vec<u8> {
    let (main, place) = (8u32, 8 + 2 + 3 * 12 + 4);
    let text = place + 2 + 2 * 12 + 4;
    let mut tiff = b"II*\0".to_vec();
    tiff.extend(main.to_le_bytes());
    tiff.extend(3u16.to_le_bytes());
    tiff.extend(entry(0x010F, 2, CAMERA.len() as u32 + 1, text));
    tiff.extend(entry(0x0112, 3, 1, 6));
    tiff.extend(entry(0x8825, 4, 1, place));
    tiff.extend(0u32.to_le_bytes());
    tiff.extend(2u16.to_le_bytes());
    tiff.extend(entry(0x0001, 2, 2, u32::from(b'N')));
    tiff.extend(entry(
        0x0012,
        2,
        DATUM.len() as u32 + 1,
        text + CAMERA.len() as u32 + 1,
    ));
    tiff.extend(0u32.to_le_bytes());
    for words in [CAMERA, DATUM] {
        tiff.extend(words);
        tiff.push(0);
    }
    tiff
}

/// A JPEG with that EXIF.
fn camera_jpeg(folder: &Path) -> PathBuf {
    let path = photo(folder, "a.jpg");
    let plain = bytes(&path);
    let exif = [b"Exif\0\0".to_vec(), exif()].concat();
    let mut with = vec![0xFF, 0xD8, 0xFF, 0xE1];
    with.extend((exif.len() as u16 + 2).to_be_bytes());
    with.extend(exif);
    with.extend(&plain[2..]);
    fs::write(&path, with).expect("writable");
    path
}

fn has(bytes: &[u8], words: &[u8]) -> bool {
    bytes.windows(words.len()).any(|window| window == words)
}

/// The best of a run under this policy, in this format.
fn best(name: &str, policy: &str, format: &str) -> Vec<u8> {
    let folder = temporary(name);
    let (source, out) = (camera_jpeg(&folder), folder.join("out"));
    edit(
        &source,
        "warmer",
        &out,
        &["-n", "1", "--metadata", policy, "--format", format],
    )
    .done();
    bytes(&out.join(format!("best.{format}")))
}

#[test]
fn the_camera_and_the_place_are_kept() {
    let best = best("metadata-keep", "keep", "jpg");
    assert!(has(&best, CAMERA) && has(&best, DATUM));
}

#[test]
fn the_place_alone_goes_with_no_location() {
    let best = best("metadata-no-location", "no-location", "jpg");
    assert!(has(&best, CAMERA) && !has(&best, DATUM));
}

#[test]
fn with_none_nothing_is_said_at_all() {
    for format in ["jpg", "png"] {
        let best = best(&format!("metadata-none-{format}"), "none", format);
        assert!(!has(&best, CAMERA) && !has(&best, DATUM), "{format}");
        assert_eq!(read_provenance(&best), None, "{format}");
    }
}

#[test]
fn the_quarter_turn_of_the_camera_is_in_the_pixels() {
    let best = best("metadata-turn", "keep", "png");
    let picture = image::load_from_memory(&best).expect("a picture");
    assert_eq!((picture.width(), picture.height()), (150, 200));
}

#[test]
fn every_candidate_says_how_it_was_made() {
    for format in ["png", "jpg"] {
        let folder = temporary(&format!("metadata-provenance-{format}"));
        let (source, out) = (photo(&folder, "a.png"), folder.join("out"));
        edit(&source, "warmer", &out, &["-n", "2", "--format", format]).done();
        let record = super::record(&out);
        for (index, candidate) in record["candidates"]
            .as_array()
            .expect("a list")
            .iter()
            .enumerate()
        {
            let file = bytes(&out.join(format!("candidates/{index:03}.{format}")));
            let said = read_provenance(&file).expect("it says how");
            let said: serde_json::Value = serde_json::from_str(&said).expect("as JSON");
            assert_eq!(said["recipe"], candidate["recipe"]);
            assert_eq!(said["seed"], candidate["seed"]);
            assert_eq!(said["source_sha256"], record["source"]["sha256"]);
        }
    }
}
