//! Pixels that are no numbers: a mistake of an editor, shown as black.

use retake_core::said;

use crate::finding::{Finding, percent, saturating};
use crate::scene::{After, Before};

pub(super) fn find(_: &Before<'_>, after: &After) -> Finding {
    if after.broken <= 0.0 {
        return Finding::none("broken");
    }
    Finding {
        id: "broken",
        text: said!(
            "Broken: {share} of the pixels are no numbers.",
            share = percent(after.broken)
        ),
        cost: 0.05 + saturating(after.broken, 0.05, 0.9),
        spread: 0.0,
        map: None,
    }
}
