//! Opens whoever scores: the built-in measures, judges and encoders beside them, and a formula of one's own. Whatever is
//! wrong with any of them is one sentence before anything is made; only a server that does not answer is no fault, as it
//! may be back before it is asked.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, anyhow, bail};
use retake_core::{Dimension, Reward};
use retake_judges::encoders;
use retake_judges::rubric::Rubric;
use retake_judges::server::{Address, Manners, Secret};
use retake_judges::{
    BESIDE, HeadsJudge, How, Interview, Judge, LocalJudge, Member, Named, OwnReward, Panel, Weight,
    is_measure, nearest_first, open,
};
use retake_rewards::REWARDS;
use retake_rewards::motion::Motion;

use super::judging::{JudgeConfig, MemberWeight, PRINCIPLES, RUBRIC, density};
use super::tools::eyes;

impl JudgeConfig {
    fn manners(&self) -> Manners {
        let usual = Manners::default();
        Manners {
            patience: self.timeout.map_or(usual.patience, Duration::from_secs_f64),
            at_once: self.at_once.map_or(usual.at_once, |count| count as usize),
            ..usual
        }
    }

    fn key(&self) -> Result<Secret> {
        if let Some(command) = &self.key_command {
            return Secret::of_command(command).map_err(|why| anyhow!("{why}"));
        }
        let Some(name) = &self.key_env else {
            return Ok(Secret::of_this_machine());
        };
        let key = Secret::of_variable(name);
        if !key.is_there() {
            bail!("the variable {name} holds no key; set it, or leave --judge-key-env out");
        }
        Ok(key)
    }

    /// The rubrics that judges are asked with.
    fn rubrics(&self) -> Result<Vec<Rubric>> {
        let mut names = self.rubrics.clone();
        if names.is_empty() {
            names.push(RUBRIC.to_owned());
            if !self.principles.is_empty() {
                names.push(PRINCIPLES.to_owned());
            }
        }
        names
            .iter()
            .map(|name| Rubric::find(name).map_err(|why| anyhow!("{why}")))
            .collect()
    }

    /// Everything that is asked, a member each.
    fn judging(&self) -> Result<Vec<Member>> {
        let rubrics = self.rubrics()?;
        self.check_prices()?;
        let how = How {
            passes: self.passes.unwrap_or(1) as usize,
            paraphrases: self.paraphrases.unwrap_or(0) as usize,
            principles: self.principles.clone(),
            expected: self.expected,
            price: 0.0,
        };
        let model = self.model.as_deref().unwrap_or_default();
        let density = self
            .precision
            .as_deref()
            .map(density)
            .transpose()?
            .flatten();
        let mut members: Vec<Member> = Vec::new();
        let mut in_words = false;
        for (number, typed) in self.judges.iter().enumerate() {
            let named = Named::read(typed).map_err(|why| anyhow!("{why}"))?;
            let member = |reward: Box<dyn Reward>| Member {
                name: named
                    .name
                    .map_or_else(|| plain_name(named.place), str::to_owned),
                weight: named.weight.map(Weight::All),
                judge: number,
                reward,
            };
            if HeadsJudge::is_one(Path::new(named.place)) {
                // it gives two numbers by itself, and no rubric is put to it
                let judge = HeadsJudge::open(Path::new(named.place), density);
                members.push(member(Box::new(judge.map_err(|why| anyhow!("{why}"))?)));
                continue;
            }
            in_words = true;
            let opened: Result<Arc<dyn Judge>, _> = match Path::new(named.place) {
                // pictures as large as the rubrics were made for
                path if LocalJudge::is_one(path) => {
                    let trained = rubrics.iter().filter(|rubric| rubric.min_pixels > 0);
                    let most = trained.map(|rubric| rubric.max_pixels).max().unwrap_or(0);
                    LocalJudge::open_for(path, density, most).map(|judge| Arc::new(judge) as _)
                }
                _ => {
                    let key = match Address::looks_like_one(named.place) {
                        true => self.key()?,
                        false => Secret::default(),
                    };
                    open(named.place, model, &key, &self.manners(), density)
                }
            };
            if opened.is_err() && names().contains(&named.place) {
                bail!(
                    "{0} is measured by itself and asks no judge; name it with --reward {0}",
                    named.place
                );
            }
            let judge = opened.map_err(|why| anyhow!("{why}"))?;
            let how = How {
                price: self.price(&named),
                ..how.clone()
            };
            for rubric in &rubrics {
                let asked = Interview::new(judge.clone(), rubric.clone(), how.clone());
                let asked = asked.ok_or_else(|| {
                    anyhow!("the rubric's formula is not known: {}", rubric.formula)
                })?;
                members.push(member(Box::new(asked)));
            }
        }
        let asked_in_words = !self.rubrics.is_empty() || !self.principles.is_empty();
        if !self.judges.is_empty() && !in_words && asked_in_words {
            bail!(
                "a judge with heads gives numbers and is asked in words of its own; leave rubrics and principles out, or name a judge that answers in words"
            );
        }
        Ok(members)
    }

    /// What a question to this judge costs.
    fn price(&self, named: &Named<'_>) -> f64 {
        let names = [named.name.map(str::to_owned), Some(plain_name(named.place))];
        let known = names.iter().flatten();
        let mut prices = known.filter_map(|name| self.prices.get(name));
        prices.next().copied().unwrap_or(0.0)
    }

    /// Refuses a price of nobody, and of one that nobody is paid for.
    fn check_prices(&self) -> Result<()> {
        let mut servers: Vec<String> = Vec::new();
        for typed in &self.judges {
            let named = Named::read(typed).map_err(|why| anyhow!("{why}"))?;
            if Address::looks_like_one(named.place) {
                servers.extend(named.name.map(str::to_owned));
                servers.push(plain_name(named.place));
            }
        }
        for name in self.prices.keys() {
            if !servers.contains(name) {
                bail!(
                    "there is a price for {name}, which is no judge behind a server; these are: {}",
                    servers.join(", ")
                );
            }
        }
        Ok(())
    }

    /// Gives the members the weights that the file has for their names.
    fn weigh(&self, members: &mut [Member]) -> Result<()> {
        for (name, weight) in &self.weights {
            let named = members.iter_mut().filter(|member| member.name == *name);
            let mut found = false;
            for member in named {
                found = true;
                // what is typed goes before the file
                member.weight.get_or_insert_with(|| match weight {
                    MemberWeight::All(weight) => Weight::All(*weight),
                    MemberWeight::Each(each) => Weight::Each(each.clone()),
                });
            }
            if !found {
                let mut names: Vec<&str> =
                    members.iter().map(|member| member.name.as_str()).collect();
                names.dedup();
                bail!(
                    "judge.weights names {name}, and the judges are {}",
                    names.join(", ")
                );
            }
        }
        Ok(())
    }

    /// Those who watch over a choice: what was named and nothing else, so that nobody takes part who was not asked.
    pub(crate) fn watching(&self) -> Result<Vec<Box<dyn Reward>>> {
        if *self == Self::default() {
            return Ok(Vec::new());
        }
        let is_rule = |name: &String| REWARDS.iter().any(|entry| entry.id == name);
        let own = |name: &&String| !is_rule(name) && !encoders::is_one(name) && *name != Motion::ID;
        // a formula reckons with what is measured
        if self.rewards.iter().any(is_rule) || self.rewards.iter().any(|name| own(&name)) {
            return self.rewards();
        }
        let mut members = encoders::open(&self.rewards).map_err(|why| anyhow!("{why}"))?;
        members.extend(self.judging()?);
        let mut rewards: Vec<Box<dyn Reward>> = Vec::new();
        if !members.is_empty() {
            rewards.push(Box::new(Panel::of(None, members)));
        }
        if self.rewards.iter().any(|name| name == Motion::ID) {
            rewards.push(Box::new(Motion));
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
        self.rewards.iter().try_for_each(|name| misspelt(name))?;
        let mut members = encoders::open(&self.rewards).map_err(|why| anyhow!("{why}"))?;
        members.extend(self.judging()?);
        self.weigh(&mut members)?;
        let mut rewards: Vec<Box<dyn Reward>> = match members.is_empty() {
            true => vec![rules],
            false => {
                let beside = self.measured.map_or(BESIDE, |share| share as f32);
                let panel = Panel::of(Some(rules), members).with_measures_beside(beside);
                vec![Box::new(panel)]
            }
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

/// Refuses what was meant as an encoder, and would be read as a formula with a slip in it.
fn misspelt(reward: &str) -> Result<()> {
    let known: Vec<&str> = encoders::KINDS.iter().map(|kind| kind.id).collect();
    if reward.contains('/') && Path::new(reward).exists() {
        bail!(
            "a folder or file is named with what it is, as {}={reward}; there are {}",
            known[0],
            known.join(", ")
        );
    }
    let Some((name, rest)) = reward.split_once('=') else {
        return unknown_word(reward.trim());
    };
    // a formula compares with ==, <=, >= and !=
    let plain = !name.is_empty() && name.chars().all(|l| l.is_alphanumeric() || l == '_');
    if plain && !rest.starts_with('=') && !encoders::is_one(reward) {
        bail!("there is no encoder {name}; there are {}", known.join(", "));
    }
    Ok(())
}

/// Refuses a single word that names nothing: whoever types it means somebody, and no formula.
fn unknown_word(word: &str) -> Result<()> {
    if !is_word(word) || is_measure(word) || names().contains(&word) {
        return Ok(());
    }
    if encoders::KINDS.iter().any(|kind| kind.id == word) {
        bail!("the encoder {word} is named with its folder, as {word}=DIR");
    }
    let encoders = encoders::KINDS.iter().map(|kind| kind.id);
    let encoders: Vec<String> = encoders.map(|id| format!("{id}=DIR")).collect();
    bail!(
        "there is no judge, reward or measure {word}; there are {}, the encoders {}, judges by their folder or address, and formulas",
        nearest_first(word, names()).join(", "),
        encoders.join(", ")
    );
}

/// What may be named as a reward by one word: rewards, and dimensions.
fn names() -> Vec<&'static str> {
    let mut names: Vec<&str> = REWARDS.iter().map(|entry| entry.id).collect();
    names.push(Motion::ID);
    for dimension in Dimension::CANONICAL {
        if !names.contains(&dimension) {
            names.push(dimension);
        }
    }
    names
}

/// Whether it is one word as names are, and neither a number nor a reckoning.
fn is_word(text: &str) -> bool {
    let letter = |l: char| l.is_alphanumeric() || l == '_' || l == '.';
    let parts = || text.split('-');
    text.starts_with(char::is_alphabetic)
        && parts().all(|part| !part.is_empty() && part.chars().all(letter))
        // with a known name on one side the dash takes away
        && (parts().count() == 1 || !parts().any(is_measure))
        && !text.starts_with("cost.")
}

/// What a judge without a name is called: an address without its password, or the last part of a folder.
fn plain_name(place: &str) -> String {
    match Address::read(place) {
        Ok(address) => address.shown(),
        Err(_) => Path::new(place).file_name().map_or_else(
            || place.to_owned(),
            |name| name.to_string_lossy().into_owned(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(text: &str) -> JudgeConfig {
        toml::from_str(text).expect("right")
    }

    fn refused(text: &str) -> String {
        let opened = config(text).rewards().map(|_| ());
        opened.expect_err("refused").to_string()
    }

    fn case(name: &str) -> String {
        let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/parity/cases");
        cases.join(name).join("model").display().to_string()
    }

    #[test]
    fn a_formula_with_a_slip_is_refused_with_its_column() {
        let error = refused("rewards = [\"1 + instruction_folowing\"]");
        assert!(
            error.contains("column 5") && error.contains("instruction_following"),
            "{error}"
        );
    }

    #[test]
    fn a_word_that_names_nobody_is_answered_with_the_names_there_are_the_nearest_first() {
        let error = refused("rewards = [\"naturalnes\"]");
        let names = error.split("; there are ").nth(1).unwrap_or_default();
        assert!(names.starts_with("naturalness, "), "{error}");
        for name in [
            "checklist",
            "faults",
            "motion",
            "generation_quality",
            "clip=DIR",
        ] {
            assert!(names.contains(name), "{error}");
        }
        for word in ["nonsense", "edit-score", "überhaupt"] {
            let error = refused(&format!("rewards = [\"{word}\"]"));
            assert!(
                error.starts_with("there is no judge, reward or measure"),
                "{error}"
            );
        }
        assert!(refused("rewards = [\"clip\"]").ends_with("as clip=DIR"));
        assert!(refused("judges = [\"motion\"]").ends_with("--reward motion"));
    }

    #[test]
    fn what_reckons_is_a_formula_also_where_it_is_short() {
        for right in [
            "0.7",
            "motion",
            "generation_quality",
            "after.exposure",
            "cost.noise",
        ] {
            let opened = config(&format!("rewards = [\"{right}\"]")).rewards();
            assert!(opened.is_ok(), "{right}");
        }
        for wrong in [
            "generation_quality-x",
            "1 +* 2",
            "nonsense + 1",
            "min(",
            "x*2",
        ] {
            let error = refused(&format!("rewards = [\"{wrong}\"]"));
            assert!(
                error.starts_with("The formula is not right in column"),
                "{wrong}: {error}"
            );
        }
    }

    #[test]
    fn encoders_are_joined_with_what_is_measured_and_need_no_judge() {
        let rewards = config(&format!(
            "rewards = [\"clip={}@2\", \"captions=a => b\", \"1 - lpips.distance\"]",
            case("clip")
        ));
        let rewards = rewards.rewards().expect("right");
        let ids: Vec<&str> = rewards.iter().map(|reward| reward.info().id).collect();
        assert_eq!(ids, ["panel", "own"]);
        assert_eq!(rewards[0].settings()["judges"][0]["weight"], 2.0);
    }

    #[test]
    fn whatever_cannot_be_opened_is_refused_with_its_name() {
        for (wrong, said) in [
            ("judges = [\"/nowhere\"]", "/nowhere is no judge"),
            (
                "judges = [\"localhost:8000\"]",
                "localhost:8000 is no judge",
            ),
            ("judges = [\"http://\"]", "given as its address"),
            ("judges = [\"http://a@-2\"]", "-2"),
            (
                "judges = [\"http://a\"]\nrubrics = [\"edit-score\"]",
                "edit_score",
            ),
            (
                "judges = [\"http://a\"]\nkey-env = \"NO_SUCH_KEY_HERE\"",
                "NO_SUCH_KEY_HERE",
            ),
            (
                "judges = [\"http://a\"]\nkey-command = \"/nowhere/k\"",
                "/nowhere/k",
            ),
            ("judges = [\"http://a\"]\n[weights]\nb = 1.0", "names b"),
            ("rewards = [\"clip=/nowhere\"]", "/nowhere"),
            ("rewards = [\"captions=a house\"]", "captions"),
            (
                "rewards = [\"checklist\", \"faults\"]",
                "one measured reward",
            ),
            ("rewards = [\"1\", \"2\"]", "one formula"),
        ] {
            let why = refused(wrong);
            assert!(why.contains(said), "{wrong}: {why}");
        }
        let heads = case("qwen2_5_vl_heads");
        let why = refused(&format!(
            "judges = [\"{heads}\"]\nrubrics = [\"one_digit\"]"
        ));
        assert!(why.contains("heads"), "{why}");
        let why = refused(&format!("judges = [\"{}\"]", case("clip")));
        assert!(why.contains("Qwen"), "{why}");
    }

    #[test]
    fn a_server_that_is_not_there_is_no_fault() {
        let gone = config("judges = [\"here=http://127.0.0.1:9/v1@0.5\"]").rewards();
        let settings = gone.expect("opened")[0].settings();
        assert_eq!(settings["judges"][0]["name"], "here");
        assert_eq!(settings["judges"][0]["weight"], 0.5);
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
