//! Where in the photo an instruction applies.

use serde::{Deserialize, Serialize};

use crate::{Said, said};

/// One of the eight colour bands, named by what people call them, in the order of the hue circle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Band {
    Red,
    Orange,
    Yellow,
    Green,
    Aqua,
    Blue,
    Purple,
    Magenta,
}

impl Band {
    /// All eight, in hue order.
    pub const ALL: [Band; 8] = [
        Band::Red,
        Band::Orange,
        Band::Yellow,
        Band::Green,
        Band::Aqua,
        Band::Blue,
        Band::Purple,
        Band::Magenta,
    ];
    /// Centre of the band as an Oklch hue angle in degrees (sRGB's saturated colours of these names).
    pub fn hue_deg(self) -> f32 {
        [27.0, 58.0, 105.0, 143.0, 195.0, 257.0, 302.0, 340.0][self as usize]
    }
    /// English name.
    pub fn name(self) -> &'static str {
        [
            "red", "orange", "yellow", "green", "aqua", "blue", "purple", "magenta",
        ][self as usize]
    }
}

/// A part of a photo that can be named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RegionKind {
    /// sky, with or without clouds
    Sky,
    /// human skin
    Skin,
    /// grass, leaves, trees
    Foliage,
    /// what the photo is of (salient, in focus)
    Subject,
    /// the opposite of the subject
    Background,
    /// the brighter tones of the source
    Highlights,
    /// the middle tones of the source
    Midtones,
    /// the darker tones of the source
    Shadows,
    /// parts of one colour band
    Colour(Band),
    /// near-neutral parts: whites and greys
    Neutrals,
    /// the left half
    LeftHalf,
    /// the right half
    RightHalf,
    /// the upper half
    TopHalf,
    /// the lower half
    BottomHalf,
    /// the left third
    LeftThird,
    /// the right third
    RightThird,
    /// the upper third
    TopThird,
    /// the lower third
    BottomThird,
    /// a soft ellipse in the middle
    Centre,
    /// all but the centre
    Edges,
    /// the four corners
    Corners,
    /// the mask that came with the instruction
    Painted,
}

/// A region kind, or everything but it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Part {
    /// which
    pub kind: RegionKind,
    /// everything but it
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub inverted: bool,
}

/// The intersection of some parts; none at all is the whole photo.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Region {
    /// every one of these must hold
    pub parts: Vec<Part>,
}

impl Region {
    /// Everywhere.
    pub fn whole() -> Self {
        Self::default()
    }
    /// One named part.
    pub fn of(kind: RegionKind) -> Self {
        Self {
            parts: vec![Part {
                kind,
                inverted: false,
            }],
        }
    }
    /// True for the whole photo.
    pub fn is_whole(&self) -> bool {
        self.parts.is_empty()
    }
}

impl RegionKind {
    /// Every one; of the colours each band, in hue order.
    pub fn all() -> impl Iterator<Item = Self> {
        let named = [
            Self::Sky,
            Self::Skin,
            Self::Foliage,
            Self::Subject,
            Self::Background,
            Self::Highlights,
            Self::Midtones,
            Self::Shadows,
            Self::Neutrals,
            Self::LeftHalf,
            Self::RightHalf,
            Self::TopHalf,
            Self::BottomHalf,
            Self::LeftThird,
            Self::RightThird,
            Self::TopThird,
            Self::BottomThird,
            Self::Centre,
            Self::Edges,
            Self::Corners,
            Self::Painted,
        ];
        named.into_iter().chain(Band::ALL.map(Self::Colour))
    }
    /// What it is called: "the sky".
    pub fn name(self) -> Said {
        Said::name(match self {
            Self::Colour(band) => return said!("the {band} parts", band = Said::name(band.name())),
            Self::Sky => "the sky",
            Self::Skin => "the skin",
            Self::Foliage => "the foliage",
            Self::Subject => "the subject",
            Self::Background => "the background",
            Self::Highlights => "the highlights",
            Self::Midtones => "the midtones",
            Self::Shadows => "the shadows",
            Self::Neutrals => "the neutrals",
            Self::LeftHalf => "the left half",
            Self::RightHalf => "the right half",
            Self::TopHalf => "the upper half",
            Self::BottomHalf => "the lower half",
            Self::LeftThird => "the left third",
            Self::RightThird => "the right third",
            Self::TopThird => "the upper third",
            Self::BottomThird => "the lower third",
            Self::Centre => "the centre",
            Self::Edges => "the edges",
            Self::Corners => "the corners",
            Self::Painted => "the painted mask",
        })
    }
}

impl Part {
    /// What it is called: "all but the sky".
    pub fn said(&self) -> Said {
        match self.inverted {
            true => said!("all but {region}", region = self.kind.name()),
            false => self.kind.name(),
        }
    }
}

impl Region {
    /// What it is called: "the sky within the left half".
    pub fn said(&self) -> Said {
        if self.is_whole() {
            return said!("the whole photo");
        }
        let parts = self.parts.iter().map(Part::said);
        Said::list(parts, |part, within| {
            said!("{part} within {whole}", part, whole = within)
        })
    }
}

impl std::fmt::Display for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.said().fmt(f)
    }
}

impl std::fmt::Display for Region {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.said().fmt(f)
    }
}
