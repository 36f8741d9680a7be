//! `retake lab curves`: curves as SVG, PNG and numbers.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use retake_engine::{Agreement, TELLS};
use retake_files::FileError;
use retake_files::save::{save_rgb8, write_beside_and_rename};
use retake_lab::bench::{by_formula, recorded, recorded_judges};
use retake_lab::curves::{
    COMPUTES, CURVES, Compute, Curve, CurvePoint, LineKind, of_groups, of_runs, recorded_runs,
};
use retake_lab::dataset::{Dataset, Tally};
use retake_lab::measures::bootstrap::Draws;
use retake_lab::recorded::FORMULAS;
use retake_lab::rows::Flow;
use retake_lab::scoring::{groups_of, kept, with_kept};
use retake_sheet::{Look, Plot, PlotLine, PlotPoint};

use super::super::DONE;
use super::super::say::{print, say};
use super::made::Made;
use super::{CurvesArgs, sentence, words};

/// The format whose records keep what was spent.
const RUNS: &str = "retake-runs";
/// The endings of pictures.
const PICTURES: [&str; 2] = ["svg", "png"];

/// The curve of this name.
pub(crate) fn known_curve(id: &str) -> Result<String, String> {
    match CURVES.iter().any(|(known, _)| *known == id) {
        true => Ok(id.to_owned()),
        false => {
            let known: Vec<String> = CURVES
                .iter()
                .map(|(id, about)| format!("{id} ({about})"))
                .collect();
            Err(format!(
                "there is no curve {id}; there are: {}",
                known.join("; ")
            ))
        }
    }
}

/// What is spent, by this name.
pub(crate) fn known_compute(id: &str) -> Result<Compute, String> {
    let known = COMPUTES.iter().find(|compute| compute.id == id).copied();
    known.ok_or_else(|| {
        let known: Vec<&str> = COMPUTES.iter().map(|compute| compute.id).collect();
        format!("runs keep no {id}; they keep: {}", known.join(", "))
    })
}

/// Obeys the command.
pub(crate) fn curves(args: &CurvesArgs) -> Result<u8> {
    let files = files(args)?;
    let data = args.data.open();
    let draws = Draws {
        rounds: args.rounds,
        seed: 0,
    };
    let (mut curves, tally) = match (&args.scores, data.format.id) {
        (None, RUNS) => by_runs(args, draws)?,
        (Some(folder), _) => by_scores(&data, folder, draws)?,
        (None, _) => by_record(args, &data, draws)?,
    };
    let all: Vec<&str> = curves.iter().map(|curve| curve.id).collect();
    let all = all.join(", ");
    curves.retain(|curve| args.curve.is_empty() || args.curve.iter().any(|id| id == curve.id));
    if let Some(lacks) = args
        .curve
        .iter()
        .find(|id| curves.iter().all(|curve| curve.id != id.as_str()))
    {
        bail!("this data has nothing for the curve {lacks}; it has: {all}");
    }
    if curves.is_empty() {
        bail!(
            "there is no curve to draw: no group has two edits with scores ({})",
            tally.words()
        );
    }
    let written: Vec<(&Curve, PathBuf)> = curves
        .iter()
        .flat_map(|curve| files(curve.id).into_iter().map(move |file| (curve, file)))
        .collect();
    draw_all(&written)?;
    let written: Vec<&PathBuf> = written.iter().map(|(_, file)| file).collect();
    if args.json {
        let object = serde_json::json!({ "curves": curves, "files": written, "used": tally.used,
            "skipped": tally.skipped, "skipped_rows": tally.skipped_rows });
        print(&format!("{object:#}\n"))?;
        return Ok(DONE);
    }
    for curve in &curves {
        numbers(curve).iter().for_each(say);
    }
    words::skipped(&tally).iter().for_each(say);
    for file in &written {
        say(file.display());
    }
    Ok(DONE)
}

/// Where the pictures of a curve go: one file for one curve, or a folder with both kinds of each.
fn files(args: &CurvesArgs) -> Result<impl Fn(&str) -> Vec<PathBuf>> {
    let out = args.out.clone();
    let ending = out.as_ref().and_then(|out| out.extension());
    let ending = ending.map(|ending| ending.to_string_lossy().to_lowercase());
    let single = match (&out, ending) {
        (Some(out), Some(ending)) if !out.is_dir() => {
            if !PICTURES.contains(&ending.as_str()) {
                bail!(
                    "curves are written as svg or png, not “{ending}”; name such a file, or a folder for all of them: {}",
                    out.display()
                );
            }
            if args.curve.len() != 1 {
                bail!(
                    "one file holds one curve; name it with --curve, or a folder with --out: {}",
                    out.display()
                );
            }
            true
        }
        // the folder is made when there is something to put there
        _ => false,
    };
    Ok(move |id: &str| match &out {
        None => Vec::new(),
        Some(out) if single => vec![out.clone()],
        Some(out) => PICTURES
            .iter()
            .map(|ending| out.join(format!("{id}.{ending}")))
            .collect(),
    })
}

fn by_runs(args: &CurvesArgs, draws: Draws) -> Result<(Vec<Curve>, Tally)> {
    let (runs, tally) = recorded_runs(&args.data.data).map_err(sentence)?;
    words::some(&runs, &tally)?;
    Ok((of_runs(&runs, args.compute, draws), tally))
}

/// By what a run of the lab kept.
fn by_scores(data: &Dataset<'_>, folder: &Path, draws: Draws) -> Result<(Vec<Curve>, Tally)> {
    let scores = kept(folder).map_err(sentence)?;
    let (cases, tally) = with_kept(data, &scores).map_err(sentence)?;
    words::some(&cases, &tally)?;
    let name = folder.file_name().unwrap_or(folder.as_os_str());
    let groups = groups_of(&cases, &scores);
    Ok((of_groups(&groups, &name.to_string_lossy(), draws), tally))
}

/// By what a recorded judge said.
fn by_record(args: &CurvesArgs, data: &Dataset<'_>, draws: Draws) -> Result<(Vec<Curve>, Tally)> {
    let judges = recorded_judges(data).map_err(sentence)?;
    if judges.is_empty() {
        // no row that can be used is another thing than rows without scores
        let mut used = Vec::new();
        let tally = data.walk(&mut |case, _| {
            used.push(case.id);
            Ok(Flow::Enough)
        });
        words::some(&used, &tally.map_err(sentence)?)?;
    }
    let known = || {
        judges
            .keys()
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join(", ")
    };
    let most = judges.iter().max_by_key(|(_, count)| **count);
    let judge = match (&args.judge, most) {
        (_, None) => bail!(
            "the data holds no scores; name those of a run with --scores DIR (retake lab bench --out DIR)"
        ),
        (Some(name), _) if !judges.contains_key(name) => {
            bail!(
                "the data holds no answers of {name}; there are: {}",
                known()
            )
        }
        (Some(name), _) => name,
        (None, Some((name, _))) => name,
    };
    let join = by_formula(&args.selector).ok_or_else(|| {
        let known: Vec<&str> = FORMULAS.iter().map(|formula| formula.id).collect();
        anyhow!(
            "there is no selector {}; there are: {}",
            args.selector,
            known.join(", ")
        )
    })?;
    let (groups, tally) = recorded(data, judge, &*join).map_err(sentence)?;
    words::some(&groups, &tally)?;
    let name = format!("{judge}, {}", args.selector);
    Ok((of_groups(&groups, &name, draws), tally))
}

/// Writes every curve as its file's ending says, all of them or none: each lies beside its place before the first is put there.
fn draw_all(files: &[(&Curve, PathBuf)]) -> Result<()> {
    let Some((_, first)) = files.first() else {
        return Ok(());
    };
    let folder = first.parent().unwrap_or(Path::new(""));
    let beside = folder.join(format!(".curves-{}.part", std::process::id()));
    let mut made = Made::default();
    made.folder(folder)?;
    made.folder(&beside)?;
    let mut drawn = Vec::with_capacity(files.len());
    for (curve, file) in files {
        let part = beside.join(file.file_name().unwrap_or(file.as_os_str()));
        made.file(&part);
        // the error names the place that was asked for, not the one beside it
        draw(curve, &part)
            .map_err(|error| anyhow!("{}", error.at(file)))
            .context("the curves cannot be drawn")?;
        drawn.push((part, file));
    }
    for (part, file) in drawn {
        std::fs::rename(&part, file)
            .with_context(|| format!("the curve cannot be written: {}", file.display()))?;
    }
    made.keep();
    let _ = std::fs::remove_dir(&beside);
    Ok(())
}

fn draw(curve: &Curve, file: &Path) -> Result<(), FileError> {
    let plot = plot(curve);
    let ending = file.extension();
    if ending.is_some_and(|ending| ending.eq_ignore_ascii_case("svg")) {
        let text = plot.svg();
        write_beside_and_rename(file, |out| out.write_all(text.as_bytes()))?;
    } else {
        let canvas = plot.pixels();
        save_rgb8(file, canvas.width, canvas.height, &canvas.rgb, 100)?;
    }
    Ok(())
}

fn plot(curve: &Curve) -> Plot {
    let point = |point: &CurvePoint| PlotPoint {
        x: point.x,
        y: point.y,
        band: point.interval.map(|found| [found.low, found.high]),
    };
    let lines = curve.lines.iter().map(|line| PlotLine {
        name: line.name.clone(),
        points: line.points.iter().map(point).collect(),
        look: match line.kind {
            LineKind::Found => Look::Joined,
            LineKind::Ideal => Look::Ideal,
            LineKind::Histogram => Look::Steps,
        },
    });
    Plot {
        title: curve.title.clone(),
        axes: curve.axes.clone(),
        lines: lines.collect(),
        note: curve.note.clone(),
    }
}

/// How far looks on the way of one run agree with its end, and from where on they may drop candidates.
pub(crate) fn looks_plot(looks: &[Agreement]) -> Plot {
    let found = looks.iter().map(|look| PlotPoint {
        x: look.share(),
        y: look.rho,
        band: look.interval,
    });
    let tells = [0.0, 1.0].map(|x| PlotPoint {
        x,
        y: TELLS,
        band: None,
    });
    let over = looks.iter().map(|look| look.over).max().unwrap_or(0);
    Plot {
        title: "How far looks on the way agree with the end".to_owned(),
        axes: [
            "share of the steps that were done".to_owned(),
            "rank correlation with the end".to_owned(),
        ],
        lines: vec![
            PlotLine {
                name: "looks".to_owned(),
                points: found.collect(),
                look: Look::Joined,
            },
            PlotLine {
                name: format!("enough to drop by ({TELLS})"),
                points: tells.to_vec(),
                look: Look::Ideal,
            },
        ],
        note: format!("Spearman's, over at most {over} that were finished; the band is 95 of 100."),
    }
}

/// A curve for people, a line a point; histograms are only drawn.
fn numbers(curve: &Curve) -> Vec<String> {
    let mut told = vec![format!("{}: {}", curve.id, curve.title)];
    for line in curve
        .lines
        .iter()
        .filter(|line| line.kind == LineKind::Found)
    {
        for point in &line.points {
            let interval = point.interval;
            let interval =
                interval.map_or(String::new(), |i| format!(" [{:.3}, {:.3}]", i.low, i.high));
            told.push(format!(
                "  {}, {:.3}: {:.3}{interval} over {}",
                line.name, point.x, point.y, point.over
            ));
        }
    }
    told
}
