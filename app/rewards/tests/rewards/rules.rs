//! What a score must say of right, wrong and excessive edits.

use retake_core::{
    Amount, Change, Degree, Dimension, Goal, Keep, Quantity, Raster, Region, RegionKind,
};

use crate::asking::*;
use crate::degrade::*;
use crate::pictures::{PICTURES, picture};

fn lifted(source: &Raster, rise: f32) -> Raster {
    in_lab(source, |[l, a, b]| {
        [l + rise * (l / 100.0 * (1.0 - l / 100.0)) * 4.0, a, b]
    })
}

#[test]
fn a_change_of_tone_or_colour_loses_no_detail() {
    for (name, source) in PICTURES.iter() {
        let edits = [
            gamma(source, 0.75),
            gamma(source, 1.3),
            contrast(source, 1.2),
            contrast(source, 0.75),
            warm(source, 0.25),
            warm(source, -0.25),
            saturate(source, 1.15),
            // a split tone
            in_lab(source, |[l, a, b]| {
                [l, a + 0.05 * (l - 50.0), b + 0.1 * (l - 50.0)]
            }),
            lifted(source, 8.0),
        ];
        for (i, card) in cards(source, &edits, &instruction(&[])).iter().enumerate() {
            assert!(
                detail(card) > 0.94,
                "{name}, edit {i}: {}\n{}",
                detail(card),
                said(card, Dimension::DETAIL_PRESERVING)
            );
        }
    }
}

/// A goal and an edit that does it, by strength: 1 is as asked.
type Task = (&'static str, Goal, fn(&Raster, f32) -> Raster);

fn tasks() -> Vec<Task> {
    vec![
        (
            "brighter",
            raise(Quantity::Lightness, Degree::Moderate),
            |s, k| lifted(s, 13.0 * k),
        ),
        (
            "darker",
            lower(Quantity::Lightness, Degree::Moderate),
            |s, k| lifted(s, -13.0 * k),
        ),
        (
            "warmer",
            raise(Quantity::Warmth, Degree::Moderate),
            |s, k| warm(s, 0.26 * k),
        ),
        (
            "cooler",
            lower(Quantity::Warmth, Degree::Moderate),
            |s, k| warm(s, -0.3 * k),
        ),
        (
            "more contrast",
            raise(Quantity::Contrast, Degree::Slight),
            |s, k| contrast(s, 1.0 + 0.17 * k),
        ),
        (
            "less contrast",
            lower(Quantity::Contrast, Degree::Moderate),
            |s, k| contrast(s, 1.0 / (1.0 + 0.27 * k)),
        ),
        (
            "more saturated",
            raise(Quantity::Saturation, Degree::Slight),
            |s, k| saturate(s, 1.0 + 0.13 * k),
        ),
        (
            "less saturated",
            lower(Quantity::Saturation, Degree::Moderate),
            |s, k| saturate(s, 1.0 / (1.0 + 0.28 * k)),
        ),
        ("softer", raise(Quantity::Blur, Degree::Moderate), |s, k| {
            blur(s, 1.1 * k)
        }),
        (
            "grainier",
            raise(Quantity::Grain, Degree::Moderate),
            |s, k| noise(s, 1.6 * k),
        ),
    ]
}

/// How many times the asked change was done, by the first line that was checked.
fn times_asked(card: &retake_core::Scorecard) -> f32 {
    let score = of(card, Dimension::INSTRUCTION_FOLLOWING);
    let check = score.reasons[0]
        .check
        .as_ref()
        .expect("one goal, one check");
    (check.after - check.before) / (check.asked.aim - check.before)
}

#[test]
fn a_right_edit_scores_high_and_beats_the_copy_and_the_excess() {
    let mut overcooked = 0;
    for (name, source) in PICTURES.iter() {
        for (task, goal, edit) in tasks() {
            let mut edits = vec![source.clone(), edit(source, 1.0)];
            edits.extend([4.0, 7.0, 12.0].map(|k| edit(source, k)));
            let cards = cards(source, &edits, &instruction(&[goal]));
            let (copy, right) = (overall(&cards[0]), overall(&cards[1]));
            let why = Dimension::CANONICAL.map(|d| said(&cards[1], d)).join("\n");
            let what = format!("{task} on {name}");
            assert!(
                following(&cards[0]) <= 0.05,
                "{what}: copy {}",
                following(&cards[0])
            );
            assert!(
                detail(&cards[0]) > 0.98 && quality(&cards[0]) > 0.98,
                "{what}"
            );
            assert!(following(&cards[1]) > 0.75, "{what}\n{why}");
            assert!(
                detail(&cards[1]) > 0.85,
                "{what} {}\n{why}",
                detail(&cards[1])
            );
            assert!(
                quality(&cards[1]) > 0.85,
                "{what} {}\n{why}",
                quality(&cards[1])
            );
            assert!(right > copy + 0.5, "{what}: {right} {copy}");
            for card in cards[2..].iter().filter(|card| times_asked(card) > 3.0) {
                let excess = overall(card);
                assert!(
                    right > excess + 0.15 && excess >= copy,
                    "{what}: {right} {excess}"
                );
                overcooked += 1;
            }
        }
    }
    assert!(overcooked > 40, "{overcooked}");
}

#[test]
fn the_wrong_direction_earns_no_more_than_nothing() {
    for (task, goal, edit) in tasks() {
        let opposite = Goal {
            change: match goal.change {
                Change::Raise => Change::Lower,
                _ => Change::Raise,
            },
            ..goal
        };
        let source = picture("mountain path");
        let cards = cards(
            source,
            &[source.clone(), edit(source, 1.0)],
            &instruction(&[opposite]),
        );
        assert!(overall(&cards[1]) <= overall(&cards[0]) + 1e-6, "{task}");
    }
}

#[test]
fn one_unmet_goal_of_two_is_not_hidden() {
    let source = picture("astronaut");
    let goals = [
        raise(Quantity::Warmth, Degree::Moderate),
        raise(Quantity::Sharpness, Degree::Moderate),
    ];
    let card = &cards(source, &[warm(source, 0.26)], &instruction(&goals))[0];
    assert!(
        (0.02..0.5).contains(&following(card)),
        "{}",
        following(card)
    );
}

#[test]
fn a_region_goal_that_changed_everything_earns_less() {
    let source = picture("mountain path");
    let mut goal = raise(Quantity::Lightness, Degree::Moderate);
    goal.region = Region::of(RegionKind::TopHalf);
    let everywhere = lifted(source, 13.0);
    let half = source.height / 2;
    let upper = Raster::from_fn(source.width, source.height, |x, y| {
        if y < half {
            everywhere.at(x, y)
        } else {
            source.at(x, y)
        }
    });
    let cards = cards(source, &[upper, everywhere], &instruction(&[goal]));
    assert!(
        following(&cards[0]) > 0.9,
        "{}",
        said(&cards[0], Dimension::INSTRUCTION_FOLLOWING)
    );
    assert!(
        following(&cards[1]) < 0.75 * following(&cards[0]),
        "{}",
        following(&cards[1])
    );
    assert!(
        detail(&cards[0]) > 0.9,
        "{}",
        said(&cards[0], Dimension::DETAIL_PRESERVING)
    );
    assert!(detail(&cards[1]) < detail(&cards[0]) - 0.2);
}

#[test]
fn black_and_white_when_asked_is_no_loss() {
    let source = picture("astronaut");
    let goal = goal(Quantity::Monochrome, Change::Set, Amount::default());
    let grey = saturate(source, 0.0);
    let asked = &cards(source, std::slice::from_ref(&grey), &instruction(&[goal]))[0];
    let unasked = &cards(source, &[grey], &instruction(&[]))[0];
    assert!(following(asked) > 0.95 && detail(asked) > 0.95 && quality(asked) > 0.95);
    assert!(detail(unasked) < 0.85, "{}", detail(unasked));
}

#[test]
fn what_is_asked_excuses_only_where_it_is_asked() {
    let source = picture("mountain path");
    let mut goal = raise(Quantity::Blur, Degree::Strong);
    goal.region = Region::of(RegionKind::TopHalf);
    let soft = blur(source, 2.5);
    let half = source.height / 2;
    let upper = Raster::from_fn(source.width, source.height, |x, y| {
        if y < half {
            soft.at(x, y)
        } else {
            source.at(x, y)
        }
    });
    let cards = cards(source, &[upper, soft], &instruction(&[goal]));
    assert!(
        detail(&cards[0]) > 0.85 && quality(&cards[0]) > 0.85,
        "{}",
        said(&cards[0], Dimension::DETAIL_PRESERVING)
    );
    assert!(detail(&cards[1]) < 0.7, "{}", detail(&cards[1]));
}

#[test]
fn a_broken_promise_costs() {
    let source = picture("astronaut");
    let asked = instruction(&[raise(Quantity::Lightness, Degree::Strong)]);
    let strict = keeping(asked.clone(), Keep::HighlightDetail);
    let edit = exposure(source, 1.0);
    let free = following(&cards(source, std::slice::from_ref(&edit), &asked)[0]);
    let bound = following(&cards(source, &[edit], &strict)[0]);
    assert!(bound < 0.6 * free, "{bound} {free}");
}

#[test]
fn a_kept_region_is_checked() {
    let source = picture("astronaut");
    let asked = keeping(
        instruction(&[raise(Quantity::Warmth, Degree::Moderate)]),
        Keep::Region(Region::of(RegionKind::BottomHalf)),
    );
    let all = warm(source, 0.3);
    let half = source.height / 2;
    let upper = Raster::from_fn(source.width, source.height, |x, y| {
        if y < half {
            warm_pixel(source.at(x, y), 0.55)
        } else {
            source.at(x, y)
        }
    });
    let cards = cards(source, &[upper, all], &asked);
    assert!(
        following(&cards[0]) > following(&cards[1]) + 0.2,
        "{} {}",
        following(&cards[0]),
        following(&cards[1])
    );
}

fn warm_pixel(rgb: [f32; 3], stops: f32) -> [f32; 3] {
    [
        rgb[0] * (0.5 * stops).exp2(),
        rgb[1],
        rgb[2] * (-stops).exp2(),
    ]
}

#[test]
fn nothing_measurable_asked_is_an_open_question() {
    let source = picture("astronaut");
    let mut asked = instruction(&[]);
    asked.understood.not_understood.push("zingier".to_owned());
    let score = of(
        &cards(source, std::slice::from_ref(source), &asked)[0],
        Dimension::INSTRUCTION_FOLLOWING,
    );
    assert_eq!(score.value, 0.5);
    assert!(score.spread >= 0.25 && score.reasons[0].text.to_string().contains("zingier"));
}

#[test]
fn a_milder_wash_over_everything_is_no_better_than_a_white_balance() {
    let source = picture("astronaut");
    let asked = instruction(&[raise(Quantity::Warmth, Degree::Strong)]);
    let balance = warm(source, 0.4);
    // a thin yellow layer, as if painted over
    let yellow = [1.0, 0.8, 0.35];
    let wash = in_srgb(source, |rgb| {
        std::array::from_fn(|c| 0.86 * rgb[c] + 0.14 * yellow[c])
    });
    let cards = cards(source, &[balance, wash], &asked);
    assert!(
        quality(&cards[0]) > quality(&cards[1]) + 0.02,
        "{}\n--\n{}",
        said(&cards[0], Dimension::GENERATION_QUALITY),
        said(&cards[1], Dimension::GENERATION_QUALITY)
    );
}

#[test]
fn the_reasons_say_what_was_measured() {
    let source = picture("made-up scene");
    let asked = keeping(
        instruction(&[
            raise(Quantity::Warmth, Degree::Moderate),
            lower(Quantity::Contrast, Degree::Slight),
            goal(Quantity::Exposure, Change::Raise, Amount::Units(0.5)),
        ]),
        Keep::HighlightDetail,
    );
    let edit = noise(&warm(&exposure(source, 0.2), 0.3), 2.0);
    let card = &cards(source, &[edit], &asked)[0];
    let text: Vec<String> = Dimension::CANONICAL
        .iter()
        .map(|dimension| {
            let lines: Vec<String> = of(card, dimension)
                .reasons
                .iter()
                .map(|r| r.text.to_string())
                .collect();
            format!("{dimension}\n  {}", lines.join("\n  "))
        })
        .collect();
    insta::assert_snapshot!(text.join("\n"));
}

#[test]
fn evidence_has_the_source_s_size_and_lies_where_the_fault_is() {
    let source = picture("mountain path");
    let soft = blur(source, 3.0);
    let half = source.width / 2;
    let left = Raster::from_fn(source.width, source.height, |x, y| {
        if x < half {
            soft.at(x, y)
        } else {
            source.at(x, y)
        }
    });
    let score = of(
        &cards(source, &[left], &instruction(&[]))[0],
        Dimension::DETAIL_PRESERVING,
    );
    let map = score.evidence.expect("lost detail shows somewhere");
    assert_eq!((map.width, map.height), (source.width, source.height));
    let mean = |x0: usize, x1: usize| {
        let values = (0..map.height).flat_map(|y| (x0..x1).map(move |x| (x, y)));
        values.map(|(x, y)| map.at(x, y)).sum::<f32>() / ((x1 - x0) * map.height) as f32
    };
    assert!(
        mean(0, half - 20) > 4.0 * mean(half + 20, map.width),
        "{} {}",
        mean(0, half),
        mean(half, map.width)
    );
}

#[test]
fn steps_and_seams_show_in_the_half_that_has_them() {
    let source = picture("mountain path");
    let half = source.width / 2;
    for (id, damaged) in [
        ("banding", posterise(source, 8.0)),
        ("blocking", blocks(source, 0.8)),
    ] {
        let edit = Raster::from_fn(source.width, source.height, |x, y| {
            let from = if x < half { &damaged } else { source };
            from.at(x, y)
        });
        let card = &cards(source, &[edit], &instruction(&[]))[0];
        let score = of(card, Dimension::GENERATION_QUALITY);
        let reason = score.reasons.into_iter().find(|reason| reason.id == id);
        let map = reason.and_then(|reason| reason.evidence).expect(id);
        let mean = |columns: std::ops::Range<usize>| {
            let rows = map.values.chunks_exact(map.width);
            let values = rows.flat_map(|row| &row[columns.clone()]);
            values.sum::<f32>() / (columns.len() * map.height) as f32
        };
        // beside the seam the half that is whole looks at the other
        let (with, without) = (mean(8..half - 8), mean(half + 8..map.width - 8));
        assert!(
            with > 0.005 && with > 5.0 * without,
            "{id}: {with} {without}"
        );
    }
}
