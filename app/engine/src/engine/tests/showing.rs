//! An editor that leaves its pictures where the screen is drawn from, until it no longer can.

use std::sync::atomic::{AtomicBool, Ordering};

use retake_core::{EditError, EditRequest, EditorInfo, Glance, OnScreen, Picture, Trajectory};

use super::*;
use crate::{Sight, View};

/// Shows by a card while it is not lost; the photo only.
#[derive(Default)]
struct Card {
    lost: AtomicBool,
    told: AtomicBool,
}

impl Editor for Card {
    fn info(&self) -> EditorInfo {
        EditorInfo {
            id: "card",
            version: "1",
            name: "Shows",
            at_once: None,
            generative: false,
            about: "Shows.",
        }
    }
    fn start(&self, _: &EditRequest) -> Result<Box<dyn Trajectory>, EditError> {
        Err(EditError::Machine(retake_core::Said::words(
            "it only shows",
        )))
    }
    fn redo(&self, _: &EditRequest, _: &serde_json::Value) -> Result<Raster, EditError> {
        Err(EditError::Machine(retake_core::Said::words(
            "it only shows",
        )))
    }
    fn develop(
        &self,
        _: &retake_core::Photo,
        _: &retake_core::Instruction,
        _: &retake_core::Provenance,
    ) -> Result<Box<dyn Picture>, EditError> {
        Err(EditError::Machine(retake_core::Said::words(
            "it only shows",
        )))
    }
    fn show(&self, glance: &Glance<'_>) -> Option<OnScreen> {
        (!self.lost.load(Ordering::Relaxed)).then(|| Arc::new(glance.size) as OnScreen)
    }
    fn notice(&self) -> Option<retake_core::Said> {
        let lost = self.lost.load(Ordering::Relaxed);
        (lost && !self.told.swap(true, Ordering::Relaxed))
            .then(|| retake_core::Said::words("It is lost."))
    }
}

fn on_card() -> (Arc<Card>, Engine, View) {
    let card = Arc::new(Card::default());
    let kit = Kit {
        editors: Editors::default(),
        judges: Judges::default(),
        eyes: retake_core::Eyes::default(),
        editor: card.clone(),
        rewards: Vec::new().into(),
        device: "a card".to_owned(),
    };
    let mut engine = Engine::new(kit, || {});
    open_small(&mut engine);
    let view = View {
        subject: Subject::Photo,
        part: retake_core::Rect::whole(96, 64),
        size: (48, 32),
    };
    (card, engine, view)
}

/// Asks as a panel does, in every frame, until it is there as it should be.
fn look(engine: &mut Engine, view: View, pixels: bool, wanted: impl Fn(&Sight) -> bool) {
    let start = Instant::now();
    while !engine.seen(0).is_some_and(|seen| wanted(&seen.picture)) {
        engine.obey(Command::Look {
            pane: 0,
            view,
            pixels,
        });
        engine.take_in();
        assert!(start.elapsed() < Duration::from_secs(60), "it never came");
        std::thread::sleep(Duration::from_millis(2));
    }
}

#[test]
fn what_lies_where_the_screen_is_drawn_from_stays_there_until_pixels_are_wanted() {
    let (_, mut engine, view) = on_card();
    look(
        &mut engine,
        view,
        false,
        |picture| matches!(picture, Sight::OnScreen(there) if there.is::<(usize, usize)>()),
    );
    look(&mut engine, view, true, |picture| {
        picture.pixels().is_some_and(|shown| shown.width == 48)
    });
}

#[test]
fn what_the_editor_gave_up_is_told_once_and_shown_anew() {
    let (card, mut engine, view) = on_card();
    look(&mut engine, view, false, |picture| {
        picture.pixels().is_none()
    });
    assert_eq!(engine.device(), "a card");
    card.lost.store(true, Ordering::Relaxed);
    engine.take_in();
    look(&mut engine, view, false, |picture| {
        picture.pixels().is_some()
    });
    assert_eq!(engine.device(), "cpu");
    let told: Vec<_> = engine
        .messages()
        .iter()
        .map(|m| m.text.to_string())
        .collect();
    assert_eq!(told, ["It is lost."]);
}
