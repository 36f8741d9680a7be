//! A progress line on a terminal, nothing anywhere else; and the flag that Ctrl-C raises.

use std::io::{IsTerminal, Write};
use std::sync::Mutex;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use retake_core::{Budget, Spent, Watch};
use retake_engine::Hear;

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

/// Shows how far the work is; of a run also what is spent of which limit.
pub(crate) struct Line {
    state: Mutex<State>,
    shown: bool,
    /// whether what is spent is told too
    tells: bool,
}

struct State {
    out: Box<dyn Write + Send>,
    drawn: Option<Instant>,
    stage: &'static str,
    begun: Instant,
    /// of the stage
    done: usize,
    total: usize,
    skipped: usize,
    account: Option<Account>,
}

/// What a run may spend and has spent.
struct Account {
    budget: Budget,
    spent: Spent,
    since: Instant,
}

/// The least between two drawings, so that nothing flickers and the terminal is not kept busy.
const OFTEN: Duration = Duration::from_millis(60);
/// Where nothing else happens the seconds go on so often.
const SELDOM: Duration = Duration::from_millis(500);

impl Line {
    /// On the terminal, where there is one.
    pub(crate) fn new() -> Self {
        Self::on(Box::new(std::io::stderr()), std::io::stderr().is_terminal())
    }

    fn on(out: Box<dyn Write + Send>, shown: bool) -> Self {
        Self {
            state: Mutex::new(State {
                out,
                drawn: None,
                stage: "",
                begun: Instant::now(),
                done: 0,
                total: 0,
                skipped: 0,
                account: None,
            }),
            shown,
            tells: false,
        }
    }

    /// The same, which also tells what a run spends; not to programs that read its answer.
    pub(crate) fn telling(self, json: bool) -> Self {
        Self {
            tells: !json,
            ..self
        }
    }

    /// So many could not be used so far.
    pub(crate) fn skipped(&self, count: usize) {
        if let Ok(mut state) = self.state.lock() {
            state.skipped = count;
        }
    }

    /// Takes the line away.
    pub(crate) fn clear(&self) {
        if self.shown
            && let Ok(mut state) = self.state.lock()
        {
            state.account = None;
            state.stage = "";
            let out = &mut state.out;
            let _ = write!(out, "\r\x1b[K").and_then(|()| out.flush());
        }
    }

    /// Draws what `change` made of it, unless it was drawn just now.
    fn draw(&self, least: Duration, change: impl FnOnce(&mut State) -> bool) {
        if !self.shown {
            return;
        }
        let Ok(mut state) = self.state.lock() else {
            return;
        };
        let at_once = change(&mut state);
        let now = Instant::now();
        if state.stage.is_empty()
            || (!at_once && state.drawn.is_some_and(|drawn| now - drawn < least))
        {
            return;
        }
        state.drawn = Some(now);
        let line = state.line(now);
        // in one piece, over what stands there and cut at the terminal's edge: nothing flickers and nothing wraps
        let line = format!("\x1b[?7l\r{line}\x1b[K\x1b[?7h");
        let out = &mut state.out;
        let _ = out.write_all(line.as_bytes()).and_then(|()| out.flush());
    }
}

impl Watch for Line {
    fn progress(&self, stage: &'static str, done: usize, total: usize) {
        self.draw(OFTEN, |state| {
            let fresh = state.stage != stage;
            if fresh {
                (state.stage, state.begun) = (stage, Instant::now());
            }
            (state.done, state.total) = (done, total);
            fresh || done >= total
        });
    }

    fn stopped(&self) -> bool {
        if self.tells {
            self.draw(SELDOM, |_| false);
        }
        stopped()
    }
}

impl Hear for Line {
    fn begins(&self, budget: &Budget) {
        if !self.tells {
            return;
        }
        self.draw(OFTEN, |state| {
            state.account = Some(Account {
                budget: budget.clone(),
                spent: Spent::default(),
                since: Instant::now(),
            });
            false
        });
    }

    fn ended(&self) {
        self.draw(OFTEN, |state| {
            state.account = None;
            false
        });
    }

    fn spent(&self, spent: &Spent) {
        self.draw(OFTEN, |state| {
            if let Some(account) = &mut state.account {
                account.spent = most(account.spent, *spent);
            }
            false
        });
    }
}

/// What is told by several threads may come in another order than it was counted.
fn most(one: Spent, other: Spent) -> Spent {
    Spent {
        edits: one.edits.max(other.edits),
        steps: one.steps.max(other.steps),
        network_evaluations: one.network_evaluations.max(other.network_evaluations),
        judge_calls: one.judge_calls.max(other.judge_calls),
        seconds: one.seconds.max(other.seconds),
        money: one.money.max(other.money),
        memory: one.memory.max(other.memory),
    }
}

impl State {
    fn line(&self, now: Instant) -> String {
        let width = if self.account.is_some() { NARROW } else { WIDE };
        let line = text(
            self.stage,
            (self.done, self.total),
            self.skipped,
            now - self.begun,
            width,
        );
        match &self.account {
            Some(account) => {
                let seconds = (now - account.since).as_secs_f64();
                format!(
                    "{line} · {}",
                    spending(&account.budget, &account.spent, seconds)
                )
            }
            None => line,
        }
    }
}

/// Letters of the bar; fewer where what is spent stands beside it.
const WIDE: usize = 24;
const NARROW: usize = 10;

fn text(
    stage: &str,
    (done, total): (usize, usize),
    skipped: usize,
    spent: Duration,
    width: usize,
) -> String {
    let total = total.max(1);
    let full = width * done.min(total) / total;
    let bar = "█".repeat(full) + &"░".repeat(width - full);
    let left = if done > 0 && done < total {
        let seconds = spent.as_secs_f64() * (total - done) as f64 / done as f64;
        format!(", {seconds:.1} s left")
    } else {
        String::new()
    };
    let skipped = match skipped {
        0 => String::new(),
        count => format!(", {count} skipped"),
    };
    format!("{stage:<10} {bar} {done}/{total}{left}{skipped}")
}

/// What is spent of which limit: what has no limit only where something was spent of it.
fn spending(budget: &Budget, spent: &Spent, seconds: f64) -> String {
    let counted = |name: &str, spent: u64, limit: Option<u64>| match limit {
        Some(limit) => Some(format!("{name} {spent}/{limit}")),
        None => (spent > 0).then(|| format!("{name} {spent}")),
    };
    let time = match budget.seconds {
        Some(limit) => format!("{seconds:.0}/{} s", short(limit)),
        None => format!("{seconds:.0} s"),
    };
    let money = match budget.money {
        Some(limit) => Some(format!("money {}/{}", short(spent.money), short(limit))),
        None => (spent.money > 0.0).then(|| format!("money {}", short(spent.money))),
    };
    [
        counted("edits", spent.edits, Some(budget.edits as u64)),
        counted(
            "network",
            spent.network_evaluations,
            budget.network_evaluations,
        ),
        counted("judged", spent.judge_calls, budget.judge_calls),
        Some(time),
        money,
    ]
    .into_iter()
    .flatten()
    .collect::<Vec<_>>()
    .join(" · ")
}

/// An amount with at most four decimals, and none that say nothing.
fn short(amount: f64) -> String {
    let text = format!("{amount:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    /// A terminal that remembers.
    #[derive(Clone, Default)]
    struct Screen(Arc<Mutex<Vec<u8>>>);

    impl Write for Screen {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().expect("nobody panics").extend(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    impl Screen {
        fn written(&self) -> String {
            String::from_utf8(self.0.lock().expect("nobody panics").clone()).expect("letters")
        }
        /// What stands on the line now.
        fn line(&self) -> String {
            let written = self.written();
            let last = written.rsplit('\r').next().unwrap_or_default();
            last.replace("\x1b[K\x1b[?7h", "")
        }
    }

    fn budget() -> Budget {
        Budget {
            judge_calls: Some(40),
            seconds: Some(30.0),
            money: Some(0.5),
            ..Budget::edits(8)
        }
    }

    /// A run that has edited half and scored some.
    fn run_on(line: &Line) {
        line.begins(&budget());
        line.spent(&Spent {
            edits: 4,
            judge_calls: 12,
            network_evaluations: 160,
            money: 0.0125,
            ..Spent::default()
        });
        line.progress("scoring", 1, 2);
    }

    #[test]
    fn half_done_is_half_a_bar_and_as_long_again() {
        let line = text("editing", (4, 8), 0, Duration::from_secs(2), WIDE);
        assert_eq!(line.matches('█').count(), 12);
        assert!(line.ends_with("4/8, 2.0 s left"), "{line}");
    }

    #[test]
    fn what_is_spent_stands_beside_its_limit_while_the_run_goes_on() {
        let screen = Screen::default();
        let line = Line::on(Box::new(screen.clone()), true).telling(false);
        run_on(&line);
        let shown = screen.line();
        assert!(
            shown
                .ends_with(" · edits 4/8 · network 160 · judged 12/40 · 0/30 s · money 0.0125/0.5"),
            "{shown}"
        );
        assert!(shown.chars().count() <= 120, "{shown}");
        // one line, never more
        assert!(!screen.written().contains('\n'));
    }

    #[test]
    fn what_was_counted_later_is_not_taken_back() {
        let screen = Screen::default();
        let line = Line::on(Box::new(screen.clone()), true).telling(false);
        run_on(&line);
        line.spent(&Spent {
            edits: 3,
            ..Spent::default()
        });
        line.progress("scoring", 2, 2);
        assert!(screen.line().contains("edits 4/8"), "{}", screen.line());
    }

    #[test]
    fn a_program_that_reads_json_is_told_of_no_budget_and_a_file_of_nothing() {
        let (screen, file) = (Screen::default(), Screen::default());
        run_on(&Line::on(Box::new(screen.clone()), true).telling(true));
        let shown = screen.line();
        assert!(
            shown.contains(" 1/2") && !shown.contains("edits"),
            "{shown}"
        );
        run_on(&Line::on(Box::new(file.clone()), false).telling(false));
        assert_eq!(file.written(), "");
    }

    #[test]
    fn where_nothing_is_limited_only_what_was_spent_is_told() {
        let spent = Spent {
            edits: 2,
            judge_calls: 2,
            ..Spent::default()
        };
        let told = spending(&Budget::edits(8), &spent, 3.4);
        assert_eq!(told, "edits 2/8 · judged 2 · 3 s");
    }

    #[test]
    fn rows_that_were_skipped_are_told_while_others_are_worked_on() {
        let line = text("scoring", (4, 8), 3, Duration::from_secs(2), WIDE);
        assert!(line.ends_with("4/8, 2.0 s left, 3 skipped"), "{line}");
    }
}
