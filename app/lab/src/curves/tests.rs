use retake_files::record::SpentRecord;

use super::*;
use crate::measures::bootstrap::Draws;
use crate::table::{Entry, Group};

const DRAWS: Draws = Draws {
    rounds: 100,
    seed: 0,
};

/// So many groups of four whose score is people's opinion with a doubt that falls on one of them.
fn groups(count: usize) -> Vec<Group> {
    let group = |at: usize| {
        let entry = |place: usize| Entry {
            name: place.to_string(),
            human: Some(place as f64),
            score: match place == at % 4 {
                true => 0.9,
                false => 0.2 * place as f64,
            },
            ..Entry::default()
        };
        Group {
            id: at.to_string(),
            entries: (0..4).map(entry).collect(),
            ..Group::default()
        }
    };
    (0..count).map(group).collect()
}

fn curve<'a>(curves: &'a [Curve], id: &str) -> &'a Curve {
    let found = curves.iter().find(|curve| curve.id == id);
    found.unwrap_or_else(|| panic!("there is no curve {id}"))
}

fn run(strategy: &str, asked: usize, chosen: f64) -> Recorded {
    Recorded {
        strategy: strategy.into(),
        asked,
        overall: (0..asked).map(|at| chosen - 0.01 * at as f64).collect(),
        chosen,
        spent: SpentRecord {
            edits: asked as u64,
            seconds: 2.0 * asked as f64,
            ..SpentRecord::default()
        },
        looks: Vec::new(),
        guard: Vec::new(),
    }
}

#[test]
fn groups_have_a_curve_of_the_best_a_reliability_and_a_spread() {
    let curves = of_groups(&groups(40), "judge", DRAWS);
    let ids: Vec<&str> = curves.iter().map(|curve| curve.id).collect();
    assert_eq!(ids, ["best-of", "reliability", "scores"]);
}

#[test]
fn the_reward_rises_faster_than_people_where_it_is_wrong() {
    let curves = of_groups(&groups(40), "judge", DRAWS);
    let [proxy, people] = &curve(&curves, "best-of").lines[..] else {
        panic!("two lines")
    };
    assert_eq!(proxy.points.len(), 4);
    let last = |line: &CurveLine| line.points[3].y;
    // all scores lie from 0 to 0.9: the best of four always has the most; people give a quarter each from 0 to 3
    assert!((last(proxy) - 1.0).abs() < 1e-9);
    assert!((last(people) - 0.5).abs() < 1e-9);
}

#[test]
fn a_band_holds_its_value_and_is_narrower_over_more_groups() {
    let width = |count: usize| {
        let curves = of_groups(&groups(count), "judge", DRAWS);
        let point = curve(&curves, "best-of").lines[1].points[3];
        let found = point.interval.expect("there are draws");
        assert!(found.low <= point.y && point.y <= found.high);
        found.high - found.low
    };
    assert!(width(400) < 0.5 * width(40));
}

#[test]
fn shares_of_scores_sum_to_one() {
    let curves = of_groups(&groups(40), "judge", DRAWS);
    let spread = curve(&curves, "scores");
    assert_eq!(spread.lines.len(), 3);
    for line in &spread.lines {
        let all: f64 = line.points.iter().map(|point| point.y).sum();
        assert!((all - 1.0).abs() < 1e-9, "{}", line.name);
    }
}

#[test]
fn scores_that_are_all_the_same_or_no_numbers_are_drawn_as_far_as_they_can_be() {
    let mut same = groups(4);
    for entry in same.iter_mut().flat_map(|group| &mut group.entries) {
        entry.score = 0.5;
    }
    assert!(!of_groups(&same, "judge", DRAWS).is_empty());
    for entry in same.iter_mut().flat_map(|group| &mut group.entries) {
        entry.score = f64::NAN;
    }
    assert!(of_groups(&same, "judge", DRAWS).is_empty());
    assert!(of_groups(&[], "judge", DRAWS).is_empty());
}

#[test]
fn a_strategy_has_a_point_for_every_number_that_was_asked_for() {
    let runs = [
        run("best-of-n", 2, 0.4),
        run("best-of-n", 2, 0.6),
        run("best-of-n", 8, 0.8),
        run("halving", 8, 0.9),
    ];
    let seconds = COMPUTES.iter().find(|compute| compute.id == "seconds");
    let curves = of_runs(&runs, seconds.copied(), DRAWS);
    let compute = curve(&curves, "compute");
    let [plain, halving] = &compute.lines[..] else {
        panic!("a line for each strategy: {compute:?}")
    };
    let points: Vec<(f64, f64)> = plain
        .points
        .iter()
        .map(|point| (point.x, point.y))
        .collect();
    assert_eq!(points, [(4.0, 0.5), (16.0, 0.8)]);
    assert_eq!(halving.points.len(), 1);
}

#[test]
fn where_no_network_worked_candidates_lie_across() {
    let runs = [run("best-of-n", 4, 0.5)];
    let curves = of_runs(&runs, None, DRAWS);
    assert_eq!(curve(&curves, "compute").axes[0], "candidates finished");
    let mut with_network = runs;
    with_network[0].spent.network_evaluations = 80;
    let curves = of_runs(&with_network, None, DRAWS);
    assert!((curve(&curves, "compute").lines[0].points[0].x - 80.0).abs() < 1e-9);
}

#[test]
fn what_watched_is_a_line_of_its_own() {
    let mut watched = run("best-of-n", 4, 0.8);
    watched.guard = vec![(1, 0.5, 0.5), (4, 0.8, 0.3)];
    let curves = of_runs(&[watched], None, DRAWS);
    let held = &curve(&curves, "best-of").lines[1];
    assert_eq!(held.name, "held out");
    assert!((held.points[1].y - 0.3).abs() < 1e-9);
    assert_eq!(curve(&curves, "compute").lines[1].points[0].y, 0.3);
}

#[test]
fn looks_of_several_runs_are_joined_by_strategy_with_the_line_from_which_they_tell() {
    let mut runs = [run("halving", 8, 0.8), run("halving", 8, 0.8)];
    runs[0].looks = vec![(0.15, 0.2, 8), (0.4, 0.7, 8)];
    runs[1].looks = vec![(0.152, 0.4, 8), (0.4, 0.7, 8)];
    let curves = of_runs(&runs, None, DRAWS);
    let [halving, tells] = &curve(&curves, "looks").lines[..] else {
        panic!("two lines")
    };
    let places: Vec<(f64, usize)> = halving.points.iter().map(|p| (p.x, p.over)).collect();
    assert_eq!(places, [(0.15, 16), (0.4, 16)]);
    assert!((0.2..0.4).contains(&halving.points[0].y));
    let interval = halving.points[1].interval.expect("enough were finished");
    assert!(interval.low < 0.7 && 0.7 < interval.high);
    assert!(tells.kind == LineKind::Ideal && tells.points.iter().all(|point| point.y == 0.6));
}

#[test]
fn runs_without_a_look_have_no_curve_of_them() {
    let curves = of_runs(&[run("best-of-n", 4, 0.8)], None, DRAWS);
    assert!(curves.iter().all(|curve| curve.id != "looks"));
}
