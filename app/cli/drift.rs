//! How far an edit may go from the photo: `--most-drift`, `--most-drift-outside` and `[drift]`.

use anyhow::{Result, bail};
use clap::Args;
use retake_engine::Bounds;
use serde::{Deserialize, Serialize};

use super::{config, tools};

/// Mean CIEDE2000: from, to.
const DRIFT: (f64, f64) = (0.1, 100.0);

/// The limits that are typed.
#[derive(Args, Clone, Copy, Debug, Default)]
#[command(next_help_heading = "How far an edit may go from the photo")]
pub(crate) struct DriftArgs {
    /// The most that an edit may change the whole picture, mean CIEDE2000 from 0.1 to 100 (1 is just seen, 10 is plain); takes that go further are held back to it, or are none [default: no limit]
    #[arg(long, value_name = "DELTA_E", value_parser = drift, allow_hyphen_values = true)]
    pub(crate) most_drift: Option<f32>,
    /// The same outside of where the instruction applies (--mask, or the places it names)
    #[arg(long, value_name = "DELTA_E", value_parser = drift, allow_hyphen_values = true)]
    pub(crate) most_drift_outside: Option<f32>,
}

fn drift(text: &str) -> Result<f32> {
    Ok(config::number(text, DRIFT)? as f32)
}

/// The limits of a configuration file and of records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct DriftConfig {
    /// over the whole picture
    #[serde(default, skip_serializing_if = "Option::is_none")]
    overall: Option<f32>,
    /// outside of where the instruction applies
    #[serde(default, skip_serializing_if = "Option::is_none")]
    outside: Option<f32>,
}

impl DriftConfig {
    /// What is typed goes before the file.
    pub(crate) fn with(self, typed: &DriftArgs) -> Self {
        Self {
            overall: typed.most_drift.or(self.overall),
            outside: typed.most_drift_outside.or(self.outside),
        }
    }

    pub(crate) fn check(&self) -> Result<()> {
        for (name, value) in [("overall", self.overall), ("outside", self.outside)] {
            let within = |value: f32| (DRIFT.0..=DRIFT.1).contains(&f64::from(value));
            if value.is_some_and(|value| !within(value)) {
                bail!("drift.{name} must be from {} to {}", DRIFT.0, DRIFT.1);
            }
        }
        Ok(())
    }

    /// For a run.
    pub(crate) fn bounds(&self) -> Bounds {
        Bounds {
            overall: self.overall,
            outside: self.outside,
            finder: tools::eyes().subject,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_goes_before_the_file_and_the_rest_stays() {
        let file: DriftConfig =
            toml::from_str("overall = 8.0\noutside = 2.0").expect("it is right");
        let typed = DriftArgs {
            most_drift: Some(5.0),
            most_drift_outside: None,
        };
        let both = file.with(&typed);
        assert_eq!((both.overall, both.outside), (Some(5.0), Some(2.0)));
    }

    #[test]
    fn a_limit_of_nothing_is_refused() {
        let file: DriftConfig = toml::from_str("overall = 0.0").expect("it reads");
        let why = file.check().expect_err("nothing would be left").to_string();
        assert!(
            why.contains("drift.overall") && why.contains("0.1"),
            "{why}"
        );
    }
}
