//! A data folder for tests, sessions with a bit of everything in them, and all that must come back of one.

use std::fs;

use retake_core::{Mask, said};

use super::*;
use crate::Sample;

/// A data folder of its own that is gone afterwards.
pub(super) struct Home(pub(super) PathBuf);

impl Home {
    pub(super) fn new(name: &str) -> Self {
        let own = format!("retake-home-{}-{name}", std::process::id());
        let path = std::env::temp_dir().join(own);
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).expect("it can be made");
        Self(path)
    }
    pub(super) fn engine(&self) -> Engine {
        Engine::keeping(kit(), &self.0, || {})
    }
    /// With the small picture open.
    pub(super) fn opened(&self) -> Engine {
        self.opened_with(kit())
    }
    /// The same, and the work is done with this.
    pub(super) fn opened_with(&self, kit: Kit) -> Engine {
        let mut engine = Engine::keeping(kit, &self.0, || {});
        open_small(&mut engine);
        engine
    }
    pub(super) fn journal(&self) -> PathBuf {
        let mut sessions = fs::read_dir(self.0.join("sessions"))
            .expect("sessions")
            .flatten();
        sessions
            .next()
            .expect("a session")
            .path()
            .join("journal.jsonl")
    }
    /// A photo on the disk.
    pub(super) fn photo(&self, name: &str, brightness: u8) -> PathBuf {
        let path = self.0.join(name);
        let pixels = (0..48 * 32 * 3).map(|i| brightness.wrapping_add((i % 90) as u8));
        let pixels: Vec<u8> = pixels.collect();
        retake_files::save::save_rgb8(&path, 48, 32, &pixels, 95).expect("it is written");
        path
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Everything of a session that must come back, as text.
pub(super) fn told(session: &Session) -> String {
    let mut text = String::new();
    for step in session.history.steps() {
        let desk = &step.desk;
        let turn = desk.turn.as_ref().map(|turn| {
            (
                turn.number,
                turn.seed,
                turn.takes.clone(),
                turn.instruction.text.clone(),
                turn.instruction.understood.clone(),
                turn.instruction.mask.clone(),
                turn.base.clone(),
                turn.like.clone(),
            )
        });
        let adjusted: Vec<_> = desk
            .adjusted
            .values()
            .map(|take| (take.id, take.provenance.clone(), take.stale, take.full_size))
            .collect();
        text += &format!(
            "{:?}\n",
            (
                &step.label,
                step.parent,
                step.newest_child,
                turn,
                &desk.base,
                &desk.mask,
                &desk.marks,
                adjusted,
                desk.weights.clone()
            )
        );
    }
    for take in session.takes.values() {
        let numbers: Vec<_> = take
            .card
            .iter()
            .flat_map(|card| &card.scores)
            .map(|(dimension, score)| {
                let reasons = score.reasons.iter().map(|r| (&r.text, r.check.as_ref()));
                format!(
                    "{:?}",
                    (
                        dimension,
                        score.value,
                        score.spread,
                        reasons.collect::<Vec<_>>()
                    )
                )
            })
            .collect();
        text += &format!(
            "{:?}\n",
            (
                take.id,
                take.index,
                &take.provenance,
                take.full_size,
                numbers
            )
        );
    }
    let ranking = session.ranking();
    text += &format!(
        "{:?} {:?} {} {:?}",
        ranking.order,
        ranking.overall,
        session.history.now(),
        session.draft.text()
    );
    let acts = session.acts().iter().map(|act| (act.take, act.did));
    let acts: Vec<_> = acts.collect();
    text + &format!(" {} {} {acts:?}", session.next_take, session.next_turn)
}

/// A bit of everything that a person does.
pub(super) fn worked_on(engine: &mut Engine) {
    generate(engine, "warmer, a bit darker", 2);
    let first = session(engine).sheet()[0].id;
    let second = session(engine).sheet()[1].id;
    engine.obey(Command::Flag(first, Flag::Picked));
    engine.obey(Command::Stars(second, 4));
    engine.obey(Command::Undo);
    engine.obey(Command::Flag(second, Flag::Rejected));
    for (following, done) in [(0.7, false), (0.4, true)] {
        let weights = Weights {
            following,
            ..Weights::default()
        };
        engine.obey(Command::Weigh { weights, done });
    }
    let mask = Mask::from_fn(24, 16, |x, _| x as f32 / 23.0);
    engine.obey(Command::Mask {
        mask: Some(Arc::new(mask)),
        label: said!("Brush"),
    });
    engine.obey(Command::GoOnFrom(Some(first)));
    generate(engine, "more contrast", 1);
    let take = session(engine).sheet()[0].id;
    let recipe = session(engine)
        .take(first)
        .expect("it is there")
        .provenance
        .recipe
        .clone();
    engine.obey(Command::Adjust {
        take,
        recipe,
        label: said!("Exposure"),
        done: true,
    });
    until(engine, |engine| {
        session(engine).take(take).is_some_and(|take| !take.stale)
    });
    engine.obey(Command::MoreLike(take));
    until(engine, |engine| session(engine).running.is_none());
    engine.obey(Command::JumpTo(2));
    engine.obey(Command::Say("next".to_owned()));
}

pub(super) fn sample() -> Sample {
    Sample {
        name: "sample.jpg",
        bytes: include_bytes!("../../../../../assets/sample/mountain-path.jpg"),
    }
}
