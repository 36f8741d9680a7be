//! What is not understood at all is taken for the nearest known words, which is said.

use retake_core::{Eyes, Meanings};

use super::*;

/// To it "qwyx" and the first word of a phrase that has "sepia" in it mean one, and all else another.
struct OneLook;

impl Meanings for OneLook {
    fn vectors(&self, sentences: &[&str]) -> Option<Vec<Vec<f32>>> {
        let vector = |sentence: &&str| match *sentence {
            "qwyx" | "sepia" => vec![1.0, 0.0],
            _ => vec![0.0, 1.0],
        };
        Some(sentences.iter().map(vector).collect())
    }
}

fn said(engine: &Engine, words: &str) -> bool {
    let mut messages = engine.messages().iter();
    messages.any(|message| message.text.to_string().contains(words))
}

#[test]
fn what_is_not_understood_is_run_as_the_nearest_look_and_told() {
    let eyes = Eyes {
        meanings: Some(Arc::new(OneLook)),
        ..Eyes::default()
    };
    let mut engine = Engine::new(Kit { eyes, ..kit() }, || {});
    open_small(&mut engine);
    engine.obey(Command::Candidates(2));
    engine.obey(Command::Say("qwyx".to_owned()));
    assert!(engine.ready());
    // the known words are read on another thread
    for _ in 0..1000 {
        engine.obey(Command::Generate);
        if session(&engine).desk().turn.is_some() {
            break;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let turn = session(&engine).desk().turn.clone().expect("a run");
    assert_eq!(turn.instruction.text, "qwyx");
    assert_eq!(turn.instruction.understood.styles, ["sepia"]);
    assert!(said(&engine, "the nearest look I know is “sepia”"));
}

#[test]
fn without_a_network_it_is_refused_with_what_would_help() {
    let mut engine = engine();
    engine.obey(Command::Say("qwyx".to_owned()));
    assert!(!engine.ready());
    engine.obey(Command::Generate);
    assert!(session(&engine).desk().turn.is_none());
    assert!(said(&engine, "retake models import"));
}
