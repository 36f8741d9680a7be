//! Which lines are shown, and in which order: places of lines, so that nothing is copied.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{Column, Density, Histogram, Lines};

/// Tags that people gave to cases, by the case's id.
pub type Tags = BTreeMap<String, Vec<String>>;

/// A number that must lie between two others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Between {
    /// key of the column
    pub column: String,
    /// at least
    pub low: f32,
    /// at most
    pub high: f32,
}

/// What is to be shown.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Wanted {
    /// words that stand in the id, the instruction, the task or the editor's name, in any case
    pub text: String,
    /// only this one
    pub task: Option<String>,
    /// only this one
    pub dimension: Option<String>,
    /// only this one
    pub editor: Option<String>,
    /// only cases with this tag
    pub tag: Option<String>,
    /// each must hold
    pub numbers: Vec<Between>,
    /// key of the column that is sorted by; none is the order of the data set
    pub by: Option<String>,
    /// largest first
    pub falling: bool,
}

/// The lines that are shown, in order, and what is drawn of them.
#[derive(Clone, Debug, Default)]
pub struct Arranged {
    /// places of lines
    pub lines: Vec<u32>,
    /// of the scores, or of what people gave where there are none
    pub histogram: Histogram,
    /// what people gave across, the score upwards
    pub density: Density,
}

/// Filters and sorts. Lines without a number stand last, whichever way the others run; equal ones keep the data set's order.
pub fn arrange(lines: &Lines, tags: &Tags, wanted: &Wanted) -> Arranged {
    let text = wanted.text.trim().to_lowercase();
    let numbers: Vec<(&[f32], &Between)> = wanted
        .numbers
        .iter()
        .map(|between| (lines.numbers(&column(lines, &between.column)), between))
        .collect();
    let fits = |line: &u32| {
        let line = *line as usize;
        let (case, take) = lines.case(line);
        let named = |wanted: &Option<String>, name: &str| {
            wanted.as_ref().is_none_or(|wanted| wanted == name)
        };
        let tagged = |wanted: &String| tags.get(&case.id).is_some_and(|tags| tags.contains(wanted));
        let has = |words: &str| words.to_lowercase().contains(&text);
        named(&wanted.task, &case.task)
            && named(&wanted.dimension, &case.dimension)
            && named(&wanted.editor, &case.takes[take].editor)
            && wanted.tag.as_ref().is_none_or(tagged)
            && numbers.iter().all(|(values, between)| {
                let value = values.get(line).copied().unwrap_or(f32::NAN);
                (between.low..=between.high).contains(&value)
            })
            && (text.is_empty()
                || [
                    &case.id,
                    &case.instruction,
                    &case.task,
                    &case.takes[take].editor,
                ]
                .into_iter()
                .any(|words| has(words)))
    };
    let all = 0..lines.len() as u32;
    let mut shown: Vec<u32> = all.into_par_iter().filter(fits).collect();
    if let Some(by) = &wanted.by {
        sort(&mut shown, lines, &column(lines, by), wanted.falling);
    }
    Arranged {
        histogram: Histogram::of(lines, &shown),
        density: Density::of(lines, &shown),
        lines: shown,
    }
}

/// The column of this key; the id where there is none.
fn column(lines: &Lines, key: &str) -> Column {
    let known = lines.columns().into_iter().find(|known| known.key() == key);
    known.unwrap_or(Column::Id)
}

fn sort(shown: &mut [u32], lines: &Lines, by: &Column, falling: bool) {
    let way = |order: Ordering| match falling {
        true => order.reverse(),
        false => order,
    };
    if by.is_number() {
        let values = lines.numbers(by);
        shown.par_sort_by(|a, b| {
            let (a, b) = (values[*a as usize], values[*b as usize]);
            let missing = a.is_nan().cmp(&b.is_nan());
            missing.then_with(|| way(a.total_cmp(&b)))
        });
        return;
    }
    // names that are kept once stand in order already
    let place = |line: u32| match by {
        Column::Task => lines.tasks.at[lines.place(line as usize)],
        Column::Dimension => lines.dimensions.at[lines.place(line as usize)],
        Column::Editor => lines.editors.at[line as usize],
        _ => 0,
    };
    match by {
        Column::Id | Column::Instruction => shown.par_sort_by(|a, b| {
            way(lines
                .words(by, *a as usize)
                .cmp(lines.words(by, *b as usize)))
        }),
        _ => shown.par_sort_by(|a, b| way(place(*a).cmp(&place(*b)))),
    }
}
