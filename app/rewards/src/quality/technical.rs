//! Noise, blur and blocks as a regression on people's ratings sees them (BRISQUE, [`retake_core::TechnicalQuality`], handed
//! in): how much worse the edit rates than the source. It sees again what other faults measure, in a way of its own, so it
//! takes little; without it there is no such finding.
//!
//! Known failures: strong contrast rates a little worse; a faint noise on fine detail passes, and may even rate better.

use retake_core::{Reason, Said, decimals, said};

use crate::asked::Leave;
use crate::finding::{Finding, saturating};
use crate::scene::{After, Before};

const ID: &str = "technical";
/// A rise that careful edits of tone and colour bring on sample photos: up to 9 for half as much contrast again.
const FREE: f32 = 10.0;
/// How the cost grows beyond it, and the most it takes.
const COST: (f32, f32) = (45.0, 0.25);
/// What an instruction may ask for that rates worse.
const FORGIVEN: &[Leave] = &[Leave::Soften, Leave::Noise, Leave::Steps, Leave::Edges];
/// The regression's own error against people, in its numbers: about a tenth of its range.
const UNSURE: f32 = 8.0;

pub(super) fn find(before: &Before<'_>, after: &After) -> Finding {
    let (Some(was), Some(is)) = (before.seen.badness, after.seen.badness) else {
        return Finding::none(ID);
    };
    let reliefs = FORGIVEN
        .iter()
        .map(|leave| before.asked.relief(*leave).overall());
    let counted = 1.0 - reliefs.fold(0.0, f32::max).min(1.0);
    let cost_of = |rise: f32| counted * saturating(rise - FREE, COST.0, COST.1);
    let cost = cost_of(is - was);
    Finding {
        id: ID,
        text: said_of(was, is),
        cost,
        spread: (cost_of(is - was + UNSURE) - cost_of(is - was - UNSURE)) / 2.0,
        map: None,
    }
}

/// What is said where it costs nothing.
pub(super) fn told(before: &Before<'_>, after: &After) -> Option<Reason> {
    Some(Reason {
        id: ID.to_owned(),
        text: said_of(before.seen.badness?, after.seen.badness?),
        passed: Some(true),
        cost: 0.0,
        check: None,
        evidence: None,
    })
}

fn said_of(was: f32, is: f32) -> Said {
    said!(
        "Technical quality (BRISQUE, 0 unspoiled to 100): {was} before, {is} after.",
        was = decimals(was, 0),
        is = decimals(is, 0)
    )
}
