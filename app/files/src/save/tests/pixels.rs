//! The pixels and profiles of exports, read back by decoders that know nothing of the encoder.

use retake_core::{Quiet, Raster, Rng};
use retake_pixels::display;
use retake_pixels::matrix::apply;

use super::super::{FORMATS, Format, OutputSpace, SaveOptions, encode, icc};
use super::{Odd, coded, options, photo};

const SPACES: [OutputSpace; 4] = [
    OutputSpace::Srgb,
    OutputSpace::DisplayP3,
    OutputSpace::AdobeRgb,
    OutputSpace::Rec2020,
];

fn decoded(bytes: &[u8]) -> image::DynamicImage {
    image::load_from_memory(bytes).expect("a readable picture")
}

fn in_threads<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> T {
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .expect("threads")
        .install(work)
}

#[test]
fn an_untouched_srgb_photo_exports_to_exactly_its_own_code_values() {
    let mut rng = Rng::new(3);
    let mut rgb: Vec<u8> = (0..=255u8).flat_map(|code| [code; 3]).collect();
    rgb.extend((0..3 * 256 * 63).map(|_| rng.below(256) as u8));
    let photo = coded(256, 64, rgb.clone());
    for format in [Format::Png, Format::Webp] {
        let bytes = encode(&photo, &options(format), &Quiet).expect("encoded");
        assert_eq!(decoded(&bytes).to_rgb8().into_raw(), rgb, "{format:?}");
    }
    let tiff = SaveOptions {
        depth: Some(8),
        ..options(Format::Tiff)
    };
    let bytes = encode(&photo, &tiff, &Quiet).expect("encoded");
    assert_eq!(decoded(&bytes).to_rgb8().into_raw(), rgb);
}

#[test]
fn sixteen_bit_files_hold_every_sixteen_bit_grey() {
    let picture = Raster::from_fn(256, 256, |x, y| {
        let code = (y * 256 + x) as f32 / 65_535.0;
        [retake_pixels::color::srgb_decode(code); 3]
    });
    let photo = retake_core::Photo::from_raster(picture, retake_core::PhotoId([0; 32]));
    for format in [Format::Png16, Format::Tiff] {
        let bytes = encode(&photo, &options(format), &Quiet).expect("encoded");
        let image = decoded(&bytes);
        assert_eq!(image.color(), image::ColorType::Rgb16, "{format:?}");
        let worst = image
            .to_rgb16()
            .pixels()
            .enumerate()
            .map(|(index, pixel)| (i32::from(pixel.0[1]) - index as i32).abs())
            .max();
        assert!(worst <= Some(1), "{format:?}: {worst:?}");
    }
}

#[test]
fn every_space_holds_the_colours_its_profile_says() {
    let mut rng = Rng::new(11);
    let picture = Raster::from_fn(40, 30, |_, _| {
        std::array::from_fn(|_| rng.between(0.05, 0.6))
    });
    let photo = retake_core::Photo::from_raster(picture.clone(), retake_core::PhotoId([0; 32]));
    for space in SPACES {
        let bytes = encode(
            &photo,
            &SaveOptions {
                space,
                ..options(Format::Png16)
            },
            &Quiet,
        )
        .expect("encoded");
        let codes = decoded(&bytes).to_rgb16();
        let profile =
            moxcms::ColorProfile::new_from_slice(&icc::profile(space)).expect("a profile");
        let wide = moxcms::ColorProfile::new_from_slice(&icc::profile(OutputSpace::Rec2020))
            .expect("a profile");
        let transform = profile
            .create_transform_f32(
                moxcms::Layout::Rgb,
                &wide,
                moxcms::Layout::Rgb,
                moxcms::TransformOptions::default(),
            )
            .expect("a transform");
        let file: Vec<f32> = codes
            .as_raw()
            .iter()
            .map(|&code| f32::from(code) / 65_535.0)
            .collect();
        let mut seen = vec![0.0; file.len()];
        transform.transform(&file, &mut seen).expect("transformed");
        let mut meant = picture.clone();
        let matrix = space.from_rec2020();
        for (index, seen) in seen.chunks_exact(3).enumerate() {
            let (x, y) = (index % 40, index / 40);
            // Colours outside the space are moved into it, which is another test's business.
            if apply(&matrix, picture.at(x, y))
                .iter()
                .any(|value| !(0.0..=1.0).contains(value))
            {
                continue;
            }
            let mut one = Raster::from_fn(1, 1, |_, _| meant.at(x, y));
            display::encode(&mut one, OutputSpace::Rec2020);
            for (seen, meant) in seen.iter().zip(one.at(0, 0)) {
                assert!((seen - meant).abs() < 2e-3, "{space:?} {seen} {meant}");
            }
        }
        meant.planes[0].clear();
    }
}

#[test]
fn profiles_have_the_colorants_of_the_published_ones() {
    // D50 colorants of HP's and Adobe's profiles and of lcms2's for the others.
    let published = [
        (
            OutputSpace::Srgb,
            [0.43607, 0.22249, 0.01392],
            [0.14307, 0.06061, 0.71410],
        ),
        (
            OutputSpace::AdobeRgb,
            [0.60974, 0.31111, 0.01947],
            [0.14919, 0.06322, 0.74457],
        ),
        (
            OutputSpace::DisplayP3,
            [0.51512, 0.24120, -0.00105],
            [0.15692, 0.06657, 0.78407],
        ),
        (
            OutputSpace::Rec2020,
            [0.67348, 0.27904, -0.00193],
            [0.12508, 0.04561, 0.79683],
        ),
    ];
    for (space, red, blue) in published {
        let profile =
            moxcms::ColorProfile::new_from_slice(&icc::profile(space)).expect("a profile");
        for (ours, published) in [(profile.red_colorant, red), (profile.blue_colorant, blue)] {
            for (a, b) in [ours.x, ours.y, ours.z].into_iter().zip(published) {
                assert!((a - b).abs() < 6e-4, "{space:?} {a} {b}");
            }
        }
        let sum = profile.red_colorant.y + profile.green_colorant.y + profile.blue_colorant.y;
        assert!((sum - 1.0).abs() < 1e-4, "{space:?} {sum}");
    }
}

#[test]
fn every_format_embeds_the_profile_of_its_space() {
    use image::ImageDecoder;
    let (photo, _) = photo(20, 10, 1);
    for info in &FORMATS {
        for space in SPACES {
            let options = SaveOptions {
                space,
                ..options(info.format)
            };
            let bytes = encode(&photo, &options, &Quiet).expect("encoded");
            // image reads a TIFF's profile only with the wrong type, BYTE; ICC.1 says UNDEFINED.
            if info.format == Format::Tiff {
                assert!(memchr::memmem::find(&bytes, &icc::profile(space)).is_some());
                continue;
            }
            let mut decoder = image::ImageReader::new(std::io::Cursor::new(&bytes))
                .with_guessed_format()
                .expect("a format")
                .into_decoder()
                .expect("a decoder");
            let embedded = decoder.icc_profile().expect("readable").expect("a profile");
            assert_eq!(embedded, icc::profile(space), "{} {space:?}", info.id);
        }
    }
}

/// Two decoders that share no code with the encoder.
fn by_both(bytes: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let image = decoded(bytes).to_rgb8().into_raw();
    let mut other = zune_jpeg::JpegDecoder::new(zune_core::bytestream::ZCursor::new(bytes));
    (image, other.decode().expect("decodable"))
}

#[test]
fn stitched_strips_decode_as_the_picture_encoded_in_one_piece() {
    for (width, height) in [(64, 300), (33, 17), (1, 5000), (7, 5), (640, 129)] {
        for quality in [60, 95] {
            let (photo, _) = photo(width, height, 5);
            let jpeg = SaveOptions {
                quality,
                ..options(Format::Jpeg)
            };
            let one = Odd {
                photo: photo.clone(),
                strip_rows: 8192,
                fails_from: usize::MAX,
            };
            let many = Odd {
                photo,
                strip_rows: 16,
                fails_from: usize::MAX,
            };
            let one = by_both(&encode(&one, &jpeg, &Quiet).expect("encoded"));
            let many = by_both(&encode(&many, &jpeg, &Quiet).expect("encoded"));
            assert_eq!(one.0.len(), width * height * 3);
            // Smooth chroma upsampling looks across block rows, so the decoders must agree with themselves.
            assert_eq!(one, many, "{width} × {height} at {quality}");
        }
    }
}

#[test]
fn odd_sizes_survive_every_format() {
    for (width, height) in [(1, 1), (7, 5), (17, 33), (1, 700), (700, 1)] {
        let (photo, rgb) = photo(width, height, 9);
        for info in &FORMATS {
            let bytes = encode(&photo, &options(info.format), &Quiet).expect("encoded");
            let seen = decoded(&bytes).to_rgb8();
            assert_eq!(
                (seen.width() as usize, seen.height() as usize),
                (width, height),
                "{}",
                info.id
            );
            let slack = if info.format == Format::Jpeg { 40 } else { 0 };
            for (a, b) in seen.as_raw().iter().zip(&rgb) {
                assert!(
                    a.abs_diff(*b) <= slack,
                    "{} {width} × {height}: {a} {b}",
                    info.id
                );
            }
        }
    }
}

#[test]
fn the_same_picture_gives_the_same_bytes_with_any_number_of_threads() {
    let (photo, _) = photo(120, 400, 2);
    for info in &FORMATS {
        let run = || encode(&photo, &options(info.format), &Quiet).expect("encoded");
        let one = in_threads(1, run);
        assert!(one == in_threads(4, run), "{}", info.id);
        assert!(one == in_threads(4, run), "{}", info.id);
    }
}

#[test]
fn a_jpeg_of_high_quality_is_near_its_picture() {
    let (photo, rgb) = photo(200, 150, 4);
    let jpeg = SaveOptions {
        quality: 98,
        ..options(Format::Jpeg)
    };
    let bytes = encode(&photo, &jpeg, &Quiet).expect("encoded");
    let seen = decoded(&bytes).to_rgb8();
    let squares: f64 = seen
        .as_raw()
        .iter()
        .zip(&rgb)
        .map(|(&a, &b)| (f64::from(a) - f64::from(b)).powi(2))
        .sum();
    assert!((squares / rgb.len() as f64).sqrt() < 1.5);
}

#[test]
fn a_picture_too_large_for_its_format_is_one_sentence() {
    let photo = photo(65_536, 1, 1).0;
    for format in [Format::Jpeg, Format::Webp] {
        let error = encode(&photo, &options(format), &Quiet)
            .expect_err("too wide")
            .to_string();
        assert!(
            error.contains("65536 × 1 px") && error.contains("choose PNG or TIFF"),
            "{error}"
        );
    }
    assert!(encode(&photo, &options(Format::Png), &Quiet).is_ok());
}

#[test]
fn the_hardest_contrasts_survive_the_highest_quality() {
    let mut rng = Rng::new(8);
    let rgb: Vec<u8> = (0..64 * 64 * 3)
        .map(|_| if rng.below(2) == 0 { 0 } else { 255 })
        .collect();
    let jpeg = SaveOptions {
        quality: 100,
        ..options(Format::Jpeg)
    };
    let bytes = encode(&coded(64, 64, rgb.clone()), &jpeg, &Quiet).expect("encoded");
    let (one, other) = by_both(&bytes);
    assert_eq!(one, other);
    let worst = one.iter().zip(&rgb).map(|(a, b)| a.abs_diff(*b)).max();
    assert!(worst <= Some(8), "{worst:?}");
}
