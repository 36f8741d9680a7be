//! Skin: the elliptical model in luma-corrected YCbCr of Hsu, Abdel-Mottaleb and Jain (2002, "Face detection in color
//! images", IEEE TPAMI 24(5), eq. 1–8), narrowed to the CIELAB ranges of measured skin (Xiao et al. 2017, "Characterising
//! the variations in ethnic skin colours"), in smooth, closed patches.

use super::Detected;
use super::features::{Features, components, percentile};
use super::position::smoothstep;
use crate::once::Filled;
use crate::vectorised;

const KNEE: [f32; 2] = [125.0, 188.0];
const LUMA_ENDS: [f32; 2] = [16.0, 235.0];

/// Chroma of the model's cluster at luma `y`: centre and width. `at` = (centre at the knees, at the dark end, at the
/// bright end), `wide` = (width between the knees, at the dark end, at the bright end).
#[inline(always)]
fn cluster(y: f32, at: [f32; 3], wide: [f32; 3]) -> (f32, f32) {
    let dark = ((KNEE[0] - y) / (KNEE[0] - LUMA_ENDS[0])).clamp(0.0, 1.0);
    let bright = ((y - KNEE[1]) / (LUMA_ENDS[1] - KNEE[1])).clamp(0.0, 1.0);
    let mix = |v: [f32; 3]| v[0] + dark * (v[1] - v[0]) + bright * (v[2] - v[0]);
    (mix(at), mix(wide))
}

/// Squared distance from the ellipse's centre: 1 on the ellipse. sRGB codes in [0, 1].
#[inline(always)]
fn ellipse(rgb: [f32; 3]) -> f32 {
    let [r, g, b] = rgb;
    let y = 16.0 + 65.481 * r + 128.553 * g + 24.966 * b;
    let cb = 128.0 - 37.797 * r - 74.203 * g + 112.0 * b;
    let cr = 128.0 + 112.0 * r - 93.786 * g - 18.214 * b;
    let straight = |c: f32, at: [f32; 3], wide: [f32; 3]| {
        let (centre, width) = cluster(y, at, wide);
        (c - centre) * wide[0] / width + at[0]
    };
    let cb = straight(cb, [108.0, 118.0, 118.0], [46.97, 23.0, 14.0]);
    let cr = straight(cr, [154.0, 144.0, 132.0], [38.76, 20.0, 10.0]);
    // of 2.53 radians
    const SIN: f32 = 0.574_172_14;
    const COS: f32 = -0.818_734_9;
    let (u, v) = (cb - 109.38, cr - 152.02);
    let (x, y) = (COS * u + SIN * v - 1.60, COS * v - SIN * u - 2.41);
    (x / 25.39).powi(2) + (y / 14.03).powi(2)
}

vectorised! {
    /// How much each colour is like the model's, 0 to 1; sRGB codes in [0, 1].
    fn like_model(r: &[f32], g: &[f32], b: &[f32], out: &mut [f32]) {
        for (((out, r), g), b) in out.iter_mut().zip(r).zip(g).zip(b) {
            *out = 1.0 - smoothstep(1.0, 2.4, ellipse([*r, *g, *b]));
        }
    }
}

/// How much point `i` is skin, by its colour and how much that is like the model's.
fn score(f: &Features, i: usize, model: f32) -> f32 {
    if model <= 0.0 {
        return 0.0;
    }
    let (l, chroma, hue) = (f.lab.l[i], f.lab.chroma(i), f.hue_deg(i));
    let hue = smoothstep(18.0, 30.0, hue) * (1.0 - smoothstep(70.0, 84.0, hue));
    let chroma = smoothstep(5.0 + 0.06 * l, 11.0 + 0.06 * l, chroma)
        // lit skin is more colourful than skin in shade
        * (1.0 - smoothstep(21.0 + 0.22 * l, 30.0 + 0.22 * l, chroma));
    let lit = smoothstep(12.0, 25.0, l) * (1.0 - smoothstep(96.0, 101.0, l));
    (model * hue * chroma * lit).sqrt()
}

/// All skin of a photo.
pub(super) struct Skin {
    mask: Vec<f32>,
    confidence: f32,
    /// patches that may be faces
    pub(super) faces: Vec<Face>,
}

/// A patch of skin of a face's proportions, in grid points.
pub(super) struct Face {
    pub(super) centre: (f32, f32),
    pub(super) width: f32,
    pub(super) height: f32,
    /// 0 to 1
    pub(super) sure: f32,
}

pub(super) fn detect(f: &Features) -> Detected {
    let skin = look(f);
    Detected {
        mask: skin.mask.clone(),
        confidence: skin.confidence,
    }
}

/// Looks once, and remembers.
pub(super) fn look(f: &Features) -> &Skin {
    f.skin.filled(|| {
        let [r, g, b] = &f.srgb.planes;
        let mut model = vec![0.0f32; f.len()];
        like_model(r, g, b, &mut model);
        let raw: Vec<f32> = (0..f.len())
            .map(|i| score(f, i, model[i]) * (1.0 - 0.8 * smoothstep(7.0, 14.0, f.texture[i])))
            .collect();
        let soft = f.blurred(&raw, 0.006);
        // eyes, glasses and wrinkles must not cut a face to pieces
        let wide = f.blurred(&raw, 0.015);
        let inside: Vec<bool> = wide.iter().map(|&s| s > 0.42).collect();
        let mut out = Skin {
            mask: vec![0.0; f.len()],
            confidence: 0.0,
            faces: Vec::new(),
        };
        for patch in components(&inside, f.width, f.len() / 1500) {
            let shape = Shape::of(f, &patch);
            let quality = quality(f, &patch, &shape, &soft);
            out.confidence = out.confidence.max(quality);
            let keep = smoothstep(0.15, 0.4, quality);
            for &i in &patch {
                out.mask[i] = keep * smoothstep(0.28, 0.5, 0.6 * soft[i] + 0.4 * wide[i]);
            }
            let upright = smoothstep(0.4, 0.6, shape.width / shape.height)
                * (1.0 - smoothstep(1.2, 1.8, shape.width / shape.height));
            let sure = quality * upright * smoothstep(0.35, 0.55, shape.filled);
            if sure > 0.1 {
                out.faces.push(Face {
                    centre: shape.centre,
                    width: shape.width,
                    height: shape.height,
                    sure,
                });
            }
        }
        out
    })
}

/// The box around a patch.
struct Shape {
    centre: (f32, f32),
    width: f32,
    height: f32,
    /// share of the box that the patch fills
    filled: f32,
    /// how much of the patch lies on the picture's border, relative to its shorter side
    at_border: f32,
}

impl Shape {
    fn of(f: &Features, patch: &[usize]) -> Self {
        let (mut x0, mut x1, mut y0, mut y1) = (f.width, 0, f.height, 0);
        let mut border = 0;
        for &i in patch {
            let (x, y) = (i % f.width, i / f.width);
            (x0, x1, y0, y1) = (x0.min(x), x1.max(x), y0.min(y), y1.max(y));
            border += usize::from(x == 0 || y == 0 || x + 1 == f.width || y + 1 == f.height);
        }
        let (width, height) = ((x1 - x0 + 1) as f32, (y1 - y0 + 1) as f32);
        Self {
            centre: ((x0 + x1) as f32 * 0.5, (y0 + y1) as f32 * 0.5),
            width,
            height,
            filled: patch.len() as f32 / (width * height),
            at_border: border as f32 / width.min(height),
        }
    }
}

/// How much a patch is like a face, an arm or a hand: closed, calm, of one hue, and lit from one side rather than grained.
fn quality(f: &Features, patch: &[usize], shape: &Shape, soft: &[f32]) -> f32 {
    let count = patch.len() as f32;
    let mean = |value: &dyn Fn(usize) -> f32| patch.iter().map(|&i| value(i)).sum::<f32>() / count;
    let share = count / f.len() as f32;
    let (a, b) = (mean(&|i| f.lab.a[i]), mean(&|i| f.lab.b[i]));
    let spread = mean(&|i| ((f.lab.a[i] - a).powi(2) + (f.lab.b[i] - b).powi(2)).sqrt());
    // faces have features, but also calm cheeks, which sand and bark have not; china and painted walls are calmer
    let calm = percentile(patch.iter().map(|&i| f.texture[i]).collect(), 0.3);
    // grain that is the same everywhere is bark, straw or leaves: a face is calm in the cheeks and busy at the eyes
    let texture = |share| percentile(patch.iter().map(|&i| f.texture[i]).collect(), share);
    let varied = smoothstep(2.0, 3.2, texture(0.8) / texture(0.1).max(0.1));
    let grained = smoothstep(1.6, 2.3, texture(0.5)) * (1.0 - varied);
    // blood makes skin redder than wood, sand and straw of the same lightness
    let pink = smoothstep(2.5, 8.0, a) * (1.0 - 0.8 * smoothstep(2.2, 3.6, b / a.max(1.0)));
    mean(&|i| soft[i])
        * smoothstep(0.0008, 0.015, share)
        * (1.0 - smoothstep(0.35, 0.6, share))
        * smoothstep(0.15, 0.4, shape.filled)
        * (1.0 - 0.7 * smoothstep(0.5, 1.5, shape.at_border))
        * (1.0 - smoothstep(8.0, 14.0, spread))
        * (1.0 - smoothstep(3.2, 6.5, calm))
        * (0.3 + 0.7 * smoothstep(0.4, 1.2, calm))
        * (1.0 - 0.75 * grained)
        * pink
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn skin_from_fair_to_dark_lies_in_the_ellipse_and_grass_sky_and_grey_do_not() {
        let d = |code: [u8; 3]| ellipse(code.map(|c| f32::from(c) / 255.0));
        for code in [
            [232, 190, 172],
            [224, 172, 140],
            [198, 134, 96],
            [141, 85, 60],
            [92, 56, 44],
        ] {
            assert!(d(code) < 1.1, "{code:?} {}", d(code));
        }
        for code in [
            [90, 130, 50],
            [120, 170, 220],
            [128, 128, 128],
            [250, 120, 0],
        ] {
            assert!(d(code) > 1.2, "{code:?} {}", d(code));
        }
    }
}
