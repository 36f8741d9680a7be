//! `retake lab taste`: what the picks of sessions have in common.

use anyhow::Result;
use retake_core::{Dimension, Score, Scorecard, Selector};
use retake_files::save::write_beside_and_rename;
use retake_lab::picks::Group;
use retake_lab::taste::{Pick, offer};
use retake_search::PowerProduct;

use super::super::say::{complain, print, say};
use super::super::{DONE, FAILED};
use super::{TasteArgs, export};

/// Obeys the command. A taste that is not worth having is said to be none, and the exit code is 1.
pub(crate) fn taste(args: &TasteArgs) -> Result<u8> {
    let groups = export::groups(&args.picks)?;
    let picks: Vec<Pick> = groups.iter().map(pick).collect();
    let offered = match offer(&picks) {
        Ok(offered) => offered,
        Err(why) => {
            match args.json {
                true => print(&format!(
                    "{:#}\n",
                    serde_json::json!({ "offered": false, "why": why.to_string() })
                ))?,
                false => complain(why),
            }
            return Ok(FAILED);
        }
    };
    if let Some(path) = &args.out {
        let text = serde_json::to_string_pretty(&offered.taste)? + "\n";
        write_beside_and_rename(path, |out| out.write_all(text.as_bytes()))?;
    }
    if args.json {
        let object = serde_json::json!({ "offered": true, "taste": offered.taste, "held_out": offered.held,
            "favourites_rejected": offered.rejected });
        print(&format!("{object:#}\n"))?;
        return Ok(DONE);
    }
    for (dimension, share) in offered.taste.in_words() {
        say(format_args!(
            "{:<24} {:+.0} %",
            dimension.replace('_', " "),
            share * 100.0
        ));
    }
    say(format_args!(
        "Of {} picks held back it foretells {:.0} % of pairs, the default {:.0} %.",
        offered.held.picks,
        offered.held.taste * 100.0,
        offered.held.default * 100.0
    ));
    Ok(DONE)
}

/// A group with what the default selector says of it.
fn pick(group: &Group) -> Pick {
    let card = |scores: &std::collections::BTreeMap<String, f64>| {
        let of = |(name, value): (&String, &f64)| {
            let score = Score {
                value: *value as f32,
                spread: 0.0,
                reasons: Vec::new(),
                evidence: None,
            };
            (Dimension::from(name.as_str()), score)
        };
        Scorecard::from(
            scores
                .iter()
                .map(of)
                .collect::<std::collections::BTreeMap<_, _>>(),
        )
    };
    let cards: Vec<Scorecard> = group.takes.iter().map(|take| card(&take.scores)).collect();
    if cards.is_empty() {
        return group.pick(&[]);
    }
    let overall = PowerProduct::default().select(&cards).overall;
    let overall: Vec<f64> = overall.into_iter().map(f64::from).collect();
    group.pick(&overall)
}
