//! The built-in rewards: a checklist of what was asked, what of the source is still there, and which faults
//! are new. They see pixels only, source and edited, never the recipe. They need no weights; where trained networks are
//! handed in ([`Eyes`]), one finds the subject and one looks at what is left of a change.
//!
//! [`REWARDS`] lists them; [`BuiltIn`] fills all three dimensions in one go and does what they share once. Edits of
//! another shape are brought over the source first.

mod align;
mod asked;
mod bands;
mod detail;
mod even;
mod extremes;
mod faint;
mod finding;
mod following;
mod grade;
mod group;
mod looks;
pub mod motion;
pub mod naturalness;
mod normal_equations;
mod quality;
mod reading;
mod scene;
mod seen;
mod shift;
mod slope;
mod small;
mod source;
mod tiles;
mod tone;

use retake_core::{
    Dimension, Eyes, Instruction, Raster, Reason, Reward, RewardInfo, ScoreRequest, Scorecard,
    Slope, Stop, Watch, said,
};

use align::Alignment;
use group::Parts;

/// Changes whenever the same pixels would score differently: with trained networks, and by the rules alone (r); each by
/// itself, with one that rates quality (q), one that names what is shown (n), one that reads words (t), and any of them.
const VERSIONS: [[&str; 8]; 2] = [
    ["7", "7q", "7n", "7qn", "7t", "7qt", "7nt", "7qnt"],
    ["6r", "6rq", "6rn", "6rqn", "6rt", "6rqt", "6rnt", "6rqnt"],
];

/// A row of the table of rewards.
pub struct Entry {
    /// short name for records and settings
    pub id: &'static str,
    /// makes it; it sees with these networks, if any
    pub new: fn(Eyes) -> Box<dyn Reward>,
}

/// All built-in rewards; the first one does the work of the next three in less than their time, the last watches over
/// choices.
pub const REWARDS: &[Entry] = &[
    Entry {
        id: BuiltIn::ID,
        new: |eyes| Box::new(BuiltIn::seeing(eyes)),
    },
    Entry {
        id: Following::ID,
        new: |eyes| Box::new(Following::seeing(eyes)),
    },
    Entry {
        id: Detail::ID,
        new: |eyes| Box::new(Detail::seeing(eyes)),
    },
    Entry {
        id: Quality::ID,
        new: |eyes| Box::new(Quality::seeing(eyes)),
    },
    Entry {
        id: naturalness::Naturalness::ID,
        new: |_| Box::new(naturalness::Naturalness),
    },
];

/// The names and descriptions of the faults that generation quality looks for, in the order of the scorecard.
pub fn faults() -> impl Iterator<Item = (&'static str, &'static str)> {
    quality::FAULTS.iter().map(|fault| (fault.id, fault.about))
}

fn version(eyes: &Eyes) -> &'static str {
    let trained = eyes.subject.is_some() || eyes.distance.is_some();
    let imported = usize::from(eyes.quality.is_some())
        + 2 * usize::from(eyes.scene.is_some())
        + 4 * usize::from(eyes.text.is_some());
    VERSIONS[usize::from(!trained)][imported]
}

macro_rules! reward {
    ($(#[$doc:meta])* $name:ident, $id:literal, $dimensions:expr, $parts:expr, $about:literal) => {
        $(#[$doc])*
        #[derive(Clone, Default)]
        pub struct $name {
            eyes: Eyes,
            memory: seen::Memory,
        }

        impl $name {
            /// Short name for records and settings.
            pub const ID: &'static str = $id;

            /// Sees with these networks, as far as there are any.
            pub fn seeing(eyes: Eyes) -> Self {
                Self { eyes, memory: seen::Memory::default() }
            }
        }

        impl Reward for $name {
            fn info(&self) -> RewardInfo {
                RewardInfo { id: Self::ID, version: version(&self.eyes), dimensions: $dimensions, about: $about }
            }
            fn score(&self, group: &ScoreRequest<'_>, watch: &dyn Watch) -> Result<Vec<Scorecard>, Stop> {
                group::score(group, $parts, &self.eyes, &self.memory, watch)
            }
            fn slope(
                &self,
                source: &Raster,
                edited: &Raster,
                instruction: &Instruction,
            ) -> Result<Option<Slope>, Stop> {
                Ok(slope::of(source, edited, instruction, &self.eyes, $parts))
            }
        }
    };
}

reward!(
    /// All three dimensions; what they share is done once.
    BuiltIn,
    "built_in",
    &Dimension::CANONICAL,
    Parts::ALL,
    "Measures following, preservation and quality from the pixels alone."
);
reward!(
    /// Instruction following alone: a checklist, one check a goal and one a constraint.
    ///
    /// Known failures: only what was understood is checked; a quantity can be reached by a means a person would not have
    /// chosen (the other two rewards see that); a corner of colours that
    /// occur nowhere else can be painted at less loss; a region the heuristics miss is measured where they put it; texture that
    /// is new can pass for sharpness.
    Following,
    "checklist",
    &[Dimension::INSTRUCTION_FOLLOWING],
    Parts { following: true, detail: false, quality: false },
    "Measures each thing that was asked, before and after, against the asked range."
);
reward!(
    /// Detail preserving alone: structure after the best tone change is taken off, clipping, a move, change outside,
    /// and what a trained eye sees of the rest.
    ///
    /// Known failures: an object of the same edges and another colour passes where no region is named; dodging with hard
    /// edges costs a little; a faint vignette passes; a perspective change counts as another picture; a photo without texture leaves little to judge; noise removed unasked counts as lost detail.
    Detail,
    "detail",
    &[Dimension::DETAIL_PRESERVING],
    Parts { following: false, detail: true, quality: false },
    "Checks that structure, place and colours are still there, and nothing changed where none was asked."
);
reward!(
    /// Generation quality alone: the faults of [`faults`], each against what the source already had.
    ///
    /// Known failures: taste is not judged; a fault of the source hides the same fault of the edit; JPEG blocks are found
    /// on the 8-px grid only, so not after a reduction; skin is judged only where it is found.
    Quality,
    "faults",
    &[Dimension::GENERATION_QUALITY],
    Parts { following: false, detail: false, quality: true },
    "Looks for faults that the source did not have: clipping, casts, noise, halos, banding and more."
);

/// Says that an edit was stretched before it was judged.
fn resized_reason(at: &Alignment) -> Reason {
    let ((ew, eh), (sw, sh)) = (at.edit, at.source);
    Reason {
        id: "resized".to_owned(),
        text: said!(
            "The edit of {width} × {height} px was brought to the source's {to_width} × {to_height} px.",
            width = ew,
            height = eh,
            to_width = sw,
            to_height = sh
        ),
        passed: None,
        cost: 0.0,
        check: None,
        evidence: None,
    }
}
