//! Judges and editors behind a server that speaks OpenAI's protocol: vLLM, SGLang, llama.cpp, Ollama, LM Studio,
//! `transformers serve`. Pictures go to that server and nowhere else; its key comes from an environment variable and is in
//! no record, no message and no log.

mod address;
mod chat;
mod edits;
mod line;
mod pictures;
#[cfg(test)]
mod scripted;
#[cfg(test)]
mod tests;

pub use address::Address;
pub use chat::ServerJudge;
pub use edits::ServerEditor;

use std::time::Duration;

/// A key. It shows itself to nobody: printed it is three dots.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(Option<String>);

impl Secret {
    /// What stands in this environment variable; none where it is unset, empty or nothing that fits into a request.
    pub fn of_variable(name: &str) -> Self {
        Self(std::env::var(name).ok().and_then(usable))
    }
    /// The first of the usual variables that is set: `RETAKE_JUDGE_KEY`, then `OPENAI_API_KEY`.
    pub fn of_this_machine() -> Self {
        let usual = ["RETAKE_JUDGE_KEY", "OPENAI_API_KEY"].into_iter();
        usual
            .map(Self::of_variable)
            .find(|key| key.0.is_some())
            .unwrap_or_default()
    }
    /// The same for a server that edits: `RETAKE_EDITOR_KEY`, then `OPENAI_API_KEY`.
    pub fn of_this_machines_editor() -> Self {
        let usual = ["RETAKE_EDITOR_KEY", "OPENAI_API_KEY"].into_iter();
        usual
            .map(Self::of_variable)
            .find(|key| key.0.is_some())
            .unwrap_or_default()
    }
    /// This one, for a program that has its own way of keeping it.
    pub fn new(key: impl Into<String>) -> Self {
        Self(usable(key.into()))
    }
    /// Whether there is one.
    pub fn is_there(&self) -> bool {
        self.0.is_some()
    }
    pub(crate) fn shown(&self) -> Option<&str> {
        self.0.as_deref()
    }
    /// A text of somebody else's without it: servers quote wrong keys in their complaints.
    pub(crate) fn taken_out_of(&self, text: &str) -> String {
        match &self.0 {
            Some(key) => text.replace(key.as_str(), "…"),
            None => text.to_owned(),
        }
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}

fn usable(key: String) -> Option<String> {
    let key = key.trim().to_owned();
    (!key.is_empty() && key.bytes().all(|byte| byte.is_ascii_graphic())).then_some(key)
}

/// How a server is dealt with.
#[derive(Clone, Debug)]
pub struct Manners {
    /// how long an answer may take
    pub patience: Duration,
    /// how often a question is asked again that was not answered: too busy, out of order, garbage
    pub retries: usize,
    /// the first pause before that, doubled each time; what the server asks for goes before it
    pub pause: Duration,
    /// the longest pause, also when the server asks for more
    pub longest_pause: Duration,
    /// how many questions are asked side by side
    pub at_once: usize,
    /// the most pixels a picture is sent with
    pub max_pixels: usize,
}

impl Default for Manners {
    fn default() -> Self {
        Self {
            patience: Duration::from_secs(120),
            retries: 3,
            pause: Duration::from_secs(1),
            longest_pause: Duration::from_secs(60),
            at_once: 4,
            max_pixels: 1 << 20,
        }
    }
}
