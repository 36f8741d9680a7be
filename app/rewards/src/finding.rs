//! One thing that was looked for and what was found, and how findings become a score.

use retake_core::{Mask, Reason, Said, SaidValue, Score, number};

use crate::align::Alignment;

/// What one check found.
pub(crate) struct Finding {
    /// short name for records
    pub(crate) id: &'static str,
    /// one line in words, with numbers
    pub(crate) text: Said,
    /// how much of the score it takes away, 0 to 1
    pub(crate) cost: f32,
    /// one standard deviation of the cost
    pub(crate) spread: f32,
    /// where it shows, in the common frame
    pub(crate) map: Option<Mask>,
}

/// A cost below this is not worth a word.
const SILENT: f32 = 0.008;

/// Where it shows, which is worked out only where the cost is worth a word.
pub(crate) fn shown(cost: f32, map: impl FnOnce() -> Mask) -> Option<Mask> {
    (cost >= SILENT).then(map)
}

impl Finding {
    /// Nothing of this kind.
    pub(crate) fn none(id: &'static str) -> Self {
        Self {
            id,
            text: Said::default(),
            cost: 0.0,
            spread: 0.0,
            map: None,
        }
    }
}

/// A cost that rises from 0 towards `most` as `amount` grows by `scale`s; 0 for an amount that is not positive.
pub(crate) fn saturating(amount: f32, scale: f32, most: f32) -> f32 {
    if amount > 0.0 {
        most * (1.0 - (-amount / scale).exp())
    } else {
        0.0
    }
}

/// 0 below `low`, 1 above `high`, smooth between.
#[inline(always)]
pub(crate) fn smoothstep(low: f32, high: f32, x: f32) -> f32 {
    let t = ((x - low) / (high - low)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// The product of (1 − cost) over all findings, the dearest first in the reasons; `fine` is said when nothing costs.
pub(crate) fn judge(mut findings: Vec<Finding>, alignment: &Alignment, fine: Said) -> Score {
    findings.sort_by(|a, b| b.cost.total_cmp(&a.cost));
    let value: f32 = findings
        .iter()
        .map(|finding| 1.0 - finding.cost.clamp(0.0, 1.0))
        .product();
    // errors of factors add up in squares
    let variance: f32 = findings
        .iter()
        .map(|finding| (finding.spread / (1.0 - finding.cost).max(0.1)).powi(2))
        .sum();
    let evidence = together(&findings).map(|mask| alignment.mask_on_source(mask));
    let mut reasons: Vec<Reason> = findings
        .into_iter()
        .filter(|finding| finding.cost >= SILENT)
        .map(|finding| Reason {
            id: finding.id.to_owned(),
            text: finding.text,
            passed: Some(false).filter(|_| finding.cost >= 0.04),
            cost: finding.cost,
            check: None,
            evidence: finding.map.map(|mask| alignment.mask_on_source(mask)),
        })
        .collect();
    if reasons.is_empty() {
        reasons.push(Reason {
            id: "fine".to_owned(),
            text: fine,
            passed: Some(true),
            cost: 0.0,
            check: None,
            evidence: None,
        });
    }
    Score {
        value: value.clamp(0.0, 1.0),
        spread: (0.01 + value * variance.sqrt()).min(0.5),
        reasons,
        evidence,
    }
}

/// Adds what is worth a word although it costs nothing.
pub(crate) trait Tell {
    /// Unless it is among the reasons already.
    fn tell(&mut self, reason: Option<Reason>);
}

impl Tell for Score {
    fn tell(&mut self, reason: Option<Reason>) {
        let new = reason.filter(|reason| self.reasons.iter().all(|known| known.id != reason.id));
        self.reasons.extend(new);
    }
}

/// All maps in one, each as strong as its cost.
fn together(findings: &[Finding]) -> Option<Mask> {
    let mut all: Option<Mask> = None;
    for finding in findings.iter().filter(|finding| finding.cost >= SILENT) {
        let Some(map) = &finding.map else { continue };
        let strength = (0.4 + finding.cost * 2.0).min(1.0);
        match &mut all {
            None => {
                let mut first = map.clone();
                first.values.iter_mut().for_each(|value| *value *= strength);
                all = Some(first);
            }
            Some(all) => {
                for (value, more) in all.values.iter_mut().zip(&map.values) {
                    *value = value.max(more * strength);
                }
            }
        }
    }
    all
}

/// A share in words: "3.2 %", "0.04 %".
pub(crate) fn percent(share: f32) -> SaidValue {
    let value = share * 100.0;
    let count = match value {
        v if v >= 9.95 => 0,
        v if v >= 0.095 => 1,
        _ => 2,
    };
    number(format_args!("{value:.count$} %"))
}
