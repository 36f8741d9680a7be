//! How quick the window is, without a screen: from nothing to a photo that can be worked on, from a slider to pixels, a frame
//! with sixty-four takes on the sheet while they are made, from Esc to stopped. Run with `cargo bench --bench window`.
//! What a graphics card does is left out; what the processor does for it, tessellation, is in.

#![expect(clippy::print_stdout, reason = "a benchmark's figures are its output")]

mod large;
mod slider;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use eframe::egui::Key;
use egui_kittest::Harness;
use retake_engine::{Command, Kit, Session};
use retake_studio::Studio;

type Window = Harness<'static, Studio>;

fn main() {
    // cargo passes its own flags, and a test run passes none of ours
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    println!("{threads} threads, window of 1600 × 1000 points\n");
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/photos/mountain-path.jpg");
    let starts: Vec<Duration> = (0..5).map(|_| start(&sample).1).collect();
    report("start to a photo that can be worked on", starts, 1000.0);
    sliders("sample photo", &sample);
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    sliders("24 MP", &large::photo(&folder, 6000, 4000));
    let (mut window, _) = start(&sample);
    for survey in [false, true] {
        let place = if survey { "survey" } else { "strip" };
        let running = frames_while_64_are_made(&mut window, survey);
        report(
            &format!("frame, 64 takes being made, {place}"),
            running,
            16.0,
        );
        let idle = (0..240).map(|_| frame(&mut window)).collect();
        report(&format!("frame, 64 takes there, {place}"), idle, 16.0);
        if survey {
            window.key_press(Key::N);
            window.run_steps(2);
        }
    }
    report("Esc to stopped", stops(&mut window), 250.0);
}

/// Prints the median and the slowest beside what was asked for, milliseconds.
fn report(what: &str, mut times: Vec<Duration>, asked: f64) {
    times.sort();
    let ms = |time: Duration| time.as_secs_f64() * 1000.0;
    let (median, slowest) = (ms(times[times.len() / 2]), ms(times[times.len() - 1]));
    let count = times.len();
    println!(
        "{what}: median {median:.1} ms, slowest {slowest:.1} ms of {count} (asked: under {asked} ms)"
    );
}

/// Every drag on a photo of its own window.
fn sliders(what: &str, photo: &Path) {
    let (mut window, _) = start(photo);
    let take = slider::take(&mut window);
    for drag in slider::DRAGS {
        let times = slider::drag(&mut window, take, drag);
        report(
            &format!("slider to pixels, {what}, {}", drag.name),
            times,
            50.0,
        );
    }
}

/// The window with a photo, and how long it took from nothing until its first takes could be asked for.
fn start(photo: &Path) -> (Window, Duration) {
    let since = Instant::now();
    let photo = photo.to_owned();
    let device = retake_darkroom::Device::choose("auto").expect("the processor is always there");
    let eyes = retake_vision::eyes();
    let kit = Kit {
        editors: retake_engine::Editors::default(),
        judges: retake_engine::Judges::default(),
        device: device.name(),
        eyes: eyes.clone(),
        editor: Arc::new(retake_darkroom::Darkroom::new(device).with_finder(eyes.subject.clone())),
        rewards: vec![(retake_rewards::REWARDS[0].new)(eyes.clone())].into(),
    };
    let mut window = Harness::builder()
        .with_size([1600.0, 1000.0])
        .with_max_steps(64)
        .build_eframe(|cc| Studio::new(cc, kit, vec![photo]));
    until(&mut window, |studio| {
        let slot = studio.engine().session();
        slot.is_some() && studio.engine().seen(0).is_some()
    });
    let took = since.elapsed();
    (window, took)
}

/// Draws frames until something holds.
fn until(window: &mut Window, holds: impl Fn(&Studio) -> bool) {
    let since = Instant::now();
    while !holds(window.state()) {
        frame(window);
        assert!(since.elapsed() < Duration::from_secs(120), "it never came");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// One frame with everything the processor does for it.
fn frame(window: &mut Window) -> Duration {
    let since = Instant::now();
    window.step();
    let shapes = window.output().shapes.clone();
    let _ = window.ctx.tessellate(shapes, 1.0);
    since.elapsed()
}

fn session(window: &Window) -> &Session {
    window.state().engine().session().expect("a photo is open")
}

fn idle(studio: &Studio) -> bool {
    let session = studio.engine().session();
    session.is_some_and(|session| session.running.is_none() && session.ended.is_some())
}

fn generate(window: &mut Window, text: &str, count: usize) {
    for command in [
        Command::Say(text.to_owned()),
        Command::Candidates(count),
        Command::Generate,
    ] {
        window.state_mut().obey(command);
    }
}

fn frames_while_64_are_made(window: &mut Window, survey: bool) -> Vec<Duration> {
    generate(window, "warmer and brighter", 64);
    if survey {
        window.key_press(Key::Escape);
        window.step();
        generate(window, "warmer and brighter", 64);
        window.key_press(Key::N);
    }
    window.run_steps(4);
    let mut times = Vec::new();
    while !idle(window.state()) {
        times.push(frame(window));
        // a screen shows sixty a second; the rest of the time is the run's
        std::thread::sleep(Duration::from_millis(16).saturating_sub(times[times.len() - 1]));
    }
    times
}

/// Esc in the middle of runs.
fn stops(window: &mut Window) -> Vec<Duration> {
    (0..7)
        .map(|_| {
            generate(window, "warmer and brighter", 64);
            until(window, |studio| {
                let running = studio.engine().session().and_then(|s| s.running.as_ref());
                running.is_some_and(|running| running.made >= 4)
            });
            let since = Instant::now();
            window.key_press(Key::Escape);
            until(window, idle);
            since.elapsed()
        })
        .collect()
}
