//! `retake lab analyse`: the worst cases of a reward with their pictures, and probes.

use std::collections::HashMap;

use anyhow::{Context, Result, bail};
use retake_core::Watch;
use retake_lab::LabError;
use retake_lab::analyse::{
    Broken, Finding, ORDERS, Order, PROBES, Shown, Subject, findings, probe, write_report,
};
use retake_lab::bench::Report;
use retake_lab::case::Case;
use retake_lab::dataset::Dataset;
use retake_lab::figures::FIGURES;
use retake_lab::measures::bootstrap::Draws;
use retake_lab::rows::Flow;
use retake_lab::scoring::{Opened, Outcome, Scorer, Scores, kept, open_case, run_telling, told_of};
use retake_lab::wordings::{Worded, Wordings, consistency};

use super::super::DONE;
use super::super::progress::{Line, obey_signals};
use super::super::say::{print, say};
use super::scorer::Rewards;
use super::{AnalyseArgs, sentence, words};

/// The order of this name.
pub(crate) fn known_order(id: &str) -> Result<Order, String> {
    let known = ORDERS.iter().find(|order| order.id == id).copied();
    known.ok_or_else(|| {
        let known: Vec<String> = ORDERS
            .iter()
            .map(|order| format!("{} ({})", order.id, order.about))
            .collect();
        format!("cases are sorted by one of: {}", known.join(", "))
    })
}

/// Obeys the command.
pub(crate) fn analyse(args: &AnalyseArgs) -> Result<u8> {
    obey_signals();
    let scoring = &args.scoring;
    let Some(folder) = &scoring.out else {
        bail!("the report is a folder; name it with --out DIR");
    };
    let against = match &args.against {
        Some(folder) => kept(folder).map_err(sentence)?,
        None if args.by.id == "against" => bail!("name the other run with --against DIR"),
        None => HashMap::new(),
    };
    let data = args.data.open();
    let rewards = Rewards::open(
        &args.judging,
        scoring.config.as_deref(),
        scoring.size as usize,
        None,
    )?;
    let wordings = wordings(args, &data)?;
    let worded = Worded {
        scorer: &rewards,
        wordings: &wordings,
    };
    let scorer: &dyn Scorer = if wordings.is_empty() {
        &rewards
    } else {
        &worded
    };
    let line = Line::new();
    let skipped = |count| line.skipped(count);
    let outcome = run_telling(
        &data,
        scorer,
        scoring.manner(),
        Some(folder),
        &line,
        &skipped,
    );
    line.clear();
    let outcome = match outcome {
        Err(LabError::Stopped) => bail!(
            "stopped; what was scored is kept, run it again to go on: {}",
            folder.display()
        ),
        other => other.map_err(sentence)?,
    };
    words::some(&outcome.cases, &outcome.tally)?;
    rewards.notices().iter().for_each(say);
    let found = findings(&outcome.cases, args.by, &against);
    let same = consistency(&outcome.cases);
    let pictures = pictures(&data, &outcome, &found, args)?;
    let probed = probes(&rewards, &outcome, &pictures, args.probes, &line);
    line.clear();
    let draws = Draws {
        rounds: 200,
        seed: 0,
    };
    let report = Report::of(
        (data.format.id, &rewards.name(), "power_product"),
        &outcome.groups,
        outcome.tally.clone(),
        draws,
    );
    let title = format!("{} on {}", rewards.name(), data.format.id);
    let tables = [
        ("Figures".to_owned(), figures(&report)),
        ("Probes".to_owned(), probe_rows(&probed)),
        ("Other words".to_owned(), words::wordings(&same)),
    ];
    let tables: Vec<_> = tables
        .into_iter()
        .filter(|(_, rows)| rows.len() > 1)
        .collect();
    let mut pictures = pictures;
    let shown: Vec<Shown<'_>> = found
        .iter()
        .take(args.top)
        .map(|finding| {
            let (case, scores) = &outcome.cases[finding.place];
            Shown {
                case,
                scores,
                disagreement: finding.disagreement,
                opened: pictures.remove(&finding.place),
                told: told_of(Some(folder), &case.id, scores),
            }
        })
        .collect();
    write_report(folder, &title, &tables, &shown).map_err(sentence)?;
    if args.json {
        let object = serde_json::json!({
            "bench": report,
            "by": args.by.id,
            "findings": found.iter().take(args.top).collect::<Vec<&Finding>>(),
            "disagreeing": found.len(),
            "probes": probed.iter().cloned().collect::<std::collections::BTreeMap<_, _>>(),
            "wordings": same,
            "report": folder.join("report.html"),
        });
        print(&format!("{object:#}\n"))?;
    } else {
        words::report(&report).lines().for_each(say);
        for row in probe_rows(&probed) {
            say(row.join("  "));
        }
        for row in words::wordings(&same).iter().skip(1) {
            say(row.join("  "));
        }
        for finding in found.iter().take(5) {
            say(format_args!("{:.2} {}", finding.disagreement, finding.id));
        }
        say(format_args!(
            "The report: {}",
            folder.join("report.html").display()
        ));
    }
    Ok(DONE)
}

/// The wishes in other words: of the table that is named, or of the data where the order asks for them.
fn wordings(args: &AnalyseArgs, data: &Dataset<'_>) -> Result<Wordings> {
    let asked = ["paraphrases", "languages"].contains(&args.by.id);
    let found = match &args.wordings {
        Some(file) => {
            let (found, tally) = Wordings::read(file, &data.containers).map_err(sentence)?;
            words::skipped(&tally).iter().for_each(say);
            found
        }
        None if asked => Wordings::of_data(data).map_err(sentence)?,
        None => return Ok(Wordings::default()),
    };
    if found.is_empty() {
        bail!(
            "there are no other wordings; name a table with the columns instruction, wording and language with --wordings FILE"
        );
    }
    Ok(found)
}

/// The pictures of the worst cases, and of those that are probed: opened by reading the data a second time.
fn pictures(
    data: &Dataset<'_>,
    outcome: &Outcome,
    found: &[Finding],
    args: &AnalyseArgs,
) -> Result<HashMap<usize, Opened>> {
    let probed = (0..outcome.cases.len()).take(args.probes);
    let wanted: HashMap<&str, usize> = found
        .iter()
        .take(args.top)
        .map(|finding| finding.place)
        .chain(probed)
        .map(|place| (outcome.cases[place].0.id.as_str(), place))
        .collect();
    let mut opened = HashMap::new();
    let walked = data.walk(&mut |case: Case, _| {
        if let Some(&place) = wanted.get(case.id.as_str())
            && let Ok(pictures) = open_case(&case, args.scoring.size as usize)
        {
            opened.insert(place, pictures);
        }
        Ok(if opened.len() == wanted.len() {
            Flow::Enough
        } else {
            Flow::On
        })
    });
    walked
        .map_err(sentence)
        .context("the pictures cannot be read again")?;
    Ok(opened)
}

fn probes(
    rewards: &Rewards,
    outcome: &Outcome,
    pictures: &HashMap<usize, Opened>,
    count: usize,
    watch: &dyn Watch,
) -> Vec<(String, Broken)> {
    let places: Vec<usize> = (0..outcome.cases.len().min(count))
        .filter(|place| pictures.contains_key(place))
        .collect();
    if places.is_empty() {
        return Vec::new();
    }
    // the next one of another source, and the next one that was asked something else
    let other = |at: usize| {
        let own = places[at];
        let after = places.iter().cycle().skip(at + 1).take(places.len() - 1);
        let asked = |place: &usize| &outcome.cases[*place].0.instruction;
        let shown = |place: &usize| &pictures[place].source;
        (
            after.clone().find(|place| shown(place) != shown(&own)),
            after.clone().find(|place| asked(place) != asked(&own)),
        )
    };
    let asked_of = |place: &usize| outcome.cases[*place].0.instruction.as_str();
    let subjects: Vec<(Subject<'_>, &[Scores])> = places
        .iter()
        .enumerate()
        .map(|(at, &place)| {
            let (case, scores) = &outcome.cases[place];
            let (other_source, other_asked) = other(at);
            let subject = Subject {
                opened: &pictures[&place],
                instruction: &case.instruction,
                other_source: other_source.map(|other| &*pictures[other].source),
                other_instruction: other_asked.map(asked_of),
            };
            (subject, scores.as_slice())
        })
        .collect();
    let mut told = Vec::new();
    for (done, named) in PROBES.iter().enumerate() {
        if watch.stopped() {
            break;
        }
        watch.progress("probing", done, PROBES.len());
        told.push((named.id.to_owned(), probe(named, rewards, &subjects)));
    }
    told
}

fn figures(report: &Report) -> Vec<Vec<String>> {
    let mut rows = vec![
        ["figure", "value", "95 of 100", ""]
            .map(str::to_owned)
            .to_vec(),
    ];
    for figure in FIGURES {
        let Some(value) = report.figures.values.get(figure.id) else {
            continue;
        };
        let interval = report.figures.intervals.get(figure.id);
        let interval = interval.map_or(String::new(), |i| format!("{:.3} to {:.3}", i.low, i.high));
        rows.push(vec![
            figure.id.replace('_', " "),
            format!("{value:.3}"),
            interval,
            figure.about.to_owned(),
        ]);
    }
    rows.push(vec![
        "rows".to_owned(),
        report.tally.words(),
        String::new(),
        words::reasons(&report.tally),
    ]);
    rows
}

fn probe_rows(probed: &[(String, Broken)]) -> Vec<Vec<String>> {
    let mut rows = vec![
        ["probe", "edits", "broke", "change", ""]
            .map(str::to_owned)
            .to_vec(),
    ];
    for (id, broken) in probed {
        let told = |of: &std::collections::BTreeMap<String, f64>, percent: bool| {
            let each = of.iter().map(|(name, value)| match percent {
                true => format!("{} {:.0} %", name.replace('_', " "), value * 100.0),
                false => format!("{} {value:+.2}", name.replace('_', " ")),
            });
            each.collect::<Vec<_>>().join(", ")
        };
        let about = PROBES
            .iter()
            .find(|probe| probe.id == id)
            .map_or("", |probe| probe.about);
        rows.push(vec![
            id.replace('_', " "),
            broken.count.to_string(),
            told(&broken.broke, true),
            told(&broken.change, false),
            about.to_owned(),
        ]);
    }
    rows
}
