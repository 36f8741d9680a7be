//! Edits of real photos whose truth is known: made by formulas of their own from the full-resolution photo, then put
//! through what a network's autoencoder does — a slight blur, noise, eight bits. `RETAKE_LOOK=DIR` writes the pictures.

mod measured;
mod sizes;
mod ways;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use retake_core::{Mask, Photo, PhotoId, Picture, Raster, Rng};
use retake_pixels::color::srgb_decode;
use retake_pixels::display::{self, Space};
use retake_pixels::matrix::{REC2020_FROM_SRGB, apply};
use retake_pixels::{blur, resize};

use super::codes::Codes;
use super::{Fitted, Way};

/// A sample photo at its own size, sRGB code values in [0, 1].
fn codes(name: &str) -> Codes {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../assets/photos")
        .join(name);
    let image = image::open(path).expect("a sample photo").to_rgb8();
    let (width, height) = (image.width() as usize, image.height() as usize);
    let values = image.into_raw();
    let planes = std::array::from_fn(|c| {
        let plane = values.iter().skip(c).step_by(3);
        plane.map(|v| f32::from(*v) / 255.0).collect()
    });
    Codes {
        width,
        height,
        planes,
    }
}

fn raster(codes: &Codes) -> Raster {
    Raster::from_fn(codes.width, codes.height, |x, y| {
        let code = codes.at(y * codes.width + x);
        apply(&REC2020_FROM_SRGB, code.map(srgb_decode))
    })
}

fn photo(codes: &Codes) -> Photo {
    Photo::from_raster(raster(codes), PhotoId([3; 32]))
}

/// The working copy of a photo, its long edge at most 512 px.
fn small(photo: &Photo) -> Raster {
    resize::fit(photo, 512).expect("a copy")
}

/// What an autoencoder leaves of a picture: blur, noise, eight bits.
fn through_autoencoder(picture: &Raster, blur_px: f32, noise: f32) -> Raster {
    let mut coded = picture.clone();
    display::encode(&mut coded, Space::Srgb);
    let mut rng = Rng::new(11);
    for plane in &mut coded.planes {
        *plane = blur::gaussian(plane, coded.width, coded.height, blur_px);
        for value in plane.iter_mut() {
            *value = ((*value + noise * rng.normal()).clamp(0.0, 1.0) * 255.0).round() / 255.0;
        }
    }
    raster(&Codes {
        width: coded.width,
        height: coded.height,
        planes: coded.planes,
    })
}

/// The usual loss.
fn lossy(picture: &Raster) -> Raster {
    through_autoencoder(picture, 0.6, 0.008)
}

/// A copy of the photo at this size, seen as a network does that puts every point `p`, from the centre, at
/// `scale · p + shift`: each of its pixels is the mean of 6 × 6 places of the full-resolution photo.
fn drifted(photo: &Raster, size: (usize, usize), shift_px: (f32, f32), scale: f32) -> Raster {
    let ratio = (
        photo.width as f32 / size.0 as f32,
        photo.height as f32 / size.1 as f32,
    );
    let centre = ((size.0 as f32 - 1.0) / 2.0, (size.1 as f32 - 1.0) / 2.0);
    Raster::from_fn(size.0, size.1, |x, y| {
        let mut sum = [0.0f32; 3];
        for k in 0..36 {
            let part = |k: usize| (k as f32 + 0.5) / 6.0 - 0.5;
            let from = |at: f32, centre: f32, shift: f32, ratio: f32, count: usize| {
                let at = (at - centre - shift) / scale + centre;
                ((at + 0.5) * ratio - 0.5).clamp(0.0, (count - 1) as f32)
            };
            let sx = from(
                x as f32 + part(k % 6),
                centre.0,
                shift_px.0,
                ratio.0,
                photo.width,
            );
            let sy = from(
                y as f32 + part(k / 6),
                centre.1,
                shift_px.1,
                ratio.1,
                photo.height,
            );
            let colour = between(photo, sx, sy);
            sum.iter_mut().zip(colour).for_each(|(s, v)| *s += v / 36.0);
        }
        sum
    })
}

fn between(picture: &Raster, x: f32, y: f32) -> [f32; 3] {
    let (x0, y0) = (x as usize, y as usize);
    let (x1, y1) = (
        (x0 + 1).min(picture.width - 1),
        (y0 + 1).min(picture.height - 1),
    );
    let (u, v) = (x - x0 as f32, y - y0 as f32);
    let (a, b) = (picture.at(x0, y0), picture.at(x1, y0));
    let (c, d) = (picture.at(x0, y1), picture.at(x1, y1));
    std::array::from_fn(|i| {
        (a[i] * (1.0 - u) + b[i] * u) * (1.0 - v) + (c[i] * (1.0 - u) + d[i] * u) * v
    })
}

/// Each colour of a picture, as sRGB code values, through a function.
fn recoloured(picture: &Raster, colour: impl Fn([f32; 3]) -> [f32; 3]) -> Raster {
    raster(&Codes::seen(picture).recoloured(|c| colour(c).map(|v| v.clamp(0.0, 1.0))))
}

/// A red ball with a light and a shadow side, `radius` and centre as shares of the width: what a network added.
fn ball(picture: &Raster, centre: (f32, f32), radius: f32) -> Raster {
    let side = picture.width as f32;
    let coded = Codes::seen(picture);
    raster(&Codes {
        planes: std::array::from_fn(|c| {
            (0..coded.len())
                .map(|i| {
                    let x = ((i % picture.width) as f32 + 0.5) / side - centre.0;
                    let y = ((i / picture.width) as f32 + 0.5) / side - centre.1;
                    let edge = ((radius - x.hypot(y)) * side + 0.5).clamp(0.0, 1.0);
                    let light = 0.6 - 1.2 * (x + y);
                    let red = [0.85, 0.15, 0.12][c] * light;
                    coded.planes[c][i] * (1.0 - edge) + red.clamp(0.0, 1.0) * edge
                })
                .collect()
        }),
        ..coded.clone()
    })
}

/// What of a picture of this size the ball covers.
fn covered(width: usize, height: usize, centre: (f32, f32), radius: f32) -> Mask {
    let side = width as f32;
    Mask::from_fn(width, height, |x, y| {
        let x = (x as f32 + 0.5) / side - centre.0;
        let y = (y as f32 + 0.5) / side - centre.1;
        f32::from(u8::from(x.hypot(y) < radius))
    })
}

/// The edit of the photo at full resolution, and what was measured.
fn made(
    photo: &Photo,
    source: &Raster,
    edit: &Raster,
    mask: Option<&Mask>,
) -> (Raster, Arc<Fitted>) {
    let fitted = Arc::new(Fitted::of(source, edit, mask));
    let full = fitted.over(Arc::new(photo.clone()));
    let rows = full.rows(0..photo.height()).expect("rows");
    (rows, fitted)
}

/// Writes a picture where `RETAKE_LOOK` says.
fn look(name: &str, picture: &Raster) {
    let Some(folder) = std::env::var_os("RETAKE_LOOK").map(PathBuf::from) else {
        return;
    };
    let coded = Codes::seen(picture);
    let bytes = (0..coded.len())
        .flat_map(|i| coded.at(i).map(|v| (v * 255.0).round() as u8))
        .collect();
    image::RgbImage::from_raw(picture.width as u32, picture.height as u32, bytes)
        .expect("a picture")
        .save(folder.join(format!("{name}.png")))
        .expect("written");
}

/// Root mean square difference in code values, over the pixels that `of` names.
fn apart(a: &Raster, b: &Raster, of: impl Fn(usize) -> bool) -> f32 {
    let (a, b) = (Codes::seen(a), Codes::seen(b));
    let (mut sum, mut count) = (0.0f64, 0usize);
    for i in (0..a.len()).filter(|i| of(*i)) {
        let (a, b) = (a.at(i), b.at(i));
        sum += (0..3).map(|c| f64::from(a[c] - b[c]).powi(2)).sum::<f64>() / 3.0;
        count += 1;
    }
    (sum / count.max(1) as f64).sqrt() as f32
}
