//! Zoom and pan: wheel, keys, hands.

use super::*;

#[test]
fn the_wheel_keeps_the_point_under_the_cursor() {
    let mut window = photo();
    let cursor = place(&mut window, "Original").rect.center() + vec2(60.0, -45.0);
    window.state_mut().look_mut().zoom = Zoom::Scale(2.0);
    window.step();
    let held = place(&mut window, "Original").photo_at(cursor);
    wheel(&mut window, cursor, 3.0, Modifiers::NONE);
    let after = place(&mut window, "Original");
    assert!(after.scale > 2.5, "{}", after.scale);
    // the picture lies on whole screen pixels
    let off = (after.photo_at(cursor) - held).abs() * 512.0 * after.scale;
    assert!(off.max_elem() < 2.0, "{off:?}");
}

#[test]
fn z_is_fit_or_a_hundred_percent_at_the_pointer() {
    let mut window = takes();
    let cursor = pane(&window, "Take 1").center() + vec2(40.0, 10.0);
    window.hover_at(cursor);
    window.step();
    window.key_press(Key::Z);
    window.step();
    window.step();
    assert_eq!(window.state_mut().look_mut().zoom, Zoom::Scale(1.0));
    window.key_press(Key::Z);
    window.step();
    assert_eq!(window.state_mut().look_mut().zoom, Zoom::Fit);
}

#[test]
fn a_double_click_zooms_and_a_second_one_goes_back() {
    let mut window = photo();
    let at = pane(&window, "Original").center();
    window.state_mut().look_mut().zoom = Zoom::Scale(3.0);
    window.step();
    double_click(&mut window, at);
    assert_eq!(window.state_mut().look_mut().zoom, Zoom::Fit);
    window.run_steps(4);
    let fit = place(&mut window, "Original").fit;
    double_click(&mut window, at);
    let zoom = window.state_mut().look_mut().zoom;
    assert!(
        matches!(zoom, Zoom::Scale(scale) if scale.fract() == 0.0 && scale > 1.02 * fit),
        "{zoom:?}"
    );
}

#[test]
fn both_panes_pan_together() {
    let mut window = takes();
    window.key_press(Key::C);
    window.step();
    window.state_mut().look_mut().against = Against::Original;
    window.state_mut().look_mut().zoom = Zoom::Scale(3.0);
    window.step();
    let from = pane(&window, "Original").center();
    let before = place(&mut window, "Original").photo_at(from);
    drag(&mut window, from, from + vec2(-90.0, 30.0));
    let left = place(&mut window, "Original");
    let moved = (left.photo_at(from) - before) * 512.0 * 3.0;
    assert!(
        (moved - vec2(90.0, -30.0)).abs().max_elem() < 2.0,
        "{moved:?}"
    );
    let take = name_of_focus(&window);
    let right = place(&mut window, &take);
    let same = left.photo_at(left.pane.center()) - right.photo_at(right.pane.center());
    assert!(same.abs().max_elem() < 0.002, "{same:?}");
}

#[test]
fn the_middle_button_pans_whatever_the_tool() {
    let mut window = photo();
    window.state_mut().look_mut().zoom = Zoom::Scale(4.0);
    window.state_mut().look_mut().tool = Tool::Brush;
    window.step();
    let from = pane(&window, "Original").center();
    let before = window.state_mut().look_mut().centre;
    let press = |pos: Pos2, pressed| Event::PointerButton {
        pos,
        button: PointerButton::Middle,
        pressed,
        modifiers: Modifiers::NONE,
    };
    window.hover_at(from);
    window.event(press(from, true));
    window.step();
    window.hover_at(from + vec2(50.0, 0.0));
    window.step();
    window.event(press(from + vec2(50.0, 0.0), false));
    window.step();
    assert!(window.state_mut().look_mut().centre.x < before.x);
    assert!(session(&window).desk().mask.is_none());
}

#[test]
fn space_pans_with_a_mask_tool_in_the_hand() {
    let mut window = photo();
    window.state_mut().look_mut().zoom = Zoom::Scale(4.0);
    window.state_mut().look_mut().tool = Tool::Brush;
    window.step();
    let from = pane(&window, "Original").center();
    let before = window.state_mut().look_mut().centre;
    window.key_down(Key::Space);
    window.step();
    drag(&mut window, from, from + vec2(0.0, 60.0));
    window.key_up(Key::Space);
    window.step();
    assert!(window.state_mut().look_mut().centre.y < before.y);
    assert!(session(&window).desk().mask.is_none());
}

#[test]
fn zoom_and_place_stay_when_another_take_is_looked_at() {
    let mut window = takes();
    window.state_mut().look_mut().zoom = Zoom::Scale(2.5);
    window.state_mut().look_mut().centre = pos2(0.3, 0.4);
    window.step();
    window.key_press(Key::ArrowRight);
    window.step();
    window.step();
    let look = window.state_mut().look_mut();
    assert_eq!((look.zoom, look.centre), (Zoom::Scale(2.5), pos2(0.3, 0.4)));
}

#[test]
fn the_view_of_a_crop_is_in_its_own_pixels() {
    let frame = retake_darkroom::render::Frame::whole(400, 300).then(
        200,
        100,
        [[1.0, 0.0, 50.0], [0.0, 1.0, 80.0]],
    );
    let shown = retake_engine::Shown {
        width: 1,
        height: 1,
        rgba: vec![0, 0, 0, 255],
    };
    let picture = Picture {
        subject: Subject::Photo,
        frame,
        name: String::new(),
        small: std::sync::Arc::new(shown),
        key: 1,
        behind: false,
    };
    let pane = eframe::egui::Rect::from_min_size(Pos2::ZERO, vec2(800.0, 600.0));
    let place = Place::new(pane, 1.0, frame, Zoom::Fit, pos2(0.5, 0.5));
    let view = view(&picture, &place).expect("it shows");
    assert_eq!(view.part, retake_core::Rect::whole(200, 100));
}

/// 24 megapixels: a sample photo mirrored over 6000 × 4000.
fn large() -> std::sync::Arc<retake_engine::Pasted> {
    let limits = retake_files::Limits::default();
    let photo = retake_files::open(&sample("dandelions.jpg"), &limits).expect("it is a photo");
    let shown = retake_engine::Shown::of(
        &retake_core::Picture::part(
            &photo,
            retake_core::Rect::whole(photo.width(), photo.height()),
        )
        .expect("it is in memory"),
    );
    let (width, height) = (6000, 4000);
    let mirrored = |at: usize, length: usize| {
        let at = at % (2 * length);
        if at < length { at } else { 2 * length - 1 - at }
    };
    let mut rgba = Vec::with_capacity(width * height * 4);
    for y in 0..height {
        for x in 0..width {
            let at = mirrored(y, shown.height) * shown.width + mirrored(x, shown.width);
            rgba.extend_from_slice(&shown.rgba[at * 4..at * 4 + 4]);
        }
    }
    std::sync::Arc::new(retake_engine::Pasted {
        width,
        height,
        rgba,
    })
}

#[test]
fn a_photo_of_24_megapixels_pans_in_short_frames_and_becomes_sharp() {
    let mut window = window([1600.0, 1000.0], Vec::new());
    window.state_mut().obey(Command::OpenPasted(large()));
    until(&mut window, |studio| studio.engine().session().is_some());
    free(&mut window);
    let from = pane(&window, "Original").center();
    let clock = std::time::Instant::now();
    sharp(&mut window);
    eprintln!("fit: sharp after {:?}", clock.elapsed());
    for scale in [0.5, 1.0, 2.0] {
        window.state_mut().look_mut().zoom = Zoom::Scale(scale);
        window.hover_at(from);
        window.step();
        window.drag_at(from);
        window.step();
        let mut frames = Vec::new();
        for i in 0..40 {
            window.hover_at(from - vec2(i as f32 * 9.0, i as f32 * 4.0));
            let clock = std::time::Instant::now();
            window.step();
            frames.push(clock.elapsed());
        }
        window.drop_at(from - vec2(360.0, 160.0));
        window.step();
        let clock = std::time::Instant::now();
        let wanted = place(&mut window, "Original").part().map(|(part, _)| part);
        until(&mut window, |studio| {
            studio.engine().seen(0).map(|seen| seen.view.part) == wanted
        });
        frames.sort();
        let (middle, worst) = (frames[20], frames[39]);
        eprintln!(
            "{scale}: frame {middle:?}, worst {worst:?}, sharp after {:?}",
            clock.elapsed()
        );
        assert!(middle < std::time::Duration::from_millis(60), "{middle:?}");
    }
}
