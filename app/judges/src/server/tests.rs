//! Servers that answer, and servers that do not.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use retake_core::{Dimension, Instruction, Quiet, Raster, Reward, ScoreRequest, Watch};
use serde_json::json;

use super::scripted::{Act, Scripted, brisk, chat};
use super::*;
use crate::rubric::Rubric;
use crate::{Answer, Ask, How, Interview, Judge, JudgeError, Part, Prefix};

fn judge(server: &Scripted, manners: Manners) -> ServerJudge {
    ServerJudge::new(
        server.address(),
        "eye-1",
        Secret::new("s3cret-key"),
        manners,
    )
}

fn ask_of(judge: &ServerJudge, how: &Ask, watch: &dyn Watch) -> Result<Answer, JudgeError> {
    let source = Raster::from_fn(8, 6, |_, _| [0.2; 3]);
    let edited = Raster::from_fn(8, 6, |_, _| [0.6; 3]);
    let prefix = Prefix {
        system: Some("Be fair.".to_owned()),
        parts: vec![Part::text("Look."), Part::Picture(&source)],
    };
    let conversation = judge.begin(&prefix, watch)?;
    conversation.ask(&[Part::Picture(&edited)], how, watch)
}

fn ask(server: &Scripted) -> Result<Answer, JudgeError> {
    ask_of(&judge(server, brisk()), &Ask::default(), &Quiet)
}

fn why(result: Result<Answer, JudgeError>) -> String {
    result.expect_err("a failure").said().to_string()
}

#[test]
fn the_question_arrives_with_its_pictures_in_order_and_the_answer_with_its_cost() {
    let server = Scripted::new([Act::says("fine")]);
    let answer = ask(&server).expect("answered");
    assert_eq!((answer.text.as_str(), answer.finished), ("fine", true));
    assert_eq!(
        (answer.cost.read, answer.cost.reused, answer.cost.written),
        (700, 300, 30)
    );
    let asked = &server.asked()[0];
    assert_eq!(asked.path, "/v1/chat/completions");
    let request = asked.json();
    assert_eq!(request["model"], "eye-1");
    assert_eq!(
        request["messages"][0],
        json!({ "role": "system", "content": "Be fair." })
    );
    let content = &request["messages"][1]["content"];
    let kinds: Vec<_> = (0..3)
        .map(|i| content[i]["type"].as_str().expect("a type").to_owned())
        .collect();
    assert_eq!(kinds, ["text", "image_url", "image_url"]);
    for picture in [1, 2] {
        let url = content[picture]["image_url"]["url"]
            .as_str()
            .expect("an address");
        assert!(url.starts_with("data:image/png;base64,"), "{url}");
    }
}

#[test]
fn the_key_goes_to_the_server_and_is_in_nothing_else() {
    let server = Scripted::new([
        Act::fails(400, "you sent s3cret-key"),
        Act::fails(401, "bad key s3cret-key"),
    ]);
    let judge = judge(&server, brisk());
    let error = why(ask_of(&judge, &Ask::default(), &Quiet));
    assert!(
        server.asked()[0]
            .head
            .to_lowercase()
            .contains("authorization: bearer s3cret-key")
    );
    assert!(!error.contains("s3cret"), "{error}");
    assert!(!format!("{:?} {:?}", judge.info(), Secret::new("s3cret-key")).contains("s3cret"));
    let told = Interview::new(
        Arc::new(judge),
        Rubric::find("edit_score").expect("built in"),
        How::default(),
    );
    assert!(
        !told
            .expect("known")
            .settings()
            .to_string()
            .contains("s3cret")
    );
}

#[test]
fn a_complaint_that_quotes_the_key_is_shown_without_it() {
    let server = Scripted::new([Act::fails(418, "Incorrect API key provided: s3cret-key")]);
    let error = why(ask(&server));
    assert!(
        error.contains("provided: …") && !error.contains("s3cret"),
        "{error}"
    );
}

#[test]
fn a_server_that_is_too_busy_is_asked_again() {
    let busy = || Act::Answer(429, vec![("retry-after", "0".to_owned())], "{}".to_owned());
    let server = Scripted::new([busy(), busy(), Act::says("fine")]);
    let answer = ask(&server).expect("answered");
    assert_eq!(
        (
            answer.text.as_str(),
            answer.cost.retries,
            server.asked().len()
        ),
        ("fine", 2, 3)
    );
}

#[test]
fn every_passing_trouble_is_tried_again() {
    for trouble in [
        Act::fails(500, "cuda"),
        Act::fails(503, "loading"),
        Act::Answer(200, Vec::new(), "<html>".to_owned()),
        Act::Half,
        Act::Close,
    ] {
        let name = format!("{trouble:?}");
        let server = Scripted::new([trouble, Act::says("fine")]);
        let answer = ask(&server).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(answer.text, "fine", "{name}");
    }
}

#[test]
fn trouble_that_stays_is_one_sentence() {
    for (trouble, words) in [
        (
            Act::fails(500, "out of memory"),
            "out of order: it answers 500 (out of memory)",
        ),
        (Act::fails(429, ""), "asked too much at once"),
        (
            Act::Answer(200, Vec::new(), "<html>".to_owned()),
            "does not answer as such a server does",
        ),
        (Act::Half, "broke off in the middle"),
        (Act::Close, "The connection to"),
        (
            Act::fails(404, "no model eye-1"),
            "no such model (no model eye-1)",
        ),
        (Act::fails(403, ""), "does not accept the key"),
        (
            Act::Answer(200, Vec::new(), "{\"choices\": []}".to_owned()),
            "an answer without words",
        ),
        (
            Act::fails(422, "images are not supported"),
            "images are not supported",
        ),
    ] {
        let name = format!("{trouble:?}");
        let error = why(ask(&Scripted::new([trouble])));
        assert!(
            error.contains(words) && error.ends_with('.'),
            "{name}: {error}"
        );
    }
}

#[test]
fn a_server_that_never_answers_is_given_up_after_its_time() {
    let server = Scripted::new([Act::Never]);
    let manners = Manners {
        patience: Duration::from_millis(200),
        ..brisk()
    };
    let error = why(ask_of(&judge(&server, manners), &Ask::default(), &Quiet));
    assert!(error.contains("has not answered within 0.2 s"), "{error}");
    // asking the same again would take as long
    assert_eq!(server.asked().len(), 1);
}

#[test]
fn nobody_at_the_address_is_said_to_be_nobody() {
    let port = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.local_addr().expect("bound").port()
    };
    let address = Address::read(&format!("http://127.0.0.1:{port}")).expect("an address");
    let judge = ServerJudge::new(address, "eye-1", Secret::default(), brisk());
    let error = ask_of(&judge, &Ask::default(), &Quiet).expect_err("nobody");
    assert!(matches!(error, JudgeError::Gone(_)), "{error:?}");
}

#[test]
fn a_server_that_knows_no_extras_is_asked_without_them_and_only_once_too_often() {
    let server = Scripted::new([Act::fails(400, "what is this?"), Act::says("fine")]);
    let judge = judge(&server, brisk());
    let how = Ask {
        top_k: 20,
        top_p: 0.9,
        weigh: vec!["0".to_owned()],
        ..Ask::default()
    };
    for _ in 0..2 {
        ask_of(&judge, &how, &Quiet).expect("answered");
    }
    let extras: Vec<bool> = server
        .asked()
        .iter()
        .map(|asked| asked.json().get("top_k").is_some() && asked.json().get("logprobs").is_some())
        .collect();
    assert_eq!(extras, [true, false, false]);
    assert!(!judge.info().weighs);
}

#[test]
fn only_what_a_server_complains_of_is_left_out() {
    let complaint = json!({ "detail": "Unexpected fields in the request: {'top_k'}" }).to_string();
    let server = Scripted::new([Act::Answer(422, Vec::new(), complaint), Act::says("fine")]);
    let how = Ask {
        top_k: 20,
        top_p: 0.9,
        ..Ask::default()
    };
    ask_of(&judge(&server, brisk()), &how, &Quiet).expect("answered");
    let last = server.asked()[1].json();
    assert!(
        last.get("top_k").is_none() && last.get("top_p").is_some() && last.get("seed").is_some()
    );
}

#[test]
fn the_newer_name_of_the_limit_is_learned() {
    let server = Scripted::new([
        Act::fails(400, "use 'max_completion_tokens' instead of 'max_tokens'"),
        Act::says("fine"),
    ]);
    ask(&server).expect("answered");
    let last = server.asked()[1].json();
    assert_eq!(
        (last.get("max_tokens"), &last["max_completion_tokens"]),
        (None, &json!(512))
    );
}

#[test]
fn log_probabilities_are_read_where_they_are_offered() {
    let mut body = chat("4");
    body["choices"][0]["logprobs"] = json!({ "content": [{
        "token": "4", "logprob": -0.5,
        "top_logprobs": [{ "token": "4", "logprob": -0.5 }, { "token": "5", "logprob": -1.0 }],
    }]});
    let server = Scripted::new([Act::Answer(200, Vec::new(), body.to_string())]);
    let how = Ask {
        weigh: vec!["4".to_owned()],
        ..Ask::default()
    };
    let answer = ask_of(&judge(&server, brisk()), &how, &Quiet).expect("answered");
    let [token] = &answer.tokens[..] else {
        panic!("{:?}", answer.tokens);
    };
    assert_eq!(
        token.others,
        [("4".to_owned(), -0.5), ("5".to_owned(), -1.0)]
    );
    assert_eq!(server.asked()[0].json()["top_logprobs"], 20);
}

#[test]
fn an_answer_that_was_cut_off_says_so() {
    let mut body = chat("{\"score\": [1");
    body["choices"][0]["finish_reason"] = json!("length");
    let server = Scripted::new([Act::Answer(200, Vec::new(), body.to_string())]);
    assert!(!ask(&server).expect("answered").finished);
}

#[test]
fn without_a_name_the_servers_first_model_is_taken() {
    let models = json!({ "data": [{ "id": "eye-2" }, { "id": "ear-1" }] }).to_string();
    let server = Scripted::new([Act::Answer(200, Vec::new(), models), Act::says("fine")]);
    let judge = ServerJudge::new(server.address(), "", Secret::default(), brisk());
    ask_of(&judge, &Ask::default(), &Quiet).expect("answered");
    assert_eq!(judge.info().name, "eye-2");
    let asked = server.asked();
    assert_eq!(
        (asked[0].path.as_str(), &asked[1].json()["model"]),
        ("/v1/models", &json!("eye-2"))
    );
    assert!(!asked[1].head.to_lowercase().contains("authorization"));
}

/// Stops after it was asked so many times.
struct After(AtomicUsize);

impl Watch for After {
    fn progress(&self, _: &'static str, _: usize, _: usize) {}
    fn stopped(&self) -> bool {
        let left = self.0.load(Ordering::Relaxed);
        self.0.store(left.saturating_sub(1), Ordering::Relaxed);
        left == 0
    }
}

#[test]
fn a_person_who_stops_need_not_wait_for_the_server() {
    let server = Scripted::new([Act::Never]);
    let manners = Manners {
        patience: Duration::from_secs(600),
        ..brisk()
    };
    let stopped = ask_of(
        &judge(&server, manners),
        &Ask::default(),
        &After(AtomicUsize::new(3)),
    );
    assert_eq!(stopped, Err(JudgeError::Stopped));
}

/// Scores two edits by a rubric with this server.
fn scored(
    server: &Scripted,
    rubric: &str,
    at_once: usize,
) -> (Vec<retake_core::Scorecard>, Interview) {
    let judge = judge(server, Manners { at_once, ..brisk() });
    let rubric = Rubric::find(rubric).expect("built in");
    let interview = Interview::new(Arc::new(judge), rubric, How::default()).expect("known");
    let source = Raster::from_fn(8, 6, |_, _| [0.2; 3]);
    let instruction = Instruction {
        text: "make it brighter".to_owned(),
        ..Instruction::default()
    };
    let group = ScoreRequest {
        source: &source,
        edited: &[&source, &source],
        instruction: &instruction,
    };
    let cards = interview.score(&group, &Quiet).expect("scored");
    (cards, interview)
}

#[test]
fn one_question_that_fails_leaves_one_candidate_unknown() {
    let server = Scripted::new([
        Act::fails(400, "the picture is too large"),
        Act::fails(400, "the picture is too large"),
        Act::says("{\"answers\": [\"yes\"]}"),
    ]);
    let (cards, _) = scored(&server, "checklist_judge", 1);
    let following = Dimension::from(Dimension::INSTRUCTION_FOLLOWING);
    assert!(
        cards[0].unknown[&following]
            .to_string()
            .contains("the picture is too large")
    );
    assert_eq!(cards[1].value(Dimension::INSTRUCTION_FOLLOWING), Some(1.0));
}

#[test]
fn a_server_that_died_leaves_all_unknown_with_a_notice() {
    let server = Scripted::new([Act::fails(401, "")]);
    let (cards, interview) = scored(&server, "edit_score", 2);
    assert!(
        cards
            .iter()
            .all(|card| card.scores.is_empty() && card.unknown.len() == 3)
    );
    assert_eq!(interview.notices().len(), 1);
}
