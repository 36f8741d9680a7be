//! What strategies reckon with before they begin, and what all of them can do: make everything.

use retake_core::{Order, Stop, Studio};

/// Candidates that can be finished and judged once each.
pub(crate) fn edits(studio: &dyn Studio) -> usize {
    let left = studio.left();
    usize::try_from(left.edits.min(left.judge_calls)).unwrap_or(usize::MAX)
}

/// Finishes and scores as many as the budget allows, a part at a time so that the first scores are there while the rest is
/// made: those that are begun already, then new ones.
pub(crate) fn make_all(studio: &mut dyn Studio, mut indices: Vec<u64>) -> Result<(), Stop> {
    let count = edits(studio);
    let more = count.saturating_sub(indices.len());
    indices.extend(studio.begin(vec![Order::default(); more]));
    indices.truncate(count);
    for part in indices.chunks(studio.brief().at_a_time.max(1)) {
        let made = studio.finish(part)?;
        studio.score(&made)?;
        studio.done_with(&made);
    }
    Ok(())
}

/// Steps of a whole candidate: of the longest of these that are started for it; 0 where none could be. Costs no step.
pub(crate) fn steps_of_one(studio: &mut dyn Studio, indices: &[u64]) -> Result<usize, Stop> {
    let started = studio.step(indices, 0)?;
    let totals = started.iter().map(|&index| studio.steps(index).1);
    Ok(totals.max().unwrap_or(0))
}

/// Steps that are left, as a count that can be reckoned with.
pub(crate) fn steps_left(studio: &dyn Studio) -> usize {
    usize::try_from(studio.left().steps).unwrap_or(usize::MAX)
}

/// Candidates of so many steps that can be finished and judged once each.
pub(crate) fn whole(studio: &dyn Studio, total: usize) -> usize {
    edits(studio).min(steps_left(studio) / total.max(1))
}

/// Judge calls that are left.
pub(crate) fn calls_left(studio: &dyn Studio) -> usize {
    usize::try_from(studio.left().judge_calls).unwrap_or(usize::MAX)
}

/// Steps each so far that it stands after `step` of them; those that got there.
pub(crate) fn step_to(
    studio: &mut dyn Studio,
    indices: &[u64],
    step: usize,
) -> Result<Vec<u64>, Stop> {
    // all of a group stand at the same step
    let Some(done) = indices.iter().map(|&index| studio.steps(index).0).min() else {
        return Ok(Vec::new());
    };
    studio.step(indices, step.saturating_sub(done))
}
