//! How each published score becomes one of our dimensions. The raw number is kept beside it under its published name.

use retake_core::Dimension;

use crate::scales::{KEPT, PREFERRED};

/// A row of the table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mapping {
    /// the published number, as records name it
    pub published: &'static str,
    /// its scale: the least
    pub low: f64,
    /// its scale: the most
    pub high: f64,
    /// ours; none where the number is only kept
    pub dimension: Option<&'static str>,
}

impl Mapping {
    /// The row of this published number.
    pub fn of(published: &str) -> Option<&'static Self> {
        MAPPINGS.iter().find(|row| row.published == published)
    }
    /// The number as a share of its scale, in [0, 1].
    pub fn share(&self, value: f64) -> f64 {
        ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0)
    }
    /// What is done, for records: "editscore.consistency / 10".
    pub fn in_words(&self) -> String {
        match (self.low, self.high) {
            (0.0, 1.0) => self.published.to_owned(),
            (0.0, high) => format!("{} / {high}", self.published),
            (low, high) => format!("({} - {low}) / {}", self.published, high - low),
        }
    }
}

const fn row(published: &'static str, low: f64, high: f64, dimension: &'static str) -> Mapping {
    Mapping {
        published,
        low,
        high,
        dimension: Some(dimension),
    }
}

const fn kept(published: &'static str, low: f64, high: f64) -> Mapping {
    Mapping {
        published,
        low,
        high,
        dimension: None,
    }
}

const FOLLOWING: &str = Dimension::INSTRUCTION_FOLLOWING;
const PRESERVING: &str = Dimension::DETAIL_PRESERVING;
const QUALITY: &str = Dimension::GENERATION_QUALITY;
/// Every published number that is read. What is only kept is an overall score: the selector makes its own.
#[rustfmt::skip]
pub const MAPPINGS: &[Mapping] = &[
    row("editscore.prompt_following", 0.0, 10.0, FOLLOWING),
    row("editscore.consistency", 0.0, 10.0, PRESERVING),
    row("editscore.perceptual_quality", 0.0, 10.0, QUALITY),
    kept("editscore.overall", 0.0, 10.0),
    row("viescore.success", 0.0, 10.0, FOLLOWING),
    row("viescore.not_overedited", 0.0, 10.0, PRESERVING),
    row("viescore.perceptual_quality", 0.0, 10.0, QUALITY),
    kept("viescore.semantic_consistency", 0.0, 10.0),
    kept("viescore.overall", 0.0, 10.0),
    row("uniworld.expected_score", 0.0, 5.0, FOLLOWING),
    row("np_edit.edited", 0.0, 1.0, FOLLOWING),
    row("np_edit.kept", 0.0, 1.0, PRESERVING),
    // P(better than the untouched source), since the head's own scale has no ends
    row("editreward.following_beats_untouched", 0.0, 1.0, FOLLOWING),
    row("editreward.quality_beats_untouched", 0.0, 1.0, QUALITY),
    row("multi_reward.following", 0.0, 5.0, FOLLOWING),
    row("multi_reward.preserving", 0.0, 5.0, PRESERVING),
    row("multi_reward.quality", 0.0, 5.0, QUALITY),
    row("imgedit.compliance", 1.0, 5.0, FOLLOWING),
    row("imgedit.seamlessness", 1.0, 5.0, PRESERVING),
    row("imgedit.coherence", 1.0, 5.0, QUALITY),
    kept("imgedit.overall", 1.0, 5.0),
    row("firm.execution", 1.0, 5.0, FOLLOWING),
    row("firm.consistency", 1.0, 5.0, PRESERVING),
    kept("firm.cme", 0.0, 1.0),
    row("spatial_reward.following", 0.0, 1.0, FOLLOWING),
    row("spatial_reward.consistency", 0.0, 1.0, PRESERVING),
    row("spatial_reward.perceptual_quality", 0.0, 1.0, QUALITY),
    kept("spatial_reward.overall", 0.0, 1.0),
    row("checklist.passed", 0.0, 1.0, FOLLOWING),
    row("pairwise.win_rate", 0.0, 1.0, PREFERRED),
    row("mmrb2.win_rate", 0.0, 1.0, PREFERRED),
    row("pvc.win_rate", 0.0, 1.0, KEPT),
    row("edit_r1.keep", 0.0, 10.0, PRESERVING),
    row("edit_r1.follow", 0.0, 10.0, FOLLOWING),
    row("edit_r1.quality", 0.0, 10.0, QUALITY),
    row("one_reward.win_rate", 0.0, 1.0, PREFERRED),
    row("reward_harness.win_rate", 0.0, 1.0, PREFERRED),
    // one number for all of it says first of all whether the wish was met
    row("jarvis_evo.overall", 1.0, 5.0, FOLLOWING),
    row("adiee.score", 0.0, 10.0, FOLLOWING),
    row("jrm.following", 0.0, 10.0, FOLLOWING),
    row("jrm.overall", 0.0, 10.0, QUALITY),
    row("check_distill.passed", 0.0, 1.0, FOLLOWING),
    row("principles.score", 0.0, 10.0, QUALITY),
    // encoders make their own scores of these (crate::encoders)
    kept("clip.direction", -1.0, 1.0),
    kept("clip.image_image", -1.0, 1.0),
    kept("clip.image_text", -1.0, 1.0),
    kept("clip.image_text_before", -1.0, 1.0),
    kept("siglip.probability", 0.0, 1.0),
    kept("aesthetic.score", 1.0, 10.0),
    kept("aesthetic.score_before", 1.0, 10.0),
    kept("dinov2.whole", -1.0, 1.0),
    kept("dinov2.squares", -1.0, 1.0),
    kept("lpips.distance", 0.0, 1.0),
    kept("lpips.distance_outside", 0.0, 1.0),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_published_number_stands_once_and_its_ends_are_ours() {
        for (i, row) in MAPPINGS.iter().enumerate() {
            assert_eq!(
                (row.share(row.low), row.share(row.high)),
                (0.0, 1.0),
                "{}",
                row.published
            );
            assert!(
                MAPPINGS[..i]
                    .iter()
                    .all(|other| other.published != row.published)
            );
        }
    }

    #[test]
    fn a_mapping_says_what_it_does() {
        let words = |name| Mapping::of(name).expect("in the table").in_words();
        assert_eq!(words("firm.execution"), "(firm.execution - 1) / 4");
        assert_eq!(words("editscore.consistency"), "editscore.consistency / 10");
        assert_eq!(
            Mapping::of("firm.execution")
                .expect("in the table")
                .share(3.0),
            0.5
        );
    }
}
