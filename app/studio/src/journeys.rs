//! Journeys through the real window, by hand: what is pressed, typed, dragged and dropped, and what is then on the screen
//! and on the disk.

mod bought;
mod dials;
mod forms;
mod guarded;
mod judges;
mod models;
mod screens;
mod screens_of_searches;
mod searched;
mod spent;
mod takes;
mod trouble;
mod tuned;

use eframe::egui::{Key, Role, vec2};
use egui_kittest::kittest::Queryable as _;
use retake_engine::Flag;

use crate::hands::{
    CTRL, Window, click_button, click_first, drag, drop_on, finished, opened, press, press_with,
    rect_of, rewrite, write,
};
use crate::look::Tool;
use crate::testing::{Scratch, session, shot, until, window};
use crate::theme::Shade;

/// From the dropped photo to the exported file.
fn the_whole_way(shade: Shade) {
    let folder = Scratch::new(&format!("journey-{}", shade.id()));
    let photo = folder.photo("portrait.png");
    let mut window = window([1440.0, 900.0], Vec::new());
    window.run_steps(2);
    in_shade(&mut window, shade);

    drop_on(&mut window, &[photo]);
    opened(&mut window);
    window
        .get_by_label("Takes a run makes")
        .set_value_accesskit(4.0);
    window.run_steps(2);
    press_with(&mut window, CTRL, Key::L);
    write(&mut window, "much warmer, more contrast, brighter");
    press(&mut window, Key::Enter);
    until(&mut window, |studio| {
        let session = studio.engine().session();
        session.is_some_and(|session| !session.sheet().is_empty())
    });
    finished(&mut window);
    assert_eq!(session(&window).sheet().len(), 4);

    click_first(&mut window, "Take 2, ");
    inspected(&mut window);
    weighed_otherwise(&mut window);
    picked_and_not(&mut window);
    masked(&mut window);
    shot(&mut window, &format!("journey-{}", shade.id()));

    let to = folder.join("portrait, brighter.jpg");
    press_with(&mut window, CTRL, Key::E);
    let path = to.display().to_string();
    rewrite(&mut window, Role::TextInput, "File", &path);
    click_button(&mut window, "Export");
    until(&mut window, |studio| studio.engine().exporting() == 0);
    let written = retake_files::open::open(&to, &retake_files::Limits::default());
    let written = written.expect("the export can be opened");
    assert_eq!((written.width(), written.height()), (512, 512));
}

fn in_shade(window: &mut Window, shade: Shade) {
    for _ in Shade::ALL {
        if window.state_mut().look_mut().shade != shade {
            press_with(window, CTRL, Key::T);
        }
    }
    assert_eq!(window.state_mut().look_mut().shade, shade);
}

/// A reason under the pointer shows where on the photo.
fn inspected(window: &mut Window) {
    let take = session(window).sheet()[1].clone();
    let card = take.card.as_ref().expect("it is scored");
    let reasons = card.scores.values().flat_map(|score| &score.reasons);
    let found = reasons.filter(|reason| reason.evidence.is_some()).count();
    assert!(found > 0, "nothing says where");
    let about = rect_of(window, "Follows ");
    window.hover_at(about.center());
    window.run_steps(3);
    let lit = window.state_mut().look_mut().evidence.clone();
    let lit = lit.expect("the photo shows where");
    assert_eq!(lit.dimension, retake_core::Dimension::INSTRUCTION_FOLLOWING);
}

/// A weight pulled to nothing: other scores, and nothing made again.
fn weighed_otherwise(window: &mut Window) {
    let before = session(window).ranking().overall.clone();
    let slider = window.get_by_role_and_label(Role::Slider, "Weight: Follows");
    let rect = slider.rect();
    let from = rect.left_center() + vec2(0.7 * rect.width(), 0.0);
    drag(window, from, rect.left_center());
    let session = session(window);
    assert_ne!(session.ranking().overall, before);
    assert_eq!(session.desk().weights.following, 0.0);
    assert_eq!(session.sheet().len(), 4);
    let leader = session.ranking().leader().expect("there is a best one");
    let number = session.take(leader).expect("it is there").index + 1;
    let cell = rect_of(window, &format!("Take {number}, "));
    assert!(cell.is_positive());
    window.get_by(|node| {
        let label = node.label().unwrap_or_default();
        label.starts_with(&format!("Take {number}, ")) && label.contains("leads")
    });
}

fn picked_and_not(window: &mut Window) {
    click_first(window, "Take 3, ");
    let take = session(window).sheet()[2].id;
    for (held, key, flag) in [
        (Default::default(), Key::P, Flag::Picked),
        (CTRL, Key::Z, Flag::None),
    ] {
        press_with(window, held, key);
        assert_eq!(session(window).desk().mark(take).flag, flag, "{key:?}");
    }
}

/// A stroke of the brush over the photo.
fn masked(window: &mut Window) {
    press(window, Key::B);
    let middle = rect_of(window, "Photo: ").center();
    drag(window, middle - vec2(60.0, 0.0), middle + vec2(60.0, 20.0));
    assert!(session(window).desk().mask.is_some());
    press(window, Key::Escape);
    assert_eq!(window.state_mut().look_mut().tool, Tool::Hand);
}

#[test]
fn from_a_dropped_photo_to_the_exported_file_in_the_dark_theme() {
    the_whole_way(Shade::Dark);
}

#[test]
fn from_a_dropped_photo_to_the_exported_file_in_the_light_theme() {
    the_whole_way(Shade::Light);
}

#[test]
fn from_a_dropped_photo_to_the_exported_file_in_the_grey_theme() {
    the_whole_way(Shade::Grey);
}
