//! `retake lab bench`.

use std::path::Path;

use anyhow::{Result, anyhow, bail};
use retake_lab::LabError;
use retake_lab::bench::{JoinGroup, Report, by_formula, recorded, recorded_judges};
use retake_lab::dataset::Dataset;
use retake_lab::figures::FIGURES;
use retake_lab::measures::bootstrap::Draws;
use retake_lab::recorded::FORMULAS;
use retake_lab::rows::Flow;
use retake_lab::scoring::{groups_of, kept, run_telling};
use retake_lab::versus::versus;
use serde_json::Value;

use super::super::DONE;
use super::super::judging::JudgeArgs;
use super::super::progress::{Line, obey_signals};
use super::super::say::{print, say};
use super::scorer::Rewards;
use super::{BenchArgs, sentence, words};

/// Obeys the command.
pub(crate) fn bench(args: &BenchArgs) -> Result<u8> {
    let data = args.data.open();
    let report = match recorded_judge(&args.judging, &data)? {
        Some(judge) => by_record(args, &data, &judge)?,
        None => by_rewards(args, &data)?,
    };
    for column in &report.tally.unknown_columns {
        say(format_args!(
            "The column “{column}” is not one that {} knows; it was not read.",
            report.format
        ));
    }
    match args.json {
        true => print(&format!("{:#}\n", object(&report)?))?,
        false => words::report(&report).lines().for_each(say),
    }
    Ok(DONE)
}

/// The report with every figure of the whole: null where the data gives none.
fn object(report: &Report) -> Result<Value> {
    let mut object = serde_json::to_value(report)?;
    for figure in FIGURES {
        if object.get(figure.id).is_none() {
            object[figure.id] = Value::Null;
        }
    }
    Ok(object)
}

/// The recorded judge that is meant: the one that is named, or without a word about who scores the one that said most.
pub(super) fn recorded_judge(judging: &JudgeArgs, data: &Dataset<'_>) -> Result<Option<String>> {
    // only such a column holds answers; anything else is not read twice
    if !data.format.columns.contains(&"judges") {
        return Ok(None);
    }
    let judges = recorded_judges(data).map_err(sentence)?;
    if judges.is_empty() {
        // where no row can be read, that is what is wrong, not the judge's name
        let tally = data.walk(&mut |_, _| Ok(Flow::On)).map_err(sentence)?;
        words::some(&vec![(); tally.used], &tally)?;
    }
    let named = judging.only_judge();
    if let Some(name) = named {
        if judges.contains_key(name) {
            return Ok(Some(name.to_owned()));
        }
        // an address or a folder is asked, a name must be one of those that are recorded
        let elsewhere = name.contains("://") || Path::new(name).exists();
        if !judges.is_empty() && !elsewhere {
            let known: Vec<&str> = judges.keys().map(String::as_str).collect();
            bail!(
                "the data holds no answers of {name}; there are: {}",
                known.join(", ")
            );
        }
        return Ok(None);
    }
    if !judging.is_silent() {
        return Ok(None);
    }
    let most = judges
        .iter()
        .max_by_key(|(name, count)| (**count, std::cmp::Reverse(*name)));
    Ok(most.map(|(name, _)| name.clone()))
}

/// Scores the edits now.
fn by_rewards(args: &BenchArgs, data: &Dataset<'_>) -> Result<Report> {
    obey_signals();
    let scoring = &args.scoring;
    let rewards = Rewards::open(
        &args.judging,
        scoring.config.as_deref(),
        scoring.size as usize,
        args.selector.as_deref(),
    )?;
    let line = Line::new();
    let skipped = |count| line.skipped(count);
    let outcome = run_telling(
        data,
        &rewards,
        scoring.manner(),
        scoring.out.as_deref(),
        &line,
        &skipped,
    );
    line.clear();
    let outcome = match outcome {
        Err(LabError::Stopped) => bail!(match &scoring.out {
            Some(folder) => format!(
                "stopped; what was scored is kept, run it again to go on: {}",
                folder.display()
            ),
            None => "stopped; with --out DIR what was scored would be kept".to_owned(),
        }),
        other => other.map_err(sentence)?,
    };
    words::some(&outcome.groups, &outcome.tally)?;
    rewards.notices().iter().for_each(say);
    let draws = Draws {
        rounds: args.rounds,
        seed: args.seed,
    };
    let selector = rewards.chosen_by();
    let against = match &args.against {
        None => None,
        Some(folder) => {
            let folder = Path::new(folder);
            let others = kept(folder).map_err(sentence)?;
            let others = groups_of(&outcome.cases, &others);
            if others.is_empty() {
                bail!(
                    "the other run has scored none of these cases; run it over the same data: {}",
                    folder.display()
                );
            }
            Some(versus(&outcome.groups, &others, draws))
        }
    };
    let mut report = Report::of(
        (data.format.id, &rewards.name(), &selector),
        &outcome.groups,
        outcome.tally,
        draws,
    );
    report.against = against;
    Ok(report)
}

/// The formula of this name for recorded answers.
fn joined(selector: &str) -> Result<Box<JoinGroup<'static>>> {
    by_formula(selector).ok_or_else(|| {
        let known: Vec<&str> = FORMULAS.iter().map(|formula| formula.id).collect();
        anyhow!(
            "there is no selector {selector}; there are: {}",
            known.join(", ")
        )
    })
}

fn by_record(args: &BenchArgs, data: &Dataset<'_>, judge: &str) -> Result<Report> {
    let scoring = &args.scoring;
    for (option, given) in [
        ("--out", scoring.out.is_some()),
        ("--config", scoring.config.is_some()),
    ] {
        if given {
            say(format_args!(
                "The answers of {judge} are recorded in the data and nothing is scored, so that {option} is not used; with --reward, or --judge and an address or a folder, the edits are scored now."
            ));
        }
    }
    let selector = args.selector.as_deref().unwrap_or(FORMULAS[0].id);
    let join = joined(selector)?;
    let (groups, tally) = recorded(data, judge, &*join).map_err(sentence)?;
    words::some(&groups, &tally)?;
    let draws = Draws {
        rounds: args.rounds,
        seed: args.seed,
    };
    let against = match &args.against {
        None => None,
        Some(other) => {
            let (other, formula) = other.split_once(':').unwrap_or((other, selector));
            let judges = recorded_judges(data).map_err(sentence)?;
            if !judges.contains_key(other) {
                let known: Vec<&str> = judges.keys().map(String::as_str).collect();
                bail!(
                    "the data holds no answers of {other}; there are: {}",
                    known.join(", ")
                );
            }
            let (others, _) = recorded(data, other, &*joined(formula)?).map_err(sentence)?;
            Some(versus(&groups, &others, draws))
        }
    };
    let mut report = Report::of((data.format.id, judge, selector), &groups, tally, draws);
    report.against = against;
    Ok(report)
}
