//! The command line. Each command is one file and one line in [`Command`]; all of them print for people on standard
//! error, and for programs, with `--json`, one object on standard output.

mod args;
mod batch;
mod budget;
mod config;
mod drift;
mod edit;
mod exchange;
mod judging;
mod jury;
mod lab;
mod members;
mod models;
mod picture;
mod places;
mod presets;
mod progress;
mod replay;
mod report;
mod say;
mod score;
mod select;
mod tools;
mod window;

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

use clap::{Parser, error::ErrorKind};

use args::{Cli, Command};

/// Done.
const DONE: u8 = 0;
/// Failed; one sentence says why.
const FAILED: u8 = 1;
/// The command line was wrong.
const USAGE: u8 = 2;

/// Runs the program on these arguments.
pub(crate) fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let code = match Cli::try_parse_from(arguments) {
        Ok(cli) => obey(cli),
        Err(error) => refuse(&error),
    };
    ExitCode::from(code)
}

fn obey(cli: Cli) -> u8 {
    let result = match cli.command {
        Some(Command::Edit(edit)) => batch::edit(&edit),
        Some(Command::Score(arguments)) => score::score(&arguments),
        Some(Command::Replay(arguments)) => replay::replay(&arguments),
        Some(Command::Select(arguments)) => select::select(&arguments),
        Some(Command::Models(command)) => models::models(&command),
        Some(Command::Lab(command)) => lab::lab(&command),
        None => match cli.photos.iter().find(|path| is_a_word(path)) {
            Some(word) => {
                say::complain(format_args!(
                    "there is no command and no photo of this name (retake --help lists what there is): {}",
                    word.display()
                ));
                return USAGE;
            }
            None => window::open(cli.photos, cli.device.unwrap_or("auto")),
        },
    };
    match result {
        Ok(code) => code,
        Err(error) => {
            say::complain(progress::why(&error));
            FAILED
        }
    }
}

/// A word that is no file: a command mistyped. What looks like a path is opened, and the window says what is wrong with it.
fn is_a_word(path: &Path) -> bool {
    let plain = path.extension().is_none() && path.components().count() == 1;
    plain && !path.is_absolute() && !path.exists()
}

/// Help and version are answers; anything else is one sentence and exit code 2.
fn refuse(error: &clap::Error) -> u8 {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            let _ = error.print();
            DONE
        }
        _ => {
            let text = error.to_string();
            let text = text.split("\n\n").next().unwrap_or_default();
            let sentence = text
                .trim_start_matches("error: ")
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ");
            say::complain(format_args!(
                "{sentence} (retake --help lists what there is)"
            ));
            USAGE
        }
    }
}
