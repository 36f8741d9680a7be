//! Two rewards on the same edits: is one better, or was it lucky? Only what both scored counts.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use crate::drawn::{Alone, Drawn};
use crate::figures::FIGURES;
use crate::measures::bootstrap::Draws;
use crate::measures::compare::{Difference, Discordant, paired};
use crate::measures::{Better, Pair};
use crate::table::{Group, Judged};

/// The figures that are compared.
const COMPARED: [&str; 5] = [
    "spearman",
    "kendall_within_prompt",
    "pair_accuracy",
    "top1",
    "capture",
];

/// What the comparison says; differences are the first less the second.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Versus {
    /// groups that both scored
    pub groups: usize,
    /// paired bootstrap over prompts, by figure
    pub differences: BTreeMap<&'static str, Difference>,
    /// pairs in which people preferred one that only one of them has right
    pub discordant: Discordant,
    /// McNemar's exact test of these
    pub mcnemar_p: f64,
}

/// Holds two sets of scores against each other.
pub fn versus(first: &[Group], second: &[Group], draws: Draws) -> Versus {
    let others: HashMap<(&str, &str), &Group> = second
        .iter()
        .map(|group| ((group.id.as_str(), group.dimension.as_str()), group))
        .collect();
    let both: Vec<(Group, Group)> = first
        .iter()
        .filter_map(|group| {
            let other = others.get(&(group.id.as_str(), group.dimension.as_str()))?;
            Some((shared(group, other), shared(other, group)))
        })
        .filter(|(group, _)| !group.entries.is_empty())
        .collect();
    let of =
        |side: fn(&(Group, Group)) -> &Group| -> Vec<&Group> { both.iter().map(side).collect() };
    let (ones, theirs) = (of(|both| &both.0), of(|both| &both.1));
    let (ones, theirs) = (Alone::of(&ones), Alone::of(&theirs));
    let mut differences = BTreeMap::new();
    for figure in FIGURES
        .iter()
        .filter(|figure| COMPARED.contains(&figure.id))
    {
        let figures = |places: &[usize]| {
            let one = Drawn::of(places.iter().map(|&place| &ones[place]));
            let other = Drawn::of(places.iter().map(|&place| &theirs[place]));
            Some(((figure.of)(&one)?, (figure.of)(&other)?))
        };
        differences.extend(paired(both.len(), draws, &figures).map(|found| (figure.id, found)));
    }
    let right = both.iter().flat_map(|(one, other)| {
        let told = one.pairs().into_iter().zip(other.pairs());
        told.filter(|(pair, _)| pair.human != Better::Tie)
            .map(|(a, b)| (is_right(&a), is_right(&b)))
    });
    let discordant = Discordant::of(right);
    Versus {
        groups: both.len(),
        differences,
        discordant,
        mcnemar_p: discordant.p_value(),
    }
}

fn is_right(pair: &Pair) -> bool {
    pair.said() == pair.human
}

/// What of a group the other one has too, in the order of names and cases, so that the same places mean the same edits.
fn shared(group: &Group, other: &Group) -> Group {
    let known = |name: &str| other.entries.iter().any(|entry| entry.name == name);
    let mut entries: Vec<_> = group
        .entries
        .iter()
        .filter(|entry| known(&entry.name))
        .cloned()
        .collect();
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    let same = |judged: &&Judged| {
        other
            .judged
            .iter()
            .any(|theirs| theirs.case == judged.case && theirs.names == judged.names)
    };
    let mut judged: Vec<Judged> = group.judged.iter().filter(same).cloned().collect();
    judged.sort_by(|a, b| a.case.cmp(&b.case).then_with(|| a.names.cmp(&b.names)));
    Group {
        entries,
        judged,
        ..group.clone()
    }
}
