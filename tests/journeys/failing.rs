//! An editor that fails midway, in the middle of a search: what is finished stays, the rest goes on, and a sentence says it.

use std::io::{Cursor, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use image::{ImageFormat, Rgb, RgbImage};
use serde_json::json;

use super::judges::question;
use super::{Said, edit, photo, picture, record};
use crate::places::temporary;

fn say(mut stream: TcpStream, status: &str, body: &str) -> Option<()> {
    let head = format!("HTTP/1.1 {status}\r\ncontent-type: application/json\r\nconnection: close");
    let length = body.len();
    write!(stream, "{head}\r\ncontent-length: {length}\r\n\r\n{body}").ok()
}

/// The small photograph, warmer by so much, as a file.
fn warmer(by: u8) -> Vec<u8> {
    let mut warm: RgbImage = picture().clone();
    for Rgb([red, _, blue]) in warm.pixels_mut() {
        *red = red.saturating_add(by);
        *blue = blue.saturating_sub(by);
    }
    let mut file = Cursor::new(Vec::new());
    warm.write_to(&mut file, ImageFormat::Png)
        .expect("it can be written");
    file.into_inner()
}

/// RFC 4648.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let at = |place: usize| u32::from(three.get(place).copied().unwrap_or(0));
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        for place in 0..4 {
            match place <= three.len() {
                true => text.push(char::from(
                    LETTERS[(bits >> (18 - 6 * place)) as usize & 63],
                )),
                false => text.push('='),
            }
        }
    }
    text
}

/// A server that edits: every third question, from the second on, it refuses; its address.
fn faltering() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("bound").port();
    let asked = Arc::new(AtomicUsize::new(0));
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let count = asked.fetch_add(1, Ordering::Relaxed);
            std::thread::spawn(move || {
                question(&stream)?;
                match count % 3 {
                    1 => say(
                        stream,
                        "409 Conflict",
                        &json!({ "error": { "message": "the brush broke" } }).to_string(),
                    ),
                    _ => {
                        let file = base64(&warmer(4 + 3 * (count % 8) as u8));
                        let body = json!({ "data": [{ "b64_json": file }] });
                        say(stream, "200 OK", &body.to_string())
                    }
                }
            });
        }
    });
    format!("http://127.0.0.1:{port}/v1#painter-1")
}

#[test]
fn an_editor_that_fails_midway_loses_nothing_that_is_finished_whoever_searches() {
    for strategy in [
        "best_of_n",
        "while_it_helps",
        "racing",
        "local_search",
        "reflection",
        "tree",
    ] {
        let folder = temporary(&format!("failing-{strategy}"));
        let out = folder.join("out");
        let server = faltering();
        let more = ["-n", "6", "--editor", &server, "--strategy", strategy];
        let said: Said = edit(&photo(&folder, "a.png"), "make it warmer", &out, &more).done();
        let record = record(&out);
        let count = |list: &str| record[list].as_array().map_or(0, Vec::len);
        assert!(count("candidates") >= 4, "{strategy}: {record}");
        assert!(count("failures") >= 1, "{strategy}: {record}");
        let nodes = record["search"].as_array().expect("a tree");
        let with = |fate: &str| nodes.iter().filter(|node| node["fate"] == fate).count();
        assert_eq!(with("finished"), count("candidates"), "{strategy}");
        assert_eq!(with("failed"), count("failures"), "{strategy}");
        for candidate in record["candidates"].as_array().expect("a list") {
            let file = candidate["file"].as_str().expect("a path");
            assert!(out.join(file).is_file(), "{strategy}: {file}");
        }
        // a sentence for each that failed, with what the server said
        let told = format!("{}{}", said.out, said.err);
        let sentences = told
            .lines()
            .filter(|line| line.starts_with("Candidate ") && line.contains("could not be made"));
        let sentences: Vec<&str> = sentences.collect();
        assert_eq!(sentences.len(), count("failures"), "{strategy}: {told}");
        assert!(sentences[0].ends_with("(the brush broke)."), "{told}");
    }
}
