//! A thousand candidates in one session, in groups of sixteen, with what the program holds after each hundred:
//! `cargo run --release -p retake-engine --example soak [PHOTO]`. Fails when memory grows after the first 400.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use retake_engine::{Command, Engine, Kit};

const ALL: usize = 1000;
const GROUP: usize = 16;
/// By then everything that is kept aside is full.
const SETTLED: usize = 400;
/// What may come on top of that, MiB: a thousand recipes and scorecards are no pictures.
const MAY_GROW_MIB: usize = 64;

fn main() {
    let photo = std::env::args_os().nth(1).map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../assets/photos/mountain-path.jpg"),
        PathBuf::from,
    );
    let home = std::env::temp_dir().join(format!("retake-soak-{}", std::process::id()));
    let device = retake_darkroom::Device::choose("cpu").expect("the processor is always there");
    let kit = Kit {
        editors: retake_engine::Editors::default(),
        judges: retake_engine::Judges::default(),
        eyes: retake_core::Eyes::default(),
        editor: Arc::new(retake_darkroom::Darkroom::new(device)),
        rewards: retake_rewards::REWARDS
            .iter()
            .map(|reward| (reward.new)(retake_core::Eyes::default()))
            .collect(),
        device: "cpu".to_owned(),
    };
    let mut engine = Engine::keeping(kit, &home, || {});
    engine.obey(Command::Open(vec![photo]));
    until(&mut engine, |engine| engine.session().is_some());
    engine.obey(Command::Candidates(GROUP));
    let texts = [
        "warmer",
        "brighter",
        "more contrast",
        "a bit darker, cooler",
    ];
    let (mut made, mut settled, mut told) = (0, None, 0);
    let since = Instant::now();
    let mut held = 0;
    for text in texts.iter().cycle() {
        engine.obey(Command::Say((*text).to_owned()));
        engine.obey(Command::Generate);
        until(&mut engine, |engine| {
            engine
                .session()
                .is_some_and(|session| session.running.is_none())
        });
        made += GROUP;
        held = resident_mib();
        if made >= told + 100 {
            told = made;
            eprintln!(
                "{made} candidates, {held} MiB, {:.0} s",
                since.elapsed().as_secs_f32()
            );
        }
        if made >= SETTLED {
            settled.get_or_insert(held);
        }
        if made >= ALL {
            break;
        }
    }
    drop(engine);
    let _ = std::fs::remove_dir_all(home);
    let settled = settled.unwrap_or(held);
    assert!(
        held <= settled + MAY_GROW_MIB,
        "memory grew from {settled} to {held} MiB over {} candidates",
        made - SETTLED
    );
}

fn until(engine: &mut Engine, holds: impl Fn(&Engine) -> bool) {
    while !holds(engine) {
        engine.take_in();
        std::thread::sleep(Duration::from_millis(4));
    }
}

/// What the program holds of the memory, MiB; 0 where the system does not tell.
fn resident_mib() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<usize>().ok());
    kib.unwrap_or(0) / 1024
}
