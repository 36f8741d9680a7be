//! The ways in which each goal can be met: one line each. The first way of a quantity is the plain one.

use retake_core::{Amount, Band, Change, Degree, Goal, Quantity, RegionKind};
use retake_pixels::color;
use serde_json::json;

use super::hue_of;
use super::tones::Tones;
use crate::recipe::Operation;

/// What a way's operations are made from.
pub(crate) struct Knobs<'a> {
    /// in the way's own unit; negative lowers
    pub(crate) strength: f32,
    pub(crate) goal: &'a Goal,
    /// uniform draws in [0, 1)
    pub(crate) taste: [f32; 3],
    /// how far the horizon leans, degrees clockwise
    pub(crate) tilt_deg: f32,
    /// where the photo's own tones lie
    pub(crate) tones: Tones,
}

/// One way of meeting a goal.
pub(crate) struct Way {
    pub(crate) quantity: Quantity,
    /// for the caption
    pub(crate) name: &'static str,
    /// greatest strength
    pub(crate) most: f32,
    /// place in the recipe: light, colour, detail, effects, in that order
    pub(crate) order: u8,
    /// it changes hue or chroma, so "keep the skin tones" holds it off
    pub(crate) colours: bool,
    /// the strength is not solved for
    pub(crate) direct: bool,
    pub(crate) operations: fn(&Knobs<'_>) -> Vec<Operation>,
}

const fn way(
    quantity: Quantity,
    name: &'static str,
    most: f32,
    order: u8,
    operations: fn(&Knobs<'_>) -> Vec<Operation>,
) -> Way {
    let colours = matches!(
        quantity,
        Q::Warmth
            | Q::Tint
            | Q::Cast
            | Q::Saturation
            | Q::Vibrance
            | Q::Hue
            | Q::Monochrome
            | Q::Toning
            | Q::ShadowTone
            | Q::HighlightTone
    );
    Way {
        quantity,
        name,
        most,
        order,
        colours,
        direct: false,
        operations,
    }
}

/// A way whose strength is a share of the asked degree, not solved for.
const fn direct(mut way: Way) -> Way {
    way.direct = true;
    way
}

use Quantity as Q;

fn op(id: &str) -> Operation {
    Operation::new(id)
}

/// What the ways are called in captions.
pub fn way_names() -> impl Iterator<Item = &'static str> {
    WAYS.iter()
        .map(|way| way.name)
        .filter(|name| !name.is_empty())
}

/// Every way there is.
#[rustfmt::skip]
static WAYS: &[Way] = &[
    way(Q::Exposure, "exposure", 5.0, 1, |k| vec![op("exposure").with("stops", k.strength)]),
    way(Q::Exposure, "exposure, held highlights", 5.0, 1, |k| held(k, 14.0)),
    way(Q::Lightness, "exposure", 5.0, 1, |k| vec![op("exposure").with("stops", k.strength)]),
    way(Q::Lightness, "exposure, held highlights", 5.0, 1, |k| held(k, 22.0)),
    way(Q::Lightness, "midtones", 1.0, 1, |k| vec![curve(&[(0.25, 0.17 * k.strength), (0.5, 0.24 * k.strength), (0.75, 0.15 * k.strength)])]),
    way(Q::Lightness, "exposure and shadows", 4.0, 1, |k| vec![
        op("exposure").with("stops", 0.75 * k.strength),
        op("shadows").with("amount", 16.0 * k.strength),
    ]),
    way(Q::Contrast, "contrast", 200.0, 2, |k| further(k, |k| vec![contrast(k, 1.0)], Tones::contrast)),
    way(Q::Contrast, "contrast and clarity", 200.0, 2, |k| further(k, |k| vec![
        contrast(k, 0.8),
        op("clarity").with("amount", 0.35 * k.strength),
    ], Tones::contrast)),
    way(Q::Contrast, "tone curve", 1.6, 2, |k| vec![with_points(&k.tones.contrast(k.strength))]),
    way(Q::Contrast, "shadows and highlights", 200.0, 2, |k| further(k, |k| vec![
        contrast(k, 0.5),
        op("highlights").with("amount", 0.3 * k.strength),
        op("shadows").with("amount", -0.4 * k.strength),
    ], Tones::contrast)),
    way(Q::Highlights, "highlights", 250.0, 3, |k| further(k, |k| vec![op("highlights").with("amount", k.strength)], Tones::highlights)),
    way(Q::Highlights, "highlights and whites", 250.0, 3, |k| further(k, |k| vec![
        op("highlights").with("amount", 0.8 * k.strength), op("whites").with("amount", 0.45 * k.strength),
    ], Tones::highlights)),
    way(Q::Highlights, "upper curve", 1.5, 3, |k| vec![with_points(&k.tones.highlights(k.strength))]),
    way(Q::Shadows, "shadows", 250.0, 3, |k| further(k, |k| vec![op("shadows").with("amount", k.strength)], Tones::shadows)),
    way(Q::Shadows, "shadows and blacks", 250.0, 3, |k| further(k, |k| vec![
        op("shadows").with("amount", 0.8 * k.strength), op("blacks").with("amount", 0.4 * k.strength),
    ], Tones::shadows)),
    way(Q::Shadows, "lower curve", 1.5, 3, |k| vec![with_points(&k.tones.shadows(k.strength))]),
    way(Q::Whites, "whites", 250.0, 4, |k| further(k, |k| vec![op("whites").with("amount", k.strength)], Tones::whites)),
    way(Q::Blacks, "blacks", 100.0, 4, |k| vec![op("blacks").with("amount", k.strength)]),
    way(Q::Cast, "neutral white balance", 1.0, 5, |k| vec![op("white_balance")
        .with("kelvin", kelvin(k.strength.abs() * k.taste[1]))
        .with("tint", k.strength.abs() * k.taste[2])]),
    way(Q::Warmth, "white balance", 112.0, 5, |k| vec![op("white_balance").with("kelvin", kelvin(k.strength))]),
    way(Q::Warmth, "white balance and grading", 112.0, 5, |k| vec![
        op("white_balance").with("kelvin", kelvin(0.75 * k.strength)),
        graded("highlights", if k.strength > 0.0 { 75.0 } else { 255.0 }, 0.22 * k.strength.abs()),
    ]),
    way(Q::Warmth, "white balance, warm shadows", 112.0, 5, |k| vec![
        op("white_balance").with("kelvin", kelvin(0.8 * k.strength)),
        graded("midtones", if k.strength > 0.0 { 70.0 } else { 260.0 }, 0.16 * k.strength.abs()),
    ]),
    way(Q::Tint, "tint", 150.0, 5, |k| vec![op("white_balance").with("tint", k.strength)]),
    way(Q::ShadowTone, "toned shadows", 100.0, 6, |k| vec![graded("shadows", oklab_hue(hue_of(k.goal).unwrap_or(290.0)), k.strength)]),
    way(Q::HighlightTone, "toned highlights", 100.0, 6, |k| vec![graded("highlights", oklab_hue(hue_of(k.goal).unwrap_or(75.0)), k.strength)]),
    way(Q::Hue, "hue", 600.0, 7, |k| turned(k.strength)),
    way(Q::Saturation, "saturation", 100.0, 8, |k| vec![op("saturation").with("amount", k.strength)]),
    way(Q::Saturation, "saturation and vibrance", 100.0, 8, |k| vec![
        op("saturation").with("amount", 0.6 * k.strength), op("vibrance").with("amount", 0.7 * k.strength),
    ]),
    way(Q::Saturation, "colour bands", 100.0, 8, |k| vec![bands(k.goal, "saturation", k.strength)]),
    way(Q::Vibrance, "vibrance", 100.0, 8, |k| vec![op("vibrance").with("amount", k.strength)]),
    way(Q::Vibrance, "vibrance and saturation", 100.0, 8, |k| vec![
        op("vibrance").with("amount", 0.9 * k.strength), op("saturation").with("amount", 0.15 * k.strength),
    ]),
    direct(way(Q::Monochrome, "even channel mix", 1.0, 9, |_| vec![op("monochrome").with("amount", 1.0)])),
    direct(way(Q::Monochrome, "red filter", 1.0, 9, |_| vec![mixed(0.75, 0.3, -0.05)])),
    direct(way(Q::Monochrome, "yellow filter", 1.0, 9, |_| vec![mixed(0.45, 0.5, 0.05)])),
    direct(way(Q::Monochrome, "green filter", 1.0, 9, |_| vec![mixed(0.15, 0.8, 0.05)])),
    direct(way(Q::Monochrome, "blue filter", 1.0, 9, |_| vec![mixed(0.2, 0.4, 0.4)])),
    direct(way(Q::Toning, "one ink", 1.0, 10, |k| vec![inks(k, 0.0)])),
    direct(way(Q::Toning, "two near inks", 1.0, 10, |k| vec![inks(k, 8.0 + 6.0 * k.taste[0])])),
    way(Q::Fade, "fade", 100.0, 11, |k| vec![if k.strength >= 0.0 { op("fade").with("amount", k.strength) } else { op("blacks").with("amount", k.strength) }]),
    way(Q::Fade, "lifted curve", 1.0, 11, |k| vec![lifted(0.3 * k.strength)]),
    way(Q::Haze, "dehaze", 100.0, 12, |k| vec![op("dehaze").with("amount", -k.strength)]),
    way(Q::Haze, "dehaze and contrast", 100.0, 12, |k| vec![
        op("dehaze").with("amount", -0.85 * k.strength), op("contrast").with("amount", -0.15 * k.strength),
    ]),
    way(Q::Clarity, "clarity", 100.0, 13, |k| vec![op("clarity").with("amount", k.strength)]),
    way(Q::Clarity, "clarity and texture", 100.0, 13, |k| vec![
        op("clarity").with("amount", 0.85 * k.strength), op("texture").with("amount", 0.3 * k.strength),
    ]),
    way(Q::Noise, "denoise", 100.0, 14, |k| if k.strength < 0.0 {
        vec![op("denoise").with("luminance", -k.strength).with("colour", -0.8 * k.strength)]
    } else { vec![grain(k.strength, 0.3)] }),
    way(Q::Noise, "denoise, kept detail", 100.0, 14, |k| if k.strength < 0.0 {
        vec![op("denoise").with("luminance", -k.strength).with("colour", -k.strength).with("detail", 75.0)]
    } else { vec![grain(k.strength, 0.6)] }),
    way(Q::Texture, "texture", 100.0, 15, |k| vec![op("texture").with("amount", k.strength)]),
    way(Q::Sharpness, "sharpen", 200.0, 16, |k| vec![sharper(k.strength, 1.0)]),
    way(Q::Sharpness, "fine sharpening", 200.0, 16, |k| vec![sharper(k.strength, 0.7)]),
    way(Q::Sharpness, "sharpen and texture", 200.0, 16, |k| {
        let texture = op("texture").with("amount", (0.25 * k.strength).max(0.0));
        vec![sharper(0.8 * k.strength, 1.2), texture]
    }),
    way(Q::Blur, "gaussian blur", 5.0, 17, |k| vec![op("gaussian_blur").with("radius", k.strength)]),
    way(Q::Blur, "lens blur", 5.0, 17, |k| vec![op("lens_blur").with("radius", k.strength)]),
    way(Q::MotionBlur, "motion blur", 20.0, 17, |k| vec![op("motion_blur").with("length", k.strength).with("angle", moving(k.goal))]),
    way(Q::Painterly, "painterly", 100.0, 18, |k| vec![op("painterly").with("amount", 100.0).with("radius", brush(k.strength))]),
    way(Q::Painterly, "painterly, saturated", 100.0, 18, |k| vec![
        op("painterly").with("amount", 100.0).with("radius", brush(k.strength)),
        op("saturation").with("amount", 12.0),
    ]),
    direct(way(Q::Pixelate, "pixelate", 1.0, 19, |k| vec![op("pixelate").with("size", stepped(k, [0.5, 1.0, 2.0, 4.0]))])),
    direct(way(Q::Posterise, "posterise", 1.0, 19, |k| vec![op("posterise").with("levels", stepped_down(k, [14.0, 8.0, 5.0, 3.0]))])),
    way(Q::Glow, "bloom", 100.0, 20, |k| if k.strength >= 0.0 {
        vec![op("bloom").with("amount", k.strength)]
    } else { vec![op("highlights").with("amount", k.strength), op("clarity").with("amount", -0.3 * k.strength)] }),
    way(Q::Glow, "wide bloom", 100.0, 20, |k| if k.strength >= 0.0 {
        vec![op("bloom").with("amount", k.strength).with("radius", 3.0)]
    } else { vec![op("highlights").with("amount", k.strength)] }),
    way(Q::Vignette, "vignette", 100.0, 21, |k| vec![op("vignette").with("amount", -k.strength)]),
    way(Q::Vignette, "wide vignette", 100.0, 21, |k| vec![op("vignette").with("amount", -k.strength).with("midpoint", 35.0).with("feather", 75.0)]),
    way(Q::Vignette, "round vignette", 100.0, 21, |k| vec![op("vignette").with("amount", -k.strength).with("roundness", 60.0)]),
    way(Q::Grain, "grain", 100.0, 22, |k| if k.strength >= 0.0 { vec![grain(k.strength, k.taste[0])] } else {
        vec![op("denoise").with("luminance", -k.strength).with("colour", -k.strength)]
    }),
    direct(way(Q::Straighten, "straighten", 45.0, 23, |k| vec![op("straighten").with("angle", straightened(k))])),
    direct(way(Q::Rotation, "rotate", 360.0, 23, |k| vec![op("rotate").with("angle", wrapped(k.strength))])),
    direct(way(Q::FlipHorizontal, "mirror", 1.0, 23, |_| vec![op("flip").with("horizontal", 1.0)])),
    direct(way(Q::FlipVertical, "flip", 1.0, 23, |_| vec![op("flip").with("vertical", 1.0)])),
    direct(way(Q::Aspect, "crop", 100.0, 24, |k| vec![op("crop").with("aspect", k.strength).with("x", crop_place(k.taste[0])).with("y", crop_place(k.taste[1]))])),
];

/// The ways of a quantity that can go in this direction.
pub(crate) fn of(quantity: Quantity, change: Change, in_region: bool) -> Vec<&'static Way> {
    let all = WAYS.iter().filter(|way| way.quantity == quantity);
    let fits = |way: &&Way| match way.name {
        // a band's own sliders reach further than its name where a mask has no say
        "colour bands" => !in_region,
        "lifted curve" => change == Change::Raise,
        "lens blur" => change == Change::Raise,
        _ => true,
    };
    all.filter(fits).collect()
}

/// Kelvin for a shift of this many mired from 6500 K; positive is warmer.
pub(crate) fn kelvin(mired: f32) -> f32 {
    1e6 / (1e6 / 6500.0 - mired).clamp(40.0, 500.0)
}

/// Exposure with the highlights held back as it rises.
fn held(k: &Knobs<'_>, per_stop: f32) -> Vec<Operation> {
    vec![
        op("exposure").with("stops", k.strength),
        op("highlights").with("amount", -per_stop * k.strength.max(0.0)),
    ]
}

/// An operation to the end of its range, and from there on a curve at the photo's own tones.
fn further(
    k: &Knobs<'_>,
    within: fn(&Knobs<'_>) -> Vec<Operation>,
    beyond: fn(&Tones, f32) -> Vec<[f32; 2]>,
) -> Vec<Operation> {
    let near = Knobs {
        strength: k.strength.clamp(-100.0, 100.0),
        ..*k
    };
    let mut operations = within(&near);
    let excess = (k.strength - near.strength) / 100.0;
    if excess != 0.0 {
        operations.push(with_points(&beyond(&k.tones, excess)));
    }
    operations
}

/// Contrast about the photo's own middle, so that it neither brightens nor darkens.
fn contrast(k: &Knobs<'_>, share: f32) -> Operation {
    op("contrast")
        .with("amount", share * k.strength)
        .with("pivot", k.tones.pivot())
}

/// The direction a sentence gives to a motion blur, in degrees; across the picture when it gives none.
fn moving(goal: &Goal) -> f32 {
    let words = goal.words.to_lowercase();
    let says = |stems: &[&str]| stems.iter().any(|stem| words.contains(stem));
    if says(&["diagonal", "对角", "斜"]) {
        45.0
    } else if says(&[
        "vertical",
        "vertikal",
        "senkrecht",
        "垂直",
        "竖",
        "upward",
        "downward",
        "falling",
    ]) {
        90.0
    } else {
        0.0
    }
}

/// A curve through (0, 0), these offsets from the diagonal, and (1, 1).
fn curve(offsets: &[(f32, f32)]) -> Operation {
    let mut points = vec![[0.0, 0.0]];
    for &(x, dy) in offsets {
        let least = points.last().map_or(0.0, |p: &[f32; 2]| p[1] + 0.005);
        points.push([x, (x + dy).clamp(least, 0.995)]);
    }
    points.push([1.0, 1.0]);
    with_points(&points)
}

fn lifted(black: f32) -> Operation {
    with_points(&[
        [0.0, black],
        [0.25, 0.25 + 0.45 * black],
        [0.75, 0.75 - 0.05 * black],
        [1.0, 1.0 - 0.12 * black],
    ])
}

fn with_points(points: &[[f32; 2]]) -> Operation {
    // thousandths: as fine as anybody can see, and short to read
    let short = |v: f32| (f64::from(v.clamp(0.0, 1.0)) * 1000.0).round() / 1000.0;
    let points: Vec<[f64; 2]> = points.iter().map(|p| p.map(short)).collect();
    let mut operation = op("tone_curve");
    operation.data = json!({ "points": points });
    operation
}

fn graded(range: &str, oklab_hue_deg: f32, strength: f32) -> Operation {
    op("colour_grading")
        .with(&format!("{range}_hue"), oklab_hue_deg.rem_euclid(360.0))
        .with(&format!("{range}_strength"), strength.abs())
}

/// The Oklab hue of a colour of this CIELAB hue, middling light and colourful.
pub(crate) fn oklab_hue(cielab_hue_deg: f32) -> f32 {
    let (sin, cos) = cielab_hue_deg.to_radians().sin_cos();
    let [_, a, b] = color::oklab(color::rgb_from_lab([60.0, 40.0 * cos, 40.0 * sin]));
    b.atan2(a).to_degrees().rem_euclid(360.0)
}

/// The sliders of the bands that a goal's region names, or of all.
fn bands(goal: &Goal, slider: &str, value: f32) -> Operation {
    let named: Vec<Band> = goal
        .region
        .parts
        .iter()
        .filter_map(|part| match part.kind {
            RegionKind::Colour(band) if !part.inverted => Some(band),
            _ => None,
        })
        .collect();
    let chosen = if named.is_empty() {
        Band::ALL.to_vec()
    } else {
        named
    };
    chosen.iter().fold(op("hsl"), |hsl, band| {
        hsl.with(&format!("{}_{slider}", band.name()), value)
    })
}

/// All hues turned by 0.3° a unit; a single operation turns by 30° at most.
fn turned(strength: f32) -> Vec<Operation> {
    let times = (strength.abs() / 100.0).ceil().max(1.0);
    let one = Band::ALL.iter().fold(op("hsl"), |hsl, band| {
        hsl.with(&format!("{}_hue", band.name()), strength / times)
    });
    vec![one; times as usize]
}

fn mixed(red: f32, green: f32, blue: f32) -> Operation {
    op("monochrome")
        .with("amount", 1.0)
        .with("red", red)
        .with("green", green)
        .with("blue", blue)
}

/// A print in one hue, or in two a little apart.
fn inks(k: &Knobs<'_>, apart_deg: f32) -> Operation {
    let hue = oklab_hue(hue_of(k.goal).unwrap_or(75.0));
    // what is mixed in of the photo must not show as colours of its own: a print has one colour for each tone
    let strength = [65.0, 92.0, 100.0, 100.0][degree(k.goal) as usize] * (0.92 + 0.16 * k.taste[1]);
    op("duotone")
        .with("strength", 100.0)
        .with("shadow_hue", (hue - apart_deg).rem_euclid(360.0))
        .with("highlight_hue", (hue + apart_deg).rem_euclid(360.0))
        .with("strength", strength.clamp(60.0, 100.0))
}

fn degree(goal: &Goal) -> Degree {
    match goal.amount {
        Amount::Degree(degree) | Amount::Hue(_, degree) => degree,
        Amount::Units(_) | Amount::Relative(_) => Degree::Moderate,
    }
}

fn grain(amount: f32, roughness: f32) -> Operation {
    op("grain")
        .with("amount", amount)
        .with("size", 0.05 + 0.05 * roughness)
}

fn sharper(strength: f32, radius: f32) -> Operation {
    if strength >= 0.0 {
        op("sharpen")
            .with("amount", strength)
            .with("radius", radius)
    } else {
        op("gaussian_blur").with("radius", -strength * 0.005)
    }
}

/// Size of a brush, % of the long edge, in steps: brushes of nearly one size paint alike, and take long to try.
fn brush(strength: f32) -> f32 {
    0.04 * (5.0 + 0.325 * strength).round()
}

fn stepped(k: &Knobs<'_>, values: [f32; 4]) -> f32 {
    values[degree(k.goal) as usize] * k.share_or_one()
}

fn stepped_down(k: &Knobs<'_>, values: [f32; 4]) -> f32 {
    (values[degree(k.goal) as usize] / k.share_or_one())
        .round()
        .max(2.0)
}

impl Knobs<'_> {
    fn share_or_one(&self) -> f32 {
        if self.strength > 0.0 {
            self.strength
        } else {
            1.0
        }
    }
}

/// The asked angle, or what makes the horizon level.
fn straightened(k: &Knobs<'_>) -> f32 {
    match k.goal.amount {
        Amount::Units(_) => k.strength,
        _ => -k.tilt_deg,
    }
}

fn wrapped(degrees: f32) -> f32 {
    (degrees + 180.0).rem_euclid(360.0) - 180.0
}

/// Mostly the middle, sometimes a third to one side.
fn crop_place(draw: f32) -> f32 {
    if draw < 0.5 { 0.0 } else { (draw - 0.75) * 2.4 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use retake_core::QUANTITIES;

    #[test]
    fn every_quantity_has_a_way_up_and_down() {
        for info in QUANTITIES {
            for change in [Change::Raise, Change::Lower] {
                assert!(!of(info.quantity, change, true).is_empty(), "{}", info.id);
            }
        }
    }

    #[test]
    fn every_way_makes_operations_that_exist_within_their_ranges() {
        for way in WAYS {
            for strength in [-way.most, -0.3 * way.most, 0.0, 0.4 * way.most, way.most] {
                let goal = Goal {
                    quantity: way.quantity,
                    change: Change::Raise,
                    amount: Amount::Hue(75.0, Degree::Moderate),
                    region: Default::default(),
                    words: String::new(),
                    weight: 1.0,
                };
                let knobs = Knobs {
                    strength,
                    goal: &goal,
                    taste: [0.2, 0.6, 0.9],
                    tilt_deg: 1.5,
                    tones: Tones {
                        p5: 0.1,
                        p25: 0.25,
                        p50: 0.45,
                        p75: 0.7,
                        p99: 0.95,
                    },
                };
                let recipe = crate::Recipe::of((way.operations)(&knobs));
                assert_eq!(
                    crate::Recipe::from_json(&recipe.to_json()).expect(way.name),
                    recipe
                );
            }
        }
    }
}
