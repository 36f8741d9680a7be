//! A judge with a rubric is a reward. Every candidate is asked about in several passes; what could not be read or was not
//! answered is counted and said, and a dimension without any usable answer is unknown.

mod card;
mod checklist;
mod expected;
mod generative;
mod meter;
mod pairwise;
mod paraphrase;
pub(crate) mod requirements;
mod reward;
mod settings;
mod side_by_side;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
mod weighed;
#[cfg(test)]
mod weighing_tests;

use std::sync::{Arc, Mutex, PoisonError};

use retake_core::{Distribution, Instruction, Raster, Said, ScoreRequest, Scorecard, Watch};

use crate::rubric::{Kind, Rubric};
use crate::scales::Scale;
use crate::{Conversation, Cost, Judge, JudgeError, Part, picture};
use meter::Metered;
use settings::{beside, words_of};

pub use settings::How;

/// See the module.
pub struct Interview {
    judge: Metered,
    rubric: Rubric,
    scale: &'static Scale,
    how: How,
    /// an instruction, and the ways to put it
    wordings: Mutex<Option<(String, Vec<String>)>>,
    notices: Mutex<Vec<Said>>,
}

/// What came of one question.
struct Told {
    /// its scores on the rubric's scale, or why there are none
    values: Result<Vec<f64>, Said>,
    /// the judge's reasons
    words: String,
    /// what it wrote
    answer: String,
    /// what could have stood where it wrote its scores, where it tells
    weighed: Vec<Distribution>,
    cost: Cost,
}

/// A conversation that has begun, and the words that follow the edited picture.
type Begun<'a> = (Box<dyn Conversation + 'a>, Option<&'a str>);

/// One question to be asked.
#[derive(Clone, Copy)]
struct Task {
    candidate: usize,
    pass: usize,
    call: usize,
}

impl Interview {
    /// With this rubric. `None` where its formula is unknown, which no rubric that was read is.
    pub fn new(judge: Arc<dyn Judge>, rubric: Rubric, how: How) -> Option<Self> {
        Some(Self {
            scale: rubric.scale()?,
            judge: Metered::new(judge, how.price),
            wordings: Mutex::new(None),
            rubric,
            how: How {
                passes: how.passes.max(1),
                ..how
            },
            notices: Mutex::new(Vec::new()),
        })
    }

    fn note(&self, notice: Said) {
        let mut notices = self.notices.lock().unwrap_or_else(PoisonError::into_inner);
        if !notices.contains(&notice) {
            notices.push(notice);
        }
    }

    /// The instruction's ways to be put, asked for once.
    fn wordings(&self, instruction: &Instruction, watch: &dyn Watch) -> Vec<String> {
        let lock = || self.wordings.lock().unwrap_or_else(PoisonError::into_inner);
        let known = lock().clone();
        if let Some((_, wordings)) = known.filter(|(text, _)| *text == instruction.text) {
            return wordings;
        }
        match paraphrase::wordings(&self.judge, instruction, self.how.paraphrases, watch) {
            Ok(wordings) => {
                *lock() = Some((instruction.text.clone(), wordings.clone()));
                wordings
            }
            Err(why) => {
                self.note(why);
                vec![words_of(instruction).to_owned()]
            }
        }
    }

    /// All passes from this one on, as many as a judgement has.
    fn group(
        &self,
        group: &ScoreRequest<'_>,
        first: usize,
        watch: &dyn Watch,
    ) -> Result<Vec<Scorecard>, JudgeError> {
        let (least, most) = (self.rubric.min_pixels, self.rubric.max_pixels);
        let source = picture::between(group.source, least, most);
        let edited: Vec<Raster> = group.edited.iter().map(|e| beside(&source, e)).collect();
        let wordings = self.wordings(group.instruction, watch);
        if self.rubric.kind.compares() {
            let asked = pairwise::Asked {
                source: &source,
                edited: &edited,
                instruction: group.instruction,
                wording: &wordings[0],
            };
            return pairwise::group(self, &asked, watch);
        }
        let marked = self.marked(&source, group.instruction);
        let questions = checklist::questions(group.instruction);
        let listed = checklist::listed(&questions);
        let texts: Vec<Vec<String>> = wordings
            .iter()
            .map(|words| {
                self.rubric
                    .calls
                    .iter()
                    .map(|call| self.text(call, group.instruction, words, &listed))
                    .collect()
            })
            .collect();
        // a conversation a wording and call: all candidates and passes share its beginning
        let mut conversations: Vec<Vec<Begun<'_>>> = Vec::new();
        for texts in &texts {
            let mut of_wording = Vec::new();
            for (call, text) in self.rubric.calls.iter().zip(texts) {
                let (prefix, after) = self.prefix(call, text, [&source, &marked]);
                of_wording.push((self.judge.begin(&prefix, watch)?, after));
            }
            conversations.push(of_wording);
        }
        let tasks: Vec<Task> = (0..edited.len())
            .flat_map(|candidate| {
                (first..first + self.how.passes).map(move |pass| (candidate, pass))
            })
            .flat_map(|(candidate, pass)| {
                (0..self.rubric.calls.len()).map(move |call| Task {
                    candidate,
                    pass,
                    call,
                })
            })
            .collect();
        self.judge.owes(tasks.len());
        let told = side_by_side::all(self.judge.info().at_once, &tasks, watch, |task| {
            let (conversation, after) = &conversations[task.pass % wordings.len()][task.call];
            let mut rest = vec![Part::Picture(&edited[task.candidate])];
            rest.extend(after.map(Part::text));
            self.question(&**conversation, &rest, *task, &questions, watch)
        })?;
        Ok((0..edited.len())
            .map(|candidate| {
                let of_it = tasks
                    .iter()
                    .zip(&told)
                    .filter(|(task, _)| task.candidate == candidate);
                card::of(self, &of_it.collect::<Vec<_>>(), &wordings)
            })
            .collect())
    }

    /// Asks one question, once more where its answer cannot be read.
    fn question(
        &self,
        conversation: &dyn Conversation,
        rest: &[Part<'_>],
        task: Task,
        questions: &[checklist::Question],
        watch: &dyn Watch,
    ) -> Result<Told, JudgeError> {
        let call = &self.rubric.calls[task.call];
        let once = |again: bool| {
            let how = self.ask(task.pass, again);
            match self.rubric.kind {
                Kind::Digits => weighed::digit(self, conversation, rest, how, watch),
                Kind::YesNo => weighed::yes_no(conversation, rest, how, watch),
                Kind::Checklist => checklist::ask(conversation, rest, &how, questions, watch),
                Kind::Generative | Kind::Pairwise | Kind::PairwiseYesNo => {
                    generative::ask(self, call, conversation, rest, how, watch)
                }
            }
        };
        let answered = |told: Result<Told, JudgeError>| match told {
            Err(JudgeError::Unanswered(why)) => Ok(Told {
                values: Err(why),
                words: String::new(),
                answer: String::new(),
                weighed: Vec::new(),
                cost: Cost::default(),
            }),
            told => told,
        };
        let first = answered(once(false))?;
        // an answer that was not given was asked for several times already, and a judge that does not draw lots
        // would say the same again
        let again = first.values.is_err() && !first.answer.is_empty();
        if !again || self.rubric.temperature == 0.0 || !self.judge.has_one_to_spare() {
            return Ok(first);
        }
        let second = answered(once(true))?;
        Ok(Told {
            cost: first.cost.and(second.cost),
            ..second
        })
    }
}
