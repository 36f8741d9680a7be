//! Every format and every kind of sample, as the photo it becomes.

use image::{DynamicImage, GrayImage, ImageBuffer, ImageFormat, Luma, LumaA, Rgb, Rgba};
use retake_core::Samples;
use retake_files::{Limits, open, open_mask};

use crate::made::*;

#[test]
fn lossless_formats_keep_every_code() {
    let picture = pattern(21, 13);
    for (format, name) in [
        (ImageFormat::Png, "PNG"),
        (ImageFormat::Tiff, "TIFF"),
        (ImageFormat::WebP, "WebP"),
        (ImageFormat::Bmp, "BMP"),
        (ImageFormat::Pnm, "PNM"),
        (ImageFormat::Qoi, "QOI"),
        (ImageFormat::Tga, "Targa"),
    ] {
        let photo = opened(&encoded(picture.clone(), format));
        assert_eq!((photo.width(), photo.height()), (21, 13), "{name}");
        assert_eq!(codes(&photo), picture.as_raw(), "{name}");
        assert_eq!(photo.carried().format, name);
        assert_eq!(photo.carried().bits, 8);
        assert!(
            photo.carried().notes.is_empty(),
            "{:?}",
            photo.carried().notes
        );
    }
}

#[test]
fn a_jpeg_is_close_and_kept_as_eight_bits() {
    let picture = pattern(67, 43);
    let photo = opened(&jpeg(&picture));
    let differences = codes(&photo).iter().zip(picture.as_raw());
    let mean = differences
        .map(|(a, b)| f64::from(a.abs_diff(*b)))
        .sum::<f64>()
        / (67.0 * 43.0 * 3.0);
    assert!(mean < 1.5, "{mean}");
    assert_eq!(photo.carried().format, "JPEG");
}

#[test]
fn one_pixel_opens_in_every_format() {
    for format in [
        ImageFormat::Png,
        ImageFormat::Jpeg,
        ImageFormat::Tiff,
        ImageFormat::WebP,
        ImageFormat::Bmp,
        ImageFormat::Gif,
        ImageFormat::Pnm,
        ImageFormat::Qoi,
        ImageFormat::Tga,
    ] {
        let grey = ImageBuffer::from_pixel(1, 1, Rgb([128u8, 128, 128]));
        let photo = opened(&encoded(grey, format));
        assert_eq!((photo.width(), photo.height()), (1, 1), "{format:?}");
        assert_near(colour_at(&photo, 0, 0), [0.2158; 3], 0.004);
    }
}

#[test]
fn sixteen_bits_stay_sixteen() {
    let picture = ImageBuffer::from_fn(16, 16, |x, y| {
        let code = (y * 16 + x) as u16;
        Rgb([code, 65535 - code, code * 7])
    });
    for format in [ImageFormat::Png, ImageFormat::Tiff] {
        let photo = opened(&encoded(picture.clone(), format));
        match photo.samples() {
            Samples::Sixteen(coded) => assert_eq!(&coded.rgb, picture.as_raw(), "{format:?}"),
            other => panic!("{other:?}"),
        }
        assert_eq!(photo.carried().bits, 16);
        // neighbouring codes are different colours: nothing went through eight bits
        assert_ne!(colour_at(&photo, 3, 0), colour_at(&photo, 4, 0));
    }
}

#[test]
fn grey_becomes_equal_channels_and_stays_neutral() {
    let grey = GrayImage::from_fn(16, 16, |x, y| Luma([(y * 16 + x) as u8]));
    for format in [ImageFormat::Png, ImageFormat::Tiff, ImageFormat::Jpeg] {
        let photo = opened(&encoded(grey.clone(), format));
        for pixel in codes(&photo).chunks_exact(3) {
            assert!(pixel[0] == pixel[1] && pixel[1] == pixel[2]);
        }
        let [r, g, b] = colour_at(&photo, 8, 8);
        assert!((r - g).abs() < 1e-6 && (g - b).abs() < 1e-6, "{r} {g} {b}");
    }
    let deep = ImageBuffer::from_fn(4, 1, |x, _| Luma([x as u16 * 257]));
    match opened(&encoded(deep, ImageFormat::Png)).samples() {
        Samples::Sixteen(coded) => assert_eq!(coded.rgb[..6], [0, 0, 0, 257, 257, 257]),
        other => panic!("{other:?}"),
    }
}

#[test]
fn low_bit_depths_and_palettes_are_spread_to_full_scale() {
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, 4, 1);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    let mut writer = encoder.write_header().expect("in memory");
    writer.write_image_data(&[0b1010_0000]).expect("one row");
    drop(writer);
    let photo = opened(&out);
    assert_eq!(codes(&photo)[..6], [255, 255, 255, 0, 0, 0]);
    assert_eq!(photo.carried().bits, 1);

    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, 2, 1);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Two);
    encoder.set_palette(vec![1, 2, 3, 40, 50, 60]);
    let mut writer = encoder.write_header().expect("in memory");
    writer.write_image_data(&[0b0100_0000]).expect("one row");
    drop(writer);
    assert_eq!(codes(&opened(&out)), [40, 50, 60, 1, 2, 3]);
}

#[test]
fn a_png_without_its_end_but_with_all_its_pixels_opens_with_a_note() {
    let picture = pattern(20, 20);
    let whole = encoded(picture.clone(), ImageFormat::Png);
    // within IEND, which has twelve bytes
    let photo = opened(&whole[..whole.len() - 4]);
    assert_eq!(codes(&photo), picture.as_raw());
    assert_eq!(
        photo.carried().notes,
        ["The end of the file is missing; the picture itself is complete."]
    );
}

#[test]
fn what_is_transparent_is_put_on_white_in_linear_light() {
    let picture = ImageBuffer::from_fn(3, 1, |x, _| Rgba([255u8, 0, 0, [0, 51, 255][x as usize]]));
    let photo = opened(&encoded(picture, ImageFormat::Png));
    assert_eq!(colour_at(&photo, 0, 0), [1.0; 3]);
    // a fifth of sRGB red (0.6274, 0.0691, 0.0164) and four fifths of white
    assert_near(
        colour_at(&photo, 1, 0),
        [0.925_48, 0.813_82, 0.803_28],
        1e-4,
    );
    assert_near(
        colour_at(&photo, 2, 0),
        [0.627_40, 0.069_10, 0.016_39],
        1e-4,
    );
    assert_eq!(
        photo.carried().notes,
        ["The transparent parts were put on white."]
    );
}

#[test]
fn an_alpha_that_hides_nothing_costs_nothing() {
    let picture = pattern(31, 17);
    let with_alpha = DynamicImage::from(picture.clone()).to_rgba8();
    for format in [
        ImageFormat::Png,
        ImageFormat::WebP,
        ImageFormat::Tga,
        ImageFormat::Tiff,
    ] {
        let photo = opened(&encoded(with_alpha.clone(), format));
        assert_eq!(codes(&photo), picture.as_raw(), "{format:?}");
        assert!(photo.carried().notes.is_empty());
    }
    let grey = ImageBuffer::from_fn(5, 5, |x, _| LumaA([x as u8, 255]));
    assert_eq!(
        codes(&opened(&encoded(grey, ImageFormat::Png)))[3..6],
        [1; 3]
    );
}

#[test]
fn floats_are_linear_and_may_be_brighter_than_white() {
    let picture = ImageBuffer::from_fn(3, 2, |x, _| Rgb([[0.0, 0.18, 4.0][x as usize]; 3]));
    for format in [ImageFormat::Tiff, ImageFormat::Hdr, ImageFormat::OpenExr] {
        let photo = opened(&encoded(picture.clone(), format));
        assert_near(colour_at(&photo, 0, 1), [0.0; 3], 1e-6);
        assert_near(colour_at(&photo, 1, 1), [0.18; 3], 1e-3);
        assert_near(colour_at(&photo, 2, 1), [4.0; 3], 0.02);
    }
}

#[test]
fn floats_that_are_no_numbers_become_black_and_are_noted() {
    let picture = ImageBuffer::from_fn(3, 1, |x, _| {
        Rgb([[f32::NAN, f32::INFINITY, 0.5][x as usize]; 3])
    });
    let photo = opened(&encoded(picture, ImageFormat::Tiff));
    assert_eq!(colour_at(&photo, 0, 0), [0.0; 3]);
    assert!(colour_at(&photo, 1, 0).iter().all(|v| v.is_finite()));
    assert_near(colour_at(&photo, 2, 0), [0.5; 3], 1e-6);
    assert_eq!(photo.carried().notes.len(), 1);
}

#[test]
fn an_animation_opens_with_its_first_picture_and_says_so() {
    let frame =
        |code| image::Frame::new(ImageBuffer::from_pixel(6, 4, Rgba([code, code, code, 255])));
    let mut out = Vec::new();
    let mut encoder = image::codecs::gif::GifEncoder::new(&mut out);
    encoder
        .encode_frames([frame(0u8), frame(255)])
        .expect("in memory");
    drop(encoder);
    let photo = opened(&out);
    assert_eq!(codes(&photo), [0; 72]);
    assert_eq!(photo.carried().format, "GIF");
    assert_eq!(
        photo.carried().notes,
        ["Only the first picture of the animation was read."]
    );
    let still = opened(&encoded(pattern(12, 9), ImageFormat::Gif));
    assert!(still.carried().notes.is_empty());
}

#[test]
fn a_name_with_the_wrong_ending_opens_and_is_noted() {
    let folder = std::env::temp_dir().join(format!("retake-open-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a temporary folder");
    let path = folder.join("photo.jpg");
    std::fs::write(&path, encoded(pattern(4, 4), ImageFormat::Png)).expect("written");
    let photo = open(&path, &Limits::default()).expect("it opens");
    assert_eq!(photo.carried().format, "PNG");
    assert_eq!(
        photo.carried().notes,
        ["The name ends in .jpg but the file is PNG; it was read as PNG."]
    );
    std::fs::remove_dir_all(&folder).expect("removed");
}

#[test]
fn a_mask_is_luminance_times_alpha_of_the_codes() {
    let folder = std::env::temp_dir().join(format!("retake-mask-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a temporary folder");
    let mask = |name: &str, picture: DynamicImage| {
        let path = folder.join(name);
        std::fs::write(&path, encoded(picture, ImageFormat::Png)).expect("written");
        open_mask(&path, &Limits::default()).expect("it opens")
    };
    let grey = GrayImage::from_fn(3, 1, |x, _| Luma([[0, 128, 255][x as usize]]));
    assert_eq!(
        mask("grey.png", grey.into()).values,
        [0.0, 128.0 / 255.0, 1.0]
    );
    let clear = ImageBuffer::from_fn(2, 1, |x, _| Rgba([255u8, 255, 255, [0, 51][x as usize]]));
    let found = mask("clear.png", clear.into());
    assert_eq!((found.width, found.height), (2, 1));
    assert!(found.values[0] == 0.0 && (found.values[1] - 0.2).abs() < 1e-6);
    let green = ImageBuffer::from_pixel(1, 1, Rgb([0u8, 255, 0]));
    assert!((mask("green.png", green.into()).values[0] - 0.7152).abs() < 1e-6);
    std::fs::remove_dir_all(&folder).expect("removed");
}

#[test]
fn the_id_is_the_hash_of_the_file() {
    let bytes = encoded(pattern(2, 2), ImageFormat::Png);
    use sha2::Digest;
    let expected: [u8; 32] = sha2::Sha256::digest(&bytes).into();
    assert_eq!(opened(&bytes).id().0, expected);
    assert_eq!(
        sha2::Sha256::digest(b"abc")[..4],
        [0xba, 0x78, 0x16, 0xbf],
        "FIPS 180-2, appendix B.1"
    );
}
