//! What a strategy may do on the bench beside making all: look, drop, branch, ask again, and run out of budget.

use std::sync::Mutex;
use std::time::Duration;

use retake_core::{Order, Origin, Verdict};
use retake_search::guard::Verdict as GuardVerdict;

use super::*;

/// Paints its seed's shade in four steps, a part in each; one evaluation a step.
pub(super) struct Patient;

struct Strokes {
    left: usize,
    seed: u64,
    shade: f32,
    size: (usize, usize),
}

impl Editor for Patient {
    fn info(&self) -> EditorInfo {
        EditorInfo {
            generative: true,
            ..Painter { refuses: None }.info()
        }
    }
    fn start(&self, request: &EditRequest) -> Result<Box<dyn Trajectory>, EditError> {
        Ok(Box::new(Strokes {
            left: 4,
            seed: request.seed,
            shade: (request.seed % 1000) as f32 / 1000.0,
            size: (request.source.width, request.source.height),
        }))
    }
    fn redo(&self, request: &EditRequest, recipe: &Value) -> Result<Raster, EditError> {
        let shade = recipe["shade"].as_f64().unwrap_or(0.0) as f32;
        let (width, height) = (request.source.width, request.source.height);
        Ok(Raster::from_fn(width, height, |_, _| [shade; 3]))
    }
    fn develop(
        &self,
        photo: &Photo,
        _: &Instruction,
        _: &Provenance,
    ) -> Result<Box<dyn Picture>, EditError> {
        Ok(Box::new(photo.clone()))
    }
}

impl Trajectory for Strokes {
    fn steps_left(&self) -> usize {
        self.left
    }
    fn step(&mut self, _: &dyn Watch) -> Result<(), Stop> {
        self.left -= 1;
        Ok(())
    }
    fn evaluations(&self) -> u64 {
        1
    }
    fn preview(&self) -> Option<Raster> {
        let shade = self.shade * (4 - self.left) as f32 / 4.0;
        Some(Raster::from_fn(self.size.0, self.size.1, |_, _| [shade; 3]))
    }
    fn fork(&self, seed: u64) -> Option<Box<dyn Trajectory>> {
        Some(Box::new(Self { seed, ..*self }))
    }
    fn finish(mut self: Box<Self>, watch: &dyn Watch) -> Result<Candidate, Stop> {
        while self.left > 0 {
            self.step(watch)?;
        }
        Ok(Candidate {
            picture: self.preview().ok_or(Stop::Cancelled)?,
            provenance: Provenance {
                editor: "painter".to_owned(),
                version: "1".to_owned(),
                seed: self.seed,
                recipe: serde_json::json!({ "shade": self.shade }),
                label: Said::default(),
            },
        })
    }
}

/// Says a little more each time it is asked.
struct Fickle;

impl Reward for Fickle {
    fn info(&self) -> RewardInfo {
        Eye("light", 1.0).info()
    }
    fn score(&self, group: &ScoreRequest<'_>, watch: &dyn Watch) -> Result<Vec<Scorecard>, Stop> {
        Eye("light", 1.0).score(group, watch)
    }
    fn score_again(
        &self,
        group: &ScoreRequest<'_>,
        so_far: &[Scorecard],
        pass: u32,
        watch: &dyn Watch,
    ) -> Result<Option<Vec<Scorecard>>, Stop> {
        let scale = 1.0 + pass as f32;
        let next = Eye("light", scale).score(group, watch)?;
        let all = so_far.iter().zip(next);
        let all = all.map(|(before, next)| retake_core::joined(before, next, pass as usize));
        Ok(Some(all.collect()))
    }
    fn varies(&self) -> bool {
        true
    }
    fn compare(
        &self,
        _: &Raster,
        [one, other]: [&Raster; 2],
        _: &Instruction,
        _: &dyn Watch,
    ) -> Result<Option<Verdict>, Stop> {
        let first = one.planes[0][0] > other.planes[0][0];
        Ok(Some(if first {
            Verdict::First
        } else {
            Verdict::Second
        }))
    }
}

/// What a test's strategy does.
pub(super) type Deed = fn(&mut dyn Studio) -> Result<(), Stop>;

/// A strategy of one test.
struct Does(Deed);

impl Strategy for Does {
    fn id(&self) -> &'static str {
        "does"
    }
    fn run(&self, studio: &mut dyn Studio, _: &dyn Selector) -> Result<(), Stop> {
        (self.0)(studio)
    }
}

pub(super) fn done(budget: Budget, deed: Deed) -> RunResult {
    let tools = Tools {
        editor: Arc::new(Patient),
        strategy: Box::new(Does(deed)),
        ..tools(None, vec![Box::new(Fickle)])
    };
    let job = Job {
        budget,
        ..job(1, 7)
    };
    run(&job, &tools, &Quiet)
}

pub(super) type RunResult = Result<Outcome, RunError>;

pub(super) fn orders(count: usize) -> Vec<Order> {
    vec![Order::default(); count]
}

#[test]
fn a_candidate_that_is_let_go_on_the_way_costs_the_steps_it_took() {
    let outcome = done(Budget::edits(2), |studio| {
        let all = studio.begin(orders(4));
        studio.step(&all, 1)?;
        studio.let_go(all[0], Said::words("dull"));
        studio.let_go(all[1], Said::words("dull"));
        studio.finish(&all)?;
        Ok(())
    });
    // 4 × 1 step, then one more candidate's 3 steps fit into the 8 that two edits pay for
    let outcome = outcome.expect("one is finished");
    assert_eq!((outcome.spent.edits, outcome.spent.steps), (1, 7));
    assert_eq!(outcome.nodes[0].fate, Fate::LetGo(Said::words("dull")));
    assert_eq!(outcome.indices, [2]);
}

#[test]
fn evaluations_are_counted_and_never_exceeded() {
    let budget = Budget {
        network_evaluations: Some(9),
        ..Budget::edits(100)
    };
    let outcome = done(budget, |studio| {
        let all = studio.begin(orders(20));
        studio.finish(&all).map(|_| ())
    });
    let spent = outcome.expect("two are finished").spent;
    assert_eq!((spent.edits, spent.network_evaluations), (2, 8));
}

#[test]
fn what_a_candidate_looks_like_on_its_way_is_scored_and_kept() {
    let outcome = done(Budget::edits(1), |studio| {
        let all = studio.begin(orders(1));
        studio.step(&all, 2)?;
        let seen = studio.glimpse(&all)?;
        assert!(
            seen[0]
                .as_ref()
                .is_some_and(|card| card.value("light").is_some())
        );
        studio.finish(&all).map(|_| ())
    });
    let outcome = outcome.expect("it is finished");
    assert_eq!(outcome.nodes[0].glimpses[0].step, 2);
    assert_eq!(outcome.spent.judge_calls, 1);
}

#[test]
fn a_fork_shares_its_way_and_pays_for_the_rest() {
    let outcome = done(Budget::edits(2), |studio| {
        let one = studio.begin(orders(1));
        studio.step(&one, 2)?;
        let child = studio.fork(one[0], Said::words("two ways"));
        let child = child.expect("it can");
        assert_eq!(studio.steps(child), (2, 4));
        studio.finish(&[one[0], child]).map(|_| ())
    });
    let outcome = outcome.expect("both are finished");
    assert_eq!((outcome.spent.edits, outcome.spent.steps), (2, 6));
    assert_eq!(
        (outcome.nodes[1].parent, outcome.nodes[1].begun),
        (Some(0), Begun::Fork)
    );
}

#[test]
fn another_pass_is_averaged_with_those_before() {
    let outcome = done(Budget::edits(1), |studio| {
        let all = studio.begin(orders(1));
        studio.finish(&all)?;
        studio.score(&all)?;
        studio.score(&all).map(|_| ())
    });
    let outcome = outcome.expect("it is finished");
    let light = outcome.candidates[0].picture.planes[0][0];
    let value = outcome.cards[0].value("light").expect("scored");
    assert!((value - 1.5 * light).abs() < 1e-6, "{value} {light}");
    assert_eq!((outcome.nodes[0].passes, outcome.spent.judge_calls), (2, 2));
}

#[test]
fn without_judge_calls_left_the_rest_is_unknown_and_the_reason_is_said() {
    let budget = Budget {
        judge_calls: Some(2),
        ..Budget::edits(3)
    };
    let outcome = done(budget, |studio| {
        let all = studio.begin(orders(3));
        studio.finish(&all)?;
        let scored = studio.score(&all)?;
        assert_eq!(scored.len(), 2);
        Ok(())
    });
    let outcome = outcome.expect("three are finished");
    let why = &outcome.cards[2].unknown[&Dimension::from("light")];
    assert!(why.to_string().starts_with("not judged"), "{why}");
}

#[test]
fn a_comparison_costs_two_calls() {
    let outcome = done(Budget::edits(2), |studio| {
        let all = studio.begin(orders(2));
        studio.finish(&all)?;
        assert!(studio.compare(all[0], all[1])?.is_some());
        Ok(())
    });
    assert_eq!(outcome.expect("both are finished").spent.judge_calls, 2);
}

#[test]
fn a_recipe_whose_numbers_were_set_is_made_exactly_so() {
    let outcome = done(Budget::edits(1), |studio| {
        let order = Order {
            origin: Origin::Exactly(serde_json::json!({ "shade": 0.25 })),
            ..Order::default()
        };
        let one = studio.begin(vec![order]);
        studio.finish(&one).map(|_| ())
    });
    let outcome = outcome.expect("it is finished");
    assert_eq!(outcome.candidates[0].picture.planes[0][0], 0.25);
    assert_eq!(outcome.nodes[0].begun, Begun::Set);
}

#[test]
fn when_time_is_over_what_is_finished_is_the_outcome() {
    let budget = Budget {
        seconds: Some(0.15),
        ..Budget::edits(2)
    };
    let outcome = done(budget, |studio| {
        let all = studio.begin(orders(2));
        studio.finish(&all[..1])?;
        std::thread::sleep(Duration::from_millis(200));
        studio.finish(&all[1..])?;
        studio.step(&all[1..], 1).map(|_| ())
    });
    let outcome = outcome.expect("one is finished");
    assert!(outcome.out_of_time);
    assert_eq!(outcome.candidates.len(), 1);
}

#[test]
fn a_budget_of_zero_is_a_sentence() {
    for budget in [
        Budget::edits(0),
        Budget {
            judge_calls: Some(0),
            ..Budget::edits(3)
        },
        Budget {
            seconds: Some(0.0),
            ..Budget::edits(3)
        },
        Budget {
            network_evaluations: Some(3),
            ..Budget::edits(3)
        },
    ] {
        let all: Deed = |studio| {
            let all = studio.begin(orders(3));
            studio.finish(&all).map(|_| ())
        };
        let error = done(budget.clone(), all).err();
        let said = error.expect("nothing can be made").to_string();
        assert!(said.contains("give it"), "{budget:?}: {said}");
    }
}

/// Likes dark pictures.
struct Dark;

impl Reward for Dark {
    fn info(&self) -> RewardInfo {
        Eye("light", 1.0).info()
    }
    fn score(&self, group: &ScoreRequest<'_>, watch: &dyn Watch) -> Result<Vec<Scorecard>, Stop> {
        let mut cards = Eye(Dimension::GENERATION_QUALITY, 1.0).score(group, watch)?;
        for score in cards.iter_mut().flat_map(|card| card.scores.values_mut()) {
            score.value = 1.0 - 3.0 * score.value;
        }
        Ok(cards)
    }
}

fn watched_over_by(held_out: Box<dyn Reward>) -> GuardVerdict {
    let tools = Tools {
        held_out: Arc::new([held_out]),
        ..tools(None, vec![Box::new(Eye("light", 1.0))])
    };
    let outcome = run(&job(16, 7), &tools, &Quiet).expect("nothing stops it");
    outcome.guarded.expect("it was asked").verdict
}

#[test]
fn a_choice_that_only_its_own_judge_likes_raises_the_alarm() {
    assert_eq!(watched_over_by(Box::new(Dark)), GuardVerdict::Hacked);
    let agrees = Box::new(Eye(Dimension::GENERATION_QUALITY, 1.0));
    assert_eq!(watched_over_by(agrees), GuardVerdict::Sound);
}

/// Hears of the tree.
#[derive(Default)]
struct Tree(Mutex<Vec<String>>);

impl Watch for Tree {
    fn progress(&self, _: &'static str, _: usize, _: usize) {}
}

impl Hear for Tree {
    fn ordered(&self, index: u64, node: &Node) {
        let line = format!("ordered {index} of {:?}", node.parent);
        self.0.lock().expect("nobody panics").push(line);
    }
    fn let_go(&self, index: u64, why: &Said) {
        let line = format!("let {index} go: {why}");
        self.0.lock().expect("nobody panics").push(line);
    }
    fn remarked(&self, remark: &Said) {
        self.0
            .lock()
            .expect("nobody panics")
            .push(remark.to_string());
    }
}

#[test]
fn the_tree_is_heard_of_as_it_grows() {
    let deed: Deed = |studio| {
        let one = studio.begin(orders(1));
        studio.step(&one, 1)?;
        studio.fork(one[0], Said::default());
        studio.let_go(one[0], Said::words("dull"));
        studio.remark(Said::words("that is all"));
        studio.finish(&[1]).map(|_| ())
    };
    let tools = Tools {
        editor: Arc::new(Patient),
        strategy: Box::new(Does(deed)),
        ..tools(None, vec![Box::new(Fickle)])
    };
    let tree = Tree::default();
    run_aloud(&job(2, 7), Arc::new(Raster::new(32, 24)), &tools, &tree).expect("one is finished");
    assert_eq!(
        tree.0.into_inner().expect("nobody panics"),
        [
            "ordered 0 of None",
            "ordered 1 of Some(0)",
            "let 0 go: dull",
            "that is all"
        ]
    );
}

#[test]
fn every_strategy_ends_with_something_and_within_its_budget() {
    let evaluations = Budget {
        network_evaluations: Some(24),
        ..Budget::edits(40)
    };
    let calls = Budget {
        judge_calls: Some(9),
        ..Budget::edits(8)
    };
    for entry in retake_search::STRATEGIES {
        for budget in [
            Budget::edits(1),
            Budget::edits(12),
            evaluations.clone(),
            calls.clone(),
        ] {
            let tools = Tools {
                editor: Arc::new(Patient),
                strategy: (entry.make)(),
                ..tools(None, vec![Box::new(Fickle)])
            };
            let job = Job {
                budget: budget.clone(),
                ..job(1, 7)
            };
            let place = format!("{} with {budget:?}", entry.id);
            let outcome = run(&job, &tools, &Quiet);
            let spent = outcome.unwrap_or_else(|why| panic!("{place}: {why}")).spent;
            assert!(spent.edits <= budget.edits as u64, "{place}: {spent:?}");
            let most = budget
                .network_evaluations
                .unwrap_or(4 * budget.edits as u64);
            assert!(spent.network_evaluations <= most, "{place}: {spent:?}");
            let most = budget.judge_calls.unwrap_or(u64::MAX);
            assert!(spent.judge_calls <= most, "{place}: {spent:?}");
        }
    }
}
