//! A judge in this process: a Qwen2.5-VL or Qwen3-VL, its weights in a folder. What questions share is read once and
//! kept; a question costs what is new in it, and one that is asked again only its answer. Answers are written side by side.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use retake_core::{Raster, Said, Watch};
use retake_vision::picture::Bitmap;
use retake_vision::qwen_vl::{self, Asked, Density, QwenVl};

use crate::desk::Desk;
use crate::judge::{
    Answer, Ask, Conversation, Cost, Judge, JudgeError, JudgeInfo, Part, Prefix, Token,
};
use crate::picture::Shown;

/// Pictures are brought to at most this area, px: 512 × 512, which EditScore was trained with (Luo et al. 2025).
const MOST_PIXELS: usize = 512 * 512;

/// Answers that are written side by side.
const AT_ONCE: usize = 8;

/// Questions of a conversation that are kept after they were read: as many as are asked at once.
const KEPT: usize = AT_ONCE;

/// A model in memory.
pub struct LocalJudge {
    model: QwenVl,
    name: String,
    desk: Desk,
}

impl LocalJudge {
    /// Whether this is a folder, or a GGUF file: nothing of it is read.
    pub fn is_one(path: &Path) -> bool {
        let blocks = path.extension().is_some_and(|ending| ending == "gguf");
        path.is_dir() || (blocks && path.is_file())
    }

    /// Loads the model of a folder or of a GGUF file in one, or of an adapter's folder with the model that it was trained on
    /// beside it; held as densely as is asked, or as its files have it.
    pub fn open(folder: &Path, density: Option<Density>) -> Result<Self, Said> {
        Self::open_for(folder, density, 0)
    }

    /// The same for rubrics whose pictures have up to so many pixels, where that is more than usual.
    pub fn open_for(
        folder: &Path,
        density: Option<Density>,
        most_pixels: usize,
    ) -> Result<Self, Said> {
        let model =
            qwen_vl::open_here(folder, density).map_err(|fault| Said::words(fault.to_string()))?;
        let processor = model.processor();
        let (least, most) = (
            processor.least_pixels(),
            processor.most_pixels().min(MOST_PIXELS.max(most_pixels)),
        );
        Ok(Self {
            name: Self::name_of(folder),
            desk: Desk::default(),
            model: model.within(least.min(most), most),
        })
    }

    /// What a person calls the model of a folder.
    pub(crate) fn name_of(folder: &Path) -> String {
        let whole = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        let last = whole.file_name().unwrap_or(whole.as_os_str());
        last.to_string_lossy().into_owned()
    }

    /// The model itself.
    pub fn model(&self) -> &QwenVl {
        &self.model
    }
}

impl Judge for LocalJudge {
    fn info(&self) -> JudgeInfo {
        JudgeInfo {
            name: self.name.clone(),
            version: self.model.weights().to_owned(),
            place: "in process".to_owned(),
            // reading a question keeps all cores busy, and writing its answer waits for memory
            at_once: AT_ONCE,
            weighs: true,
            continues: true,
        }
    }

    fn begin(
        &self,
        prefix: &Prefix<'_>,
        watch: &dyn Watch,
    ) -> Result<Box<dyn Conversation + '_>, JudgeError> {
        let shown = Pictures::of(&prefix.parts);
        let read = self.desk.read(|| {
            let parts = shown.parts(&prefix.parts);
            let stop = || watch.stopped();
            self.model.prefix(prefix.system.as_deref(), &parts, &stop)
        });
        match read {
            Ok(Some(prefix)) => Ok(Box::new(Begun {
                judge: self,
                prefix,
                lately: Mutex::default(),
                waiting: Mutex::default(),
            })),
            Ok(None) => Err(JudgeError::Stopped),
            Err(fault) => Err(unanswered(&fault)),
        }
    }
}

/// Questions with one prefix.
struct Begun<'m> {
    judge: &'m LocalJudge,
    prefix: qwen_vl::Prefix<'m>,
    /// the questions read lately, the newest at the back
    lately: Mutex<VecDeque<Known<'m>>>,
    /// those that wait to be read
    waiting: Mutex<Vec<Question>>,
}

/// A question that was read, or why it was not.
struct Known<'m> {
    question: Question,
    asked: Result<Arc<Asked<'m>>, JudgeError>,
    /// whether somebody has asked it already
    told: bool,
}

/// What tells questions apart.
#[derive(Clone, PartialEq, Eq)]
struct Question {
    parts: Vec<Asking>,
    begun: String,
}

#[derive(Clone, PartialEq, Eq)]
enum Asking {
    Words(String),
    Picture(Arc<Bitmap>),
}

impl Question {
    fn parts(&self) -> Vec<qwen_vl::Part<'_>> {
        let parts = self.parts.iter().map(|part| match part {
            Asking::Words(words) => qwen_vl::Part::Words(words),
            Asking::Picture(picture) => qwen_vl::Part::Picture(picture),
        });
        parts.collect()
    }
}

impl<'m> Begun<'m> {
    /// A question that was read, and whether it was asked before. Whoever comes first reads all that wait.
    fn asked(
        &self,
        question: Question,
        watch: &dyn Watch,
    ) -> Result<(Arc<Asked<'m>>, bool), JudgeError> {
        let waiting = || self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let lately = || self.lately.lock().unwrap_or_else(PoisonError::into_inner);
        let known = || {
            let mut lately = lately();
            let known = lately.iter_mut().find(|known| known.question == question)?;
            let before = std::mem::replace(&mut known.told, true);
            Some(known.asked.clone().map(|asked| (asked, before)))
        };
        waiting().push(question.clone());
        self.judge.desk.read(|| {
            if let Some(asked) = known() {
                waiting().retain(|other| *other != question);
                return asked;
            }
            let mut some = vec![question.clone()];
            let mut later = Vec::new();
            for other in std::mem::take(&mut *waiting()) {
                let is_known = lately().iter().any(|known| known.question == other);
                if is_known || some.contains(&other) {
                    continue;
                }
                match some.len() < KEPT {
                    true => some.push(other),
                    false => later.push(other),
                }
            }
            waiting().extend(later);
            self.read(some, watch)?;
            known().unwrap_or(Err(JudgeError::Stopped))
        })
    }

    /// Reads some questions, each of which is then known.
    fn read(&self, some: Vec<Question>, watch: &dyn Watch) -> Result<(), JudgeError> {
        let parts: Vec<Vec<qwen_vl::Part<'_>>> = some.iter().map(Question::parts).collect();
        let questions: Vec<(&[qwen_vl::Part<'_>], &str)> = parts
            .iter()
            .zip(&some)
            .map(|(parts, question)| (&parts[..], &question.begun[..]))
            .collect();
        let read = self
            .prefix
            .with_all(&questions, &|| watch.stopped())
            .map_err(|fault| unanswered(&fault))?
            .ok_or(JudgeError::Stopped)?;
        let mut lately = self.lately.lock().unwrap_or_else(PoisonError::into_inner);
        for (question, read) in some.into_iter().zip(read) {
            while lately.len() >= KEPT {
                lately.pop_front();
            }
            lately.push_back(Known {
                question,
                asked: read.map(Arc::new).map_err(|fault| unanswered(&fault)),
                told: false,
            });
        }
        Ok(())
    }
}

impl Conversation for Begun<'_> {
    fn ask(&self, rest: &[Part<'_>], how: &Ask, watch: &dyn Watch) -> Result<Answer, JudgeError> {
        let began = Instant::now();
        let question = Question {
            parts: rest
                .iter()
                .map(|part| match part {
                    Part::Text(words) => Asking::Words(words.clone().into_owned()),
                    Part::Picture(raster) => Asking::Picture(Arc::new(bitmap(raster))),
                })
                .collect(),
            begun: how.begun.clone(),
        };
        let (asked, known) = self.asked(question, watch)?;
        let model = &self.judge.model;
        let chat = model.chat();
        let weighed: Vec<(u32, &String)> = how
            .weigh
            .iter()
            .filter_map(|text| Some((chat.token(text)?, text)))
            .collect();
        let writing = qwen_vl::How {
            most: how.max_tokens.max(1),
            temperature: how.temperature,
            top_p: how.top_p,
            top_k: how.top_k,
            seed: how.seed,
            weighed: weighed.iter().map(|(token, _)| *token).collect(),
            past_the_end: false,
        };
        let writing = asked
            .writing(&writing)
            .map_err(|fault| unanswered(&fault))?;
        let answer = self.judge.desk.write(model, writing, watch)?;
        let token = |written: &qwen_vl::Written| Token {
            text: chat.text_of(written.id),
            log_probability: written.log_probability,
            others: weighed
                .iter()
                .zip(&written.weighed)
                .map(|((_, text), log)| ((*text).clone(), *log))
                .collect(),
        };
        // an answer that ends at once still says what it weighed there
        let at_end = answer.at_end.iter().filter(|_| answer.tokens.is_empty());
        Ok(Answer {
            tokens: match how.weigh.is_empty() {
                true => Vec::new(),
                false => answer.tokens.iter().chain(at_end).map(token).collect(),
            },
            finished: answer.at_end.is_some(),
            cost: Cost {
                read: asked.length(),
                reused: match known {
                    true => asked.length(),
                    false => asked.reused(),
                },
                written: answer.tokens.len(),
                seconds: began.elapsed().as_secs_f64(),
                retries: 0,
            },
            text: answer.text,
        })
    }
}

fn bitmap(raster: &Raster) -> Bitmap {
    let Shown { width, height, rgb } = Shown::of(raster);
    Bitmap { width, height, rgb }
}

/// The pictures of a message as a screen shows them, in their order.
struct Pictures(Vec<Bitmap>);

impl Pictures {
    fn of(parts: &[Part<'_>]) -> Self {
        let shown = parts.iter().filter_map(|part| match part {
            Part::Picture(raster) => Some(bitmap(raster)),
            Part::Text(_) => None,
        });
        Self(shown.collect())
    }

    /// The message with them.
    fn parts<'a>(&'a self, parts: &'a [Part<'_>]) -> Vec<qwen_vl::Part<'a>> {
        let mut pictures = self.0.iter();
        let shown = parts.iter().filter_map(|part| match part {
            Part::Text(words) => Some(qwen_vl::Part::Words(words)),
            Part::Picture(_) => pictures.next().map(qwen_vl::Part::Picture),
        });
        shown.collect()
    }
}

fn unanswered(fault: &impl std::fmt::Display) -> JudgeError {
    JudgeError::Unanswered(Said::words(fault.to_string()))
}

#[cfg(test)]
mod tests;
