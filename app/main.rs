//! Retake: edits photos by instruction. Wiring only: the command line is parsed, a command obeys, and an error ends as
//! one sentence on standard error; a fault of the program's own does too.

mod cli;

use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    std::panic::set_hook(Box::new(|fault| {
        if retake_files::guarded() {
            // a decoder fell over a damaged file, which becomes a sentence of its own
            return;
        }
        let place = fault.location().map_or(String::new(), |at| {
            format!(" ({}:{})", at.file(), at.line())
        });
        let what = fault.payload_as_str().unwrap_or("no message");
        // standard error may be closed or full; a fault within a fault would end the process without its clean-up
        let mut err = std::io::stderr();
        let _ = writeln!(
            err,
            "retake: this is a fault of the program itself, please report it: {what}{place}"
        );
        if std::env::var_os("RUST_BACKTRACE").is_some() {
            let _ = writeln!(err, "{}", std::backtrace::Backtrace::force_capture());
        }
    }));
    std::panic::catch_unwind(|| cli::run(std::env::args_os())).unwrap_or(ExitCode::FAILURE)
}
