//! One goal on its way into the recipe: a way of meeting it, where, and how strongly.

use retake_core::{Amount, Change, Constraint, Goal, Keep, Part, Quantity, Region, RegionKind};

use super::tones::Tones;
use super::trial::Trials;
use super::ways::{Knobs, Way, oklab_hue};
use super::{hue_of, is_set};
use crate::recipe::{Combine, Layer, MaskPart, MaskShape, Operation, RECIPE_VERSION, Recipe};

/// How far a goal is taken back at the most because much of its place must stay; a check accepts half of what is asked.
const LEAST_EASED: f32 = 0.6;

/// A goal with its way and its strength.
#[derive(Clone)]
pub(crate) struct Step {
    pub(crate) goal: Goal,
    pub(crate) way: &'static Way,
    /// of the asked change: 1 is as asked
    pub(crate) share: f32,
    /// uniform draws that the way may use
    pub(crate) taste: [f32; 3],
    /// in the way's own unit; negative lowers
    pub(crate) strength: f32,
    /// measured in the source
    pub(crate) before: f32,
    /// wanted after
    pub(crate) target: f32,
    /// added to hold tones back, with a strength that is stepped rather than solved
    pub(crate) held: bool,
    /// other goals want the same tones spread: it may use its sliders only, not the curves beyond them
    pub(crate) modest: bool,
    mask: Vec<MaskPart>,
    tilt_deg: f32,
    tones: Tones,
}

impl Step {
    pub(crate) fn new(
        goal: Goal,
        way: &'static Way,
        share: f32,
        taste: [f32; 3],
        constraints: &[Constraint],
        masked: bool,
        trials: &Trials,
    ) -> Self {
        let solved = !is_set(&goal) && !goal.quantity.is_geometry();
        let before = if solved {
            trials.scope(&goal).before()
        } else {
            0.0
        };
        let aim = goal.asked(before).aim;
        // where much must stay, the rest need not make up for it: it would change beyond measure
        let eased = match goal.amount {
            Amount::Degree(_) | Amount::Hue(..) if solved => {
                free_share(&goal, way, constraints, trials).max(LEAST_EASED)
            }
            _ => 1.0,
        };
        let target = match goal.quantity {
            Quantity::Hue => before + turn(aim - before),
            _ if goal.change == Change::Set => aim,
            _ => before + (aim - before) * (share * eased).max(share.min(0.5)),
        };
        let mut taste = taste;
        if goal.quantity == Quantity::Cast && solved {
            [taste[1], taste[2]] = trials.neutral_light(&goal);
        }
        let mask = mask(&goal, way, constraints, masked);
        let tilt_deg = if goal.quantity == Quantity::Straighten {
            retake_pixels::horizon::tilt_deg(&retake_pixels::lab::Lab::of(&trials.analysis.proxy))
                .unwrap_or(0.0)
        } else {
            0.0
        };
        let tones = trials.tones(&goal.region);
        Self {
            goal,
            way,
            share,
            taste,
            strength: 0.0,
            before,
            target,
            held: false,
            modest: false,
            mask,
            tilt_deg,
            tones,
        }
        .settled()
    }

    /// A way whose strength is a number the person gave needs no solving.
    fn settled(mut self) -> Self {
        if !self.solved() {
            self.strength = match self.goal.amount {
                Amount::Units(units) if self.goal.change == Change::Lower => -units,
                Amount::Units(units) => units,
                _ => self.share,
            };
        }
        self
    }

    /// True when the strength is found by trying.
    pub(crate) fn solved(&self) -> bool {
        let said = self.goal.quantity == Quantity::Exposure
            && matches!(self.goal.amount, Amount::Units(_));
        let fixed = self.way.direct || self.held || said;
        !fixed && !is_set(&self.goal) && !self.goal.quantity.is_geometry()
    }

    /// The greatest strength, signed.
    pub(crate) fn most(&self) -> f32 {
        let down = match self.goal.quantity {
            Quantity::Hue => self.target < self.before,
            _ => self.goal.change == Change::Lower,
        };
        let most = match self.way.most {
            most if !self.modest => most,
            most if most > 100.0 => 100.0,
            most => 0.5 * most,
        };
        let most = most.min(self.way.most * implied_reach(&self.goal));
        let most = match self.goal.quantity {
            Quantity::Lightness if self.goal.weight < 1.0 && !down => {
                most.min(self.tones.stops_of_room())
            }
            _ => most,
        };
        if down { -most } else { most }
    }

    /// How far, as a share of the greatest strength, it may work against its own goal when others overdo it. A style's
    /// sliders for tone and detail do not: contrast that already brought clarity is not answered with softness.
    pub(crate) fn back(&self) -> f32 {
        let tonal = matches!(
            self.goal.quantity,
            Quantity::Highlights
                | Quantity::Shadows
                | Quantity::Whites
                | Quantity::Blacks
                | Quantity::Clarity
                | Quantity::Texture
                | Quantity::Sharpness
        );
        if tonal && self.goal.weight < 1.0 && self.goal.weight > 0.0 {
            0.0
        } else {
            0.5
        }
    }

    fn operations(&self) -> Vec<Operation> {
        (self.way.operations)(&Knobs {
            strength: self.strength,
            goal: &self.goal,
            taste: self.taste,
            tilt_deg: self.tilt_deg,
            tones: self.tones,
        })
    }
}

/// What a style implies must not be had at any price: where its goals pull against each other (warmer, yet less
/// saturated), each keeps to this share of its slider.
fn implied_reach(goal: &Goal) -> f32 {
    match goal.amount {
        Amount::Degree(degree) | Amount::Hue(_, degree) if goal.weight < 1.0 => {
            [0.35, 0.6, 1.0, 1.0][degree as usize]
        }
        _ => 1.0,
    }
}

/// Where a step may act: its region, inside the painted mask, outside of what must stay.
fn mask(goal: &Goal, way: &Way, constraints: &[Constraint], masked: bool) -> Vec<MaskPart> {
    if goal.quantity.is_geometry() {
        return Vec::new();
    }
    let part = |region: Region, combine: Combine| MaskPart {
        shape: MaskShape::Region(region),
        combine,
        invert: false,
    };
    let mut parts = Vec::new();
    if !goal.region.is_whole() {
        parts.push(part(goal.region.clone(), Combine::Intersect));
    }
    if masked {
        parts.push(MaskPart {
            shape: MaskShape::Painted,
            combine: Combine::Intersect,
            invert: false,
        });
    }
    for constraint in constraints {
        let kept = match &constraint.keep {
            Keep::Region(region) => Some(region),
            Keep::Colours(region) if way.colours => Some(region),
            _ => None,
        };
        if let Some(region) = kept {
            if parts.is_empty() {
                parts.push(MaskPart {
                    shape: MaskShape::Whole,
                    combine: Combine::Intersect,
                    invert: false,
                });
            }
            parts.push(MaskPart {
                shape: kept_shape(region, goal),
                combine: Combine::Subtract,
                invert: false,
            });
        }
    }
    parts
}

/// Greys that are to stay grey pass slowly into what may change: a pale blue at the rim of a cloud that was warmed as
/// much as the sky would turn yellow between the white and the blue. A goal shifts Oklch chroma by about 0.1 at the most,
/// and the mask must fall less steeply than that among the colours that pass through grey on their way.
fn kept_shape(region: &Region, goal: &Goal) -> MaskShape {
    let greys = matches!(
        region.parts.as_slice(),
        [Part {
            kind: RegionKind::Neutrals,
            inverted: false
        }]
    );
    match towards(goal) {
        Some(towards_deg) if greys => MaskShape::Neutral {
            towards_deg,
            chroma: 0.015,
            feather: [0.05, 0.22],
        },
        _ => MaskShape::Region(region.clone()),
    }
}

/// The Oklch hue that a goal moves all colours towards, if it does.
fn towards(goal: &Goal) -> Option<f32> {
    let raised = goal.change == Change::Raise;
    let of_cielab = |hue_deg: f32| Some(oklab_hue(hue_deg + if raised { 0.0 } else { 180.0 }));
    match goal.quantity {
        Quantity::Warmth => of_cielab(85.0),
        Quantity::Tint => of_cielab(0.0),
        Quantity::ShadowTone | Quantity::HighlightTone => hue_of(goal).map(oklab_hue),
        _ => None,
    }
}

/// The share of a goal's place that its way may change, 0 to 1.
fn free_share(goal: &Goal, way: &Way, constraints: &[Constraint], trials: &Trials) -> f32 {
    let (size, place) = (trials.tiny(), trials.mask_of(&goal.region));
    let all = place
        .as_ref()
        .map_or(size.len() as f32, |mask| mask.values.iter().sum());
    let kept = constraints
        .iter()
        .filter_map(|constraint| match &constraint.keep {
            Keep::Region(region) => Some(region),
            Keep::Colours(region) if way.colours => Some(region),
            _ => None,
        });
    let mut free = place.map_or_else(|| vec![1.0; size.len()], |mask| mask.values);
    for region in kept {
        if let Some(kept) = trials.mask_of(region) {
            for (free, kept) in free.iter_mut().zip(&kept.values) {
                *free *= 1.0 - kept;
            }
        }
    }
    if all > 0.0 {
        free.iter().sum::<f32>() / all
    } else {
        1.0
    }
}

/// The recipe of some steps; neighbours with the same mask share a layer.
pub(crate) fn recipe_of(steps: &[Step]) -> Recipe {
    let mut layers: Vec<Layer> = Vec::new();
    for step in steps {
        let operations = step.operations();
        match layers.last_mut() {
            Some(layer) if layer.mask == step.mask => layer.operations.extend(operations),
            _ => layers.push(Layer {
                name: name(&step.goal),
                mask: step.mask.clone(),
                opacity: 1.0,
                operations,
            }),
        }
    }
    for layer in &mut layers {
        layer.operations.retain(|operation| !operation.is_neutral());
    }
    layers.retain(|layer| !layer.operations.is_empty());
    Recipe {
        version: RECIPE_VERSION,
        layers,
    }
}

fn name(goal: &Goal) -> String {
    match goal.region.parts.as_slice() {
        [] => String::new(),
        [
            Part {
                kind: RegionKind::Painted,
                inverted: false,
            },
        ] => "inside the mask".to_owned(),
        _ => goal.region.to_string(),
    }
}

/// An angle in degrees as the shorter way round, -180 to 180.
pub(crate) fn turn(degrees: f32) -> f32 {
    (degrees + 180.0).rem_euclid(360.0) - 180.0
}
