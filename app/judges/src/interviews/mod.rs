//! A judge with a rubric is a reward. Every candidate is asked about in several passes; what could not be read or was not
//! answered is counted and said, and a dimension without any usable answer is unknown.

mod card;
mod checklist;
mod expected;
mod generative;
mod pairwise;
mod paraphrase;
pub(crate) mod requirements;
mod side_by_side;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
mod weighed;

use std::sync::{Arc, Mutex, PoisonError};

use retake_core::{
    Dimension, Instruction, Raster, Reward, RewardInfo, Said, ScoreRequest, Scorecard, Stop,
    Verdict, Watch, said,
};
use retake_pixels::resize;
use serde_json::{Value, json};

use crate::rubric::{Call, Kind, Order, Rubric, Shows, filled};
use crate::scales::Scale;
use crate::{Answer, Ask, Conversation, Cost, Judge, JudgeError, Part, Prefix, picture};

/// Changes whenever the same answers would be scored differently.
const VERSION: &str = "1";

/// How a judge is interviewed.
#[derive(Clone, Debug, PartialEq)]
pub struct How {
    /// how often each question is asked, at least 1
    pub passes: usize,
    /// in how many further ways the instruction is put, by the judge's own words; the passes take turns with them
    pub paraphrases: usize,
    /// what the person goes by, in their words
    pub principles: Vec<String>,
    /// whether scores are read from the probabilities of their digits, where the judge tells them
    pub expected: bool,
}

impl Default for How {
    fn default() -> Self {
        Self {
            passes: 1,
            paraphrases: 0,
            principles: Vec::new(),
            expected: false,
        }
    }
}

/// See the module.
pub struct Interview {
    judge: Arc<dyn Judge>,
    rubric: Rubric,
    scale: &'static Scale,
    how: How,
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
            judge,
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

    /// The seed of a pass, and of its second try.
    fn ask(&self, pass: usize, again: bool) -> Ask {
        let shift = if again { 1000 } else { 0 };
        Ask {
            max_tokens: self.rubric.max_tokens,
            temperature: self.rubric.temperature,
            top_p: self.rubric.top_p,
            top_k: self.rubric.top_k,
            seed: self.rubric.seed + pass as u64 + shift,
            weigh: Vec::new(),
            begun: String::new(),
        }
    }

    /// The text of a call for this wording of the instruction.
    fn text(
        &self,
        call: &Call,
        instruction: &Instruction,
        wording: &str,
        questions: &str,
    ) -> String {
        let principles = match &self.how.principles[..] {
            [] => String::new(),
            principles => format!(
                "Whoever asked goes by these principles, and they come before your taste:\n- {}",
                principles.join("\n- ")
            ),
        };
        let (low, high) = (self.scale.low.to_string(), self.scale.high.to_string());
        filled(
            &call.text,
            &[
                ("instruction", wording),
                ("low", &low),
                ("high", &high),
                ("principles", &principles),
                ("questions", questions),
                (
                    "requirements",
                    requirements::of(&self.rubric.requirements, instruction),
                ),
            ],
        )
    }

    /// What the questions of a call share, and what follows the edited pictures.
    fn prefix<'a>(
        &self,
        call: &Call,
        text: &'a str,
        source: &'a Raster,
    ) -> (Prefix<'a>, Option<&'a str>) {
        let shows_source = call.pictures.contains(&Shows::Source);
        let source = shows_source.then_some(Part::Picture(source));
        let first = (call.order == Order::TextFirst).then(|| Part::text(text));
        let after = (call.order == Order::PicturesFirst).then_some(text);
        let prefix = Prefix {
            system: self.rubric.system.clone(),
            parts: first.into_iter().chain(source).collect(),
        };
        (prefix, after)
    }

    fn group(
        &self,
        group: &ScoreRequest<'_>,
        watch: &dyn Watch,
    ) -> Result<Vec<Scorecard>, JudgeError> {
        let (least, most) = (self.rubric.min_pixels, self.rubric.max_pixels);
        let source = picture::between(group.source, least, most);
        let edited: Vec<Raster> = group.edited.iter().map(|e| beside(&source, e)).collect();
        let wordings =
            paraphrase::wordings(&*self.judge, group.instruction, self.how.paraphrases, watch)
                .unwrap_or_else(|why| {
                    self.note(why);
                    vec![group.instruction.text.clone()]
                });
        if self.rubric.kind == Kind::Pairwise {
            let asked = pairwise::Asked {
                source: &source,
                edited: &edited,
                instruction: group.instruction,
                wording: &wordings[0],
            };
            return pairwise::group(self, &asked, watch);
        }
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
                let (prefix, after) = self.prefix(call, text, &source);
                of_wording.push((self.judge.begin(&prefix, watch)?, after));
            }
            conversations.push(of_wording);
        }
        let tasks: Vec<Task> = (0..edited.len())
            .flat_map(|candidate| (0..self.how.passes).map(move |pass| (candidate, pass)))
            .flat_map(|(candidate, pass)| {
                (0..self.rubric.calls.len()).map(move |call| Task {
                    candidate,
                    pass,
                    call,
                })
            })
            .collect();
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
                Kind::Generative | Kind::Pairwise => {
                    generative::ask(self, call, conversation, rest, how, watch)
                }
            }
        };
        let answered = |told: Result<Told, JudgeError>| match told {
            Err(JudgeError::Unanswered(why)) => Ok(Told {
                values: Err(why),
                words: String::new(),
                answer: String::new(),
                cost: Cost::default(),
            }),
            told => told,
        };
        let first = answered(once(false))?;
        // an answer that was not given was asked for several times already, and a judge that does not draw lots
        // would say the same again
        if first.values.is_ok() || first.answer.is_empty() || self.rubric.temperature == 0.0 {
            return Ok(first);
        }
        let second = answered(once(true))?;
        Ok(Told {
            cost: first.cost.and(second.cost),
            ..second
        })
    }

    /// Nothing is known of any.
    fn unknown(&self, count: usize, why: &Said) -> Vec<Scorecard> {
        let unknown = self.scale.fills.iter();
        let card = Scorecard {
            unknown: unknown
                .map(|name| (Dimension::from(*name), why.clone()))
                .collect(),
            ..Scorecard::default()
        };
        vec![card; count]
    }
}

impl Reward for Interview {
    fn info(&self) -> RewardInfo {
        let (id, about) = match self.rubric.kind {
            Kind::Generative => ("generative_judge", "A model reasons and writes scores."),
            Kind::Digits => (
                "digit_judge",
                "The probabilities of a model's one digit are read.",
            ),
            Kind::YesNo => (
                "yes_no_judge",
                "The probabilities of a model's yes and no are read.",
            ),
            Kind::Checklist => (
                "checklist_judge",
                "A model answers questions from the instruction's parts.",
            ),
            Kind::Pairwise => (
                "pairwise_judge",
                "A model compares edits two by two, in both orders.",
            ),
        };
        RewardInfo {
            id,
            version: VERSION,
            dimensions: self.scale.fills,
            about,
        }
    }

    fn settings(&self) -> Value {
        let judge = self.judge.info();
        json!({
            "model": judge.name,
            "model_version": judge.version,
            "place": judge.place,
            "rubric": self.rubric.id,
            "rubric_hash": self.rubric.hash,
            "formula": self.rubric.formula,
            "passes": self.how.passes,
            "paraphrases": self.how.paraphrases,
            "principles": self.how.principles,
            "expected": self.how.expected,
        })
    }

    fn score(&self, group: &ScoreRequest<'_>, watch: &dyn Watch) -> Result<Vec<Scorecard>, Stop> {
        match self.group(group, watch) {
            Ok(cards) => Ok(cards),
            Err(JudgeError::Stopped) => Err(Stop::Cancelled),
            Err(error) => {
                let why = error.said();
                self.note(said!("The judge could not be asked: {why}", why = &why));
                Ok(self.unknown(group.edited.len(), &why))
            }
        }
    }

    fn compares(&self) -> bool {
        self.rubric.kind == Kind::Pairwise
    }

    fn compare(
        &self,
        source: &Raster,
        pair: [&Raster; 2],
        instruction: &Instruction,
        watch: &dyn Watch,
    ) -> Result<Option<Verdict>, Stop> {
        if !self.compares() {
            return Ok(None);
        }
        let (least, most) = (self.rubric.min_pixels, self.rubric.max_pixels);
        let source = picture::between(source, least, most);
        let edited = pair.map(|edit| beside(&source, edit));
        let asked = pairwise::Asked {
            source: &source,
            edited: &edited,
            instruction,
            wording: &instruction.text,
        };
        match pairwise::verdict(self, &asked, watch) {
            Ok(verdict) => Ok(verdict),
            Err(JudgeError::Stopped) => Err(Stop::Cancelled),
            Err(error) => {
                let why = error.said();
                self.note(said!("The judge could not be asked: {why}", why = &why));
                Ok(None)
            }
        }
    }

    fn notices(&self) -> Vec<Said> {
        self.notices
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

/// The edit as judges are shown it: at the source's size, as the published protocols have it; one of another shape (a crop,
/// a turn) keeps its own.
fn beside(source: &Raster, edited: &Raster) -> Raster {
    let shape = |raster: &Raster| raster.width as f64 / raster.height.max(1) as f64;
    if (edited.width, edited.height) == (source.width, source.height) || edited.is_empty() {
        return edited.clone();
    }
    if (shape(edited) / shape(source) - 1.0).abs() < 0.02 {
        return resize::raster(edited, source.width, source.height);
    }
    picture::within(edited, source.len().max(28 * 28))
}

/// An answer's text, with an end that says whether it is whole: a number at the very end of one that was cut off may have
/// lost its last digits.
fn whole(answer: &Answer) -> String {
    match answer.finished {
        true => format!("{}\n", answer.text),
        false => answer.text.clone(),
    }
}

/// The instruction's own words, where nothing was understood.
fn words_of(instruction: &Instruction) -> &str {
    instruction.text.trim()
}
