//! On a drawn photo with a square thing in it; the eye is a stand-in that sees the mean difference, but for one test.

use std::path::Path;

use retake_core::{
    Amount, Apart, Change, Degree, FoundSubject, Generative, Goal, Instruction, LookedAt,
    PerceptualDistance, Quantity, Quiet, Raster, Region, RegionKind, SubjectFinder, Thing,
    Understanding,
};

use super::*;

const WIDTH: usize = 96;
const HEIGHT: usize = 64;
/// Where the thing is: left, top, right, bottom.
const THING: (usize, usize, usize, usize) = (20, 20, 44, 44);

struct Differences;

impl PerceptualDistance for Differences {
    fn version(&self) -> &'static str {
        "differences"
    }
    fn looked_at<'a>(&'a self, one: &Raster) -> Option<LookedAt<'a>> {
        let one = one.clone();
        Some(Box::new(move |other| {
            let value = |i: usize| {
                (0..3)
                    .map(|c| (one.planes[c][i] - other.planes[c][i]).abs())
                    .sum()
            };
            let values: Vec<f32> = (0..one.len()).map(value).collect();
            let map = Mask {
                width: one.width,
                height: one.height,
                values,
            };
            Some(Apart {
                distance: map.share(),
                map,
            })
        }))
    }
}

/// Finds the thing.
struct Finder;

impl SubjectFinder for Finder {
    fn version(&self) -> &'static str {
        "the square"
    }
    fn find(&self, picture: &Raster) -> Option<FoundSubject> {
        let (x, y) = (
            WIDTH as f32 / picture.width as f32,
            HEIGHT as f32 / picture.height as f32,
        );
        let mask = Mask::from_fn(picture.width, picture.height, |i, j| {
            f32::from(u8::from(within(
                (i as f32 * x) as usize,
                (j as f32 * y) as usize,
            )))
        });
        Some(FoundSubject {
            mask,
            confidence: 0.9,
        })
    }
}

fn within(x: usize, y: usize) -> bool {
    let (left, top, right, bottom) = THING;
    (left..right).contains(&x) && (top..bottom).contains(&y)
}

fn texture(x: usize, y: usize) -> f32 {
    0.25 + 0.2 * (((x * 5 + y * 3) % 13) as f32 / 12.0) + 0.1 * (((x / 6 + y / 5) % 2) as f32)
}

fn photo() -> Raster {
    Raster::from_fn(WIDTH, HEIGHT, |x, y| match within(x, y) {
        true => [texture(x, y) * 0.4, texture(x, y) * 0.5, texture(x, y)],
        false => [texture(x, y); 3],
    })
}

/// The photo with something else where `there` says so.
fn changed(there: impl Fn(usize, usize) -> bool, to: impl Fn([f32; 3]) -> [f32; 3]) -> Raster {
    let photo = photo();
    Raster::from_fn(WIDTH, HEIGHT, |x, y| match there(x, y) {
        true => to(photo.at(x, y)),
        false => photo.at(x, y),
    })
}

/// Another thing drawn over a corner, so much of it.
fn spoiled(mut edit: Raster, side: usize) -> Raster {
    for y in HEIGHT - side..HEIGHT {
        for x in WIDTH - side..WIDTH {
            edit.set(x, y, [0.05 + 0.8 * ((x / 3) % 2) as f32, 0.1, 0.1]);
        }
    }
    edit
}

fn removed() -> Raster {
    changed(within, |_| [0.4; 3])
}

fn reward(eyes: Eyes) -> Decoupled {
    Decoupled {
        eyes,
        clip: None,
        dino: None,
        segments: None,
        folders: Vec::new(),
        notices: Mutex::default(),
    }
}

fn seeing() -> Decoupled {
    reward(Eyes {
        distance: Some(Arc::new(Differences)),
        subject: Some(Arc::new(Finder)),
        ..Eyes::default()
    })
}

fn work(text: &str, kind: &str, things: &[(&str, &str)]) -> Instruction {
    let thing = |(name, words): &(&str, &str)| Thing {
        name: (*name).to_owned(),
        kinds: Vec::new(),
        words: (*words).to_owned(),
    };
    Instruction {
        text: text.to_owned(),
        understood: Understanding {
            generative: vec![Generative {
                words: text.to_owned(),
                kind: kind.to_owned(),
            }],
            things: things.iter().map(thing).collect(),
            ..Understanding::default()
        },
        mask: None,
    }
}

fn remove() -> Instruction {
    work(
        "remove the woman",
        "removing something",
        &[("woman", "woman")],
    )
}

fn recolour() -> Instruction {
    work(
        "make her dress red",
        "changing what something is",
        &[("dress", "dress")],
    )
}

fn card_by(reward: &Decoupled, edited: &Raster, asked: &Instruction) -> Scorecard {
    let source = photo();
    let group = ScoreRequest {
        source: &source,
        edited: &[edited],
        instruction: asked,
    };
    let mut cards = reward
        .score(&group, &Quiet)
        .expect("nobody stops the tests");
    cards.remove(0)
}

fn value(edited: &Raster, asked: &Instruction) -> f32 {
    let card = card_by(&seeing(), edited, asked);
    card.value(Dimension::DETAIL_PRESERVING)
        .unwrap_or_else(|| panic!("a score: {card:?}"))
}

fn told(card: &Scorecard, key: &str) -> String {
    card.raw[0].told[key]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

#[test]
fn what_happens_inside_costs_nothing_and_damage_outside_does() {
    assert!(value(&removed(), &remove()) > 0.999);
    let spoiled = value(&spoiled(removed(), 20), &remove());
    assert!(spoiled < 0.9, "{spoiled}");
}

#[test]
fn more_damage_costs_more() {
    let values: Vec<f32> = [0, 6, 12, 20, 28]
        .into_iter()
        .map(|side| value(&spoiled(removed(), side), &remove()))
        .collect();
    assert!(values.is_sorted_by(|a, b| a > b), "{values:?}");
}

#[test]
fn a_new_colour_keeps_its_score_and_loses_it_with_the_structure() {
    let red = changed(within, |[r, g, b]| [b, g * 0.9, r]);
    let flat = changed(within, |_| [0.5, 0.2, 0.2]);
    let (red, flat) = (value(&red, &recolour()), value(&flat, &recolour()));
    assert!(red > 0.8 && flat < 0.6 * red, "{red} {flat}");
}

#[test]
fn the_same_flat_square_is_allowed_where_something_is_replaced() {
    let flat = changed(within, |_| [0.5, 0.2, 0.2]);
    let asked = work(
        "replace the woman with a box",
        "changing what something is",
        &[("woman", "woman")],
    );
    assert!(value(&flat, &asked) > 0.999);
}

#[test]
fn the_photo_as_it_was_has_kept_everything() {
    assert_eq!(value(&photo(), &remove()), 1.0);
    assert_eq!(value(&photo(), &recolour()), 1.0);
    let nowhere = work("remove the zeppelin", "removing something", &[]);
    let card = card_by(&seeing(), &photo(), &nowhere);
    assert_eq!(card.value(Dimension::DETAIL_PRESERVING), Some(1.0));
    assert_eq!(told(&card, "place"), "nowhere");
}

#[test]
fn where_nothing_is_found_the_box_of_what_changed_most_is_taken_and_said() {
    let asked = work("remove the zeppelin", "removing something", &[]);
    let card = card_by(&seeing(), &spoiled(removed(), 8), &asked);
    assert_eq!(told(&card, "place"), "changed");
    let score = &card.scores[&Dimension::from(Dimension::DETAIL_PRESERVING)];
    let said = score.reasons[0].text.to_string();
    assert!(said.contains("what changed most"), "{said}");
    let clean = value(&removed(), &asked);
    assert!(
        clean > 0.999 && score.value < clean,
        "{clean} {}",
        score.value
    );
}

#[test]
fn what_was_painted_goes_before_what_is_found() {
    let mut asked = remove();
    // the right half
    asked.mask = Some(Mask::from_fn(WIDTH, HEIGHT, |x, _| {
        f32::from(u8::from(x >= 48))
    }));
    let card = card_by(&seeing(), &spoiled(photo(), 20), &asked);
    assert_eq!(told(&card, "place"), "painted");
    assert_eq!(card.value(Dimension::DETAIL_PRESERVING), Some(1.0));
    assert!(value(&removed(), &asked) < 0.9);
}

#[test]
fn the_map_shows_the_damage_outside_and_nothing_of_the_inside() {
    let card = card_by(&seeing(), &spoiled(removed(), 20), &remove());
    let score = &card.scores[&Dimension::from(Dimension::DETAIL_PRESERVING)];
    let map = score.evidence.as_ref().expect("a map");
    assert_eq!((map.width, map.height), (WIDTH, HEIGHT));
    assert!(map.at(90, 60) > 0.2 && map.at(30, 30) == 0.0);
}

#[test]
fn what_no_network_can_measure_is_left_out_and_said() {
    let card = card_by(&seeing(), &removed(), &remove());
    let said = told(&card, "left_out");
    assert!(said.contains("clip=DIR"), "{said}");
    let measures = &card.raw[0].measures;
    assert!(measures.contains_key("regions.ssim") && !measures.contains_key("regions.clip_emd"));
    let wooden = work(
        "make her dress wooden",
        "changing what something is",
        &[("dress", "dress")],
    );
    let said = told(&card_by(&seeing(), &removed(), &wooden), "left_out");
    assert!(
        said.contains("depth") && said.contains("dinov2=DIR"),
        "{said}"
    );
}

#[test]
fn a_change_of_the_whole_photo_is_not_scored_and_the_reason_is_told() {
    let mut asked = Instruction {
        text: "warmer".to_owned(),
        ..Instruction::default()
    };
    let mut goal = Goal {
        quantity: Quantity::Warmth,
        change: Change::Raise,
        amount: Amount::Degree(Degree::Moderate),
        region: Region::whole(),
        words: "warmer".to_owned(),
        weight: 1.0,
    };
    asked.understood.goals.push(goal.clone());
    let reward = seeing();
    let card = card_by(&reward, &removed(), &asked);
    assert!(card.scores.is_empty() && card.unknown.is_empty());
    assert_eq!(reward.notices().len(), 1);
    // of a part it is
    goal.region = Region::of(RegionKind::Subject);
    asked.understood.goals = vec![goal];
    let warm = changed(within, |[r, g, b]| [r * 1.3, g, b * 0.8]);
    assert!(value(&warm, &asked) > 0.8);
}

#[test]
fn an_edit_without_pixels_is_unknown_and_its_neighbours_are_not() {
    let (source, empty, edit) = (photo(), Raster::new(0, 0), removed());
    let group = ScoreRequest {
        source: &source,
        edited: &[&empty, &edit],
        instruction: &remove(),
    };
    let cards = seeing().score(&group, &Quiet).expect("scored");
    assert!(cards[0].scores.is_empty() && cards[0].unknown.len() == 1);
    assert!(cards[1].value(Dimension::DETAIL_PRESERVING).is_some());
}

#[test]
fn the_shipped_network_and_named_encoders_see_the_damage() {
    let folder = |case: &str| {
        let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/parity/cases");
        cases.join(case).join("model").display().to_string()
    };
    let arguments = [
        "regions@2".to_owned(),
        format!("clip={}", folder("clip")),
        format!("dinov2={}", folder("dinov2")),
    ];
    let members = super::super::open(&arguments).expect("all are there");
    let member = members
        .iter()
        .find(|member| member.name == "regions")
        .expect("it was named");
    let source = photo();
    let (clean, bad) = (removed(), spoiled(removed(), 24));
    let mut asked = recolour();
    asked.mask = Some(Mask::from_fn(WIDTH, HEIGHT, |x, y| {
        f32::from(u8::from(within(x, y)))
    }));
    let group = ScoreRequest {
        source: &source,
        edited: &[&clean, &bad],
        instruction: &asked,
    };
    let cards = member.reward.score(&group, &Quiet).expect("scored");
    for name in ["regions.lpips", "regions.lpips_mean", "regions.clip_emd"] {
        let [clean, bad] = [0, 1].map(|i| cards[i].raw[0].measures[name]);
        assert!(clean < 1e-6 && bad > 1e-3, "{name}: {clean} {bad}");
    }
    assert!(cards[0].raw[0].measures["regions.dino_structure"] < 1.0);
}

#[test]
fn a_german_sentence_finds_the_class_that_an_english_one_finds() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/parity/cases/segformer/model")
        .display()
        .to_string();
    let finder =
        retake_vision::segment::Segformer::on_processor(Path::new(&folder)).expect("a case");
    let name = finder.names()[0].trim().to_owned();
    let english = work(&format!("remove the {name}"), "removing something", &[]);
    let german = work(
        "entferne das Ding",
        "removing something",
        &[(&name, "Ding")],
    );
    let of = |asked: &Instruction| super::super::regions::classes(&finder, asked);
    assert_eq!(of(&german), of(&english));
    assert!(!of(&german).is_empty(), "{:?}", finder.names());
}
