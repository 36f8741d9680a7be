//! What strategies reckon with before they begin.

use retake_core::Studio;

/// Candidates that can be finished and judged once each.
pub(crate) fn edits(studio: &dyn Studio) -> usize {
    let left = studio.left();
    usize::try_from(left.edits.min(left.judge_calls)).unwrap_or(usize::MAX)
}
