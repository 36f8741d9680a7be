//! `retake lab sit`: a sitting without a window. Each question is a picture in the sitting's folder, each answer a line.

use std::io::BufRead;
use std::path::Path;

use anyhow::{Context, Result};
use retake_core::{Raster, Said};
use retake_lab::case::Case;
use retake_lab::picture::save_small;
use retake_lab::scoring::open_case;
use retake_lab::sittings::{self, Kind, Manner, Question, Sitting, Verdict, journal};

use super::super::DONE;
use super::super::say::{print, say};
use super::{SitArgs, sentence, words};

/// The picture of the question that is asked.
const PICTURE: &str = "question.jpg";
/// Between two pictures, px.
const GAP: usize = 12;
/// How many of a hundred questions are asked again without a word about it.
const AGAIN: u8 = 10;

/// Obeys the command.
pub(crate) fn sit(args: &SitArgs) -> Result<u8> {
    let data = args.data.open();
    let (lineups, tally) = sittings::lineups(&data).map_err(sentence)?;
    words::some(&lineups, &tally)?;
    words::skipped(&tally).iter().for_each(say);
    let mut sitting =
        Sitting::open(&args.sitting, lineups, manner(args)?, &args.rater).map_err(sentence)?;
    say(
        "The source is on the left. Type the number of the best edit beside it, = if none is better, b if none is any good, s to skip, back, or q to go on later.",
    );
    let mut lines = std::io::stdin().lock().lines();
    let mut unseen: Vec<Unseen> = Vec::new();
    'questions: while let Some(question) = sitting.now().cloned() {
        let lineup = sitting.lineup(&question);
        let picture = args.sitting.join(PICTURE);
        if let Err(why) = show(lineup, &question, args.size as usize, &picture) {
            let (lineup, reason) = (lineup.id.clone(), why);
            say(format_args!("Not asked now, {reason}: {lineup}"));
            unseen.push(Unseen { lineup, reason });
            sitting.pass();
            continue;
        }
        let (done, all) = sitting.progress();
        say(format_args!(
            "{} of {all}: “{}”, edits 1 to {}: {}",
            done + 1,
            lineup.instruction,
            question.shown.len(),
            picture.display()
        ));
        loop {
            let Some(line) = lines.next() else {
                break 'questions;
            };
            let line = line.context("the answer cannot be read")?;
            match answer(&mut sitting, line.trim(), question.shown.len()) {
                Told::Said(done) => {
                    done.map_err(sentence)?;
                    break;
                }
                Told::Stop => break 'questions,
                Told::Unknown => say(format_args!(
                    "“{}” is no answer; type 1 to {}, =, b, s, back or q.",
                    line.trim(),
                    question.shown.len()
                )),
            }
        }
    }
    let _ = std::fs::remove_file(args.sitting.join(PICTURE));
    let (done, all) = sitting.progress();
    if args.json {
        let object = serde_json::json!({ "rater": sitting.rater(), "answered": done, "questions": all,
            "answers": args.sitting.join(journal::NAME), "used": tally.used, "skipped": tally.skipped,
            "skipped_rows": tally.skipped_rows, "not_shown": unseen });
        print(&format!("{object:#}\n"))?;
    } else {
        say(format_args!(
            "{done} of {all} questions are answered: {}",
            args.sitting.display()
        ));
        if !unseen.is_empty() {
            say(format_args!(
                "{} questions could not be shown; when their pictures open, they are asked the next time.",
                unseen.len()
            ));
        }
    }
    Ok(DONE)
}

/// A question that could not be shown.
#[derive(serde::Serialize)]
struct Unseen {
    lineup: String,
    reason: retake_core::Said,
}

/// What a line means.
enum Told {
    Said(Result<(), retake_lab::LabError>),
    Stop,
    Unknown,
}

fn answer(sitting: &mut Sitting, line: &str, edits: usize) -> Told {
    match line.to_lowercase().as_str() {
        "=" => Told::Said(sitting.say(Verdict::Tie)),
        "b" => Told::Said(sitting.say(Verdict::BothBad)),
        "s" => Told::Said(sitting.say(Verdict::Skip)),
        "back" => {
            sitting.back();
            Told::Said(Ok(()))
        }
        "q" => Told::Stop,
        other => match other.parse::<usize>() {
            Ok(number) if (1..=edits).contains(&number) => Told::Said(sitting.best(number - 1)),
            _ => Told::Unknown,
        },
    }
}

/// As it was begun, where nothing else is asked for.
fn manner(args: &SitArgs) -> Result<Manner> {
    let begun = match args.sitting.join(journal::NAME).is_file() {
        true => Some(journal::read(&args.sitting).map_err(sentence)?.0.manner),
        false => None,
    };
    let begun = begun.unwrap_or(Manner {
        kind: Kind::Pairs,
        seed: 0,
        most: None,
        again: AGAIN,
    });
    Ok(Manner {
        kind: args
            .best_of
            .map_or(begun.kind, |count| Kind::BestOf(usize::from(count))),
        seed: args.seed.unwrap_or(begun.seed),
        most: args.most.map(|most| most as usize).or(begun.most),
        again: args.again.unwrap_or(begun.again),
    })
}

/// Writes the source and the edits side by side.
fn show(lineup: &Case, question: &Question, long_edge: usize, path: &Path) -> Result<(), Said> {
    let shown = question
        .shown
        .iter()
        .map(|&take| lineup.takes[take].clone());
    let case = Case {
        takes: shown.collect(),
        mask: None,
        ..lineup.clone()
    };
    let opened = open_case(&case, long_edge)?;
    let row: Vec<&Raster> = [&*opened.source].into_iter().chain(&opened.edits).collect();
    let width = row.iter().map(|raster| raster.width + GAP).sum::<usize>() - GAP;
    let height = row.iter().map(|raster| raster.height).max().unwrap_or(1);
    let mut sheet = Raster::from_fn(width, height, |_, _| [0.18; 3]);
    let mut left = 0;
    for raster in row {
        for y in 0..raster.height {
            for x in 0..raster.width {
                sheet.set(left + x, y, raster.at(x, y));
            }
        }
        left += raster.width + GAP;
    }
    save_small(path, &sheet, width).map_err(|error| error.said())
}
