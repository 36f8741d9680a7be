//! On small random checkpoints, so only what must hold whatever the weights are: the untouched copy, another photo, what
//! is broken, what is shared.

use std::sync::atomic::{AtomicUsize, Ordering};

use retake_core::{Quiet, Raster, ScoreRequest, Scorecard};
use serde_json::json;

use super::*;

fn folder(case: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/parity/cases");
    folder.join(case).join("model").display().to_string()
}

fn photo(shift: usize) -> Raster {
    Raster::from_fn(96, 64, |x, y| {
        let wave = |k: usize| (((x + shift) * k / 7 + y * (k + shift) / 5) % 17) as f32 / 17.0;
        [wave(3), wave(4) * 0.7, wave(9) * 0.5]
    })
}

fn warmer(photo: &Raster) -> Raster {
    let mut edit = photo.clone();
    edit.planes[0]
        .iter_mut()
        .for_each(|value| *value = (*value * 1.3).min(1.0));
    edit.planes[2].iter_mut().for_each(|value| *value *= 0.6);
    edit
}

fn asked(text: &str) -> Instruction {
    Instruction {
        text: text.to_owned(),
        ..Instruction::default()
    }
}

fn cards_of(arguments: &[String], edited: &[&Raster], instruction: &Instruction) -> Vec<Scorecard> {
    let source = photo(0);
    let group = ScoreRequest {
        source: &source,
        edited,
        instruction,
    };
    let rewards = open(arguments).expect("rewards");
    let mut cards = vec![Scorecard::default(); edited.len()];
    for member in rewards {
        let scored = member.reward.score(&group, &Quiet).expect("scores");
        cards
            .iter_mut()
            .zip(scored)
            .for_each(|(card, more)| card.merge(more));
    }
    cards
}

fn measure(card: &Scorecard, name: &str) -> f64 {
    let found = card.raw.iter().find_map(|raw| raw.measures.get(name));
    *found.unwrap_or_else(|| panic!("no {name} in {card:?}"))
}

const FOLLOWING: &str = Dimension::INSTRUCTION_FOLLOWING;
const PRESERVING: &str = Dimension::DETAIL_PRESERVING;

#[test]
fn the_untouched_copy_follows_nothing_and_keeps_everything() {
    let arguments = [
        format!("clip={}", folder("clip")),
        format!("siglip={}", folder("siglip")),
        format!("dinov2={}", folder("dinov2")),
    ];
    let cards = cards_of(&arguments, &[&photo(0)], &asked("make the sky warm"));
    assert_eq!(measure(&cards[0], "clip.direction"), 0.0);
    assert_eq!(
        measure(&cards[0], "siglip.logit"),
        measure(&cards[0], "siglip.logit_before")
    );
    for name in ["clip.image_image", "dinov2.whole", "dinov2.squares"] {
        assert!((measure(&cards[0], name) - 1.0).abs() < 1e-5, "{name}");
    }
    assert_eq!(cards[0].value(FOLLOWING), Some(0.0));
    assert!(
        cards[0]
            .value(PRESERVING)
            .is_some_and(|value| value > 0.999)
    );
}

#[test]
fn another_photo_keeps_less_than_an_edit() {
    for (argument, name) in [("clip", "clip.image_image"), ("dinov2", "dinov2.squares")] {
        let argument = format!("{argument}={}", folder(argument));
        let edit = warmer(&photo(0));
        let cards = cards_of(
            &[argument],
            &[&photo(0), &edit, &photo(9)],
            &asked("warmer"),
        );
        let [copy, edit, other] = [0, 1, 2].map(|i| measure(&cards[i], name));
        assert!(copy > edit && edit > other, "{name}: {copy} {edit} {other}");
    }
}

#[test]
fn dinov2_shows_where_it_changed() {
    let mut edit = photo(0);
    for y in 0..64 {
        (48..96).for_each(|x| edit.set(x, y, [0.9, 0.1, 0.1]));
    }
    let cards = cards_of(
        &[format!("dinov2={}", folder("dinov2"))],
        &[&edit],
        &asked("x"),
    );
    let score = &cards[0].scores[&PRESERVING.into()];
    let map = score.evidence.as_ref().expect("a map");
    assert_eq!((map.width, map.height), (96, 64));
    let mean = |from: usize, to: usize| {
        let values = (0..64).flat_map(|y| (from..to).map(move |x| (x, y)));
        values.map(|(x, y)| map.at(x, y)).sum::<f32>() / ((to - from) * 64) as f32
    };
    assert!(
        mean(48, 96) > mean(0, 48),
        "{} {}",
        mean(48, 96),
        mean(0, 48)
    );
}

#[test]
fn a_painted_region_may_change() {
    let mask = Mask::from_fn(96, 64, |x, _| f32::from(u8::from(x >= 48)));
    let shares = kept_shares(Some(&mask), 4, 2);
    assert_eq!(shares, [1.0, 1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0]);
    let values = [1.0, 0.5, 0.0, 0.0, 1.0, 0.5, 0.0, 0.0];
    assert_eq!(weighted(&values, &shares), 0.75);
    assert_eq!(weighted(&values, &[0.0; 8]), 0.375);
}

/// What is said of arguments that are refused.
fn refused(arguments: &[String]) -> String {
    let opened = open(arguments).map(|_| ());
    opened.expect_err("refused").to_string()
}

#[test]
fn what_cannot_be_opened_is_refused_before_anything_is_scored() {
    let why = refused(&[format!("clip={}", folder("dinov2"))]);
    assert!(
        why.starts_with("this is a network of the kind dinov2; CLIP is called for"),
        "{why}"
    );
    for kind in ["clip", "siglip", "dinov2"] {
        let why = refused(&[format!("{kind}=/nowhere")]);
        assert!(why.starts_with("there is no such folder"), "{kind}: {why}");
    }
    let finder = [
        format!("dinov2={}", folder("dinov2")),
        "segformer=/nowhere".to_owned(),
    ];
    assert!(refused(&finder).contains("there is no such folder"));
    assert!(refused(&["lpips=".to_owned()]).contains("behind lpips="));
}

#[test]
fn what_nobody_listens_to_is_refused() {
    let why = refused(&["captions=a => b".to_owned()]);
    assert!(why.contains("clip, siglip"), "{why}");
    let why = refused(&[format!("segformer={}", folder("segformer"))]);
    assert!(why.contains("dinov2, lpips"), "{why}");
}

#[test]
fn an_edit_that_is_broken_is_unknown_and_its_neighbours_are_not() {
    let mut broken = photo(0);
    broken.planes[1][7] = f32::NAN;
    let arguments = [format!("dinov2={}", folder("dinov2"))];
    let cards = cards_of(&arguments, &[&photo(0), &broken, &photo(1)], &asked("x"));
    assert_eq!(
        cards[1].unknown[&PRESERVING.into()],
        "The edit has values that are not finite."
    );
    assert!(cards[0].value(PRESERVING).is_some() && cards[2].value(PRESERVING).is_some());
}

/// Counts how often it looks at the source.
struct Counting(std::sync::Arc<AtomicUsize>);

impl Encoder for Counting {
    fn weights(&self) -> String {
        String::new()
    }
    fn source(&self, _: &Asked<'_>) -> Result<Seen, Said> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Ok(Box::new(()))
    }
    fn candidate(&self, _: &Asked<'_>, _: &Seen, _: &Bitmap) -> Result<Finding, Said> {
        Ok(Finding::default())
    }
}

#[test]
fn the_source_is_looked_at_once_for_a_group() {
    let count = std::sync::Arc::new(AtomicUsize::new(0));
    let reward = Encoded {
        kind: &KINDS[0],
        path: PathBuf::new(),
        encoder: Box::new(Counting(count.clone())),
        regions: None,
    };
    let source = photo(0);
    let group = ScoreRequest {
        source: &source,
        edited: &[&source; 5],
        instruction: &asked("x"),
    };
    assert_eq!(reward.score(&group, &Quiet).expect("scores").len(), 5);
    assert_eq!(count.load(Ordering::SeqCst), 1);
}

/// A file in the safetensors format with numbers from the name of their tensor and their place.
fn weights(name: &str, tensors: &[(&str, &[usize])], number: fn(&str, usize) -> f32) -> PathBuf {
    let (mut header, mut data) = (serde_json::Map::new(), Vec::new());
    for (name, shape) in tensors {
        let from = data.len();
        let count: usize = shape.iter().product();
        data.extend((0..count).flat_map(|i| number(name, i).to_le_bytes()));
        header.insert(
            (*name).to_owned(),
            json!({ "dtype": "F32", "shape": shape, "data_offsets": [from, data.len()] }),
        );
    }
    let header = Value::Object(header).to_string();
    let path = std::env::temp_dir().join(format!("retake-encoders-{}-{name}", std::process::id()));
    let bytes = [
        &(header.len() as u64).to_le_bytes()[..],
        header.as_bytes(),
        &data,
    ]
    .concat();
    std::fs::write(&path, bytes).expect("a file");
    path
}

#[test]
fn an_aesthetic_head_stands_on_clip() {
    let head = weights("head", &[("weight", &[1, 24]), ("bias", &[1])], |_, _| 2.0);
    let alone = [format!("aesthetic={}", head.display())];
    let quality = Dimension::from(Dimension::GENERATION_QUALITY);
    assert!(refused(&alone).contains("--reward clip=DIR"));
    let both = [format!("clip={}", folder("clip")), alone[0].clone()];
    let cards = cards_of(&both, &[&photo(0)], &asked("x"));
    // as much as its source
    assert_eq!(cards[0].value(&quality.0), Some(0.75));
    let other = weights("other", &[("weight", &[1, 7]), ("bias", &[1])], |_, _| 2.0);
    let wrong = [both[0].clone(), format!("aesthetic={}", other.display())];
    let why = refused(&wrong);
    assert!(
        why.contains("takes 7 numbers and this CLIP gives 24"),
        "{why}"
    );
}

#[test]
fn clip_looks_at_a_picture_once_for_all_that_stand_on_it() {
    let tower = Arc::new(Tower::open(Path::new(&folder("clip"))).expect("CLIP"));
    let given = Given {
        clip: Some(tower.clone()),
        captions: None,
        dino: None,
    };
    let head = weights("once", &[("weight", &[1, 24]), ("bias", &[1])], |_, i| {
        i as f32 / 24.0
    });
    let source = photo(0);
    let (warm, other) = (warmer(&source), photo(3));
    let group = ScoreRequest {
        source: &source,
        edited: &[&warm, &other, &source],
        instruction: &asked("warmer"),
    };
    for kind in KINDS
        .iter()
        .filter(|kind| ["clip", "aesthetic"].contains(&kind.id))
    {
        let reward = Encoded {
            encoder: (kind.open)(&given, &head).expect("opened"),
            kind,
            path: head.clone(),
            regions: None,
        };
        let cards = reward.score(&group, &Quiet).expect("scores");
        assert!(cards.iter().all(|card| card.unknown.is_empty()));
    }
    // the source and two edits that differ from it
    assert_eq!(tower.looks.load(Ordering::SeqCst), 3);
}

#[test]
fn lpips_gives_a_copy_all_and_counts_only_outside_a_painted_region() {
    let trunk: &[(&str, &[usize])] = &[
        ("net.slice1.0.weight", &[64, 3, 11, 11]),
        ("net.slice1.0.bias", &[64]),
        ("net.slice2.3.weight", &[192, 64, 5, 5]),
        ("net.slice2.3.bias", &[192]),
        ("net.slice3.6.weight", &[384, 192, 3, 3]),
        ("net.slice3.6.bias", &[384]),
        ("net.slice4.8.weight", &[256, 384, 3, 3]),
        ("net.slice4.8.bias", &[256]),
        ("net.slice5.10.weight", &[256, 256, 3, 3]),
        ("net.slice5.10.bias", &[256]),
        ("lin0.model.1.weight", &[1, 64, 1, 1]),
        ("lin1.model.1.weight", &[1, 192, 1, 1]),
        ("lin2.model.1.weight", &[1, 384, 1, 1]),
        ("lin3.model.1.weight", &[1, 256, 1, 1]),
        ("lin4.model.1.weight", &[1, 256, 1, 1]),
    ];
    let file = weights("lpips.safetensors", trunk, |name, i| {
        match name.starts_with("lin") {
            true => 0.1,
            false => ((i * 7919 % 101) as f32 - 50.0) / 1000.0,
        }
    });
    let argument = [format!("lpips={}", file.display())];
    let mut edit = photo(0);
    for y in 0..64 {
        (48..96).for_each(|x| edit.set(x, y, [0.9, 0.1, 0.1]));
    }
    let cards = cards_of(&argument, &[&photo(0), &edit], &asked("x"));
    assert_eq!(measure(&cards[0], "lpips.distance"), 0.0);
    assert_eq!(cards[0].value(PRESERVING), Some(1.0));
    let whole = cards[1].value(PRESERVING).expect("a score");
    assert!(whole < 1.0);
    let painted = Instruction {
        mask: Some(Mask::from_fn(96, 64, |x, _| f32::from(u8::from(x >= 48)))),
        ..asked("x")
    };
    let free = cards_of(&argument, &[&edit], &painted)[0]
        .value(PRESERVING)
        .expect("a score");
    // the deeper layers see far beyond the edge of the region
    assert!(free > whole + 0.05, "{free} {whole}");
}

fn wanting(words: &str) -> Instruction {
    let mut instruction = asked(words);
    instruction.understood.not_understood = vec![words.to_owned()];
    instruction
}

#[test]
fn what_the_instruction_names_may_change() {
    let arguments = [
        format!("dinov2={}", folder("dinov2")),
        format!("segformer={}", folder("segformer")),
    ];
    let named = |words: &str| {
        let cards = cards_of(&arguments, &[&warmer(&photo(0))], &wanting(words));
        let score = &cards[0].scores[&PRESERVING.into()];
        let reason = score.reasons.iter().find(|reason| reason.id == "named");
        (
            measure(&cards[0], "dinov2.squares"),
            reason.map(|reason| reason.text.to_string()),
        )
    };
    // all classes together are the whole picture, so nothing is left that must stay, and all squares count alike
    let all = named("sky car tree door person grass");
    let none = named("a rhinoceros");
    assert_eq!(none.1, None);
    assert!(
        all.1
            .is_some_and(|text| text.contains("car") && text.contains("may change"))
    );
    assert!((all.0 - none.0).abs() < 1e-9);
    // one class that is there leaves the rest to count
    let some = ["sky", "car", "tree", "door", "person", "grass"].map(named);
    assert!(
        some.iter()
            .any(|(value, text)| text.is_some() && (value - none.0).abs() > 1e-9)
    );
}

#[test]
fn what_is_outlined_must_be_found_first() {
    let dino = format!("dinov2={}", folder("dinov2"));
    let finder = format!("segformer={}", folder("segformer"));
    let sam = format!("sam={}", folder("sam"));
    assert!(refused(&[dino.clone(), sam.clone()]).contains("segformer=DIR"));
    let nowhere = "sam=/nowhere".to_owned();
    let why = refused(&[dino.clone(), finder.clone(), nowhere]);
    assert!(why.contains("there is no such folder"), "{why}");
    let words = wanting("sky car tree door person grass");
    let cards = cards_of(&[dino, finder, sam], &[&photo(0)], &words);
    assert!(cards[0].value(PRESERVING).is_some());
}

#[test]
fn captions_are_two_texts() {
    let captions = Captions::read(" a house=> a house in the snow ").expect("captions");
    assert_eq!(
        (captions.source.as_str(), captions.target.as_str()),
        ("a house", "a house in the snow")
    );
    for wrong in ["a house", "=> snow", "a house =>"] {
        assert!(Captions::read(wrong).is_err(), "{wrong}");
    }
    assert!(open(&["captions=a house".to_owned()]).is_err());
    let stand_in = Captions::or_of(None, &asked(" make it snow "));
    assert_eq!(
        (stand_in.source.as_str(), stand_in.target.as_str()),
        ("a photo", "a photo, make it snow")
    );
    assert_eq!(Captions::or_of(Some(&captions), &asked("x")), captions);
}

#[test]
fn captions_turn_the_words_around() {
    let clip = format!("clip={}", folder("clip"));
    let edit = warmer(&photo(0));
    let direction = |captions: &str| {
        let arguments = [clip.clone(), format!("captions={captions}")];
        measure(
            &cards_of(&arguments, &[&edit], &asked("x"))[0],
            "clip.direction",
        )
    };
    let (there, back) = (
        direction("a winter beach => the warm sky"),
        direction("the warm sky => a winter beach"),
    );
    assert!(
        (there + back).abs() < 1e-9 && there.abs() > 1e-6,
        "{there} {back}"
    );
}

#[test]
fn only_known_names_before_the_sign_are_encoders() {
    assert!(is_one("clip=/a/folder") && is_one("captions=a => b"));
    assert!(!is_one("built_in") && !is_one("a == b") && !is_one("other=x"));
}

#[test]
fn an_encoder_is_known_by_what_lies_in_its_folder() {
    for id in ["clip", "siglip", "dinov2"] {
        let folder = folder(id);
        assert_eq!(kind_of(Path::new(&folder)), Some(id));
        let one = open_one(id, Path::new(&folder)).expect("opened");
        assert_eq!(one.info().id, id);
    }
    assert_eq!(kind_of(Path::new(&folder("qwen3_vl"))), None);
    assert!(open_one("clip", Path::new(&folder("siglip"))).is_err());
}

#[test]
fn an_encoder_may_have_a_weight() {
    let weighed = format!("dinov2={}@0.25", folder("dinov2"));
    let members = open(&[weighed]).expect("opened");
    assert_eq!(members[0].name, "dinov2");
    assert_eq!(members[0].weight, Some(Weight::All(0.25)));
    assert!(refused(&[format!("dinov2={}@-1", folder("dinov2"))]).contains("-1"));
}

/// A picture whose sRGB codes are these, of 255.
fn of_codes(code: impl Fn(usize, usize, usize) -> f32) -> Raster {
    use retake_pixels::color::srgb_decode;
    use retake_pixels::matrix::{REC2020_FROM_SRGB, apply};
    Raster::from_fn(48, 40, |x, y| {
        let linear = std::array::from_fn(|c| srgb_decode(code(x, y, c) / 255.0));
        apply(&REC2020_FROM_SRGB, linear)
    })
}

#[test]
fn clips_slope_is_that_of_differences_of_a_few_codes() {
    let rewards = open(&[format!("clip={}", folder("clip"))]).expect("rewards");
    let reward = &rewards[0].reward;
    let instruction = asked("make the sky warm");
    let wave = |x: usize, y: usize, c: usize| (80 + (x * (3 + c) + y * 7) % 90) as f32;
    let source = of_codes(wave);
    let at = |edited: &Raster| {
        let slope = reward
            .slope(&source, edited, &instruction)
            .expect("a slope");
        slope.expect("CLIP knows it")
    };
    let warm = |x, y, c: usize| wave(x, y, c) + [30.0, 5.0, -25.0][c];
    let edit = of_codes(warm);
    let found = at(&edit);
    // two codes up the slope and two down
    let moved = |by: f32| {
        let sign = |x: usize, y: usize, c: usize| found.by_pixel.at(x, y)[c].signum();
        of_codes(|x, y, c| warm(x, y, c) + by * sign(x, y, c))
    };
    let (up, down) = (moved(2.0), moved(-2.0));
    let ways = up.planes.iter().flatten().zip(down.planes.iter().flatten());
    let slopes = found.by_pixel.planes.iter().flatten();
    let along: f32 = slopes
        .zip(ways)
        .map(|(slope, (up, down))| slope * (up - down))
        .sum();
    let difference = at(&up).value - at(&down).value;
    assert!(difference > 0.0, "{along} {difference}");
    assert!(
        (along - difference).abs() < 0.3 * along,
        "{along} {difference}"
    );
    // and at the source itself, where nothing went anywhere yet
    let there = at(&source);
    assert!(
        there
            .by_pixel
            .planes
            .iter()
            .flatten()
            .any(|value| *value != 0.0)
    );
}
