//! Judges for the window's tests: they like each take better than the one before it, in words, and think or fail as a test
//! wants.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use retake_core::{
    Dimension, Raw, Reason, Reward, RewardInfo, Said, Score, ScoreRequest, Scorecard, Stop, Watch,
    said,
};
use retake_engine::{Changed, Judge, JudgeKind, Judges, OpenJudge, Reworded};

/// What a test sets.
#[derive(Default)]
pub(crate) struct Stage {
    /// opening waits while this is set
    pub(crate) held: AtomicBool,
    /// answers wait while this is set
    pub(crate) thinks: AtomicBool,
    /// nobody answers
    pub(crate) dead: AtomicBool,
}

impl Stage {
    /// Any place but "/nowhere" can be opened; a formula that begins with "?" has a slip.
    pub(crate) fn judges(self: &Arc<Self>) -> Judges {
        let stage = self.clone();
        Judges {
            open: Arc::new(move |judge| {
                while stage.held.load(Ordering::Relaxed) {
                    std::thread::sleep(Duration::from_millis(2));
                }
                if judge.place == "/nowhere" {
                    let path = judge.place.clone();
                    return Err(said!("There is no such folder: {path}", path));
                }
                let (stage, kind) = (stage.clone(), judge.kind);
                let earlier = judge.place == "/earlier";
                Ok(OpenJudge {
                    joins: false,
                    rewards: Arc::new(move || {
                        vec![Box::new(Opinion(stage.clone(), kind, earlier))]
                    }),
                })
            }),
            check: Arc::new(check),
            reword: Arc::new(reword),
            rubrics: ["edit_score", "one_digit", "principles"]
                .map(str::to_owned)
                .into(),
            precisions: ["bf16", "q8", "q4"].map(str::to_owned).into(),
            measures: vec!["motion".to_owned()],
            ..Judges::default()
        }
    }
}

/// Takes a tenth of the noise off; anything but noise is not understood.
fn reword(formula: &str, words: &str) -> Result<Reworded, Said> {
    if !words.contains("noise") {
        return Err(Said::words("only noise is known here"));
    }
    let more = " - 0.1 * cost.noise".to_owned();
    Ok(Reworded {
        formula: format!("{formula}{more}"),
        said: Said::words("Noise costs more."),
        difference: vec![(Changed::Stays, formula.to_owned()), (Changed::Comes, more)],
    })
}

fn check(judge: &Judge) -> Result<(), Said> {
    match judge.kind {
        JudgeKind::Server if !judge.place.starts_with("http") => Err(said!(
            "A judge's server is given as its address, such as http://localhost:8000/v1."
        )),
        JudgeKind::Formula if judge.place.starts_with('?') => Err(said!(
            "The formula is not right in column {column}: {why}.",
            column = 1,
            why = Said::words("a value is expected here")
        )),
        _ => Ok(()),
    }
}

/// With what kind it is named as, and whether it likes the earlier better.
struct Opinion(Arc<Stage>, JudgeKind, bool);

impl Reward for Opinion {
    fn info(&self) -> RewardInfo {
        RewardInfo {
            id: "generative_judge",
            version: "1",
            dimensions: &[Dimension::INSTRUCTION_FOLLOWING],
            about: "A model reasons and writes scores.",
        }
    }
    fn score(&self, group: &ScoreRequest<'_>, watch: &dyn Watch) -> Result<Vec<Scorecard>, Stop> {
        while self.0.thinks.load(Ordering::Relaxed) {
            if watch.stopped() {
                return Err(Stop::Cancelled);
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        let count = group.edited.len();
        let dead = self.0.dead.load(Ordering::Relaxed);
        let names: &[&str] = match self.1 {
            JudgeKind::Formula => &[Dimension::OWN],
            _ => &[Dimension::INSTRUCTION_FOLLOWING],
        };
        let card = |i: usize| Scorecard {
            scores: names
                .iter()
                .filter(|_| !dead)
                .map(|name| {
                    (
                        Dimension::from(*name),
                        liked(if self.2 { count - 1 - i } else { i }, count),
                    )
                })
                .collect(),
            // one dimension that nobody knows anything of
            unknown: [(
                Dimension::from("natural"),
                said!("The judge's answer has no scores in it."),
            )]
            .into(),
            raw: vec![raw(i, dead)],
        };
        Ok((0..count).map(card).collect())
    }
    fn notices(&self) -> Vec<Said> {
        match self.0.dead.load(Ordering::Relaxed) {
            true => vec![said!(
                "The judge could not be asked: {why}",
                why = Said::words("localhost:8000 does not answer")
            )],
            false => Vec::new(),
        }
    }
}

fn liked(i: usize, count: usize) -> Score {
    let reason = |text: Said, passed: Option<bool>, cost: f32| Reason {
        id: "judge".to_owned(),
        text,
        passed,
        cost,
        check: None,
        evidence: None,
    };
    let value = 0.4 + 0.6 * (i + 1) as f32 / count as f32;
    let words = said!(
        "{judge}: {words}",
        judge = "qwen3-vl-4b",
        words = "Zwei Gläser stehen im Licht, der Himmel ist warm; der Schnee hat einen Stich."
    );
    Score {
        value,
        spread: 0.04,
        reasons: vec![
            reason(words, None, 0.0),
            reason(
                said!(
                    "{judge} gives {value} of 10.",
                    judge = "qwen3-vl-4b",
                    value = retake_core::decimals(value * 10.0, 1)
                ),
                Some(value > 0.7),
                1.0 - value,
            ),
        ],
        evidence: None,
    }
}

fn raw(i: usize, dead: bool) -> Raw {
    Raw {
        reward: "generative_judge".to_owned(),
        measures: [
            ("editscore.prompt_following".to_owned(), 17.0 + i as f64),
            ("editscore.overall".to_owned(), 7.25),
        ]
        .into(),
        told: serde_json::json!({
            "model": "qwen3-vl-4b",
            "answers": [{
                "answer": "{\"reasoning\": \"Warm.\", \"score\": [18, 21]}",
                "failure": dead.then_some("No answer."),
                "distributions": [{
                    "place": 0,
                    "dimension": "instruction_following",
                    "likely": [["18", 0.5], ["17", 0.3], ["20", 0.1]],
                    "rest": 0.1,
                    "score": 17.9,
                }],
            }],
        }),
    }
}
