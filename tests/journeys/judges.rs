//! Judges behind a server, through the real program: a server on this machine that answers, and one that is not there.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use super::{Said, bytes, edit_command, names, photo, program, record};
use crate::places::temporary;

const KEY: &str = "s3cret-key-of-nobody";

/// A chat server that says the same to everybody; its address.
fn judge(words: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("bound").port();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || answer(stream, words));
        }
    });
    format!("http://127.0.0.1:{port}/v1#eye-1")
}

fn answer(stream: TcpStream, words: &str) -> Option<()> {
    answer_with(stream, |_| words.to_owned())
}

fn answer_with(stream: TcpStream, words: impl Fn(&Value) -> String) -> Option<()> {
    let choice =
        |body: &Value| json!({ "message": { "content": words(body) }, "finish_reason": "stop" });
    answer_choice(stream, choice)
}

/// Reads a question to its end.
pub(super) fn question(stream: &TcpStream) -> Option<Vec<u8>> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        if line == "\r\n" {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(body)
}

/// Reads one question, and answers with a choice as chat servers write it.
pub(super) fn answer_choice(mut stream: TcpStream, choice: impl Fn(&Value) -> Value) -> Option<()> {
    let body = question(&stream)?;
    let choice = choice(&serde_json::from_slice(&body).unwrap_or_default());
    let body = json!({
        "choices": [choice],
        "usage": { "prompt_tokens": 900, "completion_tokens": 40 },
    })
    .to_string();
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close";
    write!(
        stream,
        "{head}\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .ok()
}

/// A chat server whose answers hang on the picture and, as much, on the seed of the question; its address, and how often it
/// was asked.
fn noisy_judge() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("bound").port();
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let count = count.clone();
            std::thread::spawn(move || {
                count.fetch_add(1, Ordering::Relaxed);
                answer_with(stream, |body| {
                    let seed = body["seed"].as_u64().unwrap_or(0);
                    let shown = body["messages"].to_string();
                    let sum = |start| {
                        shown.bytes().fold(start, |sum: u64, byte| {
                            (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
                        })
                    };
                    let (own, noise) = (sum(7) >> 40, sum(seed + 99) >> 40);
                    let score = 9 + own % 8 + noise % 6;
                    format!("{{\"reasoning\": \"seen\", \"score\": [{score}, {score}]}}")
                })
            });
        }
    });
    (format!("http://127.0.0.1:{port}/v1#eye-1"), asked)
}

/// An address where nobody answers.
fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    format!(
        "http://127.0.0.1:{}/v1",
        listener.local_addr().expect("bound").port()
    )
}

fn run(photo: &Path, out: &Path, more: &[&str]) -> Said {
    let mut command = edit_command(photo, "make it warmer, and magnificent", out, &["-n", "2"]);
    command.args(more).env("RETAKE_JUDGE_KEY", KEY);
    command.output().expect("the program can be started").into()
}

fn score(photo: &Path, more: &[&str]) -> Said {
    let mut command = program(&["score", "--size", "128", "--json", "-i", "add a red hat"]);
    command
        .arg("--source")
        .arg(photo)
        .arg("--edited")
        .arg(photo)
        .args(more);
    command.env("RETAKE_JUDGE_KEY", KEY);
    command.output().expect("the program can be started").into()
}

#[test]
fn a_run_holds_every_answer_of_the_judge_and_never_its_key() {
    let folder = temporary("judge-run");
    let out = folder.join("out");
    let judge = judge(r#"{"reasoning": "Warm and clean.", "score": [20, 15]}"#);
    run(
        &photo(&folder, "a.png"),
        &out,
        &["--judge", &judge, "--judge-passes", "2"],
    )
    .done();
    let record = record(&out);
    assert_eq!(record["settings"]["judge"]["passes"], 2);
    for candidate in record["candidates"].as_array().expect("candidates") {
        let raw = &candidate["raw"][0];
        // min(20, 15) / 2.5 = 6 of both calls
        assert_eq!(raw["measures"]["editscore.overall"], 6.0);
        let answers = raw["told"]["answers"].as_array().map(Vec::len);
        assert_eq!(
            (answers, &raw["told"]["cost"]["read"]),
            (Some(4), &json!(3600))
        );
        let quality = candidate["scores"]["generation_quality"]["reasons"].to_string();
        assert!(quality.contains("eye-1: Warm and clean."), "{quality}");
    }
    for name in names(&out) {
        let path = out.join(name);
        if path.is_file() {
            let text = String::from_utf8_lossy(&bytes(&path)).into_owned();
            assert!(!text.contains(KEY), "{}", path.display());
        }
    }
}

#[test]
fn where_nobody_answers_the_measures_score_alone_and_it_is_said() {
    let folder = temporary("judge-nobody");
    let out = folder.join("out");
    let said = run(
        &photo(&folder, "a.png"),
        &out,
        &["--judge", &nobody(), "--judge-model", "eye-1"],
    )
    .done();
    assert!(
        said.err.contains("Nobody answers at http://127.0.0.1:"),
        "{}",
        said.err
    );
    let record = record(&out);
    for candidate in record["candidates"].as_array().expect("candidates") {
        assert_eq!(
            candidate["scores"].as_object().map(serde_json::Map::len),
            Some(3)
        );
    }
}

#[test]
fn the_photo_as_it_was_has_no_hat_whatever_the_judge_says() {
    let folder = temporary("judge-copy");
    let judge = judge(r#"{"reasoning": "A fine hat.", "score": [25, 25]}"#);
    let said = score(&photo(&folder, "a.png"), &["--judge", &judge]).done();
    let following = &said.json()["scores"]["instruction_following"];
    assert!(
        following["value"].as_f64().expect("a number") < 0.1,
        "{following}"
    );
    assert!(
        following["reasons"].to_string().contains("as it was"),
        "{following}"
    );
}

#[test]
fn prose_is_counted_and_leaves_the_measures() {
    let folder = temporary("judge-prose");
    let judge = judge("What a lovely picture, I would give it full marks.");
    let json = score(&photo(&folder, "a.png"), &["--judge", &judge])
        .done()
        .json();
    let answers = json["raw"][0]["told"]["answers"]
        .as_array()
        .expect("answers");
    assert!(
        answers.iter().all(|answer| answer["failure"].is_string()),
        "{answers:?}"
    );
    let notices = json["notices"].to_string();
    assert!(notices.contains("no judge answered"), "{notices}");
}

#[test]
fn a_formula_decides_and_one_that_divides_by_zero_is_unknown() {
    let folder = temporary("judge-formula");
    let photo = photo(&folder, "a.png");
    let json = score(&photo, &["--reward", "0.25 + 0 * detail_preserving"])
        .done()
        .json();
    assert_eq!(
        (&json["overall"], &json["scores"]["own"]["value"]),
        (&json!(0.25), &json!(0.25))
    );
    let json = score(&photo, &["--reward", "1 / change.exposure"])
        .done()
        .json();
    let why = json["unknown"]["own"].as_str().unwrap_or_default();
    assert!(why.contains("column 3") && why.contains("zero"), "{json}");
    let said = score(&photo, &["--reward", "1 +* 2"]);
    said.refused(1, "column 4");
}

#[test]
fn what_belongs_to_a_judge_is_refused_without_one() {
    let folder = temporary("judge-missing");
    let photo = photo(&folder, "a.png");
    score(&photo, &["--rubric", "one_digit"]).refused(1, "name one with --judge");
    score(&photo, &["--judge", "nonsense"]).refused(1, "nonsense is no judge");
    score(
        &photo,
        &["--judge", "http://127.0.0.1:1", "--rubric", "nonsense"],
    )
    .refused(1, "edit_score");
    score(
        &photo,
        &[
            "--judge",
            "http://127.0.0.1:1",
            "--judge-key-env",
            "NO_SUCH_KEY",
        ],
    )
    .refused(1, "NO_SUCH_KEY holds no key");
}

#[test]
fn a_run_with_judges_is_made_again_with_them() {
    let folder = temporary("judge-replay");
    let out = folder.join("out");
    let judge = judge(r#"{"reasoning": "Warm.", "score": [20, 15]}"#);
    run(&photo(&folder, "a.png"), &out, &["--judge", &judge]).done();
    let mut again = program(&["replay", "--json"]);
    again.arg(&out).env("RETAKE_JUDGE_KEY", KEY);
    let said: Said = again.output().expect("the program can be started").into();
    let json: Value = said.json();
    assert_eq!(json["same"], true, "{json}");
}

/// Scores a change of the photo under a judge that is pleased with everything.
fn pleased_with(name: &str, instruction: &str, change: impl Fn(&mut image::RgbImage)) -> Value {
    let folder = temporary(name);
    let source = photo(&folder, "a.png");
    let mut edited = super::picture().clone();
    change(&mut edited);
    let path = folder.join("b.png");
    edited.save(&path).expect("the folder can be written");
    let judge = judge(r#"{"reasoning": "Perfect.", "score": [25, 25]}"#);
    let mut command = program(&[
        "score",
        "--size",
        "200",
        "--json",
        "-i",
        instruction,
        "--judge",
        &judge,
    ]);
    command
        .arg("--source")
        .arg(&source)
        .arg("--edited")
        .arg(&path);
    let said: Said = command.output().expect("the program can be started").into();
    said.done().json()
}

fn value(json: &Value, dimension: &str) -> f64 {
    json["scores"][dimension]["value"]
        .as_f64()
        .expect("a number")
}

#[test]
fn another_photo_under_a_judge_that_does_not_look_at_the_source_has_lost_its_detail() {
    let json = pleased_with("judge-swapped", "make it warmer", |edited| {
        for (x, y, pixel) in edited.enumerate_pixels_mut() {
            let wave = ((x / 9 + y / 7) % 2 * 160 + 40) as u8;
            pixel.0 = [wave, (x % 256) as u8, (y % 200) as u8];
        }
    });
    assert!(value(&json, "detail_preserving") < 0.3, "{json}");
}

#[test]
fn saturation_that_nobody_asked_for_does_not_follow_whatever_the_judge_says() {
    let json = pleased_with("judge-saturated", "make it darker", |edited| {
        for pixel in edited.pixels_mut() {
            let grey = pixel.0.iter().map(|code| f32::from(*code)).sum::<f32>() / 3.0;
            pixel.0 = pixel
                .0
                .map(|code| (grey + 3.0 * (f32::from(code) - grey)).clamp(0.0, 255.0) as u8);
        }
    });
    assert!(value(&json, "instruction_following") < 0.4, "{json}");
}

#[test]
fn letters_over_the_photo_cost_detail_under_a_judge_that_likes_them() {
    let lettered = |edited: &mut image::RgbImage| {
        for (x, y, pixel) in edited.enumerate_pixels_mut() {
            if (40..110).contains(&y) && x % 16 < 9 && (y / 8 + x / 16) % 2 == 0 {
                pixel.0 = [255, 255, 255];
            }
        }
    };
    let plain = |edited: &mut image::RgbImage| {
        for pixel in edited.pixels_mut() {
            pixel.0[0] = pixel.0[0].saturating_add(16);
            pixel.0[2] = pixel.0[2].saturating_sub(16);
        }
    };
    let with = pleased_with("judge-letters", "make it warmer", lettered);
    let without = pleased_with("judge-no-letters", "make it warmer", plain);
    let overall = |json: &Value| json["overall"].as_f64().expect("a number");
    assert!(overall(&with) < overall(&without) - 0.1, "{with} {without}");
}

/// A small checkpoint of the parity tests.
fn checkpoint(name: &str) -> String {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/parity/cases");
    cases.join(name).join("model").display().to_string()
}

#[test]
fn a_judge_in_a_folder_answers_in_this_program() {
    let folder = temporary("judge-folder");
    let photo = photo(&folder, "a.png");
    let judge = checkpoint("qwen3_vl");
    let json = score(&photo, &["--judge", &judge, "--rubric", "one_digit"])
        .done()
        .json();
    let text = json.to_string();
    assert!(text.contains("uniworld.expected_score"), "{text}");
    let reused = json["raw"][0]["told"]["cost"]["reused"].as_u64();
    assert!(reused.is_some_and(|tokens| tokens > 100), "{text}");
    // a random model writes no scores: that is said, and what is measured stays
    let json = score(&photo, &["--judge", &judge]).done().json();
    let answers = json["raw"][0]["told"]["answers"].as_array();
    let failed = |answer: &Value| answer["failure"].is_string();
    assert!(
        answers.is_some_and(|answers| answers.iter().all(failed)),
        "{json}"
    );
    assert!(json["scores"].is_object(), "{json}");
}

#[test]
fn a_judge_with_heads_needs_no_rubric() {
    let folder = temporary("judge-heads");
    let photo = photo(&folder, "a.png");
    let json = score(&photo, &["--judge", &checkpoint("qwen2_5_vl_heads")])
        .done()
        .json();
    let text = json.to_string();
    assert!(
        text.contains("editreward.following_beats_untouched"),
        "{text}"
    );
}

#[test]
fn a_folder_that_is_no_judge_is_refused_in_a_sentence() {
    let folder = temporary("judge-foreign");
    let photo = photo(&folder, "a.png");
    score(&photo, &["--judge", &checkpoint("flux2_klein")]).refused(1, "model_index.json");
}

/// How often each candidate was judged, from a record's tree.
fn passes(record: &Value) -> Vec<u64> {
    let nodes = record["search"].as_array().expect("a tree");
    nodes
        .iter()
        .map(|node| node["passes"].as_u64().unwrap_or(0))
        .collect()
}

#[test]
fn racing_asks_a_judge_that_draws_lots_again_and_can_be_replayed() {
    let folder = temporary("judge-racing");
    let out = folder.join("out");
    let (judge, asked) = noisy_judge();
    let more = ["--judge", &judge, "--strategy", "racing", "-n", "6"];
    let said = edit_command(
        &photo(&folder, "a.png"),
        "make it warmer, and magnificent",
        &out,
        &more,
    );
    let mut command = said;
    Said::from(command.output().expect("the program can be started")).done();
    let record = record(&out);
    let passes = passes(&record);
    assert!(passes.iter().any(|passes| *passes > 1), "{passes:?}");
    // two questions a pass: with the photo, and alone
    let judgements: u64 = passes.iter().sum();
    assert_eq!(asked.load(Ordering::Relaxed) as u64, 2 * judgements);
    assert_eq!(record["spent"]["judge_calls"], judgements);
    let mut replay = program(&["replay"]);
    replay.arg(&out);
    Said::from(replay.output().expect("the program can be started")).done();
}

#[test]
fn a_budget_of_money_ends_the_asking_before_it_costs_more() {
    let folder = temporary("judge-money");
    let out = folder.join("out");
    let (judge, asked) = noisy_judge();
    let priced = format!("eye={judge}");
    let more = [
        "--judge",
        &priced,
        "--judge-price",
        "eye=0.25",
        "--budget-money",
        "1.3",
        "-n",
        "4",
    ];
    let photo = photo(&folder, "a.png");
    let said: Said = edit_command(&photo, "make it warmer, and magnificent", &out, &more)
        .output()
        .expect("the program can be started")
        .into();
    said.done();
    let record = record(&out);
    // two questions a candidate: two candidates for 1.0, and what is left pays for no third
    assert_eq!(asked.load(Ordering::Relaxed), 4);
    assert_eq!(record["spent"]["money"], 1.0);
    assert_eq!(record["settings"]["judge"]["prices"]["eye"], 0.25);
    let unpriced = edit_command(
        &photo,
        "make it warmer",
        &folder.join("no"),
        &["--budget-money", "1"],
    )
    .output()
    .expect("the program can be started");
    Said::from(unpriced).refused(1, "--judge-price");
}
