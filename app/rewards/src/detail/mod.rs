//! *Detail preserving*: is everything else still there? Structure after the best tone change is taken off, detail lost
//! to clipping, a move of the whole, a crop or turn, change outside the asked region or in places, colours lost. What the instruction asks is no
//! loss, where it asks it. A trained network, if there is one, looks at what is left of the change.
//!
//! Known failures: a vignette that takes less than about a stop from the corners passes; a crop to less than
//! half the frame or a perspective change is taken for another picture; a move of more than 40 px is found as a move of
//! the frame only; an object replaced by another of the same edges passes; a colour swapped on one object passes when
//! the instruction names no region; very local dodging with hard edges costs a little although nothing is lost; a
//! picture without texture (fog, a wall) leaves little to judge and scores high; noise removed from a noisy source is
//! counted as lost detail unless it was asked.

mod clipping;
mod colour;
mod frame;
mod lettering;
mod outside;
mod perceptual;
mod shift;
mod shows;
mod structure;
mod uneven;

pub(crate) use clipping::newly as newly_clipped;
pub(crate) use frame::unasked as unasked_frame;
pub(crate) use perceptual::warm_up;
pub(crate) use shift::seen as seen_shift;
pub(crate) use uneven::{cost as uneven_cost, regional, works_in_places};

use retake_core::Score;

use crate::finding::{Finding, Tell, judge};
use crate::scene::{After, Before};

/// Every loss that is looked for, in the order of the scorecard.
const LOSSES: &[fn(&Before<'_>, &After) -> Finding] = &[
    structure::find,
    clipping::find,
    outside::find,
    uneven::find,
    shift::find,
    frame::find,
    colour::find,
    perceptual::find,
    shows::find,
    lettering::find,
];

/// Scores one edit.
pub(crate) fn score(before: &Before<'_>, after: &After) -> Score {
    let findings = LOSSES.iter().map(|find| find(before, after)).collect();
    let mut score = judge(
        findings,
        &before.alignment,
        retake_core::said!("Everything is still there: structure, tones and colours."),
    );
    if before.alignment.how == crate::align::How::Resized {
        score.reasons.push(crate::resized_reason(&before.alignment));
    }
    score.tell(shows::told(before, after));
    score.tell(lettering::told(before, after));
    score
}
