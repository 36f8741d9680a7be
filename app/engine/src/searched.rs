//! How the group on the sheet was searched for: the tree of what the strategy ordered, and what it said of it. Plain values, filled in as the run goes on.

use retake_core::{Said, Scorecard};
use retake_search::agreement::{Agreement, Watched, agreement};

use crate::{Begun, Desk, Fate, Node, Ranking, TakeId};

/// One candidate that was ordered.
#[derive(Clone, Debug, PartialEq)]
pub struct Searched {
    /// index in its run
    pub index: u64,
    /// whose child it is
    pub parent: Option<u64>,
    /// what it began from
    pub begun: Begun,
    /// why it was begun
    pub why: Said,
    /// the words it was made by, where they are not the person's
    pub words: Option<String>,
    /// steps done when it was begun: those that a fork shares with its parent
    pub from: usize,
    /// steps done and steps in all; (0, 0) before it was started
    pub steps: (usize, usize),
    /// what it looked like on its way: steps done, and scores
    pub glimpses: Vec<(usize, Scorecard)>,
    /// what became of it
    pub fate: Fate,
    /// its take, once it is on the sheet
    pub take: Option<TakeId>,
}

/// The search of one run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Search {
    /// everything that was ordered, by index
    pub all: Vec<Searched>,
    /// what the strategy said
    pub remarks: Vec<Said>,
}

/// Something that happened in a search.
#[derive(Clone, Debug)]
pub(crate) enum Happened {
    Ordered(Box<Node>),
    Stepped(u64, usize, usize),
    Glimpsed(u64, usize, Box<Scorecard>),
    LetGo(u64, Said),
    Failed(u64, Said),
    Finished(u64),
    /// on the sheet, at this place of its turn
    Placed(u64, u64),
    Remarked(Said),
}

impl Search {
    /// Whether there is a tree to look at, and not just a row of candidates that all were finished.
    pub fn is_a_tree(&self) -> bool {
        let branched = |one: &Searched| {
            one.parent.is_some() || !one.glimpses.is_empty() || matches!(one.fate, Fate::LetGo(_))
        };
        self.all.iter().any(branched)
    }

    /// How far its looks agree with the end, by the order that the takes have now.
    pub(crate) fn agreement(&self, ranking: &Ranking, desk: &Desk) -> Vec<Agreement> {
        let looked = self.all.iter().filter(|one| !one.glimpses.is_empty());
        let watched: Vec<Watched<'_>> = looked
            .map(|one| Watched {
                steps: one.steps.1,
                looks: (one.glimpses.iter())
                    .map(|(step, card)| (*step, card))
                    .collect(),
                end: one
                    .take
                    .and_then(|take| ranking.overall.get(&take).copied()),
            })
            .collect();
        match watched.is_empty() {
            true => Vec::new(),
            false => agreement(&watched, desk.weights.selector().as_ref()),
        }
    }

    /// The takes that this one goes on from, oldest first.
    pub(crate) fn turns_before(&self, take: TakeId) -> Vec<TakeId> {
        let Some(one) = self.all.iter().find(|one| one.take == Some(take)) else {
            return Vec::new();
        };
        let of = |index: u64| self.find(index).map(|one| (one.parent, one.begun));
        let turns = crate::run::turns_before(one.index, &of);
        turns
            .into_iter()
            .filter_map(|index| self.find(index)?.take)
            .collect()
    }

    /// `takes` are those of the turn, by place.
    pub(crate) fn hear(&mut self, happened: Happened, takes: &[TakeId]) {
        match happened {
            Happened::Ordered(node) => {
                let parent = node.parent.and_then(|parent| self.find(parent));
                let from = match node.begun {
                    Begun::Fork => parent.map_or(0, |parent| parent.steps.0),
                    _ => 0,
                };
                self.all.push(Searched {
                    index: node.index,
                    parent: node.parent,
                    begun: node.begun,
                    why: node.why,
                    words: node.words,
                    from,
                    steps: (from, node.steps.1),
                    glimpses: Vec::new(),
                    fate: Fate::Unfinished,
                    take: None,
                });
            }
            Happened::Stepped(index, done, total) => {
                self.with(index, |one| one.steps = (done, total));
            }
            Happened::Glimpsed(index, step, card) => {
                self.with(index, |one| one.glimpses.push((step, *card)));
            }
            Happened::LetGo(index, why) => self.with(index, |one| one.fate = Fate::LetGo(why)),
            Happened::Failed(index, why) => self.with(index, |one| one.fate = Fate::Failed(why)),
            Happened::Finished(index) => self.with(index, |one| {
                one.fate = Fate::Finished;
                // what is made in one go has no step on the way
                one.steps.1 = one.steps.1.max(1);
                one.steps.0 = one.steps.1;
            }),
            Happened::Placed(index, place) => {
                let place = usize::try_from(place).unwrap_or(usize::MAX);
                self.with(index, |one| one.take = takes.get(place).copied());
            }
            Happened::Remarked(remark) => self.remarks.push(remark),
        }
    }

    fn find(&self, index: u64) -> Option<&Searched> {
        self.all.iter().find(|one| one.index == index)
    }

    fn with(&mut self, index: u64, change: impl FnOnce(&mut Searched)) {
        if let Some(one) = self.all.iter_mut().find(|one| one.index == index) {
            change(one);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(index: u64, parent: Option<u64>, begun: Begun) -> Happened {
        Happened::Ordered(Box::new(Node {
            index,
            parent,
            begun,
            why: Said::default(),
            words: None,
            spots: Vec::new(),
            place: None,
            steps: (0, 8),
            glimpses: Vec::new(),
            closer: None,
            passes: 0,
            fate: Fate::Unfinished,
        }))
    }

    #[test]
    fn a_fork_begins_where_its_parent_was() {
        let mut search = Search::default();
        search.hear(node(0, None, Begun::Run), &[]);
        search.hear(Happened::Stepped(0, 3, 8), &[]);
        search.hear(node(1, Some(0), Begun::Fork), &[]);
        assert_eq!((search.all[1].from, search.all[1].steps), (3, (3, 8)));
    }

    #[test]
    fn a_row_of_finished_candidates_is_no_tree() {
        let mut search = Search::default();
        search.hear(node(0, None, Begun::Run), &[]);
        search.hear(Happened::Finished(0), &[]);
        assert!(!search.is_a_tree());
        search.hear(Happened::LetGo(0, Said::words("dull")), &[]);
        assert!(search.is_a_tree());
    }
}
