//! Human ratings of ImagenHub's text-guided edits with the sub-scores of judges, as published with VIEScore
//! (arXiv 2312.14867): a line for each prompt and editor.

use super::{Format, Read, one};
use crate::case::{Case, SubScores, Take};
use crate::measures::mean;
use crate::picture::Base;
use crate::rows::{Cell, Row, absurd, within};
use retake_core::{Said, said};

pub(super) const FORMAT: Format = Format {
    id: "imagenhub",
    about: "ImagenHub's human ratings of edits with what judges gave: uid, editor, human [[SC, PQ] …], judges",
    columns: &["uid", "editor", "human", "judges", "instruction"],
    read: Read::Rows(read),
};

fn read(row: &Row, _: &Base) -> Result<Vec<Case>, Said> {
    let (uid, editor) = (row.need_text("uid")?, row.need_text("editor")?);
    let raters = raters(row.need("human")?)?;
    let mut take = Take {
        name: editor.clone(),
        editor: editor.clone(),
        human: mean(raters.iter().copied()),
        raters,
        ..Take::default()
    };
    let judges = row.get("judges").and_then(Cell::map);
    for (judge, said) in judges.iter().flat_map(|judges| &judges.0) {
        if let Some(said) = said.map() {
            take.recorded
                .insert(judge.clone(), sub_scores(judge, &said)?);
        }
    }
    one(Case {
        id: format!("{uid}/{editor}"),
        group: uid,
        dimension: "overall".into(),
        instruction: row.text("instruction"),
        takes: vec![take],
        ..Case::default()
    })
}

/// Each rater's overall, sqrt(SC · PQ), in [0, 1].
fn raters(cell: &Cell) -> Result<Vec<f64>, Said> {
    let raters = cell.list().filter(|raters| !raters.is_empty());
    let raters = raters.ok_or_else(|| said!("the column “human” holds no ratings"))?;
    let overall = |rater: &Cell| {
        let both = rater.list().unwrap_or_default();
        let [sc, pq] = &both[..] else {
            return Err(said!("a rating in “human” is not [SC, PQ]"));
        };
        let known = |cell: &Cell| {
            let number = cell
                .number()
                .ok_or_else(|| said!("a rating in “human” is no number"))?;
            within(number, (0.0, 1.0)).ok_or_else(|| absurd("human", number, (0.0, 1.0)))
        };
        Ok((known(sc)? * known(pq)?).sqrt())
    };
    raters.iter().map(overall).collect()
}

fn sub_scores(judge: &str, said: &Row) -> Result<SubScores, Said> {
    let list = |name: &str| {
        let named = format!("{judge}.{name}");
        let cells = said
            .get(name)
            .and_then(Cell::list)
            .filter(|list| !list.is_empty());
        let cells = cells.ok_or_else(|| said!("“{named}” holds no scores", named = &named))?;
        let known = |cell: &Cell| {
            let number = cell
                .number()
                .ok_or_else(|| said!("“{named}” holds no number", named = &named))?;
            within(number, (0.0, 10.0)).ok_or_else(|| absurd(&named, number, (0.0, 10.0)))
        };
        cells.iter().map(known).collect::<Result<Vec<f64>, Said>>()
    };
    Ok(SubScores {
        semantic: list("semantic")?,
        perceptual: list("perceptual")?,
    })
}
