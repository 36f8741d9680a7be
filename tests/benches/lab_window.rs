//! How smooth the lab's table is over 100,000 edits: frames while it is scrolled, sorted and filtered, with its plots. Run with
//! `cargo bench --bench lab_window`. What a graphics card does is left out; tessellation is in.

#![expect(clippy::print_stdout, reason = "a benchmark's figures are its output")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use eframe::egui::{
    DroppedFile, Event, Key, Modifiers, MouseWheelSource, MouseWheelUnit, Pos2, Role, TouchPhase,
    vec2,
};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use retake_engine::Kit;
use retake_studio::Studio;

type Window = Harness<'static, Studio>;

/// Edits in the table.
const LINES: usize = 100_000;
/// A frame may take so long at 30 a second, milliseconds.
const ASKED: f64 = 1000.0 / 30.0;

fn main() {
    // cargo passes its own flags, and a test run passes none of ours
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("hundred-thousand.jsonl");
    write_ratings(&path);
    let mut window = start();
    let held = Modifiers::COMMAND | Modifiers::SHIFT;
    window.key_press_modifiers(held, Key::L);
    window.run_steps(3);
    let since = Instant::now();
    window
        .input_mut()
        .dropped_files
        .push(Arc::new(Dropped(path)));
    let opening = frames_until(&mut window, "rows used");
    println!("opened after {:.1} s", since.elapsed().as_secs_f64());
    report("frame while it is read", opening);
    click(&mut window, "Figures");
    click(&mut window, "Score");
    let scoring = frames_until(&mut window, "groups, ");
    report("frame while the figures are made", scoring);
    click(&mut window, "Table");
    report("frame, nothing done", frames(&mut window, 120));
    report("frame, scrolled", scrolled(&mut window));
    for column in ["Score", "People", "Case", "Instruction"] {
        for way in ["", " the other way"] {
            click(&mut window, &format!("Sort by {column}"));
            let times = frames(&mut window, 90);
            report(&format!("frame, sorted by {column}{way}"), times);
        }
    }
    window
        .get_by_role_and_label(Role::TextInput, "Find words")
        .click();
    window.run_steps(2);
    let mut times = Vec::new();
    for letter in ["h", "o", "u", "s", "e", " ", "7"] {
        window.event(Event::Text(letter.to_owned()));
        times.extend(frames(&mut window, 20));
    }
    report("frame, words looked for letter by letter", times);
    report("frame, scrolled again", scrolled(&mut window));
}

/// Prints the median and the slowest beside what was asked for, milliseconds.
fn report(what: &str, mut times: Vec<Duration>) {
    times.sort();
    let ms = |time: Duration| time.as_secs_f64() * 1000.0;
    let (median, slowest) = (ms(times[times.len() / 2]), ms(times[times.len() - 1]));
    let count = times.len();
    println!(
        "{what}: median {median:.1} ms, slowest {slowest:.1} ms of {count} (asked: under {ASKED:.0} ms)"
    );
}

/// Ratings of nine editors with what a judge gave, in ImagenHub's format.
fn write_ratings(path: &Path) {
    let mut text = String::new();
    for at in 0..LINES {
        // two sequences that spread evenly and have nothing to do with each other
        let human = (at * 7919 % 10_007) as f64 / 10_007.0;
        let (done, kept) = (at * 31 % 11, at * 17 % 11);
        let _ = writeln!(
            text,
            r#"{{"uid":"prompt {}","editor":"editor {}","instruction":"paint the roof of house {at} red and leave the garden as it is","human":[[{human},{human}],[1,{human}]],"judges":{{"gpt-4o":{{"semantic":[{done},{kept}],"perceptual":[7,{kept}]}}}}}}"#,
            at / 9,
            at % 9
        );
    }
    std::fs::write(path, text).expect("the target folder can be written");
}

fn start() -> Window {
    let device = retake_darkroom::Device::choose("auto").expect("the processor is always there");
    let eyes = retake_vision::eyes();
    let kit = Kit {
        editors: retake_engine::Editors::default(),
        judges: retake_engine::Judges::default(),
        device: device.name(),
        eyes: eyes.clone(),
        editor: Arc::new(retake_darkroom::Darkroom::new(device)),
        rewards: vec![(retake_rewards::REWARDS[0].new)(eyes)].into(),
    };
    let mut window = Harness::builder()
        .with_size([1600.0, 1000.0])
        .with_max_steps(64)
        .build_eframe(|cc| Studio::new(cc, kit, Vec::new()));
    window.run_steps(2);
    window
}

/// A file on its way from the desktop to the window.
#[derive(Debug)]
struct Dropped(PathBuf);

impl DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }
    fn bytes(&self) -> Result<Vec<u8>, String> {
        std::fs::read(&self.0).map_err(|error| error.to_string())
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

/// Frames as a screen of sixty a second would show them.
fn frames(window: &mut Window, count: usize) -> Vec<Duration> {
    (0..count)
        .map(|_| {
            let took = frame(window);
            std::thread::sleep(Duration::from_millis(16).saturating_sub(took));
            took
        })
        .collect()
}

/// Frames until something with these words is on the screen.
fn frames_until(window: &mut Window, words: &str) -> Vec<Duration> {
    let since = Instant::now();
    let mut times = Vec::new();
    while window.query_all_by_label_contains(words).next().is_none() {
        times.extend(frames(window, 4));
        assert!(since.elapsed() < Duration::from_secs(600), "it never came");
    }
    times
}

fn click(window: &mut Window, name: &str) {
    window.get_by_role_and_label(Role::Button, name).click();
    window.run_steps(2);
}

/// A wheel that is turned as fast as a hand can.
fn scrolled(window: &mut Window) -> Vec<Duration> {
    window.hover_at(Pos2::new(500.0, 500.0));
    window.step();
    let mut times = Vec::new();
    for turn in 0..180 {
        let down = if turn < 120 { -4000.0 } else { 6000.0 };
        window.event(Event::MouseWheel {
            unit: MouseWheelUnit::Point,
            delta: vec2(0.0, down),
            phase: TouchPhase::Move,
            source: MouseWheelSource::Wheel,
            modifiers: Modifiers::NONE,
        });
        times.extend(frames(window, 1));
    }
    times
}
