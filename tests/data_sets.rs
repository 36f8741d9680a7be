//! Published data sets and the built-in rewards together: what a loader hands over, a reward must judge rightly.

use std::path::Path;

use retake_core::{Mask, Quiet, Raster, Reward};
use retake_lab::case::Case;
use retake_lab::dataset::Dataset;
use retake_lab::formats::format;
use retake_lab::rows::{Flow, TEXT_CONTAINERS};
use retake_lab::scoring::open_case;
use retake_lab::taxonomy::{agrees, guess};
use retake_language::{Lexicon, understand_with_mask};
use retake_pixels::resize;
use retake_tables::TABLE_CONTAINERS;

fn cases(id: &str, file: &str) -> Vec<Case> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lab/data");
    let set = Dataset {
        path: data.join(file),
        format: format(id).expect("it is in the table"),
        images: Some(data.join("pictures")),
        containers: vec![TEXT_CONTAINERS, TABLE_CONTAINERS],
        limit: None,
    };
    let mut all = Vec::new();
    set.walk(&mut |case, _| {
        all.push(case);
        Ok(Flow::On)
    })
    .expect("it is read");
    all
}

/// The edit inside of the mask, the source outside of it, and there so much of a change.
fn changed(source: &Raster, edit: &Raster, inside: &Mask, change: f32) -> Raster {
    Raster::from_fn(source.width, source.height, |x, y| {
        let [r, g, b] = source.at(x, y);
        let outside = [r + change, g, b - 0.5 * change];
        let cover = inside.at(x, y);
        let edit = edit.at(x, y);
        std::array::from_fn(|c| outside[c] + cover * (edit[c] - outside[c]))
    })
}

#[test]
fn the_more_is_changed_outside_of_a_mask_of_humanedit_the_less_is_preserved() {
    let masked = cases("humanedit", "humanedit.parquet")
        .into_iter()
        .find(|case| case.mask.is_some());
    let case = masked.expect("a row with a mask");
    let opened = open_case(&case, 96).expect("its pictures open");
    let (width, height) = (96, 64);
    let source = resize::raster(&opened.source, width, height);
    let edit = resize::raster(&opened.edits[0], width, height);
    // the mask of that row is white all over: what is meant is its left half
    let mask = resize::mask(&opened.mask.expect("its mask"), width, height);
    let mask = Mask::from_fn(width, height, |x, y| {
        if x < width / 2 { mask.at(x, y) } else { 0.0 }
    });
    let mut instruction =
        understand_with_mask(&case.instruction, Lexicon::built_in()).expect("it is read");
    instruction.mask = Some(mask.clone());
    let steps = [0.0, 0.01, 0.03, 0.06, 0.1, 0.2];
    let edits: Vec<Raster> = steps
        .iter()
        .map(|step| changed(&source, &edit, &mask, *step))
        .collect();
    let detail = retake_rewards::REWARDS
        .iter()
        .find(|entry| entry.id == "detail")
        .expect("a reward");
    let rewards: Vec<Box<dyn Reward>> = vec![(detail.new)(retake_core::Eyes::default())];
    let edits: Vec<&Raster> = edits.iter().collect();
    let cards = retake_engine::score(&source, &edits, &instruction, &rewards, &Quiet)
        .expect("it is scored");
    let kept: Vec<f32> = cards
        .iter()
        .map(|card| {
            let score = card
                .scores
                .iter()
                .find(|(dimension, _)| dimension.0 == "detail_preserving");
            score.expect("the dimension").1.value
        })
        .collect();
    // that row's edit is another picture altogether, so that little is kept at best; more outside of the mask is still worse
    assert!(
        kept.windows(2).all(|two| two[0] > two[1]),
        "{kept:?} at {steps:?}"
    );
}

#[test]
fn kinds_of_edit_that_published_files_store_are_guessed_from_their_sentences() {
    // the other small files say "make it brighter" under any kind
    let files = [
        ("imgedit-bench", "imgedit.json"),
        ("pico-banana", "pico.jsonl"),
    ];
    let told: Vec<(String, bool)> = files
        .iter()
        .flat_map(|(id, file)| cases(id, file))
        .filter_map(|case| {
            Some((
                case.task.clone(),
                agrees(&case.task, guess(&case.instruction))?,
            ))
        })
        .collect();
    assert!(told.len() >= 3 && told.iter().all(|row| row.1), "{told:?}");
}
