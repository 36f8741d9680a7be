use super::joined::UNTOUCHED;
use super::*;
use retake_core::{
    Amount, Change, Generative, Goal, Instruction, Quantity, Quiet, Reason, Region, Score,
    Understanding,
};

/// A reward whose cards are known.
struct Fixed(Vec<Scorecard>);

impl Reward for Fixed {
    fn info(&self) -> RewardInfo {
        RewardInfo {
            id: "fixed",
            version: "1",
            dimensions: &[],
            about: "Says what it was told.",
        }
    }
    fn score(&self, _: &ScoreRequest<'_>, _: &dyn Watch) -> Result<Vec<Scorecard>, Stop> {
        Ok(self.0.clone())
    }
}

const FOLLOWING: &str = Dimension::INSTRUCTION_FOLLOWING;
const QUALITY: &str = Dimension::GENERATION_QUALITY;

fn score(value: f32, spread: f32) -> Score {
    Score {
        value,
        spread,
        reasons: Vec::new(),
        evidence: None,
    }
}

fn card(name: &str, value: f32, spread: f32) -> Scorecard {
    BTreeMap::from([(Dimension::from(name), score(value, spread))]).into()
}

fn lost(name: &str) -> Scorecard {
    Scorecard {
        unknown: [(Dimension::from(name), said!("Nobody answers."))].into(),
        ..Scorecard::default()
    }
}

fn measurable() -> Understanding {
    Understanding {
        goals: vec![Goal {
            quantity: Quantity::Warmth,
            change: Change::Raise,
            amount: Amount::default(),
            region: Region::default(),
            words: "warmer".to_owned(),
            weight: 1.0,
        }],
        ..Understanding::default()
    }
}

fn new_content() -> Understanding {
    Understanding {
        generative: vec![Generative {
            words: "add a dog".to_owned(),
            kind: "adding something".to_owned(),
        }],
        ..Understanding::default()
    }
}

/// Two edits that differ from the source.
fn joined(
    rules: Vec<Scorecard>,
    judges: Vec<Vec<Scorecard>>,
    understood: Understanding,
) -> (Vec<Scorecard>, Panel) {
    let source = Raster::from_fn(4, 4, |_, _| [0.1; 3]);
    let edit = Raster::from_fn(4, 4, |_, _| [0.7; 3]);
    let edited = vec![&edit; rules.len()];
    let instruction = Instruction {
        text: "do it".to_owned(),
        understood,
        mask: None,
    };
    let group = ScoreRequest {
        source: &source,
        edited: &edited,
        instruction: &instruction,
    };
    let judges = judges
        .into_iter()
        .map(|cards| Box::new(Fixed(cards)) as Box<dyn Reward>);
    let panel = Panel::new(Box::new(Fixed(rules)), judges.collect());
    (panel.score(&group, &Quiet).expect("scored"), panel)
}

#[test]
fn a_sure_measure_of_all_that_was_asked_goes_before_the_judge() {
    let (cards, _) = joined(
        vec![card(FOLLOWING, 0.3, 0.02)],
        vec![vec![card(FOLLOWING, 0.9, 0.05)]],
        measurable(),
    );
    let score = &cards[0].scores[&FOLLOWING.into()];
    assert_eq!(score.value, 0.3);
    let said = score
        .reasons
        .iter()
        .any(|r| r.text == "What was measured is sure and goes before the judge's 9.0.");
    assert!(said);
}

#[test]
fn new_content_is_for_the_judge_to_see() {
    let (cards, _) = joined(
        vec![card(FOLLOWING, 0.1, 0.02)],
        vec![vec![card(FOLLOWING, 0.9, 0.05)]],
        new_content(),
    );
    assert_eq!(cards[0].value(FOLLOWING), Some(0.9));
}

#[test]
fn a_ruin_that_is_measured_is_not_talked_away() {
    let (cards, _) = joined(
        vec![card(QUALITY, 0.05, 0.02)],
        vec![vec![card(QUALITY, 1.0, 0.05)]],
        new_content(),
    );
    assert_eq!(cards[0].value(QUALITY), Some(0.05));
}

#[test]
fn measure_and_judge_that_differ_are_joined_with_doubt() {
    let of = |rule, judge| {
        let rules = vec![card(QUALITY, rule, 0.05)];
        let (cards, _) = joined(rules, vec![vec![card(QUALITY, judge, 0.05)]], new_content());
        cards[0].scores[&QUALITY.into()].clone()
    };
    let (agree, differ) = (of(0.7, 0.7), of(0.5, 0.9));
    assert!((differ.value - (0.3 * 0.5 + 0.7 * 0.9)).abs() < 1e-6);
    assert!((agree.spread - 0.05).abs() < 1e-6 && differ.spread > 0.15);
}

#[test]
fn judges_that_disagree_doubt_more_than_each_of_them() {
    let (cards, _) = joined(
        vec![Scorecard::default()],
        vec![
            vec![card(FOLLOWING, 0.2, 0.05)],
            vec![card(FOLLOWING, 0.8, 0.05)],
        ],
        new_content(),
    );
    let score = &cards[0].scores[&FOLLOWING.into()];
    assert!((score.value - 0.5).abs() < 1e-6 && score.spread > 0.3);
}

#[test]
fn a_judge_that_is_gone_leaves_what_is_measured_with_a_notice() {
    let (cards, panel) = joined(
        vec![card(FOLLOWING, 0.6, 0.2), card(FOLLOWING, 0.4, 0.2)],
        vec![vec![lost(FOLLOWING), lost(FOLLOWING)]],
        new_content(),
    );
    assert_eq!(
        [cards[0].value(FOLLOWING), cards[1].value(FOLLOWING)],
        [Some(0.6), Some(0.4)]
    );
    assert!(cards.iter().all(|card| card.unknown.is_empty()));
    let [notice] = &panel.notices()[..] else {
        panic!("{:?}", panel.notices());
    };
    assert!(
        notice
            .to_string()
            .ends_with("no judge answered: Nobody answers.")
    );
}

#[test]
fn one_candidate_that_was_not_answered_is_unknown_and_not_measured_by_another_scale() {
    let (cards, panel) = joined(
        vec![card(FOLLOWING, 0.6, 0.2), card(FOLLOWING, 0.4, 0.2)],
        vec![vec![lost(FOLLOWING), card(FOLLOWING, 0.7, 0.05)]],
        new_content(),
    );
    assert!(cards[0].unknown[&FOLLOWING.into()] == "Nobody answers.");
    assert_eq!(cards[1].value(FOLLOWING), Some(0.7));
    assert!(panel.notices().is_empty());
}

#[test]
fn the_photo_as_it_was_follows_nothing_whatever_a_judge_says() {
    let source = Raster::from_fn(64, 64, |x, y| [x as f32 / 64.0, y as f32 / 64.0, 0.2]);
    let real = Raster::from_fn(64, 64, |x, y| [x as f32 / 64.0, y as f32 / 80.0, 0.3]);
    let instruction = Instruction {
        text: "add a dog".to_owned(),
        understood: new_content(),
        mask: None,
    };
    let group = ScoreRequest {
        source: &source,
        edited: &[&source, &real],
        instruction: &instruction,
    };
    let likes_all = vec![card(FOLLOWING, 1.0, 0.05); 2];
    let panel = Panel::new(
        Box::new(Fixed(vec![Scorecard::default(); 2])),
        vec![Box::new(Fixed(likes_all))],
    );
    let cards = panel.score(&group, &Quiet).expect("scored");
    assert_eq!(cards[0].value(FOLLOWING), Some(UNTOUCHED));
    assert_eq!(cards[1].value(FOLLOWING), Some(1.0));
    assert_eq!(
        cards[0].scores[&FOLLOWING.into()].reasons[0].id,
        "untouched"
    );
}

/// Members whose cards are known, with these weights.
fn members(all: Vec<(&str, Vec<Scorecard>, Option<Weight>)>) -> Vec<Member> {
    all.into_iter()
        .map(|(name, cards, weight)| Member {
            name: name.to_owned(),
            reward: Box::new(Fixed(cards)),
            weight,
            judge: usize::MAX,
        })
        .collect()
}

/// The joined cards of so many edits that differ from the source.
fn judged(members: Vec<Member>, count: usize) -> (Vec<Scorecard>, Panel) {
    let source = Raster::from_fn(4, 4, |_, _| [0.1; 3]);
    let edit = Raster::from_fn(4, 4, |_, _| [0.7; 3]);
    let instruction = Instruction {
        text: "do it".to_owned(),
        understood: new_content(),
        mask: None,
    };
    let group = ScoreRequest {
        source: &source,
        edited: &vec![&edit; count],
        instruction: &instruction,
    };
    let rules = Fixed(vec![Scorecard::default(); count]);
    let panel = Panel::of(Some(Box::new(rules)), members);
    (panel.score(&group, &Quiet).expect("scored"), panel)
}

fn value(cards: &[Scorecard], name: &str) -> f32 {
    cards[0].value(name).expect("a score")
}

#[test]
fn weights_that_a_person_gives_are_the_weights() {
    let of = |weight| {
        let (cards, _) = judged(
            members(vec![
                ("a", vec![card(QUALITY, 0.2, 0.01)], Some(weight)),
                ("b", vec![card(QUALITY, 0.8, 0.3)], None),
            ]),
            1,
        );
        value(&cards, QUALITY)
    };
    // (3 · 0.2 + 0.8) / 4, whatever their spreads
    assert!((of(Weight::All(3.0)) - 0.35).abs() < 1e-6);
    let each = |name: &str, weight| Weight::Each([(name.to_owned(), weight)].into());
    assert!((of(each(QUALITY, 3.0)) - 0.35).abs() < 1e-6);
    assert!((of(each(FOLLOWING, 3.0)) - 0.5).abs() < 1e-6);
    // one that counts nothing is not there
    assert!((of(Weight::All(0.0)) - 0.8).abs() < 1e-6);
}

#[test]
fn a_member_that_counts_nothing_for_a_dimension_does_not_make_it_unknown() {
    let (cards, _) = judged(
        members(vec![
            ("a", vec![lost(QUALITY)], Some(Weight::All(0.0))),
            ("b", vec![card(QUALITY, 0.8, 0.3)], None),
        ]),
        1,
    );
    assert!(cards[0].unknown.is_empty());
}

#[test]
fn the_surer_one_counts_more_as_long_as_they_agree() {
    let near = judged(
        members(vec![
            ("sure", vec![card(QUALITY, 0.70, 0.05)], None),
            ("unsure", vec![card(QUALITY, 0.80, 0.25)], None),
        ]),
        1,
    );
    // no excess: 1 / (0.05² + 0.05²) to 1 / (0.25² + 0.05²), 13 to 1
    assert!((value(&near.0, QUALITY) - (0.70 * 13.0 + 0.80) / 14.0).abs() < 1e-5);
    let far = judged(
        members(vec![
            ("sure", vec![card(QUALITY, 0.1, 0.05)], None),
            ("unsure", vec![card(QUALITY, 0.9, 0.25)], None),
        ]),
        1,
    );
    // τ² = 0.32 − 0.0325, so that the weights are 1 / 0.2925 and 1 / 0.3525
    let wanted = (0.1 / 0.2925 + 0.9 / 0.3525) / (1.0 / 0.2925 + 1.0 / 0.3525);
    assert!((f64::from(value(&far.0, QUALITY)) - wanted).abs() < 1e-5);
}

#[test]
fn weights_are_the_same_for_all_candidates() {
    // the first member is surer of the second candidate alone; both give both the same
    let (cards, _) = judged(
        members(vec![
            (
                "a",
                vec![card(QUALITY, 0.2, 0.2), card(QUALITY, 0.2, 0.01)],
                None,
            ),
            (
                "b",
                vec![card(QUALITY, 0.4, 0.1), card(QUALITY, 0.4, 0.1)],
                None,
            ),
        ]),
        2,
    );
    assert_eq!(cards[0].value(QUALITY), cards[1].value(QUALITY));
}

#[test]
fn a_judge_with_two_rubrics_has_one_voice() {
    let mut all = members(vec![
        ("a", vec![card(QUALITY, 0.2, 0.1)], None),
        ("a", vec![card(QUALITY, 0.2, 0.1)], None),
        ("b", vec![card(QUALITY, 0.8, 0.1)], None),
    ]);
    (all[0].judge, all[1].judge, all[2].judge) = (0, 0, 1);
    let (cards, _) = judged(all, 1);
    assert!((value(&cards, QUALITY) - 0.5).abs() < 1e-6);
}

#[test]
fn members_that_order_candidates_differently_are_told_of() {
    let order = |values: [f32; 4]| values.map(|value| card(QUALITY, value, 0.1)).to_vec();
    let of = |other| {
        let (cards, panel) = judged(
            members(vec![
                ("a", order([0.1, 0.2, 0.3, 0.4]), None),
                ("b", order(other), None),
            ]),
            4,
        );
        let told = cards[0].raw.last().expect("told").told.clone();
        (
            told[QUALITY]["agreement"].as_f64().expect("a number"),
            panel.notices(),
        )
    };
    let (alike, quiet) = of([0.2, 0.5, 0.6, 0.9]);
    assert!(alike == 1.0 && quiet.is_empty());
    let (turned, notices) = of([0.9, 0.6, 0.5, 0.2]);
    assert!(turned == 0.0 && notices[0].to_string().contains("agreement 0.00 of 1"));
}

#[test]
fn how_much_measures_count_beside_judges_can_be_said() {
    let source = Raster::from_fn(4, 4, |_, _| [0.1; 3]);
    let edit = Raster::from_fn(4, 4, |_, _| [0.7; 3]);
    let instruction = Instruction {
        text: "do it".to_owned(),
        understood: new_content(),
        mask: None,
    };
    let group = ScoreRequest {
        source: &source,
        edited: &[&edit],
        instruction: &instruction,
    };
    let rules = || Box::new(Fixed(vec![card(QUALITY, 0.5, 0.1)]));
    let judge = || Box::new(Fixed(vec![card(QUALITY, 0.9, 0.1)])) as Box<dyn Reward>;
    let panel = Panel::new(rules(), vec![judge()]).with_measures_beside(0.75);
    let cards = panel.score(&group, &Quiet).expect("scored");
    assert!((value(&cards, QUALITY) - 0.6).abs() < 1e-6);
    // measured before by somebody else
    let before = [card(QUALITY, 0.5, 0.1)];
    let after = Panel::after_measures(vec![judge()]).with_measures_beside(0.75);
    let same = after.score_with(&group, &before, &Quiet).expect("scored");
    assert_eq!(value(&same, QUALITY), value(&cards, QUALITY));
}

#[test]
fn what_each_member_scored_is_found_by_those_who_let_them_vote() {
    let told = |value| {
        let mut card = card(QUALITY, value, 0.1);
        card.raw.push(retake_core::Raw {
            reward: "judge".to_owned(),
            measures: Default::default(),
            told: serde_json::Value::Null,
        });
        vec![card]
    };
    let all = members(vec![("a", told(0.25), None), ("b", told(0.75), None)]);
    let (cards, _) = judged(all, 1);
    let found = retake_core::Group::of(&cards).members(0);
    let values: Vec<f64> = found
        .iter()
        .filter_map(|member| member.values.get(&QUALITY.into()).copied())
        .collect();
    assert_eq!(values, [0.25, 0.75]);
}

/// A rule's card for following with a reason about words that were read.
fn having_read(id: &str, value: f32, spread: f32) -> Scorecard {
    let mut rule = card(FOLLOWING, value, spread);
    let reason = retake_core::Reason {
        id: id.to_owned(),
        text: said!("“SALF” is read; “SALE” was asked."),
        passed: Some(id == Reason::READ),
        cost: 0.0,
        check: None,
        evidence: None,
    };
    let score = rule.scores.get_mut(&FOLLOWING.into()).expect("a score");
    score.reasons.push(reason);
    rule
}

#[test]
fn words_that_are_plainly_misread_bound_whatever_judges_say() {
    for said_by_judge in [0.0, 0.2, 0.6, 1.0] {
        let (cards, _) = joined(
            vec![having_read(Reason::MISREAD, 0.1, 0.1)],
            vec![vec![card(FOLLOWING, said_by_judge, 0.02)]],
            new_content(),
        );
        let score = &cards[0].scores[&FOLLOWING.into()];
        assert!(score.value <= Score::MOST_MISREAD, "{said_by_judge}");
        let told = score.reasons.iter().any(|r| r.id == Reason::MISREAD);
        assert_eq!(told, said_by_judge > Score::MOST_MISREAD);
    }
}

#[test]
fn words_that_are_read_as_asked_bound_nothing_and_lift_a_doubt() {
    let (cards, _) = joined(
        vec![having_read(Reason::READ, 1.0, 0.05)],
        vec![vec![card(FOLLOWING, 0.6, 0.05)]],
        new_content(),
    );
    let value = cards[0].value(FOLLOWING).expect("scored");
    assert!((value - (0.6 + BESIDE * 0.4)).abs() < 1e-6, "{value}");
}
