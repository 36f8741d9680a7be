//! Successive halving on previews (Jamieson & Talwalkar 2016, arXiv 1502.07943, with looks at clean estimates on the way
//! as in ADE-CoT, arXiv 2603.00141): more are begun than can be finished, all are looked at early and the better ones
//! once more, near-duplicates and the rest are dropped. Whether early looks tell is not taken for granted: a pilot is
//! looked at and finished in full, and nothing is dropped at a look whose rank correlation with the end is too low.

mod plan;
mod run;
#[cfg(test)]
mod tests;

use retake_core::{Order, Selector, Stop, Strategy, Studio, said};
use serde::{Deserialize, Serialize};

use self::run::Halved;
use crate::strategies::budget::{calls_left, edits, make_all, steps_of_one, whole};
use crate::strategies::foresight::Foresight;
use crate::strategies::settings::{Allowed, Number, Relation, Settable};

/// Fewer than this say nothing about a correlation.
const LEAST_PILOT: usize = 4;
/// See the module.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Halving {
    /// share of the steps after which all are looked at
    pub early: f64,
    /// share of the steps after which those that are left are looked at again
    pub late: f64,
    /// share that is kept at each look
    pub keep: f64,
    /// rank correlation with the end from which a look may drop candidates
    pub rho: f64,
    /// more alike than this, as changes of the photo, two are one
    pub alike: f64,
    /// candidates that are finished in full to see whether looks tell
    pub pilot: u32,
}

impl Default for Halving {
    fn default() -> Self {
        Self {
            early: 0.15,
            late: 0.4,
            keep: 0.2,
            rho: 0.6,
            alike: 0.98,
            pilot: 5,
        }
    }
}

impl Settable for Halving {
    const ID: &'static str = "halving";
    const SETTINGS: &'static [Number] = &[
        Number {
            id: "early",
            allowed: Allowed::Number(0.05, 0.6),
            about: "Share of the steps after which all are looked at.",
        },
        Number {
            id: "late",
            allowed: Allowed::Number(0.1, 0.95),
            about: "Share of the steps after which those that are left are looked at again.",
        },
        Number {
            id: "keep",
            allowed: Allowed::Number(0.05, 0.95),
            about: "Share that is kept at each look.",
        },
        Number {
            id: "rho",
            allowed: Allowed::Number(0.0, 1.0),
            about: "Rank correlation with the end from which a look may drop candidates.",
        },
        Number {
            id: "alike",
            allowed: Allowed::Number(0.0, 1.0),
            about: "Two that are more alike than this are one.",
        },
        Number {
            id: "pilot",
            allowed: Allowed::Whole(4, 32),
            about: "Candidates that are finished in full to see whether looks tell.",
        },
    ];
    const RELATIONS: &'static [Relation] = &[Relation::LOOKS];
}

impl Strategy for Halving {
    fn id(&self) -> &'static str {
        Self::ID
    }

    fn settings(&self) -> serde_json::Value {
        serde_json::to_value(self).unwrap_or_default()
    }

    fn run(&self, studio: &mut dyn Studio, selector: &dyn Selector) -> Result<(), Stop> {
        let room = edits(studio);
        let pilot = studio.begin(vec![Order::default(); room.min(self.pilot as usize)]);
        let total = steps_of_one(studio, &pilot)?;
        if total == 0 {
            return make_all(studio, pilot);
        }
        let room = whole(studio, total);
        let mut points: Vec<usize> = [self.early, self.late]
            .iter()
            .map(|share| ((total as f64 * share).round() as usize).max(1))
            .filter(|&point| point < total)
            .collect();
        points.dedup();
        if points.is_empty() {
            studio.remark(said!(
                "This editor is done in one step: there is nothing to look at on the way, so every candidate is finished."
            ));
            return make_all(studio, pilot);
        }
        // a pilot takes its looks and its final score, and something must be left to drop
        let calls = (points.len() + 1) * (pilot.len() + 1);
        if pilot.len() < LEAST_PILOT || room <= pilot.len() || calls_left(studio) < calls {
            studio.remark(said!(
                "The budget is too small to learn whether looks on the way tell anything, so every candidate is finished."
            ));
            return make_all(studio, pilot);
        }
        let mut halved = Halved {
            how: self,
            selector,
            total,
            points,
            trust: Vec::new(),
            pace: 0.0,
            finished: Vec::new(),
            foresight: Foresight::default(),
        };
        if !halved.pilot(studio, &pilot)? {
            studio.remark(said!(
                "This editor shows nothing on its way, so every candidate is finished."
            ));
            return make_all(studio, Vec::new());
        }
        halved.judge_looks(studio);
        if halved.points.is_empty() {
            return make_all(studio, Vec::new());
        }
        while halved.wave(studio)? {}
        halved.tell(studio);
        halved.foresight.tell(studio);
        Ok(())
    }
}
