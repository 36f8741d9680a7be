//! What strategies reckon with before they begin, and what all of them can do: make everything.

use retake_core::{Order, Spent, Stop, Studio};

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

/// Seconds that a step takes, by what some steps took; 0 where nothing was measured.
pub(crate) fn pace(studio: &dyn Studio, before: Spent) -> f64 {
    let now = studio.spent();
    let steps = now.steps.saturating_sub(before.steps).max(1);
    (now.seconds - before.seconds).max(0.0) / steps as f64
}

/// Steps that are left and that there is time for: a tenth of it is kept for the rest of the work.
pub(crate) fn steps_in_time(studio: &dyn Studio, pace: f64) -> usize {
    let seconds = studio.left().seconds;
    let left = steps_left(studio);
    match pace > 0.0 && seconds.is_finite() {
        true => left.min((0.9 * seconds / pace) as usize),
        false => left,
    }
}

/// Steps each so far that it stands after `step` of them; those that got there, in their order.
pub(crate) fn step_to(
    studio: &mut dyn Studio,
    indices: &[u64],
    step: usize,
) -> Result<Vec<u64>, Stop> {
    let mut stands: Vec<usize> = indices.iter().map(|&i| studio.steps(i).0).collect();
    let all = stands.clone();
    stands.sort_unstable();
    stands.dedup();
    let mut there = Vec::with_capacity(indices.len());
    for done in stands {
        let group = indices.iter().zip(&all).filter(|(_, at)| **at == done);
        let group: Vec<u64> = group.map(|(&index, _)| index).collect();
        there.extend(studio.step(&group, step.saturating_sub(done))?);
    }
    let there = |index: &&u64| there.contains(*index);
    Ok(indices.iter().filter(there).copied().collect())
}
