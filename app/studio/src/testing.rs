//! The window without a screen, with the real editor and rewards.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use egui_kittest::Harness;
use retake_engine::{Command, Kit, Session};

use crate::Studio;

/// A sample photo.
pub(crate) fn sample(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../assets/photos")
        .join(name)
}

/// The window at this size, points.
pub(crate) fn window(size: [f32; 2], photos: Vec<PathBuf>) -> Harness<'static, Studio> {
    let device = retake_darkroom::Device::choose("cpu").expect("the processor is always there");
    let kit = Kit {
        editor: Arc::new(retake_darkroom::Darkroom::new(device)),
        rewards: vec![(retake_rewards::REWARDS[0].new)()].into(),
        device: "cpu".to_owned(),
    };
    Harness::builder()
        .with_size(size)
        .with_max_steps(64)
        .build_eframe(|cc| Studio::new(cc, kit, photos))
}

/// A folder of its own, gone afterwards.
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    /// Empty, by this name.
    pub(crate) fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("retake-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).expect("temporary files can be written");
        Self(path)
    }
    /// A file in it.
    pub(crate) fn join(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
    /// A copy of the small sample photo.
    pub(crate) fn photo(&self, name: &str) -> PathBuf {
        let copy = self.join(name);
        std::fs::copy(sample("astronaut.png"), &copy).expect("temporary files can be written");
        copy
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Draws frames until something holds; a minute is an eternity.
pub(crate) fn until(window: &mut Harness<'_, Studio>, holds: impl Fn(&Studio) -> bool) {
    let start = Instant::now();
    while !holds(window.state()) {
        window.step();
        assert!(start.elapsed() < Duration::from_secs(60), "it never came");
        std::thread::sleep(Duration::from_millis(5));
    }
    window.step();
}

/// The session that is shown.
pub(crate) fn session<'a>(window: &'a Harness<'_, Studio>) -> &'a Session {
    window.state().engine().session().expect("a photo is open")
}

/// The window with a small sample photo and scored takes of an instruction.
pub(crate) fn with_takes(
    size: [f32; 2],
    instruction: &str,
    count: usize,
) -> Harness<'static, Studio> {
    let mut window = window(size, vec![sample("astronaut.png")]);
    until(&mut window, |studio| studio.engine().session().is_some());
    for command in [
        Command::Say(instruction.to_owned()),
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
    window
}

/// Where pictures of the window go: `RETAKE_SHOTS`, from the project's root.
pub(crate) fn shots_folder() -> Option<PathBuf> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    std::env::var_os("RETAKE_SHOTS").map(|folder| root.join(folder))
}

/// A picture of the window, for looking at: `RETAKE_SHOTS=folder` writes them.
pub(crate) fn shot(window: &mut Harness<'_, Studio>, name: &str) {
    if let Some(folder) = shots_folder() {
        window.step();
        let picture = window
            .render()
            .expect("a software or real graphics adapter");
        let path = folder.join(format!("{name}.png"));
        picture.save(path).expect("the folder can be written");
    }
}

#[test]
fn the_window_opens_a_photo_and_shows_takes() {
    let mut window = with_takes([1280.0, 800.0], "warmer", 2);
    assert_eq!(session(&window).sheet().len(), 2);
    shot(&mut window, "takes");
}
