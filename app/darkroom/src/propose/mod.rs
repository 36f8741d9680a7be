//! From goals to candidates. A candidate draws how strongly and by which way each goal is met, then solves for the
//! operations' values on small copies of the photo, so that "warmer" is as much warmer on any photo. Everything is
//! fixed by the candidate's own seed.

mod guard;
mod neighbour;
mod solve;
mod step;
mod tones;
mod trial;
mod ways;

use std::sync::Arc;

use retake_core::{
    Amount, Change, Constraint, Degree, Goal, Keep, Quantity, Raster, Rng, Understanding,
};

use crate::recipe::Recipe;
use crate::render::Analysis;
pub(crate) use neighbour::neighbour;
use step::{Step, recipe_of};
use trial::Trials;
use ways::Way;

/// A recipe that does what is asked in one particular way.
pub(crate) struct Proposal {
    /// ready to render
    pub(crate) recipe: Recipe,
    /// how it differs from its neighbours, in a few words
    pub(crate) label: String,
}

/// Draws and solves one candidate. `source` is the photo at working size.
pub(crate) fn propose(
    understood: &Understanding,
    masked: bool,
    analysis: &Arc<Analysis>,
    source: &Raster,
    seed: u64,
) -> Proposal {
    let mut rng = Rng::new(seed);
    let trials = Trials::new(analysis.clone(), source, masked);
    let mut steps = draw(understood, masked, &trials, &mut rng);
    solve_all(&mut steps, &trials);
    for step in guard::kept_quantities(&understood.constraints, &steps, &trials) {
        steps.push(step);
    }
    guard::clipping(&mut steps, &understood.constraints, &trials);
    let label = label(&steps);
    Proposal {
        recipe: recipe_of(&steps),
        label,
    }
}

/// One step a goal, each with its way and its share of the asked change.
fn draw(understood: &Understanding, masked: bool, trials: &Trials, rng: &mut Rng) -> Vec<Step> {
    let overall = strength(rng, 0.32);
    let mut steps: Vec<Step> = understood
        .goals
        .iter()
        .map(|goal| {
            let goal = tempered(goal, &understood.constraints);
            let ways = ways::of(goal.quantity, goal.change, !goal.region.is_whole());
            let way: &'static Way = pick(&ways, rng);
            let exact = matches!(goal.amount, Amount::Units(_) | Amount::Relative(_));
            let own = strength(rng, if goal.weight < 1.0 { 0.22 } else { 0.12 });
            let share = if exact {
                1.0
            } else {
                (overall * own).clamp(0.55, 1.6)
            };
            let taste = [rng.uniform(), rng.uniform(), rng.uniform()];
            let modest = modest(&goal, &understood.goals);
            let mut step = Step::new(
                goal,
                way,
                share,
                taste,
                &understood.constraints,
                masked,
                trials,
            );
            step.modest = modest;
            step
        })
        .collect();
    steps.sort_by_key(|step| step.way.order);
    steps
}

/// Drawing highlights and shadows together undoes contrast and clarity, so beside those it keeps to its sliders.
fn modest(goal: &Goal, goals: &[Goal]) -> bool {
    let ends = matches!(
        goal.quantity,
        Quantity::Highlights | Quantity::Shadows | Quantity::Whites
    );
    let implied = goal.weight < 1.0;
    ends && (implied
        || goals.iter().any(|other| {
            matches!(other.quantity, Quantity::Contrast | Quantity::Clarity)
                && other.change == Change::Raise
        }))
}

/// A factor around 1 with this spread of its logarithm.
fn strength(rng: &mut Rng, spread: f32) -> f32 {
    (rng.normal() * spread).exp()
}

/// The first way is the plain one and is drawn as often as all others together.
fn pick(ways: &[&'static Way], rng: &mut Rng) -> &'static Way {
    let draw = rng.uniform();
    if ways.len() == 1 || draw < 0.5 {
        return ways[0];
    }
    ways[1 + rng.below(ways.len() - 1)]
}

/// "Not too saturated" takes a strong wish back to a slight one.
fn tempered(goal: &Goal, constraints: &[Constraint]) -> Goal {
    let mut goal = goal.clone();
    for constraint in constraints {
        if let Keep::NotTooMuch(quantity, change) = &constraint.keep
            && *quantity == goal.quantity
            && *change == goal.change
        {
            goal.amount = match goal.amount {
                Amount::Hue(hue, _) => Amount::Hue(hue, Degree::Slight),
                _ => Amount::Degree(Degree::Slight),
            };
        }
    }
    goal
}

/// Goals pull at each other (contrast adds saturation), so all are solved in order and then once more.
fn solve_all(steps: &mut [Step], trials: &Trials) {
    let rounds = match steps.iter().filter(|step| step.solved()).count() {
        0 | 1 => 1,
        2 | 3 => 2,
        _ => 3,
    };
    for round in 0..rounds {
        for index in 0..steps.len() {
            if steps[index].solved() {
                solve_one(steps, index, trials, round > 0);
            }
        }
    }
}

/// Solves the strength of one step with all others as they are.
fn solve_one(steps: &mut [Step], index: usize, trials: &Trials, again: bool) {
    let step = &steps[index];
    let (target, most) = (step.target, step.most());
    let scope = trials.scope(&step.goal);
    let start = if again { step.strength } else { 0.0 };
    let tolerance = (step.target - step.before).abs() * 0.03;
    let mut tried = steps.to_vec();
    let strength = solve::root(target, most, start, tolerance, |strength| {
        tried[index].strength = strength;
        scope.measure(&recipe_of(&tried))
    });
    steps[index].strength = strength;
}

/// Ways and how strong, for the caption: "a touch stronger: white balance".
fn label(steps: &[Step]) -> String {
    let mut names: Vec<&str> = Vec::new();
    for step in steps.iter().filter(|step| step.goal.weight > 0.0) {
        if !names.contains(&step.way.name) && !step.way.name.is_empty() {
            names.push(step.way.name);
        }
    }
    names.truncate(2);
    let shares: Vec<f32> = steps
        .iter()
        .filter(|step| step.solved())
        .map(|step| step.share)
        .collect();
    let mean = shares.iter().sum::<f32>() / shares.len().max(1) as f32;
    let how = match mean {
        _ if shares.is_empty() => "",
        m if m < 0.8 => "gentler",
        m if m < 0.93 => "a touch gentler",
        m if m > 1.25 => "stronger",
        m if m > 1.08 => "a touch stronger",
        _ => "as asked",
    };
    let ways = names.join(" + ");
    if how.is_empty() || ways.is_empty() {
        format!("{ways}{how}")
    } else {
        format!("{how}: {ways}")
    }
}

/// What the way of a goal needs to know of it besides the strength.
pub(crate) fn hue_of(goal: &Goal) -> Option<f32> {
    match goal.amount {
        Amount::Hue(hue, _) => Some(hue),
        _ => None,
    }
}

/// True for goals whose value is set rather than approached.
pub(crate) fn is_set(goal: &Goal) -> bool {
    goal.change == Change::Set && goal.quantity != Quantity::Hue
}
