//! What a run may spend: `--budget-…` and `[budget]`.

use anyhow::{Result, bail};
use clap::Args;
use retake_core::Budget;
use serde::{Deserialize, Serialize};

use super::config::number;

/// Seconds of a run, and money: from, to.
const AMOUNT: (f64, f64) = (0.0, 1e9);
/// Candidates of a run: from, to. None is refused with a sentence when the run begins.
const EDITS: (u64, u64) = (0, 256);

/// What a run may spend; it ends with what is finished when any of it is spent.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "What the run may spend")]
pub(crate) struct BudgetArgs {
    /// Candidates that are finished, 1 to 256; a strategy that drops some on the way begins more, for the same work [default: what --candidates says]
    #[arg(long = "budget-edits", value_name = "N", value_parser = edits, allow_hyphen_values = true)]
    edits: Option<u64>,
    /// Evaluations of a diffusion model's network, in place of what the edits would take
    #[arg(long = "budget-network-evaluations", value_name = "N", value_parser = count, allow_hyphen_values = true)]
    network_evaluations: Option<u64>,
    /// Judgements: a candidate, or what it looks like on its way, scored once
    #[arg(long = "budget-judge-calls", value_name = "N", value_parser = count, allow_hyphen_values = true)]
    judge_calls: Option<u64>,
    /// Seconds from the first candidate to the last score
    #[arg(long = "budget-seconds", value_name = "S", value_parser = amount, allow_hyphen_values = true)]
    seconds: Option<f64>,
    /// What judges behind a server may cost, in the currency of --judge-price
    #[arg(long = "budget-money", value_name = "M", value_parser = amount, allow_hyphen_values = true)]
    money: Option<f64>,
    /// Memory for pictures, glimpses and candidates under way, held at once: 500MB, 2GB; a number alone is MB
    #[arg(long = "budget-memory", value_name = "SIZE")]
    memory: Option<Memory>,
}

/// The same in a configuration file and in the record of a run.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(crate) struct BudgetConfig {
    #[serde(skip_serializing_if = "Option::is_none")]
    edits: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    network_evaluations: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    judge_calls: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seconds: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    money: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    memory: Option<Memory>,
}

/// Bytes, written with their unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "Written", into = "String")]
struct Memory(u64);

/// As a configuration file may have it.
#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Megabytes(f64),
    Text(String),
}

/// Units and the bytes of each, the longer name first.
const UNITS: [(&str, f64); 8] = [
    ("kib", 1024.0),
    ("mib", 1_048_576.0),
    ("gib", 1_073_741_824.0),
    ("kb", 1e3),
    ("mb", 1e6),
    ("gb", 1e9),
    ("b", 1.0),
    ("", 1e6),
];

impl std::str::FromStr for Memory {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        let plain = text.trim().to_ascii_lowercase();
        let unit = UNITS.iter().find(|(unit, _)| plain.ends_with(unit));
        let read = unit.and_then(|(unit, bytes)| {
            let number: f64 = plain.strip_suffix(unit)?.trim().parse().ok()?;
            let bytes = number * bytes;
            (0.0..=1e18).contains(&bytes).then_some(bytes as u64)
        });
        match read {
            Some(bytes) => Ok(Self(bytes)),
            None => bail!("it must be a size as 500MB or 2GB"),
        }
    }
}

impl TryFrom<Written> for Memory {
    type Error = anyhow::Error;

    fn try_from(written: Written) -> Result<Self> {
        match written {
            Written::Megabytes(number) => number.to_string().parse(),
            Written::Text(text) => text.parse(),
        }
    }
}

impl From<Memory> for String {
    fn from(memory: Memory) -> Self {
        format!("{}B", memory.0)
    }
}

fn count(text: &str) -> Result<u64> {
    match text.parse() {
        Ok(count) => Ok(count),
        Err(_) => bail!("it must be a whole number from 0 on"),
    }
}

fn edits(text: &str) -> Result<u64> {
    let (low, high) = EDITS;
    match text.parse() {
        Ok(count) if (low..=high).contains(&count) => Ok(count),
        _ => bail!("it must be a whole number up to {high}"),
    }
}

fn amount(text: &str) -> Result<f64> {
    number(text, AMOUNT)
}

impl BudgetConfig {
    /// What is typed goes before what the file says, one limit at a time.
    pub(crate) fn with(&self, typed: &BudgetArgs) -> Self {
        Self {
            edits: typed.edits.or(self.edits),
            network_evaluations: typed.network_evaluations.or(self.network_evaluations),
            judge_calls: typed.judge_calls.or(self.judge_calls),
            seconds: typed.seconds.or(self.seconds),
            money: typed.money.or(self.money),
            memory: typed.memory.or(self.memory),
        }
    }

    /// What this does not say is as the other says.
    pub(crate) fn or(&self, other: &Self) -> Self {
        Self {
            edits: self.edits.or(other.edits),
            network_evaluations: self.network_evaluations.or(other.network_evaluations),
            judge_calls: self.judge_calls.or(other.judge_calls),
            seconds: self.seconds.or(other.seconds),
            money: self.money.or(other.money),
            memory: self.memory.or(other.memory),
        }
    }

    /// Whether money is limited.
    pub(crate) fn has_money(&self) -> bool {
        self.money.is_some()
    }

    /// A sentence about what makes no sense.
    pub(crate) fn check(&self) -> Result<()> {
        if self.edits.is_some_and(|edits| edits > EDITS.1) {
            bail!("budget.edits must be at most {}", EDITS.1);
        }
        for (name, value) in [("seconds", self.seconds), ("money", self.money)] {
            if value.is_some_and(|value| !(AMOUNT.0..=AMOUNT.1).contains(&value)) {
                bail!("budget.{name} must be from {} to {}", AMOUNT.0, AMOUNT.1);
            }
        }
        Ok(())
    }

    /// As a run takes it, where so many candidates are asked for.
    pub(crate) fn budget(&self, candidates: usize) -> Budget {
        Budget {
            edits: self.edits.map_or(candidates, |edits| edits as usize),
            network_evaluations: self.network_evaluations,
            judge_calls: self.judge_calls,
            seconds: self.seconds,
            money: self.money,
            memory: self.memory.map(|memory| memory.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_goes_before_the_file_one_limit_at_a_time() {
        let file: BudgetConfig = toml::from_str("edits = 4\nseconds = 2.5").expect("right");
        let typed = BudgetArgs {
            edits: Some(9),
            ..BudgetArgs::default()
        };
        let budget = file.with(&typed).budget(8);
        assert_eq!((budget.edits, budget.seconds), (9, Some(2.5)));
    }

    #[test]
    fn memory_is_read_with_its_unit_and_written_so_that_it_reads_back() {
        for (text, bytes) in [
            ("500MB", 500_000_000),
            ("2 GB", 2_000_000_000),
            ("1.5gib", 1_610_612_736),
            ("64", 64_000_000),
            ("1024b", 1024),
        ] {
            let memory: Memory = text.parse().expect("right");
            assert_eq!(memory, Memory(bytes), "{text}");
            assert_eq!(
                String::from(memory).parse::<Memory>().expect("right"),
                memory
            );
        }
        for wrong in ["", "much", "-1MB", "nanGB"] {
            assert!(wrong.parse::<Memory>().is_err(), "{wrong}");
        }
        let file: BudgetConfig = toml::from_str("memory = 64").expect("right");
        assert_eq!(file.budget(8).memory, Some(64_000_000));
    }

    #[test]
    fn without_a_budget_the_candidates_are_it() {
        assert_eq!(BudgetConfig::default().budget(8), Budget::edits(8));
    }
}
