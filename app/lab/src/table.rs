//! Scored cases put together in groups: all edits of one source and sentence, wherever in the data set they stood.

use std::collections::{BTreeMap, HashMap};

use crate::case::Case;
use crate::measures::agreed::{Twice, verdict};
use crate::measures::groups::{self, Rated};
use crate::measures::order::BothOrders;
use crate::measures::{Better, Pair};

/// An edit with its score, without its picture.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Entry {
    /// within its group
    pub name: String,
    /// who made it
    pub editor: String,
    /// what people gave it
    pub human: Option<f64>,
    /// the same, each rater alone
    pub raters: Vec<f64>,
    /// what the reward gives it, overall
    pub score: f64,
    /// the same by dimension, 0 to 1
    pub by_dimension: BTreeMap<String, f64>,
    /// comparisons in which it was shown first: the other's name, and how sure a judge of pairs is that this one is better
    pub compared: Vec<(String, f64)>,
}

/// A pair with its scores.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// of the case
    pub case: String,
    /// names of the first and the second
    pub names: [String; 2],
    /// scores, and what people said
    pub pair: Pair,
}

/// All edits of one source and sentence.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Group {
    /// of the data set
    pub id: String,
    /// kind of edit
    pub task: String,
    /// what people were asked about
    pub dimension: String,
    /// its edits
    pub entries: Vec<Entry>,
    /// pairs that people compared; empty where they rated edits one by one
    pub judged: Vec<Judged>,
    /// what raters said of those pairs, each alone
    pub votes: Vec<Vec<f64>>,
}

/// (what data sets call a dimension, what rewards call it)
const DIMENSIONS: &[(&str, &str)] = &[
    ("prompt_following", "instruction_following"),
    ("consistency", "detail_preserving"),
    ("visual_quality", "generation_quality"),
    ("quality", "generation_quality"),
];

/// The reward's name for a data set's dimension, unless that is the whole.
pub fn reward_dimension(dimension: &str) -> &str {
    let known = DIMENSIONS.iter().find(|(theirs, _)| *theirs == dimension);
    known.map_or(dimension, |(_, ours)| ours)
}

impl Entry {
    /// The score to compare with what people said of this dimension: its own where the reward has one, else the overall.
    pub fn on(&self, dimension: &str) -> f64 {
        let own = self.by_dimension.get(reward_dimension(dimension));
        own.copied().unwrap_or(self.score)
    }
}

impl Group {
    /// The pairs of this group: those that people compared, or those that their ratings make.
    pub fn pairs(&self) -> Vec<Pair> {
        match self.judged.is_empty() {
            false => self.judged.iter().map(|judged| judged.pair).collect(),
            true => groups::pairs(&self.rated()),
        }
    }
    /// Scores beside what people gave: ratings, or how many of its pairs an edit won (a tie is half a win).
    pub fn rated(&self) -> Vec<Rated> {
        let rate = |entry: &Entry, human: f64| Rated {
            score: entry.on(&self.dimension),
            human,
        };
        if self.is_rated() {
            let known = |entry: &Entry| Some(rate(entry, entry.human?));
            return self.entries.iter().filter_map(known).collect();
        }
        self.entries
            .iter()
            .filter_map(|entry| Some(rate(entry, self.wins(&entry.name)?)))
            .collect()
    }
    /// The pairs that a judge of pairs was asked in both orders, beside what people said of them, where they did.
    pub fn orders(&self) -> Vec<BothOrders> {
        let mut all = Vec::new();
        for (place, one) in self.entries.iter().enumerate() {
            for other in &self.entries[place + 1..] {
                let there = one.compared.iter().filter(|(name, _)| *name == other.name);
                let back = other.compared.iter().filter(|(name, _)| *name == one.name);
                all.extend(there.zip(back).map(|((_, there), (_, back))| BothOrders {
                    forward: Better::of(*there, 0.5),
                    reverse: Better::of(*back, 0.5).turned(),
                    human: self.said_of(one, other),
                }));
            }
        }
        all
    }
    /// The pairs that a judge of pairs was asked about, in one order or both, beside what the scores say of them.
    pub fn twice(&self) -> Vec<Twice> {
        let mut all = Vec::new();
        for (place, one) in self.entries.iter().enumerate() {
            for other in &self.entries[place + 1..] {
                let there = one.compared.iter().filter(|(name, _)| *name == other.name);
                let back = other.compared.iter().filter(|(name, _)| *name == one.name);
                let said = there.map(|(_, first)| *first);
                let said: Vec<f64> = said.chain(back.map(|(_, first)| 1.0 - first)).collect();
                all.extend(verdict(&said).map(|pairwise| Twice {
                    pointwise: Better::of(one.score, other.score),
                    pairwise,
                    human: self.said_of(one, other),
                }));
            }
        }
        all
    }
    /// Which of two people liked better; a tie where nobody said.
    fn said_of(&self, one: &Entry, other: &Entry) -> Better {
        if let (Some(a), Some(b)) = (one.human, other.human) {
            return Better::of(a, b);
        }
        let said = self.judged.iter().find_map(|judged| {
            let [first, second] = &judged.names;
            match (*first == one.name, *first == other.name) {
                (true, _) if *second == other.name => Some(judged.pair.human),
                (_, true) if *second == one.name => Some(judged.pair.human.turned()),
                _ => None,
            }
        });
        said.unwrap_or(Better::Tie)
    }
    /// Whether people rated edits one by one.
    pub fn is_rated(&self) -> bool {
        self.entries.iter().any(|entry| entry.human.is_some())
    }
    /// Pairs won, a tie half; `None` for an edit that stands in none.
    fn wins(&self, name: &str) -> Option<f64> {
        let mut found = None;
        for judged in &self.judged {
            let Some(place) = judged.names.iter().position(|known| known == name) else {
                continue;
            };
            let won = match judged.pair.human {
                Better::Tie => 0.5,
                Better::A => f64::from(u8::from(place == 0)),
                Better::B => f64::from(u8::from(place == 1)),
            };
            found = Some(found.unwrap_or(0.0) + won);
        }
        found
    }
}

/// Puts cases together as they come.
#[derive(Debug, Default)]
pub struct Table {
    groups: Vec<Group>,
    places: HashMap<(String, String), usize>,
}

impl Table {
    /// Adds a case whose takes have these scores, in their order.
    pub fn add(&mut self, case: &Case, scores: Vec<Entry>) {
        let key = (case.group.clone(), case.dimension.clone());
        let place = *self.places.entry(key).or_insert_with(|| {
            self.groups.push(Group {
                id: case.group.clone(),
                task: case.task.clone(),
                dimension: case.dimension.clone(),
                ..Group::default()
            });
            self.groups.len() - 1
        });
        let group = &mut self.groups[place];
        for verdict in &case.verdicts {
            let (Some(first), Some(second)) =
                (scores.get(verdict.first), scores.get(verdict.second))
            else {
                continue;
            };
            group.judged.push(Judged {
                case: case.id.clone(),
                names: [first.name.clone(), second.name.clone()],
                pair: Pair {
                    a: first.on(&case.dimension),
                    b: second.on(&case.dimension),
                    human: verdict.better,
                },
            });
            if !verdict.raters.is_empty() {
                group.votes.push(verdict.raters.clone());
            }
        }
        for entry in scores {
            if !group.entries.iter().any(|known| known.name == entry.name) {
                group.entries.push(entry);
            }
        }
    }

    /// The groups, in the order in which they first came.
    pub fn groups(self) -> Vec<Group> {
        self.groups
    }
}

/// The entries of a case before they have scores.
pub fn entries(case: &Case) -> Vec<Entry> {
    let entry = |take: &crate::case::Take| Entry {
        name: take.name.clone(),
        editor: take.editor.clone(),
        human: take.human,
        raters: take.raters.clone(),
        score: f64::NAN,
        by_dimension: BTreeMap::new(),
        compared: Vec::new(),
    };
    case.takes.iter().map(entry).collect()
}
