//! What words mean in pixels: every quantity an instruction can ask for, with one definition that the editor aims at,
//! the reward measures and the documentation prints. The measuring itself is in `retake-pixels`.
//! Lab values are CIELAB (D65) of the picture as it is displayed in sRGB.

use serde::{Deserialize, Serialize};

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
    reason = "a row of the table below, one argument a column"
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

use Quantity as Q;
use Scale::{Delta, Factor, Target};
const ANY: (f32, f32) = (-1e6, 1e6);
const SHARE: (f32, f32) = (0.0, 1.0);
const LSTAR: (f32, f32) = (0.0, 100.0);

/// Every quantity, in the order a photographer works.
pub const QUANTITIES: &[QuantityInfo] = &[
    row(
        Q::Exposure,
        "exposure",
        ["brighter exposure", "darker exposure"],
        "EV",
        Delta([0.25, 0.5, 1.0, 1.8]),
        0.08,
        ANY,
        "Median over the region of log2(luminance edited / source), over pixels with L* from 1 to 99.5 in both (else of the mean luminances); 0 in the source.",
    ),
    row(
        Q::Lightness,
        "lightness",
        ["brighter", "darker"],
        "L*",
        Delta([4.0, 9.0, 16.0, 26.0]),
        1.0,
        LSTAR,
        "Mean L* over the region.",
    ),
    row(
        Q::Contrast,
        "contrast",
        ["more contrast", "less contrast"],
        "σ L*",
        Factor([1.08, 1.18, 1.32, 1.5]),
        0.6,
        (0.0, 45.0),
        "Standard deviation of L* over the region.",
    ),
    row(
        Q::Highlights,
        "highlights",
        ["brighter highlights", "darker highlights"],
        "L*",
        Delta([2.5, 5.0, 9.0, 14.0]),
        0.8,
        LSTAR,
        "Mean L* of the pixels that are the brightest quarter of the region in the source (ties included).",
    ),
    row(
        Q::Shadows,
        "shadows",
        ["lifted shadows", "darker shadows"],
        "L*",
        Delta([2.5, 6.0, 11.0, 17.0]),
        0.8,
        LSTAR,
        "Mean L* of the pixels that are the darkest quarter of the region in the source (ties included).",
    ),
    row(
        Q::Whites,
        "whites",
        ["whiter whites", "duller whites"],
        "L*",
        Delta([1.5, 3.5, 6.0, 10.0]),
        0.6,
        LSTAR,
        "99th percentile of L* over the region.",
    ),
    row(
        Q::Blacks,
        "blacks",
        ["lifted blacks", "deeper blacks"],
        "L*",
        Delta([1.5, 3.5, 6.0, 10.0]),
        0.6,
        LSTAR,
        "1st percentile of L* over the region.",
    ),
    row(
        Q::Warmth,
        "warmth",
        ["warmer", "cooler"],
        "b*",
        Delta([2.5, 5.5, 9.5, 15.0]),
        0.8,
        (-100.0, 100.0),
        "Mean b* over the region.",
    ),
    row(
        Q::Tint,
        "tint",
        ["more magenta", "greener tint"],
        "a*",
        Delta([2.0, 4.5, 8.0, 13.0]),
        0.8,
        (-100.0, 100.0),
        "Mean a* over the region.",
    ),
    row(
        Q::Cast,
        "cast",
        ["more colour cast", "less colour cast"],
        "C*",
        Factor([1.3, 1.8, 2.8, 5.0]),
        0.8,
        (0.0, 60.0),
        "Length of the mean (a*, b*) of the pixels that are nearest to neutral in the source (the least colourful third with L* from 20 to 98).",
    ),
    row(
        Q::Saturation,
        "saturation",
        ["more saturated", "less saturated"],
        "C*",
        Factor([1.12, 1.27, 1.5, 1.8]),
        0.8,
        (0.0, 65.0),
        "Mean chroma C*ab over the region.",
    ),
    row(
        Q::Vibrance,
        "vibrance",
        ["more vibrant", "less vibrant"],
        "C*",
        Factor([1.12, 1.27, 1.5, 1.8]),
        0.6,
        (0.0, 60.0),
        "Mean chroma C*ab of the pixels that are the less colourful half of the region in the source.",
    ),
    row(
        Q::Hue,
        "hue",
        ["hue shifted", "hue shifted"],
        "°",
        Target { tolerance: 28.0 },
        4.0,
        ANY,
        "Chroma-weighted circular mean of the CIELAB hue angle over the region, as the angle within 180° of the asked one (of the source's, when none is asked); 180° away without colour.",
    ),
    row(
        Q::Monochrome,
        "monochrome",
        ["black and white", "black and white"],
        "C*",
        Target { tolerance: 2.0 },
        0.5,
        (0.0, 130.0),
        "Mean chroma C*ab over the region; below 2 is black and white.",
    ),
    row(
        Q::Toning,
        "toning",
        ["toned", "toned"],
        "°",
        Target { tolerance: 25.0 },
        4.0,
        ANY,
        "Chroma-weighted circular mean of the CIELAB hue angle, as the angle within 180° of the asked one; moved away from it by 180° times what lacks of 90 % of the chroma within 40° of the mean and of a mean chroma of 3; full credit only where colours of the same L* differ little.",
    ),
    row(
        Q::ShadowTone,
        "shadow_tone",
        ["toned shadows", "toned shadows"],
        "C*",
        Delta([2.5, 5.0, 9.0, 15.0]),
        0.8,
        ANY,
        "Mean change of (a*, b*) in the source's darker third, projected on the asked hue; 0 in the source.",
    ),
    row(
        Q::HighlightTone,
        "highlight_tone",
        ["toned highlights", "toned highlights"],
        "C*",
        Delta([2.5, 5.0, 9.0, 15.0]),
        0.8,
        ANY,
        "Mean change of (a*, b*) in the source's brighter third, projected on the asked hue; 0 in the source.",
    ),
    row(
        Q::Fade,
        "fade",
        ["faded", "less faded"],
        "L*",
        Delta([4.0, 9.0, 15.0, 22.0]),
        1.0,
        LSTAR,
        "2nd percentile of L*: how grey the deepest black is.",
    ),
    row(
        Q::Sharpness,
        "sharpness",
        ["sharper", "softer"],
        "×",
        Factor([1.08, 1.2, 1.4, 1.7]),
        0.03,
        (0.0, 100.0),
        "Edge acutance: mean gradient of L* (Sobel) over the tenth of the region's pixels with the strongest gradient in the source, divided by that of L* blurred by 3 % of the long edge, so that contrast is not sharpness; relative to the source (1 there).",
    ),
    row(
        Q::Blur,
        "blur",
        ["more blurred", "less blurred"],
        "share",
        Delta([0.3, 0.55, 0.8, 0.92]),
        0.05,
        (-3.0, 1.6),
        "1 − edge acutance relative to the source (as for sharpness) over the region; 0 in the source.",
    ),
    row(
        Q::MotionBlur,
        "motion_blur",
        ["motion blurred", "less motion blur"],
        "share",
        Delta([0.25, 0.4, 0.52, 0.6]),
        0.05,
        SHARE,
        "1 − the smallest over the largest of the mean gradients of L* along eight directions at the source's edges (as for sharpness), each relative to the source; 0 in the source.",
    ),
    row(
        Q::Clarity,
        "clarity",
        ["more clarity", "less clarity"],
        "×",
        Factor([1.07, 1.16, 1.3, 1.5]),
        0.03,
        (0.0, 100.0),
        "RMS of L* between Gaussian blurs of 0.3 % (at least 0.6 px) and 3 % of the long edge, relative to the source (1 there).",
    ),
    row(
        Q::Texture,
        "texture",
        ["more texture", "smoother"],
        "×",
        Factor([1.10, 1.22, 1.45, 1.8]),
        0.03,
        (0.0, 100.0),
        "RMS of L* between no blur and a Gaussian blur of 0.3 % of the long edge (at least 0.6 px), relative to the source (1 there).",
    ),
    row(
        Q::Haze,
        "haze",
        ["hazier", "less haze"],
        "share",
        Delta([0.025, 0.06, 0.11, 0.18]),
        0.008,
        SHARE,
        "Mean dark channel: smallest sRGB-coded channel, 0 to 1, in each tile of 2 % of the long edge.",
    ),
    row(
        Q::Noise,
        "noise",
        ["noisier", "less noise"],
        "×",
        Factor([1.25, 1.7, 2.5, 4.0]),
        0.08,
        (0.0, 100.0),
        "Grain relative to the source (1 there).",
    ),
    row(
        Q::Grain,
        "grain",
        ["grainier", "less grain"],
        "σ L*",
        Delta([0.7, 1.5, 2.8, 4.5]),
        0.2,
        (0.0, 50.0),
        "Standard deviation (√(π/2) times the mean absolute value) of the fine detail of L* (as for texture) where the source's local fine detail is the weakest tenth of its unclipped pixels.",
    ),
    row(
        Q::Glow,
        "glow",
        ["more glow", "less glow"],
        "L*",
        Delta([1.2, 2.5, 5.0, 9.0]),
        0.4,
        ANY,
        "Mean rise of L* within 3 % of the long edge around the source's brightest tenth, less that of pixels of the same L* in the source far from it; fading to 0 where edge acutance falls from 0.7 to 0.3 of the source's; 0 in the source.",
    ),
    row(
        Q::Vignette,
        "vignette",
        ["darker corners", "brighter corners"],
        "L*",
        Delta([4.0, 8.0, 14.0, 22.0]),
        1.0,
        ANY,
        "Mean change of L* in the centre less that in the four corners, between places of equal L* in the source, both blurred by 3 % of the long edge; 0 in the source.",
    ),
    row(
        Q::Painterly,
        "painterly",
        ["painterly", "less painterly"],
        "share",
        Delta([0.12, 0.25, 0.4, 0.55]),
        0.05,
        SHARE,
        "1 − flatness of strokes relative to the source: mean gradient of L* (Sobel) in the calmer half of the unclipped pixels over that in the strongest tenth; discounted when the tones are fewer than the source's; 0 in the source.",
    ),
    row(
        Q::Pixelate,
        "pixelate",
        ["pixelated", "less pixelated"],
        "% of long edge",
        Delta([0.3, 0.7, 1.4, 2.5]),
        0.1,
        (0.0, 20.0),
        "Side of blocks of equal pixels (ΔL* below 0.4), from the share of unequal neighbours in the source that have become equal; discounted when the remaining steps are weaker or the tones fewer than the source's; 0 in the source.",
    ),
    row(
        Q::Posterise,
        "posterise",
        ["posterised", "less posterised"],
        "share",
        Delta([0.3, 0.45, 0.6, 0.7]),
        0.08,
        SHARE,
        "1 − evenness of tones relative to the source: effective number of tones (exponential entropy of the L* histogram in 100 bins) over that of the same histogram blurred by 4 L*; 0 in the source.",
    ),
    row(
        Q::Aspect,
        "aspect",
        ["cropped", "cropped"],
        "w/h",
        Target { tolerance: 0.02 },
        0.01,
        (0.0, 100.0),
        "Width over height; the tolerance is relative.",
    ),
    row(
        Q::Straighten,
        "straighten",
        ["straightened", "straightened"],
        "°",
        Target { tolerance: 0.6 },
        0.2,
        (-45.0, 45.0),
        "Rotation against the source in degrees clockwise, found by registration; with no angle asked, the tilt that remains in the horizon.",
    ),
    row(
        Q::Rotation,
        "rotation",
        ["rotated", "rotated"],
        "°",
        Target { tolerance: 1.0 },
        0.3,
        (-360.0, 360.0),
        "Rotation against the source in degrees clockwise, found by registration.",
    ),
    row(
        Q::FlipHorizontal,
        "flip_horizontal",
        ["mirrored", "mirrored"],
        "",
        Target { tolerance: 0.5 },
        0.5,
        SHARE,
        "0 when the edit is nearer to the mirrored source (left-right) than to the source, else 1.",
    ),
    row(
        Q::FlipVertical,
        "flip_vertical",
        ["flipped upside down", "flipped upside down"],
        "",
        Target { tolerance: 0.5 },
        0.5,
        SHARE,
        "0 when the edit is nearer to the source flipped top to bottom than to the source, else 1.",
    ),
];

impl Quantity {
    /// Its row in the table.
    pub fn info(self) -> &'static QuantityInfo {
        &QUANTITIES[self as usize]
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
