//! Photos that are none, or hardly any: one sentence, exit code 1, and nothing on the disk.

use std::fs;
use std::path::Path;

use image::{GrayImage, Luma, RgbImage};

use super::{SIZE, bytes, edit, names, photo, picture};
use crate::places::temporary;

/// A file of these bytes is refused with these words and nothing is left beside it.
fn refused(name: &str, file: &str, content: &[u8], words: &str) {
    let folder = temporary(name);
    let path = folder.join(file);
    fs::write(&path, content).expect("writable");
    let said = edit(&path, "warmer", &folder.join("out"), &[]);
    said.refused(1, words);
    assert!(said.err.trim_end().ends_with(file), "{}", said.err);
    assert_eq!(names(&folder), [file]);
}

fn encoded(name: &str, file: &str) -> Vec<u8> {
    bytes(&photo(&temporary(name), file))
}

#[test]
fn a_truncated_jpeg_is_cut_short() {
    let whole = encoded("truncated-jpeg-made", "a.jpg");
    refused(
        "truncated-jpeg",
        "a.jpg",
        &whole[..whole.len() / 2],
        "cut short",
    );
}

#[test]
fn a_truncated_png_is_cut_short() {
    let whole = encoded("truncated-png-made", "a.png");
    refused(
        "truncated-png",
        "a.png",
        &whole[..whole.len() / 2],
        "cut short",
    );
}

#[test]
fn an_empty_file_has_zero_bytes() {
    refused("zero-bytes", "a.jpg", b"", "0 bytes");
}

#[test]
fn a_text_is_no_photo() {
    refused(
        "text",
        "a.jpg",
        b"Dear diary, today I took a photo.\n",
        "text file",
    );
}

#[test]
fn a_header_of_ten_gigapixels_is_too_large() {
    // a PNG that claims 100 000 x 100 000 px: the signature and a header chunk with its checksum
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    png.extend(100_000u32.to_be_bytes());
    png.extend(100_000u32.to_be_bytes());
    png.extend([8, 2, 0, 0, 0]);
    let mut crc = u32::MAX;
    for &byte in &png[12..] {
        crc ^= u32::from(byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg());
        }
    }
    png.extend((!crc).to_be_bytes());
    png.extend(b"\0\0\0\0IDAT\x35\xaf\x06\x1e");
    refused("huge", "a.png", &png, "too large");
}

#[test]
fn a_missing_file_is_missing() {
    let folder = temporary("missing");
    edit(&folder.join("no.jpg"), "warmer", &folder.join("out"), &[]).refused(1, "no such file");
    assert!(names(&folder).is_empty());
}

#[test]
fn a_folder_is_no_photo() {
    let folder = temporary("folder");
    edit(&folder, "warmer", &folder.join("out"), &[]).refused(1, "this is a folder");
    assert!(names(&folder).is_empty());
}

#[test]
fn a_png_that_is_called_jpg_opens_and_is_said_to_be_one() {
    let folder = temporary("mislabelled");
    let path = folder.join("a.jpg");
    fs::rename(photo(&folder, "a.png"), &path).expect("writable");
    let said = edit(&path, "warmer", &folder.join("out"), &["-n", "1"]).done();
    assert!(said.err.contains("the file is PNG"), "{}", said.err);
    assert!(folder.join("out/best.png").exists());
}

/// A photo of this size can be edited, and the best has that size.
fn works(name: &str, width: u32, height: u32) {
    let folder = temporary(name);
    let path = folder.join("a.png");
    image::imageops::thumbnail(picture(), width, height)
        .save(&path)
        .expect("writable");
    edit(&path, "brighter", &folder.join("out"), &["-n", "2"]).done();
    let best = image::open(folder.join("out/best.png")).expect("it is a picture");
    assert_eq!((best.width(), best.height()), (width, height));
}

#[test]
fn a_single_pixel_is_a_photo() {
    works("one-pixel", 1, 1);
}

#[test]
fn a_thread_of_two_pixels_by_three_thousand_is_a_photo() {
    works("thread", 2, 3000);
}

#[test]
fn a_line_of_three_thousand_pixels_by_one_is_a_photo() {
    works("line", 3000, 1);
}

#[test]
fn one_flat_colour_is_a_photo() {
    let folder = temporary("flat-colour");
    let path = folder.join("a.png");
    RgbImage::from_pixel(60, 40, image::Rgb([120, 90, 60]))
        .save(&path)
        .expect("writable");
    edit(
        &path,
        "more contrast, warmer, sharper",
        &folder.join("out"),
        &["-n", "2"],
    )
    .done();
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read_says_so() {
    use std::os::unix::fs::PermissionsExt;
    let folder = temporary("unreadable");
    let path = photo(&folder, "a.png");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).expect("ours");
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o777)).expect("ours");
    let mut command = super::edit_command(&path, "warmer", &folder.join("out"), &[]);
    if fs::File::open(&path).is_ok() {
        // the administrator may read everything: be somebody else
        std::os::unix::process::CommandExt::uid(&mut command, 65534);
    }
    let Ok(output) = command.output() else {
        eprintln!("skipped: another user cannot start the program here");
        return;
    };
    super::Said::from(output).refused(1, "may not be read");
    assert_eq!(names(&folder), ["a.png"]);
}

fn with_mask(name: &str, mask: &GrayImage) -> super::Said {
    let folder = temporary(name);
    let path = folder.join("mask.png");
    mask.save(&path).expect("writable");
    let source = photo(&folder, "a.png");
    let mask = path.to_str().expect("the target folder is UTF-8");
    edit(
        &source,
        "warmer",
        &folder.join("out"),
        &["-n", "1", "--mask", mask],
    )
}

#[test]
fn a_mask_of_another_size_names_both_sizes() {
    let said = with_mask("mask-size", &GrayImage::from_pixel(30, 20, Luma([255])));
    said.refused(1, "30 × 20 px");
    said.refused(1, "200 × 150 px");
}

#[test]
fn a_black_mask_lets_nothing_change_and_says_so() {
    with_mask("mask-black", &GrayImage::new(SIZE.0, SIZE.1)).refused(1, "black everywhere");
}

#[test]
fn a_mask_that_is_no_picture_is_refused() {
    let folder = temporary("mask-text");
    let source = photo(&folder, "a.png");
    fs::write(folder.join("mask.png"), "no picture").expect("writable");
    let mask = folder.join("mask.png");
    let mask = mask.to_str().expect("the target folder is UTF-8");
    edit(&source, "warmer", &folder.join("out"), &["--mask", mask])
        .refused(1, "the mask cannot be opened");
    assert!(!folder.join("out").exists());
}

/// Mean absolute difference of code values in columns from..to.
fn change(a: &Path, b: &Path, columns: std::ops::Range<u32>) -> f64 {
    let (a, b) = (
        image::open(a).expect("a picture").to_rgb8(),
        image::open(b).expect("a picture").to_rgb8(),
    );
    let (mut sum, mut count) = (0.0, 0.0);
    for (x, y, p) in a.enumerate_pixels().filter(|(x, ..)| columns.contains(x)) {
        for (v, w) in p.0.iter().zip(b.get_pixel(x, y).0) {
            sum += f64::from(v.abs_diff(w));
            count += 1.0;
        }
    }
    sum / count
}

#[test]
fn under_the_black_half_of_a_mask_nothing_changes() {
    let name = "mask-half";
    let left = GrayImage::from_fn(SIZE.0, SIZE.1, |x, _| Luma([if x < 100 { 255 } else { 0 }]));
    with_mask(name, &left).done();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let (source, best) = (folder.join("a.png"), folder.join("out/best.png"));
    assert!(change(&source, &best, 0..90) > 3.0);
    assert!(change(&source, &best, 110..200) < 0.05);
}
