//! Who scores beside the built-in measures: judges, rewards and formulas as a person named them, and how one of them is
//! opened. Whoever builds the program hands that in; nothing below knows what they are made of.

use std::path::Path;
use std::sync::Arc;

use retake_core::{
    Instruction, Raster, Reward, RewardInfo, Said, ScoreRequest, Scorecard, Stop, Verdict, Watch,
    Work, said,
};
use retake_files::record::RewardRecord;

/// What kind of thing scores.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum JudgeKind {
    /// a model behind a server's address
    #[default]
    Server,
    /// a model in a folder
    Folder,
    /// a formula of one's own, which decides the order
    Formula,
    /// a measured reward that is not among the built-in ones, by its name
    Measure,
}

impl JudgeKind {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Server, Self::Folder, Self::Formula, Self::Measure];
    /// Its word in settings.
    pub fn id(self) -> &'static str {
        ["server", "folder", "formula", "measure"][self as usize]
    }
}

/// Somebody who scores, as a person named them.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Judge {
    /// what kind of thing it is
    pub kind: JudgeKind,
    /// the address, the path, the formula or the name
    pub place: String,
    /// of a server: its model; empty is its first
    pub model: String,
    /// of a server: the name of the environment variable that holds its key; empty is the usual ones. Never the key
    pub key_variable: String,
    /// of a model in a folder: what its weights are held in; empty is what their files have
    pub precision: String,
    /// of a model with words: what it is asked; empty is the usual rubric
    pub rubric: String,
    /// of a model with words: how often it is asked the same; 0 is once
    pub passes: u32,
    /// of a model with words: what the person goes by, a line each
    pub principles: String,
}

impl Judge {
    /// A short name for people: the model, the server, the last part of the path, the formula.
    pub fn name(&self) -> String {
        match self.kind {
            JudgeKind::Server => {
                let host = self
                    .place
                    .split_once("://")
                    .map_or(&*self.place, |(_, h)| h);
                let host = host.split(['?', '#']).next().unwrap_or(host);
                let host = host.rsplit('@').next().unwrap_or(host);
                match self.model.trim() {
                    "" => host.trim_end_matches('/').to_owned(),
                    model => model.to_owned(),
                }
            }
            JudgeKind::Folder => {
                let path = Path::new(&self.place);
                let name = path.file_name().unwrap_or(path.as_os_str());
                name.to_string_lossy().into_owned()
            }
            JudgeKind::Formula | JudgeKind::Measure => self.place.clone(),
        }
    }
}

/// A judge in the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seat {
    /// who
    pub judge: Judge,
    /// whether it takes part
    pub on: bool,
}

/// How it stands with a judge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JudgeState {
    /// it does not take part, and is not in memory
    Off,
    /// it takes part and is opened when takes are made
    Away,
    /// being opened
    Loading,
    /// it is asked about the next takes
    Ready,
    /// it could not be opened, in a sentence
    Failed(Said),
}

/// A judge that was opened.
#[derive(Clone)]
pub struct OpenJudge {
    /// whether it is joined with what is measured, a dimension at a time; else it scores after all that are
    pub joins: bool,
    /// the rewards that ask it, made afresh for every group: what they have to tell is of that group
    pub rewards: Arc<dyn Fn() -> Vec<Box<dyn Reward>> + Send + Sync>,
}

/// Who looks at a choice without taking part in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum HeldOut {
    /// [`Judges::usual`], if there is one
    #[default]
    Usual,
    /// nobody
    Nobody,
    /// this one; one that takes part as well does not watch
    Judge(Judge),
}

/// Opens a judge, or says in a sentence why it cannot be.
pub type OpensJudge = Arc<dyn Fn(&Judge) -> Result<OpenJudge, Said> + Send + Sync>;
/// One reward of several that are joined with the scores that are known before.
pub type Joins = Arc<dyn Fn(Vec<Box<dyn Reward>>) -> Box<dyn Reward> + Send + Sync>;
/// See [`Judges::reword`]: the formula, then the sentence.
pub type Rewords = Arc<dyn Fn(&str, &str) -> Result<Reworded, Said> + Send + Sync>;

/// What a sentence makes of a formula.
#[derive(Clone, Debug, PartialEq)]
pub struct Reworded {
    /// the new one
    pub formula: String,
    /// what was understood
    pub said: Said,
    /// old and new, piece by piece
    pub difference: Vec<(Changed, String)>,
}

/// A piece of a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changed {
    /// it is in both
    Stays,
    /// only in the old one
    Goes,
    /// only in the new one
    Comes,
}

/// What is wrong with a judge that is being named, before it is opened; quick.
pub type Checks = Arc<dyn Fn(&Judge) -> Result<(), Said> + Send + Sync>;

/// How judges are opened and joined.
#[derive(Clone)]
pub struct Judges {
    /// takes as long as it takes; called on a thread that may wait
    pub open: OpensJudge,
    /// joins those that [`OpenJudge::joins`]
    pub join: Joins,
    /// called while a person types
    pub check: Checks,
    /// changes a formula as a sentence says; called while a person types
    pub reword: Rewords,
    /// what a model with words can be asked: names of rubrics, first the usual one
    pub rubrics: Vec<String>,
    /// what the weights of a model in a folder can be held in: short words
    pub precisions: Vec<String>,
    /// names of the measured rewards that can be added
    pub measures: Vec<String>,
    /// who can watch over a choice beside those of the list
    pub held_out: Vec<Judge>,
    /// who watches over it where a person has named nobody
    pub usual: Option<Judge>,
}

impl Default for Judges {
    /// None.
    fn default() -> Self {
        let none = || said!("This program has no judges.");
        Self {
            open: Arc::new(move |_| Err(none())),
            join: Arc::new(|mut rewards| rewards.remove(0)),
            check: Arc::new(move |_| Err(none())),
            reword: Arc::new(move |_, _| Err(none())),
            rubrics: Vec::new(),
            precisions: Vec::new(),
            measures: Vec::new(),
            held_out: Vec::new(),
            usual: None,
        }
    }
}

/// Who scored a take beside the built-in measures.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScoredBy {
    /// for people
    pub names: Vec<String>,
    /// for records: the same that stands in the record of a run
    pub rewards: Vec<RewardRecord>,
}

/// Rewards in the order in which they score.
pub(crate) type Rewards = [Box<dyn Reward>];

/// The judges that take part, open, in their order.
#[derive(Clone, Default)]
pub(crate) struct Panel {
    pub(crate) judges: Vec<(String, OpenJudge)>,
    pub(crate) join: Option<Joins>,
}

impl Panel {
    /// Whether only what is built in scores.
    pub(crate) fn is_empty(&self) -> bool {
        self.judges.is_empty()
    }
    /// The rewards of all of them in the order in which they score, after the measures: those that are joined, then the
    /// others; formulas come last, since they reckon with what was scored before.
    pub(crate) fn rewards(&self) -> Vec<Box<dyn Reward>> {
        let of = |joins: bool| {
            let judges = self
                .judges
                .iter()
                .filter(move |(_, judge)| judge.joins == joins);
            judges.flat_map(|(_, judge)| (judge.rewards)())
        };
        let joined: Vec<Box<dyn Reward>> = of(true).collect();
        let joined = match &self.join {
            Some(join) if !joined.is_empty() => vec![join(joined)],
            _ => Vec::new(),
        };
        joined.into_iter().chain(of(false)).collect()
    }
    /// Who scores, with what changes their answers.
    pub(crate) fn told(&self, rewards: &[Box<dyn Reward>]) -> ScoredBy {
        let record = |reward: &dyn Reward| {
            let info = reward.info();
            RewardRecord {
                id: info.id.to_owned(),
                version: info.version.to_owned(),
                dimensions: info
                    .dimensions
                    .iter()
                    .map(|&name| name.to_owned())
                    .collect(),
                settings: reward.settings(),
                notices: Vec::new(),
            }
        };
        ScoredBy {
            names: self.judges.iter().map(|(name, _)| name.clone()).collect(),
            rewards: rewards.iter().map(|reward| record(&**reward)).collect(),
        }
    }
}

/// Whether two takes were scored together, or both by nobody but the measures.
pub(crate) fn same_judges(a: Option<&Arc<ScoredBy>>, b: Option<&Arc<ScoredBy>>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => Arc::ptr_eq(a, b),
        (a, b) => a.is_none() && b.is_none(),
    }
}

/// The same rewards once more, for a list with others.
pub(crate) fn shared(rewards: &Arc<[Box<dyn Reward>]>) -> Vec<Box<dyn Reward>> {
    let one = |place| Box::new(Shared(rewards.clone(), place)) as Box<dyn Reward>;
    (0..rewards.len()).map(one).collect()
}

/// One of several.
struct Shared(Arc<[Box<dyn Reward>]>, usize);

impl Reward for Shared {
    fn info(&self) -> RewardInfo {
        self.0[self.1].info()
    }
    fn settings(&self) -> serde_json::Value {
        self.0[self.1].settings()
    }
    fn score(&self, group: &ScoreRequest<'_>, watch: &dyn Watch) -> Result<Vec<Scorecard>, Stop> {
        self.0[self.1].score(group, watch)
    }
    fn score_with(
        &self,
        group: &ScoreRequest<'_>,
        so_far: &[Scorecard],
        watch: &dyn Watch,
    ) -> Result<Vec<Scorecard>, Stop> {
        self.0[self.1].score_with(group, so_far, watch)
    }
    fn score_again(
        &self,
        group: &ScoreRequest<'_>,
        so_far: &[Scorecard],
        pass: u32,
        watch: &dyn Watch,
    ) -> Result<Option<Vec<Scorecard>>, Stop> {
        self.0[self.1].score_again(group, so_far, pass, watch)
    }
    fn money(&self) -> f64 {
        self.0[self.1].money()
    }
    fn price(&self, work: Work) -> f64 {
        self.0[self.1].price(work)
    }
    fn allow(&self, work: Work, money: f64) {
        self.0[self.1].allow(work, money);
    }
    fn varies(&self) -> bool {
        self.0[self.1].varies()
    }
    fn is_slow(&self) -> bool {
        self.0[self.1].is_slow()
    }
    fn quick(&self, group: &ScoreRequest<'_>, watch: &dyn Watch) -> Result<Vec<Scorecard>, Stop> {
        self.0[self.1].quick(group, watch)
    }
    fn compares(&self) -> bool {
        self.0[self.1].compares()
    }
    fn compare(
        &self,
        source: &Raster,
        pair: [&Raster; 2],
        instruction: &Instruction,
        watch: &dyn Watch,
    ) -> Result<Option<Verdict>, Stop> {
        self.0[self.1].compare(source, pair, instruction, watch)
    }
    fn notices(&self) -> Vec<Said> {
        self.0[self.1].notices()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_named_by_its_model_or_its_host_and_never_with_what_is_secret() {
        let server = |place: &str, model: &str| Judge {
            place: place.to_owned(),
            model: model.to_owned(),
            ..Judge::default()
        };
        assert_eq!(server("http://a:8000/v1", "qwen").name(), "qwen");
        assert_eq!(
            server("http://me:secret@a:8000/v1/?key=x", "").name(),
            "a:8000/v1"
        );
    }

    #[test]
    fn a_folder_is_named_by_its_last_part() {
        let judge = Judge {
            kind: JudgeKind::Folder,
            place: "/models/clip-large".to_owned(),
            ..Judge::default()
        };
        assert_eq!(judge.name(), "clip-large");
    }
}
