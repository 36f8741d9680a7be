//! From goals to candidates. A candidate draws how strongly and by which way each goal is met, then solves for the
//! operations' values on small copies of the photo, so that "warmer" is as much warmer on any photo. Everything is
//! fixed by the candidate's own seed.

mod draws;
mod guard;
mod neighbour;
mod solve;
mod step;
#[cfg(test)]
mod tests;
mod tones;
mod trial;
mod ways;

use retake_core::{
    Amount, Change, Constraint, Degree, Goal, Keep, Quantity, Said, Understanding, said,
};

use crate::recipe::Recipe;
use draws::Draws;
pub(crate) use neighbour::neighbour;
use step::{Step, recipe_of};
pub(crate) use trial::Trials;
use ways::Way;
pub use ways::way_names;

/// A recipe that does what is asked in one particular way.
pub(crate) struct Proposal {
    /// ready to render
    pub(crate) recipe: Recipe,
    /// how it differs from its neighbours, in a few words
    pub(crate) label: Said,
}

/// Draws and solves one candidate.
pub(crate) fn propose(understood: &Understanding, trials: &Trials, seed: u64) -> Proposal {
    let mut draws = Draws::new(seed);
    let mut steps = draw(understood, trials.masked(), trials, &mut draws);
    solve_all(&mut steps, trials);
    plain_where_short(&mut steps, trials);
    for step in guard::kept_quantities(&understood.constraints, &steps, trials) {
        steps.push(step);
    }
    guard::clipping(&mut steps, &understood.constraints, trials);
    let label = label(&steps);
    Proposal {
        recipe: recipe_of(&steps),
        label,
    }
}

/// How far candidates go from what is asked, as the logarithm of a factor: all goals together, a goal that was said,
/// and one that a style implies. Together they stay within what counts as fully asked, 0.45 to 1.8.
const TOGETHER: f32 = 0.45;
const SAID: f32 = 0.1;
const IMPLIED: f32 = 0.3;

/// One step a goal, each with its way and its share of the asked change.
fn draw(understood: &Understanding, masked: bool, trials: &Trials, draws: &mut Draws) -> Vec<Step> {
    let overall = strength(draws.overall(), TOGETHER);
    let mut steps: Vec<Step> = understood
        .goals
        .iter()
        .map(|goal| {
            let goal = tempered(goal, &understood.constraints);
            let ways = ways::of(goal.quantity, goal.change, !goal.region.is_whole());
            let way: &'static Way = pick(&ways, draws.spread());
            let exact = matches!(goal.amount, Amount::Units(_) | Amount::Relative(_));
            let own = if goal.weight < 1.0 { IMPLIED } else { SAID };
            let own = strength(draws.spread(), own) * bold(goal.quantity);
            let share = if exact {
                1.0
            } else {
                (overall * own).clamp(0.5, 1.7)
            };
            let taste = std::array::from_fn(|_| draws.uniform());
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

/// An effect is asked for in order to be seen, also when the picture is small.
fn bold(quantity: Quantity) -> f32 {
    match quantity {
        Quantity::Blur | Quantity::MotionBlur | Quantity::Pixelate | Quantity::Glow => 1.25,
        _ => 1.0,
    }
}

/// A factor around 1, whose logarithm goes from −reach at 0 to reach at 1.
fn strength(draw: f32, reach: f32) -> f32 {
    (reach * (2.0 * draw - 1.0)).exp()
}

/// The first way is the plain one and is drawn as often as all others together.
fn pick(ways: &[&'static Way], draw: f32) -> &'static Way {
    let others = ways.len() - 1;
    let other = ((2.0 * draw - 1.0).max(0.0) * others as f32) as usize;
    if others == 0 || draw < 0.5 {
        return ways[0];
    }
    ways[1 + other.min(others - 1)]
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

/// Least share of the aimed change that a way must reach to be worth having.
const SHORT: f32 = 0.5;

/// A way that cannot do what was said on this photo (a curve of the midtones on a white sky) gives way to the plain one.
fn plain_where_short(steps: &mut [Step], trials: &Trials) {
    for index in 0..steps.len() {
        let step = &steps[index];
        let plain = ways::of(
            step.goal.quantity,
            step.goal.change,
            !step.goal.region.is_whole(),
        )[0];
        if step.goal.weight < 1.0 || !step.solved() || step.way.name == plain.name {
            continue;
        }
        let (asked, reached) = (step.target - step.before, reached(steps, index, trials));
        if reached / asked >= SHORT || asked == 0.0 {
            continue;
        }
        let before = steps[index].clone();
        steps[index].way = plain;
        steps[index].strength = 0.0;
        solve_one(steps, index, trials, false);
        if self::reached(steps, index, trials) / asked <= reached / asked {
            steps[index] = before;
        }
    }
}

/// The change of a step's quantity with all steps as they are.
fn reached(steps: &[Step], index: usize, trials: &Trials) -> f32 {
    let step = &steps[index];
    trials.scope(&step.goal).measure(&recipe_of(steps)) - step.before
}

/// Solves the strength of one step with all others as they are.
fn solve_one(steps: &mut [Step], index: usize, trials: &Trials, again: bool) {
    let step = &steps[index];
    let (target, most) = (step.target, step.most());
    let scope = trials.scope(&step.goal);
    // strokes change in leaps as they grow, and small brushes are mostly enough
    let (first, near) = match step.goal.quantity {
        Quantity::Painterly => (6.0, 0.15),
        _ => (0.0, 0.03),
    };
    let start = if again { step.strength } else { first };
    let tolerance = (step.target - step.before).abs() * near;
    let mut tried = steps.to_vec();
    let strength = solve::root(target, most, step.back(), start, tolerance, |strength| {
        tried[index].strength = strength;
        scope.measure(&recipe_of(&tried))
    });
    steps[index].strength = strength;
}

/// Ways and how strong, for the caption: "a touch stronger: white balance".
fn label(steps: &[Step]) -> Said {
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
        _ if shares.is_empty() => Said::default(),
        m if m < 0.8 => said!("gentler"),
        m if m < 0.93 => said!("a touch gentler"),
        m if m > 1.25 => said!("stronger"),
        m if m > 1.08 => said!("a touch stronger"),
        _ => said!("as asked"),
    };
    let ways = Said::list(names.into_iter().map(Said::name), |first, then| {
        said!("{first} + {then}", first, then)
    });
    match (how.is_empty(), ways.is_empty()) {
        (true, _) => ways,
        (_, true) => how,
        _ => said!("{how}: {ways}", how, ways),
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
