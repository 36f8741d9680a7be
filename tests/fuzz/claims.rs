//! What must hold for any bytes at all, one function a door through which strangers' bytes come in. The fuzz targets call
//! them with bytes that libFuzzer invents, and `tests/journeys/mutations.rs` with samples it spoils by a seeded generator.

use retake_core::Picture;
use retake_darkroom::Recipe;
use retake_darkroom::exchange::cube::Cube;
use retake_files::record::RunRecord;
use retake_files::{Limits, decode as decode_photo};
use retake_language::{Lexicon, understand};

/// A photo opens or is refused with a sentence; one that opens has finite colours and keeps to the limits.
pub fn decode(bytes: &[u8]) {
    let limits = Limits {
        max_pixels: 1 << 20,
        max_bytes: 32 << 20,
        max_file_bytes: 1 << 20,
    };
    match decode_photo(bytes, &limits) {
        Ok(photo) => {
            let (width, height) = photo.size();
            assert!(width > 0 && height > 0 && width * height <= 1 << 20);
            for y in [0, height / 2, height - 1] {
                let row = photo.rows(y..y + 1).expect("a photo has its rows");
                assert!(row.planes.iter().flatten().all(|value| value.is_finite()));
            }
        }
        Err(error) => assert!(!error.to_string().contains('\n')),
    }
}

/// A sentence is understood or refused, and always in the same way.
pub fn instruction(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let once = understand(&text, Lexicon::built_in());
    let again = understand(&text, Lexicon::built_in());
    match (once, again) {
        (Ok(once), Ok(again)) => {
            assert_eq!(once.understood, again.understood);
            for goal in &once.understood.goals {
                assert!(goal.weight.is_finite() && !goal.in_words().is_empty());
            }
        }
        (Err(once), Err(again)) => assert_eq!(once, again),
        _ => panic!("it was understood once and not the other time"),
    }
}

/// A recipe is read or refused; one that is read is written and read again unchanged.
pub fn recipe(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Ok(recipe) = Recipe::from_json(&text) {
        let again = Recipe::from_json(&recipe.to_json()).expect("what was written can be read");
        assert_eq!(recipe.to_json(), again.to_json());
    }
}

/// A look-up table is read or refused; one that is read is written and read again unchanged.
pub fn cube(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Ok(cube) = Cube::parse(&text) {
        let again = Cube::parse(&cube.to_text()).expect("what was written can be read");
        assert_eq!(cube.to_text(), again.to_text());
    }
}

/// A record is read or refused; one that is read is written and read again unchanged.
pub fn run_record(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Ok(record) = RunRecord::from_json(&text) {
        let again = RunRecord::from_json(&record.to_json()).expect("what was written can be read");
        assert_eq!(record.to_json(), again.to_json());
    }
}
