//! What the instruction asks, where, and which faults it therefore forgives there: grain that was asked is no noise.

use retake_core::{
    Amount, Change, Degree, Goal, Instruction, Mask, Part, Quantity, Region, RegionKind,
};
use retake_pixels::region::Regions;

use crate::align::Alignment;

/// A loss or fault that an instruction can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Leave {
    /// fine detail may go
    Soften,
    /// noise may come
    Noise,
    /// the range of tones may shrink
    Flatten,
    /// the picture may be very dark
    Darken,
    /// the picture may be very light
    Lighten,
    /// highlights may clip
    ClipLight,
    /// shadows may clip
    ClipDark,
    /// colour may go
    Grey,
    /// greys may take on a colour
    Tint,
    /// colours may be stronger than is natural
    Saturate,
    /// gradients may break into steps
    Steps,
    /// edges may be emphasised
    Edges,
    /// skin may be any colour
    Skin,
}

use Change::{Lower, Raise, Set};
use Leave as L;
use Quantity as Q;

/// (what is forgiven, the quantity and direction that asks for it, how much of the fault is forgiven at a moderate degree).
const LEAVES: &[(Leave, Quantity, Change, f32)] = &[
    (L::Soften, Q::Blur, Raise, 0.92),
    (L::Soften, Q::MotionBlur, Raise, 0.92),
    (L::Soften, Q::Sharpness, Lower, 0.85),
    (L::Soften, Q::Texture, Lower, 0.7),
    (L::Soften, Q::Clarity, Lower, 0.6),
    (L::Soften, Q::Noise, Lower, 0.5),
    (L::Soften, Q::Grain, Lower, 0.5),
    (L::Soften, Q::Glow, Raise, 0.7),
    (L::Soften, Q::Haze, Raise, 0.6),
    (L::Soften, Q::Painterly, Raise, 0.92),
    (L::Soften, Q::Pixelate, Raise, 0.95),
    (L::Soften, Q::Posterise, Raise, 0.85),
    (L::Noise, Q::Grain, Raise, 1.0),
    (L::Noise, Q::Noise, Raise, 1.0),
    (L::Noise, Q::Texture, Raise, 0.5),
    (L::Noise, Q::Sharpness, Raise, 0.5),
    (L::Noise, Q::Pixelate, Raise, 0.8),
    (L::Noise, Q::Posterise, Raise, 1.0),
    (L::Flatten, Q::Fade, Raise, 1.0),
    (L::Flatten, Q::Contrast, Lower, 1.0),
    (L::Flatten, Q::Haze, Raise, 1.0),
    (L::Flatten, Q::Blacks, Raise, 0.8),
    (L::Flatten, Q::Whites, Lower, 0.8),
    (L::Flatten, Q::Shadows, Raise, 0.5),
    (L::Flatten, Q::Highlights, Lower, 0.5),
    (L::Flatten, Q::Blur, Raise, 0.4),
    (L::Flatten, Q::Lightness, Raise, 0.5),
    (L::Flatten, Q::Lightness, Lower, 0.5),
    (L::Flatten, Q::Exposure, Raise, 0.5),
    (L::Flatten, Q::Exposure, Lower, 0.5),
    (L::Darken, Q::Lightness, Lower, 0.8),
    (L::Darken, Q::Exposure, Lower, 0.8),
    (L::Darken, Q::Shadows, Lower, 0.6),
    (L::Darken, Q::Vignette, Raise, 0.4),
    (L::Lighten, Q::Lightness, Raise, 0.8),
    (L::Lighten, Q::Exposure, Raise, 0.8),
    (L::Lighten, Q::Highlights, Raise, 0.6),
    (L::ClipLight, Q::Whites, Raise, 0.6),
    (L::ClipLight, Q::Lightness, Raise, 0.35),
    (L::ClipLight, Q::Exposure, Raise, 0.35),
    (L::ClipLight, Q::Contrast, Raise, 0.35),
    (L::ClipLight, Q::Highlights, Raise, 0.5),
    (L::ClipLight, Q::Glow, Raise, 0.4),
    (L::ClipLight, Q::Posterise, Raise, 0.6),
    (L::ClipDark, Q::Blacks, Lower, 0.6),
    (L::ClipDark, Q::Lightness, Lower, 0.35),
    (L::ClipDark, Q::Exposure, Lower, 0.35),
    (L::ClipDark, Q::Contrast, Raise, 0.35),
    (L::ClipDark, Q::Shadows, Lower, 0.5),
    (L::ClipDark, Q::Vignette, Raise, 0.5),
    (L::ClipDark, Q::Posterise, Raise, 0.6),
    (L::Grey, Q::Monochrome, Set, 1.0),
    (L::Grey, Q::Monochrome, Raise, 1.0),
    (L::Grey, Q::Saturation, Lower, 0.9),
    (L::Grey, Q::Vibrance, Lower, 0.7),
    (L::Grey, Q::Toning, Set, 1.0),
    (L::Grey, Q::Fade, Raise, 0.4),
    (L::Grey, Q::Haze, Raise, 0.5),
    (L::Tint, Q::Toning, Set, 1.0),
    (L::Tint, Q::Toning, Raise, 1.0),
    (L::Tint, Q::ShadowTone, Raise, 0.8),
    (L::Tint, Q::HighlightTone, Raise, 0.8),
    (L::Tint, Q::Cast, Raise, 1.0),
    (L::Tint, Q::Hue, Set, 0.5),
    (L::Saturate, Q::Saturation, Raise, 0.6),
    (L::Saturate, Q::Vibrance, Raise, 0.5),
    (L::Saturate, Q::Posterise, Raise, 0.7),
    (L::Steps, Q::Posterise, Raise, 1.0),
    (L::Steps, Q::Pixelate, Raise, 1.0),
    (L::Steps, Q::Painterly, Raise, 0.5),
    (L::Edges, Q::Sharpness, Raise, 0.5),
    (L::Edges, Q::Clarity, Raise, 0.5),
    (L::Edges, Q::Texture, Raise, 0.4),
    (L::Edges, Q::Pixelate, Raise, 1.0),
    (L::Edges, Q::Posterise, Raise, 0.8),
    (L::Edges, Q::Painterly, Raise, 0.8),
    (L::Edges, Q::Glow, Raise, 0.5),
    (L::Edges, Q::Grain, Raise, 0.5),
    (L::Edges, Q::Blur, Raise, 0.6),
    (L::Skin, Q::Toning, Set, 1.0),
    (L::Skin, Q::Toning, Raise, 1.0),
    (L::Skin, Q::Monochrome, Set, 1.0),
    (L::Skin, Q::Monochrome, Raise, 1.0),
    (L::Skin, Q::Hue, Set, 0.7),
    (L::Skin, Q::Saturation, Lower, 0.7),
    (L::Skin, Q::ShadowTone, Raise, 0.4),
    (L::Skin, Q::HighlightTone, Raise, 0.4),
];

/// How strongly a goal is meant, for what it forgives.
fn strength(amount: Amount) -> f32 {
    match amount {
        Amount::Degree(degree) | Amount::Hue(_, degree) => match degree {
            Degree::Slight => 0.7,
            Degree::Moderate | Degree::Strong | Degree::Extreme => 1.0,
        },
        Amount::Units(_) | Amount::Relative(_) => 1.0,
    }
}

/// The instruction laid over the picture.
#[derive(Debug)]
pub(crate) struct Asked {
    /// the mask of each goal, in the common frame; `None` is everywhere
    pub(crate) places: Vec<Option<Mask>>,
    /// how surely each goal's region is where its mask says, 0 to 1
    pub(crate) confidence: Vec<f32>,
    /// the mask of each constraint's region; `None` is everywhere or nowhere in particular
    pub(crate) keeps: Vec<Option<Mask>>,
    /// where an edit may show at all; `None` is everywhere
    pub(crate) inside: Option<Mask>,
    /// what is meant are tones or colours, which no edit can bound sharply
    pub(crate) tonal: bool,
    goals: Vec<Goal>,
}

impl Asked {
    /// Finds the masks of all goals and constraints.
    pub(crate) fn of(instruction: &Instruction, regions: &Regions, at: &Alignment) -> Self {
        let painted = instruction
            .mask
            .as_ref()
            .filter(|mask| !mask.values.is_empty());
        let place = |region: &Region| place(region, regions, painted, at);
        let goals = &instruction.understood.goals;
        let places: Vec<Option<Mask>> = goals.iter().map(|goal| place(&goal.region)).collect();
        let keeps = instruction
            .understood
            .constraints
            .iter()
            .map(|constraint| keep_region(&constraint.keep).and_then(&place))
            .collect();
        let inside = inside(goals, &places).or_else(|| place(&Region::whole()));
        let tonal = painted.is_none()
            && goals
                .iter()
                .any(|goal| goal.region.parts.iter().any(is_tonal));
        let confidence = |goal: &Goal| {
            let parts = goal.region.parts.iter();
            parts
                .map(|part| regions.confidence(part.kind))
                .fold(1.0, f32::min)
        };
        Self {
            confidence: goals.iter().map(confidence).collect(),
            places,
            keeps,
            inside,
            tonal,
            goals: goals.clone(),
        }
    }

    /// How much of a fault is forgiven, and where.
    pub(crate) fn relief(&self, leave: Leave) -> Relief<'_> {
        let mut relief = Relief {
            everywhere: 0.0,
            places: Vec::new(),
        };
        for (goal, place) in self.goals.iter().zip(&self.places) {
            for &(forgiven, quantity, change, share) in LEAVES {
                if (forgiven, quantity, change) != (leave, goal.quantity, goal.change) {
                    continue;
                }
                let share = share * strength(goal.amount);
                match place {
                    None => relief.everywhere = relief.everywhere.max(share),
                    Some(mask) => relief.places.push((mask, share)),
                }
            }
        }
        relief
    }

    /// Whether some goal is about a quantity.
    pub(crate) fn names(&self, quantity: Quantity) -> bool {
        self.goals.iter().any(|goal| goal.quantity == quantity)
    }

    /// The largest change of a quantity that the goals ask for anywhere, from `before`, with its sign.
    pub(crate) fn most(&self, quantity: Quantity, before: f32) -> f32 {
        self.goals
            .iter()
            .filter(|goal| goal.quantity == quantity)
            .map(|goal| {
                let asked = goal.asked(before);
                let (down, up) = (asked.low - before, asked.high - before);
                if up.abs() > down.abs() { up } else { down }
            })
            .fold(0.0, |most, change: f32| {
                if change.abs() > most.abs() {
                    change
                } else {
                    most
                }
            })
    }
}

/// The share of a fault that is forgiven, by place.
pub(crate) struct Relief<'a> {
    everywhere: f32,
    places: Vec<(&'a Mask, f32)>,
}

impl Relief<'_> {
    /// 0 nothing to 1 all, at pixel `i`.
    #[inline]
    pub(crate) fn at(&self, i: usize) -> f32 {
        self.places
            .iter()
            .fold(self.everywhere, |most, (mask, share)| {
                most.max(mask.values[i] * share)
            })
    }
    /// What is not forgiven of a row that begins at pixel `start`, 1 all to 0 nothing.
    pub(crate) fn kept(&self, start: usize, kept: &mut [f32]) {
        if self.places.is_empty() {
            return kept.fill(1.0 - self.everywhere);
        }
        for (i, kept) in (start..).zip(kept) {
            *kept = 1.0 - self.at(i);
        }
    }
    /// The same everywhere, if it is.
    pub(crate) fn even(&self) -> Option<f32> {
        self.places.is_empty().then_some(self.everywhere)
    }
    /// Over the whole picture.
    pub(crate) fn overall(&self) -> f32 {
        self.places
            .iter()
            .fold(self.everywhere, |most, (mask, share)| {
                most.max(mask.share() * share)
            })
    }
}

fn is_tonal(part: &Part) -> bool {
    matches!(
        part.kind,
        RegionKind::Highlights
            | RegionKind::Midtones
            | RegionKind::Shadows
            | RegionKind::Colour(_)
            | RegionKind::Neutrals
            | RegionKind::Centre
            | RegionKind::Edges
            | RegionKind::Corners
    )
}

fn keep_region(keep: &retake_core::Keep) -> Option<&Region> {
    use retake_core::Keep;
    match keep {
        Keep::Region(region)
        | Keep::Colours(region)
        | Keep::Quantity(_, region)
        | Keep::Not(_, _, region) => Some(region),
        Keep::NotTooMuch(..) | Keep::HighlightDetail | Keep::ShadowDetail => None,
    }
}

fn place(
    region: &Region,
    regions: &Regions,
    painted: Option<&Mask>,
    at: &Alignment,
) -> Option<Mask> {
    let (width, height) = at.source;
    let by_name =
        (!region.is_whole()).then(|| at.mask_in_frame(&regions.mask(region, width, height)));
    let says_painted = region
        .parts
        .iter()
        .any(|part| part.kind == RegionKind::Painted);
    let by_hand = painted
        .filter(|_| !says_painted)
        .map(|mask| at.mask_in_frame(mask));
    match (by_name, by_hand) {
        (Some(mut mask), Some(hand)) => {
            for (value, hand) in mask.values.iter_mut().zip(&hand.values) {
                *value *= hand;
            }
            Some(mask)
        }
        (name, hand) => name.or(hand),
    }
}

/// The union of all places; `None` when some goal is meant everywhere or nothing is asked.
fn inside(goals: &[Goal], places: &[Option<Mask>]) -> Option<Mask> {
    if goals.iter().any(|goal| goal.quantity.is_geometry()) {
        return None;
    }
    let mut union: Option<Mask> = None;
    for place in places {
        let place = place.as_ref()?;
        match &mut union {
            None => union = Some(place.clone()),
            Some(union) => {
                for (value, other) in union.values.iter_mut().zip(&place.values) {
                    *value = value.max(*other);
                }
            }
        }
    }
    union
}
