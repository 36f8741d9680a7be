//! What figures ask of groups, worked out once. A round of the bootstrap draws every group again and there are a thousand
//! rounds, so what a group says alone is kept ([`Alone`]), and what drawn groups say together is shared by the figures that
//! ask for it ([`Drawn`]).

use std::cell::OnceCell;
use std::collections::BTreeMap;

use crate::measures::agreed::Twice;
use crate::measures::calibration::{Forecast, forecasts};
use crate::measures::groups::{Choice, all_right, choice, top1_of};
use crate::measures::order::BothOrders;
use crate::measures::pairs::{Counts, TieCalibrated, tie_calibrated};
use crate::measures::rank::Concordance;
use crate::measures::{Pair, Rated};
use crate::table::Group;

/// A group and what it says alone.
#[derive(Debug)]
pub struct Alone<'g> {
    pub(crate) group: &'g Group,
    /// scores beside ratings, where people rated edits one by one
    pub(crate) rated: Vec<Rated>,
    pub(crate) pairs: Vec<Pair>,
    pub(crate) counts: Counts,
    pub(crate) choice: Option<Choice>,
    /// whether every pair is right
    pub(crate) exact: Option<bool>,
    /// [`top1_of`] four
    pub(crate) of_four: Option<f64>,
    /// how its edits stand to each other
    pub(crate) within: Concordance,
    pub(crate) orders: Vec<BothOrders>,
    pub(crate) twice: Vec<Twice>,
    /// the editor's number in alphabetical order, the score and the rating of each edit that people rated
    made: Vec<(usize, f64, f64)>,
}

impl<'g> Alone<'g> {
    /// Of each group, in their order.
    pub fn of(groups: &[&'g Group]) -> Vec<Self> {
        let entries = groups.iter().flat_map(|group| &group.entries);
        let mut editors: BTreeMap<&str, usize> =
            entries.map(|entry| (entry.editor.as_str(), 0)).collect();
        let numbers = editors.values_mut().enumerate();
        numbers.for_each(|(place, number)| *number = place);
        groups
            .iter()
            .map(|group| Self::of_one(group, &editors))
            .collect()
    }

    fn of_one(group: &'g Group, editors: &BTreeMap<&str, usize>) -> Self {
        let (rated, pairs) = (group.rated(), group.pairs());
        let (scores, humans): (Vec<f64>, Vec<f64>) =
            rated.iter().map(|rated| (rated.score, rated.human)).unzip();
        let made = group.entries.iter().filter_map(|entry| {
            let editor = editors.get(entry.editor.as_str())?;
            Some((*editor, entry.on(&group.dimension), entry.human?))
        });
        Self {
            counts: Counts::of(&pairs),
            choice: choice(&rated),
            exact: all_right(&pairs),
            of_four: top1_of(&rated, 4),
            within: Concordance::of(&scores, &humans),
            orders: group.orders(),
            twice: group.twice(),
            made: made.collect(),
            rated: match group.is_rated() {
                true => rated,
                false => Vec::new(),
            },
            pairs,
            group,
        }
    }
}

/// Scores and ratings, place by place.
pub type Ratings = (Vec<f64>, Vec<f64>);

/// Groups that were drawn, some of them several times.
#[derive(Debug)]
pub struct Drawn<'a> {
    pub(crate) groups: Vec<&'a Alone<'a>>,
    halves: OnceCell<(Vec<Pair>, Vec<bool>)>,
    calibrated: OnceCell<Option<TieCalibrated>>,
    chances: OnceCell<Vec<Forecast>>,
    rated: OnceCell<Ratings>,
    editors: OnceCell<Vec<Ratings>>,
}

impl<'a> Drawn<'a> {
    /// These.
    pub fn of(groups: impl IntoIterator<Item = &'a Alone<'a>>) -> Self {
        Self {
            groups: groups.into_iter().collect(),
            halves: OnceCell::new(),
            calibrated: OnceCell::new(),
            chances: OnceCell::new(),
            rated: OnceCell::new(),
            editors: OnceCell::new(),
        }
    }

    /// Pairs, and whether each belongs to the first half: every other group, so that a group is never in both.
    fn halves(&self) -> &(Vec<Pair>, Vec<bool>) {
        self.halves.get_or_init(|| {
            let (mut pairs, mut first) = (Vec::new(), Vec::new());
            for (place, group) in self.groups.iter().enumerate() {
                first.extend(std::iter::repeat_n(place % 2 == 0, group.pairs.len()));
                pairs.extend_from_slice(&group.pairs);
            }
            (pairs, first)
        })
    }

    /// All pairs.
    pub(crate) fn pairs(&self) -> &[Pair] {
        &self.halves().0
    }

    /// How many of them are right.
    pub(crate) fn counts(&self) -> Counts {
        let all = self.groups.iter().map(|group| group.counts);
        all.fold(Counts::default(), Counts::and)
    }

    /// What the groups say about choosing.
    pub(crate) fn choices(&self) -> impl Iterator<Item = &Choice> {
        self.groups.iter().filter_map(|group| group.choice.as_ref())
    }

    /// The tie-calibrated accuracy, each half judged by the other's threshold.
    pub(crate) fn calibrated(&self) -> Option<TieCalibrated> {
        *self.calibrated.get_or_init(|| {
            let (pairs, first) = self.halves();
            tie_calibrated(pairs, &|place| first[place])
        })
    }

    /// The chances that margins stand for.
    pub(crate) fn chances(&self) -> &[Forecast] {
        self.chances.get_or_init(|| {
            let (pairs, first) = self.halves();
            forecasts(pairs, &|place| first[place])
        })
    }

    /// Scores beside ratings, all groups together.
    pub(crate) fn rated(&self) -> &Ratings {
        self.rated.get_or_init(|| {
            let rated = self.groups.iter().flat_map(|group| &group.rated);
            rated.map(|rated| (rated.score, rated.human)).unzip()
        })
    }

    /// The same by editor, in alphabetical order, editors of none left out.
    pub(crate) fn editors(&self) -> impl Iterator<Item = &Ratings> {
        let editors = self.editors.get_or_init(|| {
            let mut editors: Vec<Ratings> = Vec::new();
            for (editor, score, human) in self.groups.iter().flat_map(|group| &group.made) {
                if editors.len() <= *editor {
                    editors.resize_with(editor + 1, Ratings::default);
                }
                editors[*editor].0.push(*score);
                editors[*editor].1.push(*human);
            }
            editors
        });
        editors.iter().filter(|(scores, _)| !scores.is_empty())
    }

    /// Everything that figures ask of all groups' lists, put together.
    pub(crate) fn together<T: Copy + 'a>(&self, of: impl Fn(&'a Alone<'a>) -> &'a [T]) -> Vec<T> {
        let all = self.groups.iter().flat_map(|group| of(group));
        all.copied().collect()
    }
}
