//! What a judge told beside its scores: kept by the run, read by the report, left out when nobody wants it.

use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use super::super::judges::answer_choice;
use super::{lab, pairs};
use crate::places::temporary;

/// A chat server that writes 9 and 7 to everybody and tells what else it could have written; its address, and how often it
/// was asked.
fn weighing_judge() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("bound").port();
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let count = count.clone();
            std::thread::spawn(move || {
                count.fetch_add(1, Ordering::Relaxed);
                answer_choice(stream, |_| choice())
            });
        }
    });
    (format!("http://127.0.0.1:{port}/v1#eye-1"), asked)
}

fn choice() -> Value {
    let token = |text: &str, others: &[(&str, f64)]| {
        let own = others.iter().find(|(other, _)| *other == text);
        let own = own.map_or(-0.1, |(_, share)| share.ln());
        let others: Vec<Value> = others
            .iter()
            .map(|(text, share)| json!({ "token": text, "logprob": share.ln() }))
            .collect();
        json!({ "token": text, "logprob": own, "top_logprobs": others })
    };
    let words = "{\"reasoning\": \"lighter <than> before\", \"score\": [";
    json!({
        "message": { "content": format!("{words}9, 7]}}") },
        "finish_reason": "stop",
        "logprobs": { "content": [
            token(words, &[]),
            token("9", &[("9", 0.75), ("8", 0.2)]),
            token(", ", &[]),
            token("7", &[("7", 0.5), ("6", 0.5)]),
            token("]}", &[]),
        ]},
    })
}

fn analysed(file: &Path, out: &Path, address: &str, more: &str) {
    let words = format!(
        "analyse {{file}} --format gedit-v2 --size 128 --top 2 --probes 0 --by dimensions --out {{out}} \
         --judge {address} --judge-expected --judge-passes 2 --rubric vie_score{more}"
    );
    lab(&words, &[("file", file), ("out", out)]).done();
}

#[test]
fn what_a_judge_told_is_kept_and_stands_in_the_report() {
    let folder = temporary("lab-told");
    let (file, out) = (pairs(&folder, 2), folder.join("report"));
    let (address, asked) = weighing_judge();
    analysed(&file, &out, &address, "");
    let text = std::fs::read_to_string(out.join("told.jsonl")).expect("it is kept");
    let lines: Vec<Value> = text
        .lines()
        .skip(1)
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    assert_eq!(lines.len(), 4, "an edit a line");
    for line in &lines {
        let raws = line["raw"].as_array().expect("rewards");
        let judge = raws.iter().find(|raw| raw["told"]["model"] == "eye-1");
        let answers = &judge.expect("the judge")["told"]["answers"];
        assert_eq!(
            answers.as_array().map(Vec::len),
            Some(4),
            "two questions twice"
        );
        let weighed = &answers[0]["distributions"][0];
        assert_eq!(weighed["likely"], json!([["9", 0.75], ["8", 0.2]]));
        assert_eq!(weighed["dimension"], "instruction_following");
        assert!(
            line["maps"]
                .as_object()
                .is_some_and(|maps| !maps.is_empty())
        );
    }
    let html = std::fs::read_to_string(out.join("report.html")).expect("a report");
    assert!(html.contains("<details>") && html.contains("lighter &lt;than&gt; before"));
    assert!(html.contains("<svg") && html.contains("eye-1, pass 2, instruction following 8.79"));
    assert!(html.contains("-map0.jpg") && out.join("pictures/000-0-map0.jpg").is_file());
    let markdown = std::fs::read_to_string(out.join("report.md")).expect("a report");
    assert!(markdown.contains("<details>") && markdown.contains("| 8 | 9 | other |"));
    // the same again reads all of it back
    let before = asked.load(Ordering::Relaxed);
    std::fs::remove_file(out.join("report.html")).expect("it is there");
    analysed(&file, &out, &address, "");
    assert_eq!(
        asked.load(Ordering::Relaxed),
        before,
        "nobody was asked again"
    );
    let again = std::fs::read_to_string(out.join("report.html")).expect("a report");
    assert_eq!(again, html);
}

#[test]
fn nothing_is_told_where_nobody_wants_it() {
    let folder = temporary("lab-untold");
    let (file, out) = (pairs(&folder, 1), folder.join("report"));
    let (address, _) = weighing_judge();
    analysed(&file, &out, &address, " --no-raw");
    assert!(out.join("scores.jsonl").is_file() && !out.join("told.jsonl").exists());
    let html = std::fs::read_to_string(out.join("report.html")).expect("a report");
    assert!(!html.contains("<details>"));
}
