//! What holds for every strategy in every simulated world.

use retake_core::{Budget, Scorecard, Selector, Spent, Stop, Studio};

use crate::simulated::{Simulated, World};
use crate::{PowerProduct, SELECTORS, STRATEGIES, StrategyEntry};

/// The worlds, by name.
fn worlds() -> Vec<(&'static str, World)> {
    let plain = World::default();
    vec![
        ("plain", plain.clone()),
        (
            "one step",
            World {
                steps: 1,
                ..plain.clone()
            },
        ),
        (
            "two steps",
            World {
                steps: 2,
                ..plain.clone()
            },
        ),
        (
            "four steps",
            World {
                steps: 4,
                ..plain.clone()
            },
        ),
        (
            "no network",
            World {
                evaluations: 0,
                steps: 1,
                ..plain.clone()
            },
        ),
        (
            "nothing to see",
            World {
                previews: false,
                ..plain.clone()
            },
        ),
        (
            "no branches",
            World {
                forks: false,
                ..plain.clone()
            },
        ),
        (
            "says nothing",
            World {
                previews: false,
                forks: false,
                says_unrest: false,
                ..plain.clone()
            },
        ),
        (
            "looks lie",
            World {
                preview_noise: 5.0,
                ..plain.clone()
            },
        ),
        (
            "judge wavers",
            World {
                judge_noise: 0.2,
                ..plain.clone()
            },
        ),
        (
            "slow judge",
            World {
                quick: 6,
                quick_noise: 0.03,
                judge_noise: 0.05,
                closer: true,
                ..plain.clone()
            },
        ),
        (
            "judge flips",
            World {
                flipped: 0.4,
                ..plain.clone()
            },
        ),
        (
            "hacks",
            World {
                hacks: 0.3,
                hack_gain: 0.3,
                ..plain.clone()
            },
        ),
        (
            "some fail",
            World {
                fails: 0.4,
                ..plain.clone()
            },
        ),
        (
            "all fail",
            World {
                fails: 1.0,
                ..plain.clone()
            },
        ),
        (
            "all the same",
            World {
                spread: 0.0,
                twins: 1.0,
                ..plain.clone()
            },
        ),
        (
            "some do nothing",
            World {
                untouched: 0.4,
                ..plain.clone()
            },
        ),
        (
            "all do nothing",
            World {
                untouched: 1.0,
                ..plain.clone()
            },
        ),
        (
            "turns help",
            World {
                mended: 0.1,
                ..plain.clone()
            },
        ),
        (
            "asks questions",
            World {
                questions: 5,
                mean: 0.8,
                ..plain
            },
        ),
    ]
}

fn budgets() -> Vec<Budget> {
    let mut budgets: Vec<Budget> = [0, 1, 3, 8, 20].map(Budget::edits).into();
    for calls in [0, 1, 7, 40] {
        budgets.push(Budget {
            judge_calls: Some(calls),
            ..Budget::edits(12)
        });
    }
    for evaluations in [1, 20, 150] {
        budgets.push(Budget {
            network_evaluations: Some(evaluations),
            ..Budget::edits(12)
        });
    }
    budgets
}

/// Every strategy in every world with every budget.
fn everywhere(mut claim: impl FnMut(&StrategyEntry, &str, &World, &Budget)) {
    for entry in STRATEGIES {
        for (name, world) in worlds() {
            for budget in budgets() {
                claim(entry, name, &world, &budget);
            }
        }
    }
}

fn run(entry: &StrategyEntry, world: &World, budget: &Budget, seed: u64) -> Simulated {
    let (studio, end) = ended(entry, world, budget, seed);
    end.unwrap_or_else(|stop| panic!("{}: {stop:?}", entry.id));
    studio
}

fn ended(
    entry: &StrategyEntry,
    world: &World,
    budget: &Budget,
    seed: u64,
) -> (Simulated, Result<(), Stop>) {
    let mut studio = Simulated::new(world.clone(), budget.clone(), seed);
    let end = (entry.make)().run(&mut studio, &PowerProduct::default());
    (studio, end)
}

/// Everything of a run that could be otherwise: what was finished with its scores, what it cost, and the choice.
type Told = (Vec<(u64, Option<Scorecard>)>, Spent, Option<u64>);

fn told(studio: &Simulated) -> Told {
    let finished = studio.finished().into_iter();
    let cards = finished.map(|index| (index, studio.card(index).cloned()));
    let chosen = studio.chosen(&PowerProduct::default());
    (cards.collect(), studio.spent(), chosen)
}

#[test]
fn the_budget_holds() {
    everywhere(|entry, name, world, budget| {
        let spent = run(entry, world, budget, 1).spent();
        let place = format!("{} in {name} with {budget:?}: {spent:?}", entry.id);
        assert!(spent.edits <= budget.edits as u64, "{place}");
        assert!(
            spent.judge_calls <= budget.judge_calls.unwrap_or(u64::MAX),
            "{place}"
        );
        let whole = budget.edits as u64 * world.steps as u64;
        match budget.network_evaluations {
            Some(most) if world.evaluations > 0 => {
                assert!(spent.network_evaluations <= most, "{place}");
            }
            _ => assert!(spent.steps <= whole, "{place}"),
        }
    });
}

#[test]
fn something_is_made_and_scored_where_the_budget_has_room_for_one() {
    everywhere(|entry, name, world, budget| {
        let whole = world.steps as u64 * world.evaluations;
        let room = budget.edits > 0
            && budget.judge_calls != Some(0)
            && budget.network_evaluations.is_none_or(|most| most >= whole);
        if world.fails > 0.0 || !room {
            return;
        }
        let studio = run(entry, world, budget, 1);
        let scored = studio
            .finished()
            .iter()
            .filter(|&&i| studio.card(i).is_some())
            .count();
        assert!(scored > 0, "{} in {name} with {budget:?}", entry.id);
    });
}

#[test]
fn a_world_where_everything_fails_is_an_end_with_nothing() {
    for entry in STRATEGIES {
        let world = World {
            fails: 1.0,
            ..World::default()
        };
        let studio = run(entry, &world, &Budget::edits(20), 1);
        assert_eq!(studio.finished(), [0u64; 0], "{}", entry.id);
    }
}

#[test]
fn it_never_chooses_worse_than_its_own_first_candidate() {
    let selector = PowerProduct::default();
    everywhere(|entry, name, world, budget| {
        for seed in 0..2 {
            let studio = run(entry, world, budget, seed);
            let scored: Vec<u64> = studio
                .finished()
                .into_iter()
                .filter(|&index| studio.card(index).is_some())
                .collect();
            let (Some(&first), Some(chosen)) = (scored.first(), studio.chosen(&selector)) else {
                continue;
            };
            let card = |index: u64| studio.card(index).cloned().expect("it is scored");
            let both = selector.select(&[card(first), card(chosen)]);
            assert!(
                both.overall[1] >= both.overall[0],
                "{} in {name} with {budget:?}, seed {seed}",
                entry.id
            );
        }
    });
}

#[test]
fn under_every_selector_the_budget_holds_and_the_first_is_never_better() {
    let world = World {
        judge_noise: 0.1,
        untouched: 0.2,
        fails: 0.1,
        mended: 0.05,
        ..World::default()
    };
    for (entry, chosen_by) in STRATEGIES
        .iter()
        .flat_map(|entry| SELECTORS.iter().map(move |by| (entry, by)))
    {
        let selector = chosen_by.plain();
        let mut studio = Simulated::new(world.clone(), Budget::edits(12), 5);
        let end = studio.run((entry.make)().as_ref(), selector.as_ref());
        let place = format!("{} with {}", entry.id, chosen_by.id);
        assert!(end.is_ok() && studio.spent().edits <= 12, "{place}");
        let scored: Vec<u64> = (studio.finished().into_iter())
            .filter(|&index| studio.card(index).is_some())
            .collect();
        let cards: Vec<Scorecard> = (scored.iter())
            .filter_map(|&index| studio.card(index).cloned())
            .collect();
        let chosen = studio.chosen(selector.as_ref()).expect("one was chosen");
        let at = |index: u64| scored.iter().position(|&one| one == index);
        let overall = selector.select(&cards).overall;
        let chosen = overall[at(chosen).expect("it is scored")];
        assert!(chosen >= overall[0], "{place}");
    }
}

#[test]
fn the_same_seed_makes_the_same_choice() {
    everywhere(|entry, name, world, budget| {
        let once = told(&run(entry, world, budget, 7));
        let twice = told(&run(entry, world, budget, 7));
        assert_eq!(once, twice, "{} in {name} with {budget:?}", entry.id);
    });
}

#[test]
fn nothing_depends_on_how_many_are_scored_at_a_time() {
    everywhere(|entry, name, world, budget| {
        let at_once = told(&run(entry, world, budget, 3));
        for at_a_time in [1, 3] {
            let world = World {
                at_a_time,
                ..world.clone()
            };
            let in_parts = told(&run(entry, &world, budget, 3));
            assert_eq!(at_once, in_parts, "{} in {name} with {budget:?}", entry.id);
        }
    });
}

#[test]
fn it_stops_when_it_is_told_and_keeps_what_is_finished() {
    for entry in STRATEGIES {
        for (name, world) in worlds() {
            let budget = Budget::edits(12);
            let whole = run(entry, &world, &budget, 2);
            let mut before = 0;
            let mut stopped = 0;
            for after in 0..400 {
                let world = World {
                    stops_after: Some(after),
                    ..world.clone()
                };
                let (studio, end) = ended(entry, &world, &budget, 2);
                let place = format!("{} in {name} after {after} calls", entry.id);
                let finished = studio.finished();
                assert!(finished.len() >= before, "{place}");
                before = finished.len();
                match end {
                    Ok(()) => {
                        assert_eq!(told(&studio), told(&whole), "{place}");
                        break;
                    }
                    Err(Stop::Cancelled) => stopped += 1,
                    Err(other) => panic!("{place}: {other:?}"),
                }
            }
            assert!(stopped > 0, "{} in {name} is never stopped", entry.id);
        }
    }
}

/// Those that have several under way before one is finished.
const ON_THE_WAY: [&str; 3] = ["halving", "elect", "particles"];

#[test]
fn where_time_is_short_something_is_finished() {
    for entry in STRATEGIES
        .iter()
        .filter(|entry| ON_THE_WAY.contains(&entry.id))
    {
        let world = World {
            step_seconds: 1.0,
            ..World::default()
        };
        let budget = Budget {
            seconds: Some(6.0 * world.steps as f64),
            ..Budget::edits(32)
        };
        let (studio, _) = ended(entry, &world, &budget, 1);
        assert!(!studio.finished().is_empty(), "{}", entry.id);
    }
}

#[test]
fn a_remark_is_made_once() {
    everywhere(|entry, name, world, budget| {
        let mut remarks = run(entry, world, budget, 4).remarks;
        let count = remarks.len();
        remarks.dedup_by(|a, b| a.template == b.template);
        assert_eq!(
            remarks.len(),
            count,
            "{} in {name} with {budget:?}: {remarks:?}",
            entry.id
        );
    });
}

#[test]
fn every_line_of_the_table_is_named_once_and_in_sentences() {
    for (place, entry) in STRATEGIES.iter().enumerate() {
        let before = &STRATEGIES[..place];
        assert!(
            before
                .iter()
                .all(|other| other.id != entry.id && other.title != entry.title)
        );
        assert_eq!((entry.make)().id(), entry.id);
        let settings = entry.settings.iter().map(|number| number.about);
        for about in settings.chain([entry.about]) {
            assert!(
                about.ends_with('.') && about.starts_with(char::is_uppercase),
                "{about}"
            );
        }
    }
}
