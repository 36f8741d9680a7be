//! The way that is chosen for an edit, and the full-resolution picture that it leads to.

use super::*;

const CENTRE: (f32, f32) = (0.62, 0.45);
const RADIUS: f32 = 0.09;

/// Whether a pixel of a picture so wide lies farther from the ball than so many times its radius.
fn beyond(width: usize, times: f32) -> impl Fn(usize) -> bool {
    move |i| {
        let side = width as f32;
        let x = ((i % width) as f32 + 0.5) / side - CENTRE.0;
        let y = ((i / width) as f32 + 0.5) / side - CENTRE.1;
        x.hypot(y) > times * RADIUS
    }
}

#[test]
fn loss_alone_leaves_the_photo_as_it_was() {
    for name in [
        "mountain-path.jpg",
        "brushes.jpg",
        "dandelions.jpg",
        "forest-stream.jpg",
    ] {
        let photo = photo(&codes(name));
        let source = small(&photo);
        for (blur, noise) in [(0.6, 0.008), (1.0, 0.015)] {
            let edit = through_autoencoder(&source, blur, noise);
            let fitted = Arc::new(Fitted::of(&source, &edit, None));
            assert_eq!(
                fitted.fit().way,
                Way::Untouched,
                "{name}: {:?}",
                fitted.fit()
            );
            let full = fitted.over(Arc::new(photo.clone()));
            let rows = full.rows(300..310).expect("rows");
            assert_eq!(rows, photo.rows(300..310).expect("rows"));
        }
    }
}

#[test]
fn a_new_object_is_composited_and_all_else_is_the_photo_bit_for_bit() {
    for name in ["mountain-path.jpg", "brushes.jpg"] {
        let photo = photo(&codes(name));
        let source = small(&photo);
        let edit = lossy(&ball(&source, CENTRE, RADIUS));
        let (full, fitted) = made(&photo, &source, &edit, None);
        look(&format!("object-{name}"), &full);
        let fit = fitted.fit();
        assert_eq!(fit.way, Way::Region, "{name}: {fit:?}");
        let area =
            std::f32::consts::PI * RADIUS * RADIUS * source.width as f32 / source.height as f32;
        assert!(
            (fit.changed / area - 1.0).abs() < 0.25,
            "{name}: {fit:?}, {area}"
        );
        let before = photo.rows(0..photo.height()).expect("rows");
        let far = beyond(photo.width(), 1.35);
        for (after, before) in full.planes.iter().zip(&before.planes) {
            let same = |i: usize| after[i].to_bits() == before[i].to_bits();
            let other = (0..after.len()).filter(|i| far(*i) && !same(*i)).count();
            assert_eq!(other, 0, "{name}");
        }
        let truth = ball(&before, CENTRE, RADIUS);
        let near = beyond(photo.width(), 0.9);
        let off = apart(&full, &truth, |i| !near(i));
        assert!(off < 0.02, "{name}: {off}");
    }
}

#[test]
fn drift_and_cast_are_undone_around_a_new_object() {
    for name in ["mountain-path.jpg", "brushes.jpg"] {
        let photo = photo(&codes(name));
        let before = photo.rows(0..photo.height()).expect("rows");
        let source = small(&photo);
        let truth = ball(&before, CENTRE, RADIUS);
        let size = (source.width, source.height);
        let edit = drifted(&truth, size, (2.7, -1.3), 1.01);
        let edit = lossy(&recoloured(&edit, |[r, g, b]| {
            [1.04 * r, g, 0.95 * b + 0.01]
        }));
        let (full, fitted) = made(&photo, &source, &edit, None);
        look(&format!("drift-{name}"), &full);
        let fit = fitted.fit();
        assert_eq!(fit.way, Way::Region);
        assert!((fit.drift.shift_px.0 - 2.7).abs() < 0.05, "{fit:?}");
        assert!((fit.cast.gain[2] - 0.95).abs() < 0.02, "{fit:?}");
        let far = beyond(photo.width(), 1.3);
        for (after, before) in full.planes.iter().zip(&before.planes) {
            let same = |i: usize| after[i].to_bits() == before[i].to_bits();
            let changed = (0..after.len()).filter(|i| far(*i) && !same(*i)).count();
            let share = changed as f32 / after.len() as f32;
            assert!(share < 0.01, "{name}: {share}");
        }
        let off = apart(&full, &truth, |_| true);
        assert!(off < 0.025, "{name}: {off}");
    }
}

type Colour = fn([f32; 3]) -> [f32; 3];

/// Edits of colour alone.
const COLOURS: [(&str, Colour); 6] = [
    ("black and white", |[r, g, b]| {
        [0.3 * r + 0.59 * g + 0.11 * b; 3]
    }),
    ("sepia", |[r, g, b]| {
        let grey = 0.3 * r + 0.59 * g + 0.11 * b;
        [grey.powf(0.8), grey * 0.9, grey.powf(1.3) * 0.8]
    }),
    ("darker", |c| c.map(|v| v.powf(1.8))),
    ("warmer", |[r, g, b]| [r * 1.06, g, b * 0.85]),
    ("contrast", |c| c.map(|v| v * v * (3.0 - 2.0 * v))),
    ("stronger", |[r, g, b]| {
        let grey = 0.3 * r + 0.59 * g + 0.11 * b;
        [r, g, b].map(|v| grey + 1.2 * (v - grey))
    }),
];

#[test]
fn a_change_of_colours_is_a_table_over_the_photos_own_pixels() {
    for name in ["mountain-path.jpg", "brushes.jpg"] {
        let photo = photo(&codes(name));
        let before = photo.rows(0..photo.height()).expect("rows");
        let source = small(&photo);
        for (what, colour) in COLOURS {
            let edit = lossy(&recoloured(&source, colour));
            let (full, fitted) = made(&photo, &source, &edit, None);
            look(&format!("{what}-{name}"), &full);
            let off = apart(&full, &recoloured(&before, colour), |_| true);
            assert_eq!(fitted.fit().way, Way::Global, "{what}: {:?}", fitted.fit());
            assert!(off < 0.015, "{name} {what}: {off}");
        }
    }
}

#[test]
fn a_table_makes_no_steps_in_a_slope() {
    let photo = photo(&codes("mountain-path.jpg"));
    let source = small(&photo);
    for (what, colour) in COLOURS {
        let edit = lossy(&recoloured(&source, colour));
        let fitted = Arc::new(Fitted::of(&source, &edit, None));
        // a thousand greys from black to white, more than a half of them unlike any pixel of the photo's
        let slope = Raster::from_fn(1000, 1, |x, _| [srgb_decode(x as f32 / 999.0); 3]);
        let slope = Photo::from_raster(slope, PhotoId([0; 32]));
        let made = fitted.over(Arc::new(slope)).rows(0..1).expect("a row");
        let bright: Vec<f32> = Codes::seen(&made).brightness();
        let steps: Vec<f32> = bright.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let (least, most) = steps
            .iter()
            .fold((1.0f32, 0.0f32), |(a, b), v| (a.min(*v), b.max(*v)));
        assert!(least > -4e-4 && most < 5e-3, "{what}: {least} {most}");
    }
}

#[test]
fn everything_new_is_the_enlarged_picture() {
    let photo = photo(&codes("mountain-path.jpg"));
    let source = small(&photo);
    let other = small(&self::photo(&codes("brushes.jpg")));
    let edit = resize::raster(&other, source.width, source.height);
    let (full, fitted) = made(&photo, &source, &lossy(&edit), None);
    look("whole", &full);
    assert_eq!(fitted.fit().way, Way::Whole, "{:?}", fitted.fit());
    let wanted = resize::raster(&edit, full.width, full.height);
    let off = apart(&full, &wanted, |_| true);
    assert!(off < 0.04, "{off}");
}

#[test]
fn new_light_keeps_the_photos_detail() {
    let photo = photo(&codes("mountain-path.jpg"));
    let before = photo.rows(0..photo.height()).expect("rows");
    let source = small(&photo);
    // light that falls off to the right: no function of colour
    let lit = |picture: &Raster| {
        let mut out = picture.clone();
        for plane in &mut out.planes {
            for (i, value) in plane.iter_mut().enumerate() {
                let x = (i % picture.width) as f32 / picture.width as f32;
                *value *= 1.1 - 0.9 * x;
            }
        }
        out
    };
    let (full, _) = made(&photo, &source, &lossy(&lit(&source)), None);
    look("light", &full);
    let truth = lit(&before);
    let off = apart(&full, &truth, |_| true);
    let plain = resize::raster(&lit(&source), full.width, full.height);
    let without = apart(&plain, &truth, |_| true);
    assert!(off < 0.55 * without, "{off} {without}");
}

#[test]
fn a_mask_confines_and_what_it_kept_out_is_measured() {
    let photo = photo(&codes("brushes.jpg"));
    let source = small(&photo);
    let edit = ball(&ball(&source, (0.25, 0.3), RADIUS), CENTRE, RADIUS);
    let mask = covered(300, 236, CENTRE, 1.5 * RADIUS);
    let (full, fitted) = made(&photo, &source, &lossy(&edit), Some(&mask));
    let fit = fitted.fit();
    assert_eq!(fit.way, Way::Region);
    let area = covered(source.width, source.height, CENTRE, RADIUS).share();
    assert!((fit.changed / area - 1.0).abs() < 0.3, "{fit:?} {area}");
    let out = fit.changed_outside_mask.expect("a share");
    assert!((out / area - 1.0).abs() < 0.4, "{fit:?} {area}");
    let before = photo.rows(0..photo.height()).expect("rows");
    let far = beyond(photo.width(), 1.6);
    for (after, before) in full.planes.iter().zip(&before.planes) {
        let same = |i: usize| after[i].to_bits() == before[i].to_bits();
        assert!((0..after.len()).filter(|i| far(*i)).all(same));
    }
}

#[test]
fn a_masked_change_of_colours_stays_inside() {
    let photo = photo(&codes("brushes.jpg"));
    let source = small(&photo);
    let mask = Mask::from_fn(64, 50, |x, _| if x < 32 { 1.0 } else { 0.0 });
    let edit = lossy(&recoloured(&source, COLOURS[0].1));
    let (full, fitted) = made(&photo, &source, &edit, Some(&mask));
    assert_eq!(fitted.fit().way, Way::Global, "{:?}", fitted.fit());
    let before = photo.rows(0..photo.height()).expect("rows");
    let x = photo.width() * 33 / 64;
    assert_eq!(full.at(x, 40), before.at(x, 40));
    let [r, g, b] = full.at(photo.width() / 4, 40);
    assert!((r - g).abs() < 0.02 && (g - b).abs() < 0.02, "{r} {g} {b}");
}
