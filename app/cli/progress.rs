//! A progress line on a terminal, nothing anywhere else; and the flag that Ctrl-C raises.

use std::io::{IsTerminal, Write};
use std::sync::Mutex;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use retake_core::Watch;

static STOP: AtomicBool = AtomicBool::new(false);

/// From now on Ctrl-C and a polite kill end the work at the next step, so that nothing is left half-written.
pub(crate) fn obey_signals() {
    static ONCE: OnceLock<()> = OnceLock::new();
    ONCE.get_or_init(|| {
        // without a handler the signals end the process at once, and the next run removes what is left
        let _ = ctrlc::set_handler(|| STOP.store(true, Ordering::Relaxed));
    });
}

/// Whether a signal has asked for the end.
pub(crate) fn stopped() -> bool {
    STOP.load(Ordering::Relaxed)
}

/// Why there is no result: the error in one line, unless it is that somebody stopped the work.
pub(crate) fn why(error: &anyhow::Error) -> String {
    if stopped() {
        "stopped; nothing was written".to_owned()
    } else {
        format!("{error:#}")
    }
}

/// Shows how far the work is.
pub(crate) struct Line {
    state: Mutex<State>,
    shown: bool,
}

struct State {
    drawn: Option<Instant>,
    stage: &'static str,
    begun: Instant,
}

impl Line {
    pub(crate) fn new() -> Self {
        let now = Instant::now();
        Self {
            state: Mutex::new(State {
                drawn: None,
                stage: "",
                begun: now,
            }),
            shown: std::io::stderr().is_terminal(),
        }
    }

    /// Takes the line away.
    pub(crate) fn clear(&self) {
        if self.shown {
            let mut err = std::io::stderr();
            let _ = write!(err, "\r\x1b[K").and_then(|()| err.flush());
        }
    }
}

impl Watch for Line {
    fn progress(&self, stage: &'static str, done: usize, total: usize) {
        if !self.shown {
            return;
        }
        let Ok(mut state) = self.state.lock() else {
            return;
        };
        let now = Instant::now();
        if state.stage != stage {
            (state.stage, state.begun, state.drawn) = (stage, now, None);
        }
        if done < total
            && state
                .drawn
                .is_some_and(|drawn| now - drawn < Duration::from_millis(60))
        {
            return;
        }
        state.drawn = Some(now);
        let line = text(stage, done, total, now - state.begun);
        let mut err = std::io::stderr();
        let _ = write!(err, "\r\x1b[K{line}").and_then(|()| err.flush());
    }

    fn stopped(&self) -> bool {
        stopped()
    }
}

fn text(stage: &str, done: usize, total: usize, spent: Duration) -> String {
    const WIDTH: usize = 24;
    let total = total.max(1);
    let full = WIDTH * done.min(total) / total;
    let bar = "█".repeat(full) + &"░".repeat(WIDTH - full);
    let left = if done > 0 && done < total {
        let seconds = spent.as_secs_f64() * (total - done) as f64 / done as f64;
        format!(", {seconds:.1} s left")
    } else {
        String::new()
    };
    format!("{stage:<10} {bar} {done}/{total}{left}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_done_is_half_a_bar_and_as_long_again() {
        let line = text("editing", 4, 8, Duration::from_secs(2));
        assert_eq!(line.matches('█').count(), 12);
        assert!(line.ends_with("4/8, 2.0 s left"), "{line}");
    }
}
