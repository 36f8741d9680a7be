//! Which cases come first, which dimension breaks, and what stands in the report.

use std::collections::BTreeMap;

use retake_core::{Mask, Raster, Raw, Said};

use super::probes::Subject;
use super::*;
use crate::case::{Take, Verdict};
use crate::scoring::{Opened, Question, Scorer, Told};

fn scores(overall: f64, following: f64, spread: f64) -> Scores {
    Scores {
        overall,
        by_dimension: [
            ("instruction_following".to_owned(), following),
            ("generation_quality".to_owned(), 0.5),
        ]
        .into(),
        spread: [("instruction_following".to_owned(), spread)].into(),
        reasons: vec![retake_core::Said::words("a <reason>")],
        ..Scores::default()
    }
}

fn case(id: &str, better: Better) -> Case {
    Case {
        id: id.to_owned(),
        instruction: "make it \"warm\"".to_owned(),
        takes: ["A", "B"]
            .map(|name| Take {
                name: name.to_owned(),
                ..Take::default()
            })
            .into(),
        verdicts: vec![Verdict::of(better)],
        ..Case::default()
    }
}

fn scored() -> Vec<(Case, Vec<Scores>)> {
    vec![
        (
            case("right", Better::A),
            vec![scores(0.9, 0.9, 0.0), scores(0.1, 0.1, 0.0)],
        ),
        (
            case("a little wrong", Better::A),
            vec![scores(0.4, 0.4, 0.3), scores(0.5, 0.5, 0.0)],
        ),
        (
            case("very wrong", Better::B),
            vec![scores(0.9, 1.0, 0.1), scores(0.1, 0.5, 0.0)],
        ),
    ]
}

fn order(id: &str, against: &HashMap<String, Vec<Scores>>) -> Vec<String> {
    let order = ORDERS
        .iter()
        .find(|order| order.id == id)
        .expect("it is in the table");
    findings(&scored(), *order, against)
        .into_iter()
        .map(|finding| finding.id)
        .collect()
}

#[test]
fn the_worst_come_first_whatever_they_are_worst_by() {
    let none = HashMap::new();
    assert_eq!(order("people", &none), ["very wrong", "a little wrong"]);
    assert_eq!(order("passes", &none), ["a little wrong", "very wrong"]);
    assert_eq!(order("dimensions", &none)[0], "very wrong");
    assert!(order("against", &none).is_empty());
    let other = HashMap::from([(
        "right".to_owned(),
        vec![scores(0.2, 0.2, 0.0), scores(0.1, 0.1, 0.0)],
    )]);
    assert_eq!(order("against", &other), ["right"]);
}

#[test]
fn single_edits_are_out_of_rank_where_people_and_reward_disagree() {
    let single = |id: &str, human: f64, overall: f64| {
        let take = Take {
            human: Some(human),
            ..Take::default()
        };
        let case = Case {
            id: id.to_owned(),
            takes: vec![take],
            ..Case::default()
        };
        (case, vec![scores(overall, overall, 0.0)])
    };
    let cases = vec![
        single("a", 0.9, 0.9),
        single("b", 0.5, 0.5),
        single("c", 1.0, 0.1),
    ];
    let found = findings(&cases, ORDERS[0], &HashMap::new());
    assert_eq!((found[0].id.as_str(), found[0].disagreement), ("c", 1.0));
}

#[test]
fn other_words_and_other_languages_are_told_apart() {
    let otherwise = |language: &str, overall: f64| crate::wordings::Otherwise {
        language: language.into(),
        text: "x".into(),
        overall,
    };
    let mut cases = scored();
    cases[0].1[0].otherwise = vec![otherwise("", 0.8), otherwise("de", 0.2)];
    cases[1].1[1].otherwise = vec![otherwise("", 0.1), otherwise("de", 0.5)];
    let first = |id: &str| {
        let order = ORDERS.iter().find(|order| order.id == id);
        let found = findings(&cases, *order.expect("it is in the table"), &HashMap::new());
        (found[0].id.clone(), (found[0].disagreement * 100.0).round())
    };
    assert_eq!(first("paraphrases"), ("a little wrong".to_owned(), 40.0));
    assert_eq!(first("languages"), ("right".to_owned(), 70.0));
}

#[test]
fn a_look_at_what_the_reward_is_unsure_of_finds_more_errors_than_a_random_one() {
    let mut rng = retake_core::Rng::new(5);
    // the truth is seen through noise of a fifth, which the reward knows of
    let mut wrong = Vec::new();
    let cases: Vec<(Case, Vec<Scores>)> = (0..1000)
        .map(|number| {
            let truth = [0, 1].map(|_| f64::from(rng.uniform()));
            let seen = truth.map(|truth| truth + 0.2 * f64::from(rng.normal()));
            wrong.push((truth[0] > truth[1]) != (seen[0] > seen[1]));
            let scores = seen.map(|seen| scores(seen, seen, 0.2)).to_vec();
            (case(&number.to_string(), Better::Tie), scores)
        })
        .collect();
    let order = ORDERS.iter().find(|order| order.id == "unsure");
    let found = findings(&cases, *order.expect("it is in the table"), &HashMap::new());
    let looks = found.iter().take(100);
    let errors = looks.filter(|finding| wrong[finding.place]).count() as f64;
    let random = wrong.iter().filter(|wrong| **wrong).count() as f64 / 10.0;
    assert!(
        errors > 1.5 * random,
        "{errors} of 100 looks, {random} by chance"
    );
}

/// Follows what the mean of the edit differs from the source by, calls contrast between neighbours quality, and looks at the
/// source or not.
struct Judge {
    looks_at_the_source: bool,
}

fn contrast(raster: &Raster) -> f64 {
    let row =
        (1..raster.width).map(|x| f64::from((raster.at(x, 2)[1] - raster.at(x - 1, 2)[1]).abs()));
    row.sum::<f64>() / raster.width as f64
}

impl Scorer for Judge {
    fn fingerprint(&self) -> String {
        "judge".into()
    }
    fn score(
        &self,
        question: &Question<'_>,
        edits: &[&Raster],
    ) -> Result<Vec<Scores>, retake_core::Said> {
        let of = |edit: &&Raster| {
            let source = question.source.at(0, 0)[1];
            let asked = if question.instruction.contains("bright") {
                1.0
            } else {
                -1.0
            };
            let followed = (f64::from(edit.at(0, 0)[1] - source) * asked).clamp(0.0, 1.0);
            let kept = match self.looks_at_the_source {
                true => 1.0 - f64::from((edit.at(8, 8)[1] - source).abs()).min(1.0),
                false => 0.5,
            };
            let by_dimension: BTreeMap<String, f64> = [
                ("instruction_following".to_owned(), followed),
                ("detail_preserving".to_owned(), kept),
                (
                    "generation_quality".to_owned(),
                    (contrast(edit) * 20.0).min(1.0),
                ),
            ]
            .into();
            Scores {
                overall: followed,
                by_dimension,
                ..Scores::default()
            }
        };
        Ok(edits.iter().map(of).collect())
    }
}

fn opened() -> Opened {
    let stripes = |level: f32| {
        Raster::from_fn(16, 16, |x, _| {
            [level + if x % 2 == 0 { 0.0 } else { 0.03 }; 3]
        })
    };
    Opened {
        source: stripes(0.2).into(),
        edits: vec![stripes(0.6), stripes(0.5)],
        mask: None,
    }
}

fn broken(id: &str, judge: &Judge) -> Broken {
    let opened = opened();
    let other = Raster::from_fn(16, 16, |_, _| [0.95; 3]);
    let question = Question {
        source: &opened.source,
        instruction: "brighter",
        mask: None,
        tell: false,
    };
    let before = judge
        .score(&question, &opened.edits.iter().collect::<Vec<_>>())
        .expect("scores");
    let subject = Subject {
        opened: &opened,
        instruction: "brighter",
        other_source: Some(&other),
        other_instruction: Some("darker"),
    };
    let named = PROBES
        .iter()
        .find(|probe| probe.id == id)
        .expect("it is in the table");
    probe(named, judge, &[(subject, &before)])
}

#[test]
fn probes_say_on_which_dimension_a_reward_breaks() {
    let judge = Judge {
        looks_at_the_source: true,
    };
    let swapped = broken("instruction_swapped", &judge);
    assert_eq!(
        (swapped.count, swapped.broke["instruction_following"]),
        (2, 0.0)
    );
    assert_eq!(
        broken("untouched", &judge).broke["instruction_following"],
        0.0
    );
    assert_eq!(broken("blurred", &judge).broke["generation_quality"], 0.0);
    assert_eq!(broken("order_swapped", &judge).broke["overall"], 0.0);
    // it takes sharpening for quality
    assert_eq!(broken("sharpened", &judge).broke["generation_quality"], 1.0);
    // and one that does not look at the source does not see that it is another one
    let blind = Judge {
        looks_at_the_source: false,
    };
    assert_eq!(
        broken("source_swapped", &blind).broke["detail_preserving"],
        1.0
    );
}

#[test]
fn the_report_shows_pictures_scores_and_reasons_and_escapes_words() {
    let folder = std::env::temp_dir().join(format!("retake-lab-report-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    let (case, scores) = scored().remove(2);
    let told = Told {
        raw: vec![Raw {
            reward: "judge".to_owned(),
            measures: Default::default(),
            told: serde_json::json!({ "answers": [{ "answer": "it is a <hat>" }] }),
        }],
        maps: [("own".to_owned(), Mask::uniform(8, 8, 0.5))].into(),
        ..Told::default()
    };
    let shown = Shown {
        case: &case,
        scores: &scores,
        disagreement: 0.8,
        opened: Some(opened()),
        told: vec![Some(Ok(told)), Some(Err(Said::words("it is gone")))],
    };
    let tables = [(
        "Figures".to_owned(),
        vec![vec!["figure".to_owned()], vec!["a|b".to_owned()]],
    )];
    write_report(&folder, "A & B", &tables, &[shown]).expect("it is written");
    let html = std::fs::read_to_string(folder.join("report.html")).expect("it is there");
    assert!(html.contains("A &amp; B") && html.contains("a &lt;reason&gt;"));
    assert!(html.contains("class=liked src=\"pictures/000-1.jpg\""));
    assert!(folder.join("pictures/000-source.jpg").is_file());
    assert!(html.contains("<details>") && html.contains("it is a &lt;hat&gt;"));
    assert!(html.contains("it is gone"));
    assert!(folder.join("pictures/000-0-map0.jpg").is_file());
    let markdown = std::fs::read_to_string(folder.join("report.md")).expect("it is there");
    assert!(markdown.contains("![A](pictures/000-0.jpg)") && markdown.contains("a\\|b"));
}

#[test]
fn every_planted_disagreement_with_a_judge_of_pairs_is_found_and_the_widest_stands_first() {
    use crate::scoring::Compared;
    let pair = |first: f64, second: f64, sure: f64| {
        let of = |overall: f64, second: usize, first_better: f64| Scores {
            compared: vec![Compared {
                second,
                first_better,
            }],
            ..scores(overall, overall, 0.0)
        };
        vec![of(first, 1, sure), of(second, 0, 1.0 - sure)]
    };
    let cases = vec![
        (case("agrees", Better::A), pair(0.9, 0.1, 0.9)),
        (case("a little", Better::A), pair(0.52, 0.5, 0.4)),
        (case("widely", Better::A), pair(0.9, 0.1, 0.0)),
        (
            case("a tie against a preference", Better::A),
            pair(0.5, 0.5, 0.51),
        ),
        (
            case("nobody compared", Better::A),
            vec![scores(0.9, 0.9, 0.0), scores(0.1, 0.1, 0.0)],
        ),
    ];
    let order = ORDERS.iter().find(|order| order.id == "uncertain").copied();
    let found = findings(&cases, order.expect("an order"), &HashMap::new());
    let ids: Vec<&str> = found.iter().map(|finding| finding.id.as_str()).collect();
    assert_eq!(ids, ["widely", "a little", "a tie against a preference"]);
}
