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
mod side_by_side;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
mod weighed;

use std::sync::{Arc, Mutex, PoisonError};

use retake_core::{
    Dimension, Instruction, Raster, Reward, RewardInfo, Said, ScoreRequest, Scorecard, Stop,
    Verdict, Watch, Work, joined, said,
};
use retake_pixels::resize;
use serde_json::{Value, json};

use crate::rubric::{Call, Kind, Order, Rubric, Shows, filled};
use crate::scales::{PREFERRED, Scale};
use crate::{Answer, Ask, Conversation, Cost, Judge, JudgeError, Part, Prefix, picture};
use meter::Metered;

/// Changes whenever the same answers would be scored differently.
const VERSION: &str = "1";

/// What is said of a veil, where a rubric shows one.
const MARKED: &str =
    "The red veil over the photo marks what was to be edited; outside of it nothing was to change.";

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
    /// what a question costs, in the person's currency; 0 is nothing
    pub price: f64,
}

impl Default for How {
    fn default() -> Self {
        Self {
            passes: 1,
            paraphrases: 0,
            principles: Vec::new(),
            expected: false,
            price: 0.0,
        }
    }
}

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
                    "marked",
                    if instruction.mask.is_some() {
                        MARKED
                    } else {
                        ""
                    },
                ),
                (
                    "requirements",
                    requirements::of(&self.rubric.requirements, instruction),
                ),
            ],
        )
    }

    /// The photo with a red veil over what the person has marked; as it is where they have not, or where no call shows it.
    fn marked(&self, source: &Raster, instruction: &Instruction) -> Raster {
        let shows = |call: &Call| call.pictures.contains(&Shows::SourceMarked);
        let mask = instruction.mask.as_ref();
        match mask.filter(|_| self.rubric.calls.iter().any(shows)) {
            Some(mask) => picture::veiled(source, mask),
            None => source.clone(),
        }
    }

    /// What the questions of a call share, and what follows the edited pictures. The photo is given as it is, and marked.
    fn prefix<'a>(
        &self,
        call: &Call,
        text: &'a str,
        [source, marked]: [&'a Raster; 2],
    ) -> (Prefix<'a>, Option<&'a str>) {
        let shown = |what, picture| {
            call.pictures
                .contains(&what)
                .then_some(Part::Picture(picture))
        };
        let source = shown(Shows::Source, source).or_else(|| shown(Shows::SourceMarked, marked));
        let first = (call.order == Order::TextFirst).then(|| Part::text(text));
        let after = (call.order == Order::PicturesFirst).then_some(text);
        let prefix = Prefix {
            system: self.rubric.system.clone(),
            parts: first.into_iter().chain(source).collect(),
        };
        (prefix, after)
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

    /// Whether the same question may be answered otherwise.
    fn draws_lots(&self) -> bool {
        self.rubric.temperature > 0.0
            && matches!(self.rubric.kind, Kind::Generative | Kind::Checklist)
    }

    /// How many questions a candidate takes, or a comparison.
    fn questions(&self) -> usize {
        match self.rubric.kind {
            kind if kind.compares() => 2 * self.rubric.calls.len(),
            _ => self.how.passes * self.rubric.calls.len(),
        }
    }

    /// The questions of this work, each asked once.
    fn questions_of(&self, work: Work) -> usize {
        let pairwise = self.rubric.kind.compares();
        let asked = match work {
            Work::Score(count) if pairwise => pairwise::pairs(count).len() * self.questions(),
            Work::Again(count) if self.varies() => count * self.questions(),
            Work::Score(count) => count * self.questions(),
            Work::Compare if self.compares() => self.questions(),
            Work::Again(_) | Work::Compare => 0,
        };
        // the instruction may have to be put into other words first
        asked + usize::from(asked > 0 && self.how.paraphrases > 0)
    }

    /// Whether it says which of two edits is the better one; what one kept better is not that.
    fn prefers(&self) -> bool {
        self.rubric.kind.compares() && self.scale.fills == [PREFERRED]
    }

    /// Those that cannot be asked.
    fn or_unknown(
        &self,
        cards: Result<Vec<Scorecard>, JudgeError>,
        count: usize,
    ) -> Result<Vec<Scorecard>, Stop> {
        match cards {
            Ok(cards) => Ok(cards),
            Err(JudgeError::Stopped) => Err(Stop::Cancelled),
            Err(error) => {
                let why = error.said();
                self.note(said!("The judge could not be asked: {why}", why = &why));
                Ok(self.unknown(count, &why))
            }
        }
    }

    /// Its own part of a card of several.
    fn own(&self, card: &Scorecard) -> Scorecard {
        let mut own = card.clone();
        own.scores
            .retain(|name, _| self.scale.fills.contains(&name.0.as_str()));
        own.unknown
            .retain(|name, _| self.scale.fills.contains(&name.0.as_str()));
        own.raw.retain(|raw| raw.reward == self.info().id);
        own
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
            Kind::Pairwise | Kind::PairwiseYesNo => (
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
        self.or_unknown(self.group(group, 0, watch), group.edited.len())
    }

    fn score_again(
        &self,
        group: &ScoreRequest<'_>,
        so_far: &[Scorecard],
        pass: u32,
        watch: &dyn Watch,
    ) -> Result<Option<Vec<Scorecard>>, Stop> {
        let first = pass as usize * self.how.passes;
        // the same words would be answered with the same, once each of them was put
        let anew = self.draws_lots() || first <= self.how.paraphrases;
        if !self.varies() || !anew {
            return Ok(None);
        }
        let next = self.group(group, first, watch);
        let next = self.or_unknown(next, group.edited.len())?;
        let all = so_far.iter().zip(next);
        let all = all.map(|(before, next)| joined(&self.own(before), next, pass as usize));
        Ok(Some(all.collect()))
    }

    fn varies(&self) -> bool {
        // a share of victories is one among those that were compared, and no other group's
        !self.rubric.kind.compares() && (self.draws_lots() || self.how.paraphrases > 0)
    }

    fn is_slow(&self) -> bool {
        true
    }

    fn money(&self) -> f64 {
        self.judge.money()
    }

    fn price(&self, work: Work) -> f64 {
        self.judge.price_of(self.questions_of(work))
    }

    fn allow(&self, _: Work, money: f64) {
        self.judge.allow(money);
    }

    fn compare(
        &self,
        source: &Raster,
        pair: [&Raster; 2],
        instruction: &Instruction,
        watch: &dyn Watch,
    ) -> Result<Option<Verdict>, Stop> {
        if !self.prefers() {
            return Ok(None);
        }
        let source = picture::between(source, self.rubric.min_pixels, self.rubric.max_pixels);
        let edited = pair.map(|edit| beside(&source, edit));
        let wordings = self.wordings(instruction, watch);
        let asked = pairwise::Asked {
            source: &source,
            edited: &edited,
            instruction,
            wording: &wordings[0],
        };
        match pairwise::verdict(self, &asked, watch) {
            Ok(verdict) => Ok(verdict),
            Err(JudgeError::Stopped) => Err(Stop::Cancelled),
            Err(error) => {
                let why = error.said();
                self.note(said!("The judge could not be asked: {why}", why = why));
                Ok(None)
            }
        }
    }

    fn compares(&self) -> bool {
        self.prefers()
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
