//! The lab behind its panels: the data set that is open, what of it is shown, and the threads that read, sort and filter. A
//! frame takes in what they have to say and never waits for them.

mod data;
mod errand;
mod failures;
mod inspect;
mod scoring;
mod sitting;
mod tools;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use retake_core::{Said, said};
use retake_lab::formats::Format;
use retake_lab::lines::{Arranged, Lines, Tags, Wanted, arrange};

pub(crate) use data::{Data, Trouble, Wish};
pub(crate) use errand::{Came, Errand, Wake};
pub(crate) use failures::{ToldOf, order};
pub(crate) use inspect::Inspection;
pub(crate) use scoring::{Judge, STOPPED, Scoring};
#[cfg(test)]
pub(crate) use sitting::folder as sitting_folder;
pub(crate) use sitting::{AGAIN, Table};
pub use tools::{LabTools, OpenRewards};

/// Fewer lines than this are arranged at once: the thread would take longer to come than the work.
const AT_ONCE: usize = 4000;

/// What the window keeps of the lab.
pub(crate) struct Lab {
    tools: LabTools,
    wake: Wake,
    opening: Option<Errand<Result<Data, Trouble>>>,
    /// the data set that is open
    pub(crate) data: Option<Data>,
    /// why the last one was not opened
    pub(crate) trouble: Option<Trouble>,
    /// tags of cases
    pub(crate) tags: Arc<Tags>,
    /// what was shown last
    pub(crate) arranged: Arc<Arranged>,
    /// who sits and says which edit is better
    pub(crate) table: Table,
    asked: Option<(Wanted, usize)>,
    arranging: Option<Errand<Arranged>>,
    /// the judges whose answers the data set keeps, with how many edits each has scored
    pub(crate) recorded: Arc<BTreeMap<String, usize>>,
    /// who scored last, and what came of it
    pub(crate) scoring: Option<Arc<Scoring>>,
    /// who scored before that: the other one, where two are held against each other
    pub(crate) against: Option<Arc<Scoring>>,
    /// why the last run came to nothing
    pub(crate) not_scored: Option<Said>,
    running: Option<Errand<Result<Scoring, Said>>>,
    /// what the page of failures asks for
    pub(crate) inspection: Inspection,
}

impl Lab {
    /// An empty one.
    pub(crate) fn new(tools: LabTools, wake: Wake) -> Self {
        Self {
            tools,
            wake,
            opening: None,
            data: None,
            trouble: None,
            tags: Arc::default(),
            arranged: Arc::default(),
            table: Table::default(),
            asked: None,
            arranging: None,
            recorded: Arc::default(),
            scoring: None,
            against: None,
            not_scored: None,
            running: None,
            inspection: Inspection::default(),
        }
    }
    /// With other tools.
    pub(crate) fn equip(&mut self, tools: LabTools) {
        self.tools = tools;
    }
    /// Begins to read a data set; one that is being read is left.
    pub(crate) fn open(
        &mut self,
        path: PathBuf,
        format: Option<&'static Format>,
        images: Option<PathBuf>,
    ) {
        let wish = Wish {
            path,
            format,
            images,
            containers: self.tools.containers.clone(),
        };
        self.trouble = None;
        self.opening = Some(Errand::begin("lab reader", &self.wake, move |teller| {
            data::read(&wish, teller)
        }));
    }
    /// Ends the reading; what was read is shown.
    pub(crate) fn stop_opening(&self) {
        if let Some(opening) = &self.opening {
            opening.stop();
        }
    }
    /// Rows read so far, while a data set is being opened.
    pub(crate) fn read_so_far(&self) -> Option<usize> {
        self.opening.as_ref().map(|opening| opening.progress().0)
    }
    /// Somebody sits down to the data that is open; false where nothing can be kept.
    pub(crate) fn sit(&mut self, manner: retake_lab::sittings::Manner, rater: String) -> bool {
        let (Some(home), Some(data)) = (&self.tools.home, &self.data) else {
            return false;
        };
        let folder = sitting::folder(home, &data.wish.path, manner);
        let dataset = retake_lab::dataset::Dataset {
            path: data.wish.path.clone(),
            format: data.format,
            images: data.wish.images.clone(),
            containers: data.wish.containers.clone(),
            limit: None,
        };
        self.table.open(folder, dataset, manner, rater, &self.wake);
        true
    }
    /// Lets the data set go.
    pub(crate) fn close(&mut self) {
        *self = Self::new(self.tools.clone(), self.wake.clone());
    }
    /// Whether a thread is at work.
    pub(crate) fn busy(&self) -> bool {
        self.opening.is_some()
            || self.arranging.is_some()
            || self.running.is_some()
            || self.inspection.busy()
            || self.table.busy()
    }
    /// Whether the shown lines are not yet those that are wanted.
    pub(crate) fn is_arranging(&self) -> bool {
        self.arranging.is_some()
    }
    /// Takes in what the threads have to say. True when another data set is there.
    pub(crate) fn take_in(&mut self) -> bool {
        let mut opened = false;
        self.inspection.take_in();
        match self.opening.as_ref().map(Errand::came) {
            None | Some(Came::Waiting) => {}
            Some(Came::Lost) => {
                self.opening = None;
                self.trouble = Some(Trouble::Lab(said!("the reading broke off")));
            }
            Some(Came::Answer(Err(trouble))) => {
                self.opening = None;
                self.trouble = Some(trouble);
            }
            Some(Came::Answer(Ok(data))) => {
                self.close();
                self.recorded = Arc::new(scoring::recorded_judges(&data.lines.cases));
                self.inspection = Inspection::of(&self.tools, &data.wish.path);
                self.tags = Arc::new(self.inspection.notes.tags.clone());
                self.data = Some(data);
                opened = true;
            }
        }
        match self.arranging.as_ref().map(Errand::came) {
            None | Some(Came::Waiting) => {}
            Some(Came::Lost) => self.arranging = None,
            Some(Came::Answer(arranged)) => {
                self.arranging = None;
                self.arranged = Arc::new(arranged);
            }
        }
        let (data, by) = (&self.data, [&self.scoring, &self.against]);
        self.table.take_in(&self.wake, &|| {
            let Some(data) = data else {
                return Vec::new();
            };
            let by = by.into_iter().flatten();
            by.map(|scoring| scoring.opinion(&data.lines.cases))
                .collect()
        });
        match self.running.as_ref().map(Errand::came) {
            None | Some(Came::Waiting) => {}
            Some(Came::Lost) => {
                self.running = None;
                self.not_scored = Some(said!("the run broke off"));
            }
            Some(Came::Answer(Err(why))) => {
                self.running = None;
                self.not_scored = Some(why);
            }
            Some(Came::Answer(Ok(scoring))) => {
                self.running = None;
                if let Some(data) = &mut self.data {
                    data.lines = scoring.lines.clone();
                }
                let before = self.scoring.replace(Arc::new(scoring));
                // the same judge again says nothing against itself
                let now = self.scoring.as_ref().map(|now| now.judge.clone());
                if let Some(before) = before.filter(|before| Some(&before.judge) != now.as_ref()) {
                    self.against = Some(before);
                }
                self.table.scored_since();
            }
        }
        opened
    }
    /// Whether rewards can be run here.
    pub(crate) fn can_run(&self) -> bool {
        self.tools.rewards.is_some()
    }
    /// Has the edits scored; what was scored is kept, and gone on from.
    pub(crate) fn score(&mut self, judge: Judge) {
        let Some(data) = &self.data else { return };
        let subject = scoring::Subject {
            data: data.dataset(),
            lines: data.lines.clone(),
            tally: data.tally.clone(),
            home: self.tools.home.clone(),
        };
        let rewards = self.tools.rewards.clone();
        self.not_scored = None;
        self.running = Some(Errand::begin(
            "lab rewards",
            &self.wake,
            move |teller| match &judge {
                Judge::Recorded { judge, formula } => scoring::by_record(&subject, judge, formula),
                Judge::Rewards(place) => {
                    let open = rewards.ok_or_else(|| said!("no reward can be run here"))?;
                    let scorer = open(place).map_err(Said::words)?;
                    scoring::by_rewards(&subject, place, &*scorer, teller)
                }
            },
        ));
    }
    /// Ends the run; what was scored is kept.
    pub(crate) fn stop_scoring(&self) {
        if let Some(running) = &self.running {
            running.stop();
        }
    }
    /// Cases that have their scores so far, while a run is under way.
    pub(crate) fn scored_so_far(&self) -> Option<usize> {
        self.running.as_ref().map(|running| running.progress().0)
    }
    /// Asks for lines; nothing is done when the same were asked for before.
    pub(crate) fn want(&mut self, wanted: &Wanted) {
        let Some(data) = &self.data else { return };
        let about = Arc::as_ptr(&data.lines) as usize ^ Arc::as_ptr(&self.tags) as usize;
        let same = |(known, of): &(Wanted, usize)| known == wanted && *of == about;
        if self.asked.as_ref().is_some_and(same) {
            return;
        }
        self.asked = Some((wanted.clone(), about));
        let (lines, tags): (Arc<Lines>, Arc<Tags>) = (data.lines.clone(), self.tags.clone());
        if lines.len() <= AT_ONCE {
            self.arranged = Arc::new(arrange(&lines, &tags, wanted));
            return;
        }
        let wanted = wanted.clone();
        self.arranging = Some(Errand::begin("lab table", &self.wake, move |_| {
            arrange(&lines, &tags, &wanted)
        }));
    }
}
