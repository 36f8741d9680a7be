//! `retake edit` for one photo or many: one failure does not stop the rest.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow, bail};
use retake_core::EditError;
use retake_engine::RunError;
use retake_files::NewFolder;
use retake_files::record::RunRecord;

use super::args::EditArgs;
use super::config::Settings;
use super::edit::{Assignment, edit as edit_one};
use super::progress::{Line, obey_signals, stopped, why};
use super::say::{complain, print, say};
use super::tools::{self, Reader, Workshop};
use super::{DONE, FAILED, report};

/// Obeys the command.
pub(crate) fn edit(args: &EditArgs) -> Result<u8> {
    obey_signals();
    let settings = Settings::of(args)?;
    let instruction = tools::instruction(
        &args.instruction,
        &settings.config,
        args.mask.is_some(),
        Reader::of(&settings),
    )?;
    if args.photos.len() > 1 && args.mask.is_some() {
        bail!("a mask belongs to one photo; give the photos one at a time");
    }
    let whole = NewFolder::begin(&args.out)?;
    let Workshop {
        tools,
        device,
        model,
    } = tools::workshop(&settings)?;
    let line = Line::new().telling(args.json);
    let assignment = |photo_path| Assignment {
        photo_path,
        mask_path: args.mask.as_deref(),
        instruction: &instruction,
        settings: &settings,
        device: &device,
        model: model.as_deref(),
    };
    if let [photo] = args.photos.as_slice() {
        let result = edit_one(&assignment(photo), &tools, whole, &line);
        line.clear();
        let (record, folder) = result?;
        tell(&record, &folder);
        if args.json {
            print_or_say_where(&record.to_json(), &folder)?;
        }
        return Ok(DONE);
    }
    drop(whole);
    let mut results = Vec::new();
    for (photo, folder) in args.photos.iter().zip(folders(&args.photos, &args.out)) {
        let result = NewFolder::begin(&folder)
            .map_err(anyhow::Error::from)
            .and_then(|new| edit_one(&assignment(photo), &tools, new, &line));
        line.clear();
        match result {
            Ok((record, folder)) => {
                tell(&record, &folder);
                results.push((photo, Ok(record)));
            }
            Err(_) if stopped() => break,
            Err(error) if concerns_all(&error) => return Err(error),
            Err(error) => {
                complain(why(&error));
                results.push((photo, Err(error)));
            }
        }
    }
    if args.json {
        print_or_say_where(&batch_json(&results), &args.out)?;
    }
    let done = results.iter().filter(|(_, result)| result.is_ok()).count();
    let all = args.photos.len();
    if stopped() && results.len() < all {
        complain(format_args!(
            "stopped; {done} of {all} photos were edited: {}",
            args.out.display()
        ));
    } else if done < all {
        complain(format_args!(
            "{} of {all} photos could not be edited",
            all - done
        ));
    }
    Ok(if done < all { FAILED } else { DONE })
}

/// Prints the record. Where that fails the work is done all the same and its folder stays, but a program that asked for
/// the record has not got it, so this is a failure that says where the run is.
fn print_or_say_where(json: &str, folder: &Path) -> Result<()> {
    print(json).map_err(|error| {
        anyhow!(
            "{error:#}; what was made is complete in {}",
            folder.display()
        )
    })
}

/// Whether the same would be said of every photo: the instruction asks for what the editor cannot do.
fn concerns_all(error: &anyhow::Error) -> bool {
    matches!(
        error.downcast_ref::<RunError>(),
        Some(RunError::Edit(EditError::NeedsAnother(_)))
    )
}

fn batch_json(results: &[(&PathBuf, Result<RunRecord>)]) -> String {
    let runs: Vec<&RunRecord> = results
        .iter()
        .filter_map(|(_, result)| result.as_ref().ok())
        .collect();
    let failed: Vec<_> = results
        .iter()
        .filter_map(|(photo, result)| {
            let error = result.as_ref().err()?;
            Some(serde_json::json!({ "photo": photo.to_string_lossy(), "error": format!("{error:#}") }))
        })
        .collect();
    format!(
        "{:#}\n",
        serde_json::json!({ "runs": runs, "failed": failed })
    )
}

/// A folder a photo, named as the photo; the second of a name gets a number.
fn folders(photos: &[PathBuf], out: &Path) -> Vec<PathBuf> {
    let mut taken = HashSet::new();
    let folder = |photo: &PathBuf| {
        let stem = photo.file_stem().map_or_else(
            || "photo".to_owned(),
            |stem| stem.to_string_lossy().into_owned(),
        );
        let mut name = stem.clone();
        let mut number = 2;
        while !taken.insert(name.clone()) {
            name = format!("{stem}-{number}");
            number += 1;
        }
        out.join(name)
    };
    photos.iter().map(folder).collect()
}

/// What so many more would buy is told.
const FOUR: u64 = 4;

fn tell(record: &RunRecord, folder: &Path) {
    for note in &record.source.notes {
        say(note);
    }
    say(report::wishes(&record.instruction.understood));
    for (written, read) in &record.instruction.understood.corrected {
        say(format_args!("\"{written}\" was read as \"{read}\"."));
    }
    if !record.instruction.not_understood.is_empty() {
        say(format_args!(
            "Not understood: {}",
            record.instruction.not_understood.join(", ")
        ));
    }
    for failure in &record.failures {
        say(format_args!(
            "Candidate {} could not be made: {}.",
            failure.index,
            failure.why.trim_end_matches('.')
        ));
    }
    let selected = &record.selected;
    say(report::verdict(&retake_core::Selection {
        overall: record
            .candidates
            .iter()
            .map(|candidate| candidate.overall)
            .collect(),
        order: by_rank(record),
        margin: selected.margin,
        confidence: selected.confidence,
        confident: selected.confident,
        good_enough: selected.good_enough,
        ..retake_core::Selection::default()
    }));
    for notice in record.rewards.iter().flat_map(|reward| &reward.notices) {
        say(notice);
    }
    for left in selected.left_out.iter().chain(&selected.notes) {
        say(left);
    }
    for remark in &record.remarks {
        say(remark);
    }
    if let Some(guard) = record.guard["said"].as_str() {
        say(guard);
    }
    if let Some(buys) = record.more_would_buy.as_array()
        && let Some(four) = buys.iter().find(|point| point["more"] == FOUR)
        && let Some(said) = four["said"].as_str()
    {
        say(said);
    }
    if record.out_of_time {
        say("The time was over before all that was planned was done.");
    }
    say(format_args!(
        "{} ({} × {} px, {} candidates, contact-sheet.jpg, {:.1} s)",
        folder.join(&selected.file).display(),
        selected.width,
        selected.height,
        record.candidates.len(),
        record.seconds.get("total").copied().unwrap_or_default()
    ));
}

fn by_rank(record: &RunRecord) -> Vec<usize> {
    let mut order: Vec<usize> = (0..record.candidates.len()).collect();
    order.sort_by_key(|&index| record.candidates[index].rank);
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_photos_of_one_name_get_two_folders() {
        let photos = [
            PathBuf::from("a/1.jpg"),
            PathBuf::from("b/1.jpg"),
            PathBuf::from("c/2.jpg"),
        ];
        let names = folders(&photos, Path::new("out"));
        assert_eq!(
            names,
            [Path::new("out/1"), Path::new("out/1-2"), Path::new("out/2")]
        );
    }
}
