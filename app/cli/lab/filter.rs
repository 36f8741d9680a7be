//! `retake lab filter`: a reward keeps the best edits of a data set, and somebody held out says whether that helped.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use retake_files::save::write_beside_and_rename;
use retake_lab::LabError;
use retake_lab::bench::recorded_scores;
use retake_lab::case::{Case, Take};
use retake_lab::dataset::{Dataset, Tally};
use retake_lab::filter::{HeldOut, Keep, Unit, held_out, kept, units};
use retake_lab::measures::bootstrap::Draws;
use retake_lab::picture::Picture;
use retake_lab::recorded::formula;
use retake_lab::rows::Flow;
use retake_lab::scoring::{ScoredCases, Scores, kept as kept_scores, run_telling, with_kept};
use retake_lab::taxonomy::is_guess;
use serde_json::{Map, Value, json};

use super::super::DONE;
use super::super::progress::{Line, obey_signals};
use super::super::say::{print, say};
use super::bench::recorded_judge;
use super::scorer::Rewards;
use super::{FilterArgs, export, sentence, words};

/// The cases with their scores, what was used, and who scored.
type Scored = (ScoredCases, Tally, String);

/// Obeys the command.
pub(crate) fn filter(args: &FilterArgs) -> Result<u8> {
    obey_signals();
    let keep = match (&args.keep, args.above) {
        (Some(keep), None) => *keep,
        (None, Some(least)) => Keep::Above(least),
        _ => bail!("say how much is kept: --keep 20%, --keep 500, or --above SCORE"),
    };
    args.data.spare(&args.out, "--out")?;
    let data = args.data.open();
    let (cases, tally, name) = scored(args, &data)?;
    words::some(&cases, &tally)?;
    let others = match &args.held_out {
        Some(folder) => Some(kept_scores(folder).map_err(sentence)?),
        None => None,
    };
    let all = units(&cases, others.as_ref());
    let chosen = kept(&all, keep);
    let wanted: Vec<&Unit> = all
        .iter()
        .zip(&chosen)
        .filter_map(|(unit, kept)| kept.then_some(unit))
        .collect();
    if wanted.is_empty() {
        let most = all.iter().map(|unit| unit.score).fold(f64::MIN, f64::max);
        bail!(
            "no edit scores higher than that; the highest of {} has {most:.3}",
            all.len()
        );
    }
    let draws = Draws {
        rounds: args.rounds,
        seed: 0,
    };
    let told = held_out(&all, &chosen, draws);
    let count = write(args, &data, &cases, &wanted)?;
    let by = match &args.held_out {
        Some(folder) => folder.display().to_string(),
        None => "people".to_owned(),
    };
    let least = wanted
        .iter()
        .map(|unit| unit.score)
        .fold(f64::MAX, f64::min);
    if args.json {
        let object = json!({ "file": args.out, "kept": count, "of": all.len(), "judge": name,
            "least_score": least, "held_out_by": told.map(|_| by), "held_out": told,
            "used": tally.used, "skipped": tally.skipped, "skipped_rows": tally.skipped_rows });
        print(&format!("{object:#}\n"))?;
        return Ok(DONE);
    }
    say(format_args!(
        "{count} of {} edits kept by {name}, all with {least:.3} or more: {}",
        all.len(),
        args.out.display()
    ));
    match &told {
        Some(told) => in_words(told, &by).iter().for_each(say),
        None => say(
            "Nobody held out has an opinion of these edits; name another run with --held-out DIR.",
        ),
    }
    words::skipped(&tally).iter().for_each(say);
    Ok(DONE)
}

fn in_words(told: &HeldOut, by: &str) -> Vec<String> {
    let of = |interval: Option<retake_lab::measures::Interval>| {
        interval.map_or(String::new(), |i| format!(" [{:.3}, {:.3}]", i.low, i.high))
    };
    let line = |name: &str, of_these: &retake_lab::filter::Mean| {
        format!(
            "{name}, by {by}: {:.3}{} over {}",
            of_these.mean,
            of(of_these.interval),
            of_these.over
        )
    };
    vec![
        line("kept", &told.kept),
        line("whole", &told.whole),
        format!(
            "difference: {:+.3}{}",
            told.difference,
            of(told.difference_interval)
        ),
    ]
}

/// Every edit with its score: of a run that was kept, of a recorded judge, or made now.
fn scored(args: &FilterArgs, data: &Dataset<'_>) -> Result<Scored> {
    if let Some(folder) = &args.scores {
        let known = kept_scores(folder).map_err(sentence)?;
        let (cases, tally) = with_kept(data, &known).map_err(sentence)?;
        return Ok((cases, tally, folder.display().to_string()));
    }
    if let Some(judge) = recorded_judge(&args.judging, data)? {
        return by_record(args, data, judge);
    }
    let selector = args.selector.as_deref();
    let size = args.size as usize;
    let rewards = Rewards::open(&args.judging, args.config.as_deref(), size, selector)?;
    let line = Line::new();
    let skipped = |count| line.skipped(count);
    let outcome = run_telling(data, &rewards, args.manner(), None, &line, &skipped);
    line.clear();
    let outcome = match outcome {
        Err(LabError::Stopped) => bail!(
            "stopped; nothing was written (retake lab bench --out DIR keeps scores as they come, and --scores DIR takes them)"
        ),
        other => other.map_err(sentence)?,
    };
    words::some(&outcome.cases, &outcome.tally)?;
    rewards.notices().iter().for_each(say);
    Ok((outcome.cases, outcome.tally, rewards.name()))
}

fn by_record(args: &FilterArgs, data: &Dataset<'_>, judge: String) -> Result<Scored> {
    let selector = args.selector.as_deref().unwrap_or("viescore");
    let Some(formula) = formula(selector) else {
        bail!("there is no selector {selector}; retake lab formats lists them");
    };
    let mut cases = Vec::new();
    let tally = data.walk(&mut |mut case, _| {
        let scores = recorded_scores(std::slice::from_ref(&case), &judge, &formula);
        let scores = scores
            .into_iter()
            .next()
            .unwrap_or_else(|| Ok(Vec::new()))?;
        // pictures are read again for those that are kept
        case.source = None;
        case.takes.iter_mut().for_each(|take| take.picture = None);
        cases.push((case, scores));
        Ok(Flow::On)
    });
    Ok((
        cases,
        tally.map_err(sentence)?,
        format!("{judge}, {selector}"),
    ))
}

/// Writes what is kept, in AURORA-Bench's fields and with the score of the filter; what has no file of its own gets one beside.
fn write(
    args: &FilterArgs,
    data: &Dataset<'_>,
    cases: &[(Case, Vec<Scores>)],
    wanted: &[&Unit],
) -> Result<usize> {
    let mut of_case: HashMap<&str, Vec<&Unit>> = HashMap::new();
    for unit in wanted {
        of_case
            .entry(&cases[unit.case].0.id)
            .or_default()
            .push(unit);
    }
    let stem = args.out.file_stem().unwrap_or(args.out.as_os_str());
    let folder = args
        .out
        .with_file_name(format!("{}-pictures", stem.to_string_lossy()));
    let mut pictures = Pictures {
        out: args.out.clone(),
        folder,
        named: HashSet::new(),
        made: super::made::Made::default(),
    };
    let mut rows: Vec<Map<String, Value>> = Vec::new();
    let mut failed = None;
    data.walk(&mut |case, _| {
        let Some(units) = of_case.remove(case.id.as_str()) else {
            return Ok(Flow::On);
        };
        for unit in units {
            match row(&case, unit, &mut pictures) {
                Ok(row) => rows.push(row),
                Err(error) => failed = Some(error),
            }
        }
        Ok(match failed.is_some() || of_case.is_empty() {
            true => Flow::Enough,
            false => Flow::On,
        })
    })
    .map_err(sentence)?;
    if let Some(error) = failed {
        return Err(error);
    }
    export::write(&args.out, &rows)?;
    pictures.made.keep();
    Ok(rows.len())
}

fn row(case: &Case, unit: &Unit, pictures: &mut Pictures) -> Result<Map<String, Value>> {
    let take: &Take = &case.takes[unit.take];
    let editor = if take.editor.is_empty() {
        &take.name
    } else {
        &take.editor
    };
    let row = json!({
        "prompt": case.instruction,
        "input": pictures.name(case.source.as_ref(), &format!("{}-source", case.group))?,
        "gen": pictures.name(take.picture.as_ref(), &format!("{}-{}", case.id, take.name))?,
        "score": unit.held_out.unwrap_or(unit.score),
        "model": editor,
        "task": told_task(&case.task),
        "reward": unit.score,
    });
    Ok(row.as_object().cloned().unwrap_or_default())
}

/// A kind of edit that the data told; a guess is no fact for whoever reads on.
fn told_task(task: &str) -> &str {
    match is_guess(task) {
        true => "",
        false => task,
    }
}

/// What pictures are called in the rows.
struct Pictures {
    out: PathBuf,
    folder: PathBuf,
    /// files that this export has written already
    named: HashSet<String>,
    made: super::made::Made,
}

impl Pictures {
    /// The file as it is, or one that is written beside the rows; nothing for a picture that is not here.
    fn name(&mut self, picture: Option<&Picture>, called: &str) -> Result<Value> {
        let bytes = match picture {
            Some(Picture::File(path)) => return Ok(json!(self.beside(path))),
            Some(Picture::Bytes(bytes)) => bytes,
            Some(Picture::Away(_)) | None => return Ok(Value::Null),
        };
        let ending = if bytes.starts_with(b"\x89PNG") {
            "png"
        } else {
            "jpg"
        };
        // ids hold whatever a data set holds
        let hash = retake_files::sha256(called.as_bytes());
        let hash: String = hash
            .iter()
            .take(8)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let name = format!("{hash}.{ending}");
        let path = self.folder.join(&name);
        if self.named.insert(name) {
            self.made.folder(&self.folder)?;
            self.made.file(&path);
            write_beside_and_rename(&path, |out| out.write_all(bytes))?;
        }
        Ok(json!(self.beside(&path)))
    }

    /// Relative to the file of rows where it lies below its folder, so that both can be moved together.
    fn beside(&self, path: &Path) -> String {
        let real = |path: &Path| std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let parent = self
            .out
            .parent()
            .filter(|parent| !parent.as_os_str().is_empty());
        let (path, parent) = (real(path), real(parent.unwrap_or(Path::new("."))));
        path.strip_prefix(&parent)
            .unwrap_or(&path)
            .display()
            .to_string()
    }
}
