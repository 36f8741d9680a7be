//! `retake lab refine`: another version of a formula or rubric, from what a person says of it or from what they picked. It
//! is shown as a difference; only --out takes it, into a new file.

use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use retake_core::Dimension;
use retake_files::save::write_beside_and_rename;
use retake_judges::evolve::{self, Shown};
use retake_judges::{Formula, Side, refine};
use retake_lab::picks::{Group, Marked};
use serde_json::json;

use super::super::say::{print, say};
use super::super::{DONE, FAILED, picture};
use super::{RefineArgs, export};

/// What comes of it.
struct Proposed {
    /// why, in a sentence
    why: String,
    text: String,
    difference: Vec<(Side, String)>,
    /// whether it is of lines
    by_lines: bool,
}

/// Obeys the command. Where there is nothing to change the exit code is 1.
pub(crate) fn run(args: &RefineArgs) -> Result<u8> {
    let proposed = match (&args.formula, &args.rubric, &args.words) {
        (Some(formula), None, Some(words)) => refine(formula, words).map(|refined| Proposed {
            why: refined.said.to_string(),
            text: refined.text,
            difference: refined.difference,
            by_lines: false,
        }),
        (Some(formula), None, None) => {
            let groups = by_formula(formula, &export::groups(&args.picks)?)?;
            evolve::formula(formula, &groups).map(|(ailment, refined)| Proposed {
                why: format!("{} {}", ailment.said(), refined.said),
                text: refined.text,
                difference: refined.difference,
                by_lines: false,
            })
        }
        (None, Some(rubric), None) => {
            let text = picture::text(rubric).context("the rubric cannot be read")?;
            let groups = by_the_judge(&export::groups(&args.picks)?);
            evolve::rubric(&text, &groups).map(|(ailment, revised)| Proposed {
                why: format!("{} The next version is {}.", ailment.said(), revised.id),
                text: revised.text,
                difference: revised.difference,
                by_lines: true,
            })
        }
        _ => bail!(
            "say what is to be refined: --formula with --words, or with picks of sessions; or --rubric with picks of sessions"
        ),
    };
    let proposed = match proposed {
        Ok(proposed) => proposed,
        Err(why) if args.json => {
            print(&format!(
                "{:#}\n",
                json!({ "changed": false, "why": why.to_string() })
            ))?;
            return Ok(FAILED);
        }
        Err(why) => return Err(anyhow!("{}", why.to_string().trim_end_matches('.'))),
    };
    if let Some(path) = &args.out {
        keep(path, &proposed.text)?;
    }
    tell(args, &proposed)?;
    Ok(DONE)
}

fn tell(args: &RefineArgs, proposed: &Proposed) -> Result<()> {
    if args.json {
        let sides = proposed.difference.iter().map(|(side, text)| {
            let side = match side {
                Side::Both => "both",
                Side::Old => "old",
                Side::New => "new",
            };
            json!({ "side": side, "text": text })
        });
        let object = json!({ "changed": true, "why": proposed.why, "text": proposed.text,
            "difference": sides.collect::<Vec<_>>(), "file": args.out });
        return print(&format!("{object:#}\n"));
    }
    say(&proposed.why);
    match proposed.by_lines {
        true => {
            for (side, line) in proposed
                .difference
                .iter()
                .filter(|(side, _)| *side != Side::Both)
            {
                let sign = if *side == Side::Old { "-" } else { "+" };
                say(format_args!("{sign} {line}"));
            }
        }
        false => {
            let word = |(side, text): &(Side, String)| match side {
                Side::Both => text.clone(),
                Side::Old => format!("[-{text}-]"),
                Side::New => format!("{{+{text}+}}"),
            };
            say(proposed.difference.iter().map(word).collect::<String>());
            print(&format!("{}\n", proposed.text))?;
        }
    }
    match &args.out {
        Some(path) => say(format_args!("Kept as a new version: {}", path.display())),
        None => say("Nothing was changed; --out FILE keeps it as a new version."),
    }
    Ok(())
}

/// A version is a file of its own: those before it stay.
fn keep(path: &Path, text: &str) -> Result<()> {
    if path.exists() {
        bail!(
            "a new version needs a new file, this one is there already: {}",
            path.display()
        );
    }
    let text = format!("{}\n", text.trim_end());
    write_beside_and_rename(path, |out| out.write_all(text.as_bytes()))?;
    Ok(())
}

/// Groups scored by a formula from what journals recorded; where it names what they did not record, by the score that was
/// recorded for a formula then. Takes with neither are left out.
fn by_formula(formula: &str, groups: &[Group]) -> Result<Vec<Vec<Shown>>> {
    let read = Formula::read(formula).map_err(|mistake| anyhow!("{}", mistake.said()))?;
    let score = |take: &Marked| {
        let measure = |name: &str| match name.strip_prefix("cost.") {
            Some(fault) => Some(take.costs.get(fault).copied().unwrap_or(0.0)),
            None => take.scores.get(name).copied(),
        };
        let now = read.value(&measure).ok();
        now.map(|value| value.clamp(0.0, 1.0))
            .or_else(|| take.scores.get(Dimension::OWN).copied())
    };
    Ok(shown(groups, score))
}

/// Groups scored by whoever followed the rubric then: the least of what it said of the dimensions.
fn by_the_judge(groups: &[Group]) -> Vec<Vec<Shown>> {
    shown(groups, |take| {
        let said = Dimension::CANONICAL
            .iter()
            .filter_map(|name| take.scores.get(*name));
        said.copied().reduce(f64::min)
    })
}

fn shown(groups: &[Group], score: impl Fn(&Marked) -> Option<f64>) -> Vec<Vec<Shown>> {
    let of = |take: &Marked| {
        Some(Shown {
            score: score(take)?,
            costs: take.costs.clone(),
            liked: take.liked(),
        })
    };
    groups
        .iter()
        .map(|group| group.takes.iter().filter_map(of).collect())
        .collect()
}
