//! What a formula can name: scores and their spreads, published numbers of judges, costs of faults, and every quantity
//! before and after the edit.

use std::sync::OnceLock;

use retake_core::{Dimension, QUANTITIES, Quantity, Raster, Scorecard};
use retake_pixels::lab::Lab;
use retake_pixels::measure::Reference;
use retake_pixels::resize;

use crate::formulas::MAPPINGS;
use crate::panel;
use crate::scales::{KEPT, PREFERRED};

/// What rewards measure beside the published numbers.
const FURTHER: [&str; 7] = [
    "pairwise.positional_bias",
    "paraphrases.agreement",
    "motion.magnitude",
    "motion.inside",
    "motion.outside",
    "motion.right",
    "motion.down",
];

/// Names that are no quantity of a picture.
fn plain_names() -> impl Iterator<Item = String> {
    let dimensions = Dimension::CANONICAL
        .into_iter()
        .chain([PREFERRED, KEPT, "motion"]);
    let published = MAPPINGS.iter().map(|mapping| mapping.published.to_owned());
    let further = FURTHER.into_iter().map(String::from);
    dimensions
        .flat_map(|name| [name.to_owned(), format!("spread.{name}")])
        .chain(published)
        .chain(further)
}

fn quantity_names() -> impl Iterator<Item = String> {
    let measured = QUANTITIES
        .iter()
        .filter(|info| !info.quantity.is_geometry());
    measured
        .flat_map(|info| ["before", "after", "change"].map(|when| format!("{when}.{}", info.id)))
}

/// Whether a formula may name it. What a fault or a check is called is known only once a picture has it.
pub fn is_known(name: &str) -> bool {
    let of_reason = name
        .strip_prefix("cost.")
        .is_some_and(|rest| !rest.is_empty());
    of_reason
        || plain_names()
            .chain(quantity_names())
            .any(|known| known == name)
}

/// The known name that takes the fewest changes.
pub(super) fn nearest(name: &str) -> String {
    let all = plain_names().chain(quantity_names());
    all.min_by_key(|known| distance(known, name))
        .unwrap_or_default()
}

/// Of these names those that take the fewest changes first; as near, as they were.
pub fn nearest_first<'a>(name: &str, mut names: Vec<&'a str>) -> Vec<&'a str> {
    names.sort_by_key(|known| distance(known, name));
    names
}

/// Levenshtein's distance, in letters.
pub(super) fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, letter) in a.chars().enumerate() {
        let mut before = row[0];
        row[0] = i + 1;
        for (j, other) in b.iter().enumerate() {
            let change = before + usize::from(letter != *other);
            before = row[j + 1];
            row[j + 1] = change.min(before + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

/// The source, measured when somebody asks.
pub(super) struct Before<'a> {
    source: &'a Raster,
    reference: OnceLock<Reference>,
}

impl<'a> Before<'a> {
    pub(super) fn of(source: &'a Raster) -> Self {
        Self {
            source,
            reference: OnceLock::new(),
        }
    }
    fn reference(&self) -> &Reference {
        self.reference.get_or_init(|| Reference::new(self.source))
    }
}

/// One candidate, measured when somebody asks.
pub(super) struct Measured<'a> {
    before: &'a Before<'a>,
    edited: &'a Raster,
    card: &'a Scorecard,
    lab: OnceLock<Lab>,
}

impl<'a> Measured<'a> {
    pub(super) fn new(before: &'a Before<'a>, edited: &'a Raster, card: &'a Scorecard) -> Self {
        Self {
            before,
            edited,
            card,
            lab: OnceLock::new(),
        }
    }

    fn lab(&self) -> &Lab {
        self.lab.get_or_init(|| {
            let source = self.before.source;
            if (self.edited.width, self.edited.height) == (source.width, source.height) {
                Lab::of(self.edited)
            } else {
                Lab::of(&resize::raster(self.edited, source.width, source.height))
            }
        })
    }

    /// The measure of this name; `None` where this candidate has none.
    pub(super) fn value(&self, name: &str) -> Option<f64> {
        if let Some(fault) = name.strip_prefix("cost.") {
            let reasons = self.card.scores.values().flat_map(|score| &score.reasons);
            let costs = reasons
                .filter(|reason| reason.id == fault)
                .map(|reason| reason.cost);
            // a fault that nobody found costs nothing
            return Some(f64::from(costs.fold(0.0, f32::max)));
        }
        if let Some(dimension) = name.strip_prefix("spread.") {
            let score = self.card.scores.get(&Dimension::from(dimension));
            return score.map(|score| f64::from(score.spread));
        }
        if let Some((when, quantity)) = name.split_once('.')
            && let Some(quantity) = quantity_of(quantity)
        {
            let reference = self.before.reference();
            let before = || f64::from(reference.before(quantity, None, None));
            let after = || f64::from(reference.after(quantity, self.lab(), None, None));
            return match when {
                "before" => Some(before()),
                "after" => Some(after()),
                "change" => Some(after() - before()),
                _ => None,
            };
        }
        let scored = self.card.value(name).map(f64::from);
        scored.or_else(|| panel::measures(self.card).get(name).copied())
    }

    /// One standard deviation of a measure that is a score.
    pub(super) fn spread(&self, name: &str) -> Option<f64> {
        let score = self.card.scores.get(&Dimension::from(name))?;
        Some(f64::from(score.spread))
    }
}

fn quantity_of(id: &str) -> Option<Quantity> {
    let found = QUANTITIES.iter().find(|info| info.id == id);
    found.map(|info| info.quantity)
}
