//! `retake models`: what is here, what a model takes on this machine, loading one from the hub, and taking small ones out
//! of packages.

use std::io::{IsTerminal, Write};
use std::path::Path;

use anyhow::{Result, bail};
use retake_models::store::{self, Installed, Offer, Place, Progress, Report, StageReport, Variant};
use retake_vision::sam::Sam;
use serde_json::json;

use super::args::{CheckArgs, ImportArgs, ListArgs, ModelsCommand, PullArgs};
use super::progress;
use super::say::{complain, print, say};
use super::{DONE, FAILED};

/// Candidates that the time is for, if nothing is said; as `retake edit` makes.
const CANDIDATES: u32 = 8;

pub(crate) fn models(command: &ModelsCommand) -> Result<u8> {
    match command {
        ModelsCommand::List(arguments) => list(arguments),
        ModelsCommand::Check(arguments) => check(arguments),
        ModelsCommand::Pull(arguments) => pull(arguments),
        ModelsCommand::Import(arguments) => import(arguments),
    }
}

fn list(arguments: &ListArgs) -> Result<u8> {
    let models = store::installed();
    if arguments.json {
        let home = store::models_home();
        print(&pretty(&json!({ "folder": home, "models": models })))?;
        return Ok(DONE);
    }
    if models.is_empty() {
        let home =
            store::models_home().map_or_else(String::new, |home| format!(" ({})", home.display()));
        say(format_args!(
            "there are no models here{home}; retake models pull timbrooks/instruct-pix2pix loads one"
        ));
    }
    let widest = models
        .iter()
        .map(|model| model.name.len())
        .max()
        .unwrap_or(0);
    for model in &models {
        say(line(model, widest));
    }
    Ok(DONE)
}

fn line(model: &Installed, widest: usize) -> String {
    let place = match model.place {
        Place::Retake => "",
        Place::HubCache => ", in the hub's cache",
    };
    let is = match (model.editor, model.purpose) {
        (Some(what), _) | (None, Some(what)) => what.to_owned(),
        (None, None) => format!("no editor: {}", model.pipeline),
    };
    format!(
        "{:widest$}  {:>8}  {is}{place}",
        model.name,
        size(model.bytes),
    )
}

fn check(arguments: &CheckArgs) -> Result<u8> {
    if let Some(imported) = store::check_imported(&arguments.model) {
        let (model, problems) = imported?;
        return check_imported(&model, &problems, arguments.json);
    }
    let path = store::resolve(&arguments.model)?;
    if Sam::is_one(&path) {
        return check_outlines(&path, arguments.json);
    }
    let candidates = arguments.candidates.unwrap_or(CANDIDATES);
    let report = store::check(&path, candidates as usize)?;
    if arguments.json {
        print(&pretty(&serde_json::to_value(&report)?))?;
    } else {
        tell(&report);
    }
    Ok(if report.problems.is_empty() {
        DONE
    } else {
        FAILED
    })
}

/// A Segment Anything, which outlines things for the scores.
fn check_outlines(folder: &Path, as_json: bool) -> Result<u8> {
    let checked = Sam::check(folder);
    let problem = checked.as_ref().err().map(ToString::to_string);
    if as_json {
        let known = checked.as_ref().ok();
        print(&pretty(&json!({
            "folder": folder,
            "network": "Segment Anything",
            "parameters": known.map(|known| known.parameters),
            "bytes_on_disk": known.map(|known| known.bytes),
            "side_px": known.map(|known| known.side),
            "problems": problem.iter().collect::<Vec<_>>(),
        })))?;
    } else {
        say(format_args!(
            "{}: Segment Anything, which outlines things (--reward sam=DIR)",
            folder.display()
        ));
        match (&checked, &problem) {
            (Ok(known), _) => {
                say("complete: every tensor is there, of the right shape, and none is left over");
                say(format_args!(
                    "{:.1} million numbers, {} on disk; it looks at {} px a side",
                    known.parameters as f64 / 1e6,
                    size(known.bytes),
                    known.side
                ));
            }
            (_, Some(problem)) => say(format_args!("problem: {problem}")),
            (Err(_), None) => {}
        }
    }
    Ok(if checked.is_ok() { DONE } else { FAILED })
}

/// A small model that came out of a package: whether its files are as they were.
fn check_imported(model: &Installed, problems: &[String], json: bool) -> Result<u8> {
    if json {
        let report = json!({ "model": model, "problems": problems });
        print(&pretty(&report))?;
    } else {
        let purpose = model.purpose.unwrap_or_default();
        say(format_args!("{}: {purpose}", model.folder.display()));
        match problems {
            [] => say(format_args!(
                "complete: every file is as it came out of {}",
                model.pipeline
            )),
            _ => problems
                .iter()
                .for_each(|problem| say(format_args!("problem: {problem}"))),
        }
    }
    Ok(if problems.is_empty() { DONE } else { FAILED })
}

fn tell(report: &Report) {
    say(format_args!(
        "{}: {}",
        report.folder.display(),
        report.editor.unwrap_or("no editor of Retake")
    ));
    match report.problems.len() {
        0 => say("complete: every tensor is there, of the right shape, and none is left over"),
        _ => report
            .problems
            .iter()
            .for_each(|problem| say(format_args!("problem: {problem}"))),
    }
    for stage in report.stages.iter().filter(|stage| !stage.parts.is_empty()) {
        say(stage_line(stage));
    }
    let machine = &report.machine;
    let memory = match (machine.memory_bytes, machine.free_bytes) {
        (Some(memory), Some(free)) => format!("{} of {} free", size(free), size(memory)),
        _ => "its memory is not known".to_owned(),
    };
    say(format_args!(
        "this machine computes on the {}, {memory}",
        machine.device
    ));
    if report.problems.is_empty() {
        report
            .variants
            .iter()
            .for_each(|variant| say(variant_line(variant)));
        if let Some(advice) = &report.advice {
            say(advice);
        }
        say(format_args!(
            "candidates are made one after the other: the pictures of {} take {}",
            report.candidates,
            size(report.bytes_for_candidates)
        ));
        let (height, width) = report.work_size_px;
        say(format_args!(
            "about {} for {} candidates of {width} × {height} px in {} steps, an estimate from {:.0} billion operations a second in products and {:.0} in convolutions, measured now",
            time(report.expected_seconds),
            report.candidates,
            report.steps,
            machine.operations_per_second / 1e9,
            machine.convolution_operations_per_second / 1e9,
        ));
    }
}

fn stage_line(stage: &StageReport) -> String {
    format!(
        "{}: {} parameters, {} on disk, {} in memory, of which {} to work in",
        stage.stage,
        count(stage.parameters),
        size(stage.bytes_on_disk),
        size(stage.memory_bytes),
        size(stage.working_bytes),
    )
}

fn variant_line(variant: &Variant) -> String {
    let fits = match (variant.fits, variant.fits_in_turn) {
        (Some(true), _) => match variant.batch {
            Some(batch) if batch > 1 => format!("fits, with {batch} candidates side by side"),
            _ => "fits".to_owned(),
        },
        (Some(false), Some(true)) => "fits only with one stage in memory at a time".to_owned(),
        (Some(false), _) => "does not fit".to_owned(),
        (None, _) => "may fit".to_owned(),
    };
    format!(
        "memory, {}: {} for all stages, {} for the largest alone: {fits}",
        variant.held,
        size(variant.together_bytes),
        size(variant.in_turn_bytes),
    )
}

fn pull(arguments: &PullArgs) -> Result<u8> {
    progress::obey_signals();
    let offer = store::offer(&arguments.model)?;
    if !offer.complete {
        describe(&offer);
        if !arguments.yes {
            confirm()?;
        }
        let mut line = Line::new();
        let loaded = offer.load(&mut |progress| line.show(progress));
        drop(line);
        if loaded.is_err() && progress::stopped() {
            complain("stopped; what was loaded is kept, and pulling again goes on from there");
            return Ok(FAILED);
        }
        loaded?;
    }
    if arguments.json {
        print(&pretty(&serde_json::to_value(&offer)?))?;
    } else if offer.complete {
        say(format_args!(
            "{} is here already: {}",
            offer.name,
            offer.folder.display()
        ));
    } else {
        say(format_args!(
            "{} is here: {}",
            offer.name,
            offer.folder.display()
        ));
    }
    Ok(DONE)
}

fn import(arguments: &ImportArgs) -> Result<u8> {
    let imports = store::import(&arguments.package)?;
    if arguments.json {
        print(&pretty(&json!({ "imported": imports })))?;
        return Ok(DONE);
    }
    for import in &imports {
        say(format_args!(
            "{} {}; licence: {}; {} are in {}",
            import.model,
            import.purpose,
            import.licence,
            size(import.bytes),
            import.folder.display()
        ));
    }
    Ok(DONE)
}

fn describe(offer: &Offer) {
    say(format_args!(
        "{}, licence: {}",
        offer.name,
        offer.licence_said()
    ));
    let here = match offer.bytes_here {
        0 => String::new(),
        here => format!(", of which {} are here", size(here)),
    };
    say(format_args!(
        "{} files, {}{here}, into {}",
        offer.files,
        size(offer.bytes),
        offer.folder.display()
    ));
}

/// Asks on the terminal; without one, nobody could answer.
fn confirm() -> Result<()> {
    if !std::io::stdin().is_terminal() {
        bail!("nothing was loaded, since nobody can be asked here; --yes loads it without asking");
    }
    let mut err = std::io::stderr();
    let _ = write!(err, "Load it? [y/N] ");
    let _ = err.flush();
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    match answer.trim().to_lowercase().as_str() {
        "y" | "yes" => Ok(()),
        _ => bail!("nothing was loaded"),
    }
}

/// How far a load is: on a terminal a line that changes, elsewhere a line for every tenth part.
struct Line {
    terminal: bool,
    shown: Option<u64>,
}

impl Line {
    fn new() -> Self {
        Self {
            terminal: std::io::stderr().is_terminal(),
            shown: None,
        }
    }

    /// Shows it, and says whether to go on.
    fn show(&mut self, progress: Progress<'_>) -> bool {
        let parts = if self.terminal { 1000 } else { 10 };
        let part = progress.done * parts / progress.bytes.max(1);
        if self.shown != Some(part) {
            self.shown = Some(part);
            let text = format!(
                "{} of {}: {}",
                size(progress.done),
                size(progress.bytes),
                progress.file
            );
            if self.terminal {
                let _ = write!(std::io::stderr(), "\r\x1b[K{text}");
            } else {
                say(text);
            }
        }
        !progress::stopped()
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if self.terminal {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
        }
    }
}

fn pretty(value: &serde_json::Value) -> String {
    format!("{value:#}\n")
}

fn count(number: u64) -> String {
    match number as f64 {
        number if number >= 1e6 => format!("{:.0} million", number / 1e6),
        number => format!("{number:.0}"),
    }
}

fn size(bytes: u64) -> String {
    match bytes as f64 {
        bytes if bytes >= 1e9 => format!("{:.1} GB", bytes / 1e9),
        bytes if bytes >= 1e7 => format!("{:.0} MB", bytes / 1e6),
        bytes => format!("{:.2} MB", bytes / 1e6),
    }
}

fn time(seconds: f64) -> String {
    match seconds {
        s if s < 90.0 => format!("{s:.0} s"),
        s if s < 5400.0 => format!("{:.0} min", s / 60.0),
        s => format!("{:.1} h", s / 3600.0),
    }
}
