//! The many shapes a TIFF can have; the files come from Pillow (libtiff) and tifffile.

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
