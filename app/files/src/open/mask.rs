//! Painted masks: any picture read as "how much of this pixel is meant".

use retake_core::Mask;

use super::decoded::{Channels, Decoded};
use super::exif;
use super::limits::Limits;
use super::orient::upright;
use crate::FileError;

/// Luminance of the code values times alpha, upright. Unusual samples count as 0.
pub(super) fn from(decoded: &Decoded, limits: &Limits) -> Result<Mask, FileError> {
    let (width, height) = (decoded.width, decoded.height);
    let channels = decoded.channels.count();
    let held = channels as u64 * u64::from(decoded.carried.bits.max(8) / 8);
    limits.check(width as u64, height as u64, held + 4)?;
    let share = |i: usize| {
        let value = decoded.values.share(i);
        if value.is_nan() {
            0.0
        } else {
            value.clamp(0.0, 1.0)
        }
    };
    let luma = |r: f32, g: f32, b: f32| 0.2126 * r + 0.7152 * g + 0.0722 * b;
    let value = |pixel: usize| {
        let i = pixel * channels;
        let meant = match decoded.channels {
            Channels::Grey => share(i),
            Channels::GreyAlpha if decoded.premultiplied => share(i),
            Channels::GreyAlpha => share(i) * share(i + 1),
            Channels::Rgb => luma(share(i), share(i + 1), share(i + 2)),
            Channels::Rgba => {
                let alpha = if decoded.premultiplied {
                    1.0
                } else {
                    share(i + 3)
                };
                luma(share(i), share(i + 1), share(i + 2)) * alpha
            }
            Channels::Cmyk => {
                let left = |ink: usize| 1.0 - share(i + ink);
                luma(left(0), left(1), left(2)) * left(3)
            }
        };
        meant.min(1.0)
    };
    let values: Vec<f32> = (0..width * height).map(value).collect();
    let said = decoded.carried.exif.as_deref().map(exif::read);
    let orientation = decoded
        .orientation
        .or(said.and_then(|exif| exif.orientation))
        .unwrap_or(1);
    let (values, width, height) = upright(values, width, height, orientation);
    Ok(Mask {
        width,
        height,
        values,
    })
}
