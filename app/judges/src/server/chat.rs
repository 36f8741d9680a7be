//! A judge behind /v1/chat/completions. What not every server knows (seeds are common, top-k, log-probabilities and a
//! begun answer are not) is left out once a server has complained of it.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use retake_core::{Watch, said};
use serde_json::{Value, json};

use super::line::{Line, Question, Refusal, Reply};
use super::{Address, Manners, Secret, pictures};
use crate::{Answer, Ask, Conversation, Cost, Judge, JudgeError, JudgeInfo, Part, Prefix, Token};

/// What not every server knows. One that complains of some by name is asked without those, else without any.
const EXTRAS: [&str; 5] = ["seed", "top_p", "top_k", "logprobs", "top_logprobs"];

/// How many of the likeliest tokens a server is asked about: the most that the protocol has.
const LIKELIEST: u32 = 20;

/// See the module.
pub struct ServerJudge {
    line: Line,
    /// as it was typed; empty is the server's first
    model: String,
    /// as the server named it
    found: OnceLock<String>,
    /// of [`EXTRAS`], what it has complained of
    unknown: Mutex<BTreeSet<&'static str>>,
    /// it wants its limit under the newer name
    newer_limit: AtomicBool,
}

impl ServerJudge {
    /// The model of this name on that server; with an empty name the first that the server has.
    pub fn new(address: Address, model: &str, key: Secret, manners: Manners) -> Self {
        Self {
            line: Line::new(address, key, manners),
            model: model.to_owned(),
            found: OnceLock::new(),
            unknown: Mutex::new(BTreeSet::new()),
            newer_limit: AtomicBool::new(false),
        }
    }

    fn model(&self, watch: &dyn Watch) -> Result<String, JudgeError> {
        if !self.model.is_empty() {
            return Ok(self.model.clone());
        }
        if let Some(found) = self.found.get() {
            return Ok(found.clone());
        }
        let question = Question {
            door: "/models",
            body: None,
        };
        let reply = self
            .line
            .ask(&question, watch)
            .map_err(|why| self.error(why))?;
        match reply.json.pointer("/data/0/id").and_then(Value::as_str) {
            Some(name) => Ok(self.found.get_or_init(|| name.to_owned()).clone()),
            None => Err(JudgeError::Gone(said!(
                "{place} does not say which models it has; name one with --judge-model.",
                place = self.line.place()
            ))),
        }
    }

    fn error(&self, refusal: Refusal) -> JudgeError {
        match refusal {
            Refusal::Error(error) => error,
            Refusal::Misunderstood(words) => JudgeError::Unanswered(said!(
                "{place} does not take the question ({words}).",
                place = self.line.place(),
                words = words
            )),
        }
    }

    fn part(&self, part: &Part<'_>) -> Result<Value, JudgeError> {
        match part {
            Part::Text(text) => Ok(json!({ "type": "text", "text": text })),
            Part::Picture(raster) => {
                let url = pictures::data_url(raster, self.line.manners().max_pixels)
                    .map_err(JudgeError::Unanswered)?;
                Ok(json!({ "type": "image_url", "image_url": { "url": url } }))
            }
        }
    }

    fn parts(&self, parts: &[Part<'_>]) -> Result<Vec<Value>, JudgeError> {
        parts.iter().map(|part| self.part(part)).collect()
    }

    /// The request as this server has shown to understand it.
    fn request(&self, model: &str, messages: &[Value], how: &Ask) -> Value {
        let mut request = json!({
            "model": model,
            "messages": messages,
            "temperature": how.temperature,
            "stream": false,
        });
        let limit = match self.newer_limit.load(Ordering::Relaxed) {
            true => "max_completion_tokens",
            false => "max_tokens",
        };
        request[limit] = json!(how.max_tokens);
        request["seed"] = json!(how.seed & u64::from(u32::MAX >> 1));
        if how.top_p < 1.0 {
            request["top_p"] = json!(how.top_p);
        }
        if how.top_k > 0 {
            request["top_k"] = json!(how.top_k);
        }
        if !how.weigh.is_empty() {
            request["logprobs"] = json!(true);
            request["top_logprobs"] = json!(LIKELIEST);
        }
        if let Value::Object(fields) = &mut request {
            fields.retain(|name, _| self.knows(name));
        }
        request
    }

    fn knows(&self, field: &str) -> bool {
        let unknown = self.unknown.lock().unwrap_or_else(PoisonError::into_inner);
        !unknown.contains(field)
    }

    /// Learns from a complaint; false where there is nothing new in it.
    fn learns(&self, words: &str) -> bool {
        if words.contains("max_completion_tokens") {
            return !self.newer_limit.swap(true, Ordering::Relaxed);
        }
        let mut unknown = self.unknown.lock().unwrap_or_else(PoisonError::into_inner);
        let named: Vec<&str> = EXTRAS
            .into_iter()
            .filter(|field| words.contains(field) && !unknown.contains(field))
            .collect();
        let before = unknown.len();
        match named.is_empty() {
            true => unknown.extend(EXTRAS),
            false => unknown.extend(named),
        }
        unknown.len() > before
    }
}

impl Judge for ServerJudge {
    fn info(&self) -> JudgeInfo {
        let name = self.found.get().unwrap_or(&self.model).clone();
        JudgeInfo {
            name,
            version: String::new(),
            place: self.line.place(),
            at_once: self.line.manners().at_once.max(1),
            weighs: self.knows("logprobs"),
            continues: false,
        }
    }

    fn begin(
        &self,
        prefix: &Prefix<'_>,
        watch: &dyn Watch,
    ) -> Result<Box<dyn Conversation + '_>, JudgeError> {
        self.line.hope();
        let system = prefix.system.as_ref();
        Ok(Box::new(Chat {
            judge: self,
            model: self.model(watch)?,
            system: system.map(|text| json!({ "role": "system", "content": text })),
            parts: self.parts(&prefix.parts)?,
        }))
    }
}

/// Questions with one beginning.
struct Chat<'a> {
    judge: &'a ServerJudge,
    model: String,
    system: Option<Value>,
    parts: Vec<Value>,
}

impl Conversation for Chat<'_> {
    fn ask(&self, rest: &[Part<'_>], how: &Ask, watch: &dyn Watch) -> Result<Answer, JudgeError> {
        let mut content = self.parts.clone();
        content.extend(self.judge.parts(rest)?);
        let mut messages: Vec<Value> = self.system.iter().cloned().collect();
        messages.push(json!({ "role": "user", "content": content }));
        // each complaint can teach one thing
        for _ in 0..=EXTRAS.len() + 1 {
            let request = self.judge.request(&self.model, &messages, how);
            let question = Question {
                door: "/chat/completions",
                body: Some((
                    "application/json".to_owned(),
                    Arc::new(request.to_string().into_bytes()),
                )),
            };
            let refusal = match self.judge.line.ask(&question, watch) {
                Ok(reply) => return self.read(&reply),
                Err(refusal) => refusal,
            };
            let Refusal::Misunderstood(words) = &refusal else {
                return Err(self.judge.error(refusal));
            };
            if !self.judge.learns(words) {
                return Err(self.judge.error(refusal));
            }
        }
        Err(JudgeError::Unanswered(said!(
            "{place} does not take the question however it is put.",
            place = self.judge.line.place()
        )))
    }
}

impl Chat<'_> {
    fn read(&self, reply: &Reply) -> Result<Answer, JudgeError> {
        let json = &reply.json;
        let choice = json.pointer("/choices/0");
        let text = choice.and_then(|choice| content(choice.pointer("/message/content")?));
        let (Some(choice), Some(text)) = (choice, text) else {
            return Err(JudgeError::Unanswered(said!(
                "{place} gave an answer without words.",
                place = self.judge.line.place()
            )));
        };
        let count = |path: &str| {
            let number = json.pointer(path).and_then(Value::as_u64).unwrap_or(0);
            usize::try_from(number).unwrap_or(0)
        };
        let tokens = choice
            .pointer("/logprobs/content")
            .and_then(Value::as_array);
        Ok(Answer {
            text,
            tokens: tokens.into_iter().flatten().filter_map(token).collect(),
            finished: choice.get("finish_reason").and_then(Value::as_str) != Some("length"),
            cost: Cost {
                read: count("/usage/prompt_tokens"),
                reused: count("/usage/prompt_tokens_details/cached_tokens"),
                written: count("/usage/completion_tokens"),
                seconds: reply.seconds,
                retries: reply.retries,
            },
        })
    }
}

/// A message's words: one text, or several parts.
fn content(content: &Value) -> Option<String> {
    match content {
        Value::String(text) => Some(text.clone()),
        Value::Array(parts) => Some(
            parts
                .iter()
                .filter_map(|part| part.get("text")?.as_str())
                .collect(),
        ),
        _ => None,
    }
}

fn token(value: &Value) -> Option<Token> {
    let others = value.get("top_logprobs").and_then(Value::as_array);
    let pair = |other: &Value| {
        let log = other.get("logprob")?.as_f64()?;
        Some((other.get("token")?.as_str()?.to_owned(), log as f32))
    };
    let (text, log_probability) = pair(value)?;
    Some(Token {
        text,
        log_probability,
        others: others.into_iter().flatten().filter_map(pair).collect(),
    })
}
