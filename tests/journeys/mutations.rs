//! The claims of the fuzz targets on spoilt samples, in the time of a test and with the stable compiler: a seeded
//! generator flips, cuts, repeats and splices, the same way on every run. `tests/fuzz/README.md` has the long way.

#[expect(
    unreachable_pub,
    reason = "the fuzz targets see the same file as a crate"
)]
#[path = "../fuzz/claims.rs"]
mod claims;

use std::io::Cursor;
use std::time::{Duration, Instant};

use image::ImageFormat;
use retake_core::Rng;
use retake_darkroom::{Operation, Recipe};

use super::picture;

/// Rounds, and the time after which a slow machine has done enough of them.
const ROUNDS: usize = 600;
const TIME: Duration = Duration::from_secs(6);

/// Spoils a sample a little.
fn spoilt(rng: &mut Rng, samples: &[Vec<u8>], words: &[&str]) -> Vec<u8> {
    let mut bytes = samples[rng.below(samples.len())].clone();
    for _ in 0..=rng.below(6) {
        let at = rng.below(bytes.len() + 1);
        match rng.below(7) {
            0 if at < bytes.len() => bytes[at] = (rng.next_u64() & 0xFF) as u8,
            1 if at < bytes.len() => bytes[at] ^= 1 << rng.below(8),
            2 => bytes.truncate(at),
            3 => {
                let end = (at + 1 + rng.below(40)).min(bytes.len());
                let part = bytes[at..end].to_vec();
                bytes.splice(at..at, part);
            }
            4 => {
                let end = (at + rng.below(40)).min(bytes.len());
                bytes.drain(at..end);
            }
            5 => {
                let other = &samples[rng.below(samples.len())];
                let from = rng.below(other.len() + 1);
                let to = (from + rng.below(60)).min(other.len());
                bytes.splice(at..at, other[from..to].iter().copied());
            }
            _ if !words.is_empty() => {
                bytes.splice(at..at, words[rng.below(words.len())].bytes());
            }
            _ => {}
        }
    }
    bytes
}

/// Holds a claim on the samples as they are, then on spoilt ones.
fn hold(claim: fn(&[u8]), samples: &[Vec<u8>], words: &[&str], seed: u64) {
    samples.iter().for_each(|sample| claim(sample));
    let (mut rng, begun) = (Rng::new(seed), Instant::now());
    for round in 0..ROUNDS {
        let bytes = spoilt(&mut rng, samples, words);
        let alone = Instant::now();
        if std::panic::catch_unwind(|| claim(&bytes)).is_err() {
            panic!(
                "round {round} of seed {seed} breaks it: {:?}",
                String::from_utf8_lossy(&bytes)
            );
        }
        assert!(
            alone.elapsed() < Duration::from_secs(10),
            "round {round} of seed {seed} is slow"
        );
        if begun.elapsed() > TIME {
            assert!(round > 20, "only {round} rounds in {TIME:?}");
            break;
        }
    }
}

fn texts(samples: &[&str]) -> Vec<Vec<u8>> {
    samples
        .iter()
        .map(|text| text.as_bytes().to_vec())
        .collect()
}

/// What numbers and lists break on.
const EDGES: &[&str] = &[
    "-",
    "1e999",
    "NaN",
    "null",
    "[",
    "{}",
    "\"",
    "18446744073709551616",
    "\u{0}",
    "\u{feff}",
    "0.1",
];

#[test]
fn spoilt_photos_open_or_are_refused() {
    let small = image::imageops::thumbnail(picture(), 20, 15);
    let encoded = |format| {
        let mut out = Cursor::new(Vec::new());
        small.write_to(&mut out, format).expect("it can be encoded");
        out.into_inner()
    };
    hold(
        claims::decode,
        &[ImageFormat::Png, ImageFormat::Jpeg].map(encoded),
        &[],
        1,
    );
}

#[test]
fn spoilt_instructions_are_understood_or_refused() {
    let samples = texts(&[
        "make the sky slightly darker, but keep the skin tones and don't touch the background",
        "+0.7 EV, 20 % more contrast, crop to 16:9, rotate 3 degrees counter-clockwise",
        "teal and orange, film noir; not too saturated; remove the car",
        "die roten Bereiche etwas wärmer, ohne die Lichter auszufressen",
        "un peu plus chaud, le ciel plus sombre",
        "más contraste en las sombras, doble de saturado",
        "天空更蓝一点，保持肤色",
    ]);
    let words = [
        "-1e9 %",
        " not ",
        " and ",
        " 16:9 ",
        "twice ",
        "暗",
        "\u{301}",
        "\u{202e}",
        "ß",
        "’",
        " the left third ",
    ];
    hold(claims::instruction, &samples, &words, 2);
}

#[test]
fn spoilt_recipes_are_read_or_refused() {
    let operations = [
        "exposure",
        "contrast",
        "white_balance",
        "tone_curve",
        "hsl",
        "vignette",
        "crop",
    ];
    let known = |id: &&&str| retake_darkroom::OPS.iter().any(|op| op.id == **id);
    let operations: Vec<Operation> = operations
        .iter()
        .filter(known)
        .map(|id| Operation::new(id))
        .collect();
    assert!(operations.len() >= 5);
    let samples = [
        Recipe::neutral().to_json(),
        Recipe::of(operations).to_json(),
    ];
    hold(
        claims::recipe,
        &texts(&[&samples[0], &samples[1]]),
        EDGES,
        3,
    );
}

#[test]
fn spoilt_look_up_tables_are_read_or_refused() {
    let cube = "TITLE \"two\"\nLUT_3D_SIZE 2\nDOMAIN_MIN 0 0 0\nDOMAIN_MAX 1 1 1\n0 0 0\n1 0 0\n0 1 0\n1 1 0\n0 0 1\n1 0 1\n0 1 1\n1 1 1\n";
    let line = "# a curve\nLUT_1D_SIZE 3\n0 0 0\n0.4 0.5 0.6\n1 1 1\n";
    hold(
        claims::cube,
        &texts(&[cube, line]),
        &[EDGES, &["LUT_3D_SIZE 65536\n", "\r\n"]].concat(),
        4,
    );
}

#[test]
fn spoilt_records_are_read_or_refused() {
    hold(
        claims::run_record,
        &[include_bytes!("../fuzz/corpus/run_record/run.json").to_vec()],
        EDGES,
        5,
    );
}
