//! Presets: strategy, selector and budget under one name. Three are built in (`assets/presets.toml`), a configuration may
//! have more of its own under `[presets.NAME]`.

use std::collections::BTreeMap;

use anyhow::{Result, anyhow, bail};
use serde::Deserialize;

use super::budget::BudgetConfig;
use super::config::{CANDIDATES, SelectorConfig, StrategyConfig};

/// What a preset says; all else is as usual.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Preset {
    /// for people
    #[serde(default)]
    pub(crate) about: String,
    pub(crate) candidates: Option<u32>,
    pub(crate) strategy: Option<StrategyConfig>,
    pub(crate) selector: Option<SelectorConfig>,
    #[serde(default)]
    pub(crate) budget: BudgetConfig,
}

/// Presets by their names.
pub(crate) type Presets = BTreeMap<String, Preset>;

impl Preset {
    /// Refuses what lies outside the bounds.
    pub(crate) fn check(&self, name: &str) -> Result<()> {
        let (low, high) = CANDIDATES;
        if self
            .candidates
            .is_some_and(|count| !(low..=high).contains(&count))
        {
            bail!("presets.{name}.candidates must be from {low} to {high}");
        }
        if let Some(strategy) = &self.strategy {
            strategy.make()?;
        }
        if let Some(selector) = &self.selector {
            selector.make(None)?;
        }
        self.budget.check()
    }
}

/// Those that are built in.
pub(crate) fn built_in() -> Result<Presets> {
    toml::from_str(include_str!("../../assets/presets.toml"))
        .map_err(|error| anyhow!("the built-in presets are not right ({error}); please report it"))
}

/// The preset of this name, one's own before those that are built in.
pub(crate) fn find(name: &str, own: &Presets) -> Result<Preset> {
    let built_in = built_in()?;
    if let Some(preset) = own.get(name).or_else(|| built_in.get(name)) {
        return Ok(preset.clone());
    }
    let mut names: Vec<&str> = own
        .keys()
        .chain(built_in.keys())
        .map(String::as_str)
        .collect();
    names.sort_unstable();
    names.dedup();
    bail!(
        "the preset \"{name}\" is not known; choose one of {}",
        names.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_preset_can_be_used_and_says_what_it_does() {
        let presets = built_in().expect("they are right");
        for (name, preset) in &presets {
            preset.check(name).expect("it can be used");
            assert!(!preset.about.is_empty(), "{name}");
        }
        let names: Vec<&str> = presets.keys().map(String::as_str).collect();
        assert_eq!(names, ["balanced", "best", "quick"]);
    }

    #[test]
    fn an_unknown_preset_names_the_known_ones() {
        let error = find("fast", &Presets::new())
            .expect_err("unknown")
            .to_string();
        assert!(error.contains("balanced, best, quick"), "{error}");
    }

    #[test]
    fn one_of_ones_own_goes_before_one_that_is_built_in() {
        let own: Presets = toml::from_str("[quick]\ncandidates = 2").expect("right");
        let found = find("quick", &own).expect("known");
        assert_eq!(found.candidates, Some(2));
    }
}
