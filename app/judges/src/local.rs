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
mod tests {
    use retake_core::Quiet;

    use super::*;

    fn judge() -> LocalJudge {
        let folder = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../tests/parity/cases/qwen3_vl/model"
        );
        LocalJudge::open(Path::new(folder), None).expect("a judge")
    }

    fn photo(light: f32) -> Raster {
        Raster::from_fn(96, 64, |x, y| {
            [light, light * (x as f32 / 96.0), light * (y as f32 / 64.0)]
        })
    }

    fn ask() -> Ask {
        Ask {
            max_tokens: 4,
            weigh: vec![
                "yes".to_owned(),
                "no".to_owned(),
                "☃ no single token".to_owned(),
            ],
            ..Ask::default()
        }
    }

    #[test]
    fn a_question_with_a_prefix_is_answered_as_one_without() {
        let judge = judge();
        let (source, edited) = (photo(0.4), photo(0.7));
        let parts = [
            Part::text("score the edit : make the sky warm . "),
            Part::Picture(&source),
            Part::Picture(&edited),
            Part::text("yes or no ?"),
        ];
        let answers = [0, 2].map(|split| {
            let prefix = Prefix {
                system: None,
                parts: parts[..split].to_vec(),
            };
            let begun = judge.begin(&prefix, &Quiet).expect("a conversation");
            begun
                .ask(&parts[split..], &ask(), &Quiet)
                .expect("an answer")
        });
        let [whole, split] = &answers;
        assert_eq!(whole.text, split.text);
        assert_eq!((whole.cost.reused, whole.cost.read), (0, split.cost.read));
        assert!(split.cost.reused > 10, "{:?}", split.cost);
        for (a, b) in whole.tokens.iter().zip(&split.tokens) {
            assert!((a.log_probability - b.log_probability).abs() < 1e-4);
            assert_eq!(a.others.len(), 2, "what is no single token is not known");
            assert!(a.others.iter().all(|(_, log)| *log < 0.0));
        }
        assert!(!whole.tokens.is_empty());
    }

    #[test]
    fn the_same_question_has_the_same_answer() {
        let judge = judge();
        let prefix = Prefix::default();
        let begun = judge.begin(&prefix, &Quiet).expect("a conversation");
        let how = Ask {
            temperature: 0.8,
            seed: 6,
            ..ask()
        };
        let answer = || {
            begun
                .ask(&[Part::text("score ?")], &how, &Quiet)
                .expect("an answer")
                .text
        };
        assert_eq!(answer(), answer());
    }

    #[test]
    fn questions_side_by_side_have_the_answers_that_each_has_alone() {
        let judge = judge();
        let source = photo(0.4);
        let edits: Vec<Raster> = (1..5u8).map(|i| photo(f32::from(i) / 5.0)).collect();
        let prefix = Prefix {
            system: None,
            parts: vec![Part::text("score the edit : "), Part::Picture(&source)],
        };
        let how = |seed: u64| Ask {
            max_tokens: 12,
            temperature: if seed.is_multiple_of(4) { 0.0 } else { 0.9 },
            seed,
            ..ask()
        };
        let questions: Vec<(usize, u64)> = (0..24).map(|i| (i as usize / 6, i)).collect();
        let answers = |together: bool| {
            let begun = judge.begin(&prefix, &Quiet).expect("a conversation");
            let one = |&(edit, seed): &(usize, u64)| {
                let rest = [Part::Picture(&edits[edit]), Part::text("yes or no ?")];
                let answer = begun.ask(&rest, &how(seed), &Quiet).expect("an answer");
                (
                    answer.text,
                    answer.tokens,
                    answer.finished,
                    answer.cost.reused,
                )
            };
            match together {
                false => questions.iter().map(one).collect::<Vec<_>>(),
                true => std::thread::scope(|scope| {
                    let threads: Vec<_> = questions
                        .chunks(4)
                        .map(|some| scope.spawn(move || some.iter().map(one).collect::<Vec<_>>()))
                        .collect();
                    let answers = threads
                        .into_iter()
                        .map(|thread| thread.join().expect("answers"));
                    answers.flatten().collect()
                }),
            }
        };
        let (alone, together) = (answers(false), answers(true));
        // who read a question that several ask may differ
        let said = |answers: &[(String, Vec<Token>, bool, usize)]| {
            let said = answers
                .iter()
                .map(|(text, tokens, end, _)| (text.clone(), tokens.clone(), *end));
            said.collect::<Vec<_>>()
        };
        assert_eq!(said(&together), said(&alone));
        let read = |answers: &[(String, Vec<Token>, bool, usize)]| {
            let first = answers.iter().map(|(_, _, _, reused)| *reused).min();
            answers
                .iter()
                .filter(|(_, _, _, reused)| Some(*reused) == first)
                .count()
        };
        assert_eq!(
            (read(&alone), read(&together)),
            (4, 4),
            "each picture is read once"
        );
    }

    #[test]
    fn whoever_stops_leaves_the_others_their_answers() {
        struct Soon(std::sync::atomic::AtomicUsize);
        impl Watch for Soon {
            fn progress(&self, _stage: &'static str, _done: usize, _total: usize) {}
            fn stopped(&self) -> bool {
                // while the question is read nobody stops
                self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed) > 8
            }
        }
        let judge = judge();
        let begun = judge
            .begin(&Prefix::default(), &Quiet)
            .expect("a conversation");
        let long = Ask {
            max_tokens: 40,
            temperature: 0.9,
            ..ask()
        };
        let alone = begun
            .ask(&[Part::text("score ?")], &long, &Quiet)
            .expect("an answer");
        std::thread::scope(|scope| {
            let begun = &begun;
            let stays = (0..3).map(|_| {
                scope.spawn(|| {
                    begun
                        .ask(&[Part::text("score ?")], &long, &Quiet)
                        .expect("an answer")
                        .text
                })
            });
            let stays: Vec<_> = stays.collect();
            let leaves = scope.spawn(|| {
                let more = Ask {
                    max_tokens: 400,
                    ..long.clone()
                };
                begun.ask(&[Part::text("score ?")], &more, &Soon(Default::default()))
            });
            let left = leaves.join().expect("a thread").map(|answer| answer.text);
            assert!(
                left.as_ref()
                    .is_err_and(|fault| *fault == JudgeError::Stopped),
                "{left:?}"
            );
            for thread in stays {
                assert_eq!(thread.join().expect("a thread"), alone.text);
            }
        });
    }

    #[test]
    fn a_picture_that_cannot_be_looked_at_leaves_one_question_unanswered() {
        let judge = judge();
        let thin = Raster::from_fn(900, 3, |_, _| [0.5; 3]);
        let begun = judge
            .begin(&Prefix::default(), &Quiet)
            .expect("a conversation");
        let fault = begun
            .ask(&[Part::Picture(&thin)], &ask(), &Quiet)
            .expect_err("no answer");
        assert!(
            matches!(&fault, JudgeError::Unanswered(said) if said.to_string().contains("too thin")),
            "{fault}"
        );
        assert!(begun.ask(&[Part::text("score ?")], &ask(), &Quiet).is_ok());
    }

    #[test]
    fn it_stops_when_the_person_does() {
        struct Stopped;
        impl Watch for Stopped {
            fn progress(&self, _stage: &'static str, _done: usize, _total: usize) {}
            fn stopped(&self) -> bool {
                true
            }
        }
        let judge = judge();
        let begun = judge
            .begin(&Prefix::default(), &Quiet)
            .expect("a conversation");
        let fault = begun
            .ask(&[Part::text("score ?")], &ask(), &Stopped)
            .expect_err("no answer");
        assert_eq!(fault, JudgeError::Stopped);
    }

    #[test]
    fn a_folder_that_is_no_judge_is_one_sentence() {
        let folder = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../tests/parity/cases/flux2_klein/model"
        );
        let said = LocalJudge::open(Path::new(folder), None)
            .err()
            .expect("a refusal")
            .to_string();
        assert!(
            said.contains("model_index.json") && !said.contains('\n'),
            "{said}"
        );
    }
}
