//! How much of each pixel a mask covers. Masks look at the photo as it was, never at what earlier layers made of it,
//! so the order of layers does not move them.

use retake_core::{Mask, Raster, Rect, Region, RegionKind};
use retake_pixels::color;

use super::Scene;
use crate::recipe::{Combine, MaskPart, MaskShape};

/// The coverage of `parts` over `rect` of the output; `source` are the photo's own pixels there.
pub(crate) fn coverage(parts: &[MaskPart], scene: &Scene, rect: Rect, source: &Raster) -> Mask {
    let mut joined = Mask::uniform(rect.width(), rect.height(), 1.0);
    for (i, part) in parts.iter().enumerate() {
        let mut shape = shape(&part.shape, scene, rect, source);
        if part.invert {
            for value in &mut shape.values {
                *value = 1.0 - *value;
            }
        }
        if i == 0 {
            joined = shape;
            continue;
        }
        for (joined, value) in joined.values.iter_mut().zip(&shape.values) {
            *joined = match part.combine {
                Combine::Add => joined.max(*value),
                Combine::Subtract => *joined * (1.0 - value),
                Combine::Intersect => *joined * value,
            };
        }
    }
    joined
}

fn smoothstep(t: f32) -> f32 {
    let t = t.clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// 1 between `low` and `high`, smooth to 0 within `feather` outside.
fn band(value: f32, low: f32, high: f32, feather: f32) -> f32 {
    let outside = (low - value).max(value - high).max(0.0);
    if feather > 0.0 {
        smoothstep(1.0 - outside / feather)
    } else {
        f32::from(u8::from(outside == 0.0))
    }
}

fn shape(shape: &MaskShape, scene: &Scene, rect: Rect, source: &Raster) -> Mask {
    let (width, height) = (scene.frame.width as f32, scene.frame.height as f32);
    let long_edge = scene.long_edge();
    // position in shares of the long edge, from the frame's corner
    let place = |x: usize, y: usize| ((rect.x0 + x) as f32 + 0.5, (rect.y0 + y) as f32 + 0.5);
    match shape {
        MaskShape::Whole => Mask::uniform(rect.width(), rect.height(), 1.0),
        MaskShape::Linear { from, to } => {
            let start = (from[0] * width, from[1] * height);
            let way = (to[0] * width - start.0, to[1] * height - start.1);
            let length2 = (way.0 * way.0 + way.1 * way.1).max(1e-6);
            Mask::from_fn(rect.width(), rect.height(), |x, y| {
                let (px, py) = place(x, y);
                smoothstep(1.0 - ((px - start.0) * way.0 + (py - start.1) * way.1) / length2)
            })
        }
        MaskShape::Radial {
            centre,
            radius,
            angle_deg,
            feather,
        } => {
            let (sin, cos) = angle_deg.to_radians().sin_cos();
            let (cx, cy) = (centre[0] * width, centre[1] * height);
            let (rx, ry) = (
                (radius[0] * long_edge).max(1e-3),
                (radius[1] * long_edge).max(1e-3),
            );
            Mask::from_fn(rect.width(), rect.height(), |x, y| {
                let (px, py) = place(x, y);
                let (dx, dy) = (px - cx, py - cy);
                let (u, v) = ((dx * cos + dy * sin) / rx, (dy * cos - dx * sin) / ry);
                let distance = (u * u + v * v).sqrt();
                smoothstep((1.0 - distance) / feather.max(1e-3))
            })
        }
        MaskShape::Luminance { low, high, feather } => pixelwise(source, |rgb| {
            band(
                color::lstar(color::luminance(rgb).max(0.0)).min(100.0),
                *low,
                *high,
                *feather,
            )
        }),
        MaskShape::Colour {
            hue_deg,
            width_deg,
            feather_deg,
        } => pixelwise(source, |rgb| {
            let [_, a, b] = color::oklab(rgb);
            let distance = (b.atan2(a).to_degrees() - hue_deg + 540.0).rem_euclid(360.0) - 180.0;
            let coloured = smoothstep((a.hypot(b) - 0.02) / 0.04);
            coloured * band(distance.abs(), 0.0, *width_deg, *feather_deg)
        }),
        MaskShape::Neutral {
            towards_deg,
            chroma,
            feather: [near, opposite],
        } => {
            let (sin, cos) = towards_deg.to_radians().sin_cos();
            pixelwise(source, |rgb| {
                let [_, a, b] = color::oklab(rgb);
                let own = a.hypot(b);
                let against = (-(a * cos + b * sin) / own.max(1e-6)).clamp(0.0, 1.0);
                band(own, 0.0, *chroma, near + against * (opposite - near))
            })
        }
        MaskShape::Region(region) => named(region, scene, rect, source),
        MaskShape::Painted => named(&Region::of(RegionKind::Painted), scene, rect, source),
    }
}

fn pixelwise(source: &Raster, value: impl Fn([f32; 3]) -> f32) -> Mask {
    Mask::from_fn(source.width, source.height, |x, y| value(source.at(x, y)))
}

/// A named region. Regions lie in the photo's own frame: through a crop or a turn they are looked up by source position.
fn named(region: &Region, scene: &Scene, rect: Rect, source: &Raster) -> Mask {
    let frame = &scene.frame;
    if frame.is_whole() {
        return scene
            .analysis
            .regions
            .mask_rect(region, frame.width, frame.height, rect, source);
    }
    let proxy = &scene.analysis.proxy;
    let map = scene
        .analysis
        .regions
        .mask(region, proxy.width, proxy.height);
    let (sx, sy) = (
        proxy.width as f64 / frame.source_width as f64,
        proxy.height as f64 / frame.source_height as f64,
    );
    Mask::from_fn(rect.width(), rect.height(), |x, y| {
        let (px, py) = frame.source_at((rect.x0 + x) as f64 + 0.5, (rect.y0 + y) as f64 + 0.5);
        bilinear(&map, px * sx - 0.5, py * sy - 0.5)
    })
}

fn bilinear(mask: &Mask, x: f64, y: f64) -> f32 {
    let (x, y) = (
        x.clamp(0.0, (mask.width - 1) as f64),
        y.clamp(0.0, (mask.height - 1) as f64),
    );
    let (ix, iy) = (x.floor() as usize, y.floor() as usize);
    let (tx, ty) = ((x - ix as f64) as f32, (y - iy as f64) as f32);
    let (jx, jy) = ((ix + 1).min(mask.width - 1), (iy + 1).min(mask.height - 1));
    let top = mask.at(ix, iy) * (1.0 - tx) + mask.at(jx, iy) * tx;
    let bottom = mask.at(ix, jy) * (1.0 - tx) + mask.at(jx, jy) * tx;
    top * (1.0 - ty) + bottom * ty
}
