//! Whether the picture still shows the same: how far what a network names in the source is from what it names in the edit
//! ([`retake_core::SceneWords`], handed in). Without one there is no such finding.
//!
//! It is the Jensen-Shannon divergence of both distributions over its words (Lin 1991), 0 for the same and 1 for two that
//! have nothing in common. On sample photos changes of tone and colour lay below 0.2, a landscape as night or in black
//! and white at up to 0.58, and another photo at 0.62 to 0.99: so only what is nearly another picture costs, and little.
//!
//! Known failures: an object that is put in among others may leave the words as they were (0.0 to 0.6); what has no word of
//! its own is named after what it resembles. Where new content is asked for, nothing is said.

use retake_core::{Reason, Said, decimals, said};

use crate::finding::{Finding, percent, saturating};
use crate::scene::{After, Before};

const ID: &str = "shows";
/// A divergence that changes of tone and colour can reach.
const FREE: f32 = 0.6;
/// How the cost grows beyond it, and the most it takes.
const COST: (f32, f32) = (0.3, 0.25);

/// The finding.
pub(super) fn find(before: &Before<'_>, after: &After) -> Finding {
    let Some((apart, text)) = compared(before, after) else {
        return Finding::none(ID);
    };
    let cost = saturating(apart - FREE, COST.0, COST.1);
    Finding {
        id: ID,
        text,
        cost,
        spread: 0.4 * cost,
        map: None,
    }
}

/// What is said where it costs nothing.
pub(super) fn told(before: &Before<'_>, after: &After) -> Option<Reason> {
    let (_, text) = compared(before, after)?;
    Some(Reason {
        id: ID.to_owned(),
        text,
        passed: Some(true),
        cost: 0.0,
        check: None,
        evidence: None,
    })
}

/// How far both are apart, and the sentence about it.
fn compared(before: &Before<'_>, after: &After) -> Option<(f32, Said)> {
    let understood = &before.instruction.understood;
    if understood.goals.is_empty() || !understood.generative.is_empty() {
        return None;
    }
    let (was, is) = (before.seen.shows.as_ref()?, after.seen.shows.as_ref()?);
    let apart = divergence(was, is);
    let named = |shows: &[f32]| -> Option<Said> {
        let most = shows
            .iter()
            .enumerate()
            .max_by(|(_, a), (_, b)| a.total_cmp(b));
        let (number, share) = most?;
        let word = before.onlookers.scene?.word(number)?;
        Some(said!("{word} ({share})", word, share = percent(*share)))
    };
    let text = said!(
        "A network that names things sees {was} before and {is} after; what it sees is {apart} apart (0 the same, 1 nothing in common).",
        was = named(was)?,
        is = named(is)?,
        apart = decimals(apart, 2)
    );
    Some((apart, text))
}

/// Jensen-Shannon divergence in bits, 0 to 1.
fn divergence(p: &[f32], q: &[f32]) -> f32 {
    let towards = |a: f32, b: f32| {
        let (a, middle) = (f64::from(a), f64::from(a + b) / 2.0);
        if a > 0.0 {
            a * (a / middle).log2()
        } else {
            0.0
        }
    };
    let pairs = p.iter().zip(q);
    let sum: f64 = pairs.map(|(&p, &q)| towards(p, q) + towards(q, p)).sum();
    (sum / 2.0).clamp(0.0, 1.0) as f32
}

#[cfg(test)]
mod tests {
    use super::divergence;

    #[test]
    fn the_same_is_0_apart_and_what_has_nothing_in_common_1() {
        assert_eq!(divergence(&[0.25, 0.75], &[0.25, 0.75]), 0.0);
        assert_eq!(divergence(&[1.0, 0.0], &[0.0, 1.0]), 1.0);
        // 1/2 · (1 · log2(1 / 0.75) + 0.5 · log2(0.5 / 0.75) + 0.5 · log2(0.5 / 0.25))
        let half = divergence(&[1.0, 0.0], &[0.5, 0.5]);
        assert!((half - 0.311_278).abs() < 1e-5, "{half}");
    }
}
