//! Who scores: the built-in measures, judges beside them, and a formula of one's own.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, anyhow, bail};
use clap::Args;
use retake_core::Reward;
use retake_judges::encoders;
use retake_judges::rubric::Rubric;
use retake_judges::server::{Address, Manners, Secret};
use retake_judges::{Density, HeadsJudge, How, Interview, Judge, OwnReward, Panel, open};
use retake_rewards::REWARDS;
use retake_rewards::motion::Motion;
use serde::{Deserialize, Serialize};

use super::config::{number, whole, word};
use super::tools::eyes;

/// How often a judge may be asked the same: from, to.
const PASSES: (u32, u32) = (1, 32);
/// In how many other ways an instruction may be put: from, to.
const PARAPHRASES: (u32, u32) = (0, 8);
/// How many questions may be asked side by side: from, to.
const AT_ONCE: (u32, u32) = (1, 64);
/// How long an answer may take, seconds: from, to.
const TIMEOUT: (f64, f64) = (0.1, 3600.0);
/// The rubric of whoever names none.
const RUBRIC: &str = "edit_score";
/// The rubric that goes by principles.
const PRINCIPLES: &str = "principles";

/// Judges and how they are asked. Without any of it what can be measured is the score.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "With judges beside the measures")]
pub(crate) struct JudgeArgs {
    /// A judge: a server's address such as http://localhost:8000/v1, which is sent the pictures, or the folder of a model, or a .gguf file in it; several are joined
    #[arg(long, value_name = "URL|DIR")]
    judge: Vec<String>,
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
    /// How many questions are asked side by side, 1 to 64 [default: 4]
    #[arg(long, value_name = "K", value_parser = |text: &str| whole(text, AT_ONCE), allow_hyphen_values = true)]
    judge_at_once: Option<u32>,
    /// How long an answer may take, seconds [default: 120]
    #[arg(long, value_name = "SECONDS", value_parser = |text: &str| number(text, TIMEOUT), allow_hyphen_values = true)]
    judge_timeout: Option<f64>,
    /// What the judge is asked: edit_score, vie_score, three_bars, five_steps, one_digit, two_questions, checklist_judge, which_is_better, principles or a file; several are joined [default: edit_score]
    #[arg(long, value_name = "NAME|TOML")]
    rubric: Vec<String>,
    /// What you go by, in your words, as "keep the film grain"; several add up
    #[arg(long, value_name = "TEXT")]
    principle: Vec<String>,
    /// A measured reward by its name (built_in, checklist, detail, faults; motion comes beside them); an encoder and its files (clip=DIR, siglip=DIR, dinov2=DIR, lpips=FILE, aesthetic=FILE over clip, and for them captions="SOURCE => TARGET", segformer=DIR); or a formula that decides the order, as "min(instruction_following, 1 - cost.noise)"
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
    judges: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    precision: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    passes: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    paraphrases: Option<u32>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    expected: bool,
    /// the name of a variable, never a key
    #[serde(skip_serializing_if = "Option::is_none")]
    key_env: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at_once: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    timeout: Option<f64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    rubrics: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    principles: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    rewards: Vec<String>,
}

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
            key_env: typed.judge_key_env.clone().or(self.key_env.clone()),
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
        let alone = Self {
            rewards: Vec::new(),
            ..self.clone()
        };
        if self.judges.is_empty() && alone != Self::default() {
            bail!("rubrics, principles and passes belong to a judge; name one with --judge");
        }
        Ok(())
    }

    /// Whether anybody judges besides the measures.
    pub(crate) fn has_judges(&self) -> bool {
        !self.judges.is_empty() || self.rewards.iter().any(|name| encoders::is_one(name))
    }

    /// As it may stand in a record: addresses without passwords and queries.
    pub(crate) fn recorded(&self) -> serde_json::Value {
        let shown = |name: &String| match Address::read(name) {
            Ok(address) => match Address::model_in(name) {
                Some(model) => format!("{}#{model}", address.shown()),
                None => address.shown(),
            },
            Err(_) => name.clone(),
        };
        let recorded = Self {
            judges: self.judges.iter().map(shown).collect(),
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

    fn manners(&self) -> Manners {
        let usual = Manners::default();
        Manners {
            patience: self.timeout.map_or(usual.patience, Duration::from_secs_f64),
            at_once: self.at_once.map_or(usual.at_once, |count| count as usize),
            ..usual
        }
    }

    fn key(&self) -> Result<Secret> {
        let Some(name) = &self.key_env else {
            return Ok(Secret::of_this_machine());
        };
        let key = Secret::of_variable(name);
        if !key.is_there() {
            bail!("the variable {name} holds no key; set it, or leave --judge-key-env out");
        }
        Ok(key)
    }

    /// Everything that is asked, a reward each.
    fn interviews(&self) -> Result<Vec<Box<dyn Reward>>> {
        let mut names = self.rubrics.clone();
        if names.is_empty() {
            names.push(RUBRIC.to_owned());
            if !self.principles.is_empty() {
                names.push(PRINCIPLES.to_owned());
            }
        }
        let rubrics: Vec<Rubric> = names
            .iter()
            .map(|name| Rubric::find(name).map_err(|why| anyhow!("{why}")))
            .collect::<Result<_>>()?;
        let how = How {
            passes: self.passes.unwrap_or(1) as usize,
            paraphrases: self.paraphrases.unwrap_or(0) as usize,
            principles: self.principles.clone(),
            expected: self.expected,
        };
        let model = self.model.as_deref().unwrap_or_default();
        let density = self
            .precision
            .as_deref()
            .map(density)
            .transpose()?
            .flatten();
        let mut rewards: Vec<Box<dyn Reward>> = Vec::new();
        for name in &self.judges {
            if HeadsJudge::is_one(Path::new(name)) {
                // it gives two numbers by itself, and no rubric is put to it
                let judge =
                    HeadsJudge::open(Path::new(name), density).map_err(|why| anyhow!("{why}"))?;
                rewards.push(Box::new(judge));
                continue;
            }
            let judge: Arc<dyn Judge> = open(name, model, &self.key()?, &self.manners(), density)
                .map_err(|why| anyhow!("{why}"))?;
            for rubric in &rubrics {
                let asked = Interview::new(judge.clone(), rubric.clone(), how.clone());
                let asked = asked.ok_or_else(|| {
                    anyhow!("the rubric's formula is not known: {}", rubric.formula)
                })?;
                rewards.push(Box::new(asked));
            }
        }
        Ok(rewards)
    }

    /// All rewards, in the order in which they score: what is measured joined with the judges, then the formula.
    pub(crate) fn rewards(&self) -> Result<Vec<Box<dyn Reward>>> {
        let entry = |name: &String| REWARDS.iter().find(|entry| entry.id == name);
        let named: Vec<_> = self.rewards.iter().filter_map(entry).collect();
        let rules = match &named[..] {
            [] => (REWARDS[0].new)(eyes()),
            [one] => (one.new)(eyes()),
            several => {
                let names: Vec<&str> = several.iter().map(|entry| entry.id).collect();
                bail!("one measured reward at a time, not {}", names.join(" and "))
            }
        };
        let mut interviews = encoders::open(&self.rewards).map_err(|why| anyhow!("{why}"))?;
        interviews.extend(self.interviews()?);
        let mut rewards: Vec<Box<dyn Reward>> = match interviews.is_empty() {
            true => vec![rules],
            false => vec![Box::new(Panel::new(rules, interviews))],
        };
        if self.rewards.iter().any(|name| name == Motion::ID) {
            rewards.push(Box::new(Motion));
        }
        let formulas: Vec<&String> = self
            .rewards
            .iter()
            .filter(|name| entry(name).is_none() && !encoders::is_one(name) && *name != Motion::ID)
            .collect();
        match formulas[..] {
            [] => {}
            [formula] => rewards.push(Box::new(
                OwnReward::read(formula).map_err(|mistake| anyhow!("{}", mistake.said()))?,
            )),
            _ => bail!("one formula at a time; join them with +, min or if"),
        }
        Ok(rewards)
    }
}

/// What the weights of a judge are held in; `None` is what their files have.
fn density(name: &str) -> Result<Option<Density>> {
    let known = Density::ALL.iter().map(|known| (known.id(), Some(*known)));
    let table: Vec<_> = std::iter::once(("auto", None)).chain(known).collect();
    word("the precision of a judge", &table, name)
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
    fn a_formula_with_a_slip_is_refused_with_its_column() {
        let error = config("rewards = [\"1 + instruction_folowing\"]").rewards();
        let error = error.map(|_| ()).expect_err("a slip").to_string();
        assert!(
            error.contains("column 5") && error.contains("instruction_following"),
            "{error}"
        );
    }

    #[test]
    fn encoders_are_joined_with_what_is_measured_and_need_no_judge() {
        let rewards =
            config("rewards = [\"dinov2=/nowhere\", \"captions=a => b\", \"1 - lpips.distance\"]");
        let ids: Vec<&str> = rewards
            .rewards()
            .expect("right")
            .iter()
            .map(|reward| reward.info().id)
            .collect();
        assert_eq!(ids, ["panel", "own"]);
        let wrong = config("rewards = [\"captions=a house\"]").rewards();
        let said = wrong.map(|_| ()).expect_err("no captions").to_string();
        assert!(said.contains("source => target"), "{said}");
    }

    #[test]
    fn judges_are_joined_with_what_is_measured_and_the_formula_comes_last() {
        let rewards = config(
            "judges = [\"http://a\"]\nrewards = [\"checklist\", \"0.5 * instruction_following\"]",
        );
        let ids: Vec<&str> = rewards
            .rewards()
            .expect("right")
            .iter()
            .map(|reward| reward.info().id)
            .collect();
        assert_eq!(ids, ["panel", "own"]);
    }
}
