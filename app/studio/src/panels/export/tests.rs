//! Exports through the real window, looked at on the disk.

use std::path::{Path, PathBuf};

use eframe::egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use retake_engine::{Command, Flag};
use retake_files::save::Format;

use crate::Studio;
use crate::look::Sheet;
use crate::testing::{Scratch, sample, session, until, window};

/// A small JPEG with a camera's EXIF, and takes of it.
fn with_camera_photo(scratch: &Scratch, count: usize) -> (Harness<'static, Studio>, PathBuf) {
    let photo = scratch.join("holiday.jpg");
    small_jpeg_with_exif(&photo);
    let mut window = window([1280.0, 900.0], vec![photo.clone()]);
    until(&mut window, |studio| studio.engine().session().is_some());
    for command in [
        Command::Say("warmer".to_owned()),
        Command::Candidates(count),
        Command::Generate,
    ] {
        window.state_mut().obey(command);
    }
    until(&mut window, |studio| {
        studio
            .engine()
            .session()
            .is_some_and(|session| session.running.is_none() && session.sheet().len() == count)
    });
    window.state_mut().look_mut().wants_line = false;
    (window, photo)
}

fn small_jpeg_with_exif(path: &Path) {
    use retake_core::{Carried, Photo, Quiet, Samples};
    use retake_files::save::{SaveOptions, save};
    let source =
        retake_files::open::open(&sample("astronaut.png"), &retake_files::Limits::default())
            .expect("a sample");
    let small = retake_pixels::resize::fit(&source, 160).expect("it can be made smaller");
    let exif = b"II*\0\x08\0\0\0\x01\0\x0f\x01\x02\0\x05\0\0\0\x1a\0\0\0\0\0\0\0Acme\0\0".to_vec();
    let carried = Carried {
        exif: Some(exif),
        ..Carried::default()
    };
    let (width, height) = (small.width, small.height);
    let photo = Photo::new(
        width,
        height,
        source.id(),
        Samples::Linear(small.into()),
        carried.clone(),
    );
    let options = SaveOptions {
        carried: Some(carried),
        ..SaveOptions::default()
    };
    save(path, &photo, &options, &Quiet).expect("temporary files can be written");
}

fn open_sheet(window: &mut Harness<'_, Studio>) {
    window.key_press_modifiers(Modifiers::COMMAND, Key::E);
    window.run_steps(3);
    assert_eq!(window.state_mut().look_mut().sheet, Sheet::Export);
}

fn aim(window: &mut Harness<'_, Studio>, to: &Path) {
    window.state_mut().look_mut().export.aim_at(to);
    window.run_steps(2);
}

fn press(window: &mut Harness<'_, Studio>, name: &str) {
    window
        .get_by_role_and_label(eframe::egui::Role::Button, name)
        .click();
    window.run_steps(2);
}

fn written(window: &mut Harness<'_, Studio>, path: &Path) -> Vec<u8> {
    until(window, |studio| studio.engine().exporting() == 0);
    std::fs::read(path).expect("it was written")
}

fn holds(bytes: &[u8], what: &[u8]) -> bool {
    bytes.windows(what.len()).any(|part| part == what)
}

#[test]
fn metadata_is_kept_or_left_out_as_asked() {
    let scratch = Scratch::new("metadata");
    let (mut window, _) = with_camera_photo(&scratch, 1);
    for (choice, kept) in [("Metadata: Keep", true), ("Metadata: None", false)] {
        let to = scratch.join(&format!("kept-{kept}.jpg"));
        open_sheet(&mut window);
        window.get_by_label(choice).click_accesskit();
        aim(&mut window, &to);
        press(&mut window, "Export");
        let bytes = written(&mut window, &to);
        assert!(bytes.starts_with(&[0xFF, 0xD8]));
        assert_eq!(
            holds(&bytes, b"Exif\0\0") && holds(&bytes, b"Acme"),
            kept,
            "{choice}"
        );
        assert_eq!(retake_files::save::read_provenance(&bytes).is_some(), kept);
    }
}

#[test]
fn the_file_is_of_the_chosen_format_and_size() {
    let scratch = Scratch::new("format");
    let (mut window, _) = with_camera_photo(&scratch, 1);
    open_sheet(&mut window);
    aim(&mut window, &scratch.join("out.jpg"));
    window.get_by_label("Format: PNG").click_accesskit();
    window.run_steps(2);
    window.get_by_label("Size: Long edge").click_accesskit();
    window.run_steps(2);
    window.state_mut().look_mut().export.edge = "40".to_owned();
    window.run_steps(2);
    press(&mut window, "Export");
    let bytes = written(&mut window, &scratch.join("out.png"));
    assert!(bytes.starts_with(b"\x89PNG"));
    assert_eq!(bytes[16..24], [0, 0, 0, 40, 0, 0, 0, 40]);
}

#[test]
fn quality_is_asked_for_only_where_something_is_lost() {
    let scratch = Scratch::new("quality");
    let (mut window, _) = with_camera_photo(&scratch, 1);
    open_sheet(&mut window);
    let quality = eframe::egui::Role::Slider;
    window.get_by_role_and_label(quality, "Quality");
    window.get_by_label("Format: TIFF").click_accesskit();
    window.run_steps(2);
    assert!(window.query_by_role_and_label(quality, "Quality").is_none());
    assert_eq!(window.state_mut().look_mut().export.format, Format::Tiff);
}

#[test]
fn a_file_that_is_there_is_replaced_only_when_asked_twice() {
    let scratch = Scratch::new("replace");
    let (mut window, _) = with_camera_photo(&scratch, 1);
    let to = scratch.join("there.jpg");
    std::fs::write(&to, b"mine").expect("temporary files can be written");
    open_sheet(&mut window);
    aim(&mut window, &to);
    press(&mut window, "Export");
    window.get_by_label("“there.jpg” is there already.");
    assert_eq!(std::fs::read(&to).expect("still there"), b"mine");
    press(&mut window, "Replace");
    assert!(written(&mut window, &to).starts_with(&[0xFF, 0xD8]));
}

#[test]
fn the_photo_itself_is_never_written_over() {
    let scratch = Scratch::new("source");
    let (mut window, photo) = with_camera_photo(&scratch, 1);
    let before = std::fs::read(&photo).expect("it is there");
    open_sheet(&mut window);
    aim(&mut window, &photo);
    press(&mut window, "Export");
    window.get_by_label_contains("never written over");
    assert_eq!(window.state().engine().exporting(), 0);
    assert_eq!(std::fs::read(&photo).expect("still there"), before);
}

#[test]
fn all_picked_takes_go_into_a_folder() {
    let scratch = Scratch::new("picked");
    let (mut window, _) = with_camera_photo(&scratch, 2);
    for take in session(&window)
        .desk()
        .turn
        .clone()
        .expect("a group")
        .takes
        .clone()
    {
        window.state_mut().obey(Command::Flag(take, Flag::Picked));
    }
    open_sheet(&mut window);
    window
        .get_by_label("What: All picked (2)")
        .click_accesskit();
    window.run_steps(2);
    press(&mut window, "Export");
    for number in [1, 2] {
        let path = scratch.join(&format!("holiday-take-{number}.jpg"));
        assert!(written(&mut window, &path).starts_with(&[0xFF, 0xD8]));
    }
}

#[test]
fn esc_closes_the_sheet_and_writes_nothing() {
    let scratch = Scratch::new("esc");
    let (mut window, _) = with_camera_photo(&scratch, 1);
    open_sheet(&mut window);
    aim(&mut window, &scratch.join("never.jpg"));
    window.key_press(Key::Escape);
    window.run_steps(2);
    assert_eq!(window.state_mut().look_mut().sheet, Sheet::None);
    assert!(!scratch.join("never.jpg").exists());
}
