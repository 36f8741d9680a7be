//! `retake score`: scores an edit that exists, whoever made it.

use anyhow::{Context, Result, anyhow};
use retake_core::{Dimension, Photo, Raster, Said, Scorecard};
use retake_engine::score as score_group;
use retake_files::record::{raw, scores, unknown};
use retake_lab::scoring::{Beside, edit_beside, source_at};

use super::args::ScoreArgs;
use super::config::Config;
use super::progress::{Line, obey_signals};
use super::say::{print, say};
use super::tools::{self, Reader};
use super::{DONE, picture};

/// Obeys the command.
pub(crate) fn score(args: &ScoreArgs) -> Result<u8> {
    obey_signals();
    let config = Config::read(args.config.as_deref())?;
    let judge = config.judge.with(&args.judging)?;
    let rewards = judge.rewards()?;
    // a judge reads the text itself
    let reader = match judge.has_judges() {
        true => Reader::Model,
        false => Reader::Ours,
    };
    let mut instruction =
        tools::instruction(&args.instruction, &config, args.mask.is_some(), reader)?;
    let source = picture::photo(&args.source)?;
    let edited = picture::photo(&args.edited)?;
    instruction.mask = picture::mask(args.mask.as_deref(), &source)?;
    let (before, after, notes) = at_one_size(&source, &edited, args.size.unwrap_or(1024) as usize)?;
    let line = Line::new();
    let cards = score_group(&before, &[&after], &instruction, &rewards, &line);
    line.clear();
    let cards = cards.context("it could not be scored")?;
    let overall = config.selector.make(None)?.select(&cards).overall[0];
    for note in &notes {
        say(note);
    }
    let notices: Vec<String> = rewards
        .iter()
        .flat_map(|reward| reward.notices())
        .map(|notice| notice.to_string())
        .collect();
    notices.iter().for_each(say);
    if args.json {
        let object = serde_json::json!({
            "scores": scores(&cards[0]),
            "unknown": unknown(&cards[0]),
            "raw": raw(&cards[0]),
            "overall": overall,
            "notes": notes,
            "notices": notices,
            "not_understood": instruction.understood.not_understood,
        });
        print(&format!("{object:#}\n"))?;
    } else {
        in_words(&cards[0], overall).lines().for_each(say);
    }
    Ok(DONE)
}

/// Both at working size, and what was done for it. A picture of another shape (a crop, a turn) keeps its scale, and the
/// rewards find out how it lies on the source.
fn at_one_size(
    source: &Photo,
    edited: &Photo,
    long_edge: usize,
) -> Result<(Raster, Raster, Vec<String>)> {
    let words = |why: Said| anyhow!("{why}");
    let whole = (source.width(), source.height());
    let before = source_at(source, long_edge).map_err(words)?;
    let (after, how) = edit_beside(whole, &before, edited).map_err(words)?;
    let done = match how {
        Beside::AsItIs => None,
        Beside::Resized => Some("Brought to the source's size"),
        Beside::OtherShape => Some("Of another shape, so laid on the source by its content"),
    };
    let notes = done.into_iter().map(|done| {
        let ((ew, eh), (sw, sh)) = ((edited.width(), edited.height()), whole);
        format!("{done}: the edit is {ew} × {eh} px and the source {sw} × {sh} px.")
    });
    Ok((before, after, notes.collect()))
}

fn in_words(card: &Scorecard, overall: f32) -> String {
    let mut text = format!("overall {:.1} of 10\n", overall * 10.0);
    let canonical = Dimension::CANONICAL.into_iter();
    let others = card.scores.keys().map(|dimension| dimension.0.as_str());
    let others = others.filter(|name| !Dimension::CANONICAL.contains(name));
    let known = canonical
        .chain(others)
        .filter_map(|name| Some((name, card.scores.get(&name.into())?)));
    for (name, score) in known {
        text.push_str(&format!(
            "{} {:.1} ± {:.1}\n",
            name.replace('_', " "),
            score.value * 10.0,
            score.spread * 10.0
        ));
        for reason in &score.reasons {
            text.push_str(&format!("  {}\n", reason.text));
        }
    }
    for (dimension, why) in &card.unknown {
        let name = dimension.0.replace('_', " ");
        text.push_str(&format!("{name} unknown\n  {why}\n"));
    }
    text
}
