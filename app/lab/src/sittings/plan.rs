//! What is asked, in which order, and what stands on which side: fixed by a seed, the same pairs for every rater, and
//! counterbalanced, so that no editor gains from its place.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use retake_core::Rng;
use serde::{Deserialize, Serialize};

use crate::case::{Case, Take};

/// How edits are put before people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Kind {
    /// two at a time
    Pairs,
    /// so many at a time, 3 to [`MOST`]; the best is named
    BestOf(usize),
}

/// As many pictures as fit side by side, and digits on a keyboard.
pub const MOST: usize = 9;

impl Kind {
    /// How many edits a question has at most.
    pub fn width(self) -> usize {
        match self {
            Self::Pairs => 2,
            Self::BestOf(count) => count,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pairs => f.write_str("pairs"),
            Self::BestOf(count) => write!(f, "best-of-{count}"),
        }
    }
}

impl From<Kind> for String {
    fn from(kind: Kind) -> Self {
        kind.to_string()
    }
}

impl TryFrom<String> for Kind {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl FromStr for Kind {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let count = || text.strip_prefix("best-of-")?.parse().ok();
        match (text, count()) {
            ("pairs", _) => Ok(Self::Pairs),
            (_, Some(count)) if (3..=MOST).contains(&count) => Ok(Self::BestOf(count)),
            _ => Err(format!(
                "people are asked by pairs, or best-of-3 to best-of-{MOST}, not “{text}”"
            )),
        }
    }
}

/// How a sitting is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manner {
    /// pairs or more
    pub kind: Kind,
    /// of the order and the sides
    pub seed: u64,
    /// at most so many questions about one lineup; which, the seed tells
    pub most: Option<usize>,
    /// so many questions in a hundred are asked a second time, the edits in the opposite order
    pub again: u8,
}

/// One question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// place of the lineup
    pub lineup: usize,
    /// places of its edits, from left to right
    pub shown: Vec<usize>,
    /// it was asked before, the edits in the opposite order
    pub again: bool,
}

/// The questions of a rater, who is the `number`th at the table (from 0). All raters are asked the same, each in an order of
/// their own; the second sees the first one's sides turned, and so on.
pub fn questions(lineups: &[Case], manner: Manner, rater: &str, number: usize) -> Vec<Question> {
    let mut rng = Rng::new(manner.seed);
    let mut asked: Vec<(usize, Vec<usize>)> = Vec::new();
    for (place, lineup) in lineups.iter().enumerate() {
        let mut of = heaps(lineup.takes.len(), manner.kind, &mut rng);
        of.truncate(manner.most.unwrap_or(usize::MAX));
        asked.extend(of.into_iter().map(|takes| (place, takes)));
    }
    shuffle(&mut asked, &mut rng);
    let mut sides = Sides::default();
    let mut questions: Vec<Question> = asked
        .into_iter()
        .map(|(lineup, takes)| {
            let mut shown = sides.seat(&lineups[lineup].takes, takes, &mut rng);
            let turn = number % shown.len();
            shown.rotate_left(turn);
            Question {
                lineup,
                shown,
                again: false,
            }
        })
        .collect();
    let repeats = (questions.len() * usize::from(manner.again)).div_ceil(100);
    let mut again: Vec<Question> = questions.iter().take(repeats).cloned().collect();
    for question in &mut again {
        question.shown.reverse();
        question.again = true;
    }
    let own = rater.bytes().fold(manner.seed, |seed, byte| {
        Rng::new(seed ^ u64::from(byte)).next_u64()
    });
    let mut rng = Rng::new(own);
    shuffle(&mut questions, &mut rng);
    shuffle(&mut again, &mut rng);
    // at the end, when the first answers are forgotten
    questions.extend(again);
    questions
}

/// The takes of each question: every pair, or heaps as even as can be in which every take stands once. In a random order.
fn heaps(count: usize, kind: Kind, rng: &mut Rng) -> Vec<Vec<usize>> {
    let mut all: Vec<Vec<usize>> = match kind {
        Kind::Pairs => (0..count)
            .flat_map(|a| (a + 1..count).map(move |b| vec![a, b]))
            .collect(),
        Kind::BestOf(width) => {
            let mut takes: Vec<usize> = (0..count).collect();
            shuffle(&mut takes, rng);
            let heaps = count.div_ceil(width).max(1);
            (0..heaps)
                .map(|heap| takes.iter().copied().skip(heap).step_by(heaps).collect())
                .filter(|heap: &Vec<usize>| heap.len() > 1)
                .collect()
        }
    };
    shuffle(&mut all, rng);
    all
}

/// Fisher and Yates.
fn shuffle<T>(list: &mut [T], rng: &mut Rng) {
    for last in (1..list.len()).rev() {
        list.swap(last, rng.below(last + 1));
    }
}

/// How often each editor was shown, and how often at which place.
#[derive(Default)]
struct Sides {
    shown: BTreeMap<String, f64>,
    at: BTreeMap<(String, usize), f64>,
}

impl Sides {
    /// Seats edits from left to right: at each place the one whose editor was there least, beside what chance would give
    /// it; of equals any.
    fn seat(&mut self, all: &[Take], takes: Vec<usize>, rng: &mut Rng) -> Vec<usize> {
        let width = takes.len() as f64;
        let editor = |take: usize| match all[take].editor.is_empty() {
            true => all[take].name.clone(),
            false => all[take].editor.clone(),
        };
        let mut left = takes;
        shuffle(&mut left, rng);
        for &take in &left {
            *self.shown.entry(editor(take)).or_default() += 1.0;
        }
        let mut seated = Vec::with_capacity(left.len());
        while !left.is_empty() {
            let place = seated.len();
            let excess = |take: usize| {
                let name = editor(take);
                let due = self.shown.get(&name).copied().unwrap_or(0.0) / width;
                self.at.get(&(name, place)).copied().unwrap_or(0.0) - due
            };
            let least =
                (0..left.len()).min_by(|&a, &b| excess(left[a]).total_cmp(&excess(left[b])));
            let take = left.swap_remove(least.unwrap_or(0));
            *self.at.entry((editor(take), place)).or_default() += 1.0;
            seated.push(take);
        }
        seated
    }
}
