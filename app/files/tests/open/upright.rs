//! All eight orientations come out upright, in each way a file can say them.

use image::{DynamicImage, ImageFormat, RgbImage, imageops};
use retake_core::Samples;

use crate::made::{codes, exif_orientation, jpeg, opened, pattern, with_segment};

/// How a camera held in this orientation would have stored the upright picture.
fn stored(upright: &RgbImage, orientation: u8) -> RgbImage {
    let upright = upright.clone();
    match orientation {
        2 => imageops::flip_horizontal(&upright),
        3 => imageops::rotate180(&upright),
        4 => imageops::flip_vertical(&upright),
        5 => imageops::rotate90(&imageops::flip_vertical(&upright)),
        6 => imageops::rotate270(&upright),
        7 => imageops::rotate270(&imageops::flip_vertical(&upright)),
        8 => imageops::rotate90(&upright),
        _ => upright,
    }
}

fn png_with_exif(picture: DynamicImage, orientation: u8) -> Vec<u8> {
    use image::ImageEncoder;
    let mut out = Vec::new();
    let mut encoder = image::codecs::png::PngEncoder::new(&mut out);
    encoder
        .set_exif_metadata(exif_orientation(orientation))
        .expect("PNG has EXIF");
    encoder
        .write_image(
            picture.as_bytes(),
            picture.width(),
            picture.height(),
            picture.color().into(),
        )
        .expect("in memory");
    out
}

#[test]
fn every_orientation_of_a_png_is_the_upright_picture() {
    let upright = pattern(45, 37);
    for orientation in 1..=8 {
        let photo = opened(&png_with_exif(
            stored(&upright, orientation).into(),
            orientation,
        ));
        assert_eq!((photo.width(), photo.height()), (45, 37), "{orientation}");
        assert_eq!(codes(&photo), upright.as_raw(), "orientation {orientation}");
        assert_eq!(photo.carried().exif, Some(exif_orientation(orientation)));
    }
}

#[test]
fn every_orientation_of_a_jpeg_is_the_upright_picture() {
    let upright = pattern(48, 32);
    for orientation in 1..=8 {
        let mut exif = b"Exif\0\0".to_vec();
        exif.extend(exif_orientation(orientation));
        let photo = opened(&with_segment(
            &jpeg(&stored(&upright, orientation)),
            0xE1,
            &exif,
        ));
        assert_eq!((photo.width(), photo.height()), (48, 32));
        let worst = codes(&photo)
            .iter()
            .zip(upright.as_raw())
            .map(|(a, b)| a.abs_diff(*b))
            .max();
        assert!(
            worst < Some(24),
            "orientation {orientation} differs by {worst:?}"
        );
        assert_eq!(photo.carried().exif, Some(exif_orientation(orientation)));
    }
}

#[test]
fn sixteen_bits_and_transparency_turn_too() {
    let upright = DynamicImage::from(pattern(9, 5)).to_rgb16();
    let turned = imageops::rotate270(&upright);
    let photo = opened(&png_with_exif(turned.into(), 6));
    match photo.samples() {
        Samples::Sixteen(coded) => assert_eq!(&coded.rgb, upright.as_raw()),
        other => panic!("{other:?}"),
    }
    let mut clear = DynamicImage::from(pattern(9, 5)).to_rgba8();
    clear.get_pixel_mut(8, 0).0[3] = 0;
    let photo = opened(&png_with_exif(imageops::rotate270(&clear).into(), 6));
    assert_eq!((photo.width(), photo.height()), (9, 5));
    assert_eq!(crate::made::colour_at(&photo, 8, 0), [1.0; 3]);
}

#[test]
fn a_tiff_is_turned_by_its_own_tag() {
    use tiff::encoder::{TiffEncoder, colortype::RGB8};
    use tiff::tags::Tag;
    let upright = pattern(7, 4);
    let stored = stored(&upright, 8);
    let mut out = std::io::Cursor::new(Vec::new());
    let mut encoder = TiffEncoder::new(&mut out).expect("in memory");
    let mut page = encoder
        .new_image::<RGB8>(stored.width(), stored.height())
        .expect("a page");
    page.encoder()
        .write_tag(Tag::Orientation, 8u16)
        .expect("a tag");
    page.write_data(&stored).expect("in memory");
    let photo = opened(&out.into_inner());
    assert_eq!((photo.width(), photo.height()), (7, 4));
    assert_eq!(codes(&photo), upright.as_raw());
}

#[test]
fn an_orientation_out_of_range_changes_nothing() {
    let upright = pattern(5, 3);
    let photo = opened(&png_with_exif(upright.clone().into(), 9));
    assert_eq!(codes(&photo), upright.as_raw());
    let plain = opened(&crate::made::encoded(upright.clone(), ImageFormat::Png));
    assert_eq!(codes(&plain), upright.as_raw());
}
