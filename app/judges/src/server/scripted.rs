//! A server on loopback that does what a test tells it to, one act a request, and remembers what it was asked.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

use super::{Address, Manners};

/// What it does with a request.
#[derive(Clone, Debug)]
pub(super) enum Act {
    /// answers with this status, these further headers and this body
    Answer(u16, Vec<(&'static str, String)>, String),
    /// begins an answer and closes in the middle of it
    Half,
    /// never answers
    Never,
    /// closes at once
    Close,
}

impl Act {
    /// A chat's answer with these words.
    pub(super) fn says(words: &str) -> Self {
        Self::Answer(200, Vec::new(), chat(words).to_string())
    }
    pub(super) fn fails(status: u16, words: &str) -> Self {
        Self::Answer(
            status,
            Vec::new(),
            json!({ "error": { "message": words } }).to_string(),
        )
    }
}

/// What a chat server answers.
pub(super) fn chat(words: &str) -> Value {
    json!({
        "id": "1",
        "object": "chat.completion",
        "choices": [{ "index": 0, "message": { "role": "assistant", "content": words }, "finish_reason": "stop" }],
        "usage": { "prompt_tokens": 700, "completion_tokens": 30, "prompt_tokens_details": { "cached_tokens": 300 } },
    })
}

/// A request as it came.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) path: String,
    pub(super) head: String,
    pub(super) body: Vec<u8>,
}

impl Asked {
    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("a request in JSON")
    }
}

#[derive(Default)]
struct Shared {
    acts: Mutex<Vec<Act>>,
    asked: Mutex<Vec<Asked>>,
    over: Mutex<bool>,
    changed: Condvar,
}

/// See the module.
pub(super) struct Scripted {
    shared: Arc<Shared>,
    port: u16,
}

impl Scripted {
    /// One that does these in turn; the last one again and again.
    pub(super) fn new(acts: impl IntoIterator<Item = Act>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("bound").port();
        let shared = Arc::new(Shared::default());
        let mut acts: Vec<Act> = acts.into_iter().collect();
        acts.reverse();
        *shared.acts.lock().expect("no panic") = acts;
        let hers = shared.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if *hers.over.lock().expect("no panic") {
                    return;
                }
                let hers = hers.clone();
                std::thread::spawn(move || {
                    let _ = obey(stream, &hers);
                });
            }
        });
        Self { shared, port }
    }

    pub(super) fn address(&self) -> Address {
        Address::read(&format!("http://127.0.0.1:{}", self.port)).expect("an address")
    }

    pub(super) fn asked(&self) -> Vec<Asked> {
        self.shared.asked.lock().expect("no panic").clone()
    }
}

impl Drop for Scripted {
    fn drop(&mut self) {
        if let Ok(mut over) = self.shared.over.lock() {
            *over = true;
        }
        self.shared.changed.notify_all();
        // wakes the listener, so that it sees that it is over
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

fn obey(mut stream: TcpStream, shared: &Shared) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut head = String::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        if line == "\r\n" {
            break;
        }
        head.push_str(&line);
    }
    let length = head
        .lines()
        .find_map(|line| {
            line.to_lowercase()
                .strip_prefix("content-length:")?
                .trim()
                .parse()
                .ok()
        })
        .unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let path = head
        .split_whitespace()
        .nth(1)
        .unwrap_or_default()
        .to_owned();
    let act = {
        let mut acts = shared.acts.lock().expect("no panic");
        shared
            .asked
            .lock()
            .expect("no panic")
            .push(Asked { path, head, body });
        match acts.len() {
            0 | 1 => acts.last().cloned().unwrap_or(Act::Close),
            _ => acts.pop().expect("several"),
        }
    };
    match act {
        Act::Answer(status, headers, body) => {
            let headers: String = headers
                .iter()
                .map(|(name, value)| format!("{name}: {value}\r\n"))
                .collect();
            write!(
                stream,
                "HTTP/1.1 {status} It\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n{headers}\r\n{body}",
                body.len()
            )
        }
        Act::Half => write!(
            stream,
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{{\"choices\": ["
        ),
        Act::Never => {
            let mut over = shared.over.lock().expect("no panic");
            while !*over {
                over = shared.changed.wait(over).expect("no panic");
            }
            Ok(())
        }
        Act::Close => Ok(()),
    }
}

/// Manners without pauses.
pub(super) fn brisk() -> Manners {
    Manners {
        patience: Duration::from_secs(20),
        retries: 2,
        pause: Duration::ZERO,
        longest_pause: Duration::ZERO,
        ..Manners::default()
    }
}
