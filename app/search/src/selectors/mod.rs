//! Selectors: each turns the scorecards of a group into an order, a winner and the reasons, and is one file and one line
//! of [`SELECTORS`]. They share three things: dimensions are counted as shares of the group's best (`counted`), an
//! untouched copy is behind every edit, and all numbers that a place comes from are in the verdict (`verdict`).

mod borda;
mod bradley_terry;
mod chains;
mod counted;
mod ensemble;
mod gate;
mod harmonic;
mod low_variance;
mod members;
mod par;
mod pareto;
mod pivots;
mod power_mean;
mod power_product;
mod settings;
mod soft_min;
#[cfg(test)]
mod tests;
mod verdict;

pub use pivots::pivots;
pub(crate) use power_mean::OWN_WEIGHTS;
pub use power_product::PowerProduct;
use retake_core::{Group, Selection, Selector};
use serde_json::Value;
use settings::Dials;
pub use settings::{COMMON, Dial, SelectorError};

/// How a selector chooses.
type Rule = fn(&Group<'_>, &Dials) -> Selection;

/// A selector in the table.
pub struct SelectorEntry {
    /// short name for records, settings and the command line
    pub id: &'static str,
    /// its name for people
    pub title: &'static str,
    /// one sentence for the menu
    pub about: &'static str,
    /// what may be set of it beside what is [`COMMON`] to all
    pub dials: &'static [Dial],
    /// whether it takes a table `weights`: how much each dimension counts, 0 to 1
    pub weighs: bool,
    rule: Rule,
}

/// Every selector, first the default.
pub const SELECTORS: &[SelectorEntry] = &[
    power_product::ENTRY,
    power_mean::POWER,
    power_mean::VIESCORE,
    power_mean::EDITSCORE,
    power_mean::SPATIAL_REWARD,
    power_mean::FIRM,
    power_mean::POWER_MEAN,
    soft_min::ENTRY,
    harmonic::ENTRY,
    pareto::ENTRY,
    gate::ENTRY,
    low_variance::ENTRY,
    par::ENTRY,
    borda::ENTRY,
    ensemble::WORST_CASE,
    ensemble::MEAN_MINUS_DEVIATION,
    bradley_terry::ENTRY,
    pivots::ENTRY,
    chains::CLIP,
    chains::DELTA,
];

/// Which pairs of a group a selector would have compared.
type Wanted = fn(&Group<'_>, &Dials) -> Vec<(usize, usize)>;

/// The selectors that go by comparisons.
const COMPARING: &[(&str, Wanted)] = &[
    (bradley_terry::ENTRY.id, bradley_terry::wanted),
    (pivots::ENTRY.id, pivots::wanted),
];

/// The selector of this id; `-` and `_` are the same.
pub fn selector(id: &str) -> Option<&'static SelectorEntry> {
    let plain = |id: &str| id.replace('-', "_");
    SELECTORS.iter().find(|entry| plain(entry.id) == plain(id))
}

impl SelectorEntry {
    /// With these settings: a table of names and numbers, or null for its own.
    pub fn make(&'static self, settings: &Value) -> Result<Box<dyn Selector>, SelectorError> {
        let dials = Dials::read(self.id, self.dials, self.weighs, settings)?;
        Ok(Box::new(Ruled { entry: self, dials }))
    }
    /// With its own settings.
    pub fn plain(&'static self) -> Box<dyn Selector> {
        // null is always right; the fallback keeps that from being an assumption
        self.make(&Value::Null)
            .unwrap_or_else(|_| Box::new(PowerProduct::default()))
    }
}

/// An entry and its settings.
struct Ruled {
    entry: &'static SelectorEntry,
    dials: Dials,
}

impl Selector for Ruled {
    fn id(&self) -> &'static str {
        self.entry.id
    }
    fn settings(&self) -> Value {
        self.dials.record()
    }
    fn choose(&self, group: &Group<'_>) -> Selection {
        (self.entry.rule)(group, &self.dials)
    }
    fn compares(&self) -> bool {
        COMPARING.iter().any(|(id, _)| *id == self.entry.id)
    }
    fn pairs_wanted(&self, group: &Group<'_>) -> Vec<(usize, usize)> {
        let entry = COMPARING.iter().find(|(id, _)| *id == self.entry.id);
        entry.map_or_else(Vec::new, |(_, wanted)| wanted(group, &self.dials))
    }
}
