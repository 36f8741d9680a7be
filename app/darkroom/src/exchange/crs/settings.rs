//! The table between our sliders and the `crs:` attributes of the same meaning.

use retake_pixels::color::{rgb_from_oklab, srgb_decode, srgb_encode};
use retake_pixels::matrix::{SRGB_FROM_REC2020, apply};
use serde_json::Value;

use crate::recipe::Operation;

/// A slider that has its twin: operation, parameter, attribute, factor, least and greatest value, decimals.
type Twin = (
    &'static str,
    &'static str,
    &'static str,
    f32,
    (f32, f32),
    usize,
);

const HUNDRED: (f32, f32) = (-100.0, 100.0);
const SHARE: (f32, f32) = (0.0, 100.0);
#[rustfmt::skip]
const TWINS: &[Twin] = &[
    ("exposure", "stops", "Exposure2012", 1.0, (-5.0, 5.0), 2),
    ("contrast", "amount", "Contrast2012", 1.0, HUNDRED, 0),
    ("highlights", "amount", "Highlights2012", 1.0, HUNDRED, 0),
    ("shadows", "amount", "Shadows2012", 1.0, HUNDRED, 0),
    ("whites", "amount", "Whites2012", 1.0, HUNDRED, 0),
    ("blacks", "amount", "Blacks2012", 1.0, HUNDRED, 0),
    ("texture", "amount", "Texture", 1.0, HUNDRED, 0),
    ("clarity", "amount", "Clarity2012", 1.0, HUNDRED, 0),
    ("dehaze", "amount", "Dehaze", 1.0, HUNDRED, 0),
    ("vibrance", "amount", "Vibrance", 1.0, HUNDRED, 0),
    ("saturation", "amount", "Saturation", 1.0, HUNDRED, 0),
    ("white_balance", "tint", "IncrementalTint", 1.0, HUNDRED, 0),
    ("sharpen", "amount", "Sharpness", 1.0, (0.0, 150.0), 0),
    ("sharpen", "radius", "SharpenRadius", 1.0, (0.5, 3.0), 1),
    ("sharpen", "masking", "SharpenEdgeMasking", 1.0, SHARE, 0),
    ("denoise", "luminance", "LuminanceSmoothing", 1.0, SHARE, 0),
    ("denoise", "colour", "ColorNoiseReduction", 1.0, SHARE, 0),
    ("colour_grading", "shadows_strength", "SplitToningShadowSaturation", 1.0, SHARE, 0),
    ("colour_grading", "shadows_luminance", "ColorGradeShadowLum", 1.0, HUNDRED, 0),
    ("colour_grading", "midtones_strength", "ColorGradeMidtoneSat", 1.0, SHARE, 0),
    ("colour_grading", "midtones_luminance", "ColorGradeMidtoneLum", 1.0, HUNDRED, 0),
    ("colour_grading", "highlights_strength", "SplitToningHighlightSaturation", 1.0, SHARE, 0),
    ("colour_grading", "highlights_luminance", "ColorGradeHighlightLum", 1.0, HUNDRED, 0),
    ("colour_grading", "balance", "SplitToningBalance", 1.0, HUNDRED, 0),
    ("vignette", "amount", "PostCropVignetteAmount", 1.0, HUNDRED, 0),
    ("vignette", "midpoint", "PostCropVignetteMidpoint", 1.0, SHARE, 0),
    ("vignette", "roundness", "PostCropVignetteRoundness", 1.0, HUNDRED, 0),
    ("vignette", "feather", "PostCropVignetteFeather", 1.0, SHARE, 0),
    ("grain", "amount", "GrainAmount", 1.0, SHARE, 0),
    // their usual 25 is our usual 0.05 %
    ("grain", "size", "GrainSize", 500.0, SHARE, 0),
    ("grain", "roughness", "GrainFrequency", 1.0, SHARE, 0),
];

/// Operations that can stand only once, having settings that do not add up.
const SINGLE: [&str; 9] = [
    "tone_curve",
    "white_balance",
    "sharpen",
    "colour_grading",
    "monochrome",
    "sepia",
    "duotone",
    "vignette",
    "grain",
];

/// Attributes, curves and what has no place in either.
#[derive(Default)]
pub(super) struct Settings {
    /// name and value, in the order they were first set
    pub(super) attributes: Vec<(String, String)>,
    /// element name and points from 0 to 255
    pub(super) curves: Vec<(&'static str, Vec<[u8; 2]>)>,
    /// what could not be said
    pub(super) left_out: Vec<String>,
    /// numbers that may still add up
    sums: Vec<(String, f32, (f32, f32), usize)>,
    taken: Vec<&'static str>,
}

impl Settings {
    /// Sets an attribute.
    pub(super) fn set(&mut self, name: &str, value: &str) {
        self.attributes.push((name.to_owned(), value.to_owned()));
    }

    /// Names something that could not be carried.
    pub(super) fn leave_out(&mut self, what: String) {
        self.left_out.push(what);
    }

    fn add(&mut self, name: &str, value: f32, range: (f32, f32), decimals: usize) {
        match self.sums.iter_mut().find(|sum| sum.0 == name) {
            Some(sum) => sum.1 += value,
            None => self.sums.push((name.to_owned(), value, range, decimals)),
        }
    }

    /// Says an operation in the other program's words.
    pub(super) fn take(&mut self, operation: &Operation) {
        let id = operation.op.id;
        if SINGLE.contains(&id) && self.taken.contains(&id) {
            return self.leave_out(format!("a second \"{id}\""));
        }
        self.taken.push(id);
        let before = self.sums.len() + self.attributes.len() + self.curves.len();
        for (op, param, name, factor, range, decimals) in TWINS.iter().copied() {
            if op == id {
                self.add(name, factor * operation.get(param), range, decimals);
            }
        }
        match id {
            "contrast" if operation.get("pivot") != operation.op.params[1].neutral => {
                self.leave_out("the pivot of \"contrast\"".to_owned());
            }
            "white_balance" => {
                // in mired, which is nearly even to the eye
                let mired = 1e6 / 6500.0 - 1e6 / operation.get("kelvin");
                self.set("WhiteBalance", "Custom");
                self.add("IncrementalTemperature", mired, HUNDRED, 0);
            }
            "hsl" => self.bands(operation),
            "colour_grading" => self.grading_hues(operation),
            "monochrome" => self.monochrome(operation),
            "sepia" => self.toned(operation.get("amount"), 70.0, 70.0),
            "duotone" => self.toned(
                operation.get("strength"),
                operation.get("shadow_hue"),
                operation.get("highlight_hue"),
            ),
            "fade" => self.faded(operation.get("amount") / 100.0),
            "tone_curve" => self.curve(&operation.data),
            "vignette" => self.set("PostCropVignetteStyle", "1"),
            _ if self.sums.len() + self.attributes.len() + self.curves.len() == before => {
                let known = TWINS.iter().any(|twin| twin.0 == id);
                if !known {
                    self.leave_out(format!("\"{id}\""));
                }
            }
            _ => {}
        }
    }

    fn bands(&mut self, operation: &Operation) {
        const BANDS: [&str; 8] = [
            "Red", "Orange", "Yellow", "Green", "Aqua", "Blue", "Purple", "Magenta",
        ];
        for (kind, offset) in [("Hue", 0), ("Saturation", 1), ("Luminance", 2)] {
            for (i, band) in BANDS.iter().enumerate() {
                let value = operation.value(3 * i + offset);
                if value != 0.0 {
                    self.add(&format!("{kind}Adjustment{band}"), value, HUNDRED, 0);
                }
            }
        }
    }

    fn grading_hues(&mut self, operation: &Operation) {
        for (param, name) in [
            ("shadows_hue", "SplitToningShadowHue"),
            ("midtones_hue", "ColorGradeMidtoneHue"),
            ("highlights_hue", "SplitToningHighlightHue"),
        ] {
            self.set(name, &hsv_hue(operation.get(param)).to_string());
        }
        self.set("ColorGradeBlending", "50");
    }

    fn monochrome(&mut self, operation: &Operation) {
        if operation.get("amount") < 1.0 {
            self.leave_out("the colour that \"monochrome\" left in".to_owned());
        }
        self.set("ConvertToGrayscale", "True");
        let weights = [1, 2, 3].map(|i| operation.value(i));
        let sum: f32 = weights.iter().sum::<f32>().max(0.1);
        let more = |i: usize| 100.0 * (weights[i] / sum - operation.op.params[1 + i].neutral);
        for (name, value) in [
            ("Red", more(0)),
            ("Orange", 0.7 * more(0) + 0.3 * more(1)),
            ("Yellow", 0.5 * (more(0) + more(1))),
            ("Green", more(1)),
            ("Aqua", 0.5 * (more(1) + more(2))),
            ("Blue", more(2)),
            ("Purple", 0.5 * (more(0) + more(2))),
            ("Magenta", 0.7 * more(0) + 0.3 * more(2)),
        ] {
            self.add(&format!("GrayMixer{name}"), value, HUNDRED, 0);
        }
    }

    /// A black-and-white print in one or two inks.
    fn toned(&mut self, strength: f32, shadow_hue: f32, highlight_hue: f32) {
        if self.taken.contains(&"colour_grading") {
            return self.leave_out("the toning (colour grading takes its place)".to_owned());
        }
        self.taken.push("colour_grading");
        if strength < 100.0 {
            self.leave_out("the colour that the toning left in".to_owned());
        }
        self.set("ConvertToGrayscale", "True");
        for (part, hue) in [("Shadow", shadow_hue), ("Highlight", highlight_hue)] {
            self.set(&format!("SplitToning{part}Hue"), &hsv_hue(hue).to_string());
            self.set(&format!("SplitToning{part}Saturation"), "30");
        }
    }

    fn faded(&mut self, amount: f32) {
        if self.taken.contains(&"tone_curve") {
            return self.leave_out("\"fade\" (the tone curve takes its place)".to_owned());
        }
        self.taken.push("tone_curve");
        let lift = 0.22 * amount;
        let scale = (1.0 - 0.06 * amount) / (1.0 + lift * lift).sqrt();
        let points = [0.0f32, 0.125, 0.25, 0.5, 0.75, 1.0].map(|x| {
            let light = retake_pixels::color::lstar(srgb_decode(x)) / 100.0;
            let faded = scale * (light * light + lift * lift).sqrt();
            let y = retake_pixels::color::rgb_from_lab([100.0 * faded, 0.0, 0.0])[1];
            [byte(f64::from(x)), byte(f64::from(srgb_encode(y)))]
        });
        self.curves.push(("ToneCurvePV2012", points.to_vec()));
    }

    fn curve(&mut self, data: &Value) {
        for (key, name) in [
            ("points", "ToneCurvePV2012"),
            ("red", "ToneCurvePV2012Red"),
            ("green", "ToneCurvePV2012Green"),
            ("blue", "ToneCurvePV2012Blue"),
        ] {
            let Some(list) = data.get(key).and_then(Value::as_array) else {
                continue;
            };
            let at = |pair: &Value, i: usize| pair.get(i).and_then(Value::as_f64).map(byte);
            let mut points: Vec<[u8; 2]> = list
                .iter()
                .filter_map(|pair| Some([at(pair, 0)?, at(pair, 1)?]))
                .collect();
            points.dedup_by_key(|point| point[0]);
            self.curves.push((name, points));
        }
    }

    /// Writes the sums down, kept within the other program's ranges.
    pub(super) fn finish(&mut self) {
        for (name, sum, (low, high), decimals) in std::mem::take(&mut self.sums) {
            if !(low..=high).contains(&sum) {
                self.leave_out(format!("part of {name} ({sum} is out of its range)"));
            }
            let value = format!("{:+.decimals$}", sum.clamp(low, high));
            let zero = value.trim_start_matches(['+', '-', '0', '.']).is_empty();
            let plain = low >= 0.0 && decimals == 0;
            let value = match value.strip_prefix('+') {
                Some(rest) if plain => rest,
                _ if zero => "0",
                _ => &value,
            };
            self.attributes.push((name, value.to_owned()));
        }
    }
}

fn byte(value: f64) -> u8 {
    (value * 255.0).round().clamp(0.0, 255.0) as u8
}

/// The HSV hue, degrees, of an Oklch hue at moderate chroma in sRGB.
fn hsv_hue(oklch_deg: f32) -> u32 {
    let (sin, cos) = oklch_deg.to_radians().sin_cos();
    let [r, g, b] = apply(
        &SRGB_FROM_REC2020,
        rgb_from_oklab([0.7, 0.1 * cos, 0.1 * sin]),
    )
    .map(srgb_encode);
    let (low, high) = (r.min(g).min(b), r.max(g).max(b));
    let spread = (high - low).max(1e-6);
    let sixth = if high == r {
        (g - b) / spread
    } else if high == g {
        2.0 + (b - r) / spread
    } else {
        4.0 + (r - g) / spread
    };
    (60.0 * sixth).rem_euclid(360.0).round() as u32 % 360
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::OPS;

    #[test]
    fn every_slider_of_the_table_exists() {
        for (op, param, ..) in TWINS {
            let found = OPS.iter().find(|o| o.id == *op);
            let params = found.map(|o| o.params.iter().any(|p| p.id == *param));
            assert_eq!(params, Some(true), "{op} {param}");
        }
    }

    #[test]
    fn hues_of_the_two_circles_agree_where_they_have_names() {
        for (oklch, hsv) in [(29.0, 0), (110.0, 60), (142.0, 120), (264.0, 240)] {
            let apart = (hsv_hue(oklch) as i32 - hsv + 540).rem_euclid(360) - 180;
            assert!(apart.abs() < 30, "{oklch}: {}", hsv_hue(oklch));
        }
    }
}
