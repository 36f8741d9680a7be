//! Files that are nearly right: whatever is changed in a small file, an answer comes soon and nothing falls.

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use image::{DynamicImage, ImageFormat};
use proptest::prelude::*;
use retake_files::{Limits, decode};

use crate::made::*;

/// A small file of every format and every way to decode it.
static FILES: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let picture = pattern(19, 11);
    let mut files: Vec<Vec<u8>> = [
        ImageFormat::Png,
        ImageFormat::Tiff,
        ImageFormat::WebP,
        ImageFormat::Bmp,
        ImageFormat::Gif,
        ImageFormat::Pnm,
        ImageFormat::Qoi,
        ImageFormat::Tga,
    ]
    .map(|format| encoded(picture.clone(), format))
    .into();
    for format in [ImageFormat::Hdr, ImageFormat::OpenExr, ImageFormat::Tiff] {
        files.push(encoded(
            DynamicImage::from(picture.clone()).to_rgb32f(),
            format,
        ));
    }
    for format in [ImageFormat::Png, ImageFormat::Tiff] {
        files.push(encoded(
            DynamicImage::from(picture.clone()).to_rgba16(),
            format,
        ));
    }
    let mut exif = b"Exif\0\0".to_vec();
    exif.extend(exif_orientation(7));
    files.push(with_segment(&jpeg(&picture), 0xE1, &exif));
    let icc = moxcms::ColorProfile::new_display_p3()
        .encode()
        .expect("sound");
    files.push(png_with_icc(&picture, &icc));
    files.push(include_bytes!("data/inks.jpg").to_vec());
    files.push(include_bytes!("data/progressive.jpg").to_vec());
    files.push(include_bytes!("data/lossy.webp").to_vec());
    files.push(include_bytes!("data/bilevel.tif").to_vec());
    files.push(include_bytes!("data/ycc.tif").to_vec());
    files.push(include_bytes!("data/planar16.tif").to_vec());
    files.push(include_bytes!("data/extra.tif").to_vec());
    files
});

const SMALL: Limits = Limits {
    max_pixels: 1 << 20,
    max_bytes: 32 << 20,
    max_file_bytes: 1 << 20,
};

/// An answer, whichever, in bounded time.
fn answers(bytes: &[u8]) {
    let began = Instant::now();
    if let Ok(photo) = decode(bytes, &SMALL) {
        assert!(photo.width() * photo.height() <= 1 << 20);
        let last = photo.height() - 1;
        let colour = colour_at(&photo, photo.width() - 1, last);
        assert!(colour.iter().all(|v| v.is_finite()), "{colour:?}");
    }
    assert!(began.elapsed() < Duration::from_secs(10));
}

#[test]
fn unchanged_they_all_open() {
    for file in FILES.iter() {
        opened(file);
    }
}

/// Profiles of curves, of three-channel tables, and (the slowest to set up) of ink tables.
static PROFILES: LazyLock<[Vec<u8>; 2]> = LazyLock::new(|| {
    [
        moxcms::ColorProfile::new_display_p3()
            .encode()
            .expect("sound"),
        include_bytes!("data/srgb-table.icc").to_vec(),
    ]
});

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn a_changed_profile_never_costs_the_photo(
        which in 0usize..2,
        changes in prop::collection::vec((0usize..400, any::<u8>()), 1..12),
    ) {
        let mut icc = PROFILES[which].clone();
        for (at, value) in changes {
            let at = at % icc.len();
            icc[at] = value;
        }
        let photo = opened(&png_with_icc(&pattern(5, 4), &icc));
        prop_assert!(colour_at(&photo, 4, 3).iter().all(|v| v.is_finite()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn changed_bytes_never_make_it_fall(
        file in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
    ) {
        let mut bytes = FILES[file.index(FILES.len())].clone();
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        answers(&bytes);
    }

    #[test]
    fn changed_headers_never_make_it_fall(
        file in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut bytes = FILES[file.index(FILES.len())].clone();
        let head = bytes.len().min(160);
        for (at, value) in changes {
            bytes[at.index(head)] = value;
        }
        answers(&bytes);
    }

    #[test]
    fn cut_files_never_make_it_fall(file in any::<prop::sample::Index>(), cut in any::<prop::sample::Index>()) {
        let bytes = &FILES[file.index(FILES.len())];
        answers(&bytes[..cut.index(bytes.len())]);
    }
}
