//! What strategies may know without asking a slow judge, and where they may look closer; and the places that nodes work at.

use retake_core::{Order, Origin};
use retake_search::Racing;

use super::searching::{Patient, done, orders};
use super::*;

/// A judge who takes long: likes light pictures, and counts those that it was shown.
struct Ponderer(Arc<AtomicUsize>);

impl Reward for Ponderer {
    fn info(&self) -> RewardInfo {
        Eye("light", 1.0).info()
    }
    fn score(&self, group: &ScoreRequest<'_>, watch: &dyn Watch) -> Result<Vec<Scorecard>, Stop> {
        self.0.fetch_add(group.edited.len(), Ordering::Relaxed);
        Eye("light", 1.0).score(group, watch)
    }
    fn is_slow(&self) -> bool {
        true
    }
}

/// A run with a measure and a slow judge; what came of it, and how many pictures the judge was shown.
fn pondered(edits: usize, strategy: Box<dyn Strategy>) -> (Outcome, usize) {
    let shown = Arc::new(AtomicUsize::new(0));
    let measure: Box<dyn Reward> = Box::new(Eye("measured", 0.5));
    let tools = Tools {
        editor: Arc::new(Patient),
        strategy,
        ..tools(None, vec![measure, Box::new(Ponderer(shown.clone()))])
    };
    let outcome = run(&job(edits, 7), &tools, &Quiet).expect("nothing stops it");
    (outcome, shown.load(Ordering::Relaxed))
}

#[test]
fn a_slow_judge_is_spared_those_that_would_not_win_and_the_best_is_the_same() {
    let (all, shown_all) = pondered(24, Box::new(All));
    let (few, shown) = pondered(24, Box::new(Racing::default()));
    assert_eq!((shown_all, few.candidates.len()), (24, 24));
    assert!((8..20).contains(&shown), "{shown}");
    assert_eq!(few.spent.judge_calls as usize, shown);
    assert_eq!(few.selection.order[0], all.selection.order[0]);
    let left = few.cards.iter().filter(|card| card.scores.is_empty());
    assert_eq!(left.clone().count(), 24 - shown);
    for card in left {
        let why = card.unknown[&Dimension::from("light")].to_string();
        assert!(why.contains("foresaw"), "{why}");
    }
    let said = few.remarks.iter().map(Said::to_string);
    let spared = format!("spared them {} of 24", 24 - shown);
    assert_eq!(said.filter(|said| said.contains(&spared)).count(), 1);
}

/// The same picture twice, and another.
struct Twice;

impl Strategy for Twice {
    fn id(&self) -> &'static str {
        "twice"
    }
    fn run(&self, studio: &mut dyn Studio, _: &dyn Selector) -> Result<(), Stop> {
        let exactly = |shade: f32| Order {
            origin: Origin::Exactly(serde_json::json!({ "shade": shade })),
            ..Order::default()
        };
        let begun = studio.begin(vec![exactly(0.5), exactly(0.25), exactly(0.5)]);
        let made = studio.finish(&begun)?;
        studio.score(&made).map(|_| ())
    }
}

#[test]
fn a_slow_judge_is_shown_the_same_picture_once() {
    let (outcome, shown) = pondered(3, Box::new(Twice));
    assert_eq!((shown, outcome.spent.judge_calls), (2, 2));
    assert_eq!(outcome.cards[0], outcome.cards[2]);
    assert_eq!(outcome.nodes[2].passes, 1);
}

#[test]
fn where_nobody_is_slow_there_is_nothing_to_foretell() {
    let outcome = done(Budget::edits(1), |studio| {
        let all = studio.begin(orders(1));
        studio.finish(&all)?;
        assert_eq!(studio.quick(&all)?, [None]);
        Ok(())
    });
    outcome.expect("one is finished");
}

#[test]
fn a_closer_look_is_a_call_and_is_kept_beside_the_score_of_the_whole() {
    let outcome = done(Budget::edits(2), |studio| {
        let all = studio.begin(orders(2));
        studio.finish(&all)?;
        studio.score(&all)?;
        let closer = studio.closer(&all)?;
        assert!(closer.iter().all(Option::is_some));
        Ok(())
    });
    let outcome = outcome.expect("two are finished");
    assert_eq!(outcome.spent.judge_calls, 4);
    for (node, card) in outcome.nodes.iter().zip(&outcome.cards) {
        let closer = node.closer.as_ref().and_then(|card| card.value("light"));
        // a picture of one shade looks the same closely
        let (closer, whole) = (closer.expect("seen"), card.value("light").expect("scored"));
        assert!((closer - whole).abs() < 1e-5, "{closer} {whole}");
    }
}

#[test]
fn no_closer_look_is_beyond_the_budget() {
    let budget = Budget {
        judge_calls: Some(3),
        ..Budget::edits(2)
    };
    let outcome = done(budget, |studio| {
        let all = studio.begin(orders(2));
        studio.finish(&all)?;
        studio.score(&all)?;
        let seen = studio.closer(&all)?;
        assert_eq!(seen.iter().flatten().count(), 1);
        Ok(())
    });
    assert_eq!(outcome.expect("two are finished").spent.judge_calls, 3);
}

#[test]
fn a_step_is_kept_with_the_place_that_it_names() {
    let outcome = done(Budget::edits(2), |studio| {
        let step = Order {
            instruction: studio.read("darken the top half"),
            ..Order::default()
        };
        let all = studio.begin(vec![Order::default(), step]);
        studio.finish(&all).map(|_| ())
    });
    let nodes = outcome.expect("two are finished").nodes;
    assert_eq!(nodes[0].place, None);
    let place = nodes[1].place.as_ref().expect("a place");
    assert!(place.mask.at(16, 2) > 0.8 && place.mask.at(16, 22) < 0.2);
    assert!(
        place.name.to_string().contains("upper half"),
        "{}",
        place.name
    );
}
