//! The shape of a lexicon file. Every table is optional; a key that is not known is an error.

use std::collections::BTreeMap;

use retake_core::{Band, Quantity, RegionKind};
use serde::Deserialize;
use toml::Spanned;

use crate::sense::Word;

type Phrases<K> = BTreeMap<K, Vec<String>>;

/// One TOML file: the words of a language, the styles or the colours.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LexiconFile {
    /// ISO 639-1; needed as soon as the file has words
    pub(crate) language: Option<String>,
    /// "up", "out": words that a verb of two words may send ahead of them, "turn the contrast up"
    #[serde(default)]
    pub(crate) particles: Vec<String>,
    /// signs of `endings` that make verbs
    #[serde(default)]
    pub(crate) verb_endings: Vec<char>,
    #[serde(default)]
    pub(crate) spelling: SpellingFile,
    /// what makes people happy or sad: a style for a picture, beyond a recipe for a person
    #[serde(default)]
    pub(crate) feelings: Vec<String>,
    /// compounds and the words they stand for: drittelblende = "drittel blende"
    #[serde(default)]
    pub(crate) compounds: BTreeMap<String, String>,
    /// other forms of a character: "对" = "對"
    #[serde(default)]
    pub(crate) variants: BTreeMap<char, String>,
    /// endings that a symbol at the end of a word stands for
    #[serde(default)]
    pub(crate) endings: BTreeMap<char, Vec<String>>,
    #[serde(default)]
    pub(crate) name: Phrases<Quantity>,
    #[serde(default)]
    pub(crate) raise: Phrases<Quantity>,
    #[serde(default)]
    pub(crate) lower: Phrases<Quantity>,
    #[serde(default)]
    pub(crate) set: Phrases<Quantity>,
    /// complaints that a raise mends
    #[serde(default)]
    pub(crate) lacking: Phrases<Quantity>,
    /// complaints that a fall mends
    #[serde(default)]
    pub(crate) excess: Phrases<Quantity>,
    #[serde(default)]
    pub(crate) tone: Phrases<Quantity>,
    #[serde(default)]
    pub(crate) region: Phrases<RegionKind>,
    /// two sides at once: "upper left"
    #[serde(default)]
    pub(crate) corner: Phrases<CornerFile>,
    #[serde(default)]
    pub(crate) region_colours: Phrases<RegionKind>,
    /// water: blue, and not the sky
    #[serde(default)]
    pub(crate) water: Vec<String>,
    #[serde(default)]
    pub(crate) colour: BTreeMap<Spanned<String>, Vec<String>>,
    #[serde(default)]
    pub(crate) more_colour: BTreeMap<Spanned<String>, Vec<String>>,
    #[serde(default)]
    pub(crate) band: BTreeMap<Spanned<String>, Vec<String>>,
    /// width:height
    #[serde(default)]
    pub(crate) aspect: BTreeMap<Spanned<String>, Vec<String>>,
    #[serde(default)]
    pub(crate) number: BTreeMap<Spanned<String>, Vec<String>>,
    #[serde(default)]
    pub(crate) times: BTreeMap<Spanned<String>, Vec<String>>,
    #[serde(default)]
    pub(crate) word: Phrases<Word>,
    #[serde(default)]
    pub(crate) style: BTreeMap<String, StyleFile>,
    #[serde(default)]
    pub(crate) hue: BTreeMap<String, ColourFile>,
}

/// The quarters of the frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CornerFile {
    TopLeft,
    TopRight,
    BottomLeft,
    BottomRight,
}

impl CornerFile {
    pub(crate) fn sides(self) -> [RegionKind; 2] {
        use RegionKind::{BottomHalf, LeftHalf, RightHalf, TopHalf};
        match self {
            Self::TopLeft => [TopHalf, LeftHalf],
            Self::TopRight => [TopHalf, RightHalf],
            Self::BottomLeft => [BottomHalf, LeftHalf],
            Self::BottomRight => [BottomHalf, RightHalf],
        }
    }
}

/// What the mending of slips should know.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SpellingFile {
    /// common words that look like slips of others, and are none; they are listed as not understood
    pub(crate) no_slips: Vec<String>,
}

/// A style: what it asks, and its names in each language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StyleFile {
    /// "warmth +", "vignette + slight", "shadow_tone + teal", "monochrome =", "saturation - strong @background"
    pub(crate) goals: Vec<Spanned<String>>,
    /// how much each goal counts, 0 to 1
    pub(crate) weight: Option<f32>,
    #[serde(default)]
    pub(crate) names: Phrases<String>,
}

/// A colour: where it lies and which parts of a photo have it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ColourFile {
    /// CIELAB hue angle, degrees; none for black, white and grey
    pub(crate) angle: Option<f32>,
    pub(crate) band: Option<Band>,
    /// more of it raises (1) or lowers (−1) b*; 0 leaves it
    #[serde(default)]
    pub(crate) warmth: i8,
    /// more of it raises (1) or lowers (−1) a*; 0 leaves it
    #[serde(default)]
    pub(crate) tint: i8,
}
