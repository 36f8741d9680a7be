//! What the lab does for the page of failures: asks for findings, pictures, probes and the report, and keeps what people note.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use retake_core::{Said, said};
use retake_files::record::LabNotesRecord;
use retake_lab::analyse::Finding;
use retake_lab::case::Case;
use retake_lab::scoring::told_of;

use super::errand::{Came, Errand};
use super::failures::{self, Pictures, Probed, ToldOf};
use super::scoring::{Judge, folder_of};
use super::{Lab, LabTools};

/// What was told, beside the place of its case.
type Answers = Vec<(usize, ToldOf)>;

/// Cases whose pictures are held.
const HELD: usize = 6;

/// Cases of which is held what was told of them.
const TOLD: usize = 24;

/// Pictures, or why there are none.
pub(crate) type Seen = Result<Arc<Pictures>, Said>;

/// See the module.
#[derive(Default)]
pub(crate) struct Inspection {
    asked: Option<(&'static str, usize)>,
    finding: Option<Errand<Vec<Finding>>>,
    /// the cases that disagree, the worst first
    pub(crate) found: Arc<Vec<Finding>>,
    looking: Option<(usize, Errand<Result<Pictures, Said>>)>,
    seen: BTreeMap<usize, Seen>,
    telling: Option<(usize, Errand<Answers>)>,
    told: BTreeMap<usize, Arc<ToldOf>>,
    told_by: usize,
    probing: Option<(usize, Errand<Result<Probed, Said>>)>,
    /// the case that was probed last, and what came of it
    pub(crate) probed: Option<(usize, Result<Probed, Said>)>,
    reporting: Option<Errand<Result<PathBuf, Said>>>,
    /// where the last report is, or why there is none
    pub(crate) reported: Option<Result<PathBuf, Said>>,
    /// what people noted
    pub(crate) notes: LabNotesRecord,
    /// why notes are not kept
    pub(crate) not_kept: Option<Said>,
    folder: Option<PathBuf>,
}

impl Inspection {
    /// Of a data set that was just opened, with what was noted about it before.
    pub(super) fn of(tools: &LabTools, data: &std::path::Path) -> Self {
        let folder = tools.home.as_ref().map(|home| folder_of(home, data));
        let mut own = Self::default();
        match folder.as_deref().map(LabNotesRecord::read) {
            None => {}
            Some(Ok(notes)) => {
                own.notes = notes;
                own.folder = folder;
            }
            // what cannot be read is left as it is
            Some(Err(error)) => own.not_kept = Some(error.said()),
        }
        own
    }
    /// Whether a thread is at work.
    pub(super) fn busy(&self) -> bool {
        self.finding.is_some()
            || self.looking.is_some()
            || self.telling.is_some()
            || self.probing.is_some()
            || self.reporting.is_some()
    }
    /// Whether the cases are being sorted.
    pub(crate) fn is_finding(&self) -> bool {
        self.finding.is_some()
    }
    /// Whether probes are put to a case.
    pub(crate) fn is_probing(&self) -> bool {
        self.probing.is_some()
    }
    /// Whether a report is being written.
    pub(crate) fn is_reporting(&self) -> bool {
        self.reporting.is_some()
    }
    /// The pictures of a case, once they are there.
    pub(crate) fn pictures(&self, place: usize) -> Option<&Seen> {
        self.seen.get(&place)
    }
    /// What the rewards told of each edit of a case, once it is read.
    pub(crate) fn told(&self, place: usize) -> Option<&Arc<ToldOf>> {
        self.told.get(&place)
    }
    /// Takes in what the threads have to say.
    pub(super) fn take_in(&mut self) {
        match self.finding.as_ref().map(Errand::came) {
            None | Some(Came::Waiting) => {}
            Some(Came::Lost) => self.finding = None,
            Some(Came::Answer(found)) => {
                self.finding = None;
                self.found = Arc::new(found);
            }
        }
        let came = self.looking.as_ref().map(|(place, e)| (*place, e.came()));
        let seen = match came {
            None | Some((_, Came::Waiting)) => None,
            Some((place, Came::Lost)) => Some((place, Err(said!("the work broke off")))),
            Some((place, Came::Answer(seen))) => Some((place, seen.map(Arc::new))),
        };
        if let Some((place, seen)) = seen {
            self.looking = None;
            if self.seen.len() >= HELD {
                self.seen.clear();
            }
            self.seen.insert(place, seen);
        }
        match self.telling.as_ref().map(|(_, errand)| errand.came()) {
            None | Some(Came::Waiting) => {}
            Some(Came::Lost) => self.telling = None,
            Some(Came::Answer(told)) => {
                self.telling = None;
                if self.told.len() >= TOLD {
                    self.told.clear();
                }
                let told = told
                    .into_iter()
                    .map(|(place, told)| (place, Arc::new(told)));
                self.told.extend(told);
            }
        }
        let came = self.probing.as_ref().map(|(place, e)| (*place, e.came()));
        let probed = match came {
            None | Some((_, Came::Waiting)) => None,
            Some((place, Came::Lost)) => Some((place, Err(said!("the work broke off")))),
            Some((place, Came::Answer(probed))) => Some((place, probed)),
        };
        if probed.is_some() {
            self.probing = None;
            self.probed = probed;
        }
        match self.reporting.as_ref().map(Errand::came) {
            None | Some(Came::Waiting) => {}
            Some(Came::Lost) => self.reporting = None,
            Some(Came::Answer(reported)) => {
                self.reporting = None;
                self.reported = Some(reported);
            }
        }
    }
    /// Changes what is noted, and keeps it.
    fn note(&mut self, change: impl FnOnce(&mut LabNotesRecord)) {
        let before = self.notes.clone();
        change(&mut self.notes);
        if before == self.notes {
            return;
        }
        if let Some(folder) = &self.folder {
            let written = self.notes.write(folder);
            self.not_kept = written.err().map(|error| error.said());
        }
    }
}

impl Lab {
    /// Changes what is noted about cases and filters, and keeps it beside the results.
    pub(crate) fn note(&mut self, change: impl FnOnce(&mut LabNotesRecord)) {
        self.inspection.note(change);
        if *self.tags != self.inspection.notes.tags {
            self.tags = Arc::new(self.inspection.notes.tags.clone());
        }
    }
    /// Asks for the cases that disagree; nothing is done when the same were asked for before.
    pub(crate) fn want_findings(&mut self, order: &'static str) {
        let (Some(data), Some(scoring)) = (&self.data, &self.scoring) else {
            return;
        };
        let about = Arc::as_ptr(scoring) as usize;
        if self.inspection.asked == Some((order, about)) {
            return;
        }
        self.inspection.asked = Some((order, about));
        let (lines, scoring) = (data.lines.clone(), scoring.clone());
        let against = self.against.clone();
        self.inspection.finding = Some(Errand::begin("lab findings", &self.wake, move |_| {
            let order = failures::order(order);
            failures::found(&lines.cases, &scoring, against.as_deref(), order)
        }));
    }
    /// Asks for the pictures of a case, unless they are there or on their way.
    pub(crate) fn want_pictures(&mut self, place: usize) {
        let known = self.inspection.seen.contains_key(&place);
        let coming = self.inspection.looking.as_ref();
        if known || coming.is_some_and(|(coming, _)| *coming == place) {
            return;
        }
        let Some((dataset, case)) = self.case(place) else {
            return;
        };
        let errand = Errand::begin("lab pictures", &self.wake, move |_| {
            failures::pictures(&dataset, &case)
        });
        self.inspection.looking = Some((place, errand));
    }
    /// Asks for what the rewards told of a case, and of those before and behind it in the order that is looked at, unless
    /// it is there or on its way.
    pub(crate) fn want_told(&mut self, place: usize) {
        let Some(scoring) = self.scoring.clone() else {
            return;
        };
        let about = Arc::as_ptr(&scoring) as usize;
        if self.inspection.told_by != about {
            self.inspection.told_by = about;
            self.inspection.told.clear();
            self.inspection.telling = None;
        }
        let coming = self.inspection.telling.as_ref();
        if coming.is_some_and(|(coming, _)| *coming == place) {
            return;
        }
        let Some(lines) = self.data.as_ref().map(|data| data.lines.clone()) else {
            return;
        };
        let found = &self.inspection.found;
        let at = found.iter().position(|finding| finding.place == place);
        let beside = at.into_iter().flat_map(|at| {
            let around = [at.checked_sub(1), Some(at + 1)].into_iter().flatten();
            around
                .filter_map(|at| found.get(at))
                .map(|finding| finding.place)
        });
        let wanted = std::iter::once(place).chain(beside);
        let missing = |place: &usize| !self.inspection.told.contains_key(place);
        let wanted: Vec<usize> = wanted.filter(missing).collect();
        if wanted.is_empty() {
            return;
        }
        let errand = Errand::begin("lab told", &self.wake, move |_| {
            let of = |place: usize| {
                let scores = scoring.scores[place].as_deref().unwrap_or_default();
                let id = &lines.cases[place].id;
                (place, told_of(scoring.folder.as_deref(), id, scores))
            };
            wanted.into_iter().map(of).collect()
        });
        self.inspection.telling = Some((place, errand));
    }
    /// Puts every probe to the reward on one case.
    pub(crate) fn probe(&mut self, place: usize) {
        let Some(scoring) = self.scoring.clone() else {
            return;
        };
        let (Judge::Rewards(judge), Some(rewards)) = (&scoring.judge, self.tools.rewards.clone())
        else {
            return;
        };
        let (Some((dataset, case)), Some(data)) = (self.case(place), &self.data) else {
            return;
        };
        let (judge, lines) = (judge.clone(), data.lines.clone());
        let errand = Errand::begin("lab probes", &self.wake, move |teller| {
            let scores = scoring.scores[place].clone()?;
            let scorer = rewards(&judge).map_err(Said::words)?;
            // swapped with the next one that was asked something else
            let mut others = lines.cases[place + 1..].iter().chain(&lines.cases[..place]);
            let other = others.find(|other| other.instruction != case.instruction);
            failures::probed(&dataset, &case, &scores, other, &*scorer, teller)
        });
        self.inspection.probing = Some((place, errand));
    }
    /// Whether the one who scored can be asked again.
    pub(crate) fn can_probe(&self) -> bool {
        let judge = self.scoring.as_ref().map(|scoring| &scoring.judge);
        self.can_run() && matches!(judge, Some(Judge::Rewards(_)))
    }
    /// Writes a report of the worst cases beside the results.
    pub(crate) fn report(&mut self) {
        let (Some(data), Some(scoring)) = (&self.data, self.scoring.clone()) else {
            return;
        };
        let Some(home) = &self.tools.home else {
            return;
        };
        let folder = folder_of(home, &data.wish.path).join("report");
        let (dataset, lines) = (data.dataset(), data.lines.clone());
        let found = self.inspection.found.clone();
        self.inspection.reported = None;
        self.inspection.reporting = Some(Errand::begin("lab report", &self.wake, move |teller| {
            failures::report(&dataset, &lines.cases, &scoring, &found, &folder, teller)
        }));
    }
    /// Whether there is a place for a report.
    pub(crate) fn can_report(&self) -> bool {
        self.tools.home.is_some() && self.scoring.is_some()
    }
    /// A case, and the data set to read it from again.
    fn case(&self, place: usize) -> Option<(retake_lab::dataset::Dataset<'static>, Case)> {
        let data = self.data.as_ref()?;
        Some((data.dataset(), data.lines.cases.get(place)?.clone()))
    }
}
