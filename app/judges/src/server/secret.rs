//! The key of a server, which nobody gets to see.

use std::io::Read;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use retake_core::{Said, said};

/// How long a program that keeps keys may take: a person may have to open the keyring first.
const LONGEST: Duration = Duration::from_secs(120);
/// The most bytes that are read of what it prints. No key is as long, and a pipe holds as many.
const MOST: u64 = 16 * 1024;

/// A key. It shows itself to nobody: printed it is three dots.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(Option<String>);

impl Secret {
    /// What stands in this environment variable; none where it is unset, empty or nothing that fits into a request.
    pub fn of_variable(name: &str) -> Self {
        Self(std::env::var(name).ok().and_then(usable))
    }
    /// The first of the usual variables that is set: `RETAKE_JUDGE_KEY`, then `OPENAI_API_KEY`.
    pub fn of_this_machine() -> Self {
        let usual = ["RETAKE_JUDGE_KEY", "OPENAI_API_KEY"].into_iter();
        usual
            .map(Self::of_variable)
            .find(|key| key.0.is_some())
            .unwrap_or_default()
    }
    /// The same for a server that edits: `RETAKE_EDITOR_KEY`, then `OPENAI_API_KEY`.
    pub fn of_this_machines_editor() -> Self {
        let usual = ["RETAKE_EDITOR_KEY", "OPENAI_API_KEY"].into_iter();
        usual
            .map(Self::of_variable)
            .find(|key| key.0.is_some())
            .unwrap_or_default()
    }
    /// This one, for a program that has its own way of keeping it.
    pub fn new(key: impl Into<String>) -> Self {
        Self(usable(key.into()))
    }
    /// What a program prints that keeps keys, as `secret-tool lookup service retake` does with the keyring of a Linux desktop
    /// and `security find-generic-password -s retake -w` with that of macOS: its first line. No shell is in between. Words
    /// are parted at spaces, and quotes keep them together; the sentence about one that fails has nothing of them but the
    /// program's name.
    pub fn of_command(command: &str) -> Result<Self, Said> {
        let words = words(command);
        let Some((program, arguments)) = words.split_first() else {
            return Err(said!("The command for the judge's key is empty."));
        };
        let failed = |why: String| {
            said!(
                "The judge's key could not be had from {program} ({why}).",
                program = program.clone(),
                why = why
            )
        };
        let child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let mut child = child.map_err(|error| failed(error.to_string()))?;
        // one that asks a person to open the keyring takes its time, and one that never ends is given up
        let began = Instant::now();
        let status = loop {
            match child.try_wait() {
                Ok(Some(status)) => break status,
                Ok(None) if began.elapsed() > LONGEST => {
                    let _ = child.kill();
                    let _ = child.wait();
                    return Err(failed("it did not answer in time".to_owned()));
                }
                Ok(None) => std::thread::sleep(Duration::from_millis(20)),
                Err(error) => return Err(failed(error.to_string())),
            }
        };
        let mut printed = String::new();
        let out = child.stdout.take();
        let read = out.map(|out| out.take(MOST).read_to_string(&mut printed));
        match (status.success(), read) {
            (true, Some(Ok(_))) => {}
            (true, _) => return Err(failed("it printed no text".to_owned())),
            (false, _) => return Err(failed(status.to_string())),
        }
        let key = Self::new(printed.lines().next().unwrap_or_default());
        match key.is_there() {
            true => Ok(key),
            false => Err(failed("it printed no key".to_owned())),
        }
    }
    /// Whether there is one.
    pub fn is_there(&self) -> bool {
        self.0.is_some()
    }
    pub(crate) fn shown(&self) -> Option<&str> {
        self.0.as_deref()
    }
    /// A text of somebody else's without it: servers quote wrong keys in their complaints.
    pub(crate) fn taken_out_of(&self, text: &str) -> String {
        match &self.0 {
            Some(key) => text.replace(key.as_str(), "…"),
            None => text.to_owned(),
        }
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}

fn usable(key: String) -> Option<String> {
    let key = key.trim().to_owned();
    (!key.is_empty() && key.bytes().all(|byte| byte.is_ascii_graphic())).then_some(key)
}

/// The words of a command: parted at spaces, kept together by quotes.
fn words(command: &str) -> Vec<String> {
    let (mut words, mut word, mut quote): (Vec<String>, Option<String>, Option<char>) =
        Default::default();
    for letter in command.chars() {
        match (quote, letter) {
            (Some(open), letter) if open == letter => quote = None,
            (None, '"' | '\'') => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            (None, letter) if letter.is_whitespace() => words.extend(word.take()),
            (_, letter) => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_keep_words_together() {
        assert_eq!(
            words("secret-tool  lookup 'my service' \"it's\" ''"),
            ["secret-tool", "lookup", "my service", "it's", ""]
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_key_is_the_first_line_that_a_program_prints() {
        let key = Secret::of_command("printf 'sk-123\n(from the keyring)\n'");
        assert_eq!(key, Ok(Secret::new("sk-123")));
    }

    #[cfg(unix)]
    #[test]
    fn a_program_that_fails_is_told_of_without_what_it_was_told() {
        for command in [
            "false sk-secret",
            "printf '' sk-secret",
            "/nowhere/keyring sk-secret",
            "printf 'two words' sk-secret",
        ] {
            let why = Secret::of_command(command).expect_err("no key").to_string();
            assert!(!why.contains("sk-secret"), "{why}");
            let program = command.split(' ').next().expect("a word");
            assert!(why.contains(program), "{why}");
        }
        assert!(Secret::of_command("  ").is_err());
    }
}
