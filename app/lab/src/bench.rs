//! A benchmark: a data set, scores for its edits, and all figures about them.

use std::collections::BTreeMap;

use retake_core::{Said, said};
use serde::Serialize;

use crate::LabError;
use crate::case::{Case, SubScores};
use crate::dataset::{Dataset, Tally};
use crate::figures::{Figures, OfEditor, by_editor, curve, split};
use crate::measures::bootstrap::Draws;
use crate::measures::calibration::Bin;
use crate::recorded::{Joined, formula};
use crate::rows::Flow;
use crate::scoring::{Scored, Scores, with_scores};
use crate::table::{Entry, Group, Table, entries};
use crate::versus::Versus;

/// What came out.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// id of the format
    pub format: String,
    /// who scored: a recorded judge, or the rewards
    pub judge: String,
    /// how that became one number
    pub selector: String,
    /// all figures
    #[serde(flatten)]
    pub figures: Figures,
    /// rows used, skipped, and why
    #[serde(flatten)]
    pub tally: Tally,
    /// where there are several
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub by_task: BTreeMap<String, Figures>,
    /// where there are several
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub by_dimension: BTreeMap<String, Figures>,
    /// pairs by the same model (the situation of best-of-N) and by different ones, where there are both
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub by_models: BTreeMap<String, Figures>,
    /// who made the edits
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub by_editor: BTreeMap<String, OfEditor>,
    /// is the chance that a margin stands for true?
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reliability: Vec<Bin>,
    /// beside another reward, where one was named
    #[serde(skip_serializing_if = "Option::is_none")]
    pub against: Option<Versus>,
}

impl Report {
    /// Of groups with scores.
    pub fn of(
        (format, judge, selector): (&str, &str, &str),
        groups: &[Group],
        tally: Tally,
        draws: Draws,
    ) -> Self {
        let groups: Vec<&Group> = groups.iter().collect();
        Self {
            format: format.to_owned(),
            judge: judge.to_owned(),
            selector: selector.to_owned(),
            figures: Figures::of(&groups, draws),
            tally,
            by_task: split(&groups, draws, &|group| group.task.clone()),
            by_dimension: split(&groups, draws, &|group| group.dimension.clone()),
            by_models: split(&groups, draws, &|group| models(group).to_owned()),
            by_editor: by_editor(&groups),
            reliability: curve(&groups),
            against: None,
        }
    }
}

/// Whether all edits of a group are by the same model; empty where that is not known or where only some are.
fn models(group: &Group) -> &'static str {
    let mut editors: Vec<&str> = group
        .entries
        .iter()
        .map(|entry| entry.editor.as_str())
        .collect();
    let all = editors.len();
    editors.sort_unstable();
    editors.dedup();
    match editors.len() {
        _ if editors.contains(&"") => "",
        1 if all > 1 => "same model",
        differ if differ == all && all > 1 => "different models",
        _ => "",
    }
}

/// The judges whose answers a data set keeps, with how many edits each has scored.
pub fn recorded_judges(data: &Dataset<'_>) -> Result<BTreeMap<String, usize>, LabError> {
    let mut judges: BTreeMap<String, usize> = BTreeMap::new();
    data.walk(&mut |case, _| {
        for judge in case.takes.iter().flat_map(|take| take.recorded.keys()) {
            *judges.entry(judge.clone()).or_default() += 1;
        }
        Ok(Flow::On)
    })?;
    Ok(judges)
}

/// Turns the sub-scores of all edits of a group into one number each.
pub type JoinGroup<'a> = dyn Fn(&[&SubScores]) -> Result<Vec<f64>, Said> + 'a;

/// The groups with what a recorded judge said, joined by a formula or by anything that looks at whole groups.
pub fn recorded(
    data: &Dataset<'_>,
    judge: &str,
    join: &JoinGroup<'_>,
) -> Result<(Vec<Group>, Tally), LabError> {
    let mut cases: Vec<(Case, String)> = Vec::new();
    let mut tally = data.walk(&mut |case, place| {
        let told = case
            .takes
            .iter()
            .filter(|take| take.recorded.contains_key(judge));
        if told.count() < case.takes.len().max(1) {
            return Err(said!(
                "the judge {judge} gave no answer that is recorded",
                judge
            ));
        }
        cases.push((case, place.to_owned()));
        Ok(Flow::On)
    })?;
    // a formula may look at all edits of a prompt, which may stand in rows of their own
    let mut groups: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (place, (case, _)) in cases.iter().enumerate() {
        groups.entry(&case.group).or_default().push(place);
    }
    let mut scored: Vec<Option<Vec<f64>>> = vec![None; cases.len()];
    let mut why: Vec<(usize, Said)> = Vec::new();
    for places in groups.values() {
        let of = |place: &usize| {
            cases[*place]
                .0
                .takes
                .iter()
                .map(|take| &take.recorded[judge])
        };
        let said: Vec<&SubScores> = places.iter().flat_map(of).collect();
        match join(&said) {
            Ok(scores) => {
                let mut scores = scores.into_iter();
                for &place in places {
                    let count = cases[place].0.takes.len();
                    scored[place] = Some(scores.by_ref().take(count).collect());
                }
            }
            Err(reason) => why.extend(places.iter().map(|&place| (place, reason.clone()))),
        }
    }
    for (place, reason) in why {
        let (case, at) = &cases[place];
        tally.used -= 1;
        tally.skip(at.clone(), Some(case.id.clone()), reason);
    }
    let mut table = Table::default();
    for ((case, _), scores) in cases.iter().zip(scored) {
        let Some(scores) = scores else { continue };
        let scored = entries(case).into_iter().zip(scores);
        let scored = scored.map(|(entry, score)| Entry { score, ..entry });
        table.add(case, scored.collect());
    }
    Ok((table.groups(), tally))
}

/// What a recorded judge said of cases that are in memory, joined by a formula, one a case: the overall, and each of its
/// answers as a dimension ("semantic 1"), all from 0 to 10. Why there is nothing where there is nothing.
pub fn recorded_scores(cases: &[Case], judge: &str, formula: &Joined) -> Vec<Scored> {
    let of_take = |take: &crate::case::Take| {
        let said = take
            .recorded
            .get(judge)
            .ok_or_else(|| said!("the judge {judge} gave no answer that is recorded", judge))?;
        let overall = formula(said).ok_or_else(|| said!("the judge left a question open"))?;
        let named = |name: &'static str, values: &[f64]| -> Vec<(String, f64)> {
            let each = (1..).zip(values);
            each.map(|(number, value)| (format!("{name} {number}"), *value))
                .collect()
        };
        let answers = [
            named("semantic", &said.semantic),
            named("perceptual", &said.perceptual),
        ];
        Ok(Scores {
            overall,
            by_dimension: answers.concat().into_iter().collect(),
            ..Scores::default()
        })
    };
    let of_case = |case: &Case| case.takes.iter().map(of_take).collect();
    cases.iter().map(of_case).collect()
}

/// The groups of cases with their scores; a case without is counted as skipped, with the reason.
pub fn groups_of_scored(cases: &[Case], scores: &[Scored], tally: &mut Tally) -> Vec<Group> {
    let mut table = Table::default();
    for (case, scores) in cases.iter().zip(scores) {
        match scores {
            Ok(scores) => table.add(case, with_scores(case, scores)),
            Err(why) => {
                tally.used = tally.used.saturating_sub(1);
                tally.skip(case.id.clone(), Some(case.id.clone()), why.clone());
            }
        }
    }
    table.groups()
}

/// A formula of the table as something that looks at groups.
pub fn by_formula(id: &str) -> Option<Box<JoinGroup<'static>>> {
    let formula = formula(id)?;
    Some(Box::new(move |said: &[&SubScores]| {
        let joined = said.iter().map(|scores| formula(scores));
        let joined =
            joined.map(|score| score.ok_or_else(|| said!("the judge left a question open")));
        joined.collect()
    }))
}

#[cfg(test)]
mod tests;
