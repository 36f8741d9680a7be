//! Pictures of every size, and that no more of them is held than is asked for.

use std::ops::Range;

use retake_core::Stop;

use super::*;

#[test]
fn the_smallest_and_the_narrowest_pictures_have_edits() {
    for (width, height) in [(1, 1), (1, 4000), (4000, 1), (2, 3), (9, 200)] {
        let picture = Raster::from_fn(width, height, |x, y| {
            [0.3, 0.25 + (x + y) as f32 / 8000.0, 0.4]
        });
        let photo = Photo::from_raster(picture, PhotoId([0; 32]));
        let source = small(&photo);
        let mut edit = source.clone();
        edit.planes.iter_mut().flatten().for_each(|v| *v = 0.8 - *v);
        for edit in [source.clone(), edit] {
            let (full, fitted) = made(&photo, &source, &edit, None);
            assert_eq!((full.width, full.height), (width, height));
            let back = resize::raster(&full, source.width, source.height);
            let off = apart(&back, &edit, |_| true);
            assert!(off < 0.03, "{width} × {height}: {off}, {:?}", fitted.fit());
        }
    }
}

/// Two hundred megapixels that are computed when they are read.
struct Huge;

impl Picture for Huge {
    fn size(&self) -> (usize, usize) {
        (20_000, 10_000)
    }
    fn rows(&self, y: Range<usize>) -> Result<Raster, Stop> {
        let first = y.start;
        Ok(Raster::from_fn(20_000, y.len(), |x, row| {
            let (x, y) = (x as f32 / 20_000.0, (first + row) as f32 / 10_000.0);
            let wave = 0.1 * ((50.0 * x).sin() + (40.0 * y).sin());
            [0.3 + wave + 0.2 * x, 0.35 + wave, 0.4 + wave - 0.2 * y]
        }))
    }
}

#[test]
fn two_hundred_megapixels_are_developed_a_strip_at_a_time() {
    let source = Raster::from_fn(512, 256, |x, y| {
        let at = |v: usize, count: f32| (v as f32 + 0.5) / count;
        let (x, y) = (at(x, 512.0), at(y, 256.0));
        let wave = 0.1 * ((50.0 * x).sin() + (40.0 * y).sin());
        [0.3 + wave + 0.2 * x, 0.35 + wave, 0.4 + wave - 0.2 * y]
    });
    let edit = lossy(&ball(&source, (0.5, 0.25), 0.1));
    let fitted = Arc::new(Fitted::of(&source, &edit, None));
    assert_eq!(fitted.fit().way, Way::Region, "{:?}", fitted.fit());
    let full = fitted.over(Arc::new(Huge));
    let strip = full.rows(4_990..5_010).expect("rows");
    let plain = Huge.rows(4_990..5_010).expect("rows");
    assert_eq!(strip.at(100, 3), plain.at(100, 3));
    let [r, g, _] = strip.at(10_000, 10);
    assert!(r > 3.0 * g, "{r} {g}");
    // any rows, asked for alone, are those of the strip
    let alone = full.rows(5_003..5_004).expect("a row");
    assert_eq!(alone.planes[0], strip.planes[0][13 * 20_000..14 * 20_000]);
}
