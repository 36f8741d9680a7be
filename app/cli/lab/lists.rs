//! `retake lab strategies` and `retake lab selectors`: what can be tried.

use anyhow::Result;
use retake_core::SettingKind;
use retake_search::{COMMON, Dial, Offered, SELECTORS, STRATEGIES};
use serde_json::{Value, json};

use crate::cli::DONE;
use crate::cli::args::ListArgs;
use crate::cli::presets;
use crate::cli::say::{print, say};

/// How takes are spent.
pub(super) fn list_strategies(arguments: &ListArgs) -> Result<u8> {
    list(arguments, "strategies", strategies())
}

/// How the best is chosen.
pub(super) fn list_selectors(arguments: &ListArgs) -> Result<u8> {
    list(arguments, "selectors", selectors())
}

/// Strategy, selector and budget under one name.
pub(super) fn list_presets(arguments: &ListArgs) -> Result<u8> {
    let of = |(name, preset): (String, presets::Preset)| Listed {
        title: name.clone(),
        id: name,
        about: preset.about,
        more: json!({ "candidates": preset.candidates }),
    };
    let listed = presets::built_in()?.into_iter().map(of).collect();
    list(arguments, "presets", listed)
}

/// One thing of a list.
struct Listed {
    id: String,
    title: String,
    about: String,
    more: Value,
}

fn strategies() -> Vec<Listed> {
    let of = |entry: &retake_search::StrategyEntry| Listed {
        id: entry.id.to_owned(),
        title: entry.title.to_owned(),
        about: entry.about.to_owned(),
        more: json!({ "settings": entry.offered().iter().map(setting).collect::<Vec<_>>() }),
    };
    STRATEGIES.iter().map(of).collect()
}

/// What it may be set to, what it is by itself, and the sentence about it.
fn setting(offered: &Offered) -> Value {
    let mut object = match &offered.setting.kind {
        SettingKind::Whole { from, to, own } => json!({ "from": from, "to": to, "own": own }),
        SettingKind::Number { from, to, own } => json!({ "from": from, "to": to, "own": own }),
        SettingKind::Choice { of, own } => {
            let words: Vec<&str> = of.iter().map(|(word, _)| *word).collect();
            json!({ "of": words, "own": own })
        }
        // nothing else is offered by a strategy
        _ => json!({}),
    };
    object["id"] = json!(offered.setting.id);
    object["about"] = json!(offered.about);
    object
}

fn selectors() -> Vec<Listed> {
    let dial = |dial: &Dial| json!({ "id": dial.id, "from": dial.from, "to": dial.to, "own": dial.own, "about": dial.about });
    let of = |entry: &retake_search::SelectorEntry| Listed {
        id: entry.id.to_owned(),
        title: entry.title.to_owned(),
        about: entry.about.to_owned(),
        more: json!({
            "settings": entry.dials.iter().chain(COMMON).map(dial).collect::<Vec<_>>(),
            "weights": entry.weighs,
        }),
    };
    SELECTORS.iter().map(of).collect()
}

fn list(arguments: &ListArgs, name: &str, listed: Vec<Listed>) -> Result<u8> {
    if !arguments.json {
        let widest = listed.iter().map(|one| one.id.len()).max().unwrap_or(0);
        for one in &listed {
            say(format_args!(
                "{:widest$}  {}: {}",
                one.id, one.title, one.about
            ));
        }
        return Ok(DONE);
    }
    let objects: Vec<Value> = listed
        .into_iter()
        .map(|one| {
            let mut object = one.more;
            object["id"] = json!(one.id);
            object["title"] = json!(one.title);
            object["about"] = json!(one.about);
            object
        })
        .collect();
    let object = json!({ name: objects });
    print(&format!("{object:#}\n"))?;
    Ok(DONE)
}
