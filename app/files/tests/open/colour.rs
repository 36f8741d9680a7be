//! Colour spaces: profiles, chunks and tags become the right linear Rec.2020.

use image::{GrayImage, ImageBuffer, ImageFormat, Luma, Rgb, RgbImage};
use moxcms::ColorProfile;
use retake_core::Samples;

use crate::made::*;

fn solid(rgb: [u8; 3]) -> RgbImage {
    ImageBuffer::from_pixel(2, 2, Rgb(rgb))
}

fn profile(profile: ColorProfile) -> Vec<u8> {
    profile.encode().expect("the profile is sound")
}

#[test]
fn srgb_codes_make_the_round_trip() {
    let ramp = ImageBuffer::from_fn(256, 3, |x, y| {
        let code = x as u8;
        Rgb([[code, code, code], [code, 0, 255], [0, code, 128]][y as usize])
    });
    for bytes in [
        encoded(ramp.clone(), ImageFormat::Png),
        png_with_icc(&ramp, &profile(ColorProfile::new_srgb())),
    ] {
        let photo = opened(&bytes);
        for (x, y, pixel) in ramp.enumerate_pixels() {
            let found = srgb_codes(colour_at(&photo, x as usize, y as usize));
            for (found, code) in found.iter().zip(pixel.0) {
                assert!((found - f64::from(code)).abs() < 0.02, "{found} for {code}");
            }
        }
    }
}

#[test]
fn white_is_exactly_one_and_black_exactly_nothing() {
    for icc in [
        ColorProfile::new_srgb(),
        ColorProfile::new_display_p3(),
        ColorProfile::new_adobe_rgb(),
        ColorProfile::new_bt2020(),
        ColorProfile::new_pro_photo_rgb(),
    ] {
        let icc = profile(icc);
        let white = opened(&png_with_icc(&solid([255; 3]), &icc));
        assert_eq!(
            colour_at(&white, 0, 0),
            [1.0; 3],
            "{:?}",
            white.carried().notes
        );
        let black = opened(&png_with_icc(&solid([0; 3]), &icc));
        assert_eq!(colour_at(&black, 0, 0), [0.0; 3]);
    }
}

#[test]
fn red_of_each_profile_lands_where_its_primaries_say() {
    // linear Rec.2020 coordinates of each red primary, worked out with colour-science from the published chromaticities
    for (icc, rec2020) in [
        (ColorProfile::new_srgb(), [0.627_404, 0.069_097, 0.016_391]),
        (
            ColorProfile::new_display_p3(),
            [0.753_833, 0.045_744, -0.001_210],
        ),
        (
            ColorProfile::new_adobe_rgb(),
            [0.877_334, 0.096_623, 0.022_921],
        ),
        (ColorProfile::new_bt2020(), [1.0, 0.0, 0.0]),
    ] {
        let photo = opened(&png_with_icc(&solid([255, 0, 0]), &profile(icc)));
        assert_near(colour_at(&photo, 1, 1), rec2020, 2e-5);
        assert!(matches!(photo.samples(), Samples::Eight(_)));
    }
}

#[test]
fn the_profile_is_carried_unchanged() {
    let icc = profile(ColorProfile::new_display_p3());
    let photo = opened(&png_with_icc(&solid([9, 9, 9]), &icc));
    assert_eq!(photo.carried().icc.as_deref(), Some(icc.as_slice()));
}

#[test]
fn mid_grey_follows_each_profiles_own_curve() {
    for (icc, expected) in [
        // IEC 61966-2-1: ((128/255 + 0.055) / 1.055)^2.4
        (ColorProfile::new_srgb(), 0.215_860_5),
        // Adobe RGB (1998) 4.3.4.2: (128/255)^(563/256)
        (ColorProfile::new_adobe_rgb(), 0.219_638),
    ] {
        let photo = opened(&png_with_icc(&solid([128; 3]), &profile(icc)));
        assert_near(colour_at(&photo, 0, 0), [expected; 3], 2e-5);
    }
}

#[test]
fn a_grey_profile_keeps_greys_neutral_on_its_own_curve() {
    let icc = profile(ColorProfile::new_gray_with_gamma(1.8));
    let grey = GrayImage::from_pixel(2, 1, Luma([128]));
    let mut out = Vec::new();
    use image::ImageEncoder;
    let mut encoder = image::codecs::png::PngEncoder::new(&mut out);
    encoder.set_icc_profile(icc).expect("PNG has profiles");
    encoder
        .write_image(&grey, 2, 1, image::ExtendedColorType::L8)
        .expect("in memory");
    let expected = (128.0f32 / 255.0).powf((1.8f32 * 256.0).round() / 256.0);
    let photo = opened(&out);
    assert_near(colour_at(&photo, 0, 0), [expected; 3], 1e-5);
    assert!(photo.carried().notes.is_empty());
}

#[test]
fn a_broken_profile_is_srgb_with_a_note() {
    let mut absurd = ColorProfile::new_srgb();
    absurd.red_colorant.x = 900.0;
    for icc in [vec![7; 300], profile(absurd)] {
        let photo = opened(&png_with_icc(&solid([255, 0, 0]), &icc));
        assert_near(
            colour_at(&photo, 0, 0),
            [0.627_404, 0.069_097, 0.016_391],
            2e-5,
        );
        assert_eq!(photo.carried().notes.len(), 1);
        assert_eq!(photo.carried().icc, None, "it must not reach the exports");
    }
}

#[test]
fn a_grey_profile_on_a_colour_photo_is_left_aside() {
    let icc = profile(ColorProfile::new_gray_with_gamma(2.2));
    let photo = opened(&png_with_icc(&solid([0, 255, 0]), &icc));
    assert_eq!(
        photo.carried().notes,
        [
            "The embedded colour profile is for another kind of picture; the photo was taken for sRGB."
        ]
    );
}

#[test]
fn a_photo_marked_adobe_rgb_by_its_camera_is_adobe_rgb() {
    // an Exif IFD with ColorSpace 2
    let mut exif =
        b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x87\x69\0\x04\0\0\0\x01\0\0\0\x1A\0\0\0\0".to_vec();
    exif.extend(b"\0\x01\xA0\x01\0\x03\0\0\0\x01\0\x02\0\0\0\0\0\0");
    let grey = ImageBuffer::from_pixel(8, 8, Rgb([128u8; 3]));
    let photo = opened(&with_segment(&jpeg(&grey), 0xE1, &exif));
    assert_near(colour_at(&photo, 4, 4), [0.219_638; 3], 2e-3);
    assert!((colour_at(&photo, 4, 4)[0] - 0.215_86).abs() > 2e-3);
}

fn png_chunks(rgb: [u8; 3], set: impl Fn(&mut png::Info<'static>)) -> Vec<u8> {
    let mut info = png::Info::with_size(1, 1);
    info.color_type = png::ColorType::Rgb;
    info.bit_depth = png::BitDepth::Eight;
    set(&mut info);
    let mut out = Vec::new();
    let encoder = png::Encoder::with_info(&mut out, info).expect("sound");
    let mut writer = encoder.write_header().expect("in memory");
    writer.write_image_data(&rgb).expect("one pixel");
    drop(writer);
    out
}

#[test]
fn a_gamma_chunk_counts_when_it_is_not_srgbs() {
    let with = |gamma: f32| {
        opened(&png_chunks([128; 3], |info| {
            info.source_gamma = Some(png::ScaledFloat::new(gamma));
        }))
    };
    assert_near(colour_at(&with(1.0), 0, 0), [128.0 / 255.0; 3], 1e-6);
    assert_near(colour_at(&with(0.45455), 0, 0), [0.215_860_5; 3], 1e-6);
}

#[test]
fn chromaticities_in_a_chunk_count() {
    let photo = opened(&png_chunks([255, 0, 0], |info| {
        info.source_gamma = Some(png::ScaledFloat::new(0.45455));
        info.source_chromaticities = Some(png::SourceChromaticities::new(
            (0.3127, 0.3290),
            (0.680, 0.320),
            (0.265, 0.690),
            (0.150, 0.060),
        ));
    }));
    // the chunk has five decimals
    assert_near(
        colour_at(&photo, 0, 0),
        [0.753_833, 0.045_744, -0.001_210],
        5e-5,
    );
}

#[test]
fn a_cicp_chunk_wins_over_everything() {
    let mut bytes = png_chunks([255, 0, 0], |_| {});
    // cICP: primaries 12 (P3), transfer 13 (sRGB), matrix 0, full range; after IHDR
    let chunk = [b"cICP".as_slice(), &[12, 13, 0, 1]].concat();
    let mut whole = 4u32.to_be_bytes().to_vec();
    whole.extend(&chunk);
    whole.extend(crc(&chunk).to_be_bytes());
    bytes.splice(33..33, whole);
    let photo = opened(&bytes);
    assert_near(
        colour_at(&photo, 0, 0),
        [0.753_833, 0.045_744, -0.001_210],
        2e-5,
    );
}

/// CRC-32 of a PNG chunk (PNG 3rd edition, annex D).
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| {
            crc >> 1 ^ if crc & 1 == 1 { 0xEDB8_8320 } else { 0 }
        })
    })
}

#[test]
fn inks_without_a_profile_are_read_as_what_they_leave_of_the_light() {
    let tiff = cmyk_tiff(&[0, 0, 0, 0, 0, 0, 0, 255, 255, 0, 0, 0, 0, 255, 255, 0]);
    let photo = opened(&tiff);
    assert_eq!(
        codes(&photo),
        [255, 255, 255, 0, 0, 0, 0, 255, 255, 255, 0, 0]
    );
    assert_eq!(photo.carried().notes.len(), 1);
}

fn cmyk_tiff(inks: &[u8]) -> Vec<u8> {
    use tiff::encoder::{TiffEncoder, colortype::CMYK8};
    let mut out = std::io::Cursor::new(Vec::new());
    TiffEncoder::new(&mut out)
        .expect("in memory")
        .write_image::<CMYK8>((inks.len() / 4) as u32, 1, inks)
        .expect("in memory");
    out.into_inner()
}

#[test]
fn a_profile_of_tables_is_converted() {
    // sRGB as a scanner's table of 13³ points; the codes LittleCMS 2 makes of it, relative colorimetric
    let table = include_bytes!("data/srgb-table.icc");
    for (codes, expected) in [
        ([200, 100, 20], [200.0, 100.0, 20.0]),
        ([255, 255, 255], [255.0, 255.0, 255.0]),
        ([17, 136, 232], [20.0, 136.0, 232.0]),
        ([90, 90, 90], [90.0, 90.0, 90.0]),
        ([240, 20, 60], [240.0, 21.0, 60.0]),
        ([60, 180, 75], [60.0, 180.0, 75.0]),
    ] {
        let photo = opened(&png_with_icc(&solid(codes), table));
        assert!(matches!(photo.samples(), Samples::Linear(_)));
        assert!(
            photo.carried().notes.is_empty(),
            "{:?}",
            photo.carried().notes
        );
        let found = srgb_codes(colour_at(&photo, 1, 1));
        for (found, expected) in found.iter().zip(expected) {
            assert!(
                (found - expected).abs() < 1.5,
                "{found} {expected} of {codes:?}"
            );
        }
    }
}

#[test]
fn inks_with_a_profile_go_through_it() {
    let photo = opened(include_bytes!("data/cmyk.jpg"));
    assert!(photo.carried().icc.is_some());
    assert!(
        photo.carried().notes.is_empty(),
        "{:?}",
        photo.carried().notes
    );
    // what LittleCMS 2 makes of the three patches, relative colorimetric; cyan lies outside sRGB and was clipped there
    for (x, expected) in [
        (4, [255.0, 255.0, 255.0]),
        (20, [0.0, 158.0, 224.0]),
        (40, [139.0, 139.0, 139.0]),
    ] {
        let found = srgb_codes(colour_at(&photo, x, 4));
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() < 2.0, "{found} {expected} at {x}");
        }
    }
}
