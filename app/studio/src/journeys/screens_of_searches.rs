//! The screens that tell of a search: its tree while it grows and when it is done, how far looks tell, what more would buy,
//! and the guard's alarm, in every theme and language and in a small window, for looking at:
//! `RETAKE_SHOTS=folder cargo test -p retake-studio screens_of_searches`. Without that variable nothing is drawn.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use eframe::egui::{pos2, vec2};
use retake_core::{Photo, PhotoId, Quiet, SettingValue};
use retake_engine::Command;
use retake_files::Limits;
use retake_files::open::open;
use retake_files::save::{Format, SaveOptions, save};
use retake_pixels::resize::fit;

use super::guarded::alarmed;
use super::models::{choose, ready, type_and_enter};
use crate::hands::{Window, drop_on, finished, opened, scroll};
use crate::look::Tab;
use crate::testing::models::Stage;
use crate::testing::{Scratch, sample, shot, shots_folder, until, window_with};
use crate::theme::Shade;

/// Name, width and height in points.
const SIZES: [(&str, [f32; 2]); 2] = [("usual", [1280.0, 800.0]), ("small", [800.0, 500.0])];
const LOOKS: [(Shade, &str); 4] = [
    (Shade::Dark, "en"),
    (Shade::Grey, "en"),
    (Shade::Light, "de"),
    (Shade::Dark, "de"),
];

/// Takes of a search, and how many of them are finished in full before any is dropped: few, since each is scored on its way.
pub(super) const TAKES: usize = 6;
pub(super) const PILOT: usize = 4;

/// Draws the same in every size, theme and language; `pages` times further down the inspector each time.
fn everywhere(window: &mut Window, what: &str, pages: usize) {
    for (size, [width, height]) in SIZES {
        window.set_size(vec2(width, height));
        for (shade, language) in LOOKS {
            let look = window.state_mut().look_mut();
            (look.shade, look.language) = (shade, language.to_owned());
            look.inspector = true;
            look.tab = Tab::Group;
            window.run_steps(6);
            let inspector = pos2(width - 150.0, 0.5 * height);
            scroll(window, inspector, -4000.0);
            for page in 0..pages {
                let name = format!("{what}-{size}-{}-{language}-{page}", shade.id());
                window.hover_at(pos2(0.3 * width, 5.0));
                window.run_steps(3);
                shot(window, &name);
                scroll(window, inspector, 0.5 * height);
            }
        }
    }
}

/// A copy of the sample that is scored in no time.
fn small(scratch: &Scratch) -> PathBuf {
    let photo = open(&sample("astronaut.png"), &Limits::default()).expect("it is there");
    let small = fit(&photo, 128).expect("it fits");
    let path = scratch.join("small.png");
    let picture = Photo::from_raster(small, PhotoId([7; 32]));
    let options = SaveOptions {
        format: Format::Png,
        ..SaveOptions::default()
    };
    save(&path, &picture, &options, &Quiet).expect("temporary files can be written");
    path
}

/// A model's search by this strategy, while it goes on: slowly on the sample, or fast on a small copy of it.
pub(super) fn searching(strategy: &'static str, slow: bool) -> (Window, Arc<Stage>) {
    let stage = Arc::new(Stage::default());
    let mut window = window_with([1440.0, 900.0], stage.editors());
    let scratch = Scratch::new(&format!("searched-{strategy}-{slow}"));
    let photo = match slow {
        true => sample("astronaut.png"),
        false => small(&scratch),
    };
    drop_on(&mut window, &[photo]);
    opened(&mut window);
    until(&mut window, |studio| studio.engine().offers().count() == 2);
    choose(&mut window, "FLUX.2 klein 4B");
    ready(&mut window, "klein");
    window.state_mut().obey(Command::Strategy(strategy));
    // looks of this model tell little; here they drop and branch all the same, so that there is something to see
    let number = |id: &str, value| (id.to_owned(), SettingValue::Number(value));
    let pilot = ("pilot".to_owned(), SettingValue::Whole(PILOT as u32));
    let set = match strategy {
        "halving" => vec![number("rho", 0.0), number("alike", 1.0), pilot],
        _ => vec![number("fewer", 1.0), number("strength", 100.0)],
    };
    let set = set.into_iter().collect();
    window.state_mut().obey(Command::SetStrategy(strategy, set));
    stage.slow.store(slow, Ordering::Relaxed);
    type_and_enter(&mut window, "warmer, redder", TAKES);
    (window, stage)
}

#[test]
fn screens_of_searches_while_they_grow_and_when_they_are_done() {
    if shots_folder().is_none() {
        return;
    }
    for strategy in ["halving", "particles"] {
        let (mut window, stage) = searching(strategy, true);
        until(&mut window, |studio| {
            let session = studio.engine().session();
            session.is_some_and(|session| {
                let looked = session.search().all.iter();
                looked.filter(|one| !one.glimpses.is_empty()).count() >= 4
            })
        });
        let look = window.state_mut().look_mut();
        (look.inspector, look.tab) = (true, Tab::Group);
        window.run_steps(2);
        shot(&mut window, &format!("tree-{strategy}-grows"));
        stage.slow.store(false, Ordering::Relaxed);
        finished(&mut window);
        everywhere(&mut window, &format!("tree-{strategy}"), 3);
    }
}

#[test]
fn screens_of_searches_that_raised_the_alarm() {
    if shots_folder().is_none() {
        return;
    }
    let mut window = alarmed();
    everywhere(&mut window, "alarm", 2);
    window.state_mut().look_mut().inspector = false;
    for (size, [width, height]) in SIZES {
        window.set_size(vec2(width, height));
        for (shade, language) in LOOKS {
            let look = window.state_mut().look_mut();
            (look.shade, look.language) = (shade, language.to_owned());
            window.run_steps(4);
            let name = format!("alarm-sheet-{size}-{}-{language}", shade.id());
            shot(&mut window, &name);
        }
    }
}
