//! Every screen that has to do with models, at the sizes, in the themes and in the languages that people have, for looking
//! at: `RETAKE_SHOTS=folder cargo test -p retake-studio screens_of_models`. Without that variable nothing is drawn.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use eframe::egui::Key;
use retake_core::Rng;
use retake_engine::Command;

use super::models::{CTRL_SHIFT, choose, ready, type_and_enter, with_models_in};
use crate::hands::{Window, finished, press, press_with};
use crate::look::{Sheet, Tab};
use crate::testing::models::Stage;
use crate::testing::{session, shot, shots_folder, until};
use crate::theme::Shade;

/// Name, width and height in points.
const SIZES: [(&str, [f32; 2]); 3] = [
    ("usual", [1280.0, 720.0]),
    ("small", [800.0, 500.0]),
    ("large", [1920.0, 1080.0]),
];

fn drawn(size: (&str, [f32; 2]), shade: Shade, language: &str) {
    let stage = Arc::new(Stage::default());
    *stage.fails.lock().expect("nobody panics") = vec![Rng::seed_of(0, 1)];
    let mut window = with_models_in(size.1, &stage);
    let look = window.state_mut().look_mut();
    (look.shade, look.language) = (shade, language.to_owned());
    let name = |what: &str| format!("{what}-{}-{}-{language}", size.0, shade.id());
    menu(&mut window, &name("menu"));
    settings(&mut window, &name("settings"));
    stage.slow.store(true, Ordering::Relaxed);
    running(&mut window, &name("running"));
    stage.slow.store(false, Ordering::Relaxed);
    finished(&mut window);
    window.state_mut().look_mut().tab = Tab::Recipe;
    window.run_steps(3);
    shot(&mut window, &name("facts"));
}

fn menu(window: &mut Window, name: &str) {
    choose(window, "FLUX.2 klein 4B");
    ready(window, "klein");
    press_with(window, CTRL_SHIFT, Key::E);
    shot(window, name);
    press(window, Key::Escape);
}

fn settings(window: &mut Window, name: &str) {
    let adapters = vec![("/loras/red-hats-of-the-sea.safetensors".into(), 0.8)];
    let settings = [("steps".to_owned(), retake_core::SettingValue::Whole(20))];
    let with = retake_engine::Equipment {
        adapters,
        references: vec!["/photos/hat.jpg".into()],
        precision: None,
    };
    let tuning = retake_engine::Tuning {
        settings: settings.into(),
        with,
    };
    let id = "klein".to_owned();
    window.state_mut().obey(Command::Tune(id, tuning));
    press_with(window, CTRL_SHIFT, Key::P);
    shot(window, name);
    window.state_mut().look_mut().sheet = Sheet::None;
    press_with(window, CTRL_SHIFT, Key::E);
    shot(window, &format!("set-{name}"));
    press(window, Key::Escape);
}

/// The second place stays empty, the third is on its way.
fn running(window: &mut Window, name: &str) {
    type_and_enter(window, "add a red hat", 6);
    until(window, |studio| {
        let session = studio.engine().session();
        session.is_some_and(|session| {
            let step = session.running.as_ref().and_then(|running| running.step);
            !session.failed.is_empty() && step.is_some_and(|(_, done, _)| done >= 5)
        })
    });
    assert!(!session(window).previews.is_empty());
    shot(window, name);
}

#[test]
fn screens_of_models_in_every_size_theme_and_language() {
    if shots_folder().is_none() {
        return;
    }
    for size in SIZES {
        for shade in Shade::ALL {
            drawn(size, shade, "en");
        }
        drawn(size, Shade::Dark, "de");
    }
}
