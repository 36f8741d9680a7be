//! What is shown: the pixel under the pointer, sharp pictures, errors, themes.

use super::*;

#[test]
fn the_readout_is_the_pixel_under_the_pointer() {
    let mut window = photo();
    window.state_mut().look_mut().zoom = Zoom::Scale(1.0);
    window.step();
    sharp(&mut window);
    let at = pane(&window, "Original").center() + vec2(31.0, 17.0);
    window.hover_at(at);
    window.step();
    window.step();
    let place = place(&mut window, "Original");
    let pixel = place.picture_at(at);
    let (x, y) = (pixel.x as usize, pixel.y as usize);
    let shown = session(&window).shown.clone();
    let [r, g, b] = shown.at(x, y);
    let label = format!("x {x} R {r} G {g} B {b} y {y}");
    assert!(
        window.query_by_label_contains(&label).is_some(),
        "{label}: {:?}",
        window.state_mut().look_mut().hand.readout
    );
}

#[test]
fn what_is_asked_for_is_what_shows_and_it_comes() {
    let mut window = takes();
    sharp(&mut window);
    window.state_mut().look_mut().zoom = Zoom::Scale(1.0);
    window.step();
    sharp(&mut window);
    let best = session(&window).ranking().leader().expect("it is scored");
    until(&mut window, |studio| {
        let seen = studio.engine().seen(0);
        seen.is_some_and(|seen| {
            seen.view.subject == Subject::Take(best)
                && seen.view.size == (seen.view.part.width(), seen.view.part.height())
        })
    });
}

#[test]
fn an_idle_window_asks_for_nothing_more() {
    let mut window = takes();
    sharp(&mut window);
    for _ in 0..20 {
        window.step();
    }
    let before = window
        .state()
        .engine()
        .seen(0)
        .and_then(|s| s.picture.pixels().cloned());
    std::thread::sleep(std::time::Duration::from_millis(200));
    for _ in 0..5 {
        window.step();
    }
    let after = window
        .state()
        .engine()
        .seen(0)
        .and_then(|s| s.picture.pixels().cloned());
    let (before, after) = before.zip(after).expect("it was rendered");
    assert!(std::sync::Arc::ptr_eq(&before, &after));
}

#[test]
fn a_photo_that_cannot_be_opened_says_so_where_it_would_be() {
    let path = std::env::temp_dir().join("retake-not-a-photo.jpg");
    std::fs::write(&path, b"no photo").expect("the folder can be written");
    let mut window = window([900.0, 640.0], vec![path]);
    until(&mut window, |studio| !studio.engine().messages().is_empty());
    let message = crate::texts::capital(&window.state().engine().messages()[0].text.to_string());
    // in the viewer, and as a message
    assert!(window.query_all_by_label(&message).count() >= 2);
}

#[test]
fn the_viewer_in_every_theme() {
    let mut window = takes();
    sharp(&mut window);
    let at = pane(&window, &name_of_focus(&window)).center();
    window.hover_at(at);
    let look = window.state_mut().look_mut();
    look.histogram = true;
    look.clipping = true;
    for shade in crate::theme::Shade::ALL {
        window.state_mut().look_mut().shade = shade;
        window.step();
        shot(&mut window, &format!("viewer-{}", shade.id()));
    }
    window.state_mut().look_mut().tool = Tool::Brush;
    window.step();
    drag(&mut window, at, at + Vec2::splat(60.0));
    for shade in crate::theme::Shade::ALL {
        window.state_mut().look_mut().shade = shade;
        window.step();
        shot(&mut window, &format!("mask-{}", shade.id()));
    }
    assert!(session(&window).desk().mask.is_some());
    let look = window.state_mut().look_mut();
    (look.tool, look.compare, look.clipping) = (Tool::Hand, Compare::Overlay, false);
    look.language = "de".to_owned();
    window.set_size(vec2(1600.0, 1000.0));
    window.set_pixels_per_point(2.0);
    window.hover_at(at);
    window.run_steps(3);
    std::thread::sleep(std::time::Duration::from_millis(300));
    shot(&mut window, "overlay-de-2x");
}
