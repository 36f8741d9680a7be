//! Questions about pictures. What several of them begin with is read once and its keys and values are kept; a question
//! goes on from there, and answers go on from the question, each on its own ([`super::Writing`]).

use std::sync::Arc;

use candle_core::Tensor;
use retake_models::ModelError;
use retake_models::qwen3::{Memory, Piece};

use super::places::Told;
use super::sampling::{How, log_softmax};
use super::writing::{Answer, Writing};
use super::{Message, QwenVl, Seen};
use crate::picture::Bitmap;

/// A piece of a message.
#[derive(Clone, Copy, Debug)]
pub enum Part<'a> {
    /// words; what looks like a special token in them is taken for words
    Words(&'a str),
    /// words in which special tokens count
    Tokens(&'a str),
    /// a picture
    Picture(&'a Bitmap),
}

/// The same, kept.
#[derive(Clone, Debug)]
enum Kept {
    Words(String),
    Tokens(String),
    Picture(Arc<Seen>),
}

impl Kept {
    fn piece(&self) -> Piece<'_> {
        match self {
            Self::Words(words) => Piece::Words(words),
            Self::Tokens(words) => Piece::Tokens(words),
            Self::Picture(_) => Piece::Picture,
        }
    }
}

/// What questions share: a system message, and the beginning of the user's.
pub struct Prefix<'m> {
    model: &'m QwenVl,
    system: Option<String>,
    parts: Vec<Kept>,
    told: Told,
    memory: Memory,
}

impl QwenVl {
    /// Reads what questions share. `None` once `stop` says so.
    pub fn prefix(
        &self,
        system: Option<&str>,
        parts: &[Part<'_>],
        stop: &dyn Fn() -> bool,
    ) -> Result<Option<Prefix<'_>>, ModelError> {
        let Some(parts) = self.kept(parts, stop)? else {
            return Ok(None);
        };
        let mut prefix = Prefix {
            model: self,
            system: system.map(str::to_owned),
            parts,
            told: Told::default(),
            memory: Memory::default(),
        };
        if prefix.parts.is_empty() {
            return Ok(Some(prefix));
        }
        // the tokens up to where a question of any kind can go on: what this message shares with two that go on
        // differently, since words at the seam may melt into one token
        let (whole, seen) = prefix.told(&[], "")?;
        let shared = ["1", "A", " ", "\n"]
            .iter()
            .map(|more| {
                Ok(prefix
                    .told(&[Kept::Words((*more).to_owned())], "")?
                    .0
                    .shared_with(&whole))
            })
            .collect::<Result<Vec<_>, ModelError>>()?;
        let length = shared.into_iter().min().unwrap_or(0);
        let told = whole.first(length);
        let message = Message {
            told: &told,
            seen: &seen,
            memory: &mut prefix.memory,
        };
        if length > 0 && self.read(&mut [message], stop)?.is_none() {
            return Ok(None);
        }
        prefix.told = told;
        Ok(Some(prefix))
    }

    fn kept(
        &self,
        parts: &[Part<'_>],
        stop: &dyn Fn() -> bool,
    ) -> Result<Option<Vec<Kept>>, ModelError> {
        let mut kept = Vec::with_capacity(parts.len());
        for part in parts {
            kept.push(match part {
                Part::Words(words) => Kept::Words((*words).to_owned()),
                Part::Tokens(words) => Kept::Tokens((*words).to_owned()),
                Part::Picture(picture) => match self.see(picture, stop)? {
                    Some(seen) => Kept::Picture(seen),
                    None => return Ok(None),
                },
            });
        }
        Ok(Some(kept))
    }

    /// The numbers for all words after the last of some states.
    fn last_logits(&self, states: &Tensor) -> Result<Vec<f32>, ModelError> {
        let last = states.narrow(1, states.dim(1)? - 1, 1)?.contiguous()?;
        let logits = self.logits(&last)?.to_dtype(candle_core::DType::F32)?;
        Ok(logits.flatten_all()?.to_vec1()?)
    }
}

impl<'m> Prefix<'m> {
    /// Tokens that are read already.
    pub fn length(&self) -> usize {
        self.memory.length()
    }

    /// The whole message with more parts, and its pictures.
    fn told(&self, more: &[Kept], begun: &str) -> Result<(Told, Vec<Arc<Seen>>), ModelError> {
        let parts = || self.parts.iter().chain(more);
        let pieces: Vec<Piece<'_>> = parts().map(Kept::piece).collect();
        let seen: Vec<Arc<Seen>> = parts()
            .filter_map(|part| match part {
                Kept::Picture(seen) => Some(seen.clone()),
                _ => None,
            })
            .collect();
        let written = self
            .model
            .chat
            .asked(self.system.as_deref(), &pieces, begun)?;
        let sizes: Vec<(usize, usize)> = seen.iter().map(|seen| seen.size).collect();
        let plain = self.model.counts_plainly();
        let told = Told::of(&written, self.model.config.image_token, &sizes, plain)?;
        Ok((told, seen))
    }

    /// Reads the rest of a question, of which only what is new costs anything, and where `begun` is not empty the
    /// beginning of its answer, put into the model's mouth. `None` once `stop` says so.
    pub fn with(
        &self,
        more: &[Part<'_>],
        begun: &str,
        stop: &dyn Fn() -> bool,
    ) -> Result<Option<Asked<'m>>, ModelError> {
        let asked = self.with_all(&[(more, begun)], stop)?;
        asked.and_then(|mut asked| asked.pop()).transpose()
    }

    /// The same of several questions, each of which is read beside the others or cannot be read.
    pub fn with_all(
        &self,
        questions: &[(&[Part<'_>], &str)],
        stop: &dyn Fn() -> bool,
    ) -> Result<Option<Several<'m>>, ModelError> {
        let mut read: Vec<Result<Reading, ModelError>> = Vec::with_capacity(questions.len());
        for (more, begun) in questions {
            read.push(match self.model.kept(more, stop) {
                Ok(None) => return Ok(None),
                Ok(Some(more)) => self.reading(&more, begun),
                Err(fault) => Err(fault),
            });
        }
        let mut messages: Vec<Message<'_>> = read
            .iter_mut()
            .flatten()
            .map(|reading| Message {
                told: &reading.told,
                seen: &reading.seen,
                memory: &mut reading.memory,
            })
            .collect();
        let states = match messages.is_empty() {
            true => None,
            false => match self.model.read(&mut messages, stop)? {
                Some(states) => Some(states),
                None => return Ok(None),
            },
        };
        let mut first = 0;
        let asked = read.into_iter().map(|reading| {
            let reading = reading?;
            let rows = reading.told.ids.len() - reading.reused;
            let states = states
                .as_ref()
                .map(|states| states.narrow(1, first, rows)?.contiguous());
            let states = states
                .transpose()?
                .ok_or_else(|| ModelError::Machine("a question was not read".to_owned()))?;
            first += rows;
            Ok(Asked {
                model: self.model,
                logits: self.model.last_logits_or_none(&states)?,
                states,
                memory: reading.memory,
                told: reading.told,
                reused: reading.reused,
            })
        });
        Ok(Some(asked.collect()))
    }

    /// A question before it is read.
    fn reading(&self, more: &[Kept], begun: &str) -> Result<Reading, ModelError> {
        let (told, seen) = self.told(more, begun)?;
        if told.ids.len() > self.model.config.longest {
            return Err(ModelError::Machine(format!(
                "the question has {} tokens and this model reads {}; show it smaller pictures or fewer words",
                told.ids.len(),
                self.model.config.longest
            )));
        }
        // at least one token is read, since the answer follows from its state
        let reused = told
            .shared_with(&self.told)
            .min(told.ids.len().saturating_sub(1));
        Ok(Reading {
            memory: self.memory.first(reused),
            told,
            seen,
            reused,
        })
    }
}

/// Questions that were read, or why they could not be.
pub type Several<'m> = Vec<Result<Asked<'m>, ModelError>>;

/// A question before it is read.
struct Reading {
    told: Told,
    seen: Vec<Arc<Seen>>,
    memory: Memory,
    /// tokens that are known already
    reused: usize,
}

/// A question that was read: it can be answered many times, each time afresh.
pub struct Asked<'m> {
    model: &'m QwenVl,
    told: Told,
    memory: Memory,
    states: Tensor,
    logits: Vec<f32>,
    reused: usize,
}

impl<'m> Asked<'m> {
    /// Tokens of the question, pictures included.
    pub fn length(&self) -> usize {
        self.told.ids.len()
    }

    /// Of these, tokens that were known already.
    pub fn reused(&self) -> usize {
        self.reused
    }

    /// All tokens of the question.
    pub fn ids(&self) -> &[u32] {
        &self.told.ids
    }

    /// Last states of the tokens that were new, (1, tokens, width).
    pub fn states(&self) -> &Tensor {
        &self.states
    }

    /// The last state at the last place where this token stands, if it was among the new ones.
    pub fn state_at(&self, token: u32) -> Option<Vec<f32>> {
        let new = &self.told.ids[self.reused..];
        let at = new.iter().rposition(|&id| id == token)?;
        let state = self.states.narrow(1, at, 1).and_then(|state| {
            state
                .to_dtype(candle_core::DType::F32)?
                .flatten_all()?
                .to_vec1()
        });
        state.ok()
    }

    /// A number for each word of the vocabulary: how well it begins the answer. None of a model that answers in numbers.
    pub fn logits(&self) -> &[f32] {
        &self.logits
    }

    /// Natural logarithms of the probabilities that the answer begins with each of these tokens.
    pub fn log_probabilities(&self, tokens: &[u32]) -> Vec<f32> {
        let all = log_softmax(&self.logits);
        tokens
            .iter()
            .map(|&token| {
                all.get(token as usize)
                    .copied()
                    .unwrap_or(f32::NEG_INFINITY)
            })
            .collect()
    }

    /// The same question with these tokens as the beginning of its answer. `None` once `stop` says so.
    pub fn after(
        &self,
        tokens: &[u32],
        stop: &dyn Fn() -> bool,
    ) -> Result<Option<Self>, ModelError> {
        let mut told = self.told.clone();
        for &token in tokens {
            told.push(token);
        }
        let reused = if tokens.is_empty() {
            told.ids.len() - 1
        } else {
            self.told.ids.len()
        };
        let mut memory = self.memory.first(reused);
        let message = Message {
            told: &told,
            seen: &[],
            memory: &mut memory,
        };
        let Some(states) = self.model.read(&mut [message], stop)? else {
            return Ok(None);
        };
        Ok(Some(Self {
            model: self.model,
            logits: self.model.last_logits_or_none(&states)?,
            states,
            memory,
            told,
            reused,
        }))
    }

    /// Writes an answer. `None` once `stop` says so.
    pub fn answer(&self, how: &How, stop: &dyn Fn() -> bool) -> Result<Option<Answer>, ModelError> {
        let mut writing = self.writing(how)?;
        while !writing.finished() {
            if stop() {
                return Ok(None);
            }
            self.model.write(&mut [&mut writing])?;
        }
        self.model.answer(writing).map(Some)
    }

    /// An answer that is to be written, of which the first token is there already.
    pub fn writing(&self, how: &How) -> Result<Writing, ModelError> {
        if self.logits.is_empty() {
            return Err(ModelError::Machine(
                "this model gives numbers and writes no answers".to_owned(),
            ));
        }
        let chat = &self.model.chat;
        let (next, memory) = (self.told.next, self.memory.fork());
        Ok(Writing::new(how, next, memory, &self.logits, chat))
    }
}

impl QwenVl {
    /// [`Self::last_logits`], or nothing where the way back to words was let go.
    fn last_logits_or_none(&self, states: &Tensor) -> Result<Vec<f32>, ModelError> {
        match self.heads() {
            Some(_) => Ok(Vec::new()),
            None => self.last_logits(states),
        }
    }
}
