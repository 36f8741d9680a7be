//! `retake replay`: makes a run again from its record and reports any difference, to the byte.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result, bail};
use retake_files::record::{RunRecord, place_path};
use retake_judges::server::ServerEditor;
use retake_models::diffusion::Wishes;
use retake_search::STRATEGIES;
use serde_json::Value;

use super::args::ReplayArgs;
use super::budget::BudgetConfig;
use super::config::{
    CANDIDATES, Config, ModelChoice, QUALITY, SIZE, SelectorConfig, Settings, format, metadata,
    space, strategy,
};
use super::drift::DriftConfig;
use super::edit::{Assignment, Made, make, sha256};
use super::judging::JudgeConfig;
use super::progress::{Line, obey_signals};
use super::say::{complain, print, say};
use super::tools::{self, Reader, Workshop};
use super::{DONE, FAILED, picture, report};

/// Obeys the command.
pub(crate) fn replay(args: &ReplayArgs) -> Result<u8> {
    let path = args.run.join("run.json");
    let text = picture::text(&path).context("the record of the run cannot be read")?;
    let record = RunRecord::from_json(&text).map_err(|error| error.at(&path))?;
    let differences = differences(&record, &args.run)?;
    if args.json {
        let object =
            serde_json::json!({ "same": differences.is_empty(), "differences": differences });
        print(&format!("{object:#}\n"))?;
    }
    if differences.is_empty() {
        say(format_args!(
            "The same to the byte: {} candidates and {}.",
            record.candidates.len(),
            record.selected.file
        ));
        return Ok(DONE);
    }
    for difference in &differences {
        say(difference);
    }
    complain(format_args!(
        "the replay differs in {} places, said above: {}",
        differences.len(),
        args.run.display()
    ));
    Ok(FAILED)
}

fn differences(record: &RunRecord, folder: &Path) -> Result<Vec<String>> {
    possible(record)?;
    of_this_machine(record)?;
    let config_path = record.settings.config.as_deref().map(place_path);
    let mut config = Config::read(config_path.as_deref())?;
    // as it was set then, by the file, a preset or a switch
    config.selector = SelectorConfig::of_record(&record.selector);
    let settings = Settings {
        candidates: record.settings.candidates,
        seed: record.seed,
        size: record.settings.size,
        format: Some(format(&record.settings.format)?),
        quality: record.settings.quality,
        space: space(&record.settings.space)?,
        metadata: metadata(&record.settings.metadata)?,
        device: if record.device == "cpu" { "cpu" } else { "gpu" },
        // an unknown one is reported as a difference
        strategy: strategy(&record.settings.strategy).unwrap_or(STRATEGIES[0].id),
        // it is in the configuration
        selector: None,
        strategy_settings: record.settings.strategy_settings.clone(),
        budget: match &record.settings.budget {
            serde_json::Value::Null => BudgetConfig::default(),
            written => serde_json::from_value(written.clone())
                .context("the budget in the record cannot be read")?,
        },
        drift: match &record.settings.drift {
            serde_json::Value::Null => DriftConfig::default(),
            written => serde_json::from_value(written.clone())
                .context("the limits of drift in the record cannot be read")?,
        },
        model: model(record)?,
        judge: JudgeConfig::of_record(&record.settings.judge)?,
        held_out: JudgeConfig::of_record(&record.settings.held_out)?,
        config_path,
        config,
    };
    let source = place_path(&record.source.path);
    let photo = picture::photo(&source)?;
    if photo.id().to_string() != record.source.sha256 {
        bail!(
            "the photo is not the one of the run any more; put the original back: {}",
            source.display()
        );
    }
    let asked = &record.instruction;
    let instruction = match &asked.understood.nearest {
        Some(known) => tools::instruction_as(&asked.text, &settings.config, known.clone())?,
        None => tools::instruction(
            &asked.text,
            &settings.config,
            asked.mask.is_some(),
            Reader::of(&settings),
        )?,
    };
    let Workshop {
        tools,
        device,
        model,
    } = tools::workshop(&settings)?;
    obey_signals();
    let line = Line::new();
    let mask = record.instruction.mask.as_deref().map(place_path);
    let assignment = Assignment {
        photo_path: &source,
        mask_path: mask.as_deref(),
        instruction: &instruction,
        settings: &settings,
        device: &device,
        model: model.as_deref(),
    };
    let made = make(&assignment, &tools, &line);
    line.clear();
    let made = made?;
    let mut found = Vec::new();
    let editor = tools.editor.info();
    // first, since it is why whatever follows differs
    if editor.version != record.editor.version {
        found.push(format!(
            "the run was made with version {} of the {}, and this program has version {}, which makes other pictures of the same request",
            record.editor.version, editor.id, editor.version
        ));
    }
    found.extend(compare(record, &made));
    if device != record.device {
        found.push(format!(
            "the device is \"{device}\" now and was \"{}\" then",
            record.device
        ));
    }
    if found.is_empty() {
        found.extend(other_fields(
            record,
            &report::record(&assignment, &tools, &made, &[]),
        ));
    }
    found.extend(on_disk(record, folder));
    Ok(found)
}

/// Refuses what cannot be made again: what a server made is in the record, but how is not.
fn of_this_machine(record: &RunRecord) -> Result<()> {
    if record.editor.id == ServerEditor::ID {
        bail!(
            "a server made this run, which cannot make it again to the byte; its pictures are in the folder and in candidates.jsonl"
        );
    }
    Ok(())
}

/// The model that made the run, where the darkroom did not.
fn model(record: &RunRecord) -> Result<Option<ModelChoice>> {
    let Some(path) = &record.editor.model else {
        return Ok(None);
    };
    let mut wishes = match &record.editor.settings {
        Value::Null => Wishes::default(),
        settings => serde_json::from_value(settings.clone())
            .context("the model's settings in the record cannot be understood")?,
    };
    let mut references = Vec::new();
    for then in &record.editor.references {
        let path = place_path(&then.path);
        let now = picture::reference(&path)?;
        if now.0.id().to_string() != then.sha256 {
            bail!(
                "the reference picture is not the one of the run any more; put the original back: {}",
                path.display()
            );
        }
        wishes.references.push(now);
        references.push(path);
    }
    Ok(Some(ModelChoice {
        name: place_path(path).to_string_lossy().into_owned(),
        wishes,
        references,
    }))
}

/// Refuses numbers that no run has: a record may have been changed by hand.
fn possible(record: &RunRecord) -> Result<()> {
    let settings = &record.settings;
    for (name, value, (low, high)) in [
        ("candidates", settings.candidates, CANDIDATES),
        ("size", settings.size, SIZE),
        ("quality", usize::from(settings.quality), QUALITY),
    ] {
        if !(low as usize..=high as usize).contains(&value) {
            bail!("the record of the run has {name} {value}, which is not from {low} to {high}");
        }
    }
    Ok(())
}

/// What the run makes now against what the record says of then.
fn compare(record: &RunRecord, made: &Made) -> Vec<String> {
    let mut found = Vec::new();
    let (now, then) = (made.files.len(), record.candidates.len());
    if now != then {
        found.push(format!(
            "{now} candidates are made and the record has {then}"
        ));
    }
    for (index, then) in record.candidates.iter().enumerate() {
        let Some(now) = made.outcome.candidates.get(index) else {
            break;
        };
        if unglimpsed(&now.provenance.recipe) != unglimpsed(&then.recipe) {
            found.push(format!("candidate {index} has another recipe"));
        }
        if sha256(&made.files[index]) != then.sha256 {
            found.push(format!("candidate {index} has other bytes"));
        }
        if made.outcome.selection.overall[index] != then.overall {
            let now = made.outcome.selection.overall[index];
            found.push(format!(
                "candidate {index} scores {now} and scored {}",
                then.overall
            ));
        }
    }
    if made.outcome.selection.order[0] != record.selected.index {
        let now = made.outcome.selection.order[0];
        found.push(format!(
            "candidate {now} is chosen and {} was",
            record.selected.index
        ));
    } else if sha256(&made.best) != record.selected.sha256 {
        found.push("the full-resolution export has other bytes".to_owned());
    }
    found
}

/// A recipe without what its glimpses were made by: they are shown and forgotten.
fn unglimpsed(recipe: &Value) -> Value {
    let mut recipe = recipe.clone();
    if let Some(fields) = recipe.as_object_mut() {
        fields.remove("glimpsed");
    }
    recipe
}

/// What a record says of a run's circumstances and not of its pictures and scores; the paths may lead elsewhere by now.
const CIRCUMSTANCES: [&str; 11] = [
    // how much was held depends on what may run side by side
    "memory",
    "program",
    "path",
    "mask",
    "model",
    "config",
    // a judge's answers word by word, and what they cost
    "raw",
    "glimpsed",
    "notices",
    "seconds",
    "peak_memory_mib",
];

/// Everything else that the record says otherwise than a record made now would: scores, ranks, labels, what was
/// understood, who scored and who chose.
fn other_fields(then: &RunRecord, now: &RunRecord) -> Vec<String> {
    let mut found = Vec::new();
    if let (Ok(then), Ok(now)) = (serde_json::to_value(then), serde_json::to_value(now)) {
        differing("", &then, &now, &mut found);
    }
    found
}

fn differing(name: &str, then: &Value, now: &Value, found: &mut Vec<String>) {
    let below = |key: &str| match name {
        "" => key.to_owned(),
        name => format!("{name}.{key}"),
    };
    match (then, now) {
        (Value::Object(then), Value::Object(now)) => {
            let keys: BTreeSet<&String> = then.keys().chain(now.keys()).collect();
            for key in keys {
                // maps are drawn when a run is written, and a replay writes nothing
                if CIRCUMSTANCES.contains(&key.as_str()) || key == "evidence" {
                    continue;
                }
                let value = |of: &serde_json::Map<String, Value>| of.get(key).cloned();
                let (then, now) = (value(then), value(now));
                differing(
                    &below(key),
                    &then.unwrap_or_default(),
                    &now.unwrap_or_default(),
                    found,
                );
            }
        }
        (Value::Array(then), Value::Array(now)) if then.len() == now.len() => {
            for (index, (then, now)) in then.iter().zip(now).enumerate() {
                differing(&below(&index.to_string()), then, now, found);
            }
        }
        (Value::Number(then), Value::Number(now)) if near(then.as_f64(), now.as_f64()) => {}
        _ if then != now => found.push(format!("{name} is {now} now and was {then} then")),
        _ => {}
    }
}

/// Whether two numbers are one but for the last digits, which reading them from text may change.
fn near(a: Option<f64>, b: Option<f64>) -> bool {
    matches!((a, b), (Some(a), Some(b)) if (a - b).abs() <= a.abs().max(b.abs()) * 1e-9)
}

/// Files of the run that are gone or were changed since.
fn on_disk(record: &RunRecord, folder: &Path) -> Vec<String> {
    let files = record
        .candidates
        .iter()
        .map(|candidate| (&candidate.file, &candidate.sha256));
    let files = files.chain([(&record.selected.file, &record.selected.sha256)]);
    files
        .filter_map(|(file, hash)| match std::fs::read(folder.join(file)) {
            Ok(bytes) if sha256(&bytes) == *hash => None,
            Ok(_) => Some(format!("{file} was changed after the run")),
            Err(_) => Some(format!("{file} is gone")),
        })
        .collect()
}
