//! Where in the photo an instruction applies.

use serde::{Deserialize, Serialize};

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

impl std::fmt::Display for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.inverted {
            write!(f, "all but ")?;
        }
        match self.kind {
            RegionKind::Colour(band) => write!(f, "the {} parts", band.name()),
            RegionKind::Sky => write!(f, "the sky"),
            RegionKind::Skin => write!(f, "the skin"),
            RegionKind::Foliage => write!(f, "the foliage"),
            RegionKind::Subject => write!(f, "the subject"),
            RegionKind::Background => write!(f, "the background"),
            RegionKind::Highlights => write!(f, "the highlights"),
            RegionKind::Midtones => write!(f, "the midtones"),
            RegionKind::Shadows => write!(f, "the shadows"),
            RegionKind::Neutrals => write!(f, "the neutrals"),
            RegionKind::LeftHalf => write!(f, "the left half"),
            RegionKind::RightHalf => write!(f, "the right half"),
            RegionKind::TopHalf => write!(f, "the upper half"),
            RegionKind::BottomHalf => write!(f, "the lower half"),
            RegionKind::LeftThird => write!(f, "the left third"),
            RegionKind::RightThird => write!(f, "the right third"),
            RegionKind::TopThird => write!(f, "the upper third"),
            RegionKind::BottomThird => write!(f, "the lower third"),
            RegionKind::Centre => write!(f, "the centre"),
            RegionKind::Edges => write!(f, "the edges"),
            RegionKind::Corners => write!(f, "the corners"),
            RegionKind::Painted => write!(f, "the painted mask"),
        }
    }
}

impl std::fmt::Display for Region {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.is_whole() {
            return write!(f, "the whole photo");
        }
        for (i, part) in self.parts.iter().enumerate() {
            if i > 0 {
                write!(f, " within ")?;
            }
            write!(f, "{part}")?;
        }
        Ok(())
    }
}
