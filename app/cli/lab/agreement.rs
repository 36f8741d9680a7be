//! `retake lab agreement`: what the raters of sittings said, and how far they agree.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use retake_files::save::write_beside_and_rename;
use retake_lab::case::Case;
use retake_lab::dataset::Dataset;
use retake_lab::measures::bootstrap::Draws;
use retake_lab::picks::{Names, rows};
use retake_lab::picture::Picture;
use retake_lab::rows::Flow;
use retake_lab::scoring::kept;
use retake_lab::sittings::agreement::{Opinion, recorded};
use retake_lab::sittings::{self, Agreement, Answers, Head, export, journal};

use super::super::DONE;
use super::super::say::{print, say};
use super::{AgreementArgs, sentence, words};

/// Obeys the command.
pub(crate) fn agreement(args: &AgreementArgs) -> Result<u8> {
    if let Some(file) = &args.export {
        args.data.spare(file, "--export")?;
    }
    let data = args.data.open();
    let (lineups, tally) = sittings::lineups(&data).map_err(sentence)?;
    words::some(&lineups, &tally)?;
    let (head, answers) = together(&args.sitting, &lineups)?;
    if answers.given.is_empty() {
        bail!(
            "nobody has answered yet; sit down with retake lab sit: {}",
            args.sitting[0].display()
        );
    }
    let mut opinions = recorded(&lineups, &args.selector).map_err(sentence)?;
    for folder in &args.scores {
        opinions.push((folder.display().to_string(), scored(&data, folder)?));
    }
    let draws = Draws {
        rounds: args.rounds,
        seed: 0,
    };
    let told = Agreement::of(&answers, head.manner.kind, &lineups, &opinions, draws);
    let exported = match &args.export {
        Some(file) => Some((file, write(args, file, &answers, &lineups)?)),
        None => None,
    };
    if args.json {
        let mut object = serde_json::to_value(&told)?;
        object["used"] = tally.used.into();
        object["skipped"] = tally.skipped.into();
        object["skipped_rows"] = serde_json::to_value(&tally.skipped_rows)?;
        if let Some((file, count)) = exported {
            object["export"] = serde_json::json!({ "file": file, "rows": count });
        }
        print(&format!("{object:#}\n"))?;
        return Ok(DONE);
    }
    words::agreement(&told).lines().for_each(say);
    words::skipped(&tally).iter().for_each(say);
    if let Some((file, count)) = exported {
        say(format_args!("{count} rows: {}", file.display()));
    }
    Ok(DONE)
}

/// What was said in all folders, which must be about the same edits.
fn together(folders: &[PathBuf], lineups: &[Case]) -> Result<(Head, Answers)> {
    let mut all: Option<(Head, Answers)> = None;
    for folder in folders {
        let (head, answers) = journal::read(folder).map_err(sentence)?;
        let here = Head::of(head.manner, lineups);
        if here.edits_sha256 != head.edits_sha256 {
            bail!(
                "this sitting is about other edits; name the data it was held over, with the same --images and --limit: {}",
                folder.display()
            );
        }
        match &mut all {
            None => all = Some((head, answers)),
            Some((first, known)) => {
                if first.manner.kind != head.manner.kind {
                    bail!(
                        "one sitting asked by {}, another by {}; look at them one by one: {}",
                        first.manner.kind,
                        head.manner.kind,
                        folder.display()
                    );
                }
                known.join(answers);
            }
        }
    }
    all.ok_or_else(|| anyhow::anyhow!("name a sitting with --sitting DIR"))
}

/// The scores of a run, by lineup and name.
fn scored(data: &Dataset<'_>, folder: &Path) -> Result<Opinion> {
    let scores = kept(folder).map_err(sentence)?;
    let mut opinion = Opinion::new();
    data.walk(&mut |case, _| {
        if let Some(of) = scores.get(&case.id) {
            for (take, scores) in case.takes.iter().zip(of) {
                opinion.insert((case.group.clone(), take.name.clone()), scores.overall);
            }
        }
        Ok(Flow::On)
    })
    .map_err(sentence)?;
    if opinion.is_empty() {
        bail!(
            "that run has scored none of these edits; run it over the same data: {}",
            folder.display()
        );
    }
    Ok(opinion)
}

/// Writes what was said as preference data; pictures that stand in rows are written beside it.
fn write(args: &AgreementArgs, file: &Path, answers: &Answers, lineups: &[Case]) -> Result<usize> {
    let stem = file.file_stem().unwrap_or(file.as_os_str());
    let beside = format!("{}-pictures", stem.to_string_lossy());
    let folder = file.with_file_name(&beside);
    let mut all = Vec::new();
    for (group, case) in export::picks(answers, lineups) {
        let number = lineups.iter().position(|known| known.id == case.id);
        let number = number.unwrap_or(0);
        let name = |picture: &Option<Picture>, what: &str| -> Result<String> {
            match picture {
                Some(Picture::File(path)) => Ok(path.display().to_string()),
                Some(Picture::Bytes(bytes)) => {
                    let name = format!("{number:05}-{what}.{}", ending(bytes));
                    let path = folder.join(&name);
                    if !path.is_file() {
                        std::fs::create_dir_all(&folder)?;
                        write_beside_and_rename(&path, |out| out.write_all(bytes))?;
                    }
                    Ok(format!("{beside}/{name}"))
                }
                _ => Ok(format!("{}#{what}", case.id)),
            }
        };
        let source = name(&case.source, "source")?;
        let mut takes = std::collections::BTreeMap::new();
        for marked in &group.takes {
            let picture = &case.takes[marked.take as usize].picture;
            takes.insert(marked.take, name(picture, &marked.take.to_string())?);
        }
        let names = Names {
            source,
            take: &|take| takes.get(&take).cloned().unwrap_or_default(),
        };
        all.extend(rows(&args.shape, &group, &names));
    }
    if all.is_empty() {
        bail!("raters preferred nothing, so there is nothing to export");
    }
    super::export::write(file, &all)?;
    Ok(all.len())
}

/// What a picture file's first bytes say.
fn ending(bytes: &[u8]) -> &'static str {
    const KNOWN: [(&[u8], &str); 4] = [
        (b"\x89PNG", "png"),
        (b"\xff\xd8", "jpg"),
        (b"RIFF", "webp"),
        (b"II*\0", "tif"),
    ];
    let found = KNOWN.iter().find(|(magic, _)| bytes.starts_with(magic));
    found.map_or("img", |(_, ending)| ending)
}
