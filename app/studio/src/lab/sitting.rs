//! A sitting behind its panel: who sits, what is asked, the pictures of the question, and at the end how far raters agree.
//! Answers are on disk before the next question; all that takes its time has a thread of its own.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use retake_core::{Said, said};
use retake_engine::Shown;
use retake_lab::case::{Case, Take};
use retake_lab::dataset::Dataset;
use retake_lab::measures::bootstrap::Draws;
use retake_lab::recorded::FORMULAS;
use retake_lab::scoring::open_case;
use retake_lab::sittings::agreement::{Opinion, recorded};
use retake_lab::sittings::{Agreement, Manner, Question, Sitting, Verdict, journal, lineups};

use super::errand::{Came, Errand, Wake};

/// The long edge at which pictures are looked at, px.
const LONG_EDGE: usize = 1400;
/// So many of a hundred questions are asked a second time, unless somebody says otherwise.
pub(crate) const AGAIN: u8 = 10;
/// Rounds behind the intervals of the agreement.
const ROUNDS: usize = 200;

/// The source and the edits of a question from left to right, or why they cannot be shown.
type Pictures = Result<Vec<Arc<Shown>>, Said>;

/// See the module.
#[derive(Default)]
pub(crate) struct Table {
    opening: Option<Errand<Result<Sitting, Said>>>,
    folder: PathBuf,
    /// whoever sits
    pub(crate) sitting: Option<Sitting>,
    /// why nobody does, or why an answer was not kept
    pub(crate) trouble: Option<Said>,
    loading: Option<(Question, Errand<Pictures>)>,
    /// what is looked at
    pub(crate) shown: Option<(Question, Vec<Arc<Shown>>)>,
    /// why questions were not asked this time: a picture of theirs does not open
    pub(crate) passed: Vec<Said>,
    agreeing: Option<Errand<Result<Agreement, Said>>>,
    /// how far raters agree, once all is answered
    pub(crate) agreement: Option<Result<Agreement, Said>>,
}

/// The folder of a sitting over some data: the same data and the same way of asking find it again.
pub(crate) fn folder(home: &Path, data: &Path, manner: Manner) -> PathBuf {
    let whole = std::path::absolute(data).unwrap_or_else(|_| data.to_owned());
    let mut words = format!("{}\u{1f}{}", whole.display(), manner.kind);
    if (manner.seed, manner.again) != (0, AGAIN) {
        words += &format!("\u{1f}{}\u{1f}{}", manner.seed, manner.again);
    }
    // FNV-1a, 64 bits
    let name = words.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    home.join("sittings").join(format!("{name:016x}"))
}

impl Table {
    /// Somebody sits down.
    pub(super) fn open(
        &mut self,
        folder: PathBuf,
        data: Dataset<'static>,
        manner: Manner,
        rater: String,
        wake: &Wake,
    ) {
        let at = folder.clone();
        *self = Self {
            folder,
            ..Self::default()
        };
        self.opening = Some(Errand::begin("lab sitting", wake, move |_| {
            let asked = || {
                let (lineups, _) = lineups(&data)?;
                let begun = match at.join(journal::NAME).is_file() {
                    true => Some(journal::read(&at)?.0.manner),
                    false => None,
                };
                let manner = begun.unwrap_or(manner);
                Sitting::open(&at, lineups, manner, &rater)
            };
            asked().map_err(|error: retake_lab::LabError| error.said())
        }));
    }

    /// Rewards have scored since: how far they agree with raters is worked out anew.
    pub(super) fn scored_since(&mut self) {
        (self.agreement, self.agreeing) = (None, None);
    }
    /// Whoever sat gets up; what was said is kept.
    pub(crate) fn leave(&mut self) {
        *self = Self::default();
    }

    /// Whether a thread is at work.
    pub(super) fn busy(&self) -> bool {
        self.opening.is_some() || self.loading.is_some() || self.agreeing.is_some()
    }
    /// Whether the data is read for somebody who wants to sit.
    pub(crate) fn is_opening(&self) -> bool {
        self.opening.is_some()
    }
    /// Whether a question can be answered: its pictures were seen.
    pub(crate) fn asks(&self) -> bool {
        let now = self.sitting.as_ref().and_then(Sitting::now);
        now.is_some() && self.shown.as_ref().map(|(question, _)| question) == now
    }

    /// The edit at this place, from the left, is the best.
    pub(crate) fn best(&mut self, place: usize) {
        let there = self
            .shown
            .as_ref()
            .is_some_and(|(question, _)| place < question.shown.len());
        if there && self.asks() {
            self.answered(|sitting| sitting.best(place));
        }
    }
    /// Another answer.
    pub(crate) fn say(&mut self, verdict: Verdict) {
        if self.asks() {
            self.answered(|sitting| sitting.say(verdict));
        }
    }
    /// The question before, once more.
    pub(crate) fn back(&mut self) {
        if let Some(sitting) = &mut self.sitting {
            sitting.back();
            self.agreement = None;
        }
    }
    fn answered(&mut self, say: impl FnOnce(&mut Sitting) -> Result<(), retake_lab::LabError>) {
        let told = self.sitting.as_mut().map(say);
        self.trouble = told.and_then(Result::err).map(|error| error.said());
    }

    /// Takes in what the threads have to say, and sends off the next.
    pub(super) fn take_in(&mut self, wake: &Wake, opinions: &dyn Fn() -> Vec<(String, Opinion)>) {
        match self.opening.as_ref().map(Errand::came) {
            None | Some(Came::Waiting) => {}
            Some(Came::Lost) => self.end_opening(Err(said!("the reading broke off"))),
            Some(Came::Answer(told)) => self.end_opening(told),
        }
        if let Some((question, errand)) = &self.loading {
            let told = match errand.came() {
                Came::Waiting => None,
                Came::Lost => Some(Err(said!("the picture could not be opened"))),
                Came::Answer(pictures) => Some(pictures),
            };
            match told {
                None => {}
                Some(Ok(pictures)) => {
                    self.shown = Some((question.clone(), pictures));
                    self.loading = None;
                }
                // nobody can answer what cannot be seen; it is asked the next time somebody sits down
                Some(Err(why)) => {
                    let now = self.sitting.as_mut();
                    if let Some(sitting) = now.filter(|sitting| sitting.now() == Some(question)) {
                        sitting.pass();
                        self.passed.push(why);
                    }
                    self.loading = None;
                }
            }
        }
        match self.agreeing.as_ref().map(Errand::came) {
            None | Some(Came::Waiting) => {}
            Some(Came::Lost) => self.agreeing = None,
            Some(Came::Answer(told)) => {
                self.agreeing = None;
                self.agreement = Some(told);
            }
        }
        self.send_off(wake, opinions);
    }

    fn end_opening(&mut self, told: Result<Sitting, Said>) {
        self.opening = None;
        match told {
            Ok(sitting) => self.sitting = Some(sitting),
            Err(why) => self.trouble = Some(why),
        }
    }

    fn send_off(&mut self, wake: &Wake, opinions: &dyn Fn() -> Vec<(String, Opinion)>) {
        let Some(sitting) = &self.sitting else { return };
        let Some(question) = sitting.now() else {
            if self.agreement.is_none() && self.agreeing.is_none() {
                let (folder, lineups) = (self.folder.clone(), bare(sitting.lineups()));
                let rewards = opinions();
                self.agreeing = Some(Errand::begin("lab agreement", wake, move |_| {
                    agreement(&folder, &lineups, rewards)
                }));
            }
            return;
        };
        let is = |known: Option<&Question>| known == Some(question);
        let loads = self.loading.as_ref().map(|(known, _)| known);
        if is(self.shown.as_ref().map(|(known, _)| known)) || is(loads) {
            return;
        }
        let lineup = sitting.lineup(question);
        let takes = question
            .shown
            .iter()
            .map(|&take| lineup.takes[take].clone());
        let case = Case {
            takes: takes.collect(),
            source: lineup.source.clone(),
            ..Case::default()
        };
        let errand = Errand::begin("lab pictures", wake, move |_| {
            let opened = open_case(&case, LONG_EDGE)?;
            let all = [&*opened.source].into_iter().chain(&opened.edits);
            Ok(all.map(|raster| Arc::new(Shown::of(raster))).collect())
        });
        self.loading = Some((question.clone(), errand));
    }
}

/// Without their pictures.
fn bare(lineups: &[Case]) -> Vec<Case> {
    let take = |take: &Take| Take {
        picture: None,
        ..take.clone()
    };
    let bare = lineups.iter().map(|lineup| Case {
        takes: lineup.takes.iter().map(take).collect(),
        source: None,
        mask: None,
        ..lineup.clone()
    });
    bare.collect()
}

/// How far raters agree, with each other, with what the data set keeps, and with the rewards that scored it here.
fn agreement(
    folder: &Path,
    lineups: &[Case],
    rewards: Vec<(String, Opinion)>,
) -> Result<Agreement, Said> {
    let sentence = |error: retake_lab::LabError| error.said();
    let (head, answers) = journal::read(folder).map_err(sentence)?;
    let mut opinions = recorded(lineups, FORMULAS[0].id).map_err(sentence)?;
    for (name, opinion) in rewards {
        if opinions.iter().all(|(known, _)| *known != name) {
            opinions.push((name, opinion));
        }
    }
    let draws = Draws {
        rounds: ROUNDS,
        seed: 0,
    };
    Ok(Agreement::of(
        &answers,
        head.manner.kind,
        lineups,
        &opinions,
        draws,
    ))
}
