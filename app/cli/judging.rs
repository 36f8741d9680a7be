//! Who scores, as it is typed, configured and recorded; [`super::members`] opens them.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Result, anyhow, bail};
use clap::Args;
use retake_core::Dimension;
use retake_judges::scales::{KEPT, PREFERRED};
use retake_judges::server::Address;
use retake_judges::{Density, HEAVIEST, Named, encoders};
use retake_rewards::naturalness::Naturalness;
use serde::{Deserialize, Serialize};

use super::config::{number, whole, word};

/// How often a judge may be asked the same: from, to.
const PASSES: (u32, u32) = (1, 32);
/// In how many other ways an instruction may be put: from, to.
const PARAPHRASES: (u32, u32) = (0, 8);
/// How many questions may be asked side by side: from, to.
const AT_ONCE: (u32, u32) = (1, 64);
/// How long an answer may take, seconds: from, to.
const TIMEOUT: (f64, f64) = (0.1, 3600.0);
/// How much what is measured counts beside the judges: from, to.
const MEASURED: (f64, f64) = (0.0, 1.0);
/// What a question to a judge may cost: from, to.
const PRICE: (f64, f64) = (0.0, 1e6);
/// The rubric of whoever names none.
pub(crate) const RUBRIC: &str = "edit_score";
/// The rubric that goes by principles.
pub(crate) const PRINCIPLES: &str = "principles";

/// Judges and how they are asked. Without any of it what can be measured is the score.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "With judges beside the measures")]
pub(crate) struct JudgeArgs {
    /// A judge: a server's address such as http://localhost:8000/v1, which is sent the pictures, or the folder of a model, or a .gguf file in it; perhaps with a name before it and a weight behind, as fast=http://localhost:8000/v1@0.5; several are joined
    #[arg(long, value_name = "[NAME=]URL|DIR[@WEIGHT]")]
    judge: Vec<String>,
    /// How much what is measured counts beside the judges where it is not sure, 0 to 1 [default: 0.3]
    #[arg(long, value_name = "SHARE", value_parser = |text: &str| number(text, MEASURED), allow_hyphen_values = true)]
    judge_measured: Option<f64>,
    /// What a question to a judge behind a server costs, in your currency, by the judge's name or address, as fast=0.002; a candidate takes as many questions as the rubrics have, twice --judge-passes or more; --budget-money counts it; several judges have several
    #[arg(long, value_name = "NAME=PRICE", value_parser = priced, allow_hyphen_values = true)]
    judge_price: Vec<(String, f64)>,
    /// The model of the server [default: its first]
    #[arg(long, value_name = "NAME")]
    judge_model: Option<String>,
    /// What the weights of a judge in process are held in: auto, f32, bf16, f16, or packed at loading into q8 or q4 bits, which take a quarter or an eighth of the memory [default: auto]
    #[arg(long, value_name = "FORMAT")]
    judge_precision: Option<String>,
    /// How often each question is asked, 1 to 32; the mean counts [default: 1]
    #[arg(long, value_name = "K", value_parser = |text: &str| whole(text, PASSES), allow_hyphen_values = true)]
    judge_passes: Option<u32>,
    /// In how many other words the instruction is put to it as well, 0 to 8 [default: 0]
    #[arg(long, value_name = "K", value_parser = |text: &str| whole(text, PARAPHRASES), allow_hyphen_values = true)]
    judge_paraphrases: Option<u32>,
    /// Read scores from the probabilities of their digits where the judge tells them
    #[arg(long)]
    judge_expected: bool,
    /// The environment variable that holds the server's key [default: RETAKE_JUDGE_KEY, then OPENAI_API_KEY]
    #[arg(long, value_name = "NAME")]
    judge_key_env: Option<String>,
    /// The command that prints the server's key, such as "secret-tool lookup service retake" for the keyring of a Linux desktop
    #[arg(long, value_name = "COMMAND", conflicts_with = "judge_key_env")]
    judge_key_command: Option<String>,
    /// How many questions are asked side by side, 1 to 64 [default: 4]
    #[arg(long, value_name = "K", value_parser = |text: &str| whole(text, AT_ONCE), allow_hyphen_values = true)]
    judge_at_once: Option<u32>,
    /// How long an answer may take, seconds [default: 120]
    #[arg(long, value_name = "SECONDS", value_parser = |text: &str| number(text, TIMEOUT), allow_hyphen_values = true)]
    judge_timeout: Option<f64>,
    /// What the judge is asked: edit_score, vie_score, three_bars, five_steps, one_digit, two_questions, checklist_judge, which_is_better, principles, img_edit, spatial_reward, keep_follow_quality, which_kept_more, six_steps, one_reward, jarvis_evo, adiee, two_heads, learned_skills, own_checklist or a file; several are joined [default: edit_score]
    #[arg(long, value_name = "NAME|TOML")]
    rubric: Vec<String>,
    /// What you go by, in your words, as "keep the film grain"; several add up
    #[arg(long, value_name = "TEXT")]
    principle: Vec<String>,
    /// A measured reward by its name (built_in, checklist, detail, faults, naturalness; motion comes beside them); regions, which compares what was not to change, with clip=DIR, dinov2=DIR, segformer=DIR and sam=DIR if they are there; an encoder and its files, perhaps with a weight behind (clip=DIR@0.5, siglip=DIR, dinov2=DIR, lpips=FILE, aesthetic=FILE over clip, and for them captions="SOURCE => TARGET", segformer=DIR, sam=DIR); or a formula that decides the order, as "min(instruction_following, 1 - cost.noise)"
    #[arg(long, value_name = "NAME|FORMULA", allow_hyphen_values = true)]
    reward: Vec<String>,
}

impl JudgeArgs {
    /// The one judge that was named, if there is nothing else.
    pub(crate) fn only_judge(&self) -> Option<&str> {
        match (&self.judge[..], &self.reward[..]) {
            ([name], []) => Some(name),
            _ => None,
        }
    }
    /// One judge and nothing else.
    pub(crate) fn naming(judge: &str) -> Self {
        Self {
            judge: vec![judge.to_owned()],
            ..Self::default()
        }
    }
    /// Whether nothing was said about who scores.
    pub(crate) fn is_silent(&self) -> bool {
        self.judge.is_empty() && self.reward.is_empty()
    }
}

/// The same in a configuration file, and in the record of a run.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(crate) struct JudgeConfig {
    /// addresses and folders
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) judges: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) model: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) precision: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) passes: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) paraphrases: Option<u32>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) expected: bool,
    /// the name of a variable, never a key
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) key_env: Option<String>,
    /// what prints the key; in no record, since a person may have written a key into it
    #[serde(skip_serializing)]
    pub(super) key_command: Option<String>,
    /// what members of the panel count for, by their names: a number, or one a dimension
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) weights: BTreeMap<String, MemberWeight>,
    /// what a question to a judge behind a server costs, by the judges' names or addresses
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) prices: BTreeMap<String, f64>,
    /// how much what is measured counts beside the judges where it is not sure
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) measured: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) at_once: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) timeout: Option<f64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) rubrics: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) principles: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) rewards: Vec<String>,
}

/// What a member of the panel counts for, as a file says it.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(untagged)]
pub(crate) enum MemberWeight {
    /// for everything that it scores
    All(f64),
    /// by dimension; for one that is not named it counts 1
    Each(BTreeMap<String, f64>),
}

impl MemberWeight {
    fn numbers(&self) -> Vec<f64> {
        match self {
            Self::All(weight) => vec![*weight],
            Self::Each(each) => each.values().copied().collect(),
        }
    }

    /// The names that are no dimensions.
    fn odd(&self) -> Option<&String> {
        let known = |name: &&String| {
            let all = Dimension::CANONICAL.into_iter().chain([PREFERRED, KEPT]);
            all.into_iter().any(|dimension| dimension == name.as_str())
        };
        match self {
            Self::All(_) => None,
            Self::Each(each) => each.keys().find(|name| !known(name)),
        }
    }
}

/// The word for no judge that watches.
const NOBODY: &str = "none";

impl JudgeConfig {
    /// What is typed goes before what the file says, a setting at a time.
    pub(crate) fn with(&self, typed: &JudgeArgs) -> Result<Self> {
        let list = |typed: &[String], file: &[String]| match typed.is_empty() {
            true => file.to_vec(),
            false => typed.to_vec(),
        };
        let joined = Self {
            judges: list(&typed.judge, &self.judges),
            model: typed.judge_model.clone().or(self.model.clone()),
            precision: typed.judge_precision.clone().or(self.precision.clone()),
            passes: typed.judge_passes.or(self.passes),
            paraphrases: typed.judge_paraphrases.or(self.paraphrases),
            expected: typed.judge_expected || self.expected,
            key_env: typed
                .judge_key_env
                .clone()
                .or(match typed.judge_key_command {
                    Some(_) => None,
                    None => self.key_env.clone(),
                }),
            key_command: typed
                .judge_key_command
                .clone()
                .or(match typed.judge_key_env {
                    Some(_) => None,
                    None => self.key_command.clone(),
                }),
            weights: self.weights.clone(),
            prices: self
                .prices
                .clone()
                .into_iter()
                .chain(typed.judge_price.iter().cloned())
                .collect(),
            measured: typed.judge_measured.or(self.measured),
            at_once: typed.judge_at_once.or(self.at_once),
            timeout: typed.judge_timeout.or(self.timeout),
            rubrics: list(&typed.rubric, &self.rubrics)
                .into_iter()
                .map(absolute)
                .collect(),
            principles: list(&typed.principle, &self.principles),
            rewards: list(&typed.reward, &self.rewards),
        };
        joined.check()?;
        Ok(joined)
    }

    /// Those who watch over the choice that these make: addresses and folders are judges, all else is a reward; "none" is
    /// nobody. Where nobody is named it is naturalness, unless that takes part in the choice.
    pub(crate) fn held_out(&self, names: &[String]) -> Result<Self> {
        let usual = [Naturalness::ID.to_owned()];
        let names = match names {
            [] if self.rewards.contains(&usual[0]) => names,
            [] => &usual,
            [one] if one.eq_ignore_ascii_case(NOBODY) => &names[..0],
            [..] => names,
        };
        let is_judge = |name: &&String| {
            let place = Named::read(name).map_or(name.as_str(), |named| named.place);
            Address::looks_like_one(place) || Path::new(place).is_dir()
        };
        let (judges, rewards): (Vec<_>, Vec<_>) = names.iter().partition(is_judge);
        let config = Self {
            judges: judges.into_iter().cloned().collect(),
            rewards: rewards.into_iter().cloned().collect(),
            ..Self::default()
        };
        config.check()?;
        Ok(config)
    }

    /// Gives those who watch over the choice the prices that were named for them and for none of these judges.
    pub(crate) fn hand_prices_to(&mut self, held_out: &mut Self) {
        let own =
            |config: &Self, name: &String| config.judges.iter().any(|typed| goes_by(typed, name));
        for (name, price) in std::mem::take(&mut self.prices) {
            if own(held_out, &name) {
                held_out.prices.insert(name.clone(), price);
            }
            if own(self, &name) || !own(held_out, &name) {
                self.prices.insert(name, price);
            }
        }
    }

    /// Whether any judge has a price.
    pub(crate) fn has_prices(&self) -> bool {
        self.prices.values().any(|price| *price > 0.0)
    }

    /// Rubrics that lie beside the file, found from there.
    pub(crate) fn beside(&mut self, folder: &Path) {
        for rubric in &mut self.rubrics {
            let path = folder.join(&*rubric);
            if path.is_file() {
                *rubric = path.to_string_lossy().into_owned();
            }
        }
    }

    /// Refuses what lies outside the bounds, and what speaks to a judge where there is none.
    pub(crate) fn check(&self) -> Result<()> {
        let within = |name: &str, value: Option<u32>, (low, high): (u32, u32)| match value {
            Some(value) if !(low..=high).contains(&value) => {
                bail!("judge.{name} must be from {low} to {high}")
            }
            _ => Ok(()),
        };
        within("passes", self.passes, PASSES)?;
        within("paraphrases", self.paraphrases, PARAPHRASES)?;
        within("at-once", self.at_once, AT_ONCE)?;
        if self
            .timeout
            .is_some_and(|timeout| !(TIMEOUT.0..=TIMEOUT.1).contains(&timeout))
        {
            bail!(
                "judge.timeout must be from {} to {} seconds",
                TIMEOUT.0,
                TIMEOUT.1
            );
        }
        self.precision.as_deref().map(density).transpose()?;
        if self
            .measured
            .is_some_and(|share| !(MEASURED.0..=MEASURED.1).contains(&share))
        {
            bail!(
                "judge.measured must be from {} to {}",
                MEASURED.0,
                MEASURED.1
            );
        }
        for (name, price) in &self.prices {
            if !(PRICE.0..=PRICE.1).contains(price) {
                bail!(
                    "judge.prices.{name} must be from {} to {}",
                    PRICE.0,
                    PRICE.1
                );
            }
        }
        for (name, weight) in &self.weights {
            if let Some(odd) = weight.odd() {
                let known = Dimension::CANONICAL.join(", ");
                bail!(
                    "judge.weights.{name} names {odd}, which is none of {known}, {PREFERRED}, {KEPT}"
                );
            }
            let right = |weight: &f64| (0.0..=HEAVIEST).contains(weight);
            if !weight.numbers().iter().all(right) {
                bail!("judge.weights.{name} must be from 0 to {HEAVIEST}");
            }
        }
        if self.key_env.is_some() && self.key_command.is_some() {
            bail!("judge.key-env and judge.key-command are two ways to one key; leave one out");
        }
        let alone = Self {
            rewards: Vec::new(),
            weights: BTreeMap::new(),
            prices: BTreeMap::new(),
            measured: None,
            ..self.clone()
        };
        if self.judges.is_empty() && alone != Self::default() {
            bail!("rubrics, principles and passes belong to a judge; name one with --judge");
        }
        if !self.has_judges() && (self.measured.is_some() || !self.weights.is_empty()) {
            bail!("weights belong to judges and encoders; name one with --judge or --reward");
        }
        Ok(())
    }

    /// Whether anybody judges besides the measures.
    pub(crate) fn has_judges(&self) -> bool {
        !self.judges.is_empty() || self.rewards.iter().any(|name| encoders::is_one(name))
    }

    /// As it may stand in a record: addresses without passwords and queries, and no command.
    pub(crate) fn recorded(&self) -> serde_json::Value {
        let recorded = Self {
            judges: self.judges.iter().map(|name| shown(name)).collect(),
            key_command: None,
            ..self.clone()
        };
        match recorded == Self::default() {
            true => serde_json::Value::Null,
            false => serde_json::to_value(recorded).unwrap_or_default(),
        }
    }

    /// From a record.
    pub(crate) fn of_record(record: &serde_json::Value) -> Result<Self> {
        match record {
            serde_json::Value::Null => Ok(Self::default()),
            record => serde_json::from_value(record.clone()).map_err(|error| {
                anyhow!("the judges in the record cannot be understood ({error})")
            }),
        }
    }
}

/// A judge as it may stand in a record.
fn shown(typed: &str) -> String {
    let Ok(named) = Named::read(typed) else {
        return String::new();
    };
    let Ok(address) = Address::read(named.place) else {
        return typed.to_owned();
    };
    let name = named
        .name
        .map_or_else(String::new, |name| format!("{name}="));
    let model =
        Address::model_in(named.place).map_or_else(String::new, |model| format!("#{model}"));
    let weight = named
        .weight
        .map_or_else(String::new, |weight| format!("@{weight}"));
    format!("{name}{}{model}{weight}", address.shown())
}

/// What the weights of a judge are held in; `None` is what their files have.
pub(super) fn density(name: &str) -> Result<Option<Density>> {
    let known = Density::ALL.iter().map(|known| (known.id(), Some(*known)));
    let table: Vec<_> = std::iter::once(("auto", None)).chain(known).collect();
    word("the precision of a judge", &table, name)
}

/// Whether a judge that was typed so is meant by this name.
fn goes_by(typed: &str, name: &str) -> bool {
    let address = |place| Address::read(place).map(|address| address.shown());
    Named::read(typed).is_ok_and(|named| {
        named.name == Some(name) || address(named.place).is_ok_and(|shown| shown == name)
    })
}

/// A judge's name and its price.
fn priced(text: &str) -> Result<(String, f64)> {
    match text.rsplit_once('=') {
        Some((name, price)) if !name.is_empty() => Ok((name.to_owned(), number(price, PRICE)?)),
        _ => bail!("it must be the judge's name and a price, as fast=0.002"),
    }
}

/// A rubric's file as an absolute path, so that a run can be replayed from anywhere; a name stays.
fn absolute(rubric: String) -> String {
    match Path::new(&rubric).is_file() {
        true => {
            std::path::absolute(&rubric).map_or(rubric, |path| path.to_string_lossy().into_owned())
        }
        false => rubric,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(text: &str) -> JudgeConfig {
        toml::from_str(text).expect("right")
    }

    #[test]
    fn what_is_typed_goes_before_the_file() {
        let file = config("judges = [\"http://a/v1\"]\npasses = 4\nrubrics = [\"one_digit\"]");
        let typed = JudgeArgs {
            judge_passes: Some(2),
            ..JudgeArgs::default()
        };
        let joined = file.with(&typed).expect("right");
        assert_eq!((joined.passes, joined.judges.len()), (Some(2), 1));
        assert_eq!(joined.rubrics, ["one_digit"]);
    }

    #[test]
    fn the_precision_of_a_judge_is_one_of_a_few_words() {
        let asked = |word: &str| {
            config(&format!("judges = [\"http://a\"]\nprecision = \"{word}\"")).check()
        };
        assert!(
            ["auto", "f32", "bf16", "f16", "q8", "q4"]
                .map(asked)
                .iter()
                .all(Result::is_ok)
        );
        let said = asked("q5").expect_err("a refusal").to_string();
        assert!(said.contains("q8, q4") && said.contains("q5"), "{said}");
    }

    #[test]
    fn a_rubric_without_a_judge_is_refused_and_a_formula_needs_none() {
        assert!(config("rubrics = [\"one_digit\"]").check().is_err());
        assert!(
            config("rewards = [\"instruction_following\"]")
                .check()
                .is_ok()
        );
        assert!(
            config("passes = 99\njudges = [\"http://a\"]")
                .check()
                .is_err()
        );
    }

    #[test]
    fn no_password_of_an_address_stands_in_a_record() {
        let recorded = config("judges = [\"http://me:secret@a/v1?key=secret\"]").recorded();
        assert_eq!(recorded["judges"][0], "http://a/v1");
        assert!(JudgeConfig::default().recorded().is_null());
        assert!(
            JudgeConfig::of_record(&recorded)
                .expect("read")
                .has_judges()
        );
    }

    #[test]
    fn weights_name_dimensions_and_are_numbers_that_can_be_one() {
        let of = |weights: &str| {
            let text = format!("judges = [\"a=http://a\"]\n[weights]\na = {weights}");
            config(&text).check().map_err(|error| error.to_string())
        };
        assert_eq!(of("0.5"), Ok(()));
        assert_eq!(of("{ instruction_following = 2.0 }"), Ok(()));
        assert!(of("-1.0").is_err_and(|why| why.contains("judge.weights.a")));
        assert!(of("{ beauty = 1.0 }").is_err_and(|why| why.contains("beauty")));
        assert!(config("measured = 0.5").check().is_err());
        assert!(
            config("measured = 2.0\njudges = [\"http://a\"]")
                .check()
                .is_err()
        );
    }

    #[test]
    fn a_record_has_names_weights_and_no_command() {
        let recorded = config(
            "judges = [\"a=http://me:secret@host/v1#qwen@0.5\"]\nkey-command = \"echo secret\"",
        )
        .recorded();
        assert_eq!(recorded["judges"][0], "a=http://host/v1#qwen@0.5");
        assert!(!recorded.to_string().contains("secret"));
    }

    #[test]
    fn a_key_comes_one_way() {
        let both = "judges = [\"http://a\"]\nkey-env = \"A\"\nkey-command = \"b\"";
        assert!(config(both).check().is_err());
        let file = config("judges = [\"http://a\"]\nkey-env = \"A\"");
        let typed = JudgeArgs {
            judge_key_command: Some("b".to_owned()),
            ..JudgeArgs::default()
        };
        let joined = file.with(&typed).expect("right");
        assert_eq!(
            (joined.key_env, joined.key_command),
            (None, Some("b".to_owned()))
        );
    }
}
