//! Judges in the window: what a person names is opened as `--judge` and `--reward` open it.

use std::path::Path;
use std::sync::Arc;

use retake_core::{
    Instruction, Raster, Reward, RewardInfo, Said, ScoreRequest, Scorecard, Slope, Stop, Verdict,
    Watch, Work, said,
};
use retake_engine::{Changed, Judge, JudgeKind, Judges, OpenJudge, Reworded};
use retake_judges::rubric::{self, Rubric};
use retake_judges::server::{Address, Manners, Secret};
use retake_judges::{
    Density, HeadsJudge, How, Interview, Judge as Answers, LocalJudge, OwnReward, Panel, Side,
    encoders, open, refine,
};
use retake_rewards::REWARDS;
use retake_rewards::motion::Motion;
use retake_rewards::naturalness::Naturalness;

use super::judging::{PRINCIPLES, RUBRIC};
use super::tools;

/// How the window opens and joins them.
pub(crate) fn judges() -> Judges {
    Judges {
        open: Arc::new(opened),
        join: Arc::new(|judges| Box::new(Panel::after_measures(judges))),
        check: Arc::new(check),
        reword: Arc::new(reword),
        rubrics: rubric::built_in()
            .into_iter()
            .map(|rubric| rubric.id)
            .collect(),
        precisions: Density::ALL
            .iter()
            .map(|known| known.id().to_owned())
            .collect(),
        measures: vec![Motion::ID.to_owned()],
        held_out: REWARDS
            .iter()
            .skip(1)
            .map(|entry| entry.id)
            .chain([Motion::ID])
            .map(measure)
            .collect(),
        usual: Some(measure(Naturalness::ID)),
    }
}

/// What a sentence makes of a formula.
fn reword(formula: &str, words: &str) -> Result<Reworded, Said> {
    let refined = refine(formula, words)?;
    let piece = |(side, text): (Side, String)| {
        let changed = match side {
            Side::Both => Changed::Stays,
            Side::Old => Changed::Goes,
            Side::New => Changed::Comes,
        };
        (changed, text)
    };
    Ok(Reworded {
        formula: refined.text,
        said: refined.said,
        difference: refined.difference.into_iter().map(piece).collect(),
    })
}

/// A built-in reward as a judge.
fn measure(id: &str) -> Judge {
    Judge {
        kind: JudgeKind::Measure,
        place: id.to_owned(),
        ..Judge::default()
    }
}

fn check(judge: &Judge) -> Result<(), Said> {
    match judge.kind {
        JudgeKind::Server => {
            Address::read(&judge.place)?;
            if judge.place.contains('@') || judge.place.contains('?') {
                return Err(said!(
                    "Nothing secret belongs into the address, which is remembered; put the key into an environment variable and name that."
                ));
            }
            Ok(())
        }
        JudgeKind::Folder => match Path::new(&judge.place).exists() {
            true => Ok(()),
            false => Err(said!(
                "There is no such folder: {path}",
                path = &*judge.place
            )),
        },
        JudgeKind::Formula => match OwnReward::read(&judge.place) {
            Ok(_) => Ok(()),
            Err(mistake) => Err(mistake.said()),
        },
        JudgeKind::Measure => match judge.place == Motion::ID || built_in(&judge.place).is_some() {
            true => Ok(()),
            false => Err(said!("There is no measure {name}.", name = &*judge.place)),
        },
    }
}

/// A built-in reward by its name, to watch over a choice.
fn built_in(name: &str) -> Option<&'static retake_rewards::Entry> {
    REWARDS.iter().find(|entry| entry.id == name)
}

fn opened(judge: &Judge) -> Result<OpenJudge, Said> {
    check(judge)?;
    match judge.kind {
        JudgeKind::Server => with_words(judge),
        JudgeKind::Folder => folder(judge),
        JudgeKind::Formula => {
            let formula = judge.place.clone();
            Ok(after_all(move || {
                // it was read before
                OwnReward::read(&formula)
                    .ok()
                    .map(|own| Box::new(own) as Box<dyn Reward>)
            }))
        }
        JudgeKind::Measure => Ok(match built_in(&judge.place) {
            Some(entry) => after_all(move || Some((entry.new)(tools::eyes()))),
            None => after_all(|| Some(Box::new(Motion))),
        }),
    }
}

fn after_all(make: impl Fn() -> Option<Box<dyn Reward>> + Send + Sync + 'static) -> OpenJudge {
    OpenJudge {
        joins: false,
        rewards: Arc::new(move || make().into_iter().collect()),
    }
}

/// A model in a folder: with heads, an encoder, or one that answers in words.
fn folder(judge: &Judge) -> Result<OpenJudge, Said> {
    let path = Path::new(&judge.place);
    if HeadsJudge::is_one(path) {
        return Ok(kept(Arc::new(HeadsJudge::open(path, density(judge))?)));
    }
    match encoders::kind_of(path) {
        Some(kind) => Ok(kept(encoders::open_one(kind, path)?.into())),
        None => with_words(judge),
    }
}

/// A network that stays in memory and is joined with what is measured.
fn kept(network: Arc<dyn Reward>) -> OpenJudge {
    OpenJudge {
        joins: true,
        rewards: Arc::new(move || vec![Box::new(Kept(network.clone()))]),
    }
}

/// A model that answers questions: a reward for every rubric.
fn with_words(judge: &Judge) -> Result<OpenJudge, Said> {
    let key = match judge.key_variable.trim() {
        "" => Secret::of_this_machine(),
        name => {
            let key = Secret::of_variable(name);
            if !key.is_there() {
                return Err(said!(
                    "The environment variable {name} holds no key; set it before Retake is started, or leave the field empty.",
                    name = name
                ));
            }
            key
        }
    };
    let principles = judge.principles.lines().map(str::trim);
    let principles: Vec<String> = principles
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect();
    let names: Vec<&str> = match (judge.rubric.as_str(), principles.is_empty()) {
        ("", true) => vec![RUBRIC],
        ("", false) => vec![RUBRIC, PRINCIPLES],
        (named, _) => vec![named],
    };
    let rubrics: Vec<Rubric> = names
        .into_iter()
        .map(Rubric::find)
        .collect::<Result<_, _>>()?;
    let how = How {
        passes: judge.passes.max(1) as usize,
        principles,
        ..How::default()
    };
    let model = judge.model.trim();
    let path = Path::new(&judge.place);
    let answers: Arc<dyn Answers> = match judge.kind {
        // pictures as large as the rubrics were made for
        JudgeKind::Folder if LocalJudge::is_one(path) => {
            let trained = rubrics.iter().filter(|rubric| rubric.min_pixels > 0);
            let most = trained.map(|rubric| rubric.max_pixels).max().unwrap_or(0);
            Arc::new(LocalJudge::open_for(path, density(judge), most)?)
        }
        _ => open(
            &judge.place,
            model,
            &key,
            &Manners::default(),
            density(judge),
        )?,
    };
    Ok(OpenJudge {
        joins: true,
        rewards: Arc::new(move || {
            let asked = rubrics.iter().filter_map(|rubric| {
                let asked = Interview::new(answers.clone(), rubric.clone(), how.clone())?;
                Some(Box::new(asked) as Box<dyn Reward>)
            });
            asked.collect()
        }),
    })
}

/// What its weights are held in; `None` is what their files have.
fn density(judge: &Judge) -> Option<Density> {
    let mut known = Density::ALL.iter();
    known.find(|known| known.id() == judge.precision).copied()
}

/// A reward that several groups ask.
struct Kept(Arc<dyn Reward>);

impl Reward for Kept {
    fn info(&self) -> RewardInfo {
        self.0.info()
    }
    fn settings(&self) -> serde_json::Value {
        self.0.settings()
    }
    fn score(&self, group: &ScoreRequest<'_>, watch: &dyn Watch) -> Result<Vec<Scorecard>, Stop> {
        self.0.score(group, watch)
    }
    fn score_with(
        &self,
        group: &ScoreRequest<'_>,
        so_far: &[Scorecard],
        watch: &dyn Watch,
    ) -> Result<Vec<Scorecard>, Stop> {
        self.0.score_with(group, so_far, watch)
    }
    fn score_again(
        &self,
        group: &ScoreRequest<'_>,
        so_far: &[Scorecard],
        pass: u32,
        watch: &dyn Watch,
    ) -> Result<Option<Vec<Scorecard>>, Stop> {
        self.0.score_again(group, so_far, pass, watch)
    }
    fn slope(
        &self,
        source: &Raster,
        edited: &Raster,
        instruction: &Instruction,
    ) -> Result<Option<Slope>, Stop> {
        self.0.slope(source, edited, instruction)
    }
    fn money(&self) -> f64 {
        self.0.money()
    }
    fn price(&self, work: Work) -> f64 {
        self.0.price(work)
    }
    fn allow(&self, work: Work, money: f64) {
        self.0.allow(work, money);
    }
    fn varies(&self) -> bool {
        self.0.varies()
    }
    fn is_slow(&self) -> bool {
        self.0.is_slow()
    }
    fn quick(&self, group: &ScoreRequest<'_>, watch: &dyn Watch) -> Result<Vec<Scorecard>, Stop> {
        self.0.quick(group, watch)
    }
    fn compares(&self) -> bool {
        self.0.compares()
    }
    fn compare(
        &self,
        source: &Raster,
        pair: [&Raster; 2],
        instruction: &Instruction,
        watch: &dyn Watch,
    ) -> Result<Option<Verdict>, Stop> {
        self.0.compare(source, pair, instruction, watch)
    }
    fn notices(&self) -> Vec<Said> {
        self.0.notices()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(kind: JudgeKind, place: &str) -> Judge {
        Judge {
            kind,
            place: place.to_owned(),
            ..Judge::default()
        }
    }

    fn refused(judge: &Judge) -> String {
        opened(judge).map(|_| ()).expect_err("a fault").to_string()
    }

    #[test]
    fn a_slip_in_a_formula_is_told_with_its_column() {
        let slip = named(JudgeKind::Formula, "1 - instruction_folowing");
        let why = check(&slip).expect_err("a slip").to_string();
        assert!(
            why.contains("column 5") && why.contains("instruction_following"),
            "{why}"
        );
    }

    #[test]
    fn a_key_in_an_address_is_refused() {
        for place in ["http://me:secret@a/v1", "http://a/v1?key=secret"] {
            let why = refused(&named(JudgeKind::Server, place));
            assert!(
                why.contains("environment variable") && !why.contains("secret@"),
                "{why}"
            );
        }
    }

    #[test]
    fn a_variable_without_a_key_is_named() {
        let judge = Judge {
            key_variable: "RETAKE_NO_SUCH_KEY".to_owned(),
            ..named(JudgeKind::Server, "http://a/v1")
        };
        assert!(refused(&judge).contains("RETAKE_NO_SUCH_KEY"));
    }

    #[test]
    fn principles_are_asked_beside_the_usual_rubric() {
        let judge = Judge {
            principles: "keep the film grain\n\n".to_owned(),
            ..named(JudgeKind::Server, "http://a/v1")
        };
        let open = opened(&judge).expect("nobody is asked yet");
        let rewards = (open.rewards)();
        assert_eq!(rewards.len(), 2);
        let principles = &rewards[0].settings()["principles"];
        assert_eq!(principles, &serde_json::json!(["keep the film grain"]));
    }

    #[test]
    fn what_measures_and_what_reckons_comes_after_those_that_are_joined() {
        for (kind, place) in [
            (JudgeKind::Measure, "motion"),
            (JudgeKind::Formula, "0.5 * detail_preserving"),
        ] {
            let open = opened(&named(kind, place)).expect("it is built in");
            assert!(!open.joins && (open.rewards)().len() == 1);
        }
    }

    #[test]
    fn a_folder_without_a_model_is_refused_in_a_sentence() {
        let folder = std::env::temp_dir().join(format!("retake-no-judge-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("temporary files can be written");
        let why = refused(&named(JudgeKind::Folder, &folder.display().to_string()));
        let _ = std::fs::remove_dir_all(&folder);
        assert!(why.len() > 10, "{why}");
        assert!(refused(&named(JudgeKind::Folder, "/nowhere/at-all")).contains("no such folder"));
    }

    /// A server that answers every question with the same chat, and counts them.
    fn server(words: &str) -> (String, Arc<std::sync::atomic::AtomicUsize>) {
        use std::io::{BufRead, BufReader, Read, Write};
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("bound").port();
        let asked = Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let body = serde_json::json!({
            "choices": [{ "index": 0, "message": { "role": "assistant", "content": words }, "finish_reason": "stop" }],
        })
        .to_string();
        let count = asked.clone();
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let mut reader = BufReader::new(stream.try_clone().expect("a stream"));
                let (mut length, mut line) = (0, String::new());
                while reader.read_line(&mut line).is_ok_and(|read| read > 2) {
                    if let Some(told) = line.to_lowercase().strip_prefix("content-length:") {
                        length = told.trim().parse().expect("a number");
                    }
                    line.clear();
                }
                let _ = reader.read_exact(&mut vec![0; length]);
                count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                let _ = write!(
                    stream,
                    "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                    body.len()
                );
            }
        });
        (format!("http://127.0.0.1:{port}/v1"), asked)
    }

    #[test]
    fn a_server_that_a_person_names_in_the_window_is_asked_and_joined_with_the_measures() {
        use retake_core::{Dimension, Quiet};
        let (place, asked) = server("{\"reasoning\": \"Warm light.\", \"score\": [20, 20]}");
        let judge = Judge {
            model: "qwen".to_owned(),
            ..named(JudgeKind::Server, &place)
        };
        let open = opened(&judge).expect("an address");
        let reward = (judges().join)((open.rewards)());
        let source = Raster::from_fn(64, 48, |x, _| [0.1 + x as f32 / 160.0; 3]);
        let edit = Raster::from_fn(64, 48, |x, _| [0.2 + x as f32 / 120.0, 0.2, 0.1]);
        let instruction = Instruction {
            text: "add a red hat".to_owned(),
            ..Instruction::default()
        };
        let group = ScoreRequest {
            source: &source,
            edited: &[&edit],
            instruction: &instruction,
        };
        let measured = vec![Scorecard::default()];
        let cards = reward
            .score_with(&group, &measured, &Quiet)
            .expect("scored");
        let value = cards[0].value(Dimension::INSTRUCTION_FOLLOWING);
        assert!(
            (value.expect("the judge knows it") - 0.8).abs() < 1e-3,
            "{value:?}"
        );
        assert!(
            asked.load(std::sync::atomic::Ordering::Relaxed) > 0 && reward.notices().is_empty()
        );
        let record = reward.settings();
        assert_eq!(record["judges"][0]["settings"]["model"], "qwen");
    }

    #[test]
    fn a_server_that_is_down_leaves_what_was_measured_and_says_so() {
        use retake_core::{Dimension, Quiet, Score};
        // a port that was free a moment ago
        let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = free.local_addr().expect("bound").port();
        drop(free);
        let judge = Judge {
            model: "qwen".to_owned(),
            ..named(JudgeKind::Server, &format!("http://127.0.0.1:{port}/v1"))
        };
        let open = opened(&judge).expect("nobody is asked yet");
        let reward = (judges().join)((open.rewards)());
        let picture = Raster::from_fn(64, 48, |x, _| [0.1 + x as f32 / 160.0; 3]);
        let edit = Raster::from_fn(64, 48, |_, y| [0.3 + y as f32 / 160.0; 3]);
        let instruction = Instruction {
            text: "add a red hat".to_owned(),
            ..Instruction::default()
        };
        let group = ScoreRequest {
            source: &picture,
            edited: &[&edit],
            instruction: &instruction,
        };
        let score = Score {
            value: 0.5,
            spread: 0.3,
            reasons: Vec::new(),
            evidence: None,
        };
        let name = Dimension::from(Dimension::INSTRUCTION_FOLLOWING);
        let measured = vec![Scorecard::from(std::collections::BTreeMap::from([(
            name, score,
        )]))];
        let cards = reward
            .score_with(&group, &measured, &Quiet)
            .expect("it goes on");
        assert_eq!(cards[0].value(Dimension::INSTRUCTION_FOLLOWING), Some(0.5));
        assert!(!reward.notices().is_empty());
    }
}
