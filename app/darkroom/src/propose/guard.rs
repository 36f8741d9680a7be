//! What must not happen on the way to a goal: highlights and shadows lost, and quantities that were to stay.

use retake_core::{Change, Constraint, Degree, Goal, Keep, Quantity, Raster};
use retake_pixels::display::{self, Space};

use super::step::{Step, recipe_of};
use super::trial::Trials;
use super::{solve_one, ways};

/// Share of pixels that may newly clip when nobody asked for it, and when it was forbidden.
const LOST_FREELY: f32 = 0.004;
const LOST_FORBIDDEN: f32 = 0.0005;

/// Adds operations that hold highlights and shadows back until no more of them are lost than may be.
pub(crate) fn clipping(steps: &mut Vec<Step>, constraints: &[Constraint], trials: &Trials) {
    let source = Clipped::of(&trials.tiny());
    for (quantity, change, keep) in [
        (Quantity::Highlights, Change::Lower, Keep::HighlightDetail),
        (Quantity::Shadows, Change::Raise, Keep::ShadowDetail),
    ] {
        let forbidden = constraints.iter().any(|constraint| constraint.keep == keep);
        let wanted = |step: &Step| match quantity {
            // a style that wants whiter whites does not want faces without a shape
            Quantity::Highlights => {
                matches!(step.goal.quantity, Quantity::Highlights | Quantity::Whites)
                    && step.goal.change == Change::Raise
                    && step.goal.weight >= 1.0
            }
            _ => {
                matches!(step.goal.quantity, Quantity::Shadows | Quantity::Blacks)
                    && step.goal.change == Change::Lower
            }
        };
        if !forbidden && steps.iter().any(wanted) {
            continue;
        }
        let allowed = if forbidden {
            LOST_FORBIDDEN
        } else {
            LOST_FREELY
        };
        let lost = |steps: &[Step]| {
            let now = Clipped::of(&trials.render_tiny(&recipe_of(steps)));
            now.beyond(&source, quantity)
        };
        if lost(steps) <= allowed {
            continue;
        }
        let Some(hold) = hold(quantity, change, steps, trials) else {
            continue;
        };
        let at = steps.len();
        steps.push(hold);
        for amount in [25.0, 50.0, 75.0, 100.0] {
            steps[at].strength = if change == Change::Lower {
                -amount
            } else {
                amount
            };
            resolve_lightness(steps, trials);
            if lost(steps) <= allowed {
                return;
            }
        }
        soften(steps, at, allowed, forbidden, &lost);
    }
}

/// When holding back does not suffice, the exposure itself gives way.
fn soften(
    steps: &mut [Step],
    at: usize,
    allowed: f32,
    forbidden: bool,
    lost: &dyn Fn(&[Step]) -> f32,
) {
    let limit = if forbidden { allowed } else { allowed * 6.0 };
    for _ in 0..8 {
        if lost(steps) <= limit {
            return;
        }
        for step in steps[..at].iter_mut().filter(|step| is_light(step)) {
            step.strength *= 0.85;
        }
    }
}

fn is_light(step: &Step) -> bool {
    matches!(
        step.goal.quantity,
        Quantity::Lightness
            | Quantity::Exposure
            | Quantity::Contrast
            | Quantity::Glow
            | Quantity::Shadows
    ) && step.solved()
}

/// Holding highlights back darkens; what was to become lighter is solved again.
fn resolve_lightness(steps: &mut [Step], trials: &Trials) {
    for index in 0..steps.len() {
        if steps[index].goal.quantity == Quantity::Lightness && steps[index].solved() {
            solve_one(steps, index, trials, true);
        }
    }
}

/// A step over the place of the first tonal step that holds a tone range back.
fn hold(quantity: Quantity, change: Change, steps: &[Step], trials: &Trials) -> Option<Step> {
    let region = steps
        .iter()
        .find(|step| is_light(step))
        .or(steps.first())?
        .goal
        .region
        .clone();
    let goal = Goal {
        quantity,
        change,
        amount: retake_core::Amount::Degree(Degree::Moderate),
        region,
        words: String::new(),
        weight: 0.0,
    };
    // the second way of both quantities moves the end of the range along
    let way = ways::of(quantity, change, false)[1];
    let mut step = Step::new(goal, way, 1.0, [0.5; 3], &[], trials.masked(), trials);
    step.held = true;
    Some(step)
}

/// Steps that bring back quantities which were to stay and did not.
pub(crate) fn kept_quantities(
    constraints: &[Constraint],
    steps: &[Step],
    trials: &Trials,
) -> Vec<Step> {
    let mut added: Vec<Step> = Vec::new();
    for constraint in constraints {
        let (quantity, region, forbidden) = match &constraint.keep {
            Keep::Quantity(quantity, region) => (*quantity, region, None),
            Keep::Not(quantity, change, region) => (*quantity, region, Some(*change)),
            _ => continue,
        };
        if quantity.is_geometry() || steps.iter().any(|step| step.goal.quantity == quantity) {
            continue;
        }
        let scope = trials.scope_of(quantity, region, None);
        let mut all = steps.to_vec();
        all.extend(added.iter().cloned());
        let (before, after) = (scope.before(), scope.measure(&recipe_of(&all)));
        let rose = after > before;
        let matters = (after - before).abs() > 0.25 * slight(quantity, before);
        let against = match forbidden {
            None => true,
            Some(Change::Raise) => rose,
            Some(_) => !rose,
        };
        if !matters || !against {
            continue;
        }
        let change = if rose { Change::Lower } else { Change::Raise };
        let goal = Goal {
            quantity,
            change,
            amount: retake_core::Amount::default(),
            region: region.clone(),
            words: constraint.words.clone(),
            weight: 0.0,
        };
        let way = ways::of(quantity, change, !region.is_whole())[0];
        let mut step = Step::new(goal, way, 1.0, [0.5; 3], &[], trials.masked(), trials);
        if !step.solved() {
            continue;
        }
        (step.before, step.target) = (after, before);
        let index = all.len();
        all.push(step);
        solve_one(&mut all, index, trials, false);
        added.extend(all.pop());
    }
    added
}

/// The slight step of a quantity at this value.
fn slight(quantity: Quantity, before: f32) -> f32 {
    let goal = Goal {
        quantity,
        change: Change::Raise,
        amount: retake_core::Amount::Degree(Degree::Slight),
        region: Default::default(),
        words: String::new(),
        weight: 1.0,
    };
    (goal.asked(before).aim - before).abs()
}

/// Which pixels have lost all detail.
struct Clipped {
    bright: Vec<bool>,
    dark: Vec<bool>,
}

impl Clipped {
    fn of(raster: &Raster) -> Self {
        let mut shown = raster.clone();
        display::encode(&mut shown, Space::Srgb);
        let [r, g, b] = &shown.planes;
        let lowest = |i: usize| r[i].min(g[i]).min(b[i]);
        let highest = |i: usize| r[i].max(g[i]).max(b[i]);
        Self {
            bright: (0..shown.len()).map(|i| lowest(i) > 0.992).collect(),
            dark: (0..shown.len()).map(|i| highest(i) < 0.012).collect(),
        }
    }

    /// Share of pixels that are clipped here and were not there.
    fn beyond(&self, source: &Self, quantity: Quantity) -> f32 {
        let (now, then) = match quantity {
            Quantity::Highlights => (&self.bright, &source.bright),
            _ => (&self.dark, &source.dark),
        };
        now.iter()
            .zip(then)
            .filter(|(now, then)| **now && !**then)
            .count() as f32
            / now.len().max(1) as f32
    }
}
