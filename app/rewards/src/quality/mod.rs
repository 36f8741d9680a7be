//! *Generation quality*: is it a good picture, free of faults? Each fault is measured against what the source already
//! had, and what the instruction asks for is none, where it asks it.
//!
//! Known failures: JPEG at quality 75 and a blur of half a pixel are nearly free, being hardly seen; a copy reduced to
//! half its pixels is blurred and costs, when the working picture shows it; taste is not judged, only faults; a source that is already noisy, blurred or clipped hides the same
//! fault in the edit; banding is not told from a clear-cut painted surface that is new; blocks are found only on the
//! 8-px grid, so a picture that was reduced after a harsh JPEG passes; skin is judged only where it is found.

mod banding;
mod blocking;
mod blur;
mod broken;
mod cast;
mod clipping;
mod halos;
mod noise;
mod saturation;
mod skin;
mod technical;
mod tones;

pub(crate) use banding::gaps;
pub(crate) use cast::wash_over_blacks;
pub(crate) use noise::of_blocks as noise_of_blocks;
pub(crate) use tones::{Tones, tones};

use retake_core::{Score, said};

use crate::finding::{Finding, Tell, judge};
use crate::scene::{After, Before};

/// A fault that a picture can have.
pub(crate) struct Fault {
    /// short name for records
    pub(crate) id: &'static str,
    /// what it is, for the documentation
    pub(crate) about: &'static str,
    find: fn(&Before<'_>, &After) -> Finding,
}

const fn fault(
    id: &'static str,
    find: fn(&Before<'_>, &After) -> Finding,
    about: &'static str,
) -> Fault {
    Fault { id, about, find }
}

/// Every fault, in the order of the scorecard.
#[rustfmt::skip]
pub(crate) const FAULTS: &[Fault] = &[
    fault("clipping", clipping::find, "Highlights or shadows without any tone left that had some before."),
    fault("tones", tones::find, "A picture that is nearly black, nearly white, or has hardly any range of tones."),
    fault("saturation", saturation::find, "Colours far stronger than before, crowding at the edge of what a screen shows."),
    fault("cast", cast::find, "Greys, blacks and whites that have taken on a colour nobody asked for."),
    fault("skin", skin::find, "Skin in a colour that skin does not have."),
    fault("noise", noise::find, "Noise in flat parts, in lightness and in colour, beyond what the source had."),
    fault("halos", halos::find, "Light and dark seams along edges."),
    fault("blur", blur::find, "Edges softer than the source's."),
    fault("banding", banding::find, "Smooth gradients broken into steps."),
    fault("blocking", blocking::find, "The 8-px squares of a harsh JPEG."),
    fault("technical", technical::find, "Noise, blur and blocks as people would rate them (BRISQUE), where it is imported."),
    fault("broken", broken::find, "Pixels that are no numbers."),
];

/// Scores one edit.
pub(crate) fn score(before: &Before<'_>, after: &After) -> Score {
    let findings = FAULTS
        .iter()
        .map(|fault| (fault.find)(before, after))
        .collect();
    let mut score = judge(findings, &before.alignment, said!("No faults found."));
    score.tell(technical::told(before, after));
    score
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_has_its_own_name_and_a_sentence() {
        for (i, fault) in FAULTS.iter().enumerate() {
            assert!(fault.about.ends_with('.'), "{}", fault.id);
            assert!(FAULTS[..i].iter().all(|other| other.id != fault.id));
        }
    }
}
