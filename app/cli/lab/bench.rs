//! `retake lab bench`.

use anyhow::{Result, bail};
use retake_lab::bench::{Report, by_formula, recorded, recorded_judges};
use retake_lab::dataset::Dataset;
use retake_lab::measures::bootstrap::Draws;
use retake_lab::recorded::FORMULAS;

use super::super::DONE;
use super::super::say::{print, say};
use super::{BenchArgs, sentence, words};

/// Obeys the command.
pub(crate) fn bench(args: &BenchArgs) -> Result<u8> {
    let data = args.data.open();
    let report = match recorded_judge(args, &data)? {
        Some(judge) => by_record(args, &data, &judge)?,
        None => bail!(
            "the data holds no recorded answers of a judge; those that do are of the format imagenhub"
        ),
    };
    for column in &report.tally.unknown_columns {
        say(format_args!(
            "The column “{column}” is not one that {} knows; it was not read.",
            report.format
        ));
    }
    match args.json {
        true => print(&format!("{:#}\n", serde_json::to_value(&report)?))?,
        false => words::report(&report).lines().for_each(say),
    }
    Ok(DONE)
}

/// The recorded judge that is meant: the one that is named, or without a word about who scores the one that said most.
fn recorded_judge(args: &BenchArgs, data: &Dataset<'_>) -> Result<Option<String>> {
    let judges = recorded_judges(data).map_err(sentence)?;
    let named = args.judging.only_judge();
    if let Some(name) = named {
        if judges.contains_key(name) {
            return Ok(Some(name.to_owned()));
        }
        // an address or a folder is asked, a name must be one of those that are recorded
        let elsewhere = name.contains("://") || std::path::Path::new(name).exists();
        if !judges.is_empty() && !elsewhere {
            let known: Vec<&str> = judges.keys().map(String::as_str).collect();
            bail!(
                "the data holds no answers of {name}; there are: {}",
                known.join(", ")
            );
        }
        return Ok(None);
    }
    if !args.judging.is_silent() {
        return Ok(None);
    }
    let most = judges
        .iter()
        .max_by_key(|(name, count)| (**count, std::cmp::Reverse(*name)));
    Ok(most.map(|(name, _)| name.clone()))
}

fn by_record(args: &BenchArgs, data: &Dataset<'_>, judge: &str) -> Result<Report> {
    let selector = args.selector.as_deref().unwrap_or(FORMULAS[0].id);
    let Some(join) = by_formula(selector) else {
        let known: Vec<&str> = FORMULAS.iter().map(|formula| formula.id).collect();
        bail!(
            "there is no selector {selector}; there are: {}",
            known.join(", ")
        );
    };
    let (groups, tally) = recorded(data, judge, &*join).map_err(sentence)?;
    if groups.is_empty() {
        bail!(
            "none of {} rows could be used: {}",
            tally.skipped,
            words::reasons(&tally)
        );
    }
    let draws = Draws {
        rounds: args.rounds,
        seed: args.seed,
    };
    Ok(Report::of(
        (data.format.id, judge, selector),
        &groups,
        tally,
        draws,
    ))
}
