//! Which numbers a published judge is asked for, and what becomes of them: the bridge from answers to the formulas.

use retake_core::Dimension;

use crate::formulas::generative::{
    editscore, firm_cme, imgedit, share_of_one_to_five, spatial_reward, viescore,
};
use crate::formulas::pairs::six_steps;

/// A published number and its value.
pub type Published = (&'static str, f64);

/// A row of the table.
#[derive(Debug)]
pub struct Scale {
    /// short name, as rubrics write it
    pub id: &'static str,
    /// how many scores each of its calls gives
    pub asks: &'static [usize],
    /// the least of a score
    pub low: f64,
    /// the most of a score
    pub high: f64,
    /// the dimensions that it fills
    pub fills: &'static [&'static str],
    /// the published numbers of one pass, from its scores call by call; what is no number stays none
    pub numbers: fn(&[f64]) -> Vec<Published>,
}

impl Scale {
    /// The row of this name.
    pub fn of(id: &str) -> Option<&'static Self> {
        SCALES.iter().find(|scale| scale.id == id)
    }
    /// Whether its scores say which of two is better, so that a candidate's number is a win rate.
    pub fn pairwise(&self) -> bool {
        self.fills
            .iter()
            .all(|name| [PREFERRED, KEPT].contains(name))
    }
    /// How many scores a pass has in all.
    pub fn count(&self) -> usize {
        self.asks.iter().sum()
    }
}

/// How often it was preferred to others of its group: no measure of how good it is, so a dimension of its own.
pub const PREFERRED: &str = "preferred";
/// The same by what was left alone.
pub const KEPT: &str = "kept_better";

const FOLLOWING_AND_PRESERVING: [&str; 2] = [
    Dimension::INSTRUCTION_FOLLOWING,
    Dimension::DETAIL_PRESERVING,
];

/// Every judge whose scores are read. `numbers` is given as many scores as `asks` adds up to.
pub const SCALES: &[Scale] = &[
    Scale {
        id: "editscore",
        asks: &[2, 2],
        low: 0.0,
        high: 25.0,
        fills: &Dimension::CANONICAL,
        numbers: |s| {
            let pass = editscore([s[0], s[1]], [s[2], s[3]]);
            vec![
                ("editscore.prompt_following", pass.prompt_following),
                ("editscore.consistency", pass.consistency),
                ("editscore.perceptual_quality", pass.perceptual_quality),
                ("editscore.overall", pass.overall),
            ]
        },
    },
    Scale {
        id: "viescore",
        asks: &[2, 2],
        low: 0.0,
        high: 10.0,
        fills: &Dimension::CANONICAL,
        numbers: |s| {
            let [sc, pq, overall] = viescore([s[0], s[1]], [s[2], s[3]]);
            vec![
                ("viescore.success", s[0]),
                ("viescore.not_overedited", s[1]),
                ("viescore.semantic_consistency", sc),
                ("viescore.perceptual_quality", pq),
                ("viescore.overall", overall),
            ]
        },
    },
    Scale {
        id: "multi_reward",
        asks: &[1, 1, 1],
        low: 0.0,
        high: 5.0,
        fills: &Dimension::CANONICAL,
        numbers: |s| {
            vec![
                ("multi_reward.following", s[0]),
                ("multi_reward.preserving", s[1]),
                ("multi_reward.quality", s[2]),
            ]
        },
    },
    Scale {
        id: "imgedit",
        asks: &[3],
        low: 1.0,
        high: 5.0,
        fills: &Dimension::CANONICAL,
        numbers: |s| {
            let [compliance, seamless, coherent, overall] = imgedit([s[0], s[1], s[2]]);
            vec![
                ("imgedit.compliance", compliance),
                ("imgedit.seamlessness", seamless),
                ("imgedit.coherence", coherent),
                ("imgedit.overall", overall),
            ]
        },
    },
    Scale {
        id: "firm",
        asks: &[1, 1],
        low: 1.0,
        high: 5.0,
        fills: &FOLLOWING_AND_PRESERVING,
        numbers: |s| {
            let [e, c] = [s[0], s[1]].map(share_of_one_to_five);
            vec![
                ("firm.execution", s[0]),
                ("firm.consistency", s[1]),
                ("firm.cme", firm_cme(e, c)),
            ]
        },
    },
    Scale {
        id: "spatial_reward",
        asks: &[2, 2],
        low: 0.0,
        high: 10.0,
        fills: &Dimension::CANONICAL,
        numbers: |s| {
            let [following, kept, natural, clean] = [s[0], s[1], s[2], s[3]].map(|s| s / 10.0);
            let [_, pq, overall] = spatial_reward(following, kept, natural, clean);
            vec![
                ("spatial_reward.following", following),
                ("spatial_reward.consistency", kept),
                ("spatial_reward.perceptual_quality", pq),
                ("spatial_reward.overall", overall),
            ]
        },
    },
    Scale {
        id: "uniworld",
        asks: &[1],
        low: 0.0,
        high: 5.0,
        fills: &[Dimension::INSTRUCTION_FOLLOWING],
        numbers: |s| vec![("uniworld.expected_score", s[0])],
    },
    Scale {
        id: "np_edit",
        asks: &[1, 1],
        low: 0.0,
        high: 1.0,
        fills: &FOLLOWING_AND_PRESERVING,
        numbers: |s| vec![("np_edit.edited", s[0]), ("np_edit.kept", s[1])],
    },
    Scale {
        id: "checklist",
        asks: &[1],
        low: 0.0,
        high: 1.0,
        fills: &[Dimension::INSTRUCTION_FOLLOWING],
        numbers: |s| vec![("checklist.passed", s[0])],
    },
    Scale {
        id: "pairwise",
        asks: &[1],
        low: 0.0,
        high: 1.0,
        fills: &[PREFERRED],
        numbers: |s| vec![("pairwise.win_rate", s[0])],
    },
    Scale {
        id: "pvc",
        asks: &[1],
        low: 0.0,
        high: 1.0,
        fills: &[KEPT],
        numbers: |s| vec![("pvc.win_rate", s[0])],
    },
    Scale {
        // 1 is the first much better, 6 the second: of the second, 6 is all
        id: "mmrb2",
        asks: &[1],
        low: 1.0,
        high: 6.0,
        fills: &[PREFERRED],
        numbers: |s| vec![("mmrb2.win_rate", 1.0 - six_steps(s[0]))],
    },
    Scale {
        id: "edit_r1",
        asks: &[3],
        low: 0.0,
        high: 10.0,
        fills: &Dimension::CANONICAL,
        numbers: |s| {
            vec![
                ("edit_r1.keep", s[0]),
                ("edit_r1.follow", s[1]),
                ("edit_r1.quality", s[2]),
            ]
        },
    },
    Scale {
        id: "one_reward",
        asks: &[1, 1, 1, 1],
        low: 0.0,
        high: 1.0,
        fills: &[PREFERRED],
        numbers: |s| {
            vec![(
                "one_reward.win_rate",
                s.iter().sum::<f64>() / s.len() as f64,
            )]
        },
    },
    Scale {
        id: "reward_harness",
        asks: &[1],
        low: 0.0,
        high: 1.0,
        fills: &[PREFERRED],
        numbers: |s| vec![("reward_harness.win_rate", s[0])],
    },
    Scale {
        id: "jarvis_evo",
        asks: &[1],
        low: 1.0,
        high: 5.0,
        fills: &[Dimension::INSTRUCTION_FOLLOWING],
        numbers: |s| vec![("jarvis_evo.overall", s[0])],
    },
    Scale {
        id: "adiee",
        asks: &[1],
        low: 0.0,
        high: 10.0,
        fills: &[Dimension::INSTRUCTION_FOLLOWING],
        numbers: |s| vec![("adiee.score", s[0])],
    },
    Scale {
        id: "jrm",
        asks: &[2],
        low: 0.0,
        high: 10.0,
        fills: &[
            Dimension::INSTRUCTION_FOLLOWING,
            Dimension::GENERATION_QUALITY,
        ],
        numbers: |s| vec![("jrm.following", s[0]), ("jrm.overall", s[1])],
    },
    Scale {
        // how many passed, of how many
        id: "check_distill",
        asks: &[2],
        low: 0.0,
        high: 20.0,
        fills: &[Dimension::INSTRUCTION_FOLLOWING],
        numbers: |s| vec![("check_distill.passed", (s[0] / s[1].max(1.0)).min(1.0))],
    },
    Scale {
        id: "principles",
        asks: &[1],
        low: 0.0,
        high: 10.0,
        fills: &[Dimension::GENERATION_QUALITY],
        numbers: |s| vec![("principles.score", s[0])],
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formulas::Mapping;

    #[test]
    fn every_number_of_every_scale_has_a_mapping_and_a_perfect_pass_is_one_in_each() {
        for scale in SCALES {
            for (name, value) in (scale.numbers)(&vec![scale.high; scale.count()]) {
                let mapping = Mapping::of(name).unwrap_or_else(|| panic!("{name}"));
                assert!((mapping.share(value) - 1.0).abs() < 1e-9, "{name} {value}");
            }
            for (name, value) in (scale.numbers)(&vec![scale.high; scale.count()]) {
                let dimension = Mapping::of(name).expect("above").dimension;
                assert!(dimension.is_none_or(|dimension| scale.fills.contains(&dimension)));
                assert!(value.is_finite());
            }
            for (name, value) in (scale.numbers)(&vec![scale.low; scale.count()]) {
                let share = Mapping::of(name).expect("above").share(value);
                assert!(share < 1e-9, "{name} {share}");
            }
        }
    }
}
