use super::*;
use retake_core::{Amount, Change, Generative, Goal, Quantity, Quiet, Region, Understanding};

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
