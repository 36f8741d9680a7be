//! What words mean in pixels: every quantity an instruction can ask for, with one definition that the editor aims at,
//! the reward measures and the documentation prints. The measuring itself is in `retake-pixels`.
//! Lab values are CIELAB (D65) of the picture as it is displayed in sRGB.

mod colour;
mod detail;
mod effect;
mod frame;
mod light;

use serde::{Deserialize, Serialize};

use crate::{Change, Said};

/// Something measurable that an instruction can ask to raise, lower or set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each is defined in QUANTITIES")]
pub enum Quantity {
    Exposure,
    Lightness,
    Contrast,
    Highlights,
    Shadows,
    Whites,
    Blacks,
    Warmth,
    Tint,
    Cast,
    Saturation,
    Vibrance,
    Hue,
    Monochrome,
    Toning,
    ShadowTone,
    HighlightTone,
    Fade,
    Sharpness,
    Blur,
    MotionBlur,
    Clarity,
    Texture,
    Haze,
    Noise,
    Grain,
    Glow,
    Vignette,
    Painterly,
    Pixelate,
    Posterise,
    Aspect,
    Straighten,
    Rotation,
    FlipHorizontal,
    FlipVertical,
}

/// How an asked degree becomes a range. The four steps are slight, moderate (no degree said), strong, extreme.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scale {
    /// the value moves by this many units
    Delta([f32; 4]),
    /// the value is multiplied (raised) or divided (lowered) by this
    Factor([f32; 4]),
    /// the value must come within `tolerance` of a target: 0 when the goal names none, else the goal's amount
    Target {
        /// half-width of what passes, in the quantity's unit
        tolerance: f32,
    },
}

/// One row of the table of quantities.
#[derive(Clone, Copy, Debug)]
pub struct QuantityInfo {
    /// which
    pub quantity: Quantity,
    /// its name in records and recipes
    pub id: &'static str,
    /// what it is called when it rises, falls (or is set)
    pub words: [&'static str; 2],
    /// symbol and unit for the scorecard: "b*", "L*", "×"
    pub unit: &'static str,
    /// the definition, in one sentence
    pub definition: &'static str,
    /// how degrees become ranges
    pub scale: Scale,
    /// the smallest change that people see, in the unit: no degree asks for less
    pub visible: f32,
    /// the values that photos reach; an asked change is limited to 60 % of the way to the bound
    pub bounds: (f32, f32),
}

#[expect(
    clippy::too_many_arguments,
    reason = "a row of the table, one argument a column"
)]
const fn row(
    quantity: Quantity,
    id: &'static str,
    words: [&'static str; 2],
    unit: &'static str,
    scale: Scale,
    visible: f32,
    bounds: (f32, f32),
    definition: &'static str,
) -> QuantityInfo {
    QuantityInfo {
        quantity,
        id,
        words,
        unit,
        definition,
        scale,
        visible,
        bounds,
    }
}

const ANY: (f32, f32) = (-1e6, 1e6);
const SHARE: (f32, f32) = (0.0, 1.0);
const LSTAR: (f32, f32) = (0.0, 100.0);

/// Every quantity, in the order a photographer works.
pub const QUANTITIES: &[QuantityInfo] = &table([
    light::LIGHT,
    colour::COLOUR,
    detail::DETAIL,
    effect::EFFECTS,
    frame::FRAME,
]);

/// How many there are: `FlipVertical` is the last of the enum.
const COUNT: usize = Quantity::FlipVertical as usize + 1;

/// The chapters of the table one after another; does not compile when a row is missing or too many.
const fn table(chapters: [&[QuantityInfo]; 5]) -> [QuantityInfo; COUNT] {
    let mut all = [light::LIGHT[0]; COUNT];
    let (mut chapter, mut next) = (0, 0);
    while chapter < chapters.len() {
        let mut of_it = 0;
        while of_it < chapters[chapter].len() {
            all[next] = chapters[chapter][of_it];
            (next, of_it) = (next + 1, of_it + 1);
        }
        chapter += 1;
    }
    assert!(next == COUNT, "a quantity without a row");
    all
}

impl Quantity {
    /// Its row in the table.
    pub fn info(self) -> &'static QuantityInfo {
        &QUANTITIES[self as usize]
    }
    /// Its name for people: "shadow tone".
    pub fn name(self) -> Said {
        Said::name(self.id().replace('_', " "))
    }
    /// What a change of it is called: "warmer", "cooler".
    pub fn word(self, change: Change) -> Said {
        Said::name(self.info().words[usize::from(change == Change::Lower)])
    }
    /// Its name in records.
    pub fn id(self) -> &'static str {
        self.info().id
    }
    /// True when it changes the shape or the place of things rather than their colour.
    pub fn is_geometry(self) -> bool {
        self >= Quantity::Aspect
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_enum() {
        for (i, info) in QUANTITIES.iter().enumerate() {
            assert_eq!(info.quantity as usize, i, "{}", info.id);
        }
    }
}
