//! Pictures on their way to a server and back.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::{ExtendedColorType, ImageEncoder};
use retake_core::{Mask, Raster, Said, said};
use retake_pixels::color::srgb_decode;
use retake_pixels::matrix::{Matrix, REC2020, SRGB, apply, between};

use crate::picture::{Shown, within};

/// Up to so many pixels a picture is sent without loss.
const WITHOUT_LOSS: usize = 512 * 512;

/// The longest side of a picture that is read, px.
const MOST_SIDE: u32 = 8192;

/// The quality of the others, which nobody sees.
const QUALITY: u8 = 95;

/// A picture as a file: PNG where it is small, else JPEG; its media type and its bytes. At most so many pixels.
pub(super) fn file(raster: &Raster, max_pixels: usize) -> Result<(&'static str, Vec<u8>), Said> {
    let shown = Shown::of(&within(raster, max_pixels));
    let small = shown.width * shown.height <= WITHOUT_LOSS;
    if small {
        return Ok(("image/png", png(&shown)?));
    }
    let mut bytes = Vec::new();
    let (width, height) = sides(&shown)?;
    JpegEncoder::new_with_quality(&mut bytes, QUALITY)
        .write_image(&shown.rgb, width, height, ExtendedColorType::Rgb8)
        .map_err(|error| cannot(&error))?;
    Ok(("image/jpeg", bytes))
}

/// A picture without loss.
pub(super) fn png(shown: &Shown) -> Result<Vec<u8>, Said> {
    let mut bytes = Vec::new();
    let (width, height) = sides(shown)?;
    PngEncoder::new(&mut bytes)
        .write_image(&shown.rgb, width, height, ExtendedColorType::Rgb8)
        .map_err(|error| cannot(&error))?;
    Ok(bytes)
}

/// A picture that is transparent where a mask is white: what the protocol calls the place to edit.
pub(super) fn open_where(shown: &Shown, mask: &Mask) -> Result<Vec<u8>, Said> {
    let mut bytes = Vec::new();
    let (width, height) = sides(shown)?;
    let pixels = shown.rgb.chunks_exact(3).zip(&mask.values);
    let rgba: Vec<u8> = pixels
        .flat_map(|(rgb, open)| {
            let closed = ((1.0 - open.clamp(0.0, 1.0)) * 255.0).round() as u8;
            [rgb[0], rgb[1], rgb[2], closed]
        })
        .collect();
    PngEncoder::new(&mut bytes)
        .write_image(&rgba, width, height, ExtendedColorType::Rgba8)
        .map_err(|error| cannot(&error))?;
    Ok(bytes)
}

/// A picture that a server gave, PNG or JPEG in sRGB, as linear Rec.2020.
pub(super) fn read(bytes: &[u8]) -> Result<Raster, Said> {
    const FROM_SRGB: Matrix = between(&REC2020, &SRGB);
    let mut reader = image::ImageReader::new(std::io::Cursor::new(bytes))
        .with_guessed_format()
        .map_err(|error| unreadable(&error.to_string()))?;
    let mut limits = image::Limits::default();
    limits.max_image_width = Some(MOST_SIDE);
    limits.max_image_height = Some(MOST_SIDE);
    reader.limits(limits);
    let picture = reader
        .decode()
        .map_err(|error| unreadable(&error.to_string()))?
        .to_rgb8();
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    Ok(Raster::from_fn(width, height, |x, y| {
        let rgb = picture.get_pixel(x as u32, y as u32).0;
        apply(
            &FROM_SRGB,
            rgb.map(|code| srgb_decode(f32::from(code) / 255.0)),
        )
    }))
}

fn unreadable(why: &str) -> Said {
    said!("the server's picture cannot be read ({why})", why = why)
}

/// The same as an address that carries the picture in itself.
pub(super) fn data_url(raster: &Raster, max_pixels: usize) -> Result<String, Said> {
    let (kind, bytes) = file(raster, max_pixels)?;
    Ok(format!("data:{kind};base64,{}", STANDARD.encode(bytes)))
}

fn sides(shown: &Shown) -> Result<(u32, u32), Said> {
    match (u32::try_from(shown.width), u32::try_from(shown.height)) {
        (Ok(width), Ok(height)) if width > 0 && height > 0 => Ok((width, height)),
        _ => Err(said!(
            "A picture without pixels cannot be shown to a judge."
        )),
    }
}

fn cannot(error: &image::ImageError) -> Said {
    said!(
        "A picture could not be written for the server ({why}).",
        why = error.to_string()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_picture_arrives_as_it_is_shown_and_a_large_one_within_its_bound() {
        let small = Raster::from_fn(30, 20, |x, y| [x as f32 / 30.0, y as f32 / 20.0, 0.3]);
        let (kind, bytes) = file(&small, 1000).expect("encoded");
        let read = image::load_from_memory(&bytes)
            .expect("a picture")
            .to_rgb8();
        assert_eq!((kind, read.as_raw()), ("image/png", &Shown::of(&small).rgb));
        let (kind, bytes) = file(&Raster::new(1200, 900), 600 * 600).expect("encoded");
        let read = image::load_from_memory(&bytes)
            .expect("a picture")
            .to_rgb8();
        assert_eq!(kind, "image/jpeg");
        assert!((read.width() * read.height()) as usize <= 600 * 600);
    }

    #[test]
    fn what_is_written_is_read_again_within_a_step() {
        let raster = Raster::from_fn(9, 7, |x, y| [x as f32 / 9.0, y as f32 / 7.0, 0.3]);
        let shown = Shown::of(&raster);
        let read = read(&png(&shown).expect("encoded")).expect("read");
        let again = Shown::of(&read);
        let far = shown
            .rgb
            .iter()
            .zip(&again.rgb)
            .map(|(a, b)| a.abs_diff(*b))
            .max();
        assert!(far <= Some(1), "{far:?}");
    }

    #[test]
    fn a_picture_without_pixels_is_refused() {
        assert!(data_url(&Raster::new(0, 0), 100).is_err());
    }
}
