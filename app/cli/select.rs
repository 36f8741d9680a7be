//! `retake select`: another choice among the candidates of a run, from its record alone.

use anyhow::{Context, Result, bail};
use retake_core::{Group, Scorecard, Selection};
use retake_engine::{Begun, turns_before};
use retake_files::record::{RunRecord, card};
use serde_json::json;

use super::args::SelectArgs;
use super::config::Config;
use super::report;
use super::say::{print, say};
use super::{DONE, picture};

/// Obeys the command. Nothing is written.
pub(crate) fn select(args: &SelectArgs) -> Result<u8> {
    let path = args.run.join("run.json");
    let text = picture::text(&path).context("the run cannot be read")?;
    let record = RunRecord::from_json(&text)
        .map_err(|error| anyhow::anyhow!("{error}: {}", path.display()))?;
    if record.candidates.is_empty() {
        bail!(
            "the run has no candidates to choose from: {}",
            path.display()
        );
    }
    let config = Config::read(args.config.as_deref())?;
    let selector = config.selector.make(args.selector)?;
    let cards: Vec<Scorecard> = record.candidates.iter().map(card).collect();
    let before = before(&record, &cards);
    let group = Group::of(&cards).against(cards.first()).after(&before);
    let selection = selector.choose(&group);
    if args.json {
        let object = json!({
            "selector": { "id": selector.id(), "settings": selector.settings() },
            "before": { "selector": record.selector, "index": record.selected.index },
            "selection": selection,
        });
        print(&format!("{object:#}\n"))?;
        return Ok(DONE);
    }
    in_words(&record, selector.id(), &selection);
    Ok(DONE)
}

/// The scorecards of the turns before each candidate, as the tree of the search has them.
fn before(record: &RunRecord, cards: &[Scorecard]) -> Vec<Vec<Scorecard>> {
    let node = |index: u64| record.search.iter().find(|node| node.index == index);
    let of = |index: u64| {
        let node = node(index)?;
        Some((node.parent, Begun::of_id(&node.begun)?))
    };
    let card = |index: &u64| cards.get(node(*index)?.candidate?).cloned();
    let chain = |place: usize| {
        let node = record
            .search
            .iter()
            .find(|node| node.candidate == Some(place));
        let turns = node.map_or_else(Vec::new, |node| turns_before(node.index, &of));
        turns.iter().filter_map(card).collect()
    };
    (0..cards.len()).map(chain).collect()
}

fn in_words(record: &RunRecord, id: &str, selection: &Selection) {
    say(report::verdict(selection));
    for (rank, &place) in selection.order.iter().enumerate() {
        let candidate = &record.candidates[place];
        let why = selection.why[place].to_string();
        let words = if why.is_empty() {
            &candidate.label
        } else {
            &why
        };
        say(format_args!(
            "{:>3}. take {place} ({}): {:.1} of 10. {words}",
            rank + 1,
            candidate.file,
            selection.overall[place] * 10.0
        ));
    }
    selection
        .left_out
        .iter()
        .map(report::left_out)
        .for_each(say);
    selection.notes.iter().for_each(say);
    if record.selected.index != selection.order[0] {
        say(format_args!(
            "The run itself chose take {} by {}; {id} chooses take {}.",
            record.selected.index, record.selector.id, selection.order[0]
        ));
    }
}
