//! Direct work on pixels: edits that are right, and faults that grow. Nothing here knows the darkroom.

use retake_core::{Raster, Rng};
use retake_pixels::blur::gaussian;
use retake_pixels::color::{lab, rgb_from_lab, srgb_decode, srgb_encode};
use retake_pixels::matrix::{REC2020_FROM_SRGB, SRGB_FROM_REC2020, apply};

/// Each pixel's (L*, a*, b*) changed.
pub(crate) fn in_lab(source: &Raster, change: impl Fn([f32; 3]) -> [f32; 3]) -> Raster {
    Raster::from_fn(source.width, source.height, |x, y| {
        rgb_from_lab(change(lab(source.at(x, y))))
    })
}

/// Each pixel's sRGB code values in [0, 1] changed.
pub(crate) fn in_srgb(source: &Raster, change: impl Fn([f32; 3]) -> [f32; 3]) -> Raster {
    Raster::from_fn(source.width, source.height, |x, y| {
        let coded =
            apply(&SRGB_FROM_REC2020, source.at(x, y)).map(|v| srgb_encode(v.clamp(0.0, 1.0)));
        apply(&REC2020_FROM_SRGB, change(coded).map(srgb_decode))
    })
}

/// Each plane changed as a whole.
pub(crate) fn planes(source: &Raster, change: impl Fn(&[f32]) -> Vec<f32>) -> Raster {
    Raster {
        width: source.width,
        height: source.height,
        planes: std::array::from_fn(|c| change(&source.planes[c])),
    }
}

pub(crate) fn exposure(source: &Raster, stops: f32) -> Raster {
    planes(source, |plane| {
        plane.iter().map(|v| v * stops.exp2()).collect()
    })
}

/// Lighter without clipping: a power of luminance.
pub(crate) fn gamma(source: &Raster, power: f32) -> Raster {
    in_srgb(source, |rgb| rgb.map(|v| v.powf(power)))
}

/// An S-curve about the middle.
pub(crate) fn contrast(source: &Raster, factor: f32) -> Raster {
    in_lab(source, |[l, a, b]| {
        let t = (l / 100.0).clamp(1e-3, 1.0 - 1e-3);
        let curved = 1.0 / (1.0 + ((1.0 - t) / t).powf(factor));
        [100.0 * curved, a, b]
    })
}

/// A white balance: gains for red and blue in linear light.
pub(crate) fn warm(source: &Raster, stops: f32) -> Raster {
    let gains = [(0.5 * stops).exp2(), 1.0, (-stops).exp2()];
    let mut out = source.clone();
    for (plane, gain) in out.planes.iter_mut().zip(gains) {
        plane.iter_mut().for_each(|v| *v *= gain);
    }
    out
}

/// The same shift of b* everywhere, black and white included.
pub(crate) fn yellow_wash(source: &Raster, shift: f32) -> Raster {
    in_lab(source, |[l, a, b]| [l, a, b + shift])
}

pub(crate) fn saturate(source: &Raster, factor: f32) -> Raster {
    in_lab(source, |[l, a, b]| [l, a * factor, b * factor])
}

pub(crate) fn blur(source: &Raster, sigma_px: f32) -> Raster {
    planes(source, |plane| {
        gaussian(plane, source.width, source.height, sigma_px)
    })
}

/// Unsharp masking in lightness.
pub(crate) fn sharpen(source: &Raster, amount: f32, radius_px: f32) -> Raster {
    let light: Vec<f32> = (0..source.len())
        .map(|i| {
            lab([
                source.planes[0][i],
                source.planes[1][i],
                source.planes[2][i],
            ])[0]
        })
        .collect();
    let smooth = gaussian(&light, source.width, source.height, radius_px);
    Raster::from_fn(source.width, source.height, |x, y| {
        let i = y * source.width + x;
        let [l, a, b] = lab(source.at(x, y));
        rgb_from_lab([(l + amount * (l - smooth[i])).clamp(0.0, 100.0), a, b])
    })
}

/// Gaussian noise in L*, the same pattern at every strength.
pub(crate) fn noise(source: &Raster, sigma: f32) -> Raster {
    let mut rng = Rng::new(11);
    Raster::from_fn(source.width, source.height, |x, y| {
        let [l, a, b] = lab(source.at(x, y));
        rgb_from_lab([(l + sigma * rng.normal()).clamp(0.0, 100.0), a, b])
    })
}

pub(crate) fn posterise(source: &Raster, levels: f32) -> Raster {
    in_srgb(source, |rgb| rgb.map(|v| (v * levels).round() / levels))
}

/// Squares of 8 px drawn towards their own mean, as a harsh JPEG does.
pub(crate) fn blocks(source: &Raster, share: f32) -> Raster {
    let mut out = source.clone();
    for (plane, own) in out.planes.iter_mut().zip(&source.planes) {
        for y0 in (0..source.height).step_by(8) {
            for x0 in (0..source.width).step_by(8) {
                let (x1, y1) = ((x0 + 8).min(source.width), (y0 + 8).min(source.height));
                let cells = || (y0..y1).flat_map(move |y| (x0..x1).map(move |x| (x, y)));
                let mean = cells().map(|(x, y)| own[y * source.width + x]).sum::<f32>()
                    / cells().count() as f32;
                for (x, y) in cells() {
                    let i = y * source.width + x;
                    plane[i] += share * (mean - own[i]);
                }
            }
        }
    }
    out
}

/// Everything moved to the right, the left edge continued.
pub(crate) fn shifted(source: &Raster, px: usize) -> Raster {
    Raster::from_fn(source.width, source.height, |x, y| {
        source.at(x.saturating_sub(px), y)
    })
}

/// A white frame.
pub(crate) fn framed(source: &Raster, px: usize) -> Raster {
    Raster::from_fn(source.width, source.height, |x, y| {
        let inside = (px..source.width - px).contains(&x) && (px..source.height - px).contains(&y);
        if inside { source.at(x, y) } else { [1.0; 3] }
    })
}

/// Bars like lines of bold text over the middle.
pub(crate) fn lettered(source: &Raster) -> Raster {
    Raster::from_fn(source.width, source.height, |x, y| {
        let here = (source.height / 3..2 * source.height / 3).contains(&y)
            && (source.width / 6..5 * source.width / 6).contains(&x);
        if here && y % 24 < 14 && (x / 4 + (x / 13) * (y / 24)) % 2 == 0 {
            [0.9; 3]
        } else {
            source.at(x, y)
        }
    })
}

pub(crate) fn mirrored(source: &Raster) -> Raster {
    Raster::from_fn(source.width, source.height, |x, y| {
        source.at(source.width - 1 - x, y)
    })
}

pub(crate) fn upside_down(source: &Raster) -> Raster {
    Raster::from_fn(source.width, source.height, |x, y| {
        source.at(x, source.height - 1 - y)
    })
}

/// A quarter turn clockwise.
pub(crate) fn quarter_turn(source: &Raster) -> Raster {
    Raster::from_fn(source.height, source.width, |x, y| {
        source.at(y, source.height - 1 - x)
    })
}

/// Turned clockwise about the middle and cut so that no corner is empty.
pub(crate) fn turned(source: &Raster, degrees: f32) -> Raster {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let (w, h) = (source.width as f32, source.height as f32);
    let shrink = (w / (w * cos.abs() + h * sin.abs())).min(h / (w * sin.abs() + h * cos.abs()));
    let (width, height) = ((w * shrink) as usize, (h * shrink) as usize);
    Raster::from_fn(width, height, |x, y| {
        let dx = x as f32 + 0.5 - width as f32 / 2.0;
        let dy = y as f32 + 0.5 - height as f32 / 2.0;
        let sx = (dx * cos + dy * sin + w / 2.0 - 0.5).clamp(0.0, w - 1.001);
        let sy = (-dx * sin + dy * cos + h / 2.0 - 0.5).clamp(0.0, h - 1.001);
        let (x0, y0) = (sx as usize, sy as usize);
        let (tx, ty) = (sx - x0 as f32, sy - y0 as f32);
        let (x1, y1) = (
            (x0 + 1).min(source.width - 1),
            (y0 + 1).min(source.height - 1),
        );
        let [a, b, c, d] = [
            source.at(x0, y0),
            source.at(x1, y0),
            source.at(x0, y1),
            source.at(x1, y1),
        ];
        std::array::from_fn(|k| {
            (a[k] * (1.0 - tx) + b[k] * tx) * (1.0 - ty) + (c[k] * (1.0 - tx) + d[k] * tx) * ty
        })
    })
}
