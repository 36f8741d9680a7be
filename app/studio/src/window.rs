//! The window on the system's screen. When the graphics card that draws it is lost, everything on that card is gone with
//! it, the letters too, and nothing can be drawn any more: the window is closed and opened again on what the system
//! offers then, with all that was in it.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use eframe::egui;
use retake_darkroom::Device;
use retake_engine::Kit;

use crate::theme::install_fonts;
use crate::{LabTools, Studio, card};

/// What names a screen on Linux.
const SCREENS: [&str; 3] = ["WAYLAND_DISPLAY", "WAYLAND_SOCKET", "DISPLAY"];
/// A card that is lost sooner than this after the last one is not tried again.
const AGAIN: Duration = Duration::from_secs(20);

/// Opens the window and stays until it is closed. `device` is "auto", "gpu" or "cpu": where `kit` is told to render, on the
/// window's own graphics card if that is a real one. What is done is kept under `home`; without one, nowhere. `lab` is what
/// the lab is handed.
pub fn open_window(
    device: &str,
    kit: impl FnOnce(Device) -> Kit,
    photos: Vec<PathBuf>,
    home: Option<PathBuf>,
    lab: LabTools,
) -> Result<(), String> {
    if cfg!(target_os = "linux") && SCREENS.iter().all(|name| std::env::var_os(name).is_none()) {
        let names = SCREENS.join(" nor ");
        return Err(format!(
            "there is no screen to open the window on, neither {names} is set; “retake edit” works without one"
        ));
    }
    let left = Berth::default();
    let first = |cc: &eframe::CreationContext<'_>| {
        let lost = card::listen(cc);
        let window = cc.wgpu_render_state.as_ref();
        let kit = kit(card::device(device, window, &lost));
        let studio = match &home {
            Some(home) => Studio::at_home(cc, kit, home, photos),
            None => Studio::new(cc, kit, photos),
        };
        studio.with_lab(lab).listening(lost)
    };
    let home = home.as_deref();
    show(home, &left, Box::new(first))?;
    let mut before: Option<Instant> = None;
    while let Some(mut studio) = left.studio_of_a_lost_card() {
        if before.is_some_and(|before| before.elapsed() < AGAIN) {
            return Err(
                "the graphics card that draws the window stops answering again and again; what was done is kept"
                    .to_owned(),
            );
        }
        before = Some(Instant::now());
        let again = move |cc: &eframe::CreationContext<'_>| {
            install_fonts(&cc.egui_ctx);
            let window = cc.wgpu_render_state.clone();
            studio.move_to(&cc.egui_ctx, window, card::listen(cc));
            studio
        };
        show(home, &left, Box::new(again))?;
    }
    Ok(())
}

/// How a window gets what is in it.
type Build<'a> = Box<dyn FnOnce(&eframe::CreationContext<'_>) -> Studio + 'a>;

/// Shows one window until it is closed.
fn show(home: Option<&Path>, left: &Berth, build: Build<'_>) -> Result<(), String> {
    let viewport = egui::ViewportBuilder::default()
        .with_app_id("retake")
        .with_title("Retake")
        .with_inner_size([1360.0, 860.0])
        .with_min_inner_size([320.0, 240.0]);
    let options = eframe::NativeOptions {
        viewport,
        // the window's own memory lies beside the sessions
        persistence_path: home.map(|home| home.join("window.ron")),
        wgpu_options: card::configuration(),
        ..Default::default()
    };
    let left = left.clone();
    eframe::run_native(
        "Retake",
        options,
        Box::new(move |cc| {
            Ok(Box::new(Lodger {
                studio: Some(build(cc)),
                left,
            }))
        }),
    )
    .map_err(|error| {
        format!("the window cannot be opened ({error}); “retake edit” works without one")
    })
}

/// Where a window leaves what was in it.
#[derive(Clone, Default)]
struct Berth(Arc<Mutex<Option<Studio>>>);

impl Berth {
    /// What was in a window that could no longer be drawn; `None` when it was closed by hand.
    fn studio_of_a_lost_card(&self) -> Option<Studio> {
        let studio = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        studio.filter(Studio::has_lost_its_card)
    }
}

/// The studio while a window has it.
struct Lodger {
    studio: Option<Studio>,
    left: Berth,
}

impl Drop for Lodger {
    fn drop(&mut self) {
        let mut left = self.left.0.lock().unwrap_or_else(PoisonError::into_inner);
        *left = self.studio.take();
    }
}

impl eframe::App for Lodger {
    fn ui(&mut self, ui: &mut egui::Ui, frame: &mut eframe::Frame) {
        if let Some(studio) = &mut self.studio {
            studio.ui(ui, frame);
        }
    }
    fn save(&mut self, storage: &mut dyn eframe::Storage) {
        if let Some(studio) = &mut self.studio {
            studio.save(storage);
        }
    }
    fn auto_save_interval(&self) -> Duration {
        match &self.studio {
            Some(studio) => studio.auto_save_interval(),
            None => Duration::MAX,
        }
    }
    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        match &self.studio {
            Some(studio) => studio.clear_color(visuals),
            None => egui::Color32::BLACK.to_normalized_gamma_f32(),
        }
    }
}
