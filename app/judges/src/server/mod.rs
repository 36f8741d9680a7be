//! Judges and editors behind a server that speaks OpenAI's protocol: vLLM, SGLang, llama.cpp, Ollama, LM Studio,
//! `transformers serve`. Pictures go to that server and nowhere else; its key comes from an environment variable or from the
//! program that keeps it, and is in no record, no message and no log.

mod address;
mod chat;
mod edits;
mod line;
mod pictures;
#[cfg(test)]
mod scripted;
mod secret;
#[cfg(test)]
mod tests;

pub use address::Address;
pub use chat::ServerJudge;
pub use edits::ServerEditor;
pub use secret::Secret;

use std::time::Duration;

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
