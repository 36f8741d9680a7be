//! The many shapes a TIFF can have; the files come from Pillow (libtiff) and tifffile.

use image::ImageFormat;
use retake_core::Samples;

use crate::made::*;

#[test]
fn fax_compressed_black_and_white_opens() {
    let photo = opened(include_bytes!("data/bilevel.tif"));
    let row = |y: usize| -> Vec<u8> {
        codes(&photo)[y * 33 * 3..]
            .iter()
            .step_by(3)
            .take(12)
            .map(|code| code / 255)
            .collect()
    };
    assert_eq!(row(0), [1, 1, 0, 1, 0, 1, 0, 0, 1, 0, 1, 1]);
    assert_eq!(row(10), [1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 1, 0]);
    assert_eq!(photo.carried().bits, 1);
}

#[test]
fn jpeg_inside_a_tiff_has_its_colours_turned_back() {
    let photo = opened(include_bytes!("data/ycc.tif"));
    // what libtiff shows at two places
    for (x, y, expected) in [(0, 0, [158u8, 213, 153]), (16, 10, [41, 38, 214])] {
        let at = (y * 33 + x) * 3;
        let found = &codes(&photo)[at..at + 3];
        let near = found.iter().zip(expected).all(|(a, b)| a.abs_diff(b) <= 4);
        assert!(near, "{found:?} is not {expected:?}");
    }
}

#[test]
fn planes_apart_are_put_together() {
    match opened(include_bytes!("data/planar16.tif")).samples() {
        Samples::Sixteen(coded) => {
            let expected: Vec<u16> = (0..105).map(|i| i * 600).collect();
            assert_eq!(coded.rgb, expected);
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn half_floats_are_linear() {
    let photo = opened(include_bytes!("data/half.tif"));
    assert_eq!(photo.carried().bits, 16);
    // linear sRGB 0.75, 1.0, 1.25 by the published matrix
    assert_near(
        colour_at(&photo, 1, 0),
        [0.853_98, 0.985_57, 1.219_80],
        1e-4,
    );
}

#[test]
fn a_fourth_channel_that_is_no_transparency_is_left_out() {
    let photo = opened(include_bytes!("data/extra.tif"));
    assert_eq!(codes(&photo)[..6], [0, 10, 20, 40, 50, 60]);
    assert!(photo.carried().notes.is_empty());
}

#[test]
fn a_palette_is_refused_in_words() {
    let sentence = refusal(include_bytes!("data/palette.tif"));
    assert!(
        sentence.starts_with("this is a TIFF of an unusual kind ("),
        "{sentence}"
    );
}

#[test]
fn a_raw_file_is_not_opened_as_its_thumbnail() {
    // a little-endian IFD of one tag: DNGVersion 1.4.0.0
    let mut dng = b"II*\0\x08\0\0\0\x01\0".to_vec();
    dng.extend(b"\x12\xC6\x01\0\x04\0\0\0\x01\x04\0\0\0\0\0\0");
    assert_eq!(
        refusal(&dng),
        "this is a DNG raw file, which Retake cannot read; convert it to JPEG, PNG or TIFF first"
    );
}

/// The entries of a directory in an EXIF block of big-endian order: (tag, kind, count, value or its place).
fn entries(block: &[u8], at: usize) -> Vec<(u16, u16, u32, u32)> {
    let two = |at: usize| u16::from_be_bytes([block[at], block[at + 1]]);
    let four = |at: usize| u32::from(two(at)) << 16 | u32::from(two(at + 2));
    (0..usize::from(two(at)))
        .map(|i| at + 2 + 12 * i)
        .map(|at| (two(at), two(at + 2), four(at + 4), four(at + 8)))
        .collect()
}

#[test]
fn what_the_camera_said_is_gathered_from_the_directories() {
    let photo = opened(include_bytes!("data/camera.tif"));
    let block = photo.carried().exif.clone().expect("the file has EXIF");
    assert_eq!(&block[..4], b"MM\0*", "the file's own byte order");
    let main = entries(
        &block,
        u32::from_be_bytes(block[4..8].try_into().expect("four")) as usize,
    );
    let value = |from: &[(u16, u16, u32, u32)], tag: u16| {
        let found = from.iter().find(|entry| entry.0 == tag);
        *found.unwrap_or_else(|| panic!("no tag {tag:#06x} in {from:?}"))
    };
    let text = |(_, kind, count, at): (u16, u16, u32, u32)| {
        assert_eq!(kind, 2);
        String::from_utf8_lossy(&block[at as usize..(at + count) as usize - 1]).into_owned()
    };
    assert_eq!(text(value(&main, 0x010F)), "Nordlicht");
    assert!(main.windows(2).all(|two| two[0].0 < two[1].0), "in order");
    // how the source's samples lay is nobody's business any more
    assert!(
        !main
            .iter()
            .any(|entry| [0x0100, 0x0111, 0x0117].contains(&entry.0))
    );
    let exif = entries(&block, value(&main, 0x8769).3 as usize);
    assert_eq!(text(value(&exif, 0x9003)), "2024:01:02 03:04:05");
    let gps = entries(&block, value(&main, 0x8825).3 as usize);
    assert_eq!(text(value(&gps, 0x0012)), "DATUM-HERE");
    let interop = entries(&block, value(&exif, 0xA005).3 as usize);
    assert_eq!(value(&interop, 0x0001).3, u32::from_be_bytes(*b"R98\0"));
}

#[test]
fn a_tiff_that_says_nothing_about_the_photo_has_no_exif() {
    let plain = encoded(pattern(4, 4), ImageFormat::Tiff);
    assert_eq!(opened(&plain).carried().exif, None);
}

#[test]
fn bits_in_the_order_of_fax_machines_are_turned() {
    let photo = opened(include_bytes!("data/turned.tif"));
    let expected: Vec<u8> = (0..24 * 16 * 3).map(|i| (i % 251) as u8).collect();
    assert_eq!(codes(&photo), expected);
}

#[test]
fn tiles_of_one_colour_each_are_refused_in_words() {
    assert_eq!(
        refusal(include_bytes!("data/tiles-apart.tif")),
        "this is a TIFF whose tiles hold one colour each, which Retake cannot read; convert it to JPEG, PNG or TIFF first"
    );
}
