//! The window without a screen, with the real editor and rewards.

pub(crate) mod judges;
pub(crate) mod models;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use eframe::egui_wgpu::{RendererOptions, WgpuSetup};
use egui_kittest::Harness;
use retake_darkroom::{Darkroom, Device};
use retake_engine::{Command, Editors, Judges, Kit, Session};

use crate::{Studio, card};

/// A sample photo.
pub(crate) fn sample(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../assets/photos")
        .join(name)
}

/// The window at this size, points.
pub(crate) fn window(size: [f32; 2], photos: Vec<PathBuf>) -> Harness<'static, Studio> {
    let kit = kit(Device::processor());
    Harness::builder()
        .with_size(size)
        .with_max_steps(64)
        .build_eframe(|cc| Studio::new(cc, kit, photos))
}

/// An empty window at this size whose lab keeps what it is told in this folder.
pub(crate) fn window_keeping(size: [f32; 2], home: PathBuf) -> Harness<'static, Studio> {
    let kit = kit(Device::processor());
    let tools = crate::LabTools {
        home: Some(home),
        ..crate::LabTools::default()
    };
    Harness::builder()
        .with_size(size)
        .with_max_steps(64)
        .build_eframe(|cc| Studio::new(cc, kit, Vec::new()).with_lab(tools))
}

/// An empty window at this size with other editors on offer.
pub(crate) fn window_with(size: [f32; 2], editors: Editors) -> Harness<'static, Studio> {
    let kit = Kit {
        editors,
        ..kit(Device::processor())
    };
    Harness::builder()
        .with_size(size)
        .with_max_steps(64)
        .build_eframe(|cc| Studio::new(cc, kit, Vec::new()))
}

/// An empty window at this size with these judges.
pub(crate) fn window_judged(size: [f32; 2], judges: Judges) -> Harness<'static, Studio> {
    let kit = Kit {
        judges,
        ..kit(Device::processor())
    };
    Harness::builder()
        .with_size(size)
        .with_max_steps(64)
        .build_eframe(|cc| Studio::new(cc, kit, Vec::new()))
}

/// The window at this size whose darkroom is on the window's own device, and that device. Without any adapter there is
/// none, unless RETAKE_REQUIRE_GPU is set.
pub(crate) fn window_on_card(
    size: [f32; 2],
    photos: Vec<PathBuf>,
) -> Option<(Harness<'static, Studio>, eframe::egui_wgpu::RenderState)> {
    use egui_kittest::wgpu::{WgpuTestRenderer, create_render_state, default_wgpu_setup};
    if let Err(error) = Device::choose("gpu") {
        let required = std::env::var_os("RETAKE_REQUIRE_GPU").is_some();
        assert!(!required, "RETAKE_REQUIRE_GPU is set: {error}");
        eprintln!("NOT TESTED: {error}");
        return None;
    }
    let setup = match default_wgpu_setup() {
        WgpuSetup::CreateNew(setup) => WgpuSetup::CreateNew(card::with_room(setup)),
        existing => existing,
    };
    let state = create_render_state(setup, RendererOptions::PREDICTABLE);
    let window = Harness::builder()
        .with_size(size)
        .with_max_steps(64)
        .renderer(WgpuTestRenderer::from_render_state(state.clone()))
        .build_eframe(|cc| {
            let window = cc.wgpu_render_state.as_ref();
            let lost = card::listen(cc);
            let kit = kit(card::device("gpu", window, &lost));
            Studio::new(cc, kit, photos).listening(lost)
        });
    Some((window, state))
}

/// The real editor and a real reward. The device has no name, so that pictures of windows can be compared.
fn kit(device: Device) -> Kit {
    Kit {
        editors: Editors::default(),
        judges: Judges::default(),
        eyes: retake_core::Eyes::default(),
        editor: Arc::new(Darkroom::new(device)),
        rewards: vec![(retake_rewards::REWARDS[0].new)(
            retake_core::Eyes::default(),
        )]
        .into(),
        device: "cpu".to_owned(),
    }
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
    generate(&mut window, instruction, count);
    window
}

/// Has takes made, and waits until they are scored.
pub(crate) fn generate(window: &mut Harness<'_, Studio>, instruction: &str, count: usize) {
    for command in [
        Command::Say(instruction.to_owned()),
        Command::Candidates(count),
        Command::Generate,
    ] {
        window.state_mut().obey(command);
    }
    until(window, |studio| {
        studio
            .engine()
            .session()
            .is_some_and(|session| session.running.is_none() && session.sheet().len() == count)
    });
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
