//! Small files for the tests, and short ways to look at what they become.

use std::io::Cursor;

use image::{DynamicImage, ExtendedColorType, ImageEncoder, ImageFormat, RgbImage};
use retake_core::{Photo, Samples};
use retake_files::{Limits, decode};

/// A photo-like pattern: smooth, with a different colour in every corner.
pub(crate) fn pattern(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let share = |v: u32, of: u32| (v * 255 / of.max(2).saturating_sub(1)).min(255) as u8;
        image::Rgb([
            share(x, width),
            share(y, height),
            255 - share(x + y, width + height),
        ])
    })
}

/// Encoded by the `image` crate.
pub(crate) fn encoded(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    picture
        .into()
        .write_to(&mut out, format)
        .expect("the picture suits the format");
    out.into_inner()
}

/// A PNG or JPEG with an ICC profile in it.
pub(crate) fn png_with_icc(picture: &RgbImage, icc: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = image::codecs::png::PngEncoder::new(&mut out);
    encoder
        .set_icc_profile(icc.to_vec())
        .expect("PNG has profiles");
    encoder
        .write_image(
            picture,
            picture.width(),
            picture.height(),
            ExtendedColorType::Rgb8,
        )
        .expect("in memory");
    out
}

/// A JPEG of quality 95.
pub(crate) fn jpeg(picture: &RgbImage) -> Vec<u8> {
    let mut out = Vec::new();
    image::codecs::jpeg::JpegEncoder::new_with_quality(&mut out, 95)
        .encode_image(picture)
        .expect("in memory");
    out
}

/// The same JPEG with a segment after its first marker.
pub(crate) fn with_segment(jpeg: &[u8], marker: u8, body: &[u8]) -> Vec<u8> {
    let mut out = jpeg[..2].to_vec();
    out.extend([0xFF, marker]);
    out.extend((body.len() as u16 + 2).to_be_bytes());
    out.extend(body);
    out.extend(&jpeg[2..]);
    out
}

/// An EXIF block of one tag.
pub(crate) fn exif_orientation(orientation: u8) -> Vec<u8> {
    let mut block = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    block.extend([orientation, 0, 0, 0, 0, 0, 0]);
    block
}

pub(crate) fn opened(bytes: &[u8]) -> Photo {
    decode(bytes, &Limits::default()).unwrap_or_else(|error| panic!("{error}"))
}

pub(crate) fn refusal(bytes: &[u8]) -> String {
    match decode(bytes, &Limits::default()) {
        Ok(photo) => panic!("opened as {} × {}", photo.width(), photo.height()),
        Err(error) => error.to_string(),
    }
}

/// The linear Rec.2020 colour of one pixel.
pub(crate) fn colour_at(photo: &Photo, x: usize, y: usize) -> [f32; 3] {
    let (mut r, mut g, mut b) = ([0.0], [0.0], [0.0]);
    photo.read_span(y, x..x + 1, &mut r, &mut g, &mut b);
    [r[0], g[0], b[0]]
}

/// The 8-bit codes a photo kept.
pub(crate) fn codes(photo: &Photo) -> &[u8] {
    match photo.samples() {
        Samples::Eight(coded) => &coded.rgb,
        other => panic!("not kept as 8 bits: {:?}", std::mem::discriminant(other)),
    }
}

/// The sRGB codes of a linear Rec.2020 colour, by the published formula and matrix.
pub(crate) fn srgb_codes(rec2020: [f32; 3]) -> [f64; 3] {
    // inverse of Rep. ITU-R BT.2087-0, matrix M2, as colour-science 0.4 gives it
    const SRGB_FROM_REC2020: [[f64; 3]; 3] = [
        [1.660_491_00, -0.587_641_14, -0.072_849_86],
        [-0.124_550_47, 1.132_899_90, -0.008_349_42],
        [-0.018_150_76, -0.100_578_90, 1.118_729_66],
    ];
    SRGB_FROM_REC2020.map(|row| {
        let linear: f64 = row.iter().zip(rec2020).map(|(m, v)| m * f64::from(v)).sum();
        let coded = if linear <= 0.003_130_8 {
            12.92 * linear
        } else {
            1.055 * linear.powf(1.0 / 2.4) - 0.055
        };
        coded * 255.0
    })
}

/// Asserts that two colours are within `tolerance` of each other.
#[track_caller]
pub(crate) fn assert_near(found: [f32; 3], expected: [f32; 3], tolerance: f32) {
    let near = found
        .iter()
        .zip(expected)
        .all(|(found, expected)| (found - expected).abs() <= tolerance);
    assert!(near, "{found:?} is not {expected:?}");
}
