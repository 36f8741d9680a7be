//! The judge in this process on a small random checkpoint.

use retake_core::Quiet;

use super::*;

fn judge() -> LocalJudge {
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../tests/parity/cases/qwen3_vl/model"
    );
    LocalJudge::open(Path::new(folder), None).expect("a judge")
}

fn photo(light: f32) -> Raster {
    Raster::from_fn(96, 64, |x, y| {
        [light, light * (x as f32 / 96.0), light * (y as f32 / 64.0)]
    })
}

fn ask() -> Ask {
    Ask {
        max_tokens: 4,
        weigh: vec![
            "yes".to_owned(),
            "no".to_owned(),
            "☃ no single token".to_owned(),
        ],
        ..Ask::default()
    }
}

#[test]
fn a_question_with_a_prefix_is_answered_as_one_without() {
    let judge = judge();
    let (source, edited) = (photo(0.4), photo(0.7));
    let parts = [
        Part::text("score the edit : make the sky warm . "),
        Part::Picture(&source),
        Part::Picture(&edited),
        Part::text("yes or no ?"),
    ];
    let answers = [0, 2].map(|split| {
        let prefix = Prefix {
            system: None,
            parts: parts[..split].to_vec(),
        };
        let begun = judge.begin(&prefix, &Quiet).expect("a conversation");
        begun
            .ask(&parts[split..], &ask(), &Quiet)
            .expect("an answer")
    });
    let [whole, split] = &answers;
    assert_eq!(whole.text, split.text);
    assert_eq!((whole.cost.reused, whole.cost.read), (0, split.cost.read));
    assert!(split.cost.reused > 10, "{:?}", split.cost);
    for (a, b) in whole.tokens.iter().zip(&split.tokens) {
        assert!((a.log_probability - b.log_probability).abs() < 1e-4);
        assert_eq!(a.others.len(), 2, "what is no single token is not known");
        assert!(a.others.iter().all(|(_, log)| *log < 0.0));
    }
    assert!(!whole.tokens.is_empty());
}

#[test]
fn the_same_question_has_the_same_answer() {
    let judge = judge();
    let prefix = Prefix::default();
    let begun = judge.begin(&prefix, &Quiet).expect("a conversation");
    let how = Ask {
        temperature: 0.8,
        seed: 6,
        ..ask()
    };
    let answer = || {
        begun
            .ask(&[Part::text("score ?")], &how, &Quiet)
            .expect("an answer")
            .text
    };
    assert_eq!(answer(), answer());
}

#[test]
fn questions_side_by_side_have_the_answers_that_each_has_alone() {
    let judge = judge();
    let source = photo(0.4);
    let edits: Vec<Raster> = (1..5u8).map(|i| photo(f32::from(i) / 5.0)).collect();
    let prefix = Prefix {
        system: None,
        parts: vec![Part::text("score the edit : "), Part::Picture(&source)],
    };
    let how = |seed: u64| Ask {
        max_tokens: 12,
        temperature: if seed.is_multiple_of(4) { 0.0 } else { 0.9 },
        seed,
        ..ask()
    };
    let questions: Vec<(usize, u64)> = (0..24).map(|i| (i as usize / 6, i)).collect();
    let answers = |together: bool| {
        let begun = judge.begin(&prefix, &Quiet).expect("a conversation");
        let one = |&(edit, seed): &(usize, u64)| {
            let rest = [Part::Picture(&edits[edit]), Part::text("yes or no ?")];
            let answer = begun.ask(&rest, &how(seed), &Quiet).expect("an answer");
            (
                answer.text,
                answer.tokens,
                answer.finished,
                answer.cost.reused,
            )
        };
        match together {
            false => questions.iter().map(one).collect::<Vec<_>>(),
            true => std::thread::scope(|scope| {
                let threads: Vec<_> = questions
                    .chunks(4)
                    .map(|some| scope.spawn(move || some.iter().map(one).collect::<Vec<_>>()))
                    .collect();
                let answers = threads
                    .into_iter()
                    .map(|thread| thread.join().expect("answers"));
                answers.flatten().collect()
            }),
        }
    };
    let (alone, together) = (answers(false), answers(true));
    // who read a question that several ask may differ
    let said = |answers: &[(String, Vec<Token>, bool, usize)]| {
        let said = answers
            .iter()
            .map(|(text, tokens, end, _)| (text.clone(), tokens.clone(), *end));
        said.collect::<Vec<_>>()
    };
    assert_eq!(said(&together), said(&alone));
    let read = |answers: &[(String, Vec<Token>, bool, usize)]| {
        let first = answers.iter().map(|(_, _, _, reused)| *reused).min();
        answers
            .iter()
            .filter(|(_, _, _, reused)| Some(*reused) == first)
            .count()
    };
    assert_eq!(
        (read(&alone), read(&together)),
        (4, 4),
        "each picture is read once"
    );
}

#[test]
fn whoever_stops_leaves_the_others_their_answers() {
    struct Soon(std::sync::atomic::AtomicUsize);
    impl Watch for Soon {
        fn progress(&self, _stage: &'static str, _done: usize, _total: usize) {}
        fn stopped(&self) -> bool {
            // while the question is read nobody stops
            self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed) > 8
        }
    }
    let judge = judge();
    let begun = judge
        .begin(&Prefix::default(), &Quiet)
        .expect("a conversation");
    let long = Ask {
        max_tokens: 40,
        temperature: 0.9,
        ..ask()
    };
    let alone = begun
        .ask(&[Part::text("score ?")], &long, &Quiet)
        .expect("an answer");
    std::thread::scope(|scope| {
        let begun = &begun;
        let stays = (0..3).map(|_| {
            scope.spawn(|| {
                begun
                    .ask(&[Part::text("score ?")], &long, &Quiet)
                    .expect("an answer")
                    .text
            })
        });
        let stays: Vec<_> = stays.collect();
        let leaves = scope.spawn(|| {
            let more = Ask {
                max_tokens: 400,
                ..long.clone()
            };
            begun.ask(&[Part::text("score ?")], &more, &Soon(Default::default()))
        });
        let left = leaves.join().expect("a thread").map(|answer| answer.text);
        assert!(
            left.as_ref()
                .is_err_and(|fault| *fault == JudgeError::Stopped),
            "{left:?}"
        );
        for thread in stays {
            assert_eq!(thread.join().expect("a thread"), alone.text);
        }
    });
}

#[test]
fn a_picture_that_cannot_be_looked_at_leaves_one_question_unanswered() {
    let judge = judge();
    let thin = Raster::from_fn(900, 3, |_, _| [0.5; 3]);
    let begun = judge
        .begin(&Prefix::default(), &Quiet)
        .expect("a conversation");
    let fault = begun
        .ask(&[Part::Picture(&thin)], &ask(), &Quiet)
        .expect_err("no answer");
    assert!(
        matches!(&fault, JudgeError::Unanswered(said) if said.to_string().contains("too thin")),
        "{fault}"
    );
    assert!(begun.ask(&[Part::text("score ?")], &ask(), &Quiet).is_ok());
}

#[test]
fn it_stops_when_the_person_does() {
    struct Stopped;
    impl Watch for Stopped {
        fn progress(&self, _stage: &'static str, _done: usize, _total: usize) {}
        fn stopped(&self) -> bool {
            true
        }
    }
    let judge = judge();
    let begun = judge
        .begin(&Prefix::default(), &Quiet)
        .expect("a conversation");
    let fault = begun
        .ask(&[Part::text("score ?")], &ask(), &Stopped)
        .expect_err("no answer");
    assert_eq!(fault, JudgeError::Stopped);
}

#[test]
fn a_folder_that_is_no_judge_is_one_sentence() {
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../tests/parity/cases/flux2_klein/model"
    );
    let said = LocalJudge::open(Path::new(folder), None)
        .err()
        .expect("a refusal")
        .to_string();
    assert!(
        said.contains("model_index.json") && !said.contains('\n'),
        "{said}"
    );
}
