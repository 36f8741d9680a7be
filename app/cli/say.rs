//! What the program says: to people on standard error, to programs with `--json` on standard output. A reader that has
//! gone away is no fault, and whatever a file is called, a sentence stays on one line.

use std::fmt::Display;
use std::io::{self, Write};

use anyhow::{Context, Result};

/// Says a line to people.
pub(crate) fn say(text: impl Display) {
    let _ = writeln!(io::stderr(), "{}", one_line(&text.to_string()));
}

/// Says why something was not done: one line that begins with the program's name.
pub(crate) fn complain(text: impl Display) {
    say(format_args!("retake: {text}"));
}

/// Writes to standard output, where nothing but `--json` belongs.
pub(crate) fn print(text: &str) -> Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(error).context("the result cannot be written to standard output")
        }
        _ => Ok(()),
    }
}

/// Line breaks and other control characters (of file names, of instructions) become blanks.
fn one_line(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_a_line_break_stays_on_one_line() {
        assert_eq!(one_line("two\nlines\x1b[2J.jpg"), "two lines [2J.jpg");
    }
}
