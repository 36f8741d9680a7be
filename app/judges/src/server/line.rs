//! The line to a server: one question, asked again with growing pauses while that can help, and one sentence for whatever
//! goes wrong on the way.

use std::io::Read;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use retake_core::{Said, Watch, number, said};
use serde_json::Value;
use ureq::Agent;
use ureq::http::StatusCode;

use super::{Address, Manners, Secret};
use crate::JudgeError;

/// The most that an answer may take, bytes.
const MOST: u64 = 128 << 20;

/// After so many questions in a row that the server did not answer, it counts as gone.
const GIVE_UP: usize = 3;

/// How often a person is looked for who wants to stop.
const GLANCE: Duration = Duration::from_millis(50);

/// What is asked.
#[derive(Clone)]
pub(super) struct Question {
    /// "/chat/completions"
    pub(super) door: &'static str,
    /// the content type, and what is sent; none is a GET
    pub(super) body: Option<(String, Arc<Vec<u8>>)>,
}

/// What came back.
pub(super) struct Reply {
    pub(super) json: Value,
    /// how often it was asked again
    pub(super) retries: usize,
    /// seconds, pauses included
    pub(super) seconds: f64,
}

/// Why a question was not answered.
pub(super) enum Refusal {
    /// the server does not understand the request: what it says of it
    Misunderstood(String),
    /// anything else
    Error(JudgeError),
}

/// See the module.
pub(super) struct Line {
    agent: Agent,
    address: Address,
    key: Secret,
    manners: Manners,
    /// questions in a row that the server did not answer
    unanswered: AtomicUsize,
}

/// One attempt.
enum Try {
    Done(Value),
    Misunderstood(String),
    /// asking again may help, after this pause if the server named one
    Again(Said, Option<Duration>),
    /// nothing helps
    Gone(Said),
    /// asking this again does not help
    Failed(Said),
}

impl Line {
    pub(super) fn new(address: Address, key: Secret, manners: Manners) -> Self {
        let patience = Some(manners.patience);
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .user_agent(concat!("retake/", env!("CARGO_PKG_VERSION")))
            .timeout_connect(Some(manners.patience.min(Duration::from_secs(20))))
            .timeout_send_request(patience)
            .timeout_send_body(patience)
            .timeout_recv_response(patience)
            .timeout_recv_body(patience)
            .timeout_global(patience);
        Self {
            agent: config.build().new_agent(),
            address,
            key,
            manners,
            unanswered: AtomicUsize::new(0),
        }
    }

    pub(super) fn place(&self) -> String {
        self.address.shown()
    }

    pub(super) fn manners(&self) -> &Manners {
        &self.manners
    }

    /// Begins a new conversation: a server that was silent may be back.
    pub(super) fn hope(&self) {
        self.unanswered.store(0, Ordering::Relaxed);
    }

    pub(super) fn ask(&self, question: &Question, watch: &dyn Watch) -> Result<Reply, Refusal> {
        let start = Instant::now();
        let mut pause = self.manners.pause;
        let mut retries = 0;
        loop {
            if watch.stopped() {
                return Err(Refusal::Error(JudgeError::Stopped));
            }
            if self.unanswered.load(Ordering::Relaxed) >= GIVE_UP {
                return Err(self.gone(said!(
                    "{place} has left {count} questions in a row unanswered; look whether it still runs.",
                    place = self.place(),
                    count = GIVE_UP
                )));
            }
            let (why, wanted) = match self.attempt(question, watch)? {
                Try::Done(json) => {
                    self.hope();
                    return Ok(Reply {
                        json,
                        retries,
                        seconds: start.elapsed().as_secs_f64(),
                    });
                }
                Try::Misunderstood(words) => return Err(Refusal::Misunderstood(words)),
                Try::Gone(why) => return Err(self.gone(why)),
                Try::Failed(why) => return Err(self.unanswered(why)),
                Try::Again(why, wanted) => (why, wanted),
            };
            if retries == self.manners.retries {
                return Err(self.unanswered(why));
            }
            retries += 1;
            let wait = wanted.unwrap_or(pause).min(self.manners.longest_pause);
            pause = (pause * 2).min(self.manners.longest_pause);
            if !rested(wait, watch) {
                return Err(Refusal::Error(JudgeError::Stopped));
            }
        }
    }

    fn gone(&self, why: Said) -> Refusal {
        self.unanswered.store(GIVE_UP, Ordering::Relaxed);
        Refusal::Error(JudgeError::Gone(why))
    }

    fn unanswered(&self, why: Said) -> Refusal {
        self.unanswered.fetch_add(1, Ordering::Relaxed);
        Refusal::Error(JudgeError::Unanswered(why))
    }

    /// Asks once, on a thread of its own, so that a person who stops need not wait for the server.
    fn attempt(&self, question: &Question, watch: &dyn Watch) -> Result<Try, Refusal> {
        let (tell, hear) = mpsc::sync_channel(1);
        let (agent, address) = (self.agent.clone(), self.address.clone());
        let (key, question) = (self.key.clone(), question.clone());
        let patience = self.manners.patience;
        std::thread::spawn(move || {
            let sent = once(&agent, &address, &key, &question, patience);
            // nobody listens any more where a person has stopped
            let _ = tell.send(sent);
        });
        loop {
            match hear.recv_timeout(GLANCE) {
                Ok(tried) => return Ok(tried),
                Err(mpsc::RecvTimeoutError::Timeout) if watch.stopped() => {
                    return Err(Refusal::Error(JudgeError::Stopped));
                }
                Err(mpsc::RecvTimeoutError::Timeout) => {}
                Err(mpsc::RecvTimeoutError::Disconnected) => {
                    return Ok(Try::Failed(said!("The question to the server broke off.")));
                }
            }
        }
    }
}

/// Waits; false where somebody stopped it.
fn rested(wait: Duration, watch: &dyn Watch) -> bool {
    let end = Instant::now() + wait;
    while let Some(left) = end.checked_duration_since(Instant::now()) {
        if watch.stopped() {
            return false;
        }
        std::thread::sleep(left.min(GLANCE));
    }
    true
}

fn once(
    agent: &Agent,
    address: &Address,
    key: &Secret,
    question: &Question,
    patience: Duration,
) -> Try {
    let url = address.of(question.door);
    let bearer = key.shown().map(|key| format!("Bearer {key}"));
    let answer = match &question.body {
        Some((kind, body)) => {
            let mut request = agent.post(&url).header("content-type", kind);
            if let Some(bearer) = &bearer {
                request = request.header("authorization", bearer);
            }
            request.send(body.as_slice())
        }
        None => {
            let mut request = agent.get(&url);
            if let Some(bearer) = &bearer {
                request = request.header("authorization", bearer);
            }
            request.call()
        }
    };
    let place = address.shown();
    let mut answer = match answer {
        Ok(answer) => answer,
        Err(error) => return unreached(&error, &place, patience),
    };
    let status = answer.status();
    let wanted = answer.headers().get("retry-after");
    let wanted = wanted.and_then(|value| value.to_str().ok()?.trim().parse().ok());
    let wanted = wanted.map(Duration::from_secs);
    let mut body = Vec::new();
    let read = answer
        .body_mut()
        .as_reader()
        .take(MOST)
        .read_to_end(&mut body);
    if !status.is_success() {
        let words = complaint(&body);
        return refused(status, &key.taken_out_of(&words), wanted, &place, key);
    }
    if let Err(error) = read {
        let inner = error.get_ref().and_then(|inner| inner.downcast_ref());
        return match inner {
            Some(ureq::Error::Timeout(_)) => silent(&place, patience),
            _ => Try::Again(
                said!(
                    "{place} broke off in the middle of its answer.",
                    place = place
                ),
                None,
            ),
        };
    }
    match serde_json::from_slice(&body) {
        Ok(json) => Try::Done(json),
        Err(_) => Try::Again(
            said!(
                "{place} does not answer as such a server does; look at the address.",
                place = place
            ),
            None,
        ),
    }
}

/// What a server says against a request, on one line.
fn complaint(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(&body[..body.len().min(4096)]);
    let json: Option<Value> = serde_json::from_slice(body).ok();
    let message = json.as_ref().and_then(|json| {
        let paths = ["/error/message", "/message", "/detail", "/error"];
        paths.iter().find_map(|path| json.pointer(path)?.as_str())
    });
    let words = message.unwrap_or(&text);
    let line = words.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().take(200).collect()
}

fn refused(
    status: StatusCode,
    words: &str,
    wanted: Option<Duration>,
    place: &str,
    key: &Secret,
) -> Try {
    let code = status.as_u16();
    match code {
        401 | 403 if key.is_there() => Try::Gone(said!(
            "{place} does not accept the key; look at the variable that holds it.",
            place = place
        )),
        401 | 403 => Try::Gone(said!(
            "{place} wants a key; put it into the variable RETAKE_JUDGE_KEY.",
            place = place
        )),
        404 => Try::Gone(said!(
            "{place} has no such door or no such model ({words}); look at the address and the model's name.",
            place = place,
            words = words
        )),
        429 => Try::Again(
            said!(
                "{place} was asked too much at once; ask fewer at a time.",
                place = place
            ),
            wanted,
        ),
        400 | 413 | 415 | 422 => Try::Misunderstood(words.to_owned()),
        408 | 500.. => Try::Again(
            said!(
                "{place} is out of order: it answers {code} ({words}).",
                place = place,
                code = number(code),
                words = words
            ),
            wanted,
        ),
        _ => Try::Failed(said!(
            "{place} refuses with {code} ({words}).",
            place = place,
            code = number(code),
            words = words
        )),
    }
}

fn unreached(error: &ureq::Error, place: &str, patience: Duration) -> Try {
    match error {
        ureq::Error::Timeout(_) => silent(place, patience),
        ureq::Error::Io(error) if error.kind() == std::io::ErrorKind::TimedOut => {
            silent(place, patience)
        }
        ureq::Error::Io(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => {
            Try::Gone(said!(
                "Nobody answers at {place}; start the server.",
                place = place
            ))
        }
        ureq::Error::HostNotFound | ureq::Error::BadUri(_) | ureq::Error::ConnectionFailed => {
            Try::Gone(said!(
                "There is no {place}; look at the address.",
                place = place
            ))
        }
        _ => Try::Again(
            said!("The connection to {place} broke.", place = place),
            None,
        ),
    }
}

/// A server that keeps silent is not asked the same again: it would only take as long once more.
fn silent(place: &str, patience: Duration) -> Try {
    Try::Failed(said!(
        "{place} has not answered within {seconds} s; give it longer or ask a faster model.",
        place = place,
        seconds = number(patience.as_secs_f64())
    ))
}
