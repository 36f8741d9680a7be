//! The pictures of the window in the README. One command writes them anew:
//! `RETAKE_SHOTS=assets/readme cargo test -p retake-studio screenshots`. Without that variable nothing is drawn.

use std::path::Path;

use eframe::egui::{Key, Pos2, vec2};
use egui_kittest::kittest::Queryable as _;
use retake_core::Quiet;
use retake_files::save::{SaveOptions, save};

use crate::hands::{
    CTRL, Window, ask_for, click, click_first, drag, drop_on, opened, press, press_with, rect_of,
};
use crate::testing::{Scratch, sample, shots_folder, until, window};
use crate::theme::Shade;

/// Of all pictures, points. One point is one pixel.
const SIZE: [f32; 2] = [1440.0, 900.0];

/// A photo with takes of an instruction, as the person would look at them.
fn scene(photo: &str, instruction: &str, takes: usize, shade: Shade) -> Window {
    let mut window = window(SIZE, Vec::new());
    window.state_mut().look_mut().shade = shade;
    drop_on(&mut window, &[sample(photo)]);
    opened(&mut window);
    ask_for(&mut window, instruction, takes);
    window
}

/// Waits until every pixel on the screen is as sharp as it gets and no message lies over it.
fn settled(window: &mut Window) {
    until(window, |studio| {
        let engine = studio.engine();
        let exact = engine
            .seen(0)
            .is_some_and(|seen| engine.key_of(seen.view.subject) == Some(seen.key));
        exact && engine.messages().is_empty()
    });
    window.run_steps(12);
}

/// Writes what is on the screen as a JPEG that a README can carry.
fn keep(window: &mut Window, name: &str) {
    settled(window);
    window.set_render_cursor(false);
    let Some(folder) = shots_folder() else { return };
    let picture = window
        .render()
        .expect("a software or real graphics adapter");
    let scratch = Scratch::new(name);
    let exact = scratch.join("exact.png");
    picture
        .save(&exact)
        .expect("temporary files can be written");
    as_jpeg(&exact, &folder.join(format!("window-{name}.jpg")));
}

fn as_jpeg(exact: &Path, to: &Path) {
    let picture = retake_files::open::open(exact, &retake_files::Limits::default());
    let picture = picture.expect("it was just written");
    let options = SaveOptions {
        quality: 90,
        ..SaveOptions::default()
    };
    save(to, &picture, &options, &Quiet).expect("the folder can be written");
}

/// Nothing under the pointer, nothing lit.
fn hands_off(window: &mut Window) {
    window.hover_at(Pos2::new(720.0, 5.0));
    window.run_steps(3);
}

#[test]
fn screenshots_of_takes_and_of_a_wipe() {
    if shots_folder().is_none() {
        return;
    }
    let asked = "golden hour, but keep the snow white";
    let mut window = scene("mountain-path.jpg", asked, 8, Shade::Dark);
    hands_off(&mut window);
    keep(&mut window, "takes");
    press(&mut window, Key::W);
    let handle = rect_of(&window, "Drag to wipe").center();
    drag(&mut window, handle, handle + vec2(-40.0, 0.0));
    hands_off(&mut window);
    keep(&mut window, "wipe");
}

#[test]
fn screenshots_of_the_evidence_for_a_score() {
    if shots_folder().is_none() {
        return;
    }
    let asked = "darker sky, warmer meadow, more contrast";
    let mut window = scene("mountain-path.jpg", asked, 8, Shade::Dark);
    let reason = window.get_by(|node| {
        let label = node.label().unwrap_or_default();
        label.starts_with("In its favour: darker")
    });
    let reason = reason.rect().center();
    window.hover_at(reason);
    window.run_steps(4);
    keep(&mut window, "why");
}

#[test]
fn screenshots_of_a_mask() {
    if shots_folder().is_none() {
        return;
    }
    let mut window = scene("forest-stream.jpg", "brighter", 1, Shade::Dark);
    press(&mut window, Key::B);
    let photo = rect_of(&window, "Photo: ").center();
    let water = [(-60.0, 210.0), (-20.0, 120.0), (30.0, 60.0), (50.0, -40.0)];
    for [from, to] in [[0, 1], [1, 2], [2, 3]].map(|ends| ends.map(|end: usize| water[end])) {
        drag(&mut window, photo + from.into(), photo + to.into());
    }
    press(&mut window, Key::Escape);
    ask_for(&mut window, "brighter and cooler", 6);
    press(&mut window, Key::B);
    window.hover_at(photo + vec2(50.0, -40.0));
    window.run_steps(3);
    keep(&mut window, "mask");
}

#[test]
fn screenshots_of_the_light_and_the_grey_theme() {
    if shots_folder().is_none() {
        return;
    }
    let mut window = scene("brushes.jpg", "moody and a bit darker", 5, Shade::Light);
    click_first(&mut window, "Take 2, ");
    click(&mut window, "Recipe");
    hands_off(&mut window);
    keep(&mut window, "light");
    press_with(&mut window, CTRL, Key::G);
    window.state_mut().look_mut().shade = Shade::Grey;
    hands_off(&mut window);
    keep(&mut window, "grey");
    assert!(window.query_by_label("Recipe").is_some());
}
