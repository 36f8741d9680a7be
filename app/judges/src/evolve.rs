//! Rubrics and formulas that grow with their use (MPO, arXiv 2504.20157): where what they say no longer tells takes apart,
//! or contradicts what the person picks, the fault that the picks point at is added to what counts. The rule is
//! deterministic; what comes out is shown as a difference and is a new version, never a silent change.

use std::collections::BTreeMap;

use retake_core::{Said, decimals, said};

use crate::own::{Refined, Side, refine};
use crate::rubric::Rubric;

/// A take of a group that somebody picked from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shown {
    /// what the rubric or formula gave it, 0 to 1
    pub score: f64,
    /// what its faults cost, by their names, 0 to 1; what nobody found is missing
    pub costs: BTreeMap<String, f64>,
    /// how much the person liked it; only differences count
    pub liked: f64,
}

/// Why a rubric should change.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Ailment {
    /// the best takes of most groups all have the most it gives: it tells them apart no more
    Saturated {
        /// share of the groups
        share: f64,
    },
    /// it orders takes otherwise than the person does
    Contradicted {
        /// share of pairs that it has in the person's order; equal scores count half
        accuracy: f64,
        /// how many pairs
        pairs: usize,
    },
}

impl Ailment {
    /// In a sentence.
    pub fn said(&self) -> Said {
        let percent = |share: f64| decimals(100.0 * share, 0);
        match *self {
            Self::Saturated { share } => said!(
                "In {share} % of the groups several takes have the most there is, so that it does not tell them apart.",
                share = percent(share)
            ),
            Self::Contradicted { accuracy, pairs } => said!(
                "Of {pairs} pairs of takes it has {share} % in the order of the picks.",
                pairs = pairs,
                share = percent(accuracy)
            ),
        }
    }
}

/// A score from here on is as good as the most.
const MOST: f64 = 0.97;
/// Scores nearer than this are the same.
const SAME: f64 = 0.02;
/// From this share of saturated groups on it tells nothing.
const OFTEN: f64 = 0.5;
/// Below this share of pairs in the right order it contradicts the picks.
const RIGHT: f64 = 0.6;
/// Fewer pairs say nothing.
const FEWEST: usize = 8;
/// How much more a fault must cost the takes that were not liked, on average over the pairs.
const POINTED: f64 = 0.02;

/// A fault that is known to raise scores without earning them, or to be forgotten by who judges.
#[derive(Clone, Copy, Debug)]
pub struct Known {
    /// whose cost shows it
    pub fault: &'static str,
    /// the sentence that refines a formula, see [`refine`]
    pub wish: &'static str,
    /// the question that is added to a rubric
    pub question: &'static str,
}

/// Every known fault.
#[rustfmt::skip]
pub const KNOWN: &[Known] = &[
    Known { fault: "halos", wish: "punish halos more", question: "Is the picture over-sharpened: are there light or dark seams along edges? Sharper than the photo is no better." },
    Known { fault: "saturation", wish: "punish oversaturation more", question: "Are colours far stronger than asked, so that they lose their shades? Stronger colours alone are no better." },
    Known { fault: "noise", wish: "punish noise more", question: "Is there noise in flat parts that the photo did not have?" },
    Known { fault: "blur", wish: "punish blur more", question: "Are edges softer than in the photo? A smooth picture alone is no better." },
    Known { fault: "clipping", wish: "punish clipping more", question: "Have highlights or shadows lost all tone? Contrast alone is no better." },
    Known { fault: "banding", wish: "punish banding more", question: "Are smooth gradients broken into steps?" },
    Known { fault: "cast", wish: "punish cast more", question: "Have greys and whites taken on a colour nobody asked for?" },
    Known { fault: "skin", wish: "punish skin more", question: "Has skin a colour that skin does not have?" },
    Known { fault: "outside", wish: "punish outside more", question: "Has anything changed that was not asked about?" },
];

/// Pairs of a group, the one that was liked better first.
fn pairs(group: &[Shown]) -> impl Iterator<Item = (&Shown, &Shown)> {
    group.iter().flat_map(move |better| {
        let worse = group.iter().filter(move |worse| worse.liked < better.liked);
        worse.map(move |worse| (better, worse))
    })
}

/// Whether it is time for another version: it contradicts the picks, or it is saturated. `None` while it does its work.
pub fn ailment(groups: &[Vec<Shown>]) -> Option<Ailment> {
    let credit = |(better, worse): (&Shown, &Shown)| match better.score - worse.score {
        apart if apart > SAME => 1.0,
        apart if apart < -SAME => 0.0,
        _ => 0.5,
    };
    let credits: Vec<f64> = groups
        .iter()
        .flat_map(|group| pairs(group))
        .map(credit)
        .collect();
    let accuracy = credits.iter().sum::<f64>() / credits.len().max(1) as f64;
    let full = |group: &&Vec<Shown>| group.iter().filter(|shown| shown.score >= MOST).count() > 1;
    let several: Vec<&Vec<Shown>> = groups.iter().filter(|group| group.len() > 1).collect();
    let share =
        several.iter().filter(|group| full(group)).count() as f64 / several.len().max(1) as f64;
    match () {
        () if credits.len() >= FEWEST && accuracy < RIGHT => Some(Ailment::Contradicted {
            accuracy,
            pairs: credits.len(),
        }),
        () if several.len() >= FEWEST / 2 && share >= OFTEN => Some(Ailment::Saturated { share }),
        () => None,
    }
}

/// The known fault that the picks point at: it costs what was not liked more than what was, most of all in the pairs that
/// are not in the person's order. `None` where none does.
pub fn pointed_at(groups: &[Vec<Shown>]) -> Option<&'static Known> {
    let wrong: Vec<(&Shown, &Shown)> = groups
        .iter()
        .flat_map(|group| pairs(group))
        .filter(|(better, worse)| better.score - worse.score <= SAME)
        .collect();
    let cost = |shown: &Shown, known: &Known| shown.costs.get(known.fault).copied().unwrap_or(0.0);
    let points = |known: &Known| {
        let more = wrong
            .iter()
            .map(|(better, worse)| cost(worse, known) - cost(better, known));
        more.sum::<f64>() / wrong.len().max(1) as f64
    };
    let most = KNOWN
        .iter()
        .max_by(|a, b| points(a).total_cmp(&points(b)))?;
    (points(most) > POINTED).then_some(most)
}

/// Another version of a formula, where it is time for one. The error is a sentence where nothing is to be done, or nobody
/// knows what.
pub fn formula(text: &str, groups: &[Vec<Shown>]) -> Result<(Ailment, Refined), Said> {
    let (ailment, known) = due(groups)?;
    Ok((ailment, refine(text, known.wish)?))
}

/// Another version of a rubric.
#[derive(Clone, Debug, PartialEq)]
pub struct Revised {
    /// its file
    pub text: String,
    /// its id, which tells versions apart: those before it stay what they were
    pub id: String,
    /// line by line
    pub difference: Vec<(Side, String)>,
}

/// Another version of a rubric, where it is time for one: every question that is put to the judge ends with the one about
/// the fault that the picks point at. `text` is that of the rubric's file.
pub fn rubric(text: &str, groups: &[Vec<Shown>]) -> Result<(Ailment, Revised), Said> {
    let (ailment, known) = due(groups)?;
    Ok((ailment, with_question(text, known.question)?))
}

/// A rubric with one question more, as its next version.
pub fn with_question(text: &str, question: &str) -> Result<Revised, Said> {
    let old = Rubric::read(text)?;
    if text.contains(question) {
        return Err(said!(
            "The rubric asks that already: {question}",
            question = question
        ));
    }
    let id = next(&old.id);
    let (mut new, mut asked) = (Vec::new(), 0);
    let mut rest = text.lines().peekable();
    while let Some(line) = rest.next() {
        if line
            .split_once('=')
            .is_some_and(|(name, _)| name.trim() == "id")
            && asked == 0
        {
            new.push(format!("id = \"{id}\""));
            continue;
        }
        new.push(line.to_owned());
        if !line.trim_end().ends_with("= \"\"\"") || !line.starts_with("text") {
            continue;
        }
        let mut block: Vec<&str> = Vec::new();
        while let Some(line) = rest.next_if(|line| !line.starts_with("\"\"\"")) {
            block.push(line);
        }
        let at = before_the_answer(&block);
        asked += 1;
        new.extend(block[..at].iter().map(|line| (*line).to_owned()));
        new.push(format!(
            "{question} Where it is so, that speaks against the edit."
        ));
        new.extend(block[at..].iter().map(|line| (*line).to_owned()));
    }
    if asked == 0 {
        return Err(said!(
            "The texts of this rubric do not stand between lines of three quotes; add the question by hand: {question}",
            question = question
        ));
    }
    let new = new.join("\n") + "\n";
    Rubric::read(&new)?;
    Ok(Revised {
        difference: lines(text, &new),
        text: new,
        id,
    })
}

/// Which line of a text says how to answer: the person's own principles stand before it, and a question more does too.
fn before_the_answer(block: &[&str]) -> usize {
    const BEGINS: [&str; 5] = ["{principles}", "Answer", "Think", "First reason", "Reply"];
    let begins = |line: &&str| {
        BEGINS
            .iter()
            .any(|begin| line.trim_start().starts_with(begin))
    };
    let found = block.iter().position(begins);
    found.unwrap_or(block.len().saturating_sub(1))
}

/// What is to be done, or why nothing is.
fn due(groups: &[Vec<Shown>]) -> Result<(Ailment, &'static Known), Said> {
    let ailment = ailment(groups).ok_or_else(|| {
        said!("It still tells takes apart as the picks do; there is nothing to change.")
    })?;
    let known = pointed_at(groups).ok_or_else(|| {
        said!(
            "{ailment} But no fault that is known costs the takes that were not picked more; say in words what should count.",
            ailment = ailment.said()
        )
    })?;
    Ok((ailment, known))
}

/// "strict" becomes "strict-v2", and that "strict-v3".
fn next(id: &str) -> String {
    let numbered = id
        .rsplit_once("-v")
        .and_then(|(name, number)| Some((name, number.parse::<u32>().ok()?)));
    match numbered {
        Some((name, number)) => format!("{name}-v{}", number.saturating_add(1)),
        None => format!("{id}-v2"),
    }
}

/// A difference of whole lines: those that only one has, around what both begin and end with.
fn lines(old: &str, new: &str) -> Vec<(Side, String)> {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let mut common = vec![vec![0usize; new.len() + 1]; old.len() + 1];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            common[i][j] = match old[i] == new[j] {
                true => common[i + 1][j + 1] + 1,
                false => common[i + 1][j].max(common[i][j + 1]),
            };
        }
    }
    let (mut i, mut j, mut out) = (0, 0, Vec::new());
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            out.push((Side::Both, old[i].to_owned()));
            (i, j) = (i + 1, j + 1);
        } else if j == new.len() || i < old.len() && common[i + 1][j] >= common[i][j + 1] {
            out.push((Side::Old, old[i].to_owned()));
            i += 1;
        } else {
            out.push((Side::New, new[j].to_owned()));
            j += 1;
        }
    }
    out
}

#[cfg(test)]
mod tests;
