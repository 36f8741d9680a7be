//! How much is done for an instruction, and how: candidates, strategy, time.

use std::collections::BTreeMap;
use std::time::Duration;

use retake_core::{EditorSettings, Said};
use retake_search::{SELECTORS, STRATEGIES};

use crate::desk::{SearchedBy, Weights};

/// The most candidates of one run.
pub(crate) const MOST_CANDIDATES: usize = 64;

/// What a run may spend.
#[derive(Clone, Debug, PartialEq)]
pub struct Effort {
    /// candidates of a run, at most; 1 to 64
    pub candidates: usize,
    /// id of the strategy that spends them
    pub strategy: &'static str,
    /// how strategies are set, by their ids; what is not in it is as it is by itself
    pub strategies: BTreeMap<&'static str, EditorSettings>,
    /// id of the selector that was chosen last, on whatever photo: the next photo is chosen from by it
    pub selector: &'static str,
    /// how selectors were set the last time, by their ids
    pub selectors: BTreeMap<&'static str, EditorSettings>,
    /// how long a run may take; `None` is as long as it needs
    pub time_limit: Option<Duration>,
    /// how often takes, or looks at them on their way, may be scored in a run; `None` is as often as it needs
    pub judge_calls: Option<u64>,
    /// id of the editor that makes them; `None` is the built-in one
    pub editor: Option<String>,
}

impl Default for Effort {
    fn default() -> Self {
        Self {
            candidates: 8,
            strategy: STRATEGIES[0].id,
            strategies: BTreeMap::new(),
            selector: SELECTORS[0].id,
            selectors: BTreeMap::new(),
            time_limit: None,
            judge_calls: None,
            editor: None,
        }
    }
}

impl Effort {
    /// So many candidates, within what one run may have.
    pub(crate) fn set_candidates(&mut self, count: usize) {
        self.candidates = count.clamp(1, MOST_CANDIDATES);
    }
    /// How a strategy is set.
    pub fn strategy_set(&self, id: &str) -> EditorSettings {
        self.strategies.get(id).cloned().unwrap_or_default()
    }
    /// How a run that begins now is searched.
    pub(crate) fn searched(&self) -> SearchedBy {
        SearchedBy {
            strategy: self.strategy.to_owned(),
            set: self.strategy_set(self.strategy),
        }
    }
    /// Why no run can begin with the strategy as it is set.
    pub(crate) fn contradiction(&self) -> Option<Said> {
        let entry = retake_search::strategy(self.strategy)?;
        let relation = entry.contradiction(&self.strategy_set(self.strategy))?;
        Some(Said::name(relation.about))
    }
    /// What counts how much on a photo to which nothing was done yet: as it was chosen and set on the last one.
    pub(crate) fn weights(&self) -> Weights {
        let chosen = Weights {
            selector: self.selector,
            ..Weights::default()
        };
        chosen.with(self.selector_set(self.selector))
    }
    /// How a selector was set the last time.
    pub fn selector_set(&self, id: &str) -> EditorSettings {
        self.selectors.get(id).cloned().unwrap_or_default()
    }
    /// Sets a strategy; what is out of its range is left out.
    pub(crate) fn set_strategy(&mut self, id: &str, set: EditorSettings) {
        if let Some(entry) = retake_search::strategy(id) {
            let set = retake_search::within(&entry.offered(), set);
            self.strategies.insert(entry.id, set);
        }
    }
    /// Remembers how a selector is set.
    pub(crate) fn set_selector(&mut self, id: &str, set: EditorSettings) {
        if let Some(entry) = retake_search::selector(id) {
            let set = retake_search::within(&entry.offered(), set);
            self.selectors.insert(entry.id, set);
        }
    }
}
