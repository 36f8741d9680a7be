//! A journey through a sitting: somebody answers, leaves, goes on, and is told at the end how it was.

use std::path::PathBuf;

use eframe::egui::{Key, Modifiers, Role};

use crate::hands::{CTRL, Window, click_button, drop_on, press, press_with, rewrite, says};
use crate::names::unnamed;
use crate::testing::{Scratch, sample, shot, until, window_keeping};
use crate::theme::Shade;

/// Edits of so many photos by two editors.
fn edits(folder: &Scratch, photos: usize) -> PathBuf {
    let all = folder.join("edits");
    for at in 0..photos {
        let one = all.join(format!("photo-{at}"));
        std::fs::create_dir_all(&one).expect("temporary files can be written");
        for name in ["source", "edited-ann", "edited-bob"] {
            std::fs::copy(sample("astronaut.png"), one.join(format!("{name}.png")))
                .expect("temporary files can be written");
        }
        std::fs::write(
            one.join("instruction.txt"),
            "make the suit of the astronaut blue",
        )
        .expect("temporary files can be written");
    }
    all
}

/// The page of the sitting over these edits.
fn page(folder: &Scratch, size: [f32; 2], photos: usize) -> Window {
    let mut window = window_keeping(size, folder.join("home"));
    window.run_steps(2);
    press_with(&mut window, CTRL | Modifiers::SHIFT, Key::L);
    drop_on(&mut window, &[edits(folder, photos)]);
    until(&mut window, |studio| studio.lab().data.is_some());
    window.state_mut().look_mut().lab.page = "lab_sitting";
    window.run_steps(3);
    window
}

fn sit(window: &mut Window, rater: &str) {
    rewrite(window, Role::TextInput, "Your name", rater);
    click_button(window, "Begin, or go on");
    until(window, |studio| studio.lab().table.sitting.is_some());
    window.run_steps(2);
}

/// Waits until the question can be answered.
fn asked(window: &mut Window) {
    until(window, |studio| studio.lab().table.asks());
    window.run_steps(2);
}

#[test]
fn a_sitting_is_left_and_gone_on_with_and_tells_how_it_was() {
    let folder = Scratch::new("lab-sitting");
    let mut window = page(&folder, [1280.0, 800.0], 2);
    sit(&mut window, "anna");
    asked(&mut window);
    // two pairs, and one of them again
    assert!(says(&window, "0 of 3"));
    assert!(says(&window, "make the suit of the astronaut blue"));
    // nobody is told who made what
    assert!(!says(&window, "ann") && !says(&window, "bob"));
    press(&mut window, Key::ArrowLeft);
    asked(&mut window);
    assert!(says(&window, "1 of 3"));
    click_button(&mut window, "Go on later");
    assert!(says(&window, "Which edit is better?"));
    sit(&mut window, "anna");
    asked(&mut window);
    assert!(says(&window, "1 of 3"));
    click_button(&mut window, "Edit 2 is the best");
    asked(&mut window);
    press(&mut window, Key::Backspace);
    asked(&mut window);
    assert!(says(&window, "2 of 3"));
    press(&mut window, Key::Num1);
    asked(&mut window);
    press(&mut window, Key::B);
    until(&mut window, |studio| studio.lab().table.agreement.is_some());
    window.run_steps(3);
    assert!(says(&window, "Every question is answered"));
    assert!(says(&window, "2 decided, 0 ties, 0 all bad, 0 skipped"));
    click_button(&mut window, "Somebody else sits down");
    sit(&mut window, "ben");
    for key in [Key::Equals, Key::ArrowRight, Key::S] {
        asked(&mut window);
        press(&mut window, key);
    }
    until(&mut window, |studio| studio.lab().table.agreement.is_some());
    window.run_steps(3);
    assert!(says(&window, "Krippendorff's alpha"));
    shot(&mut window, "lab-sitting-end");
}

#[test]
fn keys_say_nothing_before_the_pictures_are_there_or_while_a_name_is_typed() {
    let folder = Scratch::new("lab-sitting-keys");
    let mut window = page(&folder, [1280.0, 800.0], 1);
    press(&mut window, Key::ArrowLeft);
    rewrite(&mut window, Role::TextInput, "Your name", "bess");
    press(&mut window, Key::B);
    press(&mut window, Key::S);
    assert!(window.state().lab().table.sitting.is_none());
    assert_eq!(unnamed(&window), [""; 0]);
}

#[test]
fn a_question_whose_picture_does_not_open_is_passed_and_told_of() {
    let folder = Scratch::new("lab-sitting-broken");
    let mut window = page(&folder, [1280.0, 800.0], 2);
    let broken = folder.join("edits").join("photo-0").join("edited-ann.png");
    std::fs::write(broken, "no picture").expect("temporary files can be written");
    sit(&mut window, "anna");
    // of two pairs and one of them again only what can be seen is asked, and the end comes
    for _ in 0..3 {
        until(&mut window, |studio| {
            let table = &studio.lab().table;
            table.asks() || table.agreement.is_some()
        });
        window.run_steps(2);
        press(&mut window, Key::ArrowLeft);
    }
    until(&mut window, |studio| studio.lab().table.agreement.is_some());
    window.run_steps(3);
    assert!(says(&window, "Questions that cannot be shown"));
    assert!(says(&window, "1 decided, 0 ties, 0 all bad, 0 skipped"));
    shot(&mut window, "lab-sitting-passed");
}

#[test]
fn what_nobody_can_compare_is_told() {
    let folder = Scratch::new("lab-sitting-none");
    let mut window = page(&folder, [1280.0, 800.0], 1);
    let one = folder.join("edits").join("photo-0");
    std::fs::remove_file(one.join("edited-ann.png")).expect("it was there");
    rewrite(&mut window, Role::TextInput, "Your name", "anna");
    click_button(&mut window, "Begin, or go on");
    until(&mut window, |studio| studio.lab().table.trouble.is_some());
    window.run_steps(2);
    assert!(says(&window, "There is nothing to compare"));
}

/// Pictures for looking at: `RETAKE_SHOTS=folder`.
#[test]
fn a_sitting_in_every_shade_and_size() {
    if crate::testing::shots_folder().is_none() {
        return;
    }
    for (name, shade, size, language) in [
        ("dark", Shade::Dark, [1280.0, 800.0], "en"),
        ("grey", Shade::Grey, [1280.0, 800.0], "en"),
        ("light", Shade::Light, [1280.0, 800.0], "en"),
        ("small", Shade::Dark, [800.0, 500.0], "de"),
    ] {
        let folder = Scratch::new(&format!("lab-sitting-{name}"));
        let mut window = page(&folder, size, 2);
        window.state_mut().look_mut().shade = shade;
        window.run_steps(3);
        shot(&mut window, &format!("lab-sitting-{name}-begin"));
        sit(&mut window, "anna");
        asked(&mut window);
        window.state_mut().look_mut().language = language.to_owned();
        window.run_steps(3);
        shot(&mut window, &format!("lab-sitting-{name}"));
    }
}

#[test]
fn another_seed_or_other_repeats_are_another_sitting_and_the_usual_ones_are_found_again() {
    use crate::lab::{AGAIN, sitting_folder};
    use retake_lab::sittings::{Kind, Manner};
    let usual = Manner {
        kind: Kind::Pairs,
        seed: 0,
        most: None,
        again: AGAIN,
    };
    let of = |manner| sitting_folder("/home".as_ref(), "/data".as_ref(), manner);
    assert_eq!(of(usual), of(usual));
    assert_ne!(of(usual), of(Manner { seed: 1, ..usual }));
    assert_ne!(of(usual), of(Manner { again: 20, ..usual }));
}
