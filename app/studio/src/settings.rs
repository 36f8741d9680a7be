//! What the window remembers: theme, scale, language, keys, recent photos. A file of its own with a version; a damaged one
//! is as good as none.

mod judges;
mod models;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use eframe::egui::KeyboardShortcut;
use retake_core::EditorSettings;
use retake_engine::{Command, Engine, HeldOut, SELECTORS, STRATEGIES, selector, strategy};
use serde::{Deserialize, Serialize};

use crate::keys::{Bindings, sets};
use crate::look::Look;
use crate::theme::Shade;
use judges::SeatedJudge;
use models::TunedModel;

/// The version this program writes.
const VERSION: u32 = 1;
/// Recent photos kept.
const RECENT: usize = 20;

/// What is remembered.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Settings {
    /// of the file
    pub(crate) version: u32,
    /// "dark", "grey" or "light"
    pub(crate) theme: String,
    /// ISO 639-1 code
    pub(crate) language: String,
    /// size of everything
    pub(crate) scale: f32,
    /// go on after a mark
    pub(crate) auto_advance: bool,
    /// "system", "srgb", or the path of the screen's ICC profile
    pub(crate) screen: String,
    /// what is done with takes is noted in their journals, for the lab to learn from
    pub(crate) note_acts: bool,
    /// nothing moves by itself
    pub(crate) reduced_motion: bool,
    /// candidates a run
    pub(crate) candidates: usize,
    /// id of the strategy that spends them
    pub(crate) strategy: String,
    /// what was set of strategies, by their ids
    pub(crate) strategies: BTreeMap<String, EditorSettings>,
    /// id of the selector that was chosen last
    pub(crate) selector: String,
    /// what was set of selectors, by their ids
    pub(crate) selectors: BTreeMap<String, EditorSettings>,
    /// seconds a run may take; 0 is as long as it needs
    pub(crate) time_limit: u64,
    /// judgements a run may take; 0 is as many as it needs
    pub(crate) judge_calls: u64,
    /// who watches over the choice: "usual", "nobody" or "judge"
    pub(crate) watches: String,
    /// the one, where it is a judge
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) watcher: Option<SeatedJudge>,
    /// id of the model that makes the takes; none for the built-in editor
    pub(crate) editor: String,
    /// how models are to work, by their ids
    pub(crate) models: BTreeMap<String, TunedModel>,
    /// who scores beside the measures
    pub(crate) judges: Vec<SeatedJudge>,
    /// which key set the keys began as
    pub(crate) key_set: String,
    /// keys that differ from the actions' own, by action id
    pub(crate) keys: Bindings,
    /// photos opened, the latest first
    pub(crate) recent: Vec<PathBuf>,
    /// instructions run, the latest last
    pub(crate) said: Vec<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            version: VERSION,
            theme: Shade::default().id().to_owned(),
            language: "en".to_owned(),
            scale: 1.0,
            auto_advance: true,
            screen: crate::screen::SYSTEM.to_owned(),
            note_acts: true,
            reduced_motion: false,
            candidates: 8,
            strategy: STRATEGIES[0].id.to_owned(),
            strategies: BTreeMap::new(),
            selector: SELECTORS[0].id.to_owned(),
            selectors: BTreeMap::new(),
            time_limit: 0,
            judge_calls: 0,
            watches: "usual".to_owned(),
            watcher: None,
            editor: String::new(),
            models: BTreeMap::new(),
            judges: Vec::new(),
            key_set: sets::SETS[0].id.to_owned(),
            keys: Bindings::new(),
            recent: Vec::new(),
            said: Vec::new(),
        }
    }
}

impl Settings {
    /// From the file's text; the defaults when it is none, or of a newer program.
    pub(crate) fn from_text(text: &str) -> Self {
        let read: Self = toml::from_str(text).unwrap_or_default();
        if read.version > VERSION {
            return Self::default();
        }
        read
    }
    /// The file's text.
    pub(crate) fn to_text(&self) -> String {
        toml::to_string_pretty(self).unwrap_or_default()
    }
    /// Into the look.
    pub(crate) fn apply(&self, look: &mut Look) {
        look.shade = Shade::ALL
            .into_iter()
            .find(|shade| shade.id() == self.theme)
            .unwrap_or_default();
        look.language.clone_from(&self.language);
        look.scale = if self.scale.is_finite() {
            self.scale.clamp(0.6, 3.0)
        } else {
            1.0
        };
        look.auto_advance = self.auto_advance;
        look.reduced_motion = self.reduced_motion;
        look.screen.clone_from(&self.screen);
        look.said.clone_from(&self.said);
    }
    /// From the look.
    pub(crate) fn note(&mut self, look: &Look) {
        self.theme = look.shade.id().to_owned();
        self.language.clone_from(&look.language);
        self.scale = look.scale;
        self.auto_advance = look.auto_advance;
        self.reduced_motion = look.reduced_motion;
        self.screen.clone_from(&look.screen);
        self.said.clone_from(&look.said);
    }
    /// What the engine is to begin with.
    pub(crate) fn effort(&self) -> Vec<Command> {
        let limit = Duration::from_secs(self.time_limit);
        let mut commands = vec![
            Command::Candidates(self.candidates),
            Command::NoteActs(self.note_acts),
            Command::TimeLimit(Some(limit).filter(|limit| !limit.is_zero())),
        ];
        let calls = Some(self.judge_calls).filter(|&calls| calls > 0);
        commands.push(Command::JudgeCalls(calls));
        let watcher = self.watcher.as_ref().and_then(SeatedJudge::seat);
        commands.push(Command::HoldOut(match (self.watches.as_str(), watcher) {
            ("judge", Some(seat)) => HeldOut::Judge(seat.judge),
            ("nobody", _) => HeldOut::Nobody,
            _ => HeldOut::Usual,
        }));
        commands.extend(strategy(&self.strategy).map(|entry| Command::Strategy(entry.id)));
        let strategies = self.strategies.iter().filter_map(|(id, set)| {
            let entry = strategy(id)?;
            Some(Command::SetStrategy(entry.id, set.clone()))
        });
        commands.extend(strategies);
        let selectors = self.selectors.iter().filter_map(|(id, set)| {
            let entry = selector(id)?;
            Some(Command::SetSelector(entry.id, set.clone()))
        });
        commands.extend(selectors);
        commands.extend(selector(&self.selector).map(|entry| Command::Selector(entry.id)));
        let tuned = self.models.iter();
        commands.extend(tuned.map(|(id, tuned)| Command::Tune(id.clone(), tuned.tuning())));
        let seats = self.judges.iter().filter_map(SeatedJudge::seat);
        commands.push(Command::JudgesOfLastTime(seats.collect()));
        if !self.editor.is_empty() {
            commands.push(Command::EditorOfLastTime(self.editor.clone()));
        }
        commands
    }
    /// From the engine.
    pub(crate) fn note_effort(&mut self, engine: &Engine) {
        let effort = engine.effort();
        self.note_acts = engine.notes_acts();
        self.editor = effort.editor.clone().unwrap_or_default();
        let tuned = engine.tunings().iter();
        self.models = tuned
            .map(|(id, tuning)| (id.clone(), TunedModel::of(tuning)))
            .collect();
        self.judges = engine.seats().iter().map(SeatedJudge::of).collect();
        self.candidates = effort.candidates;
        effort.strategy.clone_into(&mut self.strategy);
        let set = |all: &BTreeMap<&'static str, EditorSettings>| {
            let set = all.iter().filter(|(_, set)| !set.is_empty());
            set.map(|(id, set)| ((*id).to_owned(), set.clone()))
                .collect()
        };
        self.strategies = set(&effort.strategies);
        effort.selector.clone_into(&mut self.selector);
        self.selectors = set(&effort.selectors);
        self.judge_calls = effort.judge_calls.unwrap_or_default();
        let (watches, watcher) = match engine.held_out() {
            HeldOut::Usual => ("usual", None),
            HeldOut::Nobody => ("nobody", None),
            HeldOut::Judge(judge) => ("judge", Some(SeatedJudge::of_judge(judge))),
        };
        watches.clone_into(&mut self.watches);
        self.watcher = watcher;
        self.time_limit = effort.time_limit.map_or(0, |limit| limit.as_secs());
    }
    /// A photo was opened.
    pub(crate) fn opened(&mut self, path: PathBuf) {
        self.recent.retain(|known| *known != path);
        self.recent.insert(0, path);
        self.recent.truncate(RECENT);
    }
    /// Gives an action other keys.
    pub(crate) fn bind(&mut self, action: &str, keys: Vec<KeyboardShortcut>) {
        self.keys.insert(action.to_owned(), keys);
    }
    /// Begins again with the keys of a set.
    pub(crate) fn choose_keys(&mut self, set: &str) {
        set.clone_into(&mut self.key_set);
        self.keys = sets::bindings(set);
    }
    /// True when a person has given the action keys that its set does not.
    pub(crate) fn is_rebound(&self, action: &str) -> bool {
        self.keys.get(action) != sets::bindings(&self.key_set).get(action)
    }
    /// Gives an action the keys of the set again.
    pub(crate) fn unbind(&mut self, action: &str) {
        match sets::bindings(&self.key_set).remove(action) {
            Some(keys) => _ = self.keys.insert(action.to_owned(), keys),
            None => _ = self.keys.remove(action),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_read_back_as_they_were_written() {
        let mut settings = Settings {
            theme: "grey".to_owned(),
            ..Settings::default()
        };
        settings.opened(PathBuf::from("/a/b.jpg"));
        let back = Settings::from_text(&settings.to_text());
        assert_eq!((back.theme, back.recent), (settings.theme, settings.recent));
    }

    #[test]
    fn keys_read_back_as_they_were_given() {
        let mut settings = Settings::default();
        settings.choose_keys("darktable");
        let keys = vec![KeyboardShortcut::new(
            eframe::egui::Modifiers::COMMAND | eframe::egui::Modifiers::SHIFT,
            eframe::egui::Key::OpenBracket,
        )];
        settings.bind("pick", keys);
        let back = Settings::from_text(&settings.to_text());
        assert_eq!((back.keys, back.key_set), (settings.keys, settings.key_set));
    }

    #[test]
    fn giving_keys_back_gives_those_of_the_set() {
        let mut settings = Settings::default();
        settings.choose_keys("darktable");
        for action in ["reject", "pick"] {
            let own = settings.keys.get(action).cloned();
            settings.bind(action, Vec::new());
            assert!(settings.is_rebound(action));
            settings.unbind(action);
            assert_eq!(settings.keys.get(action).cloned(), own);
            assert!(!settings.is_rebound(action));
        }
    }

    #[test]
    fn a_damaged_file_is_as_good_as_none() {
        for text in [
            "theme = ",
            "scale = \"big\"",
            "version = 99\ntheme = \"light\"",
        ] {
            assert_eq!(Settings::from_text(text).theme, "dark");
        }
    }
}
