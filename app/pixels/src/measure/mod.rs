//! Measures every quantity of `retake_core::QUANTITIES` on pixels, exactly as its definition says: one line each in
//! a table, one file a family. The editor's solver and the reward call the same functions.

mod colour;
mod detail;
mod light;
mod planes;
mod slopes;
mod structure;
mod tone;
mod weigh;

#[cfg(test)]
mod ladders;
#[cfg(test)]
mod robust;

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use retake_core::{Mask, Quantity, Raster};

use crate::lab::Lab;
use crate::once::Filled;
use crate::{blur, resize};
use light::Surroundings;
use planes::Layout;
use weigh::Area;

type Value = fn(&Reference, &Lab, &Area<'_>) -> f32;
type Evidence = fn(&Reference, &Lab, &Area<'_>) -> Vec<f32>;

struct Measure {
    quantity: Quantity,
    value: Value,
    evidence: Evidence,
}

const fn by(quantity: Quantity, value: Value, evidence: Evidence) -> Measure {
    Measure {
        quantity,
        value,
        evidence,
    }
}

use Quantity as Q;

/// How each quantity is measured, in the order of the enum.
#[rustfmt::skip]
const MEASURES: &[Measure] = &[
    by(Q::Exposure, tone::exposure, tone::lightness_evidence),
    by(Q::Lightness, tone::lightness, tone::lightness_evidence),
    by(Q::Contrast, tone::contrast, tone::contrast_evidence),
    by(Q::Highlights, tone::highlights, tone::highlights_evidence),
    by(Q::Shadows, tone::shadows, tone::shadows_evidence),
    by(Q::Whites, tone::whites, tone::highlights_evidence),
    by(Q::Blacks, tone::blacks, tone::shadows_evidence),
    by(Q::Warmth, colour::warmth, colour::warmth_evidence),
    by(Q::Tint, colour::tint, colour::tint_evidence),
    by(Q::Cast, colour::cast, colour::cast_evidence),
    by(Q::Saturation, colour::saturation, colour::chroma_evidence),
    by(Q::Vibrance, colour::vibrance, colour::chroma_evidence),
    by(Q::Hue, colour::hue, colour::hue_evidence),
    by(Q::Monochrome, colour::saturation, colour::chroma_evidence),
    by(Q::Toning, colour::toning, colour::hue_evidence),
    by(Q::ShadowTone, colour::shadow_tone, colour::shadow_tone_evidence),
    by(Q::HighlightTone, colour::highlight_tone, colour::highlight_tone_evidence),
    by(Q::Fade, tone::fade, tone::shadows_evidence),
    by(Q::Sharpness, detail::sharpness, detail::edge_evidence),
    by(Q::Blur, detail::blurred, detail::edge_evidence),
    by(Q::MotionBlur, detail::motion_blur, detail::edge_evidence),
    by(Q::Clarity, detail::clarity, detail::clarity_evidence),
    by(Q::Texture, detail::texture, detail::fine_evidence),
    by(Q::Haze, light::haze, light::haze_evidence),
    by(Q::Noise, detail::noise, detail::fine_evidence),
    by(Q::Grain, detail::grain, detail::fine_evidence),
    by(Q::Glow, light::glow, light::glow_evidence),
    by(Q::Vignette, light::vignette, light::vignette_evidence),
    by(Q::Painterly, structure::painterly, detail::fine_evidence),
    by(Q::Pixelate, structure::pixelate, structure::pixelate_evidence),
    by(Q::Posterise, structure::posterise, tone::lightness_evidence),
];

/// The value of a geometry quantity for a picture that has not been turned, cropped or mirrored.
fn unturned(quantity: Quantity, lab: &Lab) -> f32 {
    match quantity {
        Q::Aspect => lab.width as f32 / lab.height.max(1) as f32,
        Q::FlipHorizontal | Q::FlipVertical => 1.0,
        _ => 0.0,
    }
}

/// What the source looks like, with everything measures share computed once (on first use).
pub struct Reference {
    lab: Arc<Lab>,
    everywhere: Vec<f32>,
    chroma: OnceLock<Vec<f32>>,
    gradient: OnceLock<Vec<f32>>,
    layout: OnceLock<Layout>,
    fine: OnceLock<Vec<f32>>,
    middle: OnceLock<Vec<f32>>,
    energy: OnceLock<Vec<f32>>,
    surroundings: OnceLock<Surroundings>,
}

impl Reference {
    /// Of a source in linear Rec.2020, as sRGB shows it.
    pub fn new(source: &Raster) -> Self {
        Self::of(Lab::of(source))
    }

    /// Of a source already in CIELAB.
    pub fn of(lab: impl Into<Arc<Lab>>) -> Self {
        let lab = lab.into();
        Self {
            everywhere: vec![1.0; lab.len()],
            lab,
            chroma: OnceLock::new(),
            gradient: OnceLock::new(),
            layout: OnceLock::new(),
            fine: OnceLock::new(),
            middle: OnceLock::new(),
            energy: OnceLock::new(),
            surroundings: OnceLock::new(),
        }
    }

    /// The source in CIELAB.
    pub fn lab(&self) -> &Lab {
        &self.lab
    }

    /// The quantity in the source, over the region's mask (`None` is the whole photo), in the quantity's unit.
    /// A mask that is empty everywhere, or of another size, counts as the whole photo. `hue_deg` is the CIELAB hue
    /// asked for, for hue, toning and split tones; hues are returned unwrapped to within 180° of it.
    /// Geometry quantities are not measured here: they get the values of an unturned picture (0; width over height
    /// for the aspect; 1 for the flips). Always finite.
    pub fn before(&self, quantity: Quantity, region: Option<&Mask>, hue_deg: Option<f32>) -> f32 {
        self.value(quantity, &self.lab, region, hue_deg)
    }

    /// The quantity in an edit, as [`Self::before`]. An edit of another size is brought to the source's first.
    pub fn after(
        &self,
        quantity: Quantity,
        edited: &Lab,
        region: Option<&Mask>,
        hue_deg: Option<f32>,
    ) -> f32 {
        self.value(quantity, &self.fitted(edited), region, hue_deg)
    }

    /// Where the change of this quantity shows, 0 to 1, at the source's size and within the region: |Δb*| for warmth,
    /// the change of gradients for sharpness, darker corners for a vignette. Geometry quantities show nothing here.
    pub fn evidence(
        &self,
        quantity: Quantity,
        edited: &Lab,
        region: Option<&Mask>,
        hue_deg: Option<f32>,
    ) -> Mask {
        let edited = self.fitted(edited);
        let area = self.area(region, hue_deg);
        let mut values = match MEASURES.get(quantity as usize) {
            Some(measure) if !self.lab.is_empty() => (measure.evidence)(self, &edited, &area),
            _ => vec![0.0; self.lab.len()],
        };
        for (value, weight) in values.iter_mut().zip(area.weights) {
            *value = (*value).clamp(0.0, 1.0) * weight.clamp(0.0, 1.0);
        }
        Mask {
            width: self.lab.width,
            height: self.lab.height,
            values,
        }
    }

    fn value(
        &self,
        quantity: Quantity,
        edited: &Lab,
        region: Option<&Mask>,
        hue_deg: Option<f32>,
    ) -> f32 {
        let Some(measure) = MEASURES.get(quantity as usize) else {
            return unturned(quantity, edited);
        };
        if self.lab.is_empty() {
            return 0.0;
        }
        debug_assert_eq!(measure.quantity, quantity);
        let value = (measure.value)(self, edited, &self.area(region, hue_deg));
        if value.is_finite() { value } else { 0.0 }
    }

    fn area<'a>(&'a self, region: Option<&'a Mask>, hue_deg: Option<f32>) -> Area<'a> {
        let usable = region.filter(|mask| {
            mask.values.len() == self.lab.len()
                && mask.width == self.lab.width
                && mask.share() * self.lab.len() as f32 > 1e-3
        });
        Area {
            weights: usable.map_or(&self.everywhere, |mask| &mask.values),
            hue_deg: hue_deg.filter(|hue| hue.is_finite()),
        }
    }

    fn fitted<'a>(&self, edited: &'a Lab) -> Cow<'a, Lab> {
        let (width, height) = (self.lab.width, self.lab.height);
        if (edited.width, edited.height) == (width, height) {
            return Cow::Borrowed(edited);
        }
        if edited.is_empty() {
            return Cow::Owned(Lab::clone(&self.lab));
        }
        let plane =
            |values: &[f32]| resize::plane(values, edited.width, edited.height, width, height);
        Cow::Owned(Lab {
            width,
            height,
            l: plane(&edited.l),
            a: plane(&edited.a),
            b: plane(&edited.b),
        })
    }

    /// Gradient of L*, per px.
    fn gradient(&self) -> &[f32] {
        self.gradient
            .filled(|| planes::gradient(&self.lab.l, self.lab.width, self.lab.height))
    }
    /// L* blurred to its layout.
    fn layout(&self) -> &Layout {
        self.layout
            .filled(|| Layout::of(&self.lab.l, self.lab.width, self.lab.height))
    }
    /// Fine detail of L*.
    fn fine(&self) -> &[f32] {
        self.fine
            .filled(|| planes::fine(&self.lab.l, self.lab.width, self.lab.height))
    }
    /// Local contrast of L*.
    fn middle(&self) -> &[f32] {
        self.middle
            .filled(|| planes::middle(&self.lab.l, self.lab.width, self.lab.height))
    }
    /// Local RMS of the fine detail of L*, over 1 % of the long edge.
    fn energy(&self) -> &[f32] {
        self.energy.filled(|| {
            let (width, height) = (self.lab.width, self.lab.height);
            let squares: Vec<f32> = self.fine().iter().map(|v| v * v).collect();
            let sigma_px = (0.01 * width.max(height) as f32).max(2.0);
            let mut local = blur::gaussian(&squares, width, height, sigma_px);
            local.iter_mut().for_each(|v| *v = v.max(0.0).sqrt());
            local
        })
    }
    /// C*ab.
    fn chroma(&self) -> &[f32] {
        self.chroma.filled(|| {
            let pairs = self.lab.a.iter().zip(&self.lab.b);
            pairs.map(|(a, b)| (a * a + b * b).sqrt()).collect()
        })
    }
    fn surroundings(&self) -> &Surroundings {
        self.surroundings.filled(|| Surroundings::of(&self.lab))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_quantity_but_geometry_has_its_measure_in_its_place() {
        for info in retake_core::QUANTITIES {
            let measure = MEASURES.get(info.quantity as usize);
            assert_eq!(
                measure.map(|m| m.quantity),
                (!info.quantity.is_geometry()).then_some(info.quantity)
            );
        }
    }
}
