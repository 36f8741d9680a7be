//! EditReward-Bench of TIGER-Lab (arXiv 2509.26346), later MER-Bench: two, three and four edits of an instruction, all
//! their pairs a row each; a group is what stands before the underscore of the id.

use super::{Format, Read, facts, one};
use crate::case::{Case, Take, Verdict};
use crate::measures::Better;
use crate::picture::Base;
use crate::rows::Row;
use retake_core::{Said, said};

pub(super) const FORMAT: Format = Format {
    id: "editreward-bench",
    about: "EditReward-Bench of TIGER-Lab: groups of 2 to 4 edits, a pair a row",
    columns: &[
        "id",
        "instruction",
        "source_image",
        "candidate_1",
        "candidate_2",
        "ranking",
        "score_1",
        "score_2",
        "model_1",
        "model_2",
        "comparison_type",
        "dataset",
    ],
    read: Read::Rows(read),
};

fn read(row: &Row, base: &Base) -> Result<Vec<Case>, Said> {
    let id = row.need_text("id")?;
    let ranking = row.need_text("ranking")?;
    let (first, second) = letters(row, &ranking)?;
    let take = |letter: char, number: u8| -> Result<Take, Said> {
        Ok(Take {
            name: letter.to_string(),
            editor: row.text(&format!("model_{number}")),
            picture: base.picture(row.need(&format!("candidate_{number}"))?),
            human: row.may_number(&format!("score_{number}"), (-100.0, 100.0))?,
            ..Take::default()
        })
    };
    let set = row.text("dataset");
    let prefix = id.split('_').next().unwrap_or(&id);
    one(Case {
        group: format!("{set}/{prefix}"),
        task: set,
        dimension: "overall".into(),
        instruction: row.need_text("instruction")?,
        source: base.picture(row.need("source_image")?),
        takes: vec![take(first, 1)?, take(second, 2)?],
        verdicts: vec![Verdict::of(better(&ranking, first, second)?)],
        facts: facts(row, &["comparison_type"]),
        id,
        ..Case::default()
    })
}

/// The letters of the first and the second candidate: of "AvsC", or of the ranking in the order of the alphabet.
fn letters(row: &Row, ranking: &str) -> Result<(char, char), Said> {
    let kind = row.text("comparison_type");
    let of =
        |text: &str| -> Vec<char> { text.chars().filter(|c| matches!(c, 'A'..='D')).collect() };
    let mut found = of(&kind);
    if found.len() != 2 {
        found = of(ranking);
        found.sort_unstable();
    }
    match found[..] {
        [first, second] if first != second => Ok((first, second)),
        _ => Err(said!(
            "“ranking” is “{ranking}”, which names no two candidates",
            ranking
        )),
    }
}

fn better(ranking: &str, first: char, second: char) -> Result<Better, Said> {
    let plain: String = ranking.chars().filter(|c| !c.is_whitespace()).collect();
    let is = |a: char, sign: char, b: char| plain == format!("{a}{sign}{b}");
    match () {
        () if is(first, '>', second) || is(second, '<', first) => Ok(Better::A),
        () if is(second, '>', first) || is(first, '<', second) => Ok(Better::B),
        () if is(first, '=', second) || is(second, '=', first) => Ok(Better::Tie),
        () => Err(said!(
            "“ranking” is “{ranking}”, which is no order of {first} and {second}",
            ranking,
            first = first.to_string(),
            second = second.to_string()
        )),
    }
}
