//! What counts of a group: each dimension as a share of the best that anybody has of it, so that a dimension's own scale
//! decides nothing (group-decoupled normalisation, as in GDPO and multi-objective GRPO, but by the maximum and not by
//! z-scores: a share keeps zero at zero, does not blow up a dimension in which all are alike, and raising one's own value
//! never lowers one's share). What is unknown of one candidate counts as the lowest that others have, so that nobody wins
//! by a question that failed.

use retake_core::{Dimension, Group, LeftOut, Said, Scorecard, said};

/// Did it do what was asked.
pub(crate) const FOLLOWING: &str = Dimension::INSTRUCTION_FOLLOWING;
/// Is the rest still there.
pub(crate) const PRESERVING: &str = Dimension::DETAIL_PRESERVING;
/// Is it a good picture.
pub(crate) const QUALITY: &str = Dimension::GENERATION_QUALITY;
/// The two parts of quality that VIEScore and those after it ask for; where somebody scored both, they count in its place.
pub(crate) const QUALITY_PARTS: [&str; 2] = ["naturalness", "artifact_free"];

/// One dimension of a group.
#[derive(Clone, Debug)]
pub(crate) struct Column {
    /// the dimension
    pub(crate) name: String,
    /// of the best that anybody has, 0 to 1; 1 of all where the best is 0
    pub(crate) shares: Vec<f64>,
    /// one standard deviation, in the same unit
    pub(crate) spreads: Vec<f64>,
    /// what a share of 1 is, in [0, 1]
    pub(crate) best: f64,
    /// what a share of 1 is on the dimension's own scale
    scale: f64,
}

/// How a candidate stands before anything is weighed. Those of a later class are behind those of an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Class {
    /// an edit with scores
    Edit,
    /// the source as it was
    Untouched,
    /// nothing is known of it
    Unscored,
}

/// A group as selectors reckon with it.
#[derive(Clone, Debug)]
pub(crate) struct Counted {
    /// the dimensions that somebody scored, in the order in which they were asked for
    pub(crate) columns: Vec<Column>,
    /// of each candidate
    pub(crate) classes: Vec<Class>,
    /// what was unknown
    pub(crate) left_out: Vec<LeftOut>,
    /// about the whole group
    pub(crate) notes: Vec<Said>,
    /// whether a formula of the person's own decides
    pub(crate) own: bool,
}

impl Counted {
    /// The three canonical dimensions, or a formula of one's own.
    pub(crate) fn canonical(group: &Group<'_>) -> Self {
        Self::of(group, &[FOLLOWING, PRESERVING, QUALITY])
    }

    /// These dimensions. Where a person's own formula was scored, it counts and nothing else.
    pub(crate) fn of(group: &Group<'_>, names: &[&str]) -> Self {
        let asked = |name: &str| {
            let dimension = Dimension::from(name);
            let mut cards = group.cards.iter();
            cards.any(|card| {
                card.scores.contains_key(&dimension) || card.unknown.contains_key(&dimension)
            })
        };
        // one that is no number for any of them decides nothing, and all the rest does
        let is_number = |card: &Scorecard| card.value(Dimension::OWN).is_some_and(f32::is_finite);
        let own = group.cards.iter().any(is_number);
        let mut notes = Vec::new();
        if asked(Dimension::OWN) && !own {
            notes.push(said!(
                "Nobody scored {dimension}, so it does not count.",
                dimension = spoken(Dimension::OWN)
            ));
        }
        let mut names: Vec<&str> = if own {
            vec![Dimension::OWN]
        } else {
            names.to_vec()
        };
        if QUALITY_PARTS.iter().all(|part| asked(part))
            && let Some(place) = names.iter().position(|name| *name == QUALITY)
        {
            names.splice(place..=place, QUALITY_PARTS);
        }
        let mut counted = Self {
            columns: Vec::new(),
            classes: classes(group),
            left_out: unknown(group.cards),
            notes,
            own,
        };
        for name in names {
            match column(group.cards, name, group.reference()) {
                Some(column) => counted.columns.push(column),
                None if group.cards.is_empty() => {}
                None => counted.notes.push(said!(
                    "Nobody scored {dimension}, so it does not count.",
                    dimension = spoken(name)
                )),
            }
        }
        counted
    }

    /// With scores as they are in place of shares.
    pub(crate) fn unscaled(mut self) -> Self {
        for column in &mut self.columns {
            let scale = column.scale;
            for value in column.shares.iter_mut().chain(&mut column.spreads) {
                *value = if scale > 0.0 { *value * scale } else { 0.0 };
            }
            (column.best, column.scale) = (1.0, 1.0);
        }
        self
    }

    /// How many candidates there are.
    pub(crate) fn len(&self) -> usize {
        self.classes.len()
    }
    /// A candidate's shares.
    pub(crate) fn row(&self, candidate: usize) -> Row<'_> {
        let shares = self.columns.iter().map(|column| column.shares[candidate]);
        self.row_of(shares.collect())
    }
    /// Somebody who is the best in everything, as he stands in [0, 1].
    pub(crate) fn best(&self) -> Row<'_> {
        self.row_of(self.columns.iter().map(|column| column.best).collect())
    }
    /// A card that is not of the group, in shares of the group's best.
    pub(crate) fn row_of_card(&self, card: &Scorecard) -> Row<'_> {
        let share = |column: &Column| {
            let value = card.value(&column.name).map(f64::from);
            let value = value.filter(|value| value.is_finite());
            value.map_or(1.0, |value| {
                if column.scale > 0.0 {
                    value.max(0.0) / column.scale
                } else {
                    1.0
                }
            })
        };
        self.row_of(self.columns.iter().map(share).collect())
    }
    fn row_of(&self, at: Vec<f64>) -> Row<'_> {
        Row {
            columns: &self.columns,
            at,
        }
    }
    /// A candidate's value on the dimension's own scale.
    pub(crate) fn value(&self, column: usize, candidate: usize) -> f64 {
        self.columns[column].shares[candidate] * self.columns[column].scale
    }
}

/// One candidate's share of each dimension.
#[derive(Clone, Debug)]
pub(crate) struct Row<'a> {
    columns: &'a [Column],
    /// in the order of the columns
    pub(crate) at: Vec<f64>,
}

impl Row<'_> {
    /// A dimension's share; 1 where nobody scored it. A formula of one's own stands in the place of following.
    pub(crate) fn of(&self, name: &str) -> f64 {
        self.find(name).unwrap_or(1.0)
    }
    fn find(&self, name: &str) -> Option<f64> {
        let column = self.columns.iter().position(|column| {
            column.name == name || (name == FOLLOWING && column.name == Dimension::OWN)
        });
        column.map(|column| self.at[column])
    }
    /// Following and preserving: VIEScore's semantic consistency.
    pub(crate) fn semantic(&self) -> [f64; 2] {
        [self.of(FOLLOWING), self.of(PRESERVING)]
    }
    /// Quality, in its two parts where they are known: VIEScore's perceptual quality.
    pub(crate) fn quality(&self) -> [f64; 2] {
        let whole = self.of(QUALITY);
        QUALITY_PARTS.map(|part| self.find(part).unwrap_or(whole))
    }
    /// The smaller part of quality.
    pub(crate) fn least_quality(&self) -> f64 {
        let [natural, clean] = self.quality();
        natural.min(clean)
    }
    /// The same with one share changed.
    pub(crate) fn with(&self, column: usize, share: f64) -> Self {
        let mut other = self.clone();
        other.at[column] = share;
        other
    }
}

/// A dimension's name as it is spoken.
pub(crate) fn spoken(name: &str) -> Said {
    match name {
        FOLLOWING => said!("how well it follows"),
        PRESERVING => said!("what it keeps"),
        QUALITY => said!("quality"),
        Dimension::OWN => said!("your own formula"),
        other => Said::words(other.replace('_', " ")),
    }
}

fn classes(group: &Group<'_>) -> Vec<Class> {
    let cards = group.cards.iter().enumerate();
    let classes = cards.map(|(place, card)| {
        let known = card.scores.values().any(|score| score.value.is_finite());
        match (group.is_untouched(place), known) {
            (true, _) => Class::Untouched,
            (false, false) => Class::Unscored,
            (false, true) => Class::Edit,
        }
    });
    classes.collect()
}

/// All that is unknown, and what is no number.
fn unknown(cards: &[Scorecard]) -> Vec<LeftOut> {
    let left_out = |candidate, dimension: &Dimension, why: Said| LeftOut {
        candidate,
        dimension: dimension.clone(),
        why,
    };
    let cards = cards.iter().enumerate();
    cards
        .flat_map(|(candidate, card)| {
            let unknown = card
                .unknown
                .iter()
                .map(move |(name, why)| left_out(candidate, name, why.clone()));
            let scores = card.scores.iter();
            let no_number = scores
                .filter(|(_, score)| !score.value.is_finite())
                .map(move |(name, _)| left_out(candidate, name, said!("Its score is no number.")));
            unknown.chain(no_number)
        })
        .collect()
}

/// A dimension, if anybody scored it. What it is held against counts for the scale as the candidates do.
fn column(cards: &[Scorecard], name: &str, reference: Option<&Scorecard>) -> Option<Column> {
    let dimension = Dimension::from(name);
    let known = |card: &Scorecard| {
        let score = card.scores.get(&dimension)?;
        let spread = f64::from(score.spread);
        let spread = if spread.is_finite() {
            spread.max(0.0)
        } else {
            0.0
        };
        let value = f64::from(score.value);
        value.is_finite().then_some((value.max(0.0), spread))
    };
    let scores: Vec<Option<(f64, f64)>> = cards.iter().map(known).collect();
    let values = || scores.iter().flatten().map(|(value, _)| *value);
    let lowest = values().reduce(f64::min)?;
    let highest = values().reduce(f64::max)?;
    let beside = reference.and_then(known).map_or(0.0, |(value, _)| value);
    let scale = highest.max(beside);
    let share = |value: f64| if scale > 0.0 { value / scale } else { 1.0 };
    let stand_in = (lowest, (highest - lowest) / 2.0);
    let scores = scores.into_iter().map(|score| score.unwrap_or(stand_in));
    let (shares, spreads) = scores
        .map(|(value, spread)| (share(value), if scale > 0.0 { spread / scale } else { 0.0 }))
        .unzip();
    Some(Column {
        name: name.to_owned(),
        shares,
        spreads,
        best: scale.min(1.0),
        scale,
    })
}
