//! Whoever answers questions about pictures: a language model with eyes, in this process or behind a server. Everything
//! else in this room asks through these two traits, so that a judge of either kind can stand behind any interface.

use std::borrow::Cow;

use retake_core::{Raster, Said, Watch, said};

/// What a judge is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JudgeInfo {
    /// the model's name, for people and records: "Qwen3-VL-4B-Instruct"
    pub name: String,
    /// changes whenever the same question could be answered otherwise: a hash of the weights; empty where that is not known
    pub version: String,
    /// where it is: "in process", or the server's address without any key
    pub place: String,
    /// how many questions may be asked side by side
    pub at_once: usize,
    /// whether answers carry log-probabilities ([`Answer::tokens`])
    pub weighs: bool,
    /// whether the beginning of an answer can be put into its mouth ([`Ask::begun`])
    pub continues: bool,
}

/// A piece of a question, in the order in which it is asked.
#[derive(Clone, Debug)]
pub enum Part<'a> {
    /// words
    Text(Cow<'a, str>),
    /// a picture, linear Rec.2020, unclipped; the judge sees what a screen shows of it in sRGB ([`crate::picture`])
    Picture(&'a Raster),
}

impl<'a> Part<'a> {
    /// Words.
    pub fn text(words: impl Into<Cow<'a, str>>) -> Self {
        Self::Text(words.into())
    }
}

/// What all questions of one kind about one source share. A judge in process encodes it once and keeps its keys and
/// values; one behind a server sends it first each time, so that the server's own prefix cache finds it.
#[derive(Clone, Debug, Default)]
pub struct Prefix<'a> {
    /// the system message; none is the model's own default
    pub system: Option<String>,
    /// the beginning of the user's message: rubric, source, instruction
    pub parts: Vec<Part<'a>>,
}

/// How a question is to be answered.
#[derive(Clone, Debug, PartialEq)]
pub struct Ask {
    /// the answer is cut off after so many tokens, at least 1
    pub max_tokens: usize,
    /// 0 takes the likeliest token each time
    pub temperature: f32,
    /// of the likeliest tokens that together have this probability, 0 to 1
    pub top_p: f32,
    /// of so many likeliest tokens; 0 is all
    pub top_k: usize,
    /// of this question alone: the same seed gives the same answer where the judge can
    pub seed: u64,
    /// texts of single tokens whose log-probabilities are wanted at every place of the answer; none asks for none
    pub weigh: Vec<String>,
    /// the beginning of the answer, put into the judge's mouth; empty is none. Only of judges that
    /// [`JudgeInfo::continues`]; [`Answer::text`] goes on behind it
    pub begun: String,
}

impl Default for Ask {
    /// The likeliest answer of up to 512 tokens.
    fn default() -> Self {
        Self {
            max_tokens: 512,
            temperature: 0.0,
            top_p: 1.0,
            top_k: 0,
            seed: 0,
            weigh: Vec::new(),
            begun: String::new(),
        }
    }
}

/// One token of an answer with the log-probabilities at its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Token {
    /// its text
    pub text: String,
    /// natural logarithm of its probability at temperature 1, over the whole vocabulary
    pub log_probability: f32,
    /// the same of others at this place: those of [`Ask::weigh`] that are known, and perhaps more. A server tells of its
    /// likeliest only
    pub others: Vec<(String, f32)>,
}

/// What an answer took.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Cost {
    /// tokens read, pictures included
    pub read: usize,
    /// of these, tokens that were known already: the shared prefix
    pub reused: usize,
    /// tokens written
    pub written: usize,
    /// seconds from question to answer
    pub seconds: f64,
    /// how often it was asked again after a failure
    pub retries: usize,
}

impl Cost {
    /// Both together.
    pub fn and(self, other: Self) -> Self {
        Self {
            read: self.read + other.read,
            reused: self.reused + other.reused,
            written: self.written + other.written,
            seconds: self.seconds + other.seconds,
            retries: self.retries + other.retries,
        }
    }
}

/// An answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// what it says, without [`Ask::begun`] and without the token that ends it
    pub text: String,
    /// its tokens, where the judge weighs them and [`Ask::weigh`] asked for it; else none
    pub tokens: Vec<Token>,
    /// whether it came to its end: false where [`Ask::max_tokens`] cut it off
    pub finished: bool,
    /// what it took
    pub cost: Cost,
}

/// Why there is no answer, by what follows from it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JudgeError {
    /// Nobody answers, and asking anything else would fail as well: a dead server, a wrong key, missing weights.
    #[error("{0}")]
    Gone(Said),
    /// This question was not answered; the next may be.
    #[error("{0}")]
    Unanswered(Said),
    /// The person stopped it.
    #[error("stopped")]
    Stopped,
}

impl JudgeError {
    /// The sentence.
    pub fn said(&self) -> Said {
        match self {
            Self::Gone(said) | Self::Unanswered(said) => said.clone(),
            Self::Stopped => said!("stopped"),
        }
    }
}

/// Answers questions about pictures.
pub trait Judge: Send + Sync {
    /// What it is.
    fn info(&self) -> JudgeInfo;
    /// Takes in what the questions share.
    fn begin(
        &self,
        prefix: &Prefix<'_>,
        watch: &dyn Watch,
    ) -> Result<Box<dyn Conversation + '_>, JudgeError>;
}

/// Questions with one prefix. Each is asked afresh: an answer knows nothing of those before it.
pub trait Conversation: Send + Sync {
    /// Asks what follows the prefix: usually the edited picture, and what is wanted of it. The same question with the same
    /// [`Ask`] has the same answer where the judge can.
    fn ask(&self, rest: &[Part<'_>], how: &Ask, watch: &dyn Watch) -> Result<Answer, JudgeError>;
}
