//! A table of sentences in five languages and what must be understood of each.
//! The notation: `quantity+`, `quantity-` or `quantity=`, the amount when it is not moderate, `@region` when it is not the
//! whole photo, `~` before what only a style implies; `keep:…` for limits, `new:…` for what needs a diffusion editor,
//! `?word` for a word that was not understood, `unfound:…` for what is about a thing that cannot be found,
//! `closer` for a closer frame without a shape.

use retake_core::{Amount, Change, Degree, Goal, Keep, Part, Region, RegionKind, Understanding};
use retake_language::{InstructionError, Lexicon, understand};

fn region(region: &Region) -> String {
    let part = |p: &Part| {
        let kind = match p.kind {
            RegionKind::Colour(band) => band.name().to_owned(),
            kind => format!("{kind:?}").to_lowercase(),
        };
        if p.inverted { format!("!{kind}") } else { kind }
    };
    if region.is_whole() {
        return String::new();
    }
    format!(
        "@{}",
        region.parts.iter().map(part).collect::<Vec<_>>().join("&")
    )
}

fn sign(change: Change) -> char {
    match change {
        Change::Raise => '+',
        Change::Lower => '-',
        Change::Set => '=',
    }
}

fn goal(goal: &Goal) -> String {
    let degree = |degree: Degree| match degree {
        Degree::Moderate => String::new(),
        degree => format!("{degree:?}").to_lowercase(),
    };
    let amount = match goal.amount {
        Amount::Degree(d) => degree(d),
        Amount::Units(units) => format!("{}", (units * 100.0).round() / 100.0),
        Amount::Relative(share) => format!("{}%", (share * 100.0).round()),
        Amount::Hue(angle, d) => format!("{angle}°{}", degree(d)),
    };
    let implied = if goal.weight < 1.0 { "~" } else { "" };
    format!(
        "{implied}{}{}{amount}{}",
        goal.quantity.id(),
        sign(goal.change),
        region(&goal.region)
    )
}

fn keep(keep: &Keep) -> String {
    match keep {
        Keep::Region(r) => format!("keep:region{}", region(r)),
        Keep::Colours(r) => format!("keep:colours{}", region(r)),
        Keep::Quantity(q, r) => format!("keep:{}{}", q.id(), region(r)),
        Keep::Not(q, c, r) => format!("keep:not:{}{}{}", q.id(), sign(*c), region(r)),
        Keep::NotTooMuch(q, c) => format!("keep:not-too:{}{}", q.id(), sign(*c)),
        Keep::HighlightDetail => "keep:highlights".to_owned(),
        Keep::ShadowDetail => "keep:shadows".to_owned(),
    }
}

fn notation(understood: &Understanding) -> String {
    let mut words: Vec<String> = understood.goals.iter().map(goal).collect();
    words.extend(understood.constraints.iter().map(|c| keep(&c.keep)));
    words.extend(
        understood
            .generative
            .iter()
            .map(|g| format!("new:{}", g.kind.split(' ').next().unwrap_or_default())),
    );
    words.extend(understood.not_understood.iter().map(|w| {
        match w
            .split_once(" (\"")
            .filter(|(_, why)| why.contains("cannot be found"))
        {
            Some((clause, _)) => format!("unfound:{clause}"),
            None if w.contains("asks for a closer frame") => "closer".to_owned(),
            None => format!("?{w}"),
        }
    }));
    words.join(" ")
}

fn read(text: &str) -> String {
    match understand(text, Lexicon::built_in()) {
        Ok(instruction) => notation(&instruction.understood),
        Err(InstructionError::NotFound { things }) => format!("unfound:{}", things.join("&")),
        Err(InstructionError::CloserFrame { .. }) => "closer".to_owned(),
        Err(_) => "nothing".to_owned(),
    }
}

const TABLES: [(&str, &str); 5] = [
    ("en", include_str!("instructions/en.txt")),
    ("de", include_str!("instructions/de.txt")),
    ("fr", include_str!("instructions/fr.txt")),
    ("es", include_str!("instructions/es.txt")),
    ("zh", include_str!("instructions/zh.txt")),
];

fn check(language: &str) {
    let (_, table) = TABLES
        .iter()
        .find(|(code, _)| *code == language)
        .expect("a table for the language");
    let rows: Vec<(&str, &str)> = table
        .lines()
        .filter_map(|line| line.split_once(" => "))
        .collect();
    assert!(rows.len() >= 30, "{language}: {} rows", rows.len());
    let wrong: Vec<String> = rows
        .iter()
        .filter(|(text, expected)| read(text) != *expected)
        .map(|(text, expected)| {
            format!(
                "{text}\n    expected {expected}\n    read     {}",
                read(text)
            )
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn english_sentences_mean_what_the_table_says() {
    check("en");
}

#[test]
fn german_sentences_mean_what_the_table_says() {
    check("de");
}

#[test]
fn french_sentences_mean_what_the_table_says() {
    check("fr");
}

#[test]
fn spanish_sentences_mean_what_the_table_says() {
    check("es");
}

#[test]
fn chinese_sentences_mean_what_the_table_says() {
    check("zh");
}

#[test]
fn the_language_of_every_row_is_found() {
    for (language, table) in TABLES {
        for (text, _) in table.lines().filter_map(|line| line.split_once(" => ")) {
            if let Ok(instruction) = understand(text, Lexicon::built_in()) {
                let found = &instruction.understood.language;
                // "HDR" and "sepia" are the same word in several languages
                assert!(
                    found == language || text.split(' ').count() <= 2,
                    "{text}: {found}"
                );
            }
        }
    }
}

#[test]
fn the_tables_hold_at_least_250_sentences() {
    let rows: usize = TABLES
        .iter()
        .map(|(_, table)| table.lines().filter(|line| line.contains(" => ")).count())
        .sum();
    assert!(rows >= 250, "{rows}");
}

/// Prints rows to be checked by eye before they go into a table: `RETAKE_SENTENCES=file cargo test … -- --ignored --nocapture`.
#[test]
#[ignore = "a tool for writing rows, not a claim"]
#[expect(clippy::print_stdout, reason = "printing is what it is for")]
fn rows_for_the_sentences_of_a_file() {
    let path = std::env::var("RETAKE_SENTENCES").expect("RETAKE_SENTENCES names a file");
    for line in std::fs::read_to_string(path)
        .expect("a readable file")
        .lines()
        .filter(|line| !line.trim().is_empty())
    {
        println!("{line} => {}", read(line));
    }
}
