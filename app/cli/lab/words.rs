//! What the lab found, for people.

use std::fmt::Write;

use retake_lab::bench::Report;
use retake_lab::dataset::Tally;
use retake_lab::figures::{FIGURES, Figures};
use retake_lab::sittings::Agreement;
use retake_lab::wordings::{AGREES, Same};

/// A report as lines.
pub(crate) fn report(report: &Report) -> String {
    let mut text = format!(
        "{}, scored by {}, joined by {}: {}, {} groups, {} pairs\n",
        report.format,
        report.judge,
        report.selector,
        report.tally.words(),
        report.figures.groups,
        report.figures.pairs
    );
    table(&mut text, &report.figures);
    for (what, parts) in [
        ("task", &report.by_task),
        ("dimension", &report.by_dimension),
        ("edits by", &report.by_models),
    ] {
        for (name, figures) in parts.iter() {
            let _ = writeln!(text, "{what} {name}: {}", short(figures));
        }
    }
    for (name, editor) in &report.by_editor {
        let number = |value: Option<f64>| value.map_or("–".to_owned(), |v| format!("{v:.3}"));
        let _ = writeln!(
            text,
            "editor {name}: {} edits, human {}, Spearman {}, pairs {}",
            editor.count,
            number(editor.human),
            number(editor.spearman),
            number(editor.pair_accuracy)
        );
    }
    if let Some(against) = &report.against {
        for (name, found) in &against.differences {
            let interval = found.interval.map_or(String::new(), |i| {
                format!("[{:+.3}, {:+.3}], ", i.low, i.high)
            });
            let _ = writeln!(
                text,
                "against the other, {}: {:+.3} {interval}p {:.3}",
                name.replace('_', " "),
                found.difference,
                found.p
            );
        }
        let _ = writeln!(
            text,
            "pairs that only this one has right {}, only the other {}; McNemar's p {:.3}",
            against.discordant.only_first, against.discordant.only_second, against.mcnemar_p
        );
    }
    if let Some(line) = tasks(&report.tally) {
        let _ = writeln!(text, "{line}");
    }
    for line in skipped(&report.tally) {
        let _ = writeln!(text, "{line}");
    }
    text
}

fn table(text: &mut String, figures: &Figures) {
    for figure in FIGURES {
        let Some(value) = figures.values.get(figure.id) else {
            continue;
        };
        let interval = figures.intervals.get(figure.id);
        let interval = interval.map_or(String::new(), |i| format!("[{:.3}, {:.3}]", i.low, i.high));
        let _ = writeln!(
            text,
            "{:<34} {value:>7.3} {interval:<17} {}",
            figure.id, figure.about
        );
    }
}

fn short(figures: &Figures) -> String {
    let told = ["pair_accuracy", "spearman", "top1", "capture"];
    let told = told
        .iter()
        .filter_map(|id| Some((id, figures.values.get(id)?)));
    let told: Vec<String> = told
        .map(|(id, value)| format!("{} {value:.3}", id.replace('_', " ")))
        .collect();
    format!("{} ({} pairs)", told.join(", "), figures.pairs)
}

/// Where the kinds of edit come from, where some were guessed or could have been.
fn tasks(tally: &Tally) -> Option<String> {
    let told = tally.tasks;
    let guessed = match told.guessed {
        0 => String::new(),
        count => format!("the task of {count} rows was guessed from the instruction"),
    };
    let compared = match told.compared {
        0 => String::new(),
        all => format!(
            "of {all} rows that tell their task the guess would agree with {}",
            told.agreed
        ),
    };
    let told: Vec<String> = [guessed, compared]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect();
    (!told.is_empty()).then(|| told.join("; "))
}

/// How many reasons are told.
const REASONS: usize = 5;

/// Why rows were skipped, the most frequent reasons first.
pub(crate) fn reasons(tally: &Tally) -> String {
    let all = tally.reasons();
    let told = all.iter().take(REASONS);
    let mut told: Vec<String> = told
        .map(|(why, count)| format!("{why} ({count}×)"))
        .collect();
    if let more @ 1.. = all.len().saturating_sub(REASONS) {
        told.push(format!("and {more} more reasons"));
    }
    told.join("; ")
}

/// How many rows are told one by one; --json has up to a thousand.
const TOLD: usize = 10;

/// How many rows were skipped and why, and the first of them with their places; nothing where all were used.
pub(crate) fn skipped(tally: &Tally) -> Vec<String> {
    if tally.skipped == 0 {
        return Vec::new();
    }
    let mut lines = vec![format!(
        "{} rows skipped: {}",
        tally.skipped,
        reasons(tally)
    )];
    for row in tally.skipped_rows.iter().take(TOLD) {
        let id = row.id.as_ref().filter(|id| **id != row.place);
        let id = id.map_or(String::new(), |id| format!(" ({id})"));
        lines.push(format!("  {}{id}: {}", row.place, row.reason));
    }
    let more = tally.skipped.saturating_sub(TOLD);
    if more > 0 {
        lines.push(format!("  and {more} more; --json lists them"));
    }
    lines
}

/// Nothing that can be used is an error with the reasons.
pub(crate) fn some<T>(used: &[T], tally: &Tally) -> anyhow::Result<()> {
    match used.is_empty() {
        true if tally.skipped == 0 => Err(anyhow::anyhow!("there is no row in the data")),
        true => Err(anyhow::anyhow!(
            "none of {} rows could be used: {}",
            tally.skipped,
            reasons(tally)
        )),
        false => Ok(()),
    }
}

/// What raters said, as lines.
pub(crate) fn agreement(told: &Agreement) -> String {
    let number = |value: Option<f64>| value.map_or("–".to_owned(), |v| format!("{v:.3}"));
    let within = |id: &str| {
        let interval = told.intervals.get(id);
        interval.map_or(String::new(), |i| format!(" [{:.3}, {:.3}]", i.low, i.high))
    };
    let mut text = format!(
        "asked by {}: {} questions answered, {} of them by two raters or more\n",
        told.asked, told.questions, told.shared
    );
    let _ = writeln!(
        text,
        "Krippendorff's alpha {}{}, nominal {}{}; Kendall's tau-b between raters {}",
        number(told.alpha),
        within("alpha"),
        number(told.alpha_nominal),
        within("alpha_nominal"),
        number(told.kendall)
    );
    for (name, rater) in &told.raters {
        let _ = writeln!(
            text,
            "{name}: {} answers, {} decided, {} ties, {} all bad, {} skipped; leans to the first place by {}; of {} asked again the same {}",
            rater.answers,
            rater.decided,
            rater.ties,
            rater.both_bad,
            rater.skipped,
            number(rater.positional_bias),
            rater.again,
            number(rater.consistency)
        );
    }
    for two in &told.between {
        let _ = writeln!(
            text,
            "{} and {}: {} shared, the same answer {}, Kendall {}",
            two.raters[0],
            two.raters[1],
            two.shared,
            number(two.same),
            number(two.kendall)
        );
    }
    for (name, figures) in &told.against {
        let _ = writeln!(text, "against {name}: {}", short(figures));
    }
    if told.damaged > 0 {
        let _ = writeln!(text, "{} damaged lines were left out", told.damaged);
    }
    text
}

/// What a reward says when it is asked otherwise, as rows of a table with its head.
pub(crate) fn wordings(told: &[Same]) -> Vec<Vec<String>> {
    let number = |value: Option<f64>| value.map_or("–".to_owned(), |v| format!("{v:.3}"));
    let head = ["asked", "answers", "Spearman", "Kendall", "change", ""];
    let row = |same: &Same| {
        let asked = match same.language.as_str() {
            "" => "in other words".to_owned(),
            language => format!("in {language}"),
        };
        let warned = match same.warned {
            true => format!("it ranks edits otherwise when asked so (below {AGREES})"),
            false => String::new(),
        };
        let change = format!("{:.3}", same.change);
        let numbers = [number(same.spearman), number(same.kendall), change, warned];
        [vec![asked, same.answers.to_string()], numbers.into()].concat()
    };
    let rows = told.iter().map(row);
    std::iter::once(head.map(str::to_owned).into())
        .chain(rows)
        .collect()
}
