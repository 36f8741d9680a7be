//! Ways to spend compute under one name: how many takes, how they are spent, how the best is chosen, what a run may cost.
//! The same file as the command line's.

use std::collections::BTreeMap;
use std::sync::LazyLock;
use std::time::Duration;

use retake_core::EditorSettings;
use retake_engine::{Command, Effort, Weights, selector, strategy};
use serde::Deserialize;

/// A preset; what it does not say stays as it is.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub(crate) struct Preset {
    /// its name among the texts
    #[serde(skip)]
    pub(crate) id: String,
    candidates: usize,
    strategy: String,
    selector: Option<String>,
    budget: Limits,
}

/// What a run may cost.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
struct Limits {
    judge_calls: Option<u64>,
    seconds: Option<f64>,
}

/// All of them, the cheapest first.
pub(crate) fn presets() -> &'static [Preset] {
    static PRESETS: LazyLock<Vec<Preset>> = LazyLock::new(|| {
        let file = include_str!("../../../assets/presets.toml");
        // a test reads it too
        let read: BTreeMap<String, Preset> = toml::from_str(file).unwrap_or_default();
        let named = read.into_iter().map(|(id, preset)| Preset { id, ..preset });
        let mut all: Vec<Preset> = named.collect();
        all.sort_by_key(|preset| preset.candidates);
        all
    });
    &PRESETS
}

impl Preset {
    /// What has to be done for it.
    pub(crate) fn commands(&self, weights: &Weights) -> Vec<Command> {
        let mut commands = vec![
            Command::Candidates(self.candidates),
            Command::TimeLimit(self.budget.time()),
            Command::JudgeCalls(self.budget.judge_calls),
        ];
        if let Some(entry) = strategy(&self.strategy) {
            commands.push(Command::SetStrategy(entry.id, EditorSettings::new()));
            commands.push(Command::Strategy(entry.id));
        }
        let named = self.selector.as_deref().and_then(selector);
        commands.extend(named.map(|entry| Command::Weigh {
            weights: Weights {
                selector: entry.id,
                settings: EditorSettings::new(),
                ..weights.clone()
            },
            done: true,
        }));
        commands
    }

    /// Whether all is as it says.
    pub(crate) fn is(&self, effort: &Effort, weights: Option<&Weights>) -> bool {
        let named = self.selector.as_deref().and_then(selector);
        let chooses = named.is_none_or(|entry| weights.is_some_and(|w| w.selector == entry.id));
        effort.candidates == self.candidates
            && effort.strategy == self.strategy
            && effort.strategy_set(effort.strategy).is_empty()
            && effort.time_limit == self.budget.time()
            && effort.judge_calls == self.budget.judge_calls
            && chooses
    }
}

impl Limits {
    fn time(&self) -> Option<Duration> {
        self.seconds
            .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::{LANGUAGES, Texts};

    #[test]
    fn every_preset_has_a_name_and_a_sentence_in_every_language_and_a_strategy_that_there_is() {
        let ids: Vec<&str> = presets().iter().map(|preset| &*preset.id).collect();
        assert_eq!(ids, ["quick", "balanced", "best"]);
        for preset in presets() {
            assert!(strategy(&preset.strategy).is_some(), "{}", preset.id);
            for (code, _, _) in LANGUAGES {
                let texts = Texts::of(code);
                for end in ["", "_how"] {
                    let key = format!("preset_{}{end}", preset.id);
                    assert_ne!(texts.get(&key), key, "{code}");
                }
            }
        }
    }
}
