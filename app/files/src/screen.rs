//! What a screen makes of colours: an ICC profile of a display, and the way from sRGB pixels to that display's own.

use std::path::Path;
use std::sync::Arc;

use moxcms::{
    ColorProfile, DataColorSpace, Layout, ProfileText, RenderingIntent, Transform8BitExecutor,
    TransformOptions,
};
use rayon::prelude::*;
use retake_core::{Said, said};

use crate::open::caught;
use crate::{FileError, read_whole};

/// No display's profile is larger, bytes.
const LARGEST: u64 = 16 << 20;
/// Bytes converted at a time by one thread.
const PIECE: usize = 1 << 16;

/// A display's profile.
#[derive(Clone)]
pub struct ScreenProfile {
    name: String,
    from_srgb: Arc<Transform8BitExecutor>,
}

impl std::fmt::Debug for ScreenProfile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("ScreenProfile").field(&self.name).finish()
    }
}

impl ScreenProfile {
    /// Reads the profile in a file.
    ///
    /// Errors: it cannot be read, it is no ICC profile, it is not for an RGB display.
    pub fn load(path: &Path) -> Result<Self, FileError> {
        let bytes = read_whole(path, LARGEST)?;
        Self::read(&bytes).map_err(|error| error.at(path))
    }

    /// Reads a profile.
    ///
    /// Errors: it is no ICC profile, it is not for an RGB display.
    pub fn read(bytes: &[u8]) -> Result<Self, FileError> {
        let damaged = |detail: Said| FileError::Damaged {
            format: "ICC profile",
            detail,
            place: Default::default(),
        };
        // a hostile profile must cost its colours, not the window
        let made = caught(|| {
            let profile =
                ColorProfile::new_from_slice(bytes).map_err(|_| said!("it cannot be read"))?;
            if profile.color_space != DataColorSpace::Rgb {
                return Err(said!("it is not for a screen"));
            }
            let options = TransformOptions {
                rendering_intent: RenderingIntent::RelativeColorimetric,
                ..TransformOptions::default()
            };
            let from_srgb = ColorProfile::new_srgb()
                .create_transform_8bit(Layout::Rgba, &profile, Layout::Rgba, options)
                .map_err(|_| said!("nothing can be converted to it"))?;
            Ok(Self {
                name: name(profile.description.as_ref()),
                from_srgb,
            })
        });
        made.unwrap_or_else(|| Err(said!("it cannot be read")))
            .map_err(damaged)
    }

    /// What it calls itself; empty when it does not say.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// 8-bit sRGB, four bytes a pixel, as this screen needs them to look right; the fourth byte stays.
    pub fn show(&self, srgb: &[u8]) -> Vec<u8> {
        let mut shown = srgb.to_vec();
        shown
            .par_chunks_mut(PIECE)
            .zip(srgb.par_chunks(PIECE))
            .for_each(|(shown, srgb)| {
                // the lengths fit, which is all that it checks
                let _ = self.from_srgb.transform(srgb, shown);
            });
        shown
    }
}

fn name(text: Option<&ProfileText>) -> String {
    let words = match text {
        Some(ProfileText::PlainString(text)) => text.as_str(),
        Some(ProfileText::Localizable(texts)) => texts.first().map_or("", |text| &text.value),
        Some(ProfileText::Description(text)) => &text.ascii_string,
        None => "",
    };
    let plain: String = words.chars().filter(|c| !c.is_control()).collect();
    plain.trim().chars().take(80).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::save::{OutputSpace, icc_profile as profile};

    fn of(space: OutputSpace) -> ScreenProfile {
        ScreenProfile::read(&profile(space)).expect("our own profiles are right")
    }

    #[test]
    fn on_an_srgb_screen_pixels_stay_as_they_are() {
        let pixels: Vec<u8> = (0..=255u8).flat_map(|v| [v, 255 - v, v / 2, 255]).collect();
        let shown = of(OutputSpace::Srgb).show(&pixels);
        for (is, was) in shown.iter().zip(&pixels) {
            assert!(is.abs_diff(*was) <= 1, "{is} for {was}");
        }
    }

    #[test]
    fn on_a_wider_screen_srgb_red_is_not_the_screens_own_red() {
        // sRGB's red in Display P3's code values: (234, 51, 35), as CSS Color 4's conversions give
        let shown = of(OutputSpace::DisplayP3).show(&[255, 0, 0, 255]);
        for (is, meant) in shown.iter().zip([234u8, 51, 35, 255]) {
            assert!(is.abs_diff(meant) <= 1, "{shown:?}");
        }
    }

    #[test]
    fn greys_stay_grey() {
        let shown = of(OutputSpace::AdobeRgb).show(&[128, 128, 128, 255]);
        assert!(shown[0].abs_diff(shown[1]) <= 1 && shown[1].abs_diff(shown[2]) <= 1);
    }

    #[test]
    fn what_is_no_profile_is_refused_in_a_sentence() {
        let whole = profile(OutputSpace::Srgb);
        for bytes in [&b""[..], b"not a profile", &whole[..whole.len() / 2]] {
            let error = ScreenProfile::read(bytes).expect_err("refused").to_string();
            assert!(error.starts_with("the ICC profile is damaged"), "{error}");
        }
    }
}
