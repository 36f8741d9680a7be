//! What raters said as picks, so that it leaves in every shape that picks do.

use std::collections::{BTreeMap, HashMap};

use super::Answers;
use super::agreement::{Voted, votes};
use crate::case::{Case, Take};
use crate::measures::{Better, mean};
use crate::picks::{Group, Marked};
use crate::picture::Picture;

/// A group for each question of which anything was said, with the lineup it was asked about. Of two edits how much each is
/// liked is half the mean vote, so that the margin between them is the mean vote (1 when all raters agree); of more it is
/// the share of raters that named it.
pub fn picks<'a>(answers: &Answers, lineups: &'a [Case]) -> Vec<(Group, &'a Case)> {
    let known: HashMap<&str, &Case> = lineups.iter().map(|c| (c.id.as_str(), c)).collect();
    let mut all = Vec::new();
    for Voted { lineup, group } in votes(answers, lineups) {
        let Some(&case) = known.get(lineup.as_str()) else {
            continue;
        };
        if group.judged.is_empty() {
            let liked = group
                .entries
                .iter()
                .filter_map(|e| Some((e.name.as_str(), e.human?)));
            all.push((marked(case, all.len(), &liked.collect::<Vec<_>>()), case));
        }
        for (judged, sides) in group.judged.iter().zip(&group.votes) {
            // the margin of a pair that raters are at odds about is 0, and so it makes no preference
            let margin = match judged.pair.human {
                Better::Tie => 0.0,
                _ => mean(sides.iter().copied()).unwrap_or(0.0),
            };
            let [first, second] = &judged.names;
            let liked = [
                (first.as_str(), margin / 2.0),
                (second.as_str(), -margin / 2.0),
            ];
            all.push((marked(case, all.len(), &liked), case));
        }
    }
    all
}

fn marked(case: &Case, number: usize, liked: &[(&str, f64)]) -> Group {
    let file = |picture: &Option<Picture>| match picture {
        Some(Picture::File(path)) => Some(path.display().to_string()),
        _ => None,
    };
    let of = |(name, liked): &(&str, f64)| {
        let place = case.takes.iter().position(|take| take.name == *name)?;
        let take: &Take = &case.takes[place];
        Some(Marked {
            take: place as u64,
            editor: take.editor.clone(),
            recipe: serde_json::Value::Null,
            scores: BTreeMap::new(),
            preferred: Some(*liked),
            ..Marked::default()
        })
    };
    Group {
        at_ms: 0,
        photo_sha256: String::new(),
        photo: file(&case.source),
        turn: number as u64,
        instruction: case.instruction.clone(),
        takes: liked.iter().filter_map(of).collect(),
    }
}
