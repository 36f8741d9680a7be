//! A panorama of two hundred megapixels is opened, looked at from near and far, edited and exported, with the time and the
//! peak memory of each: `cargo run --release -p retake-engine --example panorama [WIDTH HEIGHT]`. Fails when something
//! cannot be done.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use retake_core::Rect;
use retake_darkroom::{Operation, Recipe};
use retake_engine::{Command, Engine, Export, Kit, Subject, View};

/// The pane that is looked through, px.
const PANE: (usize, usize) = (1100, 760);

fn main() {
    let numbers: Vec<usize> = std::env::args().skip(1).flat_map(|n| n.parse()).collect();
    let (width, height) = match numbers[..] {
        [width, height] => (width, height),
        _ => (40_000, 5_000),
    };
    let folder = std::env::temp_dir().join(format!("retake-panorama-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("temporary files can be written");
    let photo = folder.join("panorama.jpg");
    eprintln!("{width} × {height}, a pane of {} × {}", PANE.0, PANE.1);
    measured("made for the test", || write(&photo, width, height));
    let device = retake_darkroom::Device::choose("cpu").expect("the processor is always there");
    let kit = Kit {
        editors: retake_engine::Editors::default(),
        judges: retake_engine::Judges::default(),
        eyes: retake_core::Eyes::default(),
        editor: Arc::new(retake_darkroom::Darkroom::new(device)),
        rewards: vec![(retake_rewards::REWARDS[0].new)(
            retake_core::Eyes::default(),
        )]
        .into(),
        device: "cpu".to_owned(),
    };
    let mut engine = Engine::keeping(kit, &folder.join("home"), || {});
    measured("opened", || {
        engine.obey(Command::Open(vec![photo.clone()]));
        until(&mut engine, |engine| engine.session().is_some());
    });
    zooms(&mut engine, "the photo", Subject::Photo, (width, height));
    engine.obey(Command::Candidates(4));
    measured("four scored takes", || {
        engine.obey(Command::Say("warmer and a bit brighter".to_owned()));
        engine.obey(Command::Generate);
        until(&mut engine, |engine| {
            engine.session().is_some_and(|s| s.running.is_none())
        });
    });
    let session = engine.session().expect("it is open");
    let take = session.ranking().leader().expect("four are scored");
    zooms(&mut engine, "a take", Subject::Take(take), (width, height));
    export(&mut engine, take, folder.join("take.jpg"), None);
    let clarity = Operation::new("clarity").with("amount", 40.0);
    let recipe = Recipe::of(vec![clarity]).to_json();
    engine.obey(Command::Adjust {
        take,
        recipe: serde_json::from_str(&recipe).expect("recipes are JSON"),
        label: retake_core::Said::words("Clarity +40"),
        done: true,
    });
    zooms(&mut engine, "clarity", Subject::Take(take), (width, height));
    export(&mut engine, take, folder.join("small.jpg"), Some(4000));
    export(&mut engine, take, folder.join("clarity.jpg"), None);
    drop(engine);
    let _ = std::fs::remove_dir_all(folder);
}

/// Waves in three colours, so that every part of it looks like itself.
fn write(path: &std::path::Path, width: usize, height: usize) {
    let wave = |at: usize, length: f32| (at as f32 / length).sin();
    let columns: Vec<f32> = (0..width)
        .map(|x| wave(x, 900.0) + 0.3 * wave(x, 7.0))
        .collect();
    let mut rgb = Vec::with_capacity(width * height * 3);
    for y in 0..height {
        let (slow, fast) = (wave(y, 500.0), wave(y, 5.0));
        for column in &columns {
            let light = 128.0 + 50.0 * column * slow + 12.0 * fast;
            rgb.extend([
                light as u8,
                (light * 0.9) as u8,
                (200.0 - light * 0.5) as u8,
            ]);
        }
    }
    retake_files::save::save_rgb8(path, width, height, &rgb, 90).expect("it is written");
}

/// The whole of it, then in steps of two to 100 %.
fn zooms(engine: &mut Engine, what: &str, subject: Subject, (width, height): (usize, usize)) {
    let fit = (PANE.0 as f64 / width as f64).min(PANE.1 as f64 / height as f64);
    let mut scale = fit;
    loop {
        let side = |pane: usize, length: usize| ((pane as f64 / scale) as usize).min(length);
        let (w, h) = (side(PANE.0, width), side(PANE.1, height));
        let (x0, y0) = ((width - w) / 2, (height - h) / 2);
        let part = Rect {
            x0,
            y0,
            x1: x0 + w,
            y1: y0 + h,
        };
        let size = |length: usize| ((length as f64 * scale).round() as usize).max(1);
        let view = View {
            subject,
            part,
            size: (size(w), size(h)),
        };
        measured(&format!("{what} at {:.0} %", scale * 100.0), || {
            engine.obey(Command::Look {
                pane: 0,
                view,
                pixels: true,
            });
            let key = engine.key_of(subject);
            until(engine, |engine| {
                let seen = engine.seen(0);
                seen.is_some_and(|seen| seen.view == view && Some(seen.key) == key)
            });
        });
        if scale >= 1.0 {
            return;
        }
        scale = (scale * 2.0).min(1.0);
    }
}

fn export(engine: &mut Engine, take: retake_engine::TakeId, to: PathBuf, long_edge: Option<usize>) {
    let name = to
        .file_name()
        .expect("a name")
        .to_string_lossy()
        .into_owned();
    measured(&format!("exported as {name}"), || {
        engine.obey(Command::Export(Export {
            takes: vec![take],
            to: to.clone(),
            format: retake_files::save::Format::Jpeg,
            quality: 90,
            space: retake_files::save::OutputSpace::Srgb,
            metadata: retake_files::save::MetadataPolicy::Keep,
            long_edge,
        }));
        until(engine, |engine| engine.exporting() == 0);
        engine.take_in();
    });
    let said = engine.messages().iter().map(|message| &message.text);
    assert!(to.is_file(), "{:?}", said.collect::<Vec<_>>());
}

fn until(engine: &mut Engine, holds: impl Fn(&Engine) -> bool) {
    while !holds(engine) {
        engine.take_in();
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Does it and tells how long it took and the most memory the program held meanwhile.
fn measured(what: &str, work: impl FnOnce()) {
    // forgets the peak; elsewhere than on Linux the figure is the peak so far, or none
    let _ = std::fs::write("/proc/self/clear_refs", "5");
    let since = Instant::now();
    work();
    let took = since.elapsed().as_secs_f64();
    eprintln!("{what:<32} {took:>7.2} s  peak {:>5} MiB", peak_mib());
}

fn peak_mib() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<usize>().ok());
    kib.unwrap_or(0) / 1024
}
